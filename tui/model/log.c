#include "tui/model/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/model/decode.h"
#include "tui/model/log_internal.h"

#define DROP_AT_ONCE 512 // so that a full log is not moved for every new entry

struct log *log_new(void)
{
    struct log *log = calloc(1, sizeof *log);

    if (log)
        log->entries = calloc(LOG_LIMIT + DROP_AT_ONCE, sizeof(struct log_entry *));
    if (log && !log->entries) {
        free(log);
        log = NULL;
    }
    return log;
}

void log_step_done(struct log_step *step)
{
    free(step->text);
    free(step->call);
    free(step->result);
}

void log_early_drop(struct log *log, size_t i)
{
    for (size_t k = 0; k < log->early[i].n_steps; k++)
        log_step_done(&log->early[i].steps[k]);
    free(log->early[i].steps);
    free(log->early[i].key);
    log->n_early--;
    memmove(log->early + i, log->early + i + 1, (log->n_early - i) * sizeof *log->early);
}

static void entry_free(struct log_entry *entry)
{
    for (size_t i = 0; i < entry->n_steps; i++)
        log_step_done(&entry->steps[i]);
    free(entry->steps);
    free(entry->operation_id);
    free(entry->text);
    free(entry->result);
    free(entry->by);
    free(entry);
}

void log_free(struct log *log)
{
    if (!log)
        return;
    for (size_t i = 0; i < log->n; i++)
        entry_free(log->entries[i]);
    while (log->n_early > 0)
        log_early_drop(log, 0);
    free(log->entries);
    free(log);
}

struct log_entry *log_append(struct log *log, enum log_kind kind, time_t at)
{
    struct log_entry *entry = calloc(1, sizeof *entry);

    if (!entry)
        return NULL;
    if (log->n == LOG_LIMIT + DROP_AT_ONCE) {
        for (size_t i = 0; i < DROP_AT_ONCE; i++)
            entry_free(log->entries[i]);
        log->n -= DROP_AT_ONCE;
        memmove(log->entries, log->entries + DROP_AT_ONCE, log->n * sizeof(struct log_entry *));
    }
    entry->number = log->next_number++;
    entry->kind = kind;
    entry->at = at;
    log->entries[log->n++] = entry;
    return entry;
}

int log_notice(struct log *log, enum log_kind kind, time_t at, const char *text)
{
    char *clean = text_clean_dup(text, strlen(text));
    struct log_entry *entry = clean ? log_append(log, kind, at) : NULL;

    if (!entry) {
        free(clean);
        return -ENOMEM;
    }
    entry->text = clean;
    return 0;
}

static bool is_later(enum log_kind kind)
{
    return kind == LOG_GONE || kind == LOG_LINGERING;
}

struct log_entry *log_find_operation(const struct log *log, const char *id, enum log_kind kind)
{
    for (size_t i = log->n; i-- > 0;) {
        struct log_entry *entry = log->entries[i];

        if (entry->operation_id && strcmp(entry->operation_id, id) == 0 &&
            is_later(entry->kind) == is_later(kind) && (!is_later(kind) || entry->kind == kind))
            return entry;
    }
    return NULL;
}

static bool kind_by_line(const char *line, enum log_kind *ret)
{
    static const struct {
        const char *line;
        enum log_kind kind;
    } kinds[] = {{"intent", LOG_BEGUN},
                 {"done", LOG_DONE},
                 {"failed", LOG_FAILED},
                 {"gone", LOG_GONE},
                 {"lingering", LOG_LINGERING}};

    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (strcmp(line, kinds[i].line) == 0) {
            *ret = kinds[i].kind;
            return true;
        }
    return false;
}

struct event {
    char *line, *id, *operation, *container, *target, *source, *result, *by;
    time_t at;
    enum log_kind kind;
};

static void event_done(struct event *e)
{
    char *texts[] = {e->line,   e->id,     e->operation, e->container,
                     e->target, e->source, e->result,    e->by};

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
}

// 1: of a kind that later versions have.
static int event_decode(const json_t *object, struct event *e, struct error *err)
{
    struct {
        const char *key;
        char **place;
    } texts[] = {{"line", &e->line},           {"id", &e->id},         {"operation", &e->operation},
                 {"container", &e->container}, {"target", &e->target}, {"source", &e->source},
                 {"result", &e->result},       {"by", &e->by}};
    int r = 0;

    for (size_t i = 0; r == 0 && i < ARRAY_SIZE(texts); i++)
        r = decode_text(object, texts[i].key, texts[i].place, err);
    if (r == 0)
        r = decode_time(object, "at", &e->at, err);
    if (r < 0)
        return r;
    return e->line && e->id && e->operation && kind_by_line(e->line, &e->kind) ? 0 : 1;
}

bool log_is_end(const char *result)
{
    return text_same(result, "detached") || text_same(result, "replaced");
}

static char *event_text(const struct event *e)
{
    const char *container = or_what(e->container);
    const char *target = or_what(e->target);

    switch (e->kind) {
    case LOG_GONE: // what was detached lazily ends so, too
        return text_format("%s: %s %s (%s)", log_is_end(e->result) ? "ended" : "lost", container,
                           target, or_what(e->source));
    case LOG_LINGERING:
        return text_format("still held, unseen: %s %s", container, target);
    case LOG_BEGUN:
    case LOG_DONE:
    case LOG_FAILED:
    case LOG_NOTICE:
    case LOG_WARNING:
        break;
    }
    if (strcmp(e->operation, "attach") == 0 || strcmp(e->operation, "replace") == 0)
        return text_format("%s %s → %s %s", e->operation, or_what(e->source), container, target);
    return text_format("%s %s %s", e->operation, container, target);
}

static int take_event(struct log *log, struct event *e, struct error *err)
{
    struct log_entry *entry = log_find_operation(log, e->id, e->kind);
    char *text = event_text(e);

    if (!text)
        return ERROR_OOM(err);
    if (entry && e->kind == LOG_BEGUN && entry->kind != LOG_BEGUN) {
        free(text); // told again: its end is known already
        return 0;
    }
    if (!entry)
        entry = log_append(log, e->kind, e->at);
    if (!entry) {
        free(text);
        return ERROR_OOM(err);
    }
    entry->kind = e->kind;
    if (e->at != 0)
        entry->at = e->at;
    free(entry->text);
    entry->text = text;
    free(entry->result);
    entry->result = e->kind == LOG_BEGUN ? NULL : TAKE_POINTER(e->result);
    if (!entry->operation_id)
        entry->operation_id = TAKE_POINTER(e->id);
    if (e->by) {
        free(entry->by);
        entry->by = TAKE_POINTER(e->by);
    }
    return 0;
}

int log_events(struct log *log, const json_t *events, struct error *err)
{
    for (size_t i = 0; i < json_array_size(events); i++) {
        struct event event = {0};
        int r = event_decode(json_array_get(events, i), &event, err);

        if (r == 0)
            r = take_event(log, &event, err);
        event_done(&event);
        if (r < 0)
            return r;
    }
    return 0;
}

const struct log_entry *log_find(const struct log *log, uint64_t number)
{
    // Numbers grow by one from entry to entry.
    if (log->n == 0 || number < log->entries[0]->number)
        return NULL;
    number -= log->entries[0]->number;
    return number < log->n ? log->entries[number] : NULL;
}

static void print_entry(FILE *out, const struct log_entry *entry, bool with_steps)
{
    char when[TEXT_TIME_SIZE];

    text_time(when, entry->at);
    (void)fprintf(out, "%s %s", when, entry->text);
    if (entry->result)
        (void)fprintf(out, ": %s%s", entry->kind == LOG_FAILED ? "failed, " : "", entry->result);
    if (entry->by)
        (void)fprintf(out, " (%s)", entry->by);
    (void)fputc('\n', out);
    for (size_t i = 0; with_steps && i < entry->n_steps; i++) {
        const struct log_step *step = &entry->steps[i];

        (void)fprintf(out, "  %s: %s", or_what(step->text), or_what(step->call));
        if (step->result)
            (void)fprintf(out, " = %s", step->result);
        if (step->took_us >= 0)
            (void)fprintf(out, " %" PRId64 " µs", step->took_us);
        (void)fputc('\n', out);
    }
}

char *log_entry_text(const struct log_entry *entry, bool with_steps)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    if (!out)
        return NULL;
    print_entry(out, entry, with_steps);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
