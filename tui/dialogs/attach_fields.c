// Where the focus is, and what is ticked.
#include "tui/dialogs/attach_page.h"

#include <stdio.h>

const struct attach_box attach_boxes[ATTACH_OPTION_COUNT] = {
#define X(id, label) {ATTACH_##id, label},
    ATTACH_OPTIONS(X)
#undef X
};

bool attach_typing(const struct attach_page *page)
{
    return page->focus <= FOCUS_TARGET || page->focus == FOCUS_MAPPING;
}

bool attach_asks_owners(const struct attach_page *page)
{
    bool differs = page->choice.more || page->choice.owners != OWNERS_UNSAID;

    for (size_t i = 0; i < page->n_targets; i++)
        differs |= page->targets[i].user_namespace;
    return differs && page->verb->change != CHANGE_SHARE;
}

struct path_field *attach_line(struct attach_page *page)
{
    return page->focus == FOCUS_SOURCE    ? &page->source
           : page->focus == FOCUS_EXTRA   ? &page->extra
           : page->focus == FOCUS_TARGET  ? &page->target
           : page->focus == FOCUS_MAPPING ? &page->mapping
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
    return focus >= ATTACH_FIRST_OPTION && focus <= FOCUS_LASTS;
}

// Enter passes by what has an answer already: whose files they are is asked when they are writable.
static bool is_passed(const struct attach_page *page, int focus, bool with_more)
{
    if (focus == FOCUS_EXTRA)
        return !page->kind->extra;
    if (focus == FOCUS_TARGET)
        return page->verb->change == CHANGE_REPLACE;
    if (focus == FOCUS_OWNERS)
        return !attach_asks_owners(page) || (!with_more && !page->choice.writable);
    if (focus == FOCUS_MAPPING)
        return page->choice.owners != OWNERS_MAPPED || !attach_asks_owners(page);
    if (is_option((enum attach_focus)focus) && !page->choice.more)
        return true;
    return !with_more && (focus == FOCUS_MORE || focus > (int)ATTACH_FIRST_OPTION);
}

// with_more: every box in turn; else the options are one field, and only when they are shown.
void attach_move(struct attach_page *page, bool forwards, bool with_more)
{
    int focus = (int)page->focus;

    do {
        focus += forwards ? 1 : -1;
    } while (focus > FOCUS_SOURCE && focus < FOCUS_PLAN && is_passed(page, focus, with_more));
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

// One after the other; what is mapped begins with the source's owner as root inside.
static void turn_owners(struct attach_page *page, int direction)
{
    int now = (int)page->choice.owners + (direction < 0 ? -1 : 1);
    char mapping[48];

    now = now < (int)OWNERS_AUTO ? (int)OWNERS_COUNT - 1 : now % (int)OWNERS_COUNT;
    page->choice.owners = now == OWNERS_UNSAID ? OWNERS_AUTO : (enum attach_owners)now;
    if (page->choice.owners != OWNERS_MAPPED || page->mapping.line.length > 0)
        return;
    (void)snprintf(mapping, sizeof mapping, "0:%lld:1",
                   page->owner < 0 ? 0 : (long long)page->owner);
    input_line_set(&page->mapping.line, mapping);
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
    else if (page->focus == FOCUS_OWNERS)
        turn_owners(page, direction);
    else if (page->focus == FOCUS_PROPAGATION)
        page->choice.propagation =
            (enum propagation)(((int)page->choice.propagation + (direction < 0 ? n - 1 : 1)) % n);
    else if (page->focus == FOCUS_LASTS)
        page->choice.lasts =
            (page->choice.lasts + (direction < 0 ? ATTACH_TIMES - 1 : 1)) % ATTACH_TIMES;
    else if (is_option(page->focus) && direction == 0)
        tick_option(page, attach_boxes[page->focus - ATTACH_FIRST_OPTION].flag);
    else
        return;
    attach_changed(page);
}
