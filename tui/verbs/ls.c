#include "tui/verbs/verb.h"

#include <string.h>
#include <sys/stat.h>

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/wire/encode.h"
#include "tui/verbs/columns.h"
#include "tui/verbs/output.h"

static int print_json(struct command *command, const struct listing *listing, struct error *err)
{
    json_t *array = json_array();
    int failed = array ? 0 : -1;

    for (size_t i = 0; !failed && i < listing->n_entries; i++)
        failed = json_array_append_new(array, encode_listing_entry(&listing->entries[i]));
    if (failed) {
        json_decref(array);
        return ERROR_OOM(err);
    }
    return output_json(
        command, json_pack("{s:o, s:b}", "entries", array, "truncated", (int)listing->truncated),
        err);
}

// "drwxr-xr-x", as ls(1) writes it.
static void mode_text(char out[11], unsigned type, unsigned mode)
{
    static const char letters[] = "rwxrwxrwx";
    const char *kind = file_type_name(type);

    (void)strcpy(out, "?---------");
    if (!kind)
        return;
    out[0] = strcmp(kind, "file") == 0 ? '-' : strcmp(kind, "symlink") == 0 ? 'l' : kind[0];
    if (out[0] == 'f')
        out[0] = 'p'; // fifo
    for (unsigned i = 0; i < 9; i++)
        if (mode & 0400U >> i)
            out[1 + i] = letters[i];
    if (mode & S_ISUID)
        out[3] = mode & 0100 ? 's' : 'S';
    if (mode & S_ISGID)
        out[6] = mode & 0010 ? 's' : 'S';
    if (mode & S_ISVTX)
        out[9] = mode & 0001 ? 't' : 'T';
}

static int add_entry(struct columns *columns, const struct listing_entry *entry, struct error *err)
{
    _cleanup_free_ char *name = text_clean_dup(entry->name, strlen(entry->name));
    _cleanup_free_ char *link =
        entry->link ? text_clean_dup(entry->link, strlen(entry->link)) : NULL;
    _cleanup_free_ char *shown = NULL;
    char mode[11], owner[32], size[FORMAT_SIZE], time[FORMAT_SIZE];

    if (!name || (entry->link && !link))
        return ERROR_OOM(err);
    shown = text_format("%s%s%s", name,
                        link                   ? " → "
                        : S_ISDIR(entry->type) ? "/"
                                               : "",
                        link ? link : "");
    if (!shown)
        return ERROR_OOM(err);
    mode_text(mode, entry->type, entry->mode);
    (void)snprintf(owner, sizeof owner, "%u:%u", entry->uid, entry->gid);
    return columns_add(columns,
                       (const char *const[]){mode, owner, format_bytes(size, entry->size),
                                             format_time(time, (time_t)entry->mtime), shown},
                       err);
}

static int print_text(struct command *command, const struct listing *listing, struct error *err)
{
    static const struct column what[] = {
        {"MODE", 0}, {"OWNER", 0}, {"SIZE", COLUMN_RIGHT}, {"CHANGED", 0}, {"NAME", COLUMN_SHRINK},
    };
    _cleanup_columns_ struct columns *columns = NULL;
    int r = columns_new(what, ARRAY_SIZE(what), &columns, err);

    for (size_t i = 0; r == 0 && i < listing->n_entries; i++)
        r = add_entry(columns, &listing->entries[i], err);
    if (r < 0)
        return r;
    if (listing->n_entries > 0)
        columns_print(columns, command->out, command->width);
    else
        output_notice(command, "an empty directory");
    if (listing->truncated)
        output_notice(command, "only the first %d entries are shown", LISTING_LIMIT);
    return 0;
}

int verb_ls(struct command *command, struct error *err)
{
    CLEANUP(listing_freep) struct listing *listing = NULL;
    int r = engine_list(command->engine, command->arguments->words[0], 0, &listing, err);

    if (r < 0)
        return r;
    return command->json ? print_json(command, listing, err) : print_text(command, listing, err);
}
