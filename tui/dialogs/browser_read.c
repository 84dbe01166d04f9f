#include "tui/dialogs/browser.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/model/decode.h"

void browser_entries_free(struct browser *browser)
{
    for (size_t i = 0; i < browser->n_entries; i++) {
        raw_text_done(&browser->entries[i].name);
        raw_text_done(&browser->entries[i].link);
        free(browser->entries[i].type);
        free(browser->entries[i].mode);
    }
    free(browser->entries);
    free(browser->shown);
    browser->entries = NULL;
    browser->shown = NULL;
    browser->n_entries = browser->n_shown = 0;
}

size_t browser_fixed_rows(const struct browser *browser)
{
    return strcmp(browser->path.text, "/") == 0 ? 1 : 2;
}

const struct browser_entry *browser_at(const struct browser *browser, size_t row)
{
    size_t fixed = browser_fixed_rows(browser);

    return row >= fixed && row - fixed < browser->n_shown
               ? &browser->entries[browser->shown[row - fixed]]
               : NULL;
}

void browser_apply_filter(struct browser *browser)
{
    browser->n_shown = 0;
    for (size_t i = 0; i < browser->n_entries; i++)
        if (filter_line_fits(&browser->filter, browser->entries[i].name.text, NULL))
            browser->shown[browser->n_shown++] = i;
    browser->choices.n = browser_fixed_rows(browser) + browser->n_shown;
}

static const char *bytes_of(const struct raw_text *raw)
{
    return raw->bytes ? raw->bytes : raw->text;
}

static char *joined(const char *path, const char *name)
{
    size_t length = strlen(path);

    return text_format("%s%s%s", path, length > 0 && path[length - 1] == '/' ? "" : "/", name);
}

int browser_join(const struct raw_text *path, const struct raw_text *name, struct raw_text *ret)
{
    struct raw_text both = {joined(path->text, name->text), NULL};
    int r = both.text ? 0 : -1;

    if (r == 0 && (path->bytes || name->bytes)) {
        both.bytes = joined(bytes_of(path), bytes_of(name));
        r = both.bytes ? 0 : -1;
    }
    if (r == 0)
        *ret = both;
    else
        raw_text_done(&both);
    return r;
}

static int decode_entry(const json_t *item, struct browser_entry *ret, struct error *err)
{
    int r = decode_raw(item, "name", &ret->name, err);

    r = r < 0 ? r : decode_raw(item, "link", &ret->link, err);
    r = r < 0 ? r : decode_text(item, "type", &ret->type, err);
    r = r < 0 ? r : decode_text(item, "mode", &ret->mode, err);
    r = r < 0 ? r : decode_number(item, "size", 0, &ret->size, err);
    // The name is one component, whoever sent it.
    if (r == 0 && (!ret->name.text || !*ret->name.text || strchr(bytes_of(&ret->name), '/')))
        r = error_set(err, ERROR_FAILED, EPROTO, "the engine sent a wrong name of a file");
    return r;
}

static int take_entries(struct browser *browser, const json_t *result, struct error *err)
{
    const json_t *array;
    size_t n;
    int r = decode_array(result, "entries", &array, err);

    if (r < 0)
        return r;
    n = json_array_size(array);
    r = decode_bool(result, "truncated", false, &browser->truncated, err);
    if (n > BROWSER_LIMIT) {
        n = BROWSER_LIMIT;
        browser->truncated = true;
    }
    browser->entries = calloc(n + 1, sizeof *browser->entries);
    browser->shown = calloc(n + 1, sizeof *browser->shown);
    if (!browser->entries || !browser->shown)
        return ERROR_OOM(err);
    for (size_t i = 0; i < n && r == 0; i++) {
        browser->n_entries = i + 1;
        r = decode_entry(json_array_get(array, i), &browser->entries[i], err);
    }
    return r;
}

static void choose_come_from(struct browser *browser)
{
    for (size_t i = 0; browser->come_from.text && i < browser->n_shown; i++)
        if (strcmp(bytes_of(&browser->entries[browser->shown[i]].name),
                   bytes_of(&browser->come_from)) == 0)
            browser->choices.chosen = browser_fixed_rows(browser) + i;
    raw_text_done(&browser->come_from);
}

static void answered(const json_t *result, const struct error *why, void *context)
{
    struct browser *browser = context;
    struct dialog_host *host = browser->dialog.host;

    browser->request = 0;
    browser->asked = false;
    browser_entries_free(browser);
    if (why) {
        browser->why = *why;
    } else if (take_entries(browser, result, &browser->why) < 0) {
        browser_entries_free(browser);
    } else {
        browser->why = (struct error){.code = ERROR_NONE};
    }
    browser_apply_filter(browser);
    choose_come_from(browser);
    host->dirty(host);
}

static json_t *params_of(const struct browser *browser)
{
    json_t *params = browser->container ? json_pack("{s:s}", "container", browser->container)
                                        : json_pack("{s:n}", "container");
    int failed = params ? raw_text_set(params, "path", &browser->path) : -1;

    if (!failed && browser->pid > 0)
        failed = json_object_set_new(params, "pid", json_integer(browser->pid));
    if (!failed && browser->start_time > 0)
        failed = json_object_set_new(params, "start_time",
                                     json_integer((json_int_t)browser->start_time));
    if (!failed)
        return params;
    json_decref(params);
    return NULL;
}

void browser_read(struct browser *browser)
{
    struct dialog_host *host = browser->dialog.host;
    json_t *params = params_of(browser);

    if (browser->request)
        client_forget(host->client, browser->request);
    browser->request = 0;
    browser->asked = true;
    browser->truncated = false;
    browser->why = (struct error){.code = ERROR_NONE};
    browser_entries_free(browser);
    filter_line_clear(&browser->filter);
    browser->choices = (struct choices){.n = browser_fixed_rows(browser)};
    if (!params) {
        (void)ERROR_OOM(&browser->why);
        browser->asked = false;
    } else if (client_call(host->client, PROTOCOL_BROWSE, params, answered, browser,
                           &browser->request, &browser->why) < 0) {
        browser->asked = false;
    }
    host->dirty(host);
}

void browser_enter(struct browser *browser, const struct browser_entry *entry)
{
    struct raw_text path = {NULL, NULL};

    if (browser_join(&browser->path, &entry->name, &path) < 0)
        return;
    raw_text_done(&browser->path);
    browser->path = path;
    raw_text_done(&browser->come_from);
    browser_read(browser);
}

// Cuts the last component off; a new text with it, or NULL.
static char *cut_last(char *path)
{
    char *slash = path ? strrchr(path, '/') : NULL;
    char *last;

    if (!slash)
        return NULL;
    last = strdup(slash + 1);
    slash[slash == path] = '\0';
    return last;
}

void browser_up(struct browser *browser)
{
    if (strcmp(browser->path.text, "/") == 0)
        return;
    raw_text_done(&browser->come_from);
    browser->come_from.text = cut_last(browser->path.text);
    browser->come_from.bytes = cut_last(browser->path.bytes);
    browser_read(browser);
}
