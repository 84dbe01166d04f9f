#include "core/engine/engine_internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/helper.h"
#include "core/base/text.h"
#include "core/engine/share.h"
#include "core/host/process.h"

int engine_open(const struct engine_options *options, struct engine **ret, struct error *err)
{
    struct engine *engine = calloc(1, sizeof *engine);

    if (!engine)
        return ERROR_OOM(err);
    engine->options = *options;
    if (!engine->options.state_dir)
        engine->options.state_dir = JOURNAL_DEFAULT_DIR;
    engine->mover = (struct mover)MOVER_INIT;
    *ret = engine;
    return 0;
}

void engine_close(struct engine *engine)
{
    mover_stop(&engine->mover);
    mount_cache_free(engine->mounts);
    if (engine->reading)
        journal_close(engine->reading);
    if (engine->writing)
        journal_close(engine->writing);
    free(engine);
}

const struct engine_options *engine_options(const struct engine *engine)
{
    return &engine->options;
}

int engine_journal_reading(struct engine *engine, struct journal **ret, struct error *err)
{
    int r = 0;

    // The lock file may be opened in one place only while it is held: see journal.h.
    if (engine->writing) {
        *ret = engine->writing;
        return 0;
    }
    if (!engine->reading)
        r = journal_open(engine->options.state_dir, JOURNAL_READ_ONLY, &engine->reading, err);
    *ret = engine->reading;
    return r;
}

int engine_journal_writing(struct engine *engine, struct journal **ret, struct error *err)
{
    int r = 0;

    if (!engine->writing)
        r = journal_open(engine->options.state_dir, 0, &engine->writing, err);
    *ret = engine->writing;
    return r;
}

// One that waited may have been killed meanwhile: nothing is asked yet, so all that can come of it
// is its end.
int engine_mover(struct engine *engine, struct mover **ret, struct error *err)
{
    struct mover *mover = &engine->mover;

    *ret = mover;
    if (mover->socket >= 0 && helper_wait(mover->socket, 0) == 0)
        return 0;
    return mover_start(mover, err);
}

int engine_find_target(const struct engine *engine, const struct target_request *target,
                       struct container **ret, struct error *err)
{
    int r = target->known ? container_confirm(target->known, ret, err) : 1;

    if (target->on_host)
        return host_container(ret, err);
    if (r > 0)
        r = container_find(&engine->options.runtime, target->container, ret, err);
    return r < 0 ? r : target_check_same(target, *ret, err);
}

void engine_step_took(struct engine *engine, struct result *result, struct plan_step *step,
                      int sys_errno, uint64_t took_us)
{
    step->done = true;
    step->sys_errno = sys_errno;
    step->took_us = took_us;
    if (engine->options.on_step)
        engine->options.on_step(result, step, engine->options.context);
}

void engine_step_done(struct engine *engine, struct result *result, struct plan_step *step,
                      int sys_errno, uint64_t started_us)
{
    engine_step_took(engine, result, step, sys_errno, monotonic_us() - started_us);
}

void engine_notice(struct engine *engine, const char *format, ...)
{
    char raw[1024], text[1024];
    va_list arguments;

    if (!engine->options.on_notice)
        return;
    va_start(arguments, format);
    (void)vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    text_clean(text, sizeof text, raw, strlen(raw));
    engine->options.on_notice(text, engine->options.context);
}
