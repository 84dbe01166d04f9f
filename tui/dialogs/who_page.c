// Who holds something, looked at again and again while the page is open: its mounts soon, then
// everybody. From a row to its container.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/box.h"
#include "tui/dialogs/choices.h"
#include "tui/dialogs/dialog.h"
#include "tui/model/decode.h"

#define HOLDERS_LIMIT 4096
#define AGAIN_MS      2000 // a process that opens or closes a file makes no event

struct who_row {
    char *kind, *path, *comm, *container, *container_id, *stop;
    int64_t pid, mnt_ns;
};

struct who_page {
    struct dialog dialog;
    char *title;
    json_t *params; // of the question, without `mounts`
    struct who_row *rows;
    size_t n_rows;
    struct choices choices;
    bool answered, complete; // to the end, at least once; of what is shown
    bool mounts_only;        // what was asked is the first, short question
    struct error why;        // why there is no answer
    uint64_t request;
    struct loop_source *again;
};

static void rows_free(struct who_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(rows[i].kind);
        free(rows[i].path);
        free(rows[i].comm);
        free(rows[i].container);
        free(rows[i].container_id);
        free(rows[i].stop);
    }
    free(rows);
}

static void page_free(struct dialog *dialog)
{
    struct who_page *page = (struct who_page *)dialog;

    if (page->request)
        client_forget(dialog->host->client, page->request);
    if (page->again)
        loop_source_free(page->again);
    rows_free(page->rows, page->n_rows);
    json_decref(page->params);
    free(page->title);
    free(page);
}

// ---- what the engine answers ----

static int read_row(const json_t *item, struct who_row *ret, struct error *err)
{
    int r = decode_need_text(item, "kind", &ret->kind, err);

    r = r < 0 ? r : decode_text(item, "path", &ret->path, err);
    r = r < 0 ? r : decode_text(item, "comm", &ret->comm, err);
    r = r < 0 ? r : decode_text(item, "container", &ret->container, err);
    r = r < 0 ? r : decode_text(item, "container_id", &ret->container_id, err);
    r = r < 0 ? r : decode_text(item, "stop", &ret->stop, err);
    r = r < 0 ? r : decode_number(item, "pid", 0, &ret->pid, err);
    return r < 0 ? r : decode_number(item, "mnt_ns", 0, &ret->mnt_ns, err);
}

static bool same_row(const struct who_row *a, const struct who_row *b)
{
    return a->pid == b->pid && a->mnt_ns == b->mnt_ns && text_same(a->kind, b->kind) &&
           (text_same(a->path, b->path) || (!a->path && !b->path));
}

// The row that was chosen stays so, wherever it is by now.
static void take_rows(struct who_page *page, struct who_row *rows, size_t n)
{
    size_t chosen = page->choices.chosen;

    if (chosen < page->n_rows)
        for (size_t i = 0; i < n; i++)
            if (same_row(&rows[i], &page->rows[chosen])) {
                page->choices.chosen = i;
                break;
            }
    rows_free(page->rows, page->n_rows);
    page->rows = rows;
    page->n_rows = page->choices.n = n;
    if (page->choices.chosen >= n)
        page->choices.chosen = n ? n - 1 : 0;
}

static int take(struct who_page *page, const json_t *result, struct error *err)
{
    const json_t *holders = NULL;
    struct who_row *rows;
    size_t n;
    int r = decode_array(result, "holders", &holders, err);

    if (r == 0)
        r = decode_bool(result, "complete", false, &page->complete, err);
    if (r < 0)
        return r;
    n = json_array_size(holders);
    if (n > HOLDERS_LIMIT)
        n = HOLDERS_LIMIT;
    rows = calloc(n + 1, sizeof *rows);
    if (!rows)
        return ERROR_OOM(err);
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = read_row(json_array_get(holders, i), &rows[i], err);
    if (r < 0)
        rows_free(rows, n);
    else
        take_rows(page, rows, n);
    return r < 0 ? r : 0;
}

static void ask(struct who_page *page, bool mounts);

static void answered(const json_t *result, const struct error *why, void *context)
{
    struct who_page *page = context;

    page->request = 0;
    page->why = (struct error){.code = ERROR_NONE};
    if (why)
        page->why = *why;
    else
        (void)take(page, result, &page->why);
    if (page->mounts_only && page->why.code == ERROR_NONE) {
        ask(page, false);
    } else {
        page->answered = true;
        loop_timer_start(page->again, AGAIN_MS);
    }
    page->dialog.host->dirty(page->dialog.host);
}

static void ask(struct who_page *page, bool mounts)
{
    json_t *params = json_deep_copy(page->params);
    struct error err;

    page->mounts_only = mounts;
    if (params && mounts && json_object_set_new(params, "mounts", json_true()) < 0) {
        json_decref(params);
        params = NULL;
    }
    if (!params)
        (void)ERROR_OOM(&page->why);
    else if (client_call(page->dialog.host->client, PROTOCOL_WHO, params, answered, page,
                         &page->request, &err) < 0)
        page->why = err;
}

static void ask_again(void *context)
{
    struct who_page *page = context;

    if (!page->request)
        ask(page, false);
}

static void page_changed(struct dialog *dialog, unsigned what)
{
    struct who_page *page = (struct who_page *)dialog;

    if (what & (MODEL_CONTAINERS | MODEL_FILESYSTEMS | MODEL_MOUNTS | MODEL_ATTACHMENTS) &&
        !page->request)
        ask(page, false);
}

// ---- what is shown ----

static char *summary(const struct who_page *page)
{
    if (page->why.code != ERROR_NONE)
        return text_format("%s%s%s", page->why.message, page->why.hint[0] ? ": " : "",
                           page->why.hint);
    if (!page->answered && page->n_rows == 0)
        return strdup("looking ...");
    if (!page->answered)
        return text_format("%zu so far: processes are being looked at ...", page->n_rows);
    if (page->n_rows == 0)
        return strdup(page->complete ? "nobody" : "nobody that could be seen");
    return text_format("%zu, %s", page->n_rows,
                       page->complete ? "complete"
                                      : "not complete: not everything could be looked at");
}

static char *row_text(const struct who_row *row)
{
    char pid[24] = "";

    if (row->pid > 0)
        (void)snprintf(pid, sizeof pid, " %lld", (long long)row->pid);
    return text_format("%s%s%s%s",
                       row->comm  ? row->comm
                       : row->pid ? "?"
                                  : "no process",
                       pid, row->container ? " in " : "", row->container ? row->container : "");
}

#define KIND_WIDTH 7

static void paint_row(const struct who_page *page, struct surface_part part, int y, size_t i)
{
    const struct who_row *row = &page->rows[i];
    bool chosen = i == page->choices.chosen;
    enum role role = chosen ? ROLE_DIALOG_SELECTED : ROLE_DIALOG;
    int half = (part.width - 2 - KIND_WIDTH) / 2;
    _cleanup_free_ char *who = row_text(row);

    if (chosen) {
        (void)surface_text(part, y, 0, 1, ROLE_LIST_MARKER, CUT_END,
                           surface_sign_selected(part.whole));
        surface_cursor(part, y, 2);
    }
    (void)surface_text(part, y, 2, KIND_WIDTH - 1, role, CUT_END, row->kind);
    (void)surface_text(part, y, 2 + KIND_WIDTH, half - 1, role, CUT_MIDDLE,
                       row->path ? row->path : "");
    (void)surface_text(part, y, 2 + KIND_WIDTH + half, -1, role, CUT_MIDDLE, who ? who : "");
}

static void page_paint(struct dialog *dialog, struct surface_part part)
{
    struct who_page *page = (struct who_page *)dialog;
    struct surface_part inside = box_paint(part, page->title);
    _cleanup_free_ char *text = summary(page);
    bool warn = page->why.code != ERROR_NONE || (page->answered && !page->complete);
    int y =
        box_sentence(inside, 0, 0, warn ? ROLE_STATUS_WARNING : ROLE_TEXT_DIM, text ? text : "");
    char key[KEY_NAME_SIZE];
    int rows = inside.height - y;

    if (rows < 1)
        return;
    choices_show(&page->choices, rows);
    for (size_t i = 0; i < (size_t)rows && page->choices.top + i < page->n_rows; i++)
        paint_row(page, inside, y + (int)i, page->choices.top + i);
    keymap_key(dialog->host->keymap, ACTION_DOWN, key);
    box_scrolled(part, page->choices.top, (size_t)rows, page->n_rows, key);
    if (page->n_rows == 0)
        surface_cursor(inside, 0, 0);
}

static char *page_plain(struct dialog *dialog)
{
    const struct who_page *page = (const struct who_page *)dialog;
    _cleanup_free_ char *text = summary(page);
    const struct who_row *row =
        page->choices.chosen < page->n_rows ? &page->rows[page->choices.chosen] : NULL;
    _cleanup_free_ char *who = row ? row_text(row) : NULL;

    if (!row)
        return text_format("%s\n%s\n", page->title, text ? text : "");
    return text_format("%s\n%s\n%zu of %zu: %s %s, %s.\n", page->title, text ? text : "",
                       page->choices.chosen + 1, page->n_rows, row->kind,
                       row->path ? row->path : "", who ? who : "");
}

// ---- keys ----

static enum key_context page_context(struct dialog *dialog)
{
    (void)dialog;
    return KEYS_TEXT;
}

static void jump(struct who_page *page, const struct who_row *row)
{
    struct dialog_host *host = page->dialog.host;
    const struct container_set *set = host->model->containers;

    for (size_t i = 0; row->container_id && i < set->n; i++)
        if (text_same(set->items[i]->id, row->container_id)) {
            host->close(host, &page->dialog);
            host->show_container(host, set->items[i]->key);
            return;
        }
    host->say(host, LOG_NOTICE,
              row->container ? "that container is not in the list"
                             : "it is in no container: there is nothing to go to");
}

static void copy(struct who_page *page, const struct who_row *row)
{
    struct dialog_host *host = page->dialog.host;
    struct error err;

    if (!row->stop)
        host->say(host, LOG_NOTICE, "no command would make it let go");
    else if (terminal_copy(host->terminal, row->stop, &err) < 0)
        host->say(host, LOG_WARNING, err.message);
    else
        host->say(host, LOG_NOTICE, row->stop);
}

static void page_act(struct dialog *dialog, enum action action)
{
    struct who_page *page = (struct who_page *)dialog;
    const struct who_row *row =
        page->choices.chosen < page->n_rows ? &page->rows[page->choices.chosen] : NULL;

    dialog->host->dirty(dialog->host);
    if (choices_act(&page->choices, action))
        return;
    if (action == ACTION_OPEN && row)
        jump(page, row);
    else if (action == ACTION_COPY && row)
        copy(page, row);
    else if (action == ACTION_BACK || action == ACTION_QUIT || action == ACTION_CANCEL)
        dialog->host->close(dialog->host, dialog);
}

static const struct footer_key *page_footer(struct dialog *dialog)
{
    static const struct footer_key keys[] = {
        {ACTION_OPEN, "Go to container"},
        {ACTION_COPY, "Copy what stops it"},
        {ACTION_BACK, NULL},
        {ACTION_HELP, NULL},
        {ACTION_NONE, NULL},
    };

    (void)dialog;
    return keys;
}

static const struct dialog_ops ops = {
    .name = "who",
    .free = page_free,
    .paint = page_paint,
    .context = page_context,
    .act = page_act,
    .changed = page_changed,
    .footer = page_footer,
    .plain = page_plain,
};

// ---- what is asked about ----

static const struct raw_text *what_of(const struct subject *s, const struct raw_text *root)
{
    switch (s->kind) {
    case SUBJECT_FILESYSTEM:
        return &s->filesystem->mount_point;
    case SUBJECT_MOUNT:
        return &s->mount->target;
    case SUBJECT_CONTAINER:
        return root;
    case SUBJECT_ATTACHMENT:
    case SUBJECT_LOG:
        return s->attachment && s->attachment->source.text[0] == '/' ? &s->attachment->source
                                                                     : NULL;
    case SUBJECT_NONE:
        break;
    }
    return NULL;
}

int who_page_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    const struct raw_text root = {(char[]){"/"}, NULL}, *what = what_of(subject, &root);
    bool inside = subject->kind == SUBJECT_CONTAINER || subject->kind == SUBJECT_MOUNT;
    struct who_page *page;
    int r;

    if (!what)
        return error_set(err, ERROR_GONE, 0, "nothing is selected");
    page = calloc(1, sizeof *page);
    r = page ? loop_timer(host->loop, ask_again, page, &page->again, err) : ERROR_OOM(err);
    if (r < 0) {
        free(page);
        return r;
    }
    page->dialog = (struct dialog){&ops, host};
    page->params =
        inside ? json_pack("{s:s}", "container", subject->container->key) : json_object();
    page->title = text_format("Who holds %s%s%s", what->text, inside ? " of " : "",
                              inside ? subject->container->label : "");
    if (!page->params || !page->title || raw_text_set(page->params, "what", what) < 0) {
        page_free(&page->dialog);
        return ERROR_OOM(err);
    }
    ask(page, true);
    host->open(host, &page->dialog);
    host->dirty(host);
    return 0;
}
