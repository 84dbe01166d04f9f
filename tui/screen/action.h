// Everything that the console can be told to do: one table, from which the footer, the help, the
// palette, the action menu, the default keys and the documentation are made.
#ifndef DAVIT_TUI_SCREEN_ACTION_H
#define DAVIT_TUI_SCREEN_ACTION_H

// Where a key means something; an action has a set of them. Two actions that share a context may
// not share a key.
enum key_context {
    KEYS_LIST = 1 << 0,    // containers, filesystems, mounts
    KEYS_LOG = 1 << 1,     // the log pane
    KEYS_TEXT = 1 << 2,    // help and details
    KEYS_PLAN = 1 << 3,    // the plan of a page, which waits for its key
    KEYS_BROWSER = 1 << 4, // a directory browser
    KEYS_MENU = 1 << 5,    // menus
    KEYS_FIELDS = 1 << 6,  // boxes and buttons of a page
    KEYS_INPUT = 1 << 7, // a line that is typed: letters are text there, so only keys that are none
};
#define KEYS_PANES    (KEYS_LIST | KEYS_LOG)
#define KEYS_FILTERED (KEYS_PANES | KEYS_TEXT | KEYS_BROWSER | KEYS_MENU)
#define KEYS_SCROLL   (KEYS_FILTERED | KEYS_PLAN | KEYS_FIELDS)
#define KEYS_ALL      (KEYS_SCROLL | KEYS_INPUT)

// id, name (palette, configuration), default keys (key.h; separated by spaces), contexts,
// label in the footer and in menus, what the help says
#define ACTIONS(X)                                                                                 \
    X(UP, "up", "Up k", KEYS_SCROLL, "Up", "one row up")                                           \
    X(DOWN, "down", "Down j", KEYS_SCROLL, "Down", "one row down")                                 \
    X(PAGE_UP, "page-up", "PageUp", KEYS_SCROLL, "Page up", "one page up")                         \
    X(PAGE_DOWN, "page-down", "PageDown", KEYS_SCROLL, "Page down", "one page down")               \
    X(HALF_UP, "half-up", "Ctrl-U", KEYS_SCROLL, "Half page up", "half a page up")                 \
    X(HALF_DOWN, "half-down", "Ctrl-D", KEYS_SCROLL, "Half page down", "half a page down")         \
    X(TOP, "top", "Home g", KEYS_SCROLL, "First", "to the first row")                              \
    X(BOTTOM, "bottom", "End G", KEYS_SCROLL, "Last",                                              \
      "to the last row; in the log: follow what is new")                                           \
    X(NEXT_PANE, "next-pane", "Tab", KEYS_PANES, "Next pane", "to the next pane")                  \
    X(PREVIOUS_PANE, "previous-pane", "Shift-Tab", KEYS_PANES, "Previous pane",                    \
      "to the pane before")                                                                        \
    X(CONTAINERS, "containers", "1", KEYS_PANES, "Containers", "to the containers")                \
    X(FILESYSTEMS, "filesystems", "2", KEYS_PANES, "Filesystems", "to the host's filesystems")     \
    X(MOUNTS, "mounts", "3", KEYS_PANES, "Mounts", "to the mounts in the selected container")      \
    X(LOG, "log", "4 l", KEYS_PANES, "Log", "to the log")                                          \
    X(ZOOM, "zoom", "+", KEYS_PANES, "Zoom", "this pane alone on the screen")                      \
    X(UNZOOM, "unzoom", "_", KEYS_PANES, "All panes", "all panes again")                           \
    X(OPEN, "open", "Enter", KEYS_SCROLL, "Open", "open what is selected")                         \
    X(BACK, "back", "Esc Backspace", KEYS_SCROLL, "Back", "back; in a list: clear the filter")     \
    X(MARK, "mark", "Space", KEYS_LIST, "Mark", "mark this row")                                   \
    X(MARK_ALL, "mark-all", "*", KEYS_LIST, "Mark all", "mark all that the filter shows, or none") \
    X(FILTER, "filter", "/", KEYS_FILTERED, "Filter",                                              \
      "show only rows with this text, with a ! before it only those without; search in a text")    \
    X(FIND_NEXT, "find-next", "n", KEYS_TEXT | KEYS_LOG, "Next", "to the next place found")        \
    X(FIND_PREVIOUS, "find-previous", "N", KEYS_TEXT | KEYS_LOG, "Previous",                       \
      "to the place found before")                                                                 \
    X(MENU, "menu", "x", KEYS_PANES, "All actions",                                                \
      "all that can be done with this row, and why what cannot")                                   \
    X(PALETTE, "palette", ":", KEYS_PANES, "Command", "do something by its name")                  \
    X(HELP, "help", "? F1", KEYS_SCROLL, "Help", "what the keys do here")                          \
    X(SORT_NEXT, "sort-next", ">", KEYS_LIST, "Sort by next", "sort by the next column")           \
    X(SORT_PREVIOUS, "sort-previous", "<", KEYS_LIST, "Sort by previous",                          \
      "sort by the column before")                                                                 \
    X(SORT_INVERT, "sort-invert", "I", KEYS_LIST, "Invert order", "sort the other way round")      \
    X(INTERNAL, "internal", ".", KEYS_LIST, "Show hidden",                                         \
      "show the filesystems that container runtimes mount for their own use, or hide them")        \
    X(RUNTIMES, "runtimes", "i", KEYS_PANES, "Runtimes",                                           \
      "the container runtimes: which answer, why not, what to try")                                \
    X(ATTACH, "attach", "a F2", KEYS_LIST, "Attach",                                               \
      "attach a directory to the container; nothing happens before the plan is confirmed")         \
    X(DETACH, "detach", "D F8", KEYS_LIST, "Detach",                                               \
      "detach what davit attached here, or in marked containers; nothing happens before it is "    \
      "confirmed")                                                                                 \
    X(REPLACE, "replace", "R", KEYS_LIST, "Replace",                                               \
      "replace what davit attached by another source, without a gap; shows the plan first")        \
    X(REFRESH, "refresh", "r", KEYS_LIST, "Refresh",                                               \
      "replace by the same source, after its server came back: of a mount, of all in a "           \
      "container, in marked ones, or from a filesystem; shows the plan first")                     \
    X(REFRESH_STALE, "refresh-stale", "", KEYS_PANES, "Refresh stale",                             \
      "refresh all whose server is dead, in every container; shows the plan first")                \
    X(SHARE, "share", "s", KEYS_LIST, "Share",                                                     \
      "show a mount of the container on this host; nothing happens before the plan is confirmed")  \
    X(UNDO, "undo", "U", KEYS_PANES, "Undo", "take back your last change; shows its plan first")   \
    X(KEEP, "keep", "", KEYS_LIST, "Keep",                                                         \
      "attach this again each time that the container starts (by davit keepd)")                    \
    X(FORGET, "forget", "", KEYS_LIST, "Forget",                                                   \
      "keep this no longer; it stays as it is, and does not end at a time")                        \
    X(WHY, "why", "v", KEYS_LIST, "Seen inside?",                                                  \
      "whether the container sees a path of the host, where, and why or why not")                  \
    X(SHELL, "enter", "e", KEYS_LIST, "Enter",                                                     \
      "a shell in the container, on this terminal; its end returns here")                          \
    X(WHO, "who", "w", KEYS_LIST, "Who", "who holds it, in every mount namespace of the machine")  \
    X(EJECT, "eject", "", KEYS_LIST, "Eject",                                                      \
      "take it out of every namespace; shows its plan first")                                      \
    X(DISMISS, "dismiss", "Delete", KEYS_LIST, "Dismiss", "no longer show a row of what was lost") \
    X(COPY, "copy", "y", KEYS_PANES | KEYS_PLAN | KEYS_TEXT, "Copy",                               \
      "copy to the terminal's clipboard: the name, the path, the command of a plan")               \
    X(PERFORM, "perform", "A", KEYS_PLAN, "Do it", "do what the plan says")                        \
    X(BROWSE, "browse", "Ctrl-O", KEYS_INPUT, "Browse", "choose from the directory tree")          \
    X(ACCEPT, "accept", "Enter", KEYS_INPUT, "Next",                                               \
      "take what was typed; on a page: on to the next field")                                      \
    X(LEAVE, "leave", "Esc", KEYS_INPUT, "Back", "leave what is typed")                            \
    X(COMPLETE, "complete", "Tab", KEYS_INPUT, "Complete",                                         \
      "complete what is typed, where there is something to complete")                              \
    X(ABOVE, "above", "Up", KEYS_INPUT, "Above", "to the field or row above")                      \
    X(BELOW, "below", "Down", KEYS_INPUT, "Below", "to the field or row below")                    \
    X(NEXT_FIELD, "next-field", "Tab", KEYS_FIELDS, "Next", "to the next box or button")           \
    X(PREVIOUS_FIELD, "previous-field", "Shift-Tab", KEYS_FIELDS | KEYS_PLAN | KEYS_INPUT,         \
      "Before", "to the box, button or field before")                                              \
    X(TICK, "tick", "Space", KEYS_FIELDS | KEYS_BROWSER, "Choose",                                 \
      "tick the box; in a directory: choose the row, a directory or a file")                       \
    X(ASCEND, "ascend", "Left", KEYS_BROWSER, "Above", "to the directory above")                   \
    X(LOG_FOLLOW, "log-follow", "f", KEYS_LOG, "Follow", "follow the end of the log, or stay")     \
    X(LOG_WRAP, "log-wrap", "w", KEYS_LOG, "Wrap", "wrap long lines, or cut them")                 \
    X(LOG_TIME, "log-time", "t", KEYS_LOG, "Time", "show time, date and time, or none")            \
    X(LOG_FULL, "log-full", "F", KEYS_LOG, "Full screen", "the log alone on the screen")           \
    X(SAVE, "save", "", KEYS_LOG | KEYS_TEXT, "Save",                                              \
      "save the log to a file: :save FILE (or :w FILE)")                                           \
    X(THEME, "theme", "", KEYS_PANES, "Theme",                                                     \
      "other colours: a menu that shows each, or :theme NAME")                                     \
    X(SAVE_SCREEN, "save-screen", "", KEYS_ALL, "Save screen",                                     \
      "save this screen as text and attributes: :save-screen FILE")                                \
    X(REREAD, "reread", "F5", KEYS_PANES, "Read again", "read everything again, usage too")        \
    X(REDRAW, "redraw", "Ctrl-L", KEYS_ALL, "Redraw", "paint the whole screen again")              \
    X(SUSPEND, "suspend", "Ctrl-Z", KEYS_ALL, "Suspend", "back to the shell; fg returns here")     \
    X(CANCEL, "cancel", "Ctrl-C", KEYS_ALL, "Cancel", "end what is under way, then quit")          \
    X(QUIT, "quit", "q F10", KEYS_SCROLL, "Quit", "close this; in the panes: leave davit")

enum action {
    ACTION_NONE = -1,
#define X(id, ...) ACTION_##id,
    ACTIONS(X)
#undef X
        ACTION_COUNT
};

struct action_info {
    const char *name, *keys;
    unsigned contexts; // enum key_context
    const char *label, *help;
};
extern const struct action_info action_infos[ACTION_COUNT];

enum action action_by_name(const char *name); // ACTION_NONE: there is none

#endif
