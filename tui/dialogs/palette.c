// ":": every action by its name, with completion; some take an argument.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/near.h"
#include "core/base/text.h"
#include "tui/dialogs/box.h"
#include "tui/dialogs/choices.h"
#include "tui/dialogs/dialog.h"
#include "tui/dialogs/input_line.h"

#define PALETTE_ROWS 10
#define NAME_WIDTH   22

static const struct {
    enum action action;
    const char *argument;
} arguments[] = {
    {ACTION_THEME, "[NAME]"},
    {ACTION_SAVE, "FILE"},
    {ACTION_SAVE_SCREEN, "FILE"},
    {ACTION_FILTER, "TEXT"},
};
static const struct {
    const char *name;
    enum action action;
} aliases[] = {
    {"w", ACTION_SAVE},
    {"q", ACTION_QUIT},
};

struct palette {
    struct dialog dialog;
    struct input_line line;
    enum action found[ACTION_COUNT]; // what fits, the best first
    struct choices choices;
    char complaint[160];
};

static const char *argument_of(enum action action)
{
    for (size_t i = 0; i < ARRAY_SIZE(arguments); i++)
        if (arguments[i].action == action)
            return arguments[i].argument;
    return NULL;
}

// The first word of the line; returns what follows it, or NULL.
static const char *split(const struct palette *palette, char word[64])
{
    const char *text = palette->line.text + strspn(palette->line.text, " :");
    size_t n = strcspn(text, " ");
    const char *rest = text + n + strspn(text + n, " ");

    (void)snprintf(word, 64, "%.*s", (int)(n < 63 ? n : 63), text);
    return *rest ? rest : NULL;
}

static bool offered(enum action action)
{
    return action_infos[action].contexts & KEYS_PANES && action != ACTION_PALETTE;
}

static enum action by_name(const char *word)
{
    enum action action = action_by_name(word);

    for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
        if (strcmp(word, aliases[i].name) == 0)
            return aliases[i].action;
    return action != ACTION_NONE && offered(action) ? action : ACTION_NONE;
}

static void add_found(struct palette *palette, enum action action)
{
    for (size_t i = 0; i < palette->choices.n; i++)
        if (palette->found[i] == action)
            return;
    palette->found[palette->choices.n++] = action;
}

// Exactly this one first, then names that begin with it, then those that have it anywhere.
static void find(struct palette *palette)
{
    char word[64];
    enum action exact;

    (void)split(palette, word);
    palette->choices = (struct choices){.n = 0};
    palette->complaint[0] = '\0';
    exact = *word ? by_name(word) : ACTION_NONE;
    if (exact != ACTION_NONE)
        add_found(palette, exact);
    // Nobody opens it to go one row down: moves are there for those who type their names.
    for (int i = *word ? 0 : ACTION_BOTTOM + 1; i < ACTION_COUNT; i++)
        if (offered((enum action)i) && strncmp(action_infos[i].name, word, strlen(word)) == 0)
            add_found(palette, (enum action)i);
    for (int i = 0; *word && i < ACTION_COUNT; i++)
        if (offered((enum action)i) &&
            (strstr(action_infos[i].name, word) || strcasestr(action_infos[i].label, word)))
            add_found(palette, (enum action)i);
}

static void palette_free(struct dialog *dialog)
{
    free(dialog);
}

static void paint_row(struct palette *palette, struct surface_part part, int y, size_t i)
{
    const struct action_info *info = &action_infos[palette->found[i]];
    const char *argument = argument_of(palette->found[i]);
    bool chosen = i == palette->choices.chosen;
    char name[64], key[KEY_NAME_SIZE];

    keymap_key(palette->dialog.host->keymap, palette->found[i], key);
    (void)snprintf(name, sizeof name, "%s%s%s", info->name, argument ? " " : "",
                   argument ? argument : "");
    if (chosen)
        (void)surface_text(part, y, 0, 1, ROLE_LIST_MARKER, CUT_END,
                           surface_sign_selected(part.whole));
    (void)surface_text(part, y, 2, NAME_WIDTH, chosen ? ROLE_DIALOG_SELECTED : ROLE_DIALOG, CUT_END,
                       name);
    (void)surface_text(part, y, 3 + NAME_WIDTH, 8, ROLE_KEY, CUT_END, key);
    (void)surface_text(part, y, 12 + NAME_WIDTH, -1, ROLE_TEXT_DIM, CUT_END, info->help);
}

static void palette_paint(struct dialog *dialog, struct surface_part part)
{
    struct palette *palette = (struct palette *)dialog;
    int most = PALETTE_ROWS + 1 + BOX_LINES;
    int height = part.height < most ? part.height : most;
    struct surface_part inside =
        box_paint(surface_within(part, part.height - height, 0, height, part.width), "Command");
    int rows = inside.height - 1, y = inside.height - 1;

    choices_show(&palette->choices, rows > 0 ? rows : 0);
    for (int i = 0; i < rows && palette->choices.top + (size_t)i < palette->choices.n; i++)
        paint_row(palette, inside, i, palette->choices.top + (size_t)i);
    if (palette->choices.n == 0 && rows > 0)
        (void)box_sentence(inside, 0, 2, ROLE_STATUS_WARNING,
                           palette->complaint[0] ? palette->complaint
                                                 : "no action has this in its name");
    if (y < 0)
        return;
    (void)surface_text(inside, y, 0, 1, ROLE_KEY, CUT_END, ":");
    input_line_paint(&palette->line, inside, y, 1, inside.width - 1, true);
}

static enum key_context palette_context(struct dialog *dialog)
{
    (void)dialog;
    return KEYS_INPUT;
}

static enum action nearest(const char *word)
{
    enum action found = ACTION_NONE;
    unsigned least = NEAR_NOT;

    for (int i = 0; i < ACTION_COUNT; i++) {
        const char *name = action_infos[i].name;
        unsigned far = offered((enum action)i)
                           ? near_distance(word, strlen(word), name, strlen(name))
                           : NEAR_NOT;

        if (far < least) {
            least = far;
            found = (enum action)i;
        }
    }
    return found;
}

static void complain(struct palette *palette, const char *word)
{
    enum action near = nearest(word);

    (void)snprintf(palette->complaint, sizeof palette->complaint, "there is no '%s'%s%s%s", word,
                   near == ACTION_NONE ? "" : ": did you mean ",
                   near == ACTION_NONE ? "" : action_infos[near].name,
                   near == ACTION_NONE ? "" : "?");
    palette->dialog.host->say(palette->dialog.host, LOG_NOTICE, palette->complaint);
}

static void run(struct palette *palette)
{
    struct dialog_host *host = palette->dialog.host;
    _cleanup_free_ char *argument = NULL;
    enum action action;
    char word[64];
    const char *rest = split(palette, word);

    if (!*word && palette->choices.chosen == 0) {
        host->close(host, &palette->dialog);
        return;
    }
    if (palette->choices.n == 0) {
        complain(palette, word);
        return;
    }
    action = palette->found[palette->choices.chosen];
    argument = rest ? strdup(rest) : NULL;
    host->close(host, &palette->dialog);
    host->perform(host, action, argument);
}

static void complete(struct palette *palette)
{
    _cleanup_free_ char *text = NULL;
    enum action action;
    char word[64];

    if (palette->choices.n == 0 || split(palette, word))
        return;
    action = palette->found[palette->choices.chosen];
    text = text_format("%s%s", action_infos[action].name, argument_of(action) ? " " : "");
    if (!text)
        return;
    input_line_set(&palette->line, text);
    find(palette);
}

static void palette_act(struct dialog *dialog, enum action action)
{
    struct palette *palette = (struct palette *)dialog;

    dialog->host->dirty(dialog->host);
    if (action == ACTION_ACCEPT)
        run(palette);
    else if (action == ACTION_COMPLETE)
        complete(palette);
    else if (action == ACTION_ABOVE || action == ACTION_BELOW)
        (void)choices_act(&palette->choices, action == ACTION_ABOVE ? ACTION_UP : ACTION_DOWN);
    else if (action == ACTION_LEAVE || action == ACTION_CANCEL || action == ACTION_BACK)
        dialog->host->close(dialog->host, dialog);
}

static void palette_type(struct dialog *dialog, const struct key_event *event)
{
    struct palette *palette = (struct palette *)dialog;
    uint32_t code = event->kind == EVENT_KEY ? event->key.code : 0;

    dialog->host->dirty(dialog->host);
    if (input_line_type(&palette->line, event) == INPUT_CHANGED)
        find(palette);
    else if (code == KEYCODE_PAGE_UP || code == KEYCODE_PAGE_DOWN)
        (void)choices_act(&palette->choices,
                          code == KEYCODE_PAGE_UP ? ACTION_PAGE_UP : ACTION_PAGE_DOWN);
}

static const struct footer_key *palette_footer(struct dialog *dialog)
{
    static const struct footer_key keys[] = {
        {ACTION_ACCEPT, "Do it"}, {ACTION_COMPLETE, NULL}, {ACTION_LEAVE, NULL},
        {ACTION_BELOW, "Next"},   {ACTION_NONE, NULL},
    };

    (void)dialog;
    return keys;
}

static char *palette_plain(struct dialog *dialog)
{
    const struct palette *palette = (const struct palette *)dialog;
    size_t n = palette->choices.n, chosen = palette->choices.chosen;
    const struct action_info *info = n > 0 ? &action_infos[palette->found[chosen]] : NULL;
    _cleanup_free_ char *row = NULL;

    if (!info)
        return text_format("Command\n%s\n", palette->complaint[0]
                                                ? palette->complaint
                                                : "no action has this in its name");
    row = palette->line.length > 0 || chosen > 0
              ? text_format("%zu of %zu: %s: %s\n", chosen + 1, n, info->name, info->help)
              : NULL;
    return text_format("Command: type a name.\n%s", row ? row : "");
}

static const struct input_line *palette_line(struct dialog *dialog)
{
    return &((struct palette *)dialog)->line;
}

static const struct dialog_ops ops = {
    .name = "palette",
    .free = palette_free,
    .paint = palette_paint,
    .context = palette_context,
    .act = palette_act,
    .type = palette_type,
    .footer = palette_footer,
    .plain = palette_plain,
    .line = palette_line,
};

int palette_open(struct dialog_host *host, struct error *err)
{
    struct palette *palette = calloc(1, sizeof *palette);

    if (!palette)
        return ERROR_OOM(err);
    palette->dialog = (struct dialog){&ops, host};
    find(palette);
    host->open(host, &palette->dialog);
    host->dirty(host);
    return 0;
}
