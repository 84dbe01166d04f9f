// The keeper with mount helpers of the test's own.
#include "core/engine/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/helper.h"
#include "core/base/text.h"
#include "core/engine/attachment.h"
#include "core/host/process.h"
#include "temporary.h"
#include "tests/unit/runner.h"

static struct error err;
static char directory[TEMPORARY_SIZE];
static char program[TEMPORARY_SIZE + 16];
static struct keeper keeper;
static struct workshop_answer answer;

static void setup(void)
{
    temporary_directory(directory);
    (void)snprintf(program, sizeof program, "%s/mount.test", directory);
    keeper = (struct keeper)KEEPER_INIT;
    answer = (struct workshop_answer)WORKSHOP_ANSWER_INIT;
}

static void teardown(void)
{
    keeper_end(&keeper);
    if (answer.tree >= 0)
        (void)close(answer.tree);
    (void)unlink(program);
    ck_assert_int_eq(rmdir(directory), 0);
}

static int run(const char *script, uint64_t timeout_ms)
{
    static const char *const arguments[] = {"mount.test", "SPEC", "%", NULL};
    const struct keeper_order order = {
        .program = program, .arguments = arguments, .source = "SPEC", .variable = "SAID=it"};
    FILE *file = fopen(program, "we");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_gt(fprintf(file, "#!/bin/sh\n%s\n", script), 0);
    ck_assert_int_eq(fchmod(fileno(file), 0755), 0);
    ck_assert_int_eq(fclose(file), 0);
    return keeper_run(&keeper, &order, timeout_ms, &answer, &err);
}

#define MOUNT  "mount -n -t tmpfs -o size=64k \"$1\" \"$2\" || exit 1\n"
#define SERVER "sleep 1000000 >/dev/null 2>&1 &\n"

static bool ends(pid_t pid)
{
    struct process process = PROCESS_INIT;
    struct error ignored;
    bool ended = process_open(pid, &process, &ignored) < 0 ||
                 helper_wait(process.pidfd, monotonic_us() + 10000000) == 1;

    process_done(&process);
    return ended;
}

// Its first child.
static pid_t server_of(pid_t pid)
{
    char path[64], text[64] = "";
    int fd, server = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_gt(read(fd, text, sizeof text - 1), 0);
    (void)close(fd);
    ck_assert_int_eq(sscanf(text, "%d", &server), 1);
    return server;
}

START_TEST(what_a_helper_mounts_comes_out_and_nothing_stays)
{
    ck_assert_int_eq(run(MOUNT, 20000), 0);
    ck_assert_int_eq(answer.sys_errno, 0);
    ck_assert_int_ge(answer.tree, 0);
    ck_assert_str_eq(answer.fs_type, "tmpfs");
    ck_assert_str_eq(answer.from, "SPEC");
    ck_assert_str_eq(answer.root, "/");
    ck_assert_uint_eq(answer.type, S_IFDIR);
    ck_assert_int_eq(keeper.pid, 0);
    ck_assert_int_eq(keeper_commit(&keeper, &err), 0); // there is none to commit
}
END_TEST

START_TEST(a_failure_is_told_with_its_last_words)
{
    ck_assert_int_eq(run("echo \"no $1, $SAID says\" >&2; exit 32", 20000), 0);
    ck_assert_int_eq(answer.sys_errno, EIO);
    ck_assert_str_eq(answer.said, "no SPEC, it says");
    ck_assert_int_eq(answer.tree, -1);
}
END_TEST

START_TEST(of_much_that_is_said_the_end_is_kept)
{
    ck_assert_int_eq(run("printf 'begin%05000dend\\n' 0; exit 1", 20000), 0);
    ck_assert_uint_eq(strlen(answer.said), sizeof answer.said - 1 - strlen("\n"));
    ck_assert_str_eq(answer.said + strlen(answer.said) - 4, "0end");
}
END_TEST

static const struct {
    const char *script;
    int sys_errno;
} others[] = {
    {"exit 0", ENODEV},          // mounted nothing
    {"kill -9 $$", EIO},         // was killed
    {"umount -l \"$2\"", EIO},   // there was nothing to unmount
    {SERVER "exit 0", ENODEV},   // left a server, but no mount
    {MOUNT SERVER "exit 5", EIO} // all of it, and yet failed
};

START_TEST(what_mounts_nothing_is_a_failure)
{
    ck_assert_int_eq(run(others[_i].script, 20000), 0);
    ck_assert_int_eq(answer.sys_errno, others[_i].sys_errno);
    ck_assert_int_eq(answer.tree, -1);
}
END_TEST

START_TEST(one_that_hangs_is_ended_with_all_that_it_started)
{
    pid_t pid, child;

    ck_assert_int_lt(run(SERVER "sleep 1000000", 300), 0);
    ck_assert_int_eq(err.code, ERROR_TIMED_OUT);
    pid = keeper.pid;
    child = server_of(pid);
    keeper_end(&keeper);
    ck_assert(ends(child));
    ck_assert(ends(pid));
}
END_TEST

START_TEST(a_server_that_is_not_committed_ends)
{
    pid_t pid, server;

    ck_assert_int_eq(run(MOUNT SERVER, 20000), 0);
    pid = keeper.pid;
    ck_assert_int_gt(pid, 0);
    server = server_of(pid);
    keeper_end(&keeper);
    ck_assert(ends(server));
    ck_assert(ends(pid));
    ck_assert_int_eq(keeper.pid, 0);
}
END_TEST

// As when davit is killed: nobody says anything, the socket closes.
START_TEST(a_server_that_is_not_committed_ends_with_davit)
{
    int pids[2], status;
    pid_t davit, seen[2];

    ck_assert_int_eq(pipe(pids), 0);
    davit = fork();
    if (davit == 0) {
        if (run(MOUNT SERVER, 20000) == 0) {
            seen[0] = keeper.pid;
            seen[1] = server_of(keeper.pid);
            if (write(pids[1], seen, sizeof seen) < 0)
                _exit(1);
        }
        (void)raise(SIGKILL);
    }
    (void)close(pids[1]);
    ck_assert_int_eq(read(pids[0], seen, sizeof seen), sizeof seen);
    ck_assert_int_eq(waitpid(davit, &status, 0), davit);
    ck_assert(ends(seen[1]));
    ck_assert(ends(seen[0]));
    (void)close(pids[0]);
}
END_TEST

static struct attachment of_keeper(pid_t pid, uint64_t start_time)
{
    struct attachment what = {.server = pid, .server_start = start_time};

    ck_assert_int_eq(boot_id_read(what.identity.boot_id, &err), 0);
    return what;
}

START_TEST(one_that_is_committed_stays_until_it_is_finished)
{
    struct attachment what;
    pid_t server;

    ck_assert_int_eq(run(MOUNT SERVER, 20000), 0);
    what = of_keeper(keeper.pid, keeper.start_time);
    server = server_of(what.server);
    ck_assert_int_eq(keeper_commit(&keeper, &err), 0);
    keeper_end(&keeper); // is let go
    ck_assert(attachment_served(&what));
    // Another process that has its pid by now, or another boot: not touched.
    what.server_start++;
    ck_assert(!attachment_served(&what));
    ck_assert_int_eq(keeper_finish(&what, 0, &err), 0);
    what.server_start--;
    what.identity.boot_id[0] ^= 1;
    ck_assert(!attachment_served(&what));
    ck_assert_int_eq(keeper_finish(&what, 0, &err), 0);
    what.identity.boot_id[0] ^= 1;
    ck_assert(attachment_served(&what));
    ck_assert_int_eq(keeper_finish(&what, 0, &err), 1);
    ck_assert(ends(server));
    ck_assert(!attachment_served(&what));
    ck_assert_int_eq(keeper_finish(&what, 0, &err), 0);
}
END_TEST

START_TEST(one_whose_server_ends_by_itself_ends_too)
{
    struct attachment what;

    ck_assert_int_eq(run(MOUNT SERVER, 20000), 0);
    what = of_keeper(keeper.pid, keeper.start_time);
    ck_assert_int_eq(keeper_commit(&keeper, &err), 0);
    ck_assert_int_eq(kill(server_of(what.server), SIGKILL), 0);
    ck_assert_int_eq(keeper_finish(&what, 10000, &err), 0);
}
END_TEST

START_TEST(one_that_was_killed_cannot_be_committed)
{
    pid_t server;

    ck_assert_int_eq(run(MOUNT SERVER, 20000), 0);
    server = server_of(keeper.pid);
    ck_assert_int_eq(kill(keeper.pid, SIGKILL), 0);
    ck_assert(ends(server));
    ck_assert_int_lt(keeper_commit(&keeper, &err), 0);
    ck_assert_ptr_nonnull(strstr(err.message, "has ended"));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, what_a_helper_mounts_comes_out_and_nothing_stays);
    tcase_add_test(tcase, a_failure_is_told_with_its_last_words);
    tcase_add_test(tcase, of_much_that_is_said_the_end_is_kept);
    tcase_add_loop_test(tcase, what_mounts_nothing_is_a_failure, 0, ARRAY_SIZE(others));
    tcase_add_test(tcase, one_that_hangs_is_ended_with_all_that_it_started);
    tcase_add_test(tcase, a_server_that_is_not_committed_ends);
    tcase_add_test(tcase, a_server_that_is_not_committed_ends_with_davit);
    tcase_add_test(tcase, one_that_is_committed_stays_until_it_is_finished);
    tcase_add_test(tcase, one_whose_server_ends_by_itself_ends_too);
    tcase_add_test(tcase, one_that_was_killed_cannot_be_committed);
}

int main(void)
{
    return run_suite("keeper", add);
}
