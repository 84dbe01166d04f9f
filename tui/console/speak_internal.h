// The speaker's parts know each other by this, each those below it: speak.c (a turn), speak_pane.c,
// speak_dialog.c (pages, and the line that is typed), speak_log.c (results), speak_words.c.
#ifndef DAVIT_TUI_CONSOLE_SPEAK_INTERNAL_H
#define DAVIT_TUI_CONSOLE_SPEAK_INTERNAL_H

#include "tui/console/console.h"
#include "tui/console/speak.h"

#define MESSAGES_MAX 16 // of one turn
#define BEGUN_MAX    64 // operations under way whose end is waited for

// The line that is typed, as it was said.
struct typed {
    const struct input_line *line; // whose it is, NULL: none
    char *text;
    size_t cursor;
    bool open; // it stands in the last line, to be gone on with
};

struct speaker {
    struct console *console;
    char *messages[MESSAGES_MAX];
    size_t n_messages;
    bool begun; // the header was said
    bool again;
    char *header;

    struct dialog *dialog; // that was on top
    char *dialog_text;
    struct typed typed;
    bool was_open; // at the beginning of the turn

    enum pane_id pane;
    struct spoken spoken;
    char *state; // of the pane

    uint64_t log_seen; // entries before it are history, or were said
    uint64_t under_way[BEGUN_MAX];
    size_t n_under_way;
};

// Takes `fresh` over; whether it is other than before.
bool speak_replace(char **place, char *fresh);
bool speak_differ(const char *a, const char *b);

// One line; what is drawn for the eye is put in words. Nothing for "".
void speak_line(struct speaker *speaker, const char *text);
void speak_sentence(struct speaker *speaker, const char *text); // with a full stop

void speak_dialog(struct speaker *speaker, struct dialog *dialog);
// No line is typed any more.
void speak_typed_none(struct speaker *speaker);

void speak_pane(struct speaker *speaker, bool by_key);
void speak_results(struct speaker *speaker);

#endif
