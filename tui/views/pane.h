// A pane: one of the four, each in a file of its own.
#ifndef DAVIT_TUI_VIEWS_PANE_H
#define DAVIT_TUI_VIEWS_PANE_H

#include <stdbool.h>

#include "core/base/error.h"
#include "tui/model/model.h"
#include "tui/screen/action.h"
#include "tui/screen/keymap.h"
#include "tui/screen/surface.h"
#include "tui/views/plain.h"
#include "tui/views/subject.h"

enum pane_id { PANE_CONTAINERS, PANE_FILESYSTEMS, PANE_MOUNTS, PANE_LOG, PANE_COUNT };

struct pane;

struct pane_ops {
    const char *name; // "Containers"
    enum key_context context;
    int (*open)(struct model *model, struct pane **ret, struct error *err);
    void (*close)(struct pane *pane);
    // Something in the model is other (enum model_change). Returns whether the pane looks other.
    bool (*changed)(struct pane *pane, unsigned what);
    // "Containers 3/200 ─ filter: api": clean text.
    void (*title)(struct pane *pane, char *out, size_t size);
    // What stands at the right end of the upper line ("following"), or "".
    void (*state)(struct pane *pane, char *out, size_t size);
    // How much of it is not on the screen, after paint(): follows the state where there is room.
    // May be NULL.
    void (*more)(struct pane *pane, char *out, size_t size);
    void (*paint)(struct pane *pane, struct surface_part part, bool focused);
    // False: the action is not this pane's; the console does it.
    bool (*act)(struct pane *pane, enum action action);
    int (*filter)(struct pane *pane, const char *text, struct error *err);
    const char *(*filter_text)(struct pane *pane);
    // What is selected; subject_done() frees.
    int (*subject)(struct pane *pane, struct subject *ret, struct error *err);
    // What the footer shows here, most important first; ends with ACTION_NONE.
    const enum action *footer;
    // The pane as --plain says it; spoken_done() frees. 0 or -ENOMEM.
    int (*plain)(struct pane *pane, struct spoken *ret);
};

// Each kind's struct begins with this.
struct pane {
    const struct pane_ops *ops;
    struct model *model;
    const struct keymap *keymap; // for what names a key; set after open(), NULL: none is named
};
extern const struct pane_ops containers_pane, filesystems_pane, mounts_pane, log_pane;

// Selects the row of this container, if there is one.
void containers_pane_select(struct pane *pane, const char *key);
// The log pane can be saved.
int log_pane_save(struct pane *pane, const char *path, struct error *err);

// Where the panes stand: an accordion (the focused one gets the room), containers and filesystems
// side by side from 120 columns, one pane below 16 rows or 60 columns or when zoomed. Pure.
//
// A place has its title in its first line and its rows below; with a frame its first column is the
// line at its left, and the last line and column of the whole belong to no pane. Height 1 is a
// title alone (which two panes can share a line for); 0: not shown.
struct pane_place {
    int y, x, height, width;
    int title_x, title_width; // in the line y
};
struct layout {
    int height, width; // of the screen
    struct pane_place panes[PANE_COUNT];
    struct pane_place header, footer; // height 0 or 1
    bool framed;                      // lines at the sides and below
    bool side_by_side;                // containers and filesystems
};
void layout_make(int height, int width, enum pane_id focus, bool zoomed, struct layout *ret);
// What a pane paints on: its rows without title and lines; nothing when it shows none.
struct surface_part layout_body(const struct layout *layout, enum pane_id pane,
                                struct surface *surface);
// The header's and the footer's line.
struct surface_part layout_part(const struct pane_place *place, struct surface *surface);

// The frame around and between the panes. Blanks what is inside of it: the panes' rows are painted
// afterwards, and then the titles in its lines ("1 Containers 3/200"), which say what they show.
void frame_paint(struct surface *surface, const struct layout *layout, enum pane_id focus);
void frame_titles(struct surface *surface, const struct layout *layout, struct pane *const *panes,
                  enum pane_id focus);
void header_paint(struct surface_part part, const struct model *model, const char *banner);
// " a Attach  D Detach  …", as many as fit; `message` (may be NULL) instead, until the next key.
// `zoomed`: the key that brings back the other panes stands first.
void footer_paint(struct surface_part part, const enum action *actions, bool zoomed,
                  const struct keymap *keymap, const char *message);
// The same with labels of one's own: what the key does there.
struct footer_key {
    enum action action; // ACTION_NONE: the end
    const char *label;  // NULL: the table's
};
void footer_paint_keys(struct surface_part part, const struct footer_key *keys,
                       const struct keymap *keymap, const char *message);

#endif
