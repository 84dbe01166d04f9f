#include "core/engine/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "core/engine/request.h"

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static int not_yet(const char *text, const char *what, struct error *err)
{
    int r = error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP, "%s: this davit cannot attach %s yet",
                      text, what);

    error_hint(err, "mount it on the host and attach its directory");
    return r;
}

static int bare_word(const char *text, struct error *err)
{
    int r = error_set(err, ERROR_USAGE, EINVAL,
                      "%s could be a directory here or a volume; davit does not guess", text);

    error_hint(err, "./%s is the directory, volume:%s the volume", text, text);
    return r;
}

static int host_path(const char *text, enum source_kind *ret, struct error *err)
{
    struct stat st;

    if (begins(text, "/dev/") && stat(text, &st) == 0 && S_ISBLK(st.st_mode)) {
        int r = error_set(err, ERROR_USAGE, EINVAL, "%s is a block device, not a directory", text);

        error_hint(err, "device:%s is the filesystem on it", text);
        return r;
    }
    *ret = SOURCE_HOST;
    return 0;
}

int source_parse(const char *text, enum source_kind *ret, struct error *err)
{
    if (!*text)
        return error_set(err, ERROR_USAGE, EINVAL, "the source is empty");
    if (text[0] == '/' || begins(text, "./") || begins(text, "../") || strcmp(text, ".") == 0 ||
        strcmp(text, "..") == 0)
        return host_path(text, ret, err);
    if (begins(text, "volume:"))
        return not_yet(text, "volumes", err);
    if (begins(text, "device:") || begins(text, "UUID=") || begins(text, "LABEL="))
        return not_yet(text, "block devices", err);
    if (begins(text, "image:"))
        return not_yet(text, "disk images", err);
    if (begins(text, "tmpfs:"))
        return not_yet(text, "a fresh tmpfs", err);
    if (strstr(text, ":/"))
        return not_yet(text, "another container's directory", err);
    return bare_word(text, err);
}

void source_done(struct source *source)
{
    if (source->fd >= 0)
        (void)close(source->fd);
    free(source->path);
    free(source->sub_path);
    free(source->root_inside);
    free(source->below);
    *source = (struct source){.fd = -1};
}

// "/a" + "/b", where either may be "/" or "".
static char *join(const char *directory, const char *rest)
{
    if (strcmp(directory, "/") == 0)
        return strdup(*rest ? rest : "/");
    return text_format("%s%s", directory, rest);
}

static int collect_below(struct source *source, struct mount_table *host, struct error *err)
{
    source->below = calloc(host->n_entries ? host->n_entries : 1, sizeof *source->below);
    if (!source->below)
        return ERROR_OOM(err);
    for (size_t i = 0; i < host->n_entries; i++) {
        struct mount_entry *entry = &host->entries[i];

        if (entry->id != source->mount_id && strcmp(entry->target, source->path) != 0 &&
            path_is_below(entry->target, source->path))
            source->below[source->n_below++] = entry;
    }
    return 0;
}

int source_locate(struct source *source, struct mount_table *host, struct error *err)
{
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
    return collect_below(source, host, err);
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
    if (same(expected->major_minor, device) && same(expected->sub_root, mount->root) &&
        same(expected->sub_path, source->sub_path))
        return 0;
    r = error_set(err, ERROR_GONE, ESTALE,
                  "the source is another than was planned: now it is %s on %s (%s)", source->path,
                  mount->source, device);
    error_path(err, source->path);
    error_hint(err, "somebody may have swapped it: plan again, and look at what it is now");
    return r;
}
