// davit keep, davit forget.
#include <errno.h>
#include <string.h>

#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/engine/attach_again.h"
#include "core/engine/attach_job.h"
#include "core/engine/kept.h"

struct verb_work {
    struct engine *engine;
    const struct target_request *target;
    bool dry_run;
    struct kept_list list;
    struct journal_view *view;
};

// ---- keep ----

static int find_live(struct verb_work *work, struct container **ret_container,
                     const struct attachment **ret, struct error *err)
{
    int r = engine_find_target(work->engine, work->target, ret_container, err);

    if (r < 0)
        return r;
    *ret = attachment_find_at(work->view, *ret_container, work->target->path);
    if (*ret)
        return 0;
    r = error_set(err, ERROR_NOT_ATTACHED, ENOENT, "nothing that davit attached is at %s",
                  work->target->path);
    error_hint_words(err, "attach it first: davit attach --keep SOURCE %s:%s",
                     work->target->container, work->target->path);
    return r;
}

static int read_filesystem(struct engine *engine, const struct attachment *what,
                           struct kept_filesystem *ret, struct error *err)
{
    _cleanup_source_ struct source source = SOURCE_INIT;
    struct target_request ignored = {.container = NULL};
    struct attach_request request = attach_again(what, &ignored);
    int r = attach_again_possible(what, err);

    request.timeout_ms = RESOLVER_DEFAULT_MS;
    if (r == 0)
        r = source_resolve(engine, &request, &source, err);
    return r < 0 ? r : kept_filesystem_of(&source, request.timeout_ms, ret, err);
}

static int note_keep(struct verb_work *work, const struct attachment *what, struct error *err)
{
    int r = work->dry_run ? 0 : kept_save(work->engine, &work->list, err);

    return r < 0 || work->dry_run ? r
                                  : journal_kept(work->engine->writing, "keep", what, NULL, err);
}

static int keep_one(struct verb_work *work, struct result *result, struct error *err)
{
    _cleanup_container_ struct container *container = NULL;
    CLEANUP(kept_entry_freep) struct kept_entry *entry = NULL;
    const struct attachment *what = NULL;
    struct kept_entry *known;
    struct error ignored;
    int r = find_live(work, &container, &what, err);

    if (r < 0)
        return r;
    (void)memcpy(result->operation, what->id, sizeof what->id);
    known = kept_find(&work->list, what->id);
    if (known && known->keep)
        return result_add_warning(result, err, "it was kept already");
    if (known) {
        known->keep = true;
        return note_keep(work, what, err);
    }
    entry = calloc(1, sizeof *entry);
    if (!entry)
        return ERROR_OOM(err);
    entry->keep = true;
    if (!container->labels)
        (void)container_inspect(&work->engine->options.runtime, container, &ignored);
    r = kept_note_container(entry, container, err);
    if (r == 0)
        r = read_filesystem(work->engine, what, &entry->filesystem, err);
    if (r == 0)
        r = kept_note_attachment(entry, what, err);
    if (r == 0 && kept_only_this_boot(&entry->filesystem))
        r = kept_warn_boot(result, err);
    if (r == 0 && kept_add(&work->list, entry) < 0)
        r = ERROR_OOM(err);
    if (r < 0)
        return r;
    entry = NULL;
    return note_keep(work, what, err);
}

// ---- forget ----

// As it was called when it was attached: it need not run.
static bool is_called(const struct kept_entry *entry, const char *selector)
{
    const struct attachment *what = entry->what;
    const char *slash = strrchr(selector, '/');
    size_t before = slash ? (size_t)(slash - selector) : 0;

    if (strcmp(selector, what->container_name) == 0 || strcmp(selector, what->container_id) == 0)
        return true;
    return slash && strcmp(slash + 1, what->container_name) == 0 &&
           ((strlen(what->runtime) == before && strncmp(selector, what->runtime, before) == 0) ||
            (what->pod && strlen(what->pod) == before &&
             strncmp(selector, what->pod, before) == 0));
}

static int forget_one(struct verb_work *work, struct result *result, struct error *err)
{
    const struct target_request *target = work->target;
    _cleanup_container_ struct container *container = NULL;
    struct error ignored;
    bool runs = engine_find_target(work->engine, target, &container, &ignored) == 0;
    int r;

    for (size_t i = 0; i < work->list.n; i++) {
        struct kept_entry *entry = work->list.entries[i];
        const struct attachment *what = entry->what;

        if (strcmp(what->target, target->path) != 0 &&
            (!what->identity.target || strcmp(what->identity.target, target->path) != 0))
            continue;
        if (!is_called(entry, target->container) && !(runs && kept_is_container(entry, container)))
            continue;
        (void)memcpy(result->operation, what->id, sizeof what->id);
        if (work->dry_run)
            return 0;
        r = journal_kept(work->engine->writing, "forget", what, NULL, err);
        kept_remove(&work->list, entry);
        return r < 0 ? r : kept_save(work->engine, &work->list, err);
    }
    r = error_set(err, ERROR_NOT_ATTACHED, ENOENT, "nothing is kept at %s:%s", target->container,
                  target->path);
    error_hint(err, "`davit status` shows what is kept");
    return r;
}

// ---- both ----

typedef int one_function(struct verb_work *work, struct result *result, struct error *err);

static int run_all(struct verb_work *work, const struct target_request *targets, size_t n,
                   one_function *one, struct report *report, struct error *err)
{
    struct journal *journal = work->engine->writing;
    int r = kept_load(work->engine, &work->list, err);

    if (r == 0 && work->dry_run)
        r = engine_journal_reading(work->engine, &journal, err);
    if (r == 0)
        r = journal_read_live(journal, &work->view, err);
    for (size_t i = 0; i < n && r == 0; i++) {
        struct result *result = report_add(report, &targets[i], err);
        struct error failure = {0};

        if (!result)
            return -ENOMEM;
        work->target = &targets[i];
        result->ok = one(work, result, &failure) == 0;
        if (!result->ok)
            result->error = failure;
    }
    return r;
}

static int run(struct engine *engine, const struct target_request *targets, size_t n,
               one_function *one, bool dry_run, struct report **ret, struct error *err)
{
    _cleanup_report_ struct report *report = calloc(1, sizeof *report);
    struct verb_work work = {.engine = engine, .dry_run = dry_run};
    int r = report ? targets_check(targets, n, err) : ERROR_OOM(err);

    if (r == 0 && !dry_run)
        r = engine_begin_change(engine, err);
    if (r < 0)
        return r;
    r = run_all(&work, targets, n, one, report, err);
    if (!dry_run)
        engine_end_change(engine);
    kept_list_done(&work.list);
    if (work.view)
        journal_view_free(work.view);
    if (r == 0)
        *ret = TAKE_POINTER(report);
    return r;
}

int engine_keep(struct engine *engine, const struct target_request *targets, size_t n,
                bool without_service, bool dry_run, struct report **ret, struct error *err)
{
    int r = without_service ? 0 : kept_check_service(engine, err);

    return r < 0 ? r : run(engine, targets, n, keep_one, dry_run, ret, err);
}

int engine_forget(struct engine *engine, const struct target_request *targets, size_t n,
                  bool dry_run, struct report **ret, struct error *err)
{
    return run(engine, targets, n, forget_one, dry_run, ret, err);
}
