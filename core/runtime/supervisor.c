#include "core/runtime/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/helper.h"
#include "core/base/text.h"
#include "core/host/process.h"
#include "core/host/process_memory.h"
#include "core/runtime/backend.h"

#define NAME_LIMIT 255 // bytes

static int open_process(pid_t pid)
{
    char path[32];

    (void)snprintf(path, sizeof path, "/proc/%d", (int)pid);
    return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

// The parent, held: a second look at the child says that it was still the parent when it was held.
static int open_parent(const struct container *container)
{
    _cleanup_close_ int child = open_process(container->pid), parent = -1;
    pid_t before, after;

    if (child < 0 || process_start_time(child) != container->start_time)
        return -1;
    before = process_parent(child);
    parent = before > 1 ? open_process(before) : -1;
    after = process_parent(child);
    return parent >= 0 && after == before ? TAKE_FD(parent) : -1;
}

static bool in_container(int proc, const struct proc_host *host)
{
    char text[CGROUP_TEXT_SIZE];
    struct cgroup_identity identity;

    if (file_read_into(proc, "cgroup", text, sizeof text) < 0)
        return true;
    cgroup_identify(text, host->cgroup, &identity);
    return identity.kind == CGROUP_CONTAINER;
}

static bool has_hosts_root(int proc, const struct proc_host *host)
{
    struct proc_root root;

    return proc_root_read(proc, &root) && proc_root_same(&root, &host->root);
}

static bool can_be_believed(int proc, const struct container *container,
                            const struct proc_host *host)
{
    struct process_status status;
    struct error ignored;

    return process_ns_inode(proc, PROCESS_NS_PID) == host->pid_ns &&
           process_status_read(proc, &status, &ignored) == 0 && status.euid == container->owner &&
           (!in_container(proc, host) || has_hosts_root(proc, host));
}

// ---- its command line ----

// Of root's it is read at once. Another user's may hang, and each of them costs some time: who has
// one that did, or is one too many of those, is not asked again for a while.
#define SILENT_MAX 8
#define SILENT_US  60000000ULL

static struct {
    uid_t owner;
    unsigned long long until_us; // 0: nobody
} silent[SILENT_MAX];

static bool is_silent(uid_t owner)
{
    unsigned long long now = monotonic_us();
    size_t n = 0;

    for (size_t i = 0; i < SILENT_MAX; i++) {
        if (silent[i].until_us <= now)
            continue;
        if (silent[i].owner == owner)
            return true;
        n++;
    }
    return n == SILENT_MAX;
}

static void note_silent(uid_t owner)
{
    unsigned long long now = monotonic_us();

    for (size_t i = 0; i < SILENT_MAX; i++)
        if (silent[i].until_us <= now) {
            silent[i].owner = owner;
            silent[i].until_us = now + SILENT_US;
            return;
        }
}

static ssize_t read_command(int proc, uid_t owner, char *text, size_t size)
{
    ssize_t n;

    if (owner == 0)
        return file_read_into(proc, "cmdline", text, size);
    if (is_silent(owner))
        return -ETIMEDOUT;
    n = process_memory_read(proc, "cmdline", text, size, PROCESS_MEMORY_MS);
    if (n == -ETIMEDOUT)
        note_silent(owner);
    return n;
}

static void split(struct supervisor *supervisor, size_t length)
{
    supervisor->n_arguments = 0;
    for (size_t i = 0; i < length && supervisor->n_arguments < SUPERVISOR_ARGUMENTS_MAX;) {
        supervisor->arguments[supervisor->n_arguments++] = supervisor->text + i;
        i += strlen(supervisor->text + i) + 1;
    }
    supervisor->arguments[supervisor->n_arguments] = NULL;
}

static int open_supervisor(const struct container *container, const struct proc_host *host,
                           bool apart, struct supervisor *ret)
{
    _cleanup_close_ int proc = -1;
    ssize_t n;

    ret->proc = -1;
    if (container->pid <= 0 || apart != (container->outer != NULL))
        return 1;
    proc = open_parent(container);
    if (proc < 0 || !can_be_believed(proc, container, host))
        return 1;
    n = read_command(proc, container->owner, ret->text, sizeof ret->text);
    if (n <= 0)
        return 1;
    split(ret, (size_t)n);
    ret->proc = TAKE_FD(proc);
    return 0;
}

int supervisor_open(const struct container *container, const struct proc_host *host,
                    struct supervisor *ret)
{
    return open_supervisor(container, host, false, ret);
}

int supervisor_open_apart(const struct container *container, const struct proc_host *host,
                          struct supervisor *ret)
{
    return open_supervisor(container, host, true, ret);
}

void supervisor_done(struct supervisor *supervisor)
{
    cleanup_close(&supervisor->proc);
    supervisor->proc = -1;
}

bool supervisor_is(const struct supervisor *supervisor, const char *program)
{
    const char *first = supervisor->n_arguments > 0 ? supervisor->arguments[0] : "";
    const char *slash = strrchr(first, '/');

    return strcmp(slash ? slash + 1 : first, program) == 0;
}

const char *supervisor_option(const struct supervisor *supervisor, const char *option)
{
    for (size_t i = 1; i < supervisor->n_arguments; i++)
        if (strcmp(supervisor->arguments[i], option) == 0)
            return supervisor->arguments[i + 1];
    return NULL;
}

int container_rename(struct container *container, const char *name, size_t length,
                     enum name_source source)
{
    char *clean;

    if (length == 0 || length > NAME_LIMIT)
        return 0;
    clean = text_clean_dup(name, length);
    if (!clean)
        return -ENOMEM;
    free(container->name);
    container->name = clean;
    container->name_source = source;
    return 0;
}

int container_set_id(struct container *container, const struct container_list *list, const char *id)
{
    char *copy;

    for (size_t i = 0; i < list->n_items; i++)
        if (strcmp(list->items[i].id, id) == 0)
            return 1;
    copy = strdup(id);
    if (!copy)
        return -ENOMEM;
    free(container->id);
    container->id = copy;
    return 0;
}

int container_set_runtime(struct container *container, const char *runtime)
{
    char *copy = strdup(runtime);

    if (!copy)
        return -ENOMEM;
    free(container->runtime);
    container->runtime = copy;
    return 0;
}
