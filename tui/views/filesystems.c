#include "tui/views/pane.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "core/base/format.h"
#include "core/base/text.h"
#include "tui/views/list_pane.h"
#include "tui/views/plain_rows.h"

struct filesystems_view {
    struct list_pane pane;
    struct filesystem_set *set; // the rows
    char **keys;                // of them: mount point, device number, sub-root
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

    return view->set->n;
}

static const char *key(void *context, size_t row)
{
    const struct filesystems_view *view = context;

    return view->keys[row];
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
    const struct shown_filesystem *f = view->set->items[row];

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
    const struct filesystems_view *view = context;

    return view->pane.base.model->filesystems_known
               ? "No filesystem of this host can be shown: F5 reads them again."
               : "reading…";
}

static const struct list_ops ops = {columns, ARRAY_SIZE(columns), count, key, cell, nothing};

static void keys_free(char **keys, size_t n)
{
    for (size_t i = 0; keys && i < n; i++)
        free(keys[i]);
    free(keys);
}

static char **keys_of(const struct filesystem_set *set)
{
    char **keys = calloc(set->n + 1, sizeof *keys);

    for (size_t i = 0; keys && i < set->n; i++) {
        const struct shown_filesystem *f = set->items[i];
        const struct raw_text *point = &f->mount_point;

        keys[i] = text_format("%s\n%s\n%s", point->bytes ? point->bytes : point->text,
                              f->major_minor ? f->major_minor : "",
                              f->sub_root.text ? f->sub_root.text : "");
        if (!keys[i]) {
            keys_free(keys, i);
            return NULL;
        }
    }
    if (keys && list_keys_differ(keys, set->n) < 0) { // the same is mounted over itself
        keys_free(keys, set->n);
        keys = NULL;
    }
    return keys;
}

static void close_view(struct pane *pane)
{
    struct filesystems_view *view = (struct filesystems_view *)pane;

    list_free(view->pane.list);
    keys_free(view->keys, view->set->n);
    filesystem_set_unref(view->set);
    free(view);
}

static int open_view(struct model *model, struct pane **ret, struct error *err)
{
    struct filesystems_view *view = calloc(1, sizeof *view);
    int r;

    if (!view)
        return ERROR_OOM(err);
    view->pane.base = (struct pane){&filesystems_pane, model};
    view->set = filesystem_set_ref(model->filesystems);
    view->keys = keys_of(view->set);
    r = view->keys ? list_new(&ops, view, &view->pane.list, err) : ERROR_OOM(err);
    if (r == 0) {
        list_sort(view->pane.list, MOUNT_POINT, false);
        r = list_changed(view->pane.list, err);
    }
    if (r < 0) {
        close_view((struct pane *)view);
        return r;
    }
    *ret = (struct pane *)view;
    return 0;
}

static bool changed(struct pane *pane, unsigned what)
{
    struct filesystems_view *view = (struct filesystems_view *)pane;
    struct filesystem_set *set = view->pane.base.model->filesystems;
    struct filesystem_set *old = view->set;
    char **old_keys = view->keys;
    struct error ignored;
    char **keys;

    if (!(what & MODEL_FILESYSTEMS))
        return false;
    keys = keys_of(set);
    if (!keys)
        return false;
    view->set = filesystem_set_ref(set);
    view->keys = keys;
    if (list_changed(view->pane.list, &ignored) < 0) { // what is shown stays as it was
        view->set = old;
        view->keys = old_keys;
        keys_free(keys, set->n);
        filesystem_set_unref(set);
        return false;
    }
    keys_free(old_keys, old->n);
    filesystem_set_unref(old);
    return true;
}

static void title(struct pane *pane, char *out, size_t size)
{
    const struct filesystems_view *view = (const struct filesystems_view *)pane;

    list_pane_title(&view->pane, "Filesystems", view->set->n, out, size);
}

static int subject(struct pane *pane, struct subject *ret, struct error *err)
{
    const struct filesystems_view *view = (const struct filesystems_view *)pane;
    long row = list_selected(view->pane.list);

    (void)err;
    *ret = (struct subject){.kind = row < 0 ? SUBJECT_NONE : SUBJECT_FILESYSTEM};
    if (row >= 0)
        ret->filesystem = view->set->items[row];
    return 0;
}

static int plain(struct pane *pane, struct spoken *ret)
{
    const struct filesystems_view *view = (const struct filesystems_view *)pane;
    long row = list_selected(view->pane.list);

    return plain_filesystem(&view->pane, view->set->n, row < 0 ? NULL : view->set->items[row], ret);
}

static const enum action footer[] = {ACTION_ATTACH,  ACTION_OPEN,      ACTION_MENU,
                                     ACTION_FILTER,  ACTION_HELP,      ACTION_QUIT,
                                     ACTION_REFRESH, ACTION_SORT_NEXT, ACTION_NONE};

const struct pane_ops filesystems_pane = {
    .name = "Filesystems",
    .context = KEYS_LIST,
    .open = open_view,
    .close = close_view,
    .changed = changed,
    .title = title,
    .state = list_pane_state,
    .paint = list_pane_paint_quiet,
    .act = list_pane_act_unmarked,
    .filter = list_pane_filter,
    .filter_text = list_pane_filter_text,
    .subject = subject,
    .footer = footer,
    .plain = plain,
};
