#include "core/host/mountcache.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/host/mountcalls.h"

// What statmount(2) said of one row of the table.
struct seen {
    uint64_t unique; // 0: nothing yet
    struct call_statmount *said;
};

struct mount_cache {
    int file; // an open mountinfo: whether the table has changed since it was opened
    struct mount_table *table;
    struct seen *rows; // of table->entries
};

static struct call_statmount *ask(uint64_t unique)
{
    _Alignas(struct call_statmount) char bytes[CALL_STATMOUNT_SIZE];
    struct call_statmount *said = (void *)bytes, *copy;

    // The rest of the buffer is the kernel's business.
    memset(bytes, 0, sizeof *said);
    if (call_statmount(unique, said, sizeof bytes) < 0 || said->size < sizeof *said ||
        said->size > sizeof bytes || (said->mask & CALL_STATMOUNT_ASKED) != CALL_STATMOUNT_ASKED)
        return NULL;
    copy = malloc(said->size);
    if (copy)
        memcpy(copy, said, said->size);
    return copy;
}

static bool is_same(const struct seen *seen)
{
    _cleanup_free_ struct call_statmount *now = ask(seen->unique);

    return now && now->size == seen->said->size && memcmp(now, seen->said, now->size) == 0;
}

static bool has_changed(const struct mount_cache *cache)
{
    struct pollfd one = {.fd = cache->file, .events = POLLPRI};

    return poll(&one, 1, 0) < 0 || one.revents & (POLLPRI | POLLERR | POLLNVAL);
}

static bool look_at_all(struct mount_cache *cache)
{
    uint64_t ids[MOUNT_CACHE_ROWS_MAX + 1];
    int n = call_listmount(ids, MOUNT_CACHE_ROWS_MAX + 1);

    if (n < 0 || (size_t)n < cache->table->n_entries || n > MOUNT_CACHE_ROWS_MAX)
        return false;
    cache->rows = calloc(cache->table->n_entries + 1, sizeof *cache->rows);
    for (int i = 0; cache->rows && i < n; i++) {
        struct call_statmount *said = ask(ids[i]);
        const struct mount_entry *entry =
            said ? mount_table_by_id(cache->table, said->mount_id_old) : NULL;

        if (entry)
            cache->rows[entry - cache->table->entries] = (struct seen){ids[i], said};
        else
            free(said); // outside of this process's root
    }
    for (size_t i = 0; cache->rows && i < cache->table->n_entries; i++)
        if (!cache->rows[i].said)
            return false;
    return cache->rows && !has_changed(cache);
}

struct mount_cache *mount_cache_new(void)
{
    _cleanup_mount_cache_ struct mount_cache *cache = calloc(1, sizeof *cache);
    struct error ignored;

    if (!cache)
        return NULL;
    cache->file = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (cache->file < 0 || mount_table_read(AT_FDCWD, &cache->table, &ignored) < 0 ||
        !look_at_all(cache))
        return NULL;
    return TAKE_POINTER(cache);
}

void mount_cache_free(struct mount_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; cache->rows && i < cache->table->n_entries; i++)
        free(cache->rows[i].said);
    free(cache->rows);
    mount_table_free(cache->table);
    cleanup_close(&cache->file);
    free(cache);
}

static bool is_current(const struct mount_cache *cache, uint64_t mount_id)
{
    const struct mount_table *table = cache->table;
    _cleanup_free_ bool *marks = calloc(table->n_entries + 1, sizeof *marks);

    if (!marks || has_changed(cache) || mount_table_mark_below(table, mount_id, marks) == 0)
        return false;
    for (size_t i = 0; i < table->n_entries; i++)
        if (marks[i] && !is_same(&cache->rows[i]))
            return false;
    return true;
}

struct mount_table *mount_cache_take(struct mount_cache *cache, uint64_t mount_id)
{
    struct mount_table *table = cache->table;

    if (!table || !is_current(cache, mount_id))
        return NULL;
    for (size_t i = 0; i < table->n_entries; i++)
        free(cache->rows[i].said);
    free(TAKE_POINTER(cache->rows));
    return TAKE_POINTER(cache->table);
}

int mount_cache_descriptor(const struct mount_cache *cache)
{
    return cache->file;
}
