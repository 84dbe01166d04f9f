// Why a container sees a path of the host, or does not: which path, then the answer.
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/box.h"
#include "tui/dialogs/path_field.h"
#include "tui/dialogs/text_page.h"
#include "tui/model/decode.h"

#define NAME_WIDTH 6  // "Path  "
#define ASK_WIDTH  70 // columns of the question

struct why_page {
    struct dialog dialog;
    char *key, *title;
    struct path_field path;
};

// ---- the answer ----

static int fill(struct text_page *page, const json_t *result, struct error *err)
{
    CLEANUP(raw_text_done) struct raw_text inside = {NULL, NULL};
    _cleanup_free_ char *why = NULL;
    bool seen = false;
    int r = decode_bool(result, "visible", false, &seen, err);

    r = r < 0 ? r : decode_raw(result, "inside", &inside, err);
    r = r < 0 ? r : decode_text(result, "why", &why, err);
    if (r < 0)
        return r;
    r = text_page_field(page, "Seen", seen ? "yes" : "no");
    r = r < 0 ? r : text_page_field(page, "Inside", inside.text);
    r = r < 0 ? r : text_page_add(page, ROLE_DIALOG, "");
    r = r < 0 ? r : text_page_add(page, ROLE_DIALOG, why);
    return r < 0 ? ERROR_OOM(err) : 0;
}

static void answered(const json_t *result, const struct error *why, void *context)
{
    struct text_page *page = context;
    struct error err = {.code = ERROR_NONE};

    page->request = 0;
    page->dialog.host->dirty(page->dialog.host);
    if (why)
        err = *why;
    else if (fill(page, result, &err) == 0)
        return;
    (void)text_page_add(page, ROLE_STATUS_WARNING, err.message);
    if (err.hint[0])
        (void)text_page_add(page, ROLE_TEXT_DIM, err.hint);
}

static int ask(struct why_page *why, struct error *err)
{
    struct dialog_host *host = why->dialog.host;
    CLEANUP(raw_text_done) struct raw_text path = {NULL, NULL};
    json_t *params = json_pack("{s:s}", "container", why->key);
    struct text_page *page = text_page_new(host, why->title);
    int r = params && page && path_field_get(&why->path, &path) == 0 &&
                    raw_text_set(params, "path", &path) == 0 &&
                    text_page_field(page, "Path", path.text) == 0
                ? 0
                : ERROR_OOM(err);

    if (r == 0)
        r = client_call(host->client, PROTOCOL_WHY, params, answered, page, &page->request, err);
    else
        json_decref(params);
    if (r < 0) {
        if (page)
            text_page_free(page);
        return r;
    }
    host->close(host, &why->dialog);
    text_page_show(page);
    return 0;
}

// ---- the question ----

static void why_free(struct dialog *dialog)
{
    struct why_page *why = (struct why_page *)dialog;

    path_field_done(&why->path);
    free(why->key);
    free(why->title);
    free(why);
}

// What Tab has found: names, or why there are none.
static char *found(const struct path_field *field)
{
    char *text = strdup(field->request ? "looking …" : field->note);

    for (size_t i = 0; text && i < field->n_names; i++) {
        char *longer = text_format("%s%s%s", text, *text ? "  " : "", field->names[i]);

        free(text);
        text = longer;
    }
    return text;
}

static void why_paint(struct dialog *dialog, struct surface_part part)
{
    struct why_page *why = (struct why_page *)dialog;
    _cleanup_free_ char *names = found(&why->path);
    struct surface_part inside =
        box_paint(box_place(part, BOX_LINES + (part.height > 10 ? 6 : 3), ASK_WIDTH), why->title);

    (void)surface_text(inside, 0, 0, NAME_WIDTH, ROLE_DIALOG_SELECTED, CUT_END, "Path");
    input_line_paint(&why->path.line, inside, 0, NAME_WIDTH, inside.width - NAME_WIDTH, true);
    if (inside.height > 1)
        (void)box_sentence(inside, 1, NAME_WIDTH, ROLE_TEXT_DIM,
                           names && *names ? names : "of this host; Tab completes");
}

static enum key_context why_context(struct dialog *dialog)
{
    (void)dialog;
    return KEYS_INPUT;
}

static void path_chosen(const struct raw_text *path, void *context)
{
    struct why_page *why = context;

    if (path && path_field_set(&why->path, path) == 0)
        path_field_forget(&why->path);
}

static void why_act(struct dialog *dialog, enum action action)
{
    struct why_page *why = (struct why_page *)dialog;
    struct dialog_host *host = dialog->host;
    CLEANUP(raw_text_done) struct raw_text now = {NULL, NULL};
    struct error err = {.code = ERROR_NONE};
    int r = 0;

    host->dirty(host);
    if (action == ACTION_COMPLETE)
        path_field_complete(&why->path, NULL);
    else if (action == ACTION_BROWSE && path_field_get(&why->path, &now) == 0)
        r = browser_open(host, NULL, NULL, &now, path_chosen, why, &err);
    else if (action == ACTION_ACCEPT && why->path.line.text[0] == '/')
        r = ask(why, &err);
    else if (action == ACTION_ACCEPT)
        host->say(host, LOG_NOTICE, "a path of this host, from / on");
    else if (action == ACTION_LEAVE || action == ACTION_BACK || action == ACTION_CANCEL)
        host->close(host, dialog);
    if (r < 0)
        host->say(host, LOG_WARNING, err.message);
}

static void why_type(struct dialog *dialog, const struct key_event *event)
{
    struct why_page *why = (struct why_page *)dialog;

    if (input_line_type(&why->path.line, event) == INPUT_CHANGED)
        path_field_forget(&why->path);
    dialog->host->dirty(dialog->host);
}

static const struct footer_key *why_footer(struct dialog *dialog)
{
    static const struct footer_key keys[] = {
        {ACTION_ACCEPT, "Ask"}, {ACTION_COMPLETE, NULL}, {ACTION_BROWSE, NULL},
        {ACTION_LEAVE, NULL},   {ACTION_NONE, NULL},
    };

    (void)dialog;
    return keys;
}

static char *why_plain(struct dialog *dialog)
{
    const struct why_page *why = (const struct why_page *)dialog;
    _cleanup_free_ char *names = found(&why->path);

    return text_format("%s\nPath: type a path of this host.\n%s%s", why->title, names ? names : "",
                       names && *names ? "\n" : "");
}

static const struct input_line *why_line(struct dialog *dialog)
{
    return &((struct why_page *)dialog)->path.line;
}

static const struct dialog_ops ops = {
    .name = "why",
    .free = why_free,
    .paint = why_paint,
    .context = why_context,
    .act = why_act,
    .type = why_type,
    .footer = why_footer,
    .plain = why_plain,
    .line = why_line,
};

static void completed(bool changed, void *context)
{
    struct why_page *why = context;

    (void)changed;
    why->dialog.host->dirty(why->dialog.host);
}

int why_page_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    const char *selected = host->model->mounts_of;
    const struct shown_container *c = subject->container ? subject->container
                                      : selected         ? model_container(host->model, selected)
                                                         : NULL;
    struct why_page *why = c ? calloc(1, sizeof *why) : NULL;

    if (!c)
        return error_set(err, ERROR_GONE, 0, "select a container first");
    if (!why)
        return ERROR_OOM(err);
    why->dialog = (struct dialog){&ops, host};
    path_field_init(&why->path, host, completed, why);
    why->key = strdup(c->key);
    why->title = text_format("What %s sees of a path of the host", c->label);
    if (!why->key || !why->title ||
        (subject->kind == SUBJECT_FILESYSTEM &&
         path_field_set(&why->path, &subject->filesystem->mount_point) < 0)) {
        why_free(&why->dialog);
        return ERROR_OOM(err);
    }
    host->open(host, &why->dialog);
    host->dirty(host);
    return 0;
}
