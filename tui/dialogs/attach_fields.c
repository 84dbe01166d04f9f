// Where the focus is, and what is ticked.
#include "tui/dialogs/attach_page.h"

const struct attach_box attach_boxes[ATTACH_OPTION_COUNT] = {
#define X(id, label) {ATTACH_##id, label},
    ATTACH_OPTIONS(X)
#undef X
};

bool attach_typing(const struct attach_page *page)
{
    return page->focus <= FOCUS_TARGET;
}

struct path_field *attach_line(struct attach_page *page)
{
    return page->focus == FOCUS_SOURCE   ? &page->source
           : page->focus == FOCUS_EXTRA  ? &page->extra
           : page->focus == FOCUS_TARGET ? &page->target
                                         : NULL;
}

void attach_focus_on(struct attach_page *page, enum attach_focus focus)
{
    struct path_field *left = attach_line(page);

    if (left && focus != page->focus)
        path_field_forget(left);
    page->focus = focus;
    // On the plan one does not wait for the fields to rest.
    if (focus == FOCUS_PLAN && loop_timer_running(page->timer))
        attach_ask_now(page);
    page->dialog.host->dirty(page->dialog.host);
}

static bool is_option(enum attach_focus focus)
{
    return focus >= ATTACH_FIRST_OPTION && focus <= FOCUS_PROPAGATION;
}

// with_more: every box in turn; else the options are one field, and only when they are shown.
void attach_move(struct attach_page *page, bool forwards, bool with_more)
{
    int focus = (int)page->focus;

    do {
        focus += forwards ? 1 : -1;
    } while (focus > FOCUS_SOURCE && focus < FOCUS_PLAN &&
             ((focus == FOCUS_EXTRA && !page->kind->extra) ||
              (is_option((enum attach_focus)focus) && !page->choice.more) ||
              (!with_more && (focus == FOCUS_MORE || focus > (int)ATTACH_FIRST_OPTION))));
    if (focus >= FOCUS_SOURCE && focus <= FOCUS_PLAN)
        attach_focus_on(page, (enum attach_focus)focus);
}

static void tick_option(struct attach_page *page, unsigned flag)
{
    const unsigned both = ATTACH_MKDIR | ATTACH_NO_MKDIR;

    page->choice.options ^= flag;
    // Each of the two takes the other back.
    if (flag & both && page->choice.options & flag)
        page->choice.options &= ~(both & ~flag);
}

void attach_tick(struct attach_page *page, int direction)
{
    const int n = ARRAY_SIZE(attach_propagations);

    if (page->focus == FOCUS_MORE) {
        page->choice.more = direction == 0 ? !page->choice.more : direction > 0;
        page->dialog.host->dirty(page->dialog.host);
        return;
    }
    if (page->focus == FOCUS_ACCESS)
        page->choice.writable = direction == 0 ? !page->choice.writable : direction > 0;
    else if (page->focus == FOCUS_PROPAGATION)
        page->choice.propagation =
            (enum propagation)(((int)page->choice.propagation + (direction < 0 ? n - 1 : 1)) % n);
    else if (is_option(page->focus) && direction == 0)
        tick_option(page, attach_boxes[page->focus - ATTACH_FIRST_OPTION].flag);
    else
        return;
    attach_changed(page);
}
