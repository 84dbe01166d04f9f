#include "tui/console/script.h"

#include <ctype.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"

struct script {
    char *text;
    char *at;
    bool quoted; // inside of "text"
    size_t line;
    struct loop_source *rest;
    unsigned rest_ms; // how long nothing may happen
    char word[PATH_MAX];
};

static void on_rested(void *context)
{
    (void)context; // a turn of the loop is all that is wanted
}

int script_open(struct loop *loop, const char *path, struct script **ret, struct error *err)
{
    struct script *script = calloc(1, sizeof *script);
    int r;

    if (!script)
        return ERROR_OOM(err);
    r = file_read(AT_FDCWD, path, SCRIPT_LIMIT, &script->text, NULL, err);
    if (r == 0)
        r = loop_timer(loop, on_rested, script, &script->rest, err);
    if (r < 0) {
        script_free(script);
        return r;
    }
    script->at = script->text;
    script->line = 1;
    *ret = script;
    return 0;
}

void script_free(struct script *script)
{
    if (!script)
        return;
    loop_source_free(script->rest);
    free(script->text);
    free(script);
}

void script_rest(struct script *script, unsigned ms)
{
    script->rest_ms = ms;
    loop_timer_start(script->rest, ms);
}

void script_stirred(struct script *script)
{
    if (script_resting(script))
        loop_timer_start(script->rest, script->rest_ms);
}

bool script_resting(const struct script *script)
{
    return loop_timer_running(script->rest);
}

bool script_at_rest(const struct script *script)
{
    return script->rest_ms > 0 && script_resting(script);
}

static void skip_blanks(struct script *script)
{
    while (isspace((unsigned char)*script->at) || *script->at == '#') {
        if (*script->at == '#')
            script->at += strcspn(script->at, "\n");
        else
            script->line += *script->at++ == '\n';
    }
}

static int wrong(const struct script *script, struct error *err, const char *word)
{
    int r =
        error_set(err, ERROR_USAGE, EINVAL, "script, line %zu: '%s' is no key", script->line, word);

    error_hint(err, "keys by name (Down, Ctrl-O, a), \"typed text\", @rest, # comment");
    return r;
}

// One character of a typed text; the bytes of one UTF-8 character are taken together.
static int next_typed(struct script *script, struct key *ret, struct error *err)
{
    unsigned char first;
    size_t length = 1;

    if (*script->at == '\\' && script->at[1])
        script->at++;
    first = (unsigned char)*script->at;
    if (first == '\0')
        return wrong(script, err, "text without its end");
    ret->modifiers = 0;
    ret->code = first;
    if (first >= 0xc0) {
        length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
        ret->code = first & (0xffu >> (length + 1));
        for (size_t i = 1; i < length; i++) {
            if (((unsigned char)script->at[i] & 0xc0) != 0x80)
                return wrong(script, err, "text that is no UTF-8");
            ret->code = ret->code << 6 | ((unsigned char)script->at[i] & 0x3f);
        }
    } else if (first == ' ') {
        ret->code = KEYCODE_SPACE;
    }
    script->at += length;
    return SCRIPT_KEY;
}

static void take_word(struct script *script)
{
    size_t length = strcspn(script->at, " \t\r\n");

    (void)snprintf(script->word, sizeof script->word, "%.*s", (int)length, script->at);
    script->at += length;
}

int script_next(struct script *script, struct key *ret, struct error *err)
{
    while (!script->quoted || *script->at == '"') {
        if (script->quoted)
            script->at++; // the end of a text
        skip_blanks(script);
        script->quoted =
            *script->at == '"' && script->at[1] && !isspace((unsigned char)script->at[1]);
        if (!script->quoted)
            break;
        script->at++;
    }
    if (script->quoted)
        return next_typed(script, ret, err);
    if (*script->at == '\0')
        return SCRIPT_END;
    take_word(script);
    if (strcmp(script->word, "@rest") == 0)
        return SCRIPT_REST;
    if (strcmp(script->word, "@save") == 0) {
        skip_blanks(script);
        take_word(script);
        return SCRIPT_SAVE;
    }
    return key_parse(script->word, ret) ? SCRIPT_KEY : wrong(script, err, script->word);
}

const char *script_file(const struct script *script)
{
    return script->word;
}
