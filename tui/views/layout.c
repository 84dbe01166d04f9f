#include "tui/views/pane.h"

#include <string.h>

#define LEAST_ROWS    16  // below this, or ...
#define LEAST_COLUMNS 60  // ... this one pane is shown alone
#define WIDE          120 // columns from which containers and filesystems stand side by side
#define TAB \
    60 // percent of the width for the title of the pane that is shown, in a line
       // that two share: it has its filter and marks in it

// The share of `rows` that is `part` of 18 (the rows for bodies at 80x24), at most `most`.
static int share(int rows, int part, int most)
{
    int n = rows * part / 18;

    return n < 1 ? 1 : n > most ? most : n;
}

// Header and footer take their lines when the pane keeps its title and a row.
static void take_edges(struct layout *l, int height, int width)
{
    if (height >= 4)
        l->header = (struct pane_place){.y = 0, .height = 1, .width = width};
    if (height >= 3)
        l->footer = (struct pane_place){.y = height - 1, .height = 1, .width = width};
}

static void alone(struct layout *l, int y, int rows, int width, enum pane_id focus, bool framed)
{
    struct pane_place *place = &l->panes[focus];

    l->framed = framed;
    *place = (struct pane_place){
        .y = y, .height = rows - framed, .width = width - framed, .title_width = width - framed};
}

// The upper line is shared by containers and filesystems; below it stand both, or the one that has
// (or had) the keys.
static void upper(struct layout *l, int y, int body, int width, enum pane_id focus)
{
    struct pane_place *left = &l->panes[PANE_CONTAINERS];
    struct pane_place *right = &l->panes[PANE_FILESYSTEMS];
    bool both = width >= WIDE;
    int split = both                        ? width / 2
                : focus == PANE_FILESYSTEMS ? width * (100 - TAB) / 100
                                            : width * TAB / 100;

    *left = (struct pane_place){.y = y, .height = 1 + body, .width = split, .title_width = split};
    *right = (struct pane_place){.y = y,
                                 .x = split,
                                 .height = 1 + body,
                                 .width = width - 1 - split,
                                 .title_x = split,
                                 .title_width = width - 1 - split};
    l->side_by_side = both;
    if (both)
        return;
    if (focus == PANE_FILESYSTEMS) {
        right->x = 0;
        right->width = width - 1;
        left->height = 1;
    } else {
        left->width = width - 1;
        right->height = 1;
    }
}

static void stack(struct layout *l, int y, int rows, int width, enum pane_id focus)
{
    int bodies = rows - 4; // three title lines and the last one
    int top, mounts, log;

    l->framed = true;
    if (focus == PANE_MOUNTS) {
        top = share(bodies, 4, 7);
        log = share(bodies, 5, 8);
        mounts = bodies - top - log;
    } else if (focus == PANE_LOG) {
        top = share(bodies, 4, 7);
        mounts = share(bodies, 3, 6);
        log = bodies - top - mounts;
    } else {
        mounts = share(bodies, 4, 8);
        log = share(bodies, 7, 10);
        top = bodies - mounts - log;
    }
    upper(l, y, top, width, focus);
    y += 1 + top;
    l->panes[PANE_MOUNTS] = (struct pane_place){
        .y = y, .height = 1 + mounts, .width = width - 1, .title_width = width - 1};
    y += 1 + mounts;
    l->panes[PANE_LOG] = (struct pane_place){
        .y = y, .height = 1 + log, .width = width - 1, .title_width = width - 1};
}

void layout_make(int height, int width, enum pane_id focus, bool zoomed, struct layout *ret)
{
    bool small = height < LEAST_ROWS || width < LEAST_COLUMNS;
    int y, rows;

    *ret = (struct layout){.height = height, .width = width};
    if (height <= 0 || width <= 0)
        return;
    take_edges(ret, height, width);
    y = ret->header.height;
    rows = height - ret->header.height - ret->footer.height;
    if (small || zoomed)
        alone(ret, y, rows, width, focus, !small);
    else
        stack(ret, y, rows, width, focus);
}

struct surface_part layout_body(const struct layout *layout, enum pane_id pane,
                                struct surface *surface)
{
    const struct pane_place *place = &layout->panes[pane];
    struct surface_part all = surface_all(surface);

    if (place->height < 2)
        return surface_within(all, 0, 0, 0, 0);
    return surface_within(all, place->y + 1, place->x + layout->framed, place->height - 1,
                          place->width - layout->framed);
}

struct surface_part layout_part(const struct pane_place *place, struct surface *surface)
{
    return surface_within(surface_all(surface), place->y, place->x, place->height, place->width);
}
