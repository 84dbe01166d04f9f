// What a piece of the screen is for. A theme gives each role colours and attributes; what a theme
// does not say of a role is taken from the role without its last dotted part, then from the theme
// it inherits from. Nothing is told by a role alone: state is always text too.
#ifndef DAVIT_TUI_SCREEN_ROLE_H
#define DAVIT_TUI_SCREEN_ROLE_H

#include <stdbool.h>
#include <stddef.h>

// id, name in a theme, what it is for
#define ROLES(X)                                                                     \
    X(TEXT, "text", "all that has no other role; its background is the screen's")    \
    X(TEXT_DIM, "text.dim", "what matters less: ids, ages, defaults")                \
    X(TEXT_STRONG, "text.strong", "names in sentences")                              \
    X(HEADER, "header", "the first line of the screen")                              \
    X(HEADER_BANNER, "header.banner", "the banner of the configuration, as PROD")    \
    X(HEADER_WARNING, "header.warning", "a runtime that is down, [RO]")              \
    X(BORDER, "border", "lines around the panes")                                    \
    X(BORDER_FOCUSED, "border.focused", "lines around the pane that has the keys")   \
    X(TITLE, "title", "titles of the panes")                                         \
    X(TITLE_FOCUSED, "title.focused", "title of the pane that has the keys")         \
    X(TITLE_FILTER, "title.filter", "the filter, in the title")                      \
    X(LIST_HEADER, "list.header", "names of the columns")                            \
    X(LIST_MARKER, "list.marker", "the sign before the selected row")                \
    X(LIST_SELECTED, "list.selected", "first column of the selected row")            \
    X(LIST_MARKED, "list.marked", "the sign of a marked row")                        \
    X(STATUS_OK, "status.ok", "running, done, verified")                             \
    X(STATUS_WARNING, "status.warning", "something to look at")                      \
    X(STATUS_ERROR, "status.error", "failed, lost, stale")                           \
    X(STATUS_INACTIVE, "status.inactive", "paused, gone")                            \
    X(LOG_TIME, "log.time", "times in the log")                                      \
    X(LOG_CALL, "log.call", "system calls in the log and in plans")                  \
    X(FOUND, "found", "text that a search found")                                    \
    X(KEY, "key", "a key in the footer, in menus, in the help")                      \
    X(KEY_LABEL, "key.label", "what the key does")                                   \
    X(INPUT, "input", "a line that is typed")                                        \
    X(INPUT_COMPLETION, "input.completion", "what Tab would complete it to")         \
    X(DIALOG, "dialog", "text and background of a dialog")                           \
    X(DIALOG_BORDER, "dialog.border", "lines around a dialog")                       \
    X(DIALOG_TITLE, "dialog.title", "title of a dialog")                             \
    X(DIALOG_FIELD, "dialog.field", "name of a field")                               \
    X(DIALOG_SELECTED, "dialog.selected", "the field, button or row that is chosen") \
    X(DIALOG_IMPOSSIBLE, "dialog.impossible", "what cannot be done now; the reason is beside it")

enum role {
#define X(id, ...) ROLE_##id,
    ROLES(X)
#undef X
        ROLE_COUNT
};

struct role_info {
    const char *name, *meaning;
};
extern const struct role_info role_infos[ROLE_COUNT];

const char *role_name(enum role role);
// By a name of `length` bytes; ROLE_COUNT when there is none.
enum role role_find(const char *name, size_t length);
// Whether `name` is the dotted beginning of roles without being one itself ("status", "list"): a
// theme may set such a group at once.
bool role_is_group(const char *name);

#endif
