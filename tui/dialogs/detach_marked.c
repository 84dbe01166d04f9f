// What davit attached in the marked containers, to be detached: one plan over all.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/attached_menu.h"
#include "tui/dialogs/detach_page.h"
#include "tui/dialogs/menu.h"
#include "tui/dialogs/plan_page.h"

#define NAMED_AT_MOST 8

// The containers by key, and the targets at which something is attached in one of them, each once.
struct marked {
    char **keys;
    size_t n_keys;
    struct attachment_set *set; // what `targets` point into
    const struct raw_text **targets;
    size_t n_targets;
};

static void marked_free(void *context)
{
    struct marked *marked = context;

    for (size_t i = 0; i < marked->n_keys; i++)
        free(marked->keys[i]);
    free(marked->keys);
    free(marked->targets);
    attachment_set_unref(marked->set);
    free(marked);
}

static bool same_path(const struct raw_text *a, const struct raw_text *b)
{
    return text_same(a->bytes ? a->bytes : a->text, b->bytes ? b->bytes : b->text);
}

// Whether something is attached in the container, at this target (NULL: at any).
static bool has_one(const struct model *model, const struct shown_container *c,
                    const struct raw_text *target)
{
    for (size_t i = 0; i < model->attachments->n; i++) {
        const struct shown_attachment *a = model->attachments->items[i];

        if (attached_in(a, c) && (!target || same_path(&a->target, target)))
            return true;
    }
    return false;
}

// ---- the page ----

// What stacks at one target is one: a detach takes the uppermost.
static bool seen_before(const struct attachment_set *set, size_t index,
                        const struct shown_container *c)
{
    for (size_t i = 0; i < index; i++)
        if (attached_in(set->items[i], c) &&
            same_path(&set->items[i]->target, &set->items[index]->target))
            return true;
    return false;
}

// 0, -1: out of memory.
static int add_those_in(json_t *targets, const struct model *model, const struct shown_container *c,
                        const struct raw_text *target)
{
    const struct attachment_set *set = model->attachments;
    int failed = 0;

    for (size_t i = 0; i < set->n && !failed; i++)
        if (attached_in(set->items[i], c) &&
            (!target || same_path(&set->items[i]->target, target)) && !seen_before(set, i, c))
            failed = plan_target_add(targets, c, &set->items[i]->target);
    return failed;
}

static char *grow(char *names, const char *separator, const char *name)
{
    char *longer = text_format("%s%s%s", names ? names : "", names ? separator : "", name);

    free(names);
    return longer;
}

// "web, db and 3 more": of those that have nothing there. Fresh memory, NULL: all have something,
// or out of memory.
static char *names_without(const struct model *model, const struct marked *marked,
                           const struct raw_text *target)
{
    char *names = NULL;
    size_t n = 0;

    for (size_t i = 0; i < marked->n_keys; i++) {
        const struct shown_container *c = model_container(model, marked->keys[i]);

        if (c && !has_one(model, c, target) && n++ < NAMED_AT_MOST)
            names = grow(names, ", ", c->label);
    }
    if (n > NAMED_AT_MOST && names) {
        char more[32];

        (void)snprintf(more, sizeof more, "%zu more", n - NAMED_AT_MOST);
        names = grow(names, " and ", more);
    }
    return names;
}

// `target`: NULL for all that there is.
static int open_plan(struct dialog_host *host, const struct marked *marked,
                     const struct raw_text *target, struct error *err)
{
    const struct model *model = host->model;
    _cleanup_free_ char *without = names_without(model, marked, target);
    json_t *targets = json_array();
    int failed = targets ? 0 : -1, r;

    for (size_t i = 0; i < marked->n_keys && !failed; i++) {
        const struct shown_container *c = model_container(model, marked->keys[i]);

        failed = c ? add_those_in(targets, model, c, target) : 0;
    }
    r = failed ? ERROR_OOM(err) : plan_targets_check(targets, "in the marked containers", err);
    if (r < 0) {
        json_decref(targets);
        return r;
    }
    return plan_page_open(host, CHANGE_DETACH, strdup("Detach from marked containers"),
                          json_pack("{s:s, s:o}", "operation", "detach", "targets", targets),
                          without ? text_format("Nothing to detach in %s.", without) : NULL, err);
}

// ---- which of them ----

static void chosen(struct dialog_host *host, size_t index, void *context)
{
    const struct marked *marked = context;
    struct error err;

    if (open_plan(host, marked, index < marked->n_targets ? marked->targets[index] : NULL, &err) <
        0)
        host->say(host, LOG_WARNING, err.message);
}

static const struct menu_ops ops = {.chosen = chosen, .free = marked_free};

static char *count_of(const struct model *model, const struct marked *marked,
                      const struct raw_text *target)
{
    const struct shown_container *only = NULL;
    size_t n = 0;

    for (size_t i = 0; i < marked->n_keys; i++) {
        const struct shown_container *c = model_container(model, marked->keys[i]);

        if (c && has_one(model, c, target)) {
            only = c;
            n++;
        }
    }
    return n == 1 ? text_format("in %s", only->label)
                  : text_format("in %zu of %zu containers", n, marked->n_keys);
}

// Takes `marked` over.
static int open_menu(struct dialog_host *host, struct marked *marked, struct error *err)
{
    struct menu_item *items = calloc(marked->n_targets + 1, sizeof *items);
    _cleanup_free_ char *title =
        text_format("Detach from %zu marked containers: which?", marked->n_keys);
    int failed = items && title ? 0 : -1;

    for (size_t i = 0; i <= marked->n_targets && !failed; i++) {
        const struct raw_text *target = i < marked->n_targets ? marked->targets[i] : NULL;

        items[i].label = strdup(target ? target->text : "all of these");
        items[i].note = count_of(host->model, marked, target);
        failed = items[i].label && items[i].note ? 0 : -1;
    }
    if (!failed)
        return menu_open(host, title, items, marked->n_targets + 1, 0, &ops, marked, err);
    if (items)
        menu_items_free(items, marked->n_targets + 1);
    marked_free(marked);
    return ERROR_OOM(err);
}

static bool is_listed(const struct marked *marked, const struct raw_text *target)
{
    for (size_t i = 0; i < marked->n_targets; i++)
        if (same_path(marked->targets[i], target))
            return true;
    return false;
}

static int fill(struct marked *marked, const struct model *model, const struct subject *subject)
{
    marked->set = attachment_set_ref(model->attachments);
    marked->keys = calloc(subject->n_marked, sizeof *marked->keys);
    marked->targets = calloc(marked->set->n + 1, sizeof *marked->targets);
    if (!marked->keys || !marked->targets)
        return -1;
    for (; marked->n_keys < subject->n_marked; marked->n_keys++) {
        const char *key = subject->marked[marked->n_keys];
        const struct shown_container *c = model_container(model, key);

        marked->keys[marked->n_keys] = strdup(key);
        if (!marked->keys[marked->n_keys])
            return -1;
        for (size_t i = 0; c && i < marked->set->n; i++)
            if (attached_in(marked->set->items[i], c) &&
                !is_listed(marked, &marked->set->items[i]->target))
                marked->targets[marked->n_targets++] = &marked->set->items[i]->target;
    }
    return 0;
}

int detach_marked_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    struct marked *marked = calloc(1, sizeof *marked);
    int r;

    if (!marked)
        return ERROR_OOM(err);
    if (fill(marked, host->model, subject) < 0) {
        marked_free(marked);
        return ERROR_OOM(err);
    }
    if (marked->n_targets > 1)
        return open_menu(host, marked, err);
    r = open_plan(host, marked, marked->n_targets > 0 ? marked->targets[0] : NULL, err);
    marked_free(marked);
    return r;
}
