// One line for the user: in the footer, and in the log.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/console/console.h"
#include "tui/console/speak.h"

void console_log(struct console *console, enum log_kind kind, const char *text)
{
    if (log_notice(console->model->log, kind, model_now(console->model), text) == 0 &&
        console->panes[PANE_LOG])
        (void)log_pane.changed(console->panes[PANE_LOG], MODEL_LOG);
    console->dirty = true;
}

void console_say(struct console *console, enum log_kind kind, const char *format, ...)
{
    char raw[sizeof console->message];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    text_clean(console->message, sizeof console->message, raw, strlen(raw));
    if (console->speaker)
        speaker_message(console->speaker, console->message);
    if (kind == LOG_WARNING)
        console_log(console, kind, console->message);
    console->dirty = true;
}
