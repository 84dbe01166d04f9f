// Attachments that are gone though nobody detached them: their container was restarted, or the
// mount was taken away behind our back.
#ifndef DAVIT_TUI_VIEWS_LOST_H
#define DAVIT_TUI_VIEWS_LOST_H

#include <stdbool.h>

#include "tui/model/model.h"

// The engine tells of no others that are gone.
bool lost_attachment(const struct shown_attachment *attachment);
// Whether an attachment was made in this container: by runtime and id, or the name of one that was
// made anew.
bool lost_made_in(const struct shown_attachment *attachment,
                  const struct shown_container *container);

// The one container that runs of which this is true, NULL: none or several.
const struct shown_container *lost_container(const struct shown_attachment *attachment,
                                             const struct model *model);

#endif
