#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/box.h"
#include "tui/dialogs/detach_page.h"

#define DETACH_WIDTH 80
#define FIELD_WIDTH  8 // "Held by "
#define SENTENCES    16
#define HELD_AT_MOST 5

// What stands last when there is no room for all, so that one scrolls to it.
enum weight { WEIGHT_MUST, WEIGHT_AFTER, WEIGHT_BY_WHOM, WEIGHT_NOTE };

struct sentence {
    enum weight weight;
    int place; // among all
    enum role role;
    const char *field; // at the left, or NULL: the sentence takes the whole width
    char *text;
};

struct sentences {
    struct sentence items[SENTENCES];
    size_t n;
};

// Takes the text over.
static void add(struct sentences *all, enum weight weight, enum role role, const char *field,
                char *text)
{
    if (!text || all->n == SENTENCES) {
        free(text);
        return;
    }
    all->items[all->n] = (struct sentence){weight, (int)all->n, role, field, text};
    all->n++;
}

static void add_held(struct sentences *all, const struct detach_page *page,
                     const struct planned *planned)
{
    bool process = false;
    size_t next = 0, shown = 0;

    while (next < planned->n_holders && shown < HELD_AT_MOST) {
        process |= planned->holders[next].pid > 0;
        add(all, WEIGHT_MUST, ROLE_STATUS_WARNING, shown++ == 0 ? "Held by" : "",
            planned_holder_text(planned, &next));
    }
    if (next < planned->n_holders)
        add(all, WEIGHT_MUST, ROLE_STATUS_WARNING, "",
            text_format("and %zu more", planned->n_holders - next));
    if (planned->incomplete)
        add(all, WEIGHT_NOTE, ROLE_TEXT_DIM, "",
            strdup(planned->n_holders > 0
                       ? "Not every process could be read: there may be more."
                       : "Nobody is known to hold it, but not every process could be read."));
    if (process && page->writable)
        add(all, WEIGHT_NOTE, ROLE_DIALOG, "",
            strdup("After a lazy detach it goes on writing, unseen, until it lets go."));
    else if (process)
        add(all, WEIGHT_NOTE, ROLE_DIALOG, "",
            strdup("After a lazy detach it goes on reading, unseen, until it lets go."));
}

static void add_plan(struct sentences *all, const struct detach_page *page)
{
    const struct planned *planned =
        page->proposal.plan.set.n > 0 ? &page->proposal.plan.set.items[0] : NULL;
    char *after;

    if (page->proposal.plan.state == PLAN_ASKED)
        add(all, WEIGHT_MUST, ROLE_TEXT_DIM, "", strdup("looking who holds it …"));
    if (page->proposal.plan.state == PLAN_REFUSED && !detach_held(page)) {
        add(all, WEIGHT_MUST, ROLE_STATUS_ERROR, "", strdup(page->proposal.plan.why.message));
        if (page->proposal.plan.why.hint[0])
            add(all, WEIGHT_MUST, ROLE_DIALOG, "", strdup(page->proposal.plan.why.hint));
    }
    if (!planned)
        return;
    after = plan_view_prediction(&page->proposal.plan, planned);
    if (planned->ok)
        add(all, WEIGHT_AFTER, ROLE_DIALOG, "After:", after);
    else
        free(after);
    add_held(all, page, planned);
    for (size_t i = 0; i < planned->n_warnings; i++)
        add(all, WEIGHT_MUST, ROLE_STATUS_WARNING, "!", strdup(planned->warnings[i]));
}

static char *progress(const struct detach_page *page)
{
    switch (page->running_choice) {
    case DETACH_CHOICE_WAIT:
        return text_format("Waiting for it to be let go: %d of %d s.", page->waited_s,
                           DETACH_WAIT_S);
    case DETACH_CHOICE_BACK:
    case DETACH_CHOICE_NOW:
    case DETACH_CHOICE_LAZY:
        break;
    }
    return strdup("Detaching …");
}

static void gather(const struct detach_page *page, struct sentences *all)
{
    add(all, WEIGHT_BY_WHOM, ROLE_DIALOG, NULL, strdup(page->attached_by));
    if (page->proposal.notice.code != ERROR_NONE) {
        add(all, WEIGHT_MUST, ROLE_STATUS_ERROR, "!", strdup(page->proposal.notice.message));
        if (page->proposal.notice.hint[0])
            add(all, WEIGHT_MUST, ROLE_DIALOG, "", strdup(page->proposal.notice.hint));
    }
    if (!page->gone)
        add_plan(all, page);
    if (page->proposal.running)
        add(all, WEIGHT_MUST, ROLE_STATUS_OK, NULL, progress(page));
}

static void sentences_done(struct sentences *all)
{
    for (size_t i = 0; i < all->n; i++)
        free(all->items[i].text);
}

static int indent_of(const struct sentence *sentence)
{
    return sentence->field ? FIELD_WIDTH : 0;
}

static int lines_of(const struct sentences *all, int width)
{
    int n = 0;

    for (size_t i = 0; i < all->n; i++)
        n += box_sentence_lines(width - indent_of(&all->items[i]), all->items[i].text);
    return n;
}

static int by_weight(const void *a, const void *b)
{
    const struct sentence *x = a, *y = b;

    return x->weight != y->weight ? (int)x->weight - (int)y->weight : x->place - y->place;
}

void detach_paint(struct dialog *dialog, struct surface_part part)
{
    struct detach_page *page = (struct detach_page *)dialog;
    const char *const *labels = (const char *const *)page->buttons.labels;
    _cleanup_free_ char *title = text_format("Detach %s from %s", page->target.text, page->label);
    int width = part.width < DETACH_WIDTH ? part.width : DETACH_WIDTH;
    int room = width - BOX_COLUMNS, y, below;
    struct sentences all = {.n = 0};
    struct surface_part box, inside, above;
    char key[KEY_NAME_SIZE];

    gather(page, &all);
    page->lines = lines_of(&all, room);
    below = box_buttons_lines(room, labels, page->buttons.n);
    box = box_place(part, page->lines + below + BOX_LINES, width);
    inside = box_paint(box, title);
    // The choices are what must be seen.
    page->height = inside.height > below ? inside.height - below : 0;
    if (page->height < page->lines)
        qsort(all.items, all.n, sizeof all.items[0], by_weight);
    else
        page->height = page->lines;
    if (page->top > page->lines - page->height)
        page->top = page->lines - page->height;
    above = surface_within(inside, 0, 0, page->height, inside.width);
    y = -page->top;
    for (size_t i = 0; i < all.n; i++) {
        const struct sentence *sentence = &all.items[i];

        if (sentence->field && y >= 0 && y < above.height)
            (void)surface_text(above, y, 0, FIELD_WIDTH, ROLE_DIALOG_FIELD, CUT_END,
                               sentence->field);
        y += box_sentence(above, y, indent_of(sentence), sentence->role, sentence->text);
    }
    (void)box_buttons(inside, above.height, labels, page->buttons.n, page->buttons.chosen);
    keymap_key(dialog->host->keymap, ACTION_PAGE_DOWN, key);
    box_scrolled(box, (size_t)page->top, (size_t)page->height, (size_t)page->lines, key);
    sentences_done(&all);
}

char *detach_plain(struct dialog *dialog)
{
    struct detach_page *page = (struct detach_page *)dialog;
    struct sentences all = {.n = 0};
    bool asked = page->proposal.plan.state == PLAN_ASKED && !page->gone;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    gather(page, &all);
    (void)fprintf(out, "Detach %s from %s\n", page->target.text, page->label);
    // Neither that it is being looked at nor, every second, how long it has waited.
    for (size_t i = 0; i + (page->proposal.running || asked ? 1 : 0) < all.n; i++)
        (void)fprintf(out, "%s%s%s\n", all.items[i].field ? all.items[i].field : "",
                      all.items[i].field && *all.items[i].field ? " " : "", all.items[i].text);
    if (page->proposal.running)
        (void)fprintf(out, "%s\n",
                      page->running_choice == DETACH_CHOICE_WAIT ? "Waiting for it to be let go. "
                                                                 : "Detaching. Ctrl-C ends it.");
    else if (page->buttons.n > 0 && !asked)
        (void)fprintf(out, "Choice %zu of %zu: %s.\n", page->buttons.chosen + 1, page->buttons.n,
                      page->buttons.labels[page->buttons.chosen]);
    sentences_done(&all);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
