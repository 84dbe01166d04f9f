#include <stdlib.h>
#include <string.h>

#include "tui/dialogs/attach_page.h"
#include "tui/model/decode.h"

struct attach_draft {
    char *identity, *mapping;
    struct raw_text source, target;
    struct attach_choice choice;
};

void attach_draft_free(struct attach_draft *draft)
{
    if (!draft)
        return;
    raw_text_done(&draft->source);
    raw_text_done(&draft->target);
    free(draft->identity);
    free(draft->mapping);
    free(draft);
}

void attach_draft_keep(struct attach_page *page)
{
    struct dialog_host *host = page->dialog.host;
    struct attach_draft *draft = page->touched ? calloc(1, sizeof *draft) : NULL;

    if (!draft)
        return;
    draft->identity = strdup(page->identity);
    draft->mapping = strdup(page->mapping.line.text);
    draft->choice = page->choice;
    if (!draft->identity || !draft->mapping || path_field_get(&page->source, &draft->source) < 0 ||
        path_field_get(&page->target, &draft->target) < 0) {
        attach_draft_free(draft);
        return;
    }
    attach_draft_free(host->draft);
    host->draft = draft;
}

void attach_draft_take(struct attach_page *page)
{
    const struct attach_draft *draft = page->dialog.host->draft;

    if (!draft || strcmp(draft->identity, page->identity) != 0)
        return;
    if (path_field_set(&page->source, &draft->source) < 0 ||
        path_field_set(&page->target, &draft->target) < 0)
        return;
    input_line_set(&page->mapping.line, draft->mapping);
    page->choice = draft->choice;
    page->choice.writable = false; // is said anew each time
    page->touched = true;
}

void attach_draft_drop(struct attach_page *page)
{
    struct dialog_host *host = page->dialog.host;

    attach_draft_free(host->draft);
    host->draft = NULL;
}
