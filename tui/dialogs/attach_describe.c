// What the engine says of the source.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/format.h"
#include "core/base/text.h"
#include "tui/dialogs/attach_page.h"
#include "tui/model/decode.h"

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
    char size[FORMAT_SIZE + 4] = "", below[48] = "", bytes[FORMAT_SIZE];
    bool other_type = d->type && strcmp(d->type, "directory") != 0;

    if (d->size >= 0)
        (void)snprintf(size, sizeof size, " · %s", format_bytes(bytes, (uint64_t)d->size));
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
    page->proposal.plan.owner[0] = '\0';
    page->owner = -1;
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
        page->owner = d.uid;
        if (d.uid == 0)
            (void)snprintf(page->proposal.plan.owner, sizeof page->proposal.plan.owner, "root");
        else if (d.uid > 0)
            (void)snprintf(page->proposal.plan.owner, sizeof page->proposal.plan.owner, "%lld:%lld",
                           (long long)d.uid, (long long)d.gid);
    }
    description_done(&d);
}

static void forget(struct attach_page *page)
{
    if (page->describe_request)
        client_forget(page->dialog.host->client, page->describe_request);
    page->describe_request = 0;
}

// All that the answer depends on: a secret is not part of it. Fresh memory.
static char *what(const struct attach_page *page)
{
    return text_format("%s\n%s", page->source.line.text,
                       page->kind->extra_secret ? "" : page->extra.line.text);
}

static bool is_described(const struct attach_page *page)
{
    _cleanup_free_ char *now = what(page);

    return text_same(page->described_source, now);
}

void attach_describe(struct attach_page *page)
{
    const char *text = page->source.line.text;
    json_t *params;
    struct error err;

    if (is_described(page))
        return;
    forget(page);
    free(page->described_source);
    page->described_source = what(page);
    set_described(page, NULL, false);
    if (!*text || (page->kind->complete && !page->kind->complete(text)))
        return;
    params = json_object();
    if (!params || attach_source_send(page, params) < 0)
        json_decref(params);
    else if (client_call(page->dialog.host->client, PROTOCOL_DESCRIBE, params, described, page,
                         &page->describe_request, &err) < 0)
        set_described(page, strdup(err.message), true);
}

void attach_describe_again(struct attach_page *page)
{
    free(page->described_source);
    page->described_source = NULL;
    attach_describe(page);
}

void attach_describe_changed(struct attach_page *page)
{
    if (is_described(page))
        return;
    set_described(page, NULL, false);
    page->proposal.plan.owner[0] = '\0';
}

void attach_describe_done(struct attach_page *page)
{
    forget(page);
    free(page->described);
    free(page->described_source);
}
