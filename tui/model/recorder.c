#include "tui/model/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/helper.h"
#include "core/base/text.h"

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

// A change may be told a secret in the options of a mount helper. NULL: there is none.
static json_t *without_secrets(const json_t *message)
{
    const char *options =
        json_string_value(json_object_get(json_object_get(message, "params"), "helper_options"));
    _cleanup_free_ char *shown = options ? text_redact_options(options) : NULL;
    json_t *copy = options ? json_deep_copy(message) : NULL;

    // Without memory for it they are left out.
    if (copy && json_object_set_new(json_object_get(copy, "params"), "helper_options",
                                    json_string(shown ? shown : "")) < 0)
        (void)json_object_del(copy, "params");
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
