#include "tui/dialogs/running.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

// Failures that are said one by one.
#define SAID_AT_MOST 5

struct running {
    struct dialog_host *host;
    enum change change;
    uint64_t request;
    running_ended *ended; // NULL: its page is closed
    void *context;
    struct running *next; // of host->running
};

const struct change_words change_words[CHANGE_COUNT] = {
#define X(id, operation, under_way, done, proof, done_of) \
    {operation, under_way, done, proof, done_of},
    CHANGES(X)
#undef X
};

static void say_one(struct dialog_host *host, enum change change, const struct planned *result)
{
    const char *container = result->container ? result->container : "";
    const char *target = result->target ? result->target : "", *done = change_words[change].done;
    _cleanup_free_ char *text =
        result->ok ? text_format("%s %s in %s%s", done, target, container,
                                 result->verified ? change_words[change].proof : "")
                   : text_format("%s in %s: %s", target, container, result->error.message);

    host->say(host, result->ok ? LOG_NOTICE : LOG_WARNING, text ? text : done);
}

// Of several: each that failed (the first few), then how many it came to.
void running_say(struct dialog_host *host, enum change change, const struct planned_set *results)
{
    bool all = results->n_ok == results->n;
    _cleanup_free_ char *text = NULL;
    size_t said = 0;

    for (size_t i = 0; i < results->n && said < SAID_AT_MOST; i++)
        if (results->n == 1 || !results->items[i].ok) {
            say_one(host, change, &results->items[i]);
            said++;
        }
    if (results->n == 1)
        return;
    if (results->n == 0) {
        host->say(host, LOG_NOTICE, "nothing was left to be done");
        return;
    }
    text = text_format("%s %zu of %zu%s; the log has each", change_words[change].done,
                       results->n_ok, results->n, all ? change_words[change].proof : "");
    host->say(host, all ? LOG_NOTICE : LOG_WARNING, text ? text : change_words[change].done);
}

static void unlink_from_host(struct running *running)
{
    struct running **at = &running->host->running;

    while (*at != running)
        at = &(*at)->next;
    *at = running->next;
}

static void replied(const json_t *result, const struct error *why, void *context)
{
    struct running *running = context;
    struct planned_set results = {.n = 0};
    struct error err = {.code = ERROR_NONE};

    if (why)
        err = *why;
    else if (planned_set_decode(result, "results", running->change == CHANGE_REFRESH, &results,
                                &err) < 0)
        why = &err;
    if (running->host->ended)
        running->host->ended(running->host, running->request);
    if (running->ended)
        running->ended(why ? NULL : &results, why ? &err : NULL, running->context);
    else if (why)
        running->host->say(running->host, LOG_WARNING, err.message);
    else
        running_say(running->host, running->change, &results);
    planned_set_done(&results);
    unlink_from_host(running);
    free(running);
}

int running_start(struct dialog_host *host, json_t *params, enum change change,
                  running_ended *ended, void *context, struct running **ret, struct error *err)
{
    struct running *running = calloc(1, sizeof *running);
    int r;

    if (!running || !params) {
        json_decref(params);
        free(running);
        return ERROR_OOM(err);
    }
    *running = (struct running){host, change, 0, ended, context, NULL};
    r = client_call(host->client, PROTOCOL_RUN, params, replied, running, &running->request, err);
    if (r < 0) {
        free(running);
        return r;
    }
    running->next = host->running;
    host->running = running;
    if (host->started)
        host->started(host, running->request);
    *ret = running;
    return 0;
}

void running_cancel(struct running *running)
{
    client_cancel(running->host->client, running->request);
}

void running_leave(struct running *running)
{
    running->ended = NULL;
}

void running_forget_all(struct dialog_host *host)
{
    while (host->running) {
        struct running *running = host->running;

        client_forget(host->client, running->request);
        unlink_from_host(running);
        free(running);
    }
}
