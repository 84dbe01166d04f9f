#include "tui/views/pane.h"

#include <stdio.h>
#include <string.h>

#define TITLE_SIZE   768
#define TITLE_FILTER " ─ filter: "

static const struct pane *base_of(const struct pane *pane)
{
    return (const struct pane *)pane;
}

static enum role border_of(bool focused)
{
    return focused ? ROLE_BORDER_FOCUSED : ROLE_BORDER;
}

static void put(struct surface_part all, int y, int x, enum role role, const char *sign)
{
    (void)surface_text(all, y, x, 1, role, CUT_END, sign);
}

// " following ─┐" at the end of a title line, when there is room beside the title.
static void paint_state(struct surface_part all, const struct pane_place *place, int used,
                        struct pane *pane, bool focused)
{
    char state[128] = "";
    int width, x;

    base_of(pane)->ops->state(pane, state, sizeof state);
    width = text_columns(state);
    x = place->title_x + place->title_width - 4 - width;
    if (!*state || x < used + 2)
        return;
    put(all, place->y, x - 1, border_of(focused), " ");
    (void)surface_text(all, place->y, x, width, focused ? ROLE_TITLE_FOCUSED : ROLE_TITLE, CUT_END,
                       state);
    put(all, place->y, x + width, border_of(focused), " ");
}

// Where " ─ filter: …" begins at the end of a title; NULL: it has none.
static const char *filter_part(const char *title, const char *filter)
{
    size_t length = strlen(TITLE_FILTER) + strlen(filter);
    const char *part = title + strlen(title) - length;

    if (!*filter || strlen(title) < length ||
        strncmp(part, TITLE_FILTER, strlen(TITLE_FILTER)) != 0)
        return NULL;
    return part;
}

// The title's first part, and its filter, which is a role of its own.
static int paint_words(struct surface_part all, const struct pane_place *place, int x,
                       const char *title, const char *filter, bool focused)
{
    const char *cut = filter_part(title, filter);
    int end = place->title_x + place->title_width - 2;
    enum role role = focused ? ROLE_TITLE_FOCUSED : ROLE_TITLE;
    char name[TITLE_SIZE];
    int n;

    (void)snprintf(name, sizeof name, "%.*s", cut ? (int)(cut - title) : TITLE_SIZE, title);
    if (end <= x)
        return x;
    n = surface_text(all, place->y, x, end - x, role, CUT_MIDDLE, name);
    if (!cut || end - x - n < 5)
        return x + n;
    x += n;
    put(all, place->y, x, border_of(focused), " ");
    put(all, place->y, x + 1, border_of(focused), "─");
    put(all, place->y, x + 2, border_of(focused), " ");
    x += 3;
    return x +
           surface_text(all, place->y, x, end - x, ROLE_TITLE_FILTER, CUT_END, cut + strlen(" ─ "));
}

static void paint_title(struct surface_part all, const struct pane_place *place,
                        enum pane_id number, struct pane *pane, bool focused)
{
    char name[TITLE_SIZE], title[TITLE_SIZE + 16];
    int x = place->title_x + 2;

    if (!pane || place->title_width < 5)
        return;
    base_of(pane)->ops->title(pane, name, sizeof name);
    (void)snprintf(title, sizeof title, "%d %s", (int)number + 1, name);
    put(all, place->y, x - 1, border_of(focused), " ");
    x = paint_words(all, place, x, title, base_of(pane)->ops->filter_text(pane), focused);
    put(all, place->y, x, border_of(focused), " ");
    paint_state(all, place, x, pane, focused);
}

// What has the keys has its own line all around.
static void paint_lines(struct surface_part all, const struct layout *l, struct surface_part region,
                        enum pane_id focus)
{
    const struct pane_place *place = &l->panes[focus];
    const struct pane_place *upper = &l->panes[PANE_CONTAINERS];
    const struct pane_place *right = &l->panes[PANE_FILESYSTEMS];

    surface_frame(region, ROLE_BORDER);
    for (int id = PANE_MOUNTS; id < PANE_COUNT; id++)
        if (l->panes[id].height > 0 && l->panes[id].y > region.y)
            surface_rule(region, l->panes[id].y - region.y, ROLE_BORDER);
    if (l->side_by_side)
        surface_rule_down(surface_within(all, upper->y, right->x, upper->height + 1, 1), 0,
                          ROLE_BORDER);
    else if (upper->height > 0 && right->height > 0)
        // Two titles in one line: what of this is below it is painted over by the rows.
        surface_rule_down(surface_within(all, right->y, right->title_x, 2, 1), 0, ROLE_BORDER);
    surface_frame(surface_within(all, place->y, place->x, place->height + 1, place->width + 1),
                  ROLE_BORDER_FOCUSED);
}

void frame_paint(struct surface *surface, const struct layout *layout, struct pane *const *panes,
                 enum pane_id focus)
{
    struct surface_part all = surface_all(surface);
    struct surface_part region = surface_within(
        all, layout->header.height, 0,
        layout->height - layout->header.height - layout->footer.height, layout->width);

    surface_clear(region, ROLE_TEXT);
    if (layout->framed)
        paint_lines(all, layout, region, focus);
    else
        surface_rule(region, 0, ROLE_BORDER_FOCUSED);
    for (int id = 0; id < PANE_COUNT; id++)
        if (layout->panes[id].height > 0)
            paint_title(all, &layout->panes[id], (enum pane_id)id, panes[id], id == (int)focus);
}
