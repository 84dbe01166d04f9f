// A replace under which davit was killed.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/engine/attach_again.h"
#include "core/engine/keeper.h"
#include "core/engine/replace_internal.h"

// Killed in the gap of a replace without MOVE_MOUNT_BENEATH: the clone went with the process. What
// was there is attached again from its source.
static int attach_old_again(struct engine *engine, struct journal *journal,
                            const struct inside *inside, struct attachment *old, struct error *err)
{
    _cleanup_free_ char *selector = text_format("pid:%d", (int)old->identity.init);
    _cleanup_report_ struct report *report = NULL;
    struct target_request target = {.container = selector};
    struct attach_request request = attach_again(old, &target);
    int r;

    if (!selector)
        return ERROR_OOM(err);
    request.heir_of = old;
    if (old->state != ATTACHMENT_LIVE || mount_table_at(inside->table, target.path, NULL))
        return 0;
    r = attach_all(engine, &request, false, &report, err);
    if (r == 0 && !report->results[0]->ok) {
        *err = report->results[0]->error;
        r = -1;
    }
    if (r == 0)
        r = journal_gone(journal, old, "replaced", err);
    if (r < 0)
        engine_notice(engine, "%s at %s:%s is lost, and cannot be attached again: %s", old->source,
                      old->container_name, old->target, err->message);
    else
        engine_notice(engine, "%s was attached again to %s:%s", old->source, old->container_name,
                      old->target);
    return 0;
}

int replace_recover(struct engine *engine, struct journal *journal, struct journal_view *view,
                    const struct inside *inside, struct attachment *what, struct error *err)
{
    struct attachment *old = journal_view_find(view, what->replaces);
    const char *became = "it is as it was before";
    enum replace_found found;
    struct error why;
    int r = replace_look(inside, what, old, &found, err);

    if (r < 0)
        return r;
    if (found == REPLACE_FOUND_NEW) {
        r = replace_complete(engine, journal, inside, what, old, RESOLVER_DEFAULT_MS, err);
        became = "completed";
    } else {
        if (found == REPLACE_FOUND_NEITHER && old)
            r = attach_old_again(engine, journal, inside, old, err);
        else if (found == REPLACE_FOUND_ASTRAY)
            r = error_set(err, ERROR_BUSY, EBUSY, "something was mounted over %s meanwhile",
                          what->target);
        if (r == 0 && what->server)
            r = keeper_finish(what, 0, err);
        error_set(&why, ERROR_FAILED, EINTR, "interrupted; taken back by the next run");
        if (r >= 0)
            r = journal_failed(journal, "attach", what, what->id, &why, err);
    }
    if (r >= 0)
        engine_notice(engine, "replace %s by %s at %s:%s was interrupted: %s", what->id,
                      what->source, what->container_name, what->target, became);
    return r < 0 ? r : 0;
}
