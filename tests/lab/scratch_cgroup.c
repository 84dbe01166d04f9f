#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MKDIR_TRIES = 100, REMOVE_TRIES = 100 };

/* Those that exist are used: v2 alone, or v1 beside a v2 without controllers. */
static const char *const hierarchies[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
                                          "/sys/fs/cgroup/memory", "/sys/fs/cgroup/cpu"};

static bool write_file(const char *dir, const char *file, const char *text)
{
    char path[NAME_SIZE + 128];
    ssize_t n;
    int fd;

    snprintf(path, sizeof path, "%s/%s", dir, file);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    n = write(fd, text, strlen(text));
    close(fd);
    return n >= 0;
}

/* A controller reaches a v2 cgroup through each ancestor. Only what is asked for is switched on: it
 * changes the host's own tree. On v1 there is no such file. */
static void enable_controllers(const char *dir, const struct options *o)
{
    if (o->memory)
        write_file(dir, "cgroup.subtree_control", "+memory");
    if (o->cpu)
        write_file(dir, "cgroup.subtree_control", "+cpu");
}

int cgroups_enter(const struct options *o)
{
    bool memory = !o->memory, cpu = !o->cpu; /* set, or not asked for */
    char parent[64], dir[NAME_SIZE + 64], quota[32];

    snprintf(quota, sizeof quota, "%s000", cpu ? "" : o->cpu); /* of a period of 100000 us */
    for (size_t i = 0; i < sizeof hierarchies / sizeof *hierarchies; i++) {
        int tries = MKDIR_TRIES;

        snprintf(dir, sizeof dir, "%s/cgroup.procs", hierarchies[i]);
        if (access(dir, F_OK) != 0)
            continue;
        snprintf(parent, sizeof parent, "%s/scratch", hierarchies[i]);
        snprintf(dir, sizeof dir, "%s/scratch/%s", hierarchies[i], o->name);
        enable_controllers(hierarchies[i], o);
        do { /* the end of another container may remove scratch/ in between */
            mkdir(parent, 0755);
            enable_controllers(parent, o);
        } while (mkdir(dir, 0755) != 0 && errno == ENOENT && --tries > 0);
        if (!write_file(dir, "cgroup.procs", "0"))
            return fail("cannot enter %s", dir);
        memory = memory || write_file(dir, "memory.max", o->memory) ||
                 write_file(dir, "memory.limit_in_bytes", o->memory);
        cpu =
            cpu || write_file(dir, "cpu.max", quota) || write_file(dir, "cpu.cfs_quota_us", quota);
    }
    return memory && cpu ? 0 : failx("no cgroup takes the limit of %s", memory ? "cpu" : "memory");
}

/* Whether there was somebody to wait for. Zombies are not listed, and keep no cgroup. */
static bool wait_for_processes(const char *dir, int wait_ms)
{
    struct pollfd process = {.events = POLLIN};
    char path[NAME_SIZE + 128];
    bool waited = false;
    FILE *f;
    int pid;

    snprintf(path, sizeof path, "%s/cgroup.procs", dir);
    f = fopen(path, "re");
    while (f && fscanf(f, "%d", &pid) == 1) {
        process.fd = pidfd_open(pid, 0);
        waited = process.fd < 0 || poll(&process, 1, wait_ms) == 1;
        close(process.fd);
    }
    if (f)
        fclose(f);
    return waited;
}

int cgroups_remove(const char *name, int wait_ms)
{
    for (size_t i = 0; i < sizeof hierarchies / sizeof *hierarchies; i++) {
        char path[NAME_SIZE + 64];
        int tries = REMOVE_TRIES;

        snprintf(path, sizeof path, "%s/scratch/%s", hierarchies[i], name);
        while (rmdir(path) != 0 && errno != ENOENT)
            if (errno != EBUSY)
                return fail("cannot remove %s", path);
            else if (--tries <= 0 || !wait_for_processes(path, wait_ms))
                return failx("%s is in use", path);
        *strrchr(path, '/') = '\0';
        rmdir(path); /* scratch/ itself, unless it has other containers */
    }
    return 0;
}
