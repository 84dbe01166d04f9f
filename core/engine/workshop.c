#include "core/engine/workshop.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "core/base/file.h"
#include "core/base/helper.h"
#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/engine/maker.h"

// What the child sends: this, then root, type, source and options of the row and the sub-path, each
// with its NUL.
struct workshop {
    unsigned n_steps;
    int sys_errno;
    uint64_t took_us[WORKSHOP_STEPS];
    char said[WORKSHOP_SAID];
    dev_t device;
    mode_t mode; // with the type
    uid_t uid;
    gid_t gid;
    // the child's only
    int tree;
    unsigned long long since_us;
    struct resolver_answer *answer;
};

// ---- in the child ----

int workshop_step(struct workshop *workshop, int r)
{
    unsigned long long now = monotonic_us();

    if (workshop->n_steps < WORKSHOP_STEPS)
        workshop->took_us[workshop->n_steps++] = now - workshop->since_us;
    workshop->since_us = now;
    workshop->sys_errno = r < 0 ? -r : 0;
    return r;
}

void workshop_say(struct workshop *workshop, const char *text)
{
    (void)snprintf(workshop->said, sizeof workshop->said, "%s", text);
}

int workshop_mount(int fsmount)
{
    return call_move_mount(fsmount, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
}

static int put_string(struct workshop *workshop, const char *text)
{
    struct resolver_answer *answer = workshop->answer;
    size_t length = strlen(text) + 1;

    if (length > PATH_MAX || answer->length + length > sizeof answer->data)
        return -ENAMETOOLONG;
    memcpy(answer->data + answer->length, text, length);
    answer->length += length;
    return 0;
}

// Where a link on the way led: mountinfo names the clone by it.
static int put_sub_path(struct workshop *workshop, int root, int fd)
{
    _cleanup_free_ char *top = file_descriptor_path(root), *path = file_descriptor_path(fd);
    size_t length = top && strcmp(top, "/") != 0 ? strlen(top) : 0;

    if (!top || !path || strncmp(path, top, length) != 0)
        return -ENOENT;
    return put_string(workshop, strcmp(path + length, "/") == 0 ? "" : path + length);
}

// A mount that is not in the table (another namespace's) has no row.
static int put_row(struct workshop *workshop, int root, int fd)
{
    _cleanup_mount_table_ struct mount_table *table = NULL;
    const struct mount_entry *entry;
    struct mount_ids ids;
    struct error err;
    int r = call_mount_ids(root, "", &ids);

    if (r < 0)
        return r;
    if (mount_table_read(AT_FDCWD, &table, &err) < 0)
        return 0;
    entry = mount_table_by_id(table, ids.old);
    if (!entry)
        return 0;
    workshop->device = entry->device;
    r = put_string(workshop, entry->root);
    if (r == 0)
        r = put_string(workshop, entry->type);
    if (r == 0)
        r = put_string(workshop, entry->source);
    if (r == 0)
        r = put_string(workshop, entry->fs_options);
    return r < 0 ? r : put_sub_path(workshop, root, fd);
}

int workshop_clone(struct workshop *workshop, int root, const char *sub_path)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC,
                           .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV};
    _cleanup_close_ int fd =
        (int)syscall(SYS_openat2, root, *sub_path ? sub_path : ".", &how, sizeof how);
    struct statx sx;
    int r;

    if (fd < 0)
        return -errno;
    if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &sx) < 0)
        return -errno;
    workshop->mode = sx.stx_mode;
    workshop->uid = sx.stx_uid;
    workshop->gid = sx.stx_gid;
    workshop->tree = call_open_tree(fd, "", OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH);
    r = workshop->tree < 0 ? workshop->tree : put_row(workshop, root, fd);
    return r;
}

struct order {
    workshop_work *work;
    const void *context;
};

static int work_in_child(const void *context, struct resolver_answer *answer)
{
    const struct order *order = context;
    struct workshop workshop = {.tree = -1, .answer = answer, .since_us = monotonic_us()};
    int r;

    answer->length = sizeof workshop;
    if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return -errno;
    r = order->work(order->context, &workshop);
    if (r < 0 && workshop.sys_errno == 0)
        (void)workshop_step(&workshop, r);
    memcpy(answer->data, &workshop, sizeof workshop);
    answer->fds[0] = workshop.tree;
    return 0;
}

// ---- in the engine ----

// Copies the next of the strings after the report, "" when there is none.
static const char *take_string(const char *from, const char *end, char *out, size_t size)
{
    size_t length = strnlen(from, (size_t)(end - from));

    out[0] = '\0';
    if (from == end || from + length == end || length >= size)
        return end;
    memcpy(out, from, length + 1);
    return from + length + 1;
}

static int read_report(const struct resolver_answer *answer, struct workshop_answer *ret)
{
    const char *end = answer->data + answer->length, *s = answer->data + sizeof(struct workshop);
    struct workshop report;

    if (answer->length < sizeof report)
        return -EPROTO;
    memcpy(&report, answer->data, sizeof report);
    ret->tree = answer->fds[0];
    ret->n_steps = report.n_steps;
    ret->sys_errno = report.sys_errno;
    memcpy(ret->took_us, report.took_us, sizeof ret->took_us);
    text_clean(ret->said, sizeof ret->said, report.said, strnlen(report.said, sizeof report.said));
    ret->device = report.device;
    ret->type = report.mode & S_IFMT;
    ret->mode = report.mode & 07777;
    ret->uid = report.uid;
    ret->gid = report.gid;
    s = take_string(s, end, ret->root, sizeof ret->root);
    s = take_string(s, end, ret->fs_type, sizeof ret->fs_type);
    s = take_string(s, end, ret->from, sizeof ret->from);
    s = take_string(s, end, ret->options, sizeof ret->options);
    (void)take_string(s, end, ret->sub_path, sizeof ret->sub_path);
    return 0;
}

int workshop_run(const char *what, workshop_work *work, const void *context, const int *keep,
                 unsigned n_keep, uint64_t timeout_ms, struct workshop_answer *ret,
                 struct error *err)
{
    struct order order = {.work = work, .context = context};
    struct resolver_answer answer;
    int r = resolver_ask(what, work_in_child, &order, keep, n_keep, timeout_ms, &answer, err);

    if (r < 0)
        return r;
    if (answer.result < 0)
        return error_errno(err, -answer.result, "cannot make a mount namespace for %s", what);
    r = read_report(&answer, ret);
    return r < 0 ? error_errno(err, -r, "%s: the child said nothing of use", what) : 0;
}

int workshop_perform(struct attach_job *job, const struct workshop_answer *answer, unsigned index,
                     const char *what, struct error *err)
{
    if (index >= answer->n_steps)
        return error_set(err, ERROR_FAILED, EPROTO, "%s was not reached", what);
    attach_step_took(job, answer->took_us[index]);
    if (answer->sys_errno == 0 || index + 1 < answer->n_steps)
        return 0;
    return error_errno(err, answer->sys_errno, "%s failed%s%s", what, *answer->said ? ": " : "",
                       answer->said);
}

// What the plan could only predict.
static int describe(struct result *result, const struct workshop_answer *answer, struct error *err)
{
    free(result->major_minor);
    free(result->device);
    free(result->sub_root);
    free(result->sub_path);
    result->major_minor = text_format("%u:%u", major(answer->device), minor(answer->device));
    result->device = text_clean_dup(answer->from, strlen(answer->from));
    result->sub_root = strdup(answer->root);
    result->sub_path = strdup(answer->sub_path);
    return result->major_minor && result->device && result->sub_root && result->sub_path
               ? 0
               : ERROR_OOM(err);
}

int workshop_take(struct attach_job *job, struct workshop_answer *answer, struct error *err)
{
    struct source *source = job->source;
    struct mount_identity *identity = &job->what->identity;
    int r = attach_set_tree(job, TAKE_FD(answer->tree), err);

    source->type = answer->type;
    source->mode = answer->mode;
    source->uid = answer->uid;
    source->gid = answer->gid;
    if (r < 0 || !*answer->root)
        return r;
    free(source->sub_path);
    source->sub_path = strdup(answer->sub_path);
    if (!source->sub_path)
        return ERROR_OOM(err);
    r = source_set_made(source, answer->device, answer->root, answer->fs_type, answer->from,
                        answer->options, err);
    if (r < 0)
        return r;
    identity->device = answer->device;
    free(identity->root);
    identity->root = strdup(source->root_inside);
    return identity->root ? describe(job->result, answer, err) : ERROR_OOM(err);
}
