#include "tui/verbs/verb.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/base/secret.h"
#include "core/base/text.h"
#include "tui/verbs/report.h"
#include "tui/verbs/targets.h"

static int fill_request(const struct arguments *arguments, struct attach_request *request,
                        struct error *err)
{
    static const struct {
        enum option_id option;
        enum attach_flags flag;
    } flags[] = {
        {OPTION_RO, ATTACH_READ_ONLY},      {OPTION_RECURSIVE, ATTACH_RECURSIVE},
        {OPTION_NOEXEC, ATTACH_NOEXEC},     {OPTION_SUID, ATTACH_SUID},
        {OPTION_DEV, ATTACH_DEV},           {OPTION_MKDIR, ATTACH_MKDIR},
        {OPTION_NO_MKDIR, ATTACH_NO_MKDIR}, {OPTION_FORCE, ATTACH_FORCE},
        {OPTION_KEEP, ATTACH_KEEP},
    };
    const char *offset = arguments->value[OPTION_OFFSET], *lasts = arguments->value[OPTION_FOR];

    for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
        if (arguments_has(arguments, flags[i].option))
            request->flags |= flags[i].flag;
    // The choices of the two options are in the order of the enums.
    request->propagation = arguments_choice(arguments, OPTION_PROPAGATION, PROPAGATION_PRIVATE);
    request->method = arguments_choice(arguments, OPTION_METHOD, METHOD_AUTO);
    request->mode = arguments_mode(arguments, OPTION_MODE, 0);
    request->type = arguments->value[OPTION_TYPE];
    request->helper_options = arguments->value[OPTION_HELPER_OPTIONS];
    request->idmap = arguments->value[OPTION_IDMAP];
    if (offset && !text_to_u64(offset, &request->offset))
        return error_set(err, ERROR_USAGE, EINVAL, "--offset %s: expected a number of bytes",
                         offset);
    if (lasts && (!text_to_milliseconds(lasts, &request->for_ms) || request->for_ms == 0))
        return error_set(err, ERROR_USAGE, EINVAL, "--for %s: expected a duration (90s, 2h, 7d)",
                         lasts);
    return 0;
}

// docker's order is the other way round in no command, but a hurried hand does it.
static void hint_order(const struct arguments *arguments, struct error *err)
{
    const char *first = arguments->words[0], *second = arguments->words[1];
    _cleanup_free_ char *shown = arguments->n_words == 2 ? secret_hide_spec(second) : NULL;

    if (shown && strstr(first, ":/") && first[0] != '/' && first[0] != '.' &&
        (second[0] == '/' || second[0] == '.') && !strstr(second, ":/"))
        error_hint_words(err, "the source comes first: davit attach %s %s", shown, first);
}

// What was typed stands in /proc/PID/cmdline for everyone to read, also of the processes that are
// forked and live on: a secret does not have to. *text becomes a copy, which *ret_copy owns.
static int take_options(const char **text, char **ret_copy, struct error *err)
{
    const char *rest = *text;
    struct secret secret;

    *ret_copy = strdup(*text);
    if (!*ret_copy)
        return ERROR_OOM(err);
    if (secret_in_options(&rest, &secret))
        memset((char *)(uintptr_t)*text, '*', strlen(*text));
    *text = *ret_copy;
    return 0;
}

static int take_source(bool typed, const char **text, char **ret_copy, struct error *err)
{
    struct secret secret;

    *ret_copy = strdup(*text);
    if (!*ret_copy)
        return ERROR_OOM(err);
    if (typed ? secret_in_spec(*text, &secret) : secret_in_url(*text, &secret))
        secret_blank((char *)(uintptr_t)*text, &secret);
    *text = *ret_copy;
    return 0;
}

// An attach or a replace.
static int change(struct command *command, enum change which, struct error *err)
{
    const struct arguments *arguments = command->arguments;
    _cleanup_targets_ struct targets targets = {.list = NULL};
    _cleanup_free_ char *options = NULL, *source = NULL;
    _cleanup_report_ struct report *report = NULL;
    struct attach_request request = {.source = arguments->words[0],
                                     .replaces = which == CHANGE_REPLACE};
    bool dry = arguments_has(arguments, OPTION_DRY_RUN);
    int r = fill_request(arguments, &request, err);

    if (request.helper_options && r == 0)
        r = take_options(&request.helper_options, &options, err);
    if (r == 0)
        r = take_source(request.type != NULL, &request.source, &source, err);
    if (r < 0)
        return r;
    r = targets_parse(arguments->words + 1, arguments->n_words - 1, &targets, err);
    if (r < 0) {
        hint_order(arguments, err);
        return r;
    }
    request.targets = targets.list;
    request.n_targets = targets.n;
    r = engine_attach(command->engine, &request, dry, &report, err);
    if (r < 0)
        return r;
    // Without the secret by now.
    return dry ? report_print_plans(command, report, which, arguments->words[0], err)
               : report_print(command, report, which, arguments->words[0], err);
}

int verb_attach(struct command *command, struct error *err)
{
    return change(command, CHANGE_ATTACH, err);
}

int verb_replace(struct command *command, struct error *err)
{
    return change(command, CHANGE_REPLACE, err);
}

static int host_path(const char *word, char **ret, struct error *err)
{
    _cleanup_free_ char *here = NULL;

    if (word[0] == '/') {
        *ret = strdup(word);
        return *ret ? 0 : ERROR_OOM(err);
    }
    if (word[0] != '.') {
        (void)error_set(err, ERROR_USAGE, 0, "'%s' is no path of the host", word);
        error_hint(err, "davit share CONTAINER:PATH HOSTPATH - /dir, ./dir or ../dir");
        return -EINVAL;
    }
    here = getcwd(NULL, 0);
    *ret = here ? text_format("%s/%s", here, word) : NULL;
    return *ret ? 0 : ERROR_OOM(err);
}

int verb_share(struct command *command, struct error *err)
{
    const struct arguments *arguments = command->arguments;
    _cleanup_free_ char *path = NULL;
    _cleanup_report_ struct report *report = NULL;
    struct target_request target = {.container = HOST_NAME, .on_host = true};
    struct attach_request request = {
        .source = arguments->words[0], .targets = &target, .n_targets = 1};
    bool dry = arguments_has(arguments, OPTION_DRY_RUN);
    int r = fill_request(arguments, &request, err);

    if (r == 0)
        r = host_path(arguments->words[1], &path, err);
    if (r < 0)
        return r;
    target.path = path;
    r = engine_share(command->engine, &request, dry, &report, err);
    if (r < 0)
        return r;
    return dry ? report_print_plans(command, report, CHANGE_SHARE, request.source, err)
               : report_print(command, report, CHANGE_SHARE, request.source, err);
}
