#include "tui/dialogs/attach_pick_list.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/box.h"
#include "tui/model/decode.h"

// Rows that are shown; more than that nobody reads.
#define PICK_LIMIT 4096

// What the menu works with when the answer is there.
struct picking {
    char **sources; // one a row
    size_t n;
    attach_source_chosen *chosen;
    void *context;
};

static void picking_free(void *context)
{
    struct picking *picking = context;

    for (size_t i = 0; i < picking->n; i++)
        free(picking->sources[i]);
    free(picking->sources);
    free(picking);
}

static void row_chosen(struct dialog_host *host, size_t index, void *context)
{
    const struct picking *picking = context;

    (void)host;
    picking->chosen(&(struct raw_text){picking->sources[index], NULL}, picking->context);
}

static const struct menu_ops menu_of_rows = {.chosen = row_chosen, .free = picking_free};

// ---- until it is there ----

struct looking {
    struct dialog dialog;
    const struct pick_list *list;
    char *now;
    attach_source_chosen *chosen;
    void *context;
    uint64_t request;
};

static void looking_free(struct dialog *dialog)
{
    struct looking *looking = (struct looking *)dialog;

    if (looking->request)
        client_forget(dialog->host->client, looking->request);
    free(looking->now);
    free(looking);
}

static void looking_paint(struct dialog *dialog, struct surface_part part)
{
    const struct looking *looking = (const struct looking *)dialog;
    struct surface_part inside = box_paint(
        box_place(part, 1 + BOX_LINES, BOX_COLUMNS + 16 + text_columns(looking->list->title)),
        looking->list->title);

    (void)surface_text(inside, 0, 0, -1, ROLE_TEXT_DIM, CUT_END, "looking …");
    surface_cursor(inside, 0, 0);
}

static enum key_context looking_context(struct dialog *dialog)
{
    (void)dialog;
    return KEYS_MENU;
}

static void looking_act(struct dialog *dialog, enum action action)
{
    if (action == ACTION_BACK || action == ACTION_QUIT || action == ACTION_CANCEL)
        dialog->host->close(dialog->host, dialog);
    dialog->host->dirty(dialog->host);
}

static const struct footer_key *looking_footer(struct dialog *dialog)
{
    static const struct footer_key keys[] = {{ACTION_BACK, NULL}, {ACTION_NONE, NULL}};

    (void)dialog;
    return keys;
}

static char *looking_plain(struct dialog *dialog)
{
    return text_format("%s\nlooking …\n", ((struct looking *)dialog)->list->title);
}

static const struct dialog_ops ops = {
    .name = "looking",
    .free = looking_free,
    .paint = looking_paint,
    .context = looking_context,
    .act = looking_act,
    .footer = looking_footer,
    .plain = looking_plain,
};

// ---- its rows ----

static int fill(const struct looking *looking, const json_t *rows, struct picking *picking,
                struct menu_item *items, size_t *ret_chosen, struct error *err)
{
    size_t n = json_array_size(rows);
    int r = 0;

    for (size_t i = 0; i < n && i < PICK_LIMIT && r == 0; i++) {
        picking->n = i + 1;
        r = looking->list->row(json_array_get(rows, i), &items[i], &picking->sources[i], err);
        if (r == 0 && text_same(picking->sources[i], looking->now))
            *ret_chosen = i;
    }
    return r;
}

static int open_menu(struct looking *looking, const json_t *rows, struct error *err)
{
    struct picking *picking = calloc(1, sizeof *picking);
    struct menu_item *items = calloc(json_array_size(rows), sizeof *items);
    size_t chosen = 0;
    int r = picking && items ? 0 : ERROR_OOM(err);

    if (r == 0) {
        picking->chosen = looking->chosen;
        picking->context = looking->context;
        picking->sources = calloc(json_array_size(rows), sizeof *picking->sources);
        r = picking->sources ? fill(looking, rows, picking, items, &chosen, err) : ERROR_OOM(err);
    }
    if (r == 0)
        return menu_open(looking->dialog.host, looking->list->title, items, picking->n, chosen,
                         &menu_of_rows, picking, err);
    menu_items_free(items, picking ? picking->n : 0);
    if (picking)
        picking_free(picking);
    return r;
}

static void answered(const json_t *result, const struct error *why, void *context)
{
    struct looking *looking = context;
    struct dialog_host *host = looking->dialog.host;
    const json_t *rows = NULL;
    struct error err = {.code = ERROR_NONE};
    _cleanup_free_ char *partly = NULL;
    int r = 0;

    looking->request = 0;
    host->close(host, &looking->dialog);
    host->dirty(host);
    if (why)
        err = *why;
    else
        r = decode_array(result, looking->list->member, &rows, &err);
    // Why there may be more than these.
    if (r == 0 && !why)
        r = decode_text(result, "why", &partly, &err);
    if (r == 0 && !why && json_array_size(rows) > 0)
        r = open_menu(looking, rows, &err);
    else if (r == 0 && !why && !partly)
        host->say(host, LOG_NOTICE, looking->list->none);
    if (r < 0 || why)
        host->say(host, LOG_WARNING, err.message);
    else if (partly)
        host->say(host, LOG_NOTICE, partly);
}

int pick_list_open(struct dialog_host *host, const struct pick_list *list,
                   const struct raw_text *now, attach_source_chosen *chosen, void *context,
                   struct error *err)
{
    struct looking *looking = calloc(1, sizeof *looking);
    int r;

    if (!looking)
        return ERROR_OOM(err);
    looking->dialog = (struct dialog){&ops, host};
    looking->list = list;
    looking->now = now->text ? strdup(now->text) : NULL;
    looking->chosen = chosen;
    looking->context = context;
    r = client_call(host->client, list->method, NULL, answered, looking, &looking->request, err);
    if (r < 0) {
        looking_free(&looking->dialog);
        return r;
    }
    host->open(host, &looking->dialog);
    host->dirty(host);
    return 0;
}
