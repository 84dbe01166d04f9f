// libblkid, loaded by name, so that only those who ask what is on a device or image pay for it.
#ifndef DAVIT_HOST_BLKID_LIBRARY_H
#define DAVIT_HOST_BLKID_LIBRARY_H

#include <blkid/blkid.h>
#include <stdbool.h>

#define BLKID_CALLS(X)                   \
    X(blkid_new_probe)                   \
    X(blkid_free_probe)                  \
    X(blkid_probe_set_device)            \
    X(blkid_probe_enable_superblocks)    \
    X(blkid_probe_set_superblocks_flags) \
    X(blkid_probe_enable_partitions)     \
    X(blkid_do_safeprobe)                \
    X(blkid_probe_lookup_value)          \
    X(blkid_probe_get_partitions)        \
    X(blkid_partlist_numof_partitions)   \
    X(blkid_partlist_get_partition)      \
    X(blkid_partition_get_partno)        \
    X(blkid_partition_get_start)         \
    X(blkid_partition_get_size)

struct blkid_calls {
#define X(name) __typeof__(&name) name;
    BLKID_CALLS(X)
#undef X
};

struct blkid_library {
    void *handle; // dlopen(3)'s, NULL when it is not there
    struct blkid_calls call;
};

// False: this host has no libblkid, or one that lacks a call. `ret` may be given to
// blkid_library_close() in both cases.
bool blkid_library_open(struct blkid_library *ret);
void blkid_library_close(struct blkid_library *library);

#endif
