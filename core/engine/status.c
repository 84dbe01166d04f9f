// What davit has attached, each looked at now. What the journal says is attached and is not any
// more is written there when this process may: the journal mends itself by being read.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/engine/attachment_look.h"
#include "core/engine/engine_internal.h"
#include "core/engine/keeper.h"
#include "core/engine/kept.h"
#include "core/host/holders.h"
#include "core/host/mounttable.h"

struct finding {
    enum attachment_state state;
    const char *why; // when gone
};

static bool somebody_holds(const struct holder_list *list)
{
    for (size_t i = 0; i < list->n_holders; i++)
        if (list->holders[i].kind != HOLDER_MOUNT)
            return true;
    return false;
}

static bool is_in_table(const struct process *process, uint64_t id)
{
    _cleanup_mount_table_ struct mount_table *table = NULL;
    struct error ignored;

    return mount_table_read(process->proc, &table, &ignored) < 0 || mount_table_by_id(table, id);
}

// Whether a process keeps a mount alive that is in no table any more. Asked of the container's own
// processes first, of all others when there is none. One who waits for a dead server may well be
// waiting for this one: -EAGAIN. Who is hidden from root (a process outside the container that
// davit runs in) is left out.
//
// Without a unique id: mountinfo's id stays taken as long as the mount lives, attached or not. If
// the container's table has it again, or no process of the container holds it, ours has ended.
static int still_held(const struct attachment *attachment, const struct process *process)
{
    const struct mount_identity *identity = &attachment->identity;
    const struct mount_ids ids = {.unique = identity->unique, .old = identity->old_id};
    const uint64_t namespaces[] = {identity->mnt_ns, 0};
    const size_t n_namespaces = identity->unique ? ARRAY_SIZE(namespaces) : 1;
    struct error ignored;

    if (identity->unique == 0 && (!process || is_in_table(process, identity->old_id)))
        return 0;
    for (size_t i = 0; i < n_namespaces; i++) {
        _cleanup_holder_list_ struct holder_list *list = NULL;
        int r = holders_of_mount(namespaces[i], &ids, identity->device, &list, &ignored);

        if (r < 0)
            return r;
        if (somebody_holds(list))
            return 1;
        if (list->stuck)
            return -EAGAIN;
    }
    return 0;
}

// The last container that was asked for, with what came of it: many attachments go with one.
struct looked {
    const char *gone; // its id
    const char *why;
    pid_t init; // of `table`
    uint64_t init_start;
    struct mount_table *table;
};

static const char *why_container_gone(struct engine *engine, const struct attachment *attachment,
                                      struct looked *last)
{
    _cleanup_container_ struct container *now = NULL;
    struct error ignored;
    int r;

    if (attachment_is_share(attachment))
        return "host restarted";
    if (last->gone && strcmp(last->gone, attachment->container_id) == 0)
        return last->why;
    r = container_find(&engine->options.runtime, attachment->container_id, &now, &ignored);
    last->gone = attachment->container_id;
    last->why = r == 0 && now->pid > 0 ? "container restarted" : "container stopped";
    return last->why;
}

// Those in force take the place of those that it was attached with: who may mount inside can have
// changed them since.
static void read_options(struct attachment *attachment, const struct process *process,
                         struct looked *last)
{
    const struct mount_identity *identity = &attachment->identity;
    const struct mount_entry *entry;
    struct error ignored;
    char *options;

    if (!last->table || last->init != identity->init || last->init_start != identity->init_start) {
        mount_table_freep(&last->table);
        last->table = NULL;
        if (mount_table_read(process->proc, &last->table, &ignored) < 0)
            return;
        last->init = identity->init;
        last->init_start = identity->init_start;
    }
    entry = mount_table_by_id(last->table, identity->old_id);
    options = entry ? attachment_options_of(entry) : NULL;
    if (!options)
        return;
    free(attachment->options);
    attachment->options = options;
}

// What is true now of an attachment that the journal has as live or lingering.
static struct finding look(struct engine *engine, struct attachment *attachment,
                           struct looked *last)
{
    const struct finding as_written = {.state = attachment->state};
    _cleanup_process_ struct process process = PROCESS_INIT;
    struct error ignored;
    int r;

    r = attachment_container(attachment, &process, &ignored);
    if (r < 0)
        return as_written;
    if (r == 0) {
        // All processes that were in the namespace are gone with it; only of what was detached
        // before may one outside have a hold.
        if (attachment->state == ATTACHMENT_LINGERING && still_held(attachment, NULL) == 1)
            return as_written;
        return (struct finding){.state = ATTACHMENT_GONE,
                                .why = why_container_gone(engine, attachment, last)};
    }
    r = attachment_present(attachment, &ignored);
    if (r < 0)
        return as_written;
    if (r == 1) {
        read_options(attachment, &process, last);
        return (struct finding){.state = ATTACHMENT_LIVE};
    }
    r = still_held(attachment, &process);
    if (r == 1)
        return (struct finding){.state = ATTACHMENT_LINGERING};
    if (attachment->state == ATTACHMENT_LINGERING)
        return r == 0 ? (struct finding){.state = ATTACHMENT_GONE, .why = "detached"} : as_written;
    return (struct finding){.state = ATTACHMENT_GONE, .why = "unmounted by someone else"};
}

static bool is_watched(const struct attachment *attachment)
{
    return attachment->state == ATTACHMENT_LIVE || attachment->state == ATTACHMENT_LINGERING;
}

// What served a mount that is gone has nobody left to serve.
static int end_server(struct journal *journal, const struct attachment *known, const char *why,
                      struct error *err)
{
    if (known->server)
        (void)keeper_finish(known, 0, err);
    return journal_gone(journal, known, why, err);
}

// Writes what was found. Another davit may have written since: only what its lines left as it was
// then is mended.
static int mend(struct journal *journal, const struct journal_view *before,
                const struct finding *findings, struct error *err)
{
    _cleanup_journal_view_ struct journal_view *now = NULL;
    int r = journal_read(journal, &now, err);

    for (size_t i = 0; r == 0 && i < before->n_attachments; i++) {
        const struct attachment *then = before->attachments[i];
        const struct attachment *known = journal_view_find(now, then->id);

        if (findings[i].state == then->state || !known || known->state != then->state)
            continue;
        if (findings[i].state == ATTACHMENT_GONE)
            r = end_server(journal, known, findings[i].why, err);
        else if (findings[i].state == ATTACHMENT_LINGERING)
            r = journal_lingering(journal, known, err);
    }
    return r;
}

// Only when it costs no waiting, and never beside an operation that has to be recovered first.
static void try_to_mend(struct engine *engine, const struct journal_view *view,
                        const struct finding *findings)
{
    struct journal *journal;
    struct error err;
    bool pending;

    if (geteuid() != 0 || engine->options.flags & ENGINE_NO_CHANGES)
        return;
    if (engine_journal_writing(engine, &journal, &err) < 0 ||
        journal_lock(journal, 0, &pending, &err) < 0)
        return;
    if (!pending && mend(journal, view, findings, &err) < 0)
        engine_notice(engine, "what is gone could not be written to the journal: %s", err.message);
    journal_unlock(journal);
}

int engine_status(struct engine *engine, struct journal_view **ret, struct error *err)
{
    _cleanup_journal_view_ struct journal_view *view = NULL;
    _cleanup_free_ struct finding *findings = NULL;
    struct journal *journal;
    struct looked last = {0};
    bool changed = false;
    int r = engine_journal_reading(engine, &journal, err);

    if (r == 0)
        r = journal_read(journal, &view, err);
    if (r < 0)
        return r;
    findings = calloc(view->n_attachments + 1, sizeof *findings);
    if (!findings)
        return ERROR_OOM(err);
    for (size_t i = 0; i < view->n_attachments; i++) {
        struct attachment *attachment = view->attachments[i];

        findings[i].state = attachment->state;
        if (!is_watched(attachment))
            continue;
        findings[i] = look(engine, attachment, &last);
        attachment->provider_gone = !attachment_provided(attachment);
        attachment->server_gone = !attachment_served(attachment);
        changed |= findings[i].state != attachment->state;
    }
    mount_table_freep(&last.table);
    if (changed)
        try_to_mend(engine, view, findings);
    for (size_t i = 0; i < view->n_attachments; i++)
        view->attachments[i]->state = findings[i].state;
    kept_mark(engine, view);
    *ret = TAKE_POINTER(view);
    return 0;
}

void engine_attached(struct engine *engine, struct journal_view **ret)
{
    struct journal *journal;
    struct error ignored;

    if (engine_journal_reading(engine, &journal, &ignored) < 0 ||
        journal_read_live(journal, ret, &ignored) < 0)
        *ret = NULL;
}

int attached_count(const struct journal_view *view, const struct container *container)
{
    struct error ignored;
    int count = 0;

    if (!view)
        return -1;
    for (size_t i = 0; i < view->n_attachments; i++) {
        const struct attachment *a = view->attachments[i];

        if (a->state == ATTACHMENT_LIVE && a->identity.init == container->pid &&
            a->identity.init_start == container->start_time &&
            strcmp(a->container_id, container->id) == 0 && attachment_present(a, &ignored) != 0)
            count++;
    }
    return count;
}
