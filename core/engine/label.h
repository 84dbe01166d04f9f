// Security labels (SELinux): whether a process may be expected to reach a file.
#ifndef DAVIT_ENGINE_LABEL_H
#define DAVIT_ENGINE_LABEL_H

#include <stdbool.h>
#include <stddef.h>

#define LABEL_SIZE 256

// A label is "user:role:type:level[:categories]". Clash: the process is confined as a container
// (its type is none of unconfined_t, spc_t, …) and the file has another type than those containers
// may use (container_file_t and its kin), or categories that the process does not have. Anything
// that is no such label never clashes: unknown is not guessed.
bool label_clash(const char *process, const char *file);

// The labels of the process /proc/PID (directory descriptor) and of the open file, clean text.
// False when this host has no SELinux or one of them has no label. Must not be asked of a
// filesystem that may hang.
bool label_read(int proc, int fd, char process[LABEL_SIZE], char file[LABEL_SIZE]);

#endif
