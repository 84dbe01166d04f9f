// The changes that the attach page is for: what each is called, and what it starts from.
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/attach_page.h"
#include "tui/model/decode.h"

const struct attach_verb *attach_verb_of(enum change change)
{
    static const struct attach_verb verbs[] = {
        {CHANGE_ATTACH, "Attach a filesystem →", "Attach", "Attach a filesystem to", "attaches",
         "nothing can be attached to it"},
        {CHANGE_SHARE, "Share with this host ←", "Share", "Share with this host what is in",
         "shares", "what it had mounted is gone with it"},
        {CHANGE_REPLACE, "Replace in", "Replace", "Replace what is attached in", "replaces",
         "what was attached there is lost with its mount namespace"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
        if (verbs[i].change == change)
            return &verbs[i];
    return &verbs[0];
}

int attach_fill_share(struct attach_page *page, const struct subject *subject)
{
    const struct raw_text root = {(char *)(uintptr_t) "/", NULL};
    const struct raw_text *path =
        subject->kind == SUBJECT_MOUNT && subject->mount ? &subject->mount->target : &root;
    _cleanup_free_ char *prefix =
        attach_container_prefix(page->dialog.host->model, subject->container);
    struct raw_text source = {NULL, NULL};
    int r;

    if (!prefix)
        return -1;
    source.text = text_format("%s%s", prefix, path->text);
    source.bytes = path->bytes ? text_format("%s%s", prefix, path->bytes) : NULL;
    r = source.text && (!path->bytes || source.bytes) ? path_field_set(&page->source, &source) : -1;
    raw_text_done(&source);
    page->focus = path == &root ? FOCUS_SOURCE : FOCUS_TARGET;
    return r;
}
