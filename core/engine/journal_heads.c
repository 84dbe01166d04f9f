#include "core/engine/journal_heads.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/engine/attachment.h"
#include "core/engine/journal_line.h"

enum head_flags {
    HEAD_OVER = 1 << 0,      // gone, or an attach that failed
    HEAD_DETACHED = 1 << 1,  // over, unless ...
    HEAD_LINGERING = 1 << 2, // ... it is still held
};

// Takes the literal text off the front of what is left of the line.
static bool skip(const char **at, const char *end, const char *text)
{
    size_t length = strlen(text);

    if ((size_t)(end - *at) < length || memcmp(*at, text, length) != 0)
        return false;
    *at += length;
    return true;
}

static bool take_id(const char **at, const char *end, uint64_t *ret)
{
    uint64_t id = 0;

    if (end - *at < OPERATION_ID_SIZE)
        return false;
    for (int i = 0; i < OPERATION_ID_SIZE - 1; i++) {
        char c = (*at)[i];

        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
            return false;
        id = id << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *at += OPERATION_ID_SIZE - 1;
    *ret = id;
    return true;
}

static bool take_kind(const char **at, const char *end, enum journal_line_kind *ret)
{
#define X(kind, name)                                \
    if (skip(at, end, name "\",\"operation\":\"")) { \
        *ret = kind;                                 \
        return true;                                 \
    }
    JOURNAL_LINE_KINDS(X)
#undef X
    return false;
}

// The attachment that a line is about and what it says of it. False: not known from its beginning.
static bool read_head(const char *line, size_t length, uint64_t *ret_id, unsigned *ret_flags)
{
    const char *at = line, *end = line + length;
    enum journal_line_kind kind;
    bool detach;

    if (length == 0 || end[-1] != '}' || !skip(&at, end, "{\"v\":1,\"line\":\"") ||
        !take_kind(&at, end, &kind))
        return false;
    detach = skip(&at, end, "detach\",\"id\":\"");
    if ((!detach && !skip(&at, end, "attach\",\"id\":\"") &&
         !skip(&at, end, "share\",\"id\":\"")) ||
        !take_id(&at, end, ret_id))
        return false;
    if (detach && (!skip(&at, end, "\",\"attachment\":\"") || !take_id(&at, end, ret_id)))
        return false;
    if (!skip(&at, end, "\","))
        return false;
    *ret_flags = 0;
    if (kind == LINE_LINGERING)
        *ret_flags = HEAD_LINGERING;
    else if (kind == LINE_GONE || (kind == LINE_FAILED && !detach))
        *ret_flags = HEAD_OVER;
    else if (kind == LINE_DONE && detach)
        *ret_flags = HEAD_DETACHED;
    return true;
}

static struct heads_slot *slot_of(const struct heads *heads, uint64_t key)
{
    size_t i = (size_t)(key * 0x9e3779b97f4a7c15ULL >> 20) & (heads->n_slots - 1);

    while (heads->slots[i].key && heads->slots[i].key != key)
        i = (i + 1) & (heads->n_slots - 1);
    return &heads->slots[i];
}

static int make_room(struct heads *heads)
{
    struct heads larger = {.n_slots = heads->n_slots ? 2 * heads->n_slots : 1024};

    if (heads->n_slots && 2 * heads->n_used < heads->n_slots)
        return 0;
    larger.slots = calloc(larger.n_slots, sizeof *larger.slots);
    if (!larger.slots)
        return -ENOMEM;
    for (size_t i = 0; i < heads->n_slots; i++)
        if (heads->slots[i].key)
            *slot_of(&larger, heads->slots[i].key) = heads->slots[i];
    larger.n_used = heads->n_used;
    heads_done(heads);
    *heads = larger;
    return 0;
}

int heads_note(struct heads *heads, const char *line, size_t length)
{
    struct heads_slot *slot;
    unsigned flags;
    uint64_t id;

    if (!read_head(line, length, &id, &flags) || flags == 0)
        return 0;
    if (make_room(heads) < 0)
        return -ENOMEM;
    slot = slot_of(heads, id + 1);
    if (!slot->key) {
        slot->key = id + 1;
        heads->n_used++;
    }
    slot->flags |= flags;
    return 0;
}

bool heads_ended(const struct heads *heads, const char *line, size_t length)
{
    const struct heads_slot *slot;
    unsigned flags;
    uint64_t id;

    if (heads->n_used == 0 || !read_head(line, length, &id, &flags))
        return false;
    slot = slot_of(heads, id + 1);
    return slot->flags & HEAD_OVER ||
           (slot->flags & (HEAD_DETACHED | HEAD_LINGERING)) == HEAD_DETACHED;
}

void heads_done(struct heads *heads)
{
    free(heads->slots);
    *heads = (struct heads){0};
}
