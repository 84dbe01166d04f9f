// The kinds of sources that can be attached: how each is spelled, chosen and sent. As on the
// command line they are told apart by how they begin, so that what is typed is all there is to
// know.
//
// Another kind is a row of the table and, when it can be chosen, a picker in a file of its own.
#ifndef DAVIT_TUI_DIALOGS_ATTACH_SOURCE_H
#define DAVIT_TUI_DIALOGS_ATTACH_SOURCE_H

#include "tui/dialogs/dialog.h"

// What a picker tells: a source as it would be typed, NULL when nothing was chosen.
typedef void attach_source_chosen(const struct raw_text *source, void *context);

struct attach_source {
    const char *name;   // in the menu of kinds: "A directory or file of this host"
    const char *begins; // how it begins: "volume:"; "": what no other row takes
    // For kinds that more than one beginning tells (UUID=, CONTAINER:/…); NULL: `begins` tells.
    bool (*is)(const char *text);
    const char *prompt; // what is to be typed: "a path"
    // ACTION_BROWSE: chooses one, beginning at what is typed. NULL: it can only be typed. Keeps no
    // pointer to `now`.
    int (*pick)(struct dialog_host *host, const struct raw_text *now, attach_source_chosen *chosen,
                void *context, struct error *err);
    // Whether what is typed is enough to be asked about; NULL: anything is.
    bool (*complete)(const char *text);
    // One more thing that can be said of it, in a line of its own; NULL: nothing.
    const char *extra; // its name, NAME_WIDTH - 1 columns at most
    const char *extra_prompt;
    bool extra_secret; // is shown as dots, not said and not kept
    // Puts both (`extra` may be "") into the params of `describe`, `plan` and `run`. 0, -1: out of
    // memory.
    int (*send)(const struct raw_text *source, const char *extra, json_t *params);
};

// The kind of what is typed; never NULL.
const struct attach_source *attach_source_of(const char *text);
// Its picker; while nothing is typed and several kinds have one, a menu of kinds before it.
int attach_source_pick(struct dialog_host *host, const struct raw_text *now,
                       attach_source_chosen *chosen, void *context, struct error *err);

// The pickers, each in a file of its own (attach_pick_KIND.c).
int attach_pick_path(struct dialog_host *host, const struct raw_text *now,
                     attach_source_chosen *chosen, void *context, struct error *err);
int attach_pick_volume(struct dialog_host *host, const struct raw_text *now,
                       attach_source_chosen *chosen, void *context, struct error *err);
int attach_pick_device(struct dialog_host *host, const struct raw_text *now,
                       attach_source_chosen *chosen, void *context, struct error *err);
int attach_pick_helper(struct dialog_host *host, const struct raw_text *now,
                       attach_source_chosen *chosen, void *context, struct error *err);
int attach_pick_image(struct dialog_host *host, const struct raw_text *now,
                      attach_source_chosen *chosen, void *context, struct error *err);
int attach_pick_container(struct dialog_host *host, const struct raw_text *now,
                          attach_source_chosen *chosen, void *context, struct error *err);
int attach_pick_tmpfs(struct dialog_host *host, const struct raw_text *now,
                      attach_source_chosen *chosen, void *context, struct error *err);

// "web:", as a container's directory is spelled. Fresh memory.
char *attach_container_prefix(const struct model *model, const struct shown_container *c);

// The tree browser, beginning at the directory of what is typed; of the host (container NULL) or of
// a container. `prefix` (NULL: none) stands before the path, in `now` and in what is chosen. For
// rows of the table, and for the target.
int attach_browse(struct dialog_host *host, const char *container, const char *prefix,
                  const struct raw_text *now, attach_source_chosen *chosen, void *context,
                  struct error *err);

#endif
