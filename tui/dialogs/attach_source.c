#include "tui/dialogs/attach_source.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/menu.h"
#include "tui/model/decode.h"

static int send_as_typed(const struct raw_text *source, const char *extra, json_t *params)
{
    (void)extra;
    return raw_text_set(params, "source", source);
}

// What is no number is the engine's to refuse.
static int send_image(const struct raw_text *source, const char *offset, json_t *params)
{
    uint64_t bytes;

    if (*offset && json_object_set_new(params, "offset",
                                       text_to_u64(offset, &bytes) && bytes <= INT64_MAX
                                           ? json_integer((json_int_t)bytes)
                                           : json_string(offset)) < 0)
        return -1;
    return raw_text_set(params, "source", source);
}

// "-t TYPE SPEC": where both begin, and how long the type is. False: not all is there.
static bool split_helper(const char *text, const char **ret_type, size_t *ret_length,
                         const char **ret_spec)
{
    *ret_type = text + strlen("-t ");
    *ret_type += strspn(*ret_type, " ");
    *ret_length = strcspn(*ret_type, " ");
    *ret_spec = *ret_type + *ret_length;
    *ret_spec += strspn(*ret_spec, " ");
    return *ret_length > 0 && **ret_spec;
}

static bool helper_complete(const char *text)
{
    const char *type, *spec;
    size_t length;

    return split_helper(text, &type, &length, &spec);
}

static int send_helper(const struct raw_text *source, const char *options, json_t *params)
{
    const char *type, *spec;
    size_t length;

    (void)split_helper(source->text, &type, &length, &spec);
    if (*options && json_object_set_new(params, "helper_options", json_string(options)) < 0)
        return -1;
    return json_object_set_new(params, "type", json_stringn(type, length)) |
           json_object_set_new(params, "source", json_string(spec));
}

static bool is_device(const char *text)
{
    return strncmp(text, "device:", strlen("device:")) == 0 ||
           strncmp(text, "UUID=", strlen("UUID=")) == 0 ||
           strncmp(text, "LABEL=", strlen("LABEL=")) == 0;
}

static bool is_in_container(const char *text)
{
    return text[0] != '/' && text[0] != '.' && strstr(text, ":/");
}

static const struct attach_source sources[] = {
    {
        .name = "A directory or file of this host",
        .begins = "",
        .prompt = "a path",
        .pick = attach_pick_path,
        .send = send_as_typed,
    },
    {
        .name = "A named volume",
        .begins = "volume:",
        .prompt = "volume: and its name",
        .pick = attach_pick_volume,
        .send = send_as_typed,
    },
    {
        .name = "A block device",
        .is = is_device,
        .prompt = "device:/dev/NAME, UUID= or LABEL=, :/DIRECTORY of it behind that",
        .pick = attach_pick_device,
        .send = send_as_typed,
    },
    {
        .name = "A disk image",
        .begins = "image:",
        .prompt = "image: and the path of the file, :/DIRECTORY of it behind that",
        .pick = attach_pick_image,
        .extra = "Offset",
        .extra_prompt = "bytes before the filesystem, if any",
        .send = send_image,
    },
    {
        .name = "What a mount helper mounts: NFS, SMB, sshfs, ...",
        .begins = "-t ",
        .prompt = "-t TYPE SPEC, such as -t nfs nas:/vol",
        .pick = attach_pick_helper,
        .complete = helper_complete,
        .extra = "-o",
        .extra_prompt = "options of the helper, not shown",
        .extra_secret = true,
        .send = send_helper,
    },
    {
        .name = "A fresh tmpfs, in memory",
        .begins = "tmpfs:",
        .prompt = "tmpfs: and its options, such as size=64m",
        .pick = attach_pick_tmpfs,
        .send = send_as_typed,
    },
    // The last: what begins as none of those above.
    {
        .name = "A directory of another container",
        .is = is_in_container,
        .prompt = "CONTAINER:/PATH",
        .pick = attach_pick_container,
        .send = send_as_typed,
    },
};

static bool is(const struct attach_source *source, const char *text)
{
    return source->is ? source->is(text)
                      : strncmp(text, source->begins, strlen(source->begins)) == 0;
}

// The first row takes what no other does.
const struct attach_source *attach_source_of(const char *text)
{
    for (size_t i = 1; i < ARRAY_SIZE(sources); i++)
        if (is(&sources[i], text))
            return &sources[i];
    return &sources[0];
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
