// The kernel locks the mounts of a mount namespace that is copied into a user namespace which does
// not own it (mount_namespaces(7), "Restrictions"), and a clone keeps these locks wherever it goes,
// but for the one on its own root: it can still be moved and unmounted as a whole. So a child makes
// two mount namespaces of its own, and nothing of them is left when it ends.
#include "core/engine/tree_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/resolver.h"
#include "core/engine/workshop.h"
#include "core/host/idmap.h"
#include "core/host/mountcalls.h"

#define PLACE "tree"
// What the kernel locks.
#define LOCKED_ATTRS (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

// ---- in the child ----

// A place to attach it where no permission of the tree's own is needed to come near. The working
// directory follows into the copy of the mount namespace.
static int attach_in_private(const struct tree_locking *locking)
{
    _cleanup_close_ int fs = call_fsopen("tmpfs"), root = -1, place = -1;
    int r = fs < 0 ? fs : call_fsconfig(fs, CALL_CREATE, NULL, NULL);

    if (r >= 0)
        r = root = call_fsmount(fs, 0);
    if (r >= 0)
        r = workshop_mount(root);
    if (r < 0)
        return r;
    if (fchdir(root) < 0 || (locking->is_directory && mkdir(PLACE, 0755) < 0))
        return -errno;
    place = open(PLACE, O_CLOEXEC | (locking->is_directory ? O_PATH : O_RDONLY | O_CREAT), 0644);
    if (place < 0)
        return -errno;
    return call_move_mount(locking->tree, "", place, "",
                           MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

// By the owner of the copied namespace each flag must be refused to be cleared: what is not locked
// is given to nobody.
static int prove(int tree, uint64_t attr_set)
{
    for (uint64_t bit = 1; bit <= attr_set; bit <<= 1) {
        struct davit_mount_attr attr = {.clear = bit};
        int r;

        if (!(attr_set & bit))
            continue;
        r = call_mount_setattr(tree, "", AT_EMPTY_PATH, &attr);
        if (r != -EPERM)
            return r < 0 ? r : -ENOLCK;
    }
    return 0;
}

static int lock_in_child(const void *context, struct resolver_answer *answer)
{
    const struct tree_locking *locking = context;
    int tree, r;

    if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return -errno;
    r = attach_in_private(locking);
    if (r < 0)
        return r;
    if (setns(locking->userns, CLONE_NEWUSER) < 0 || unshare(CLONE_NEWNS) < 0)
        return -errno;
    tree = call_open_tree(AT_FDCWD, PLACE, OPEN_TREE_CLONE | O_CLOEXEC | AT_RECURSIVE);
    if (tree < 0)
        return tree;
    r = prove(tree, locking->attr_set & LOCKED_ATTRS);
    if (r < 0)
        return r;
    answer->fds[0] = tree;
    return 0;
}

// ---- in the engine ----

static int lock(const struct tree_locking *locking, int *ret, struct error *err)
{
    int keep[] = {locking->tree, locking->userns};
    struct resolver_answer answer;
    int r = resolver_ask(locking->name, lock_in_child, locking, keep, ARRAY_SIZE(keep),
                         locking->timeout_ms, &answer, err);

    if (r < 0)
        return r;
    if (answer.result == -ENOLCK)
        return error_set(err, ERROR_UNVERIFIED, ENOLCK,
                         "the flags of %s could still be lifted inside: nothing was attached",
                         locking->name);
    if (answer.result < 0)
        return error_errno(err, -answer.result, "cannot lock the mount of %s", locking->name);
    *ret = answer.fds[0];
    return 0;
}

int tree_lock(const struct tree_locking *locking, int *ret, struct error *err)
{
    struct tree_locking by_own = *locking;
    _cleanup_close_ int own = -1;

    if (locking->userns >= 0)
        return lock(locking, ret, err);
    // The host's root, who needs no place in it, would take CAP_SETFCAP.
    if (userns_make("0 65534 1\n", "0 65534 1\n", locking->timeout_ms, &own, err) < 0)
        return 1;
    by_own.userns = own;
    return lock(&by_own, ret, err);
}
