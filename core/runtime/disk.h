// Reading what a runtime wrote to the disk. A path may have been prepared by somebody else: only a
// regular file of the runtime's owner that nobody else may write is believed, no symbolic link is
// followed on the way, nothing is waited for (a FIFO), and no more than the limit is read.
#ifndef DAVIT_RUNTIME_DISK_H
#define DAVIT_RUNTIME_DISK_H

#include <stddef.h>

#include "core/base/error.h"

// `root` is a descriptor that stands for "/", and the path is below it. 0 with fresh memory,
// terminated by a NUL that is not counted; 1 when there is nothing, or nothing to be believed;
// -EACCES when it may not be read; -ENOMEM. The file must be root's.
int disk_read(int root, const char *path, size_t limit, char **ret, size_t *ret_length,
              struct error *err);

#endif
