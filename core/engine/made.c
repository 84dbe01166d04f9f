#include "core/engine/made.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "core/base/lookup.h"
#include "core/base/text.h"
#include "core/engine/attachment_look.h"

// Cached attributes: whoever serves the file is not asked.
static int look(int fd, struct made_node *ret, struct statx *ret_sx)
{
    int flags = AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;

    if (statx(fd, "", flags, STATX_BASIC_STATS | STATX_BTIME, ret_sx) < 0)
        return -errno;
    ret->inode = ret_sx->stx_ino;
    ret->birth_sec = ret_sx->stx_mask & STATX_BTIME ? ret_sx->stx_btime.tv_sec : 0;
    ret->birth_nsec = ret_sx->stx_mask & STATX_BTIME ? ret_sx->stx_btime.tv_nsec : 0;
    return 0;
}

int made_identify(int fd, struct made_node *node, struct error *err)
{
    struct statx sx;
    int r = look(fd, node, &sx);

    return r < 0 ? error_errno(err, -r, "cannot look at the mount point that was made") : 0;
}

static bool same(const struct made_node *a, const struct made_node *b)
{
    return a->inode == b->inode && a->birth_sec == b->birth_sec && a->birth_nsec == b->birth_nsec;
}

bool made_is(int fd, const struct made_node *node)
{
    struct made_node now = {0};
    struct statx sx;

    return look(fd, &now, &sx) == 0 && same(&now, node);
}

char *made_path(const struct attachment *what, size_t index, bool temporary)
{
    const char *first = temporary ? what->temporary : what->made[0].name;
    const char *parent = strcmp(what->made[0].parent, "/") ? what->made[0].parent : "";
    char *path = text_format("%s/%s", parent, first);

    for (size_t i = 1; path && i <= index; i++) {
        char *longer = text_format("%s/%s", path, what->made[i].name);

        free(path);
        path = longer;
    }
    return path;
}

// The directory of node `index`, with no symbolic link on the way.
static int open_parent(const struct inside *inside, const struct attachment *what, size_t index,
                       bool temporary, uint64_t timeout_ms, int *ret, struct error *err)
{
    _cleanup_free_ char *path =
        index ? made_path(what, index - 1, temporary) : strdup(what->made[0].parent);

    if (!path)
        return ERROR_OOM(err);
    return lookup_open(inside->root, path, O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS, timeout_ms,
                       ret, err);
}

// An intent without a "made" line: the name alone is proof, for it carries the operation's id; but
// then it must be empty, which rmdir(2) sees to for a directory.
static bool is_ours(const struct made_node *node, const struct made_node *now,
                    const struct statx *sx, bool temporary)
{
    if (S_ISDIR(sx->stx_mode) == node->is_file)
        return false;
    return node->inode ? same(now, node) : temporary && (!node->is_file || sx->stx_size == 0);
}

static int unlink_once(const struct inside *inside, struct mover *mover, int parent,
                       const char *name, bool is_file, uint64_t timeout_ms,
                       struct mover_answer *answer, struct error *err)
{
    _cleanup_close_ int writable = -1;
    int r = mover_remove(mover, inside->ns, parent, name, is_file, timeout_ms, answer, err);

    if (r < 0 || answer->act_errno != EROFS)
        return r;
    r = mover_open_writable(mover, inside->ns, parent, timeout_ms, answer, err);
    writable = r == 0 ? answer->fd : -1;
    return writable < 0
               ? r
               : mover_remove(mover, inside->ns, writable, name, is_file, timeout_ms, answer, err);
}

static int unlink_inside(const struct inside *inside, struct mover *mover, int parent,
                         const char *name, bool is_file, uint64_t timeout_ms, struct error *err)
{
    struct mover_answer answer;
    int r = unlink_once(inside, mover, parent, name, is_file, timeout_ms, &answer, err), e;

    // The mover was killed: another one may find it done.
    if (r == -EPIPE)
        r = unlink_once(inside, mover, parent, name, is_file, timeout_ms, &answer, err);
    if (r < 0)
        return r;
    e = mover_answer_errno(&answer);
    if (e == 0 || e == ENOENT)
        return 0;
    if (e == ENOTEMPTY || e == EBUSY || e == EEXIST)
        return 1;
    return error_errno(err, e, "cannot remove the mount point %s", name);
}

static int remove_named(const struct inside *inside, struct mover *mover,
                        const struct attachment *what, size_t index, bool temporary,
                        uint64_t timeout_ms, struct error *err)
{
    const struct made_node *node = &what->made[index];
    const char *name = temporary && index == 0 ? what->temporary : node->name;
    _cleanup_close_ int parent = -1, entry = -1;
    struct made_node now = {0};
    struct statx sx;
    int r = open_parent(inside, what, index, temporary, timeout_ms, &parent, err);

    if (r == -ENOENT || r == -ELOOP || r == -ENOTDIR)
        return 0;
    if (r < 0)
        return r;
    r = lookup_entry(parent, name, timeout_ms, &entry, err);
    if (r < 0)
        return r == -ENOENT ? 0 : r;
    if (look(entry, &now, &sx) < 0 || !is_ours(node, &now, &sx, temporary))
        return 1;
    (void)close(TAKE_FD(entry));
    return unlink_inside(inside, mover, parent, name, node->is_file, timeout_ms, err);
}

int made_remove(const struct inside *inside, struct mover *mover, const struct attachment *what,
                size_t index, uint64_t timeout_ms, struct error *err)
{
    int named = remove_named(inside, mover, what, index, false, timeout_ms, err);
    int temporary = 0;

    if (named >= 0 && what->temporary)
        temporary = remove_named(inside, mover, what, index, true, timeout_ms, err);
    return named < 0 ? named : temporary < 0 ? temporary : named | temporary;
}

// The ended attachment that `directory` was made for, and which of its nodes it is.
static const struct attachment *made_for(const struct journal_view *view,
                                         const struct attachment *beside, const char *directory,
                                         size_t *ret_index)
{
    for (size_t i = view->n_attachments; i-- > 0;) {
        const struct attachment *other = view->attachments[i];

        if (other->state != ATTACHMENT_GONE ||
            strcmp(other->container_id, beside->container_id) != 0)
            continue;
        for (size_t k = 0; k < other->n_made; k++) {
            _cleanup_free_ char *path = made_path(other, k, false);

            if (path && other->made[k].inode && strcmp(path, directory) == 0) {
                *ret_index = k;
                return other;
            }
        }
    }
    return NULL;
}

void made_remove_orphans(const struct inside *inside, struct mover *mover, struct journal *journal,
                         const struct attachment *what, uint64_t timeout_ms)
{
    _cleanup_free_ char *directory = what->n_made ? strdup(what->made[0].parent) : NULL;
    _cleanup_journal_view_ struct journal_view *view = NULL;
    const struct attachment *other;
    struct error ignored;
    size_t index;

    if (!directory || strcmp(directory, "/") == 0 || journal_read(journal, &view, &ignored) < 0)
        return;
    while (strcmp(directory, "/") != 0 && (other = made_for(view, what, directory, &index)) &&
           made_remove(inside, mover, other, index, timeout_ms, &ignored) == 0) {
        char *slash = strrchr(directory, '/');

        slash[slash == directory ? 1 : 0] = '\0';
    }
}

bool attachment_is_mount(const struct attachment *attachment, const struct inside *inside, int fd,
                         const struct mount_ids *ids, const struct mount_entry *entry)
{
    const struct mount_identity *known = &attachment->identity;

    if (known->mnt_ns != inside->mnt_ns || known->init != inside->init.pid ||
        known->init_start != inside->init.start_time)
        return false;
    if (known->unique && ids->unique)
        return known->unique == ids->unique;
    return known->old_id == ids->old && entry && known->device == entry->device && known->root &&
           attachment_same_place(known, entry->root, fd) &&
           attachment_same_options(attachment, entry) && known->target &&
           strcmp(known->target, entry->target) == 0;
}
