// Files, read and written with bounds.
#ifndef DAVIT_BASE_FILE_H
#define DAVIT_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"

// Reads a whole file of at most `limit` bytes into fresh memory with a terminating NUL (not
// counted in *ret_length, which may be NULL). The caller frees *ret. More than `limit` bytes:
// -EFBIG; what is no regular file: ERROR_WRONG_TYPE, without waiting for it. `dirfd`, `path` as
// openat(2); no symbolic link is followed at the last component of a relative path.
int file_read(int dirfd, const char *path, size_t limit, char **ret, size_t *ret_length,
              struct error *err);

// The same into the caller's buffer, for the files of /proc that the kernel makes as one piece
// (stat, cgroup, cmdline, …; not mountinfo, whose lines it makes one by one): one read(2) has all
// that there is room for. Returns the length (the text is terminated and cut at size - 1), or
// -errno. For hot loops: no struct error.
ssize_t file_read_into(int dirfd, const char *path, char *buffer, size_t size);

// Replaces `path` atomically: temporary file beside it, fsync, rename(2), fsync of the directory.
int file_replace(const char *path, const void *bytes, size_t length, mode_t mode,
                 struct error *err);

// As many open files as may be, for what has one for each process or namespace of the machine: the
// usual 1024 are less than any user can make of these. Returns how many that are.
unsigned file_raise_limit(void);

// Cuts a file back to what it was before a write that failed; there is nothing to be done about a
// failure of that.
void file_cut(int fd, off_t size);

// mkdir -p with `mode` for what is missing. An existing directory is kept as it is.
int file_make_directories(const char *path, mode_t mode, struct error *err);

// openat2(2), kernel 5.6: resolves `path` with `root` as its "/" and ".." stopping there, without
// magic links. O_CLOEXEC is added. Returns the descriptor or -errno.
int file_open_in_root(int root, const char *path, uint64_t flags);
// ... and with further RESOLVE_* bits.
int file_open_resolved(int root, const char *path, uint64_t flags, uint64_t resolve);

// The path of an open descriptor as the kernel gives it now (readlink of /proc/self/fd/N): fresh
// memory, raw bytes, NULL with errno set.
char *file_descriptor_path(int fd);

#endif
