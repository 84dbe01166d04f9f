#include <string.h>

#include "tui/dialogs/details_text.h"
#include "tui/dialogs/dialog.h"
#include "tui/dialogs/text_page.h"

static void inspected(const json_t *result, const struct error *why, void *context)
{
    struct text_page *page = context;
    struct dialog_host *host = page->dialog.host;

    page->request = 0;
    host->dirty(host);
    if (why) {
        (void)text_page_add(page, ROLE_DIALOG, "");
        (void)text_page_format(page, NULL, "No more is known: %s", why->message);
        if (why->hint[0])
            (void)text_page_add(page, ROLE_TEXT_DIM, why->hint);
    } else if (details_inspected(page, result) < 0) {
        (void)text_page_add(page, ROLE_STATUS_ERROR, "out of memory");
    }
}

static int ask_inspect(struct text_page *page, const struct shown_container *container,
                       struct error *err)
{
    struct client *client = page->dialog.host->client;

    return client_call(client, PROTOCOL_INSPECT, json_pack("{s:s}", "container", container->key),
                       inspected, page, &page->request, err);
}

static const char *title_of(const struct subject *subject)
{
    switch (subject->kind) {
    case SUBJECT_CONTAINER:
        return subject->container ? subject->container->label : NULL;
    case SUBJECT_FILESYSTEM:
        return subject->filesystem ? subject->filesystem->mount_point.text : NULL;
    case SUBJECT_MOUNT:
        return subject->mount ? subject->mount->target.text : NULL;
    case SUBJECT_ATTACHMENT:
        return subject->attachment ? subject->attachment->target.text : NULL;
    case SUBJECT_LOG:
        return subject->entry ? subject->entry->text : NULL;
    case SUBJECT_NONE:
        break;
    }
    return NULL;
}

static int fill(struct text_page *page, const struct subject *subject)
{
    switch (subject->kind) {
    case SUBJECT_CONTAINER:
        return details_container(page, subject->container);
    case SUBJECT_FILESYSTEM:
        return details_filesystem(page, subject->filesystem);
    case SUBJECT_MOUNT:
        return details_mount(page, subject->mount, subject->container, page->dialog.host->model);
    case SUBJECT_ATTACHMENT:
        return details_attachment(page, subject->attachment);
    case SUBJECT_LOG:
        return details_entry(page, subject->entry);
    case SUBJECT_NONE:
        break;
    }
    return 0;
}

int details_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    const char *title = title_of(subject);
    struct text_page *page;

    if (!title)
        return error_set(err, ERROR_GONE, 0, "it is not there any more");
    page = text_page_new(host, title);
    if (!page || fill(page, subject) < 0) {
        if (page)
            text_page_free(page);
        return ERROR_OOM(err);
    }
    // A page without the engine's part is better than none.
    if (subject->kind == SUBJECT_CONTAINER && ask_inspect(page, subject->container, err) < 0)
        (void)text_page_field(page, "More", err->message);
    text_page_show(page);
    return 0;
}
