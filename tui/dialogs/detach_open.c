// What is selected, to be detached.
#include <string.h>

#include "tui/dialogs/attached_menu.h"
#include "tui/dialogs/detach_page.h"

static int not_ours(const struct shown_mount *mount, struct error *err)
{
    const char *origin = mount->origin ? mount->origin : "other";
    const char *target = mount->target.text ? mount->target.text : "this";

    if (strcmp(origin, "declared") == 0)
        return error_set(err, ERROR_NOT_ATTACHED, 0,
                         "%s was not attached by davit: it was declared when the container was "
                         "made, and goes with it",
                         target);
    if (strcmp(origin, "image") == 0)
        return error_set(err, ERROR_NOT_ATTACHED, 0,
                         "%s was not attached by davit: it is the container's own root", target);
    if (strcmp(origin, "system") == 0)
        return error_set(err, ERROR_NOT_ATTACHED, 0,
                         "%s was not attached by davit: the runtime makes it for every container",
                         target);
    return error_set(err, ERROR_NOT_ATTACHED, 0,
                     "%s was not attached by davit: something else mounted it", target);
}

static int chosen(struct dialog_host *host, const struct shown_container *container,
                  const struct shown_attachment *a, struct error *err)
{
    return detach_page_for(host, container, a->id, &a->target, attached_read_only(a), err);
}

int detach_page_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    const struct shown_container *container = subject->container;
    const struct shown_mount *mount = subject->mount;

    switch (subject->kind) {
    case SUBJECT_CONTAINER:
        if (subject->n_marked > 1)
            return detach_marked_open(host, subject, err);
        if (subject->n_marked == 1)
            container = model_container(host->model, subject->marked[0]);
        if (container)
            return attached_menu_open(host, container, "Detach from", chosen, err);
        break;
    case SUBJECT_MOUNT:
        if (!mount || !subject->container)
            break;
        if (!mount->attachment)
            return not_ours(mount, err);
        return detach_page_for(host, subject->container, mount->attachment, &mount->target,
                               mount->read_only, err);
    case SUBJECT_ATTACHMENT:
        return error_set(err, ERROR_GONE, 0, "it is lost already: there is nothing to detach");
    case SUBJECT_FILESYSTEM:
        if (subject->share)
            return detach_page_for_share(host, subject->share, err);
        return error_set(err, ERROR_USAGE, 0,
                         "davit shares nothing there: it detaches only its own (eject does more)");
    case SUBJECT_LOG:
    case SUBJECT_NONE:
        return error_set(
            err, ERROR_USAGE, 0,
            "choose a mount of a container, or the container: then it can be detached");
    }
    return error_set(err, ERROR_GONE, 0, "the container is gone");
}
