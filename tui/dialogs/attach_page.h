// The attach page's parts know each other by this, each those below it: attach_open.c (the page, or
// which container first), attach_page.c (life and keys), attach_paint.c and attach_plain.c,
// attach_verb.c (an attach, a share, a replace), attach_fields.c (what is typed and ticked),
// attach_ask.c (plan, run), attach_describe.c, attach_targets.c, attach_draft.c. The kinds of
// sources: attach_source.h.
#ifndef DAVIT_TUI_DIALOGS_ATTACH_PAGE_H
#define DAVIT_TUI_DIALOGS_ATTACH_PAGE_H

#include "tui/dialogs/attach_source.h"
#include "tui/dialogs/dialog.h"
#include "tui/dialogs/path_field.h"
#include "tui/dialogs/proposal.h"

// Below this many rows of the screen there is one page after another.
#define ATTACH_ROWS 20
// How long the fields rest before they are planned.
#define ATTACH_REST_MS 150

// The boxes of [more]. ATTACH_… (core/engine/attach_options.h), label
#define ATTACH_OPTIONS(X)                 \
    X(RECURSIVE, "recursive")             \
    X(NOEXEC, "noexec")                   \
    X(SUID, "allow suid")                 \
    X(DEV, "allow devices")               \
    X(MKDIR, "mkdir in a read-only root") \
    X(NO_MKDIR, "no mkdir")               \
    X(FORCE, "force")                     \
    X(KEEP, "keep")

enum attach_focus {
    FOCUS_SOURCE,
    FOCUS_EXTRA, // of the source, when its kind has one
    FOCUS_TARGET,
    FOCUS_ACCESS,
    FOCUS_OWNERS,  // whose files they are inside, where there is something to say about it
    FOCUS_MAPPING, // of them, when it is spelled out
    FOCUS_MORE,
#define X(id, label) FOCUS_##id,
    ATTACH_OPTIONS(X)
#undef X
        FOCUS_PROPAGATION,
    FOCUS_LASTS,
    FOCUS_PLAN,
};
#define ATTACH_FIRST_OPTION FOCUS_RECURSIVE
#define ATTACH_OPTION_COUNT (FOCUS_PROPAGATION - FOCUS_RECURSIVE)
struct attach_box {
    enum attach_flags flag;
    const char *label;
};
extern const struct attach_box attach_boxes[ATTACH_OPTION_COUNT];

// A container by its identity, and the process it was when it was last looked at.
struct attach_target {
    char *key, *label, *runtime, *id;
    pid_t pid;
    uint64_t start_time;
    bool user_namespace;
    bool gone;
};

// Whose files they are inside: --idmap. value, option (NULL: what is typed), label, what it means
#define ATTACH_OWNERS(X)                                                                          \
    X(UNSAID, NULL, "", "")                                                                       \
    X(AUTO, "auto", "as on the host", "what root inside writes there belongs to the host's root") \
    X(OFF, "off", "nobody's",                                                                     \
      "the host's owners are nobody inside, unless the container has them")                       \
    X(MAPPED, NULL, "mapped", "CONTAINER:HOST:COUNT: which of the host's users is which inside")

enum attach_owners {
#define X(value, ...) OWNERS_##value,
    ATTACH_OWNERS(X)
#undef X
        OWNERS_COUNT
};
struct attach_owners_info {
    const char *option, *label, *help;
};
extern const struct attach_owners_info attach_owners[OWNERS_COUNT];

// One of the changes that a page like this is for.
struct attach_verb {
    enum change change;
    const char *title, *label; // "Attach a filesystem →", "Attach"; before what it is about
    const char *to;            // --plain: "Attach a filesystem to"
    const char *acts;          // what the key does: "attaches"
    const char *gone;          // what follows when the container is gone
};
// CHANGE_ATTACH, CHANGE_SHARE or CHANGE_REPLACE.
const struct attach_verb *attach_verb_of(enum change change);

// What is filled in, beside the paths.
struct attach_choice {
    bool writable;
    enum attach_owners owners;
    bool more;        // the options are shown
    unsigned options; // enum attach_flags
    enum propagation propagation;
    unsigned lasts; // index of attach_times
};

// How long it lasts: said, and in hours; the first is for good.
struct attach_time {
    const char *label;
    unsigned hours;
};
#define ATTACH_TIMES 5
extern const struct attach_time attach_times[ATTACH_TIMES];

struct attach_page {
    struct dialog dialog;
    const struct attach_verb *verb;
    char *identity; // of the subject: whose draft it is
    char *replaced; // "now from /srv/old": what is replaced, or NULL
    // Of a share the one container that it comes from; its target is the host.
    struct attach_target *targets;
    size_t n_targets;
    enum attach_focus focus;
    struct path_field source, extra, target, mapping;
    const struct attach_source *kind; // of what is typed: whose `extra` it is
    struct attach_choice choice;
    bool touched; // something was typed or ticked: worth a draft
    // What `describe` says of the source
    uint64_t describe_request;
    char *described; // the line below the source, or NULL
    bool described_failed;
    int64_t owner;             // uid of the source; -1: unknown
    char *described_source;    // the text it is about
    struct loop_source *timer; // the fields rest
    struct proposal proposal;
};

// attach_fields.c
bool attach_typing(const struct attach_page *page); // the focus is in a line
struct path_field *attach_line(struct attach_page *page);
void attach_move(struct attach_page *page, bool forwards, bool with_more);
void attach_focus_on(struct attach_page *page, enum attach_focus focus);
// The box that has the focus: ticked (0), or turned to the left (-1) or right (1).
void attach_tick(struct attach_page *page, int direction);

// Whether whose files they are is asked: where it makes a difference, or was said.
bool attach_asks_owners(const struct attach_page *page);

// attach_kind.c: the source and what else is said of it, into params. 0, -1: out of memory.
int attach_source_send(const struct attach_page *page, json_t *params);
// The source is another than before: what was said of one kind is not said of another.
void attach_kind_changed(struct attach_page *page);

// attach_ask.c
void attach_changed(struct attach_page *page); // a field: plan when it rests
void attach_ask_now(struct attach_page *page);
void attach_perform(struct attach_page *page);
bool attach_ready(const struct attach_page *page);                // A would act
const char *attach_why_not_ready(const struct attach_page *page); // else
extern const struct proposal_ops attach_proposal;
extern const char *const attach_propagations[PROPAGATION_SHARED + 1];

// attach_describe.c: what the source is, asked when it is another one than before.
void attach_describe(struct attach_page *page);
void attach_describe_again(struct attach_page *page);
void attach_describe_changed(struct attach_page *page); // what is known is of another source
void attach_describe_done(struct attach_page *page);

// attach_targets.c
int attach_targets_make(struct attach_page *page, const struct subject *subject, struct error *err);
void attach_targets_free(struct attach_page *page);
// The containers are others than before: whether one of ours is (and the notice says so).
bool attach_targets_check(struct attach_page *page);
// "shop/api-7d9f…:app · containerd 3fa9c1 · pid 4711", or "3 containers". Fresh memory.
char *attach_targets_text(const struct attach_page *page);
// Into the params of plan and run (which is of the mount that the plan showed). 0, -1: out of
// memory.
int attach_targets_send(const struct attach_page *page, bool run, json_t *params);
bool attach_targets_gone(const struct attach_page *page); // all of them
// Takes away those for which it was done.
void attach_targets_drop(struct attach_page *page, const struct planned_set *results);

// attach_draft.c
void attach_draft_keep(struct attach_page *page);
void attach_draft_take(struct attach_page *page); // when it is this subject's
void attach_draft_drop(struct attach_page *page);

// attach_verb.c: of a share what its subject gives. 0, -1: out of memory.
int attach_fill_share(struct attach_page *page, const struct subject *subject);

// attach_page.c. CHANGE_REPLACE: the subject has the container and the attachment.
int attach_page_show(struct dialog_host *host, enum change change, const struct subject *subject,
                     struct error *err);

// attach_paint.c
void attach_paint(struct dialog *dialog, struct surface_part part);
// attach_plain.c
char *attach_plain(struct dialog *dialog);
const struct input_line *attach_line_typed(struct dialog *dialog);

#endif
