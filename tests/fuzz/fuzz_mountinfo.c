// A mountinfo of any bytes: it is a table or an error that names a line, nothing of it is skipped,
// and the way through the table comes to an end.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/host/mounttable.h"
#include "fuzz.h"

static void require(int condition, const char *what)
{
    if (condition)
        return;
    (void)fprintf(stderr, "not so: %s\n", what);
    abort();
}

static void check_entry(const struct mount_table *table, const struct mount_entry *entry,
                        const char *end)
{
    const char *const texts[] = {entry->root, entry->target, entry->options,
                                 entry->type, entry->source, entry->fs_options};

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        require(texts[i] >= table->storage && texts[i] + strlen(texts[i]) <= end,
                "the text is the table's own");
    require(entry->id > 0, "a mount has an id");
    require(entry->target[0] == '/', "the target is absolute");
    require(*entry->root && *entry->options && *entry->type && *entry->fs_options,
            "only a source is empty");
    require(mount_table_by_id(table, entry->id) == entry, "it is found by its id");
}

static void check_walk(const struct mount_table *table, const struct mount_entry *entry)
{
    bool *marks = calloc(table->n_entries, sizeof *marks);
    const struct mount_entry *at;
    unsigned depth;

    require(marks != NULL, "memory");
    at = mount_table_at(table, entry->target, &depth);
    require(!at || (depth > 0 && strcmp(at->target, entry->target) == 0), "what is there is there");
    (void)mount_table_containing(table, entry->target);
    require(mount_table_mark_below(table, entry->id, marks) > 0 && marks[entry - table->entries],
            "a mount is below itself");
    require(*mount_entry_propagation(entry), "its propagation has a name");
    (void)mount_entry_read_only(entry);
    (void)mount_entry_reaches(entry, table);
    free(marks);
}

static size_t count(const uint8_t *bytes, size_t size, uint8_t byte)
{
    size_t n = 0;

    for (size_t i = 0; i < size; i++)
        n += bytes[i] == byte;
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    _cleanup_mount_table_ struct mount_table *table = NULL;
    char *text = malloc(size + 1);
    struct error err;
    int r;

    require(text != NULL, "memory");
    if (size > 0)
        memcpy(text, bytes, size);
    text[size] = '\0';
    r = mount_table_parse(text, size, &table, &err);
    if (r < 0) {
        require(r == -EPROTO || r == -EAGAIN, "the error is one of the two");
        require(!table && strstr(err.message, "mountinfo"), "the error says where");
        return 0;
    }
    require(r == 0 && table->n_entries == count(bytes, size, '\n'), "each line is a mount");
    require(size == 0 || (bytes[size - 1] == '\n' && count(bytes, size, 0) == 0),
            "nothing was cut");
    for (size_t i = 0; i < table->n_entries; i++)
        check_entry(table, &table->entries[i], text + size);
    for (size_t i = 0; i < table->n_entries && i < 64; i++)
        check_walk(table, &table->entries[i]);
    return 0;
}
