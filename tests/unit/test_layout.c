// Where the panes stand, at every size of a screen.
#include "tui/views/pane.h"

#include "runner.h"

// As ck_assert_msg, which tells the parent of each place it passes: three million times here.
#define must(holds, ...)               \
    do {                               \
        if (!(holds))                  \
            ck_abort_msg(__VA_ARGS__); \
    } while (0)

static bool inside(const struct layout *l, int y, int x, int height, int width)
{
    return y >= 0 && x >= 0 && height >= 0 && width >= 0 && y + height <= l->height &&
           x + width <= l->width;
}

static bool overlap(const struct pane_place *a, const struct pane_place *b)
{
    return a->height > 0 && b->height > 0 && a->width > 0 && b->width > 0 &&
           a->y < b->y + b->height && b->y < a->y + a->height && a->x < b->x + b->width &&
           b->x < a->x + a->width;
}

// The rows of a pane below its title, and the title's own cells.
static struct pane_place body_of(const struct pane_place *place)
{
    struct pane_place body = *place;

    body.y++;
    body.height--;
    return body;
}

static struct pane_place title_of(const struct pane_place *place)
{
    return (struct pane_place){.y = place->y,
                               .x = place->title_x,
                               .height = place->height > 0,
                               .width = place->title_width};
}

static void check_two(const struct layout *l, int i, int j, int height, int width, int focus)
{
    struct pane_place bodies[] = {body_of(&l->panes[i]), body_of(&l->panes[j])};
    struct pane_place titles[] = {title_of(&l->panes[i]), title_of(&l->panes[j])};

    must(!overlap(&bodies[0], &bodies[1]) && !overlap(&titles[0], &titles[1]) &&
             !overlap(&bodies[0], &titles[1]) && !overlap(&titles[0], &bodies[1]),
         "panes %d and %d overlap at %dx%d, focus %d", i, j, width, height, focus);
}

static void check_layout(int height, int width, int focus, bool zoomed)
{
    struct layout l;
    const struct pane_place *focused;
    int shown = 0;

    layout_make(height, width, (enum pane_id)focus, zoomed, &l);
    focused = &l.panes[focus];
    for (int i = 0; i < PANE_COUNT; i++) {
        const struct pane_place *place = &l.panes[i];

        shown += place->height > 0;
        must(
            inside(&l, place->y, place->x, place->height, place->width) &&
                (place->height == 0 || inside(&l, place->y, place->title_x, 1, place->title_width)),
            "pane %d is outside of %dx%d, focus %d", i, width, height, focus);
        if (place->height > 0 && height > 4) {
            must(!overlap(place, &l.header) && !overlap(place, &l.footer),
                 "pane %d is over the first or the last row at %dx%d, focus %d", i, width, height,
                 focus);
        }
        for (int j = 0; j < i; j++)
            check_two(&l, i, j, height, width, focus);
        // Nothing stands on the line below and the one at the right.
        must(!l.framed || (place->x + place->width < width &&
                           place->y + place->height < height - l.footer.height),
             "pane %d is on the frame at %dx%d, focus %d", i, width, height, focus);
    }
    if (height > 0 && width > 0)
        must(focused->height > 0 && focused->width > 0 && focused->title_width > 0,
             "the focused pane is not shown at %dx%d", width, height);
    if (height > 1 && width > 1)
        must(focused->height > 1, "the focused pane has no row at %dx%d", width, height);
    if (height >= 4 && width > 0)
        must(l.header.height == 1 && l.footer.height == 1, "no header or footer at %dx%d", width,
             height);
    if (height > 0 && width > 0)
        must(shown == (height >= 16 && width >= 60 && !zoomed ? PANE_COUNT : 1),
             "%d panes at %dx%d", shown, width, height);
    must(l.side_by_side == (height >= 16 && width >= 120 && !zoomed), "side by side at %dx%d: %d",
         width, height, l.side_by_side);
}

START_TEST(every_size)
{
    for (int height = 0; height <= 60; height++)
        for (int width = 0; width <= 210; width++)
            for (int focus = 0; focus < PANE_COUNT; focus++)
                for (int zoomed = 0; zoomed < 2; zoomed++)
                    check_layout(height, width, focus, zoomed);
}
END_TEST

START_TEST(focus_gets_the_room)
{
    for (int focus = 0; focus < PANE_COUNT; focus++) {
        struct layout l, other;
        int height;

        layout_make(40, 100, (enum pane_id)focus, false, &l);
        height = l.panes[focus].height;
        for (int i = 0; i < PANE_COUNT; i++) {
            if (i == focus)
                continue;
            ck_assert_msg(l.panes[i].height < height, "pane %d, focus %d", i, focus);
            layout_make(40, 100, (enum pane_id)i, false, &other);
            ck_assert_int_lt(other.panes[focus].height, height);
        }
    }
}
END_TEST

// The drawing of the screen to design for.
START_TEST(eighty_by_twenty_four)
{
    struct layout l;

    layout_make(24, 80, PANE_CONTAINERS, false, &l);
    ck_assert_int_eq(l.panes[PANE_CONTAINERS].y, 1);
    ck_assert_int_eq(l.panes[PANE_FILESYSTEMS].y, 1);
    ck_assert_int_eq(l.panes[PANE_FILESYSTEMS].title_x, 48);
    ck_assert_int_eq(l.panes[PANE_FILESYSTEMS].height, 1);
    ck_assert_int_eq(l.panes[PANE_MOUNTS].height, 1 + 4);
    ck_assert_int_eq(l.panes[PANE_LOG].height, 1 + 7);
    ck_assert_int_eq(l.panes[PANE_CONTAINERS].height, 1 + 7);
    ck_assert_int_eq(l.footer.y, 23);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, every_size);
    tcase_add_test(tcase, focus_gets_the_room);
    tcase_add_test(tcase, eighty_by_twenty_four);
}

int main(void)
{
    return run_suite("layout", add);
}
