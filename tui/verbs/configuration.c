#include "tui/verbs/configuration.h"

#include <errno.h>
#include <stdlib.h>

#include "core/runtime/docker_http.h"
#include "tui/verbs/output.h"
#include "tui/verbs/values.h"

struct reading {
    struct command *command;
    const char *path;
    bool named;         // by --config
    struct error first; // of what is wrong in it
};

static void notice(struct command *command, const struct error *err)
{
    if (command->quiet)
        return;
    output_message(command, NULL, err);
    output_hint(command, err);
}

static void on_wrong(const struct error *err, void *context)
{
    struct reading *reading = context;

    if (!reading->named)
        notice(reading->command, err);
    else if (reading->first.code == ERROR_NONE)
        reading->first = *err;
}

static void on_unknown(const struct error *err, void *context)
{
    const struct reading *reading = context;

    notice(reading->command, err);
}

// What the table cannot say of a value.
static void check_docker(struct reading *reading, struct settings *settings)
{
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};
    struct error err;

    if (!settings->docker || docker_endpoint_parse(settings->docker, &endpoint, &err) == 0)
        return;
    error_prefix(&err, "%s: engine.docker", reading->path);
    error_path(&err, reading->path);
    on_wrong(&err, reading);
    free(TAKE_POINTER(settings->docker));
}

static void check_runtimes(struct reading *reading, struct settings *settings)
{
    struct error err;

    if (!settings->runtimes || value_check(&option_specs[OPTION_RUNTIME], "engine.runtimes",
                                           settings->runtimes, &err) == 0)
        return;
    error_prefix(&err, "%s", reading->path);
    error_path(&err, reading->path);
    on_wrong(&err, reading);
    free(TAKE_POINTER(settings->runtimes));
}

static int read_file(struct reading *reading, struct settings *settings, struct error *err)
{
    const struct settings_events events = {
        .wrong = on_wrong, .unknown = on_unknown, .context = reading};
    unsigned flags = SETTINGS_ENGINE_ONLY | (geteuid() == 0 ? SETTINGS_TRUSTED : 0);
    int r = settings_read(settings, reading->path, flags, &events, err);

    if (r == 1 && reading->named) {
        (void)error_set(err, ERROR_USAGE, ENOENT, "there is no file %s", reading->path);
        error_path(err, reading->path);
        return -ENOENT;
    }
    if (r < 0 && reading->named) {
        if (err->code == ERROR_WRONG_TYPE || err->code == ERROR_FAILED)
            err->code = ERROR_USAGE; // the option's value is what is wrong
        return r;
    }
    if (r < 0)
        notice(reading->command, err);
    if (r != 0)
        return 0;
    check_docker(reading, settings);
    check_runtimes(reading, settings);
    if (reading->first.code == ERROR_NONE)
        return 0;
    *err = reading->first;
    return -EINVAL;
}

int configuration_apply(struct command *command, struct settings *settings,
                        struct runtime_options *runtime, struct error *err)
{
    const char *named = command->arguments->value[OPTION_CONFIG];
    const char *environment = getenv("DOCKER_HOST");
    struct reading reading = {
        .command = command, .path = named ? named : SETTINGS_SYSTEM_PATH, .named = named != NULL};
    int r = read_file(&reading, settings, err);

    if (r < 0) {
        error_prefix(err, "--config");
        return r;
    }
    if (!runtime->docker_endpoint && (!environment || !*environment))
        runtime->docker_endpoint = settings->docker;
    if (!runtime->runtimes)
        runtime->runtimes = settings->runtimes;
    return 0;
}
