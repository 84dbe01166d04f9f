// Programs for a container that has none: a detached mount that only the process that enters will
// see, in a mount namespace of its own. Either a directory of the host, read-only, or a fresh tmpfs
// with the host's static busybox in it.
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/engine/enter_internal.h"
#include "core/engine/tree_lock.h"
#include "core/host/mountcalls.h"

#define TOOLS_FLAGS (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)

// The applets that somebody in a strange container reaches for; busybox has each under its own
// name, and the others by `busybox NAME`.
static const char *const applets[] = {
    "[",          "ash",    "awk",     "base64", "basename", "bunzip2",  "cat",     "chgrp",
    "chmod",      "chown",  "clear",   "cmp",    "cp",       "cut",      "date",    "dd",
    "df",         "diff",   "dirname", "dmesg",  "du",       "echo",     "ed",      "egrep",
    "env",        "expr",   "false",   "fgrep",  "find",     "fold",     "free",    "getopt",
    "grep",       "gunzip", "gzip",    "head",   "hexdump",  "hostname", "id",      "ifconfig",
    "ip",         "kill",   "killall", "less",   "ln",       "ls",       "md5sum",  "mkdir",
    "mkfifo",     "mktemp", "more",    "mount",  "mv",       "nc",       "netstat", "nslookup",
    "od",         "paste",  "ping",    "pidof",  "printf",   "ps",       "pwd",     "readlink",
    "realpath",   "reset",  "rm",      "rmdir",  "route",    "sed",      "seq",     "sh",
    "sha256sum",  "sleep",  "sort",    "stat",   "strings",  "stty",     "sync",    "tail",
    "tar",        "tee",    "test",    "time",   "timeout",  "top",      "touch",   "tr",
    "traceroute", "true",   "tty",     "umount", "uname",    "uniq",     "unxz",    "uptime",
    "vi",         "watch",  "wc",      "wget",   "which",    "whoami",   "xargs",   "xxd",
    "yes",        "zcat",
};

// ---- busybox ----

static bool is_static(int fd)
{
    Elf64_Ehdr head;
    Elf64_Phdr part;

    if (pread(fd, &head, sizeof head, 0) != (ssize_t)sizeof head ||
        memcmp(head.e_ident, ELFMAG, SELFMAG) != 0)
        return false;
    if (head.e_ident[EI_CLASS] != ELFCLASS64)
        return true; // not looked at closer: it says itself what it lacks
    for (unsigned i = 0; i < head.e_phnum; i++)
        if (pread(fd, &part, sizeof part, (off_t)(head.e_phoff + i * sizeof part)) !=
                (ssize_t)sizeof part ||
            part.p_type == PT_INTERP)
            return false;
    return true;
}

static int open_busybox(struct error *err)
{
    static const char *const places[] = {"/bin/busybox", "/usr/bin/busybox", "/sbin/busybox",
                                         "/usr/local/bin/busybox", "/bin/busybox.static"};
    int r;

    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        int fd = open(places[i], O_RDONLY | O_CLOEXEC | O_NOCTTY);

        if (fd >= 0 && is_static(fd))
            return fd;
        if (fd >= 0)
            (void)close(fd);
    }
    r = error_set(err, ERROR_UNSUPPORTED, ENOENT, "this host has no static busybox");
    error_hint(err, "install it (Debian: busybox-static), or name a directory with static "
                    "programs: --tools DIR");
    return r;
}

static int fill(int mount, int busybox)
{
    int file = openat(mount, "busybox", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755), r = 0;
    struct stat stat;
    ssize_t n = 1;

    if (file < 0 || fstat(busybox, &stat) < 0 || lseek(busybox, 0, SEEK_SET) < 0)
        r = -errno;
    for (off_t left = r == 0 ? stat.st_size : 0; left > 0 && r == 0; left -= n) {
        n = sendfile(file, busybox, NULL, (size_t)left);
        r = n > 0 ? 0 : n < 0 ? -errno : -EIO;
    }
    if (file >= 0 && (fchmod(file, 0755) < 0 || close(file) < 0) && r == 0)
        r = -errno;
    for (size_t i = 0; r == 0 && i < ARRAY_SIZE(applets); i++)
        r = symlinkat("busybox", mount, applets[i]) < 0 ? -errno : 0;
    return r;
}

static int make_busybox(struct enter *enter, struct error *err)
{
    static const struct davit_mount_attr flags = {.set = TOOLS_FLAGS};
    _cleanup_close_ int busybox = open_busybox(err), fs = -1, mount = -1;
    int r = busybox;

    if (r < 0)
        return r;
    fs = r = call_fsopen("tmpfs");
    if (r >= 0)
        r = call_fsconfig(fs, CALL_SET_STRING, "mode", "0755");
    if (r >= 0)
        r = call_fsconfig(fs, CALL_SET_STRING, "size", "16m");
    if (r >= 0)
        r = call_fsconfig(fs, CALL_CREATE, NULL, NULL);
    if (r >= 0)
        mount = r = call_fsmount(fs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    if (r >= 0)
        r = fill(mount, busybox);
    if (r >= 0)
        r = call_mount_setattr(mount, "", AT_EMPTY_PATH, &flags);
    if (r < 0)
        return error_errno(err, -r, "cannot make a place for busybox");
    enter->tools = TAKE_FD(mount);
    return 0;
}

// ---- a directory ----

// May hang, where the directory is a dead server's.
static int clone_directory(const void *context, struct resolver_answer *answer)
{
    static const struct davit_mount_attr flags = {.set = TOOLS_FLAGS, .propagation = MS_PRIVATE};
    const char *path = context;
    int fd = call_open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | DAVIT_OPEN_TREE_CLOEXEC), r;
    struct stat stat;

    if (fd < 0)
        return fd;
    r = fstat(fd, &stat) < 0 ? -errno : S_ISDIR(stat.st_mode) ? 0 : -ENOTDIR;
    if (r == 0)
        r = call_mount_setattr(fd, "", AT_EMPTY_PATH, &flags);
    if (r == 0)
        answer->fds[0] = fd;
    return r;
}

static int open_directory(struct enter *enter, struct error *err)
{
    const char *path = enter->request->tools;
    struct resolver_answer answer;
    int r = resolver_ask(path, clone_directory, path, NULL, 0, ENTER_LOOK_MS, &answer, err);

    if (r == 0 && answer.result < 0) {
        r = error_errno(err, -answer.result, "cannot show the tools in %s", path);
        error_hint(err, "--tools takes a directory with static programs, or " ENTER_BUSYBOX);
    }
    if (r == 0)
        enter->tools = answer.fds[0];
    return r;
}

// The process that sees them is one of the container's: whoever is root in there can come to where
// it is, and must find them as they are on the host.
static int lock(struct enter *enter, struct error *err)
{
    const struct tree_locking locking = {
        .tree = enter->tools,
        .userns = -1,
        .is_directory = true,
        .attr_set = TOOLS_FLAGS,
        .name = enter->request->tools,
        .timeout_ms = ENTER_LOOK_MS,
    };
    int tree, r = tree_lock(&locking, &tree, err);

    if (r == 1)
        return result_add_warning(enter->result, err,
                                  "root inside could write to the tools, if it has CAP_SYS_ADMIN: "
                                  "no user namespace can be made, by which they would be locked");
    if (r < 0)
        return r;
    (void)close(enter->tools);
    enter->tools = tree;
    return 0;
}

int enter_open_tools(struct enter *enter, struct error *err)
{
    int r = strcmp(enter->request->tools, ENTER_BUSYBOX) == 0 ? make_busybox(enter, err)
                                                              : open_directory(enter, err);

    return r < 0 ? r : lock(enter, err);
}
