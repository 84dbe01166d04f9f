// A shell in a container on the front end's terminal, which is this worker's 0, 1 and 2.
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "core/engine/enter.h"
#include "core/wire/message.h"
#include "core/wire/worker_internal.h"

#define SELECTOR_LIMIT 511

static void say(const char *text)
{
    (void)!write(STDERR_FILENO, text, strlen(text));
}

// Where one is, how to get back, and what the shell would not have: the front end's screen is away.
static void review(const struct enter *enter)
{
    _cleanup_free_ char *name =
        text_clean_dup(enter_result(enter)->container, strlen(enter_result(enter)->container));

    say("davit: in ");
    say(name ? name : "a container");
    say("; exit or Ctrl-D returns to davit\n");
    for (char **warning = enter_result(enter)->warnings; warning && *warning; warning++) {
        say("davit: ");
        say(*warning);
        say("\n");
    }
    if (enter_tools_place(enter)) {
        say("davit: tools: ");
        say(enter_tools_place(enter));
        say("\n");
    }
}

static int read_request(struct job *job, struct enter_request *request, struct error *err)
{
    uint64_t pid = 0;
    int r = member_text(job->params, "params", "container", MEMBER_REQUIRED, SELECTOR_LIMIT,
                        &request->target.container, err);

    if (r >= 0)
        r = member_text(job->params, "params", "tools", 0, PATH_MAX - 1, &request->tools, err);
    if (r >= 0)
        r = member_number(job->params, "params", "pid", 0, 0, INT_MAX, &pid, err);
    if (r >= 0)
        r = member_number(job->params, "params", "start_time", 0, 0, INT64_MAX,
                          &request->target.start_time, err);
    request->target.pid = (pid_t)pid;
    return r < 0 ? r : 0;
}

int job_enter(struct job *job, json_t **ret, struct error *err)
{
    struct enter_request request = {
        .target = {.path = "/"},
        .term = getenv("TERM"),
        .in = STDIN_FILENO,
        .out = STDOUT_FILENO,
        .error = STDERR_FILENO,
    };
    _cleanup_enter_ struct enter *enter = NULL;
    int status = 0, r = read_request(job, &request, err);

    if (r == 0)
        r = engine_enter_open(job->engine, &request, &enter, err);
    if (r < 0)
        return r;
    review(enter);
    r = engine_enter_run(enter, &status, err);
    return r < 0 ? r : job_answer(json_pack("{s:i}", "status", status), ret, err);
}
