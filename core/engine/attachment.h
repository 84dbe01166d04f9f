// One mount that davit made, and how to know it again. A mount is ours by identity, never by its
// path: from kernel 6.8 by its unique id, before that by all of boot, namespace, init, mount id,
// device, root and target together, since old ids are reused at once. A root whose directory was
// renamed since has another path: it is the same by its node.
#ifndef DAVIT_ENGINE_ATTACHMENT_H
#define DAVIT_ENGINE_ATTACHMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/host/loopdevice.h"
#include "core/host/process.h"

#define OPERATION_ID_SIZE 13 // 12 hexadecimal digits and NUL

struct mount_identity {
    char boot_id[BOOT_ID_SIZE];
    uint64_t unique;     // 0 before 6.8
    uint64_t old_id;     // mountinfo (1)
    uint64_t mnt_ns;     // inode of the mount namespace
    pid_t init;          // the container's init ...
    uint64_t init_start; // ... and its start time in clock ticks
    dev_t device;        // mountinfo (3)
    char *root;          // mountinfo (4), raw bytes
    struct {
        dev_t device; // as in stat(2): of a subvolume another than that of the mount
        uint64_t inode;
        int64_t birth_sec; // statx stx_btime; 0 and 0 when the filesystem has none
        uint32_t birth_nsec;
    } node;            // the root itself; all zero: not known
    char *target;      // mountinfo (5) as the init sees it, raw bytes; NULL before it is attached
    unsigned n_mounts; // of the tree: 1, or more with --recursive
};

// A directory (or file, for a file source) that davit made as a mount point.
struct made_node {
    char *parent; // canonical path of its directory inside the container, raw bytes
    char *name;   // its name there, raw bytes
    bool is_file;
    uint64_t inode;    // 0 until made
    int64_t birth_sec; // statx stx_btime; 0 and 0 when the filesystem has none
    uint32_t birth_nsec;
};

#define ATTACHMENT_STATES(X)                                               \
    X(ATTACHMENT_LIVE, "live")                                             \
    X(ATTACHMENT_LINGERING, "lingering") /* detached lazily, still held */ \
    X(ATTACHMENT_GONE, "gone")                                             \
    X(ATTACHMENT_INTENT, "intent") /* begun, neither done nor taken back */

enum attachment_state {
#define X(value, name) value,
    ATTACHMENT_STATES(X)
#undef X
};
const char *attachment_state_name(enum attachment_state state);

struct attachment {
    char id[OPERATION_ID_SIZE];
    char *container_id;         // clean text
    char *container_name;       // clean text
    char *pod;                  // "NAMESPACE/NAME" in Kubernetes, else NULL; clean text
    char *runtime;              // clean text
    char *source;               // source.name, raw bytes
    const char *method;         // one of METHODS, static
    char *provider;             // the container whose mount it is, clean text, or NULL ...
    pid_t provider_init;        // ... its init then ...
    uint64_t provider_start;    // ... and that one's start time
    char *helper;               // of method helper: the type, clean text; else NULL
    char *helper_options;       // its options without secrets, clean text; NULL: none
    pid_t server;               // who keeps the server of that mount (keeper.h), 0: it has none ...
    uint64_t server_start;      // ... and its start time
    bool provider_gone;         // seen by engine_status(): that init has ended ...
    bool server_gone;           // ... and so has that keeper
    bool kept;                  // by engine_status() too, from kept.json (kept.h): made again when
                                // its container starts again ...
    time_t until;               // ... detached at this time, 0: for good ...
    char *problem;              // ... why it is not attached again; clean text, or NULL
    uint64_t offset;            // of an image, bytes
    bool has_loop;              // of an image: its loop device ...
    unsigned loop;              // ... /dev/loopN ...
    struct loop_file loop_file; // ... and what that is bound to
    char *target;               // as asked for, raw bytes
    char *options;              // "ro,nosuid,nodev", clean text
    unsigned flags;             // enum attach_flags of the request
    int propagation;            // enum propagation
    char *idmap;                // how owners are mapped: "auto", "off", "0:1000:1"; NULL: not
    mode_t mode;
    time_t since;
    uid_t by_uid; // login uid of who asked
    char *by;     // that user's name or number, clean text
    enum attachment_state state;
    char replaces[OPERATION_ID_SIZE]; // the attachment whose place it took; empty: none
    struct mount_identity identity;
    struct made_node *made; // outermost first
    size_t n_made;
    char *workplace; // of method recipe: the directory inside that it works in (recipe.h), or NULL
    char *temporary; // ".davit-ID": name of the outermost made node before it got its own, in its
                     // parent
    pid_t mover;     // who was to do it (intent only) ...
    uint64_t mover_start; // ... and its start time
};

void attachment_free(struct attachment *attachment);
CLEANUP_POINTER(struct attachment, attachment_free);
#define _cleanup_attachment_ CLEANUP(attachment_freep)

// Whether the mount is still attached in its namespace: 1 yes, 0 no (or the container is gone),
// negative -errno. `process` is the container's init when the caller holds it, else NULL.
int attachment_present(const struct attachment *attachment, struct error *err);

// Whether the container that it came from runs as it did then. True when there is none, or when it
// cannot be told.
bool attachment_provided(const struct attachment *attachment);
// The same of the keeper of a mount helper's server.
bool attachment_served(const struct attachment *attachment);

// A share has the host itself for its container: id, name and runtime are all HOST_NAME, which is
// the name of no runtime; for its init HOST_INIT and a start time of 0 stand, since no process is
// needed to find it again but the davit that looks.
#define HOST_NAME "host"
#define HOST_INIT 1
bool attachment_is_share(const struct attachment *attachment);
// What is lost with the mount and by no undo brought back, as a sentence; NULL: nothing. Static.
const char *attachment_loss(const struct attachment *attachment);
// What the journal calls the operation that made it: "attach" or "share".
const char *attachment_operation(const struct attachment *attachment);

#endif
