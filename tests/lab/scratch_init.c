#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUSY_TRIES = 100, BUSY_PAUSE_MS = 5 }; /* of a busy volume, before it goes lazily */

/* The host's root, inside, until everything that comes from it is mounted. */
#define HOST    "/.host"
#define BUSYBOX HOST "/bin/busybox"

/* What is in the root: made by the busybox that is copied into it, which has to be a static one. */
static const char root_script[] =
    "set -e; PATH=/bin; busybox=" BUSYBOX "\n"
    "$busybox mkdir -p /bin /dev /etc /mnt /proc /root /run /tmp /var\n"
    "$busybox cp $busybox /bin/busybox\n"
    "/bin/busybox --install -s /bin\n"
    "ln -s bin /sbin; chmod 1777 /tmp\n"
    "echo root:x:0:0:root:/root:/bin/sh >/etc/passwd\n"
    "echo root:x:0: >/etc/group\n"
    "mount -t proc -o nosuid,nodev,noexec proc /proc\n"
    "mount -t tmpfs -o nosuid,mode=755,size=64k dev /dev\n"
    "for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do\n"
    "    IFS=:; set -- $node; mknod -m 666 /dev/$1 c $2 $3\n"
    "done\n"
    "mkdir /dev/pts\n"
    "mount -t devpts -o nosuid,noexec,newinstance,ptmxmode=0666,mode=620 devpts /dev/pts\n"
    "ln -s pts/ptmx /dev/ptmx; ln -s /proc/self/fd /dev/fd\n"
    "ln -s fd/0 /dev/stdin; ln -s fd/1 /dev/stdout; ln -s fd/2 /dev/stderr\n";

/* The mount point of a volume: a directory or a file, as its source is. */
static const char target_script[] = "if [ -d \"$1\" ]; then exec mkdir -p \"$2\"; fi\n"
                                    "mkdir -p \"${2%/*}/\" && { [ -e \"$2\" ] || : >\"$2\"; }\n";

void let_go_of_stdio(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
    close(null);
}

static int root_enter(const char *name)
{
    char root[NAME_SIZE + 32];

    snprintf(root, sizeof root, "containers/%s", name);
    if (unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC) != 0 ||
        sethostname(name, strlen(name)) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return fail("cannot make namespaces");
    if (mount("scratch", root, "tmpfs", MS_NODEV, "mode=755") != 0 || chdir(root) != 0 ||
        mkdir(&HOST[1], 0700) != 0 || syscall(SYS_pivot_root, ".", &HOST[1]) != 0 ||
        chdir("/") != 0)
        return fail("cannot make a root in %s", root);
    return 0;
}

/* $1 and $2, if there are any, are the source and the target of a volume. */
static int run_script(const char *script, const char *source, const char *target)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        execl(BUSYBOX, "sh", "-c", script, "sh", source, target, NULL);
        _exit(EXIT_NOT_FOUND);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        return failx("a script of busybox failed; is there a static /bin/busybox?");
    return 0;
}

static int volume_mount(struct volume *v)
{
    struct mount_attr attr = {.attr_set = v->read_only ? MOUNT_ATTR_RDONLY : 0,
                              .propagation = MS_PRIVATE};
    char source[PATH_SIZE + sizeof HOST];

    snprintf(source, sizeof source, HOST "%s", v->source);
    if (run_script(target_script, source, v->target) != 0)
        return -1;
    v->target = realpath(v->target, NULL); /* as the mount table has it */
    if (!v->target || mount(source, v->target, NULL, MS_BIND | MS_REC, NULL) != 0 ||
        mount_setattr(AT_FDCWD, v->target, AT_RECURSIVE, &attr, sizeof attr) != 0) /* Linux 5.12 */
        return fail("cannot bind %s", v->source);
    return 0;
}

/* With what a recursive bind brought, last first. Everything inside has ended: only somebody from
 * outside can still keep it busy, and is waited for a little. That a mount is free again the kernel
 * tells nobody: only that one of them has gone. */
static void volume_unmount(const char *target)
{
    struct pollfd mounts = {.fd = open("/proc/self/mounts", O_RDONLY | O_CLOEXEC)};
    const size_t n = strlen(target);
    const struct mntent *m;
    char last[PATH_SIZE];

    for (int busy = 0; busy <= BUSY_TRIES;) {
        FILE *f = setmntent("/proc/self/mounts", "re");

        *last = '\0';
        while (f && (m = getmntent(f)))
            if (strncmp(m->mnt_dir, target, n) == 0 && (!m->mnt_dir[n] || m->mnt_dir[n] == '/'))
                snprintf(last, sizeof last, "%s", m->mnt_dir);
        if (f)
            endmntent(f);
        if (!*last)
            break;
        if (umount2(last, UMOUNT_NOFOLLOW) != 0 && busy++ < BUSY_TRIES)
            poll(&mounts, 1, BUSY_PAUSE_MS); /* POLLERR is always asked for */
    }
    close(mounts.fd);
    if (!*last)
        return;
    warnx("%s is busy: unmounting it lazily", target);
    umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW);
}

static int root_set_up(struct options *o)
{
    if (cgroups_enter(o) != 0 || root_enter(o->name) != 0 ||
        run_script(root_script, NULL, NULL) != 0)
        return -1;
    for (size_t i = 0; i < o->n_volumes; i++)
        if (volume_mount(&o->volumes[i]) != 0)
            return -1;
    if (umount2(HOST, MNT_DETACH) != 0 || rmdir(HOST) != 0)
        return fail("cannot let go of the host's root");
    return 0;
}

/* Returns 0, or the exit status if it cannot be executed. */
static int command_start(const struct options *o, pid_t *ret)
{
    posix_spawn_file_actions_t files;
    int r;

    clearenv();
    setenv("PATH", "/usr/local/bin:/bin:/sbin:/usr/bin:/usr/sbin", 1);
    setenv("HOME", "/root", 1);
    setenv("TERM", "xterm", 1);
    posix_spawn_file_actions_init(&files);
    for (int fd = STDIN_FILENO; o->detach && fd <= STDERR_FILENO; fd++)
        posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
    r = posix_spawnp(ret, o->command[0], &files, NULL, o->command, environ);
    if (r == 0)
        return 0;
    warnx("%s: %s", o->command[0], strerror(r));
    return r == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_EXECUTE;
}

int init_run(struct options *o, int status_fd)
{
    struct pollfd supervisor = {.fd = status_fd};
    int code, status;
    pid_t command;

    /* a supervisor that died before prctl reads the pipe no more */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || poll(&supervisor, 1, 0) != 0 ||
        root_set_up(o) != 0)
        return EXIT_SCRATCH;
    code = command_start(o, &command);
    if (code != 0 || write(status_fd, "", 1) != 1)
        return code;
    if (o->detach)
        let_go_of_stdio();
    while (wait(&status) != command)
        ;
    kill(-1, SIGKILL);
    while (wait(NULL) > 0)
        ;
    for (size_t i = o->n_volumes; i-- > 0;)
        volume_unmount(o->volumes[i].target);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
