#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "tui/views/list_internal.h"

#define SIGNS      2  // cells before the first column: of the selected row, of a marked one
#define GAP        2  // cells between columns ...
#define GAP_NARROW 1  // ... of a narrow list
#define NARROW     60 // cells
// Cells of a name that are highlighted: with more of them a cursor key, which paints two rows anew,
// costs more than 60 bytes.
#define HIGHLIGHTED 8
#define NAME_CELLS  40 // of the first column before columns that are extra are shown

static int gap_of(int width)
{
    return width < NARROW ? GAP_NARROW : GAP;
}

// The columns of this width, as narrow as they may be; those that do not fit are left out from the
// right.
static size_t choose(const struct list *list, int width, struct list_place *places, int *ret_room)
{
    int gap = gap_of(width);
    int room = width - SIGNS - (width < NARROW ? 0 : 1); // a last column does not touch the frame
    int first = 0; // what the first column wants besides its least
    size_t n = 0;

    for (size_t i = 0; i < list->ops->n_columns && n < LIST_COLUMNS_MAX; i++) {
        const struct list_column *column = &list->ops->columns[i];
        int least =
            column->most == 0 && list->needs[i] < column->least ? list->needs[i] : column->least;
        int needed = least + (n ? gap : 0);

        if (column->wide_only > width ||
            (column->wide_only >= LIST_EXTRA && (!list->needs[i] || needed > room - first)))
            continue;
        if (needed > room && n > 0)
            break;
        if (n == 0)
            first = (list->needs[i] < NAME_CELLS ? list->needs[i] : NAME_CELLS) - least;
        places[n++] = (struct list_place){.column = i, .width = least};
        room -= needed;
    }
    if (n == 1 && room < 0) {
        places[0].width = places[0].width + room > 0 ? places[0].width + room : 0;
        room = 0;
    }
    *ret_room = room;
    return n;
}

// What a column could still use, of `room` cells.
static int more_for(const struct list *list, const struct list_place *place, int room)
{
    const struct list_column *column = &list->ops->columns[place->column];
    // One more: an age grows while it is shown.
    int wanted = list->needs[place->column] + (column->most > 0);
    int more;

    if (column->most > 0 && wanted < column->least)
        wanted = column->least;
    if (column->most > 0 && wanted > column->most)
        wanted = column->most;
    more = wanted - place->width;
    return more < 0 ? 0 : more > room ? room : more;
}

// The columns without a limit share `room` by their least widths; returns what is left.
static int share(const struct list *list, struct list_place *places, size_t n, int room)
{
    int shares;

    do {
        int left = room;

        shares = 0;
        for (size_t i = 0; i < n; i++)
            if (list->ops->columns[places[i].column].most == 0 && more_for(list, &places[i], 1) > 0)
                shares += list->ops->columns[places[i].column].least;
        for (size_t i = n; i-- > 0 && shares > 0;) {
            const struct list_column *column = &list->ops->columns[places[i].column];
            int part = (left * column->least + shares - 1) / shares;

            if (column->most > 0)
                continue;
            part = more_for(list, &places[i], part > room ? room : part);
            places[i].width += part;
            room -= part;
        }
    } while (room > 0 && shares > 0);
    return room;
}

// The columns with a limit take from `room` what they need, from the left; returns what is left.
static int widen_limited(const struct list *list, struct list_place *places, size_t n, int room)
{
    for (size_t i = 0; i < n; i++) {
        int more =
            list->ops->columns[places[i].column].most == 0 ? 0 : more_for(list, &places[i], room);

        places[i].width += more;
        room -= more;
    }
    return room;
}

// Of what is left columns with a limit get half, or more as long as the others get twice their
// least widths; these share the rest. What they do not need is for the first again.
static void widen(const struct list *list, struct list_place *places, size_t n, int room)
{
    int least = 0;
    int limited;

    for (size_t i = 0; i < n; i++)
        least += list->ops->columns[places[i].column].most == 0
                     ? list->ops->columns[places[i].column].least
                     : 0;
    limited = room - least > room / 2 ? room - least : room / 2;
    room -= limited - widen_limited(list, places, n, limited);
    room = share(list, places, n, room);
    (void)widen_limited(list, places, n, room);
}

size_t list_places(const struct list *list, int width, struct list_place *places)
{
    int room;
    int x = SIGNS;
    size_t n = choose(list, width, places, &room);

    if (room > 0)
        widen(list, places, n, room);
    for (size_t i = 0; i < n; i++) {
        places[i].x = x;
        x += places[i].width + gap_of(width);
    }
    return n;
}

static void paint_header(const struct list *list, struct surface_part part,
                         const struct list_place *places, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct list_column *column = &list->ops->columns[places[i].column];
        const char *sign = (int)places[i].column != list->sort ? "" : list->inverted ? "▼" : "▲";
        char title[64];

        (void)snprintf(title, sizeof title, "%s%s", column->title, sign);
        // The sign is worth more than the last letter of the title.
        if (*sign && text_columns(title) > places[i].width && places[i].width > 1)
            (void)snprintf(title, sizeof title, "%.*s%s", places[i].width - 1, column->title, sign);
        if (column->right)
            surface_right(part, 0, places[i].x, places[i].width, ROLE_LIST_HEADER, title);
        else
            (void)surface_text(part, 0, places[i].x, places[i].width, ROLE_LIST_HEADER, CUT_END,
                               title);
    }
}

// The beginning of a name over the name that is there, as much of it as is not cut.
static void highlight(struct surface_part part, int y, const struct list_place *place,
                      const char *text)
{
    int columns = text_columns(text);
    // A name that is too long keeps this much before its middle.
    int room = columns > place->width ? place->width / 2 : columns;
    char piece[HIGHLIGHTED * 16];
    size_t used = 0;

    room = room > HIGHLIGHTED ? HIGHLIGHTED : room;
    while (text[used] && used + 1 < sizeof piece) {
        size_t end = used + 1;

        while (((unsigned char)text[end] & 0xc0) == 0x80)
            end++;
        if (end >= sizeof piece)
            break;
        memcpy(piece + used, text + used, end - used);
        piece[end] = '\0';
        if (text_columns(piece) > room)
            break;
        used = end;
    }
    piece[used] = '\0';
    (void)surface_text(part, y, place->x, -1, ROLE_LIST_SELECTED, CUT_END, piece);
}

static void paint_signs(const struct list *list, struct surface_part part, int y, size_t row,
                        bool selected)
{
    if (selected) {
        (void)surface_text(part, y, 0, 1, ROLE_LIST_MARKER, CUT_END,
                           surface_sign_selected(part.whole));
        // In one piece with the name: fewer changes of attributes to be sent.
        (void)surface_text(part, y, 1, 1, ROLE_LIST_SELECTED, CUT_END, " ");
    }
    if (list_is_marked(list, list->ops->key(list->context, row)))
        (void)surface_text(part, y, 1, 1, ROLE_LIST_MARKED, CUT_END,
                           surface_sign_marked(part.whole));
}

static void paint_row(const struct list *list, struct surface_part part, int y, size_t position,
                      bool selected, const struct list_place *places, size_t n)
{
    size_t row = list->order[position];
    struct list_cell cell;

    paint_signs(list, part, y, row, selected);
    for (size_t i = 0; i < n; i++) {
        const struct list_column *column = &list->ops->columns[places[i].column];

        list_cell_get(list->ops, list->context, row, places[i].column, &cell);
        if (column->right)
            surface_right(part, y, places[i].x, places[i].width, cell.role, cell.text);
        else
            (void)surface_text(part, y, places[i].x, places[i].width, cell.role, column->cut,
                               cell.text);
        if (selected && i == 0)
            highlight(part, y, &places[i], cell.text);
    }
}

struct sentence {
    struct surface_part part;
    int y;
};

static void sentence_line(const char *line, void *context)
{
    struct sentence *sentence = context;

    if (sentence->y < sentence->part.height)
        (void)surface_text(sentence->part, sentence->y, 1, -1, ROLE_TEXT_DIM, CUT_END, line);
    sentence->y++;
}

static void paint_nothing(const struct list *list, struct surface_part part)
{
    struct sentence sentence = {.part = part};
    char filtered[LIST_CELL_SIZE];
    const char *text = list->ops->nothing ? list->ops->nothing(list->context) : "";

    if (list->n_rows > 0) {
        (void)snprintf(filtered, sizeof filtered,
                       "none of %zu fits the filter \"%.200s\"; Esc clears it", list->n_rows,
                       list->filter);
        text = filtered;
    }
    (void)text_wrap(text, part.width > 3 ? part.width - 2 : 1, sentence_line, &sentence);
}

// The selected row, or where it was, is on the screen.
static void scroll(struct list *list, size_t rows)
{
    if (list->cursor >= list->n)
        list->cursor = list->n ? list->n - 1 : 0;
    if (list->top + rows > list->n)
        list->top = list->n > rows ? list->n - rows : 0;
    if (list->cursor < list->top)
        list->top = list->cursor;
    if (rows > 0 && list->cursor >= list->top + rows)
        list->top = list->cursor - rows + 1;
}

void list_paint(struct list *list, struct surface_part part, unsigned flags)
{
    struct list_place places[LIST_COLUMNS_MAX];
    bool header = !(flags & LIST_NO_HEADER) && part.height > 1;
    bool marker = list->selected && !(flags & LIST_NO_MARKER);
    size_t rows, n;

    surface_clear(part, ROLE_TEXT);
    if (part.height <= 0 || part.width <= 0)
        return;
    list->width = (size_t)part.width;
    list->page = rows = (size_t)(part.height - header);
    n = list_places(list, part.width, places);
    if (header && list->n > 0)
        paint_header(list, part, places, n);
    if (list->n == 0) {
        paint_nothing(list, part);
        if (flags & LIST_FOCUSED)
            surface_cursor(part, 0, 0);
        return;
    }
    scroll(list, rows);
    for (size_t i = 0; i < rows && list->top + i < list->n; i++)
        paint_row(list, part, (int)i + header, list->top + i,
                  marker && list->top + i == list->cursor, places, n);
    if (flags & LIST_FOCUSED)
        surface_cursor(part, (int)(list->cursor - list->top) + header, 0);
}
