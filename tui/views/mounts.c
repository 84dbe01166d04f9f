#include "tui/views/pane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "tui/views/list_pane.h"
#include "tui/views/plain_rows.h"
#include "tui/views/mounts_rows.h"

#define NOTHING_SIZE 1280

struct mounts_view {
    struct list_pane pane;
    struct mount_rows rows;
    char *of; // key of the container whose they are, or NULL
    char nothing[NOTHING_SIZE];
};

static size_t count(void *context)
{
    const struct mounts_view *view = context;

    return view->rows.n;
}

static const char *key(void *context, size_t row)
{
    const struct mounts_view *view = context;

    return view->rows.rows[row].key;
}

static void cell(void *context, size_t row, size_t column, struct list_cell *ret)
{
    const struct mounts_view *view = context;

    mount_row_cell(&view->rows.rows[row], column, ret);
}

static const char *nothing(void *context)
{
    struct mounts_view *view = context;
    const struct model *model = view->pane.base.model;
    const struct error *why = &model->mounts_error;

    if (!model->mounts_of)
        return model->containers_known && model->containers->n == 0
                   ? "No container, so no mounts."
                   : "The mounts of the selected container are shown here.";
    if (!model_container(model, model->mounts_of))
        return "This container is gone.";
    if (why->code == ERROR_NONE)
        return "reading…"; // what runs has a root at least
    (void)snprintf(view->nothing, sizeof view->nothing, "%s%s%s", why->message,
                   why->hint[0] ? ": " : "", why->hint);
    return view->nothing;
}

static const struct list_ops ops = {mount_columns, MOUNT_COLUMNS, count, key, cell, nothing};

static void close_view(struct pane *pane)
{
    struct mounts_view *view = (struct mounts_view *)pane;

    list_free(view->pane.list);
    mount_rows_done(&view->rows);
    free(view->of);
    free(view);
}

static int open_view(struct model *model, struct pane **ret, struct error *err)
{
    struct mounts_view *view = calloc(1, sizeof *view);

    if (!view)
        return ERROR_OOM(err);
    view->pane.base = (struct pane){.ops = &mounts_pane, .model = model};
    if (model->mounts_of)
        view->of = strdup(model->mounts_of);
    return list_pane_begin(&view->pane, mount_rows_make(&view->rows, model, err), &ops, -1, ret,
                           err);
}

static bool is_other(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) != 0 : a != b;
}

static bool changed(struct pane *pane, unsigned what)
{
    struct mounts_view *view = (struct mounts_view *)pane;
    const struct model *model = view->pane.base.model;
    struct mount_rows old = view->rows;
    struct error ignored;

    if (!(what & (MODEL_MOUNTS | MODEL_ATTACHMENTS | MODEL_CONTAINERS)) ||
        mount_rows_make(&view->rows, model, &ignored) < 0)
        return false;
    if (is_other(view->of, model->mounts_of)) {
        free(view->of);
        view->of = model->mounts_of ? strdup(model->mounts_of) : NULL;
        list_restart(view->pane.list);
    }
    if (list_changed(view->pane.list, &ignored) < 0) {
        mount_rows_done(&view->rows);
        view->rows = old;
        return false;
    }
    mount_rows_done(&old);
    return true;
}

static void title(struct pane *pane, char *out, size_t size)
{
    const struct mounts_view *view = (const struct mounts_view *)pane;
    const struct shown_container *c =
        view->of ? model_container(view->pane.base.model, view->of) : NULL;
    char of[600];

    (void)snprintf(of, sizeof of, "%s%.512s", c ? " in " : "", c ? c->label : "");
    if (view->of)
        list_pane_title(&view->pane, "Mounts", view->rows.n, of, out, size);
    else
        (void)snprintf(out, size, "Mounts");
}

static int subject(struct pane *pane, struct subject *ret, struct error *err)
{
    const struct mounts_view *view = (const struct mounts_view *)pane;
    long row = list_selected(view->pane.list);

    (void)err;
    *ret = (struct subject){.kind = SUBJECT_NONE};
    if (row < 0 || mount_row_is_more(&view->rows.rows[row]))
        return 0;
    ret->kind = view->rows.rows[row].mount ? SUBJECT_MOUNT : SUBJECT_ATTACHMENT;
    ret->mount = view->rows.rows[row].mount;
    ret->attachment = view->rows.rows[row].attachment;
    ret->container = view->of ? model_container(view->pane.base.model, view->of) : NULL;
    return 0;
}

static int plain(struct pane *pane, struct spoken *ret)
{
    const struct mounts_view *view = (const struct mounts_view *)pane;
    const struct shown_container *c =
        view->of ? model_container(view->pane.base.model, view->of) : NULL;
    long row = list_selected(view->pane.list);

    return plain_mount(&view->pane, c, view->rows.n, row < 0 ? NULL : &view->rows.rows[row], ret);
}

static const enum action footer[] = {ACTION_ATTACH,  ACTION_DETACH, ACTION_OPEN, ACTION_WHO,
                                     ACTION_MENU,    ACTION_FILTER, ACTION_HELP, ACTION_QUIT,
                                     ACTION_DISMISS, ACTION_COPY,   ACTION_UNDO, ACTION_NONE};

const struct pane_ops mounts_pane = {
    .name = "Mounts",
    LIST_PANE_OPS,
    .open = open_view,
    .close = close_view,
    .changed = changed,
    .title = title,
    .paint = list_pane_paint_quiet,
    .act = list_pane_act_unmarked,
    .subject = subject,
    .footer = footer,
    .plain = plain,
};
