// What is kept, as attaches and detaches change it. All of it with the journal's lock held.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/engine/attach_job.h"
#include "core/engine/device_source.h"
#include "core/engine/journal_line.h"
#include "core/engine/kept.h"
#include "core/engine/replace.h"

#define FOR_LIMIT_MS (10ULL * 366 * 24 * 60 * 60 * 1000)

static bool is_asked(const struct attach_request *request)
{
    return request->flags & ATTACH_KEEP || request->for_ms;
}

static bool has_secret(const struct attach_request *request)
{
    const char *options = request->helper_options;
    struct secret secret;

    return request->type && (secret_in_spec(request->source, &secret) ||
                             (options && secret_in_options(&options, &secret)));
}

int kept_check_service(const struct engine *engine, struct error *err)
{
    int r = kept_service_runs(engine, err);

    if (r != 0)
        return r < 0 ? r : 0;
    r = error_set(err, ERROR_UNSUPPORTED, ESRCH, "davit keepd does not run, which would do that");
    error_hint(err,
               "systemctl enable --now davit-keepd, or davit keepd; --force notes it for later");
    return r;
}

int kept_check_request(struct engine *engine, const struct attach_request *request,
                       const struct source *source, struct error *err)
{
    CLEANUP(kept_filesystem_done) struct kept_filesystem filesystem = {.type = NULL};
    _cleanup_kept_list_ struct kept_list list = {.n = 0};
    int r;

    if (request->renews || !is_asked(request))
        return 0;
    if (request->for_ms > FOR_LIMIT_MS || (request->for_ms && request->for_ms < 1000))
        return error_set(err, ERROR_USAGE, EINVAL, "--for takes a second to ten years");
    for (size_t i = 0; i < request->n_targets; i++)
        if (request->targets[i].on_host && request->flags & ATTACH_KEEP) {
            r = error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
                          "a share ends with its container and cannot be kept");
            error_hint(err, "share again when it has started");
            return r;
        }
    r = request->flags & ATTACH_FORCE ? 0 : kept_check_service(engine, err);
    if (r == 0)
        r = kept_load(engine, &list, err);
    if (r == 0 && request->flags & ATTACH_KEEP && has_secret(request)) {
        r = error_set(err, ERROR_UNSUPPORTED, ENOKEY,
                      "the secret in its name or in -o is written nowhere, so it cannot be "
                      "attached again");
        error_hint(err, "leave it to the helper's own configuration, or attach without --keep");
    }
    return r < 0 ? r : kept_filesystem_of(source, request->timeout_ms, &filesystem, err);
}

// ---- the step ----

int kept_add_step(struct attach_job *job, struct error *err)
{
    const struct attach_request *request = job->request;
    _cleanup_free_ char *path = NULL;

    if (!is_asked(request))
        return 0;
    path = kept_path(job->engine);
    if (!path)
        return ERROR_OOM(err);
    return result_add_step(
        job->result, ACTION_KEEP, 0, err,
        text_format(request->for_ms ? "note when it ends%s" : "note that it is kept%s",
                    request->for_ms && request->flags & ATTACH_KEEP ? ", and that it is kept" : ""),
        text_format("rename(\"%s.XXXXXX\", \"%s\")", path, path));
}

// A copy by way of the text that it will be.
static int copy_attachment(const struct attachment *what, struct attachment **ret,
                           struct error *err)
{
    json_t *object = journal_attachment_encode(what);
    int r = object ? journal_attachment_decode(object, ret) : -ENOMEM;

    json_decref(object);
    if (r == -ENOMEM)
        return ERROR_OOM(err);
    return r < 0 ? error_set(err, ERROR_FAILED, -r, "it cannot be written to kept.json") : 0;
}

// A device by its name is another one after the next start; its UUID stays.
static int name_by_uuid(struct kept_entry *entry, struct error *err)
{
    struct attachment *what = entry->what;
    _cleanup_free_ char *place = NULL, *sub_path = NULL;
    char *name;
    int r;

    if (strncmp(what->source, "device:", 7) != 0 && strncmp(what->source, "LABEL=", 6) != 0)
        return 0;
    r = device_place_parse(what->source + (*what->source == 'd' ? 7 : 0), &place, &sub_path, err);
    if (r < 0)
        return r;
    name = text_format("UUID=%s%s%s", entry->filesystem.uuid, *sub_path ? ":" : "", sub_path);
    if (!name)
        return ERROR_OOM(err);
    free(what->source);
    what->source = name;
    return 0;
}

int kept_note_attachment(struct kept_entry *entry, const struct attachment *what, struct error *err)
{
    struct attachment *own = NULL;
    int r = copy_attachment(what, &own, err);

    if (r < 0)
        return r;
    if (entry->what)
        attachment_free(entry->what);
    entry->what = own;
    free(TAKE_POINTER(entry->problem));
    kept_note_tried(entry, what->identity.init, what->identity.init_start);
    return name_by_uuid(entry, err);
}

static int renew(struct kept_entry *entry, const struct attachment *what,
                 const struct source *source, uint64_t timeout_ms, struct error *err)
{
    int r;

    kept_filesystem_done(&entry->filesystem);
    r = kept_filesystem_of(source, timeout_ms, &entry->filesystem, err);
    return r < 0 ? r : kept_note_attachment(entry, what, err);
}

int kept_warn_boot(struct result *result, struct error *err)
{
    return result_add_warning(result, err,
                              "the UUID of its filesystem is not known: it is kept until the host "
                              "restarts");
}

static int add_new(struct attach_job *job, struct kept_list *list, struct error *err)
{
    CLEANUP(kept_entry_freep) struct kept_entry *entry = calloc(1, sizeof *entry);
    const struct attach_request *request = job->request;
    struct error ignored;
    int r;

    if (!entry)
        return ERROR_OOM(err);
    entry->keep = request->flags & ATTACH_KEEP;
    if (request->for_ms)
        entry->until = time(NULL) + (time_t)((request->for_ms + 999) / 1000);
    if (!job->container->labels && !job->container->host) // not known: no project is noted then
        (void)container_inspect(&job->engine->options.runtime, job->container, &ignored);
    r = kept_note_container(entry, job->container, err);
    if (r == 0)
        r = renew(entry, job->what, job->source, job->timeout_ms, err);
    if (r < 0)
        return r;
    if (entry->keep && kept_only_this_boot(&entry->filesystem))
        r = kept_warn_boot(job->result, err);
    if (r < 0)
        return r;
    if (kept_add(list, entry) < 0)
        return ERROR_OOM(err);
    entry = NULL;
    return 0;
}

int kept_step(struct attach_job *job, struct error *err)
{
    _cleanup_kept_list_ struct kept_list list = {.n = 0};
    int r = kept_load(job->engine, &list, err);

    if (r == 0)
        r = add_new(job, &list, err);
    return r < 0 ? r : kept_save(job->engine, &list, err);
}

int kept_take_made(struct attachment *what, const struct attachment *renews, struct error *err)
{
    struct attachment *own = NULL;
    int r;

    if (renews->n_made == 0 || strcmp(renews->container_id, what->container_id) != 0)
        return 0;
    r = copy_attachment(renews, &own, err);
    if (r < 0)
        return r;
    what->made = TAKE_POINTER(own->made);
    what->n_made = own->n_made;
    own->n_made = 0;
    attachment_free(own);
    return 0;
}

// ---- what follows from a change ----

static int follow(struct attach_job *job, const char *before, struct error *err)
{
    _cleanup_kept_list_ struct kept_list list = {.n = 0};
    struct kept_entry *entry;
    int r = kept_load(job->engine, &list, err);

    entry = r == 0 ? kept_find(&list, before) : NULL;
    if (!entry)
        return r;
    if (is_asked(job->request)) // anew, by its own step
        kept_remove(&list, entry);
    else
        r = renew(entry, job->what, job->source, job->timeout_ms, err);
    return r < 0 ? r : kept_save(job->engine, &list, err);
}

void kept_attached(struct attach_job *job)
{
    const struct attachment *renews = job->request->renews;
    const char *before = renews ? renews->id : job->what->replaces;
    struct error why, ignored;

    if (*before && follow(job, before, &why) < 0)
        (void)result_add_warning(job->result, &ignored, "what it replaces is kept, not this: %s",
                                 why.message);
}

int kept_drop(struct engine *engine, const char *id, struct error *err)
{
    _cleanup_kept_list_ struct kept_list list = {.n = 0};
    struct kept_entry *entry;
    int r = kept_load(engine, &list, err);

    entry = r == 0 ? kept_find(&list, id) : NULL;
    if (!entry)
        return r;
    kept_remove(&list, entry);
    r = kept_save(engine, &list, err);
    return r < 0 ? r : 1;
}

// ---- in a view of the journal ----

static struct attachment *view_add(struct journal_view *view, struct kept_entry *entry)
{
    struct attachment **grown =
        reallocarray(view->attachments, view->n_attachments + 1, sizeof(struct attachment *));

    if (!grown)
        return NULL;
    view->attachments = grown;
    entry->what->state = ATTACHMENT_GONE;
    return grown[view->n_attachments++] = TAKE_POINTER(entry->what);
}

void kept_mark(struct engine *engine, struct journal_view *view)
{
    struct kept_list list = {.n = 0};

    if (kept_load(engine, &list, &view->kept_error) < 0)
        return;
    view->kept_error.code = ERROR_NONE;
    for (size_t i = 0; i < list.n; i++) {
        struct kept_entry *entry = list.entries[i];
        struct attachment *what = journal_view_find(view, entry->what->id);

        if (!what)
            what = view_add(view, entry);
        if (!what)
            continue;
        what->kept = entry->keep;
        what->until = entry->until;
        what->problem = TAKE_POINTER(entry->problem);
    }
    kept_list_done(&list);
}
