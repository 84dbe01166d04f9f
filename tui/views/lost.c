#include "tui/views/lost.h"

#include <stdlib.h>
#include <string.h>

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

// The journal says why it is gone: what was detached on purpose is not lost.
static bool was_detached(const struct log *log, const char *id)
{
    for (size_t i = log->n; i-- > 0;) {
        const struct log_entry *entry = log->entries[i];

        if (entry->kind == LOG_GONE && same(entry->operation_id, id))
            return same(entry->result, "detached");
    }
    return false;
}

bool lost_attachment(const struct model *model, const struct shown_attachment *attachment)
{
    if (!same(attachment->state, "gone"))
        return false;
    return !was_detached(model->log, attachment->id);
}

bool lost_made_in(const struct shown_attachment *attachment,
                  const struct shown_container *container)
{
    if (!same(attachment->runtime, container->runtime))
        return false;
    // In a pod many containers have the same name.
    return same(attachment->container_id, container->id) ||
           (!container->pod && same(attachment->container, container->name));
}
