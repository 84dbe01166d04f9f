#include "core/engine/recipe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <linux/openat2.h>

#include "core/base/lookup.h"
#include "core/base/text.h"
#include "core/host/filesystem_rule.h"

// A device may have to wake up: longer than a look may take.
#define MOUNT_MS 30000

// Of a source on no block device, and for -R and propagation other than private. Asked by the plan:
// what is wrong with the target is said first.
static int refused(const struct source *source, struct error *err)
{
    const struct recipe *recipe = source->state;

    if (!*recipe->why)
        return 0;
    if (recipe->missing) {
        error_set(err, ERROR_UNSUPPORTED, ENOSYS,
                  "this kernel has no %s (it came with Linux %s), and the recipe that does without "
                  "cannot attach %s: %s",
                  recipe->missing, recipe->since, source->path, recipe->why);
        error_hint(err, "`davit doctor` lists what works here");
    } else {
        error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP, "%s cannot be attached by method recipe: %s",
                  source->path, recipe->why);
        error_hint(err, "--method tree clones any mount, and is what davit chooses");
    }
    error_path(err, source->path);
    return -err->sys_errno;
}

static void done(struct source *source)
{
    free(source->state);
}

// ---- the plan ----

static bool may_work_in(const struct inside *inside, const char *path)
{
    const struct mount_entry *entry = mount_table_at(inside->table, path, NULL);

    return entry && !mount_entry_read_only(entry) && !entry->peer_group &&
           !filesystem_may_hang(entry->type) && !filesystem_is_kernel(entry->type) &&
           (strcmp(path, "/") == 0 || strcmp(entry->type, "tmpfs") == 0);
}

// Memory first, where nothing is left in a layer that a commit keeps. Shared mounts would show it
// to their peers.
static int choose_workplace(struct attach_job *job, struct error *err)
{
    static const char *const places[] = {"/dev", "/run", "/dev/shm", "/tmp", "/"};
    const char *place = NULL;
    int r;

    for (size_t i = 0; i < ARRAY_SIZE(places) && !place; i++)
        if (may_work_in(&job->inside, places[i]))
            place = places[i];
    if (!place) {
        r = error_set(err, ERROR_UNSUPPORTED, EROFS,
                      "there is no place in %s for the recipe to work in: its root and its /dev, "
                      "/run and /tmp are read-only or shared",
                      job->container->name);
        error_hint(err, "--method tree needs none");
        return r;
    }
    job->what->workplace = strdup(place);
    return job->what->workplace ? 0 : ERROR_OOM(err);
}

static void workplace_name(const struct attachment *what, char out[64])
{
    (void)snprintf(out, 64, ".davit-%s.work", what->id);
}

static const struct {
    const char *option;
    uint64_t flag, attr;
    const char *name;
} flag_names[] = {
    {"ro", MS_RDONLY, MOUNT_ATTR_RDONLY, "MS_RDONLY"},
    {"nosuid", MS_NOSUID, MOUNT_ATTR_NOSUID, "MS_NOSUID"},
    {"nodev", MS_NODEV, MOUNT_ATTR_NODEV, "MS_NODEV"},
    {"noexec", MS_NOEXEC, MOUNT_ATTR_NOEXEC, "MS_NOEXEC"},
    {"nosymfollow", 256, MOUNT_ATTR_NOSYMFOLLOW, "MS_NOSYMFOLLOW"}, // 5.10
    {"noatime", MS_NOATIME, 0, "MS_NOATIME"},
    {"nodiratime", MS_NODIRATIME, 0, "MS_NODIRATIME"},
};

// What was asked for, and what the host's mount has.
static uint64_t flags_of(const struct attach_job *job, char *names, size_t size)
{
    uint64_t flags = 0;

    names[0] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(flag_names); i++)
        if (job->attr_set & flag_names[i].attr ||
            mount_entry_has_option(job->source->mount, flag_names[i].option)) {
            size_t used = strlen(names);

            flags |= flag_names[i].flag;
            (void)snprintf(names + used, size - used, "|%s", flag_names[i].name);
        }
    return flags;
}

static bool superblock_read_only(const struct source *source)
{
    const char *options = source->mount->fs_options;

    return strncmp(options, "ro", 2) == 0 && (options[2] == '\0' || options[2] == ',');
}

static const char *mount_options(const struct source *source)
{
    const struct filesystem_rule *rule = filesystem_rule_find(source->mount->type);

    return rule && rule->top ? rule->top : "";
}

static int add(struct attach_job *job, enum plan_action action, size_t index, struct error *err,
               char *text, char *call)
{
    return result_add_step(job->result, action, index, err, text, call);
}

static int plan_mount(struct attach_job *job, const char *name, struct error *err)
{
    const struct recipe *recipe = job->source->state;
    const struct mount_entry *mount = job->source->mount;
    const char *options = mount_options(job->source);
    int r = add(job, ACTION_MOUNT, RECIPE_DIRECTORY, err,
                text_format("make a directory to work in, %s%s%s", job->what->workplace,
                            strcmp(job->what->workplace, "/") ? "/" : "", name),
                text_format("mkdirat(<%s>, \"%s\", 0700)", job->what->workplace, name));

    if (r == 0)
        r = add(job, ACTION_MOUNT, RECIPE_HIDE, err,
                text_format("mount memory of davit's own there, and more over it that hides it"),
                text_format("mount(\"davit\", <%s>, \"tmpfs\", MS_NOSUID|MS_NOEXEC, "
                            "\"mode=0700,size=64k\"), twice",
                            name));
    if (r == 0)
        r = add(
            job, ACTION_MOUNT, RECIPE_NODE, err,
            text_format("make the node of %s there, by the name it has on the host", recipe->node),
            text_format("mknodat(<hidden>, \"%s\", S_IFBLK|0600, makedev(%u, %u))",
                        recipe->node + 1, major(recipe->number), minor(recipe->number)));
    if (r == 0)
        r = add(job, ACTION_MOUNT, RECIPE_MOUNT, err,
                text_format("mount the %s of %s, hidden there", mount->type, recipe->node),
                text_format("chroot(<hidden>); mount(\"%s\", \"%s\", \"%s\", "
                            "MS_NOSUID|MS_NODEV|MS_NOEXEC%s, \"%s\")",
                            recipe->node, RECIPE_WHOLE, mount->type,
                            superblock_read_only(job->source) ? "|MS_RDONLY" : "", options));
    return r;
}

// Root of a user namespace inside could change the flags of what is not locked, take the cover off,
// or meet owners that it does not have; to lock and to map needs the calls that this does without.
static int check_owners(const struct attach_job *job, struct error *err)
{
    int r;

    if (!job->inside.own_userns && !job->owners.on)
        return 0;
    r = error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
                  "%s%s: the recipe can neither lock a mount nor map its owners",
                  job->container->name,
                  job->inside.own_userns ? " has a user namespace of its own" : "");
    error_hint(err, "--method tree does, with mount_setattr (Linux 5.12)");
    return r;
}

static int plan(struct attach_job *job, struct error *err)
{
    const struct recipe *recipe = job->source->state;
    const char *from = job->source->root_inside;
    char name[64], flags[128];
    int r = refused(job->source, err);

    if (r == 0)
        r = check_owners(job, err);
    if (r == 0)
        r = choose_workplace(job, err);
    if (r < 0)
        return r;
    workplace_name(job->what, name);
    (void)flags_of(job, flags, sizeof flags);
    r = add(job, ACTION_ENTER_SOURCE, 0, err,
            text_format("enter the mount namespace of %s", job->container->name),
            text_format("setns(<mount namespace of %s>, CLONE_NEWNS)", job->container->name));
    if (r == 0)
        r = plan_mount(job, name, err);
    if (r == 0)
        r = add(
            job, ACTION_CLONE, RECIPE_BIND, err,
            text_format("take %s of it, the file that %s is on the host", from, job->source->path),
            text_format("mount(<%s of %s>, \"%s\", NULL, MS_BIND, NULL)", from, recipe->node,
                        RECIPE_PART));
    if (r == 0)
        r = add(job, ACTION_SET_FLAGS, RECIPE_SET_FLAGS, err,
                text_format("give it its flags, and make it its own"),
                text_format("mount(NULL, <%s>, NULL, MS_REMOUNT|MS_BIND%s, NULL); "
                            "mount(NULL, <%s>, NULL, MS_PRIVATE, NULL)",
                            RECIPE_PART, flags, RECIPE_PART));
    if (r == 0)
        r = result_add_warning(
            job->result, err,
            "the whole of %s is mounted inside for a moment, hidden: a root inside that watches "
            "for it has some microseconds to slip in",
            recipe->node);
    return r;
}

static int plan_move(struct attach_job *job, struct error *err)
{
    const char *asked = job->asked->path;
    char name[64];
    int r = add(job, ACTION_MOVE, 0, err, text_format("move it to %s", asked),
                text_format("mount(<%s>, <%s>, NULL, MS_MOVE, NULL)", RECIPE_PART, asked));

    workplace_name(job->what, name);
    if (r < 0)
        return r;
    return add(job, ACTION_FREE, 0, err,
               text_format("unmount the rest, remove %s%s%s", job->what->workplace,
                           strcmp(job->what->workplace, "/") ? "/" : "", name),
               text_format("umount2(\"%s\", MNT_DETACH|UMOUNT_NOFOLLOW), twice; "
                           "unlinkat(<%s>, \"%s\", AT_REMOVEDIR)",
                           name, job->what->workplace, name));
}

// ---- performing ----

static int open_workplace(const struct inside *inside, const struct attachment *what,
                          uint64_t timeout_ms, int *ret, struct error *err)
{
    return lookup_open(inside->root, what->workplace, O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS,
                       timeout_ms, ret, err);
}

static int make_order(const struct attach_job *job, struct recipe_order *order, struct error *err)
{
    const struct source *source = job->source;
    const struct recipe *recipe = source->state;
    char names[128];
    struct statx sx;

    if (strlen(source->mount->type) >= sizeof order->type ||
        strlen(source->root_inside) >= sizeof order->path)
        return error_set(err, ERROR_FAILED, ENAMETOOLONG, "the path of %s is too long",
                         source->name);
    if (statx(source->fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &sx) < 0)
        return error_errno(err, errno, "cannot look at %s", source->name);
    workplace_name(job->what, order->name);
    strcpy(order->device, recipe->node);
    order->number = recipe->number;
    strcpy(order->type, source->mount->type);
    (void)snprintf(order->options, sizeof order->options, "%s", mount_options(source));
    order->whole_flags =
        MS_NOSUID | MS_NODEV | MS_NOEXEC | (superblock_read_only(source) ? (uint64_t)MS_RDONLY : 0);
    order->flags = flags_of(job, names, sizeof names);
    strcpy(order->path, source->root_inside);
    order->inode = sx.stx_ino;
    order->major = sx.stx_dev_major;
    order->minor = sx.stx_dev_minor;
    order->is_directory = S_ISDIR(sx.stx_mode);
    return 0;
}

static int run(struct attach_job *job, struct recipe *recipe, struct error *err)
{
    uint64_t timeout_ms = job->timeout_ms > MOUNT_MS ? job->timeout_ms : MOUNT_MS;
    _cleanup_close_ int place = -1;
    struct recipe_order order = {0};
    struct mover *mover;
    int r = make_order(job, &order, err);

    recipe->answer = (struct mover_answer){.fd = -1};
    if (r == 0)
        r = inside_check_alive(&job->inside, err);
    if (r == 0)
        r = open_workplace(&job->inside, job->what, job->timeout_ms, &place, err);
    if (r == 0)
        r = engine_mover(job->engine, &mover, err);
    if (r < 0)
        return r;
    r = mover_recipe_make(mover, job->inside.ns, place, &order, timeout_ms, &recipe->answer, err);
    if (r < 0)
        return r;
    attach_step_took(job, recipe->answer.enter_us);
    return recipe->answer.enter_errno
               ? error_errno(err, recipe->answer.enter_errno,
                             "cannot enter the mount namespace of %s", job->container->name)
               : 0;
}

static int explain(const struct attach_job *job, const struct plan_step *step, int sys_errno,
                   struct error *err)
{
    const struct recipe *recipe = job->source->state;
    int r = error_errno(err, sys_errno, "%s failed", step->text);

    if (step->index == RECIPE_DIRECTORY)
        error_hint(err, "--method tree makes no directory");
    else if (step->index == RECIPE_MOUNT && sys_errno == EBUSY)
        error_hint(err, "%s is mounted with other options meanwhile", recipe->node);
    else if (step->index == RECIPE_BIND && (sys_errno == ESTALE || sys_errno == ENOENT))
        error_hint(err, "what is on %s is not what %s shows: another device, or it was removed",
                   recipe->node, job->source->path);
    return r;
}

static int take_back(struct attach_job *job, struct error *err)
{
    struct mover *mover;
    int r = engine_mover(job->engine, &mover, err);

    return r < 0 ? r : recipe_take_back(&job->inside, mover, job->what, job->timeout_ms, err);
}

static int perform(struct attach_job *job, const struct plan_step *step, struct error *err)
{
    struct recipe *recipe = job->source->state;
    const struct recipe_times *times = &recipe->answer.recipe;

    if (step->action == ACTION_ENTER_SOURCE)
        return run(job, recipe, err);
    if (step->action == ACTION_FREE)
        return take_back(job, err);
    if (step->index >= times->n_steps)
        return error_set(err, ERROR_FAILED, EPROTO, "%s was not reached", step->text);
    attach_step_took(job, times->took_us[step->index]);
    if (recipe->answer.act_errno && step->index + 1 == times->n_steps)
        return explain(job, step, recipe->answer.act_errno, err);
    return step->index == RECIPE_SET_FLAGS ? attach_set_tree(job, TAKE_FD(recipe->answer.fd), err)
                                           : 0;
}

static int move(struct attach_job *job, int target, struct mover_answer *ret, struct error *err)
{
    return mover_recipe_move(&job->engine->mover, job->inside.ns, job->tree, target,
                             job->timeout_ms, ret, err);
}

int recipe_take_back(const struct inside *inside, struct mover *mover,
                     const struct attachment *what, uint64_t timeout_ms, struct error *err)
{
    _cleanup_close_ int place = -1;
    struct mover_answer answer;
    char name[64];
    int r = what->workplace ? open_workplace(inside, what, timeout_ms, &place, err) : -ENOENT;

    if (r < 0)
        return r == -ENOENT ? 0 : r;
    workplace_name(what, name);
    r = mover_recipe_clear(mover, inside->ns, place, name, timeout_ms, &answer, err);
    if (r < 0 || (answer.enter_errno == 0 && answer.act_errno == 0))
        return r;
    return error_errno(err, mover_answer_errno(&answer), "cannot take away %s in %s inside", name,
                       what->workplace);
}

static const struct maker_inside inside_hooks = {
    .plan_move = plan_move, .move = move, .take_back = take_back};

const struct tree_maker maker_recipe = {
    .method = "recipe", .plan = plan, .perform = perform, .done = done, .inside = &inside_hooks};
