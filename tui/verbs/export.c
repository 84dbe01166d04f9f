#include "tui/verbs/verb.h"

#include <string.h>

#include "core/base/shell.h"
#include "core/base/text.h"
#include "core/wire/encode.h"
#include "tui/verbs/output.h"

// As comments, so that the whole is still a file of compose.
static int print_run(struct command *command, const struct export *export, struct error *err)
{
    (void)fprintf(command->out, "# docker run");
    for (size_t i = 0; i < export->n; i++) {
        _cleanup_free_ char *value = NULL, *words = NULL;

        if (export->mounts[i].kind == EXPORT_NOT)
            continue;
        value = export_run(&export->mounts[i]);
        words = value ? shell_append(strdup("--mount"), value) : NULL;
        if (!words)
            return ERROR_OOM(err);
        (void)fprintf(command->out, " %s", words);
    }
    (void)fprintf(command->out, " …\n");
    return 0;
}

int verb_export(struct command *command, struct error *err)
{
    CLEANUP(export_freep) struct export *export = NULL;
    _cleanup_free_ char *compose = NULL;
    int r = engine_export(command->engine, command->arguments->words[0], &export, err);

    if (r < 0)
        return r;
    if (command->json)
        return output_json(command, encode_export(export), err);
    compose = export_compose(export);
    if (!compose)
        return ERROR_OOM(err);
    (void)fputs(compose, command->out);
    r = print_run(command, export, err);
    for (size_t i = 0; i < export->n && r == 0; i++)
        if (export->mounts[i].kind == EXPORT_NOT)
            output_notice(command, "left out: %s at %s: %s", export->mounts[i].source,
                          export->mounts[i].target, export->mounts[i].why);
    return r;
}
