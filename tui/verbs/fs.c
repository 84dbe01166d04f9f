#include "tui/verbs/verb.h"

#include <string.h>

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/wire/encode.h"
#include "tui/verbs/columns.h"
#include "tui/verbs/output.h"

static int print_json(struct command *command, const struct filesystem_inventory *inventory,
                      struct error *err)
{
    json_t *array = json_array();
    int failed = array ? 0 : -1;

    for (size_t i = 0; !failed && i < inventory->n_filesystems; i++)
        failed = json_array_append_new(array, encode_filesystem(&inventory->filesystems[i]));
    if (failed) {
        json_decref(array);
        return ERROR_OOM(err);
    }
    return output_json(command, json_pack("{s:o}", "filesystems", array), err);
}

static int add_filesystem(struct columns *columns, const struct filesystem *filesystem,
                          struct error *err)
{
    const struct mount_entry *mount = filesystem->mount;
    const char *device = filesystem_device(filesystem);
    _cleanup_free_ char *where = text_clean_dup(mount->target, strlen(mount->target));
    _cleanup_free_ char *from = text_clean_dup(device, strlen(device));
    _cleanup_free_ char *root = text_clean_dup(mount->root, strlen(mount->root));
    _cleanup_free_ char *type = text_clean_dup(mount->type, strlen(mount->type));
    char size[FORMAT_SIZE] = "", used[FORMAT_SIZE] = "", available[FORMAT_SIZE] = "";

    if (!where || !from || !root || !type)
        return ERROR_OOM(err);
    switch (filesystem->usage_state) {
    case USAGE_READ:
        (void)format_bytes(size, filesystem->size);
        (void)format_bytes(used, filesystem->used);
        (void)format_bytes(available, filesystem->available);
        break;
    case USAGE_NOT_ANSWERING:
        (void)strcpy(size, "not answering");
        break;
    case USAGE_FAILED:
        (void)strcpy(size, "unknown");
        break;
    case USAGE_UNREAD:
        break;
    }
    return columns_add(columns,
                       (const char *const[]){where, from, root, type,
                                             mount_entry_read_only(mount) ? "ro" : "rw", size, used,
                                             available},
                       err);
}

static int print_text(struct command *command, const struct filesystem_inventory *inventory,
                      struct error *err)
{
    static const struct column what[] = {
        {"MOUNT", COLUMN_SHRINK | COLUMN_KEY},
        {"DEVICE", COLUMN_SHRINK},
        {"SUB-ROOT", COLUMN_SHRINK},
        {"TYPE", 0},
        {"ACCESS", 0},
        {"SIZE", COLUMN_RIGHT},
        {"USED", COLUMN_RIGHT},
        {"AVAIL", COLUMN_RIGHT},
    };
    _cleanup_columns_ struct columns *columns = NULL;
    int r = columns_new(what, ARRAY_SIZE(what), &columns, err);

    for (size_t i = 0; r == 0 && i < inventory->n_filesystems; i++)
        r = add_filesystem(columns, &inventory->filesystems[i], err);
    if (r == 0)
        columns_print(columns, command->out, command->width);
    return r;
}

int verb_fs(struct command *command, struct error *err)
{
    CLEANUP(filesystem_inventory_freep) struct filesystem_inventory *inventory = NULL;
    int r = filesystem_inventory_new(INVENTORY_USAGE, &inventory, err);

    if (r < 0)
        return r;
    return command->json ? print_json(command, inventory, err)
                         : print_text(command, inventory, err);
}
