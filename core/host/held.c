#include "core/host/held.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/lookup.h"
#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/host/held_apart.h"
#include "core/host/mounted.h"

// What is to be known of a mount when a file on it is met.
struct known_mount {
    uint64_t id;
    enum { KNOWN_OTHER, KNOWN_HELD, KNOWN_AROUND, KNOWN_NODES } what;
    char *prefix; // KNOWN_AROUND: where the part is that is asked about
};

// ---- the mounts of all namespaces ----

struct search {
    struct held_subject *subject;
    struct held_mounts *mounts;
    size_t room_items, room_known;
    dev_t other_btrfs; // is on none of the devices, as was seen last
};

void held_mounts_free(struct held_mounts *mounts)
{
    if (!mounts)
        return;
    for (size_t i = 0; i < mounts->n_items; i++) {
        struct held_mount *mount = &mounts->items[i];

        free(mount->root);
        free(mount->target);
        free(mount->type);
        free(mount->source);
        free(mount->options);
    }
    for (size_t i = 0; i < mounts->n_known; i++)
        free(mounts->known[i].prefix);
    free(mounts->known);
    free(mounts->items);
    namespace_list_free(mounts->namespaces);
    free(mounts);
}

static int add_item(struct search *search, size_t ns, const struct mount_entry *entry,
                    struct error *err)
{
    struct held_mounts *mounts = search->mounts;
    struct held_mount *mount;

    if (mounts->n_items == search->room_items) {
        size_t room = search->room_items ? 2 * search->room_items : 64;
        struct held_mount *grown = reallocarray(mounts->items, room, sizeof *grown);

        if (!grown)
            return ERROR_OOM(err);
        mounts->items = grown;
        search->room_items = room;
    }
    mount = &mounts->items[mounts->n_items++];
    *mount = (struct held_mount){
        .ns = ns,
        .id = entry->id,
        .parent_id = entry->parent_id,
        .device = entry->device,
        .peer_group = entry->peer_group,
        .root = strdup(entry->root),
        .target = strdup(entry->target),
        .type = strdup(entry->type),
        .source = strdup(entry->source),
        .options = strdup(entry->options),
        .read_only = mount_entry_read_only(entry),
    };
    return mount->root && mount->target && mount->type && mount->source && mount->options
               ? 0
               : ERROR_OOM(err);
}

static int add_known(struct search *search, const struct known_mount *known, struct error *err)
{
    struct held_mounts *mounts = search->mounts;

    if (mounts->n_known == search->room_known) {
        size_t room = search->room_known ? 2 * search->room_known : 1024;
        struct known_mount *grown = reallocarray(mounts->known, room, sizeof *grown);

        if (!grown) {
            free(known->prefix);
            return ERROR_OOM(err);
        }
        mounts->known = grown;
        search->room_known = room;
    }
    mounts->known[mounts->n_known++] = *known;
    return 0;
}

// A btrfs has numbers of its own, and any of its devices may be asked about.
static int take_btrfs(struct search *search, const struct mount_entry *entry, struct error *err)
{
    struct held_subject *subject = search->subject;

    if (strcmp(entry->type, "btrfs") != 0 || entry->device == search->other_btrfs ||
        held_subject_has_whole(subject, entry->device))
        return 0;
    for (size_t i = 0; i < subject->n_devices; i++)
        if (mounted_on(entry, subject->devices[i])) {
            int r = held_subject_add_place(subject, entry->device, "/", err);

            return r < 0 ? r : 0;
        }
    search->other_btrfs = entry->device;
    return 0;
}

static char *join(const char *directory, const char *rest)
{
    return text_format("%s%s", strcmp(directory, "/") ? directory : "", rest);
}

// "/srv/data" of a mount with the root "/srv" that is at "/mnt": "/mnt/data".
static char *where_in(const struct mount_entry *entry, const char *root)
{
    return join(entry->target, root + (strcmp(entry->root, "/") ? strlen(entry->root) : 0));
}

static bool has_nodes(const struct mount_entry *entry)
{
    return strcmp(entry->type, "devtmpfs") == 0 || strcmp(entry->type, "tmpfs") == 0;
}

static int look_at_mount(struct search *search, size_t ns, const struct mount_entry *entry,
                         struct error *err)
{
    const struct held_subject *subject = search->subject;
    struct known_mount known = {.id = entry->id};
    int r = take_btrfs(search, entry, err);

    if (subject->n_devices > 0 && has_nodes(entry))
        known.what = KNOWN_NODES;
    for (size_t i = 0; r == 0 && known.what != KNOWN_HELD && i < subject->n_places; i++) {
        const struct held_place *place = &subject->places[i];

        if (place->device != entry->device)
            continue;
        if (path_is_below(entry->root, place->root)) {
            known.what = KNOWN_HELD;
            r = add_item(search, ns, entry, err);
        } else if (!known.prefix && path_is_below(place->root, entry->root)) {
            known.what = KNOWN_AROUND;
            known.prefix = where_in(entry, place->root);
            r = known.prefix ? 0 : ERROR_OOM(err);
        }
    }
    if (r < 0) {
        free(known.prefix);
        return r;
    }
    return add_known(search, &known, err);
}

// ---- namespaces that files keep ----

static int reopen(const void *context, struct resolver_answer *answer)
{
    char path[64];
    int fd;

    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", *(const int *)context);
    fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    answer->fds[0] = fd;
    return fd < 0 ? -errno : 0;
}

// A row of type nsfs, root "mnt:[4026532466]": a namespace that is bound to a file. The kernel's
// own list has it as well, where there is one.
static int look_at_file(struct search *search, size_t ns, const struct mount_entry *entry,
                        struct error *err)
{
    struct namespace_list *list = search->mounts->namespaces;
    _cleanup_free_ struct resolver_answer *answer = NULL;
    _cleanup_free_ char *clean = NULL;
    _cleanup_close_ int root = -1, file = -1;
    struct error ignored;
    int r;

    if (strcmp(entry->type, "nsfs") != 0 || strncmp(entry->root, "mnt:[", 5) != 0 ||
        namespaces_have(list, strtoull(entry->root + 5, NULL, 10)))
        return 0;
    answer = malloc(sizeof *answer);
    clean = text_clean_dup(entry->target, strlen(entry->target));
    if (!answer || !clean)
        return ERROR_OOM(err);
    if (namespace_root_open(&list->items[ns], &root, &ignored) < 0 ||
        lookup_open(root, entry->target, O_PATH | O_NOFOLLOW, 0, RESOLVER_DEFAULT_MS, &file,
                    &ignored) < 0 ||
        resolver_ask("a namespace's file", reopen, &file, &file, 1, RESOLVER_DEFAULT_MS, answer,
                     &ignored) < 0 ||
        answer->result < 0) {
        search->mounts->complete = false;
        return 0;
    }
    r = namespaces_add(list, TAKE_FD(answer->fds[0]), clean, err);
    return r < 0 ? r : 0;
}

static int look_at_namespace(struct search *search, size_t ns, struct error *err)
{
    _cleanup_mount_table_ struct mount_table *table = NULL;
    struct mount_namespace *at = &search->mounts->namespaces->items[ns];
    struct error failure;
    int r = namespace_mounts(at, &table, &failure);

    if (r < 0 && failure.code == ERROR_GONE && namespace_find_process(at))
        r = namespace_mounts(at, &table, &failure);
    if (r < 0) {
        search->mounts->complete &= failure.code == ERROR_GONE; // with its last process
        return 0;
    }
    for (size_t i = 0; r == 0 && i < table->n_entries; i++)
        r = look_at_mount(search, ns, &table->entries[i], err);
    for (size_t i = 0; r == 0 && i < table->n_entries; i++)
        r = look_at_file(search, ns, &table->entries[i], err);
    return r;
}

static int by_id(const void *a, const void *b)
{
    const struct known_mount *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

int held_find(struct held_subject *subject, unsigned flags, struct held_mounts **ret,
              struct error *err)
{
    _cleanup_held_mounts_ struct held_mounts *mounts = calloc(1, sizeof *mounts);
    struct search search = {.subject = subject, .mounts = mounts};
    int r = mounts ? namespaces_find(flags, &mounts->namespaces, err) : ERROR_OOM(err);

    if (r == 0)
        r = held_apart_find(subject, err);
    if (r < 0)
        return r;
    mounts->complete = true;
    for (size_t i = 0; r == 0 && i < mounts->namespaces->n_items; i++) // it grows meanwhile
        r = look_at_namespace(&search, i, err);
    if (r < 0)
        return r;
    mounts->complete &= mounts->namespaces->complete;
    if (mounts->n_known > 0)
        qsort(mounts->known, mounts->n_known, sizeof *mounts->known, by_id);
    *ret = TAKE_POINTER(mounts);
    return 0;
}

// ---- files ----

static const struct known_mount *find_known(const struct held_mounts *mounts, uint64_t id)
{
    struct known_mount key = {.id = id};

    return mounts->n_known == 0 ? NULL
                                : bsearch(&key, mounts->known, mounts->n_known, sizeof key, by_id);
}

enum held_verdict held_by_mount(const struct held_mounts *mounts, uint64_t id)
{
    const struct known_mount *known = find_known(mounts, id);

    if (!known)
        return HELD_LOOK; // detached, or of the kernel's own
    switch (known->what) {
    case KNOWN_OTHER:
        return HELD_NO;
    case KNOWN_HELD:
        return HELD_YES;
    case KNOWN_AROUND:
    case KNOWN_NODES:
        return HELD_LOOK;
    }
    return HELD_LOOK;
}

bool held_has_mount(const struct held_mounts *mounts, uint64_t id)
{
    return find_known(mounts, id) != NULL;
}

bool held_object(const struct held_subject *subject, const struct held_mounts *mounts,
                 const struct call_object *object, const char *path)
{
    const struct known_mount *known = find_known(mounts, object->mount);

    if (object->node && held_subject_has_device(subject, object->node))
        return true;
    // Of a mount that no namespace has any more only the filesystem is known.
    if (!known)
        return held_subject_has_whole(subject, object->device);
    return known->what == KNOWN_HELD ||
           (known->what == KNOWN_AROUND && path && path_is_below(path, known->prefix));
}
