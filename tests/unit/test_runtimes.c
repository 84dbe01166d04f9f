// What the runtimes beside Docker leave on the disk and on command lines, well and badly made.
#include "core/runtime/backend.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/host/process.h"
#include "core/host/userns.h"
#include "core/runtime/containerd_json.h"
#include "core/runtime/docker_endpoint.h"
#include "core/runtime/docker_merge.h"
#include "core/runtime/docker_request.h"
#include "core/runtime/nspawn_name.h"
#include "core/runtime/podman_disk.h"
#include "runner.h"
#include "temporary.h"

#define A16  "0123456789abcdef"
#define A    A16 A16 A16 A16
#define B16  "fedcba9876543210"
#define B    B16 B16 B16 B16
#define USER 4711

static struct error err;
static char directory[TEMPORARY_SIZE];
static struct container container;

static struct container a_container(const char *id, const char *runtime)
{
    return (struct container){.id = strdup(id),
                              .name = strndup(id, 12),
                              .name_source = NAME_FROM_CGROUP,
                              .runtime = strdup(runtime),
                              .pid = 1};
}

static void set_up(void)
{
    temporary_directory(directory);
    container = a_container(A, "podman");
}

static void tear_down(void)
{
    char *const remove[] = {(char *)"rm", (char *)"-rf", (char *)"--", directory, NULL};
    pid_t pid = fork();

    container_done(&container);
    if (pid == 0) {
        (void)execvp(remove[0], remove);
        _exit(127);
    }
    (void)waitpid(pid, NULL, 0);
}

// ---- containers.json: the file ----

static const char good[] = "[{\"id\":\"" A "\",\"names\":[\"web\",\"other\"],\"metadata\":"
                           "\"{\\\"image-name\\\":\\\"nginx:1\\\",\\\"name\\\":\\\"web\\\"}\"}]";

static const char *path_of(const char *name)
{
    static char path[2 * TEMPORARY_SIZE];

    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void write_file(const char *name, const char *text, size_t length, mode_t mode)
{
    ck_assert_int_eq(file_replace(path_of(name), text, length, mode, &err), 0);
    ck_assert_int_eq(chmod(path_of(name), mode), 0);
}

#define FILE_NAME "containers.json"

static void make_nothing(void)
{
}

static void make_foreign(void)
{
    write_file(FILE_NAME, good, strlen(good), 0600);
    ck_assert_int_eq(chown(path_of(FILE_NAME), USER, USER), 0);
}

static void make_writable(void)
{
    write_file(FILE_NAME, good, strlen(good), 0662);
}

static void make_link(void)
{
    write_file("other", good, strlen(good), 0600);
    ck_assert_int_eq(symlink("other", path_of(FILE_NAME)), 0);
}

static void make_fifo(void)
{
    ck_assert_int_eq(mkfifo(path_of(FILE_NAME), 0600), 0);
}

static void make_directory(void)
{
    ck_assert_int_eq(mkdir(path_of(FILE_NAME), 0700), 0);
}

// As large as it says it is, and nothing of it is on the disk.
static void make_large(void)
{
    write_file(FILE_NAME, good, strlen(good), 0600);
    ck_assert_int_eq(truncate(path_of(FILE_NAME), 1LL << 40), 0);
}

static void make_empty(void)
{
    write_file(FILE_NAME, "", 0, 0600);
}

static void make_cut(void)
{
    write_file(FILE_NAME, good, strlen(good) - 3, 0600);
}

static void (*const bad_files[])(void) = {
    make_nothing,   make_foreign, make_writable, make_link, make_fifo,
    make_directory, make_large,   make_empty,    make_cut,
};

static int fill(void)
{
    _cleanup_podman_disk_ struct podman_disk *disk = NULL;

    ck_assert_int_eq(podman_disk_new(&disk, &err), 0);
    return podman_disk_fill(disk, directory, &container, &err);
}

START_TEST(test_podman_good)
{
    write_file(FILE_NAME, good, strlen(good), 0600);
    ck_assert_int_eq(fill(), 0);
    ck_assert_str_eq(container.name, "web");
    ck_assert_int_eq(container.name_source, NAME_FROM_DISK);
    ck_assert_str_eq(container.image, "nginx:1");
}
END_TEST

START_TEST(test_podman_bad_file)
{
    bad_files[_i]();
    ck_assert_int_eq(fill(), 1);
    ck_assert_str_eq(container.name, "0123456789ab");
    ck_assert_int_eq(container.name_source, NAME_FROM_CGROUP);
}
END_TEST

// ---- containers.json: its text ----

static const struct {
    const char *text, *name, *image; // name NULL: nothing is said of it
} podman_texts[] = {
    {"[]", NULL, NULL},
    {"{}", NULL, NULL},
    {"[1,null,\"" A "\",[],{\"id\":7},{\"id\":\"" B "\",\"names\":[\"other\"]}]", NULL, NULL},
    {"[{\"id\":\"../../../etc\",\"names\":[\"x\"]}]", NULL, NULL},
    {"[{\"id\":\"" A "\"}]", "0123456789ab", NULL},
    {"[{\"id\":\"" A "\",\"names\":{},\"metadata\":[]}]", "0123456789ab", NULL},
    {"[{\"id\":\"" A "\",\"names\":[7],\"metadata\":\"{\"}]", "0123456789ab", NULL},
    {"[{\"id\":\"" A "\",\"names\":[\"\"]}]", "0123456789ab", NULL},
    {"[{\"id\":\"" A "\",\"names\":[\"\\u001b[2Jx\\u0000y\"]}]", "\xef\xbf\xbd[2Jx\xef\xbf\xbdy",
     NULL},
    {"[{\"id\":\"" A "\",\"names\":[\"one\"]},{\"id\":\"" A "\",\"names\":[\"two\"]}]", "one",
     NULL},
    {"[{\"id\":\"" A "\",\"names\":[\"w\"],\"metadata\":\"{\\\"image-name\\\":7}\"}]", "w", NULL},
    {"[{\"id\":\"" A
     "\",\"names\":[\"w\"],\"metadata\":\"{\\\"image-name\\\":\\\"\\\\u001bi\\\"}\"}]",
     "w", "\xef\xbf\xbdi"},
};

START_TEST(test_podman_text)
{
    write_file(FILE_NAME, podman_texts[_i].text, strlen(podman_texts[_i].text), 0600);
    ck_assert_int_eq(fill(), podman_texts[_i].name ? 0 : 1);
    ck_assert_str_eq(container.name,
                     podman_texts[_i].name ? podman_texts[_i].name : "0123456789ab");
    ck_assert_pstr_eq(container.image, podman_texts[_i].image);
}
END_TEST

// ---- containerd's config.json ----

#define CRI "io.kubernetes.cri."
static const struct {
    const char *annotations;
    int result;
    const char *name, *pod, *image;
} bundles[] = {
    {"{\"" CRI "container-type\":\"container\",\"" CRI "container-name\":\"app\",\"" CRI
     "sandbox-name\":\"front\",\"" CRI "sandbox-namespace\":\"shop\",\"" CRI
     "image-name\":\"nginx:1\"}",
     0, "app", "shop/front", "nginx:1"},
    {"{\"" CRI "container-type\":\"sandbox\",\"" CRI "sandbox-name\":\"front\"}", 1, NULL, NULL,
     NULL},
    {"{\"nerdctl/name\":\"web\"}", 0, "web", NULL, NULL},
    {"{\"" CRI "container-name\":7,\"" CRI "sandbox-name\":[],\"" CRI "sandbox-namespace\":{}}", 0,
     NULL, NULL, NULL},
    {"{\"" CRI "sandbox-name\":\"front\"}", 0, NULL, NULL, NULL},
    {"{\"" CRI "container-name\":\"\\u001b]0;x\\u0007\",\"" CRI "sandbox-name\":\"\\u0000\",\"" CRI
     "sandbox-namespace\":\"s\"}",
     0, "\xef\xbf\xbd]0;x\xef\xbf\xbd", "s/\xef\xbf\xbd", NULL},
    {"[]", 0, NULL, NULL, NULL},
    {"null", 0, NULL, NULL, NULL},
    {"{", -EPROTO, NULL, NULL, NULL},
    {"{\"a\":1,\"a\":2}", -EPROTO, NULL, NULL, NULL},
};

START_TEST(test_bundle)
{
    char text[1024];

    (void)snprintf(text, sizeof text, "{\"ociVersion\":\"1.0.2\",\"annotations\":%s}",
                   bundles[_i].annotations);
    ck_assert_int_eq(containerd_json_bundle(text, strlen(text), &container, &err),
                     bundles[_i].result);
    ck_assert_str_eq(container.name, bundles[_i].name ? bundles[_i].name : "0123456789ab");
    ck_assert_pstr_eq(container.pod, bundles[_i].pod);
    ck_assert_pstr_eq(container.image, bundles[_i].image);
}
END_TEST

// ---- systemd-nspawn's command line ----

static const struct {
    const char *arguments[9];
    const char *name; // NULL: none
} nspawns[] = {
    {{"systemd-nspawn", "--machine=web", "-D", "/srv/x"}, "web"},
    {{"systemd-nspawn", "-q", "-M", "web"}, "web"},
    {{"/usr/bin/systemd-nspawn", "--machine", "web", "--directory=/srv/x"}, "web"},
    {{"systemd-nspawn", "-qbMweb"}, "web"},
    {{"systemd-nspawn", "-qbD", "/var/lib/machines/db/"}, "db"},
    {{"systemd-nspawn", "--directory=/srv/x", "-M", "web"}, "web"},
    {{"systemd-nspawn", "-i", "/srv/disk.raw", "-b"}, "disk"},
    {{"systemd-nspawn", "--bind", "/x", "--setenv=A=--machine=no", "-M", "web"}, "web"},
    // What is behind the first word that is no option is the container's own program's.
    {{"systemd-nspawn", "-D", "/srv/x", "/bin/prog", "--machine=other"}, "x"},
    {{"systemd-nspawn", "-D", "/srv/x", "--", "--machine=other"}, "x"},
    {{"systemd-nspawn", "-D", "/srv/x", "--as-pid2", "prog", "-M", "other"}, "x"},
    {{"systemd-nspawn", "--machine=../../etc"}, "etc"},
    {{"systemd-nspawn", "-M", ""}, NULL},
    {{"systemd-nspawn", "-M"}, "cwd"},
    {{"systemd-nspawn", "-D", "."}, "cwd"},
    {{NULL}, "cwd"},
};

START_TEST(test_nspawn)
{
    _cleanup_close_ int proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    char name[NSPAWN_NAME_SIZE] = "";

    ck_assert_int_eq(mkdir(path_of("cwd"), 0755), 0);
    ck_assert_int_eq(chdir(path_of("cwd")), 0);
    ck_assert_int_eq(nspawn_name(nspawns[_i].arguments, proc, name), nspawns[_i].name ? 0 : 1);
    ck_assert_str_eq(name, nspawns[_i].name ? nspawns[_i].name : "");
    ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

// ---- whose it is ----

static bool write_own(const char *path, const char *text)
{
    _cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

    return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

// Who is not mapped makes no further one.
static bool map_user(void)
{
    return prctl(PR_SET_DUMPABLE, 1) == 0 && write_own("/proc/self/uid_map", "4711 4711 1") &&
           write_own("/proc/self/setgroups", "deny") && write_own("/proc/self/gid_map", "0 0 1");
}

START_TEST(test_owner)
{
    _cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC), proc = -1;
    uint64_t host = process_ns_inode(self, PROCESS_NS_USER);
    int ready[2];
    char byte, path[32];
    pid_t pid;

    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    pid = fork();
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        // Twice, where the second namespace is the one of somebody inside.
        if ((_i > 0 && setresuid(USER, USER, USER) < 0) || unshare(CLONE_NEWUSER) < 0 ||
            (_i > 1 && (!map_user() || unshare(CLONE_NEWUSER) < 0)) || write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            (void)pause();
    }
    (void)close(ready[1]);
    ck_assert_int_eq((int)read(ready[0], &byte, 1), 1);
    (void)close(ready[0]);
    (void)snprintf(path, sizeof path, "/proc/%d", (int)pid);
    proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    ck_assert_uint_eq(userns_owner(proc, host), _i > 0 ? USER : 0);
    ck_assert_uint_eq(userns_owner(self, host), 0);
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}
END_TEST

// A user's service names nothing of root's, nor root's what is a user's.
START_TEST(test_merge_owner)
{
    static const uid_t owners[][2] = {{0, 0}, {0, USER}, {USER, 0}, {USER, USER}};
    uid_t of = owners[_i][0], by = owners[_i][1];
    _cleanup_container_list_ struct container_list list = {.items = NULL}, said = {.items = NULL};
    struct docker_matches matches;

    *container_list_add(&list) = a_container(A, "podman");
    list.items[0].owner = of;
    *container_list_add(&said) = a_container(A, "podman");
    free(said.items[0].name);
    said.items[0].name = strdup("said");
    said.items[0].name_source = NAME_FROM_DAEMON;
    said.items[0].pid = 0;
    ck_assert_int_eq(docker_merge(&list, &said, by, &matches), 0);
    ck_assert_uint_eq(matches.here, of == by);
    ck_assert_str_eq(list.items[0].name, of == by ? "said" : "0123456789ab");
}
END_TEST

// ---- a user's socket ----

static void make_users_directory(void)
{
    const char *const directories[] = {"/run/user", "/run/user/4711", "/run/user/4711/podman"};

    ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    ck_assert_int_eq(mount("run", "/run", "tmpfs", 0, "mode=0755"), 0);
    for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
        ck_assert_int_eq(mkdir(directories[i], 0755), 0);
    ck_assert_int_eq(chown(directories[1], USER, USER), 0);
    ck_assert_int_eq(chown(directories[2], USER, USER), 0);
}

#define SOCKET "/run/user/4711/podman/podman.sock"

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_uint_lt(strlen(path), sizeof address.sun_path);
    (void)strcpy(address.sun_path, path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, 4), 0);
    return fd;
}

static void place_nothing(void)
{
}

static void place_file(void)
{
    ck_assert_int_eq(file_replace(SOCKET, "", 0, 0600, &err), 0);
}

static void place_roots(void)
{
    (void)listen_at(SOCKET);
}

static void place_link(void)
{
    (void)listen_at("/run/roots");
    ck_assert_int_eq(symlink("/run/roots", SOCKET), 0);
}

static void place_linked_directory(void)
{
    ck_assert_int_eq(mkdir("/run/elsewhere", 0755), 0);
    (void)listen_at("/run/elsewhere/podman.sock");
    ck_assert_int_eq(rmdir("/run/user/4711/podman"), 0);
    ck_assert_int_eq(symlink("/run/elsewhere", "/run/user/4711/podman"), 0);
}

static void place_mount(void)
{
    ck_assert_int_eq(mount("x", "/run/user/4711/podman", "tmpfs", 0, NULL), 0);
    (void)listen_at(SOCKET);
    ck_assert_int_eq(chown(SOCKET, USER, USER), 0);
}

static const struct {
    void (*place)(void);
    int result;
    const char *says;
} sockets[] = {
    {place_nothing, 1, NULL},
    {place_file, -EPERM, "no socket"},
    {place_roots, -EPERM, "another user's"},
    {place_link, -EPERM, "symbolic link"},
    {place_linked_directory, -EPERM, "symbolic link"},
    {place_mount, -EPERM, "another filesystem"},
};

START_TEST(test_users_socket)
{
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};

    make_users_directory();
    sockets[_i].place();
    ck_assert_int_eq(docker_endpoint_of_user(PODMAN_SERVICE, USER, &endpoint, &err),
                     sockets[_i].result);
    if (sockets[_i].says)
        ck_assert_msg(strstr(err.message, sockets[_i].says) != NULL, "%s", err.message);
}
END_TEST

static void serve(int fd)
{
    static const char answer[] =
        "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\n[]";
    char request[4096];
    int client;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    client = accept(fd, NULL, NULL);
    while (client >= 0 && recv(client, request, sizeof request, 0) > 0)
        (void)send(client, answer, sizeof answer - 1, MSG_NOSIGNAL);
    _exit(0);
}

// The socket is the user's; who listens there is the user, or somebody else, whose word is not
// taken. The kernel notes who called listen(2).
START_TEST(test_users_peer)
{
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};
    _cleanup_docker_request_ struct docker_request request = {.http = NULL};
    _cleanup_docker_answer_ struct docker_answer answer = {.body = NULL};
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SOCKET};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), r;
    pid_t pid;

    make_users_directory();
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(chown(SOCKET, USER, USER), 0);
    ck_assert_int_eq(setresuid(-1, _i == 0 ? USER : USER + 1, 0), 0);
    ck_assert_int_eq(listen(fd, 4), 0);
    ck_assert_int_eq(setresuid(-1, 0, 0), 0);
    pid = fork();
    if (pid == 0)
        serve(fd);
    (void)close(fd);
    ck_assert_int_eq(docker_endpoint_of_user(PODMAN_SERVICE, USER, &endpoint, &err), 0);
    r = docker_request_start(&endpoint, "/containers/json", 5000, &request, &err);
    if (r == 0)
        r = docker_request_finish(&request, &answer, &err);
    if (_i == 0) {
        ck_assert_msg(r == 0, "%s", err.message);
        ck_assert_uint_eq(answer.peer, USER);
    } else {
        ck_assert_int_eq(r, -EPERM);
        ck_assert_int_eq(err.code, ERROR_UNSAFE);
    }
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}
END_TEST

static void add_tests(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, test_podman_good);
    tcase_add_loop_test(tcase, test_podman_bad_file, 0, ARRAY_SIZE(bad_files));
    tcase_add_loop_test(tcase, test_podman_text, 0, ARRAY_SIZE(podman_texts));
    tcase_add_loop_test(tcase, test_bundle, 0, ARRAY_SIZE(bundles));
    tcase_add_loop_test(tcase, test_nspawn, 0, ARRAY_SIZE(nspawns));
    tcase_add_loop_test(tcase, test_owner, 0, 3);
    tcase_add_loop_test(tcase, test_merge_owner, 0, 4);
    tcase_add_loop_test(tcase, test_users_socket, 0, ARRAY_SIZE(sockets));
    tcase_add_loop_test(tcase, test_users_peer, 0, 2);
}

int main(void)
{
    return run_suite("runtimes", add_tests);
}
