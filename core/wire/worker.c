#include "core/wire/worker.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "core/wire/encode.h"
#include "core/wire/message.h"
#include "core/wire/protocol.h"
#include "core/wire/worker_internal.h"

#define JOB_LIMIT (PROTOCOL_REQUEST_LIMIT + 4096)

static const struct {
    const char *name;
    job_function *function;
} jobs[] = {
#define X(id, name) {#name, job_##name},
    WORKER_METHODS(X)
#undef X
        {"inspect", job_inspect},
    {"describe", job_describe},
    {"browse", job_browse},
    {"plan", job_plan},
    {"run", job_run},
    {"status", job_status},
    {"doctor", job_doctor},
    {"volumes", job_volumes},
    {"devices", job_devices},
    {"why", job_why},
    {"who", job_who},
    {"enter", job_enter},
};

// ---- lines ----

// The job's line, blocking: this is where a spare worker sleeps. NULL: the server has gone.
static char *read_line(int socket, size_t *ret_length)
{
    _cleanup_free_ char *line = NULL;
    size_t used = 0, size = 0;

    for (;;) {
        ssize_t n;

        if (used == size) {
            char *more = size < JOB_LIMIT ? realloc(line, size ? 2 * size : 4096) : NULL;

            if (!more)
                return NULL;
            line = more;
            size = size ? 2 * size : 4096;
        }
        n = read(socket, line + used, size - used);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return NULL;
        used += (size_t)n;
        if (line[used - 1] == '\n') { // nothing comes after it
            *ret_length = used - 1;
            return TAKE_POINTER(line);
        }
    }
}

// ---- what is told on the way ----

// engine_options.on_step; the context is the job.
static void on_step(const struct result *result, const struct plan_step *step, void *context)
{
    struct job *job = context;

    if (job->told && job->told != result)
        job->target++;
    job->told = result;
    job_send_line(
        job->notes,
        message_notification("step", json_pack("{s:s, s:s, s:i, s:s, s:o, s:O*}", "container",
                                               result->container ? result->container : "", "target",
                                               result->target ? result->target : "", "index",
                                               (int)job->target, "operation", result->operation,
                                               "step", encode_step(step, true), "request",
                                               json_object_get(job->params, "request"))));
}

// ---- the job ----

static json_t *error_answer(const struct error *err)
{
    return message_error(err->code == ERROR_USAGE ? PROTOCOL_BAD_PARAMS : PROTOCOL_FAILED,
                         *err->message ? err->message : error_code_name(err->code),
                         encode_error(err));
}

// Of a run: as the front end is to have it.
static json_t *answer(const struct job *job, json_t *result)
{
    json_int_t request = json_integer_value(json_object_get(job->params, "request"));

    return request > 0 ? message_result((uint64_t)request, result)
                       : json_pack("{s:o}", "result", result);
}

static int perform(struct job *job, const char *method, json_t **ret, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(jobs); i++)
        if (strcmp(jobs[i].name, method) == 0)
            return jobs[i].function(job, ret, err);
    return error_set(err, ERROR_FAILED, ENOSYS, "there is no job '%s'", method);
}

static int open_engine(struct job *job, struct error *err)
{
    struct engine_options options = *job->options;

    options.on_step = on_step;
    options.on_notice = job_notice;
    options.context = job;
    return engine_open(&options, &job->engine, err);
}

void worker_main(int socket, int notes, const struct engine_options *options, unsigned flags)
{
    struct job job = {.options = options, .socket = socket, .notes = notes};
    struct message message;
    struct error err = {.code = ERROR_NONE};
    json_t *line = NULL, *result = NULL;
    size_t length = 0;
    char *text;
    int r = open_engine(&job, &err);

    if (r == 0 && flags & WORKER_WAITS) {
        engine_warm_up(job.engine);
        engine_wait(job.engine, socket);
    }
    text = read_line(socket, &length);
    if (!text || message_parse(text, length, &line, &err) < 0 ||
        message_read(line, &message, &err) < 0 || !message.method)
        _exit(1);
    if (strcmp(message.method, "run") == 0 || strcmp(message.method, "recover") == 0 ||
        strcmp(message.method, "kept") == 0)
        (void)prctl(PR_SET_PDEATHSIG, 0); // it goes on, whatever becomes of the server
    if (strcmp(message.method, "enter") == 0)
        (void)prctl(PR_SET_PDEATHSIG, SIGHUP); // hung up: its terminal is put in order first
    job.params = message.params;
    if (r == 0)
        r = perform(&job, message.method, &result, &err);
    if (r < 0)
        job_send_line(socket, json_pack("{s:o}", "error", error_answer(&err)));
    else
        job_send_line(socket, answer(&job, result));
    if (job.engine) // after the answer: it waits for the mover's end
        engine_close(job.engine);
    _exit(0);
}
