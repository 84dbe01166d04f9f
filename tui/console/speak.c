#include "tui/console/speak_internal.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"

struct speaker *speaker_new(struct console *console)
{
    struct speaker *speaker = calloc(1, sizeof *speaker);

    if (speaker) {
        speaker->console = console;
        speaker->pane = PANE_COUNT; // none yet
    }
    return speaker;
}

static void forget_messages(struct speaker *speaker)
{
    while (speaker->n_messages > 0)
        free(speaker->messages[--speaker->n_messages]);
}

void speaker_free(struct speaker *speaker)
{
    if (!speaker)
        return;
    forget_messages(speaker);
    spoken_done(&speaker->spoken);
    free(speaker->header);
    free(speaker->dialog_text);
    free(speaker->typed.text);
    free(speaker->state);
    free(speaker);
}

void speaker_message(struct speaker *speaker, const char *text)
{
    char *copy = speaker->n_messages < MESSAGES_MAX ? strdup(text) : NULL;

    if (copy)
        speaker->messages[speaker->n_messages++] = copy;
}

void speaker_again(struct speaker *speaker)
{
    speaker->again = true;
}

// ---- the whole ----

static char *runtime_words(const struct shown_runtime *runtime)
{
    const char *names = runtime->names_from_disk ? ", names from disk" : "";

    if (text_same(runtime->state, "unreachable"))
        return text_format(", %s is down%s: %s%s%s", runtime->name, names,
                           runtime->error ? runtime->error : "no reason is known",
                           runtime->hint ? "; " : "", runtime->hint ? runtime->hint : "");
    if (text_same(runtime->state, "reading-only"))
        return text_format(", %s for reading only%s", runtime->name, names);
    return runtime->names_from_disk ? text_format(", %s%s", runtime->name, names) : strdup("");
}

// "davit on node7, PROD, root, read-only, docker is down, names from disk"
static char *header_words(const struct console *console)
{
    const struct model *model = console->model;
    const struct shown_engine *engine = &model->engine;
    const char *banner = console->config.banner;
    char *words = text_format(
        "davit%s%s%s%s%s%s%s%s", engine->host ? " on " : "", engine->host ? engine->host : "",
        banner && *banner ? ", " : "", banner ? banner : "", engine->user ? ", " : "",
        engine->user ? engine->user : "", engine->read_only ? ", read-only" : "",
        engine->user && !engine->privileged ? ", without privilege: try sudo davit" : "");

    for (size_t i = 0; words && i < model->n_runtimes; i++) {
        _cleanup_free_ char *before = words;
        _cleanup_free_ char *runtime = runtime_words(&model->runtimes[i]);

        words = runtime ? text_format("%s%s", before, runtime) : NULL;
    }
    return words;
}

static void say_header(struct speaker *speaker)
{
    char *words = header_words(speaker->console);

    if (words && (speak_replace(&speaker->header, words) || speaker->again))
        speak_sentence(speaker, words);
}

// ---- a turn ----

void speaker_turn(struct speaker *speaker, bool by_key)
{
    struct console *console = speaker->console;
    struct dialog *top = console_top(console);

    speaker->was_open = speaker->typed.open;
    // Before the engine has told anything there is nothing to say, but for a key or a warning.
    if (console->model->containers_known || by_key || speaker->begun) {
        say_header(speaker);
        if (!speaker->begun)
            speaker->log_seen = console->model->log->next_number;
        speaker->begun = true;
        speak_results(speaker);
    }
    for (size_t i = 0; i < speaker->n_messages; i++)
        speak_line(speaker, speaker->messages[i]);
    if (top)
        speak_dialog(speaker, top);
    else if (speaker->begun)
        speak_pane(speaker, by_key);
    forget_messages(speaker);
    speaker->again = false;
}
