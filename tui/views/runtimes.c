#include "tui/views/runtimes.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"

#define ERROR_TEXT_SIZE 640
#define ROWS_LEFT       3  // for the list's header and two rows, at least
#define ROWS_ROOMY      7  // from here on what to try has a line of its own
#define KEY_COLUMNS     60 // from here on the key to the page is named

static bool is_absent(const struct shown_runtime *runtime)
{
    return !runtime->state || text_same(runtime->state, "absent");
}

static bool is_proc(const struct shown_runtime *runtime)
{
    return text_same(runtime->name, "proc");
}

bool runtime_mark(const struct shown_runtime *runtime, char *out, size_t size)
{
    const char *names = runtime->names_from_disk ? " (names from disk)" : "";
    bool connected = text_same(runtime->state, "connected");
    const char *how = text_same(runtime->state, "unreachable")    ? " DOWN"
                      : text_same(runtime->state, "reading-only") ? " for reading only"
                      : connected && !*names                      ? " ok"
                                                                  : "";

    out[0] = '\0';
    if ((is_absent(runtime) && !*names) || (is_proc(runtime) && connected))
        return false;
    (void)snprintf(out, size, "%.32s%s%s", runtime->name, how, names);
    return !connected || *names;
}

// "i Runtimes" at the end of a line; returns its cells, with a gap.
static int paint_key(struct surface_part part, int y, const struct keymap *keymap)
{
    const char *label = action_infos[ACTION_RUNTIMES].label;
    char key[KEY_NAME_SIZE] = "";
    int width, x;

    if (keymap)
        keymap_key(keymap, ACTION_RUNTIMES, key);
    width = text_columns(key) + 1 + text_columns(label);
    if (!*key || part.width < KEY_COLUMNS)
        return 0;
    x = part.width - 1 - width;
    x += surface_text(part, y, x, -1, ROLE_KEY, CUT_END, key) + 1;
    (void)surface_text(part, y, x, -1, ROLE_KEY_LABEL, CUT_END, label);
    return width + 2;
}

int runtimes_note(struct surface_part part, const struct model *model, const struct keymap *keymap)
{
    int each = part.height >= ROWS_ROOMY ? 2 : 1;
    int lines = 0;

    for (size_t i = 0; i < model->n_runtimes; i++)
        if (model->runtimes[i].error && lines + each + ROWS_LEFT <= part.height)
            lines += each;
    part = surface_within(part, part.height - lines, 0, lines, part.width);
    for (size_t i = 0, y = 0; i < model->n_runtimes && (int)y < lines; i++) {
        const struct shown_runtime *runtime = &model->runtimes[i];
        char why[ERROR_TEXT_SIZE];
        int key;

        if (!runtime->error)
            continue;
        (void)surface_text(part, (int)y, 0, 1, ROLE_STATUS_WARNING, CUT_END, "!");
        y += (size_t)each;
        key = (int)y == lines ? paint_key(part, lines - 1, keymap) : 0;
        (void)snprintf(why, sizeof why, "%.32s: %s", runtime->name, runtime->error);
        (void)surface_text(part, (int)y - each, 2, part.width - 3 - (each == 1 ? key : 0),
                           ROLE_STATUS_WARNING, CUT_MIDDLE, why);
        if (each > 1)
            (void)surface_text(part, (int)y - 1, 2, part.width - 2 - key, ROLE_TEXT, CUT_END,
                               runtime->hint ? runtime->hint : "");
    }
    return lines;
}

static void print_runtime(FILE *out, const struct shown_runtime *runtime)
{
    (void)fprintf(out, "%s%s: %s%s%s\n", is_proc(runtime) ? "/" : "", runtime->name,
                  is_absent(runtime)                                           ? "not on this host"
                  : text_same(runtime->state, "unreachable")                   ? "DOWN"
                  : text_same(runtime->state, "reading-only")                  ? "for reading only"
                  : text_same(runtime->state, "connected") && is_proc(runtime) ? "read"
                                                                               : runtime->state,
                  runtime->endpoint ? " at " : "", runtime->endpoint ? runtime->endpoint : "");
    if (runtime->names_from_disk)
        (void)fputs("  names and images are from what it left on disk\n", out);
    if (runtime->error)
        (void)fprintf(out, "  why: %s\n", runtime->error);
    if (runtime->hint)
        (void)fprintf(out, "  try: %s\n", runtime->hint);
}

char *runtimes_text(const struct model *model)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);

    if (!out)
        return NULL;
    if (!model->containers_known)
        (void)fputs("reading…\n", out);
    for (size_t i = 0; i < model->n_runtimes; i++)
        print_runtime(out, &model->runtimes[i]);
    if (model->unreadable > 0)
        (void)fprintf(out, "%u processes could not be read: sudo davit\n", model->unreadable);
    (void)fputs(
        "\nContainers are found in /proc; a runtime adds names, images and states. It is asked "
        "again by itself.\n",
        out);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
