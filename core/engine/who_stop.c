// Commands that would make a holder let go. davit ends nobody: who reads them decides.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "core/engine/who.h"

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

// "cron.service" of "0::/system.slice/cron.service": a unit of the system's manager, not of a
// user's.
static bool of_unit(pid_t pid, char *ret, size_t size)
{
    char path[48], text[4096], *unit, *end;

    (void)snprintf(path, sizeof path, "/proc/%d/cgroup", (int)pid);
    if (file_read_into(AT_FDCWD, path, text, sizeof text) <= 0)
        return false;
    unit = strstr(text, "/system.slice/");
    if (!unit)
        return false;
    unit += strlen("/system.slice/");
    unit[strcspn(unit, "\n")] = '\0';
    end = strstr(unit, ".service");
    if (!end || (end[8] != '\0' && end[8] != '/'))
        return false;
    end[8] = '\0';
    unit = strrchr(unit, '/') ? strrchr(unit, '/') + 1 : unit;
    if (!is_word(unit))
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
        if (!is_word(holder->path))
            return;
        if (holder->mnt_ns == report->mounts->namespaces->items[0].inode)
            (void)snprintf(ret, size, "umount %s", holder->path);
        else if (holder->pid > 0)
            (void)snprintf(ret, size, "nsenter -t %d -m umount %s", (int)holder->pid, holder->path);
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
