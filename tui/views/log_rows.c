#include "tui/views/log_view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/format.h"
#include "core/base/text.h"
#include "tui/views/lost.h"

#define RESULT_INDENT "  "
#define STEP_INDENT   "    "

static void row_done(struct log_row *row)
{
    free(row->time);
    free(row->text);
    free(row->tail);
}

void log_rows_done(struct log_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        row_done(&rows->rows[i]);
    free(rows->rows);
    *rows = (struct log_rows){0};
}

static char *time_text(const struct log_view *view, time_t at)
{
    char text[64] = "";
    struct tm tm;

    if (view->times == LOG_TIMES_NONE || !localtime_r(&at, &tm))
        return NULL;
    (void)strftime(text, sizeof text,
                   view->times == LOG_TIMES_DATE ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S", &tm);
    return strdup(text);
}

static int time_width(const struct log_view *view)
{
    switch (view->times) {
    case LOG_TIMES_CLOCK:
        return 9;
    case LOG_TIMES_DATE:
        return 20;
    case LOG_TIMES_NONE:
        return 0;
    }
    return 0;
}

// Takes over what the row points to, also on failure.
static int add(struct log_rows *rows, struct log_row *row)
{
    struct log_row *grown = row->text ? reallocarray(rows->rows, rows->n + 1, sizeof *grown) : NULL;

    if (!grown) {
        row_done(row);
        return -ENOMEM;
    }
    rows->rows = grown;
    grown[rows->n++] = *row;
    return 0;
}

struct wrapping {
    struct log_rows *rows;
    struct log_row *model; // what all lines have in common; its time is the first one's
    const char *indent;
    int failed;
};

static void wrapped_line(const char *line, void *context)
{
    struct wrapping *w = context;
    struct log_row row = *w->model;

    if (w->failed)
        return;
    row.text = text_format("%s%s", w->indent, line);
    row.tail = NULL;
    w->model->time = NULL;
    w->failed = add(w->rows, &row);
    w->model->place.row++;
}

// One row, or with wrapping as many as it takes.
static int add_wrapped(const struct log_view *view, struct log_rows *rows, struct log_row *row,
                       const char *indent)
{
    int width = view->width - 1 - time_width(view) - (int)strlen(indent);
    struct wrapping wrapping = {rows, row, indent, 0};
    _cleanup_free_ char *whole = NULL;
    char *text;

    if (!view->wrap || width < 8) {
        text = text_format("%s%s", indent, row->text);
        free(row->text);
        row->text = text;
        return add(rows, row);
    }
    whole = text_format("%s%s%s", row->text, row->tail ? " " : "", row->tail ? row->tail : "");
    free(row->text);
    free(row->tail);
    row->text = row->tail = NULL;
    if (whole && text_wrap(whole, width, wrapped_line, &wrapping) == 0)
        wrapped_line("", &wrapping);
    free(row->time); // of the model: not used up only when nothing was added
    row->time = NULL;
    return whole ? wrapping.failed : -ENOMEM;
}

static bool is_plain(const struct log_entry *entry)
{
    return entry->kind == LOG_NOTICE || entry->kind == LOG_WARNING;
}

static enum role role_of(const struct log_entry *entry)
{
    switch (entry->kind) {
    case LOG_BEGUN:
    case LOG_DONE:
        return ROLE_TEXT;
    case LOG_FAILED:
        return ROLE_STATUS_ERROR;
    case LOG_GONE:
        return log_is_end(entry->result) ? ROLE_TEXT : ROLE_STATUS_ERROR;
    case LOG_WARNING:
    case LOG_LINGERING:
        return ROLE_STATUS_WARNING;
    case LOG_NOTICE:
        return ROLE_TEXT_DIM;
    }
    return ROLE_TEXT;
}

static bool is_unfolded(const struct log_view *view, uint64_t number)
{
    for (size_t i = 0; i < view->n_unfolded; i++)
        if (view->unfolded[i] == number)
            return true;
    return false;
}

// Whether the result says more than that it went well, so that it gets a row of its own.
static bool has_result_row(const struct log_entry *entry)
{
    return entry->result && !text_same(entry->result, "ok") && !text_same(entry->result, "begun");
}

const struct shown_attachment *log_lost(const struct log_view *view, const struct log_entry *entry)
{
    const struct shown_attachment *attachment =
        entry->kind == LOG_GONE && entry->operation_id
            ? model_attachment(view->base.model, entry->operation_id)
            : NULL;

    return attachment && lost_attachment(attachment) ? attachment : NULL;
}

// "x to attach again"; "" when that is not to be done, or there is no key for it.
static void put_remedy(const struct log_view *view, const struct log_entry *entry, char *out,
                       size_t size)
{
    char key[KEY_NAME_SIZE] = "";

    out[0] = '\0';
    if (view->base.keymap && log_lost(view, entry))
        keymap_key(view->base.keymap, ACTION_MENU, key);
    if (*key)
        (void)snprintf(out, size, "; %s to attach again", key);
}

// "(mara, ok, 6 steps)"
static char *tail_of(const struct log_view *view, const struct log_entry *entry)
{
    const char *by = entry->by ? entry->by : "";
    const char *how = "";
    char steps[32] = "";
    char joined[256], remedy[KEY_NAME_SIZE + 24];
    int used;

    if (is_plain(entry))
        return NULL;
    if (entry->kind == LOG_BEGUN)
        how = "under way";
    else if (text_same(entry->result, "ok"))
        how = "ok";
    if (entry->n_steps > 0 && !is_unfolded(view, entry->number))
        (void)snprintf(steps, sizeof steps, "%zu steps", entry->n_steps);
    used = snprintf(joined, sizeof joined, "%.160s", by);
    if (*how)
        used +=
            snprintf(joined + used, sizeof joined - (size_t)used, "%s%s", used ? ", " : "", how);
    if (*steps)
        (void)snprintf(joined + used, sizeof joined - (size_t)used, "%s%s", used ? ", " : "",
                       steps);
    put_remedy(view, entry, remedy, sizeof remedy);
    if (!*joined)
        return *remedy ? strdup(remedy + 2) : NULL;
    return text_format("(%s)%s", joined, remedy);
}

static int add_step(const struct log_view *view, const struct log_step *step,
                    struct log_place place, struct log_rows *rows)
{
    _cleanup_free_ char *kept = NULL; // what came of it
    char took[FORMAT_SIZE];
    struct log_row row = {.place = place, .role = ROLE_TEXT, .tail_role = ROLE_LOG_CALL};

    row.text = strdup(step->text ? step->text : "?");
    kept = text_format("%s%s%s%s", step->result ? "  " : "", step->result ? step->result : "",
                       step->took_us >= 0 ? "  " : "", format_took(took, step->took_us));
    row.tail = kept ? text_format("%s%s", step->call ? step->call : "", kept) : NULL;
    row.kept = kept ? strlen(kept) : 0;
    if (!row.text || !row.tail) {
        row_done(&row);
        return -ENOMEM;
    }
    if (step->result && strcmp(step->result, "ok") != 0)
        row.role = row.tail_role = ROLE_STATUS_ERROR;
    if (view->times != LOG_TIMES_NONE)
        row.time = strdup("");
    return add_wrapped(view, rows, &row, STEP_INDENT);
}

int log_rows_add(const struct log_view *view, const struct log_entry *entry, struct log_rows *ret)
{
    size_t before = ret->n;
    struct log_row row = {
        .place = {.number = entry->number}, .role = role_of(entry), .tail_role = ROLE_TEXT_DIM};
    int r;

    row.time = time_text(view, entry->at);
    row.text = strdup(entry->text ? entry->text : "?");
    row.tail = tail_of(view, entry);
    r = add_wrapped(view, ret, &row, "");
    if (r == 0 && has_result_row(entry)) {
        row = (struct log_row){.place = {entry->number, (int)(ret->n - before)},
                               .role = entry->kind == LOG_DONE ? ROLE_STATUS_OK : role_of(entry)};
        row.time = time_text(view, entry->at);
        row.text = text_format("%s%s", entry->kind == LOG_FAILED ? "failed: " : "", entry->result);
        r = row.text ? add_wrapped(view, ret, &row, RESULT_INDENT) : -ENOMEM;
    }
    for (size_t i = 0; r == 0 && i < entry->n_steps && is_unfolded(view, entry->number); i++)
        r = add_step(view, &entry->steps[i],
                     (struct log_place){entry->number, (int)(ret->n - before)}, ret);
    return r;
}

int log_count_rows(const struct log_view *view, const struct log_entry *entry)
{
    struct log_rows rows = {0};
    int n;

    if (!view->wrap)
        return 1 + has_result_row(entry) +
               (is_unfolded(view, entry->number) ? (int)entry->n_steps : 0);
    (void)log_rows_add(view, entry, &rows);
    n = rows.n > 0 ? (int)rows.n : 1;
    log_rows_done(&rows);
    return n;
}
