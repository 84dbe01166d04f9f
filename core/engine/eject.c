#include "core/engine/eject.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/helper.h"
#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/engine/detach_job.h"
#include "core/engine/eject_order.h"
#include "core/host/mounted.h"

// The kernel gives a filesystem up a little after its last mount.
#define LET_GO_US 3000000ULL
// Who is named in the warnings of a plan.
#define WARNED_AT_MOST 5

struct eject {
    struct engine *engine;
    const struct eject_request *request;
    bool dry_run;
    struct journal_view *view;
    struct who_report *who;
    struct eject_report *report;
};

void eject_report_free(struct eject_report *report)
{
    if (!report)
        return;
    if (report->report)
        report_free(report->report);
    who_report_free(report->left);
    free(report);
}

// Whether this holder is in the way: not who merely has the device's node open.
static bool hinders(const struct holder *holder)
{
    switch (holder->kind) {
    case HOLDER_FD:
        return strncmp(holder->path, "/dev/", 5) != 0;
    case HOLDER_MOUNT:
    case HOLDER_CWD:
    case HOLDER_ROOT:
    case HOLDER_EXE:
    case HOLDER_MAP:
    case HOLDER_LOOP:
    case HOLDER_SWAP:
    case HOLDER_DM:
    case HOLDER_MD:
    case HOLDER_DEVICE:
        return true;
    }
    return true;
}

static bool of_process(const struct holder *holder)
{
    return holder->kind >= HOLDER_CWD && holder->kind <= HOLDER_MAP && hinders(holder);
}

// ---- what is refused ----

static bool machine_runs_from(const char *target)
{
    static const char *const needed[] = {"/boot", "/usr", "/etc", "/var", "/bin", "/sbin", "/lib"};

    for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
        if (strcmp(target, needed[i]) == 0)
            return true;
    return strcmp(target, "/") == 0 || path_is_below(target, "/boot") ||
           path_is_below(target, "/usr");
}

// The host's namespaces are davit's own and that of the first process.
static bool is_hosts(const struct mount_namespace *ns)
{
    return ns->own || ns->pid == 1;
}

static int check_safe(const struct eject *eject, struct error *err)
{
    const struct who_report *who = eject->who;
    int r = 0;

    for (size_t i = 0; i < who->mounts->n_items && r == 0; i++) {
        const struct held_mount *mount = &who->mounts->items[i];

        if (!is_hosts(&who->mounts->namespaces->items[mount->ns]) ||
            !machine_runs_from(mount->target))
            continue;
        r = error_set(err, ERROR_UNSAFE, EBUSY, "%s is mounted at %s: the machine runs from it",
                      who->subject.device, mount->target);
        error_path(err, mount->target);
    }
    for (size_t i = 0; i < who->stack->n_rows && r == 0; i++) {
        const struct stacked *row = &who->stack->rows[i];

        if (row->kind != HOLDER_SWAP)
            continue;
        r = error_set(err, ERROR_UNSAFE, EBUSY, "the machine swaps to %s", row->path);
        error_path(err, row->path);
        error_hint_words(err, "swapoff %s", row->path);
    }
    if (r < 0)
        error_stage(err, "resolve");
    return r;
}

// Before anything is changed: half of it detached would help nobody.
static int check_idle(struct eject *eject, struct error *err)
{
    const struct holder_list *list = eject->who->holders;
    size_t n = 0;
    int r;

    if (eject->request->flags & DETACH_LAZY || eject->request->wait_ms > 0)
        return 0;
    for (size_t i = 0; i < list->n_holders; i++)
        n += of_process(&list->holders[i]);
    if (n == 0)
        return 0;
    r = error_set(err, ERROR_BUSY, EBUSY, "%s is in use: nothing was changed",
                  eject->who->subject.name);
    error_path(err, eject->who->subject.name);
    error_stage(err, "holders");
    error_hint(err, "end those who hold it, or --wait 10s, or --lazy");
    return r;
}

// ---- each ----

static int eject_one(struct eject *eject, const struct going *going, struct error *err)
{
    const struct attachment *attached = going->attached;
    struct detach_request request = {
        .flags = eject->request->flags,
        .only = attached ? attached->id : NULL,
        .wait_ms = eject->request->wait_ms,
    };
    struct target_request asked = {
        .container = attached ? attached->container_id : "",
        .path = going->mount->target,
        .on_host = attached && attachment_is_share(attached),
    };
    struct foreign foreign = {going->mount, going->ns, eject->who->snapshot, NULL};
    struct detach_job job = DETACH_JOB_INIT;
    struct error failure = {0};
    struct result *result = report_add(eject->report->report, &asked, err);
    int r;

    if (!result)
        return -ENOMEM;
    result->origin = going->origin;
    job.engine = eject->engine;
    job.request = &request;
    job.asked = &asked;
    job.timeout_ms = eject->request->timeout_ms ? eject->request->timeout_ms : RESOLVER_DEFAULT_MS;
    job.result = result;
    job.foreign = attached ? NULL : &foreign;
    r = detach_one(&job, eject->dry_run, &failure);
    if (r == 1)
        r = result_add_warning(result, &failure, "it went with another mount");
    result->ok = r == 0;
    if (!result->ok)
        result->error = failure;
    detach_job_done(&job);
    return 0;
}

static int eject_each(struct eject *eject, struct error *err)
{
    _cleanup_free_ struct going *going = NULL;
    size_t n = 0;
    int r = eject_order(eject->engine, eject->who, eject->view, &going, &n, err);

    for (size_t i = 0; r == 0 && i < n; i++) {
        r = eject_one(eject, &going[i], err);
        if (r == 0 && !eject->dry_run)
            r = engine_check_interrupted(err);
    }
    return r;
}

// ---- the proof ----

static int look(struct eject *eject, struct who_report **ret, struct error *err)
{
    const struct who_request request = {
        .what = eject->request->what,
        .again = eject->who ? &eject->who->subject : NULL,
        .flags = WHO_NO_LINKS,
        .timeout_ms = eject->request->timeout_ms,
    };

    return engine_who(eject->engine, &request, ret, err);
}

// The kernel itself can say that nobody has it.
static bool is_device(const struct who_subject *subject)
{
    return subject->whole && *subject->node;
}

// Whoever else wants the device for themselves gets it: no filesystem, swap or other device has it.
static bool can_be_had(const struct who_subject *subject)
{
    unsigned long long deadline = monotonic_us() + LET_GO_US;
    struct timespec pause = {.tv_nsec = 5000000};

    if (!is_device(subject))
        return true;
    while (mounted_in_use(subject->node) == 1) {
        if (monotonic_us() >= deadline)
            return false;
        (void)nanosleep(&pause, NULL); // there is no event for it
        if (pause.tv_nsec < 160000000)
            pause.tv_nsec *= 2;
    }
    return true;
}

static int prove(struct eject *eject, struct error *err)
{
    struct eject_report *report = eject->report;
    const struct who_subject *subject = &eject->who->subject;
    bool had = can_be_had(subject);
    const struct holder_list *list;
    size_t n = 0;
    int r = look(eject, &report->left, err);

    if (r < 0)
        return r;
    list = report->left->holders;
    for (size_t i = 0; i < list->n_holders; i++)
        n += hinders(&list->holders[i]);
    report->free = had && n == 0 && (list->complete || is_device(subject));
    if (report->free)
        return 0;
    (void)error_set(&report->error, ERROR_BUSY, EBUSY, "%s is %sstill held%s", subject->name,
                    had && n == 0 ? "perhaps " : "",
                    n > 0            ? ""
                    : list->complete ? ": by the kernel itself, or what no process shows"
                                     : ", by what could not be seen");
    error_path(&report->error, subject->name);
    error_stage(&report->error, "verify");
    error_hint_words(&report->error, "davit who %s lists who holds it",
                     *subject->node ? subject->node : subject->name);
    return 0;
}

// What a run would refuse is said in the plan.
static int warn_busy(struct eject *eject, struct error *err)
{
    const struct holder_list *list = eject->who->holders;
    struct report *report = eject->report->report;
    size_t named = 0;
    int r = 0;

    if (check_idle(eject, &eject->report->busy) == 0 || report->n_results == 0)
        return 0;
    for (size_t i = 0; r == 0 && i < list->n_holders && named < WARNED_AT_MOST; i++) {
        const struct holder *holder = &list->holders[i];

        if (!of_process(holder))
            continue;
        named++;
        r = result_add_warning(report->results[0], err, "held by %s (pid %d): %s %s", holder->comm,
                               (int)holder->pid, holder_kind_name(holder->kind), holder->path);
    }
    return r < 0 ? r
                 : result_add_warning(report->results[0], err,
                                      "while somebody holds it nothing is changed: --wait and "
                                      "--lazy go on nevertheless");
}

static int run(struct eject *eject, struct error *err)
{
    struct journal *journal;
    int r = look(eject, &eject->who, err);

    if (r == 0)
        r = check_safe(eject, err);
    if (r == 0)
        r = engine_journal_reading(eject->engine, &journal, err);
    if (r == 0)
        r = journal_read_live(journal, &eject->view, err);
    if (r < 0)
        return r;
    if (!eject->dry_run && check_idle(eject, &eject->report->error) < 0) {
        eject->report->left = TAKE_POINTER(eject->who);
        return 0;
    }
    r = eject_each(eject, err);
    if (r == 0 && !eject->dry_run)
        return prove(eject, err);
    if (r == 0)
        r = warn_busy(eject, err);
    if (r == 0)
        eject->report->left = TAKE_POINTER(eject->who);
    return r;
}

static int eject_all(struct engine *engine, const struct eject_request *request, bool dry_run,
                     struct eject_report **ret, struct error *err)
{
    _cleanup_eject_report_ struct eject_report *report = calloc(1, sizeof *report);
    struct eject eject = {engine, request, dry_run, NULL, NULL, report};
    int r;

    if (!report)
        return ERROR_OOM(err);
    report->report = calloc(1, sizeof *report->report);
    r = report->report ? run(&eject, err) : ERROR_OOM(err);
    if (eject.view)
        journal_view_free(eject.view);
    who_report_free(eject.who);
    if (r == 0)
        *ret = TAKE_POINTER(report);
    return r;
}

int engine_eject(struct engine *engine, const struct eject_request *request, bool dry_run,
                 struct eject_report **ret, struct error *err)
{
    int r = dry_run ? 0 : engine_begin_change(engine, err);

    if (r < 0)
        return r;
    r = eject_all(engine, request, dry_run, ret, err);
    if (!dry_run)
        engine_end_change(engine);
    return r;
}
