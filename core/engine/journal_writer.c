#include "core/engine/journal_writer.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"

void writer_put(struct writer *w, const char *key, json_t *value)
{
    // json_object_set_new() takes the value over in any case and refuses NULL.
    if (json_object_set_new(w->object, key, value) < 0)
        w->failed = true;
}

void writer_text(struct writer *w, const char *key, const char *text)
{
    _cleanup_free_ char *clean = NULL;

    if (!text)
        return;
    clean = text_clean_dup(text, strlen(text));
    writer_put(w, key, clean ? json_string(clean) : NULL);
}

void writer_u64(struct writer *w, const char *key, uint64_t value)
{
    char text[24];

    if (value <= INT64_MAX) {
        writer_put(w, key, json_integer((json_int_t)value));
        return;
    }
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    writer_put(w, key, json_string(text));
}

void writer_device(struct writer *w, const char *key, dev_t device)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%u:%u", major(device), minor(device));
    writer_put(w, key, json_string(text));
}

void writer_path(struct writer *w, const char *key, const char *path)
{
    size_t length = path ? strlen(path) : 0;
    _cleanup_free_ char *encoded = NULL;
    char look[256], key64[48];

    if (!path)
        return;
    if (text_is_clean(path, length)) {
        writer_put(w, key, json_string(path));
        return;
    }
    text_clean(look, sizeof look, path, length);
    writer_put(w, key, json_string(look));
    encoded = text_base64(path, length);
    (void)snprintf(key64, sizeof key64, "%s_b64", key);
    writer_put(w, key64, encoded ? json_string(encoded) : NULL);
}
