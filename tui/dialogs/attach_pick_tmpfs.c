// A fresh tmpfs has nothing to choose from: what can be said of it is put into the line.
#include "tui/dialogs/attach_source.h"

int attach_pick_tmpfs(struct dialog_host *host, const struct raw_text *now,
                      attach_source_chosen *chosen, void *context, struct error *err)
{
    static char usual[] = "tmpfs:size=64m";

    (void)host;
    (void)now;
    (void)err;
    chosen(&(struct raw_text){usual, NULL}, context);
    return 0;
}
