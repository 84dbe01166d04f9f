#include "tui/views/mounts_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/format.h"
#include "core/base/text.h"
#include "tui/views/list_pane.h"
#include "tui/views/lost.h"

#define LAST 100

enum { TARGET, SOURCE, FS, ACCESS, ORIGIN, PROPAGATION, NUMBER };
const struct list_column mount_columns[MOUNT_COLUMNS] = {
    [TARGET] = {"TARGET", 15, 0, 0, false, CUT_MIDDLE},
    [SOURCE] = {"SOURCE", 14, 0, 36, false, CUT_MIDDLE},
    [FS] = {"FS", 5, 7, 56, false, CUT_END},
    [ACCESS] = {"ACCESS", 6, 6, 0, false, CUT_END},
    [ORIGIN] = {"ORIGIN", 12, 20, 28, false, CUT_END},
    [PROPAGATION] = {"PROPAGATION", 11, 14, 96, false, CUT_END},
    [NUMBER] = {"MAJ:MIN", 7, 8, 96, false, CUT_END},
};

bool mount_row_is_more(const struct mount_row *row)
{
    return !row->mount && !row->attachment;
}

// What stands first: lost, lingering, attached, declared, others, the image's, the system's.
static int rank(const struct mount_row *row)
{
    static const char *const origins[] = {"attached", "declared", "other", "image", "system"};

    if (mount_row_is_more(row))
        return LAST;
    if (!row->mount)
        return lost_attachment(row->attachment) ? 0 : 1;
    for (size_t i = 0; i < ARRAY_SIZE(origins); i++)
        if (text_same(row->mount->origin, origins[i]))
            return (int)i + 2;
    return 4;
}

static int by_rank(const void *a, const void *b)
{
    const struct mount_row *x = a;
    const struct mount_row *y = b;
    int order = rank(x) - rank(y);
    const char *left, *right;

    if (order != 0)
        return order;
    left = x->mount ? x->mount->target.text : x->attachment->target.text;
    right = y->mount ? y->mount->target.text : y->attachment->target.text;
    order = strcmp(left ? left : "", right ? right : "");
    return order != 0 ? order : strcmp(x->key, y->key);
}

static int add_mounts(struct mount_rows *rows, const struct model *model)
{
    for (size_t i = 0; i < model->mounts->n; i++) {
        const struct shown_mount *mount = model->mounts->items[i];
        struct mount_row *row = &rows->rows[rows->n];

        row->mount = mount;
        row->attachment = mount->attachment ? model_attachment(model, mount->attachment) : NULL;
        row->key = text_format("%s mount %" PRIu64, model->mounts_of, mount->id);
        if (!row->key)
            return -1;
        rows->n++;
    }
    return 0;
}

// Rows of what is not mounted: lost, or detached but still held.
static int add_attachments(struct mount_rows *rows, const struct model *model)
{
    const struct shown_container *c = model_container(model, model->mounts_of);

    for (size_t i = 0; c && i < model->attachments->n; i++) {
        const struct shown_attachment *a = model->attachments->items[i];
        struct mount_row *row = &rows->rows[rows->n];

        if (!lost_made_in(a, c) || !(text_same(a->state, "lingering") || lost_attachment(a)))
            continue;
        row->attachment = a;
        row->key = text_format("attachment %s", a->id);
        if (!row->key)
            return -1;
        rows->n++;
    }
    return 0;
}

static int add_more(struct mount_rows *rows, const struct model *model)
{
    if (!model->mounts_truncated)
        return 0;
    rows->rows[rows->n].key = strdup("more");
    return rows->rows[rows->n++].key ? 0 : -1;
}

static char **key_at(void *rows, size_t row)
{
    return &((struct mount_row *)rows)[row].key;
}

int mount_rows_make(struct mount_rows *ret, const struct model *model, struct error *err)
{
    struct mount_rows rows = {
        .mounts = mount_set_ref(model->mounts),
        .attachments = attachment_set_ref(model->attachments),
        .rows = calloc(model->mounts->n + model->attachments->n + 2, sizeof *rows.rows),
    };
    int failed = rows.rows ? 0 : -1;

    if (!failed && model->mounts_of)
        failed = add_mounts(&rows, model) < 0 || add_attachments(&rows, model) < 0 ||
                 add_more(&rows, model) < 0 || list_keys_differ(rows.rows, rows.n, key_at) < 0;
    if (failed) {
        mount_rows_done(&rows);
        return ERROR_OOM(err);
    }
    qsort(rows.rows, rows.n, sizeof *rows.rows, by_rank);
    *ret = rows;
    return 0;
}

void mount_rows_done(struct mount_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        free(rows->rows[i].key);
    free(rows->rows);
    mount_set_unref(rows->mounts);
    attachment_set_unref(rows->attachments);
    *rows = (struct mount_rows){0};
}

// "/dev/sda2:/var/log/app", "nas:/vol1"; the sub-root says nothing when it is the whole.
static void put_source(const struct mount_row *row, struct list_cell *ret)
{
    const struct shown_mount *m = row->mount;
    const char *was =
        row->attachment && row->attachment->source.text ? row->attachment->source.text : "?";

    if (!m && lost_attachment(row->attachment))
        (void)snprintf(ret->text, sizeof ret->text, "LOST, was %.480s", was);
    else if (!m)
        (void)snprintf(ret->text, sizeof ret->text, "still held: %.450s", was);
    else if (m->sub_root.text && strcmp(m->sub_root.text, "/") != 0)
        (void)snprintf(ret->text, sizeof ret->text, "%.200s:%.300s", m->device ? m->device : "?",
                       m->sub_root.text);
    else
        list_cell_text(ret, m->device);
    if (!m)
        ret->role = ROLE_STATUS_ERROR;
}

// Whether a comma-separated list of options has this one.
static bool has_option(const char *options, const char *wanted)
{
    size_t length = strlen(wanted);

    for (const char *at = options; at && *at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, wanted, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return false;
}

static void put_access(const struct mount_row *row, struct list_cell *ret)
{
    bool read_only =
        row->mount ? row->mount->read_only : has_option(row->attachment->options, "ro");

    list_cell_text(ret, read_only ? "ro" : "rw");
}

// "22 Nov 14:05"
static const char *short_time(char out[FORMAT_SIZE], time_t at)
{
    struct tm tm;

    if (!localtime_r(&at, &tm) || strftime(out, FORMAT_SIZE, "%d %b %H:%M", &tm) == 0)
        out[0] = '\0';
    return out;
}

// "davit mara 14 Mar", "kept mara 14 Mar", "until 14 Mar 17:30", "declared, STALE", "davit mara,
// STALE": where there is little room the day is what can be missed.
static void put_origin(const struct mount_row *row, struct list_cell *ret)
{
    const struct shown_attachment *a = row->attachment;
    bool ours = !row->mount || text_same(row->mount->origin, "attached");
    bool stale = row->mount && row->mount->stale;
    char day[FORMAT_SIZE] = "";

    if (ours && a && a->until)
        (void)snprintf(ret->text, sizeof ret->text, "until %s", short_time(day, a->until));
    else if (ours && a)
        (void)snprintf(ret->text, sizeof ret->text, "%s %.100s%s%s", a->kept ? "kept" : "davit",
                       a->by ? a->by : "", stale ? "" : " ",
                       stale ? "" : format_day(day, a->since));
    else
        list_cell_text(ret, ours ? "davit" : row->mount->origin);
    if (stale) {
        size_t used = strlen(ret->text);

        (void)snprintf(ret->text + used, sizeof ret->text - used, ", STALE");
        ret->role = ROLE_STATUS_ERROR;
    } else if (row->mount && !ours && !text_same(row->mount->origin, "declared")) {
        ret->role = ROLE_TEXT_DIM;
    }
}

void mount_row_cell(const struct mount_row *row, size_t column, struct list_cell *ret)
{
    const struct shown_mount *m = row->mount;

    if (mount_row_is_more(row)) {
        list_cell_text(ret, column == TARGET   ? "… and more"
                            : column == SOURCE ? "see: davit mounts"
                                               : "");
        ret->role = ROLE_TEXT_DIM;
        return;
    }
    switch (column) {
    case TARGET:
        list_cell_text(ret, m ? m->target.text : row->attachment->target.text);
        break;
    case SOURCE:
        put_source(row, ret);
        break;
    case FS:
        list_cell_text(ret, m ? m->type : "");
        break;
    case ACCESS:
        put_access(row, ret);
        break;
    case ORIGIN:
        put_origin(row, ret);
        break;
    case PROPAGATION:
        list_cell_text(ret, m ? m->propagation : "");
        break;
    case NUMBER:
        list_cell_text(ret, m ? m->major_minor : "");
        ret->role = ROLE_TEXT_DIM;
        break;
    default: // a number, not an enum of ours
        break;
    }
}
