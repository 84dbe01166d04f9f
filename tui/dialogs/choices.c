#include "tui/dialogs/choices.h"

static void step(struct choices *choices, size_t by, bool down)
{
    size_t last = choices->n > 0 ? choices->n - 1 : 0;

    if (down)
        choices->chosen = last - choices->chosen > by ? choices->chosen + by : last;
    else
        choices->chosen = choices->chosen > by ? choices->chosen - by : 0;
}

bool choices_act(struct choices *choices, enum action action)
{
    size_t page = choices->page > 1 ? choices->page - 1 : 1;

    if (choices->n > 0 && choices->chosen >= choices->n)
        choices->chosen = choices->n - 1;
    if (action == ACTION_UP || action == ACTION_DOWN)
        step(choices, 1, action == ACTION_DOWN);
    else if (action == ACTION_PAGE_UP || action == ACTION_PAGE_DOWN)
        step(choices, page, action == ACTION_PAGE_DOWN);
    else if (action == ACTION_HALF_UP || action == ACTION_HALF_DOWN)
        step(choices, page / 2 > 0 ? page / 2 : 1, action == ACTION_HALF_DOWN);
    else if (action == ACTION_TOP || action == ACTION_BOTTOM)
        step(choices, choices->n, action == ACTION_BOTTOM);
    else
        return false;
    return true;
}

void choices_show(struct choices *choices, int rows)
{
    size_t room = rows > 0 ? (size_t)rows : 0;

    choices->page = room;
    if (choices->n == 0) {
        choices->chosen = choices->top = 0;
        return;
    }
    if (choices->chosen >= choices->n)
        choices->chosen = choices->n - 1;
    if (choices->top > choices->chosen || room == 0)
        choices->top = choices->chosen;
    else if (choices->chosen - choices->top >= room)
        choices->top = choices->chosen - room + 1;
    // No blank rows at the end while there are others above.
    if (room > 0 && choices->top + room > choices->n)
        choices->top = choices->n > room ? choices->n - room : 0;
}
