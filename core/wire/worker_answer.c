// What a worker says: lines to its server.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/wire/message.h"
#include "core/wire/worker_internal.h"

void job_send_line(int socket, json_t *message)
{
    _cleanup_free_ char *text = message ? json_dumps(message, JSON_COMPACT) : NULL;
    size_t length = text ? strlen(text) : 0, sent = 0;

    json_decref(message);
    if (!text)
        return;
    text[length++] = '\n'; // in the place of the NUL
    while (sent < length) {
        ssize_t n = write(socket, text + sent, length - sent);

        if (n < 0 && errno != EINTR)
            return;
        sent += n > 0 ? (size_t)n : 0;
    }
}

void job_notice(const char *text, void *context)
{
    const struct job *job = context;

    job_send_line(job->notes, message_notification("notice", json_pack("{s:s}", "text", text)));
}

int job_answer(json_t *object, json_t **ret, struct error *err)
{
    *ret = object;
    return object ? 0 : ERROR_OOM(err);
}
