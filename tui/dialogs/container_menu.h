// Which container is meant, when nothing says so: then the attach page.
#ifndef DAVIT_TUI_DIALOGS_CONTAINER_MENU_H
#define DAVIT_TUI_DIALOGS_CONTAINER_MENU_H

#include "tui/dialogs/dialog.h"

int container_menu_open(struct dialog_host *host, const struct subject *subject, struct error *err);

#endif
