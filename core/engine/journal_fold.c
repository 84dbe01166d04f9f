#include "core/engine/journal_fold.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/engine/journal_line.h"

// Makes room for one more of `size` bytes: the array, NULL when out of memory (it stays as it is).
static void *grow(void *array, size_t n, size_t *room, size_t size)
{
    size_t more = *room ? 2 * *room : 16;
    void *grown;

    if (n < *room)
        return array;
    grown = reallocarray(array, more, size);
    if (grown)
        *room = more;
    return grown;
}

int fold_bad_line(struct fold *fold, size_t number)
{
    struct journal_view *view = fold->view;
    size_t *grown = grow(view->bad_lines, view->n_bad_lines, &fold->room_bad, sizeof *grown);

    if (!grown)
        return -ENOMEM;
    view->bad_lines = grown;
    view->bad_lines[view->n_bad_lines++] = number;
    return 0;
}

static uint32_t *slot_of(const struct fold *fold, uint64_t key)
{
    size_t i = (size_t)(key * 0x9e3779b97f4a7c15ULL >> 20) & (fold->n_slots - 1);

    while (fold->slots[i] && fold->items[fold->slots[i] - 1].key != key)
        i = (i + 1) & (fold->n_slots - 1);
    return &fold->slots[i];
}

static struct fold_item *find(const struct fold *fold, const char *id)
{
    uint32_t *slot = fold->n_slots ? slot_of(fold, strtoull(id, NULL, 16)) : NULL;

    return slot && *slot ? &fold->items[*slot - 1] : NULL;
}

static int rehash(struct fold *fold)
{
    size_t n = 64;
    uint32_t *slots;

    while (n < 2 * fold->room_items)
        n *= 2;
    slots = calloc(n, sizeof *slots);
    if (!slots)
        return -ENOMEM;
    free(fold->slots);
    fold->slots = slots;
    fold->n_slots = n;
    for (size_t i = 0; i < fold->n_items; i++)
        *slot_of(fold, fold->items[i].key) = (uint32_t)i + 1;
    return 0;
}

// Drops the failed ones, and of the gone ones the oldest beyond the limit.
static void compact(struct fold *fold)
{
    size_t alive = 0, spare, kept = 0;

    for (size_t i = 0; i < fold->n_items; i++)
        alive += fold->items[i].attachment != NULL;
    spare = alive > FOLD_ATTACHMENTS ? alive - FOLD_ATTACHMENTS : 0;
    for (size_t i = 0; i < fold->n_items; i++) {
        struct fold_item *item = &fold->items[i];

        if (item->attachment && item->attachment->state == ATTACHMENT_GONE && spare > 0) {
            attachment_free(TAKE_POINTER(item->attachment));
            spare--;
        }
        if (item->attachment)
            fold->items[kept++] = *item;
    }
    fold->n_items = kept;
}

static int add(struct fold *fold, struct attachment *attachment)
{
    struct fold_item *grown;
    size_t room;

    if (fold->n_items == fold->room_items && fold->n_items >= 2 * FOLD_ATTACHMENTS) {
        size_t before = fold->n_items;

        compact(fold);
        if (fold->n_items < before && rehash(fold) < 0)
            return -ENOMEM;
    }
    room = fold->room_items;
    grown = grow(fold->items, fold->n_items, &fold->room_items, sizeof *grown);
    if (!grown)
        return -ENOMEM;
    fold->items = grown;
    if (room != fold->room_items && rehash(fold) < 0)
        return -ENOMEM;
    fold->items[fold->n_items++] = (struct fold_item){
        .attachment = attachment,
        .key = strtoull(attachment->id, NULL, 16),
    };
    *slot_of(fold, fold->items[fold->n_items - 1].key) = (uint32_t)fold->n_items;
    return 0;
}

void fold_event_done(struct journal_event *event)
{
    free(event->by);
    free(event->container);
    free(event->target);
    free(event->source);
    free(event->result);
}

static int copy_text(char **ret, const char *text, bool raw)
{
    if (!text)
        return 0;
    *ret = raw ? text_clean_dup(text, strlen(text)) : strdup(text);
    return *ret ? 0 : -ENOMEM;
}

static const char *result_text(const struct journal_line *line)
{
    switch (line->kind) {
    case LINE_INTENT:
        return "begun";
    case LINE_MADE:
    case LINE_DONE:
        return "ok";
    case LINE_FAILED:
    case LINE_GONE:
        return line->why;
    case LINE_LINGERING:
        return "detached, still held";
    }
    return NULL;
}

static const char *operation_text(const struct journal_line *line, const struct attachment *what)
{
    bool later = line->kind == LINE_GONE || line->kind == LINE_LINGERING;

    return line->operation == OPERATION_ATTACH && !later && what && *what->replaces
               ? "replace"
               : journal_operation_name(line->operation);
}

static int add_event(struct fold *fold, const struct journal_line *line)
{
    struct journal_view *view = fold->view;
    const struct fold_item *item = find(fold, line->attachment);
    const struct attachment *what = line->what ? line->what : item ? item->attachment : NULL;
    struct journal_event *grown, *event;

    if (line->kind == LINE_MADE || fold->without_events)
        return 0;
    grown = grow(view->events, view->n_events, &fold->room_events, sizeof *grown);
    if (!grown)
        return -ENOMEM;
    view->events = grown;
    event = &view->events[view->n_events++];
    *event = (struct journal_event){
        .at = line->at,
        .by_uid = line->by_uid,
        .line = journal_line_kind_name(line->kind),
        .operation = operation_text(line, what),
    };
    memcpy(event->id, line->id, sizeof event->id);
    memcpy(event->attachment, line->attachment, sizeof event->attachment);
    if (copy_text(&event->by, line->by, false) < 0 ||
        copy_text(&event->container, what ? what->container_name : NULL, false) < 0 ||
        copy_text(&event->target, what ? what->target : NULL, true) < 0 ||
        copy_text(&event->source, what ? what->source : NULL, true) < 0 ||
        copy_text(&event->result, result_text(line), false) < 0)
        return -ENOMEM;
    return 0;
}

static void take_made(struct attachment *to, struct attachment *from)
{
    struct made_node *made = to->made;
    size_t n = to->n_made;

    // Swapped, so that `from` frees what was there.
    to->made = from->made;
    to->n_made = from->n_made;
    from->made = made;
    from->n_made = n;
}

static int fold_attach(struct fold *fold, struct journal_line *line)
{
    struct fold_item *item = find(fold, line->id);
    struct attachment *known = item ? item->attachment : NULL;

    switch (line->kind) {
    case LINE_INTENT:
        if (item)
            return -EBADMSG;
        line->what->state = ATTACHMENT_INTENT;
        break;
    case LINE_MADE:
        if (!known || known->state != ATTACHMENT_INTENT)
            return -EBADMSG;
        take_made(known, line->what);
        if (line->what->identity.old_id) {
            known->identity.unique = line->what->identity.unique;
            known->identity.old_id = line->what->identity.old_id;
        }
        return 0;
    case LINE_DONE:
        if (item && (!known || known->state != ATTACHMENT_INTENT))
            return -EBADMSG;
        line->what->state = ATTACHMENT_LIVE;
        if (known) { // recovery may complete what another user began
            char *by = known->by;

            known->by = line->what->by;
            line->what->by = by;
            line->what->by_uid = known->by_uid;
            item->attachment = TAKE_POINTER(line->what);
            attachment_free(known);
            return 0;
        }
        break;
    case LINE_FAILED:
        if (known && known->state != ATTACHMENT_INTENT)
            return -EBADMSG;
        if (known)
            attachment_free(TAKE_POINTER(item->attachment));
        return 0;
    case LINE_GONE:
    case LINE_LINGERING:
        // An attachment whose lines are no longer there is not missed.
        if (!known || item->ended)
            return 0;
        item->ended = line->kind == LINE_GONE;
        known->state = item->ended ? ATTACHMENT_GONE : ATTACHMENT_LINGERING;
        return 0;
    }
    if (add(fold, line->what) < 0)
        return -ENOMEM;
    (void)TAKE_POINTER(line->what);
    return 0;
}

static int open_detach(struct fold *fold, const struct journal_line *line)
{
    struct journal_view *view = fold->view;
    __typeof__(view->open_detaches) grown =
        grow(view->open_detaches, view->n_open_detaches, &fold->room_detaches, sizeof *grown);

    if (!grown)
        return -ENOMEM;
    view->open_detaches = grown;
    grown += view->n_open_detaches++;
    memcpy(grown->id, line->id, sizeof grown->id);
    memcpy(grown->attachment, line->attachment, sizeof grown->attachment);
    grown->mover = line->what->mover;
    grown->mover_start = line->what->mover_start;
    return 0;
}

static void close_detach(struct journal_view *view, const char *id)
{
    for (size_t i = 0; i < view->n_open_detaches; i++) {
        if (strcmp(view->open_detaches[i].id, id) != 0)
            continue;
        view->n_open_detaches--;
        memmove(&view->open_detaches[i], &view->open_detaches[i + 1],
                (view->n_open_detaches - i) * sizeof view->open_detaches[0]);
        return;
    }
}

static int fold_detach(struct fold *fold, struct journal_line *line)
{
    struct fold_item *item = find(fold, line->attachment);
    struct attachment *known = item ? item->attachment : NULL;

    switch (line->kind) {
    case LINE_INTENT:
        return open_detach(fold, line);
    case LINE_DONE:
        close_detach(fold->view, line->id);
        // A lingering line may stand before this one.
        if (known && known->state != ATTACHMENT_LINGERING)
            known->state = ATTACHMENT_GONE;
        return 0;
    case LINE_FAILED:
        close_detach(fold->view, line->id);
        return 0;
    case LINE_MADE:
    case LINE_GONE:
    case LINE_LINGERING:
        return -EBADMSG;
    }
    return -EBADMSG;
}

static int fold_operation(struct fold *fold, struct journal_line *line)
{
    switch (line->operation) {
    case OPERATION_ATTACH:
    case OPERATION_SHARE:
        return fold_attach(fold, line);
    case OPERATION_DETACH:
        return fold_detach(fold, line);
    case OPERATION_KEEP: // events alone: what is kept is in a file of its own
    case OPERATION_FORGET:
        return line->kind == LINE_DONE || line->kind == LINE_FAILED ? 0 : -EBADMSG;
    }
    return -EBADMSG;
}

int fold_line(struct fold *fold, const char *text, size_t length)
{
    _cleanup_journal_line_ struct journal_line line = {0};
    size_t n_events = fold->view->n_events;
    int r = journal_line_decode(text, length, &line);

    if (r != 0)
        return r > 0 ? 0 : r;
    // The event first: a line that says failed takes its attachment away.
    r = add_event(fold, &line);
    if (r == 0)
        r = fold_operation(fold, &line);
    if (r == -EBADMSG && fold->view->n_events > n_events)
        fold_event_done(&fold->view->events[--fold->view->n_events]);
    return r;
}

static bool of_this_boot(const struct fold *fold, const char *id, const char *boot_id)
{
    const struct fold_item *item = find(fold, id);

    return !item || !item->attachment || strcmp(item->attachment->identity.boot_id, boot_id) == 0;
}

int fold_finish(struct fold *fold, const char *boot_id)
{
    struct journal_view *view = fold->view;

    for (size_t i = 0; i < view->n_open_detaches;)
        if (of_this_boot(fold, view->open_detaches[i].attachment, boot_id))
            i++;
        else
            close_detach(view, view->open_detaches[i].id);
    for (size_t i = 0; i < fold->n_items; i++) {
        struct attachment *attachment = fold->items[i].attachment;

        if (attachment && strcmp(attachment->identity.boot_id, boot_id) != 0)
            attachment->state = ATTACHMENT_GONE;
    }
    compact(fold);
    view->attachments = calloc(fold->n_items + 1, sizeof *view->attachments);
    if (!view->attachments)
        return -ENOMEM;
    for (size_t i = 0; i < fold->n_items; i++)
        view->attachments[view->n_attachments++] = TAKE_POINTER(fold->items[i].attachment);
    fold->n_items = 0;
    return 0;
}

void fold_done(struct fold *fold)
{
    for (size_t i = 0; i < fold->n_items; i++)
        if (fold->items[i].attachment)
            attachment_free(fold->items[i].attachment);
    free(fold->items);
    free(fold->slots);
}
