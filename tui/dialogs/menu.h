// A menu: rows with a key, a label and a note, of which one is chosen. For the dialogs' own files.
#ifndef DAVIT_TUI_DIALOGS_MENU_H
#define DAVIT_TUI_DIALOGS_MENU_H

#include "tui/dialogs/dialog.h"

struct menu_item {
    char *key; // shown at the left, or NULL
    char *label;
    char *note;      // beside it: what it does, or why it cannot be done; or NULL
    bool impossible; // is shown, but cannot be chosen
};

struct menu_ops {
    // The menu is closed already.
    void (*chosen)(struct dialog_host *host, size_t index, void *context);
    // Which row a key that is no action of menus means; -1: none. May be NULL.
    long (*find)(struct dialog_host *host, struct key key, void *context);
    void (*free)(void *context); // may be NULL
    // Another row is chosen, and: the menu was left without a choice; both may be NULL.
    void (*moved)(struct dialog_host *host, size_t index, void *context);
    void (*left)(struct dialog_host *host, void *context);
};

// Takes over items (an array of heap memory), what they hold and the context, in case of failure
// too. `chosen`: the row where it begins.
int menu_open(struct dialog_host *host, const char *title, struct menu_item *items, size_t n,
              size_t chosen, const struct menu_ops *ops, void *context, struct error *err);
void menu_items_free(struct menu_item *items, size_t n);

#endif
