#include "core/engine/eject_order.h"

#include <stdlib.h>
#include <string.h>

static size_t depth_of(const struct held_mounts *mounts, const struct held_mount *mount)
{
    size_t depth = 0;

    for (size_t i = 0; i < mounts->n_items && depth < mounts->n_items; i++)
        if (mounts->items[i].ns == mount->ns && mounts->items[i].id == mount->parent_id &&
            mount->parent_id != mount->id) {
            mount = &mounts->items[i];
            depth++;
            i = (size_t)-1; // from the first again
        }
    return depth;
}

// The host's last; in a namespace what is mounted on another goes before it.
static int by_order(const void *a, const void *b)
{
    const struct going *x = a, *y = b;
    size_t m = strlen(x->mount->target), n = strlen(y->mount->target);

    if (x->ns->own != y->ns->own)
        return x->ns->own ? 1 : -1;
    if (x->ns != y->ns)
        return x->ns < y->ns ? -1 : 1;
    if (m != n)
        return m > n ? -1 : 1;
    return (x->depth < y->depth) - (x->depth > y->depth);
}

static const struct attachment *find_attachment(const struct journal_view *view,
                                                const struct going *going)
{
    for (size_t i = view->n_attachments; i-- > 0;) {
        const struct attachment *other = view->attachments[i];

        if (other->state == ATTACHMENT_LIVE && other->identity.mnt_ns == going->ns->inode &&
            other->identity.old_id == going->mount->id &&
            other->identity.device == going->mount->device)
            return other;
    }
    return NULL;
}

// What a container's own mounts say of where each comes from. `going` and those after it are of
// one namespace.
static void find_origins(struct engine *engine, const struct who_report *who, struct going *going,
                         size_t n)
{
    const struct container *container = who_container_of(who->snapshot, going->ns->inode);
    CLEANUP(container_mounts_freep) struct container_mounts *mounts = NULL;
    struct error ignored;

    for (size_t i = 0; i < n; i++)
        going[i].origin = mount_origin_name(going[i].attached ? ORIGIN_ATTACHED : ORIGIN_OTHER);
    if (!container || container->mnt_ns != going->ns->inode ||
        engine_mounts(engine, container->id, NULL, 0, &mounts, &ignored) < 0)
        return;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < mounts->n_mounts && !going[i].attached; k++)
            if (mounts->mounts[k].entry->id == going[i].mount->id)
                going[i].origin = mount_origin_name(mounts->mounts[k].origin);
}

int eject_order(struct engine *engine, const struct who_report *who,
                const struct journal_view *view, struct going **ret, size_t *ret_n,
                struct error *err)
{
    const struct held_mounts *mounts = who->mounts;
    struct going *going = calloc(mounts->n_items + 1, sizeof *going);

    if (!going)
        return ERROR_OOM(err);
    for (size_t i = 0; i < mounts->n_items; i++) {
        going[i].mount = &mounts->items[i];
        going[i].ns = &mounts->namespaces->items[mounts->items[i].ns];
        going[i].depth = depth_of(mounts, &mounts->items[i]);
        going[i].attached = find_attachment(view, &going[i]);
    }
    if (mounts->n_items > 0)
        qsort(going, mounts->n_items, sizeof *going, by_order);
    for (size_t i = 0, n; i < mounts->n_items; i += n) {
        for (n = 1; i + n < mounts->n_items && going[i + n].ns == going[i].ns;)
            n++;
        find_origins(engine, who, &going[i], n);
    }
    *ret = going;
    *ret_n = mounts->n_items;
    return 0;
}
