#include "tui/model/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/helper.h"
#include "core/base/secret.h"

struct recorder {
    FILE *file; // NULL: ended
    unsigned long long start;
};

int recorder_open(const char *path, struct recorder **ret, struct error *err)
{
    struct recorder *recorder = calloc(1, sizeof *recorder);
    int fd;

    if (!recorder)
        return ERROR_OOM(err);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    recorder->file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!recorder->file) {
        int saved = errno;

        if (fd >= 0)
            (void)close(fd);
        free(recorder);
        (void)error_errno(err, saved, "cannot record to %s", path);
        if (saved == EEXIST)
            error_hint(err, "name a file that does not exist yet");
        return -saved;
    }
    recorder->start = monotonic_us();
    *ret = recorder;
    return 0;
}

static void end(struct recorder *recorder)
{
    if (recorder->file)
        (void)fclose(recorder->file);
    recorder->file = NULL;
}

// Takes `text` over. Without memory for it the member is left out.
static void replace(json_t *params, const char *key, char *text)
{
    if (!text || json_object_set_new(params, key, json_string(text)) < 0)
        (void)json_object_del(params, key);
    free(text);
}

// A change may be told a secret in what a mount helper is to mount, and in its options. NULL: there
// is neither.
static json_t *without_secrets(const json_t *message)
{
    json_t *params = json_object_get(message, "params"), *copy;
    const char *source = json_string_value(json_object_get(params, "source"));
    const char *options = json_string_value(json_object_get(params, "helper_options"));
    bool typed = json_object_get(params, "type") != NULL;
    struct secret secret;
    bool secret_source =
        source && (typed ? secret_in_spec(source, &secret) : secret_in_url(source, &secret));

    copy = secret_source || options ? json_deep_copy(message) : NULL;
    params = json_object_get(copy, "params");
    if (params && secret_source) {
        replace(params, "source", typed ? secret_hide_spec(source) : secret_hide_url(source));
        (void)json_object_del(params, "source_b64");
    }
    if (params && options)
        replace(params, "helper_options", secret_hide_options(options));
    return copy;
}

void recorder_write(struct recorder *recorder, const char *from, const json_t *message)
{
    json_t *clean = recorder->file ? without_secrets(message) : NULL;

    if (!recorder->file)
        return;
    if (clean)
        message = clean;
    if (fprintf(recorder->file, "{\"at_us\":%llu,\"from\":\"%s\",\"message\":",
                monotonic_us() - recorder->start, from) < 0 ||
        json_dumpf(message, recorder->file, JSON_COMPACT | JSON_SORT_KEYS) < 0 ||
        fputs("}\n", recorder->file) < 0 || fflush(recorder->file) != 0)
        end(recorder);
    json_decref(clean);
}

void recorder_free(struct recorder *recorder)
{
    if (!recorder)
        return;
    end(recorder);
    free(recorder);
}
