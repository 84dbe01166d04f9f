#include "core/engine/attach_again.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/engine/attachment_look.h"

bool attachment_is_there(const struct attachment *attachment)
{
    struct error ignored;

    return attachment->state == ATTACHMENT_LIVE && !attachment_is_share(attachment) &&
           attachment_present(attachment, &ignored) == 1;
}

const struct attachment *attachment_find_at(const struct journal_view *view,
                                            const struct container *container, const char *path)
{
    for (size_t i = view->n_attachments; i-- > 0;) {
        const struct attachment *a = view->attachments[i];

        if (a->identity.init == container->pid && a->identity.init_start == container->start_time &&
            (strcmp(a->target, path) == 0 ||
             (a->identity.target && strcmp(a->identity.target, path) == 0)) &&
            attachment_is_there(a))
            return a;
    }
    return NULL;
}

struct attach_request attach_again(const struct attachment *what, struct target_request *target)
{
    target->path = what->identity.target ? what->identity.target : what->target;
    target->pid = what->identity.init;
    target->start_time = what->identity.init_start;
    target->on_host = attachment_is_share(what);
    return (struct attach_request){
        .source = what->source,
        .again = what,
        .offset = what->offset,
        .type = what->helper,
        .helper_options = what->helper_options,
        .idmap = what->idmap,
        .targets = target,
        .n_targets = 1,
        .flags = what->flags & ~(unsigned)ATTACH_KEEP,
        .propagation = (enum propagation)what->propagation,
        .mode = what->mode,
    };
}

int attach_again_in(struct engine *engine, const struct attachment *what, char **ret,
                    struct error *err)
{
    _cleanup_container_ struct container *now = NULL;
    _cleanup_free_ char *by_pid = text_format("pid:%d", (int)what->identity.init);
    const char *selector = what->container_id;

    if (!by_pid)
        return ERROR_OOM(err);
    if (attachment_is_share(what)) {
        *ret = strdup(HOST_NAME);
        return *ret ? 0 : ERROR_OOM(err);
    }
    if (container_find(&engine->options.runtime, selector, &now, err) < 0) {
        selector = by_pid;
        if (container_find(&engine->options.runtime, selector, &now, err) < 0)
            now = NULL;
    }
    if (!now || now->pid != what->identity.init || now->start_time != what->identity.init_start)
        return error_set(err, ERROR_GONE, ESRCH, "container %s has stopped or restarted since",
                         what->container_name);
    *ret = strdup(selector);
    return *ret ? 0 : ERROR_OOM(err);
}

int attach_again_possible(const struct attachment *what, struct error *err)
{
    int r;

    if (what->helper && (strstr(what->source, SECRET_HIDDEN) ||
                         (what->helper_options && strstr(what->helper_options, SECRET_HIDDEN)))) {
        r = error_set(err, ERROR_FAILED, ENOKEY,
                      "%s had a secret in its name or options, which is written nowhere: it "
                      "cannot be attached again without it",
                      what->source);
        error_hint_words(err, "davit attach -t %s -o … %s %s:%s",
                         what->helper ? what->helper : "TYPE", what->source, what->container_name,
                         what->target);
        return r;
    }
    if (attachment_provided(what))
        return 0;
    return error_set(err, ERROR_GONE, ESRCH,
                     "container %s, whose %s it was, has stopped or restarted since",
                     what->provider, what->source);
}
