#include "core/runtime/docker_disk.h"

#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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
static char directory[TEMPORARY_SIZE]; // where a container's root is mounted
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
    temporary_directory(directory);
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

    (void)rmdir(directory);
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

enum place { PLACE_HOST, PLACE_ROOT, PLACE_VOLUME };

// A process that has DATAROOT/containers/ID/hostname as a mount, as dockerd makes it. Its root is
// of its own, or the host's that the data root is in too; a volume is the data root itself.
static pid_t start_container(enum place place)
{
    int ready[2];
    char byte, inside[TEMPORARY_SIZE + 16], volume[TEMPORARY_SIZE + 16];
    pid_t pid;

    (void)snprintf(inside, sizeof inside, "%s/hostname", directory);
    (void)snprintf(volume, sizeof volume, "%s/volume", directory);
    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("none", directory, "tmpfs", 0, NULL) < 0 || close(creat(inside, 0644)) < 0 ||
            mkdir(volume, 0755) < 0 ||
            mount(path_of("/hostname"), inside, NULL, MS_BIND, NULL) < 0 ||
            (place == PLACE_VOLUME && mount(root, volume, NULL, MS_BIND, NULL) < 0) ||
            (place != PLACE_ROOT &&
             (chdir(directory) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
              umount2(".", MNT_DETACH) < 0)) ||
            write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            (void)pause();
    }
    (void)close(ready[1]);
    ck_assert_msg(read(ready[0], &byte, 1) == 1, "the process could not mount");
    (void)close(ready[0]);
    container.pid = pid;
    return pid;
}

static void end(pid_t pid)
{
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}

static void write_container(void)
{
    write_file("/config.v2.json", good, strlen(good), 0600);
    write_file("/hostname", "web\n", 4, 0644);
}

static uint64_t start_time_of(pid_t pid)
{
    _cleanup_process_ struct process process = PROCESS_INIT;

    ck_assert_int_eq(process_open(pid, &process, &err), 0);
    return process.start_time;
}

START_TEST(test_found_by_mount)
{
    pid_t pid;

    write_container();
    pid = start_container(PLACE_HOST);
    container.start_time = start_time_of(pid) + 1; // another process with the same pid
    ck_assert_int_eq(fill(NULL), 1);
    container.start_time--;
    ck_assert_int_eq(docker_disk_fill(disk, &container, &err), 0);
    ck_assert_str_eq(container.name, "web");
    // What one container has mounted says nothing of the next.
    end(pid);
    free(container.name);
    container.name = strdup("again");
    container.pid = 0;
    ck_assert_int_eq(docker_disk_fill(disk, &container, &err), 1);
    ck_assert_str_eq(container.name, "again");
}
END_TEST

// What a container may have written itself: in its root, in a volume.
static const enum place own_places[] = {PLACE_ROOT, PLACE_VOLUME};

START_TEST(test_containers_own)
{
    pid_t pid;

    write_container();
    pid = start_container(own_places[_i]);
    container.start_time = start_time_of(pid);
    ck_assert_int_eq(fill(NULL), 1);
    ck_assert_str_eq(container.name, A16);
    end(pid);
}
END_TEST

// Another user's directory anywhere on the way, or one that others may write to.
START_TEST(test_not_roots_own)
{
    const char *directories[] = {root, NULL};
    pid_t pid;

    write_container();
    pid = start_container(PLACE_HOST);
    container.start_time = start_time_of(pid);
    directories[1] = path_of("");
    ck_assert_int_eq(chown(directories[_i], 65534, 0), 0);
    ck_assert_int_eq(fill(NULL), 1);
    ck_assert_int_eq(chown(directories[_i], 0, 0), 0);
    ck_assert_int_eq(chmod(directories[_i], 0777), 0);
    ck_assert_int_eq(fill(NULL), 1);
    ck_assert_int_eq(chmod(directories[_i], 0755), 0);
    ck_assert_int_eq(fill(NULL), 0);
    end(pid);
}
END_TEST

// An overlay of the host's is some container's root.
START_TEST(test_on_overlay)
{
    char lower[TEMPORARY_SIZE], options[4 * TEMPORARY_SIZE];
    pid_t pid;

    ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    temporary_directory(lower);
    ck_assert_int_eq(mount("none", lower, "tmpfs", 0, NULL), 0);
    (void)snprintf(options, sizeof options, "%s/up", lower);
    ck_assert_int_eq(mkdir(options, 0755), 0);
    (void)snprintf(options, sizeof options, "%s/work", lower);
    ck_assert_int_eq(mkdir(options, 0755), 0);
    (void)snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s/up,workdir=%s/work", root,
                   lower, lower);
    ck_assert_int_eq(mount("overlay", root, "overlay", 0, options), 0);
    strcat(root, "/docker");
    ck_assert_int_eq(file_make_directories(path_of(""), 0700, &err), 0);
    write_container();
    pid = start_container(PLACE_HOST);
    container.start_time = start_time_of(pid);
    ck_assert_int_eq(fill(NULL), 1);
    end(pid);
    *strrchr(root, '/') = '\0';
    ck_assert_int_eq(umount2(root, MNT_DETACH), 0);
    ck_assert_int_eq(umount2(lower, MNT_DETACH), 0);
    ck_assert_int_eq(rmdir(lower), 0);
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
    tcase_add_loop_test(tests, test_containers_own, 0, ARRAY_SIZE(own_places));
    tcase_add_loop_test(tests, test_not_roots_own, 0, 2);
    tcase_add_test(tests, test_on_overlay);
}

int main(void)
{
    return run_suite("docker_disk", add);
}
