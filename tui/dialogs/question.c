#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/dialogs/box.h"
#include "tui/dialogs/buttons.h"
#include "tui/dialogs/dialog.h"

#define QUESTION_WIDTH 72

struct question {
    struct dialog dialog;
    char *title, *text;
    struct buttons buttons;
    void (*chosen)(int choice, void *context);
    void *context;
};

static void question_free(struct dialog *dialog)
{
    struct question *question = (struct question *)dialog;

    buttons_done(&question->buttons);
    free(question->title);
    free(question->text);
    free(question);
}

static void question_paint(struct dialog *dialog, struct surface_part part)
{
    struct question *question = (struct question *)dialog;
    const char *const *labels = (const char *const *)question->buttons.labels;
    int width = part.width < QUESTION_WIDTH ? part.width : QUESTION_WIDTH;
    int room = width - BOX_COLUMNS;
    int buttons = box_buttons_lines(room, labels, question->buttons.n);
    int text = box_sentence_lines(room, question->text);
    struct surface_part inside =
        box_paint(box_place(part, text + 1 + buttons + BOX_LINES, width), question->title);
    int y = inside.height - buttons;

    // The choices are what must be seen.
    y = y > text + 1 ? text + 1 : y > 0 ? y : 0;
    (void)box_sentence(surface_within(inside, 0, 0, y, inside.width), 0, 0, ROLE_DIALOG,
                       question->text);
    (void)box_buttons(inside, y, labels, question->buttons.n, question->buttons.chosen);
}

static enum key_context question_context(struct dialog *dialog)
{
    (void)dialog;
    return KEYS_FIELDS;
}

static void finish(struct question *question, int choice)
{
    struct dialog_host *host = question->dialog.host;

    host->close(host, &question->dialog);
    if (question->chosen)
        question->chosen(choice, question->context);
}

static void question_act(struct dialog *dialog, enum action action)
{
    struct question *question = (struct question *)dialog;

    if (buttons_act(&question->buttons, action))
        dialog->host->dirty(dialog->host);
    else if (action == ACTION_OPEN)
        finish(question, (int)question->buttons.chosen);
    else if (action == ACTION_BACK || action == ACTION_QUIT || action == ACTION_CANCEL)
        finish(question, -1);
}

static void question_type(struct dialog *dialog, const struct key_event *event)
{
    if (buttons_type(&((struct question *)dialog)->buttons, event))
        dialog->host->dirty(dialog->host);
}

static const struct footer_key *question_footer(struct dialog *dialog)
{
    (void)dialog;
    return buttons_footer;
}

static char *question_plain(struct dialog *dialog)
{
    const struct question *question = (const struct question *)dialog;

    return text_format("%s\n%s\nChoice %zu of %zu: %s.\n", question->title, question->text,
                       question->buttons.chosen + 1, question->buttons.n,
                       question->buttons.labels[question->buttons.chosen]);
}

static const struct dialog_ops ops = {
    .name = "question",
    .free = question_free,
    .paint = question_paint,
    .context = question_context,
    .act = question_act,
    .type = question_type,
    .footer = question_footer,
    .plain = question_plain,
};

int question_open(struct dialog_host *host, const char *title, const char *text,
                  const char *const *choices, void (*chosen)(int choice, void *context),
                  void *context, struct error *err)
{
    struct question *question = calloc(1, sizeof *question);

    if (!question)
        return ERROR_OOM(err);
    question->dialog = (struct dialog){&ops, host};
    question->title = strdup(title);
    question->text = strdup(text);
    question->chosen = chosen;
    question->context = context;
    for (; *choices; choices++)
        if (buttons_add(&question->buttons, *choices) < 0)
            break;
    if (!question->title || !question->text || *choices || question->buttons.n == 0) {
        question_free(&question->dialog);
        return ERROR_OOM(err);
    }
    host->open(host, &question->dialog);
    host->dirty(host);
    return 0;
}
