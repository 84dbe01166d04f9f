// What is on a block device or in an image, by libblkid (loaded on first use), read in a child: a
// broken disk may keep whoever reads it waiting. Nothing is tried by mounting.
#ifndef DAVIT_HOST_SUPERBLOCK_H
#define DAVIT_HOST_SUPERBLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"

#define PARTITIONS_MAX 16

struct superblock {
    // clean text all, "" when there is none
    char usage[16]; // of blkid: "filesystem", "raid", "crypto", "other" (swap)
    char type[32];  // "ext4", "LVM2_member"
    char uuid[64];
    char label[256];
    char table[16];   // kind of partition table: "gpt", "dos"
    bool several;     // signatures of more than one: nothing else is known then
    bool dirty;       // ext2/3/4: the journal waits to be replayed
    bool orphans;     // ext2/3/4: files that were deleted while open wait to be freed
    bool read_only;   // the device itself
    bool in_use;      // of a device: it cannot be had alone (mounted, swap, a member of another)
    uint64_t size;    // bytes, of the whole device or file
    unsigned n_parts; // of the partition table; those beyond PARTITIONS_MAX are left out
    struct {
        unsigned number;
        uint64_t start, size; // bytes
    } parts[PARTITIONS_MAX];
};

// Looks at the device node `path`, or when that is NULL at `file`, an O_PATH descriptor, from
// `offset` on; read-only. 0, also when nothing is known to be there (usage is ""). ERROR_TIMED_OUT;
// ERROR_UNSUPPORTED without libblkid; ERROR_FAILED when it cannot be read.
int superblock_read(const char *path, int file, uint64_t offset, uint64_t timeout_ms,
                    struct superblock *ret, struct error *err);

#endif
