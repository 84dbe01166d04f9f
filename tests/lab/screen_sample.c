// The lower half of the console with a list on it, so that it can be tried without the upper one.
// j, k: select; n: count in the last row; c: copy; r: redraw; z: suspend; f: flush again; a:
// abort(); s: write to address 0; e: exit(3) without closing; p: many frames at once; q: quit. What
// happens is written to the file SAMPLE_LOG names, one word a line.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/loop.h"
#include "tui/screen/terminal.h"

struct sample {
    struct terminal *terminal;
    int log;
    int selected, rows, ends;
    unsigned frames;
    bool dirty;
    int counted;
};

static void tell(struct sample *sample, const char *what, const char *more)
{
    if (sample->log >= 0)
        (void)dprintf(sample->log, "%s%s%s\n", what, more ? " " : "", more ? more : "");
}

static void paint(struct sample *sample)
{
    struct surface *surface = terminal_surface(sample->terminal);
    struct surface_part all = surface_all(surface);
    struct surface_part list = surface_within(all, 2, 1, all.height - 4, all.width - 2);

    surface_clear(all, ROLE_TEXT);
    surface_text(all, 0, 0, -1, ROLE_HEADER, CUT_END,
                 "davit  node7 · root · 3 attached → 1 stale…");
    surface_text(all, 0, 60, -1, ROLE_HEADER_BANNER, CUT_END, "PROD");
    surface_text(all, 0, 64, -1, ROLE_HEADER_WARNING, CUT_END, "DOWN");
    surface_frame(surface_within(all, 1, 0, all.height - 2, all.width), ROLE_BORDER);
    surface_text(all, 1, 2, -1, ROLE_TITLE, CUT_END, " 1 Containers ");
    for (int i = 0; i < sample->rows && i < list.height; i++) {
        bool selected = i == sample->selected;
        char name[64];

        (void)snprintf(name, sizeof name, " edge-api-%d", i);
        if (selected)
            surface_text(list, i, 0, 1, ROLE_LIST_MARKER, CUT_END, surface_sign_selected(surface));
        surface_text(list, i, 1, 31, selected ? ROLE_LIST_SELECTED : ROLE_TEXT, CUT_MIDDLE, name);
        surface_text(list, i, 34, -1, ROLE_TEXT, CUT_END, "docker  running  9d");
        if (selected)
            surface_cursor(list, i, 0);
    }
    surface_format(all, all.height - 1, 0, -1, ROLE_KEY_LABEL, "%dx%d %d", all.width, all.height,
                   sample->counted);
}

// Where a sanitizer would have its own word, the kernel is to.
__attribute__((no_sanitize("undefined", "address"))) static void store_nowhere(volatile int *where)
{
    *where = 0;
}

// A redraw of everything a hundred times over: more than a terminal takes at once.
static void fill(struct sample *sample, const char *done)
{
    for (int i = 0; i < 100; i++) {
        terminal_redraw(sample->terminal);
        paint(sample);
        if (terminal_flush(sample->terminal) != 0)
            tell(sample, "busy", NULL);
    }
    tell(sample, done, NULL);
}

static void on_letter(struct sample *sample, uint32_t letter)
{
    struct error err;

    switch (letter) {
    case 'j':
        sample->selected += sample->selected < sample->rows - 1;
        break;
    case 'k':
        sample->selected -= sample->selected > 0;
        break;
    case 'n':
        sample->counted++;
        break;
    case 'c':
        (void)terminal_copy(sample->terminal, "copied \x1b[31m text", &err);
        break;
    case 'r':
        terminal_redraw(sample->terminal);
        break;
    case 'z':
        terminal_suspend(sample->terminal);
        break;
    case 'p':
        fill(sample, "painted");
        break;
    case 'F':
        fill(sample, "filled");
        break;
    case 'a':
        abort();
    case 's':
        store_nowhere((volatile int *)(intptr_t)sample->ends);
        break;
    case 'e':
        exit(3);
    case 'q':
        sample->ends = 1;
        break;
    }
}

static void on_key(struct key_event event, void *context)
{
    struct sample *sample = context;
    char name[KEY_NAME_SIZE];

    sample->dirty = true;
    if (event.kind == EVENT_PASTE) {
        tell(sample, "paste", event.text);
        return;
    }
    key_format(event.key, name);
    tell(sample, "key", name);
    if (event.key.code < KEY_FIRST_)
        on_letter(sample, event.key.modifiers ? 0 : event.key.code);
}

static void on_resized(void *context)
{
    struct sample *sample = context;

    sample->dirty = true;
    tell(sample, "resized", NULL);
}

static void on_resumed(void *context)
{
    struct sample *sample = context;

    sample->dirty = true;
    tell(sample, "resumed", NULL);
}

static void on_hangup(void *context)
{
    struct sample *sample = context;

    tell(sample, "hangup", NULL);
    sample->ends = 2;
}

static void on_interrupt(void *context)
{
    struct sample *sample = context;

    tell(sample, "interrupt", NULL);
    sample->ends = 3;
}

static void on_notice(const char *text, void *context)
{
    tell(context, "notice", text);
}

// One of its own, so that the bytes that tests count and look for are its own too.
static void make_theme(struct theme *theme)
{
    *theme = (struct theme){.name = "sample"};
    theme->styles[ROLE_LIST_MARKER].fg =
        (struct theme_color){.kind = COLOR_IS_ANSI, .ansi = 6, .as_256 = -1, .as_16 = -1};
    theme->styles[ROLE_LIST_MARKER].attributes = theme->styles[ROLE_LIST_MARKER].mono =
        ATTRIBUTE_BOLD;
    theme->styles[ROLE_LIST_SELECTED] = theme->styles[ROLE_HEADER_BANNER] =
        (struct theme_style){.attributes = ATTRIBUTE_BOLD, .mono = ATTRIBUTE_BOLD};
    theme->styles[ROLE_HEADER_WARNING] =
        (struct theme_style){.attributes = ATTRIBUTE_UNDERLINE, .mono = ATTRIBUTE_UNDERLINE};
}

static int run(struct sample *sample, struct error *err)
{
    static const struct terminal_events events = {.key = on_key,
                                                  .resized = on_resized,
                                                  .resumed = on_resumed,
                                                  .hangup = on_hangup,
                                                  .interrupt = on_interrupt,
                                                  .notice = on_notice};
    _cleanup_loop_ struct loop *loop = NULL;
    CLEANUP(terminal_closep) struct terminal *terminal = NULL;
    struct theme theme;
    int r = loop_new(&loop, err);

    if (r == 0)
        r = terminal_open(loop, getenv("NO_COLOR") ? TERMINAL_NO_COLOR : 0, NULL, &events, sample,
                          &terminal, err);
    if (r < 0)
        return r;
    sample->terminal = terminal;
    make_theme(&theme);
    terminal_set_theme(terminal, &theme);
    sample->dirty = true;
    while (!sample->ends) {
        if (sample->dirty) {
            sample->dirty = false;
            paint(sample);
            if (terminal_flush(terminal) == 0 && sample->frames++ == 0)
                tell(sample, "ready", NULL);
        }
        (void)loop_turn(loop);
    }
    tell(sample, "end", NULL);
    return sample->ends - 1;
}

int main(void)
{
    struct sample sample = {.rows = 10, .log = -1};
    const char *log = getenv("SAMPLE_LOG");
    struct error err;
    int r;

    if (log)
        sample.log = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    r = run(&sample, &err);
    if (r < 0) {
        (void)fprintf(stderr, "screen_sample: %s\n  %s\n", err.message, err.hint);
        return err.code == ERROR_USAGE ? 2 : 1;
    }
    return r;
}
