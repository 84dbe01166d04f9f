// The attach page for what is selected; when that is of no container, it is asked for first.
#include <stdlib.h>

#include "tui/dialogs/attach_page.h"
#include "tui/dialogs/container_menu.h"

// The filesystem that was selected, kept alive.
struct waiting {
    struct filesystem_set *set;
    const struct shown_filesystem *filesystem;
};

static void chosen(struct dialog_host *host, const struct shown_container *container, void *context)
{
    const struct waiting *waiting = context;
    struct subject subject = {
        .kind = waiting->filesystem ? SUBJECT_FILESYSTEM : SUBJECT_CONTAINER,
        .container = container,
        .filesystem = waiting->filesystem,
    };
    struct error err;

    if (attach_page_show(host, &subject, &err) < 0)
        host->say(host, LOG_WARNING, err.message);
}

static void waiting_free(void *context)
{
    struct waiting *waiting = context;

    filesystem_set_unref(waiting->set);
    free(waiting);
}

int attach_page_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    struct waiting *waiting;

    if (subject->container || subject->n_marked > 0)
        return attach_page_show(host, subject, err);
    waiting = calloc(1, sizeof *waiting);
    if (!waiting)
        return ERROR_OOM(err);
    waiting->set = filesystem_set_ref(host->model->filesystems);
    waiting->filesystem = subject->kind == SUBJECT_FILESYSTEM ? subject->filesystem : NULL;
    return container_menu_open(host, "Attach to which container?",
                               &(struct container_menu_ops){chosen, waiting_free}, waiting, err);
}
