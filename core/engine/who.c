#include "core/engine/who.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/engine/engine_internal.h"
#include "core/host/process.h"
#include "core/host/process_memory.h"

// For what does not answer; a scan goes on as long as it comes forward.
#define SCAN_MS (10 * 60 * 1000ULL)

void who_report_free(struct who_report *report)
{
    if (!report)
        return;
    who_subject_done(&report->subject);
    if (report->snapshot)
        snapshot_free(report->snapshot);
    held_mounts_free(report->mounts);
    block_stack_free(report->stack);
    holder_list_free(report->holders);
    free(report);
}

static bool has_namespace(const struct container *container, uint64_t mnt_ns)
{
    for (size_t i = 0; i < container->n_nested; i++)
        if (container->nested[i] == mnt_ns)
            return true;
    return container->mnt_ns == mnt_ns;
}

const struct container *who_container_of(const struct snapshot *snapshot, uint64_t mnt_ns)
{
    for (size_t i = 0; snapshot && mnt_ns && i < snapshot->n_containers; i++)
        if (has_namespace(&snapshot->containers[i], mnt_ns))
            return &snapshot->containers[i];
    return NULL;
}

static char *container_name(const struct who_report *report, uint64_t mnt_ns)
{
    const struct container *container = who_container_of(report->snapshot, mnt_ns);

    return container ? container->name : NULL;
}

// ---- mounts, and what is made of it ----

static void describe_process(pid_t pid, struct holder *holder)
{
    _cleanup_close_ int proc = -1;
    struct process_status status;
    struct error ignored;
    char path[32];

    (void)snprintf(path, sizeof path, "/proc/%d", (int)pid);
    proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    holder->pid = pid;
    if (proc < 0 || process_status_read(proc, &status, &ignored) < 0)
        return;
    holder->start_time = process_start_time(proc);
    (void)snprintf(holder->comm, sizeof holder->comm, "%s", status.comm);
    process_command(proc, PROCESS_MEMORY_MS, holder->command, sizeof holder->command);
}

static int add_mount(struct who_report *report, const struct held_mount *mount, struct error *err)
{
    const struct mount_namespace *ns = &report->mounts->namespaces->items[mount->ns];
    _cleanup_free_ char *path = text_clean_dup(mount->target, strlen(mount->target));
    struct holder holder = {
        .kind = HOLDER_MOUNT,
        .mnt_ns = ns->inode,
        .count = 1,
        .path = path,
        .container = container_name(report, ns->inode),
    };

    if (!path)
        return ERROR_OOM(err);
    if (ns->fd < 0)
        describe_process(ns->pid, &holder);
    else if (ns->keeper)
        (void)snprintf(holder.command, sizeof holder.command, "no process: kept by %s", ns->keeper);
    else
        (void)snprintf(holder.command, sizeof holder.command,
                       "no process: kept by a descriptor, "
                       "a file or a thread");
    return holder_list_add(report->holders, &holder, err);
}

static int add_stacked(struct who_report *report, const struct stacked *row, struct error *err)
{
    char path[sizeof row->path];
    struct holder holder = {.kind = row->kind, .count = 1, .path = path};

    memcpy(path, row->path, sizeof path);
    (void)snprintf(holder.command, sizeof holder.command, "made of %s", row->below);
    if (row->kind == HOLDER_SWAP)
        holder.command[0] = '\0';
    return holder_list_add(report->holders, &holder, err);
}

// A davit in a pid or user namespace of its own sees a part of the machine only.
static int find_mounts(struct engine *engine, const struct who_request *request,
                       struct who_report *report, struct error *err)
{
    unsigned flags = request->flags & WHO_MOUNTS ? 0 : NAMESPACES_BY_DESCRIPTORS;
    int r = snapshot_take(&engine->options.runtime, &report->snapshot, err);

    if (r == 0)
        r = block_stack_find(&report->subject.held, report->subject.host, &report->stack, err);
    if (r == 0)
        r = held_find(&report->subject.held, flags, &report->mounts, err);
    for (size_t i = 0; r == 0 && i < report->mounts->n_items; i++)
        r = add_mount(report, &report->mounts->items[i], err);
    for (size_t i = 0; r == 0 && i < report->stack->n_rows; i++)
        r = add_stacked(report, &report->stack->rows[i], err);
    return r;
}

// ---- processes ----

static int add_processes(struct who_report *report, struct error *err)
{
    _cleanup_holder_list_ struct holder_list *found = NULL;
    int r = holders_of_subject(&report->subject.held, report->mounts, SCAN_MS, &found, err);

    for (size_t i = 0; r == 0 && i < found->n_holders; i++) {
        struct holder holder = found->holders[i]; // its path is borrowed

        holder.container = container_name(report, holder.mnt_ns);
        r = holder_list_add(report->holders, &holder, err);
    }
    if (r < 0)
        return r;
    report->holders->stuck = found->stuck;
    report->holders->complete = report->holders->n_holders < HOLDERS_MAX && found->complete &&
                                report->mounts->complete && report->stack->complete;
    return 0;
}

int engine_who(struct engine *engine, const struct who_request *request, struct who_report **ret,
               struct error *err)
{
    _cleanup_who_report_ struct who_report *report = calloc(1, sizeof *report);
    int r;

    if (!report)
        return ERROR_OOM(err);
    report->holders = calloc(1, sizeof *report->holders);
    if (!report->holders)
        return ERROR_OOM(err);
    r = request->again ? who_subject_again(request->again, &report->subject, err)
                       : who_subject_resolve(engine, request, &report->subject, err);
    if (r == 0)
        r = find_mounts(engine, request, report, err);
    if (r < 0)
        return r;
    if (!(request->flags & WHO_MOUNTS))
        r = add_processes(report, err);
    if (r == 0)
        *ret = TAKE_POINTER(report);
    return r;
}
