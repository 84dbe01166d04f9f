// From the text of a mountinfo, which holds the strings, to a table with its indexes.
#include "core/host/mounttable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/host/mountinfo.h"

static int bad_line(size_t number, struct error *err)
{
    (void)error_set(err, ERROR_FAILED, EPROTO, "line %zu of mountinfo is not one of a mount table",
                    number);
    error_hint(err, "proc_pid_mountinfo(5) describes the line; is /proc really a proc filesystem?");
    return -EPROTO;
}

static int order(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_ids(const void *a, const void *b)
{
    const struct mount_entry *const *x = a, *const *y = b;

    return order((*x)->id, (*y)->id);
}

static int compare_parents(const void *a, const void *b)
{
    const struct mount_entry *const *x = a, *const *y = b;
    int by_parent = order((*x)->parent_id, (*y)->parent_id);

    return by_parent ? by_parent : (*x > *y) - (*x < *y);
}

static const struct mount_entry **sorted(const struct mount_table *table,
                                         int (*compare)(const void *, const void *))
{
    const struct mount_entry **index = calloc(table->n_entries + 1, sizeof(void *));

    for (size_t i = 0; index && i < table->n_entries; i++)
        index[i] = &table->entries[i];
    if (index)
        qsort(index, table->n_entries, sizeof(void *), compare);
    return index;
}

// -EAGAIN: an id is there twice.
static int make_index(struct mount_table *table, struct error *err)
{
    table->by_id = sorted(table, compare_ids);
    table->by_parent = sorted(table, compare_parents);
    if (!table->by_id || !table->by_parent)
        return ERROR_OOM(err);
    for (size_t i = 1; i < table->n_entries; i++)
        if (table->by_id[i - 1]->id == table->by_id[i]->id)
            return error_set(err, ERROR_FAILED, EAGAIN, "mountinfo has the mount id %llu twice",
                             (unsigned long long)table->by_id[i]->id);
    return 0;
}

// False when out of memory. What was parsed keeps its place in `text` only.
static bool make_room(struct mount_table *table, size_t *capacity)
{
    size_t more = *capacity ? 2 * *capacity : 32;
    struct mount_entry *entries = table->entries;

    if (table->n_entries < *capacity)
        return true;
    entries = reallocarray(entries, more, sizeof *entries);
    if (!entries)
        return false;
    table->entries = entries;
    *capacity = more;
    return true;
}

// No line is skipped: a mount that is not seen is one that is not protected. The last one ends in a
// newline too, or it was cut.
static int parse_lines(struct mount_table *table, char *text, struct error *err)
{
    size_t capacity = 0;

    for (char *line = text; *line;) {
        char *end = strchr(line, '\n');

        if (!make_room(table, &capacity))
            return ERROR_OOM(err);
        if (end)
            *end = '\0';
        if (!end || !mountinfo_parse_line(line, &table->entries[table->n_entries]))
            return bad_line(table->n_entries + 1, err);
        table->n_entries++;
        line = end + 1;
    }
    return 0;
}

int mount_table_parse(char *text, size_t length, struct mount_table **ret, struct error *err)
{
    _cleanup_mount_table_ struct mount_table *table = calloc(1, sizeof *table);
    int r;

    if (!table) {
        free(text);
        return ERROR_OOM(err);
    }
    table->storage = text;
    if (strlen(text) < length)
        return error_set(err, ERROR_FAILED, EPROTO, "mountinfo holds a NUL byte");
    r = parse_lines(table, text, err);
    if (r == 0)
        r = make_index(table, err);
    if (r == 0)
        *ret = TAKE_POINTER(table);
    return r;
}

static int read_once(int proc, struct mount_table **ret, struct error *err)
{
    char *text;
    size_t length;
    const char *path = proc == AT_FDCWD ? "/proc/self/mountinfo" : "mountinfo";
    int r = file_read(proc, path, MOUNT_TABLE_LIMIT, &text, &length, err);

    // EINVAL: the process has given up its mount namespace: it is a zombie.
    if (r == -ENOENT || r == -ESRCH || r == -EINVAL)
        return error_set(err, ERROR_GONE, -r, "the process whose mounts were asked for has ended");
    if (r == -EACCES || r == -EPERM)
        error_hint(err, "The mount table of another user's process needs CAP_SYS_PTRACE: run davit "
                        "as root, with sudo");
    return r < 0 ? r : mount_table_parse(text, length, ret, err);
}

int mount_table_read(int proc, struct mount_table **ret, struct error *err)
{
    int r = -EAGAIN;

    // The file is read in pieces, and a mount that is made in between may get the id of one that
    // was listed already and is gone.
    for (int i = 0; i < 5 && r == -EAGAIN; i++)
        r = read_once(proc, ret, err);
    return r;
}

void mount_table_free(struct mount_table *table)
{
    if (!table)
        return;
    free(table->by_id);
    free(table->by_parent);
    free(table->storage);
    free(table->entries);
    free(table);
}
