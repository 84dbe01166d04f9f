#include "tui/console/speak_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/input_line.h"

// ---- the line that is typed ----

static void echo(struct speaker *speaker, const char *text)
{
    (void)terminal_echo(speaker->console->terminal, text);
    speaker->typed.open = true;
}

// The line as it is now, below what was said, to be gone on with.
static void say_typed(struct speaker *speaker, const struct input_line *line)
{
    if (line->length == 0)
        return;
    if (speaker->typed.open)
        (void)terminal_line(speaker->console->terminal, ""); // ends the old one
    echo(speaker, line->text);
}

static void say_at_cursor(struct speaker *speaker, const struct input_line *line)
{
    const char *at = line->text + line->cursor;
    size_t length = 1;
    _cleanup_free_ char *character = NULL;

    while (((unsigned char)at[length] & 0xc0) == 0x80)
        length++;
    character = text_format("%.*s", (int)length, at);
    speak_line(speaker, !*at         ? "end of the line"
                        : *at == ' ' ? "space"
                        : character  ? character
                                     : "");
}

static void say_taken(struct speaker *speaker, const char *taken, bool nothing_left)
{
    _cleanup_free_ char *line = text_format("deleted %s%s", text_same(taken, " ") ? "space" : taken,
                                            nothing_left ? ", the line is empty" : "");

    speak_line(speaker, line ? line : "");
}

// True: the text is other than before, so that it was typed or completed.
static bool say_typing(struct speaker *speaker, const struct input_line *line)
{
    const struct typed *typed = &speaker->typed;
    const char *before = typed->text ? typed->text : "";
    size_t length = strlen(before);
    bool other = strcmp(before, line->text) != 0;

    if (other && strncmp(before, line->text, length) == 0) {
        if (typed->open || length == 0)
            echo(speaker, line->text + length);
        else
            say_typed(speaker, line);
    } else if (other && strncmp(before, line->text, line->length) == 0) {
        say_taken(speaker, before + line->length, line->length == 0);
    } else if (other) {
        say_typed(speaker, line);
    } else if (line->cursor != typed->cursor) {
        say_at_cursor(speaker, line);
    }
    return other;
}

static void remember_typed(struct speaker *speaker, const struct input_line *line)
{
    speaker->typed.line = line;
    speaker->typed.cursor = line ? line->cursor : 0;
    (void)speak_replace(&speaker->typed.text, line ? strdup(line->text) : NULL);
}

void speak_typed_none(struct speaker *speaker)
{
    remember_typed(speaker, NULL);
}

// ---- dialogs ----

static bool has_line(const char *text, const char *line, size_t length)
{
    for (const char *at = text; at && *at; at += strcspn(at, "\n"), at += *at == '\n')
        if (strcspn(at, "\n") == length && memcmp(at, line, length) == 0)
            return true;
    return false;
}

// A page repeats as its notice what the footer says at the same time.
static bool was_message(const struct speaker *speaker, const char *line)
{
    for (size_t i = 0; i < speaker->n_messages; i++)
        if (strstr(speaker->messages[i], line + (strncmp(line, "! ", 2) == 0 ? 2 : 0)))
            return true;
    return false;
}

// The keys of the footer in words: "Keys: A attach, y copy command, Esc back."
static char *keys_of(const struct speaker *speaker, struct dialog *dialog)
{
    const struct footer_key *keys = dialog->ops->footer(dialog);
    const char *separator = "Keys: ";
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    for (; keys->action != ACTION_NONE; keys++) {
        const char *label = keys->label ? keys->label : action_infos[keys->action].label;
        char key[KEY_NAME_SIZE];

        keymap_key(speaker->console->keymap, keys->action, key);
        if (!*key)
            continue;
        (void)fprintf(out, "%s%s %c%s", separator, key, tolower((unsigned char)label[0]),
                      label + 1);
        separator = ", ";
    }
    (void)fputs(".\n", out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

// The lines that the text before did not have. Whether there were any.
static bool say_new_lines(struct speaker *speaker, const char *before, const char *text)
{
    bool any = false;

    for (const char *at = text; *at; at += *at == '\n') {
        size_t length = strcspn(at, "\n");
        _cleanup_free_ char *line = text_format("%.*s", (int)length, at);

        if (line && length > 0 && !has_line(before, at, length) && !was_message(speaker, line)) {
            speak_line(speaker, line);
            any = true;
        }
        at += length;
    }
    return any;
}

void speak_dialog(struct speaker *speaker, struct dialog *dialog)
{
    const struct input_line *line = dialog->ops->line ? dialog->ops->line(dialog) : NULL;
    bool same = speaker->dialog == dialog && !speaker->again;
    bool same_line = same && line && line == speaker->typed.line;
    bool interrupted = same_line && speaker->was_open && !speaker->typed.open;
    bool typed = same_line && say_typing(speaker, line);
    _cleanup_free_ char *page = dialog->ops->plain(dialog), *keys = keys_of(speaker, dialog);
    size_t length = page ? strlen(page) : 0;
    const char *end = length > 0 && page[length - 1] != '\n' ? "\n" : "";
    char *text = page && keys ? text_format("%s%s%s", page, end, keys) : NULL;
    bool said;

    if (!text)
        return;
    // What changes with each letter is told when the letters have ended.
    said = !typed && say_new_lines(speaker, same ? speaker->dialog_text : NULL, text);
    if (line && (!same_line || said || (interrupted && !typed)))
        say_typed(speaker, line);
    (void)speak_replace(&speaker->dialog_text, text);
    remember_typed(speaker, line);
    speaker->dialog = dialog;
}
