#include "tui/dialogs/planned.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/model/decode.h"

static void planned_done(struct planned *planned)
{
    for (size_t i = 0; i < planned->n_steps; i++) {
        free(planned->steps[i].stage);
        free(planned->steps[i].text);
        free(planned->steps[i].call);
    }
    for (size_t i = 0; i < planned->n_warnings; i++)
        free(planned->warnings[i]);
    for (size_t i = 0; i < planned->n_holders; i++) {
        free(planned->holders[i].name);
        free(planned->holders[i].kind);
        free(planned->holders[i].path);
    }
    free(planned->container);
    free(planned->target);
    free(planned->from);
    free(planned->steps);
    free(planned->warnings);
    free(planned->holders);
    free(planned->options);
    free(planned->reveals);
    free(planned->major_minor);
    raw_text_done(&planned->sub_root);
    raw_text_done(&planned->sub_path);
}

void planned_set_done(struct planned_set *set)
{
    for (size_t i = 0; i < set->n; i++)
        planned_done(&set->items[i]);
    free(set->items);
    free(set->command);
    free(set->id);
    *set = (struct planned_set){0};
}

static int too_many(struct error *err, const char *key, size_t limit)
{
    return error_set(err, ERROR_FAILED, EPROTO, "the engine sent a wrong message: more than %zu %s",
                     limit, key);
}

// Memory for the items of an array; *ret_array NULL when there is none.
static int open_array(const json_t *object, const char *key, size_t limit, size_t size,
                      const json_t **ret_array, void **ret, struct error *err)
{
    int r = decode_array(object, key, ret_array, err);

    *ret = NULL;
    if (r < 0 || !*ret_array || json_array_size(*ret_array) == 0)
        return r;
    if (json_array_size(*ret_array) > limit)
        return too_many(err, key, limit);
    *ret = calloc(json_array_size(*ret_array), size);
    return *ret ? 0 : ERROR_OOM(err);
}

static int or_empty(char **text, struct error *err)
{
    if (!*text)
        *text = strdup("");
    return *text ? 0 : ERROR_OOM(err);
}

static int decode_steps(const json_t *object, struct planned *ret, struct error *err)
{
    const json_t *array;
    void *memory;
    int r =
        open_array(object, "steps", PLANNED_STEPS_LIMIT, sizeof *ret->steps, &array, &memory, err);

    ret->steps = memory;
    for (size_t i = 0; r == 0 && memory && i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        struct planned_step *step = &ret->steps[i];

        ret->n_steps = i + 1;
        r = decode_text(item, "stage", &step->stage, err);
        r = r < 0 ? r : decode_text(item, "text", &step->text, err);
        r = r < 0 ? r : decode_text(item, "call", &step->call, err);
        r = r < 0 ? r : or_empty(&step->stage, err);
        r = r < 0 ? r : or_empty(&step->text, err);
        r = r < 0 ? r : or_empty(&step->call, err);
        if (r < 0)
            break;
        ret->creates |= strcmp(step->stage, "mkdir") == 0;
        ret->removes |= strcmp(step->stage, "rmdir") == 0;
    }
    return r;
}

static int decode_warnings(const json_t *object, struct planned *ret, struct error *err)
{
    const json_t *array = json_object_get(object, "warnings");
    size_t n = json_array_size(array);

    if (n == 0)
        return 0;
    if (n > PLANNED_STEPS_LIMIT)
        return too_many(err, "warnings", PLANNED_STEPS_LIMIT);
    ret->warnings = calloc(n, sizeof *ret->warnings);
    if (!ret->warnings)
        return ERROR_OOM(err);
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(array, i);

        if (!json_is_string(item) || json_string_length(item) > DECODE_TEXT_LIMIT)
            return error_set(err, ERROR_FAILED, EPROTO,
                             "the engine sent a wrong message: a warning is no text");
        ret->warnings[i] = text_clean_dup(json_string_value(item), json_string_length(item));
        if (!ret->warnings[i])
            return ERROR_OOM(err);
        ret->n_warnings = i + 1;
    }
    return 0;
}

static int decode_holders(const json_t *object, struct planned *ret, struct error *err)
{
    const json_t *array;
    void *memory;
    bool complete = true;
    int r = open_array(object, "holders", PLANNED_HOLDERS_LIMIT, sizeof *ret->holders, &array,
                       &memory, err);

    ret->holders = memory;
    for (size_t i = 0; r == 0 && memory && i < json_array_size(array); i++) {
        const json_t *item = json_array_get(array, i);
        struct planned_holder *holder = &ret->holders[i];
        int64_t pid = 0, count = 1;

        ret->n_holders = i + 1;
        r = decode_text(item, "comm", &holder->name, err);
        if (r == 0 && !holder->name)
            r = decode_text(item, "command", &holder->name, err);
        r = r < 0 ? r : decode_text(item, "kind", &holder->kind, err);
        r = r < 0 ? r : decode_text(item, "path", &holder->path, err);
        r = r < 0 ? r : decode_number(item, "pid", 0, &pid, err);
        r = r < 0 ? r : decode_number(item, "count", 1, &count, err);
        holder->pid = (pid_t)pid;
        holder->count = count < 1 ? 1 : count > 1000000 ? 1000000 : (int)count;
    }
    r = r < 0 ? r : decode_bool(object, "complete", true, &complete, err);
    ret->incomplete = !complete;
    return r;
}

static int decode_identity(const json_t *object, struct planned *ret, struct error *err)
{
    int r = decode_text(object, "major_minor", &ret->major_minor, err);

    r = r < 0 ? r : decode_raw(object, "sub_root", &ret->sub_root, err);
    r = r < 0 ? r : decode_raw(object, "sub_path", &ret->sub_path, err);
    return r < 0 ? r : decode_number(object, "mount_id", 0, &ret->mount_id, err);
}

static int decode_reveals(const json_t *outcome, struct planned *ret, struct error *err)
{
    bool nothing = false;
    int r = decode_text(outcome, "reveals", &ret->reveals, err);

    r = r < 0 ? r : decode_bool(outcome, "reveals_nothing", false, &nothing, err);
    if (r == 0 && json_is_boolean(json_object_get(outcome, "reveals_nothing")))
        ret->revealed = nothing ? REVEALS_NOTHING : REVEALS_SOMETHING;
    return r;
}

// A result, or what a plan predicts, which has the steps and warnings beside it.
static int decode_one(const json_t *object, struct planned *ret, struct error *err)
{
    const json_t *outcome = json_object_get(object, "predicted");
    const json_t *failed, *holders;
    int r;

    if (!json_is_object(outcome))
        outcome = object;
    failed = json_object_get(outcome, "error");
    holders = json_is_array(json_object_get(object, "holders")) ? object : outcome;
    r = decode_text(object, "container", &ret->container, err);
    r = r < 0 ? r : decode_text(object, "target", &ret->target, err);
    r = r < 0 ? r : decode_bool(outcome, "ok", false, &ret->ok, err);
    r = r < 0 ? r : decode_bool(outcome, "read_only", false, &ret->read_only, err);
    r = r < 0 ? r : decode_bool(outcome, "verified", false, &ret->verified, err);
    r = r < 0 ? r : decode_reveals(outcome, ret, err);
    r = r < 0 ? r : decode_joined(outcome, "options", &ret->options, err);
    r = r < 0 ? r : decode_identity(outcome, ret, err);
    r = r < 0 ? r : decode_steps(object, ret, err);
    r = r < 0 ? r : decode_warnings(object, ret, err);
    r = r < 0 ? r : decode_holders(holders, ret, err);
    if (r == 0 && json_is_object(failed))
        decode_error(failed, &ret->error);
    if (r == 0 && !ret->ok && ret->error.code == ERROR_NONE)
        (void)error_set(&ret->error, ERROR_FAILED, 0, "the engine gave no reason");
    return r;
}

int planned_set_decode(const json_t *message, const char *key, bool may_be_empty,
                       struct planned_set *ret, struct error *err)
{
    const json_t *array;
    void *memory;
    int r;

    *ret = (struct planned_set){0};
    r = open_array(message, key, PLANNED_LIMIT, sizeof *ret->items, &array, &memory, err);
    ret->items = memory;
    for (size_t i = 0; r == 0 && memory && i < json_array_size(array); i++) {
        ret->n = i + 1;
        r = decode_one(json_array_get(array, i), &ret->items[i], err);
        ret->n_ok += ret->items[i].ok;
    }
    r = r < 0 ? r : decode_text(message, "command", &ret->command, err);
    r = r < 0 ? r : decode_text(message, "id", &ret->id, err);
    if (r == 0 && json_is_object(json_object_get(message, "error")))
        decode_error(json_object_get(message, "error"), &ret->error);
    if (r == 0 && ret->n == 0 && ret->error.code != ERROR_NONE) {
        *err = ret->error;
        r = -EBUSY;
    }
    if (r == 0 && ret->n == 0 && !may_be_empty)
        r = error_set(err, ERROR_FAILED, EPROTO, "the engine sent an empty answer: no %s", key);
    if (r < 0)
        planned_set_done(ret);
    return r;
}

// All targets of one change have the same source; those that were refused may not say it.
int planned_set_expect(const struct planned_set *set, json_t *params)
{
    const struct planned *planned = NULL;
    json_t *expect;
    int failed;

    for (size_t i = 0; i < set->n && !planned; i++)
        if (set->items[i].major_minor && set->items[i].sub_root.text && set->items[i].sub_path.text)
            planned = &set->items[i];
    if (!planned)
        return 0;
    expect = json_pack("{s:s}", "major_minor", planned->major_minor);
    failed = expect ? raw_text_set(expect, "sub_root", &planned->sub_root) : -1;
    if (!failed)
        failed = raw_text_set(expect, "sub_path", &planned->sub_path);
    if (!failed)
        failed = json_object_set(params, "expect", expect);
    json_decref(expect);
    return failed;
}

static const char *holder_kind_text(const char *kind, int count)
{
    static const struct {
        const char *kind, *one, *several;
    } texts[] = {
        {"fd", "file", "files"},
        {"map", "mapped file", "mapped files"},
        {"cwd", "its working directory", NULL},
        {"root", "its root directory", NULL},
        {"exe", "its program", NULL},
        {"loop", "loop device", "loop devices"},
        {"swap", "swap file", "swap files"},
        {"dm", "mapped device", "mapped devices"},
        {"mount", "mount", "mounts"},
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (text_same(kind, texts[i].kind))
            return count > 1 && texts[i].several ? texts[i].several : texts[i].one;
    return kind ? kind : "use";
}

static bool has_count(const char *kind)
{
    return !kind ||
           (strcmp(kind, "cwd") != 0 && strcmp(kind, "root") != 0 && strcmp(kind, "exe") != 0);
}

// How many entries from `i` on are the same process and kind: files come one by one or counted.
static int same_kind(const struct planned *planned, size_t *i)
{
    const struct planned_holder *first = &planned->holders[*i];
    int count = 0;

    for (; *i < planned->n_holders; ++*i) {
        const struct planned_holder *h = &planned->holders[*i];

        if (h->pid != first->pid || !h->kind != !first->kind ||
            (h->kind && strcmp(h->kind, first->kind) != 0))
            break;
        count += h->count;
    }
    return count;
}

static char *append(char *text, const char *separator, const char *more)
{
    char *joined = text && more ? text_format("%s%s%s", text, separator, more) : NULL;

    free(text);
    return joined;
}

char *planned_holder_text(const struct planned *planned, size_t *next)
{
    const struct planned_holder *first = &planned->holders[*next];
    const char *separator = ": ";
    char *text;

    if (first->pid == 0) {
        ++*next;
        return text_format("a mount at %s", first->path ? first->path : "another place");
    }
    text = text_format("%s (pid %d)", first->name ? first->name : "a process", (int)first->pid);
    while (*next < planned->n_holders && planned->holders[*next].pid == first->pid) {
        const char *kind = planned->holders[*next].kind;
        int count = same_kind(planned, next);
        _cleanup_free_ char *piece =
            has_count(kind) ? text_format("%d %s", count, holder_kind_text(kind, count))
                            : strdup(holder_kind_text(kind, 1));

        text = append(text, separator, piece);
        separator = ", ";
    }
    return text;
}
