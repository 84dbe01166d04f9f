// What may enter a container is what its first process had while all of it was read: not what it
// has in a user namespace that it makes in between. The linker puts __wrap_privileges_read() in the
// place of privileges_read(), which is the moment between two looks.
#include "core/engine/enter.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>

#include "core/engine/engine.h"
#include "core/host/privileges.h"
#include "tests/unit/runner.h"

// Without it the root of a user namespace cannot be root outside; user_namespaces(7).
#define POWER (1ULL << CAP_SETFCAP)

static struct error err;
static pid_t init;
static int go, gone; // what the container is told by, and tells by

static int has_read;
static bool changes; // its user namespace, when its privileges are about to be read
static struct privileges seen;

int __real_privileges_read(int proc, struct privileges *ret, struct error *error);
int __wrap_privileges_read(int proc, struct privileges *ret, struct error *error);

int __wrap_privileges_read(int proc, struct privileges *ret, struct error *error)
{
    bool of_init = has_read++ == 0; // davit's own come later
    char byte = 0;
    int r;

    if (of_init && changes) {
        ck_assert_int_eq(write(go, "x", 1), 1);
        ck_assert_int_eq(read(gone, &byte, 1), 1);
        ck_assert_int_eq(byte, 'y');
    }
    r = __real_privileges_read(proc, ret, error);
    if (of_init)
        seen = *ret;
    return r;
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        _exit(1);
    (void)close(fd);
}

static void __attribute__((noreturn)) be_container(int hears, int tells)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{.permitted = POWER, .effective = POWER}};
    char byte;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (unshare(CLONE_NEWNS) < 0 || syscall(SYS_capset, &header, data) < 0 ||
        write(tells, "x", 1) != 1 || read(hears, &byte, 1) != 1 || unshare(CLONE_NEWUSER) < 0)
        _exit(1);
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", "0 0 1");
    write_file("/proc/self/gid_map", "0 0 1");
    (void)!write(tells, "y", 1);
    for (;;)
        (void)pause();
}

static void setup(void)
{
    int down[2], up[2];
    char byte;

    ck_assert_int_eq(pipe2(down, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(up, O_CLOEXEC), 0);
    init = fork();
    ck_assert_int_ge(init, 0);
    if (init == 0)
        be_container(down[0], up[1]);
    (void)close(down[0]);
    (void)close(up[1]);
    go = down[1];
    gone = up[0];
    ck_assert_msg(read(gone, &byte, 1) == 1, "no mount namespace (root is needed)");
}

static void teardown(void)
{
    (void)kill(init, SIGKILL);
    (void)waitpid(init, NULL, 0);
    (void)close(go);
    (void)close(gone);
}

static int look(void)
{
    const struct engine_options options = {.runtime = {.docker_endpoint = "unix:///nonexistent"}};
    struct enter_request request = {.in = -1, .out = -1, .error = -1, .flags = ENTER_PLAN};
    _cleanup_engine_ struct engine *engine = NULL;
    _cleanup_enter_ struct enter *enter = NULL;
    char selector[32];

    (void)snprintf(selector, sizeof selector, "pid:%d", (int)init);
    request.target.container = selector;
    ck_assert_int_eq(engine_open(&options, &engine, &err), 0);
    return engine_enter_open(engine, &request, &enter, &err);
}

START_TEST(what_stays_as_it_is)
{
    ck_assert_msg(look() == 0, "%s", err.message);
    ck_assert_uint_eq(seen.sets.permitted, POWER);
}
END_TEST

START_TEST(user_namespace_made_in_between)
{
    changes = true;
    ck_assert_int_lt(look(), 0);
    ck_assert_int_eq(err.code, ERROR_GONE);
    ck_assert_ptr_nonnull(strstr(err.message, "has changed its namespaces"));
    // So it was in time: these would have been the host's.
    ck_assert_uint_gt(seen.sets.permitted, POWER);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, what_stays_as_it_is);
    tcase_add_test(tcase, user_namespace_made_in_between);
}

int main(void)
{
    return run_suite("enter_survey", add);
}
