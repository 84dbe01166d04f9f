#include "core/engine/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/helper.h"
#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/engine/engine_internal.h"
#include "core/engine/listing_child.h"
#include "core/host/process.h"

void listing_free(struct listing *listing)
{
    for (size_t i = 0; i < listing->n_entries; i++) {
        free(listing->entries[i].name);
        free(listing->entries[i].link);
    }
    free(listing->entries);
    free(listing);
}

// ---- what the child sends ----

static int add(struct listing *listing, size_t *room, const struct listing_record *record,
               const char *name, const char *link)
{
    struct listing_entry *entry;

    if (listing->n_entries == LISTING_LIMIT) {
        listing->truncated = true;
        return 0;
    }
    if (listing->n_entries == *room) {
        size_t more = *room ? 2 * *room : 64;
        struct listing_entry *grown = reallocarray(listing->entries, more, sizeof *grown);

        if (!grown)
            return -ENOMEM;
        listing->entries = grown;
        *room = more;
    }
    entry = &listing->entries[listing->n_entries];
    *entry = (struct listing_entry){
        .name = strndup(name, record->name_length),
        .type = record->type,
        .size = record->size,
        .mode = record->mode,
        .uid = record->uid,
        .gid = record->gid,
        .mtime = record->mtime,
        .link = record->link_length ? strndup(link, record->link_length) : NULL,
    };
    listing->n_entries++;
    return !entry->name || (record->link_length && !entry->link) ? -ENOMEM : 0;
}

static int take_records(struct listing *listing, size_t *room, const struct resolver_answer *answer)
{
    for (size_t at = 0; at < answer->length;) {
        struct listing_record record;
        const char *name;
        int r;

        if (answer->length - at < sizeof record)
            return -EPROTO;
        memcpy(&record, answer->data + at, sizeof record);
        at += sizeof record;
        if (answer->length - at < (size_t)record.name_length + record.link_length)
            return -EPROTO;
        name = answer->data + at;
        at += (size_t)record.name_length + record.link_length;
        r = add(listing, room, &record, name, name + record.name_length);
        if (r < 0)
            return r;
    }
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct listing_entry *)a)->name, ((const struct listing_entry *)b)->name);
}

// ---- the asker ----

static int cannot(const char *path, int r, struct error *err)
{
    if (r == -EREMOTE) {
        error_set(err, ERROR_UNSAFE, EREMOTE,
                  "%s is on an automount point: looking there would mount something", path);
        error_hint(err, "enter it yourself first, then list what was mounted");
    } else {
        (void)error_errno(err, -r, "cannot list %s", path);
        if (r == -ENOSYS)
            error_hint(err, "this kernel has no openat2 (it came with Linux 5.6)");
    }
    error_path(err, path);
    return r;
}

static int read_all(struct listing_question *question, uint64_t timeout_ms, struct listing *listing,
                    struct resolver_answer *answer, struct error *err)
{
    unsigned long long deadline = monotonic_us() + timeout_ms * 1000;
    _cleanup_close_ int directory = -1;
    size_t room = 0;
    int more = 1;

    while (more > 0 && !listing->truncated) {
        unsigned long long now = monotonic_us();
        uint64_t left = now < deadline ? (deadline - now) / 1000 : 0;
        int keep[] = {question->root, directory};
        int r;

        question->directory = directory;
        r = resolver_ask(question->path, listing_child, question, keep, directory >= 0 ? 2 : 1,
                         left, answer, err);
        if (r < 0) {
            error_path(err, question->path);
            return r;
        }
        if (answer->fds[0] >= 0) {
            cleanup_close(&directory);
            directory = answer->fds[0];
        }
        more = answer->result;
        if (more < 0)
            return cannot(question->path, more, err);
        r = take_records(listing, &room, answer);
        if (r < 0)
            return r == -ENOMEM ? ERROR_OOM(err) : cannot(question->path, r, err);
    }
    return 0;
}

int listing_read(int root, const char *path, uint64_t timeout_ms, struct listing **ret,
                 struct error *err)
{
    CLEANUP(listing_freep) struct listing *listing = calloc(1, sizeof *listing);
    _cleanup_free_ struct resolver_answer *answer = malloc(sizeof *answer);
    struct listing_question question = {.root = root, .path = path, .directory = -1};
    int r;

    if (!listing || !answer)
        return ERROR_OOM(err);
    r = read_all(&question, timeout_ms ? timeout_ms : RESOLVER_DEFAULT_MS, listing, answer, err);
    if (r < 0)
        return r;
    if (listing->n_entries > 0)
        qsort(listing->entries, listing->n_entries, sizeof *listing->entries, by_name);
    *ret = TAKE_POINTER(listing);
    return 0;
}

// ---- the place ----

static bool is_host_path(const char *place)
{
    return place[0] == '/' || strncmp(place, "./", 2) == 0 || strncmp(place, "../", 3) == 0 ||
           strcmp(place, ".") == 0 || strcmp(place, "..") == 0;
}

int listing_place(const char *place, bool *ret_container, struct error *err)
{
    if (is_host_path(place) || strstr(place, ":/")) {
        *ret_container = !is_host_path(place);
        return 0;
    }
    error_set(err, ERROR_USAGE, EINVAL, "%s is neither a host path nor CONTAINER:PATH", place);
    if (*place)
        error_hint_words(err, "./%s is the directory here, %s:/ the root of a container", place,
                         place);
    return -EINVAL;
}

static int list_container(struct engine *engine, const struct target_request *place,
                          uint64_t timeout_ms, struct listing **ret, struct error *err)
{
    _cleanup_container_ struct container *container = NULL;
    _cleanup_process_ struct process process = PROCESS_INIT;
    _cleanup_close_ int root = -1;
    int r = engine_find_target(engine, place, &container, err);

    if (r == 0 && container->pid <= 0)
        r = error_set(err, ERROR_GONE, ESRCH, "container %s has no process on this host",
                      container->name);
    if (r == 0)
        r = process_open(container->pid, &process, err);
    if (r == 0 && process.start_time != container->start_time)
        r = error_set(err, ERROR_GONE, ESRCH, "container %s has just stopped", container->name);
    if (r < 0)
        return r;
    root = process_root_open(&process, err);
    if (root < 0)
        return root;
    r = listing_read(root, place->path, timeout_ms, ret, err);
    if (r < 0)
        error_prefix(err, "container %s", container->name);
    return r;
}

static int list_host(const char *place, uint64_t timeout_ms, struct listing **ret,
                     struct error *err)
{
    _cleanup_free_ char *here = place[0] == '/' ? NULL : getcwd(NULL, 0), *path = NULL;
    _cleanup_close_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (root < 0 || (place[0] != '/' && !here))
        return error_errno(err, errno, "cannot find %s", place);
    path = here ? text_format("%s/%s", here, place) : strdup(place);
    return path ? listing_read(root, path, timeout_ms, ret, err) : ERROR_OOM(err);
}

int engine_list_at(struct engine *engine, const struct target_request *place, uint64_t timeout_ms,
                   struct listing **ret, struct error *err)
{
    return place->container ? list_container(engine, place, timeout_ms, ret, err)
                            : list_host(place->path, timeout_ms, ret, err);
}

int engine_list(struct engine *engine, const char *place, uint64_t timeout_ms, struct listing **ret,
                struct error *err)
{
    _cleanup_free_ char *selector = NULL, *path = NULL;
    bool in_container;
    int r = listing_place(place, &in_container, err);

    if (r == 0 && in_container)
        r = target_parse(place, &selector, &path, err);
    if (r < 0)
        return r;
    return engine_list_at(
        engine,
        &(struct target_request){.container = selector, .path = in_container ? path : place},
        timeout_ms, ret, err);
}
