#include "tui/dialogs/dialog.h"

#include "tui/dialogs/running.h"

void dialog_host_done(struct dialog_host *host)
{
    running_forget_all(host);
    attach_draft_free(host->draft);
    host->draft = NULL;
}
