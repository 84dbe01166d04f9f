// The rows of the mounts pane: what is mounted in one container, and what was attached to it and is
// lost or lingers. What an admin looks for stands first.
#ifndef DAVIT_TUI_VIEWS_MOUNTS_ROWS_H
#define DAVIT_TUI_VIEWS_MOUNTS_ROWS_H

#include "core/base/error.h"
#include "tui/model/model.h"
#include "tui/views/list.h"

// Both NULL: the last row, which says that there are more mounts than those.
struct mount_row {
    const struct shown_mount *mount;           // NULL: not mounted (any more)
    const struct shown_attachment *attachment; // of davit's own; NULL: none, or not known
    char *key;
};
struct mount_rows {
    struct mount_set *mounts; // what the rows point into
    struct attachment_set *attachments;
    struct mount_row *rows;
    size_t n;
};

int mount_rows_make(struct mount_rows *ret, const struct model *model, struct error *err);
void mount_rows_done(struct mount_rows *rows);
bool mount_row_is_more(const struct mount_row *row);

#define MOUNT_COLUMNS 7
extern const struct list_column mount_columns[MOUNT_COLUMNS];
void mount_row_cell(const struct mount_row *row, size_t column, struct list_cell *ret);

#endif
