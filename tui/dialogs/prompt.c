#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/dialogs/dialog.h"
#include "tui/dialogs/filter_line.h"

struct prompt {
    struct dialog dialog;
    char *label;
    struct input_line line;
    void (*done)(const char *text, void *context);
    void (*each)(const char *text, void *context);
    void *context;
};

static void prompt_free(struct dialog *dialog)
{
    struct prompt *prompt = (struct prompt *)dialog;

    free(prompt->label);
    free(prompt);
}

// One line at the bottom: what is filtered stays in sight.
static void prompt_paint(struct dialog *dialog, struct surface_part part)
{
    struct prompt *prompt = (struct prompt *)dialog;
    int y = part.height - 1, x;

    if (y < 0)
        return;
    surface_clear(surface_within(part, y, 0, 1, part.width), ROLE_DIALOG);
    x = surface_text(part, y, 1, part.width / 2, ROLE_DIALOG_FIELD, CUT_END, prompt->label) + 2;
    input_line_paint(&prompt->line, part, y, x, part.width - x - 1, true);
}

static enum key_context prompt_context(struct dialog *dialog)
{
    (void)dialog;
    return KEYS_INPUT;
}

static void finish(struct prompt *prompt, const char *text)
{
    struct dialog_host *host = prompt->dialog.host;

    host->close(host, &prompt->dialog);
    if (prompt->done)
        prompt->done(text, prompt->context);
}

static void prompt_act(struct dialog *dialog, enum action action)
{
    struct prompt *prompt = (struct prompt *)dialog;

    if (action == ACTION_ACCEPT)
        finish(prompt, prompt->line.text);
    else if (action == ACTION_LEAVE || action == ACTION_CANCEL || action == ACTION_BACK)
        finish(prompt, NULL);
}

static void prompt_type(struct dialog *dialog, const struct key_event *event)
{
    struct prompt *prompt = (struct prompt *)dialog;

    if (input_line_type(&prompt->line, event) == INPUT_CHANGED && prompt->each)
        prompt->each(prompt->line.text, prompt->context);
    dialog->host->dirty(dialog->host);
}

static const struct footer_key *prompt_footer(struct dialog *dialog)
{
    (void)dialog;
    return filter_line_footer;
}

static char *prompt_plain(struct dialog *dialog)
{
    const struct prompt *prompt = (const struct prompt *)dialog;

    return text_format("%s: type a text.\n", prompt->label);
}

static const struct input_line *prompt_line(struct dialog *dialog)
{
    return &((struct prompt *)dialog)->line;
}

static const struct dialog_ops ops = {
    .name = "prompt",
    .free = prompt_free,
    .paint = prompt_paint,
    .context = prompt_context,
    .act = prompt_act,
    .type = prompt_type,
    .footer = prompt_footer,
    .plain = prompt_plain,
    .line = prompt_line,
};

int prompt_open(struct dialog_host *host, const char *label, const char *text,
                void (*done)(const char *text, void *context),
                void (*each)(const char *text, void *context), void *context, struct error *err)
{
    struct prompt *prompt = calloc(1, sizeof *prompt);
    char *copy = strdup(label);

    if (!prompt || !copy) {
        free(prompt);
        free(copy);
        return ERROR_OOM(err);
    }
    prompt->dialog = (struct dialog){&ops, host};
    prompt->label = copy;
    prompt->done = done;
    prompt->each = each;
    prompt->context = context;
    input_line_set(&prompt->line, text);
    host->open(host, &prompt->dialog);
    host->dirty(host);
    return 0;
}
