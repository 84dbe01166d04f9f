#include "tui/verbs/verb.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"
#include "core/engine/volume.h"
#include "core/wire/encode.h"
#include "tui/verbs/columns.h"
#include "tui/verbs/output.h"
#include "tui/verbs/targets.h"

static int print_json(struct command *command, const struct volume_report *report,
                      struct error *err)
{
    return output_json(command, encode_volumes(report), err);
}

static char *join_users(char *const *used_by)
{
    char *out = strdup("");

    for (; out && used_by && *used_by; used_by++) {
        char *more = text_format("%s%s%s", out, *out ? ", " : "", *used_by);

        free(out);
        out = more;
    }
    return out;
}

static int add_volume(struct columns *columns, const struct volume_use *use, struct error *err)
{
    const struct volume *volume = use->volume;
    _cleanup_free_ char *users = join_users(use->used_by);
    _cleanup_free_ char *path =
        volume->path ? text_clean_dup(volume->path, strlen(volume->path)) : strdup("-");

    if (!users || !path)
        return ERROR_OOM(err);
    return columns_add(columns, (const char *const[]){volume->name, volume->runtime, users, path},
                       err);
}

static int print_text(struct command *command, const struct volume_report *report,
                      struct error *err)
{
    static const struct column what[] = {
        {"NAME", 0}, {"RUNTIME", 0}, {"USED BY", COLUMN_SHRINK}, {"PATH", 0}};
    _cleanup_columns_ struct columns *columns = NULL;
    int r = columns_new(what, ARRAY_SIZE(what), &columns, err);

    for (size_t i = 0; r == 0 && i < report->list.n_items; i++)
        r = add_volume(columns, &report->uses[i], err);
    if (r < 0)
        return r;
    if (report->list.n_items > 0)
        columns_print(columns, command->out, command->width);
    else
        output_notice(command, "no volumes");
    if (report->why.code != ERROR_NONE)
        output_message(command, "names from disk", &report->why);
    return 0;
}

static int list(struct command *command, struct error *err)
{
    CLEANUP(volume_report_freep) struct volume_report *report = NULL;
    int r = engine_volumes(command->engine, &report, err);

    if (r < 0)
        return r;
    return command->json ? print_json(command, report, err) : print_text(command, report, err);
}

static int done(struct command *command, const char *what, const char *name, struct error *err)
{
    if (command->json)
        return output_json(command, json_pack("{s:s, s:s}", "volume", name, "result", what), err);
    if (!command->quiet)
        (void)fprintf(command->out, "%s volume %s\n", what, name);
    return 0;
}

static int create(struct command *command, const char *name, struct error *err)
{
    bool dry = arguments_has(command->arguments, OPTION_DRY_RUN);
    int r = engine_volume_create(command->engine, name, dry, err);

    return r < 0 ? r : done(command, dry ? "would create" : "created", name, err);
}

// What is in it goes with it: hence the question.
static int ask(struct command *command, const char *name, struct error *err)
{
    _cleanup_free_ char *question = text_format("Remove volume %s and all that is in it?", name);
    int r = question ? confirm_needed(command, err) : ERROR_OOM(err);

    if (r <= 0)
        return r;
    r = engine_volume_removable(command->engine, name, err);
    return r < 0 ? r : confirm(command, question, err);
}

static int remove_one(struct command *command, const char *name, struct error *err)
{
    int r;

    if (arguments_has(command->arguments, OPTION_DRY_RUN)) {
        r = engine_volume_removable(command->engine, name, err);
        return r < 0 ? r : done(command, "would remove", name, err);
    }
    r = ask(command, name, err);
    if (r == 0)
        r = engine_volume_remove(command->engine, name, err);
    return r < 0 ? r : done(command, "removed", name, err);
}

int verb_volume(struct command *command, struct error *err)
{
    static const struct {
        const char *word;
        unsigned n_words;
        int (*run)(struct command *, const char *, struct error *);
    } words[] = {{"create", 2, create}, {"rm", 2, remove_one}};
    const struct arguments *arguments = command->arguments;
    const char *word = arguments->words[0];

    if (strcmp(word, "ls") == 0 && arguments->n_words == 1)
        return list(command, err);
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (strcmp(word, words[i].word) == 0 && arguments->n_words == words[i].n_words)
            return words[i].run(command, arguments->words[1], err);
    (void)error_set(err, ERROR_USAGE, EINVAL, "davit volume takes ls, create NAME or rm NAME");
    error_hint(err, "davit volume ls");
    return -EINVAL;
}
