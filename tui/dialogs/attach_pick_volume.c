// A named volume, from the list of all: which runtime's it is and who uses it.
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/attach_pick_list.h"
#include "tui/model/decode.h"

struct volume_row {
    char *name, *runtime, *used_by, *mounts, *path;
};

static void row_done(struct volume_row *row)
{
    free(row->name);
    free(row->runtime);
    free(row->used_by);
    free(row->mounts);
    free(row->path);
}

static int read_row(const json_t *entry, struct volume_row *ret, struct error *err)
{
    int r = decode_need_text(entry, "name", &ret->name, err);

    r = r < 0 ? r : decode_need_text(entry, "runtime", &ret->runtime, err);
    r = r < 0 ? r : decode_joined(entry, "used_by", &ret->used_by, err);
    r = r < 0 ? r : decode_text(entry, "mounts", &ret->mounts, err);
    return r < 0 ? r : decode_text(entry, "path", &ret->path, err);
}

static int row(const json_t *entry, struct menu_item *item, char **ret_source, struct error *err)
{
    CLEANUP(row_done) struct volume_row v = {NULL, NULL, NULL, NULL, NULL};
    bool used;
    int r = read_row(entry, &v, err);

    if (r < 0)
        return r;
    used = v.used_by && *v.used_by;
    item->label = strdup(v.name);
    // Its driver mounts it only while a container uses it.
    item->note =
        text_format("%s%s%s%s%s", v.runtime, used ? ", used by " : ", not used",
                    used ? v.used_by : "", v.mounts ? ", mounts " : "", v.mounts ? v.mounts : "");
    *ret_source = text_format("volume:%s/%s", v.runtime, v.name);
    return item->label && item->note && *ret_source ? 0 : ERROR_OOM(err);
}

static const struct pick_list volumes = {
    .method = PROTOCOL_VOLUMES,
    .member = "volumes",
    .title = "Which volume?",
    .none = "there is no named volume: `davit volume create NAME` makes one",
    .row = row,
};

int attach_pick_volume(struct dialog_host *host, const struct raw_text *now,
                       attach_source_chosen *chosen, void *context, struct error *err)
{
    return pick_list_open(host, &volumes, now, chosen, context, err);
}
