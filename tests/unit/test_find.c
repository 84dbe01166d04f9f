// One container among real processes, by its name, id or pid; and those who claim to be it.
#include <sys/socket.h>
#include <sys/un.h>

#include "container_lab.h"

static void assert_refused(const char *selector, pid_t one, pid_t two)
{
    struct container *c = NULL;
    char number[16];

    err = (struct error){.code = ERROR_NONE};
    ck_assert_int_lt(container_find(&options, selector, &c, &err), 0);
    ck_assert_msg(err.code == ERROR_AMBIGUOUS, "%s", err.message);
    ck_assert_ptr_nonnull(strstr(err.message, "two unrelated process trees"));
    (void)snprintf(number, sizeof number, "pid %d", (int)one);
    ck_assert_ptr_nonnull(strstr(err.message, number));
    (void)snprintf(number, sizeof number, "pid %d", (int)two);
    ck_assert_ptr_nonnull(strstr(err.message, number));
    ck_assert_ptr_nonnull(strstr(err.hint, "pid:N"));
}

// A container that may write to the groups' filesystem moves itself into another's group, or into
// one that only looks like it. Neither is taken; who is the first of the two says nothing.
static const struct {
    const char *group;
    unsigned flags;
    const char *other_group;
    unsigned other_flags;
    bool first; // which of them is listed
} claims[] = {
    {"docker/A", START_MNT | START_PID, "docker/A", START_MNT | START_PID, true},
    {"docker/A", START_MNT | START_PID, "docker/A/deeper", START_MNT | START_PID, true},
    {"docker/A", START_MNT | START_PID, "x/y/z/docker-A.scope", START_MNT | START_PID, true},
    {"x/y/z/docker-A.scope", START_MNT | START_PID, "docker/A", START_MNT | START_PID, true},
    {"libpod-A.scope", START_MNT | START_PID, "docker/A", START_MNT | START_PID, true},
    // docker run --pid=host: both, the attacker, the victim
    {"docker/A", START_MNT, "docker/A", START_MNT, true},
    {"docker/A", START_MNT | START_PID, "docker/A", START_MNT, false},
    {"docker/A", START_MNT, "docker/A", START_MNT | START_PID, true},
};

START_TEST(test_contested)
{
    pid_t one = start(claims[_i].group, claims[_i].flags);
    pid_t two = start(claims[_i].other_group, claims[_i].other_flags);
    const struct container *c;

    look();
    c = of_id(id_a);
    ck_assert(c->contested);
    ck_assert_int_eq(c->pid, claims[_i].first ? one : two);
    ck_assert_int_eq(c->rival, claims[_i].first ? two : one);
    ck_assert_uint_eq(c->n_nested, 0);
    ck_assert_uint_eq(c->n_processes, 1);
    assert_refused(id_a, one, two);
    // Without an engine's id too: …/RUNTIME/NAME.
    one = start("scratch/@", START_MNT | START_PID | START_ROOT);
    two = start("scratch/@", START_MNT | START_PID | START_ROOT);
    assert_refused(name, one, two);
}
END_TEST

static int confirm(const struct container *known)
{
    struct container *found = NULL;
    int r = container_confirm(known, &found, &err);

    if (r == 0) {
        ck_assert_str_eq(found->id, known->id);
        ck_assert_str_eq(found->name, known->name);
        ck_assert_str_eq(found->runtime, known->runtime);
        ck_assert_int_eq(found->pid, known->pid);
        ck_assert_uint_eq(found->start_time, known->start_time);
        ck_assert_uint_eq(found->mnt_ns, known->mnt_ns);
        container_free(found);
    }
    return r;
}

// Of a control group with an id alone (dockerd's --cgroup-parent) a daemon has said whose it is.
START_TEST(test_confirm_said)
{
    pid_t pid = start("workloads/A", START_MNT | START_PID);
    struct container known;

    look();
    ck_assert_ptr_nonnull(of_pid(pid));
    known = *of_pid(pid);
    known.name = (char *)"web";
    known.runtime = (char *)"docker";
    known.name_source = NAME_FROM_DISK;
    ck_assert_int_eq(confirm(&known), 1);
    known.name_source = NAME_FROM_DAEMON;
    ck_assert_int_eq(confirm(&known), 0);
}
END_TEST

// Everything that is known must be so still.
START_TEST(test_confirm)
{
    pid_t pid = start("docker/A", START_MNT | START_PID);
    struct container known;
    char group[600];

    look();
    ck_assert_ptr_nonnull(of_pid(pid));
    known = *of_pid(pid);
    ck_assert_int_eq(confirm(&known), 1); // nobody has named it: a daemon may know better
    known.name = (char *)"web";
    known.name_source = NAME_FROM_DAEMON;
    ck_assert_int_eq(confirm(&known), 0);
    known.contested = true;
    ck_assert_int_eq(confirm(&known), 1);
    known.contested = false;
    known.start_time++;
    ck_assert_int_eq(confirm(&known), 1);
    known.start_time--;
    known.mnt_ns++;
    ck_assert_int_eq(confirm(&known), 1);
    known.mnt_ns--;
    known.userns++;
    ck_assert_int_eq(confirm(&known), 1);
    known.userns--;
    known.outer = id_b;
    ck_assert_int_eq(confirm(&known), 1);
    known.outer = NULL;
    known.pid = getpid();
    ck_assert_int_eq(confirm(&known), 1);
    known.pid = pid;
    ck_assert_int_eq(confirm(&known), 0);
    // The same process, by another container's id.
    (void)snprintf(group, sizeof group, "%s/docker/%s", hierarchy, id_b);
    put(pid, group);
    ck_assert_int_eq(confirm(&known), 1);
    (void)snprintf(group, sizeof group, "%s/docker/%s", hierarchy, id_a);
    put(pid, group);
    ck_assert_int_eq(confirm(&known), 0);
    (void)kill(pid, SIGKILL);
    (void)waitpid(started[--n_started], NULL, 0);
    ck_assert_int_eq(confirm(&known), 1);
}
END_TEST

// Without a cgroup that names it there is nothing to compare.
START_TEST(test_confirm_nameless)
{
    pid_t pid = start(NULL, START_MNT | START_PID | START_ROOT);

    look();
    ck_assert_ptr_nonnull(of_pid(pid));
    ck_assert_int_eq(confirm(of_pid(pid)), 1);
}
END_TEST

// One hierarchy names one container, another one another: with cgroup v1 and on hybrid hosts.
START_TEST(test_two_hierarchies)
{
    static const char mounted[] = "/sys/fs/cgroup/systemd";
    char second[512], group[600], id[65];
    struct container *c = NULL;
    pid_t pid;

    if (access("/sys/fs/cgroup/systemd/cgroup.procs", W_OK) < 0)
        return;
    pid = start("docker/A", START_MNT | START_PID);
    (void)snprintf(second, sizeof second, "%s/%s", mounted, top);
    (void)snprintf(group, sizeof group, "%s/docker/%s", second, id_b);
    put(pid, group);
    look();
    ck_assert_ptr_nonnull(of_pid(pid));
    ck_assert(of_pid(pid)->contested);
    ck_assert_int_eq(of_pid(pid)->rival, 0);
    (void)snprintf(id, sizeof id, "%s", of_pid(pid)->id);
    ck_assert_int_lt(container_find(&options, id, &c, &err), 0);
    ck_assert_int_eq(err.code, ERROR_AMBIGUOUS);
    ck_assert_ptr_nonnull(strstr(err.message, "and another one"));
    (void)snprintf(group, sizeof group, "pid:%d", (int)pid);
    ck_assert_int_eq(container_find(&options, group, &c, &err), 0);
    ck_assert_int_eq(c->pid, pid);
    container_free(c);
    put(pid, mounted);
    ck_assert(remove_groups(second));
}
END_TEST

// A daemon that has container A, of this name and pid.
static void serve(int socket, pid_t pid)
{
    char list[512], details[512], request[4096];

    (void)snprintf(list, sizeof list, "[{\"Id\":\"%s\",\"Names\":[\"/%s\"],\"State\":\"running\"}]",
                   id_a, name);
    (void)snprintf(details, sizeof details,
                   "{\"Id\":\"%s\",\"Name\":\"/%s\",\"State\":{\"Running\":%s,\"Pid\":%d}}", id_a,
                   name, pid ? "true" : "false", (int)pid);
    for (;;) {
        int fd = accept4(socket, NULL, NULL, SOCK_CLOEXEC);
        ssize_t n;

        while (fd >= 0 && (n = read(fd, request, sizeof request - 1)) > 0) {
            const char *body;

            request[n] = '\0';
            body = strstr(request, "filters") ? (strstr(request, name) ? list : "[]") : details;

            (void)dprintf(fd,
                          "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: "
                          "application/json\r\nContent-Length: %zu\r\n\r\n%s",
                          strlen(body), body);
        }
        (void)close(fd);
    }
}

static void start_daemon(pid_t pid)
{
    static char path[TEMPORARY_SIZE + 16];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)snprintf(path, sizeof path, "%s/s", directory);
    (void)unlink(path);
    ck_assert_uint_lt(strlen(path), sizeof address.sun_path);
    strcpy(address.sun_path, path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, 4), 0);
    started[n_started] = fork();
    if (started[n_started] == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(fd, pid);
    }
    n_started++;
    (void)close(fd);
    options.docker_endpoint = path;
}

// A user who may make control groups, as systemd's users may, claims root's ids and names: root's
// is what is found, is not contested, and the user's goes by the user.
START_TEST(test_users_claims)
{
    static const char *const groups[] = {"docker/A", "lxc.payload.@", "scratch/@"};
    const char *const selectors[] = {id_a, name, name};
    const struct container *user;
    char selector[64];
    struct container *c = NULL;
    // The user's is the older one.
    pid_t users = start(groups[_i], START_MNT | START_PID | START_ROOT | START_USER);
    pid_t roots = start(groups[_i], START_MNT | START_PID | START_ROOT);

    ck_assert_msg(container_find(&options, selectors[_i], &c, &err) == 0, "%s", err.message);
    ck_assert_int_eq(c->pid, roots);
    ck_assert(!c->contested && !c->user);
    container_free(c);
    ck_assert_int_eq(snapshot_take(&options, &snapshot, &err), 0);
    user = of_pid(users);
    ck_assert_uint_eq(user->owner, USER);
    ck_assert(!user->contested);
    ck_assert_str_eq(user->user, "4711");
    ck_assert_str_ne(user->id, of_pid(roots)->id);
    (void)snprintf(selector, sizeof selector, "4711/%s", user->name);
    ck_assert_msg(container_find(&options, selector, &c, &err) == 0, "%s", err.message);
    ck_assert_int_eq(c->pid, users);
    container_free(c);
}
END_TEST

// Nothing of root's is there, and the user's is not taken for it.
START_TEST(test_users_name)
{
    pid_t users = start("lxc.payload.@", START_MNT | START_PID | START_ROOT | START_USER);
    char selector[64];
    struct container *c = NULL;

    ck_assert_int_lt(container_find(&options, name, &c, &err), 0);
    ck_assert_int_eq(err.code, ERROR_NO_CONTAINER);
    (void)snprintf(selector, sizeof selector, "lxc/%s", name);
    ck_assert_int_lt(container_find(&options, selector, &c, &err), 0);
    ck_assert_ptr_nonnull(strstr(err.hint, "4711/"));
    (void)snprintf(selector, sizeof selector, "pid:%d", (int)users);
    ck_assert_int_eq(container_find(&options, selector, &c, &err), 0);
    ck_assert_uint_eq(c->owner, USER);
    container_free(c);
}
END_TEST

// What a daemon says of the pid decides, if that process's group says so too.
START_TEST(test_daemon_decides)
{
    const char *const selectors[] = {id_a, name};
    pid_t attacker = start("docker/A", START_MNT | START_PID);
    pid_t victim = start("docker/A", START_MNT | START_PID);
    pid_t other = start("docker/B", START_MNT | START_PID);
    struct container *c = NULL;

    start_daemon(victim);
    for (size_t i = 0; i < ARRAY_SIZE(selectors); i++) {
        ck_assert_msg(container_find(&options, selectors[i], &c, &err) == 0, "%s", err.message);
        ck_assert_int_eq(c->pid, victim);
        ck_assert_uint_eq(c->mnt_ns, inode_of(victim, "mnt"));
        ck_assert(!c->contested);
        ck_assert_str_eq(c->name, name);
        container_free(c);
    }
    start_daemon(other);
    assert_refused(name, attacker, victim);
    start_daemon(0);
    assert_refused(name, attacker, victim);
}
END_TEST

// The only process that claims an id, and the daemon knows better.
START_TEST(test_daemon_contradicts)
{
    struct container *c = NULL;

    (void)start("docker/A", START_MNT | START_PID);
    start_daemon(0);
    ck_assert_int_lt(container_find(&options, id_a, &c, &err), 0);
    ck_assert_int_eq(err.code, ERROR_GONE);
}
END_TEST

START_TEST(test_pid)
{
    pid_t service = start(NULL, START_MNT), host = start(NULL, 0);
    pid_t init = start("docker/A", START_MNT | START_PID | START_NESTED);
    struct container *c = NULL;
    char selector[32];

    (void)snprintf(selector, sizeof selector, "pid:%d", (int)init);
    ck_assert_int_eq(container_find(&options, selector, &c, &err), 0);
    ck_assert_str_eq(c->id, id_a);
    ck_assert_str_eq(c->runtime, "docker");
    ck_assert_int_eq(c->pid, init);
    ck_assert_uint_eq(c->mnt_ns, inode_of(init, "mnt"));
    container_free(c);
    // Asked for by its number a service will do: the administrator has said what is meant.
    (void)snprintf(selector, sizeof selector, "pid:%d", (int)service);
    ck_assert_int_eq(container_find(&options, selector, &c, &err), 0);
    ck_assert_int_eq(c->pid, service);
    ck_assert_str_eq(c->runtime, "proc");
    container_free(c);
    (void)snprintf(selector, sizeof selector, "pid:%d", (int)host);
    ck_assert_int_lt(container_find(&options, selector, &c, &err), 0);
    ck_assert_int_eq(err.code, ERROR_NO_CONTAINER);
    ck_assert_ptr_nonnull(strstr(err.message, "the host's"));
    ck_assert_int_lt(container_find(&options, "pid:2147483647", &c, &err), 0);
    ck_assert_ptr_nonnull(strstr(err.message, "no process 2147483647"));
}
END_TEST

// By name, and without a daemon.
START_TEST(test_find)
{
    pid_t web = start("lxc.payload.@", START_MNT | START_PID | START_ROOT);
    struct container *c = NULL;
    char selector[64];

    (void)start("scratch/@", START_MNT | START_PID | START_ROOT);
    (void)start("docker/A", START_MNT);
    (void)snprintf(selector, sizeof selector, "lxc/%s", name);
    ck_assert_int_eq(container_find(&options, selector, &c, &err), 0);
    ck_assert_int_eq(c->pid, web);
    container_free(c);
    ck_assert_int_eq(container_find(&options, id_a, &c, &err), 0);
    ck_assert_str_eq(c->id, id_a);
    container_free(c);
    ck_assert_int_lt(container_find(&options, name, &c, &err), 0);
    ck_assert_int_eq(err.code, ERROR_AMBIGUOUS);
    ck_assert_int_lt(container_find(&options, "/web", &c, &err), 0);
    ck_assert_int_eq(err.code, ERROR_USAGE);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, test_contested, 0, ARRAY_SIZE(claims));
    tcase_add_test(tests, test_confirm);
    tcase_add_test(tests, test_confirm_said);
    tcase_add_test(tests, test_confirm_nameless);
    tcase_add_test(tests, test_two_hierarchies);
    tcase_add_loop_test(tests, test_users_claims, 0, 3);
    tcase_add_test(tests, test_users_name);
    tcase_add_test(tests, test_daemon_decides);
    tcase_add_test(tests, test_daemon_contradicts);
    tcase_add_test(tests, test_pid);
    tcase_add_test(tests, test_find);
}

int main(void)
{
    runner = getpid();
    return run_suite("find", add);
}
