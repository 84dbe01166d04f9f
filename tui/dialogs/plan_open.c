// The plans of an undo, a refresh and an eject, which have nothing to fill in.
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/dialogs/attached_menu.h"
#include "tui/dialogs/plan_page.h"

int undo_page_open(struct dialog_host *host, struct error *err)
{
    return plan_page_open(host, CHANGE_UNDO, strdup("Undo my last change"),
                          json_pack("{s:s}", "operation", "undo"), NULL, err);
}

int refresh_stale_page_open(struct dialog_host *host, struct error *err)
{
    return plan_page_open(host, CHANGE_REFRESH, strdup("Refresh all that is stale"),
                          json_pack("{s:s, s:b}", "operation", "refresh", "stale", 1), NULL, err);
}

// ---- what of ----

// All that is attached in a container.
static int add_all_in(json_t *targets, const struct model *model, const struct shown_container *c)
{
    int failed = 0;

    for (size_t i = 0; c && i < model->attachments->n && !failed; i++)
        if (attached_in(model->attachments->items[i], c))
            failed = plan_target_add(targets, c, &model->attachments->items[i]->target);
    return failed;
}

static int refresh_in(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    const struct model *model = host->model;
    const struct shown_container *c = subject->container;
    json_t *targets = json_array();
    char *title = NULL;
    int failed = targets ? 0 : -1, r;

    if (subject->kind == SUBJECT_MOUNT) {
        failed = failed || !c ? -1 : plan_target_add(targets, c, &subject->mount->target);
        title = c ? text_format("Refresh %s in %s", subject->mount->target.text, c->label) : NULL;
    } else if (subject->n_marked > 0) {
        for (size_t i = 0; i < subject->n_marked && !failed; i++)
            failed = add_all_in(targets, model, model_container(model, subject->marked[i]));
        title = text_format("Refresh what is attached in %zu containers", subject->n_marked);
    } else if (c && !failed) {
        failed = add_all_in(targets, model, c);
        title = text_format("Refresh what is attached in %s", c->label);
    }
    r = failed ? ERROR_OOM(err) : plan_targets_check(targets, "there", err);
    if (r < 0) {
        free(title);
        json_decref(targets);
        return r;
    }
    return plan_page_open(host, CHANGE_REFRESH, title,
                          json_pack("{s:s, s:o}", "operation", "refresh", "targets", targets), NULL,
                          err);
}

// NULL: out of memory.
static json_t *params_of(const char *operation, const struct raw_text *source)
{
    json_t *params = json_pack("{s:s}", "operation", operation);

    if (!params || raw_text_set(params, "source", source) == 0)
        return params;
    json_decref(params);
    return NULL;
}

int refresh_page_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    const struct raw_text *from;

    if (subject->kind != SUBJECT_FILESYSTEM || !subject->filesystem)
        return refresh_in(host, subject, err);
    from = &subject->filesystem->mount_point;
    return plan_page_open(host, CHANGE_REFRESH,
                          text_format("Refresh what is attached from %s", from->text),
                          params_of("refresh", from), NULL, err);
}

int eject_page_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    const struct shown_filesystem *f = subject->filesystem;

    if (!f)
        return error_set(err, ERROR_GONE, 0, "select a filesystem first");
    return plan_page_open(host, CHANGE_EJECT,
                          text_format("Eject %s%s%s", f->mount_point.text, f->device ? " · " : "",
                                      f->device ? f->device : ""),
                          params_of("eject", &f->mount_point), NULL, err);
}
