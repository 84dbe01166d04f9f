#include "tui/console/speak_internal.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"

static void say_hint(struct speaker *speaker, const struct spoken *spoken, char **ret)
{
    const struct keymap *keymap = speaker->console->keymap;
    char open[KEY_NAME_SIZE], menu[KEY_NAME_SIZE], help[KEY_NAME_SIZE];

    size_t length = strlen(spoken->row);
    const char *stop = length > 0 && spoken->row[length - 1] == '.' ? "" : ".";

    keymap_key(keymap, ACTION_OPEN, open);
    keymap_key(keymap, ACTION_MENU, menu);
    keymap_key(keymap, ACTION_HELP, help);
    if (spoken->place)
        *ret =
            text_format("%s%s %s opens, %s actions, %s help.", spoken->row, stop, open, menu, help);
    else
        *ret = text_format("%s%s %s help.", spoken->row, stop, help);
}

static void say_entered(struct speaker *speaker, const struct spoken *now, const char *state)
{
    _cleanup_free_ char *title = text_format("%s%s%s", now->title, *state ? ", " : "", state);
    _cleanup_free_ char *row = NULL;

    say_hint(speaker, now, &row);
    speak_sentence(speaker, title ? title : now->title);
    speak_line(speaker, row ? row : now->row);
}

static void say_moved(struct speaker *speaker, const struct spoken *now, const char *state,
                      bool row)
{
    const struct spoken *before = &speaker->spoken;

    if (speak_differ(before->title, now->title))
        speak_sentence(speaker, now->title);
    if (speak_differ(before->order, now->order))
        speak_sentence(speaker, now->order);
    if (speak_differ(speaker->state, state))
        speak_sentence(speaker, *state ? state : "nothing is marked");
    if (row || speak_differ(before->identity, now->identity) ||
        speak_differ(before->place, now->place) || speak_differ(before->facts, now->facts) ||
        (!now->identity && speak_differ(before->row, now->row)))
        speak_sentence(speaker, now->row);
}

// The list changed under the hand: only what concerns the selected row.
static void say_changed(struct speaker *speaker, const struct spoken *now)
{
    const struct spoken *before = &speaker->spoken;
    _cleanup_free_ char *line = NULL;

    if (speaker->pane == PANE_LOG)
        return; // its results are said as they come
    if (before->identity && !now->identity) {
        line = text_format("%s has gone; nothing is selected.", before->name);
        speak_line(speaker, line ? line : "");
    } else if (speak_differ(before->identity, now->identity)) {
        if (speak_differ(before->title, now->title))
            speak_sentence(speaker, now->title);
        speak_sentence(speaker, now->row);
    } else if (now->identity && speak_differ(before->facts, now->facts)) {
        line =
            text_format("%s: %s.", now->name, *now->facts ? now->facts : "as it should be again");
        speak_line(speaker, line ? line : "");
    } else if (!now->identity && speak_differ(before->row, now->row)) {
        speak_sentence(speaker, now->row);
    }
}

void speak_pane(struct speaker *speaker, bool by_key)
{
    const struct console *console = speaker->console;
    struct pane *pane = console->panes[console->focus];
    struct spoken now;
    char state[256];
    bool returned = speaker->dialog != NULL;

    if (pane->ops->plain(pane, &now) < 0)
        return;
    pane->ops->state(pane, state, sizeof state);
    if (speaker->again || speaker->pane != console->focus)
        say_entered(speaker, &now, state);
    else if (by_key || returned)
        say_moved(speaker, &now, state, returned);
    else
        say_changed(speaker, &now);
    spoken_done(&speaker->spoken);
    speaker->spoken = now;
    // A state that changes by itself is told with the next key.
    if (by_key || returned || speaker->pane != console->focus)
        (void)speak_replace(&speaker->state, strdup(state));
    speaker->pane = console->focus;
    speaker->dialog = NULL;
    speak_typed_none(speaker);
}
