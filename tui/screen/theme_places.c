#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/wire/settings.h"
#include "tui/screen/theme_internal.h"

#define NAMES_LIMIT  1000 // themes in all places
#define PLACES_LIMIT 32   // directories of $XDG_DATA_DIRS

struct usual {
    struct theme_places places; // first: what the caller holds
    const char *data[PLACES_LIMIT + 1];
};

// Beside the folder of the program, as in a build directory, else where they were installed.
static int open_shipped(void)
{
    char path[PATH_MAX + sizeof "/../themes"];
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX);
    char *slash;
    int fd = -1;

    path[length > 0 ? length : 0] = '\0';
    slash = strrchr(path, '/');
    if (slash) {
        memcpy(slash, "/../themes", sizeof "/../themes");
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    return fd >= 0 ? fd : open(DAVIT_THEMES_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int theme_places_usual(struct theme_places **ret, struct error *err)
{
    const char *dirs = getenv("XDG_DATA_DIRS");
    struct usual *usual = calloc(1, sizeof *usual);
    size_t n = 0;

    if (!usual)
        return ERROR_OOM(err);
    usual->places.user = settings_user_path("davit/themes");
    usual->places.data = usual->data;
    usual->places.shipped = open_shipped();
    if (!dirs || !*dirs)
        dirs = "/usr/local/share:/usr/share";
    for (size_t length; *dirs && n < PLACES_LIMIT; dirs += length + (dirs[length] == ':')) {
        length = strcspn(dirs, ":");
        if (*dirs != '/')
            continue;
        usual->data[n] = text_format("%.*s/davit/themes", (int)length, dirs);
        if (!usual->data[n++]) {
            theme_places_free(&usual->places);
            return ERROR_OOM(err);
        }
    }
    *ret = &usual->places;
    return 0;
}

void theme_places_free(struct theme_places *places)
{
    struct usual *usual = (struct usual *)places;

    for (size_t i = 0; i <= PLACES_LIMIT; i++)
        free((char *)(uintptr_t)usual->data[i]);
    free((char *)(uintptr_t)places->user);
    if (places->shipped >= 0)
        (void)close(places->shipped);
    free(usual);
}

struct names {
    char **list;
    size_t n;
};

static int add(struct names *names, const char *name, size_t length)
{
    char copy[THEME_NAME_LIMIT + 1];
    char **grown;

    if (length > THEME_NAME_LIMIT || names->n >= NAMES_LIMIT)
        return 0;
    memcpy(copy, name, length);
    copy[length] = '\0';
    if (!theme_name_valid(copy))
        return 0;
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(names->list[i], copy) == 0)
            return 0;
    grown = realloc(names->list, (names->n + 2) * sizeof *grown);
    if (!grown)
        return -ENOMEM;
    names->list = grown;
    grown[names->n] = strdup(copy);
    grown[names->n + 1] = NULL;
    return grown[names->n++] ? 0 : -ENOMEM;
}

// A directory that is not there has no themes.
static int add_directory(struct names *names, const char *path, int fd)
{
    int opened = openat(fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *dir = opened < 0 ? NULL : fdopendir(opened);
    struct dirent *entry;
    int r = 0;

    if (opened >= 0 && !dir)
        (void)close(opened);
    while (r == 0 && dir && (entry = readdir(dir))) {
        size_t length = strlen(entry->d_name);

        if (length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0 &&
            (entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN))
            r = add(names, entry->d_name, length - 5);
    }
    return r;
}

int theme_names(const struct theme_places *places, char ***ret, struct error *err)
{
    struct names names = {.n = 0};
    int r = 0;

    for (size_t i = 0; r == 0 && theme_built_ins[i].name; i++)
        r = add(&names, theme_built_ins[i].name, strlen(theme_built_ins[i].name));
    if (r == 0 && places && places->user)
        r = add_directory(&names, places->user, AT_FDCWD);
    for (size_t i = 0; r == 0 && places && places->data && places->data[i]; i++)
        r = add_directory(&names, places->data[i], AT_FDCWD);
    if (r == 0 && places && places->shipped >= 0)
        r = add_directory(&names, ".", places->shipped);
    if (r < 0) {
        theme_names_free(names.list);
        return ERROR_OOM(err);
    }
    qsort(names.list, names.n, sizeof *names.list, text_order);
    *ret = names.list;
    return 0;
}

void theme_names_free(char **names)
{
    for (size_t i = 0; names && names[i]; i++)
        free(names[i]);
    free(names);
}
