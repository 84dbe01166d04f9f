// A source as it was typed, told apart by how it begins (the table of the command line), and
// resolved: canonical name, filesystem, device, sub-root, remaining sub-path; and how its detached
// mount will be made (maker.h).
#ifndef DAVIT_ENGINE_SOURCE_H
#define DAVIT_ENGINE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/host/mounttable.h"

// kind, how it begins ("" those of a path), what it is
#define SOURCE_KINDS(X)                                                                \
    X(SOURCE_HOST, "", "a directory or file of the host")                              \
    X(SOURCE_CONTAINER, "CONTAINER:", "another container's directory")                 \
    X(SOURCE_VOLUME, "volume:", "a named volume")                                      \
    X(SOURCE_DEVICE, "device:", "a filesystem on a block device (also UUID=, LABEL=)") \
    X(SOURCE_IMAGE, "image:", "a disk image")                                          \
    X(SOURCE_TMPFS, "tmpfs:", "a fresh tmpfs")                                         \
    X(SOURCE_HELPER, "-t TYPE", "a filesystem by the host's mount helper")

enum source_kind {
#define X(kind, begins, what) kind,
    SOURCE_KINDS(X)
#undef X
};

// Tells the kind; ERROR_USAGE for a bare word (the hint offers ./word and volume:word) and for a
// bare block device, which is found by lstat(2) of an absolute path below /dev (the hint says
// device:…).
// SOURCE_HELPER is never told by the text: it is what a type (attach_request.type) makes of it.
int source_parse(const char *text, enum source_kind *ret, struct error *err);

struct attach_request;
struct container;
struct engine;
struct tree_maker;

struct source {
    enum source_kind kind;
    const struct tree_maker *maker; // how its detached mount is made
    void *state;                    // the maker's, freed by it
    char *name;   // as it is shown and journaled, and as it can be typed again: of a path its
                  // canonical path, else "volume:docker/data", "device:/dev/sdb1:/sub"; raw bytes
    int fd;       // O_PATH of a path of the host, else -1
    char *path;   // where it is on the host: canonical, raw bytes; NULL when it is nowhere there
    char *inside; // where it is in `provider`: as above
    const struct container *provider; // whose mount it is when it is none of the host's, or NULL;
                                      // its init ...
    uint64_t provider_start;          // ... and its start time, of the process that was looked at
    mode_t type;                      // S_IFDIR, S_IFREG, …; 0 when only known once it is made
    uid_t uid;
    gid_t gid;
    mode_t mode;               // permission bits
    uint64_t size;             // bytes; statx stx_size, of a directory what its filesystem says
    uint64_t mount_id;         // of the mount it is on, mountinfo's id; 0 for one that is made
    struct mount_table *host;  // the host's, as it is after the source was opened ...
    bool host_is_kept;         // ... but only the mount it is on and those below: see mountcache.h
    struct mount_entry *mount; // the one it is on, in `host` or in `made`
    struct mount_table *made;  // a row for a mount that is none of the host's, or NULL: device 0
                               // until it is known
    char *sub_path;            // "" or "/…": from the mount point to the source
    char *root_inside;         // sub_root + sub_path: what mountinfo will say as the root
    const struct mount_entry **below; // mounts below the source, in the table's order
    size_t n_below;
};
#define SOURCE_INIT \
    {               \
        .fd = -1    \
    }

void source_done(struct source *source);
#define _cleanup_source_ CLEANUP(source_done)

// Resolves request->source (and type, offset, …) within request->timeout_ms (0: the default):
// changes nothing. Of a host path: fd, path, what statx(2) says, its mount and those below it.
// ERROR_NO_PATH, ERROR_TIMED_OUT, ERROR_FAILED when the mount is not in the table (moved away
// meanwhile), and what source_parse() refuses. `ret` is SOURCE_INIT before; source_done() also
// after a failure.
int source_resolve(struct engine *engine, const struct attach_request *request, struct source *ret,
                   struct error *err);

// Whether its mount point is a directory: also while only the making will tell.
bool source_goes_onto_directory(const struct source *source);

// The parts of it for those kinds that are a path of the host in the end (a volume's directory):
// the path is opened, then found in the host's table.
int source_open_path(struct source *source, const char *path, uint64_t timeout_ms,
                     struct error *err);
int source_locate(struct source *source, struct error *err);
// The mounts of `table` below `path`, but for the mount `mount_id` itself, into `below`.
int source_collect_below(struct source *source, const struct mount_table *table, const char *path,
                         struct error *err);
// The path of a mount in `below` from the source on, with a "/" in front.
const char *source_path_below(const struct source *source, const struct mount_entry *entry);

// For a mount that is none of the host's: `made` becomes one row of these (copied; device 0 when it
// is not known yet), `mount` that row, root_inside the join of root and sub_path (which is set
// already).
int source_set_made(struct source *source, dev_t device, const char *root, const char *type,
                    const char *from, const char *options, struct error *err);

// Whether a located source is the one that was planned: ERROR_GONE else.
struct source_expected;
int source_check_same(const struct source *source, const struct source_expected *expected,
                      struct error *err);

// Whether what is attached again leads where it led then (the path that was noted had no link in
// it any more): ERROR_UNSAFE else. Of what is on a device that is known when it is mounted.
struct attachment;
int source_check_again(const struct source *source, const struct attachment *then,
                       struct error *err);
int source_check_link(const char *then, const char *now, struct error *err);

#endif
