#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/attach_page.h"
#include "tui/dialogs/box.h"

#define NAME_WIDTH 8  // "Source  "
#define WIDE       64 // from here on the access is one row

static void paint_name(struct surface_part part, int y, const char *name, bool focused)
{
    (void)surface_text(part, y, 0, NAME_WIDTH, focused ? ROLE_DIALOG_SELECTED : ROLE_DIALOG_FIELD,
                       CUT_END, name);
}

static void paint_line(struct attach_page *page, struct surface_part part, int y, const char *name,
                       struct path_field *field, const char *beside)
{
    bool focused = attach_line(page) == field;
    int room = part.width - NAME_WIDTH, note = beside ? text_columns(beside) : 0;

    if (note + 20 > room)
        note = 0;
    paint_name(part, y, name, focused);
    (field == &page->extra && page->kind->extra_secret ? input_line_paint_dots : input_line_paint)(
        &field->line, part, y, NAME_WIDTH, room - (note > 0 ? note + 2 : 0), focused);
    if (note > 0)
        surface_right(part, y, part.width - note, note, ROLE_TEXT_DIM, beside);
}

// What stands at the right of a line: what went wrong with its completion, else what is known.
static const char *beside(const struct attach_page *page, const struct path_field *field,
                          bool focused, const char *known)
{
    (void)page;
    if (focused && field->request)
        return "looking …";
    if (focused && field->note[0])
        return field->note;
    return known ? known : focused ? "Tab completes" : NULL;
}

static const char *target_state(const struct attach_page *page)
{
    if (page->proposal.plan.state != PLAN_READY || page->proposal.plan.set.n != 1)
        return NULL;
    return page->proposal.plan.set.items[0].creates ? "will be created" : "exists";
}

// `broken`: what is known of it is broken into lines, for there is room below.
static int paint_source(struct attach_page *page, struct surface_part part, int y, bool broken)
{
    enum role role = page->described_failed ? ROLE_STATUS_WARNING : ROLE_TEXT_DIM;
    const char *text = page->described          ? page->described
                       : page->describe_request ? "looking …"
                                                : "";

    paint_line(page, part, y, "Source", &page->source,
               beside(page, &page->source, page->focus == FOCUS_SOURCE, NULL));
    if (broken) {
        y += 1 + box_sentence(part, y + 1, 0, role, text);
    } else {
        (void)surface_text(part, y + 1, NAME_WIDTH, -1, role, CUT_END, text);
        y += 2;
    }
    if (page->kind->extra)
        paint_line(page, part, y++, page->kind->extra, &page->extra, page->kind->extra_prompt);
    return y;
}

// What is replaced stays where it is: its target is not typed.
static int paint_replaced(struct attach_page *page, struct surface_part part, int y)
{
    int room = part.width - NAME_WIDTH, note = text_columns(page->replaced);
    int width = note + 12 > room ? room / 2 : room - note - 2;

    paint_name(part, y, "Target", false);
    (void)surface_text(part, y, NAME_WIDTH, width, ROLE_DIALOG, CUT_MIDDLE, page->target.line.text);
    surface_right(part, y, NAME_WIDTH + width + 2, room - width - 2, ROLE_TEXT_DIM, page->replaced);
    return y + 1;
}

static int paint_target(struct attach_page *page, struct surface_part part, int y)
{
    if (page->replaced)
        return paint_replaced(page, part, y);
    paint_line(page, part, y, "Target", &page->target,
               beside(page, &page->target, page->focus == FOCUS_TARGET, target_state(page)));
    return y + 1;
}

static bool ticked(const struct attach_page *page, enum attach_flags flag)
{
    return page->choice.options & flag;
}

static int paint_access(const struct attach_page *page, struct surface_part part, int y)
{
    bool writable = page->choice.writable, on = page->focus == FOCUS_ACCESS;
    const char *more = page->choice.more ? "[less]" : "[more]";
    int x = NAME_WIDTH, flags = NAME_WIDTH + 32, at = y;

    paint_name(part, y, "Access", on);
    (void)surface_text(part, y, x, -1, on && !writable ? ROLE_DIALOG_SELECTED : ROLE_DIALOG,
                       CUT_END, writable ? "( ) read-only" : "(•) read-only");
    (void)surface_text(part, y, x + 15, -1, on && writable ? ROLE_DIALOG_SELECTED : ROLE_DIALOG,
                       CUT_END, writable ? "(•) writable" : "( ) writable");
    if (on)
        surface_cursor(part, y, x + 1 + (writable ? 15 : 0));
    if (part.width < WIDE) {
        at = ++y;
        flags = NAME_WIDTH;
    }
    (void)surface_format(
        part, at, flags, part.width - flags - 8, ROLE_TEXT_DIM, "%s %s%s%s %s",
        ticked(page, ATTACH_SUID) ? "suid" : "nosuid", ticked(page, ATTACH_DEV) ? "dev" : "nodev",
        ticked(page, ATTACH_NOEXEC) || page->verb->change == CHANGE_SHARE ? " noexec" : "",
        ticked(page, ATTACH_RECURSIVE) ? " recursive" : "",
        attach_propagations[page->choice.propagation]);
    (void)surface_text(part, at, part.width - 6, 6,
                       page->focus == FOCUS_MORE ? ROLE_DIALOG_SELECTED : ROLE_DIALOG, CUT_END,
                       more);
    if (page->focus == FOCUS_MORE)
        surface_cursor(part, at, part.width - 5);
    return y + 1;
}

// One box behind the other, broken into rows.
static void place(struct surface_part part, int columns, int *y, int *x)
{
    if (*x > NAME_WIDTH && *x + columns > part.width) {
        *x = NAME_WIDTH;
        ++*y;
    }
}

// Whose files they are inside, and what that means in a line below.
static int paint_owners(struct attach_page *page, struct surface_part part, int y)
{
    bool on = page->focus == FOCUS_OWNERS;
    const char *help = attach_owners[page->choice.owners].help;
    int x = NAME_WIDTH;

    if (!attach_asks_owners(page))
        return y;
    paint_name(part, y, "Owners", on);
    for (int i = OWNERS_AUTO; i < OWNERS_COUNT; i++) {
        bool chosen = page->choice.owners == (enum attach_owners)i;
        int columns = text_columns(attach_owners[i].label) + 4;

        place(part, columns, &y, &x);
        (void)surface_format(part, y, x, part.width - x,
                             on && chosen ? ROLE_DIALOG_SELECTED : ROLE_DIALOG, "(%s) %s",
                             chosen ? "•" : " ", attach_owners[i].label);
        if (on && (chosen || i == OWNERS_AUTO))
            surface_cursor(part, y, x + 1);
        x += columns + 2;
    }
    if (page->choice.owners == OWNERS_MAPPED) {
        paint_line(page, part, ++y, "Mapping", &page->mapping, help);
        return y + 1;
    }
    if (page->choice.owners == OWNERS_UNSAID)
        help = page->choice.writable
                   ? "the container has users of its own: say whose the host's files are"
                   : "read-only: as on the host, unless something else is said";
    else if (page->choice.owners == OWNERS_AUTO && !page->choice.writable)
        help = "each has the number inside that it has on the host";
    return y + 1 + box_sentence(part, y + 1, NAME_WIDTH, ROLE_TEXT_DIM, help);
}

static int paint_options(const struct attach_page *page, struct surface_part part, int y)
{
    int x = NAME_WIDTH;
    char text[64];

    if (!page->choice.more)
        return y;
    paint_name(part, y, "Options",
               page->focus >= ATTACH_FIRST_OPTION && page->focus <= FOCUS_LASTS);
    for (int i = 0; i <= ATTACH_OPTION_COUNT + 1; i++) {
        bool on = (int)page->focus == (int)ATTACH_FIRST_OPTION + i;

        if (i < ATTACH_OPTION_COUNT)
            (void)snprintf(text, sizeof text, "[%c] %s",
                           ticked(page, attach_boxes[i].flag) ? 'x' : ' ', attach_boxes[i].label);
        else if (i == ATTACH_OPTION_COUNT)
            (void)snprintf(text, sizeof text, "propagation <%s>",
                           attach_propagations[page->choice.propagation]);
        else
            (void)snprintf(text, sizeof text, "lasts <%s>", attach_times[page->choice.lasts].label);
        place(part, text_columns(text), &y, &x);
        (void)surface_text(part, y, x, -1, on ? ROLE_DIALOG_SELECTED : ROLE_DIALOG, CUT_END, text);
        if (on)
            surface_cursor(part, y, x + 1);
        x += text_columns(text) + 3;
    }
    return y + 1;
}

// The names that Tab found, in columns.
static void paint_names(const struct path_field *field, struct surface_part part)
{
    int width = 8, columns;

    for (size_t i = 0; i < field->n_names; i++)
        if (text_columns(field->names[i]) + 2 > width)
            width = text_columns(field->names[i]) + 2;
    if (width > part.width)
        width = part.width;
    columns = width > 0 ? part.width / width : 1;
    for (size_t i = 0; i < field->n_names && (int)i / columns < part.height; i++)
        (void)surface_text(part, (int)i / columns, (int)i % columns * width, width - 1,
                           ROLE_INPUT_COMPLETION, CUT_MIDDLE, field->names[i]);
    if (field->n_fitting > (size_t)(columns * part.height) && part.height > 0)
        (void)surface_format(part, part.height - 1, 0, -1, ROLE_TEXT_DIM,
                             "%zu names begin with this: type more, or browse", field->n_fitting);
}

static void paint_plan(struct attach_page *page, struct surface_part part, int y)
{
    const struct path_field *field = attach_line(page);

    y += proposal_paint_notice(&page->proposal, part, y);
    if (y >= part.height)
        return;
    part = surface_within(part, y, 0, part.height - y, part.width);
    if (field && field->n_names > 0) {
        paint_names(field, part);
        return;
    }
    plan_view_paint(&page->proposal.plan, part);
    if (page->focus == FOCUS_PLAN)
        surface_cursor(part, 0, 0);
}

// All fields and the plan below them.
static void paint_whole(struct attach_page *page, struct surface_part outer,
                        struct surface_part part)
{
    const struct path_field *field = attach_line(page);
    bool names = field && field->n_names > 0;
    int y = paint_source(page, part, 0, false);

    y = paint_target(page, part, y);
    y = paint_access(page, part, y);
    y = paint_owners(page, part, y);
    y = paint_options(page, part, y);
    if (outer.height != part.height && y + 1 < outer.height - 1) {
        surface_rule(outer, y + 1, ROLE_DIALOG_BORDER);
        (void)surface_format(outer, y + 1, 1, -1,
                             page->focus == FOCUS_PLAN ? ROLE_DIALOG_SELECTED : ROLE_DIALOG_TITLE,
                             " %s%s ", page->focus == FOCUS_PLAN ? "> " : "",
                             names ? "Names" : "Plan");
    }
    paint_plan(page, part, y + 1);
}

static int step_of(const struct attach_page *page)
{
    return page->focus < FOCUS_TARGET    ? 1
           : page->focus == FOCUS_TARGET ? 2
           : page->focus == FOCUS_PLAN   ? 4
                                         : 3;
}

// Little room: one page after the other.
static void paint_step(struct attach_page *page, struct surface_part part)
{
    int y;

    switch (step_of(page)) {
    case 1:
        y = paint_source(page, part, 0, true);
        break;
    case 2:
        y = paint_target(page, part, 0);
        if (target_state(page))
            (void)surface_text(part, y++, 0, -1, ROLE_TEXT_DIM, CUT_END, target_state(page));
        break;
    case 3:
        // Where the focus is, is in sight.
        if (page->focus < ATTACH_FIRST_OPTION) {
            y = paint_access(page, part, 0);
            y = paint_owners(page, part, y);
            y = paint_options(page, part, y);
        } else {
            y = paint_options(page, part, 0);
        }
        break;
    default:
        paint_plan(page, part, 0);
        return;
    }
    y += proposal_paint_notice(&page->proposal, part, y);
    if (attach_line(page) && attach_line(page)->n_names > 0 && y < part.height)
        paint_names(attach_line(page), surface_within(part, y, 0, part.height - y, part.width));
}

void attach_paint(struct dialog *dialog, struct surface_part part)
{
    struct attach_page *page = (struct attach_page *)dialog;
    bool whole = surface_height(part.whole) >= ATTACH_ROWS;
    _cleanup_free_ char *targets = attach_targets_text(page);
    _cleanup_free_ char *title =
        whole ? text_format("%s %s", page->verb->title, targets ? targets : "")
              : text_format("%s %d/4 %s %s", page->verb->label, step_of(page),
                            page->verb->change == CHANGE_ATTACH ? "→" : "of",
                            page->n_targets == 1 ? page->targets[0].label : targets);
    struct surface_part inside = box_paint(part, title);

    if (whole)
        paint_whole(page, part, inside);
    else
        paint_step(page, inside);
    if (page->focus == FOCUS_PLAN)
        proposal_paint_scrolled(&page->proposal, part);
}
