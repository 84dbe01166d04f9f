#include "tui/dialogs/menu.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/dialogs/box.h"
#include "tui/dialogs/choices.h"
#include "tui/dialogs/input_line.h"

struct menu {
    struct dialog dialog;
    char *title;
    struct menu_item *items;
    size_t n_items;
    size_t *shown; // items that the filter lets through
    struct choices choices;
    bool typing; // the filter
    struct input_line filter;
    int key_width, label_width, note_width;
    const struct menu_ops *ops;
    void *context;
};

void menu_items_free(struct menu_item *items, size_t n)
{
    for (size_t i = 0; items && i < n; i++) {
        free(items[i].key);
        free(items[i].label);
        free(items[i].note);
    }
    free(items);
}

static void menu_free(struct dialog *dialog)
{
    struct menu *menu = (struct menu *)dialog;

    if (menu->ops->free)
        menu->ops->free(menu->context);
    menu_items_free(menu->items, menu->n_items);
    free(menu->shown);
    free(menu->title);
    free(menu);
}

// NULL: nothing fits the filter.
static const struct menu_item *item_at(const struct menu *menu, size_t row)
{
    return row < menu->choices.n ? &menu->items[menu->shown[row]] : NULL;
}

static bool fits(const struct menu_item *item, const char *filter)
{
    return !*filter || strcasestr(item->label, filter) ||
           (item->note && strcasestr(item->note, filter));
}

static void apply_filter(struct menu *menu)
{
    menu->choices = (struct choices){.n = 0};
    for (size_t i = 0; i < menu->n_items; i++)
        if (fits(&menu->items[i], menu->filter.text))
            menu->shown[menu->choices.n++] = i;
}

static int greater(int a, int b)
{
    return a > b ? a : b;
}

static int columns_of(const char *text)
{
    return text ? text_columns(text) : 0;
}

static void measure(struct menu *menu)
{
    for (size_t i = 0; i < menu->n_items; i++) {
        menu->key_width = greater(menu->key_width, columns_of(menu->items[i].key));
        menu->label_width = greater(menu->label_width, columns_of(menu->items[i].label));
        menu->note_width = greater(menu->note_width, columns_of(menu->items[i].note));
    }
}

static void paint_item(struct menu *menu, struct surface_part part, int y, size_t i)
{
    const struct menu_item *item = item_at(menu, i);
    bool chosen = i == menu->choices.chosen;
    enum role role = item->impossible ? ROLE_DIALOG_IMPOSSIBLE
                     : chosen         ? ROLE_DIALOG_SELECTED
                                      : ROLE_DIALOG;
    int label = 2 + (menu->key_width > 0 ? menu->key_width + 2 : 0);
    int note = label + menu->label_width + 2;

    if (chosen) {
        (void)surface_text(part, y, 0, 1, ROLE_LIST_MARKER, CUT_END,
                           surface_sign_selected(part.whole));
        surface_cursor(part, y, label);
    }
    if (item->key)
        (void)surface_text(part, y, 2, menu->key_width,
                           item->impossible ? ROLE_DIALOG_IMPOSSIBLE : ROLE_KEY, CUT_END,
                           item->key);
    // Without room for both the label alone is shown, and the note of the chosen one below.
    if (!item->note || note + 8 > part.width) {
        (void)surface_text(part, y, label, -1, role, CUT_MIDDLE, item->label);
        return;
    }
    (void)surface_text(part, y, label, menu->label_width, role, CUT_MIDDLE, item->label);
    (void)surface_text(part, y, note, -1, item->impossible ? ROLE_DIALOG_IMPOSSIBLE : ROLE_TEXT_DIM,
                       CUT_END, item->note);
}

static void paint_filter(struct menu *menu, struct surface_part part, int y)
{
    int x = surface_text(part, y, 0, -1, ROLE_DIALOG_FIELD, CUT_END, "Filter") + 1;

    if (menu->typing)
        input_line_paint(&menu->filter, part, y, x, part.width - x, true);
    else
        (void)surface_text(part, y, x, -1, ROLE_TITLE_FILTER, CUT_END, menu->filter.text);
}

static void menu_paint(struct dialog *dialog, struct surface_part part)
{
    struct menu *menu = (struct menu *)dialog;
    int label = 2 + (menu->key_width > 0 ? menu->key_width + 2 : 0);
    int width = label + menu->label_width + (menu->note_width > 0 ? menu->note_width + 2 : 0);
    const struct menu_item *chosen = item_at(menu, menu->choices.chosen);
    bool filtered = menu->typing || menu->filter.length > 0;
    bool below; // the note of the chosen one does not fit beside it
    struct surface_part inside;
    int rows;

    width = greater(width, text_columns(menu->title) + 2) + BOX_COLUMNS;
    below = width > part.width;
    inside = box_paint(
        box_place(part, (int)menu->n_items + BOX_LINES + (below ? 2 : 0) + filtered, width),
        menu->title, NULL);
    rows = inside.height - (filtered && inside.height > 1);
    rows = below && rows > 3 ? rows - 2 : rows;
    choices_show(&menu->choices, rows);
    for (int y = 0; y < rows && menu->choices.top + (size_t)y < menu->choices.n; y++)
        paint_item(menu, inside, y, menu->choices.top + (size_t)y);
    if (!chosen)
        (void)surface_text(inside, 0, 2, -1, ROLE_TEXT_DIM, CUT_END, "(nothing fits the filter)");
    else if (below && chosen->note && rows < inside.height)
        (void)box_sentence(inside, rows, 2, ROLE_TEXT_DIM, chosen->note);
    if (filtered && inside.height > 1)
        paint_filter(menu, inside, inside.height - 1);
}

static enum key_context menu_context(struct dialog *dialog)
{
    return ((struct menu *)dialog)->typing ? KEYS_INPUT : KEYS_MENU;
}

// `index`: of all items.
static void choose(struct menu *menu, size_t index)
{
    struct dialog_host *host = menu->dialog.host;
    const struct menu_item *item = &menu->items[index];

    for (size_t row = 0; row < menu->choices.n; row++)
        if (menu->shown[row] == index)
            menu->choices.chosen = row;
    host->dirty(host);
    if (item->impossible) {
        host->say(host, LOG_NOTICE, item->note ? item->note : "this cannot be done now");
        return;
    }
    host->close(host, &menu->dialog);
    menu->ops->chosen(host, index, menu->context);
}

static void stop_typing(struct menu *menu, bool keep)
{
    menu->typing = false;
    if (keep)
        return;
    input_line_set(&menu->filter, "");
    apply_filter(menu);
}

static void tell_moved(struct menu *menu)
{
    if (menu->ops->moved && item_at(menu, menu->choices.chosen))
        menu->ops->moved(menu->dialog.host, menu->shown[menu->choices.chosen], menu->context);
}

static void leave(struct menu *menu)
{
    struct dialog_host *host = menu->dialog.host;

    host->close(host, &menu->dialog);
    if (menu->ops->left)
        menu->ops->left(host, menu->context);
}

static void menu_act(struct dialog *dialog, enum action action)
{
    struct menu *menu = (struct menu *)dialog;
    struct dialog_host *host = dialog->host;
    struct error err;

    host->dirty(host);
    if (menu->typing && (action == ACTION_BACK || action == ACTION_CANCEL))
        stop_typing(menu, false);
    else if (choices_act(&menu->choices, action))
        tell_moved(menu);
    else if (action == ACTION_OPEN && item_at(menu, menu->choices.chosen))
        choose(menu, menu->shown[menu->choices.chosen]);
    else if (action == ACTION_BACK && menu->filter.length > 0)
        stop_typing(menu, false);
    else if (action == ACTION_HELP)
        (void)help_open(host, KEYS_MENU, &err);
    else if (action == ACTION_BACK || action == ACTION_QUIT || action == ACTION_CANCEL)
        leave(menu);
}

static void type_filter(struct menu *menu, const struct key_event *event)
{
    uint32_t code = event->kind == EVENT_KEY ? event->key.code : 0;

    if (code == KEYCODE_ENTER || code == KEYCODE_ESC)
        stop_typing(menu, code == KEYCODE_ENTER);
    else if (code == KEYCODE_UP || code == KEYCODE_DOWN)
        (void)choices_act(&menu->choices, code == KEYCODE_UP ? ACTION_UP : ACTION_DOWN);
    else if (input_line_type(&menu->filter, event) == INPUT_CHANGED)
        apply_filter(menu);
}

static void menu_type(struct dialog *dialog, const struct key_event *event)
{
    struct menu *menu = (struct menu *)dialog;
    long index;

    dialog->host->dirty(dialog->host);
    if (menu->typing) {
        type_filter(menu, event);
        return;
    }
    if (event->kind != EVENT_KEY)
        return; // what is pasted never acts
    if (event->key.code == KEYCODE_TAB || event->key.code == KEYCODE_SHIFT_TAB) {
        menu_act(dialog, event->key.code == KEYCODE_TAB ? ACTION_DOWN : ACTION_UP);
        return;
    }
    index = menu->ops->find ? menu->ops->find(dialog->host, event->key, menu->context) : -1;
    if (index >= 0 && (size_t)index < menu->n_items)
        choose(menu, (size_t)index);
    else if (keymap_find(dialog->host->keymap, KEYS_LIST, event->key) == ACTION_FILTER)
        menu->typing = true;
}

static const enum action *menu_footer(struct dialog *dialog)
{
    static const enum action actions[] = {ACTION_OPEN, ACTION_UP, ACTION_DOWN, ACTION_BACK,
                                          ACTION_NONE};
    static const enum action typing[] = {ACTION_CANCEL, ACTION_NONE};

    return ((struct menu *)dialog)->typing ? typing : actions;
}

static char *menu_plain(struct dialog *dialog)
{
    const struct menu *menu = (const struct menu *)dialog;
    const struct menu_item *item = item_at(menu, menu->choices.chosen);

    const char *keys = menu->typing
                           ? "Filter: type a text. Enter takes it, Esc goes back."
                           : "Down and Up choose, Enter takes it, / filters, Esc goes back.";

    if (!item)
        return text_format("%s\nNothing fits the filter.\n%s\n", menu->title, keys);
    return text_format("%s\n%zu of %zu: %s%s%s%s%s%s.\n%s\n", menu->title, menu->choices.chosen + 1,
                       menu->choices.n, item->label, item->key ? ", key " : "",
                       item->key ? item->key : "", item->impossible ? ", cannot be done" : "",
                       item->note ? ": " : "", item->note ? item->note : "", keys);
}

static const struct input_line *menu_line(struct dialog *dialog)
{
    struct menu *menu = (struct menu *)dialog;

    return menu->typing ? &menu->filter : NULL;
}

static const struct dialog_ops menu_dialog = {
    .name = "menu",
    .free = menu_free,
    .paint = menu_paint,
    .context = menu_context,
    .act = menu_act,
    .type = menu_type,
    .footer = menu_footer,
    .plain = menu_plain,
    .line = menu_line,
};

int menu_open(struct dialog_host *host, const char *title, struct menu_item *items, size_t n,
              size_t chosen, const struct menu_ops *ops, void *context, struct error *err)
{
    struct menu *menu = calloc(1, sizeof *menu);
    size_t *shown = calloc(n + 1, sizeof *shown);
    char *copy = strdup(title);

    if (!menu || !copy || !shown || n == 0) {
        menu_items_free(items, n);
        if (ops->free)
            ops->free(context);
        free(menu);
        free(shown);
        free(copy);
        return n == 0 ? error_set(err, ERROR_FAILED, 0, "a menu without rows") : ERROR_OOM(err);
    }
    menu->dialog = (struct dialog){&menu_dialog, host};
    menu->title = copy;
    menu->items = items;
    menu->n_items = n;
    menu->shown = shown;
    menu->ops = ops;
    menu->context = context;
    apply_filter(menu);
    menu->choices.chosen = chosen < n ? chosen : 0;
    measure(menu);
    host->open(host, &menu->dialog);
    host->dirty(host);
    return 0;
}
