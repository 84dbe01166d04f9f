#include "core/engine/detach_job.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/helper.h"
#include "core/base/text.h"
#include "core/host/mountcalls.h"

#define NAMED_AT_MOST   4
#define WATCHED_AT_MOST 32
#define LOOK_AGAIN_US   200000ULL

static int append(struct holder_list *list, const struct holder *holder, struct error *err)
{
    struct holder *grown = realloc(list->holders, (list->n_holders + 1) * sizeof *grown);
    char *path = strdup(holder->path ? holder->path : "");

    if (grown)
        list->holders = grown;
    if (!grown || !path) {
        free(path);
        return ERROR_OOM(err);
    }
    grown[list->n_holders] = *holder;
    grown[list->n_holders++].path = path;
    return 0;
}

static int take_over(struct holder_list *all, const struct holder_list *some, struct error *err)
{
    int r = 0;

    all->complete = all->complete && some->complete;
    for (size_t i = 0; i < some->n_holders && r == 0; i++)
        r = append(all, &some->holders[i], err);
    return r;
}

static int add_of_mount(struct detach_job *job, const struct mount_ids *ids, dev_t device,
                        struct error *err)
{
    _cleanup_holder_list_ struct holder_list *some = NULL;
    int r = holders_of_mount(job->inside.mnt_ns, ids, device, &some, err);

    // A descriptor can have been passed out of the container; only a unique id tells that apart.
    if (r == 0 && some->n_holders == 0 && ids->unique) {
        holder_list_free(TAKE_POINTER(some));
        r = holders_of_mount(0, ids, device, &some, err);
    }
    return r < 0 ? r : take_over(job->result->holders, some, err);
}

static int add_mount_below(struct detach_job *job, const struct mount_entry *entry,
                           struct error *err)
{
    struct holder holder = {
        .kind = HOLDER_MOUNT,
        .count = 1,
        .mnt_ns = job->inside.mnt_ns,
    };
    _cleanup_free_ char *path = text_clean_dup(entry->target, strlen(entry->target));

    if (!path)
        return ERROR_OOM(err);
    holder.path = path;
    return append(job->result->holders, &holder, err);
}

// The table as it is now: each mount of the tree, and what others mounted below it since.
static int add_of_tree(struct detach_job *job, struct error *err)
{
    const struct mount_identity *known = &job->what->identity;
    const struct mount_table *table = job->inside.table;
    _cleanup_free_ bool *marks = calloc(table->n_entries + 1, sizeof *marks);
    unsigned seen = 0;
    int r = 0;

    if (!marks)
        return ERROR_OOM(err);
    (void)mount_table_mark_below(table, known->old_id, marks);
    for (size_t i = 0; i < table->n_entries && r == 0; i++) {
        const struct mount_entry *entry = &table->entries[i];
        struct mount_ids ids = {.old = entry->id};

        if (entry->id == known->old_id || !marks[i])
            continue;
        // A tree's own mounts come first: it was complete before anyone could mount below it.
        r = ++seen < known->n_mounts ? add_of_mount(job, &ids, entry->device, err)
                                     : add_mount_below(job, entry, err);
    }
    return r;
}

int detach_find_holders(struct detach_job *job, size_t *ret_n, struct error *err)
{
    const struct mount_identity *known = &job->what->identity;
    struct mount_ids ids = {.unique = known->unique, .old = known->old_id};
    int r;

    if (job->result->holders)
        holder_list_free(TAKE_POINTER(job->result->holders));
    job->result->holders = calloc(1, sizeof *job->result->holders);
    if (!job->result->holders)
        return ERROR_OOM(err);
    job->result->holders->complete = true;
    r = inside_reread(&job->inside, err);
    if (r == 0)
        r = add_of_mount(job, &ids, known->device, err);
    if (r == 0)
        r = add_of_tree(job, err);
    *ret_n = job->result->holders->n_holders;
    return r;
}

int detach_busy(struct detach_job *job, struct error *err)
{
    const struct holder_list *list = job->result->holders;
    char who[512] = "";
    int r;

    for (size_t i = 0; i < list->n_holders && i < NAMED_AT_MOST; i++) {
        const struct holder *holder = &list->holders[i];
        size_t used = strlen(who);

        if (holder->kind == HOLDER_MOUNT)
            (void)snprintf(who + used, sizeof who - used, "%sthe mount at %.64s", i ? ", " : "",
                           holder->path);
        else
            (void)snprintf(who + used, sizeof who - used, "%s%.32s (pid %d, %s)", i ? ", " : "",
                           holder->comm, (int)holder->pid, holder_kind_name(holder->kind));
    }
    if (list->n_holders > NAMED_AT_MOST)
        (void)snprintf(who + strlen(who), sizeof who - strlen(who), " and %zu more",
                       list->n_holders - NAMED_AT_MOST);
    r = error_set(err, ERROR_BUSY, EBUSY, "%s is in use by %s", job->what->identity.target,
                  *who ? who : "something that /proc does not show");
    error_hint(err, "--wait 10s waits for them, --lazy hides it now while they go on using it");
    return r;
}

void detach_wait_for_holders(const struct detach_job *job, unsigned long long deadline)
{
    const struct holder_list *list = job->result->holders;
    unsigned long long now = monotonic_us(), left = deadline > now ? deadline - now : 0;
    struct pollfd ends[WATCHED_AT_MOST];
    struct timespec limit;
    nfds_t n = 0;

    for (size_t i = 0; i < list->n_holders && n < WATCHED_AT_MOST; i++) {
        int fd = list->holders[i].pid > 0 ? call_pidfd_open(list->holders[i].pid) : -1;

        if (fd >= 0)
            ends[n++] = (struct pollfd){.fd = fd, .events = POLLIN};
    }
    if (left > LOOK_AGAIN_US)
        left = LOOK_AGAIN_US;
    limit = (struct timespec){.tv_nsec = (long)(left * 1000)};
    // The one place of a change that may be left by a signal: the mount is as it was.
    (void)ppoll(ends, n, &limit, &job->engine->signals);
    for (nfds_t i = 0; i < n; i++)
        (void)close(ends[i].fd);
}
