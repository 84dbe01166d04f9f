#include "tui/views/pane.h"

#include <stdio.h>
#include <string.h>

#define TITLE_SIZE   768
#define TITLE_FILTER " ─ filter: "
#define TITLE_LEAST  14 // cells of the title that what stands at its right leaves
#define STATE_SIZE   256
#define STATE_GAP    3 // cells between both

static enum role border_of(bool focused)
{
    return focused ? ROLE_BORDER_FOCUSED : ROLE_BORDER;
}

static void put(struct surface_part all, int y, int x, enum role role, const char *sign)
{
    (void)surface_text(all, y, x, 1, role, CUT_END, sign);
}

// "following", "2 marked · ↓14 more": what of it there is room for beside the title, the title
// being cut rather than the first of it left out. Returns its cells.
static int choose_state(struct pane *pane, const char *title, int room, bool has_rows,
                        char out[STATE_SIZE])
{
    char state[STATE_SIZE / 2] = "", more[STATE_SIZE / 2 - 8] = "";
    int width;

    pane->ops->state(pane, state, sizeof state);
    if (pane->ops->more && has_rows)
        pane->ops->more(pane, more, sizeof more);
    (void)snprintf(out, STATE_SIZE, "%s%s%s", state, *state && *more ? " · " : "", more);
    if (*state && *more && text_columns(title) + STATE_GAP + text_columns(out) > room)
        (void)snprintf(out, STATE_SIZE, "%s", state);
    width = text_columns(out);
    if (width == 0 || room - STATE_GAP - width < TITLE_LEAST) {
        out[0] = '\0';
        return 0;
    }
    return width;
}

// " following ─┐" at the end of a title line.
static void paint_state(struct surface_part all, const struct pane_place *place, const char *state,
                        int width, bool focused)
{
    int x = place->title_x + place->title_width - 4 - width;

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
static int paint_words(struct surface_part all, const struct pane_place *place, int x, int end,
                       const char *title, const char *filter, bool focused)
{
    const char *cut = filter_part(title, filter);
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
    char name[TITLE_SIZE], title[TITLE_SIZE + 16], state[STATE_SIZE];
    int x = place->title_x + 2;
    int end = place->title_x + place->title_width - 2;
    int width;

    if (!pane || place->title_width < 5)
        return;
    pane->ops->title(pane, name, sizeof name);
    (void)snprintf(title, sizeof title, "%d %s", (int)number + 1, name);
    width = choose_state(pane, title, end - 2 - x, place->height > 1, state);
    put(all, place->y, x - 1, border_of(focused), " ");
    x = paint_words(all, place, x, width > 0 ? end - 2 - STATE_GAP - width : end, title,
                    pane->ops->filter_text(pane), focused);
    put(all, place->y, x, border_of(focused), " ");
    if (width > 0)
        paint_state(all, place, state, width, focused);
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

void frame_paint(struct surface *surface, const struct layout *layout, enum pane_id focus)
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
}

void frame_titles(struct surface *surface, const struct layout *layout, struct pane *const *panes,
                  enum pane_id focus)
{
    struct surface_part all = surface_all(surface);

    for (int id = 0; id < PANE_COUNT; id++)
        if (layout->panes[id].height > 0)
            paint_title(all, &layout->panes[id], (enum pane_id)id, panes[id], id == (int)focus);
}
