#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static bool exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

/* In a borrowed root each made directory is recorded first, so that a sweep can take it away. */
static int make_mount_point(struct container *c, bool borrowed, const char *path, bool is_file)
{
    char *copy = strdup(path), *p = copy;
    int r = copy ? 0 : fail("out of memory"), fd;

    while (r == 0) {
        char saved;

        p += strspn(p, "/");
        p += strcspn(p, "/");
        saved = *p;
        *p = '\0';
        if (!exists(copy)) {
            if (borrowed)
                r = container_note(c, "made", copy);
            if (r == 0 && saved == '\0' && is_file) {
                fd = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
                r = fd < 0 ? fail_errno("cannot make the file %s", copy) : close(fd);
            } else if (r == 0 && mkdir(copy, 0755) != 0) {
                r = fail_errno("cannot make the directory %s in the container", copy);
            }
        }
        *p = saved;
        if (saved == '\0')
            break;
    }
    free(copy);
    return r;
}

static int mount_or_fail(const char *source, const char *target, const char *type,
                         unsigned long flags, const char *data)
{
    if (mount(source, target, type, flags, data) != 0)
        return fail_errno("cannot mount %s at %s", *type ? type : source, target);
    return 0;
}

/* Tells the kinds of root apart: a tmpfs, plain files under --root-parent, a borrowed directory.
 * All are mounted at containers/NAME/root, in this namespace only. */
static int root_mount(struct container *c, const struct options *o, char *root, size_t size)
{
    const char *source = o->rootfs ? o->rootfs : c->tree;

    snprintf(root, size, "%s/root", c->dir);
    if (mkdir(root, 0755) != 0 && errno != EEXIST)
        return fail_errno("cannot make %s", root);
    if (!source)
        return mount_or_fail("scratch", root, "tmpfs", MS_NODEV, "mode=755");
    return mount_or_fail(source, root, "", MS_BIND | MS_REC, NULL);
}

static int root_enter(const char *root)
{
    if (chdir(root) != 0)
        return fail_errno("cannot enter %s", root);
    /* pivot_root(2): the old root ends on top of the new one, at the same place */
    if (syscall(SYS_pivot_root, ".", ".") != 0)
        return fail_errno("cannot make %s the root", root);
    return 0;
}

static int root_leave_old(void)
{
    if (umount2(".", MNT_DETACH) != 0)
        return fail_errno("cannot let go of the old root");
    return chdir("/");
}

static int install_busybox(int busybox)
{
    const off_t all = lseek(busybox, 0, SEEK_END);
    off_t at = 0;
    int fd = open("/bin/busybox", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755), status;
    pid_t pid;

    if (fd < 0)
        return fail_errno("cannot make /bin/busybox in the container");
    while (at < all && sendfile(fd, busybox, &at, (size_t)(all - at)) > 0)
        ;
    close(fd);
    if (at != all)
        return fail_errno("cannot copy busybox into the container");
    pid = fork();
    if (pid == 0) {
        execl("/bin/busybox", "busybox", "--install", "-s", "/bin", (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        return fail("busybox does not run in the container; it must be statically linked "
                    "(package busybox-static) and fit into --memory");
    return 0;
}

static int write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "we");

    if (!f || fputs(text, f) < 0 || fclose(f) != 0)
        return fail_errno("cannot write %s in the container", path);
    return 0;
}

static int root_populate(const struct options *o, int busybox)
{
    static const char *const dirs[] = {"/bin", "/etc", "/mnt", "/root", "/tmp", "/run", "/var"};
    char hosts[160], hostname[80];

    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (mkdir(dirs[i], 0755) != 0)
            return fail_errno("cannot make %s in the container", dirs[i]);
    if (chmod("/tmp", 01777) != 0 || symlink("bin", "/sbin") != 0)
        return fail_errno("cannot prepare the container's root");
    snprintf(hostname, sizeof hostname, "%s\n", o->name);
    snprintf(hosts, sizeof hosts, "127.0.0.1 localhost %s\n", o->name);
    if (write_text("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
                                  "nobody:x:65534:65534:nobody:/:/bin/false\n") != 0 ||
        write_text("/etc/group", "root:x:0:\nnogroup:x:65534:\n") != 0 ||
        write_text("/etc/hostname", hostname) != 0 || write_text("/etc/hosts", hosts) != 0)
        return -1;
    return install_busybox(busybox);
}

static int mount_dev(void)
{
    static const struct {
        const char *path;
        unsigned major, minor;
    } nodes[] = {{"/dev/null", 1, 3},   {"/dev/zero", 1, 5},    {"/dev/full", 1, 7},
                 {"/dev/random", 1, 8}, {"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0}};
    static const char *const links[][2] = {{"/proc/self/fd", "/dev/fd"},
                                           {"fd/0", "/dev/stdin"},
                                           {"fd/1", "/dev/stdout"},
                                           {"fd/2", "/dev/stderr"},
                                           {"pts/ptmx", "/dev/ptmx"}};

    if (mount_or_fail("scratch-dev", "/dev", "tmpfs", MS_NOSUID, "mode=755,size=64k") != 0)
        return -1;
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
        if (mknod(nodes[i].path, S_IFCHR, makedev(nodes[i].major, nodes[i].minor)) != 0 ||
            chmod(nodes[i].path, 0666) != 0)
            return fail_errno("cannot make %s", nodes[i].path);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (symlink(links[i][0], links[i][1]) != 0)
            return fail_errno("cannot make %s", links[i][1]);
    if (mkdir("/dev/pts", 0755) != 0)
        return fail_errno("cannot make /dev/pts");
    return mount_or_fail("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
                         "newinstance,ptmxmode=0666,mode=620");
}

/* Mount by mount: a bind remount acts on one mount only, and has to repeat the flags it keeps.
 * Works on kernels without mount_setattr (before 5.12). */
static int make_read_only(const char *target)
{
    char **list;
    ssize_t n = mounts_below(target, &list);
    int r = n < 0 ? -1 : 0;

    for (ssize_t i = 0; i < n; i++) {
        struct statvfs fs;

        if (r == 0 && (statvfs(list[i], &fs) != 0 ||
                       mount("", list[i], "",
                             MS_REMOUNT | MS_BIND | MS_RDONLY |
                                 (fs.f_flag & (ST_NOSUID | ST_NODEV | ST_NOEXEC | ST_NOATIME |
                                               ST_NODIRATIME | ST_RELATIME)),
                             NULL) != 0))
            r = fail_errno("cannot make %s read-only", list[i]);
        free(list[i]);
    }
    if (n >= 0)
        free(list);
    return r;
}

static int volume_mount(struct container *c, const struct volume *v, int source, bool borrowed)
{
    char from[64];
    struct stat st;

    if (fstat(source, &st) != 0)
        return fail_errno("cannot look at %s", v->source);
    if (make_mount_point(c, borrowed, v->target, !S_ISDIR(st.st_mode)) != 0)
        return -1;
    snprintf(from, sizeof from, "/proc/self/fd/%d", source);
    if (mount(from, v->target, "", MS_BIND | MS_REC, NULL) != 0)
        return fail_errno("cannot bind %s at %s", v->source, v->target);
    if (mount("", v->target, "", MS_REC | MS_PRIVATE, NULL) != 0)
        return fail_errno("cannot make %s private", v->target);
    return v->read_only ? make_read_only(v->target) : 0;
}

static int sources_open(const struct options *o, int fds[], int *ret_busybox)
{
    static const char *const places[] = {"/bin/busybox", "/usr/bin/busybox"};
    const char *own = getenv("SCRATCH_BUSYBOX");

    /* after unshare: a descriptor of the host's namespace cannot be bound in this one */
    for (size_t i = 0; i < o->n_volumes; i++) {
        fds[i] = open(o->volumes[i].source, O_PATH | O_CLOEXEC);
        if (fds[i] < 0)
            return fail_errno("cannot open the volume %s", o->volumes[i].source);
    }
    *ret_busybox = own ? open(own, O_RDONLY | O_CLOEXEC) : -1;
    for (size_t i = 0; i < 2 && !own && *ret_busybox < 0; i++)
        *ret_busybox = open(places[i], O_RDONLY | O_CLOEXEC);
    if (*ret_busybox < 0 && !o->rootfs)
        return fail("no busybox for the container's root: install busybox-static, or name one in "
                    "SCRATCH_BUSYBOX, or use --rootfs");
    return 0;
}

int root_set_up(struct container *c, const struct options *o)
{
    char root[4096];
    int fds[SCRATCH_VOLUMES_MAX], busybox = -1;

    if (unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC) != 0)
        return fail_errno("cannot make the namespaces of %s", o->name);
    if (sethostname(o->name, strlen(o->name)) != 0)
        return fail_errno("cannot set the host name");
    if (mount("", "/", "", MS_REC | MS_PRIVATE, NULL) != 0)
        return fail_errno("cannot make the container's mounts private");
    if (root_mount(c, o, root, sizeof root) != 0 || sources_open(o, fds, &busybox) != 0 ||
        root_enter(root) != 0)
        return -1;
    if (make_mount_point(c, o->rootfs, "/proc", false) != 0 ||
        make_mount_point(c, o->rootfs, "/dev", false) != 0 ||
        mount_or_fail("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0 ||
        mount_dev() != 0 || (!o->rootfs && root_populate(o, busybox) != 0))
        return -1;
    for (size_t i = 0; i < o->n_volumes; i++)
        if (volume_mount(c, &o->volumes[i], fds[i], o->rootfs) != 0)
            return -1;
    for (size_t i = 0; i < o->n_volumes; i++)
        close(fds[i]); /* an O_PATH descriptor of the host would keep its mount alive */
    if (busybox >= 0)
        close(busybox);
    return root_leave_old();
}
