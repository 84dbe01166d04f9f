// An export as text: a fragment of a compose file, and flags of docker run.
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/wire/encode.h"
#include "core/wire/encode_internal.h"

// ---- compose ----

// A string of JSON is one of YAML; a dollar would be a variable there.
static void put_string(FILE *out, const char *text)
{
    json_t *string = json_string(text);
    char *quoted = string ? json_dumps(string, JSON_ENCODE_ANY) : NULL;

    for (const char *s = quoted; s && *s; s++) {
        if (*s == '$')
            (void)fputc('$', out);
        (void)fputc(*s, out);
    }
    free(quoted);
    json_decref(string);
}

static void put_member(FILE *out, const char *before, const char *text)
{
    (void)fputs(before, out);
    put_string(out, text);
    (void)fputc('\n', out);
}

static const char *propagation_text(enum propagation propagation)
{
    switch (propagation) {
    case PROPAGATION_PRIVATE:
        return "rprivate";
    case PROPAGATION_SLAVE:
        return "rslave";
    case PROPAGATION_SHARED:
        return "rshared";
    }
    return "rprivate";
}

// Of docker at most 255 bytes.
static void volume_name(const struct export_mount *mount, char out[NAME_MAX + 1])
{
    const char *slash = strrchr(mount->source, '/');

    if (mount->kind == EXPORT_VOLUME)
        (void)snprintf(out, NAME_MAX + 1, "%s", mount->source);
    else
        (void)snprintf(out, NAME_MAX + 1, "davit-%s", slash ? slash + 1 : mount->source);
}

static void put_mount(FILE *out, const struct export_mount *mount)
{
    static const char *const types[] = {[EXPORT_BIND] = "bind",
                                        [EXPORT_VOLUME] = "volume",
                                        [EXPORT_TMPFS] = "tmpfs",
                                        [EXPORT_DEVICE] = "volume"};
    char name[NAME_MAX + 1];

    if (mount->why && mount->kind != EXPORT_NOT)
        (void)fprintf(out, "      # %s\n", mount->why);
    (void)fprintf(out, "      - type: %s\n", types[mount->kind]);
    volume_name(mount, name);
    if (mount->kind != EXPORT_TMPFS)
        put_member(out, "        source: ", mount->kind == EXPORT_BIND ? mount->source : name);
    put_member(out, "        target: ", mount->target);
    if (mount->read_only)
        (void)fputs("        read_only: true\n", out);
    if (mount->kind == EXPORT_BIND)
        (void)fprintf(out, "        bind:\n          propagation: %s\n",
                      propagation_text(mount->propagation));
    if (mount->kind == EXPORT_TMPFS && mount->size)
        (void)fprintf(out, "        tmpfs:\n          size: %llu\n",
                      (unsigned long long)mount->size);
}

static void put_volumes(FILE *out, const struct export *export)
{
    bool any = false;
    char name[NAME_MAX + 1];

    for (size_t i = 0; i < export->n; i++) {
        const struct export_mount *mount = &export->mounts[i];

        if (mount->kind != EXPORT_VOLUME && mount->kind != EXPORT_DEVICE)
            continue;
        if (!any)
            (void)fputs("volumes:\n", out);
        any = true;
        volume_name(mount, name);
        (void)fputs("  ", out);
        put_string(out, name);
        (void)fputs(":\n", out);
        if (mount->kind == EXPORT_VOLUME) {
            (void)fputs("    external: true\n", out);
            continue;
        }
        put_member(out, "    driver: local\n    driver_opts:\n      type: ", mount->type);
        put_member(out, "      device: ", mount->source);
        if (mount->read_only)
            (void)fputs("      o: \"ro\"\n", out);
    }
}

static bool any_declared(const struct export *export)
{
    for (size_t i = 0; i < export->n; i++)
        if (export->mounts[i].kind != EXPORT_NOT)
            return true;
    return false;
}

char *export_compose(const struct export *export)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    if (!out)
        return NULL;
    (void)fputs("services:\n  ", out);
    put_string(out, export->service);
    (void)fputs(any_declared(export) ? ":\n    volumes:\n" : ": {}\n", out);
    for (size_t i = 0; i < export->n; i++)
        if (export->mounts[i].kind != EXPORT_NOT)
            put_mount(out, &export->mounts[i]);
    put_volumes(out, export);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

// ---- docker run ----

// A field of the comma separated list that --mount takes: quoted as in encoding/csv.
static void put_field(FILE *out, const char *key, const char *value)
{
    bool quote = strpbrk(value, ",\"\n\r") != NULL || *value == ' ';

    (void)fputc(',', out);
    if (!quote) {
        (void)fprintf(out, "%s=%s", key, value);
        return;
    }
    (void)fprintf(out, "\"%s=", key);
    for (const char *s = value; *s; s++) {
        if (*s == '"')
            (void)fputc('"', out);
        (void)fputc(*s, out);
    }
    (void)fputc('"', out);
}

static void put_run(FILE *out, const struct export_mount *mount)
{
    char name[NAME_MAX + 1], size[32];

    switch (mount->kind) {
    case EXPORT_BIND:
        (void)fputs("type=bind", out);
        put_field(out, "src", mount->source);
        break;
    case EXPORT_VOLUME:
    case EXPORT_DEVICE:
        (void)fputs("type=volume", out);
        volume_name(mount, name);
        put_field(out, "src", name);
        break;
    case EXPORT_TMPFS:
        (void)fputs("type=tmpfs", out);
        break;
    case EXPORT_NOT:
        return;
    }
    put_field(out, "dst", mount->target);
    if (mount->read_only)
        (void)fputs(",readonly", out);
    if (mount->kind == EXPORT_BIND && mount->propagation != PROPAGATION_PRIVATE)
        put_field(out, "bind-propagation", propagation_text(mount->propagation));
    (void)snprintf(size, sizeof size, "%llu", (unsigned long long)mount->size);
    if (mount->kind == EXPORT_TMPFS && mount->size)
        put_field(out, "tmpfs-size", size);
    if (mount->kind != EXPORT_DEVICE)
        return;
    (void)fputs(",volume-driver=local", out);
    (void)fprintf(out, ",volume-opt=type=%s,volume-opt=device=%s", mount->type, mount->source);
    if (mount->read_only)
        (void)fputs(",volume-opt=o=ro", out);
}

char *export_run(const struct export_mount *mount)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    if (!out)
        return NULL;
    put_run(out, mount);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

// ---- JSON ----

static json_t *encode_run(const struct export *export)
{
    json_t *array = json_array();
    int failed = array ? 0 : -1;

    for (size_t i = 0; i < export->n && !failed; i++) {
        _cleanup_free_ char *value = NULL;

        if (export->mounts[i].kind == EXPORT_NOT)
            continue;
        value = export_run(&export->mounts[i]);
        failed = json_array_append_new(array, json_string("--mount"));
        failed |= json_array_append_new(array, value ? json_string(value) : NULL);
    }
    return encode_done(array, failed);
}

static json_t *encode_left_out(const struct export *export)
{
    json_t *array = json_array();
    int failed = array ? 0 : -1;

    for (size_t i = 0; i < export->n && !failed; i++) {
        const struct export_mount *mount = &export->mounts[i];
        json_t *object;

        if (mount->kind != EXPORT_NOT)
            continue;
        object = json_pack("{s:o}", "why", encode_text(mount->why));
        failed = !object || encode_raw(object, "target", mount->target) < 0 ||
                 encode_raw(object, "source", mount->source) < 0;
        failed = json_array_append_new(array, encode_done(object, failed));
    }
    return encode_done(array, failed);
}

json_t *encode_export(const struct export *export)
{
    _cleanup_free_ char *compose = export_compose(export);

    return json_pack("{s:s, s:s?, s:o, s:o}", "container", export->container, "compose", compose,
                     "run", encode_run(export), "left_out", encode_left_out(export));
}
