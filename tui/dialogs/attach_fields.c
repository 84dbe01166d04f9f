// Where the focus is, and what is ticked.
#include "tui/dialogs/attach_page.h"

const struct attach_box attach_boxes[ATTACH_OPTION_COUNT] = {
#define X(id, label) {ATTACH_##id, label},
    ATTACH_OPTIONS(X)
#undef X
};
const char *const attach_propagations[] = {
#define X(value, name) [value] = name,
    PROPAGATIONS(X)
#undef X
};

bool attach_typing(const struct attach_page *page)
{
    return page->focus == FOCUS_SOURCE || page->focus == FOCUS_TARGET;
}

struct path_field *attach_line(struct attach_page *page)
{
    return page->focus == FOCUS_SOURCE   ? &page->source
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
             ((is_option((enum attach_focus)focus) && !page->choice.more) ||
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

bool attach_tick(struct attach_page *page, const struct key_event *event)
{
    uint32_t code = event->key.code;
    bool space = code == KEYCODE_SPACE || code == ' ';
    bool left = code == KEYCODE_LEFT, right = code == KEYCODE_RIGHT;

    if (event->kind != EVENT_KEY || event->key.modifiers || (!space && !left && !right))
        return false;
    if (page->focus == FOCUS_ACCESS) {
        page->choice.writable = space ? !page->choice.writable : right;
    } else if (page->focus == FOCUS_MORE) {
        page->choice.more = space ? !page->choice.more : right;
        page->dialog.host->dirty(page->dialog.host);
        return true;
    } else if (page->focus == FOCUS_PROPAGATION) {
        page->choice.propagation = (enum propagation)(
            (page->choice.propagation + (left ? ARRAY_SIZE(attach_propagations) - 1 : 1)) %
            ARRAY_SIZE(attach_propagations));
    } else if (is_option(page->focus) && space) {
        tick_option(page, attach_boxes[page->focus - ATTACH_FIRST_OPTION].flag);
    } else {
        return false;
    }
    attach_changed(page);
    return true;
}
