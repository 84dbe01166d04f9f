#include "tui/verbs/verb.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "core/wire/encode.h"
#include "tui/verbs/human.h"
#include "tui/verbs/output.h"

// Whether a person wants it: that something was begun is told by its end, or by davit status.
static bool shown(const struct session *session, const struct journal_event *event)
{
    return session->json || session->verbose || !event->line || strcmp(event->line, "intent") != 0;
}

static const char *or_dash(const char *text)
{
    return text && *text ? text : "-";
}

static void print_event(struct session *session, const struct journal_event *event)
{
    char when[HUMAN_SIZE];
    const char *line = or_dash(event->line);

    (void)fprintf(session->out, "%s %s %s %s", human_time(when, event->at), or_dash(event->id),
                  or_dash(event->by), or_dash(event->operation));
    if (event->source && *event->source)
        (void)fprintf(session->out, " %s →", event->source);
    (void)fprintf(session->out, " %s:%s: %s", or_dash(event->container), or_dash(event->target),
                  strcmp(line, "done") == 0 ? or_dash(event->result) : line);
    if (strcmp(line, "done") != 0 && event->result && *event->result &&
        strcmp(event->result, line) != 0)
        (void)fprintf(session->out, ", %s", event->result);
    (void)fputc('\n', session->out);
}

static int print_events(struct session *session, const struct journal_view *view, size_t from,
                        struct error *err)
{
    json_t *array;
    int failed;

    for (size_t i = from; !session->json && i < view->n_events; i++)
        if (shown(session, &view->events[i]))
            print_event(session, &view->events[i]);
    if (!session->json)
        return 0;
    array = json_array();
    failed = array ? 0 : -1;
    for (size_t i = from; !failed && i < view->n_events; i++)
        failed = json_array_append_new(array, encode_event(&view->events[i]));
    if (failed) {
        json_decref(array);
        return ERROR_OOM(err);
    }
    return output_json(session, json_pack("{s:o}", "events", array), err);
}

// Prints what is new since `*printed` events. 0 or negative.
static int print_new(struct session *session, struct journal *journal, size_t *printed,
                     struct error *err)
{
    _cleanup_journal_view_ struct journal_view *view = NULL;
    int r = journal_read(journal, &view, err);

    if (r < 0)
        return r;
    if (view->n_events < *printed) // another journal: it was removed, or cut
        *printed = 0;
    if (view->n_events > *printed)
        r = print_events(session, view, *printed, err);
    *printed = view->n_events;
    (void)fflush(session->out);
    return r;
}

static void drain(int fd)
{
    char buffer[4096];

    while (read(fd, buffer, sizeof buffer) > 0)
        continue;
}

// Until a signal to end, or until nobody reads what is printed.
static int follow(struct session *session, struct journal *journal, size_t printed, int watch,
                  int signals, struct error *err)
{
    struct pollfd fds[] = {
        {.fd = watch, .events = POLLIN},
        {.fd = signals, .events = POLLIN},
        {.fd = STDOUT_FILENO, .events = 0}, // POLLERR: the reader of the pipe has gone
    };

    for (;;) {
        int r = print_new(session, journal, &printed, err);

        if (r < 0)
            return r;
        if (ferror(session->out))
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

int verb_events(struct session *session, struct error *err)
{
    const char *directory = engine_options(session->engine)->state_dir;
    _cleanup_journal_ struct journal *journal = NULL;
    _cleanup_close_ int signals = -1;
    size_t printed = 0;
    sigset_t ending;
    int watch, r = journal_open(directory, JOURNAL_READ_ONLY, &journal, err);

    if (r < 0)
        return r;
    if (!arguments_has(session->arguments, OPTION_FOLLOW)) {
        _cleanup_journal_view_ struct journal_view *view = NULL;

        r = journal_read(journal, &view, err);
        return r < 0 ? r : print_events(session, view, 0, err);
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
    return watch < 0 ? watch : follow(session, journal, printed, watch, signals, err);
}
