#include "tui/dialogs/attach_source.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "tui/dialogs/menu.h"
#include "tui/model/decode.h"

// ---- a path of the host ----

// What is being typed is a name in the directory before it.
static char *directory_of(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;

    return slash  ? strndup(path, slash == path ? 1 : (size_t)(slash - path))
            : path ? strdup(path)
                  : NULL;
}

int attach_browse(struct dialog_host *host, const char *container, const struct raw_text *now,
                  attach_source_chosen *chosen, void *context, struct error *err)
{
    struct raw_text start = {directory_of(now->text), directory_of(now->bytes)};
    int r = browser_open(host, container, &start, chosen, context, err);

    raw_text_done(&start);
    return r;
}

static int pick_path(struct dialog_host *host, const struct raw_text *now,
                     attach_source_chosen *chosen, void *context, struct error *err)
{
    return attach_browse(host, NULL, now, chosen, context, err);
}

static int send_as_typed(const struct raw_text *source, json_t *params)
{
    return raw_text_set(params, "source", source);
}

// ---- all kinds ----

static const struct attach_source sources[] = {
    {
        .name = "A directory or file of this host",
        .begins = "",
        .prompt = "a path",
        .completes = true,
        .pick = pick_path,
        .send = send_as_typed,
    },
};

const struct attach_source *attach_source_of(const char *text)
{
    const struct attach_source *found = &sources[0];

    for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
        if (strncmp(text, sources[i].begins, strlen(sources[i].begins)) == 0 &&
            strlen(sources[i].begins) > strlen(found->begins))
            found = &sources[i];
    return found;
}

// ---- the menu of kinds ----

struct choosing {
    const struct attach_source *rows[ARRAY_SIZE(sources)]; // that have a picker
    attach_source_chosen *chosen;
    void *context;
};

static void kind_chosen(struct dialog_host *host, size_t index, void *context)
{
    const struct choosing *choosing = context;
    struct error err;

    if (choosing->rows[index]->pick(host, &(struct raw_text){NULL, NULL}, choosing->chosen,
                                    choosing->context, &err) < 0)
        host->say(host, LOG_WARNING, err.message);
}

static const struct menu_ops ops = {.chosen = kind_chosen, .free = free};

int attach_source_pick(struct dialog_host *host, const struct raw_text *now,
                       attach_source_chosen *chosen, void *context, struct error *err)
{
    const struct attach_source *kind = attach_source_of(now->text);
    struct choosing *choosing = calloc(1, sizeof *choosing);
    struct menu_item *items = calloc(ARRAY_SIZE(sources), sizeof *items);
    size_t n = 0;
    int failed = choosing && items ? 0 : -1;

    for (size_t i = 0; !failed && i < ARRAY_SIZE(sources); i++) {
        if (!sources[i].pick)
            continue;
        choosing->rows[n] = &sources[i];
        items[n].label = strdup(sources[i].name);
        failed = items[n++].label ? 0 : -1;
    }
    if (!failed && n > 1 && !*now->text) {
        choosing->chosen = chosen;
        choosing->context = context;
        return menu_open(host, "What is to be attached?", items, n, 0, &ops, choosing, err);
    }
    menu_items_free(items, n);
    free(choosing);
    if (failed)
        return ERROR_OOM(err);
    if (!kind->pick)
        return error_set(err, ERROR_USAGE, 0, "type %s: there is nothing to choose from",
                         kind->prompt);
    return kind->pick(host, now, chosen, context, err);
}
