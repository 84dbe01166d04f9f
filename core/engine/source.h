// A source as it was typed, told apart by how it begins (the table of the command line), and a
// host path resolved: canonical path, filesystem, device, sub-root, remaining sub-path.
#ifndef DAVIT_ENGINE_SOURCE_H
#define DAVIT_ENGINE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/host/mounttable.h"

enum source_kind {
    SOURCE_HOST,      // /dir ./dir ../file
    SOURCE_CONTAINER, // CONTAINER:/path
    SOURCE_VOLUME,    // volume:NAME
    SOURCE_DEVICE,    // device:…, UUID=…, LABEL=…
    SOURCE_IMAGE,     // image:…
    SOURCE_TMPFS,     // tmpfs:
};

// Tells the kind; ERROR_USAGE for a bare word (the hint offers ./word and volume:word) and for a
// bare block device, which is found by lstat(2) of an absolute path below /dev (the hint says
// device:…). Kinds that this davit cannot attach yet are ERROR_UNSUPPORTED, not a guess.
int source_parse(const char *text, enum source_kind *ret, struct error *err);

struct source {
    int fd;      // O_PATH
    char *path;  // canonical, raw bytes
    mode_t type; // S_IFDIR, S_IFREG, …
    uid_t uid;
    gid_t gid;
    mode_t mode;                // permission bits
    uint64_t size;              // bytes; statx stx_size, of a directory what its filesystem says
    uint64_t mount_id;          // of the mount it is on, mountinfo's id
    struct mount_entry *mount;  // into the table it was resolved with
    char *sub_path;             // "" or "/…": from the mount point to the source
    char *root_inside;          // sub_root + sub_path: what mountinfo will say as the root
    struct mount_entry **below; // mounts below the source, in the table's order
    size_t n_below;
};

void source_done(struct source *source);

// Opens a source of the host as it was typed, within timeout_ms: fd, path, mount_id and what
// statx(2) says. ERROR_NO_PATH, ERROR_TIMED_OUT, and what source_parse() refuses. `ret` is {.fd =
// -1} before; source_done() also after a failure.
int source_open(const char *text, uint64_t timeout_ms, struct source *ret, struct error *err);

// Fills the rest from `fd`, `path`, type and mount_id: pure. ERROR_FAILED when the mount is not in
// the table (moved away meanwhile).
int source_locate(struct source *source, struct mount_table *host, struct error *err);

// Whether a located source is the one that was planned: ERROR_GONE else.
struct source_expected;
int source_check_same(const struct source *source, const struct source_expected *expected,
                      struct error *err);

#endif
