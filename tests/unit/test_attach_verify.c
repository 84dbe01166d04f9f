// What an attach looks at after the move, with the container as it may be by then.
#include "core/engine/attach_job.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/runner.h"
#include "tests/unit/temporary.h"

#define TIMEOUT_MS 20000

// A tmpfs here, DIR, with "source" and "target" in it. The container has a copy of it, made when
// its mount namespace was: `peers` tells whether the copy shares its mounts with this one.
static char dir[TEMPORARY_SIZE], source[TEMPORARY_SIZE + 8], target[TEMPORARY_SIZE + 8];
static pid_t init;
static struct error err;

static void start_init(bool peers)
{
    int ready[2];
    char byte;

    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    init = fork();
    ck_assert_int_ge(init, 0);
    if (init == 0) {
        if (unshare(CLONE_NEWNS) < 0 || (!peers && mount(NULL, dir, NULL, MS_PRIVATE, NULL) < 0) ||
            write(ready[1], "x", 1) != 1)
            _exit(1);
        (void)pause();
        _exit(0);
    }
    (void)close(ready[1]);
    ck_assert_msg(read(ready[0], &byte, 1) == 1, "no namespace of its own");
    (void)close(ready[0]);
}

static void setup(void)
{
    temporary_directory(dir);
    (void)snprintf(source, sizeof source, "%s/source", dir);
    (void)snprintf(target, sizeof target, "%s/target", dir);
    ck_assert_msg(unshare(CLONE_NEWNS) == 0, "no mount namespace (root is needed)");
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    ck_assert_int_eq(mount("davit-test", dir, "tmpfs", 0, "mode=0755"), 0);
    ck_assert_int_eq(mkdir(source, 0755), 0);
    ck_assert_int_eq(mkdir(target, 0755), 0);
    ck_assert_int_eq(mount(NULL, dir, NULL, MS_SHARED, NULL), 0);
}

static void teardown(void)
{
    if (init > 0) {
        (void)kill(init, SIGKILL);
        (void)waitpid(init, NULL, 0);
    }
    (void)umount2(dir, MNT_DETACH);
    (void)rmdir(dir);
}

// ---- the job as it is when the mount has been moved in ----

static struct attach_job job;
static struct attach_request request;
static struct target_request asked;
static struct result result;
static struct mover mover = MOVER_INIT;

static void survey(void)
{
    struct container container = {.name = target, .pid = init};

    job = (struct attach_job)ATTACH_JOB_INIT;
    asked.path = target;
    job.request = &request;
    job.asked = &asked;
    job.result = &result;
    job.timeout_ms = TIMEOUT_MS;
    job.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    ck_assert_msg(inside_open(&container, &job.inside, &err) == 0, "%s", err.message);
    ck_assert_msg(target_resolve(&job.inside, target, TIMEOUT_MS, &job.target, &err) == 0, "%s",
                  err.message);
}

static void clone_source(uint64_t attr_set)
{
    struct davit_mount_attr attr = {.set = attr_set, .propagation = MS_PRIVATE};
    _cleanup_mount_table_ struct mount_table *host = NULL;
    const struct mount_entry *on;
    struct mount_ids ids;

    job.tree = call_open_tree(AT_FDCWD, source, OPEN_TREE_CLONE | O_CLOEXEC);
    ck_assert_int_ge(job.tree, 0);
    ck_assert_int_eq(call_mount_setattr(job.tree, "", AT_EMPTY_PATH, &attr), 0);
    ck_assert_int_eq(call_mount_ids(job.tree, "", &ids), 0);
    ck_assert_int_eq(mount_table_read(AT_FDCWD, &host, &err), 0);
    on = mount_table_at(host, dir, NULL);
    ck_assert_ptr_nonnull(on);
    job.what = calloc(1, sizeof *job.what);
    ck_assert_ptr_nonnull(job.what);
    job.what->identity.unique = ids.unique;
    job.what->identity.old_id = ids.old;
    job.what->identity.device = on->device;
    job.what->identity.root = strdup("/source");
}

static void move_onto(int place)
{
    struct mover_answer answer;

    ck_assert_msg(mover_move(&mover, job.inside.ns, job.tree, place, TIMEOUT_MS, &answer, &err) ==
                      0,
                  "%s", err.message);
    ck_assert_int_eq(answer.enter_errno, 0);
    ck_assert_int_eq(answer.act_errno, 0);
}

static void done(void)
{
    mover_stop(&mover);
    attach_job_done(&job);
}

// In the container's namespace.
static void inside(void (*act)(void))
{
    int status;
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (setns(job.inside.ns, CLONE_NEWNS) < 0)
            _exit(1);
        act();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

static void refused(const char *why)
{
    ck_assert_int_lt(attach_verify(&job, &err), 0);
    ck_assert_msg(err.code == ERROR_UNVERIFIED && strstr(err.message, why), "%s", err.message);
    ck_assert_str_ne(err.hint, "");
    done();
}

// ---- ----

START_TEST(as_it_should_be)
{
    start_init(false);
    survey();
    clone_source(job.attr_set);
    move_onto(job.target.fd);
    ck_assert_msg(attach_verify(&job, &err) == 0, "%s", err.message);
    ck_assert_str_eq(job.what->identity.target, target);
    ck_assert_uint_eq(job.what->identity.n_mounts, 1);
    ck_assert(!result.read_only);
    done();
}
END_TEST

static void cover(void)
{
    if (mount("davit-test", target, "tmpfs", 0, NULL) < 0)
        _exit(1);
}

// The kernel puts a mount on top of what covers the place: on a mount that nobody has judged.
START_TEST(moved_onto_another_mount)
{
    start_init(false);
    survey();
    clone_source(job.attr_set);
    inside(cover);
    move_onto(job.target.fd);
    refused("on another one than was looked at");
}
END_TEST

// The mount that the survey judged has become a peer of one of the host's.
START_TEST(parent_reaches_the_host_by_now)
{
    start_init(true);
    survey();
    ck_assert_uint_ne(job.target.on->peer_group, 0);
    clone_source(job.attr_set);
    move_onto(job.target.fd);
    refused("shared with the host by now");
}
END_TEST

static void share(void)
{
    if (mount(NULL, dir, NULL, MS_SHARED, NULL) < 0)
        _exit(1);
}

// Shared with nobody on the host is no reason to refuse.
START_TEST(parent_is_shared_inside)
{
    start_init(false);
    survey();
    clone_source(job.attr_set);
    inside(share);
    inside_reread(&job.inside, &err);
    job.target.on = mount_table_by_id(job.inside.table, job.target.ids.old);
    ck_assert_uint_ne(job.target.on->peer_group, 0);
    move_onto(job.target.fd);
    ck_assert_msg(attach_verify(&job, &err) == 0, "%s", err.message);
    done();
}
END_TEST

START_TEST(flags_are_missing)
{
    start_init(false);
    survey();
    clone_source(MOUNT_ATTR_NOSUID);
    move_onto(job.target.fd);
    refused("other flags than were set");
}
END_TEST

START_TEST(covered_by_now)
{
    start_init(false);
    survey();
    clone_source(job.attr_set);
    move_onto(job.target.fd);
    inside(cover);
    refused("another mount than the one that was moved in");
}
END_TEST

START_TEST(gone_by_now)
{
    int status;

    start_init(false);
    survey();
    clone_source(job.attr_set);
    move_onto(job.target.fd);
    ck_assert_int_eq(kill(init, SIGKILL), 0);
    ck_assert_int_eq(waitpid(init, &status, 0), init);
    init = 0;
    ck_assert_int_lt(attach_verify(&job, &err), 0);
    ck_assert_int_eq(err.code, ERROR_GONE);
    done();
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, as_it_should_be);
    tcase_add_test(tcase, moved_onto_another_mount);
    tcase_add_test(tcase, parent_reaches_the_host_by_now);
    tcase_add_test(tcase, parent_is_shared_inside);
    tcase_add_test(tcase, flags_are_missing);
    tcase_add_test(tcase, covered_by_now);
    tcase_add_test(tcase, gone_by_now);
}

int main(void)
{
    return run_suite("attach_verify", add);
}
