/*
 * Root inside a container, with CAP_SYS_ADMIN there, tries to get more out of a mount than it was
 * given. Static, so that it runs in any image.
 *
 *   peeler try TARGET
 *   peeler euid          print the effective user id
 *
 * Tries each attack on the mount at TARGET that could get something, and prints a line for it:
 * "NAME ERRNO" when it was refused, "NAME got-it" when it went well; but for the last one, what it
 * got is put back. TARGET/sub is a mount below it, if there is one, TARGET/null a device node, and
 * TARGET/peeler a set-user-ID copy of this program.
 *
 * Exit status: 0 all were refused, 1 one of them got it, 2 usage.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLONE_TREE   1U /* OPEN_TREE_CLONE */
#define RECURSIVELY  0x8000U
#define FROM_EMPTY   4U /* MOVE_MOUNT_F_EMPTY_PATH */
#define ATTR_RDONLY  1U
#define ATTR_NOSUID  2U
#define ATTR_NODEV   4U
#define ATTR_NOEXEC  8U
#define PICK_EMPTY   8U /* FSPICK_EMPTY_PATH */
#define RECONFIGURE  7U /* FSCONFIG_CMD_RECONFIGURE */
#define SETTING_FLAG 0U /* FSCONFIG_SET_FLAG */

struct attr {
    uint64_t set, clear, propagation, userns;
};

static const char *target;
static char sub[4096], aside[] = "/tmp/peeler-XXXXXX";

static int clear_flags(int dirfd, const char *path, unsigned flags, uint64_t bits)
{
    struct attr attr = {.clear = bits};

    return (int)syscall(SYS_mount_setattr, dirfd, path, flags, &attr, sizeof attr);
}

/* Those of the four that the mount has. */
static uint64_t flags_of_target(void)
{
    struct statvfs at;

    if (statvfs(target, &at) < 0)
        return 0;
    return (at.f_flag & ST_RDONLY ? ATTR_RDONLY : 0) | (at.f_flag & ST_NOSUID ? ATTR_NOSUID : 0) |
           (at.f_flag & ST_NODEV ? ATTR_NODEV : 0) | (at.f_flag & ST_NOEXEC ? ATTR_NOEXEC : 0);
}

static int put_back(uint64_t bits)
{
    struct attr attr = {.set = bits};

    return (int)syscall(SYS_mount_setattr, AT_FDCWD, target, 0, &attr, sizeof attr);
}

static int write_in(const char *directory)
{
    char path[4200];
    int fd;

    snprintf(path, sizeof path, "%s/.peeler", directory);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    close(fd);
    return unlink(path);
}

static int try_write(void)
{
    return write_in(target);
}

static int try_remount(void)
{
    uint64_t flags = flags_of_target();

    return mount(NULL, target, NULL, MS_REMOUNT | MS_BIND, NULL) < 0 ? -1 : put_back(flags);
}

static int clear_one(uint64_t bit)
{
    return clear_flags(AT_FDCWD, target, 0, bit) < 0 ? -1 : put_back(bit);
}

static int try_clear_ro(void)
{
    return clear_one(ATTR_RDONLY);
}

static int try_clear_nosuid(void)
{
    return clear_one(ATTR_NOSUID);
}

static int try_clear_nodev(void)
{
    return clear_one(ATTR_NODEV);
}

static int try_clear_noexec(void)
{
    return clear_one(ATTR_NOEXEC);
}

/* A clone whose flags are lifted before it is attached elsewhere. */
static int try_clone(void)
{
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, target, CLONE_TREE | RECURSIVELY), r;

    if (tree < 0)
        return -1;
    r = clear_flags(tree, "", AT_EMPTY_PATH | RECURSIVELY, ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV);
    if (r == 0)
        r = (int)syscall(SYS_move_mount, tree, "", AT_FDCWD, aside, FROM_EMPTY);
    if (r == 0) {
        r = write_in(aside);
        umount2(aside, MNT_DETACH);
    }
    close(tree);
    return r;
}

/* The superblock's own flag, which would show on the host. */
static int try_superblock(void)
{
    int dir = open(target, O_PATH | O_CLOEXEC), fs, r;

    if (dir < 0)
        return -1;
    fs = (int)syscall(SYS_fspick, dir, "", PICK_EMPTY);
    if (fs < 0)
        return -1;
    r = (int)syscall(SYS_fsconfig, fs, SETTING_FLAG, "rw", NULL, 0);
    return r < 0 ? r : (int)syscall(SYS_fsconfig, fs, RECONFIGURE, NULL, NULL, 0);
}

static int try_device(void)
{
    char path[4200];

    snprintf(path, sizeof path, "%s/null", target);
    return open(path, O_RDONLY | O_CLOEXEC) < 0 ? -1 : 0;
}

/* As user 1000, a set-user-ID program of another. */
static int try_setuid(void)
{
    char path[4200];
    int status;
    pid_t child = fork();

    snprintf(path, sizeof path, "%s/peeler", target);
    if (child == 0) {
        if (setgid(1000) < 0 || setuid(1000) < 0)
            _exit(3);
        if (freopen("/dev/null", "w", stdout))
            execl(path, path, "euid", NULL);
        _exit(4);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0)
        return -1;
    /* "euid" exits with 10 when it is not 1000. */
    errno = WIFEXITED(status) && WEXITSTATUS(status) == 0 ? EPERM : ECHILD;
    return WIFEXITED(status) && WEXITSTATUS(status) == 10 ? 0 : -1;
}

/* ---- what lies under a mount below it ---- */

static int try_unmount_sub(void)
{
    return umount2(sub, MNT_DETACH);
}

static int try_move_sub(void)
{
    if (mount(sub, aside, NULL, MS_MOVE, NULL) < 0)
        return -1;
    return mount(aside, sub, NULL, MS_MOVE, NULL);
}

static int try_bind_without_sub(void)
{
    if (mount(target, aside, NULL, MS_BIND, NULL) < 0)
        return -1;
    return umount2(aside, MNT_DETACH);
}

static int try_clone_without_sub(void)
{
    int tree = (int)syscall(SYS_open_tree, AT_FDCWD, target, CLONE_TREE);

    return tree < 0 ? -1 : close(tree);
}

/* In a mount namespace of one's own, of a user namespace of one's own. */
static int try_nested(int flags, int (*attack)(void))
{
    int status;
    pid_t child = fork();

    if (child == 0)
        _exit(unshare(flags) < 0 || attack() < 0 ? errno & 0x7f : 0);
    if (child < 0 || waitpid(child, &status, 0) < 0)
        return -1;
    errno = WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
    return errno ? -1 : 0;
}

static int try_copy_of_namespace(void)
{
    return try_nested(CLONE_NEWNS, try_unmount_sub);
}

static int try_user_namespace(void)
{
    return try_nested(CLONE_NEWUSER | CLONE_NEWNS, try_clear_ro);
}

static const struct {
    const char *name;
    int (*attack)(void);
    int of_sub;
    uint64_t flag; /* that it needs something to be had from */
} attacks[] = {
    {"write", try_write, 0, 0},
    {"remount", try_remount, 0, 0},
    {"clear-ro", try_clear_ro, 0, ATTR_RDONLY},
    {"clear-nosuid", try_clear_nosuid, 0, ATTR_NOSUID},
    {"clear-nodev", try_clear_nodev, 0, ATTR_NODEV},
    {"clear-noexec", try_clear_noexec, 0, ATTR_NOEXEC},
    {"clone", try_clone, 0, 0},
    {"superblock", try_superblock, 0, 0},
    {"device", try_device, 0, 0},
    {"setuid", try_setuid, 0, 0},
    {"user-namespace", try_user_namespace, 0, ATTR_RDONLY},
    {"bind-without-sub", try_bind_without_sub, 1, 0},
    {"clone-without-sub", try_clone_without_sub, 1, 0},
    {"move-sub", try_move_sub, 1, 0},
    {"copy-of-namespace", try_copy_of_namespace, 1, 0},
    {"unmount-sub", try_unmount_sub, 1, 0},
};

static int try_all(void)
{
    struct stat outer, inner;
    uint64_t flags = flags_of_target();
    int got = 0, has_sub;

    snprintf(sub, sizeof sub, "%s/sub", target);
    has_sub = stat(target, &outer) == 0 && stat(sub, &inner) == 0 && outer.st_dev != inner.st_dev;
    if (!mkdtemp(aside)) {
        perror("mkdtemp");
        return 2;
    }
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        int r;

        if ((attacks[i].of_sub && !has_sub) || (flags & attacks[i].flag) != attacks[i].flag)
            continue;
        errno = 0;
        r = attacks[i].attack();
        printf("%s %s\n", attacks[i].name, r < 0 ? strerrorname_np(errno) : "got-it");
        got |= r >= 0;
    }
    rmdir(aside);
    return got;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "euid") == 0) {
        printf("%u\n", (unsigned)geteuid());
        return geteuid() == 1000 ? 0 : 10;
    }
    if (argc != 3 || strcmp(argv[1], "try") != 0) {
        fputs("usage: peeler try TARGET | euid\n", stderr);
        return 2;
    }
    target = argv[2];
    setvbuf(stdout, NULL, _IONBF, 0); /* children have it too */
    return try_all();
}
