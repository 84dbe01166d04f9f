#include "tui/views/pane.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "core/base/format.h"
#include "core/base/text.h"
#include "tui/views/list_pane.h"
#include "tui/views/plain_rows.h"

struct rows {
    struct filesystem_set *set; // what the rows point into
    struct row {
        const struct shown_filesystem *filesystem;
        char *key; // mount point, device number, sub-root
    } * rows;
    size_t n, n_hidden;
};

struct filesystems_view {
    struct list_pane pane;
    struct rows rows;
    bool internal_too; // also what runtimes mount for their own use
    char nothing[160];
};

enum { MOUNT_POINT, DEVICE, SUB_ROOT, TYPE, USAGE, SIZE, LABEL, UUID, MODEL, TRANSPORT };
static const struct list_column columns[] = {
    [MOUNT_POINT] = {"MOUNT POINT", 12, 0, 0, false, CUT_MIDDLE},
    [DEVICE] = {"DEVICE", 10, 0, 40, false, CUT_MIDDLE},
    [SUB_ROOT] = {"SUB-ROOT", 8, 0, 56, false, CUT_MIDDLE},
    [TYPE] = {"TYPE", 5, 9, 0, false, CUT_END},
    [USAGE] = {"USAGE", 10, 19, 0, false, CUT_END},
    [SIZE] = {"SIZE", 5, 5, 84, false, CUT_END},
    [LABEL] = {"LABEL", 8, 12, 96, false, CUT_END},
    [UUID] = {"UUID", 9, 36, 110, false, CUT_END},
    [MODEL] = {"MODEL", 8, 20, 120, false, CUT_END},
    [TRANSPORT] = {"TRAN", 6, 6, 96, false, CUT_END},
};

static size_t count(void *context)
{
    const struct filesystems_view *view = context;

    return view->rows.n;
}

static const char *key(void *context, size_t row)
{
    const struct filesystems_view *view = context;

    return view->rows.rows[row].key;
}

// "12G/20G 61% 5m": used, size, percent of what users may fill (as df), age of the reading.
static void put_usage(struct list_cell *ret, const struct shown_filesystem *f, time_t now)
{
    char used[FORMAT_SIZE], size[FORMAT_SIZE], age[FORMAT_SIZE];
    uint64_t room = f->used + f->available;
    unsigned percent =
        room ? (unsigned)(((double)f->used * 100 + (double)room - 1) / (double)room) : 0;

    ret->numeric = true;
    ret->sort = -1;
    (void)format_age(age, f->usage_at, now);
    switch (f->usage) {
    case USAGE_SHOWN_UNREAD:
        list_cell_text(ret, "not read");
        ret->role = ROLE_TEXT_DIM;
        break;
    case USAGE_SHOWN_READ:
        ret->sort = percent;
        ret->role = percent >= 95   ? ROLE_STATUS_ERROR
                    : percent >= 85 ? ROLE_STATUS_WARNING
                                    : ROLE_TEXT;
        if (f->size > 0)
            (void)snprintf(ret->text, sizeof ret->text, "%s/%s %u%% %s",
                           format_bytes(used, f->used), format_bytes(size, f->size), percent, age);
        else
            list_cell_text(ret, "-");
        break;
    case USAGE_SHOWN_SILENT:
        ret->sort = INT32_MAX;
        ret->role = ROLE_STATUS_ERROR;
        (void)snprintf(ret->text, sizeof ret->text, "not answering%s%s", *age ? " " : "", age);
        break;
    case USAGE_SHOWN_FAILED:
        list_cell_text(ret, "unreadable");
        ret->role = ROLE_STATUS_WARNING;
        break;
    }
}

static void put_size(struct list_cell *ret, const struct shown_filesystem *f)
{
    char size[FORMAT_SIZE];

    ret->numeric = true;
    ret->sort = f->usage == USAGE_SHOWN_READ ? (long long)f->size : -1;
    list_cell_text(ret, f->usage == USAGE_SHOWN_READ && f->size ? format_bytes(size, f->size) : "");
}

static void cell(void *context, size_t row, size_t column, struct list_cell *ret)
{
    const struct filesystems_view *view = context;
    const struct shown_filesystem *f = view->rows.rows[row].filesystem;

    switch (column) {
    case MOUNT_POINT:
        list_cell_text(ret, f->mount_point.text);
        break;
    case DEVICE:
        list_cell_text(ret, f->device);
        break;
    case SUB_ROOT:
        list_cell_text(ret, f->sub_root.text);
        ret->role = ROLE_TEXT_DIM;
        break;
    case TYPE:
        list_cell_text(ret, f->type);
        break;
    case USAGE:
        put_usage(ret, f, model_now(view->pane.base.model));
        break;
    case SIZE:
        put_size(ret, f);
        break;
    case LABEL:
        list_cell_text(ret, f->label);
        break;
    case UUID:
        list_cell_text(ret, f->uuid);
        ret->role = ROLE_TEXT_DIM;
        break;
    case MODEL:
        list_cell_text(ret, f->model);
        break;
    case TRANSPORT:
        list_cell_text(ret, f->transport);
        break;
    default: // a number, not an enum of ours
        break;
    }
}

static const char *nothing(void *context)
{
    struct filesystems_view *view = context;

    if (!view->pane.base.model->filesystems_known)
        return "reading…";
    if (view->rows.n_hidden == 0)
        return "No filesystem of this host can be shown: F5 reads them again.";
    (void)snprintf(view->nothing, sizeof view->nothing,
                   "All that is here (%zu) is what container runtimes mount for their own use.",
                   view->rows.n_hidden);
    return view->nothing;
}

static const struct list_ops ops = {columns, ARRAY_SIZE(columns), count, key, cell, nothing};

static void rows_done(struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        free(rows->rows[i].key);
    free(rows->rows);
    filesystem_set_unref(rows->set);
    *rows = (struct rows){0};
}

static char *key_of(const struct shown_filesystem *f)
{
    const struct raw_text *point = &f->mount_point;

    return text_format("%s\n%s\n%s", point->bytes ? point->bytes : point->text,
                       f->major_minor ? f->major_minor : "",
                       f->sub_root.text ? f->sub_root.text : "");
}

static char **key_at(void *rows, size_t row)
{
    return &((struct row *)rows)[row].key;
}

static int rows_make(struct rows *ret, struct filesystem_set *set, bool internal_too,
                     struct error *err)
{
    struct rows rows = {.set = filesystem_set_ref(set),
                        .rows = calloc(set->n + 1, sizeof *rows.rows)};
    bool failed = !rows.rows;

    for (size_t i = 0; !failed && i < set->n; i++) {
        const struct shown_filesystem *f = set->items[i];

        if (f->internal && !internal_too) {
            rows.n_hidden++;
            continue;
        }
        rows.rows[rows.n] = (struct row){f, key_of(f)};
        failed = !rows.rows[rows.n].key;
        rows.n += !failed;
    }
    // The same may be mounted over itself.
    if (failed || list_keys_differ(rows.rows, rows.n, key_at) < 0) {
        rows_done(&rows);
        return ERROR_OOM(err);
    }
    *ret = rows;
    return 0;
}

static void close_view(struct pane *pane)
{
    struct filesystems_view *view = (struct filesystems_view *)pane;

    list_free(view->pane.list);
    rows_done(&view->rows);
    free(view);
}

static int open_view(struct model *model, struct pane **ret, struct error *err)
{
    struct filesystems_view *view = calloc(1, sizeof *view);

    if (!view)
        return ERROR_OOM(err);
    view->pane.base = (struct pane){.ops = &filesystems_pane, .model = model};
    return list_pane_begin(&view->pane, rows_make(&view->rows, model->filesystems, false, err),
                           &ops, MOUNT_POINT, ret, err);
}

static bool make_again(struct filesystems_view *view)
{
    struct rows old = view->rows;
    struct error ignored;

    if (rows_make(&view->rows, view->pane.base.model->filesystems, view->internal_too, &ignored) <
        0)
        return false;
    if (list_changed(view->pane.list, &ignored) < 0) { // what is shown stays as it was
        rows_done(&view->rows);
        view->rows = old;
        return false;
    }
    rows_done(&old);
    return true;
}

static bool changed(struct pane *pane, unsigned what)
{
    return what & MODEL_FILESYSTEMS && make_again((struct filesystems_view *)pane);
}

static bool act(struct pane *pane, enum action action)
{
    struct filesystems_view *view = (struct filesystems_view *)pane;

    if (action != ACTION_INTERNAL)
        return list_pane_act_unmarked(pane, action);
    view->internal_too = !view->internal_too;
    if (!make_again(view))
        view->internal_too = !view->internal_too;
    return true;
}

static void title(struct pane *pane, char *out, size_t size)
{
    const struct filesystems_view *view = (const struct filesystems_view *)pane;

    char hidden[48] = "";

    if (view->rows.n_hidden > 0)
        (void)snprintf(hidden, sizeof hidden, ", %zu hidden", view->rows.n_hidden);
    list_pane_title(&view->pane, "Filesystems", view->rows.n, hidden, out, size);
}

// What davit shows there from a container, or NULL.
static const struct shown_attachment *share_at(const struct model *model,
                                               const struct shown_filesystem *fs)
{
    for (size_t i = 0; i < model->attachments->n; i++) {
        const struct shown_attachment *a = model->attachments->items[i];

        if (a->share && text_same(a->state, "live") &&
            text_same(a->target.text, fs->mount_point.text))
            return a;
    }
    return NULL;
}

static int subject(struct pane *pane, struct subject *ret, struct error *err)
{
    const struct filesystems_view *view = (const struct filesystems_view *)pane;
    long row = list_selected(view->pane.list);

    (void)err;
    *ret = (struct subject){.kind = row < 0 ? SUBJECT_NONE : SUBJECT_FILESYSTEM};
    if (row < 0)
        return 0;
    ret->filesystem = view->rows.rows[row].filesystem;
    ret->share = share_at(view->pane.base.model, ret->filesystem);
    return 0;
}

static int plain(struct pane *pane, struct spoken *ret)
{
    const struct filesystems_view *view = (const struct filesystems_view *)pane;
    long row = list_selected(view->pane.list);

    return plain_filesystem(&view->pane, view->rows.n, view->rows.n_hidden,
                            row < 0 ? NULL : view->rows.rows[row].filesystem, ret);
}

static const enum action footer[] = {ACTION_ATTACH,   ACTION_OPEN, ACTION_WHO,  ACTION_MENU,
                                     ACTION_FILTER,   ACTION_HELP, ACTION_QUIT, ACTION_REREAD,
                                     ACTION_INTERNAL, ACTION_NONE};

const struct pane_ops filesystems_pane = {
    .name = "Filesystems",
    LIST_PANE_OPS,
    .open = open_view,
    .close = close_view,
    .changed = changed,
    .title = title,
    .paint = list_pane_paint_quiet,
    .act = act,
    .subject = subject,
    .footer = footer,
    .plain = plain,
};
