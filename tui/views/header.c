#include "tui/views/pane.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/views/runtimes.h"

#define WORDS_MAX 24
#define WORD_SIZE 160

// A piece of the line. Where it is narrow, the least important go first.
struct word {
    char text[WORD_SIZE];
    enum role role;
    int importance; // 0: goes first
    bool joined;    // follows the word before by a space alone, not by " · "
};
struct words {
    struct word list[WORDS_MAX];
    size_t n;
};

enum { SAYS_HINT, SAYS_USER, SAYS_ATTACHED, SAYS_HOST, SAYS_TROUBLE, SAYS_BANNER, SAYS_NAME };

__attribute__((format(printf, 4, 5))) static struct word *add(struct words *words, enum role role,
                                                              int importance, const char *format,
                                                              ...)
{
    struct word *word = &words->list[words->n];
    va_list arguments;

    if (words->n == WORDS_MAX)
        return &words->list[WORDS_MAX - 1];
    words->n++;
    *word = (struct word){.role = role, .importance = importance};
    va_start(arguments, format);
    (void)vsnprintf(word->text, sizeof word->text, format, arguments);
    va_end(arguments);
    return word;
}

// One mark for each runtime, but for those that are not here.
static void add_runtimes(struct words *words, const struct model *model)
{
    for (size_t i = 0; i < model->n_runtimes; i++) {
        char mark[WORD_SIZE];
        bool trouble = runtime_mark(&model->runtimes[i], mark, sizeof mark);

        if (*mark)
            (void)add(words, trouble ? ROLE_HEADER_WARNING : ROLE_HEADER,
                      trouble ? SAYS_TROUBLE : SAYS_HINT, "%s", mark);
    }
}

// What does not answer: filesystems of the host, and mounts of the selected container that are not
// one of those.
static size_t count_stale(const struct model *model)
{
    size_t n = 0;

    for (size_t i = 0; i < model->filesystems->n; i++)
        n += model->filesystems->items[i]->usage == USAGE_SHOWN_SILENT;
    for (size_t i = 0; i < model->mounts->n; i++) {
        const struct shown_mount *mount = model->mounts->items[i];
        bool counted = !mount->stale;

        for (size_t j = 0; !counted && j < model->filesystems->n; j++)
            counted = model->filesystems->items[j]->usage == USAGE_SHOWN_SILENT &&
                      text_same(model->filesystems->items[j]->major_minor, mount->major_minor);
        n += !counted;
    }
    return n;
}

static void add_counts(struct words *words, const struct model *model)
{
    size_t attached = 0, lingering = 0;
    size_t stale = count_stale(model);

    for (size_t i = 0; i < model->attachments->n; i++) {
        attached += text_same(model->attachments->items[i]->state, "live");
        lingering += text_same(model->attachments->items[i]->state, "lingering");
    }
    if (attached > 0)
        (void)add(words, ROLE_HEADER, SAYS_ATTACHED, "%zu attached", attached);
    if (lingering > 0)
        (void)add(words, ROLE_HEADER_WARNING, SAYS_ATTACHED, "%zu still held", lingering);
    if (stale > 0)
        (void)add(words, ROLE_HEADER_WARNING, SAYS_TROUBLE, "%zu stale", stale);
}

// Without privilege: how much of the truth this is.
static void add_hint(struct words *words, const struct model *model)
{
    size_t readable = 0;

    if (model->engine.privileged || !model->containers_known)
        return;
    for (size_t i = 0; i < model->containers->n; i++)
        readable += model->containers->items[i]->pid > 0;
    if (model->unreadable > 0)
        (void)add(words, ROLE_HEADER_WARNING, SAYS_HINT,
                  "%zu containers readable, %u processes not: they need CAP_SYS_PTRACE", readable,
                  model->unreadable);
    (void)add(words, ROLE_HEADER_WARNING, SAYS_USER, "sudo davit");
}

static void collect(struct words *words, const struct model *model, const char *banner)
{
    const struct shown_engine *engine = &model->engine;

    (void)add(words, ROLE_HEADER, SAYS_NAME, "davit");
    if (engine->read_only || (engine->user && !engine->privileged))
        add(words, ROLE_HEADER_WARNING, SAYS_TROUBLE, "[RO]")->joined = true;
    if (engine->host)
        add(words, ROLE_HEADER, SAYS_HOST, " %s", engine->host)->joined = true;
    if (banner && *banner)
        add(words, ROLE_HEADER_BANNER, SAYS_BANNER, "%s", banner)->joined = true;
    if (engine->user)
        (void)add(words, ROLE_HEADER, SAYS_USER, "%s", engine->user);
    add_runtimes(words, model);
    add_counts(words, model);
    add_hint(words, model);
}

static int width_of(const struct words *words)
{
    int width = 0;

    for (size_t i = 0; i < words->n; i++)
        width += text_columns(words->list[i].text) + (i == 0 ? 0 : words->list[i].joined ? 1 : 3);
    return width;
}

// Takes the least important away, of equals the last, until the rest fits.
static void shorten(struct words *words, int width)
{
    while (words->n > 1 && width_of(words) > width) {
        size_t least = words->n - 1;

        for (size_t i = words->n; i-- > 0;)
            if (words->list[i].importance < words->list[least].importance)
                least = i;
        words->n--;
        memmove(&words->list[least], &words->list[least + 1],
                (words->n - least) * sizeof(struct word));
    }
}

void header_paint(struct surface_part part, const struct model *model, const char *banner)
{
    struct words words = {.n = 0};
    int x = 0;

    collect(&words, model, banner);
    shorten(&words, part.width);
    surface_clear(part, ROLE_HEADER);
    for (size_t i = 0; i < words.n; i++) {
        const struct word *word = &words.list[i];

        if (i > 0)
            x += surface_text(part, 0, x, -1, ROLE_HEADER, CUT_END, word->joined ? " " : " · ");
        x += surface_text(part, 0, x, -1, word->role, CUT_MIDDLE, word->text);
    }
}
