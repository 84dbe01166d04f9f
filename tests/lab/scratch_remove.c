#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LINES_MAX = 1024 };

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)at;
    return type == FTW_DP ? rmdir(path) : unlink(path);
}

/* Never descends into a mount: what is mounted there is not ours to delete. */
static int remove_tree(const char *path)
{
    if (access(path, F_OK) != 0)
        return 0;
    if (unmount_below(path, MNT_DETACH) != 0)
        return fail("something stays mounted below %s; it is left alone", path);
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0)
        return fail_errno("cannot remove %s", path);
    return 0;
}

/* A mount point that init made in a borrowed root, named as init saw it. Only an empty directory
 * or an empty file goes. */
static void remove_made(const char *rootfs, const char *path)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    char *parent = strdup(path), *slash = parent ? strrchr(parent, '/') : NULL;
    int root = open(rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC), dir = -1;
    struct stat st;

    if (slash && root >= 0) {
        *slash = '\0';
        dir = (int)syscall(SYS_openat2, root, *parent ? parent : ".", &how, sizeof how);
    }
    if (dir >= 0 && fstatat(dir, slash + 1, &st, AT_SYMLINK_NOFOLLOW) == 0) {
        if (S_ISDIR(st.st_mode))
            unlinkat(dir, slash + 1, AT_REMOVEDIR);
        else if (S_ISREG(st.st_mode) && st.st_size == 0)
            unlinkat(dir, slash + 1, 0);
    }
    if (dir >= 0)
        close(dir);
    if (root >= 0)
        close(root);
    free(parent);
}

static int undo_line(const char *line, const char *rootfs)
{
    const char *value = strchr(line, ' ');
    uint64_t inode;
    int at = 0;

    if (!value)
        return 0; /* the last line of a killed writer may be torn */
    value++;
    if (strncmp(line, "cgroup ", 7) == 0) {
        if (sscanf(value, "%" SCNu64 " %n", &inode, &at) == 1 && at > 0 && value[at] == '/')
            return cgroup_remove(value + at, inode);
    } else if (strncmp(line, "tree ", 5) == 0 && *value == '/') {
        return remove_tree(value);
    } else if (strncmp(line, "made ", 5) == 0 && *value == '/' && rootfs) {
        remove_made(rootfs, value);
    }
    return 0;
}

int container_remove(struct container *c)
{
    char *lines[LINES_MAX], path[4096];
    const char *rootfs = NULL;
    size_t size = 0, n = 0;
    int r = 0;
    FILE *f;

    snprintf(path, sizeof path, "%s/record", c->dir);
    f = fopen(path, "re");
    while (f && n < LINES_MAX) {
        lines[n] = NULL;
        size = 0;
        if (getline(&lines[n], &size, f) <= 0) {
            free(lines[n]);
            break;
        }
        lines[n][strcspn(lines[n], "\n")] = '\0';
        if (strncmp(lines[n], "rootfs ", 7) == 0)
            rootfs = lines[n] + 7;
        n++;
    }
    for (size_t i = n; i-- > 0;) /* last made, first removed */
        if (undo_line(lines[i], rootfs) != 0)
            r = -1;
    while (n > 0)
        free(lines[--n]);
    if (f)
        fclose(f);
    if (r != 0)
        return r; /* the record stays for the next sweep */
    /* the lock goes last: until then nobody takes the name */
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", c->dir, (const char *[]){"root", "log", "record"}[i]);
        if (remove_tree(path) != 0)
            r = -1;
    }
    return r != 0 ? r : remove_tree(c->dir);
}
