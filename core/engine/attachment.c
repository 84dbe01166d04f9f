#include "core/engine/attachment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/engine/attachment_look.h"
#include "core/host/mountcalls.h"
#include "core/host/mounttable.h"

const char *attachment_state_name(enum attachment_state state)
{
    static const char *const names[] = {
#define X(value, name) [value] = name,
        ATTACHMENT_STATES(X)
#undef X
    };

    return names[state];
}

void attachment_free(struct attachment *attachment)
{
    for (size_t i = 0; i < attachment->n_made; i++) {
        free(attachment->made[i].parent);
        free(attachment->made[i].name);
    }
    free(attachment->made);
    free(attachment->idmap);
    free(attachment->container_id);
    free(attachment->container_name);
    free(attachment->pod);
    free(attachment->runtime);
    free(attachment->source);
    free(attachment->provider);
    free(attachment->helper);
    free(attachment->helper_options);
    free(attachment->target);
    free(attachment->options);
    free(attachment->by);
    free(attachment->identity.root);
    free(attachment->identity.target);
    free(attachment->problem);
    free(attachment->temporary);
    free(attachment->workplace);
    free(attachment);
}

int attachment_container(const struct attachment *attachment, struct process *ret,
                         struct error *err)
{
    const struct mount_identity *identity = &attachment->identity;
    _cleanup_process_ struct process process = PROCESS_INIT;
    bool share = attachment_is_share(attachment);
    char boot[BOOT_ID_SIZE];
    uint64_t mnt_ns;
    int r = boot_id_read(boot, err);

    if (r < 0)
        return r;
    if (strcmp(boot, identity->boot_id) != 0)
        return 0;
    r = process_open(share ? getpid() : identity->init, &process, err);
    if (r < 0)
        return r == -ESRCH ? 0 : r;
    if (!share && process.start_time != identity->init_start)
        return 0;
    mnt_ns = process_ns_inode(process.proc, PROCESS_NS_MNT);
    if (mnt_ns == 0) {
        if (!process_alive(&process))
            return 0;
        error_set(err, ERROR_NOT_PERMITTED, EACCES,
                  "cannot see the mount namespace of process %d (container %s)", identity->init,
                  attachment->container_name ? attachment->container_name : "?");
        error_hint(err, "CAP_SYS_PTRACE is needed: run it with sudo");
        return -EACCES;
    }
    if (mnt_ns != identity->mnt_ns)
        return 0;
    *ret = process;
    process = (struct process)PROCESS_INIT;
    return 1;
}

// By the unique id in the container's namespace: 1, 0, or -EOPNOTSUPP when this kernel cannot be
// asked so.
static int present_by_unique_id(const struct mount_identity *identity,
                                const struct process *process)
{
    _cleanup_close_ int ns = -1;
    struct error ignored;
    uint64_t ns_id;
    int r;

    if (identity->unique == 0)
        return -EOPNOTSUPP;
    ns = process_ns_open(process, PROCESS_NS_MNT, &ignored);
    if (ns < 0 || call_mnt_ns_id(ns, &ns_id) < 0)
        return -EOPNOTSUPP;
    r = call_mount_exists(identity->unique, ns_id);
    return r >= 0 ? r : -EOPNOTSUPP;
}

static bool has_option(const char *options, const char *option)
{
    size_t n = strlen(option);

    for (const char *s = options; (s = strstr(s, option)); s += n)
        if ((s == options || s[-1] == ',') && (s[n] == ',' || s[n] == '\0'))
            return true;
    return false;
}

static const char *const restrictions[] = {"nosuid", "nodev", "noexec", "nosymfollow", "idmapped"};

char *attachment_options_of(const struct mount_entry *entry)
{
    char options[64];
    int used = snprintf(options, sizeof options, "%s", mount_entry_read_only(entry) ? "ro" : "rw");

    for (size_t i = 0; i < ARRAY_SIZE(restrictions); i++)
        if (mount_entry_has_option(entry, restrictions[i]))
            used += snprintf(options + used, sizeof options - (size_t)used, ",%s", restrictions[i]);
    return strdup(options);
}

bool attachment_same_options(const struct attachment *attachment, const struct mount_entry *entry)
{
    // Read-only may also be what the filesystem itself is.
    if (attachment->options && has_option(attachment->options, "ro") &&
        !mount_entry_read_only(entry))
        return false;
    for (size_t i = 0; attachment->options && i < ARRAY_SIZE(restrictions); i++)
        if (has_option(attachment->options, restrictions[i]) &&
            !mount_entry_has_option(entry, restrictions[i]))
            return false;
    return true;
}

bool attachment_same_root(const char *now, const char *then)
{
    size_t length = strlen(then);

    return strncmp(now, then, length) == 0 &&
           (now[length] == '\0' || strcmp(now + length, "//deleted") == 0);
}

void attachment_note_node(struct mount_identity *identity, int fd)
{
    const int flags = AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
    struct statx sx;

    memset(&identity->node, 0, sizeof identity->node);
    if (statx(fd, "", flags, STATX_INO | STATX_BTIME, &sx) < 0 || !(sx.stx_mask & STATX_INO))
        return;
    identity->node.device = makedev(sx.stx_dev_major, sx.stx_dev_minor);
    identity->node.inode = sx.stx_ino;
    if (!(sx.stx_mask & STATX_BTIME))
        return;
    identity->node.birth_sec = sx.stx_btime.tv_sec;
    identity->node.birth_nsec = sx.stx_btime.tv_nsec;
}

bool attachment_same_place(const struct mount_identity *identity, const char *root_now, int fd)
{
    struct mount_identity now = {.unique = 0};

    if (attachment_same_root(root_now, identity->root))
        return true;
    if (fd < 0 || identity->node.inode == 0)
        return false;
    attachment_note_node(&now, fd);
    return now.node.inode == identity->node.inode && now.node.device == identity->node.device &&
           now.node.birth_sec == identity->node.birth_sec &&
           now.node.birth_nsec == identity->node.birth_nsec;
}

// Only the topmost mount can be opened, and none whose server may not answer: -1 else.
static int open_topmost(const struct process *process, const struct mount_table *table,
                        const struct mount_entry *entry, struct mount_ids *ret)
{
    const struct mount_entry *parent = mount_table_by_id(table, entry->parent_id);
    _cleanup_close_ int root = -1;
    _cleanup_close_ int fd = -1;
    struct error ignored;

    if (mount_table_at(table, entry->target, NULL) != entry || filesystem_may_hang(entry->type) ||
        (parent && filesystem_may_hang(parent->type)))
        return -1;
    root = process_root_open(process, &ignored);
    if (root < 0)
        return -1;
    fd = file_open_in_root(root, entry->target, O_PATH | O_NOFOLLOW);
    return fd >= 0 && call_mount_ids(fd, "", ret) == 0 && ret->old == entry->id ? TAKE_FD(fd) : -1;
}

int attachment_in_table(const struct attachment *attachment, const struct process *process,
                        struct error *err)
{
    const struct mount_identity *identity = &attachment->identity;
    _cleanup_mount_table_ struct mount_table *table = NULL;
    const struct mount_entry *entry;
    _cleanup_close_ int fd = -1;
    struct mount_ids ids;
    int r;

    if (!identity->root || !identity->target)
        return 0;
    r = mount_table_read(process->proc, &table, err);
    if (r < 0)
        return process_alive(process) ? r : 0;
    entry = mount_table_by_id(table, identity->old_id);
    if (!entry || entry->device != identity->device ||
        strcmp(entry->target, identity->target) != 0 || !attachment_same_options(attachment, entry))
        return 0;
    if (identity->unique || !attachment_same_root(entry->root, identity->root))
        fd = open_topmost(process, table, entry, &ids);
    if (!attachment_same_place(identity, entry->root, fd))
        return 0;
    // Old ids are reused at once: another mount with this id, device, root and target at the same
    // time is told apart by its unique id, where the kernel has one and the mount can be reached.
    return fd < 0 || identity->unique == 0 || ids.unique == 0 || ids.unique == identity->unique;
}

int attachment_present(const struct attachment *attachment, struct error *err)
{
    _cleanup_process_ struct process process = PROCESS_INIT;
    int r = attachment_container(attachment, &process, err);

    if (r <= 0)
        return r;
    r = present_by_unique_id(&attachment->identity, &process);
    return r >= 0 ? r : attachment_in_table(attachment, &process, err);
}

// A process of the boot in which it was attached. One that has ended and is waited for by nobody
// yet runs no more.
static bool still_runs(const struct attachment *attachment, pid_t pid, uint64_t start_time)
{
    _cleanup_process_ struct process process = PROCESS_INIT;
    char boot[BOOT_ID_SIZE];
    struct error ignored;
    int r;

    if (boot_id_read(boot, &ignored) < 0)
        return true;
    if (strcmp(boot, attachment->identity.boot_id) != 0)
        return false;
    r = process_open(pid, &process, &ignored);
    return r < 0 ? r != -ESRCH : process.start_time == start_time && process_alive(&process);
}

bool attachment_provided(const struct attachment *attachment)
{
    return !attachment->provider ||
           still_runs(attachment, attachment->provider_init, attachment->provider_start);
}

bool attachment_served(const struct attachment *attachment)
{
    return !attachment->server ||
           still_runs(attachment, attachment->server, attachment->server_start);
}

bool attachment_is_share(const struct attachment *attachment)
{
    return attachment->runtime && strcmp(attachment->runtime, HOST_NAME) == 0 &&
           attachment->container_id && strcmp(attachment->container_id, HOST_NAME) == 0;
}

const char *attachment_loss(const struct attachment *attachment)
{
    return strncmp(attachment->source, "tmpfs:", strlen("tmpfs:")) == 0
               ? "what was written to this tmpfs is gone with it: an undo makes an empty one"
               : NULL;
}

const char *attachment_operation(const struct attachment *attachment)
{
    return attachment_is_share(attachment) ? "share" : "attach";
}
