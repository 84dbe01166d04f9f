// Which container is meant, when nothing says so.
#ifndef DAVIT_TUI_DIALOGS_CONTAINER_MENU_H
#define DAVIT_TUI_DIALOGS_CONTAINER_MENU_H

#include "tui/dialogs/dialog.h"

struct container_menu_ops {
    // The menu is closed already; the container is as the model has it now.
    void (*chosen)(struct dialog_host *host, const struct shown_container *container,
                   void *context);
    void (*free)(void *context);
};

// Takes the context over, in case of failure too; copies the ops.
int container_menu_open(struct dialog_host *host, const char *title,
                        const struct container_menu_ops *ops, void *context, struct error *err);

#endif
