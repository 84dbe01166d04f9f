// davit-engine: the engine's end of the wire on standard input and output, and the service keepd:
// what has a loop. Started by davit, whose command line it is given ("davit engine …").
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/wire/keepd.h"
#include "core/wire/server.h"
#include "tui/launch.h"
#include "tui/verbs/configuration.h"
#include "tui/verbs/options.h"
#include "tui/verbs/output.h"

// The descriptors become the server's: standard output stays open for what this prints itself.
static int keep(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

static struct engine_options engine_options_of(const struct arguments *arguments)
{
    return (struct engine_options){
        .state_dir = arguments->value[OPTION_STATE_DIR],
        .runtime = {.docker_endpoint = arguments->value[OPTION_DOCKER],
                    .runtimes = arguments->value[OPTION_RUNTIME]},
        .flags = arguments_has(arguments, OPTION_NO_CHANGES) ? ENGINE_NO_CHANGES : 0,
    };
}

// As launch.c leaves it. -1: none.
static int take_terminal(void)
{
    const char *number = getenv(DAVIT_TERMINAL_FD);
    int fd = -1;

    if (number && strcmp(number, "3") == 0 && isatty(3)) {
        fd = fcntl(3, F_DUPFD_CLOEXEC, 3);
        (void)close(3);
    }
    (void)unsetenv(DAVIT_TERMINAL_FD);
    return fd;
}

static int serve(struct command *command, struct error *err)
{
    const struct arguments *arguments = command->arguments;
    _cleanup_settings_ struct settings settings = {.given = 0};
    struct server_options options = {
        .engine = engine_options_of(arguments),
        .in = keep(STDIN_FILENO),
        .out = keep(STDOUT_FILENO),
        .terminal = take_terminal(),
    };
    int r;

    if (options.in < 0 || options.out < 0)
        return error_errno(err, errno, "cannot use standard input and output");
    r = configuration_apply(command, &settings, &options.engine.runtime, err);
    return r < 0 ? r : server_run(&options, err);
}

static void say(const char *text, void *context)
{
    output_notice(context, "%s", text);
}

static int keep_up(struct command *command, struct error *err)
{
    const struct arguments *arguments = command->arguments;
    _cleanup_settings_ struct settings settings = {.given = 0};
    struct keepd_options options = {
        .engine = engine_options_of(arguments),
        .say = say,
        .context = command,
    };
    int r = configuration_apply(command, &settings, &options.engine.runtime, err);

    return r < 0 ? r : keepd_run(&options, err);
}

static int run(struct command *command, struct arguments *arguments, struct error *err)
{
    int r = arguments_parse(command->argc, command->argv, arguments, err);

    if (r < 0)
        return r;
    if (arguments->verb == VERB_KEEPD)
        return keep_up(command, err);
    if (arguments->verb == VERB_ENGINE)
        return serve(command, err);
    r = error_set(err, ERROR_USAGE, 0, "this program is started by davit engine and davit keepd");
    error_hint(err, "davit engine --help");
    return r;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.verb = VERB_COUNT};
    struct command command = {.arguments = &arguments, .argc = argc, .argv = argv};
    struct error err = {.code = ERROR_NONE};
    int status;

    output_begin();
    output_open(&command);
    status = run(&command, &arguments, &err);
    if (status < 0)
        status = output_error(&command, &err);
    return output_end(&command, status);
}
