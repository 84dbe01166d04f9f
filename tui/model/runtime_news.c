#include "tui/model/runtime_news.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"

static bool is_up(const struct shown_runtime *runtime)
{
    return text_same(runtime->state, "connected") || text_same(runtime->state, "reading-only");
}

static const struct shown_runtime *find(const struct model *model, const char *name)
{
    for (size_t i = 0; i < model->n_runtimes; i++)
        if (text_same(model->runtimes[i].name, name))
            return &model->runtimes[i];
    return NULL;
}

static int say(const struct model *model, const struct shown_runtime *now)
{
    bool up = is_up(now);
    const char *why = text_same(now->state, "reading-only") ? "for reading only"
                      : up                                  ? "it answers"
                      : now->error                          ? now->error
                                                            : "nothing is at its socket";
    _cleanup_free_ char *text = text_format("%s is %s: %s", now->name, up ? "up" : "down", why);

    if (!text)
        return -ENOMEM;
    return log_notice(model->log, up ? LOG_NOTICE : LOG_WARNING, model_now(model), text);
}

int runtime_news(const struct model *model, const struct shown_runtime *now, size_t n)
{
    int told = 0;

    for (size_t i = 0; i < n; i++) {
        const struct shown_runtime *before = find(model, now[i].name);

        if (!before || is_up(before) == is_up(&now[i]))
            continue;
        if (say(model, &now[i]) < 0)
            return -ENOMEM;
        told = 1;
    }
    return told;
}
