// Which containers it is about, by identity.
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/attach_page.h"
#include "tui/model/decode.h"

void attach_targets_free(struct attach_page *page)
{
    for (size_t i = 0; i < page->n_targets; i++) {
        free(page->targets[i].key);
        free(page->targets[i].label);
        free(page->targets[i].runtime);
        free(page->targets[i].id);
    }
    free(page->targets);
    page->targets = NULL;
    page->n_targets = 0;
}

static int add(struct attach_page *page, const struct shown_container *c, struct error *err)
{
    struct attach_target *target = &page->targets[page->n_targets++];

    *target = (struct attach_target){
        .key = strdup(c->key),
        .label = strdup(c->label),
        .runtime = strdup(c->runtime ? c->runtime : ""),
        .id = strdup(c->id ? c->id : ""),
        .pid = c->pid,
        .start_time = c->start_time,
        .user_namespace = c->user_namespace,
    };
    return target->key && target->label && target->runtime && target->id ? 0 : ERROR_OOM(err);
}

int attach_targets_make(struct attach_page *page, const struct subject *subject, struct error *err)
{
    const struct model *model = page->dialog.host->model;
    bool row_of_one = subject->mount || subject->attachment;
    bool marked = subject->n_marked > 0 && !row_of_one && page->verb->change == CHANGE_ATTACH;
    size_t n = marked ? subject->n_marked : 1;
    int r = 0;

    if (n > PROTOCOL_TARGETS_MAX)
        return error_set(err, ERROR_USAGE, 0, "%zu containers are marked: at most %d at once", n,
                         PROTOCOL_TARGETS_MAX);
    page->targets = calloc(n, sizeof *page->targets);
    if (!page->targets)
        return ERROR_OOM(err);
    for (size_t i = 0; marked && i < n && r == 0; i++) {
        const struct shown_container *c = model_container(model, subject->marked[i]);

        r = c ? add(page, c, err) : 0;
    }
    if (!marked && subject->container)
        r = add(page, subject->container, err);
    if (r == 0 && page->n_targets == 0)
        r = error_set(err, ERROR_GONE, 0, "there is no container to attach to any more");
    return r;
}

static void tell(struct attach_page *page, const struct attach_target *target, const char *what,
                 const char *hint)
{
    (void)error_set(&page->proposal.notice, ERROR_GONE, 0, "%s %s", target->label, what);
    error_hint(&page->proposal.notice, "%s", hint);
}

// Whether something about it is other than before.
static bool check_one(struct attach_page *page, struct attach_target *target)
{
    const struct shown_container *c = model_container(page->dialog.host->model, target->key);
    bool gone = !c || c->pid == 0;

    if (gone && target->gone)
        return false;
    if (gone) {
        target->gone = true;
        tell(page, target, c ? "has stopped" : "is gone",
             c ? "when it runs again, the plan is made anew" : page->verb->gone);
        return true;
    }
    if (!target->gone && c->pid == target->pid && c->start_time == target->start_time)
        return false;
    target->gone = false;
    target->pid = c->pid;
    target->start_time = c->start_time;
    tell(page, target, "was restarted meanwhile",
         "the plan is made anew for the process it is now, and waits for its key again");
    return true;
}

bool attach_targets_check(struct attach_page *page)
{
    bool changed = false;

    if (!page->dialog.host->model->containers_known)
        return false;
    for (size_t i = 0; i < page->n_targets; i++)
        changed |= check_one(page, &page->targets[i]);
    return changed;
}

char *attach_targets_text(const struct attach_page *page)
{
    const struct attach_target *target = &page->targets[0];

    if (page->n_targets > 1)
        return text_format("%zu containers", page->n_targets);
    return text_format("%s · %s %.12s · pid %d", target->label, target->runtime, target->id,
                       (int)target->pid);
}

// Of a replace: the mount that the plan showed, which is another by now or not.
static int64_t planned_mount(const struct attach_page *page, bool run)
{
    const struct planned_set *set = &page->proposal.plan.set;

    return run && page->verb->change == CHANGE_REPLACE && set->n == 1 ? set->items[0].mount_id : 0;
}

static int add_target(json_t *array, const struct attach_target *target,
                      const struct raw_text *path, int64_t mount_id)
{
    json_t *object = json_pack("{s:s}", "container", target->key);
    int failed = object ? raw_text_set(object, "target", path) : -1;

    if (!failed && target->pid > 0)
        failed = json_object_set_new(object, "pid", json_integer(target->pid));
    if (!failed && target->start_time > 0)
        failed =
            json_object_set_new(object, "start_time", json_integer((json_int_t)target->start_time));
    if (!failed && mount_id > 0)
        failed = json_object_set_new(object, "mount_id", json_integer(mount_id));
    if (!failed)
        failed = json_array_append(array, object);
    json_decref(object);
    return failed;
}

static int add_host(json_t *array, const struct raw_text *path)
{
    json_t *object = json_pack("{s:s, s:b}", "container", "host", "on_host", 1);
    int failed = object ? raw_text_set(object, "target", path) : -1;

    if (!failed)
        failed = json_array_append(array, object);
    json_decref(object);
    return failed;
}

int attach_targets_send(const struct attach_page *page, bool run, json_t *params)
{
    bool on_host = page->verb->change == CHANGE_SHARE;
    struct raw_text target = {NULL, NULL};
    json_t *targets = json_array();
    int failed = targets ? path_field_get(&page->target, &target) : -1;

    for (size_t i = 0; i < page->n_targets && !failed; i++)
        if (!page->targets[i].gone)
            failed =
                on_host ? add_host(targets, &target)
                        : add_target(targets, &page->targets[i], &target, planned_mount(page, run));
    if (!failed)
        failed = json_object_set(params, "targets", targets);
    json_decref(targets);
    raw_text_done(&target);
    return failed;
}

bool attach_targets_gone(const struct attach_page *page)
{
    for (size_t i = 0; i < page->n_targets; i++)
        if (!page->targets[i].gone)
            return false;
    return true;
}

// The results are in the order of the targets that were asked for: all that were not gone.
void attach_targets_drop(struct attach_page *page, const struct planned_set *results)
{
    size_t kept = 0, result = 0;

    for (size_t i = 0; i < page->n_targets; i++) {
        struct attach_target *target = &page->targets[i];
        bool done = !target->gone && result < results->n && results->items[result].ok;

        result += !target->gone;
        if (!done) {
            page->targets[kept++] = *target;
            continue;
        }
        free(target->key);
        free(target->label);
        free(target->runtime);
        free(target->id);
    }
    page->n_targets = kept;
}
