// The page of an attach, a share or a replace for what is selected; when that is of no container,
// or of one that has several attachments, it is asked for first.
#include <stdlib.h>

#include "tui/dialogs/attach_page.h"
#include "tui/dialogs/attached_menu.h"
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

    if (attach_page_show(host, CHANGE_ATTACH, &subject, &err) < 0)
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
        return attach_page_show(host, CHANGE_ATTACH, subject, err);
    waiting = calloc(1, sizeof *waiting);
    if (!waiting)
        return ERROR_OOM(err);
    waiting->set = filesystem_set_ref(host->model->filesystems);
    waiting->filesystem = subject->kind == SUBJECT_FILESYSTEM ? subject->filesystem : NULL;
    return container_menu_open(host, "Attach to which container?",
                               &(struct container_menu_ops){chosen, waiting_free}, waiting, err);
}

// ---- share ----

int share_page_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    if (!subject->container)
        return error_set(err, ERROR_GONE, 0, "the container is gone");
    return attach_page_show(host, CHANGE_SHARE, subject, err);
}

// ---- replace ----

static int replace(struct dialog_host *host, const struct shown_container *container,
                   const struct shown_attachment *attachment, struct error *err)
{
    const struct subject subject = {
        .kind = SUBJECT_ATTACHMENT, .container = container, .attachment = attachment};

    return attach_page_show(host, CHANGE_REPLACE, &subject, err);
}

int replace_page_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    const struct shown_container *c = subject->container;
    const struct shown_attachment *attachment;

    if (!c)
        return error_set(err, ERROR_GONE, 0, "the container is gone");
    if (subject->kind != SUBJECT_MOUNT)
        return attached_menu_open(host, c, "Replace in", replace, err);
    attachment = subject->mount->attachment
                     ? model_attachment(host->model, subject->mount->attachment)
                     : NULL;
    return attachment ? replace(host, c, attachment, err)
                      : error_set(err, ERROR_NOT_ATTACHED, 0, "%s was not attached by davit",
                                  subject->mount->target.text);
}
