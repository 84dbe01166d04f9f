// Any bytes as the requests of a front end: each line is taken or refused with a message, and what
// was taken is such that the engine and a shell can rely on it.
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/wire/change.h"
#include "core/wire/message.h"
#include "core/wire/protocol.h"
#include "fuzz.h"

static void require(int condition, const char *what)
{
    if (condition)
        return;
    (void)fprintf(stderr, "not so: %s\n", what);
    abort();
}

static void check_refused(int r, const struct error *err)
{
    require(r < 0, "what is refused is an error");
    require(*err->message && text_is_clean(err->message, strlen(err->message)),
            "it says why, in clean text");
}

static void check_targets(const struct change *change)
{
    require(change->n_targets >= 1 && change->n_targets <= PROTOCOL_TARGETS_MAX,
            "as many targets as may be");
    for (size_t i = 0; i < change->n_targets; i++) {
        require(container_selector_valid(change->targets[i].container), "it names a container");
        require(change->targets[i].path[0] == '/' && strlen(change->targets[i].path) < PATH_MAX,
                "the target is absolute and no longer than a path");
        require(change->targets[i].pid >= 0, "a pid is none of a group");
        require(change->targets[i].mount_id <= INT64_MAX, "a mount id is a number of JSON's");
    }
}

// All of what was planned or nothing of it.
static void check_expected(const struct source_expected *expected)
{
    bool any = expected->major_minor || expected->sub_root || expected->sub_path;

    require(!any || (expected->major_minor && expected->sub_root && expected->sub_path),
            "a source is expected or not");
    require(!any ||
                (strlen(expected->sub_root) < PATH_MAX && strlen(expected->sub_path) < PATH_MAX),
            "what is expected is no longer than a path");
}

// One line that a terminal can show, whatever the bytes are.
static void check_command(const struct change *change)
{
    struct engine_options options = {.flags = 0};
    char *command = change_command(change, &options, NULL);

    require(command != NULL, "there is a command");
    require(text_is_clean(command, strlen(command)), "it is clean text");
    require(strncmp(command, "davit ", 6) == 0, "it is davit's");
    free(command);
}

static void take_change(const json_t *params)
{
    struct change *change = calloc(1, sizeof *change);
    struct error err = {.code = ERROR_NONE};
    int r;

    require(change != NULL, "memory");
    r = change_read(params, change, &err);
    if (r != 0) {
        check_refused(r, &err);
    } else {
        if (change->operation != OPERATION_UNDO)
            check_targets(change);
        if (change->operation == OPERATION_ATTACH)
            require(change->source && strlen(change->source) < PATH_MAX, "there is a source");
        check_expected(&change->attach.expected);
        check_command(change);
    }
    change_done(change);
    free(change);
}

static void take_members(const json_t *params)
{
    struct error err = {.code = ERROR_NONE};
    const char *text = NULL;
    char *raw = NULL;
    uint64_t number = 0;
    bool flag;
    int r = member_raw(params, "params", "path", MEMBER_REQUIRED, PATH_MAX - 1, &raw, &err);

    if (r < 0)
        check_refused(r, &err);
    else
        require(strlen(raw) < PATH_MAX, "a path has a limit");
    free(raw);
    if (member_text(params, "params", "mounts", 0, 511, &text, &err) == 0)
        require(strlen(text) <= 511, "a text has a limit");
    if (member_number(params, "params", "request", 0, 1, 1000, &number, &err) == 0)
        require(number >= 1 && number <= 1000, "a number is in its bounds");
    (void)member_bool(params, "params", "containers", 0, &flag, &err);
}

static void one_line(const char *bytes, size_t size)
{
    struct error err = {.code = ERROR_NONE};
    struct message message;
    json_t *object = NULL;
    int r = message_parse(bytes, size, &object, &err);

    if (r < 0) {
        check_refused(r, &err);
        return;
    }
    r = message_read(object, &message, &err);
    if (r < 0) {
        check_refused(r, &err);
    } else if (message.kind == MESSAGE_REQUEST) {
        require(message.id > 0 && message.id <= INT64_MAX && message.method,
                "a request has an id and a method");
        take_change(message.params);
        take_members(message.params);
    }
    json_decref(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;

    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = end ? (size_t)(end - text) - at : size - at;

        one_line(text + at, length);
        at += length + 1;
    }
    return 0;
}
