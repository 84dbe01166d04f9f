// What keepd does at each look: attaches again, detaches at the time.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "core/base/file.h"
#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/engine/attach_again.h"
#include "core/engine/attach_job.h"
#include "core/engine/detach_job.h"
#include "core/engine/kept.h"
#include "core/engine/kept_service.h"

// A daemon that does not answer must not hold up what other runtimes have started.
#define DAEMON_MS 300

struct look {
    struct engine *engine;
    bool last;
    struct snapshot *snapshot;
    struct kept_list list;
    struct kept_look *ret;
};

int kept_service_directory(const char *state_dir, char **ret, struct error *err)
{
    const char *directory =
        state_dir && strcmp(state_dir, JOURNAL_DEFAULT_DIR) != 0 ? state_dir : KEPT_DIRECTORY;

    *ret = strdup(directory);
    return *ret ? file_make_directories(directory, 0755, err) : ERROR_OOM(err);
}

static const struct container *container_of(const struct look *look, const struct kept_entry *entry)
{
    for (size_t i = 0; look->snapshot && i < look->snapshot->n_containers; i++)
        if (kept_is_container(entry, &look->snapshot->containers[i]))
            return &look->snapshot->containers[i];
    return NULL;
}

// ---- what could not be done ----

static bool may_pass(const struct error *why)
{
    return why->code == ERROR_GONE || why->code == ERROR_BUSY || why->code == ERROR_TIMED_OUT ||
           why->code == ERROR_NO_CONTAINER;
}

// A row and an event. The list is read anew: an attach in between may have changed it.
static int note_problem(struct look *look, const char *id, const struct container *tried,
                        const struct error *why, struct error *err)
{
    _cleanup_kept_list_ struct kept_list list = {.n = 0};
    struct kept_entry *entry;
    int r = kept_load(look->engine, &list, err);

    entry = r == 0 ? kept_find(&list, id) : NULL;
    if (!entry)
        return r;
    free(entry->problem);
    entry->problem = text_clean_dup(why->message, strlen(why->message));
    if (!entry->problem)
        return ERROR_OOM(err);
    if (tried)
        kept_note_tried(entry, tried->pid, tried->start_time);
    engine_notice(look->engine, "%s at %s:%s: %s", entry->what->source, entry->what->container_name,
                  entry->what->target, why->message);
    r = kept_save(look->engine, &list, err);
    return r < 0 ? r : journal_kept(look->engine->writing, "keep", entry->what, why, err);
}

// ---- attached again ----

static bool is_due(const struct kept_entry *entry, const struct container *container)
{
    return entry->keep && container && !kept_was_tried(entry, container);
}

// A keepd that was killed between the two has attached it and could not say so.
static struct attachment *find_there(const struct journal_view *view,
                                     const struct kept_entry *entry,
                                     const struct container *container)
{
    struct error ignored;

    for (size_t i = view->n_attachments; i-- > 0;) {
        struct attachment *a = view->attachments[i];

        if (a->state == ATTACHMENT_LIVE && a->identity.init == container->pid &&
            a->identity.init_start == container->start_time &&
            strcmp(a->target, entry->what->target) == 0 &&
            strcmp(a->source, entry->what->source) == 0 && attachment_present(a, &ignored) == 1)
            return a;
    }
    return NULL;
}

// 1: it was there.
static int adopt(struct look *look, const char *id, const struct container *container,
                 struct error *err)
{
    _cleanup_journal_view_ struct journal_view *view = NULL;
    _cleanup_kept_list_ struct kept_list list = {.n = 0};
    struct attachment *there = NULL, *before;
    struct kept_entry *entry = NULL;
    int r = journal_read_live(look->engine->writing, &view, err);

    if (r == 0)
        r = kept_load(look->engine, &list, err);
    if (r == 0)
        entry = kept_find(&list, id);
    if (entry)
        there = find_there(view, entry, container);
    if (!there)
        return r;
    for (size_t i = 0; i < view->n_attachments; i++) {
        if (view->attachments[i] != there)
            continue;
        before = entry->what;
        entry->what = there;
        view->attachments[i] = before; // freed with the view
    }
    kept_note_tried(entry, container->pid, container->start_time);
    free(TAKE_POINTER(entry->problem));
    r = kept_save(look->engine, &list, err);
    return r < 0 ? r : 1;
}

static int check_source(struct look *look, const struct kept_entry *entry,
                        const struct attach_request *request, struct source *source,
                        struct error *err)
{
    CLEANUP(kept_filesystem_done) struct kept_filesystem now = {.type = NULL};
    int r = attach_again_possible(entry->what, err);

    // Another container's directory is found by that one's name: that it was restarted is no harm.
    if (r < 0 && err->code == ERROR_GONE)
        r = 0;
    if (r == 0)
        r = source_resolve(look->engine, request, source, err);
    if (r == 0)
        r = kept_filesystem_of(source, RESOLVER_DEFAULT_MS, &now, err);
    return r < 0 ? r : kept_filesystem_same(entry, &now, err);
}

// The source that was looked at is the one that is attached.
static void expect(const struct source *source, char major_minor[32], struct source_expected *ret)
{
    (void)snprintf(major_minor, 32, "%u:%u", major(source->mount->device),
                   minor(source->mount->device));
    if (source->kind == SOURCE_HOST)
        *ret = (struct source_expected){major_minor, source->mount->root, source->sub_path};
}

static int attach_kept(struct look *look, const struct kept_entry *entry,
                       const struct container *container, struct error *err)
{
    _cleanup_free_ char *selector = text_format("pid:%d", (int)container->pid);
    _cleanup_report_ struct report *report = NULL;
    _cleanup_source_ struct source source = SOURCE_INIT;
    struct target_request target = {.container = selector};
    struct attach_request request = attach_again(entry->what, &target);
    char major_minor[32];
    int r;

    if (!selector)
        return ERROR_OOM(err);
    target = (struct target_request){.container = selector,
                                     .path = entry->what->target,
                                     .pid = container->pid,
                                     .start_time = container->start_time,
                                     .known = container};
    request.renews = entry->what;
    request.timeout_ms = RESOLVER_DEFAULT_MS;
    r = check_source(look, entry, &request, &source, err);
    if (r < 0)
        return r;
    expect(&source, major_minor, &request.expected);
    r = attach_all(look->engine, &request, false, &report, err);
    if (r < 0)
        return r;
    if (!report->results[0]->ok) {
        *err = report->results[0]->error;
        return -EIO;
    }
    for (char **warning = report->results[0]->warnings; warning && *warning; warning++)
        engine_notice(look->engine, "%s:%s: %s", container->name, target.path, *warning);
    return 0;
}

static int apply(struct look *look, const struct kept_entry *entry, struct error *err)
{
    const struct container *container = container_of(look, entry);
    struct error why;
    int r;

    if (!is_due(entry, container))
        return 0;
    r = adopt(look, entry->what->id, container, err);
    if (r != 0)
        return r < 0 ? r : 0;
    if (attach_kept(look, entry, container, &why) == 0) {
        engine_notice(look->engine, "attached %s to %s:%s again", entry->what->source,
                      container->name, entry->what->target);
        return 0;
    }
    if (may_pass(&why) && !look->last) {
        look->ret->again = true;
        return 0;
    }
    return note_problem(look, entry->what->id, container, &why, err);
}

// ---- ended at its time ----

static bool is_over(const struct kept_entry *entry, time_t now)
{
    return entry->until && entry->until <= now;
}

// The line says that it ends: what is in a container goes by the detach, before.
static int end_entry(struct look *look, const struct kept_entry *entry, struct error *err)
{
    int r = kept_drop(look->engine, entry->what->id, err);

    return r < 0 ? r : journal_kept(look->engine->writing, "forget", entry->what, NULL, err);
}

static int detach_kept(struct look *look, const struct kept_entry *entry, struct error *err)
{
    _cleanup_free_ char *selector = text_format("pid:%d", (int)entry->what->identity.init);
    _cleanup_report_ struct report *report = NULL;
    bool share = attachment_is_share(entry->what);
    struct target_request target = {.container = share ? HOST_NAME : selector,
                                    .path = entry->what->identity.target,
                                    .on_host = share};
    struct detach_request request = {
        .targets = &target, .n_targets = 1, .only = entry->what->id, .expired = true};
    int r;

    if (!selector)
        return ERROR_OOM(err);
    r = detach_all(look->engine, &request, false, &report, err);
    if (r == 0 && !report->results[0]->ok) {
        *err = report->results[0]->error;
        r = -EIO;
    }
    return r;
}

static int expire(struct look *look, const struct kept_entry *entry, struct error *err)
{
    struct error why;
    int there = attachment_present(entry->what, &why);

    if (there == 0)
        return end_entry(look, entry, err);
    if (there == 1 && detach_kept(look, entry, &why) == 0) {
        engine_notice(look->engine, "detached %s from %s:%s: its time is up", entry->what->source,
                      entry->what->container_name, entry->what->target);
        return 0;
    }
    look->ret->again = true;
    if (entry->problem && strcmp(entry->problem, why.message) == 0)
        return 0; // said already
    return note_problem(look, entry->what->id, NULL, &why, err);
}

// ---- all of them ----

// What only has a time and whose container has ended has nothing to wait for.
static bool is_needless(const struct kept_entry *entry)
{
    struct error ignored;

    return !entry->keep && attachment_present(entry->what, &ignored) == 0;
}

static bool any_due(const struct look *look, time_t now)
{
    for (size_t i = 0; i < look->list.n; i++) {
        const struct kept_entry *entry = look->list.entries[i];

        if (is_over(entry, now) || is_needless(entry) || is_due(entry, container_of(look, entry)))
            return true;
    }
    return false;
}

static int act_on(struct look *look, const struct kept_entry *entry, time_t now, struct error *err)
{
    if (is_over(entry, now))
        return expire(look, entry, err);
    if (is_needless(entry))
        return end_entry(look, entry, err);
    return apply(look, entry, err);
}

static int act(struct look *look, time_t now, struct error *err)
{
    int r = engine_begin_change(look->engine, err);

    if (r < 0)
        return r;
    kept_list_done(&look->list); // as it is with the lock held
    r = kept_load(look->engine, &look->list, err);
    for (size_t i = 0; i < look->list.n && r >= 0; i++)
        r = act_on(look, look->list.entries[i], now, err);
    engine_end_change(look->engine);
    return r < 0 ? r : 0;
}

static int tell(struct look *look, time_t now, struct error *err)
{
    _cleanup_kept_list_ struct kept_list list = {.n = 0};
    int r = kept_load(look->engine, &list, err);

    look->ret->n_entries = list.n;
    for (size_t i = 0; i < list.n; i++) {
        time_t until = list.entries[i]->until;

        if (until > now && (look->ret->next == 0 || until < look->ret->next))
            look->ret->next = until;
    }
    return r;
}

int kept_service_look(struct engine *engine, bool last, struct kept_look *ret, struct error *err)
{
    struct look look = {.engine = engine, .last = last, .ret = ret};
    struct runtime_options options = engine->options.runtime;
    time_t now = time(NULL);
    int r = kept_load(engine, &look.list, err);

    *ret = (struct kept_look){.n_entries = look.list.n};
    if (!options.timeout_ms)
        options.timeout_ms = DAEMON_MS;
    if (r == 0 && look.list.n > 0)
        r = snapshot_take(&options, &look.snapshot, err);
    if (r == 0 && any_due(&look, now))
        r = act(&look, now, err);
    if (r == 0)
        r = tell(&look, now, err);
    kept_list_done(&look.list);
    if (look.snapshot)
        snapshot_free(look.snapshot);
    return r;
}
