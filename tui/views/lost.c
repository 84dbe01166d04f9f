#include "tui/views/lost.h"
#include "core/base/text.h"

bool lost_attachment(const struct shown_attachment *attachment)
{
    return text_same(attachment->state, "gone");
}

bool lost_made_in(const struct shown_attachment *attachment,
                  const struct shown_container *container)
{
    if (!text_same(attachment->runtime, container->runtime))
        return false;
    // In different pods many containers have the same name.
    return text_same(attachment->container_id, container->id) ||
           ((!container->pod || text_same(attachment->pod, container->pod)) &&
            text_same(attachment->container, container->name));
}

const struct shown_container *lost_container(const struct shown_attachment *attachment,
                                             const struct model *model)
{
    const struct shown_container *found = NULL;

    for (size_t i = 0; i < model->containers->n; i++) {
        if (!lost_made_in(attachment, model->containers->items[i]))
            continue;
        if (found)
            return NULL;
        found = model->containers->items[i];
    }
    return found;
}
