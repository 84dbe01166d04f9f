// User namespaces as mappings of owners: what uid_map and gid_map of a process say
// (user_namespaces(7)), and a namespace made for nothing but its mapping, as mount_setattr(2) wants
// it for an idmapped mount.
#ifndef DAVIT_HOST_IDMAP_H
#define DAVIT_HOST_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"

// `count` ids from `inside` on are those from `outside` on, as davit's own user namespace has them.
struct id_range {
    uint32_t inside, outside, count;
};

struct id_map {
    struct id_range *ranges; // at most 340 (the kernel's limit)
    size_t n_ranges;
};

// `proc`: /proc/PID; `file`: "uid_map" or "gid_map". Lines that are none are left out. `ret` is
// empty before; id_map_done() also after a failure.
int id_map_read(int proc, const char *file, struct id_map *ret, struct error *err);
void id_map_done(struct id_map *map);
#define _cleanup_id_map_ CLEANUP(id_map_done)

// False when the id is not mapped (nobody there).
bool id_map_outward(const struct id_map *map, uint32_t inside, uint32_t *ret);
bool id_map_inward(const struct id_map *map, uint32_t outside, uint32_t *ret);
// Whether every id is itself.
bool id_map_is_identity(const struct id_map *map);

// "CONTAINER:HOST:COUNT", decimal: inside, outside, count (at least 1, nothing beyond 2^32 - 2).
// ERROR_USAGE else.
int id_range_parse(const char *text, struct id_range *ret, struct error *err);

// What is to be written to uid_map or gid_map of the namespace of a mount, so that the files of
// `shown->outside` … are seen as `shown->inside` … by those who live in `map`: lines of "owner on
// the filesystem, owner on the host, count". Fresh memory. ERROR_UNSUPPORTED when a part of the
// range is not mapped inside, and when it takes more lines than the kernel reads.
int id_map_for_mount(const struct id_map *map, const struct id_range *shown, char **ret,
                     struct error *err);

// A user namespace with these two mappings and no process in it: *ret is the caller's. The child
// that it was made with has ended by then, whether or not it went well.
int userns_make(const char *uid_map, const char *gid_map, uint64_t timeout_ms, int *ret,
                struct error *err);

#endif
