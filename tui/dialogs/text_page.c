#include "tui/dialogs/text_page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/box.h"

void text_page_free(struct text_page *page)
{
    if (page->request)
        client_forget(page->dialog.host->client, page->request);
    text_page_forget_rows(page);
    for (size_t i = 0; i < page->n_lines; i++) {
        free(page->lines[i].field);
        free(page->lines[i].text);
    }
    free(page->lines);
    free(page->title);
    free(page);
}

static void free_dialog(struct dialog *dialog)
{
    text_page_free((struct text_page *)dialog);
}

static int add_line(struct text_page *page, const char *field, enum role role, const char *text,
                    size_t length)
{
    struct text_line *grown = realloc(page->lines, (page->n_lines + 1) * sizeof *grown);
    struct text_line line = {NULL, NULL, role};
    int width = field ? text_columns(field) : 0;

    if (!grown)
        return -1;
    page->lines = grown;
    line.field = field ? strdup(field) : NULL;
    line.text = text_clean_dup(text, length);
    if (!line.text || (field && !line.field)) {
        free(line.field);
        free(line.text);
        return -1;
    }
    grown[page->n_lines++] = line;
    if (width > page->field_width)
        page->field_width = width;
    text_page_forget_rows(page);
    return 0;
}

static int add_lines(struct text_page *page, const char *field, enum role role, const char *text)
{
    int r = 0;

    while (text && r == 0) {
        size_t length = strcspn(text, "\n");

        if (text[length] == '\0' && length == 0 && !field && page->n_lines > 0)
            break; // the end of the last line
        r = add_line(page, field, role, text, length);
        text = text[length] ? text + length + 1 : NULL;
        field = field ? "" : NULL;
    }
    return r;
}

int text_page_add(struct text_page *page, enum role role, const char *text)
{
    return text && !*text ? add_line(page, NULL, role, "", 0) : add_lines(page, NULL, role, text);
}

int text_page_field(struct text_page *page, const char *field, const char *text)
{
    return add_lines(page, field, ROLE_DIALOG, text);
}

int text_page_format(struct text_page *page, const char *field, const char *format, ...)
{
    char text[4096];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return text_page_field(page, field, text);
}

static void scroll_to(struct text_page *page, size_t row)
{
    size_t most = page->n_rows > page->height ? page->n_rows - page->height : 0;

    page->top = row < most ? row : most;
}

static void text_paint(struct dialog *dialog, struct surface_part part)
{
    struct text_page *page = (struct text_page *)dialog;
    struct surface_part inside = box_paint(part, page->title);
    int rows = inside.height - (page->search.typing ? filter_line_rows(&page->search, inside) : 0);
    char key[KEY_NAME_SIZE];

    page->height = (size_t)(rows > 0 ? rows : 0);
    if (inside.width < 1 || text_page_rows(page, inside.width) < 0)
        return;
    scroll_to(page, page->top);
    for (size_t y = 0; y < page->height && page->top + y < page->n_rows; y++)
        text_page_paint_row(page, inside, (int)y, page->top + y);
    if (page->search.typing) {
        filter_line_paint(&page->search, inside, "/");
        return;
    }
    keymap_key(dialog->host->keymap, ACTION_DOWN, key);
    box_scrolled(part, page->top, page->height, page->n_rows, key);
    surface_cursor(inside,
                   page->found >= page->top && page->found < page->top + page->height
                       ? (int)(page->found - page->top)
                       : 0,
                   0);
}

static enum key_context text_context(struct dialog *dialog)
{
    return ((struct text_page *)dialog)->search.typing ? KEYS_INPUT : KEYS_TEXT;
}

static void find(struct text_page *page, size_t from, bool forwards)
{
    struct dialog_host *host = page->dialog.host;
    size_t row;

    if (page->search.line.length == 0)
        return;
    row = text_page_find(page, from, forwards);
    if (row >= page->n_rows) {
        host->say(host, LOG_NOTICE, "no such text here");
        return;
    }
    page->found = row;
    if (row < page->top || row >= page->top + page->height)
        scroll_to(page, row > page->height / 2 ? row - page->height / 2 : 0);
}

static char *text_of(const struct text_page *page)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    (void)fprintf(out, "%s\n", page->title);
    for (size_t i = 0; i < page->n_lines; i++) {
        const struct text_line *line = &page->lines[i];

        (void)fprintf(out, "%s%s%s\n", line->field ? line->field : "",
                      line->field && *line->field ? ": " : "", line->text);
    }
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static void copy(struct text_page *page)
{
    struct dialog_host *host = page->dialog.host;
    char *text = text_of(page);
    struct error err = {.code = ERROR_NONE};

    if (!text)
        return;
    if (terminal_copy(host->terminal, text, &err) < 0)
        host->say(host, LOG_WARNING, err.message);
    else
        host->say(host, LOG_NOTICE, "copied");
    free(text);
}

static bool scroll(struct text_page *page, enum action action)
{
    size_t step = page->height > 1 ? page->height - 1 : 1;
    bool down = action == ACTION_DOWN || action == ACTION_PAGE_DOWN || action == ACTION_HALF_DOWN;

    if (action == ACTION_TOP || action == ACTION_BOTTOM) {
        scroll_to(page, action == ACTION_TOP ? 0 : page->n_rows);
        return true;
    }
    if (action == ACTION_UP || action == ACTION_DOWN)
        step = 1;
    else if (action == ACTION_HALF_UP || action == ACTION_HALF_DOWN)
        step = (step + 1) / 2;
    else if (action != ACTION_PAGE_UP && action != ACTION_PAGE_DOWN)
        return false;
    scroll_to(page, down ? page->top + step : page->top > step ? page->top - step : 0);
    return true;
}

static void text_act(struct dialog *dialog, enum action action)
{
    struct text_page *page = (struct text_page *)dialog;
    struct dialog_host *host = dialog->host;

    host->dirty(host);
    if (filter_line_act(&page->search, action) != FILTER_NOT_MINE) {
        if (action == ACTION_ACCEPT)
            find(page, page->top, true);
        return;
    }
    if (scroll(page, action))
        return;
    if (action == ACTION_FILTER)
        filter_line_begin(&page->search, "");
    else if (action == ACTION_FIND_NEXT)
        find(page, page->found + 1, true);
    else if (action == ACTION_FIND_PREVIOUS)
        find(page, page->found, false);
    else if (action == ACTION_COPY)
        copy(page);
    else if (action == ACTION_BACK || action == ACTION_QUIT || action == ACTION_CANCEL ||
             action == ACTION_OPEN)
        host->close(host, dialog);
}

static void text_type(struct dialog *dialog, const struct key_event *event)
{
    struct text_page *page = (struct text_page *)dialog;

    if (filter_line_type(&page->search, event) != FILTER_NOT_MINE)
        dialog->host->dirty(dialog->host);
}

static const struct footer_key *text_footer(struct dialog *dialog)
{
    static const struct footer_key searching[] = {
        {ACTION_ACCEPT, "Search"}, {ACTION_LEAVE, NULL}, {ACTION_NONE, NULL}};
    static const struct footer_key found[] = {
        {ACTION_FIND_NEXT, NULL}, {ACTION_FIND_PREVIOUS, NULL}, {ACTION_FILTER, "Search"},
        {ACTION_COPY, NULL},      {ACTION_BACK, NULL},          {ACTION_NONE, NULL}};
    static const struct footer_key keys[] = {{ACTION_DOWN, NULL},       {ACTION_PAGE_DOWN, NULL},
                                             {ACTION_FILTER, "Search"}, {ACTION_COPY, NULL},
                                             {ACTION_BACK, NULL},       {ACTION_NONE, NULL}};
    const struct text_page *page = (const struct text_page *)dialog;

    return page->search.typing ? searching : page->search.line.length > 0 ? found : keys;
}

// What was found stands in a line of its own.
static char *text_plain(struct dialog *dialog)
{
    const struct text_page *page = (const struct text_page *)dialog;
    bool found = !page->search.typing && page->search.line.length > 0 && page->found < page->n_rows;
    _cleanup_free_ char *text = text_of(page);

    if (!text)
        return NULL;
    return text_format("%s%s%s%s", text, found ? "Found: " : "",
                       found ? page->rows[page->found].text : "", found ? "\n" : "");
}

static const struct input_line *text_line(struct dialog *dialog)
{
    return filter_line_typed(&((struct text_page *)dialog)->search);
}

static const struct dialog_ops ops = {
    .name = "text",
    .free = free_dialog,
    .paint = text_paint,
    .context = text_context,
    .act = text_act,
    .type = text_type,
    .footer = text_footer,
    .plain = text_plain,
    .line = text_line,
};

struct text_page *text_page_new(struct dialog_host *host, const char *title)
{
    struct text_page *page = calloc(1, sizeof *page);
    char *copy_of_title = strdup(title);

    if (!page || !copy_of_title) {
        free(page);
        free(copy_of_title);
        return NULL;
    }
    page->dialog = (struct dialog){&ops, host};
    page->title = copy_of_title;
    return page;
}

void text_page_show(struct text_page *page)
{
    struct dialog_host *host = page->dialog.host;

    host->open(host, &page->dialog);
    host->dirty(host);
}

int text_page_open(struct dialog_host *host, const char *title, const char *text, struct error *err)
{
    struct text_page *page = text_page_new(host, title);

    if (!page)
        return ERROR_OOM(err);
    if (text_page_add(page, ROLE_DIALOG, text) < 0) {
        text_page_free(page);
        return ERROR_OOM(err);
    }
    text_page_show(page);
    return 0;
}
