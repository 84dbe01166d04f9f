// Which of the attachments in a container is meant.
#ifndef DAVIT_TUI_DIALOGS_ATTACHED_MENU_H
#define DAVIT_TUI_DIALOGS_ATTACHED_MENU_H

#include "tui/dialogs/dialog.h"

// Both as the model has them now.
typedef int attached_chosen(struct dialog_host *host, const struct shown_container *container,
                            const struct shown_attachment *attachment, struct error *err);

// The only one is not asked about: `chosen` is called at once. `title`: "Detach from".
int attached_menu_open(struct dialog_host *host, const struct shown_container *container,
                       const char *title, attached_chosen *chosen, struct error *err);

// Whether it is in the container now. What was detached lazily lingers, and is no more.
bool attached_in(const struct shown_attachment *attachment,
                 const struct shown_container *container);
bool attached_read_only(const struct shown_attachment *attachment);

#endif
