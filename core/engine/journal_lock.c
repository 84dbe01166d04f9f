#include "core/engine/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/helper.h"
#include "core/engine/journal_internal.h"
#include "core/host/process.h"
#include "core/host/process_memory.h"

#define MARK_LIMIT 4096

static int record_lock(int fd, int command, struct flock *lock)
{
    *lock = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, command, lock) < 0 ? -errno : 0;
}

// 0, 1 when another process has it, or -errno.
static int try_lock(int fd)
{
    struct flock lock;
    int r = record_lock(fd, F_SETLK, &lock);

    return r == -EAGAIN || r == -EACCES ? 1 : r;
}

static int busy(int fd, struct error *err)
{
    struct flock lock;
    char path[32], command[128] = "";

    if (record_lock(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK && lock.l_pid > 0) {
        _cleanup_close_ int proc = -1;

        (void)snprintf(path, sizeof path, "/proc/%d", lock.l_pid);
        proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (proc >= 0)
            process_command(proc, 0, command, sizeof command);
        error_set(err, ERROR_BUSY, EBUSY, "another davit is making a change: process %d%s%s%s",
                  lock.l_pid, *command ? " (" : "", command, *command ? ")" : "");
    } else {
        error_set(err, ERROR_BUSY, EBUSY, "another davit is making a change");
    }
    error_hint(err, "try again when it has ended");
    error_stage(err, "lock");
    return -EBUSY;
}

// The holder has the file open for writing and closes it when it unlocks or dies: the kernel drops
// the lock first and tells of the close then. Another waiter that gives up closes it too: hence the
// loop.
static int wait_for_lock(int fd, uint64_t timeout_ms, struct error *err)
{
    unsigned long long deadline = monotonic_us() + timeout_ms * 1000;
    _cleanup_close_ int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    char path[32];
    int r;

    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (watch < 0 || inotify_add_watch(watch, path, IN_CLOSE_WRITE) < 0)
        return error_errno(err, errno, "cannot wait for another davit");
    for (;;) {
        char events[1024];

        r = try_lock(fd);
        if (r <= 0)
            break;
        r = helper_wait(watch, deadline);
        if (r == 0)
            return busy(fd, err);
        if (r < 0)
            break;
        while (read(watch, events, sizeof events) > 0)
            ;
    }
    return r < 0 ? error_errno(err, -r, "cannot lock the journal") : 0;
}

// A lock on a file that is no longer the one in the directory keeps nobody out.
static int same_file(const struct journal *journal, int fd)
{
    struct stat ours, there;

    return fstat(fd, &ours) == 0 &&
           fstatat(journal->dir, "lock", &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

static int lock_once(struct journal *journal, uint64_t timeout_ms, struct error *err)
{
    char shown[256];
    _cleanup_close_ int fd = -1;
    int r;

    (void)snprintf(shown, sizeof shown, "%s/lock", journal->dir_path);
    fd = journal_open_owned(journal->dir, "lock", O_RDWR | O_CREAT, shown, err);
    if (fd < 0)
        return fd;
    r = try_lock(fd);
    if (r < 0)
        return error_errno(err, -r, "cannot lock %s", shown);
    if (r > 0) {
        r = timeout_ms > 0 ? wait_for_lock(fd, timeout_ms, err) : busy(fd, err);
        if (r < 0)
            return r;
    }
    if (!same_file(journal, fd))
        return 1;
    journal->lock = TAKE_FD(fd);
    return 0;
}

int journal_lock(struct journal *journal, uint64_t timeout_ms, bool *ret_pending, struct error *err)
{
    int r = 1;

    if (journal->flags & JOURNAL_READ_ONLY || journal->lock >= 0)
        return error_set(err, ERROR_FAILED, EDEADLK, "the journal is locked or only read");
    for (int tries = 0; r == 1 && tries < 16; tries++) {
        r = journal_open_files(journal, err);
        if (r == 0)
            r = lock_once(journal, timeout_ms, err);
    }
    if (r == 1)
        return error_set(err, ERROR_FAILED, ESTALE, "%s is deleted again and again",
                         journal->dir_path);
    if (r == 0)
        r = journal_open_files(journal, err);
    if (r == 0 && ret_pending) {
        int pending = journal_pending(journal, err);

        *ret_pending = pending > 0;
        r = pending < 0 ? pending : 0;
    }
    if (r < 0)
        journal_unlock(journal);
    return r;
}

void journal_unlock(struct journal *journal)
{
    cleanup_close(&journal->lock);
    journal->lock = -1;
}

int journal_pending(const struct journal *journal, struct error *err)
{
    struct stat st;

    if (journal->dir < 0)
        return 0;
    if (fstatat(journal->dir, "lock", &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT
                   ? 0
                   : error_errno(err, errno, "cannot look at %s/lock", journal->dir_path);
    return S_ISREG(st.st_mode) && st.st_size > 0;
}

// The ids in the lock file, at most MARK_LIMIT bytes of them; -errno.
static ssize_t read_mark(const struct journal *journal, char text[MARK_LIMIT + 1])
{
    ssize_t n = pread(journal->lock, text, MARK_LIMIT, 0);

    if (n >= 0)
        text[n] = '\0';
    return n < 0 ? -errno : n;
}

int journal_mark(struct journal *journal, const char *id, struct error *err)
{
    char text[MARK_LIMIT + 1], line[OPERATION_ID_SIZE + 2];
    ssize_t used = read_mark(journal, text), n;
    int length = snprintf(line, sizeof line, "%s\n", id), r;

    if (used < 0)
        return error_errno(err, (int)-used, "cannot read %s/lock", journal->dir_path);
    if (strstr(text, id))
        return 0;
    n = pwrite(journal->lock, line, (size_t)length, used);
    r = n < 0 ? -errno : n < length ? -ENOSPC : 0;
    if (r == 0 && fdatasync(journal->lock) < 0)
        r = -errno;
    if (r == 0)
        return 0;
    file_cut(journal->lock, used);
    return error_set(err, ERROR_FAILED, -r, "cannot write %s/lock: %s", journal->dir_path,
                     strerror(-r));
}

int journal_unmark(struct journal *journal, const char *id, struct error *err)
{
    char text[MARK_LIMIT + 1], *found;
    ssize_t used = read_mark(journal, text);
    size_t length, left;

    found = used > 0 ? strstr(text, id) : NULL;
    if (!found)
        return used < 0 ? error_errno(err, (int)-used, "cannot read %s/lock", journal->dir_path)
                        : 0;
    length = strcspn(found, "\n") + (strchr(found, '\n') != NULL);
    left = (size_t)used - length;
    memmove(found, found + length, strlen(found + length) + 1);
    // The shorter text is never wrong half-way: whatever is left in the file is a mark still.
    if ((left > 0 && pwrite(journal->lock, text, left, 0) != (ssize_t)left) ||
        ftruncate(journal->lock, (off_t)left) < 0)
        return error_errno(err, errno, "cannot write %s/lock", journal->dir_path);
    return 0;
}

int journal_settled(struct journal *journal, struct error *err)
{
    if (journal->lock < 0)
        return error_set(err, ERROR_FAILED, ENOLCK, "the journal is not locked");
    if (ftruncate(journal->lock, 0) < 0)
        return error_errno(err, errno, "cannot write %s/lock", journal->dir_path);
    return 0;
}

// ---- shares ----

int journal_mark_shares(struct journal *journal, struct error *err)
{
    _cleanup_close_ int fd =
        openat(journal->dir, SHARES_MARK, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

    return fd < 0 ? error_errno(err, errno, "cannot write %s/" SHARES_MARK, journal->dir_path) : 0;
}

bool journal_has_shares(const struct journal *journal)
{
    return journal->dir >= 0 &&
           faccessat(journal->dir, SHARES_MARK, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

void journal_forget_shares(struct journal *journal)
{
    struct error ignored;
    bool pending;

    if (journal_lock(journal, 0, &pending, &ignored) < 0)
        return;
    // What was begun since is in the journal by now, or names itself in the lock file.
    if (!pending)
        (void)unlinkat(journal->dir, SHARES_MARK, 0);
    journal_unlock(journal);
}
