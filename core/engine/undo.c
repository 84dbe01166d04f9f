// The last change taken back: an attach by a detach, a detach by the same attach, a
// replace by one with what was there before.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/engine/attach_again.h"
#include "core/engine/engine_internal.h"

static const struct journal_event *find_change(const struct journal_view *view, const char *id,
                                               uid_t uid)
{
    for (size_t i = view->n_events; i-- > 0;) {
        const struct journal_event *event = &view->events[i];

        if (strcmp(event->line, "done") != 0 || strcmp(event->operation, "keep") == 0 ||
            strcmp(event->operation, "forget") == 0)
            continue;
        if (id ? strcmp(event->id, id) == 0 : event->by_uid == uid)
            return event;
    }
    return NULL;
}

static int nothing(const char *id, struct error *err)
{
    int r = id ? error_set(err, ERROR_NOT_ATTACHED, ENOENT, "the journal has no change %s", id)
               : error_set(err, ERROR_NOT_ATTACHED, ENOENT, "there is no change of yours to undo");

    error_hint(err, "`davit events` lists the changes; another user's needs its id");
    return r;
}

static int check_there(const struct attachment *what, struct error *err)
{
    if (what->state == ATTACHMENT_LIVE && attachment_present(what, err) == 1)
        return 0;
    error_set(err, ERROR_NOT_ATTACHED, ENOENT, "what change %s attached is not there any more",
              what->id);
    error_hint(err, "`davit status` shows what is attached now");
    return -ENOENT;
}

static int undo_attach(struct engine *engine, const struct attachment *what, bool dry_run,
                       struct report **ret, struct error *err)
{
    _cleanup_free_ char *container = NULL;
    struct target_request target = {.path = what->identity.target,
                                    .on_host = attachment_is_share(what)};
    struct detach_request request = {.targets = &target, .n_targets = 1, .only = what->id};
    int r;

    r = check_there(what, err);
    if (r < 0)
        return r;
    r = attach_again_in(engine, what, &container, err);
    if (r < 0)
        return r;
    target.container = container;
    return engine_detach(engine, &request, dry_run, ret, err);
}

// `what` is attached again: where it was, or when it was replaced in the place of what replaced it.
static int undo_end(struct engine *engine, const struct attachment *what,
                    const struct attachment *by, const struct source_expected *expected,
                    bool dry_run, struct report **ret, struct error *err)
{
    _cleanup_free_ char *container = NULL;
    struct target_request target = {.path = NULL};
    struct attach_request request = attach_again(what, &target);
    int r;

    target.path = by ? by->identity.target : what->target;
    request.replaces = by;
    if (expected)
        request.expected = *expected;
    r = attach_again_possible(what, err);
    if (r < 0)
        return r;
    r = attach_again_in(engine, what, &container, err);
    if (r < 0)
        return r;
    target.container = container;
    return engine_attach(engine, &request, dry_run, ret, err);
}

static int undo_replace(struct engine *engine, const struct attachment *what,
                        const struct attachment *old, const struct source_expected *expected,
                        bool dry_run, struct report **ret, struct error *err)
{
    int r = check_there(what, err);

    if (r == 0 && !old)
        r = error_set(err, ERROR_NOT_ATTACHED, ENOENT,
                      "the journal does not have what change %s replaced any more", what->id);
    return r < 0 ? r : undo_end(engine, old, what, expected, dry_run, ret, err);
}

int engine_undo(struct engine *engine, const char *id, const struct source_expected *expected,
                bool dry_run, struct report **ret, struct error *err)
{
    _cleanup_journal_view_ struct journal_view *view = NULL;
    const struct journal_event *event;
    const struct attachment *what;
    struct journal *journal;
    struct actor actor;
    int r = engine_journal_reading(engine, &journal, err);

    if (r == 0)
        r = journal_read(journal, &view, err);
    if (r < 0)
        return r;
    actor_find(&actor);
    event = find_change(view, id, actor.uid);
    what = event ? journal_view_find(view, event->attachment) : NULL;
    if (!what)
        return nothing(id, err);
    if (strcmp(event->operation, "replace") == 0)
        r = undo_replace(engine, what, journal_view_find(view, what->replaces), expected, dry_run,
                         ret, err);
    else
        r = strcmp(event->operation, "detach") != 0
                ? undo_attach(engine, what, dry_run, ret, err)
                : undo_end(engine, what, NULL, expected, dry_run, ret, err);
    if (r < 0)
        return r;
    (void)snprintf((*ret)->undoes, sizeof(*ret)->undoes, "%s", event->id);
    (*ret)->undone = strcmp(event->operation, "replace") == 0  ? "replace"
                     : strcmp(event->operation, "detach") == 0 ? "detach"
                     : attachment_is_share(what)               ? "share"
                                                               : "attach";
    return 0;
}
