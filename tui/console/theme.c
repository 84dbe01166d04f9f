#include <stdlib.h>
#include <string.h>

#include "tui/console/console.h"

static void say(const char *text, void *context)
{
    console_say(context, LOG_WARNING, "%s", text);
}

void console_theme(struct console *console, const char *name)
{
    struct error err = {.code = ERROR_NONE};
    struct theme *theme = NULL;
    char *copy;

    if (!name || !*name) {
        if (theme_menu_open(&console->host, &err) < 0)
            console_say(console, LOG_WARNING, "%s", err.message);
        return;
    }
    if (theme_load(console->options.places, name, say, console, &theme, &err) < 0) {
        console_say(console, LOG_WARNING, "%s", err.message);
        return;
    }
    terminal_set_theme(console->terminal, theme);
    theme_free(theme);
    copy = strdup(name);
    free(console->host.theme);
    console->host.theme = copy;
    console->dirty = true;
}
