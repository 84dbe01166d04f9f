// What the kernel reads from a process's own memory: its command line and its environment. For that
// it takes a lock that any user can keep from being had, for ever: while one thread of a process
// has a page of it read from a FUSE server that says nothing (/proc/PID/mem), and another wants the
// lock for itself (mmap(2)). So whoever does not trust the process lets a child read.
#ifndef DAVIT_HOST_PROCESS_MEMORY_H
#define DAVIT_HOST_PROCESS_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESS_MEMORY_MS 200

// /proc/PID/cmdline or environ into the caller's buffer, as file_read_into(), by a child. -errno,
// -ETIMEDOUT among them.
ssize_t process_memory_read(int proc, const char *name, char *buffer, size_t size,
                            uint64_t timeout_ms);

// Clean text of /proc/PID/cmdline, arguments joined by spaces, at most size - 1 bytes. Within
// timeout_ms; 0: read at once, of a process that is trusted or in a child that may hang.
void process_command(int proc, uint64_t timeout_ms, char *out, size_t size);

#endif
