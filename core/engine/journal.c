#include "core/engine/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/engine/journal_internal.h"

int journal_open_owned(int dirfd, const char *name, int flags, const char *shown, struct error *err)
{
    // O_NONBLOCK: a FIFO in its place must not hold us up.
    _cleanup_close_ int fd =
        openat(dirfd, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
    bool is_directory = flags & O_DIRECTORY;
    struct stat st;

    if (fd < 0 && (errno == ELOOP || (errno == ENOTDIR && is_directory))) {
        int saved = errno;

        error_set(err, ERROR_UNSAFE, saved, "%s is %s", shown,
                  saved == ELOOP ? "a symbolic link" : "no directory, or a symbolic link");
        error_hint(err, "remove it, or choose another directory with --state-dir");
        return -saved;
    }
    if (fd < 0) {
        int r = error_errno(err, errno, "cannot open %s", shown);

        if (err->code == ERROR_NOT_PERMITTED)
            error_hint(err, "davit keeps its journal there: run it with sudo");
        return r;
    }
    if (fstat(fd, &st) < 0)
        return error_errno(err, errno, "cannot look at %s", shown);
    if (!is_directory && !S_ISREG(st.st_mode))
        return error_set(err, ERROR_UNSAFE, EINVAL, "%s is no regular file", shown);
    if ((st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & 022)) {
        error_set(err, ERROR_UNSAFE, EPERM,
                  "%s can be written to by others than root (uid %u, mode %04o)", shown,
                  (unsigned)st.st_uid, st.st_mode & 07777U);
        error_hint(err, "chown root and chmod go-w it, after a look at what is in it");
        return -EPERM;
    }
    return TAKE_FD(fd);
}

static int make_state_dir(const char *path, struct error *err)
{
    _cleanup_free_ char *parent = strdup(path);
    char *slash;

    if (!parent)
        return ERROR_OOM(err);
    slash = strrchr(parent, '/');
    if (slash && slash != parent) {
        int r;

        *slash = '\0';
        r = file_make_directories(parent, 0755, err);
        if (r < 0)
            return r;
    }
    if (mkdir(path, 0700) < 0 && errno != EEXIST) {
        int r = error_errno(err, errno, "cannot make the state directory %s", path);

        if (err->code == ERROR_NOT_PERMITTED)
            error_hint(err, "davit keeps its journal there: run it with sudo");
        return r;
    }
    return 0;
}

static int open_dir(struct journal *journal, struct error *err)
{
    int flags = O_RDONLY | O_DIRECTORY;
    int fd = journal_open_owned(AT_FDCWD, journal->dir_path, flags, journal->dir_path, err);

    if (fd == -ENOENT && journal->flags & JOURNAL_READ_ONLY)
        return 0;
    if (fd == -ENOENT) {
        int r = make_state_dir(journal->dir_path, err);

        if (r < 0)
            return r;
        fd = journal_open_owned(AT_FDCWD, journal->dir_path, flags, journal->dir_path, err);
    }
    if (fd < 0)
        return fd;
    journal->dir = fd;
    return 0;
}

static int open_file(struct journal *journal, struct error *err)
{
    bool reading = journal->flags & JOURNAL_READ_ONLY;
    int flags = reading ? O_RDONLY : O_RDWR | O_APPEND;
    int fd = journal_open_owned(journal->dir, "journal", flags, journal->path, err);

    if (fd == -ENOENT && reading)
        return 0;
    if (fd == -ENOENT) {
        fd = journal_open_owned(journal->dir, "journal", flags | O_CREAT, journal->path, err);
        if (fd >= 0 && fsync(journal->dir) < 0 && errno != EINVAL) {
            int r = error_errno(err, errno, "cannot write %s", journal->dir_path);

            (void)close(fd);
            return r;
        }
    }
    if (fd < 0)
        return fd;
    journal->file = fd;
    return 0;
}

static bool was_deleted(int fd)
{
    struct stat st;

    return fd >= 0 && fstat(fd, &st) == 0 && st.st_nlink == 0;
}

int journal_open_files(struct journal *journal, struct error *err)
{
    int r = 0;

    if (was_deleted(journal->dir))
        (void)close(TAKE_FD(journal->dir));
    if (journal->file >= 0 && (journal->dir < 0 || was_deleted(journal->file)))
        (void)close(TAKE_FD(journal->file));
    if (journal->dir < 0)
        r = open_dir(journal, err);
    if (r == 0 && journal->dir >= 0 && journal->file < 0)
        r = open_file(journal, err);
    return r;
}

int journal_open(const char *state_dir, unsigned flags, struct journal **ret, struct error *err)
{
    _cleanup_journal_ struct journal *journal = calloc(1, sizeof *journal);
    int r;

    if (!journal)
        return ERROR_OOM(err);
    journal->dir = journal->file = journal->lock = -1;
    journal->flags = flags;
    journal->dir_path = strdup(state_dir ? state_dir : JOURNAL_DEFAULT_DIR);
    journal->path = journal->dir_path ? text_format("%s/journal", journal->dir_path) : NULL;
    if (!journal->path)
        return ERROR_OOM(err);
    r = journal_open_files(journal, err);
    if (r < 0) {
        error_stage(err, "journal");
        return r;
    }
    *ret = TAKE_POINTER(journal);
    return 0;
}

void journal_close(struct journal *journal)
{
    cleanup_close(&journal->lock); // and with it the lock
    cleanup_close(&journal->file);
    cleanup_close(&journal->dir);
    free(journal->dir_path);
    free(journal->path);
    free(journal);
}

const char *journal_path(const struct journal *journal)
{
    return journal->path;
}

int journal_watch(const struct journal *journal, struct error *err)
{
    _cleanup_close_ int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

    if (fd < 0)
        return error_errno(err, errno, "cannot watch %s", journal->path);
    // The directory: the file may not be there yet, or be deleted and made again.
    if (inotify_add_watch(fd, journal->dir_path, IN_MODIFY | IN_CREATE | IN_ONLYDIR) < 0)
        return error_errno(err, errno, "cannot watch %s", journal->dir_path);
    return TAKE_FD(fd);
}
