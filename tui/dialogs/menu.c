#include "tui/dialogs/menu.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/dialogs/box.h"
#include "tui/dialogs/choices.h"
#include "tui/dialogs/filter_line.h"

struct menu {
    struct dialog dialog;
    char *title;
    struct menu_item *items;
    size_t n_items;
    size_t *shown; // items that the filter lets through
    struct choices choices;
    struct filter_line filter;
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

static void apply_filter(struct menu *menu)
{
    menu->choices = (struct choices){.n = 0};
    for (size_t i = 0; i < menu->n_items; i++)
        if (filter_line_fits(&menu->filter, menu->items[i].label, menu->items[i].note))
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

static void menu_paint(struct dialog *dialog, struct surface_part part)
{
    struct menu *menu = (struct menu *)dialog;
    int label = 2 + (menu->key_width > 0 ? menu->key_width + 2 : 0);
    int width = label + menu->label_width + (menu->note_width > 0 ? menu->note_width + 2 : 0);
    const struct menu_item *chosen = item_at(menu, menu->choices.chosen);
    bool below; // the note of the chosen one does not fit beside it
    struct surface_part inside;
    int rows;

    width = greater(width, text_columns(menu->title) + 2) + BOX_COLUMNS;
    below = width > part.width;
    inside = box_paint(box_place(part,
                                 (int)menu->n_items + BOX_LINES + (below ? 2 : 0) +
                                     filter_line_rows(&menu->filter, part),
                                 width),
                       menu->title);
    rows = inside.height - filter_line_rows(&menu->filter, inside);
    rows = below && rows > 3 ? rows - 2 : rows;
    choices_show(&menu->choices, rows);
    for (int y = 0; y < rows && menu->choices.top + (size_t)y < menu->choices.n; y++)
        paint_item(menu, inside, y, menu->choices.top + (size_t)y);
    if (!chosen)
        (void)surface_text(inside, 0, 2, -1, ROLE_TEXT_DIM, CUT_END, "(nothing fits the filter)");
    else if (below && chosen->note && rows < inside.height)
        (void)box_sentence(inside, rows, 2, ROLE_TEXT_DIM, chosen->note);
    filter_line_paint(&menu->filter, inside, "Filter");
}

static enum key_context menu_context(struct dialog *dialog)
{
    return ((struct menu *)dialog)->filter.typing ? KEYS_INPUT : KEYS_MENU;
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

// Whether the filter has taken the action or the key.
static bool filtered(struct menu *menu, enum filter_outcome outcome)
{
    if (outcome == FILTER_CHANGED)
        apply_filter(menu);
    return outcome != FILTER_NOT_MINE;
}

static void menu_act(struct dialog *dialog, enum action action)
{
    struct menu *menu = (struct menu *)dialog;

    dialog->host->dirty(dialog->host);
    if (filtered(menu, filter_line_act(&menu->filter, action)))
        return;
    if (action == ACTION_ABOVE || action == ACTION_BELOW)
        action = action == ACTION_ABOVE ? ACTION_UP : ACTION_DOWN;
    if (choices_act(&menu->choices, action)) {
        tell_moved(menu);
    } else if (action == ACTION_OPEN && item_at(menu, menu->choices.chosen)) {
        choose(menu, menu->shown[menu->choices.chosen]);
    } else if (action == ACTION_FILTER) {
        filter_line_begin(&menu->filter, menu->filter.line.text);
    } else if (action == ACTION_BACK && menu->filter.line.length > 0) {
        filter_line_clear(&menu->filter);
        apply_filter(menu);
    } else if (action == ACTION_BACK || action == ACTION_QUIT || action == ACTION_CANCEL) {
        leave(menu);
    }
}

static void menu_type(struct dialog *dialog, const struct key_event *event)
{
    struct menu *menu = (struct menu *)dialog;
    uint32_t code = event->key.code;
    long index;

    dialog->host->dirty(dialog->host);
    if (filtered(menu, filter_line_type(&menu->filter, event)) || event->kind != EVENT_KEY)
        return; // what is pasted never acts
    if (code == KEYCODE_TAB || code == KEYCODE_SHIFT_TAB) {
        menu_act(dialog, code == KEYCODE_TAB ? ACTION_DOWN : ACTION_UP);
        return;
    }
    index = menu->ops->find ? menu->ops->find(dialog->host, event->key, menu->context) : -1;
    if (index >= 0 && (size_t)index < menu->n_items)
        choose(menu, (size_t)index);
}

static const struct footer_key *menu_footer(struct dialog *dialog)
{
    static const struct footer_key keys[] = {
        {ACTION_OPEN, "Choose"}, {ACTION_DOWN, "Next"}, {ACTION_BACK, NULL},
        {ACTION_FILTER, NULL},   {ACTION_HELP, NULL},   {ACTION_NONE, NULL},
    };

    return ((struct menu *)dialog)->filter.typing ? filter_line_footer : keys;
}

static char *menu_plain(struct dialog *dialog)
{
    const struct menu *menu = (const struct menu *)dialog;
    const struct menu_item *item = item_at(menu, menu->choices.chosen);

    if (!item)
        return text_format("%s\nNothing fits the filter.\n", menu->title);
    return text_format("%s\n%zu of %zu: %s%s%s%s%s%s.\n", menu->title, menu->choices.chosen + 1,
                       menu->choices.n, item->label, item->key ? ", key " : "",
                       item->key ? item->key : "", item->impossible ? ", cannot be done" : "",
                       item->note ? ": " : "", item->note ? item->note : "");
}

static const struct input_line *menu_line(struct dialog *dialog)
{
    return filter_line_typed(&((struct menu *)dialog)->filter);
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
