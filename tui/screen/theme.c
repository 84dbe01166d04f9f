#include "tui/screen/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/screen/theme_internal.h"

// What a member of a role can be used for.
enum member { MEMBER_FG, MEMBER_BG, MEMBER_ATTR, MEMBER_MONO };
static const char *const member_names[] = {"fg", "bg", "attr", "mono"};

// A role's member as one file says it for the first `length` bytes of the role's name.
static const json_t *said(const struct theme_file *file, const char *role, size_t length,
                          enum member member)
{
    char name[64];

    (void)snprintf(name, sizeof name, "%.*s", (int)length, role);
    return json_object_get(json_object_get(json_object_get(file->json, "roles"), name),
                           member_names[member]);
}

static size_t without_last_part(const char *role, size_t length)
{
    while (length > 0 && role[length - 1] != '.')
        length--;
    return length > 0 ? length - 1 : 0;
}

// Calls use() with what is said, nearest first, until it takes one.
static bool find(const struct theme_chain *chain, const char *role, enum member member,
                 bool (*use)(const struct theme_chain *, const json_t *, void *), void *out)
{
    for (size_t i = 0; i < chain->n; i++)
        for (size_t length = strlen(role); length > 0; length = without_last_part(role, length)) {
            const json_t *value = said(&chain->files[i], role, length, member);

            if (value && use(chain, value, out))
                return true;
        }
    return false;
}

static bool use_color(const struct theme_chain *chain, const json_t *value, void *out)
{
    return theme_json_color(chain, json_string_value(value), out);
}

static bool use_attributes(const struct theme_chain *chain, const json_t *value, void *out)
{
    (void)chain;
    *(unsigned *)out = theme_json_attributes(value);
    return true;
}

static void resolve_color(const struct theme_chain *chain, enum role role, enum member member,
                          struct theme_color *out)
{
    *out = (struct theme_color){.kind = COLOR_IS_DEFAULT, .as_256 = -1, .as_16 = -1};
    if (!find(chain, role_name(role), member, use_color, out))
        (void)find(chain, role_name(ROLE_TEXT), member, use_color, out);
}

static void resolve(const struct theme_chain *chain, enum role role, struct theme_style *out)
{
    resolve_color(chain, role, MEMBER_FG, &out->fg);
    resolve_color(chain, role, MEMBER_BG, &out->bg);
    (void)find(chain, role_name(role), MEMBER_ATTR, use_attributes, &out->attributes);
    if (!find(chain, role_name(role), MEMBER_MONO, use_attributes, &out->mono))
        out->mono = out->attributes;
}

// Colours that no palette of the chain knows: told when all are there to be asked.
static void warn_of_colors(struct theme_chain *chain)
{
    for (size_t i = 0; i < chain->n; i++) {
        json_t *roles = json_object_get(chain->files[i].json, "roles"), *style;
        const char *role;

        json_object_foreach (roles, role, style) {
            for (enum member member = MEMBER_FG; member <= MEMBER_BG; member++) {
                const json_t *value = json_object_get(style, member_names[member]);
                struct theme_color ignored;

                if (value && !use_color(chain, value, &ignored))
                    theme_warn(&chain->warnings, "%s: roles.%.40s.%s: there is no colour '%.40s'",
                               chain->files[i].shown, role, member_names[member],
                               json_string_value(value));
            }
        }
    }
}

static const char *word(const struct theme_chain *chain, const char *member)
{
    const char *text = NULL;

    for (size_t i = 0; i < chain->n && !text; i++)
        text = json_string_value(json_object_get(chain->files[i].json, member));
    return text ? text : "";
}

// A theme found by its name has that; one found by a path has the name that it gives itself.
static void set_name(struct theme_chain *chain, struct theme *theme)
{
    const struct theme_file *file = &chain->files[0];
    const char *own = json_string_value(json_object_get(file->json, "name"));
    const char *slash = strrchr(file->name, '/'), *name = slash ? slash + 1 : file->name;

    if (slash && own)
        name = own;
    else if (!slash && own && strcmp(own, name) != 0)
        theme_warn(&chain->warnings, "%s: it calls itself '%s'", file->shown, own);
    (void)snprintf(theme->name, sizeof theme->name, "%.*s", (int)strcspn(name, "."), name);
    if (!theme_name_valid(theme->name)) // of a path
        (void)snprintf(theme->name, sizeof theme->name, "unnamed");
}

int theme_load(const struct theme_places *places, const char *name,
               void (*warn)(const char *text, void *context), void *context, struct theme **ret,
               struct error *err)
{
    struct theme_chain chain = {.warnings = {.warn = warn, .context = context}};
    _cleanup_free_ struct theme *theme = calloc(1, sizeof *theme);
    int r = theme ? theme_chain_load(&chain, places, name, err) : ERROR_OOM(err);

    if (r == 0) {
        set_name(&chain, theme);
        theme->light = strcmp(word(&chain, "variant"), "light") == 0;
        for (enum role role = 0; role < ROLE_COUNT; role++)
            resolve(&chain, role, &theme->styles[role]);
        warn_of_colors(&chain);
        *ret = TAKE_POINTER(theme);
    }
    theme_chain_done(&chain);
    return r;
}

void theme_free(struct theme *theme)
{
    free(theme);
}
