// The attach page read aloud: the field that has the focus is the question.
#include <stdio.h>
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/attach_page.h"

#define NAMES_SAID 20

// What Tab has found: the note, or the names to choose from.
static char *completion(const struct path_field *field)
{
    size_t shown = field->n_names < NAMES_SAID ? field->n_names : NAMES_SAID, size = 0;
    char *text = NULL;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    if (field->note[0])
        (void)fprintf(out, "%s\n", field->note);
    if (field->n_names > 0)
        (void)fprintf(out, "%zu fit: ", field->n_fitting);
    for (size_t i = 0; i < shown; i++)
        (void)fprintf(out, "%s%s", i > 0 ? ", " : "", field->names[i]);
    if (field->n_fitting > shown)
        (void)fprintf(out, ", and %zu more", field->n_fitting - shown);
    if (field->n_names > 0)
        (void)fputc('\n', out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static char *ask_line(const char *name, const char *what, const struct path_field *field)
{
    _cleanup_free_ char *found = completion(field);

    return text_format("%s: type %s.\n%s", name, what, found ? found : "");
}

static char *ask_box(const char *name, const char *state)
{
    return text_format("%s: %s.\n", name, state);
}

static char *tell_plan(const struct attach_page *page)
{
    _cleanup_free_ char *plan = plan_view_text(&page->proposal.plan);

    return text_format("Plan, 4 of 4\n%s", plan ? plan : "");
}

static char *ask(struct attach_page *page)
{
    switch (page->focus) {
    case FOCUS_SOURCE:
        return ask_line("Source, 1 of 4", attach_source_of(page->source.line.text)->prompt,
                        &page->source);
    case FOCUS_EXTRA:
        return text_format("%s: type %s.\n", page->kind->extra ? page->kind->extra : "",
                           page->kind->extra ? page->kind->extra_prompt : "");
    case FOCUS_TARGET:
        return ask_line("Target, 2 of 4", "a path", &page->target);
    case FOCUS_ACCESS:
        return ask_box("Access, 3 of 4", page->choice.writable ? "writable" : "read-only");
    case FOCUS_OWNERS:
        return ask_box("Owners inside", page->choice.owners == OWNERS_UNSAID
                                            ? "not said"
                                            : attach_owners[page->choice.owners].label);
    case FOCUS_MAPPING:
        return text_format("Mapping: type %s.\n", attach_owners[OWNERS_MAPPED].help);
    case FOCUS_MORE:
        return ask_box("More options", page->choice.more ? "shown" : "not shown");
    case FOCUS_PROPAGATION:
        return ask_box("Propagation", attach_propagations[page->choice.propagation]);
    case FOCUS_LASTS:
        return ask_box("Lasts", attach_times[page->choice.lasts].label);
    case FOCUS_PLAN:
        return tell_plan(page);
#define X(id, label) \
    case FOCUS_##id: \
        return ask_box(label, page->choice.options & ATTACH_##id ? "on" : "off");
        ATTACH_OPTIONS(X)
#undef X
    }
    return NULL;
}

char *attach_plain(struct dialog *dialog)
{
    struct attach_page *page = (struct attach_page *)dialog;
    _cleanup_free_ char *targets = attach_targets_text(page), *question = ask(page);
    _cleanup_free_ char *notice = proposal_notice_text(&page->proposal);
    bool known = page->described && page->focus != FOCUS_SOURCE;

    if (!targets || !question || !notice)
        return NULL;
    // While it is being typed, what is known of the source changes with each rest of the keys.
    return text_format("%s %s\n%s%s%s%s%s%s%s%s%s", page->verb->to, targets, notice,
                       page->replaced ? page->target.line.text : "", page->replaced ? ": " : "",
                       page->replaced ? page->replaced : "", page->replaced ? "\n" : "",
                       known ? "Source: " : "", known ? page->described : "", known ? "\n" : "",
                       question);
}

const struct input_line *attach_line_typed(struct dialog *dialog)
{
    const struct path_field *field = attach_line((struct attach_page *)dialog);

    // What is secret is not said.
    if (field == &((struct attach_page *)dialog)->extra &&
        ((struct attach_page *)dialog)->kind->extra_secret)
        return NULL;
    return field ? &field->line : NULL;
}
