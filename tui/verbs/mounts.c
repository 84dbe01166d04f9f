#include "tui/verbs/verb.h"

#include <string.h>

#include "core/base/text.h"
#include "core/wire/encode.h"
#include "tui/verbs/columns.h"
#include "tui/verbs/output.h"

static int print_json(struct command *command, const struct container_mounts *mounts,
                      struct error *err)
{
    json_t *array = json_array();
    int failed = array ? 0 : -1;

    for (size_t i = 0; !failed && i < mounts->n_mounts; i++)
        failed = json_array_append_new(array, encode_container_mount(&mounts->mounts[i]));
    if (failed) {
        json_decref(array);
        return ERROR_OOM(err);
    }
    return output_json(command, json_pack("{s:o}", "mounts", array), err);
}

static int add_mount(struct columns *columns, const struct container_mount *mount,
                     struct error *err)
{
    const struct mount_entry *entry = mount->entry;
    _cleanup_free_ char *raw = text_format("%s:%s", entry->source, entry->root);
    _cleanup_free_ char *where = text_clean_dup(entry->target, strlen(entry->target));
    _cleanup_free_ char *from = raw ? text_clean_dup(raw, strlen(raw)) : NULL;
    _cleanup_free_ char *type = text_clean_dup(entry->type, strlen(entry->type));
    _cleanup_free_ char *origin =
        text_format("%s%s%s%s", mount_origin_name(mount->origin), *mount->attachment ? " " : "",
                    mount->attachment, mount->stale ? ", STALE" : "");

    if (!where || !from || !type || !origin)
        return ERROR_OOM(err);
    return columns_add(columns,
                       (const char *const[]){where, from, type,
                                             mount_entry_read_only(entry) ? "ro" : "rw", origin,
                                             mount_entry_propagation(entry)},
                       err);
}

// What the runtime itself mounts (proc, cgroups, …) is of no interest unless it is asked for.
static bool explained(const struct command *command, const struct container_mount *mount)
{
    return mount->why && (command->verbose || mount->origin != ORIGIN_SYSTEM);
}

// How many of those that are explained share the sentence of `index`, and the first of them.
static size_t same_reason(const struct command *command, const struct container_mounts *mounts,
                          size_t index, size_t *ret_first)
{
    const char *why = mounts->mounts[index].why;
    size_t n = 0;

    for (size_t i = mounts->n_mounts; i-- > 0;)
        if (explained(command, &mounts->mounts[i]) && strcmp(mounts->mounts[i].why, why) == 0) {
            *ret_first = i;
            n++;
        }
    return n;
}

// Each sentence once: most mounts of a container share one.
static void print_reasons(struct command *command, const struct container_mounts *mounts)
{
    for (size_t i = 0; i < mounts->n_mounts; i++) {
        const struct container_mount *mount = &mounts->mounts[i];
        _cleanup_free_ char *target = NULL;
        size_t first = 0, n;

        if (!explained(command, mount))
            continue;
        n = same_reason(command, mounts, i, &first);
        if (i != first)
            continue;
        target = text_clean_dup(mount->entry->target, strlen(mount->entry->target));
        (void)fprintf(command->out, "%s%s%s\n", n == 1 && target ? target : "",
                      n == 1 && target ? ": " : "", mount->why);
    }
}

static int print_text(struct command *command, const struct container_mounts *mounts,
                      struct error *err)
{
    static const struct column what[] = {
        {"TARGET", COLUMN_SHRINK | COLUMN_KEY},
        {"SOURCE", COLUMN_SHRINK},
        {"FS", 0},
        {"ACCESS", 0},
        {"ORIGIN", 0},
        {"PROPAGATION", 0},
    };
    _cleanup_columns_ struct columns *columns = NULL;
    int r = columns_new(what, ARRAY_SIZE(what), &columns, err);

    for (size_t i = 0; r == 0 && i < mounts->n_mounts; i++)
        r = add_mount(columns, &mounts->mounts[i], err);
    if (r < 0)
        return r;
    columns_print(columns, command->out, command->width);
    if (!command->quiet)
        print_reasons(command, mounts);
    return 0;
}

static int print_why(struct command *command, const char *selector, const char *path,
                     struct error *err)
{
    CLEANUP(visible_freep) struct visible *visible = NULL;
    int r = engine_why(command->engine, selector, path, &visible, err);

    if (r < 0)
        return r;
    if (command->json)
        return output_json(command,
                           json_pack("{s:o}", "why", encode_visible(selector, path, visible)), err);
    (void)fprintf(command->out, "%s: %s\n", visible->seen ? "yes" : "no", visible->why);
    return 0;
}

int verb_mounts(struct command *command, struct error *err)
{
    const char *why = command->arguments->value[OPTION_WHY];
    CLEANUP(container_mounts_freep) struct container_mounts *mounts = NULL;
    int r;

    if (why)
        return print_why(command, command->arguments->words[0], why, err);
    r = engine_mounts(command->engine, command->arguments->words[0], NULL, 0, &mounts, err);
    if (r < 0)
        return r;
    return command->json ? print_json(command, mounts, err) : print_text(command, mounts, err);
}
