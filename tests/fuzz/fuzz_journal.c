// A journal of any bytes: every line is taken or refused, none does harm, and what was taken says
// the same when it is written and read again.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/engine/journal_fold.h"
#include "core/engine/journal_heads.h"
#include "core/engine/journal_line.h"
#include "fuzz.h"

static void require(int condition, const char *what)
{
    if (condition)
        return;
    (void)fprintf(stderr, "not so: %s\n", what);
    abort();
}

static void check_component(const char *name)
{
    require(*name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0,
            "what recovery removes has a name of one component");
}

// Everything that recovery and a screen rely on.
static void check_attachment(const struct attachment *a)
{
    const char *const texts[] = {a->container_id, a->container_name, a->runtime, a->options, a->by};

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        require(!texts[i] || text_is_clean(texts[i], strlen(texts[i])), "names are clean text");
    require(!a->source || a->source[0] != '\0', "the source has a name");
    require(!a->target || a->target[0] == '/', "the target is absolute");
    require(!a->identity.target || a->identity.target[0] == '/', "the mount point is absolute");
    require(!a->temporary || strncmp(a->temporary, ".davit-", 7) == 0, "the temporary is ours");
    if (a->temporary)
        check_component(a->temporary);
    for (size_t i = 0; i < a->n_made; i++) {
        check_component(a->made[i].name);
        require(a->made[i].parent[0] == '/', "the parent is absolute");
    }
}

static void check_again(const struct journal_line *line)
{
    _cleanup_free_ char *first = NULL, *second = NULL;
    _cleanup_journal_line_ struct journal_line again = {0};
    struct error err;
    size_t length, length_again;

    if (!line->what && line->kind != LINE_FAILED && line->kind != LINE_GONE &&
        line->kind != LINE_LINGERING)
        return;
    if (journal_line_encode(line, line->what, &first, &length, &err) < 0)
        return; // longer than a line may be
    require(journal_line_decode(first, length - 1, &again) == 0, "what was written is read");
    require(journal_line_encode(&again, again.what, &second, &length_again, &err) == 0,
            "what was read is written");
    require(length == length_again && memcmp(first, second, length) == 0,
            "it says the same the second time");
}

static void one_line(struct fold *fold, struct heads *heads, const char *bytes, size_t size)
{
    _cleanup_journal_line_ struct journal_line line = {0};
    int r = journal_line_decode(bytes, size, &line);

    require(heads_note(heads, bytes, size) == 0, "the beginning of a line is noted");
    (void)heads_ended(heads, bytes, size);

    require(r == 0 || r == 1 || r == -EBADMSG, "a line is taken, left alone or bad");
    if (r == 0) {
        require(text_is_clean(line.by, strlen(line.by)), "the actor is clean text");
        require(text_is_clean(line.why, strlen(line.why)), "the reason is clean text");
        if (line.what)
            check_attachment(line.what);
        check_again(&line);
    }
    r = fold_line(fold, bytes, size);
    require(r == 0 || r == -EBADMSG, "a line is folded or bad");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct journal_view *view = calloc(1, sizeof *view);
    struct fold fold = {.view = view};
    struct heads heads = {0};
    const char *text = (const char *)bytes;

    require(view != NULL, "memory");
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = end ? (size_t)(end - text) - at : size - at;

        one_line(&fold, &heads, text + at, length);
        at += length + 1;
    }
    require(fold_finish(&fold, "332fd9a7-898d-41ca-8feb-0e687b212cf3") == 0, "it comes to an end");
    for (size_t i = 0; i < view->n_attachments; i++)
        check_attachment(view->attachments[i]);
    heads_done(&heads);
    fold_done(&fold);
    journal_view_free(view);
    return 0;
}
