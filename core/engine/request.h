// What the user wants, as plain data. The engine copies what it keeps; strings are borrowed.
#ifndef DAVIT_ENGINE_REQUEST_H
#define DAVIT_ENGINE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/engine/attach_options.h"

// method, name
#define METHODS(X)             \
    X(METHOD_AUTO, "auto")     \
    X(METHOD_TREE, "tree")     \
    X(METHOD_DEVICE, "device") \
    X(METHOD_HELPER, "helper") \
    X(METHOD_RECIPE, "recipe")

enum method {
#define X(value, name) value,
    METHODS(X)
#undef X
};

const char *method_name(enum method method);

struct attachment;
struct container;
struct target_request {
    const char *container; // selector, container.h
    const char *path;      // absolute inside the container, raw bytes
    bool on_host;          // on the host itself, a share: `container` is "host" and names nothing
    pid_t pid;             // the init that the container must still have, 0: not compared ...
    uint64_t start_time;   // ... and its start time in clock ticks after boot, 0: not compared
    uint64_t mount_id;     // of a detach: the mount that was planned, as in a result, 0: whichever
    // What the last snapshot of this engine's own has under that selector, or NULL: it saves the
    // search (container_confirm()). Never of what came from outside.
    const struct container *known;
};

// What a plan found the source to be, as in its result: whoever may write to a directory above the
// source can make its path lead elsewhere before the run. NULL: not compared.
struct source_expected {
    const char *major_minor;
    const char *sub_root, *sub_path; // raw bytes
};

struct attach_request {
    const char *source; // as typed: core/engine/source.h tells the kinds apart
    struct source_expected expected;
    const char *type; // of the host's mount helper ("nfs"), of which `source` is the SPEC; or NULL
    const char *helper_options; // its -o, NULL: none; may hold secrets
    const char *idmap;          // "auto", "off", "CONTAINER:HOST:COUNT"; NULL: auto
    uint64_t offset;            // of an image, bytes
    const struct target_request *targets;
    size_t n_targets;
    unsigned flags;                  // enum attach_flags
    uint64_t for_ms;                 // detached after this time by keepd, 0: not
    const struct attachment *again;  // attached before: where its source led then, it must lead now
    const struct attachment *renews; // of keepd: what was lost by a restart and is kept (kept.h)
    bool replaces;                   // each target carries an attachment, whose place is taken
    struct attachment
        *heir_of; // of a recovery: what was lost there, whose mount points pass on; or NULL
    enum propagation propagation;
    enum method method;
    mode_t mode;         // of directories that are made; 0: 0755
    uint64_t timeout_ms; // for whatever may hang; 0: RESOLVER_DEFAULT_MS
};

enum detach_flags { DETACH_LAZY = 1 << 0 };

struct detach_request {
    const struct target_request *targets;
    size_t n_targets;
    unsigned flags;      // enum detach_flags
    bool expired;        // by keepd, whose time it is
    const char *only;    // id of the one attachment that may be detached, NULL: whichever is there
    uint64_t wait_ms;    // for holders to let go; 0: not at all
    uint64_t timeout_ms; // as above
};

// Which attachments are made anew from the source that they were attached from. One of the three.
struct refresh_request {
    const char *from; // all from a canonical path of the host or below it, or of a device below
                      // /dev; NULL: not by that. Raw bytes
    const struct target_request *targets; // these ...
    size_t n_targets;
    bool stale; // all whose server is dead
    // What a plan predicted to be replaced: of those that are found by `from` or `stale` only these
    // mounts, by the ids that the plan told. NULL: all.
    const uint64_t *mounts;
    size_t n_mounts;
    uint64_t timeout_ms; // as above
};

// "CONTAINER:PATH" split at the last ':' that is followed by '/'. Fresh memory in *ret_container,
// *ret_path (raw bytes). ERROR_USAGE: no such colon, a relative path, an empty container, or a
// path that ends in :ro :rw :z :Z (the hint names --ro). Paths are at most PATH_MAX - 1 bytes and
// the container part is checked by container_selector_valid().
int target_parse(const char *text, char **ret_container, char **ret_path, struct error *err);

// Whether the container that was found is the one that was meant (pid, start_time): ERROR_GONE when
// it was restarted since.
int target_check_same(const struct target_request *target, const struct container *container,
                      struct error *err);

// The targets of one request: at least one, none named twice. ERROR_USAGE else.
int targets_check(const struct target_request *targets, size_t n_targets, struct error *err);

#endif
