#include "core/engine/journal.h"

#include "journal_sample.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "core/base/file.h"
#include "core/base/helper.h"
#include "tests/unit/runner.h"

// A child that takes the lock (and begins an operation when `begins`), says so, and waits to be
// killed or told to go on by a byte.
struct holder {
    pid_t pid;
    int tell;
};

static struct holder hold(bool begins)
{
    struct holder holder;
    int ready[2], tell[2];
    char byte;

    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(tell, O_CLOEXEC), 0);
    holder.pid = fork();
    ck_assert_int_ge(holder.pid, 0);
    if (holder.pid == 0) {
        struct journal *journal = NULL;
        struct attachment *a = sample(1);

        (void)close(tell[1]);
        if (journal_open(sample_dir, 0, &journal, &err) < 0 ||
            journal_lock(journal, 0, NULL, &err) < 0 ||
            (begins && journal_intent(journal, "attach", a, a->id, &err) < 0) ||
            write(ready[1], "x", 1) != 1 || read(tell[0], &byte, 1) < 0)
            _exit(1);
        journal_unlock(journal);
        if (read(tell[0], &byte, 1) < 0)
            _exit(2);
        _exit(0);
    }
    (void)close(ready[1]);
    (void)close(tell[0]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    (void)close(ready[0]);
    holder.tell = tell[1];
    return holder;
}

static void reap(struct holder *holder)
{
    (void)kill(holder->pid, SIGKILL);
    (void)waitpid(holder->pid, NULL, 0);
    (void)close(holder->tell);
}

// Waits until `pid` sits in poll(2): it waits for the lock then.
static void until_polling(pid_t pid)
{
    unsigned long long deadline = monotonic_us() + 20000000;
    char path[64], line[256];

    (void)snprintf(path, sizeof path, "/proc/%d/syscall", pid);
    while (monotonic_us() < deadline) {
        if (file_read_into(AT_FDCWD, path, line, sizeof line) > 0 && atoi(line) == SYS_ppoll)
            return;
        (void)usleep(1000);
    }
    _exit(1);
}

START_TEST(busy_names_the_holder)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    struct holder holder = hold(false);
    unsigned long long before = monotonic_us();
    char pid[32];

    (void)snprintf(pid, sizeof pid, "process %d ", holder.pid);
    ck_assert_int_eq(journal_lock(journal, 0, NULL, &err), -EBUSY);
    ck_assert_int_eq(err.code, ERROR_BUSY);
    ck_assert_msg(strstr(err.message, pid) != NULL, "%s", err.message);
    ck_assert_msg(strstr(err.message, "journal") != NULL, "no command: %s", err.message);
    ck_assert_int_eq(journal_lock(journal, 50, NULL, &err), -EBUSY);
    ck_assert_uint_ge(monotonic_us() - before, 50000);
    reap(&holder);
    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    ck_assert_int_lt(journal_lock(journal, 0, NULL, &err), 0); // not recursive
}
END_TEST

// 0: the holder unlocks. 1: it is killed with an operation under way.
START_TEST(waiter_gets_it_at_once)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_journal_view_ struct journal_view *view = NULL;
    struct holder holder = hold(_i == 1);
    pid_t waiter = getpid(), releaser = fork();
    unsigned long long before;
    bool pending;

    ck_assert_int_eq(journal_pending(journal, &err), _i);
    ck_assert_int_ge(releaser, 0);
    if (releaser == 0) {
        until_polling(waiter);
        _exit(_i == 1 ? kill(holder.pid, SIGKILL) != 0 : write(holder.tell, "x", 1) != 1);
    }
    before = monotonic_us();
    CHECK_OK(journal_lock(journal, 30000, &pending, &err));
    ck_assert_uint_lt(monotonic_us() - before, 25000000);
    ck_assert_int_eq(pending, _i);
    ck_assert_int_eq(waitpid(releaser, NULL, 0), releaser);
    if (_i == 1) {
        struct error why = {.message = "killed"};

        CHECK_OK(journal_read(journal, &view, &err));
        ck_assert_uint_eq(view->n_attachments, 1);
        ck_assert_int_eq(view->attachments[0]->state, ATTACHMENT_INTENT);
        CHECK_OK(journal_failed(journal, "attach", view->attachments[0], view->attachments[0]->id,
                                &why, &err));
    }
    ck_assert_int_eq(journal_pending(journal, &err), 0);
    reap(&holder);
}
END_TEST

START_TEST(peeking_keeps_the_lock)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_journal_ struct journal *reader = sample_open(JOURNAL_READ_ONLY);
    _cleanup_journal_view_ struct journal_view *view = NULL;
    pid_t child;
    int status;

    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    ck_assert_int_eq(journal_pending(reader, &err), 0);
    CHECK_OK(journal_read(reader, &view, &err));
    child = fork();
    if (child == 0) {
        struct journal *other = NULL;

        if (journal_open(sample_dir, 0, &other, &err) < 0)
            _exit(1);
        _exit(journal_lock(other, 0, NULL, &err) == -EBUSY ? 0 : 2);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(marks_of_two_operations)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_attachment_ struct attachment *b = sample(2);

    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    CHECK_OK(journal_intent(journal, "attach", a, a->id, &err));
    CHECK_OK(journal_intent(journal, "attach", b, b->id, &err));
    CHECK_OK(journal_done(journal, "attach", a, a->id, &err));
    ck_assert_int_eq(journal_pending(journal, &err), 1);
    CHECK_OK(journal_done(journal, "attach", b, b->id, &err));
    ck_assert_int_eq(journal_pending(journal, &err), 0);
    CHECK_OK(journal_intent(journal, "detach", a, "aaaaaaaaaaaa", &err));
    ck_assert_int_eq(journal_pending(journal, &err), 1);
    CHECK_OK(journal_settled(journal, &err));
    ck_assert_int_eq(journal_pending(journal, &err), 0);
}
END_TEST

START_TEST(deleted_files_are_made_again)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_journal_view_ struct journal_view *view = NULL;

    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    journal_unlock(journal);
    sample_teardown();
    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    CHECK_OK(journal_intent(journal, "attach", a, a->id, &err));
    view = sample_read();
    ck_assert_uint_eq(view->n_attachments, 1);
}
END_TEST

// A tmpfs of 64 KiB in a mount namespace of this test's own, filled to the last byte when asked.
static void small_disk(void)
{
    ck_assert_msg(unshare(CLONE_NEWNS) == 0, "unshare: %s (root is needed)", strerror(errno));
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    ck_assert_int_eq(mount("davit-test", sample_dir, "tmpfs", 0, "size=64k,mode=0700"), 0);
}

static void fill_disk(void)
{
    static const char zeros[512];
    char path[128];
    _cleanup_close_ int fd = -1;

    (void)snprintf(path, sizeof path, "%s/filler", sample_dir);
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    for (unsigned i = 0; i < 1024; i++)
        if (write(fd, zeros, sizeof zeros) < 0)
            break;
    ck_assert_int_eq(errno, ENOSPC);
}

START_TEST(full_disk_refuses_the_intent)
{
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_journal_view_ struct journal_view *view = NULL;
    _cleanup_journal_ struct journal *journal = NULL;
    struct stat before, after;

    small_disk();
    journal = sample_open(0);
    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    CHECK_OK(journal_intent(journal, "attach", a, a->id, &err));
    CHECK_OK(journal_settled(journal, &err));
    // What was reserved for the first operation would carry the next ones a while.
    ck_assert_int_eq(stat(journal_path(journal), &before), 0);
    ck_assert_int_eq(truncate(journal_path(journal), before.st_size), 0);
    fill_disk();
    for (int r = 0; r == 0;) {
        ck_assert_int_eq(stat(journal_path(journal), &before), 0);
        a->id[0]++;
        r = journal_intent(journal, "attach", a, a->id, &err);
        if (r == 0)
            CHECK_OK(journal_settled(journal, &err));
    }
    ck_assert_int_eq(err.sys_errno, ENOSPC);
    ck_assert_int_eq(err.code, ERROR_FAILED);
    ck_assert_int_eq(stat(journal_path(journal), &after), 0);
    ck_assert_int_eq(after.st_size, before.st_size);
    ck_assert_int_eq(journal_pending(journal, &err), 0);
    view = sample_read();
    ck_assert_uint_eq(view->n_bad_lines, 0);
}
END_TEST

START_TEST(disk_that_fills_up_loses_no_end)
{
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_journal_view_ struct journal_view *view = NULL;
    _cleanup_journal_ struct journal *journal = NULL;

    small_disk();
    journal = sample_open(0);
    sample_made(a, 64, "name");
    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    CHECK_OK(journal_intent(journal, "attach", a, a->id, &err));
    fill_disk();
    for (size_t i = 0; i < a->n_made; i++) {
        a->made[i].inode = UINT64_MAX;
        a->made[i].birth_sec = INT64_MIN;
        a->made[i].birth_nsec = 999999999;
    }
    CHECK_OK(journal_made(journal, a->id, a, &err));
    sample_attached(a);
    CHECK_OK(journal_done(journal, "attach", a, a->id, &err));
    view = sample_read();
    ck_assert_int_eq(view->attachments[0]->state, ATTACHMENT_LIVE);
    ck_assert_int_eq(journal_pending(journal, &err), 0);
}
END_TEST

// A write that stops half-way leaves nothing behind.
START_TEST(short_write_is_taken_back)
{
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_journal_view_ struct journal_view *view = NULL;
    _cleanup_journal_ struct journal *journal = sample_open(0);
    struct rlimit limit;
    struct stat before, after;

    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    CHECK_OK(journal_intent(journal, "attach", a, a->id, &err));
    ck_assert_int_eq(stat(journal_path(journal), &before), 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = (rlim_t)before.st_size + 50;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_int_eq(journal_gone(journal, a, "detached", &err), -ENOSPC);
    ck_assert_int_eq(stat(journal_path(journal), &after), 0);
    ck_assert_int_eq(after.st_size, before.st_size);
    limit.rlim_cur = limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    view = sample_read();
    ck_assert_uint_eq(view->n_bad_lines, 0);
}
END_TEST

static const struct {
    const char *what;
    int code;
} unsafe[] = {
    {"group-writable directory", ERROR_UNSAFE},
    {"foreign directory", ERROR_UNSAFE},
    {"linked directory", ERROR_UNSAFE},
    {"file as directory", ERROR_UNSAFE},
    {"foreign journal", ERROR_UNSAFE},
    {"writable journal", ERROR_UNSAFE},
    {"linked journal", ERROR_UNSAFE},
    {"fifo as journal", ERROR_UNSAFE},
    {"fifo as lock", ERROR_UNSAFE},
    {"linked lock", ERROR_UNSAFE},
};

static void spoil(const char *what, const char *dir)
{
    char path[256], link[256];

    (void)snprintf(path, sizeof path, "%s/%s", dir,
                   strstr(what, "lock")      ? "lock"
                   : strstr(what, "journal") ? "journal"
                                             : ".");
    (void)snprintf(link, sizeof link, "%s.real", dir);
    if (strcmp(what, "linked directory") == 0)
        ck_assert_int_eq(rename(dir, link) | symlink(link, dir), 0);
    else if (strcmp(what, "file as directory") == 0)
        ck_assert_int_eq(rmdir(dir) | mknod(dir, S_IFREG | 0600, 0), 0);
    else if (strncmp(what, "linked", 6) == 0)
        ck_assert_int_eq(symlink("/etc/passwd", path), 0);
    else if (strncmp(what, "fifo", 4) == 0)
        ck_assert_int_eq(mkfifo(path, 0600), 0);
    else if (strcmp(what, "group-writable directory") == 0)
        ck_assert_int_eq(chmod(dir, 0770), 0);
    else {
        if (strstr(what, "journal"))
            ck_assert_int_eq(mknod(path, S_IFREG | 0600, 0), 0);
        ck_assert_int_eq(
            strncmp(what, "foreign", 7) == 0 ? chown(path, 4711, 4711) : chmod(path, 0602), 0);
    }
}

START_TEST(unsafe_places_are_refused)
{
    const char *what = unsafe[_i].what;
    struct journal *journal = NULL;
    char dir[128], path[256];
    int r;

    (void)snprintf(dir, sizeof dir, "%s/state", sample_dir);
    ck_assert_int_eq(mkdir(dir, 0700), 0);
    spoil(what, dir);
    r = journal_open(dir, 0, &journal, &err);
    if (strstr(what, "lock")) {
        ck_assert_int_eq(r, 0);
        r = journal_lock(journal, 0, NULL, &err);
        journal_close(journal);
    }
    ck_assert_msg(r < 0, "%s was taken", what);
    ck_assert_msg((int)err.code == unsafe[_i].code, "%s: %s", what, err.message);
    for (const char *const *name = (const char *const[]){"state/journal", "state/lock", "state",
                                                         "state.real/journal", "state.real", NULL};
         *name; name++) {
        (void)snprintf(path, sizeof path, "%s/%s", sample_dir, *name);
        (void)remove(path);
    }
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, sample_setup, sample_teardown);
    tcase_add_test(tcase, busy_names_the_holder);
    tcase_add_loop_test(tcase, waiter_gets_it_at_once, 0, 2);
    tcase_add_test(tcase, peeking_keeps_the_lock);
    tcase_add_test(tcase, marks_of_two_operations);
    tcase_add_test(tcase, deleted_files_are_made_again);
    tcase_add_test(tcase, full_disk_refuses_the_intent);
    tcase_add_test(tcase, disk_that_fills_up_loses_no_end);
    tcase_add_test(tcase, short_write_is_taken_back);
    tcase_add_loop_test(tcase, unsafe_places_are_refused, 0, (int)ARRAY_SIZE(unsafe));
}

int main(void)
{
    return run_suite("journal_lock", add);
}
