#include <limits.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "core/wire/encode.h"
#include "core/wire/message.h"
#include "core/wire/protocol.h"
#include "core/wire/worker_internal.h"

#define SELECTOR_LIMIT 511 // bytes

int job_who(struct job *job, json_t **ret, struct error *err)
{
    _cleanup_who_report_ struct who_report *report = NULL;
    _cleanup_free_ char *path = NULL, *text = NULL;
    struct who_request request = {.what = NULL};
    const char *container = NULL;
    bool mounts = false;
    int r = member_raw(job->params, "params", "what", MEMBER_REQUIRED, PATH_MAX - 1, &path, err);

    if (r == 0)
        r = member_text(job->params, "params", "container", 0, SELECTOR_LIMIT, &container, err);
    if (r >= 0)
        r = member_bool(job->params, "params", "mounts", 0, &mounts, err);
    if (r < 0)
        return r;
    if (path[0] != '/')
        return error_set(err, ERROR_USAGE, EINVAL, "params.what: '%.80s' is no absolute path",
                         path);
    text = container ? text_format("%s:%s", container, path) : NULL;
    if (container && !text)
        return ERROR_OOM(err);
    request.what = text ? text : path;
    request.flags = mounts ? WHO_MOUNTS : 0;
    r = engine_who(job->engine, &request, &report, err);
    return r < 0 ? r : job_answer(encode_who(report, PROTOCOL_HOLDERS_MAX), ret, err);
}
