// Who holds a mount: what makes umount(2) say EBUSY, and what keeps a lazily detached mount alive.
#ifndef DAVIT_HOST_HOLDERS_H
#define DAVIT_HOST_HOLDERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/host/mountcalls.h"

// kind, name: a mount (not looked for here: the caller's mount table has it); a process's working
// directory, root, program, open file, mapping; and what is made of a device or a file: a loop
// device, swap, a device of the device mapper, of md, of another driver (block_stack.h)
#define HOLDER_KINDS(X)      \
    X(HOLDER_MOUNT, "mount") \
    X(HOLDER_CWD, "cwd")     \
    X(HOLDER_ROOT, "root")   \
    X(HOLDER_EXE, "exe")     \
    X(HOLDER_FD, "fd")       \
    X(HOLDER_MAP, "map")     \
    X(HOLDER_LOOP, "loop")   \
    X(HOLDER_SWAP, "swap")   \
    X(HOLDER_DM, "dm")       \
    X(HOLDER_MD, "md")       \
    X(HOLDER_DEVICE, "device")

enum holder_kind {
#define X(kind, name) kind,
    HOLDER_KINDS(X)
#undef X
};
#define HOLDER_N_KINDS (HOLDER_DEVICE + 1)

const char *holder_kind_name(enum holder_kind kind);

struct holder {
    pid_t pid;           // 0 for HOLDER_MOUNT
    uint64_t start_time; // of the process, as in struct process
    uint64_t mnt_ns;     // inode of its mount namespace
    enum holder_kind kind;
    unsigned count;    // how many descriptors or mappings; else 1
    char comm[64];     // clean text all
    char command[256]; // the arguments; "[comm]" of a process without any
    char *path;        // the first of them, as the kernel names it
    char *container;   // whose it is, NULL: not known, or none's
};

struct holder_list {
    struct holder *holders; // one for each process and kind
    size_t n_holders;
    bool complete; // false: a process could not be looked at, too many, or the time was up
    bool stuck;    // ... because it waits for a server, or the time was up
};

#define HOLDERS_MAX 65536
#define HOLDERS_MS  3000 // for all together

// Looks at the processes whose mount namespace has the inode `ns_inode` (0: at all of them) for
// holders of the mount, which may be detached already. `device` as in mountinfo narrows the search
// for mappings; 0: not known. Threads with a table of descriptors of their own are not told apart.
// The caller and its children are left out. Looked at in a child, since a working directory on a
// dead NFS server makes whoever opens it wait; a process that does so is passed over.
int holders_of_mount(uint64_t ns_inode, const struct mount_ids *mount, dev_t device,
                     struct holder_list **ret, struct error *err);
// The same of all that is asked about by `subject`, with the mounts that were found of it: in every
// namespace, and on mounts that no namespace has any more. Without the limit of HOLDERS_MS, but for
// what does not answer.
struct held_subject;
struct held_mounts;
int holders_of_subject(const struct held_subject *subject, const struct held_mounts *mounts,
                       uint64_t timeout_ms, struct holder_list **ret, struct error *err);
// Appends a copy of `holder`, whose path stays the caller's. Beyond HOLDERS_MAX it only says that
// the list is not complete.
int holder_list_add(struct holder_list *list, const struct holder *holder, struct error *err);
void holder_list_free(struct holder_list *list);
CLEANUP_POINTER(struct holder_list, holder_list_free);
#define _cleanup_holder_list_ CLEANUP(holder_list_freep)

#endif
