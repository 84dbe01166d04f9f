#include "tui/model/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/wire/message.h"
#include "core/wire/protocol.h"

struct line {
    json_t *message;
    bool from_console;
    bool told; // to the console, or (a request) asked by it
};

struct recording {
    struct line *lines;
    size_t n_lines;
    json_t **queue; // what is to be told, in order
    size_t n_queue, at_queue;
    json_t *current; // the one told last
};

static int wrong(struct error *err, const char *path, size_t line, const char *why)
{
    int r = error_set(err, ERROR_USAGE, EINVAL, "%s, line %zu: %s", path, line, why);

    error_hint(err, "a recording is made by davit --record FILE");
    return r;
}

static int add_line(struct recording *recording, const char *path, const char *text, size_t length,
                    struct error *err)
{
    struct error why = {.code = ERROR_NONE};
    json_t *object = NULL;
    const char *from;
    json_t *message;
    int r;

    if (message_parse(text, length, &object, &why) < 0)
        return wrong(err, path, recording->n_lines + 1, why.message);
    from = json_string_value(json_object_get(object, "from"));
    message = json_object_get(object, "message");
    if (!from || !json_is_object(message)) {
        r = wrong(err, path, recording->n_lines + 1, "not a line of a recording");
    } else {
        recording->lines[recording->n_lines++] =
            (struct line){json_incref(message), strcmp(from, "console") == 0, false};
        r = 0;
    }
    json_decref(object);
    return r;
}

int recording_open(const char *path, struct recording **ret, struct error *err)
{
    struct recording *recording = NULL;
    _cleanup_free_ char *text = NULL;
    size_t length;
    size_t n = 1;
    int r = file_read(AT_FDCWD, path, RECORDING_LIMIT, &text, &length, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < length; i++)
        n += text[i] == '\n';
    recording = calloc(1, sizeof *recording);
    if (recording)
        recording->lines = calloc(n, sizeof *recording->lines);
    if (!recording || !recording->lines) {
        recording_free(recording);
        return ERROR_OOM(err);
    }
    for (char *line = text; r == 0 && line < text + length;) {
        char *end = memchr(line, '\n', (size_t)(text + length - line));

        end = end ? end : text + length;
        if (end > line)
            r = add_line(recording, path, line, (size_t)(end - line), err);
        line = end + 1;
    }
    if (r < 0)
        recording_free(recording);
    else
        *ret = recording;
    return r;
}

void recording_free(struct recording *recording)
{
    if (!recording)
        return;
    for (size_t i = 0; i < recording->n_lines; i++)
        json_decref(recording->lines[i].message);
    for (size_t i = recording->at_queue; i < recording->n_queue; i++)
        json_decref(recording->queue[i]);
    json_decref(recording->current);
    free(recording->queue);
    free(recording->lines);
    free(recording);
}

static int enqueue(struct recording *recording, json_t *message)
{
    json_t **grown =
        message ? reallocarray(recording->queue, recording->n_queue + 1, sizeof(json_t *)) : NULL;

    if (!grown) {
        json_decref(message);
        return -ENOMEM;
    }
    recording->queue = grown;
    grown[recording->n_queue++] = message;
    return 0;
}

static bool same_request(const json_t *a, const json_t *b)
{
    return json_equal(json_object_get(a, "method"), json_object_get(b, "method")) &&
           json_equal(json_object_get(a, "params"), json_object_get(b, "params"));
}

// The first such request that was not asked yet, else the last one: SIZE_MAX: there is none.
static size_t find_request(const struct recording *recording, const json_t *request)
{
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < recording->n_lines; i++) {
        const struct line *line = &recording->lines[i];

        if (!line->from_console || !same_request(line->message, request))
            continue;
        found = i;
        if (!line->told)
            break;
    }
    return found;
}

static size_t find_answer(const struct recording *recording, size_t request)
{
    const json_t *id = json_object_get(recording->lines[request].message, "id");

    for (size_t i = request + 1; i < recording->n_lines; i++)
        if (!recording->lines[i].from_console &&
            json_equal(json_object_get(recording->lines[i].message, "id"), id))
            return i;
    return SIZE_MAX;
}

static int answer_unknown(struct recording *recording, uint64_t id, const char *method)
{
    char text[128];

    (void)snprintf(text, sizeof text, "this %s is not in the recording",
                   method ? method : "request");
    return enqueue(recording,
                   message_failure(id, message_error(PROTOCOL_FAILED, text,
                                                     json_pack("{s:s, s:i, s:s}", "code", "failed",
                                                               "exit", 1, "message", text))));
}

// News from `from` on up to `to`, each once.
static int tell_news(struct recording *recording, size_t from, size_t to)
{
    int r = 0;

    for (size_t i = from; r == 0 && i < to; i++) {
        struct line *line = &recording->lines[i];

        if (line->from_console || line->told || json_object_get(line->message, "id"))
            continue;
        line->told = true;
        r = enqueue(recording, json_incref(line->message));
    }
    return r;
}

int recording_ask(struct recording *recording, const json_t *request, struct error *err)
{
    uint64_t id = (uint64_t)json_integer_value(json_object_get(request, "id"));
    size_t asked = find_request(recording, request);
    size_t answer = asked == SIZE_MAX ? SIZE_MAX : find_answer(recording, asked);
    size_t end;
    json_t *copy;
    int r;

    if (answer == SIZE_MAX) {
        r = answer_unknown(recording, id, json_string_value(json_object_get(request, "method")));
        return r < 0 ? ERROR_OOM(err) : 0;
    }
    recording->lines[asked].told = true;
    r = tell_news(recording, 0, answer);
    copy = json_copy(recording->lines[answer].message);
    if (copy && json_object_set_new(copy, "id", json_integer((json_int_t)id)) < 0) {
        json_decref(copy);
        copy = NULL;
    }
    if (r == 0)
        r = enqueue(recording, copy);
    else
        json_decref(copy);
    for (end = answer + 1; end < recording->n_lines && !recording->lines[end].from_console; end++)
        continue;
    if (r == 0)
        r = tell_news(recording, answer, end);
    return r < 0 ? ERROR_OOM(err) : 0;
}

const json_t *recording_next(struct recording *recording)
{
    json_decref(recording->current);
    recording->current =
        recording->at_queue < recording->n_queue ? recording->queue[recording->at_queue++] : NULL;
    if (!recording->current)
        recording->at_queue = recording->n_queue = 0;
    return recording->current;
}
