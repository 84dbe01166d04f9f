#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/near.h"
#include "core/base/text.h"
#include "core/wire/jsonfile.h"
#include "tui/screen/theme_internal.h"

void theme_chain_done(struct theme_chain *chain)
{
    for (size_t i = 0; i < chain->n; i++) {
        json_decref(chain->files[i].json);
        free(chain->files[i].name);
        free(chain->files[i].shown);
    }
    chain->n = 0;
}

static const struct theme_built_in *built_in(const char *name)
{
    for (size_t i = 0; theme_built_ins[i].name; i++)
        if (strcmp(theme_built_ins[i].name, name) == 0)
            return &theme_built_ins[i];
    return NULL;
}

static int read_built_in(struct theme_file *file, struct error *err)
{
    const struct theme_built_in *found = built_in(file->name);

    if (!found)
        return 1;
    file->built_in = true;
    file->shown = text_format("the built-in theme %s", file->name);
    if (!file->shown)
        return ERROR_OOM(err);
    return jsonfile_parse(found->bytes, found->length, file->shown, THEME_LIMIT, &file->json, err);
}

// In one directory, by path or (path NULL) as a descriptor. 1: it is not there.
static int read_in(struct theme_chain *chain, struct theme_file *file, const char *path, int fd,
                   struct error *err)
{
    _cleanup_free_ char *below =
        text_format("%s%s%s.json", path ? path : "", path ? "/" : "", file->name);
    _cleanup_free_ char *shown =
        text_format("%s%s", path ? "" : "davit/themes/", below ? below : "");
    int r;

    if (!below || !shown)
        return ERROR_OOM(err);
    r = jsonfile_read(path ? AT_FDCWD : fd, below, shown, THEME_LIMIT, 0, &file->json, err);
    if (r < 0 && err->code == ERROR_NOT_PERMITTED) {
        // Somebody else's home, after the privileges are gone: the next place may have it.
        theme_warn(&chain->warnings, "%s", err->message);
        return 1;
    }
    if (r == 0)
        file->shown = text_clean_dup(shown, strlen(shown));
    return r == 0 && !file->shown ? ERROR_OOM(err) : r;
}

static int read_by_name(struct theme_chain *chain, struct theme_file *file,
                        const struct theme_places *places, struct error *err)
{
    int r = 1;

    if (places && places->user)
        r = read_in(chain, file, places->user, -1, err);
    for (size_t i = 0; r == 1 && places && places->data && places->data[i]; i++)
        r = read_in(chain, file, places->data[i], -1, err);
    if (r == 1 && places && places->shipped >= 0)
        r = read_in(chain, file, NULL, places->shipped, err);
    return r == 1 ? read_built_in(file, err) : r;
}

static int not_found(const struct theme_places *places, const char *name, struct error *err)
{
    char **names = NULL;
    struct error ignored;
    const char *best_name = NULL;
    unsigned best = NEAR_NOT;
    char list[256] = "";
    size_t used = 0;

    (void)error_set(err, ERROR_NO_PATH, ENOENT, "there is no theme '%s'", name);
    if (theme_names(places, &names, &ignored) < 0)
        return -ENOENT;
    for (size_t i = 0; names[i]; i++) {
        unsigned far = near_distance(name, strlen(name), names[i], strlen(names[i]));

        if (far < best) {
            best = far;
            best_name = names[i];
        }
        if (used + strlen(names[i]) + 3 < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "",
                                     names[i]);
    }
    error_hint(err, "%s%s", best_name ? "" : "one of ", best_name ? best_name : list);
    theme_names_free(names);
    return -ENOENT;
}

static int read_by_path(struct theme_file *file, struct error *err)
{
    int r;

    file->shown = text_clean_dup(file->name, strlen(file->name));
    if (!file->shown)
        return ERROR_OOM(err);
    r = jsonfile_read(AT_FDCWD, file->name, file->shown, THEME_LIMIT, 0, &file->json, err);
    if (r == 1) {
        (void)error_set(err, ERROR_NO_PATH, ENOENT, "there is no theme file %s", file->shown);
        error_path(err, file->shown);
        return -ENOENT;
    }
    return r;
}

static int bad_name(const char *name, struct error *err)
{
    (void)error_set(err, ERROR_USAGE, 0,
                    "'%.*s' is no name of a theme: at most %d of a-z 0-9 _ -, or a path with a /",
                    THEME_NAME_LIMIT, name, THEME_NAME_LIMIT);
    return -EINVAL;
}

// Appends one theme; `which`: by name or path, or that which is compiled in.
enum which { ANY, BUILT_IN };
static int append(struct theme_chain *chain, const struct theme_places *places, const char *name,
                  enum which which, struct error *err)
{
    struct theme_file *file = &chain->files[chain->n];
    int r;

    *file = (struct theme_file){.name = strdup(name)};
    if (!file->name)
        return ERROR_OOM(err);
    chain->n++;
    if (which == BUILT_IN)
        r = read_built_in(file, err);
    else if (strchr(name, '/'))
        r = read_by_path(file, err);
    else
        r = theme_name_valid(name) ? read_by_name(chain, file, places, err) : bad_name(name, err);
    if (r == 1)
        r = not_found(places, name, err);
    if (r == 0)
        r = theme_json_check(file->json, file->shown, &chain->warnings, err);
    return r;
}

static int circle(const struct theme_chain *chain, const char *name, struct error *err)
{
    char text[512] = "";
    size_t used = 0;

    for (size_t i = 0; i < chain->n && used < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s \xe2\x86\x92 ",
                                 chain->files[i].name);
    return error_set(err, ERROR_USAGE, ELOOP, "%s: inherits goes in a circle: %s%s",
                     chain->files[chain->n - 1].shown, used < sizeof text ? text : "", name);
}

static int append_inherited(struct theme_chain *chain, const struct theme_places *places,
                            const json_t *inherits, struct error *err)
{
    const struct theme_file *last = &chain->files[chain->n - 1];
    const char *name = inherits ? json_string_value(inherits) : "default";
    enum which which = inherits ? ANY : BUILT_IN;
    int r;

    for (size_t i = 0; i < chain->n; i++) {
        if (strcmp(chain->files[i].name, name) != 0)
            continue;
        // A user's own "default" stands on the one that is compiled in.
        if (chain->files[i].built_in || !built_in(name))
            return circle(chain, name, err);
        which = BUILT_IN;
    }
    if (chain->n == THEME_INHERITS_LIMIT)
        return error_set(err, ERROR_USAGE, ELOOP, "%s: more than %d themes inherit from each other",
                         chain->files[0].shown, THEME_INHERITS_LIMIT);
    r = append(chain, places, name, which, err);
    if (r < 0 && r != -ENOMEM)
        error_prefix(err, "%s inherits from '%s'", last->shown, name);
    return r;
}

int theme_chain_load(struct theme_chain *chain, const struct theme_places *places, const char *name,
                     struct error *err)
{
    int r = append(chain, places, name, ANY, err);

    while (r == 0) {
        const json_t *inherits = json_object_get(chain->files[chain->n - 1].json, "inherits");

        if (json_is_null(inherits))
            break;
        r = append_inherited(chain, places, inherits, err);
    }
    return r;
}
