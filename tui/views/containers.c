#include "tui/views/pane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/format.h"
#include "tui/views/containers_state.h"
#include "tui/views/list_pane.h"
#include "tui/views/plain_rows.h"
#include "tui/views/runtimes.h"

#define NOTHING_SIZE 1024
#define SHORT_ID     12

struct containers_view {
    struct list_pane pane;
    struct container_set *set; // the rows
    struct container_states states;
    char nothing[NOTHING_SIZE];
};

enum { NAME, RUNTIME, UP, ATTACHED, STATE, PID, ID, IMAGE };
static const struct list_column columns[] = {
    [NAME] = {"NAME", 12, 0, 0, false, CUT_MIDDLE},
    [RUNTIME] = {"RUNTIME", 10, 10, 50, false, CUT_END},
    [UP] = {"UP", 3, 3, 0, false, CUT_END},
    [ATTACHED] = {"ATT", 3, 3, 0, false, CUT_END},
    [STATE] = {"STATE", 10, 24, 0, false, CUT_END},
    [PID] = {"PID", 7, 7, 90, false, CUT_END},
    [ID] = {"ID", SHORT_ID, SHORT_ID, 96, false, CUT_END},
    [IMAGE] = {"IMAGE", 12, 0, 96, false, CUT_MIDDLE},
};

static size_t count(void *context)
{
    const struct containers_view *view = context;

    return view->set->n;
}

static const char *key(void *context, size_t row)
{
    const struct containers_view *view = context;

    return view->set->items[row]->key;
}

static void put_age(struct list_cell *ret, const struct shown_container *c, time_t now)
{
    char age[FORMAT_SIZE];

    ret->numeric = true;
    ret->sort = c->started ? (long long)(now - c->started) : -1;
    list_cell_text(ret, format_age(age, c->started, now));
}

static void put_id(struct list_cell *ret, const char *id)
{
    (void)snprintf(ret->text, sizeof ret->text, "%.*s", SHORT_ID, id ? id : "");
    ret->role = ROLE_TEXT_DIM;
}

static void cell(void *context, size_t row, size_t column, struct list_cell *ret)
{
    const struct containers_view *view = context;
    const struct shown_container *c = view->set->items[row];
    time_t now = model_now(view->pane.base.model);

    switch (column) {
    case NAME:
        list_cell_text(ret, c->label);
        break;
    case RUNTIME:
        list_cell_text(ret, c->runtime);
        break;
    case UP:
        put_age(ret, c, now);
        break;
    case ATTACHED:
        list_cell_number(ret, c->attached, c->attached >= 0);
        break;
    case STATE:
        container_state_text(&view->states, row, c, now, ret->text, sizeof ret->text, &ret->role);
        break;
    case PID:
        list_cell_number(ret, (long long)c->pid, c->pid > 0);
        break;
    case ID:
        put_id(ret, c->id);
        break;
    case IMAGE:
        list_cell_text(ret, c->image);
        break;
    default: // a number, not an enum of ours
        break;
    }
}

// What was looked at and what to try.
static const char *nothing(void *context)
{
    struct containers_view *view = context;

    containers_nothing(view->pane.base.model, view->nothing, sizeof view->nothing);
    return view->nothing;
}

static const struct list_ops ops = {columns, ARRAY_SIZE(columns), count, key, cell, nothing};

static void close_view(struct pane *pane)
{
    struct containers_view *view = (struct containers_view *)pane;

    list_free(view->pane.list);
    container_states_done(&view->states);
    container_set_unref(view->set);
    free(view);
}

static int open_view(struct model *model, struct pane **ret, struct error *err)
{
    struct containers_view *view = calloc(1, sizeof *view);

    if (!view)
        return ERROR_OOM(err);
    view->pane.base = (struct pane){.ops = &containers_pane, .model = model};
    view->set = container_set_ref(model->containers);
    return list_pane_begin(&view->pane,
                           container_states_update(&view->states, NULL, view->set, model, err),
                           &ops, NAME, ret, err);
}

static bool changed(struct pane *pane, unsigned what)
{
    struct containers_view *view = (struct containers_view *)pane;
    struct model *model = view->pane.base.model;
    struct container_set *old = view->set;
    struct error ignored;

    if (!(what & (MODEL_CONTAINERS | MODEL_ATTACHMENTS | MODEL_RUNTIMES)))
        return false;
    view->set = container_set_ref(model->containers);
    if (container_states_update(&view->states, old, view->set, model, &ignored) < 0 ||
        list_changed(view->pane.list, &ignored) < 0) {
        // Out of memory: what is shown stays as it was, rather than being half of each.
        container_set_unref(view->set);
        view->set = old;
        return false;
    }
    container_set_unref(old);
    return true;
}

// Below the rows stands what is wrong with a runtime: it may be why one is missing or has no name.
static void paint(struct pane *pane, struct surface_part part, bool focused)
{
    struct surface_part rows = part;

    surface_clear(part, ROLE_TEXT);
    if (((struct containers_view *)pane)->set->n > 0) // else its place says so
        rows.height -= runtimes_note(part, pane->model, pane->keymap);
    list_pane_paint(pane, rows, focused);
}

static void title(struct pane *pane, char *out, size_t size)
{
    const struct containers_view *view = (const struct containers_view *)pane;

    list_pane_title(&view->pane, "Containers", view->set->n, "", out, size);
}

static int subject(struct pane *pane, struct subject *ret, struct error *err)
{
    const struct containers_view *view = (const struct containers_view *)pane;
    long row = list_selected(view->pane.list);
    size_t n = list_marked(view->pane.list, NULL, 0);
    _cleanup_free_ size_t *rows = n ? calloc(n, sizeof *rows) : NULL;

    *ret = (struct subject){.kind = row < 0 && n == 0 ? SUBJECT_NONE : SUBJECT_CONTAINER};
    if (row >= 0)
        ret->container = view->set->items[row];
    if (n == 0)
        return 0;
    ret->marked = calloc(n, sizeof *ret->marked);
    if (!ret->marked || !rows) {
        subject_done(ret);
        return ERROR_OOM(err);
    }
    (void)list_marked(view->pane.list, rows, n);
    for (; ret->n_marked < n; ret->n_marked++) {
        ret->marked[ret->n_marked] = strdup(view->set->items[rows[ret->n_marked]]->key);
        if (!ret->marked[ret->n_marked]) {
            subject_done(ret);
            return ERROR_OOM(err);
        }
    }
    return 0;
}

static int plain(struct pane *pane, struct spoken *ret)
{
    const struct containers_view *view = (const struct containers_view *)pane;
    time_t now = model_now(view->pane.base.model);
    long row = list_selected(view->pane.list);
    char state[FORMAT_SIZE * 2];
    enum role ignored;

    if (row < 0)
        return plain_list(&view->pane, "Containers", view->set->n, NULL, NULL, NULL, ret);
    container_state_text(&view->states, (size_t)row, view->set->items[row], now, state,
                         sizeof state, &ignored);
    return plain_container(&view->pane, view->set, view->set->items[row], state, ret);
}

void containers_pane_select(struct pane *pane, const char *key)
{
    list_select(((struct containers_view *)pane)->pane.list, key);
}

static const enum action footer[] = {ACTION_ATTACH, ACTION_DETACH, ACTION_SHELL, ACTION_WHO,
                                     ACTION_MENU,   ACTION_FILTER, ACTION_HELP,  ACTION_QUIT,
                                     ACTION_OPEN,   ACTION_MARK,   ACTION_UNDO,  ACTION_NONE};

const struct pane_ops containers_pane = {
    .name = "Containers",
    LIST_PANE_OPS,
    .open = open_view,
    .close = close_view,
    .changed = changed,
    .title = title,
    .paint = paint,
    .act = list_pane_act,
    .subject = subject,
    .footer = footer,
    .plain = plain,
};
