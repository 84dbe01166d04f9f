#include "core/engine/enter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/engine/enter_internal.h"

static int check_request(const struct engine *engine, const struct enter_request *request,
                         struct error *err)
{
    int r;

    if (engine->options.flags & ENGINE_NO_CHANGES) {
        r = error_set(err, ERROR_NOT_PERMITTED, EROFS,
                      "this davit is for reading only (no "
                      "changes): it enters no container");
        error_hint(err, "start it without --no-changes or --readonly");
        return r;
    }
    if (request->n_command > ENTER_ARGUMENTS_MAX)
        return error_set(err, ERROR_USAGE, E2BIG, "a command has at most %d words",
                         ENTER_ARGUMENTS_MAX);
    if (request->n_command > 0 && !*request->command[0])
        return error_set(err, ERROR_USAGE, EINVAL, "the command is empty");
    return engine_check_privileges(err);
}

// The programs to be tried, and what the command is called by: as it was typed, or a shell by its
// own name.
static int make_words(struct enter *enter, struct error *err)
{
    const struct enter_request *request = enter->request;
    const char *at = enter->found->programs, *slash = strrchr(at, '/');
    int r = 0;

    if (request->n_command == 0)
        r = strings_add(&enter->arguments, slash ? slash + 1 : at, strlen(slash ? slash + 1 : at),
                        err);
    for (size_t i = 0; r == 0 && i < request->n_command; i++)
        r = strings_add(&enter->arguments, request->command[i], strlen(request->command[i]), err);
    for (unsigned i = 0; r == 0 && i < enter->found->n_programs; i++, at += strlen(at) + 1)
        r = strings_add(&enter->programs, at, strlen(at), err);
    return r;
}

static int complete(struct enter *enter, struct error *err)
{
    struct entrant_order *order = &enter->order;
    int r = make_words(enter, err);

    enter->terminal = isatty(enter->request->in) && isatty(enter->request->out);
    if (enter->terminal)
        order->flags |= ENTRANT_TERMINAL;
    if (enter->tools >= 0)
        order->flags |= ENTRANT_HAS_TOOLS;
    strcpy(order->tools_at, enter->found->tools_at);
    if (r == 0)
        r = enter_complete_environment(enter, err);
    if (r == 0 && enter->terminal && !(enter->request->flags & ENTER_PLAN))
        r = enter_open_terminal(enter, err);
    return r < 0 ? r : enter_plan(enter, err);
}

static int open_container(struct enter *enter, struct error *err)
{
    const struct target_request *target = &enter->request->target;
    int r = engine_find_target(enter->engine, target, &enter->container, err);

    if (r == 0)
        r = inside_open(enter->container, &enter->inside, err);
    if (r < 0)
        return r;
    enter->result->container = strdup(enter->container->name);
    return enter->result->container ? 0 : ERROR_OOM(err);
}

int engine_enter_open(struct engine *engine, const struct enter_request *request,
                      struct enter **ret, struct error *err)
{
    _cleanup_enter_ struct enter *enter = calloc(1, sizeof *enter);
    int r = check_request(engine, request, err);

    if (r < 0)
        return r;
    if (!enter)
        return ERROR_OOM(err);
    enter->engine = engine;
    enter->request = request;
    enter->inside = (struct inside)INSIDE_INIT;
    enter->filters = enter->tools = enter->master = enter->slave = -1;
    enter->result = calloc(1, sizeof *enter->result);
    if (!enter->result)
        return ERROR_OOM(err);
    r = open_container(enter, err);
    if (r == 0)
        r = enter_survey(enter, err);
    if (r == 0)
        r = complete(enter, err);
    if (r < 0)
        return r;
    enter->result->ok = true;
    *ret = TAKE_POINTER(enter);
    return 0;
}

const struct result *enter_result(const struct enter *enter)
{
    return enter->result;
}

const char *enter_directory(const struct enter *enter)
{
    return enter->order.directory;
}

const char *enter_tools_place(const struct enter *enter)
{
    return enter->tools_place;
}

void enter_free(struct enter *enter)
{
    for (unsigned i = 0; i < enter->n_procs; i++)
        (void)close(enter->procs[i]);
    cleanup_close(&enter->filters);
    cleanup_close(&enter->tools);
    cleanup_close(&enter->master);
    cleanup_close(&enter->slave);
    strings_done(&enter->programs);
    strings_done(&enter->arguments);
    strings_done(&enter->environment);
    inside_done(&enter->inside);
    if (enter->container)
        container_free(enter->container);
    if (enter->result)
        result_free(enter->result);
    free(enter->found);
    free(enter->group);
    free(enter->tools_place);
    free(enter);
}

// ---- running ----

struct ends {
    int inner[3]; // the command's
    int outer[3]; // davit's
};

static void ends_done(struct ends *ends)
{
    for (int i = 0; i < 3; i++) {
        cleanup_close(&ends->inner[i]);
        cleanup_close(&ends->outer[i]);
    }
}

// Never the caller's own descriptors: who is given one can open it anew, for writing and without
// its append mode, and can type into a terminal.
static int make_pipe(struct enter *enter, struct ends *ends, int which, struct error *err)
{
    int pair[2];

    if (pipe2(pair, O_CLOEXEC) < 0)
        return error_errno(err, errno, "cannot make a pipe");
    ends->inner[which] = pair[which == 0 ? 0 : 1];
    ends->outer[which] = pair[which == 0 ? 1 : 0];
    // So that /dev/stdin and its kin can be opened by the command's user.
    if (fchown(ends->inner[which], enter->host_uid, (gid_t)-1) < 0)
        return error_errno(err, errno, "cannot give a pipe to the command's user");
    return 0;
}

static int make_ends(struct enter *enter, struct ends *ends, struct error *err)
{
    bool own_error = enter->terminal && isatty(enter->request->error);
    int r = 0;

    for (int i = 0; r == 0 && i < 3; i++) {
        if (!enter->terminal || (i == 2 && !own_error)) {
            r = make_pipe(enter, ends, i, err);
            continue;
        }
        ends->inner[i] = fcntl(enter->slave, F_DUPFD_CLOEXEC, 3);
        if (ends->inner[i] < 0)
            r = error_errno(err, errno, "cannot give the terminal to the command");
    }
    return r;
}

static void audit(const struct enter *enter, const char *outcome)
{
    const struct account *account = &enter->found->account;
    _cleanup_free_ char *text = NULL;
    struct actor actor;

    actor_find(&actor);
    text = text_format("enter: %s entered %s (%s %.12s) as %u:%u%s%s%s, program %s: %s", actor.name,
                       enter->container->name, enter->container->runtime, enter->container->id,
                       (unsigned)account->uid, (unsigned)account->gid,
                       enter->request->flags & ENTER_PRIVILEGED ? ", privileged" : "",
                       enter->request->tools ? ", with tools " : "",
                       enter->request->tools ? enter->request->tools : "", enter->found->programs,
                       outcome);
    if (text)
        audit_log(text);
}

static void audit_end(const struct enter *enter, int status)
{
    _cleanup_free_ char *text = text_format("ended with %d", status);

    if (text)
        audit(enter, text);
}

static int start_and_follow(struct enter *enter, struct ends *ends, struct relay *relay,
                            int *ret_status, struct error *err)
{
    int r = inside_check_alive(&enter->inside, err);

    if (r == 0)
        r = enter_start(enter, ends->inner, &relay->pid, err);
    if (r < 0)
        return r;
    audit(enter, "started");
    // The command alone has its ends from here on, and nothing of the container is held.
    for (int i = 0; i < 3; i++) {
        cleanup_close(&ends->inner[i]);
        ends->inner[i] = -1;
    }
    cleanup_close(&enter->slave);
    enter->slave = -1;
    cleanup_close(&enter->tools);
    enter->tools = -1;
    inside_done(&enter->inside);
    return relay_run(relay, ret_status, err);
}

int engine_enter_run(struct enter *enter, int *ret_status, struct error *err)
{
    CLEANUP(ends_done) struct ends ends = {.inner = {-1, -1, -1}, .outer = {-1, -1, -1}};
    struct relay relay = {.request = enter->request, .terminal = enter->terminal};
    int r = make_ends(enter, &ends, err);

    if (r < 0)
        return r;
    relay.in = enter->terminal ? enter->master : ends.outer[0];
    relay.out = enter->terminal ? enter->master : ends.outer[1];
    relay.error = ends.outer[2];
    r = relay_begin(err);
    if (r < 0)
        return r;
    r = start_and_follow(enter, &ends, &relay, ret_status, err);
    relay_end();
    // Those of the pipes that are still open.
    if (!enter->terminal) {
        ends.outer[0] = relay.in;
        ends.outer[1] = relay.out;
    }
    ends.outer[2] = relay.error;
    if (r < 0)
        audit(enter, err->message);
    else
        audit_end(enter, *ret_status);
    return r;
}
