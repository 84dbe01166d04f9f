// Which key does what: of the dialog on top, else of the pane that has the focus.
#include "tui/console/console.h"

// What works above a page as well.
static bool is_everywhere(enum action action)
{
    return action == ACTION_REDRAW || action == ACTION_SUSPEND || action == ACTION_CANCEL ||
           action == ACTION_SAVE_SCREEN || action == ACTION_HELP;
}

static void dialog_key(struct console *console, struct dialog *top, const struct key_event *event)
{
    enum key_context context = top->ops->context(top);
    enum action action =
        event->kind == EVENT_KEY ? keymap_find(console->keymap, context, event->key) : ACTION_NONE;

    if (is_everywhere(action))
        console_perform(console, action, NULL);
    else if (action != ACTION_NONE)
        top->ops->act(top, action == ACTION_QUIT ? ACTION_BACK : action);
    else if (top->ops->type)
        top->ops->type(top, event);
    console->dirty = true;
}

void console_key(struct console *console, const struct key_event *event)
{
    struct dialog *top = console_top(console);
    struct pane *pane = console->panes[console->focus];
    enum action action;

    if (console->message[0]) {
        console->message[0] = '\0';
        console->dirty = true;
    }
    if (top) {
        dialog_key(console, top, event);
        return;
    }
    if (event->kind != EVENT_KEY) {
        console_say(console, LOG_NOTICE, "pasted text does nothing here; / filters, a attaches");
        return;
    }
    action = keymap_find(console->keymap, pane->ops->context, event->key);
    if (action == ACTION_NONE)
        return;
    if (pane->ops->act(pane, action)) {
        if (console->focus == PANE_CONTAINERS)
            console_selection_moved(console);
        console->dirty = true;
    } else {
        console_perform(console, action, NULL);
    }
}
