// A directory of another container: which one, then its tree.
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/attach_source.h"
#include "tui/dialogs/container_menu.h"

// Whom the path is for, once the container is known.
struct provider {
    attach_source_chosen *chosen;
    void *context;
};

// As short as it can be told apart: its name, RUNTIME/NAME, else the key. A container in a
// container has a key of its own kind, and no shorter name.
char *attach_container_prefix(const struct model *model, const struct shown_container *c)
{
    size_t same = 0, same_in_runtime = 0;
    _cleanup_free_ char *plain =
        c->runtime && c->id ? text_format("%s/%s", c->runtime, c->id) : NULL;

    for (size_t i = 0;
         text_same(plain, c->key) && c->name && !strstr(c->name, ":/") && i < model->containers->n;
         i++) {
        const struct shown_container *other = model->containers->items[i];
        bool is_same = text_same(other->name, c->name);

        same += is_same || text_same(other->id, c->name);
        same_in_runtime += is_same && text_same(other->runtime, c->runtime);
    }
    if (same == 1)
        return text_format("%s:", c->name);
    return same_in_runtime == 1 ? text_format("%s/%s:", c->runtime, c->name)
                                : text_format("%s:", c->key);
}

static int browse_in(struct dialog_host *host, const struct shown_container *c,
                     const struct raw_text *now, attach_source_chosen *chosen, void *context,
                     struct error *err)
{
    _cleanup_free_ char *prefix = attach_container_prefix(host->model, c);

    return prefix ? attach_browse(host, c->key, prefix, now, chosen, context, err) : ERROR_OOM(err);
}

static void container_chosen(struct dialog_host *host, const struct shown_container *c,
                             void *context)
{
    const struct provider *provider = context;
    struct error err;

    if (browse_in(host, c, &(struct raw_text){NULL, NULL}, provider->chosen, provider->context,
                  &err) < 0)
        host->say(host, LOG_WARNING, err.message);
}

int attach_pick_container(struct dialog_host *host, const struct raw_text *now,
                          attach_source_chosen *chosen, void *context, struct error *err)
{
    static const struct container_menu_ops ops = {container_chosen, free};
    const struct model *model = host->model;
    struct provider *provider;

    // The one that is typed already.
    for (size_t i = 0; now->text && *now->text && i < model->containers->n; i++) {
        const struct shown_container *c = model->containers->items[i];
        _cleanup_free_ char *prefix = attach_container_prefix(model, c);

        if (prefix && c->pid > 0 && strncmp(now->text, prefix, strlen(prefix)) == 0)
            return browse_in(host, c, now, chosen, context, err);
    }
    provider = malloc(sizeof *provider);
    if (!provider)
        return ERROR_OOM(err);
    *provider = (struct provider){chosen, context};
    return container_menu_open(host, "A directory of which container?", &ops, provider, err);
}
