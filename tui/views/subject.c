#include "tui/views/subject.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/views/lost.h"

void subject_done(struct subject *subject)
{
    for (size_t i = 0; i < subject->n_marked; i++)
        free((char *)(uintptr_t)subject->marked[i]);
    free(subject->marked);
    *subject = (struct subject){.kind = SUBJECT_NONE};
}

// Where the reason goes.
struct reason {
    char *text;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static bool no(const struct reason *reason,
                                                     const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(reason->text, reason->size, format, arguments);
    va_end(arguments);
    return false;
}

// Filesystems that hold no files of anyone, so that there is nothing in them to attach.
static bool is_kernels(const char *type)
{
    static const char *const types[] = {
        "autofs",    "binfmt_misc", "bpf",        "cgroup",  "cgroup2", "configfs", "debugfs",
        "devpts",    "efivarfs",    "mqueue",     "nsfs",    "proc",    "pstore",   "rpc_pipefs",
        "selinuxfs", "sysfs",       "securityfs", "tracefs", "fusectl", "smackfs",
    };

    for (size_t i = 0; i < ARRAY_SIZE(types); i++)
        if (text_same(type, types[i]))
            return true;
    return false;
}

static bool may_change(const struct model *model, const struct reason *reason)
{
    if (!model->engine.privileged)
        return no(reason, "needs root: sudo davit");
    if (model->engine.read_only)
        return no(reason, "this console is for reading: it was started with --readonly");
    return true;
}

static bool has_process(const struct shown_container *c, const struct reason *reason)
{
    if (!c)
        return no(reason, "the container is gone");
    if (c->contested)
        return no(reason,
                  "unrelated processes claim to be this container: name it by pid:%d on "
                  "the command line",
                  (int)c->pid);
    if (c->pid <= 0)
        return no(reason, "it has no process on this host%s%s", c->state ? ": " : "",
                  c->state ? c->state : "");
    if (text_same(c->state, "paused")) // possible, and worth a word
        (void)no(reason, "paused: it sees the change when it goes on");
    return true;
}

static bool can_attach(const struct subject *s, const struct reason *reason)
{
    switch (s->kind) {
    case SUBJECT_NONE:
        return no(reason, "nothing is selected");
    case SUBJECT_CONTAINER:
        return s->n_marked > 0 || has_process(s->container, reason);
    case SUBJECT_FILESYSTEM:
        if (is_kernels(s->filesystem->type))
            return no(reason, "%s shows the kernel, it holds no files to attach",
                      s->filesystem->type);
        if (s->filesystem->usage == USAGE_SHOWN_SILENT)
            return no(reason, "it does not answer: nothing can be attached from it now");
        return true;
    case SUBJECT_MOUNT:
    case SUBJECT_ATTACHMENT:
        return has_process(s->container, reason);
    case SUBJECT_LOG:
        if (s->attachment)
            return has_process(s->container, reason);
        break;
    }
    return no(reason, "select a container or a filesystem first");
}

static bool can_detach_mount(const struct subject *s, const struct reason *reason)
{
    static const struct {
        const char *origin, *reason;
    } origins[] = {
        {"declared", "davit did not attach this: declared when the container was made"},
        {"image", "davit did not attach this: it is part of the container's image"},
        {"system", "davit did not attach this: the runtime mounts it in its containers"},
    };

    if (text_same(s->mount->origin, "attached"))
        return has_process(s->container, reason);
    for (size_t i = 0; i < ARRAY_SIZE(origins); i++)
        if (text_same(s->mount->origin, origins[i].origin))
            return no(reason, "%s", origins[i].reason);
    return no(reason, "davit did not attach this: it was mounted by someone else");
}

static bool can_detach_one(const struct subject *s, const struct reason *reason)
{
    switch (s->kind) {
    case SUBJECT_NONE:
        return no(reason, "nothing is selected");
    case SUBJECT_CONTAINER:
        if (s->container && s->container->attached == 0)
            return no(reason, "davit attached nothing in this container");
        return has_process(s->container, reason);
    case SUBJECT_MOUNT:
        return can_detach_mount(s, reason);
    case SUBJECT_ATTACHMENT:
        return text_same(s->attachment->state, "lingering")
                   ? no(reason, "it is detached already, and goes when nothing holds it any more")
                   : no(reason, "it is gone already: Dismiss takes the row away");
    case SUBJECT_FILESYSTEM:
        return s->share ||
               no(reason, "this is no share: select a mount in a container, or eject it");
    case SUBJECT_LOG:
        break;
    }
    return no(reason, "select a container, or a mount in one");
}

static bool can_detach(const struct subject *s, const struct reason *reason)
{
    return (s->kind == SUBJECT_CONTAINER && s->n_marked > 0) || can_detach_one(s, reason);
}

// Another source, or the same anew, in the place of what is attached.
static bool can_replace(const struct subject *s, const struct reason *reason)
{
    if (s->kind == SUBJECT_FILESYSTEM)
        return no(reason, "select a container, or a mount in one");
    if (s->kind == SUBJECT_ATTACHMENT || (s->kind == SUBJECT_LOG && s->attachment))
        return no(reason, "it is not attached any more: Attach does it again");
    return can_detach_one(s, reason);
}

static bool can_refresh(const struct subject *s, const struct model *model,
                        const struct reason *reason)
{
    if (s->kind == SUBJECT_FILESYSTEM)
        return model->attachments->n > 0 || no(reason, "davit has attached nothing");
    return (s->kind == SUBJECT_CONTAINER && s->n_marked > 0) || can_replace(s, reason);
}

static bool can_share(const struct subject *s, const struct reason *reason)
{
    if (s->kind != SUBJECT_CONTAINER && s->kind != SUBJECT_MOUNT)
        return no(reason, "select a mount of a container, or a container");
    return has_process(s->container, reason);
}

static bool can_keep(const struct subject *s, const struct reason *reason)
{
    if (!s->attachment || (s->kind != SUBJECT_MOUNT && s->kind != SUBJECT_ATTACHMENT))
        return no(reason, "select what davit has attached");
    if (s->kind == SUBJECT_ATTACHMENT)
        return no(reason, "it is not attached now");
    if (s->attachment->kept)
        return no(reason, "it is kept already");
    return has_process(s->container, reason);
}

static bool can_forget(const struct subject *s, const struct reason *reason)
{
    if (!s->attachment || (s->kind != SUBJECT_MOUNT && s->kind != SUBJECT_ATTACHMENT))
        return no(reason, "select what davit has attached");
    return s->attachment->kept || s->attachment->until ? true : no(reason, "it is not kept");
}

static bool can_enter(const struct subject *s, const struct reason *reason)
{
    const struct shown_container *c = s->container;

    if (s->kind != SUBJECT_CONTAINER && s->kind != SUBJECT_MOUNT)
        return no(reason, "select a container first");
    if (!c)
        return no(reason, "the container is gone");
    return has_process(c, reason);
}

static bool can_dismiss(const struct subject *s, const struct reason *reason)
{
    if (!s->attachment || s->kind == SUBJECT_MOUNT)
        return no(reason, "only a row of what was lost can be dismissed");
    if (!lost_attachment(s->attachment))
        return no(reason, "it is still held by a process of the container");
    return true;
}

static bool can_open(const struct subject *s, const struct reason *reason)
{
    if (s->kind == SUBJECT_NONE)
        return no(reason, "nothing is selected");
    if (s->kind == SUBJECT_CONTAINER && !s->container)
        return no(reason, "the container is gone");
    if (s->kind == SUBJECT_ATTACHMENT)
        return no(reason, "it is no longer mounted");
    if (s->kind == SUBJECT_LOG && s->entry->n_steps == 0)
        return no(reason, "this line has no steps to show");
    return true;
}

// On a filesystem it is about the container that is selected.
static bool can_ask_why(const struct subject *s, const struct model *model,
                        const struct reason *reason)
{
    const struct shown_container *c = s->container;

    if (s->kind == SUBJECT_NONE || s->kind == SUBJECT_LOG)
        return no(reason, "select a container or a filesystem first");
    if (!c && s->kind == SUBJECT_FILESYSTEM && model->mounts_of)
        c = model_container(model, model->mounts_of);
    return c ? has_process(c, reason) : no(reason, "select a container first");
}

static bool can_ask_who(const struct subject *s, const struct reason *reason)
{
    switch (s->kind) {
    case SUBJECT_FILESYSTEM:
        return true;
    case SUBJECT_CONTAINER:
    case SUBJECT_MOUNT:
        return has_process(s->container, reason);
    case SUBJECT_ATTACHMENT:
        if (s->attachment->source.text && s->attachment->source.text[0] == '/')
            return true;
        return no(reason, "its source is no path of this host");
    case SUBJECT_NONE:
    case SUBJECT_LOG:
        break;
    }
    return no(reason, "select a filesystem, a mount or a container first");
}

static bool can_eject(const struct subject *s, const struct reason *reason)
{
    static const char *const needed[] = {"/", "/boot", "/usr"};

    if (s->kind != SUBJECT_FILESYSTEM)
        return no(reason, "select a filesystem of the host first");
    for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
        if (text_same(s->filesystem->mount_point.text, needed[i]))
            return no(reason, "the machine runs from it");
    return !is_kernels(s->filesystem->type) ||
           no(reason, "%s shows the kernel, there is nothing to eject", s->filesystem->type);
}

bool action_possible(enum action action, const struct subject *subject, const struct model *model,
                     char *text, size_t size)
{
    const struct reason reason = {text, size};

    if (size > 0)
        text[0] = '\0';
    if (action == ACTION_ATTACH)
        return may_change(model, &reason) && can_attach(subject, &reason);
    if (action == ACTION_DETACH)
        return may_change(model, &reason) && can_detach(subject, &reason);
    if (action == ACTION_REPLACE)
        return may_change(model, &reason) && can_replace(subject, &reason);
    if (action == ACTION_REFRESH)
        return may_change(model, &reason) && can_refresh(subject, model, &reason);
    if (action == ACTION_SHARE)
        return may_change(model, &reason) && can_share(subject, &reason);
    if (action == ACTION_UNDO || action == ACTION_REFRESH_STALE)
        return may_change(model, &reason);
    if (action == ACTION_KEEP)
        return may_change(model, &reason) && can_keep(subject, &reason);
    if (action == ACTION_FORGET)
        return may_change(model, &reason) && can_forget(subject, &reason);
    if (action == ACTION_SHELL)
        return may_change(model, &reason) && can_enter(subject, &reason);
    if (action == ACTION_DISMISS)
        return can_dismiss(subject, &reason);
    if (action == ACTION_WHY)
        return can_ask_why(subject, model, &reason);
    if (action == ACTION_WHO)
        return can_ask_who(subject, &reason);
    if (action == ACTION_EJECT)
        return may_change(model, &reason) && can_eject(subject, &reason);
    if (action == ACTION_OPEN)
        return can_open(subject, &reason);
    if (action == ACTION_MARK || action == ACTION_MARK_ALL)
        return subject->kind == SUBJECT_CONTAINER || no(&reason, "only containers can be marked");
    if (action == ACTION_COPY)
        return (subject->kind != SUBJECT_NONE &&
                (subject->kind != SUBJECT_CONTAINER || subject->container)) ||
               no(&reason, "nothing is selected");
    return true;
}

const enum action *subject_actions(const struct subject *subject)
{
    static const enum action none[] = {ACTION_UNDO, ACTION_REFRESH_STALE, ACTION_REREAD,
                                       ACTION_NONE};
    static const enum action container[] = {
        ACTION_ATTACH, ACTION_DETACH,        ACTION_REPLACE, ACTION_REFRESH,
        ACTION_SHARE,  ACTION_SHELL,         ACTION_OPEN,    ACTION_WHO,
        ACTION_MOUNTS, ACTION_WHY,           ACTION_COPY,    ACTION_MARK,
        ACTION_UNDO,   ACTION_REFRESH_STALE, ACTION_REREAD,  ACTION_NONE};
    static const enum action filesystem[] = {ACTION_ATTACH,  ACTION_EJECT,  ACTION_WHO,
                                             ACTION_REFRESH, ACTION_OPEN,   ACTION_WHY,
                                             ACTION_COPY,    ACTION_REREAD, ACTION_NONE};
    static const enum action share[] = {ACTION_DETACH, ACTION_ATTACH, ACTION_EJECT, ACTION_WHO,
                                        ACTION_OPEN,   ACTION_WHY,    ACTION_COPY,  ACTION_UNDO,
                                        ACTION_REREAD, ACTION_NONE};
    static const enum action mount[] = {
        ACTION_DETACH, ACTION_REPLACE, ACTION_REFRESH, ACTION_SHARE, ACTION_ATTACH,
        ACTION_OPEN,   ACTION_KEEP,    ACTION_FORGET,  ACTION_SHELL, ACTION_WHO,
        ACTION_WHY,    ACTION_COPY,    ACTION_UNDO,    ACTION_NONE};
    static const enum action attachment[] = {ACTION_ATTACH, ACTION_DISMISS, ACTION_FORGET,
                                             ACTION_DETACH, ACTION_COPY,    ACTION_NONE};
    static const enum action lost[] = {ACTION_ATTACH, ACTION_DISMISS, ACTION_OPEN, ACTION_COPY,
                                       ACTION_NONE};
    static const enum action log[] = {ACTION_OPEN,       ACTION_COPY,     ACTION_SAVE,
                                      ACTION_LOG_FOLLOW, ACTION_LOG_WRAP, ACTION_LOG_TIME,
                                      ACTION_LOG_FULL,   ACTION_UNDO,     ACTION_NONE};

    switch (subject->kind) {
    case SUBJECT_NONE:
        return none;
    case SUBJECT_CONTAINER:
        return container;
    case SUBJECT_FILESYSTEM:
        return subject->share ? share : filesystem;
    case SUBJECT_MOUNT:
        return mount;
    case SUBJECT_ATTACHMENT:
        return attachment;
    case SUBJECT_LOG:
        return subject->attachment ? lost : log;
    }
    return none;
}
