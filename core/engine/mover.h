// The mover: a small process that enters a container's mount namespace, does one thing there and
// comes back. It receives descriptors, never paths from the container, but for the name of a
// directory entry below a descriptor. After setns(2) it makes raw system calls only.
//
// It is forked before the engine has anything to lose, is not dumpable, holds no descriptor but
// those of the request at hand, and dies with the engine.
#ifndef DAVIT_ENGINE_MOVER_H
#define DAVIT_ENGINE_MOVER_H

#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/engine/recipe_work.h"

struct mover {
    pid_t pid;           // 0: there is none, not even one to reap
    int socket;          // -1: not running
    uint64_t start_time; // clock ticks after boot, for the journal
};
#define MOVER_INIT                              \
    {                                           \
        .pid = 0, .socket = -1, .start_time = 0 \
    }

int mover_start(struct mover *mover, struct error *err);
// Tells it to end without waiting for that, while the engine has other things to do; it is reaped
// by mover_stop(). The next call starts another one.
void mover_dismiss(struct mover *mover);
void mover_stop(struct mover *mover);

// What the mover said: the errno of the call that failed (0: none), and what entering took.
struct mover_answer {
    int enter_errno; // of setns(2)
    int act_errno;   // of what was asked for
    uint64_t enter_us;
    int fd; // of mover_clone(), mover_open_writable() and mover_recipe_make(), the caller's; else
            // -1
    struct recipe_times recipe; // of mover_recipe_make()
};

// The errno of whichever failed, 0: none.
static inline int mover_answer_errno(const struct mover_answer *answer)
{
    return answer->enter_errno ? answer->enter_errno : answer->act_errno;
}

// Each returns 0 when the mover answered (look at *ret), negative when it did not: it died
// (-EPIPE), or has not answered within timeout_ms and was killed (-ETIMEDOUT). Whether it had done
// what it was asked for is then to be looked at; the next call starts another mover.
//
// ns: the mount namespace. Every descriptor stays the caller's.

// move_mount(2) of the detached `tree` onto `target` (an O_PATH of the place).
int mover_move(struct mover *mover, int ns, int tree, int target, uint64_t timeout_ms,
               struct mover_answer *ret, struct error *err);

// The same directly below the topmost mount there, of which `target` is the root (6.5).
int mover_move_beneath(struct mover *mover, int ns, int tree, int target, uint64_t timeout_ms,
                       struct mover_answer *ret, struct error *err);

// fchdir(parent), umount2(name, UMOUNT_NOFOLLOW [| MNT_DETACH when `lazy`]).
int mover_unmount(struct mover *mover, int ns, int parent, const char *name, int lazy,
                  uint64_t timeout_ms, struct mover_answer *ret, struct error *err);

// umount2(MNT_DETACH) of the attached `tree` by its own handle: whatever happened to its path. The
// topmost mount on the same place goes, should something have been mounted over it.
int mover_detach_tree(struct mover *mover, int ns, int tree, uint64_t timeout_ms,
                      struct mover_answer *ret, struct error *err);

// mount_setattr(2) of the mounted tree at `target` to MS_PRIVATE, recursively.
int mover_make_private(struct mover *mover, int ns, int target, uint64_t timeout_ms,
                       struct mover_answer *ret, struct error *err);

// unlinkat(2) of a directory (or an empty file) below `parent`: inside the namespace, since a rmdir
// from another one would detach what is mounted there.
int mover_remove(struct mover *mover, int ns, int parent, const char *name, int is_file,
                 uint64_t timeout_ms, struct mover_answer *ret, struct error *err);

// open_tree(2) of `source` (an O_PATH of a directory or file there), with the mounts below it when
// `recursive`: ret->fd, a detached tree.
int mover_clone(struct mover *mover, int ns, int source, int recursive, uint64_t timeout_ms,
                struct mover_answer *ret, struct error *err);

// A writable clone of the directory `parent` of a read-only mount: ret->fd, O_PATH-like and
// detached. For mount points in a read-only root.
int mover_open_writable(struct mover *mover, int ns, int parent, uint64_t timeout_ms,
                        struct mover_answer *ret, struct error *err);

// Method recipe (recipe_work.h): `place` is an O_PATH of the directory in the container that is
// worked in. ret->fd: O_PATH of the mount to be moved, ret->recipe: what the steps took.
int mover_recipe_make(struct mover *mover, int ns, int place, const struct recipe_order *order,
                      uint64_t timeout_ms, struct mover_answer *ret, struct error *err);
// mount(2) MS_MOVE of it onto `target`.
int mover_recipe_move(struct mover *mover, int ns, int part, int target, uint64_t timeout_ms,
                      struct mover_answer *ret, struct error *err);
// Takes away what was made below `place` under `name`.
int mover_recipe_clear(struct mover *mover, int ns, int place, const char *name,
                       uint64_t timeout_ms, struct mover_answer *ret, struct error *err);

// Enters the namespace that it is in already and does nothing, so that its first task finds its
// pages mapped.
#define MOVER_REHEARSAL_MS 1000
int mover_rehearse(struct mover *mover, struct error *err);

#endif
