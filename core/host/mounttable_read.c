// Reading a mountinfo with libmount, whose numbers and strings are copied into one piece of memory.
#include "core/host/mounttable.h"

#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"

// A source "/dev/root" makes libmount look for the device that the kernel was started with, in this
// program's /proc and /sys, for any filesystem whose owner called its source so. Under this name it
// passes; no other name is as long and becomes "/dev/root" again.
#define HIDDEN_ROOT "\001dev/root"

static void cleanup_table(struct libmnt_table **table)
{
    mnt_unref_table(*table);
}

static void cleanup_iter(struct libmnt_iter **iter)
{
    mnt_free_iter(*iter);
}

// The strings of an entry, in the order of `places`.
#define N_STRINGS 6

static void strings_of(struct libmnt_fs *fs, const char *out[N_STRINGS])
{
    out[0] = mnt_fs_get_root(fs);
    out[1] = mnt_fs_get_target(fs);
    out[2] = mnt_fs_get_vfs_options(fs);
    out[3] = mnt_fs_get_fstype(fs);
    out[4] = mnt_fs_get_source(fs);
    out[5] = mnt_fs_get_fs_options(fs);
    for (size_t i = 0; i < N_STRINGS; i++)
        if (!out[i])
            out[i] = "";
}

static bool parse_group(const char *text, size_t length, uint64_t *ret)
{
    char number[24];

    if (length >= sizeof number)
        return false;
    memcpy(number, text, length);
    number[length] = '\0';
    return text_to_u64(number, ret);
}

// Field 7: "shared:2 master:1 propagate_from:1 unbindable", any of them, unknown tags ignored.
static bool parse_optional(const char *text, struct mount_entry *entry)
{
    const struct {
        const char *tag;
        uint64_t *number;
    } tags[] = {
        {"shared:", &entry->peer_group},
        {"master:", &entry->master},
        {"propagate_from:", &entry->propagate_from},
    };

    for (const char *word = text; word && *word;) {
        size_t length = strcspn(word, " ");

        for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
            size_t tag = strlen(tags[i].tag);

            if (strncmp(word, tags[i].tag, tag) == 0 &&
                !parse_group(word + tag, length - tag, tags[i].number))
                return false;
        }
        if (length == strlen("unbindable") && memcmp(word, "unbindable", length) == 0)
            entry->unbindable = true;
        word += length + strspn(word + length, " ");
    }
    return true;
}

// False when the numbers or the target are none.
static bool fill_entry(struct mount_entry *entry, struct libmnt_fs *fs, char **storage)
{
    const char **places[N_STRINGS] = {&entry->root, &entry->target, &entry->options,
                                      &entry->type, &entry->source, &entry->fs_options};
    const char *strings[N_STRINGS];

    entry->id = (unsigned)mnt_fs_get_id(fs);
    entry->parent_id = (unsigned)mnt_fs_get_parent_id(fs);
    entry->device = mnt_fs_get_devno(fs);
    strings_of(fs, strings);
    for (size_t i = 0; i < N_STRINGS; i++) {
        size_t size = strlen(strings[i]) + 1;

        *places[i] = memcpy(*storage, strings[i], size);
        *storage += size;
    }
    if (strcmp(entry->source, HIDDEN_ROOT) == 0)
        entry->source = "/dev/root";
    return mnt_fs_get_id(fs) > 0 && mnt_fs_get_parent_id(fs) >= 0 && entry->target[0] == '/' &&
           parse_optional(mnt_fs_get_optional_fields(fs), entry);
}

static int bad_entry(int line, struct error *err)
{
    (void)error_set(err, ERROR_FAILED, EPROTO, "line %d of mountinfo is not one of a mount table",
                    line);
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

static int copy_table(struct libmnt_table *from, struct mount_table **ret, struct error *err)
{
    CLEANUP(cleanup_iter) struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
    _cleanup_mount_table_ struct mount_table *table = calloc(1, sizeof *table);
    int n = mnt_table_get_nents(from);
    struct libmnt_fs *fs;
    size_t size = 0;
    char *storage;
    int r;

    if (!iter || !table || n < 0)
        return ERROR_OOM(err);
    while (mnt_table_next_fs(from, iter, &fs) == 0) {
        const char *strings[N_STRINGS];

        strings_of(fs, strings);
        for (size_t i = 0; i < N_STRINGS; i++)
            size += strlen(strings[i]) + 1;
    }
    table->entries = calloc((size_t)n + 1, sizeof *table->entries);
    table->storage = storage = malloc(size + 1);
    if (!table->entries || !storage)
        return ERROR_OOM(err);
    mnt_reset_iter(iter, MNT_ITER_FORWARD);
    while (table->n_entries < (size_t)n && mnt_table_next_fs(from, iter, &fs) == 0)
        if (!fill_entry(&table->entries[table->n_entries++], fs, &storage))
            return bad_entry((int)table->n_entries, err);
    r = make_index(table, err);
    if (r == 0)
        *ret = TAKE_POINTER(table);
    return r;
}

// libmount skips a line that it cannot parse unless told otherwise. A mount must not vanish so:
// negative ends the parsing.
static int bad_line(struct libmnt_table *table, const char *file, int line)
{
    (void)file;
    mnt_table_set_userdata(table, (void *)(intptr_t)line);
    return -EPROTO;
}

static int parse_failed(struct libmnt_table *table, int r, struct error *err)
{
    int line = (int)(intptr_t)mnt_table_get_userdata(table);

    if (line > 0)
        return bad_entry(line, err);
    return error_errno(err, r < 0 ? -r : EPROTO, "cannot parse mountinfo");
}

// In place, which is why the names are of one length.
static void hide_root_sources(char *text)
{
    const size_t name = strlen(HIDDEN_ROOT);

    if (!strstr(text, " /dev/root "))
        return;
    // Spaces in names are escaped: the first " - " of a line ends the optional fields.
    for (char *line = text; line; line = strchr(line, '\n')) {
        char *type = strstr(line, " - "), *source = type ? strchr(type + 3, ' ') : NULL;

        if (source && strncmp(source, " /dev/root ", name + 2) == 0)
            memcpy(source + 1, HIDDEN_ROOT, name);
        line = source ? source : line + 1;
    }
}

static size_t count_lines(const char *text)
{
    size_t n = 0;

    for (const char *line = text; *line; n++) {
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return n;
}

static int parse(char *text, size_t length, struct mount_table **ret, struct error *err)
{
    CLEANUP(cleanup_table) struct libmnt_table *table = mnt_new_table();
    _cleanup_fclose_ FILE *stream = length > 0 ? fmemopen(text, length, "r") : NULL;
    int r;

    if (!table || (length > 0 && !stream))
        return ERROR_OOM(err);
    if (strlen(text) < length)
        return error_set(err, ERROR_FAILED, EPROTO, "mountinfo holds a NUL byte");
    hide_root_sources(text);
    (void)mnt_table_set_parser_errcb(table, bad_line);
    r = stream ? mnt_table_parse_stream(table, stream, "mountinfo") : 0;
    if (r != 0)
        return parse_failed(table, r, err);
    // Comments, empty lines and one that is cut off are none that libmount counts as bad.
    if ((size_t)mnt_table_get_nents(table) != count_lines(text))
        return error_set(err, ERROR_FAILED, EPROTO, "mountinfo has lines that are no mount");
    return copy_table(table, ret, err);
}

static int read_once(int proc, struct mount_table **ret, struct error *err)
{
    _cleanup_free_ char *text = NULL;
    size_t length;
    const char *path = proc == AT_FDCWD ? "/proc/self/mountinfo" : "mountinfo";
    int r = file_read(proc, path, MOUNT_TABLE_LIMIT, &text, &length, err);

    // EINVAL: the process has given up its mount namespace: it is a zombie.
    if (r == -ENOENT || r == -ESRCH || r == -EINVAL)
        return error_set(err, ERROR_GONE, -r, "the process whose mounts were asked for has ended");
    if (r == -EACCES || r == -EPERM)
        error_hint(err, "The mount table of another user's process needs CAP_SYS_PTRACE: run davit "
                        "as root, with sudo");
    return r < 0 ? r : parse(text, length, ret, err);
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
