// What is to be done before anything is asked of the engine: what a killed davit left, and shares
// whose container has stopped.
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/engine/share.h"

static void take_back(struct engine *engine, const struct attachment *share)
{
    const struct target_request target = {
        .container = HOST_NAME, .path = share->identity.target, .on_host = true};
    const struct detach_request request = {
        .targets = &target, .n_targets = 1, .flags = DETACH_LAZY, .only = share->id};
    _cleanup_report_ struct report *report = NULL;
    struct error err;
    int r = engine_detach(engine, &request, false, &report, &err);

    if (r == 0 && !report->results[0]->ok) {
        err = report->results[0]->error;
        r = -1;
    }
    if (r < 0)
        engine_notice(engine, "%s has stopped, but its share at %s cannot be taken back: %s",
                      share->provider, share->target, err.message);
    else
        engine_notice(engine, "%s has stopped: its share at %s was taken back", share->provider,
                      share->target);
}

// Takes back each share whose container has stopped, and says so: it shows what nobody looks after
// any more. Costs one look for a file while there is no share. Never fails: what cannot be done now
// is tried by the next davit. Not while a change is under way.
static void look_after_shares(struct engine *engine)
{
    _cleanup_journal_view_ struct journal_view *view = NULL;
    struct journal *journal;
    struct error ignored;
    size_t n_shares = 0;

    if (geteuid() != 0 || engine->options.flags & ENGINE_NO_CHANGES ||
        engine_journal_reading(engine, &journal, &ignored) < 0 || !journal_has_shares(journal) ||
        journal_read_live(journal, &view, &ignored) < 0)
        return;
    for (size_t i = 0; i < view->n_attachments; i++) {
        const struct attachment *what = view->attachments[i];

        if (!attachment_is_share(what) || what->state == ATTACHMENT_GONE)
            continue;
        n_shares++;
        if (what->state == ATTACHMENT_LIVE && !attachment_provided(what) &&
            attachment_present(what, &ignored) == 1)
            take_back(engine, what);
    }
    if (n_shares == 0 && engine_journal_writing(engine, &journal, &ignored) == 0)
        journal_forget_shares(journal);
}

int engine_recover(struct engine *engine, struct error *err)
{
    struct journal *journal;
    int r = engine_journal_reading(engine, &journal, err);

    if (r == 0)
        r = journal_pending(journal, err);
    if (r == 0)
        look_after_shares(engine);
    if (r <= 0)
        return r;
    if (geteuid() != 0 || engine->options.flags & ENGINE_NO_CHANGES)
        return 1;
    r = engine_journal_writing(engine, &journal, err);
    if (r == 0)
        r = journal_lock(journal, 0, NULL, err);
    if (r < 0)
        return err->code == ERROR_BUSY ? 0 : r; // a davit at work: it is its own mark
    r = engine_recover_locked(engine, journal, err);
    journal_unlock(journal);
    if (r == 0)
        look_after_shares(engine);
    return r;
}
