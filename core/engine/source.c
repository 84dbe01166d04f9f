#include "core/engine/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "core/engine/maker.h"

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static const struct {
    const char *begins, *what;
} kinds[] = {
#define X(kind, begins, what) [kind] = {begins, what},
    SOURCE_KINDS(X)
#undef X
};

static int bare_word(const char *text, struct error *err)
{
    int r = error_set(err, ERROR_USAGE, EINVAL,
                      "%s could be a directory here or a volume; davit does not guess", text);

    error_hint_words(err, "./%s is the directory, volume:%s the volume", text, text);
    return r;
}

static int host_path(const char *text, enum source_kind *ret, struct error *err)
{
    struct stat st;

    if (begins(text, "/dev/") && stat(text, &st) == 0 && S_ISBLK(st.st_mode)) {
        int r = error_set(err, ERROR_USAGE, EINVAL, "%s is a block device, not a directory", text);

        error_hint_words(err, "device:%s is the filesystem on it", text);
        return r;
    }
    *ret = SOURCE_HOST;
    return 0;
}

// What no path begins with; "CONTAINER:" is told by the colon before a slash.
static bool tell(const char *text, enum source_kind *ret)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (i != SOURCE_CONTAINER && i != SOURCE_HELPER && *kinds[i].begins &&
            begins(text, kinds[i].begins)) {
            *ret = (enum source_kind)i;
            return true;
        }
    *ret = begins(text, "UUID=") || begins(text, "LABEL=") ? SOURCE_DEVICE : SOURCE_CONTAINER;
    return *ret == SOURCE_DEVICE || strstr(text, ":/");
}

int source_parse(const char *text, enum source_kind *ret, struct error *err)
{
    if (!*text)
        return error_set(err, ERROR_USAGE, EINVAL, "the source is empty");
    if (text[0] == '/' || begins(text, "./") || begins(text, "../") || strcmp(text, ".") == 0 ||
        strcmp(text, "..") == 0)
        return host_path(text, ret, err);
    if (!tell(text, ret))
        return bare_word(text, err);
    return 0;
}

void source_done(struct source *source)
{
    if (source->maker && source->maker->done)
        source->maker->done(source);
    if (source->fd >= 0)
        (void)close(source->fd);
    free(source->name);
    free(source->path);
    free(source->inside);
    free(source->sub_path);
    free(source->root_inside);
    free(source->below);
    mount_table_free(source->host);
    mount_table_free(source->made);
    *source = (struct source)SOURCE_INIT;
}

bool source_goes_onto_directory(const struct source *source)
{
    return source->type == 0 || S_ISDIR(source->type);
}

// "/a" + "/b", where either may be "/" or "".
static char *join(const char *directory, const char *rest)
{
    if (strcmp(directory, "/") == 0)
        return strdup(*rest ? rest : "/");
    return text_format("%s%s", directory, rest);
}

int source_collect_below(struct source *source, const struct mount_table *table, const char *path,
                         struct error *err)
{
    source->below = calloc(table->n_entries + 1, sizeof *source->below);
    if (!source->below)
        return ERROR_OOM(err);
    for (size_t i = 0; i < table->n_entries; i++) {
        const struct mount_entry *entry = &table->entries[i];

        if (entry->id != source->mount_id && strcmp(entry->target, path) != 0 &&
            path_is_below(entry->target, path))
            source->below[source->n_below++] = entry;
    }
    return 0;
}

const char *source_path_below(const struct source *source, const struct mount_entry *entry)
{
    const char *from = source->path ? source->path : source->inside;

    return entry->target + (strcmp(from, "/") ? strlen(from) : 0);
}

int source_locate(struct source *source, struct error *err)
{
    struct mount_table *host = source->host;
    const char *rest;

    for (size_t i = 0; i < host->n_entries && !source->mount; i++)
        if (host->entries[i].id == source->mount_id)
            source->mount = &host->entries[i];
    if (!source->mount || !path_is_below(source->path, source->mount->target)) {
        int r = error_set(err, ERROR_FAILED, ESTALE, "%s is on no mount of this namespace",
                          source->path);

        error_hint(err, "it was unmounted or moved meanwhile, or is seen through /proc/PID/root");
        return r;
    }
    rest = source->path + (strcmp(source->mount->target, "/") ? strlen(source->mount->target) : 0);
    source->sub_path = strdup(strcmp(rest, "/") ? rest : "");
    if (!source->sub_path)
        return ERROR_OOM(err);
    source->root_inside = join(source->mount->root, source->sub_path);
    if (!source->root_inside)
        return ERROR_OOM(err);
    return source_collect_below(source, host, source->path, err);
}

// ---- attached again ----

int source_check_link(const char *then, const char *now, struct error *err)
{
    int r;

    if (strcmp(then, now) == 0)
        return 0;
    r = error_set(err, ERROR_UNSAFE, ELOOP,
                  "%s leads to %s now: a symbolic link was put there since it was attached", then,
                  now);
    error_path(err, then);
    error_hint(err, "whoever may write to a directory above it can do that; if it is meant so, "
                    "detach it and attach it anew");
    return r;
}

int source_check_again(const struct source *source, const struct attachment *then,
                       struct error *err)
{
    // Others have names that only root gives, or paths in the container whose they are.
    return source->kind == SOURCE_HOST || source->kind == SOURCE_IMAGE
               ? source_check_link(then->source, source->name, err)
               : 0;
}

// ---- a mount that is none of the host's ----

// A field of mountinfo: what would part it is escaped, as the kernel does (proc_pid_mountinfo(5)).
static char *escape(const char *field)
{
    char *out = malloc(4 * strlen(field) + 2), *o = out;

    for (; out && *field; field++)
        if (strchr(" \t\n\\#", *field))
            o += sprintf(o, "\\%03o", (unsigned char)*field);
        else
            *o++ = *field;
    if (out)
        *o = '\0';
    return out;
}

int source_set_made(struct source *source, dev_t device, const char *root, const char *type,
                    const char *from, const char *options, struct error *err)
{
    _cleanup_free_ char *escaped_root = escape(root), *escaped_from = escape(*from ? from : "none");
    char *line = escaped_root && escaped_from
                     ? text_format("1 0 %u:%u %s / %s - %s %s %s\n", major(device), minor(device),
                                   escaped_root, options, type, escaped_from, options)
                     : NULL;
    int r;

    if (!line)
        return ERROR_OOM(err);
    mount_table_free(TAKE_POINTER(source->made));
    source->mount = NULL;
    r = mount_table_parse(line, strlen(line), &source->made, err);
    if (r < 0)
        return r;
    source->mount = &source->made->entries[0];
    free(source->root_inside);
    source->root_inside = join(root, source->sub_path);
    return source->root_inside ? 0 : ERROR_OOM(err);
}

static bool same(const char *expected, const char *now)
{
    return !expected || strcmp(expected, now) == 0;
}

int source_check_same(const struct source *source, const struct source_expected *expected,
                      struct error *err)
{
    const struct mount_entry *mount = source->mount;
    char device[32];
    int r;

    (void)snprintf(device, sizeof device, "%u:%u", major(mount->device), minor(mount->device));
    // What is made for this attach has no number before.
    if ((mount->device == 0 || same(expected->major_minor, device)) &&
        same(expected->sub_root, mount->root) && same(expected->sub_path, source->sub_path))
        return 0;
    r = error_set(err, ERROR_GONE, ESTALE,
                  "the source is another than was planned: now it is %s on %s (%s)", source->name,
                  mount->source, device);
    error_path(err, source->name);
    error_hint(err, "somebody may have swapped it: plan again, and look at what it is now");
    return r;
}
