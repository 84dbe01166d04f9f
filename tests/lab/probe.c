/*
 * Looks and touches from inside a container that has no shell. Static, so that it runs in any
 * image.
 *
 *   probe write PATH     make and remove a file in the directory, or open the file for writing
 *   probe read PATH      print the file
 *   probe ls PATH        print the names in the directory
 *   probe mounts         print the own mountinfo
 *   probe statfs PATH    print "type HEX flags WORDS"
 *   probe ro PATH        try to write, to make the mount writable and to unmount it: one line each
 *   probe pause          wait for TERM: a container's only process
 *
 * write and ro print "WHAT ok" or "WHAT ERRNO" as EROFS. Exit status: 0 if the thing worked (ro:
 * if nothing worked), 1 if not, 2 usage.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

static int say(const char *what, int result)
{
    const char *name = result < 0 ? strerrorname_np(errno) : "ok";

    printf("%s %s\n", what, name ? name : "unknown");
    return result < 0 ? 1 : 0;
}

static int touch(const char *path)
{
    struct stat st;
    char file[4096];
    uint64_t random = 0;
    int fd;

    if (stat(path, &st) != 0)
        return -1;
    if (!S_ISDIR(st.st_mode)) {
        fd = open(path, O_WRONLY | O_CLOEXEC);
        return fd < 0 ? -1 : close(fd);
    }
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        return -1;
    snprintf(file, sizeof file, "%s/.probe-%016llx", path, (unsigned long long)random);
    fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    close(fd);
    return unlink(file);
}

static int probe_write(const char *path)
{
    return say("write", touch(path));
}

static int probe_read(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char buffer[65536];
    ssize_t n;

    if (fd < 0)
        return say("read", -1);
    while ((n = read(fd, buffer, sizeof buffer)) > 0)
        if (fwrite(buffer, 1, (size_t)n, stdout) != (size_t)n)
            break;
    close(fd);
    return n == 0 ? 0 : say("read", -1);
}

static int probe_ls(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;

    if (!d)
        return say("ls", -1);
    errno = 0;
    while ((e = readdir(d)))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            puts(e->d_name);
    closedir(d);
    return 0;
}

static int probe_statfs(const char *path)
{
    static const struct {
        unsigned long flag;
        const char *name;
    } flags[] = {
        {ST_RDONLY, "ro"}, {ST_NOSUID, "nosuid"}, {ST_NODEV, "nodev"}, {ST_NOEXEC, "noexec"}};
    struct statfs type;
    struct statvfs fs;

    if (statfs(path, &type) != 0 || statvfs(path, &fs) != 0)
        return say("statfs", -1);
    printf("type %lx flags", (unsigned long)type.f_type);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (fs.f_flag & flags[i].flag)
            printf(" %s", flags[i].name);
    putchar('\n');
    return 0;
}

/* Never a remount of the filesystem itself (MS_REMOUNT without MS_BIND): where it worked, it would
 * change the host's. */
static int probe_ro(const char *path)
{
    struct {
        uint64_t set, clear, propagation, userns;
    } writable = {.clear = 1 /* MOUNT_ATTR_RDONLY */};
    int tree, failed = 0;

    failed += say("write", touch(path));
    failed += say("remount-bind", mount("", path, "", MS_REMOUNT | MS_BIND, ""));
    failed += say("mount_setattr",
                  (int)syscall(SYS_mount_setattr, AT_FDCWD, path, 0, &writable, sizeof writable));
    tree = (int)syscall(SYS_open_tree, AT_FDCWD, path, 1 /* OPEN_TREE_CLONE */);
    failed += say("open_tree-clone", tree);
    if (tree >= 0)
        failed += say("clone-setattr", (int)syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH,
                                                    &writable, sizeof writable));
    failed += say("umount", umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW));
    return failed == (tree >= 0 ? 6 : 5) ? 0 : 1;
}

static int probe_pause(void)
{
    sigset_t end;
    int signal;

    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    sigaddset(&end, SIGINT);
    sigprocmask(SIG_BLOCK, &end, NULL);
    return sigwait(&end, &signal);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const char *path);
    } probes[] = {{"write", probe_write},
                  {"read", probe_read},
                  {"ls", probe_ls},
                  {"statfs", probe_statfs},
                  {"ro", probe_ro}};

    if (argc == 2 && strcmp(argv[1], "mounts") == 0)
        return probe_read("/proc/self/mountinfo");
    if (argc == 2 && strcmp(argv[1], "pause") == 0)
        return probe_pause();
    for (size_t i = 0; argc == 3 && i < sizeof probes / sizeof *probes; i++)
        if (strcmp(argv[1], probes[i].name) == 0)
            return probes[i].run(argv[2]);
    fputs("usage: probe write|read|ls|statfs|ro PATH | probe mounts|pause\n", stderr);
    return 2;
}
