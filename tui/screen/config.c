#include "tui/screen/config.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#define _cleanup_keymap_ CLEANUP(keymap_freep)

struct told {
    void (*warn)(const char *text, void *context);
    void *context;
};

static void tell(const struct error *err, void *context)
{
    const struct told *told = context;
    _cleanup_free_ char *text = NULL;

    if (!told->warn)
        return;
    text = text_format("%s%s%s", err->message, *err->hint ? "; try: " : "", err->hint);
    told->warn(text ? text : err->message, told->context);
}

static void replace(char **where, char **from)
{
    free(*where);
    *where = TAKE_POINTER(*from);
}

static size_t characters(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static void take(struct config *config, struct settings *from, const char *path, struct told *told)
{
    struct error err;

    if (from->given & 1U << SETTING_ID_THEME)
        replace(&config->theme, &from->theme);
    if (from->given & 1U << SETTING_ID_BANNER) {
        if (characters(from->banner) <= CONFIG_BANNER_MAX) {
            replace(&config->banner, &from->banner);
        } else {
            (void)settings_wrong(&err, path, "banner",
                                 "at most %d characters are expected, not %zu", CONFIG_BANNER_MAX,
                                 characters(from->banner));
            tell(&err, told);
        }
    }
    if (from->given & 1U << SETTING_ID_ASCII)
        config->ascii = from->ascii;
    if (from->given & 1U << SETTING_ID_ESC_MS)
        config->esc_ms = from->esc_ms;
    if (from->given & 1U << SETTING_ID_ENGINE_DOCKER)
        replace(&config->docker, &from->docker);
    if (from->given & 1U << SETTING_ID_ENGINE_RUNTIMES)
        replace(&config->runtimes, &from->runtimes);
}

// --- keys ------------------------------------------------------------------------------------

static void drop(struct keymap_binding *bindings, size_t *n, size_t which)
{
    memmove(&bindings[which], &bindings[which + 1], (*n - which - 1) * sizeof *bindings);
    --*n;
}

// Whether bindings are fine, tried out on a copy; out of memory they are not.
static bool fine(const struct keymap *keymap, const struct keymap_binding *bindings, size_t n)
{
    _cleanup_keymap_ struct keymap *copy = NULL;
    struct error ignored;

    return keymap_copy(keymap, &copy, &ignored) == 0 &&
           keymap_bind_all(copy, bindings, n, &ignored) == 0;
}

// Which of the bindings is to blame: the last one without which the others are fine, else one that
// is not fine alone, else the last.
static size_t find_bad(const struct keymap *keymap, const struct keymap_binding *bindings, size_t n)
{
    struct keymap_binding *rest = calloc(n, sizeof *rest);

    for (size_t i = n; rest && i-- > 0;) {
        size_t n_rest = n;

        memcpy(rest, bindings, n * sizeof *rest);
        drop(rest, &n_rest, i);
        if (fine(keymap, rest, n_rest)) {
            free(rest);
            return i;
        }
    }
    free(rest);
    for (size_t i = 0; i < n; i++)
        if (!fine(keymap, &bindings[i], 1))
            return i;
    return n - 1;
}

// All at once, so that two actions may exchange their keys; what is wrong is left out.
static int bind(struct keymap *keymap, const struct settings *from, const char *path,
                struct told *told)
{
    struct keymap_binding *bindings = calloc(from->n_keys + 1, sizeof *bindings);
    size_t n = from->n_keys;
    struct error err;

    if (!bindings)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        bindings[i] = (struct keymap_binding){from->keys[i].action, from->keys[i].keys};
    while (n > 0 && keymap_bind_all(keymap, bindings, n, &err) < 0) {
        size_t bad = find_bad(keymap, bindings, n);

        error_prefix(&err, "%s: keys.%.40s", path, bindings[bad].action);
        tell(&err, told);
        drop(bindings, &n, bad);
    }
    free(bindings);
    return 0;
}

int config_read(struct config *config, struct keymap *keymap, const char *path, unsigned flags,
                void (*warn)(const char *text, void *context), void *context, struct error *err)
{
    struct told told = {.warn = warn, .context = context};
    const struct settings_events events = {.wrong = tell, .unknown = tell, .context = &told};
    _cleanup_settings_ struct settings from = {.given = 0};
    int r = settings_read(&from, path, flags & CONFIG_SCREEN_ONLY ? SETTINGS_SCREEN_ONLY : 0,
                          &events, err);

    if (r != 0)
        return r;
    if (keymap && from.n_keys > 0 && bind(keymap, &from, path, &told) < 0)
        return ERROR_OOM(err);
    take(config, &from, path, &told);
    return 0;
}

void config_done(struct config *config)
{
    free(config->theme);
    free(config->banner);
    free(config->docker);
    free(config->runtimes);
    *config = (struct config){.theme = NULL};
}

char *config_user_path(void)
{
    return settings_user_path("davit/config.json");
}
