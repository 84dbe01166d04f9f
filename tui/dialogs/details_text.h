// What the details page says. Each returns 0, or -1 when out of memory.
#ifndef DAVIT_TUI_DIALOGS_DETAILS_TEXT_H
#define DAVIT_TUI_DIALOGS_DETAILS_TEXT_H

#include <jansson.h>

#include "tui/dialogs/text_page.h"

int details_container(struct text_page *page, const struct shown_container *container);
// What `inspect` answers: namespaces, user mapping, labels, declared mounts.
int details_inspected(struct text_page *page, const json_t *result);
int details_filesystem(struct text_page *page, const struct shown_filesystem *filesystem);
// container may be NULL.
int details_mount(struct text_page *page, const struct shown_mount *mount,
                  const struct shown_container *container, const struct model *model);
int details_attachment(struct text_page *page, const struct shown_attachment *attachment);
int details_entry(struct text_page *page, const struct log_entry *entry);

#endif
