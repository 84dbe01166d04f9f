// What the attach page asks the engine: what the source is, what would be done, and to do it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/attach_page.h"
#include "tui/dialogs/shown.h"
#include "tui/model/decode.h"

void attach_forget(struct attach_page *page)
{
    struct client *client = page->dialog.host->client;

    if (page->describe_request)
        client_forget(client, page->describe_request);
    if (page->plan_request)
        client_forget(client, page->plan_request);
    page->describe_request = page->plan_request = 0;
}

// ---- describe ----

static void set_described(struct attach_page *page, char *text, bool failed)
{
    free(page->described);
    page->described = text;
    page->described_failed = failed;
}

struct description {
    char *type, *mode, *device, *major_minor, *filesystem;
    struct raw_text sub_root;
    int64_t uid, gid, size;
    size_t below;
};

static void description_done(struct description *d)
{
    free(d->type);
    free(d->mode);
    free(d->device);
    free(d->major_minor);
    free(d->filesystem);
    raw_text_done(&d->sub_root);
}

static int description_read(const json_t *result, struct description *ret, struct error *err)
{
    int r = decode_text(result, "type", &ret->type, err);

    r = r < 0 ? r : decode_text(result, "mode", &ret->mode, err);
    r = r < 0 ? r : decode_text(result, "device", &ret->device, err);
    r = r < 0 ? r : decode_text(result, "major_minor", &ret->major_minor, err);
    r = r < 0 ? r : decode_text(result, "filesystem", &ret->filesystem, err);
    r = r < 0 ? r : decode_raw(result, "sub_root", &ret->sub_root, err);
    r = r < 0 ? r : decode_number(result, "uid", -1, &ret->uid, err);
    r = r < 0 ? r : decode_number(result, "gid", -1, &ret->gid, err);
    r = r < 0 ? r : decode_number(result, "size", -1, &ret->size, err);
    ret->below = json_array_size(json_object_get(result, "below"));
    return r;
}

static const char *known(const char *text)
{
    return text ? text : "?";
}

// "/dev/sda2 8:2 ext4 · sub-root / · 1.2 GB · 0:0 0755 · 1 mount below"
static char *description_text(const struct description *d)
{
    char size[SHOWN_SIZE + 4] = "", below[48] = "", bytes[SHOWN_SIZE];
    bool other_type = d->type && strcmp(d->type, "directory") != 0;

    if (d->size >= 0) {
        shown_bytes(bytes, (uint64_t)d->size);
        (void)snprintf(size, sizeof size, " · %s", bytes);
    }
    if (d->below > 0)
        (void)snprintf(below, sizeof below, " · %zu mount%s below", d->below,
                       d->below > 1 ? "s" : "");
    return text_format("%s %s %s · sub-root %s%s%s%s · %lld:%lld %s%s", known(d->device),
                       known(d->major_minor), known(d->filesystem), known(d->sub_root.text),
                       other_type ? " · a " : "", other_type ? d->type : "", size,
                       (long long)d->uid, (long long)d->gid, known(d->mode), below);
}

static void described(const json_t *result, const struct error *why, void *context)
{
    struct attach_page *page = context;
    struct dialog_host *host = page->dialog.host;
    struct description d = {.uid = -1};
    struct error err = {.code = ERROR_NONE};

    page->describe_request = 0;
    page->plan.owner[0] = '\0';
    host->dirty(host);
    if (why) {
        set_described(page, strdup(why->code == ERROR_TIMED_OUT ? "not answering" : why->message),
                      true);
        return;
    }
    if (description_read(result, &d, &err) < 0) {
        set_described(page, strdup(err.message), true);
    } else {
        set_described(page, description_text(&d), false);
        if (d.uid == 0)
            (void)snprintf(page->plan.owner, sizeof page->plan.owner, "root");
        else if (d.uid > 0)
            (void)snprintf(page->plan.owner, sizeof page->plan.owner, "%lld:%lld", (long long)d.uid,
                           (long long)d.gid);
    }
    description_done(&d);
}

static void ask_describe(struct attach_page *page)
{
    struct client *client = page->dialog.host->client;
    struct raw_text source = {NULL, NULL};
    json_t *params = json_object();
    struct error err;

    if (page->described_source && strcmp(page->described_source, page->source.line.text) == 0) {
        json_decref(params);
        return;
    }
    if (page->describe_request)
        client_forget(client, page->describe_request);
    page->describe_request = 0;
    free(page->described_source);
    page->described_source = strdup(page->source.line.text);
    set_described(page, NULL, false);
    if (page->source.line.length == 0 || !params || path_field_get(&page->source, &source) < 0 ||
        raw_text_set(params, "source", &source) < 0)
        json_decref(params);
    else if (client_call(client, PROTOCOL_DESCRIBE, params, described, page,
                         &page->describe_request, &err) < 0)
        set_described(page, strdup(err.message), true);
    raw_text_done(&source);
}

// ---- plan ----

static bool all_gone(const struct attach_page *page)
{
    for (size_t i = 0; i < page->n_targets; i++)
        if (!page->targets[i].gone)
            return false;
    return true;
}

static bool complete(const struct attach_page *page)
{
    return page->source.line.length > 0 && page->target.line.length > 0;
}

static void planned(const json_t *result, const struct error *why, void *context)
{
    struct attach_page *page = context;
    struct dialog_host *host = page->dialog.host;

    page->plan_request = 0;
    plan_view_answer(&page->plan, result, why);
    host->dirty(host);
}

static void ask_plan(struct attach_page *page)
{
    struct client *client = page->dialog.host->client;
    struct error err;
    json_t *params;

    if (page->plan_request)
        client_forget(client, page->plan_request);
    page->plan_request = 0;
    plan_view_clear(&page->plan, PLAN_NONE);
    page->plan.host_shares = page->choice.propagation == PROPAGATION_SHARED;
    if (!complete(page)) {
        page->plan.nothing = "The plan stands here when source and target are filled in.";
        return;
    }
    if (all_gone(page)) {
        page->plan.nothing = "No plan: there is no running container to attach to.";
        return;
    }
    params = attach_params(page);
    plan_view_clear(&page->plan, PLAN_ASKED);
    if (!params)
        (void)ERROR_OOM(&err);
    if (!params ||
        client_call(client, PROTOCOL_PLAN, params, planned, page, &page->plan_request, &err) < 0)
        plan_view_answer(&page->plan, NULL, &err);
}

void attach_ask_now(struct attach_page *page)
{
    if (page->timer)
        loop_timer_stop(page->timer);
    ask_describe(page);
    ask_plan(page);
    page->dialog.host->dirty(page->dialog.host);
}

// The plan that stood there is not that of the fields any more.
void attach_changed(struct attach_page *page)
{
    page->touched = true;
    page->notice = (struct error){.code = ERROR_NONE};
    if (page->plan_request)
        client_forget(page->dialog.host->client, page->plan_request);
    page->plan_request = 0;
    plan_view_clear(&page->plan, complete(page) ? PLAN_ASKED : PLAN_NONE);
    page->plan.nothing = "The plan stands here when source and target are filled in.";
    if (!page->described_source || strcmp(page->described_source, page->source.line.text) != 0) {
        set_described(page, NULL, false);
        page->plan.owner[0] = '\0';
    }
    loop_timer_start(page->timer, ATTACH_REST_MS);
    page->dialog.host->dirty(page->dialog.host);
}

// ---- run ----

bool attach_ready(const struct attach_page *page)
{
    return !page->running && !page->plan_request && plan_view_possible(&page->plan) &&
           !loop_timer_running(page->timer) && !all_gone(page);
}

static void failed(struct attach_page *page, const struct planned_set *results)
{
    const struct error *first = NULL;

    for (size_t i = 0; i < results->n && !first; i++)
        if (!results->items[i].ok)
            first = &results->items[i].error;
    page->notice = *first;
    if (results->n > 1)
        error_prefix(&page->notice, "%zu of %zu attached, the first that was not: ", results->n_ok,
                     results->n);
    attach_targets_drop(page, results);
}

static void ended(const struct planned_set *results, const struct error *why, void *context)
{
    struct attach_page *page = context;
    struct dialog_host *host = page->dialog.host;

    page->running = NULL;
    host->dirty(host);
    if (results)
        running_say(host, "attached", results);
    if (results && results->n_ok == results->n) {
        attach_draft_drop(page);
        host->close(host, &page->dialog);
        return;
    }
    if (why)
        page->notice = *why;
    else
        failed(page, results);
    if (why && why->code == ERROR_GONE) { // the source is another: looked at anew
        free(page->described_source);
        page->described_source = NULL;
        ask_describe(page);
    }
    ask_plan(page);
}

static const char *why_not_ready(const struct attach_page *page)
{
    if (page->running)
        return "it is being attached";
    if (all_gone(page))
        return page->notice.code != ERROR_NONE ? page->notice.message : "the container is gone";
    if (!complete(page))
        return "source and target are to be filled in first";
    if (page->plan.state == PLAN_REFUSED || page->plan.state == PLAN_READY)
        return "this cannot be attached: the plan says why";
    return "the plan is being made: press the key again when it is there";
}

void attach_perform(struct attach_page *page)
{
    struct dialog_host *host = page->dialog.host;
    struct error err;
    json_t *params;

    if (!attach_ready(page)) {
        host->say(host, LOG_NOTICE, why_not_ready(page));
        return;
    }
    page->notice = (struct error){.code = ERROR_NONE};
    params = attach_params(page);
    if (params && planned_set_expect(&page->plan.set, params) < 0) {
        json_decref(params);
        params = NULL;
    }
    if (running_start(host, params, "attached", ended, page, &page->running, &err) < 0)
        page->notice = err;
    host->dirty(host);
}
