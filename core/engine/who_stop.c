// Commands that would make a holder let go. davit ends nobody: who reads them decides.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/shell.h"
#include "core/engine/who.h"

#define STOP_PATH_MAX 400

// Into a command goes what no shell takes for more than a word.
static bool is_word(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "@%+:,./_-";

    return text && *text && *text != '-' && text[strspn(text, plain)] == '\0';
}

static const struct {
    const char *runtime, *command;
} by_runtime[] = {
    {"docker", "docker stop"},     {"podman", "podman stop"}, {"lxc", "lxc-stop --name"},
    {"lxd", "lxc stop"},           {"incus", "incus stop"},   {"nspawn", "machinectl terminate"},
    {"containerd", "crictl stop"},
};

static bool of_container(const struct container *container, char *ret, size_t size)
{
    bool by_id = strcmp(container->runtime, "containerd") == 0;
    const char *name = by_id ? container->id : container->name;

    for (size_t i = 0; i < ARRAY_SIZE(by_runtime); i++)
        if (strcmp(container->runtime, by_runtime[i].runtime) == 0 && is_word(name)) {
            (void)snprintf(ret, size, "%s %s", by_runtime[i].command, name);
            return true;
        }
    return false;
}

// The group of a line "hierarchy:controllers:path", or of none the line's end.
static const char *path_of(const char *line)
{
    for (unsigned i = 0; i < 2; i++) {
        line += strcspn(line, ":\n");
        line += *line == ':';
    }
    return line;
}

// From the beginning: below, a user or a container makes groups of any name.
bool who_unit_of(const char *groups, char *ret, size_t size)
{
    static const char slice[] = "/system.slice/", service[] = ".service";

    for (const char *line = groups; *line; line += *line == '\n') {
        const char *at = path_of(line);

        line = at + strcspn(at, "\n");
        if (strncmp(at, slice, strlen(slice)) != 0)
            continue;
        for (const char *end; at < line; at = end) {
            size_t length;

            at++;
            end = at + strcspn(at, "/\n");
            length = (size_t)(end - at);
            if (length <= strlen(service) || length >= size ||
                memcmp(end - strlen(service), service, strlen(service)) != 0)
                continue;
            memcpy(ret, at, length);
            ret[length] = '\0';
            return true;
        }
    }
    return false;
}

static bool of_unit(pid_t pid, char *ret, size_t size)
{
    char path[48], text[4096], unit[256];

    (void)snprintf(path, sizeof path, "/proc/%d/cgroup", (int)pid);
    if (file_read_into(AT_FDCWD, path, text, sizeof text) <= 0 ||
        !who_unit_of(text, unit, sizeof unit) || !is_word(unit))
        return false;
    (void)snprintf(ret, size, "systemctl stop %s", unit);
    return true;
}

static void of_process(const struct who_report *report, const struct holder *holder, char *ret,
                       size_t size)
{
    const struct container *container = who_container_of(report->snapshot, holder->mnt_ns);

    if (container && of_container(container, ret, size))
        return;
    if (holder->pid > 1 && !of_unit(holder->pid, ret, size))
        (void)snprintf(ret, size, "kill %d", (int)holder->pid);
}

// The host's own umount: what nsenter(1) finds in a namespace is the container's.
static void of_mount(const struct who_report *report, const struct holder *holder, char *ret,
                     size_t size)
{
    char path[SHELL_QUOTED_SIZE(STOP_PATH_MAX)];

    if (*holder->path != '/' || strlen(holder->path) > STOP_PATH_MAX)
        return;
    (void)shell_quote(path, holder->path);
    if (holder->mnt_ns == report->mounts->namespaces->items[0].inode)
        (void)snprintf(ret, size, "umount %s", path);
    else if (holder->pid > 0)
        (void)snprintf(ret, size, "umount -N %d %s", (int)holder->pid, path);
    if (strlen(ret) == size - 1) // a command that is cut is another one
        *ret = '\0';
}

void who_stop_command(const struct who_report *report, const struct holder *holder, char *ret,
                      size_t size)
{
    const char *slash = strrchr(holder->path, '/');

    *ret = '\0';
    switch (holder->kind) {
    case HOLDER_CWD:
    case HOLDER_ROOT:
    case HOLDER_EXE:
    case HOLDER_FD:
    case HOLDER_MAP:
        of_process(report, holder, ret, size);
        return;
    case HOLDER_MOUNT:
        of_mount(report, holder, ret, size);
        return;
    case HOLDER_SWAP:
        if (is_word(holder->path))
            (void)snprintf(ret, size, "swapoff %s", holder->path);
        return;
    case HOLDER_LOOP:
        if (is_word(holder->path))
            (void)snprintf(ret, size, "losetup -d %s", holder->path);
        return;
    case HOLDER_DM:
        if (slash && is_word(slash + 1))
            (void)snprintf(ret, size, "dmsetup remove %s", slash + 1);
        return;
    case HOLDER_MD:
        if (is_word(holder->path))
            (void)snprintf(ret, size, "mdadm --stop %s", holder->path);
        return;
    case HOLDER_DEVICE:
        return;
    }
}
