// A page or question above the panes: it has the keys until it is closed. Dialogs stand on each
// other (a browser on the attach page); each is in a file of its own.
#ifndef DAVIT_TUI_DIALOGS_DIALOG_H
#define DAVIT_TUI_DIALOGS_DIALOG_H

#include <stdbool.h>

#include "core/base/loop.h"
#include "tui/model/client.h"
#include "tui/model/model.h"
#include "tui/screen/keymap.h"
#include "tui/screen/surface.h"
#include "tui/screen/terminal.h"
#include "tui/views/pane.h"
#include "tui/views/subject.h"

struct dialog;
struct attach_draft;
struct input_line;
struct running;

// What dialogs may ask of the console.
struct dialog_host {
    struct loop *loop;
    struct client *client;
    struct model *model;
    const struct keymap *keymap;
    struct terminal *terminal; // to copy
    const struct theme_places *places;
    char *theme;                // the one that is shown, as it was named, or NULL
    struct attach_draft *draft; // what Esc left of an attach page, or NULL; the attach page's own
    struct running *running;    // changes under way, or NULL; the dialogs' own

    // Puts a dialog on top; it belongs to the host from now on.
    void (*open)(struct dialog_host *host, struct dialog *dialog);
    // Takes it (and what stands on it) away and frees it, after this turn.
    void (*close)(struct dialog_host *host, struct dialog *dialog);
    void (*dirty)(struct dialog_host *host); // something looks other: paint at the end of this turn
    // One line for the footer; with LOG_WARNING for the log too. What an operation did is in the
    // log already, and what a key cannot do is of the moment: LOG_NOTICE.
    void (*say)(struct dialog_host *host, enum log_kind kind, const char *text);
    // Does an action that was chosen by name or from a menu, as if its key had been pressed in the
    // panes. `argument` (of ":theme nord") may be NULL.
    void (*perform)(struct dialog_host *host, enum action action, const char *argument);
    // A change was started (request of client_call), so that it is asked about at quit.
    void (*started)(struct dialog_host *host, uint64_t request);
    // To the containers, and this one of them selected, if it is there.
    void (*show_container)(struct dialog_host *host, const char *key);
    // It has been answered; told even when the dialog that began it is closed. May be NULL.
    void (*ended)(struct dialog_host *host, uint64_t request);
};

// Frees what closed dialogs have left here; what is under way goes on in the engine. Before the
// client is freed.
void dialog_host_done(struct dialog_host *host);

struct dialog_ops {
    const char *name;
    void (*free)(struct dialog *dialog);
    // The whole screen but header and footer; a dialog takes what it needs of it.
    void (*paint)(struct dialog *dialog, struct surface_part part);
    // What keys mean now. type() gets every key that is no action there and what is pasted; act()
    // all actions but those of the console (help, redraw, suspend, save-screen), ACTION_CANCEL too.
    enum key_context (*context)(struct dialog *dialog);
    void (*act)(struct dialog *dialog, enum action action);
    void (*type)(struct dialog *dialog, const struct key_event *event);
    // The model has changed (enum model_change); NULL: of no interest.
    void (*changed)(struct dialog *dialog, unsigned what);
    // What the footer shows: the keys at hand and what they do here. --plain says them too.
    const struct footer_key *(*footer)(struct dialog *dialog);
    // The dialog as lines of text, one question at a time, for --plain: fresh memory. A line is
    // said when the text before did not have it. What is being typed is not in it, see line(), nor
    // are the keys, see footer().
    char *(*plain)(struct dialog *dialog);
    // The line that is being typed, NULL: none is. May be NULL.
    const struct input_line *(*line)(struct dialog *dialog);
};

// Each kind's struct begins with this.
struct dialog {
    const struct dialog_ops *ops;
    struct dialog_host *host;
};

// The page on which an attach is put together. `subject`: the container(s), filesystem or mount it
// starts from; copied.
int attach_page_open(struct dialog_host *host, const struct subject *subject, struct error *err);
void attach_draft_free(struct attach_draft *draft);
// What detaching means and the ways to do it. A container as subject: asks which attachment. Of
// marked ones: which target, then one plan over all of them.
int detach_page_open(struct dialog_host *host, const struct subject *subject, struct error *err);
// The plan of taking back the user's last change.
int undo_page_open(struct dialog_host *host, struct error *err);
// The attach page with another verb: a mount of a container (or what is typed of the container)
// shown on the host; another source for what is attached, of a container: asks which.
int share_page_open(struct dialog_host *host, const struct subject *subject, struct error *err);
int replace_page_open(struct dialog_host *host, const struct subject *subject, struct error *err);
// The plan of replacing by the same source: a mount; all in the container, or in those that are
// marked; all from a filesystem of the host; all whose server is dead.
int refresh_page_open(struct dialog_host *host, const struct subject *subject, struct error *err);
int refresh_stale_page_open(struct dialog_host *host, struct error *err);
// Who holds the filesystem, mount or container root, live.
int who_page_open(struct dialog_host *host, const struct subject *subject, struct error *err);
// The plan of taking a filesystem out of every namespace.
int eject_page_open(struct dialog_host *host, const struct subject *subject, struct error *err);
// Why the container (of a filesystem: the one that is selected) sees a path of the host, or not.
int why_page_open(struct dialog_host *host, const struct subject *subject, struct error *err);
// Whether an attachment is to be kept (kept.h), or no longer.
int keep_ask_open(struct dialog_host *host, const struct subject *subject, bool keep,
                  struct error *err);
// The row's actions, with reasons for those that cannot be.
int action_menu_open(struct dialog_host *host, const struct subject *subject, struct error *err);
// ":" with completion; runs host->perform().
int palette_open(struct dialog_host *host, struct error *err);
// All themes by name; moving over them shows each, Esc brings back the one before.
int theme_menu_open(struct dialog_host *host, struct error *err);
// One typed line: `done` is called with the text on Enter, with NULL on Esc; `each` (may be NULL)
// after each key.
int prompt_open(struct dialog_host *host, const char *label, const char *text,
                void (*done)(const char *text, void *context),
                void (*each)(const char *text, void *context), void *context, struct error *err);
// A question with choices; `chosen` gets the index, -1 on Esc. The first is what Enter does first.
int question_open(struct dialog_host *host, const char *title, const char *text,
                  const char *const *choices, void (*chosen)(int choice, void *context),
                  void *context, struct error *err);
// A scrolling text with search, from lines of clean text.
int text_page_open(struct dialog_host *host, const char *title, const char *text,
                   struct error *err);
// The keys of a context, from the live key map.
int help_open(struct dialog_host *host, enum key_context context, struct error *err);
// Details of a container (asks the engine), of a filesystem or of a mount.
int details_open(struct dialog_host *host, const struct subject *subject, struct error *err);
// A directory tree: of the host (container NULL) or of one container by its key. `chosen` gets the
// path with `prefix` ("image:", NULL: none) before it, NULL on Esc.
int browser_open(struct dialog_host *host, const char *container, const char *prefix,
                 const struct raw_text *start,
                 void (*chosen)(const struct raw_text *path, void *context), void *context,
                 struct error *err);

#endif
