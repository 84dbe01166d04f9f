// What the source is and what else is said of it, as one.
#include <string.h>

#include "tui/dialogs/attach_page.h"
#include "tui/model/decode.h"

int attach_source_send(const struct attach_page *page, json_t *params)
{
    struct raw_text source = {NULL, NULL};
    int failed = path_field_get(&page->source, &source);

    if (!failed)
        failed = page->kind->send(&source, page->extra.line.text, params);
    raw_text_done(&source);
    return failed;
}

void attach_kind_changed(struct attach_page *page)
{
    const struct attach_source *kind = attach_source_of(page->source.line.text);

    if (kind == page->kind)
        return;
    explicit_bzero(page->extra.line.text, sizeof page->extra.line.text);
    input_line_set(&page->extra.line, "");
    page->kind = kind;
}
