// What is made of a block device or of a filesystem's files, and what is made of that: partitions,
// devices of the device mapper, md and others (sysfs(5), "holders"), loop devices whose file is
// there, swap (proc(5), /proc/swaps).
#ifndef DAVIT_HOST_BLOCK_STACK_H
#define DAVIT_HOST_BLOCK_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/host/held.h"
#include "core/host/holders.h"

struct stacked {
    dev_t device; // its number, 0: a swap file
    enum holder_kind kind;
    char path[256]; // "/dev/mapper/data", of swap the device or file; clean text
    char below[64]; // what it is made of: "/dev/sdb1", or a loop device's file; clean text
};

#define STACKED_MAX 1024

struct block_stack {
    struct stacked rows[STACKED_MAX];
    size_t n_rows;
    bool complete; // false: there is more, or something did not answer
};

// Adds to the subject, by number, all that is above its devices and places, each also as a place;
// and what of it is a holder to the rows. Asked in a child: a loop device's file may be on a server
// that does not answer. `host`: this namespace's table.
int block_stack_find(struct held_subject *subject, const struct mount_table *host,
                     struct block_stack **ret, struct error *err);
void block_stack_free(struct block_stack *stack);
CLEANUP_POINTER(struct block_stack, block_stack_free);
#define _cleanup_block_stack_ CLEANUP(block_stack_freep)

// For tests: where sysfs and /proc/swaps are.
extern const char *block_stack_sysfs, *block_stack_swaps;

#endif
