// The attach page read aloud: the field that has the focus is the question.
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/attach_page.h"

static char *ask_line(const struct attach_page *page, const char *name,
                      const struct path_field *field, const char *known)
{
    (void)page;
    return text_format(
        "%s: %s%s%s%s%s\nTab completes, Ctrl-O browses, Enter goes on, Esc goes back.\n", name,
        field->line.length > 0 ? field->line.text : "(empty)", known ? ". " : "",
        known ? known : "", field->note[0] ? ". " : "", field->note);
}

static char *ask_box(const char *name, const char *state)
{
    return text_format("%s: %s. Space changes it, Enter goes on, Esc goes back.\n", name, state);
}

static char *tell_plan(const struct attach_page *page)
{
    _cleanup_free_ char *plan = plan_view_text(&page->plan);

    return text_format(
        "Plan\n%s%s%s\n", plan ? plan : "", page->running ? "Attaching. Ctrl-C cancels." : "",
        attach_ready(page) ? "A attaches, y copies the command, Esc goes back." : "");
}

static char *ask(struct attach_page *page)
{
    switch (page->focus) {
    case FOCUS_SOURCE:
        return ask_line(page, "Source, 1 of 4", &page->source, page->described);
    case FOCUS_TARGET:
        return ask_line(page, "Target, 2 of 4", &page->target, NULL);
    case FOCUS_ACCESS:
        return ask_box("Access, 3 of 4", page->choice.writable ? "writable" : "read-only");
    case FOCUS_MORE:
        return ask_box("More options", page->choice.more ? "shown" : "not shown");
    case FOCUS_PROPAGATION:
        return ask_box("Propagation", attach_propagations[page->choice.propagation]);
    case FOCUS_PLAN:
        return tell_plan(page);
#define X(id, option, label) \
    case FOCUS_##id:         \
        return ask_box(label, page->choice.options & ATTACH_BIT(FOCUS_##id) ? "on" : "off");
        ATTACH_OPTIONS(X)
#undef X
    }
    return NULL;
}

char *attach_plain(struct dialog *dialog)
{
    struct attach_page *page = (struct attach_page *)dialog;
    _cleanup_free_ char *targets = attach_targets_text(page), *question = ask(page);
    bool notice = page->notice.code != ERROR_NONE;

    if (!targets || !question)
        return NULL;
    return text_format("Attach a filesystem to %s\n%s%s%s%s", targets,
                       notice ? page->notice.message : "", notice ? ". " : "",
                       notice ? page->notice.hint : "", question);
}
