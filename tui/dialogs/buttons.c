#include "tui/dialogs/buttons.h"

#include <stdlib.h>
#include <string.h>

const struct footer_key buttons_footer[] = {
    {ACTION_OPEN, "Take it"}, {ACTION_NEXT_FIELD, "Next choice"},
    {ACTION_BACK, NULL},      {ACTION_PREVIOUS_FIELD, NULL},
    {ACTION_HELP, NULL},      {ACTION_NONE, NULL},
};

void buttons_done(struct buttons *buttons)
{
    for (size_t i = 0; i < buttons->n; i++)
        free(buttons->labels[i]);
    free(buttons->labels);
    *buttons = (struct buttons){.n = 0};
}

int buttons_add(struct buttons *buttons, const char *label)
{
    char **grown = realloc(buttons->labels, (buttons->n + 1) * sizeof *grown);

    if (!grown)
        return -1;
    buttons->labels = grown;
    grown[buttons->n] = strdup(label);
    if (!grown[buttons->n])
        return -1;
    buttons->n++;
    return 0;
}

static bool choose(struct buttons *buttons, bool next)
{
    size_t old = buttons->chosen;

    if (next && old + 1 < buttons->n)
        buttons->chosen++;
    else if (!next && old > 0)
        buttons->chosen--;
    return buttons->chosen != old;
}

bool buttons_act(struct buttons *buttons, enum action action)
{
    size_t old = buttons->chosen;

    if (action == ACTION_UP || action == ACTION_PREVIOUS_FIELD)
        return choose(buttons, false);
    if (action == ACTION_DOWN || action == ACTION_NEXT_FIELD)
        return choose(buttons, true);
    if (action == ACTION_TOP || action == ACTION_BOTTOM)
        buttons->chosen = action == ACTION_BOTTOM && buttons->n > 0 ? buttons->n - 1 : 0;
    return buttons->chosen != old;
}

bool buttons_type(struct buttons *buttons, const struct key_event *event)
{
    if (event->kind != EVENT_KEY)
        return false; // what is pasted never acts
    if (event->key.code == KEYCODE_RIGHT)
        return choose(buttons, true);
    if (event->key.code == KEYCODE_LEFT)
        return choose(buttons, false);
    return false;
}
