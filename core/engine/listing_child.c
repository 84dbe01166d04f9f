#include "core/engine/listing_child.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/engine/listing_walk.h"

#define MOST_OF_ONE (sizeof(struct listing_record) + NAME_MAX + PATH_MAX)

struct linux_dirent64 { // getdents64(2)
    uint64_t d_ino;
    int64_t d_off;
    unsigned short d_reclen;
    unsigned char d_type;
    char d_name[];
};

static void append(struct resolver_answer *answer, const void *bytes, size_t length)
{
    memcpy(answer->data + answer->length, bytes, length);
    answer->length += length;
}

// DONT_SYNC: of a mount point whose server is dead the kernel tells what it knows.
static void add_record(struct resolver_answer *answer, int directory, const char *path,
                       const char *name, unsigned type)
{
    struct listing_record record = {.type = type};
    char link[PATH_MAX];
    struct statx sx;
    ssize_t n = 0;

    if (statx(directory, path,
              AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC |
                  (*path ? 0 : AT_EMPTY_PATH),
              STATX_BASIC_STATS, &sx) == 0) {
        record.type = sx.stx_mode & S_IFMT;
        record.mode = sx.stx_mode & 07777;
        record.size = sx.stx_size;
        record.uid = sx.stx_uid;
        record.gid = sx.stx_gid;
        record.mtime = sx.stx_mtime.tv_sec;
    } else if (errno == ENOENT) {
        return; // removed meanwhile
    }
    if (record.type == S_IFLNK)
        n = readlinkat(directory, path, link, sizeof link);
    record.name_length = (uint16_t)strnlen(name, NAME_MAX);
    record.link_length = n > 0 ? (uint16_t)n : 0;
    append(answer, &record, sizeof record);
    append(answer, name, record.name_length);
    append(answer, link, record.link_length);
}

static int open_directory(const struct listing_question *question, struct resolver_answer *answer)
{
    _cleanup_close_ int fd = -1;
    struct stat st;
    int found = listing_walk(question->root, question->path);

    if (found < 0)
        return found;
    fd = found;
    if (fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISDIR(st.st_mode)) {
        const char *slash = strrchr(question->path, '/');

        add_record(answer, fd, "", slash ? slash + 1 : question->path, 0);
        return -1;
    }
    // The access times of what is only looked at stay as they are, where that is allowed.
    found = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOATIME);
    if (found < 0 && errno == EPERM)
        found = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return found < 0 ? -errno : found;
}

// 1 when the answer is full: the directory's offset is then where the next child goes on.
static int read_directory(int directory, struct resolver_answer *answer)
{
    char buffer[8192] __attribute__((aligned(8)));
    int64_t consumed = lseek(directory, 0, SEEK_CUR);

    for (;;) {
        long n = syscall(SYS_getdents64, directory, buffer, sizeof buffer);

        if (n <= 0)
            return n < 0 ? -errno : 0;
        for (long at = 0; at < n;) {
            const struct linux_dirent64 *entry = (const void *)(buffer + at);

            if (RESOLVER_ANSWER_SIZE - answer->length < MOST_OF_ONE)
                return lseek(directory, consumed, SEEK_SET) < 0 ? -errno : 1;
            at += entry->d_reclen;
            consumed = entry->d_off;
            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                add_record(answer, directory, entry->d_name, entry->d_name, DTTOIF(entry->d_type));
        }
    }
}

int listing_child(const void *context, struct resolver_answer *answer)
{
    const struct listing_question *question = context;
    int directory = question->directory;

    if (directory < 0) {
        directory = open_directory(question, answer);
        if (answer->length > 0)
            return 0; // no directory, but itself
        if (directory < 0)
            return directory;
        answer->fds[0] = directory;
    }
    return read_directory(directory, answer);
}
