// Keep and forget: no mount is changed by either, so one question is enough.
#include "core/base/text.h"
#include "tui/dialogs/dialog.h"
#include "tui/dialogs/running.h"

// There is one question at a time; the last one's stays until the next one.
static struct keep_ask {
    struct dialog_host *host;
    enum change change;
    json_t *params;
} last;

static void chosen(int choice, void *context)
{
    const struct keep_ask *ask = context;
    struct running *running = NULL;
    struct error err;

    if (choice == 1 && running_start(ask->host, json_incref(ask->params), ask->change, NULL, NULL,
                                     &running, &err) < 0)
        ask->host->say(ask->host, LOG_WARNING, err.message);
}

static json_t *params_of(const char *operation, const char *container,
                         const struct raw_text *target)
{
    json_t *item = json_pack("{s:s}", "container", container);
    json_t *params = json_pack("{s:s}", "operation", operation);
    int failed = item && params ? raw_text_set(item, "target", target) : -1;

    if (!failed)
        failed = json_object_set_new(params, "targets", json_pack("[O]", item));
    json_decref(item);
    if (!failed)
        return params;
    json_decref(params);
    return NULL;
}

int keep_ask_open(struct dialog_host *host, const struct subject *subject, bool keep,
                  struct error *err)
{
    static const char *const choices[][3] = {{"Back", "Keep", NULL}, {"Back", "Forget", NULL}};
    const struct shown_attachment *a = subject->attachment;
    const struct shown_container *c = subject->container;
    const char *target = a && a->target.text ? a->target.text : "";
    const char *name = c ? c->label : a && a->container ? a->container : "";
    _cleanup_free_ char *title = NULL, *text = NULL;

    if (!a)
        return error_set(err, ERROR_USAGE, 0, "choose what davit attached");
    title = text_format(keep ? "Keep %s in %s" : "Forget %s in %s", target, name);
    text =
        text_format(keep ? "%s is attached again to %s each time that it starts, by davit keepd. "
                           "A detach ends it too."
                         : "%s stays in %s as it is, is not attached again when it starts, and "
                           "does not end at a time.",
                    target, name);
    json_decref(last.params);
    last = (struct keep_ask){host, keep ? CHANGE_KEEP : CHANGE_FORGET,
                             params_of(keep ? "keep" : "forget",
                                       c              ? c->key
                                       : a->container ? a->container
                                                      : "",
                                       &a->target)};
    return title && text && last.params
               ? question_open(host, title, text, choices[!keep], chosen, &last, err)
               : ERROR_OOM(err);
}
