// What keepd has done.
#include "core/engine/journal.h"
#include "core/engine/kept_service.h"
#include "core/wire/encode_internal.h"
#include "core/wire/message.h"
#include "core/wire/worker_internal.h"

int job_kept(struct job *job, json_t **ret, struct error *err)
{
    struct kept_look look = {.n_entries = 0};
    bool last = false;
    int r = member_bool(job->params, "params", "last", 0, &last, err);

    actor_be_service("keepd");
    if (r >= 0)
        r = kept_service_look(job->engine, last, &look, err);
    if (r < 0)
        return r;
    return job_answer(json_pack("{s:I, s:I, s:b}", "entries", (json_int_t)look.n_entries, "next",
                                (json_int_t)look.next, "again", (int)look.again),
                      ret, err);
}
