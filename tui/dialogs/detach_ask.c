#include <string.h>

#include "tui/dialogs/detach_page.h"

static const char *const labels[] = {
    [DETACH_CHOICE_BACK] = "Back",
    [DETACH_CHOICE_NOW] = "Detach",
    [DETACH_CHOICE_WAIT] = "Wait 10 s",
    [DETACH_CHOICE_LAZY] = "Lazy: hidden now, still in use",
};
_Static_assert(DETACH_WAIT_S == 10, "the label says so");

static const struct planned *plan_of(const struct detach_page *page)
{
    return page->proposal.plan.set.n > 0 ? &page->proposal.plan.set.items[0] : NULL;
}

bool detach_held(const struct detach_page *page)
{
    const struct planned *planned = plan_of(page);

    return planned && planned->n_holders > 0;
}

// Whether the engine would do it, now or once its holders let go.
static bool possible(const struct detach_page *page)
{
    const struct planned *planned = plan_of(page);

    return planned && !page->gone &&
           (planned->ok || planned->error.code == ERROR_BUSY || detach_held(page));
}

// As many as make sense now: those that are there stay where they are under the hand.
static void make_buttons(struct detach_page *page)
{
    size_t n = !possible(page) ? 1 : detach_held(page) ? 4 : 2, chosen = page->buttons.chosen;

    buttons_done(&page->buttons);
    for (size_t i = 0; i < n; i++)
        if (buttons_add(&page->buttons, labels[i]) < 0)
            break;
    page->buttons.chosen = chosen < page->buttons.n ? chosen : 0;
}

void detach_gone(struct detach_page *page, const char *message, const char *hint)
{
    page->gone = true;
    (void)error_set(&page->proposal.notice, ERROR_GONE, 0, "%s", message);
    error_hint(&page->proposal.notice, "%s", hint);
    make_buttons(page);
}

// The plan asks for whichever mount is there (and shows it), the run for the one that was shown.
static json_t *params_of(const struct detach_page *page, enum detach_choice choice)
{
    const struct planned *shown = plan_of(page);
    json_t *target = json_pack("{s:s}", "container", page->container);
    json_t *params = json_pack("{s:s}", "operation", "detach");
    int failed = target && params ? raw_text_set(target, "target", &page->target) : -1;

    if (!failed && page->on_host)
        failed = json_object_set_new(target, "on_host", json_true());
    if (!failed && page->pid > 0)
        failed = json_object_set_new(target, "pid", json_integer(page->pid));
    if (!failed && page->start_time > 0)
        failed =
            json_object_set_new(target, "start_time", json_integer((json_int_t)page->start_time));
    if (!failed && shown && shown->mount_id > 0)
        failed = json_object_set_new(target, "mount_id", json_integer(shown->mount_id));
    if (!failed)
        failed = json_object_set_new(params, "targets", json_pack("[O]", target));
    if (!failed && page->attachment)
        failed = json_object_set_new(params, "only", json_string(page->attachment));
    if (!failed && choice == DETACH_CHOICE_LAZY)
        failed = json_object_set_new(params, "lazy", json_true());
    if (!failed && choice == DETACH_CHOICE_WAIT)
        failed = json_object_set_new(params, "wait_ms", json_integer(DETACH_WAIT_S * 1000));
    json_decref(target);
    if (!failed)
        return params;
    json_decref(params);
    return NULL;
}

static void planned(struct dialog *dialog)
{
    make_buttons((struct detach_page *)dialog);
}

void detach_ask_plan(struct detach_page *page)
{
    plan_view_clear(&page->proposal.plan, PLAN_ASKED);
    proposal_ask(&page->proposal, params_of(page, DETACH_CHOICE_NOW));
    make_buttons(page);
}

static void done(struct dialog *dialog)
{
    dialog->host->close(dialog->host, dialog);
}

static void failed(struct dialog *dialog, const struct planned_set *results)
{
    struct detach_page *page = (struct detach_page *)dialog;

    (void)results;
    loop_timer_stop(page->timer);
    // Who holds it is looked at anew; what is chosen goes back to what changes nothing.
    page->buttons.chosen = 0;
    detach_ask_plan(page);
}

const struct proposal_ops detach_proposal = {
    .planned = planned,
    .done = done,
    .failed = failed,
};

void detach_run(struct detach_page *page, enum detach_choice choice)
{
    page->running_choice = choice;
    page->waited_s = 0;
    proposal_run(&page->proposal, params_of(page, choice));
    if (page->proposal.running && choice == DETACH_CHOICE_WAIT)
        loop_timer_start(page->timer, 1000);
}
