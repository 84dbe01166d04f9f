// What is mounted inside a container, each with where it comes from.
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "core/base/file.h"
#include "core/base/helper.h"
#include "core/base/resolver.h"
#include "core/engine/engine_internal.h"
#include "core/engine/mounts_explain.h"
#include "core/host/process.h"
#include "core/host/stuck.h"

#define STALE_MS     300 // for all mounts together ...
#define STALE_ONE_MS 100 // ... and for one

const char *mount_origin_name(enum mount_origin origin)
{
    switch (origin) {
    case ORIGIN_ATTACHED:
        return "attached";
    case ORIGIN_DECLARED:
        return "declared";
    case ORIGIN_IMAGE:
        return "image";
    case ORIGIN_SYSTEM:
        return "system";
    case ORIGIN_OTHER:
        return "other";
    }
    return "other";
}

void container_mounts_free(struct container_mounts *mounts)
{
    for (size_t i = 0; i < mounts->n_mounts; i++) {
        free(mounts->mounts[i].receives_from);
        free(mounts->mounts[i].gives_to);
        free(mounts->mounts[i].why);
    }
    free(mounts->mounts);
    if (mounts->table)
        mount_table_free(mounts->table);
    if (mounts->container)
        container_free(mounts->container);
    free(mounts);
}

// ---- origin ----

static bool declares(const struct container *container, const char *target)
{
    const json_t *mount;
    size_t i;

    json_array_foreach (container->declared, i, mount) {
        const char *declared = json_string_value(json_object_get(mount, "target"));
        size_t length = declared ? strlen(declared) : 0;

        // A trailing slash is the user's, not the kernel's.
        while (length > 1 && declared[length - 1] == '/')
            length--;
        if (declared && strncmp(declared, target, length) == 0 && target[length] == '\0')
            return true;
    }
    return false;
}

// What runtimes put into every container.
static bool is_system(const struct mount_entry *entry)
{
    static const char *const files[] = {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf",
                                        "/run/.containerenv"};
    static const char *const places[] = {"/dev", "/proc", "/sys"};

    if (filesystem_is_kernel(entry->type))
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(files); i++)
        if (strcmp(entry->target, files[i]) == 0)
            return true;
    for (size_t i = 0; i < ARRAY_SIZE(places); i++)
        if (path_is_below(entry->target, places[i]))
            return true;
    return false;
}

static enum mount_origin origin_of(const struct container_mounts *mounts,
                                   const struct container_mount *parent,
                                   const struct mount_entry *entry)
{
    if (!parent && strcmp(entry->target, "/") == 0)
        return ORIGIN_IMAGE;
    if (declares(mounts->container, entry->target))
        return ORIGIN_DECLARED;
    // What came with a recursive bind.
    if (parent && parent->origin == ORIGIN_DECLARED)
        return ORIGIN_DECLARED;
    return is_system(entry) ? ORIGIN_SYSTEM : ORIGIN_OTHER;
}

// Among the first n, while there is one for each row of the table.
static struct container_mount *by_id(struct container_mounts *mounts, size_t n, uint64_t id)
{
    const struct mount_entry *entry = mount_table_by_id(mounts->table, id);
    size_t index = entry ? (size_t)(entry - mounts->table->entries) : n;

    return index < n ? &mounts->mounts[index] : NULL;
}

static void set_attached(struct container_mount *mount, const char *id)
{
    mount->origin = ORIGIN_ATTACHED;
    memcpy(mount->attachment, id, sizeof mount->attachment);
}

// The attached mount and as many below it as were attached with it.
static void mark_attached(struct container_mounts *mounts, const struct attachment *attachment)
{
    struct container_mount *top = by_id(mounts, mounts->n_mounts, attachment->identity.old_id);
    unsigned left = attachment->identity.n_mounts;
    struct error ignored;

    if (!top || top->entry->device != attachment->identity.device ||
        attachment_present(attachment, &ignored) != 1)
        return;
    set_attached(top, attachment->id);
    for (struct container_mount *m = top + 1; m < mounts->mounts + mounts->n_mounts && left > 1;
         m++) {
        const struct container_mount *parent =
            by_id(mounts, (size_t)(m - mounts->mounts), m->entry->parent_id);

        if (!parent || strcmp(parent->attachment, attachment->id) != 0)
            continue;
        set_attached(m, attachment->id);
        left--;
    }
}

// The journal may not be ours to read: then what is attached is "other", as everything unknown.
static int mark_from_journal(struct engine *engine, struct container_mounts *mounts)
{
    _cleanup_journal_view_ struct journal_view *view = NULL;
    struct journal *journal;
    struct error ignored;
    int r = engine_journal_reading(engine, &journal, &ignored);

    if (r == 0)
        r = journal_read_live(journal, &view, &ignored);
    for (size_t i = 0; r == 0 && i < view->n_attachments; i++)
        if (view->attachments[i]->state == ATTACHMENT_LIVE &&
            view->attachments[i]->identity.mnt_ns == mounts->container->mnt_ns)
            mark_attached(mounts, view->attachments[i]);
    return r;
}

// ---- does its server answer ----

struct stale_question {
    int root;
    const char *target;
};

static int ask_statfs(const void *context, struct resolver_answer *answer)
{
    const struct stale_question *question = context;
    struct statfs fs;
    int fd = file_open_in_root(question->root, question->target, O_PATH | O_NOFOLLOW);

    (void)answer;
    if (fd < 0)
        return fd;
    return fstatfs(fd, &fs) < 0 ? -errno : 0;
}

// Errors of a server that is dead; a refusal is an answer.
static bool means_dead(int r)
{
    return r == -ENOTCONN || r == -ESTALE || r == -EHOSTDOWN || r == -EHOSTUNREACH || r == -EIO ||
           r == -ETIMEDOUT || r == -ECONNABORTED;
}

static void find_stale(struct container_mounts *mounts, int root, struct resolver_answer *answer)
{
    unsigned long long deadline = monotonic_us() + STALE_MS * 1000ULL;

    for (size_t i = 0; i < mounts->n_mounts; i++) {
        struct container_mount *mount = &mounts->mounts[i];
        const struct stale_question question = {.root = root, .target = mount->entry->target};
        unsigned long long now = monotonic_us(),
                           left = now < deadline ? (deadline - now) / 1000 : 0;
        struct error ignored;
        int r;

        // Who was asked before may still wait for the answer.
        mount->stale = filesystem_may_hang(mount->entry->type) && stuck_waits(mount->entry->device);
        // What is covered cannot be asked; looking at an autofs could mount something.
        if (mount->stale || !filesystem_may_hang(mount->entry->type) ||
            strcmp(mount->entry->type, "autofs") == 0 || left == 0 ||
            mount_table_at(mounts->table, mount->entry->target, NULL) != mount->entry)
            continue;
        r = resolver_ask(mount->entry->target, ask_statfs, &question, &root, 1,
                         left < STALE_ONE_MS ? left : STALE_ONE_MS, answer, &ignored);
        if (answer->left_behind)
            stuck_remember(mount->entry->device, answer->left_behind);
        mount->stale = r == -ETIMEDOUT || (r == 0 && means_dead(answer->result));
    }
}

// ---- all of it ----

static int open_container(const struct container *container, struct process *ret, struct error *err)
{
    int r;

    if (container->pid <= 0)
        return error_set(err, ERROR_GONE, ESRCH, "container %s has no process on this host",
                         container->name);
    r = process_open(container->pid, ret, err);
    if (r == 0 && ret->start_time != container->start_time)
        r = error_set(err, ERROR_GONE, ESRCH, "container %s has just stopped", container->name);
    if (r < 0)
        error_prefix(err, "container %s", container->name);
    return r;
}

// Keeps `most` of them: what davit attached, then what comes first.
static void cut(struct container_mounts *mounts, size_t most)
{
    size_t n_others = 0, kept = 0;

    if (most == 0 || mounts->n_mounts <= most)
        return;
    n_others = most;
    for (size_t i = 0; i < mounts->n_mounts && n_others > 0; i++)
        n_others -= mounts->mounts[i].origin == ORIGIN_ATTACHED;
    for (size_t i = 0; i < mounts->n_mounts && kept < most; i++) {
        bool ours = mounts->mounts[i].origin == ORIGIN_ATTACHED;

        if (!ours && n_others == 0)
            continue;
        n_others -= !ours;
        mounts->mounts[kept++] = mounts->mounts[i];
    }
    mounts->n_mounts = kept;
    mounts->truncated = true;
}

static int explain(struct container_mounts *mounts, struct error *err)
{
    _cleanup_mount_table_ struct mount_table *host = NULL;
    _cleanup_mount_groups_ struct mount_groups own = {.members = NULL}, theirs = {.members = NULL};
    int r = mount_table_read(AT_FDCWD, &host, err);

    if (r == 0)
        r = mount_groups_make(mounts->table, &own, err);
    if (r == 0)
        r = mount_groups_make(host, &theirs, err);
    for (size_t i = 0; r == 0 && i < mounts->n_mounts; i++)
        r = mounts_explain(mounts->mounts[i].entry, &own, &theirs, &mounts->mounts[i].receives_from,
                           &mounts->mounts[i].gives_to, &mounts->mounts[i].why, err);
    return r;
}

static int fill(struct engine *engine, struct container_mounts *mounts, size_t most,
                struct error *err)
{
    mounts->mounts = calloc(mounts->table->n_entries + 1, sizeof *mounts->mounts);
    if (!mounts->mounts)
        return ERROR_OOM(err);
    for (size_t i = 0; i < mounts->table->n_entries; i++) {
        const struct mount_entry *entry = &mounts->table->entries[i];
        struct container_mount *mount = &mounts->mounts[mounts->n_mounts++];

        mount->entry = entry;
        mount->origin = origin_of(mounts, by_id(mounts, i, entry->parent_id), entry);
    }
    (void)mark_from_journal(engine, mounts);
    cut(mounts, most);
    return explain(mounts, err);
}

int engine_mounts(struct engine *engine, const char *selector, const struct container *known,
                  size_t most, struct container_mounts **ret, struct error *err)
{
    CLEANUP(container_mounts_freep) struct container_mounts *mounts = calloc(1, sizeof *mounts);
    _cleanup_free_ struct resolver_answer *answer = malloc(sizeof *answer);
    _cleanup_process_ struct process process = PROCESS_INIT;
    _cleanup_close_ int root = -1;
    struct error ignored;
    int r;

    if (!mounts || !answer)
        return ERROR_OOM(err);
    r = known ? container_confirm(known, &mounts->container, err) : 1;
    if (r > 0)
        r = container_find(&engine->options.runtime, selector, &mounts->container, err);
    if (r < 0)
        return r;
    // Without the runtime's word a declared mount is one of unknown origin.
    (void)container_inspect(&engine->options.runtime, mounts->container, &ignored);
    r = open_container(mounts->container, &process, err);
    if (r == 0)
        r = mount_table_read(process.proc, &mounts->table, err);
    if (r == 0)
        r = fill(engine, mounts, most, err);
    if (r < 0)
        return r;
    root = process_root_open(&process, &ignored);
    if (root >= 0)
        find_stale(mounts, root, answer);
    *ret = TAKE_POINTER(mounts);
    return 0;
}
