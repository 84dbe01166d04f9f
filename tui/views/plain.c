#include "tui/views/plain_rows.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/format.h"
#include "core/base/text.h"
#include "tui/views/log_view.h"

void spoken_done(struct spoken *spoken)
{
    free(spoken->title);
    free(spoken->identity);
    free(spoken->place);
    free(spoken->name);
    free(spoken->facts);
    free(spoken->row);
    free(spoken->order);
    *spoken = (struct spoken){.title = NULL};
}

static const char *or_none(const char *text)
{
    return text ? text : "";
}

// ---- words ----

// ", WORD", or nothing for no word.
static char *comma(const char *before, const char *word)
{
    return word && *word ? text_format(", %s%s", before, word) : strdup("");
}

// "2 hours", "1 day"; "" when it is not known.
static void age_words(char out[FORMAT_SIZE], time_t since, time_t now)
{
    static const struct {
        long seconds;
        const char *one, *several;
    } units[] = {{86400, "day", "days"},
                 {3600, "hour", "hours"},
                 {60, "minute", "minutes"},
                 {1, "second", "seconds"}};
    long age = since > 0 && now > since ? (long)(now - since) : 0;

    out[0] = '\0';
    for (size_t i = 0; age > 0 && i < ARRAY_SIZE(units); i++)
        if (age >= units[i].seconds) {
            long n = age / units[i].seconds;

            (void)snprintf(out, FORMAT_SIZE, "%ld %s", n, n == 1 ? units[i].one : units[i].several);
            return;
        }
}

// "1.2 GB"
static void size_words(char out[FORMAT_SIZE], uint64_t bytes)
{
    char text[FORMAT_SIZE];
    size_t n = strlen(format_bytes(text, bytes));
    bool unit = n > 0 && isalpha((unsigned char)text[n - 1]);

    (void)snprintf(out, FORMAT_SIZE, "%.*s %s%s", (int)(n - unit), text, unit ? text + n - 1 : "",
                   unit ? "B" : "bytes");
}

static char *lower(const char *text)
{
    char *copy = strdup(text);

    for (char *at = copy; at && *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return copy;
}

// ---- lists ----

static char *title_of(const struct list_pane *pane, const char *title, size_t total)
{
    const char *filter = list_filter_text(pane->list);

    if (*filter)
        return text_format("%s, %zu of %zu, filter: %s", title, list_shown(pane->list), total,
                           filter);
    if (total == 0)
        return strdup(title);
    return text_format("%s, %zu", title, total);
}

static char *order_of(const struct list_spot *spot)
{
    _cleanup_free_ char *column = spot->sorted_by ? lower(spot->sorted_by) : NULL;

    return text_format("sorted by %s%s", column ? column : "nothing",
                       spot->inverted ? ", the other way round" : "");
}

int plain_list(const struct list_pane *pane, const char *title, size_t total, const char *name,
               const char *facts, const char *more, struct spoken *ret)
{
    struct list_spot spot;

    list_spot(pane->list, &spot);
    *ret = (struct spoken){.title = title_of(pane, title, total), .order = order_of(&spot)};
    ret->facts = strdup(or_none(facts));
    if (spot.key && name) {
        ret->identity = strdup(spot.key);
        ret->name = strdup(name);
        ret->place = text_format("%zu of %zu%s", spot.position, list_shown(pane->list),
                                 spot.marked ? ", marked" : "");
        ret->row = text_format("%s: %s%s%s%s", ret->place ? ret->place : "", name,
                               facts && *facts ? ", " : "", or_none(facts), or_none(more));
    } else {
        ret->row = strdup(spot.nothing ? spot.nothing : "nothing is selected");
    }
    if (ret->title && ret->order && ret->facts && ret->row &&
        (!spot.key || !name || (ret->identity && ret->name && ret->place)))
        return 0;
    spoken_done(ret);
    return -ENOMEM;
}

// ---- containers ----

static bool several_runtimes(const struct container_set *set)
{
    for (size_t i = 1; i < set->n; i++)
        if (!text_same(set->items[i]->runtime, set->items[0]->runtime))
            return true;
    return false;
}

// "pod name" where lists show "pod:name", "user name" likewise.
static char *container_name(const struct shown_container *c)
{
    char *name = strdup(c->label);
    char *colon = name && (c->pod || c->user) ? strrchr(name, ':') : NULL;

    if (colon)
        *colon = ' ';
    return name;
}

int plain_container(const struct list_pane *pane, const struct container_set *set,
                    const struct shown_container *c, const char *state, struct spoken *ret)
{
    _cleanup_free_ char *name = container_name(c);
    _cleanup_free_ char *attached = NULL;
    _cleanup_free_ char *runtime = comma("", several_runtimes(set) ? c->runtime : NULL);
    _cleanup_free_ char *more = NULL;
    char age[FORMAT_SIZE], up[FORMAT_SIZE + 16] = "";

    age_words(age, c->started, model_now(pane->base.model));
    if (*age && text_same(state, "running"))
        (void)snprintf(up, sizeof up, " %s", age);
    else if (*age)
        (void)snprintf(up, sizeof up, ", started %s ago", age);
    attached = c->attached > 0 ? text_format(", %d attached", c->attached) : strdup("");
    more = text_format("%s%s%s", up, attached ? attached : "", runtime ? runtime : "");
    return plain_list(pane, "Containers", set->n, name ? name : c->label, state, more, ret);
}

// ---- filesystems ----

static char *usage_words(const struct shown_filesystem *f)
{
    uint64_t room = f->used + f->available;
    char size[FORMAT_SIZE];

    if (f->usage != USAGE_SHOWN_READ || f->size == 0 || room == 0)
        return strdup("");
    size_words(size, f->size);
    return text_format(", %u percent of %s used",
                       (unsigned)(((double)f->used * 100 + (double)room - 1) / (double)room), size);
}

// What is said is not of the list: those that runtimes mount for their own use.
static int add_hidden(struct spoken *spoken, size_t hidden)
{
    char *title = text_format("%s, %zu hidden", spoken->title, hidden);

    if (!title) {
        spoken_done(spoken);
        return -ENOMEM;
    }
    free(spoken->title);
    spoken->title = title;
    return 0;
}

int plain_filesystem(const struct list_pane *pane, size_t total, size_t hidden,
                     const struct shown_filesystem *f, struct spoken *ret)
{
    const char *facts = "";
    _cleanup_free_ char *usage = NULL;
    _cleanup_free_ char *label = NULL;
    _cleanup_free_ char *more = NULL;
    bool part;
    int r;

    if (!f) {
        r = plain_list(pane, "Filesystems", total, NULL, NULL, NULL, ret);
        return r == 0 && hidden > 0 ? add_hidden(ret, hidden) : r;
    }
    if (f->usage == USAGE_SHOWN_SILENT)
        facts = "not answering";
    else if (f->usage == USAGE_SHOWN_FAILED)
        facts = "its usage cannot be read";
    part = f->sub_root.text && strcmp(f->sub_root.text, "/") != 0;
    usage = usage_words(f);
    label = comma("label ", f->label);
    more = text_format(", %s on %s%s%s%s%s%s", f->type ? f->type : "unknown type",
                       f->device ? f->device : "an unknown device", part ? ", only " : "",
                       part ? f->sub_root.text : "", usage ? usage : "", label ? label : "",
                       f->read_only ? ", read-only" : "");
    r = plain_list(pane, "Filesystems", total, or_none(f->mount_point.text), facts, more, ret);
    return r == 0 && hidden > 0 ? add_hidden(ret, hidden) : r;
}

// ---- mounts ----

static char *origin_words(const struct mount_row *row)
{
    const struct shown_attachment *a = row->attachment;
    const char *origin = row->mount ? row->mount->origin : "attached";
    char day[FORMAT_SIZE] = "";

    if (text_same(origin, "attached"))
        return text_format("attached by %s%s%s", a && a->by ? a->by : "davit",
                           a && a->since ? " on " : "",
                           a && a->since ? format_day(day, a->since) : "");
    if (text_same(origin, "declared"))
        return strdup("declared when the container was made");
    if (text_same(origin, "image"))
        return strdup("the container's own root");
    if (text_same(origin, "system"))
        return strdup("made by the runtime");
    return strdup("mounted by something else");
}

static char *mount_words(const struct mount_row *row)
{
    const struct shown_mount *m = row->mount;
    _cleanup_free_ char *origin = origin_words(row);
    bool part = m && m->sub_root.text && strcmp(m->sub_root.text, "/") != 0;

    if (!m)
        return text_format(", was %s, %s",
                           row->attachment->source.text ? row->attachment->source.text : "unknown",
                           origin ? origin : "");
    return text_format(", %s, %s on %s%s%s, %s", m->read_only ? "read-only" : "writable",
                       m->type ? m->type : "unknown type",
                       m->device ? m->device : "an unknown device", part ? ", only " : "",
                       part ? m->sub_root.text : "", origin ? origin : "");
}

int plain_mount(const struct list_pane *pane, const struct shown_container *container, size_t total,
                const struct mount_row *row, struct spoken *ret)
{
    _cleanup_free_ char *name = container ? container_name(container) : NULL;
    _cleanup_free_ char *title = text_format("Mounts%s%s", name ? " in " : "", name ? name : "");
    _cleanup_free_ char *words = NULL;
    const char *facts = "";

    if (!title)
        return -ENOMEM;
    if (!row)
        return plain_list(pane, title, total, NULL, NULL, NULL, ret);
    if (mount_row_is_more(row))
        return plain_list(pane, title, total, "more than can be shown", "", strdup(""), ret);
    if (!row->mount)
        facts = text_same(row->attachment->state, "gone") ? "lost" : "detached, but still held";
    else if (row->mount->stale)
        facts = "not answering";
    words = mount_words(row);
    return plain_list(pane, title, total,
                      or_none(row->mount ? row->mount->target.text : row->attachment->target.text),
                      facts, words, ret);
}

// ---- log ----

// "attach SOURCE to CONTAINER TARGET"; fresh memory.
static char *operation_words(const char *text)
{
    static const char arrow[] = " → ";
    const char *at = strncmp(text, "attach ", 7) == 0 ? strstr(text, arrow) : NULL;

    return at ? text_format("%.*s to %s", (int)(at - text), text, at + strlen(arrow))
              : strdup(text);
}

// The row where the cursor is, of an entry that may have several.
static char *log_row_words(const struct log_view *view, const struct log_entry *entry, int at)
{
    struct log_rows rows = {0};
    char *words = NULL;

    if (log_rows_add(view, entry, &rows) == 0 && rows.n > 0) {
        const struct log_row *row = &rows.rows[at < 0                ? 0
                                               : (size_t)at < rows.n ? (size_t)at
                                                                     : rows.n - 1];
        _cleanup_free_ char *text = operation_words(row->text + strspn(row->text, " "));

        words = text_format("%s%s%s%s%s", or_none(row->time), row->time && *row->time ? " " : "",
                            or_none(text), row->tail ? " " : "", or_none(row->tail));
    }
    log_rows_done(&rows);
    return words;
}

int plain_log(struct pane *pane, struct spoken *ret)
{
    const struct log_view *view = (const struct log_view *)pane;
    const struct log_entry *entry =
        view->follow ? log_last(view) : log_find(pane->model->log, view->cursor.number);
    int row = view->follow ? 0 : view->cursor.row;

    *ret = (struct spoken){.facts = strdup(""), .order = strdup("")};
    ret->title = *view->filter ? text_format("Log, filter: %s", view->filter) : strdup("Log");
    if (entry) {
        ret->identity = text_format("%" PRIu64 " %d", entry->number, row);
        ret->name = strdup(or_none(entry->text));
        ret->row = log_row_words(view, entry, row);
    } else {
        ret->row = strdup(*view->filter ? "nothing fits the filter" : "nothing has happened yet");
    }
    if (ret->facts && ret->order && ret->title && ret->row &&
        (!entry || (ret->identity && ret->name)))
        return 0;
    spoken_done(ret);
    return -ENOMEM;
}
