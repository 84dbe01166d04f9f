#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/format.h"
#include "core/base/text.h"
#include "tui/dialogs/box.h"
#include "tui/dialogs/browser.h"

#define SIZE_COLUMNS 10
#define TYPE_WIDTH   10

static const char *sign_of(const struct browser_entry *entry)
{
    return entry->type && strcmp(entry->type, "directory") == 0 ? "/" : "";
}

static void paint_fixed(const struct browser *browser, struct surface_part part, int y, size_t row)
{
    enum role role = row == browser->choices.chosen ? ROLE_DIALOG_SELECTED : ROLE_DIALOG;

    (void)surface_text(part, y, 2, -1, role, CUT_END,
                       row == 0 ? "[choose this directory]" : ".. (the directory above)");
}

static void paint_entry(const struct browser *browser, struct surface_part part, int y,
                        const struct browser_entry *entry, bool chosen)
{
    bool wide = part.width >= 40;
    int room = part.width - 2 - (wide ? SIZE_COLUMNS + TYPE_WIDTH + 2 : 0);
    enum role role = chosen ? ROLE_DIALOG_SELECTED : ROLE_DIALOG;
    _cleanup_free_ char *name = entry->link.text
                                    ? text_format("%s -> %s", entry->name.text, entry->link.text)
                                    : text_format("%s%s", entry->name.text, sign_of(entry));
    char size[FORMAT_SIZE] = "";

    (void)browser;
    (void)surface_text(part, y, 2, room, role, CUT_MIDDLE, name ? name : entry->name.text);
    if (!wide)
        return;
    if (entry->type && strcmp(entry->type, "file") == 0 && entry->size >= 0)
        (void)format_bytes(size, (uint64_t)entry->size);
    (void)surface_text(part, y, 3 + room, TYPE_WIDTH, ROLE_TEXT_DIM, CUT_END,
                       entry->type ? entry->type : "unknown");
    surface_right(part, y, part.width - SIZE_COLUMNS, SIZE_COLUMNS, ROLE_TEXT_DIM, size);
}

// What stands below the rows: why there are none, that there are more.
static void paint_state(const struct browser *browser, struct surface_part part, int y)
{
    bool silent = browser->why.code == ERROR_TIMED_OUT;

    if (y >= part.height)
        return;
    if (browser->asked) {
        (void)surface_text(part, y, 2, -1, ROLE_TEXT_DIM, CUT_END, "reading …");
    } else if (browser->why.code != ERROR_NONE) {
        struct surface_part below = surface_within(part, y, 2, part.height - y, part.width - 2);
        int n = box_sentence(below, 0, 0, silent ? ROLE_STATUS_WARNING : ROLE_STATUS_ERROR,
                             silent ? "not answering: this directory's server or disk is silent"
                                    : browser->why.message);

        (void)box_sentence(below, n, 0, ROLE_DIALOG, browser->why.hint);
    } else if (browser->n_entries == 0) {
        (void)surface_text(part, y, 2, -1, ROLE_TEXT_DIM, CUT_END, "(empty)");
    } else if (browser->n_shown == 0) {
        (void)surface_text(part, y, 2, -1, ROLE_TEXT_DIM, CUT_END,
                           "(nothing that fits the filter)");
    }
}

static int paint_rows(struct browser *browser, struct surface_part part, int rows)
{
    int y = 0;

    choices_show(&browser->choices, rows);
    for (; y < rows && browser->choices.top + (size_t)y < browser->choices.n; y++) {
        size_t row = browser->choices.top + (size_t)y;
        const struct browser_entry *entry = browser_at(browser, row);
        bool chosen = row == browser->choices.chosen;

        if (chosen)
            (void)surface_text(part, y, 0, 1, ROLE_LIST_MARKER, CUT_END,
                               surface_sign_selected(part.whole));
        if (chosen && !browser->filter.typing)
            surface_cursor(part, y, 2);
        if (entry)
            paint_entry(browser, part, y, entry, chosen);
        else
            paint_fixed(browser, part, y, row);
    }
    return y;
}

void browser_paint(struct dialog *dialog, struct surface_part part)
{
    struct browser *browser = (struct browser *)dialog;
    _cleanup_free_ char *title =
        text_format("%s%s%s", browser->container_name ? browser->container_name : "Host",
                    browser->container_name ? ":" : " ", browser->path.text);
    struct surface_part inside = box_paint(part, title);
    int rows = inside.height - filter_line_rows(&browser->filter, inside) - browser->truncated;
    int y;

    if (rows < 1)
        rows = inside.height < 1 ? inside.height : 1;
    y = paint_rows(browser, inside, rows);
    if (y < rows)
        paint_state(browser, inside, y);
    if (browser->truncated && rows < inside.height)
        (void)surface_format(inside, rows, 2, -1, ROLE_STATUS_WARNING,
                             "only the first %zu names are here: type the rest of the path",
                             browser->n_entries);
    filter_line_paint(&browser->filter, inside, "Filter");
}

// While it is read there is no row to tell of.
char *browser_plain(struct dialog *dialog)
{
    const struct browser *browser = (const struct browser *)dialog;
    const struct browser_entry *entry = browser_at(browser, browser->choices.chosen);
    bool silent = browser->why.code == ERROR_TIMED_OUT, failed = browser->why.code != ERROR_NONE;
    _cleanup_free_ char *title = text_format(
        "%s %s", browser->container_name ? browser->container_name : "Host", browser->path.text);
    _cleanup_free_ char *row = NULL;

    if (!title || browser->asked)
        return TAKE_POINTER(title);
    row = text_format("%zu of %zu: %s%s%s%s%s", browser->choices.chosen + 1, browser->choices.n,
                      entry                          ? entry->name.text
                      : browser->choices.chosen == 0 ? "choose this directory"
                                                     : "the directory above",
                      entry && entry->type ? ", " : "", entry && entry->type ? entry->type : "",
                      entry && entry->link.text ? " to " : "",
                      entry && entry->link.text ? entry->link.text : "");
    return text_format(
        "%s\n%s%s%s%s%s%s\n", title, failed ? "! " : "",
        silent               ? "not answering: this directory's server or disk is silent\n"
        : failed             ? browser->why.message
        : browser->truncated ? "There are more names than are here: type the rest of the path.\n"
                             : "",
        failed && !silent ? "\n" : "", failed && browser->why.hint[0] ? browser->why.hint : "",
        failed && browser->why.hint[0] ? "\n" : "", row ? row : "");
}

const struct input_line *browser_line(struct dialog *dialog)
{
    return filter_line_typed(&((struct browser *)dialog)->filter);
}
