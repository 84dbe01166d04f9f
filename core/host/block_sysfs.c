#include "core/host/block_sysfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/text.h"

static void place(dev_t number, const char *name, char path[PATH_MAX])
{
    (void)snprintf(path, PATH_MAX, "/sys/dev/block/%u:%u/%s", major(number), minor(number), name);
}

static int try_node(const char *directory, const char *name, dev_t number, char node[PATH_MAX])
{
    struct stat st;

    if (!*name || snprintf(node, PATH_MAX, "%s/%s", directory, name) >= PATH_MAX)
        return -ENOENT;
    return stat(node, &st) == 0 && S_ISBLK(st.st_mode) && st.st_rdev == number ? 0 : -ENOENT;
}

int block_sysfs_node(dev_t number, char node[PATH_MAX])
{
    char path[PATH_MAX], text[4096];
    const char *name;

    place(number, "dm/name", path);
    if (file_read_into(AT_FDCWD, path, text, sizeof text) > 0) {
        text[strcspn(text, "\n")] = '\0';
        if (!strchr(text, '/') && try_node("/dev/mapper", text, number, node) == 0)
            return 0;
    }
    place(number, "uevent", path);
    if (file_read_into(AT_FDCWD, path, text, sizeof text) <= 0)
        return -ENOENT;
    name = strstr(text, "DEVNAME=");
    if (!name || (name != text && name[-1] != '\n'))
        return -ENOENT;
    name += strlen("DEVNAME=");
    text[(size_t)(name - text) + strcspn(name, "\n")] = '\0';
    return try_node("/dev", name, number, node);
}

static void append(char *ret, size_t size, const char *name)
{
    size_t used = strlen(ret);
    char clean[128];

    text_clean(clean, sizeof clean, name, strlen(name));
    if (used + strlen(clean) + 3 < size)
        (void)snprintf(ret + used, size - used, "%s%s", used ? ", " : "", clean);
}

void block_sysfs_partitions(dev_t number, char *ret, size_t size)
{
    char path[PATH_MAX];
    _cleanup_closedir_ DIR *directory = NULL;
    struct dirent *entry;

    ret[0] = '\0';
    place(number, "", path);
    directory = opendir(path);
    while (directory && (entry = readdir(directory))) {
        char partition[300];

        (void)snprintf(partition, sizeof partition, "%s/partition", entry->d_name);
        if (entry->d_name[0] != '.' && faccessat(dirfd(directory), partition, F_OK, 0) == 0)
            append(ret, size, entry->d_name);
    }
}

void block_sysfs_holders(dev_t number, char *ret, size_t size)
{
    char path[PATH_MAX];
    _cleanup_closedir_ DIR *directory = NULL;
    struct dirent *entry;

    ret[0] = '\0';
    place(number, "holders", path);
    directory = opendir(path);
    while (directory && (entry = readdir(directory)))
        if (entry->d_name[0] != '.')
            append(ret, size, entry->d_name);
}

// `name` of the disk, also where the device is a partition of it.
static bool read_of_disk(dev_t number, const char *name, char *text, size_t size)
{
    char of_disk[64], path[PATH_MAX];

    place(number, name, path);
    if (file_read_into(AT_FDCWD, path, text, size) <= 0) {
        (void)snprintf(of_disk, sizeof of_disk, "../%s", name);
        place(number, of_disk, path);
        if (file_read_into(AT_FDCWD, path, text, size) <= 0)
            return false;
    }
    text[strcspn(text, "\n")] = '\0';
    return true;
}

void block_sysfs_passing(dev_t number, char *ret, size_t size)
{
    char text[4096], clean[256];

    ret[0] = '\0';
    if (read_of_disk(number, "loop/backing_file", text, sizeof text)) {
        text_clean(clean, sizeof clean, text, strlen(text));
        (void)snprintf(ret, size, "a loop device of %s", clean);
    } else if (read_of_disk(number, "removable", text, sizeof text) && strcmp(text, "1") == 0)
        (void)snprintf(ret, size, "a removable disk");
}
