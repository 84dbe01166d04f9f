#include "tui/dialogs/plan_lines.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"

#define HELD_AT_MOST 5

struct adding {
    struct plan_lines *lines;
    enum role role;
    int indent;
    int failed;
};

void plan_lines_done(struct plan_lines *lines)
{
    for (size_t i = 0; i < lines->n; i++)
        free(lines->items[i].text);
    free(lines->items);
    *lines = (struct plan_lines){.n = 0};
}

static int add(struct plan_lines *lines, enum role role, int indent, const char *text,
               const char *call)
{
    struct plan_line *grown;

    grown = realloc(lines->items, (lines->n + 1) * sizeof *grown);
    if (!grown)
        return -1;
    lines->items = grown;
    grown[lines->n] = (struct plan_line){role, indent, text ? strdup(text) : NULL, call};
    if (!grown[lines->n].text)
        return -1;
    lines->n++;
    return 0;
}

static void add_wrapped(const char *line, void *context)
{
    struct adding *adding = context;

    if (!adding->failed)
        adding->failed = add(adding->lines, adding->role, adding->indent, line, NULL);
}

// A sentence that begins with a sign ("! "): further lines stand below its text.
static int sentence(struct plan_lines *lines, int width, enum role role, const char *sign,
                    const char *text)
{
    int indent = text_columns(sign);
    struct adding adding = {lines, role, indent, 0};
    size_t first = lines->n;

    if (!text)
        return -1;
    (void)text_wrap(text, width > indent + 8 ? width - indent : 8, add_wrapped, &adding);
    if (!adding.failed && indent > 0 && lines->n > first) {
        char *with_sign = text_format("%s%s", sign, lines->items[first].text);

        if (!with_sign)
            return -1;
        free(lines->items[first].text);
        lines->items[first].text = with_sign;
        lines->items[first].indent = 0;
    }
    return adding.failed;
}

static int reason(struct plan_lines *lines, int width, const struct error *why)
{
    int r = sentence(lines, width, ROLE_STATUS_ERROR, "! ", why->message);

    if (r == 0 && why->hint[0])
        r = sentence(lines, width, ROLE_DIALOG, "  ", why->hint);
    return r;
}

static int steps(struct plan_lines *lines, const struct planned *planned)
{
    int r = 0;

    for (size_t i = 0; i < planned->n_steps && r == 0; i++) {
        _cleanup_free_ char *text =
            text_format("%*zu %s", planned->n_steps > 9 ? 2 : 1, i + 1, planned->steps[i].text);

        r = add(lines, ROLE_DIALOG, 0, text, planned->steps[i].call);
    }
    return r;
}

static int warnings(struct plan_lines *lines, int width, const struct planned *planned)
{
    int r = 0;

    for (size_t i = 0; i < planned->n_warnings && r == 0; i++)
        r = sentence(lines, width, ROLE_STATUS_WARNING, "! ", planned->warnings[i]);
    return r;
}

// Who would keep it there: as long as one of them holds it, it is not detached.
static int holders(struct plan_lines *lines, int width, const struct plan_view *view,
                   const struct planned *planned)
{
    size_t next = 0, shown = 0;
    int r = 0;

    if (!view->names_holders)
        return 0;
    while (next < planned->n_holders && shown++ < HELD_AT_MOST && r == 0) {
        _cleanup_free_ char *who = planned_holder_text(planned, &next);
        _cleanup_free_ char *text = who ? text_format("held by %s", who) : NULL;

        r = sentence(lines, width, ROLE_STATUS_WARNING, "! ", text);
    }
    return planned->n_holders == 0 || r < 0
               ? r
               : sentence(
                     lines, width, ROLE_STATUS_WARNING, "! ",
                     "while it is held it stays: Detach of it alone can wait for that, or hide "
                     "it now");
}

// What is at the target, and is not seen as long as the attach is there.
static char *hidden(enum plan_kind kind, const struct planned *planned)
{
    if (kind == PLAN_REPLACE)
        return strdup("in the place of what is attached there");
    if (planned->creates)
        return strdup("hides nothing");
    if (planned->revealed == REVEALS_UNKNOWN)
        return text_format("what it hides is not known%s%s", planned->reveals ? ": " : "",
                           planned->reveals ? planned->reveals : "");
    return text_format("hides %s%s", planned->revealed == REVEALS_NOTHING ? "nothing but " : "",
                       planned->reveals ? planned->reveals : "what is there now");
}

static char *predict_attach(const struct plan_view *view, const struct planned *planned)
{
    _cleanup_free_ char *hides = hidden(view->kind, planned);
    const char *host = view->kind == PLAN_SHARE ? "the container unchanged"
                       : view->host_shares      ? "shares new mounts with the host"
                                                : "host unchanged";

    if (!hides)
        return NULL;
    return text_format("%s%s%s%s · %s · %s", view->owner[0] ? "owned by " : "", view->owner,
                       view->owner[0] ? " · " : "",
                       planned->read_only ? "not writable" : "writable", hides, host);
}

static char *predict_detach(const struct planned *planned)
{
    const char *target = planned->target ? planned->target : "it";

    if (planned->reveals)
        return text_format("%s shows %s", target, planned->reveals);
    if (planned->removes)
        return text_format("%s is gone: davit made it and takes it away again", target);
    return text_format("%s shows what lay under it", target);
}

char *plan_view_prediction(const struct plan_view *view, const struct planned *planned)
{
    return view->kind == PLAN_DETACH ? predict_detach(planned) : predict_attach(view, planned);
}

static int prediction(struct plan_lines *lines, int width, const struct plan_view *view,
                      const struct planned *planned)
{
    static const char *const where[] = {
        [PLAN_ATTACH] = "Inside",
        [PLAN_DETACH] = "After",
        [PLAN_REPLACE] = "Inside",
        [PLAN_SHARE] = "On the host",
    };
    _cleanup_free_ char *text = plan_view_prediction(view, planned);
    _cleanup_free_ char *line = text ? text_format("%s: %s", where[view->kind], text) : NULL;

    if (view->set.n == 1 && planned->from) { // of several it is in their lines
        _cleanup_free_ char *from = text_format("Attached from %s", planned->from);
        int r = sentence(lines, width, ROLE_DIALOG, "", from);

        if (r < 0)
            return r;
    }
    return sentence(lines, width, ROLE_TEXT_STRONG, "", line);
}

// What one decides on: it stands before the steps, whose number must not hide it.
static int consequences(struct plan_lines *lines, int width, const struct plan_view *view,
                        const struct planned *planned)
{
    int r = warnings(lines, width, planned);

    r = r < 0 ? r : holders(lines, width, view, planned);
    return r < 0 ? r : prediction(lines, width, view, planned);
}

// "shop/api /mnt/log: will be created, 13 steps", or why not.
static int summary(struct plan_lines *lines, int width, const struct plan_view *view,
                   const struct planned *planned)
{
    _cleanup_free_ char *text = NULL;

    if (!planned->ok)
        text = text_format("%s %s: cannot be done: %s", planned->container, planned->target,
                           planned->error.message);
    else
        text = text_format("%s %s%s%s: %s%zu steps%s", planned->container, planned->target,
                           planned->from ? " from " : "", planned->from ? planned->from : "",
                           view->kind == PLAN_DETACH    ? ""
                           : view->kind == PLAN_REPLACE ? "replaced, "
                           : planned->creates           ? "will be created, "
                                                        : "exists, ",
                           planned->n_steps,
                           view->names_holders && planned->n_holders > 0 ? ", but it is in use"
                           : planned->n_warnings                         ? ", with warnings"
                                                                         : "");
    return sentence(lines, width, planned->ok ? ROLE_DIALOG : ROLE_STATUS_ERROR,
                    planned->ok ? "+ " : "! ", text);
}

static int title(struct plan_lines *lines, const struct planned *planned)
{
    _cleanup_free_ char *text = text_format("%s %s", planned->container, planned->target);
    int r = add(lines, ROLE_DIALOG, 0, "", NULL);

    return r < 0 ? r : add(lines, ROLE_DIALOG_TITLE, 0, text, NULL);
}

// A line for each first, then what each comes to, then the steps of each.
static int several(struct plan_lines *lines, int width, const struct plan_view *view)
{
    int r = 0;

    for (size_t i = 0; i < view->set.n && r == 0; i++)
        r = summary(lines, width, view, &view->set.items[i]);
    for (size_t i = 0; i < view->set.n && r == 0; i++) {
        const struct planned *planned = &view->set.items[i];

        if (!planned->ok && !planned->error.hint[0])
            continue; // all of it is in its line
        r = title(lines, planned);
        if (r == 0)
            r = planned->ok ? consequences(lines, width, view, planned)
                            : reason(lines, width, &planned->error);
    }
    for (size_t i = 0; i < view->set.n && r == 0; i++) {
        const struct planned *planned = &view->set.items[i];

        if (!planned->ok)
            continue;
        r = title(lines, planned);
        r = r < 0 ? r : steps(lines, planned);
    }
    return r;
}

int plan_lines_make(const struct plan_view *view, int width, struct plan_lines *ret)
{
    int r;

    switch (view->state) {
    case PLAN_NONE:
        return sentence(ret, width, ROLE_TEXT_DIM, "", view->nothing ? view->nothing : "");
    case PLAN_ASKED:
        return sentence(ret, width, ROLE_TEXT_DIM, "", "making the plan …");
    case PLAN_REFUSED:
        return reason(ret, width, &view->why);
    case PLAN_READY:
        if (view->set.n > 1)
            return several(ret, width, view);
        r = consequences(ret, width, view, &view->set.items[0]);
        return r < 0 ? r : steps(ret, &view->set.items[0]);
    }
    return 0;
}
