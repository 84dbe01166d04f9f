#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum controller {
    CONTROLLER_MEMORY = 1 << 0,
    CONTROLLER_CPU = 1 << 1,
    CONTROLLER_PIDS = 1 << 2,
};

enum {
    HIERARCHIES_MAX = 8,
    CPU_PERIOD_US = 100000,
    PIDS_LIMIT = 4096, /* a fence against a fork bomb in a test */
    REMOVE_TRIES = 500,
    REMOVE_PAUSE_MS = 10,
};

static const struct {
    enum controller bit;
    const char *name;
} controllers[] = {
    {CONTROLLER_MEMORY, "memory"},
    {CONTROLLER_CPU, "cpu"},
    {CONTROLLER_PIDS, "pids"},
};

struct hierarchy {
    char *mount;
    unsigned controllers;
    bool v2;
};

static bool has_word(const char *list, const char *word)
{
    size_t n = strlen(word);

    for (const char *p = list; (p = strstr(p, word)); p += n) {
        bool starts = p == list || strchr(", \n", p[-1]);

        if (starts && strchr(", \n", p[n]))
            return true;
    }
    return false;
}

static unsigned controllers_in(const char *list)
{
    unsigned found = 0;

    for (size_t i = 0; i < sizeof controllers / sizeof *controllers; i++)
        if (has_word(list, controllers[i].name))
            found |= controllers[i].bit;
    return found;
}

static int write_file(const char *dir, const char *file, const char *text)
{
    char path[4096];
    int fd, saved;
    ssize_t n;

    snprintf(path, sizeof path, "%s/%s", dir, file);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    n = write(fd, text, strlen(text));
    saved = errno;
    close(fd);
    errno = saved;
    return n < 0 ? -1 : 0;
}

static unsigned read_controllers(const char *dir, const char *file)
{
    char path[4096], text[512] = "";
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", dir, file);
    f = fopen(path, "re");
    if (!f)
        return 0;
    if (!fgets(text, sizeof text, f))
        text[0] = '\0';
    fclose(f);
    return controllers_in(text);
}

/* Every cgroup2 mount (a hybrid host has one without controllers) and each v1 hierarchy that
 * holds a controller we limit. */
static ssize_t hierarchies_find(struct hierarchy found[HIERARCHIES_MAX])
{
    FILE *f = fopen("/proc/self/mountinfo", "re");
    char *line = NULL;
    size_t size = 0;
    ssize_t n = 0;

    if (!f)
        return fail_errno("cannot read /proc/self/mountinfo");
    while (n < HIERARCHIES_MAX && getline(&line, &size, f) > 0) {
        char type[32], root[8], mount[3072], super[1024];
        char *tail = strstr(line, " - ");
        struct hierarchy h = {0};

        if (!tail || sscanf(tail, " - %31s %*s %1023s", type, super) != 2 ||
            sscanf(line, "%*s %*s %*s %7s %3071s", root, mount) != 2 || strcmp(root, "/") != 0)
            continue;
        h.v2 = strcmp(type, "cgroup2") == 0;
        if (h.v2)
            h.controllers = read_controllers(mount, "cgroup.controllers");
        else if (strcmp(type, "cgroup") == 0)
            h.controllers = controllers_in(super);
        if ((h.v2 || h.controllers) && (h.mount = strdup(mount)))
            found[n++] = h;
    }
    free(line);
    fclose(f);
    return n;
}

/* A controller reaches a v2 child only through subtree_control of each ancestor. Only what was
 * asked for is switched on: it is a change of the host's own tree. */
static int v2_enable(const char *parent, const char *scratch, unsigned wanted)
{
    const char *dirs[] = {parent, scratch};

    for (size_t d = 0; d < 2; d++) {
        unsigned on = read_controllers(dirs[d], "cgroup.subtree_control");

        for (size_t i = 0; i < sizeof controllers / sizeof *controllers; i++) {
            char word[16];

            if (!(wanted & ~on & controllers[i].bit))
                continue;
            snprintf(word, sizeof word, "+%s", controllers[i].name);
            if (write_file(dirs[d], "cgroup.subtree_control", word) != 0)
                return fail_errno("cannot switch on the controller %s in %s", controllers[i].name,
                                  dirs[d]);
        }
    }
    return 0;
}

static int set_limits(const struct hierarchy *h, const char *dir, const struct options *o)
{
    char text[64];

    if (o->memory && (h->controllers & CONTROLLER_MEMORY)) {
        snprintf(text, sizeof text, "%" PRIu64, o->memory);
        if (write_file(dir, h->v2 ? "memory.max" : "memory.limit_in_bytes", text) != 0)
            return fail_errno("cannot limit memory to %s bytes in %s", text, dir);
    }
    if (o->cpu && (h->controllers & CONTROLLER_CPU)) {
        unsigned quota = o->cpu * (CPU_PERIOD_US / 100);

        if (h->v2)
            snprintf(text, sizeof text, "%u %u", quota, (unsigned)CPU_PERIOD_US);
        else
            snprintf(text, sizeof text, "%u", quota);
        if (write_file(dir, h->v2 ? "cpu.max" : "cpu.cfs_quota_us", text) != 0)
            return fail_errno("cannot limit cpu to %u%% in %s", o->cpu, dir);
    }
    if (h->controllers & CONTROLLER_PIDS) {
        snprintf(text, sizeof text, "%u", (unsigned)PIDS_LIMIT);
        write_file(dir, "pids.max", text); /* absent on v2 where nobody switched it on */
    }
    return 0;
}

static int hierarchy_create(struct container *c, const struct hierarchy *h, const struct options *o)
{
    unsigned wanted = (o->memory ? CONTROLLER_MEMORY : 0u) | (o->cpu ? CONTROLLER_CPU : 0u);
    char scratch[3072], dir[4096 - 64], line[4096];
    struct stat st;
    int made = -1;

    snprintf(scratch, sizeof scratch, "%s/scratch", h->mount);
    snprintf(dir, sizeof dir, "%s/%s", scratch, c->name);
    if (access(dir, F_OK) == 0)
        return fail("the cgroup %s exists: a container of that name belongs to another state "
                    "directory",
                    dir);
    snprintf(line, sizeof line, "0 %s", dir);
    if (container_note(c, "cgroup", line) != 0)
        return -1;
    /* the last container of another run may remove scratch/ between our two calls */
    for (int i = 0; i < REMOVE_TRIES && made != 0; i++) {
        if (mkdir(scratch, 0755) != 0 && errno != EEXIST)
            return fail_errno("cannot make the cgroup %s", scratch);
        if (h->v2 && wanted && v2_enable(h->mount, scratch, wanted & h->controllers) != 0)
            return -1;
        made = mkdir(dir, 0755);
        if (made != 0 && errno != ENOENT)
            break;
    }
    if (made != 0 || stat(dir, &st) != 0)
        return fail_errno("cannot make the cgroup %s", dir);
    snprintf(line, sizeof line, "%" PRIu64 " %s", (uint64_t)st.st_ino, dir);
    if (container_note(c, "cgroup", line) != 0)
        return -1;
    return set_limits(h, dir, o);
}

int cgroups_create(struct container *c, const struct options *o)
{
    struct hierarchy found[HIERARCHIES_MAX];
    ssize_t n = hierarchies_find(found);
    unsigned have = 0;
    int r = n < 0 ? -1 : 0;

    for (ssize_t i = 0; i < n; i++)
        have |= found[i].controllers;
    if (r == 0 && o->memory && !(have & CONTROLLER_MEMORY))
        r = fail("--memory: this host has no memory controller (see /proc/cgroups)");
    if (r == 0 && o->cpu && !(have & CONTROLLER_CPU))
        r = fail("--cpu: this host has no cpu controller (see /proc/cgroups)");
    for (ssize_t i = 0; i < n && r == 0; i++)
        r = hierarchy_create(c, &found[i], o);
    for (ssize_t i = 0; i < n; i++)
        free(found[i].mount);
    return r;
}

int cgroups_add(struct container *c, pid_t pid)
{
    struct hierarchy found[HIERARCHIES_MAX];
    ssize_t n = hierarchies_find(found);
    int r = n < 0 ? -1 : 0;

    for (ssize_t i = 0; i < n; i++) {
        char dir[4096], text[32];

        snprintf(dir, sizeof dir, "%s/scratch/%s", found[i].mount, c->name);
        snprintf(text, sizeof text, "%d", (int)pid);
        if (r == 0 && write_file(dir, "cgroup.procs", text) != 0)
            r = fail_errno("cannot move pid %d into the cgroup %s", (int)pid, dir);
        free(found[i].mount);
    }
    return r;
}

static void kill_members(const char *dir)
{
    char path[4096];
    FILE *f;
    int pid;

    if (write_file(dir, "cgroup.kill", "1") == 0) /* v2 since 5.14 */
        return;
    snprintf(path, sizeof path, "%s/cgroup.procs", dir);
    f = fopen(path, "re");
    if (!f)
        return;
    while (fscanf(f, "%d", &pid) == 1)
        if (pid > 1)
            kill(pid, SIGKILL);
    fclose(f);
}

/* EBUSY or ENOTEMPTY while it has other containers; whoever is about to make one tries again. */
static void remove_parent(const char *path)
{
    char *parent = strdup(path), *slash = parent ? strrchr(parent, '/') : NULL;

    if (slash) {
        *slash = '\0';
        rmdir(parent);
    }
    free(parent);
}

int cgroup_remove(const char *path, uint64_t inode)
{
    const struct timespec pause = {.tv_nsec = REMOVE_PAUSE_MS * 1000000L};
    int tries = inode ? REMOVE_TRIES : 1;
    struct stat st;

    if (inode && stat(path, &st) == 0 && st.st_ino != inode)
        return 0; /* made again by someone else */
    /* rmdir says EBUSY until the last member, zombie or not, has left */
    while (rmdir(path) != 0 && errno != ENOENT) {
        if (errno != EBUSY || --tries <= 0)
            return fail_errno("cannot remove the cgroup %s", path);
        kill_members(path);
        nanosleep(&pause, NULL);
    }
    remove_parent(path);
    return 0;
}
