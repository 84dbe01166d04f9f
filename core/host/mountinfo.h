// One line of /proc/PID/mountinfo, proc_pid_mountinfo(5); the kernel writes it in show_mountinfo(),
// fs/proc_namespace.c.
#ifndef DAVIT_HOST_MOUNTINFO_H
#define DAVIT_HOST_MOUNTINFO_H

#include <stdbool.h>

#include "core/host/mounttable.h"

// Parses `line` in place: the strings of *ret point into it, octal escapes undone. It has neither
// a newline nor, but for its end, a NUL. False: it is no line of a mount table.
//
// Taken as the kernel writes it: fields are separated by one space each. Unknown optional fields
// are left out, an empty source (older kernels) is one, and the superblock's options are all the
// rest, for some filesystems write spaces there.
bool mountinfo_parse_line(char *line, struct mount_entry *ret);

#endif
