#include "core/runtime/docker_disk.h"

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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/host/process.h"
#include "runner.h"
#include "temporary.h"

#define A16 "0123456789abcdef"
#define A   A16 A16 A16 A16

static const char good[] = "{\"ID\":\"" A "\",\"Name\":\"/web\",\"Config\":{\"Image\":\"nginx\"}}";

static struct error err;
static char root[TEMPORARY_SIZE];
static struct container container;
static struct docker_disk *disk;

static const char *path_of(const char *name)
{
    static char path[2 * TEMPORARY_SIZE];

    (void)snprintf(path, sizeof path, "%s/containers/" A "%s", root, name);
    return path;
}

static void write_file(const char *name, const char *text, size_t length, mode_t mode)
{
    ck_assert_int_eq(file_replace(path_of(name), text, length, mode, &err), 0);
    ck_assert_int_eq(chmod(path_of(name), mode), 0);
}

static void set_up(void)
{
    temporary_directory(root);
    ck_assert_int_eq(file_make_directories(path_of(""), 0700, &err), 0);
    container = (struct container){.id = strdup(A),
                                   .name = strdup(A16),
                                   .name_source = NAME_FROM_CGROUP,
                                   .runtime = strdup("docker")};
}

static void tear_down(void)
{
    char *const remove[] = {(char *)"rm", (char *)"-rf", (char *)"--", root, NULL};
    pid_t pid = fork();

    docker_disk_free(disk);
    free(container.id);
    free(container.name);
    free(container.runtime);
    free(container.image);
    json_decref(container.labels);
    json_decref(container.declared);
    if (pid == 0) {
        (void)execvp(remove[0], remove);
        _exit(127);
    }
    (void)waitpid(pid, NULL, 0);
}

static int fill(const char *data_root)
{
    docker_disk_free(disk);
    ck_assert_int_eq(docker_disk_new(data_root, &disk, &err), 0);
    return docker_disk_fill(disk, &container, &err);
}

START_TEST(test_found)
{
    write_file("/config.v2.json", good, strlen(good), 0600);
    ck_assert_int_eq(fill(root), 0);
    ck_assert_str_eq(container.name, "web");
    ck_assert_int_eq(container.name_source, NAME_FROM_DISK);
    ck_assert_str_eq(container.image, "nginx");
}
END_TEST

static void make_nothing(void)
{
}

static void make_foreign(void)
{
    write_file("/config.v2.json", good, strlen(good), 0600);
    ck_assert_int_eq(chown(path_of("/config.v2.json"), 65534, 65534), 0);
}

static void make_writable(void)
{
    write_file("/config.v2.json", good, strlen(good), 0602);
}

static void make_link(void)
{
    write_file("/other", good, strlen(good), 0600);
    ck_assert_int_eq(symlink("other", path_of("/config.v2.json")), 0);
}

static void make_fifo(void)
{
    ck_assert_int_eq(mkfifo(path_of("/config.v2.json"), 0600), 0);
}

static void make_directory(void)
{
    ck_assert_int_eq(mkdir(path_of("/config.v2.json"), 0600), 0);
}

static void make_large(void)
{
    size_t length = 1024 * 1024 + 1;
    char *text = malloc(length);

    ck_assert_ptr_nonnull(text);
    memset(text, ' ', length);
    memcpy(text, good, strlen(good));
    write_file("/config.v2.json", text, length, 0600);
    free(text);
}

static void make_empty(void)
{
    write_file("/config.v2.json", "", 0, 0600);
}

static void make_cut_off(void)
{
    write_file("/config.v2.json", good, strlen(good) / 2, 0600);
}

static void (*const faults[])(void) = {
    make_nothing,   make_foreign, make_writable, make_link,    make_fifo,
    make_directory, make_large,   make_empty,    make_cut_off,
};

START_TEST(test_fault)
{
    faults[_i]();
    ck_assert_int_eq(fill(root), 1);
    ck_assert_str_eq(container.name, A16);
    ck_assert_int_eq(container.name_source, NAME_FROM_CGROUP);
}
END_TEST

START_TEST(test_no_such_root)
{
    ck_assert_int_eq(fill("/nonexistent/docker"), 1);
    ck_assert_int_eq(fill(NULL), 1);
}
END_TEST

START_TEST(test_other_ids)
{
    static const char *const ids[] = {"web", "../../etc", ""};

    write_file("/config.v2.json", good, strlen(good), 0600);
    for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
        free(container.id);
        container.id = strdup(ids[i]);
        ck_assert_int_eq(fill(root), 1);
    }
}
END_TEST

// A process that has DATAROOT/containers/ID/hostname as its /etc/hostname, as dockerd makes it.
static pid_t start_container(void)
{
    int ready[2];
    char byte;
    pid_t pid;

    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount(path_of("/hostname"), "/etc/hostname", NULL, MS_BIND, NULL) < 0 ||
            write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            (void)pause();
    }
    (void)close(ready[1]);
    ck_assert_msg(read(ready[0], &byte, 1) == 1, "the process could not mount");
    (void)close(ready[0]);
    return pid;
}

START_TEST(test_found_by_mount)
{
    struct process process = PROCESS_INIT;
    pid_t pid;

    write_file("/config.v2.json", good, strlen(good), 0600);
    write_file("/hostname", "web\n", 4, 0644);
    pid = start_container();
    ck_assert_int_eq(process_open(pid, &process, &err), 0);
    container.pid = pid;
    container.start_time = process.start_time + 1; // another process with the same pid
    ck_assert_int_eq(fill(NULL), 1);
    container.start_time = process.start_time;
    ck_assert_int_eq(docker_disk_fill(disk, &container, &err), 0);
    ck_assert_str_eq(container.name, "web");
    // From now on the data root is known, whatever the next one has mounted.
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
    process_done(&process);
    free(container.name);
    container.name = strdup("again");
    container.pid = 0;
    ck_assert_int_eq(docker_disk_fill(disk, &container, &err), 0);
    ck_assert_str_eq(container.name, "web");
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_found);
    tcase_add_loop_test(tests, test_fault, 0, ARRAY_SIZE(faults));
    tcase_add_test(tests, test_no_such_root);
    tcase_add_test(tests, test_other_ids);
    tcase_add_test(tests, test_found_by_mount);
}

int main(void)
{
    return run_suite("docker_disk", add);
}
