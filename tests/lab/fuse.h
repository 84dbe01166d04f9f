/* Between the FUSE server's loop and its files. */
#pragma once

#include <linux/fuse.h>
#include <sys/types.h>

enum { BUFFER_SIZE = 64 << 10 }; /* of a request, and of an answer; FUSE_MIN_READ_BUFFER is 8 KiB */

/* Fills `out` (BUFFER_SIZE bytes) and returns its length, or -errno. `in` is what follows the
 * header, with a NUL behind it. */
ssize_t answer(const struct fuse_in_header *h, const void *in, char *out);
