#include "tui/dialogs/plan_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/dialogs/plan_lines.h"

// From here on there is room for whole calls beside the sentences.
#define WIDE 110

void plan_view_done(struct plan_view *view)
{
    planned_set_done(&view->set);
}

void plan_view_clear(struct plan_view *view, enum plan_state state)
{
    planned_set_done(&view->set);
    view->state = state;
    view->why = (struct error){.code = ERROR_NONE};
    view->top = 0;
}

void plan_view_answer(struct plan_view *view, const json_t *result, const struct error *why)
{
    struct error err = {.code = ERROR_NONE};
    int r = 0;

    plan_view_clear(view, PLAN_READY);
    if (why)
        err = *why;
    else
        r = planned_set_decode(result, "plans", view->may_be_empty, &view->set, &err);
    if (why || r < 0) {
        view->state = PLAN_REFUSED;
        view->why = err;
    } else if (view->set.n == 0) {
        view->state = PLAN_NONE;
    } else if (view->set.n == 1 && !view->set.items[0].ok) {
        view->state = PLAN_REFUSED;
        view->why = view->set.items[0].error;
    }
}

bool plan_view_possible(const struct plan_view *view)
{
    return view->state == PLAN_READY && view->set.n_ok > 0;
}

bool plan_view_act(struct plan_view *view, enum action action)
{
    int most = view->lines > view->height ? view->lines - view->height : 0;
    int page = view->height > 1 ? view->height - 1 : 1, top = view->top;

    if (action == ACTION_UP || action == ACTION_DOWN)
        top += action == ACTION_DOWN ? 1 : -1;
    else if (action == ACTION_PAGE_UP || action == ACTION_PAGE_DOWN)
        top += action == ACTION_PAGE_DOWN ? page : -page;
    else if (action == ACTION_HALF_UP || action == ACTION_HALF_DOWN)
        top += action == ACTION_HALF_DOWN ? (page + 1) / 2 : -(page + 1) / 2;
    else if (action == ACTION_TOP || action == ACTION_BOTTOM)
        top = action == ACTION_BOTTOM ? most : 0;
    else
        return false;
    top = top > most ? most : top;
    top = top < 0 ? 0 : top;
    if (top == view->top)
        return false;
    view->top = top;
    return true;
}

static void paint_line(struct surface_part part, int y, const struct plan_line *line)
{
    int room = part.width;

    if (line->call && part.width >= WIDE) {
        int x = part.width * 2 / 5;

        (void)surface_text(part, y, x, part.width - x, ROLE_LOG_CALL, CUT_END, line->call);
        room = x - 1;
    } else if (line->call) {
        char name[32];
        int n;

        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(line->call, "("), line->call);
        n = text_columns(name);
        if (n + 24 < part.width) {
            surface_right(part, y, part.width - n, n, ROLE_LOG_CALL, name);
            room = part.width - n - 1;
        }
    }
    (void)surface_text(part, y, line->indent, room - line->indent, line->role, CUT_END, line->text);
}

void plan_view_paint(struct plan_view *view, struct surface_part part)
{
    struct plan_lines lines = {.n = 0};

    view->lines = view->height = 0;
    if (part.height > 0 && part.width > 0 && plan_lines_make(view, part.width, &lines) == 0) {
        view->lines = (int)lines.n;
        view->height = part.height < view->lines ? part.height : view->lines;
        if (view->top > view->lines - view->height)
            view->top = view->lines - view->height;
        for (int y = 0; y < view->height; y++)
            paint_line(part, y, &lines.items[view->top + y]);
    }
    plan_lines_done(&lines);
}

char *plan_view_text(const struct plan_view *view)
{
    struct plan_lines lines = {.n = 0};
    size_t size = 0;
    char *text = NULL;
    FILE *out = open_memstream(&text, &size);

    if (out && plan_lines_make(view, 100000, &lines) == 0)
        for (size_t i = 0; i < lines.n; i++)
            (void)fprintf(out, "%s\n", lines.items[i].text);
    plan_lines_done(&lines);
    if (!out || fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
