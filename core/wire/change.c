#include "core/wire/change.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/wire/message.h"

#define SELECTOR_LIMIT 511  // bytes
#define WORD_LIMIT     32   // bytes of a name of ours
#define MOUNTS_MAX     4096 // of one refresh
#define WAIT_LIMIT_MS  (24ULL * 60 * 60 * 1000)

static const char *const operations[] = {
#define X(value, name) [value] = name,
    OPERATIONS(X)
#undef X
};
static const char *const propagations[] = {
#define X(value, name) [value] = name,
    PROPAGATIONS(X)
#undef X
};
static const char *const methods[] = {
#define X(value, name) [value] = name,
    METHODS(X)
#undef X
};

static int bad(struct error *err, const char *key, const char *value, const char *expected)
{
    return error_set(err, ERROR_USAGE, EINVAL, "params.%s: '%.40s' is not %s", key, value,
                     expected);
}

// One of `n` names; absent: *ret stays.
static int read_choice(const json_t *params, const char *key, unsigned flags,
                       const char *const *names, size_t n, unsigned *ret, struct error *err)
{
    const char *name = NULL;
    int r = member_text(params, "params", key, flags, WORD_LIMIT, &name, err);

    if (r != 0)
        return r < 0 ? r : 0;
    for (unsigned i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0) {
            *ret = i;
            return 0;
        }
    return bad(err, key, name, "known here");
}

static int read_id(const json_t *params, const char *key, char *ret, struct error *err)
{
    const char *id = NULL;
    int r = member_text(params, "params", key, 0, WORD_LIMIT, &id, err);

    if (r != 0)
        return r < 0 ? r : 0;
    if (strlen(id) != OPERATION_ID_SIZE - 1 ||
        strspn(id, "0123456789abcdef") != OPERATION_ID_SIZE - 1)
        return bad(err, key, id, "the id of a change: 12 hexadecimal digits");
    strcpy(ret, id);
    return 0;
}

// ---- targets ----

static int read_target(const json_t *item, size_t index, struct target_request *ret,
                       struct error *err)
{
    _cleanup_free_ char *path = NULL;
    const char *container = NULL;
    uint64_t pid = 0, start_time = 0, mount_id = 0;
    bool on_host = false;
    char where[40];
    int r;

    (void)snprintf(where, sizeof where, "params.targets[%zu]", index);
    r = member_text(item, where, "container", MEMBER_REQUIRED, SELECTOR_LIMIT, &container, err);
    if (r == 0)
        r = member_raw(item, where, "target", MEMBER_REQUIRED, PATH_MAX - 1, &path, err);
    if (r == 0)
        r = member_number(item, where, "pid", 0, 0, INT_MAX, &pid, err);
    if (r >= 0)
        r = member_number(item, where, "start_time", 0, 0, INT64_MAX, &start_time, err);
    if (r >= 0)
        r = member_number(item, where, "mount_id", 0, 0, INT64_MAX, &mount_id, err);
    if (r >= 0)
        r = member_bool(item, where, "on_host", 0, &on_host, err);
    if (r < 0)
        return r;
    if (!container_selector_valid(container))
        return error_set(err, ERROR_USAGE, EINVAL, "%s.container: '%.80s' names no container",
                         where, container);
    if (path[0] != '/')
        return error_set(err, ERROR_USAGE, EINVAL, "%s.target: '%.80s' is no absolute path", where,
                         path);
    ret->on_host = on_host;
    ret->container = strdup(container);
    if (!ret->container)
        return ERROR_OOM(err);
    ret->path = TAKE_POINTER(path);
    ret->pid = (pid_t)pid;
    ret->start_time = start_time;
    ret->mount_id = mount_id;
    return 0;
}

static int read_targets(const json_t *params, unsigned flags, struct change *ret, struct error *err)
{
    json_t *array = NULL, *item;
    size_t i;
    int r = member_array(params, "params", "targets", flags, PROTOCOL_TARGETS_MAX, &array, err);

    if (r != 0)
        return r < 0 ? r : 0;
    json_array_foreach (array, i, item) {
        r = read_target(item, i, &ret->targets[i], err);
        if (r < 0)
            return r;
        ret->n_targets++;
    }
    return targets_check(ret->targets, ret->n_targets, err);
}

// ---- attach ----

static int read_option(const char *name, struct attach_request *ret, bool *ret_writable,
                       struct error *err)
{
    static const struct {
        const char *option;
        unsigned flag;
    } flags[] = {
#define X(flag, bit, option) {option, flag},
        ATTACH_FLAGS(X)
#undef X
    };

    if (strcmp(name, "rw") == 0) {
        *ret_writable = true;
        return 0;
    }
    for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
        if (strcmp(flags[i].option + 2, name) == 0) {
            ret->flags |= flags[i].flag;
            return 0;
        }
    return bad(err, "options", name, "an option of an attach");
}

static int read_options(const json_t *params, struct attach_request *ret, struct error *err)
{
    json_t *array = NULL, *item;
    bool writable = false;
    size_t i;
    int r = member_array(params, "params", "options", 0, 2 * PROTOCOL_TARGETS_MAX, &array, err);

    if (r != 0)
        return r < 0 ? r : 0;
    json_array_foreach (array, i, item) {
        if (!json_is_string(item))
            return error_set(err, ERROR_USAGE, EINVAL, "params.options[%zu]: expected a string", i);
        r = read_option(json_string_value(item), ret, &writable, err);
        if (r < 0)
            return r;
    }
    if (writable && ret->flags & ATTACH_READ_ONLY)
        return bad(err, "options", "rw", "possible together with ro");
    if (ret->flags & ATTACH_MKDIR && ret->flags & ATTACH_NO_MKDIR)
        return bad(err, "options", "mkdir", "possible together with no-mkdir");
    return 0;
}

static int read_mode(const json_t *params, mode_t *ret, struct error *err)
{
    const char *text = NULL;
    int r = member_text(params, "params", "mode", 0, WORD_LIMIT, &text, err);
    size_t length = r == 0 ? strlen(text) : 0;

    if (r != 0)
        return r < 0 ? r : 0;
    if (length == 0 || length > 5 || strspn(text, "01234567") != length ||
        strtoul(text, NULL, 8) == 0 || strtoul(text, NULL, 8) > 07777)
        return bad(err, "mode", text, "an octal mode from 1 to 07777");
    *ret = (mode_t)strtoul(text, NULL, 8);
    return 0;
}

// What the plan predicted. All of it, or it would not say which source was meant.
static int read_expect(const json_t *params, struct change *ret, struct error *err)
{
    const char *const where = "params.expect";
    const char *major_minor = NULL;
    json_t *expect = NULL;
    int r = member_object(params, "params", "expect", 0, &expect, err);

    if (r != 0)
        return r < 0 ? r : 0;
    r = member_text(expect, where, "major_minor", MEMBER_REQUIRED, WORD_LIMIT, &major_minor, err);
    if (r == 0)
        r = member_raw(expect, where, "sub_root", MEMBER_REQUIRED, PATH_MAX - 1, &ret->expected[1],
                       err);
    if (r == 0)
        r = member_raw(expect, where, "sub_path", MEMBER_REQUIRED, PATH_MAX - 1, &ret->expected[2],
                       err);
    if (r < 0)
        return r;
    ret->expected[0] = strdup(major_minor);
    if (!ret->expected[0])
        return ERROR_OOM(err);
    ret->attach.expected =
        (struct source_expected){ret->expected[0], ret->expected[1], ret->expected[2]};
    return 0;
}

// What belongs to one kind of source or another; whether it fits is the engine's to say.
static int read_source_options(const json_t *params, struct attach_request *ret, struct error *err)
{
    int r = member_text(params, "params", "type", 0, WORD_LIMIT, &ret->type, err);

    if (r >= 0)
        r = member_text(params, "params", "helper_options", 0, PATH_MAX - 1, &ret->helper_options,
                        err);
    if (r >= 0)
        r = member_text(params, "params", "idmap", 0, WORD_LIMIT, &ret->idmap, err);
    if (r >= 0)
        r = member_number(params, "params", "offset", 0, 0, INT64_MAX, &ret->offset, err);
    if (r >= 0)
        r = member_number(params, "params", "for_ms", 0, 0, INT64_MAX, &ret->for_ms, err);
    return r < 0 ? r : 0;
}

static int read_attach(const json_t *params, struct change *ret, struct error *err)
{
    struct attach_request *attach = &ret->attach;
    unsigned propagation = PROPAGATION_PRIVATE, method = METHOD_AUTO;
    int r =
        member_raw(params, "params", "source", MEMBER_REQUIRED, PATH_MAX - 1, &ret->source, err);

    if (r == 0)
        r = read_targets(params, MEMBER_REQUIRED, ret, err);
    if (r == 0)
        r = read_options(params, attach, err);
    if (r == 0)
        r = read_choice(params, "propagation", 0, propagations, ARRAY_SIZE(propagations),
                        &propagation, err);
    if (r == 0)
        r = read_choice(params, "method", 0, methods, ARRAY_SIZE(methods), &method, err);
    if (r == 0)
        r = read_mode(params, &attach->mode, err);
    if (r == 0)
        r = read_expect(params, ret, err);
    if (r == 0)
        r = read_source_options(params, attach, err);
    attach->source = ret->source;
    attach->targets = ret->targets;
    attach->n_targets = ret->n_targets;
    attach->propagation = (enum propagation)propagation;
    attach->method = (enum method)method;
    return r;
}

// ---- detach, undo ----

static int read_detach(const json_t *params, struct change *ret, struct error *err)
{
    bool lazy = false;
    int r = read_targets(params, MEMBER_REQUIRED, ret, err);

    if (r == 0)
        r = member_bool(params, "params", "lazy", 0, &lazy, err);
    if (r >= 0)
        r = member_number(params, "params", "wait_ms", 0, 0, WAIT_LIMIT_MS, &ret->detach.wait_ms,
                          err);
    if (r >= 0)
        r = read_id(params, "only", ret->id, err);
    ret->detach.targets = ret->targets;
    ret->detach.n_targets = ret->n_targets;
    ret->detach.flags = lazy ? DETACH_LAZY : 0;
    ret->detach.only = *ret->id ? ret->id : NULL;
    if (r == 0 && *ret->id && ret->n_targets > 1)
        return error_set(err, ERROR_USAGE, EINVAL,
                         "params.only: one attachment has one target, not %zu", ret->n_targets);
    return r;
}

static int read_mounts(const json_t *params, struct change *ret, struct error *err)
{
    json_t *array = NULL, *item;
    size_t i;
    int r = member_array(params, "params", "mounts", 0, MOUNTS_MAX, &array, err);

    if (r != 0)
        return r < 0 ? r : 0;
    ret->mounts = calloc(json_array_size(array) + 1, sizeof *ret->mounts);
    if (!ret->mounts)
        return ERROR_OOM(err);
    json_array_foreach (array, i, item) {
        if (!json_is_integer(item) || json_integer_value(item) <= 0)
            return error_set(err, ERROR_USAGE, EINVAL,
                             "params.mounts[%zu]: expected the id of a mount", i);
        ret->mounts[i] = (uint64_t)json_integer_value(item);
    }
    ret->refresh.mounts = ret->mounts;
    ret->refresh.n_mounts = json_array_size(array);
    return 0;
}

static int read_eject(const json_t *params, struct change *ret, struct error *err)
{
    bool lazy = false;
    int r =
        member_raw(params, "params", "source", MEMBER_REQUIRED, PATH_MAX - 1, &ret->source, err);

    if (r == 0 && ret->source[0] != '/')
        return bad(err, "source", ret->source, "an absolute path of the host");
    if (r == 0)
        r = member_bool(params, "params", "lazy", 0, &lazy, err);
    if (r >= 0)
        r = member_number(params, "params", "wait_ms", 0, 0, WAIT_LIMIT_MS, &ret->eject.wait_ms,
                          err);
    ret->eject.what = ret->source;
    ret->eject.flags = lazy ? DETACH_LAZY : 0;
    return r < 0 ? r : 0;
}

// Which of the three it is, and that it is one alone, is the engine's to say.
static int read_refresh(const json_t *params, struct change *ret, struct error *err)
{
    struct refresh_request *refresh = &ret->refresh;
    int r = member_raw(params, "params", "source", 0, PATH_MAX - 1, &ret->source, err);

    if (r >= 0)
        r = read_targets(params, 0, ret, err);
    if (r >= 0)
        r = member_bool(params, "params", "stale", 0, &refresh->stale, err);
    if (r >= 0)
        r = read_mounts(params, ret, err);
    refresh->from = ret->source;
    refresh->targets = ret->targets;
    refresh->n_targets = ret->n_targets;
    return r < 0 ? r : 0;
}

int change_read(const json_t *params, struct change *ret, struct error *err)
{
    unsigned operation = 0;
    int r;

    *ret = (struct change){.operation = OPERATION_ATTACH};
    r = read_choice(params, "operation", MEMBER_REQUIRED, operations, ARRAY_SIZE(operations),
                    &operation, err);
    if (r < 0)
        return r;
    ret->operation = (enum operation)operation;
    switch (ret->operation) {
    case OPERATION_ATTACH:
    case OPERATION_SHARE:
    case OPERATION_REPLACE:
        r = read_attach(params, ret, err);
        ret->attach.replaces = ret->operation == OPERATION_REPLACE;
        for (size_t i = 0; r == 0 && i < ret->n_targets; i++)
            if (ret->targets[i].on_host != (ret->operation == OPERATION_SHARE))
                r = bad(err, "targets", ret->targets[i].container,
                        ret->targets[i].on_host ? "a container" : "the host");
        break;
    case OPERATION_DETACH:
        r = read_detach(params, ret, err);
        break;
    case OPERATION_REFRESH:
        r = read_refresh(params, ret, err);
        break;
    case OPERATION_EJECT:
        r = read_eject(params, ret, err);
        break;
    case OPERATION_KEEP:
    case OPERATION_FORGET:
        r = read_targets(params, MEMBER_REQUIRED, ret, err);
        if (r == 0)
            r = member_bool(params, "params", "force", 0, &ret->force, err);
        r = r > 0 ? 0 : r;
        break;
    case OPERATION_UNDO:
        r = read_id(params, "id", ret->id, err);
        if (r == 0)
            r = read_expect(params, ret, err);
        break;
    }
    return r;
}

void change_done(struct change *change)
{
    for (size_t i = 0; i < PROTOCOL_TARGETS_MAX; i++) {
        free((char *)(uintptr_t)change->targets[i].container);
        free((char *)(uintptr_t)change->targets[i].path);
    }
    for (size_t i = 0; i < ARRAY_SIZE(change->expected); i++)
        free(change->expected[i]);
    free(change->source);
    free(change->mounts);
    *change = (struct change){.operation = OPERATION_ATTACH};
}
