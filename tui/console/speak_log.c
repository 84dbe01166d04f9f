#include "tui/console/speak_internal.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"

#define RESULTS_SAID 5 // of one turn

// What this console did is said by the page that did it; a detach is said by its own entry.
static bool is_result(const struct log_entry *entry)
{
    if (entry->n_steps > 0)
        return false;
    switch (entry->kind) {
    case LOG_DONE:
    case LOG_FAILED:
    case LOG_LINGERING:
        return true;
    case LOG_GONE:
        return !log_is_end(entry->result);
    case LOG_BEGUN:
    case LOG_NOTICE:
    case LOG_WARNING:
        break;
    }
    return false;
}

static void say_result(struct speaker *speaker, const struct log_entry *entry)
{
    bool result = entry->result && !text_same(entry->result, "ok");
    _cleanup_free_ char *line = text_format("Log: %s%s%s%s%s%s", entry->text ? entry->text : "",
                                            entry->kind == LOG_FAILED            ? ", failed"
                                            : entry->kind == LOG_DONE && !result ? ", done"
                                                                                 : "",
                                            result ? ": " : "", result ? entry->result : "",
                                            entry->by ? ", by " : "", entry->by ? entry->by : "");

    if (line)
        speak_line(speaker, line);
}

static void remember_begun(struct speaker *speaker, uint64_t number)
{
    if (speaker->n_under_way == BEGUN_MAX)
        memmove(speaker->under_way, speaker->under_way + 1,
                --speaker->n_under_way * sizeof speaker->under_way[0]);
    speaker->under_way[speaker->n_under_way++] = number;
}

// Entries that have ended since, then those that are new. What was there at the beginning, or
// happened before it, is history.
void speak_results(struct speaker *speaker)
{
    const struct model *model = speaker->console->model;
    const struct log *log = model->log;
    size_t kept = 0, n = 0;
    const struct log_entry *results[RESULTS_SAID];

    for (size_t i = 0; i < speaker->n_under_way; i++) {
        const struct log_entry *entry = log_find(log, speaker->under_way[i]);

        if (entry && entry->kind == LOG_BEGUN)
            speaker->under_way[kept++] = speaker->under_way[i];
        else if (entry && is_result(entry) && n++ < RESULTS_SAID)
            results[n - 1] = entry;
    }
    speaker->n_under_way = kept;
    for (; speaker->log_seen < log->next_number; speaker->log_seen++) {
        const struct log_entry *entry = log_find(log, speaker->log_seen);

        if (entry && entry->kind == LOG_BEGUN)
            remember_begun(speaker, entry->number);
        else if (entry && entry->at >= model->engine.time && is_result(entry) && n++ < RESULTS_SAID)
            results[n - 1] = entry;
    }
    for (size_t i = 0; i < n && i < RESULTS_SAID; i++)
        say_result(speaker, results[i]);
    if (n > RESULTS_SAID) {
        _cleanup_free_ char *more = text_format("Log: and %zu more", n - RESULTS_SAID);

        speak_line(speaker, more ? more : "");
    }
}
