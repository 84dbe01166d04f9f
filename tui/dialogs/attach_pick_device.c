// A block device, from the list of the host's: what is on it, and why it cannot be attached.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/format.h"
#include "core/base/text.h"
#include "tui/dialogs/attach_pick_list.h"
#include "tui/model/decode.h"

struct device_row {
    char *node, *type, *label, *model, *mounted, *refused;
    int64_t size;
};

static void row_done(struct device_row *row)
{
    free(row->node);
    free(row->type);
    free(row->label);
    free(row->model);
    free(row->mounted);
    free(row->refused);
}

static int read_row(const json_t *entry, struct device_row *ret, struct error *err)
{
    int r = decode_need_text(entry, "node", &ret->node, err);

    r = r < 0 ? r : decode_text(entry, "type", &ret->type, err);
    r = r < 0 ? r : decode_text(entry, "label", &ret->label, err);
    r = r < 0 ? r : decode_text(entry, "model", &ret->model, err);
    r = r < 0 ? r : decode_joined(entry, "mounted", &ret->mounted, err);
    r = r < 0 ? r : decode_text(entry, "refused", &ret->refused, err);
    return r < 0 ? r : decode_number(entry, "size", -1, &ret->size, err);
}

static bool has(const char *text)
{
    return text && *text;
}

// "ext4 BACKUP, 4.0T, Samsung T7, mounted at /a,/b"; what is refused says only why.
static char *note_of(const struct device_row *d)
{
    char size[FORMAT_SIZE + 2] = "", bytes[FORMAT_SIZE];

    if (has(d->refused))
        return strdup(d->refused);
    if (d->size >= 0)
        (void)snprintf(size, sizeof size, ", %s", format_bytes(bytes, (uint64_t)d->size));
    return text_format("%s%s%s%s%s%s%s%s", has(d->type) ? d->type : "?", has(d->label) ? " " : "",
                       has(d->label) ? d->label : "", size, has(d->model) ? ", " : "",
                       has(d->model) ? d->model : "", has(d->mounted) ? ", mounted at " : "",
                       has(d->mounted) ? d->mounted : "");
}

static int row(const json_t *entry, struct menu_item *item, char **ret_source, struct error *err)
{
    CLEANUP(row_done) struct device_row d = {.node = NULL};
    int r = read_row(entry, &d, err);

    if (r < 0)
        return r;
    item->label = strdup(d.node);
    item->note = note_of(&d);
    item->impossible = has(d.refused);
    *ret_source = text_format("device:%s", d.node);
    return item->label && item->note && *ret_source ? 0 : ERROR_OOM(err);
}

static const struct pick_list devices = {
    .method = PROTOCOL_DEVICES,
    .member = "devices",
    .title = "Which block device?",
    .none = "this host has no block device",
    .row = row,
};

int attach_pick_device(struct dialog_host *host, const struct raw_text *now,
                       attach_source_chosen *chosen, void *context, struct error *err)
{
    return pick_list_open(host, &devices, now, chosen, context, err);
}
