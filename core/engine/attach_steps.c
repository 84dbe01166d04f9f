// The steps of a plan, each with one sentence and its system call, in the order in which they are
// made.
#include "core/engine/attach_job.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "core/base/text.h"
#include "core/engine/kept.h"
#include "core/engine/maker.h"
#include "core/engine/replace.h"

#define OPEN_IN_ROOT "{flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS}"

static int add(struct attach_job *job, enum plan_action action, size_t index, char *text,
               char *call, struct error *err)
{
    return result_add_step(job->result, action, index, err, text, call);
}

static char *attr_text(const struct attach_job *job)
{
    static const struct {
        uint64_t bit;
        const char *name;
    } bits[] = {
        {MOUNT_ATTR_RDONLY, "MOUNT_ATTR_RDONLY"},
        {MOUNT_ATTR_NOSUID, "MOUNT_ATTR_NOSUID"},
        {MOUNT_ATTR_NODEV, "MOUNT_ATTR_NODEV"},
        {MOUNT_ATTR_NOEXEC, "MOUNT_ATTR_NOEXEC"},
        {MOUNT_ATTR_NOSYMFOLLOW, "MOUNT_ATTR_NOSYMFOLLOW"},
        {MOUNT_ATTR_IDMAP, "MOUNT_ATTR_IDMAP"},
    };
    static const char *const propagations[] = {"MS_PRIVATE", "MS_SLAVE", "MS_SHARED"};
    uint64_t set = job->attr_set | (job->owners.on ? MOUNT_ATTR_IDMAP : 0);
    char names[192] = "";

    for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
        if (set & bits[i].bit)
            (void)snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                           *names ? "|" : "", bits[i].name);
    return text_format("{attr_set=%s, propagation=%s%s}", *names ? names : "0",
                       propagations[job->request->propagation],
                       job->owners.on ? ", userns_fd=<mapping>" : "");
}

static char *proof_call(const struct attach_job *job, const char *what)
{
    return source_goes_onto_directory(job->source)
               ? text_format("unlinkat(<clone of %s>, a name that is absent, 0) = EROFS", what)
               : text_format("faccessat2(<clone of %s>, \"\", W_OK, AT_EMPTY_PATH) = EROFS", what);
}

static int add_tree_steps(struct attach_job *job, struct error *err)
{
    bool recursive = job->request->flags & ATTACH_RECURSIVE;
    const char *path = job->source->name;
    _cleanup_free_ char *attr = attr_text(job);
    size_t n_proofs = job->result->read_only ? 1 + (recursive ? job->source->n_below : 0) : 0;
    int r;

    if (!attr)
        return ERROR_OOM(err);
    r = job->source->maker->plan(job, err);
    if (r == 0)
        r = attach_plan_owners(job, err);
    if (r == 0 && !job->source->maker->inside)
        r = add(job, ACTION_SET_FLAGS, 0,
                text_format("make the clone %s", job->request->flags & ATTACH_READ_ONLY
                                                     ? "read-only and its own"
                                                     : "its own, with its flags"),
                text_format("mount_setattr(<clone>, \"\", AT_EMPTY_PATH|AT_RECURSIVE, %s)", attr),
                err);
    if (job->source->type && !S_ISDIR(job->source->type) && !S_ISREG(job->source->type))
        n_proofs = 0;
    for (size_t i = 0; i < n_proofs && r == 0; i++) {
        const char *what = i ? job->source->below[i - 1]->target : path;

        r = add(job, ACTION_PROVE_READ_ONLY, i,
                text_format("prove that %s cannot be written", what), proof_call(job, what), err);
    }
    return r < 0 ? r : attach_plan_lock(job, err);
}

// A tmpfs is called whatever who mounted it called it ("none").
static const char *where_made(const struct attach_job *job)
{
    const struct target *target = &job->target;

    if (job->inside.is_host)
        return target->on->source;
    if (strcmp(target->on->type, "overlay") == 0 && strcmp(target->on->target, "/") == 0)
        return "the container's writable layer";
    return strcmp(target->on->type, "tmpfs") == 0 ? "the container's memory (tmpfs)"
                                                  : target->on->source;
}

// Of the last one it may not be known yet what it has to be: that shows when the source is made.
static bool may_be_file(const struct attach_job *job, size_t i)
{
    return job->source->type == 0 && i + 1 == job->what->n_made;
}

static char *make_text(const struct attach_job *job, size_t i)
{
    const struct made_node *node = &job->what->made[i];

    return text_format("make %s %s%s%s in %s",
                       may_be_file(job, i) ? "the directory, or file as the source is,"
                       : node->is_file     ? "the file"
                                           : "the directory",
                       node->parent, strcmp(node->parent, "/") ? "/" : "", node->name,
                       where_made(job));
}

static char *make_call(const struct attach_job *job, size_t i)
{
    const struct attachment *what = job->what;
    const struct made_node *node = &what->made[i];
    const char *below = i == 0   ? job->target.path
                        : i == 1 ? what->temporary
                                 : what->made[i - 1].name;
    const char *name = i == 0 ? what->temporary : node->name;
    _cleanup_free_ char *directory =
        text_format("mkdirat(<%s>, \"%s\", %04o)", below, name, what->mode);
    _cleanup_free_ char *file =
        text_format("openat(<%s>, \"%s\", O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, %04o)", below, name,
                    what->mode & 0666U);

    if (!directory || !file)
        return NULL;
    if (may_be_file(job, i))
        return text_format("%s, or %s", directory, file);
    return node->is_file ? TAKE_POINTER(file) : TAKE_POINTER(directory);
}

static int add_make_steps(struct attach_job *job, struct error *err)
{
    const struct attachment *what = job->what;
    const char *parent = job->target.path;
    int r = 0;

    if (!job->target.missing) // none, or made before
        return 0;
    if (what->n_made && mount_entry_has_option(job->target.on, "ro"))
        r = add(
            job, ACTION_OPEN_WRITABLE, 0,
            text_format("reach below the read-only mount at %s", job->target.on->target),
            text_format("open_tree(<%s>, \"\", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH)",
                        parent),
            err);
    for (size_t i = 0; i < what->n_made && r == 0; i++)
        r = add(job, ACTION_MAKE, i, make_text(job, i), make_call(job, i), err);
    if (what->n_made && r == 0)
        r = add(job, ACTION_NAME, 0, text_format("give it its name, unless that is taken"),
                text_format("renameat2(<%s>, \"%s\", <%s>, \"%s\", RENAME_NOREPLACE)", parent,
                            what->temporary, parent, what->made[0].name),
                err);
    return r;
}

static int add_intent_step(struct attach_job *job, struct error *err)
{
    return add(job, ACTION_WRITE_INTENT, 0,
               text_format("note in the journal what is about to be done"),
               text_format("write(<journal>, intent)"), err);
}

static int add_move_step(struct attach_job *job, struct error *err)
{
    const char *asked = job->asked->path;

    if (job->source->maker->inside)
        return job->source->maker->inside->plan_move(job, err);
    return add(job, ACTION_MOVE, 0, text_format("move the clone to %s", asked),
               text_format("move_mount(<clone>, \"\", <%s>, \"\", "
                           "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH)",
                           asked),
               err);
}

int attach_plan_steps(struct attach_job *job, struct error *err)
{
    bool inside = job->source->maker->inside != NULL;
    const char *name = job->container->name, *asked = job->asked->path;
    int r = 0;

    if (job->source->path)
        r = add(
            job, ACTION_OPEN_SOURCE, 0, text_format("open %s on the host", job->source->path),
            text_format("openat2(AT_FDCWD, \"%s\", {flags=O_PATH|O_CLOEXEC})", job->source->path),
            err);
    if (r == 0 && job->source->provider)
        r = add(job, ACTION_OPEN_SOURCE, 0,
                text_format("look up %s in the root of %s", job->source->inside,
                            job->source->provider->name),
                text_format("openat2(<root of %s>, \"%s\", " OPEN_IN_ROOT ")",
                            job->source->provider->name, job->source->inside),
                err);
    if (r == 0)
        r = add(job, ACTION_OPEN_TARGET, 0,
                text_format("look up %s in the root of %s", asked, name),
                text_format("openat2(<root of %s>, \"%s\", " OPEN_IN_ROOT ")", name, asked), err);
    if (r == 0 && inside)
        r = add_intent_step(job, err);
    if (r == 0)
        r = add_tree_steps(job, err);
    if (r == 0 && job->old)
        return replace_add_steps(job, err);
    if (r == 0)
        r = inside ? add(job, ACTION_WRITE_INTENT, 1,
                         text_format("note in the journal which mount it is"),
                         text_format("write(<journal>, made)"), err)
                   : add_intent_step(job, err);
    if (r == 0)
        r = add_make_steps(job, err);
    if (r == 0)
        r = add(job, ACTION_ENTER, 0, text_format("enter the mount namespace of %s", name),
                text_format("setns(<mount namespace of %s>, CLONE_NEWNS)", name), err);
    if (r == 0)
        r = add_move_step(job, err);
    if (r == 0 && job->inside.is_host && job->target.on->peer_group)
        r = add(job, ACTION_SET_FLAGS, 1,
                text_format("make it private again: %s is shared", job->target.on->target),
                text_format("mount_setattr(<%s>, \"\", AT_EMPTY_PATH|AT_RECURSIVE, "
                            "{propagation=MS_PRIVATE})",
                            asked),
                err);
    if (r == 0)
        r = add(job, ACTION_VERIFY, 0,
                text_format("look at %s from inside: the same mount, its flags", asked),
                text_format("openat2(<root of %s>, \"%s\", " OPEN_IN_ROOT ")", name, asked), err);
    if (r == 0)
        r = add(job, ACTION_CHECK_ACCESS, 0,
                text_format("try access as uid %u%s", job->inside.status.euid,
                            job->inside.is_host ? "" : " of the container's init"),
                text_format("faccessat2(<%s>, \"\", R_OK, AT_EMPTY_PATH|AT_EACCESS)", asked), err);
    if (r == 0)
        r = kept_add_step(job, err);
    if (r == 0)
        r = add(job, ACTION_WRITE_DONE, 0, text_format("note in the journal that it is done"),
                text_format("write(<journal>, done)"), err);
    return r;
}

int attach_reword_steps(struct attach_job *job, struct error *err)
{
    struct result *result = job->result;
    int r = 0;

    for (size_t i = 0; i < result->n_steps && r == 0; i++) {
        struct plan_step *step = &result->steps[i];

        if (step->action == ACTION_PROVE_READ_ONLY && step->index == 0)
            r = result_set_step(step, strdup(step->text), proof_call(job, job->source->name), err);
        else if (step->action == ACTION_MAKE)
            r = result_set_step(step, make_text(job, step->index), make_call(job, step->index),
                                err);
    }
    return r;
}
