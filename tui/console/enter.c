// A shell in a container: the terminal is left to it until it ends. The console has no privilege
// and runs nothing: the engine does, on the terminal that both were started on.
#include "tui/console/console.h"

#include <stdlib.h>
#include <string.h>

static void enter(struct console *console, const char *tools);

static void chosen(int choice, void *context)
{
    struct console *console = context;

    if (choice == 1)
        enter(console, "busybox");
}

// Without a shell there is one thing to offer.
static void failed(struct console *console, const struct error *why)
{
    static const char *const choices[] = {"Back", "Bring busybox", NULL};
    struct error err = {.code = ERROR_NONE};

    if (why->code != ERROR_NO_PATH || !strstr(why->message, "no shell"))
        console_say(console, LOG_WARNING, "%s", why->message);
    else if (question_open(&console->host, "No shell here",
                           "A static busybox of this host can be brought. Nothing is written to "
                           "the container, and it does not see it.",
                           choices, chosen, console, &err) < 0)
        console_say(console, LOG_WARNING, "%s", err.message);
}

static void on_left(const json_t *result, const struct error *why, void *context)
{
    struct console *console = context;
    const struct shown_container *container = model_container(console->model, console->entering);

    console->entered = 0;
    terminal_take(console->terminal);
    if (why) {
        failed(console, why);
    } else {
        console_say(console, LOG_NOTICE, "back from %s: exit status %d",
                    container ? container->label : "a container that is gone",
                    (int)json_integer_value(json_object_get(result, "status")));
        console_log(console, LOG_NOTICE, console->message);
    }
    console->dirty = true;
}

static json_t *params_of(const struct console *console, const char *tools)
{
    const struct shown_container *container = model_container(console->model, console->entering);

    if (!container)
        return json_pack("{s:s}", "container", console->entering);
    return json_pack("{s:s, s:I, s:I, s:s?}", "container", container->key, "pid",
                     (json_int_t)container->pid, "start_time", (json_int_t)container->start_time,
                     "tools", tools);
}

static void enter(struct console *console, const char *tools)
{
    struct error err = {.code = ERROR_NONE};

    if (console->entered)
        return;
    terminal_lend(console->terminal);
    if (client_call(console->client, PROTOCOL_ENTER, params_of(console, tools), on_left, console,
                    &console->entered, &err) == 0)
        return;
    terminal_take(console->terminal);
    console_say(console, LOG_WARNING, "%s", err.message);
}

void console_enter(struct console *console, const struct subject *subject)
{
    free(console->entering);
    console->entering = strdup(subject->container->key);
    if (console->entering)
        enter(console, NULL);
    else
        console_say(console, LOG_WARNING, "out of memory");
}

static void on_nothing(const json_t *result, const struct error *why, void *context)
{
    (void)result, (void)why, (void)context;
}

bool console_enter_resized(struct console *console)
{
    struct error ignored;

    if (!terminal_lent(console->terminal))
        return false;
    if (console->entered)
        (void)client_call(console->client, PROTOCOL_RESIZE,
                          json_pack("{s:I}", "request", (json_int_t)console->entered), on_nothing,
                          console, NULL, &ignored);
    return true;
}

bool console_enter_interrupted(struct console *console)
{
    if (!terminal_lent(console->terminal))
        return false;
    if (console->entered)
        client_cancel(console->client, console->entered);
    return true;
}
