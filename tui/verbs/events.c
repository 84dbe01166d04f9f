#include "tui/verbs/verb.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "core/base/format.h"
#include "core/wire/encode.h"
#include "tui/verbs/output.h"

// That something was begun is told by its end, or by davit status.
static bool shown(const struct command *command, const struct journal_event *event)
{
    return command->verbose || !event->line || strcmp(event->line, "intent") != 0;
}

static const char *or_dash(const char *text)
{
    return text && *text ? text : "-";
}

// "attach SOURCE → CONTAINER:TARGET: ok". What happened to an attachment later (gone, lingering) is
// told by that word.
static void print_event(struct command *command, const struct journal_event *event)
{
    const char *line = or_dash(event->line), *operation = or_dash(event->operation);
    bool failed = strcmp(line, "failed") == 0, detach = strcmp(operation, "detach") == 0;
    bool later = strcmp(line, "gone") == 0 || strcmp(line, "lingering") == 0;
    const char *word = later ? line : operation;
    const char *result = event->result ? event->result : "";
    char when[FORMAT_SIZE];

    (void)fprintf(command->out, "%s %s %s %s ", format_time(when, event->at), or_dash(event->id),
                  or_dash(event->by), word);
    if (!detach && event->source && *event->source)
        (void)fprintf(command->out, "%s → ", event->source);
    (void)fprintf(command->out, "%s:%s", or_dash(event->container), or_dash(event->target));
    if (detach && event->source && *event->source)
        (void)fprintf(command->out, " (%s)", event->source);
    (void)fprintf(command->out, ": %s%s\n", failed ? "failed, " : "", result);
}

static int print_json(struct command *command, const struct journal_view *view, size_t from,
                      bool following, struct error *err)
{
    json_t *array = json_array();
    int failed = array ? 0 : -1;

    for (size_t i = from; !failed && i < view->n_events; i++)
        if (shown(command, &view->events[i]))
            failed = json_array_append_new(array, encode_event(&view->events[i]));
    if (failed || (following && json_array_size(array) == 0)) {
        json_decref(array);
        return failed ? ERROR_OOM(err) : 0;
    }
    return output_json(command, json_pack("{s:o}", "events", array), err);
}

static int print_events(struct command *command, const struct journal_view *view, size_t from,
                        bool following, struct error *err)
{
    if (command->json)
        return print_json(command, view, from, following, err);
    for (size_t i = from; i < view->n_events; i++)
        if (shown(command, &view->events[i]))
            print_event(command, &view->events[i]);
    return 0;
}

// Prints what is new since `*printed` events. 0 or negative.
static int print_new(struct command *command, struct journal *journal, size_t *printed,
                     struct error *err)
{
    _cleanup_journal_view_ struct journal_view *view = NULL;
    int r = journal_read(journal, &view, err);

    if (r < 0)
        return r;
    if (view->n_events < *printed) // another journal: it was removed, or cut
        *printed = 0;
    if (view->n_events > *printed)
        r = print_events(command, view, *printed, true, err);
    *printed = view->n_events;
    (void)fflush(command->out);
    return r;
}

static void drain(int fd)
{
    char buffer[4096];

    while (read(fd, buffer, sizeof buffer) > 0)
        continue;
}

// Until a signal to end, or until nobody reads what is printed.
static int follow(struct command *command, struct journal *journal, size_t printed, int watch,
                  int signals, struct error *err)
{
    struct pollfd fds[] = {
        {.fd = watch, .events = POLLIN},
        {.fd = signals, .events = POLLIN},
        {.fd = STDOUT_FILENO, .events = 0}, // POLLERR: the reader of the pipe has gone
    };

    for (;;) {
        int r = print_new(command, journal, &printed, err);

        if (r < 0)
            return r;
        if (ferror(command->out))
            return 0;
        do {
            r = poll(fds, ARRAY_SIZE(fds), -1);
        } while (r < 0 && errno == EINTR);
        if (r < 0)
            return error_errno(err, errno, "cannot wait for the journal");
        if (fds[1].revents || fds[2].revents)
            return 0;
        drain(watch);
    }
}

int verb_events(struct command *command, struct error *err)
{
    const char *directory = engine_options(command->engine)->state_dir;
    _cleanup_journal_ struct journal *journal = NULL;
    _cleanup_close_ int signals = -1;
    size_t printed = 0;
    sigset_t ending;
    // What is followed may not have begun: then its directory is made, by who may.
    bool make = arguments_has(command->arguments, OPTION_FOLLOW) && geteuid() == 0;
    int watch, r = journal_open(directory, make ? 0 : JOURNAL_READ_ONLY, &journal, err);

    if (r < 0)
        return r;
    if (!arguments_has(command->arguments, OPTION_FOLLOW)) {
        _cleanup_journal_view_ struct journal_view *view = NULL;

        r = journal_read(journal, &view, err);
        return r < 0 ? r : print_events(command, view, 0, false, err);
    }
    (void)sigemptyset(&ending);
    (void)sigaddset(&ending, SIGINT);
    (void)sigaddset(&ending, SIGTERM);
    (void)sigaddset(&ending, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &ending, NULL);
    signals = signalfd(-1, &ending, SFD_CLOEXEC);
    if (signals < 0)
        return error_errno(err, errno, "cannot wait for signals");
    // Watched first and read then: nothing falls between.
    watch = journal_watch(journal, err);
    return watch < 0 ? watch : follow(command, journal, printed, watch, signals, err);
}
