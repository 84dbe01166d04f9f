#include "tui/views/lost.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

bool lost_attachment(const struct shown_attachment *attachment)
{
    return same(attachment->state, "gone");
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
