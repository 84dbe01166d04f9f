// Attachments replaced by the same source: after its server came back, or was mounted anew.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/text.h"
#include "core/engine/attach_again.h"
#include "core/engine/attach_job.h"

struct refresh {
    struct engine *engine;
    const struct refresh_request *request;
    bool dry_run;
    struct journal_view *view;
    bool *chosen; // of view's attachments
    struct report *report;
};

// ---- which ----

static bool of_device(const struct attachment *attachment, const char *device)
{
    const size_t prefix = strlen("device:"), length = strlen(device);
    const char *source = attachment->source;
    struct stat st;

    if (strncmp(source, "device:", prefix) == 0 && strncmp(source + prefix, device, length) == 0 &&
        (source[prefix + length] == '\0' || source[prefix + length] == ':'))
        return true;
    return stat(device, &st) == 0 && S_ISBLK(st.st_mode) &&
           st.st_rdev == attachment->identity.device;
}

static int choose_from(struct refresh *refresh, struct error *err)
{
    const char *from = refresh->request->from;
    bool device = strncmp(from, "/dev/", 5) == 0, any = false;
    int r;

    for (size_t i = 0; i < refresh->view->n_attachments; i++) {
        const struct attachment *a = refresh->view->attachments[i];

        refresh->chosen[i] = ((a->source[0] == '/' && path_is_below(a->source, from)) ||
                              (device && of_device(a, from))) &&
                             attachment_is_there(a);
        any |= refresh->chosen[i];
    }
    if (any)
        return 0;
    r = error_set(err, ERROR_NOT_ATTACHED, ENOENT, "nothing is attached from %s", from);
    error_path(err, from);
    error_hint(err, "davit status lists what is attached and from where");
    return r;
}

// The mounts of each container are looked at once.
static int choose_stale(struct refresh *refresh, struct error *err)
{
    struct journal_view *view = refresh->view;
    _cleanup_free_ bool *looked = calloc(view->n_attachments + 1, sizeof *looked);

    if (!looked)
        return ERROR_OOM(err);
    for (size_t i = 0; i < view->n_attachments; i++) {
        const struct mount_identity *first = &view->attachments[i]->identity;
        _cleanup_free_ char *selector = text_format("pid:%d", (int)first->init);
        CLEANUP(container_mounts_freep) struct container_mounts *mounts = NULL;
        struct error ignored;

        if (looked[i] || !attachment_is_there(view->attachments[i]) || !selector ||
            engine_mounts(refresh->engine, selector, NULL, 0, &mounts, &ignored) < 0)
            continue;
        for (size_t k = i; k < view->n_attachments; k++) {
            const struct attachment *a = view->attachments[k];

            if (a->identity.init != first->init || a->identity.init_start != first->init_start)
                continue;
            looked[k] = true;
            for (size_t m = 0; m < mounts->n_mounts; m++)
                refresh->chosen[k] |=
                    mounts->mounts[m].stale && strcmp(mounts->mounts[m].attachment, a->id) == 0;
        }
    }
    return 0;
}

static bool was_planned(const struct refresh_request *request, const struct attachment *attachment)
{
    const struct mount_identity *known = &attachment->identity;

    for (size_t i = 0; i < request->n_mounts; i++)
        if (request->mounts[i] == (known->unique ? known->unique : known->old_id))
            return true;
    return false;
}

// ---- each ----

static struct report *take_over(struct report *to, struct report *from)
{
    struct result **grown =
        realloc(to->results, (to->n_results + from->n_results + 1) * sizeof(struct result *));

    if (!grown)
        return NULL;
    to->results = grown;
    for (size_t i = 0; i < from->n_results; i++)
        grown[to->n_results++] = from->results[i];
    from->n_results = 0;
    return to;
}

static int refuse(struct refresh *refresh, const struct target_request *target,
                  const struct error *why, struct error *err)
{
    struct result *result = report_add(refresh->report, target, err);

    if (!result)
        return -ENOMEM;
    result->error = *why;
    return 0;
}

static int refresh_one(struct refresh *refresh, const struct attachment *what,
                       const struct target_request *asked, struct error *err)
{
    _cleanup_free_ char *selector = NULL;
    _cleanup_report_ struct report *report = NULL;
    struct target_request target = {.container = NULL};
    struct attach_request request = attach_again(what, &target);
    struct target_request named = {.container = what->container_name, .path = what->target};
    struct error failure = {0};

    if (asked)
        target = named = *asked;
    else if (attach_again_in(refresh->engine, what, &selector, &failure) < 0)
        return refuse(refresh, &named, &failure, err);
    else
        target.container = selector;
    request.replaces = true;
    request.timeout_ms = refresh->request->timeout_ms;
    if (attach_again_possible(what, &failure) < 0)
        return refuse(refresh, &named, &failure, err);
    if (attach_all(refresh->engine, &request, refresh->dry_run, &report, &failure) < 0)
        return refuse(refresh, &named, &failure, err);
    return take_over(refresh->report, report) ? 0 : ERROR_OOM(err);
}

static int refresh_target(struct refresh *refresh, const struct target_request *target,
                          struct error *err)
{
    _cleanup_container_ struct container *container = NULL;
    const struct attachment *what = NULL;
    struct error failure = {0};
    int r = engine_find_target(refresh->engine, target, &container, &failure);

    if (r == 0)
        what = attachment_find_at(refresh->view, container, target->path);
    if (what)
        return refresh_one(refresh, what, target, err);
    if (r == 0) {
        error_set(&failure, ERROR_NOT_ATTACHED, ENOENT, "nothing that davit attached is at %s",
                  target->path);
        error_hint(&failure, "`davit status` shows what is attached now");
    }
    return refuse(refresh, target, &failure, err);
}

static int refresh_all(struct refresh *refresh, struct error *err)
{
    const struct refresh_request *request = refresh->request;
    struct journal *journal;
    int r = engine_journal_reading(refresh->engine, &journal, err);

    if (r == 0)
        r = journal_read_live(journal, &refresh->view, err);
    if (r < 0)
        return r;
    if (request->n_targets) {
        r = targets_check(request->targets, request->n_targets, err);
        for (size_t i = 0; i < request->n_targets && r == 0; i++)
            r = refresh_target(refresh, &request->targets[i], err);
        return r;
    }
    refresh->chosen = calloc(refresh->view->n_attachments + 1, sizeof *refresh->chosen);
    if (!refresh->chosen)
        return ERROR_OOM(err);
    r = request->from ? choose_from(refresh, err) : choose_stale(refresh, err);
    for (size_t i = 0; i < refresh->view->n_attachments && request->mounts; i++)
        refresh->chosen[i] &= was_planned(request, refresh->view->attachments[i]);
    for (size_t i = 0; i < refresh->view->n_attachments && r == 0; i++)
        if (refresh->chosen[i])
            r = refresh_one(refresh, refresh->view->attachments[i], NULL, err);
    return r;
}

static int run(struct engine *engine, const struct refresh_request *request, bool dry_run,
               struct report **ret, struct error *err)
{
    struct refresh refresh = {.engine = engine, .request = request, .dry_run = dry_run};
    int r;

    if ((request->from != NULL) + (request->n_targets > 0) + request->stale != 1)
        return error_set(err, ERROR_USAGE, EINVAL,
                         "a refresh is of one source, of targets, or of what is stale");
    refresh.report = calloc(1, sizeof *refresh.report);
    if (!refresh.report)
        return ERROR_OOM(err);
    r = refresh_all(&refresh, err);
    if (refresh.view)
        journal_view_free(refresh.view);
    free(refresh.chosen);
    if (r < 0)
        report_free(refresh.report);
    else
        *ret = refresh.report;
    return r;
}

int engine_refresh(struct engine *engine, const struct refresh_request *request, bool dry_run,
                   struct report **ret, struct error *err)
{
    int r = dry_run ? 0 : engine_begin_change(engine, err);

    if (r < 0)
        return r;
    r = run(engine, request, dry_run, ret, err);
    if (!dry_run)
        engine_end_change(engine);
    return r;
}
