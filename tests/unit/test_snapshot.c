// Real processes in real namespaces and control groups, as one snapshot sees them.
#include "container_lab.h"

// Services and shells with namespaces of their own are no containers, alone or all together.
static const unsigned none[] = {0, START_MNT, START_PID, START_MNT | START_PID,
                                START_MNT | START_ROOT};

START_TEST(test_no_container)
{
    pid_t pid = start(NULL, none[_i]);
    pid_t in_group = start("web", none[_i]);

    look();
    ck_assert_ptr_null(of_pid(pid));
    ck_assert_ptr_null(of_pid(in_group));
}
END_TEST

START_TEST(test_general)
{
    pid_t pid = start("web", START_MNT | START_PID | START_ROOT);
    const struct container *c;

    look();
    c = of_pid(pid);
    ck_assert_ptr_nonnull(c);
    ck_assert_str_eq(c->runtime, top);
    ck_assert_str_eq(c->name, "web");
    ck_assert_str_eq(c->id, "web");
    ck_assert_int_eq(c->name_source, NAME_FROM_CGROUP);
    ck_assert_int_eq(c->state, CONTAINER_RUNNING);
    ck_assert_uint_eq(c->mnt_ns, inode_of(pid, "mnt"));
    ck_assert_uint_eq(c->userns, 0);
    ck_assert_uint_ne(c->start_time, 0);
    ck_assert_uint_eq(c->n_processes, 1);
    ck_assert(c->started > 1700000000);
}
END_TEST

START_TEST(test_without_group)
{
    pid_t pid = start(NULL, START_MNT | START_PID | START_ROOT);
    const struct container *c;

    look();
    c = of_pid(pid);
    ck_assert_ptr_nonnull(c);
    ck_assert_str_eq(c->runtime, "proc");
    ck_assert_str_eq(c->name, "test_snapshot");
}
END_TEST

// Mount namespaces of one container, made by it or by services in it, and its subgroups.
static const struct {
    const char *group;
    unsigned flags;
    const char *runtime, *id;
} nested[] = {
    {"lxc.payload.@", START_MNT | START_PID | START_ROOT, "lxc", "@"},
    {"docker/A", START_MNT | START_PID, "docker", "A"},
    {"docker/A", START_MNT, "docker", "A"}, // --pid=host
    {"docker/A/docker/B", START_MNT | START_PID, "docker", "B"},
    {"scratch/@", START_MNT | START_PID | START_ROOT, "scratch", "@"},
};

START_TEST(test_nested)
{
    pid_t pid = start(nested[_i].group, nested[_i].flags | START_NESTED);
    const struct container *c;
    char id[512];
    size_t n = 0;

    expand(nested[_i].id, id);
    look();
    c = of_pid(pid);
    ck_assert_ptr_nonnull(c);
    ck_assert_str_eq(c->runtime, nested[_i].runtime);
    ck_assert_str_eq(c->id, id);
    ck_assert_uint_eq(c->mnt_ns, inode_of(pid, "mnt"));
    ck_assert_uint_eq(c->n_nested, 1);
    ck_assert_uint_ne(c->nested[0], c->mnt_ns);
    ck_assert_uint_eq(c->n_processes, 2);
    for (size_t i = 0; i < snapshot->n_containers; i++)
        n += strstr(snapshot->containers[i].id, id) != NULL;
    ck_assert_uint_eq(n, 1);
}
END_TEST

// A process that has entered from the host is not the container's init, although it is older and
// has a lower pid.
static const unsigned visited[] = {START_MNT | START_PID, START_MNT};

START_TEST(test_visitor)
{
    int orders[2], ready[2], ns;
    pid_t visitor, init;
    char path[64], byte;

    ck_assert_int_eq(pipe2(orders, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    visitor = fork();
    if (visitor == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (read(orders[0], path, sizeof path) != sizeof path)
            _exit(1);
        ns = open(path, O_RDONLY | O_CLOEXEC);
        if (ns < 0 || setns(ns, CLONE_NEWNS) < 0 || write(ready[1], "x", 1) != 1)
            _exit(2);
        for (;;)
            (void)pause();
    }
    started[n_started++] = visitor;
    (void)close(ready[1]);
    init = start("docker/A", visited[_i]);
    memset(path, 0, sizeof path);
    (void)snprintf(path, sizeof path, "/proc/%d/ns/mnt", (int)init);
    ck_assert_int_eq((int)write(orders[1], path, sizeof path), (int)sizeof path);
    ck_assert_int_eq((int)read(ready[0], &byte, 1), 1);
    look();
    ck_assert_ptr_null(of_pid(visitor));
    ck_assert_ptr_nonnull(of_pid(init));
    ck_assert_uint_eq(of_pid(init)->n_processes, 2);
}
END_TEST

START_TEST(test_same_names)
{
    unsigned flags = START_MNT | START_PID | START_ROOT;
    pid_t one = start("a/scratch/@", flags), two = start("b/scratch/@", flags);
    char id[64];

    look();
    ck_assert_ptr_nonnull(of_pid(one));
    ck_assert_ptr_nonnull(of_pid(two));
    ck_assert_str_eq(of_pid(one)->name, name);
    ck_assert_str_eq(of_pid(two)->name, name);
    (void)snprintf(id, sizeof id, "%s-%d", name, (int)one);
    ck_assert_str_eq(of_pid(one)->id, id);
    (void)snprintf(id, sizeof id, "%s-%d", name, (int)two);
    ck_assert_str_eq(of_pid(two)->id, id);
}
END_TEST

// A container that may make control groups gives itself another's id: the other keeps it.
START_TEST(test_forged_id)
{
    pid_t forger = start("docker/B/docker/A", START_MNT | START_PID);
    pid_t real = start("docker/A", START_MNT | START_PID);

    look();
    ck_assert_ptr_nonnull(of_pid(real));
    ck_assert_str_eq(of_pid(real)->id, id_a);
    ck_assert_ptr_nonnull(of_pid(forger));
    ck_assert_str_ne(of_pid(forger)->id, id_a);
}
END_TEST

// A process in the init's pid namespace and group whose parent is outside, with a mount namespace
// of its own: as docker exec makes it, or with a root too docker run --pid=container:ID; or with a
// pid namespace made in there.
static void enter(pid_t init, const char *template, unsigned flags)
{
    char group[512], byte;
    pid_t child;
    int ready[2];

    expand(template, group);
    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        join(group);
        join_namespace(init, "pid");
        if (fork() == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (!(flags & START_ROOT))
                join_namespace(init, "mnt");
            if (flags & START_PID && (unshare(CLONE_NEWPID) < 0 || fork() > 0)) {
                (void)waitpid(-1, NULL, 0);
                _exit(0);
            }
            be(group, START_MNT | flags, ready[1]);
        }
        (void)waitpid(-1, NULL, 0);
        _exit(0);
    }
    started[n_started++] = child;
    (void)close(ready[1]);
    ck_assert_int_eq((int)read(ready[0], &byte, 1), 1);
    (void)close(ready[0]);
}

START_TEST(test_entered)
{
    pid_t init = start("docker/A", START_MNT | START_PID);

    enter(init, "docker/A", 0);
    look();
    ck_assert_int_eq(of_id(id_a)->pid, init);
    ck_assert(!of_id(id_a)->contested);
    // Not out of the container, but beside it: whose id it is cannot be told.
    enter(init, "docker/A", START_ROOT);
    look();
    ck_assert_int_eq(of_id(id_a)->pid, init);
    ck_assert(of_id(id_a)->contested);
}
END_TEST

// Named from inside a container: nobody of this host's is called so.
START_TEST(test_named_inside)
{
    pid_t init = start("docker/A/lxc.payload.@", START_MNT | START_PID);
    const struct container *found, *c;
    char id[256], listed[128], selector[64];

    (void)start("docker/A", START_MNT | START_PID);
    (void)snprintf(id, sizeof id, "lxc/%s/%s", id_a, name);
    (void)snprintf(listed, sizeof listed, "%.12s/%s", id_a, name);
    (void)snprintf(selector, sizeof selector, "lxc/%s", name);
    look();
    c = of_pid(init);
    ck_assert_ptr_nonnull(c);
    ck_assert_str_eq(c->runtime, "lxc");
    ck_assert_str_eq(c->name, listed);
    ck_assert_str_eq(c->id, id);
    ck_assert_str_eq(c->outer, id_a);
    ck_assert_int_lt(container_select(snapshot, name, &found, &err), 0);
    ck_assert_int_eq(err.code, ERROR_NO_CONTAINER);
    ck_assert_int_lt(container_select(snapshot, selector, &found, &err), 0);
    ck_assert_int_eq(err.code, ERROR_NO_CONTAINER);
    ck_assert_int_eq(container_select(snapshot, id, &found, &err), 0);
    ck_assert_ptr_eq(found, c);
}
END_TEST

// Named from inside a container of which nothing but its processes tells that it is one.
START_TEST(test_named_inside_general)
{
    pid_t init = start("box/@", START_MNT | START_PID | START_ROOT);
    pid_t real = start("docker/A", START_MNT | START_PID);
    const struct container *found;
    char id[256];

    enter(init, "box/@/lxc.payload.@", START_PID | START_ROOT);
    enter(init, "box/@/docker/A", START_PID | START_ROOT);
    (void)snprintf(id, sizeof id, "lxc/%s/%s", name, name);
    look();
    ck_assert_ptr_nonnull(of_id(id));
    ck_assert_str_eq(of_id(id)->outer, name);
    ck_assert_int_eq(container_select(snapshot, name, &found, &err), 0);
    ck_assert_int_eq(found->pid, init);
    ck_assert_int_eq(of_id(id_a)->pid, real);
    ck_assert(!of_id(id_a)->contested);
}
END_TEST

START_TEST(test_runtimes_and_order)
{
    unsigned flags = START_MNT | START_PID | START_ROOT;
    struct runtime_options only = options;
    struct snapshot *some = NULL;

    (void)start("scratch/b", flags);
    (void)start("scratch/a", flags);
    (void)start("lxc.payload.z", flags);
    look();
    for (size_t i = 1; i < snapshot->n_containers; i++)
        ck_assert_int_le(
            strcmp(snapshot->containers[i - 1].runtime, snapshot->containers[i].runtime), 0);
    only.runtimes = "nothing,scratch";
    ck_assert_int_eq(snapshot_take(&only, &some, &err), 0);
    ck_assert_uint_ge(some->n_containers, 2);
    for (size_t i = 0; i < some->n_containers; i++)
        ck_assert_str_eq(some->containers[i].runtime, "scratch");
    snapshot_free(some);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, test_no_container, 0, ARRAY_SIZE(none));
    tcase_add_test(tests, test_general);
    tcase_add_test(tests, test_without_group);
    tcase_add_loop_test(tests, test_nested, 0, ARRAY_SIZE(nested));
    tcase_add_loop_test(tests, test_visitor, 0, ARRAY_SIZE(visited));
    tcase_add_test(tests, test_same_names);
    tcase_add_test(tests, test_forged_id);
    tcase_add_test(tests, test_entered);
    tcase_add_test(tests, test_named_inside);
    tcase_add_test(tests, test_named_inside_general);
    tcase_add_test(tests, test_runtimes_and_order);
}

int main(void)
{
    runner = getpid();
    return run_suite("snapshot", add);
}
