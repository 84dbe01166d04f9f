#include "core/base/asked.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"

#define SLOTS 128 // those that are given up, and as many as ask at one time

struct slot {
    _Atomic uint64_t place; // 0: nobody asks, for sure
    char what[112];         // clean, or cut
};

static struct slot *slots; // the pages of `file`
static int file = -1;

// The bytes that are locked: the asker's and the child's of each slot.
enum side { ASKER, CHILD };

static struct flock lock_of(int slot, enum side side, short type)
{
    return (struct flock){
        .l_type = type, .l_whence = SEEK_SET, .l_start = 2 * slot + (int)side, .l_len = 1};
}

static bool set_lock(int slot, enum side side, short type)
{
    struct flock lock = lock_of(slot, side, type);

    return fcntl(file, F_SETLK, &lock) == 0;
}

// Whether another process has it.
static bool is_locked(int slot, enum side side)
{
    struct flock lock = lock_of(slot, side, F_WRLCK);

    return fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

void asked_share(void)
{
    void *memory = MAP_FAILED;

    if (file >= 0)
        return;
    file = memfd_create("davit-asked", MFD_CLOEXEC);
    if (file >= 0 && ftruncate(file, SLOTS * sizeof *slots) == 0)
        memory = mmap(NULL, SLOTS * sizeof *slots, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED) {
        slots = memory;
    } else if (file >= 0) {
        (void)close(file);
        file = -1;
    }
}

int asked_descriptor(void)
{
    return file;
}

// The same text below another root is another place. FNV-1a; never 0.
static uint64_t place_of(const char *what, int root)
{
    uint64_t hash = 0xcbf29ce484222325, numbers[3] = {0};
    struct statx sx;

    // Of a root that is on a silent server too the kernel tells what it knows.
    if (root >= 0 && statx(root, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO, &sx) == 0) {
        numbers[0] = sx.stx_dev_major;
        numbers[1] = sx.stx_dev_minor;
        numbers[2] = sx.stx_ino;
    }
    for (const char *s = what; *s; s++)
        hash = (hash ^ (unsigned char)*s) * 0x100000001b3;
    for (size_t i = 0; i < 3; i++)
        hash = (hash ^ numbers[i]) * 0x100000001b3;
    return hash ? hash : 1;
}

// Those that were given up: of `place`, and the number of all; *ret_one is one of these.
static unsigned count(uint64_t place, unsigned *ret_all, const char **ret_one)
{
    unsigned here = 0;

    *ret_all = 0;
    for (int i = 0; i < SLOTS; i++) {
        uint64_t asked = atomic_load(&slots[i].place);

        if (asked == 0 || is_locked(i, ASKER) || !is_locked(i, CHILD))
            continue;
        here += asked == place;
        *ret_one = slots[i].what;
        ++*ret_all;
    }
    return here;
}

static int refuse(const char *what, uint64_t place, struct error *err)
{
    const char *one = "";
    unsigned all, here = count(place, &all, &one);

    if (here < ASKED_PLACE_MAX && all < ASKED_ALL_MAX)
        return 0;
    if (here >= ASKED_PLACE_MAX)
        (void)error_set(err, ERROR_TIMED_OUT, ETIMEDOUT,
                        "%s: not asked again, since %u processes that were given up still wait for "
                        "the answer there",
                        what, here);
    else
        (void)error_set(err, ERROR_BUSY, EBUSY,
                        "%s: not asked, since %u processes that were given up still wait for "
                        "servers that do not answer, one of them at %.*s",
                        what, all, (int)sizeof slots->what - 1, one);
    error_hint(err, "bring that server (FUSE, NFS, …) back, or end its mount with umount -f: when "
                    "they have their answer, davit asks again");
    return here >= ASKED_PLACE_MAX ? -ETIMEDOUT : -EBUSY;
}

int asked_begin(const char *what, int root, struct asked *ret, struct error *err)
{
    uint64_t place;
    int r;

    ret->slot = -1;
    if (!slots)
        return 0;
    place = place_of(what, root);
    r = refuse(what, place, err);
    for (int i = 0; r == 0 && i < SLOTS && ret->slot < 0; i++) {
        if (!set_lock(i, ASKER, F_WRLCK))
            continue;
        if (is_locked(i, CHILD)) {
            (void)set_lock(i, ASKER, F_UNLCK);
            continue;
        }
        text_clean(slots[i].what, sizeof slots[i].what, what, strlen(what));
        atomic_store(&slots[i].place, place);
        ret->slot = i;
    }
    return r;
}

void asked_by_child(const struct asked *asked)
{
    if (asked->slot >= 0)
        (void)set_lock(asked->slot, CHILD, F_WRLCK);
}

void asked_end(const struct asked *asked)
{
    if (asked->slot < 0)
        return;
    if (!is_locked(asked->slot, CHILD))
        atomic_store(&slots[asked->slot].place, 0);
    (void)set_lock(asked->slot, ASKER, F_UNLCK);
}
