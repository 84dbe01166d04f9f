#include "core/runtime/container.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runner.h"

#define Z56 "00000000000000000000000000000000000000000000000000000000"
#define ID1 "11111111" Z56
#define ID2 "1111222a" Z56
#define ID3 "deadbeef" Z56
#define ID4 "44444444" Z56
#define ID5 "55555555" Z56
#define ID6 "deadbe66" Z56

static struct container containers[] = {
    {.id = (char *)ID1, .name = (char *)"web", .runtime = (char *)"docker", .pid = 101},
    {.id = (char *)ID2, .name = (char *)"db", .runtime = (char *)"docker", .pid = 102},
    {.id = (char *)ID3, .name = (char *)"1111", .runtime = (char *)"podman", .pid = 103},
    {.id = (char *)"web", .name = (char *)"web", .runtime = (char *)"lxc", .pid = 104},
    {.id = (char *)"webdav", .name = (char *)"webdav", .runtime = (char *)"lxc", .pid = 105},
    {.id = (char *)ID4,
     .name = (char *)"db",
     .runtime = (char *)"containerd",
     .pod = (char *)"prod/shop-0",
     .pid = 106},
    {.id = (char *)"abba", .name = (char *)"abba", .runtime = (char *)"scratch", .pid = 107},
    {.id = (char *)"twin-1", .name = (char *)"twin", .runtime = (char *)"scratch", .pid = 108},
    {.id = (char *)"lxc/" ID1 "/inner",
     .name = (char *)"docker/inner",
     .runtime = (char *)"lxc",
     .outer = (char *)ID1,
     .pid = 110},
    {.id = (char *)ID5,
     .name = (char *)"web/" ID5,
     .runtime = (char *)"docker",
     .outer = (char *)ID1,
     .pid = 111},
    {.id = (char *)"lxc/1000/mail",
     .name = (char *)"mail",
     .runtime = (char *)"lxc",
     .user = (char *)"alice",
     .owner = 1000,
     .pid = 112},
    // said by that user's service: the first digits, then all of them, are those of root's
    {.id = (char *)ID6,
     .name = (char *)"mine",
     .runtime = (char *)"podman",
     .user = (char *)"alice",
     .owner = 1000},
    {.id = (char *)ID4,
     .name = (char *)"mine",
     .runtime = (char *)"podman",
     .user = (char *)"alice",
     .owner = 1000},
    // a pod of somebody's, called as a runtime is
    {.id = (char *)"feed",
     .name = (char *)"web2",
     .runtime = (char *)"containerd",
     .pod = (char *)"theirs/docker",
     .pid = 120},
    {.id = (char *)"shop", .name = (char *)"shop", .runtime = (char *)"lxd", .pid = 113},
    {.id = (char *)"test_shop",
     .name = (char *)"shop",
     .runtime = (char *)"lxd",
     .pod = (char *)"test",
     .pid = 114},
    {.id = (char *)"twin-2", .name = (char *)"twin", .runtime = (char *)"scratch", .pid = 109},
};

static struct runtime_status runtimes[] = {
    {.name = "proc", .state = RUNTIME_CONNECTED},
    {.name = "docker", .state = RUNTIME_CONNECTED},
};

static const struct snapshot snapshot = {
    .containers = containers,
    .n_containers = ARRAY_SIZE(containers),
    .runtimes = runtimes,
    .n_runtimes = ARRAY_SIZE(runtimes),
};

static const struct {
    const char *selector;
    pid_t pid; // of the one selected, 0: none
    enum error_code code;
    const char *message, *hint; // what they have in them
} cases[] = {
    // names and ids
    {"docker/web", 101, ERROR_NONE, NULL, NULL},
    {"lxc/web", 104, ERROR_NONE, NULL, NULL},
    {"webdav", 105, ERROR_NONE, NULL, NULL},
    {"abba", 107, ERROR_NONE, NULL, NULL},
    {ID1, 101, ERROR_NONE, NULL, NULL},
    {"docker/" ID2, 102, ERROR_NONE, NULL, NULL},
    {"twin-1", 108, ERROR_NONE, NULL, NULL},
    {"scratch/twin-2", 109, ERROR_NONE, NULL, NULL},
    // prefixes of ids: unique ones only, and an exact name goes before them
    {"11111", 101, ERROR_NONE, NULL, NULL},
    {"1111222", 102, ERROR_NONE, NULL, NULL},
    {"de", 103, ERROR_NONE, NULL, NULL},
    {"docker/11112", 102, ERROR_NONE, NULL, NULL},
    {"1111", 103, ERROR_NONE, NULL, NULL},
    {"111", 0, ERROR_AMBIGUOUS, "fits 2 containers", "by more of its id"},
    {"1", 0, ERROR_NO_CONTAINER, NULL, NULL},
    {"DEAD", 0, ERROR_NO_CONTAINER, NULL, NULL},
    // a user's gives way
    {"deadbe", 103, ERROR_NONE, NULL, NULL},
    {ID4, 106, ERROR_NONE, NULL, NULL},
    {"alice/mail", 112, ERROR_NONE, NULL, NULL},
    // pods
    {"docker/web2", 0, ERROR_NO_CONTAINER, NULL, NULL},
    {"theirs/docker/web2", 120, ERROR_NONE, NULL, NULL},
    {"shop-0/db", 106, ERROR_NONE, NULL, NULL},
    {"prod/shop-0/db", 106, ERROR_NONE, NULL, NULL},
    {"containerd/db", 106, ERROR_NONE, NULL, NULL},
    {"prod/db", 0, ERROR_NO_CONTAINER, NULL, "docker/db"},
    // the same name twice, across runtimes and in one
    {"web", 0, ERROR_AMBIGUOUS, "docker/web (111111110000, pid 101), lxc/web (web, pid 104)",
     "RUNTIME/NAME"},
    {"db", 0, ERROR_AMBIGUOUS, "docker/db (1111222a0000, pid 102), containerd/db", NULL},
    {"twin", 0, ERROR_AMBIGUOUS, "scratch/twin (twin-1, pid 108)", NULL},
    {"scratch/twin", 0, ERROR_AMBIGUOUS, "scratch/twin (twin-2, pid 109)", NULL},
    // nested ones: by the whole id alone
    {"inner", 0, ERROR_NO_CONTAINER, NULL, NULL},
    {"lxc/inner", 0, ERROR_NO_CONTAINER, NULL, NULL},
    {"docker/inner", 0, ERROR_NO_CONTAINER, NULL, NULL},
    {"lxc/" ID1 "/inner", 110, ERROR_NONE, NULL, NULL},
    {"pid:110", 110, ERROR_NONE, NULL, NULL},
    {"5555", 0, ERROR_NO_CONTAINER, NULL, NULL},
    {"docker/" ID5, 0, ERROR_NO_CONTAINER, NULL, NULL},
    {ID5, 111, ERROR_NONE, NULL, NULL},
    // a user's: by the user, or by the id
    {"alice/mail", 112, ERROR_NONE, NULL, NULL},
    {"lxc/alice/mail", 112, ERROR_NONE, NULL, NULL},
    {"lxc/1000/mail", 112, ERROR_NONE, NULL, NULL},
    {"mail", 0, ERROR_NO_CONTAINER, NULL, "did you mean alice/mail?"},
    {"lxc/mail", 0, ERROR_NO_CONTAINER, NULL, "alice/mail"},
    {"bob/mail", 0, ERROR_NO_CONTAINER, NULL, NULL},
    // projects of LXD: a name alone is one of the default project
    {"shop", 113, ERROR_NONE, NULL, NULL},
    {"lxd/shop", 113, ERROR_NONE, NULL, NULL},
    {"test/shop", 114, ERROR_NONE, NULL, NULL},
    {"lxd/test/shop", 114, ERROR_NONE, NULL, NULL},
    {"lxd/test_shop", 114, ERROR_NONE, NULL, NULL},
    // never a prefix of a name, nor of an id that is a name; but it is offered
    {"webda", 0, ERROR_NO_CONTAINER, "'webda'", "did you mean lxc/webdav"},
    {"ab", 0, ERROR_NO_CONTAINER, NULL, "did you mean scratch/abba?"},
    {"wbe", 0, ERROR_NO_CONTAINER, NULL, "docker/web"},
    {"WebDav", 0, ERROR_NO_CONTAINER, NULL, "did you mean lxc/webdav?"},
    {"docker/webdav", 0, ERROR_NO_CONTAINER, NULL, "lxc/webdav"},
    {"nothing-like-it", 0, ERROR_NO_CONTAINER, NULL, "`davit ps`"},
    {"docker/", 0, ERROR_NO_CONTAINER, NULL, NULL},
    // pids
    {"pid:101", 101, ERROR_NONE, NULL, NULL},
    {"pid:109", 109, ERROR_NONE, NULL, NULL},
    {"pid:2147483647", 0, ERROR_NO_CONTAINER, "no container has a process 2147483647", NULL},
    {"pid:", 0, ERROR_USAGE, NULL, NULL},
    {"pid:0", 0, ERROR_USAGE, NULL, NULL},
    {"pid:-1", 0, ERROR_USAGE, NULL, NULL},
    {"pid:1x", 0, ERROR_USAGE, NULL, NULL},
    {"pid:99999999999999999999", 0, ERROR_USAGE, NULL, NULL},
    // no selectors
    {"", 0, ERROR_USAGE, NULL, NULL},
    {"/web", 0, ERROR_USAGE, NULL, NULL},
    {"we\033[2Jb", 0, ERROR_USAGE, "we\xef\xbf\xbd[2Jb", NULL},
    {"web\n", 0, ERROR_USAGE, NULL, NULL},
    {"\xff", 0, ERROR_USAGE, NULL, NULL},
};

START_TEST(test_select)
{
    const struct container *found = NULL;
    struct error err = {.code = ERROR_NONE};
    int r = container_select(&snapshot, cases[_i].selector, &found, &err);

    ck_assert_msg((r == 0) == (cases[_i].pid != 0), "'%s': %d %s", cases[_i].selector, r,
                  err.message);
    ck_assert_int_eq(found ? found->pid : 0, cases[_i].pid);
    ck_assert_int_eq(err.code, cases[_i].code);
    if (cases[_i].message)
        ck_assert_msg(strstr(err.message, cases[_i].message) != NULL, "%s", err.message);
    if (cases[_i].hint)
        ck_assert_msg(strstr(err.hint, cases[_i].hint) != NULL, "%s", err.hint);
}
END_TEST

// A process is found by the mount namespace it is in: a nested one here.
START_TEST(test_process_inside)
{
    struct container mine = containers[4];
    const struct snapshot one = {.containers = &mine, .n_containers = 1};
    const struct container *found = NULL;
    struct error err;
    uint64_t inode = 0;
    char link[64], selector[32];
    ssize_t n = readlink("/proc/self/ns/mnt", link, sizeof link - 1);

    ck_assert_int_gt((int)n, 0);
    link[n] = '\0';
    inode = strtoull(strchr(link, '[') + 1, NULL, 10);
    (void)snprintf(selector, sizeof selector, "pid:%d", (int)getpid());
    ck_assert_int_lt(container_select(&one, selector, &found, &err), 0);
    mine.nested = &inode;
    mine.n_nested = 1;
    ck_assert_int_eq(container_select(&one, selector, &found, &err), 0);
    ck_assert_ptr_eq(found, &mine);
}
END_TEST

START_TEST(test_silent_daemon)
{
    struct runtime_status status = {.name = "docker", .state = RUNTIME_UNREACHABLE};
    const struct snapshot none = {.runtimes = &status, .n_runtimes = 1};
    const struct container *found;
    struct error err;

    (void)error_set(&status.error, ERROR_TIMED_OUT, 110, "it did not answer within 7 ms");
    ck_assert_int_lt(container_select(&none, "web", &found, &err), 0);
    ck_assert_int_eq(err.code, ERROR_NO_CONTAINER);
    ck_assert_ptr_nonnull(strstr(err.message, "docker could not be asked: it did not answer"));
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_loop_test(tests, test_select, 0, ARRAY_SIZE(cases));
    tcase_add_test(tests, test_process_inside);
    tcase_add_test(tests, test_silent_daemon);
}

int main(void)
{
    return run_suite("select", add);
}
