// What the host's mount helpers mount: which type; what is mounted is typed behind it.
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/attach_source.h"
#include "tui/dialogs/menu.h"

// Those that are usual; any other is typed.
static const struct {
    const char *type, *spec;
} helpers[] = {
    {"nfs", "SERVER:/DIRECTORY"},         {"cifs", "//SERVER/SHARE"},
    {"fuse.sshfs", "USER@HOST:/PATH"},    {"glusterfs", "SERVER:/VOLUME"},
    {"ceph", "USER@FSID.NAME=/PATH"},     {"9p", "the tag of the share"},
    {"virtiofs", "the tag of the share"},
};

struct helper_menu {
    attach_source_chosen *chosen;
    void *context;
};

static void type_chosen(struct dialog_host *host, size_t index, void *context)
{
    const struct helper_menu *menu = context;
    _cleanup_free_ char *text = text_format("-t %s ", helpers[index].type);

    (void)host;
    if (text)
        menu->chosen(&(struct raw_text){text, NULL}, menu->context);
}

static const struct menu_ops ops = {.chosen = type_chosen, .free = free};

int attach_pick_helper(struct dialog_host *host, const struct raw_text *now,
                       attach_source_chosen *chosen, void *context, struct error *err)
{
    struct helper_menu *menu = malloc(sizeof *menu);
    struct menu_item *items = calloc(ARRAY_SIZE(helpers), sizeof *items);
    bool failed = !menu || !items;

    (void)now;
    for (size_t i = 0; !failed && i < ARRAY_SIZE(helpers); i++) {
        items[i].label = strdup(helpers[i].type);
        items[i].note = strdup(helpers[i].spec);
        failed = !items[i].label || !items[i].note;
    }
    if (failed) {
        menu_items_free(items, ARRAY_SIZE(helpers));
        free(menu);
        return ERROR_OOM(err);
    }
    *menu = (struct helper_menu){chosen, context};
    return menu_open(host, "By which mount helper?", items, ARRAY_SIZE(helpers), 0, &ops, menu,
                     err);
}
