#include "tui/views/containers_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "tui/views/lost.h"

#define RESTART_NEWS 3600 // seconds for which a restart is worth a word

// The attachments that are lost, looked up once for all containers.
static int find_lost(const struct model *model, const struct shown_attachment ***ret, size_t *ret_n)
{
    const struct shown_attachment **lost =
        calloc(model->attachments->n + 1, sizeof(struct shown_attachment *));

    *ret_n = 0;
    if (!lost)
        return -1;
    for (size_t i = 0; i < model->attachments->n; i++)
        if (lost_attachment(model->attachments->items[i]))
            lost[(*ret_n)++] = model->attachments->items[i];
    *ret = lost;
    return 0;
}

static void note_lost(struct container_note *note, const struct shown_container *c,
                      const struct shown_attachment *const *lost, size_t n_lost)
{
    for (size_t i = 0; i < n_lost; i++)
        if (lost_made_in(lost[i], c)) {
            note->lost++;
            note->restarted |= c->started > lost[i]->since;
        }
}

// Whether the container of this key was another process the last time, or had been then.
static bool was_restarted(const struct container_states *states, const struct container_set *old,
                          size_t *at, const struct shown_container *c)
{
    const struct shown_container *before;

    while (*at < old->n && strcmp(old->items[*at]->key, c->key) < 0)
        (*at)++;
    if (*at == old->n || strcmp(old->items[*at]->key, c->key) != 0)
        return false;
    before = old->items[*at];
    if (states->notes && states->notes[*at].restarted)
        return true;
    return before->start_time != 0 && c->start_time != 0 && before->start_time != c->start_time;
}

int container_states_update(struct container_states *states, const struct container_set *old,
                            const struct container_set *set, const struct model *model,
                            struct error *err)
{
    struct container_note *notes = calloc(set->n + 1, sizeof *notes);
    _cleanup_free_ const struct shown_attachment **lost = NULL;
    size_t n_lost;
    size_t at = 0;

    if (!notes || find_lost(model, &lost, &n_lost) < 0) {
        free(notes);
        return ERROR_OOM(err);
    }
    for (size_t i = 0; i < set->n; i++) {
        if (old)
            notes[i].restarted = was_restarted(states, old, &at, set->items[i]);
        note_lost(&notes[i], set->items[i], lost, n_lost);
    }
    free(states->notes);
    states->notes = notes;
    return 0;
}

void container_states_done(struct container_states *states)
{
    free(states->notes);
    states->notes = NULL;
}

static enum role role_of(const char *state)
{
    if (strcmp(state, "running") == 0)
        return ROLE_STATUS_OK;
    if (strcmp(state, "paused") == 0 || strcmp(state, "stopped") == 0)
        return ROLE_STATUS_INACTIVE;
    return ROLE_STATUS_WARNING;
}

void container_state_text(const struct container_states *states, size_t row,
                          const struct shown_container *c, time_t now, char *out, size_t size,
                          enum role *role)
{
    const struct container_note *note = &states->notes[row];
    const char *state = c->state ? c->state : "unknown";
    bool recent = c->started == 0 || now - c->started < RESTART_NEWS;
    int used;

    if (c->contested)
        state = "contested";
    else if (note->restarted && (note->lost > 0 || recent) && strcmp(state, "running") == 0)
        state = "restarted";
    *role = role_of(state);
    used = snprintf(out, size, "%s", state);
    if (note->lost > 0 && used >= 0 && (size_t)used < size) {
        (void)snprintf(out + used, size - (size_t)used, ", %u lost", note->lost);
        *role = ROLE_STATUS_ERROR;
    } else if (c->pid <= 0 && used >= 0 && (size_t)used < size && !c->contested) {
        (void)snprintf(out + used, size - (size_t)used, ", not here");
    }
}

static bool absent(const struct shown_runtime *runtime)
{
    return !runtime->state || strcmp(runtime->state, "absent") == 0;
}

void containers_nothing(const struct model *model, char *out, size_t size)
{
    FILE *text = fmemopen(out, size, "w");

    if (!text || size == 0)
        return;
    if (!model->containers_known) {
        (void)fputs("reading…", text);
        (void)fclose(text);
        return;
    }
    (void)fprintf(text, "No container %s here. Looked at: /proc",
                  model->unreadable > 0 ? "can be seen" : "runs");
    for (size_t i = 0; i < model->n_runtimes; i++) {
        const struct shown_runtime *runtime = &model->runtimes[i];

        if (strcmp(runtime->name, "proc") == 0 && !runtime->error)
            continue;
        (void)fprintf(text, "; %s%s%s: %s", runtime->name, runtime->endpoint ? " " : "",
                      runtime->endpoint ? runtime->endpoint : "",
                      absent(runtime) ? "not installed" : runtime->state);
        if (runtime->error)
            (void)fprintf(text, ", %s", runtime->error);
        if (runtime->hint)
            (void)fprintf(text, " (%s)", runtime->hint);
    }
    (void)fputs(".", text);
    if (model->unreadable > 0)
        (void)fprintf(text, " %u processes could not be read: sudo davit.", model->unreadable);
    else
        (void)fputs(" Start one, and it appears here by itself.", text);
    (void)fclose(text);
    out[size - 1] = '\0';
}
