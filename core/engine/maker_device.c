// Method device: a filesystem on a block device or in an image is mounted in the workshop, out of
// everyone's sight, and its directory cloned. The device is not opened by anybody else, no node
// is made, and of a superblock that is in use nothing is changed.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/engine/attachment_look.h"
#include "core/engine/device_source.h"
#include "core/host/block_sysfs.h"

// A journal may have to be replayed: longer than a look may take.
#define MOUNT_MS 30000

static void done(struct source *source)
{
    struct device_source *device = source->state;

    if (!device)
        return;
    if (device->file >= 0)
        (void)close(device->file);
    if (device->answer.tree >= 0)
        (void)close(device->answer.tree);
    free(device->image);
    free(device);
}

// ---- the plan ----

static const char *own_option(const struct device_source *device)
{
    return device->read_only && !device->shared ? device->rule->no_replay : NULL;
}

static int plan_loop(struct attach_job *job, const struct device_source *device, struct error *err)
{
    const char *flags =
        device->read_only ? "LO_FLAGS_AUTOCLEAR|LO_FLAGS_READ_ONLY" : "LO_FLAGS_AUTOCLEAR";

    if (device->has_loop)
        return result_add_step(
            job->result, ACTION_LOOP, 0, err,
            text_format("use %s, which is %s already", device->node, device->image),
            text_format("ioctl(<%s>, LOOP_GET_STATUS64)", device->node));
    return result_add_step(
        job->result, ACTION_LOOP, 0, err,
        text_format("make a %sloop device of %s, which ends with its last user",
                    device->read_only ? "read-only " : "", device->image),
        text_format("ioctl(<free loop device>, LOOP_CONFIGURE, {fd=<%s>, lo_offset=%llu, "
                    "lo_flags=%s})",
                    device->image, (unsigned long long)device->part.offset, flags));
}

// Whoever can bring a disk can bring one with that tag.
static int warn_tag(struct attach_job *job, const struct device_source *device, struct error *err)
{
    const char *name = job->source->name, *sub_path = job->source->sub_path;
    size_t tag = strlen(name) - (*sub_path ? strlen(sub_path) + 1 : 0);
    char passing[320];

    if (!device->by_tag)
        return 0;
    block_sysfs_passing(device->number, passing, sizeof passing);
    if (!*passing && !device->on_usb)
        return 0;
    return result_add_warning(job->result, err,
                              "%.*s is found on %s, %s: whatever disk has it is taken", (int)tag,
                              name, device->node, *passing ? passing : "a disk on USB");
}

static int plan_warnings(struct attach_job *job, const struct device_source *device,
                         struct error *err)
{
    bool read_only = job->request->flags & ATTACH_READ_ONLY;
    const struct mounted *mounted = &device->mounted;
    int r = warn_tag(job, device, err);

    if (r < 0)
        return r;
    if (device->shared)
        return result_add_warning(
            job->result, err,
            "%s is mounted already%s%s%s: it is the same filesystem, with the options it has",
            device->node, mounted->pid ? "" : " at ", mounted->pid ? "" : mounted->target,
            mounted->pid ? " in another mount namespace" : "");
    if (read_only && device->found.dirty)
        return result_add_warning(job->result, err,
                                  "it was not unmounted cleanly, and its journal is not replayed: "
                                  "what was written last may be missing or damaged");
    return 0;
}

static int plan(struct attach_job *job, struct error *err)
{
    const struct device_source *device = job->source->state;
    const char *from = *device->node ? device->node : "the loop device";
    const char *option = own_option(device), *type = device->rule->type;
    unsigned first = device->image ? 1 : 0;
    int r = device->image ? plan_loop(job, device, err) : 0;

    if (r == 0)
        r = result_add_step(
            job->result, ACTION_MOUNT, first, err,
            text_format("mount the %s of %s%s, out of sight", type, from,
                        option ? " without its journal" : ""),
            text_format("fsopen(\"%s\", FSOPEN_CLOEXEC); fsconfig(<%s>, source=%s%s%s%s); "
                        "fsmount(<%s>, FSMOUNT_CLOEXEC, 0)",
                        type, type, from, device->read_only ? ", ro" : "", option ? ", " : "",
                        option ? option : "", type));
    if (r == 0)
        r = result_add_step(
            job->result, ACTION_CLONE, first + 1, err,
            text_format("clone %s of it", *job->source->sub_path ? job->source->sub_path : "/"),
            text_format("open_tree(<%s of %s>, \"\", "
                        "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH)",
                        *job->source->sub_path ? job->source->sub_path : "/", from));
    return r < 0 ? r : plan_warnings(job, device, err);
}

// ---- in the workshop ----

static int say(struct workshop *workshop, int r, const char *text)
{
    workshop_say(workshop, text);
    return r;
}

// What the filesystem said in the context's log, "e ext4: …" a message.
static void say_log(struct workshop *workshop, int fs)
{
    char text[512];
    ssize_t n = read(fs, text, sizeof text - 1);

    if (n <= 0)
        return;
    text[n] = '\0';
    text[strcspn(text, "\n")] = '\0';
    workshop_say(workshop, n > 2 && text[1] == ' ' ? text + 2 : text);
}

static int make_loop(const struct device_source *device, struct workshop *workshop, int *ret,
                     char node[LOOP_NODE_SIZE])
{
    _cleanup_close_ int file = -1;
    struct loop_device there;
    char path[32];
    unsigned number;
    int r = loop_find(&device->part, device->read_only, &there);

    if (r == -EBUSY)
        return say(workshop, r, "it came to be used otherwise meanwhile");
    if (r == 1) {
        loop_node(node, there.number);
        *ret = open(node, O_RDONLY | O_CLOEXEC);
        return *ret < 0 ? -errno : 0;
    }
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", device->file);
    file = open(path, (device->read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    if (file < 0)
        return -errno;
    *ret = loop_make(file, device->image, &device->part, device->read_only, &number);
    if (*ret < 0)
        return *ret;
    loop_node(node, number);
    return 0;
}

static int set_option(int fs, const char *option)
{
    const char *equals = strchr(option, '=');
    char key[32];

    if (!equals)
        return call_fsconfig(fs, CALL_SET_FLAG, option, NULL);
    (void)snprintf(key, sizeof key, "%.*s", (int)(equals - option), option);
    return call_fsconfig(fs, CALL_SET_STRING, key, equals + 1);
}

static int set_options(const struct device_source *device, int fs, bool in_use)
{
    const struct filesystem_rule *rule = device->rule;
    int r = device->read_only ? call_fsconfig(fs, CALL_SET_FLAG, "ro", NULL) : 0;

    if (r >= 0 && rule->top)
        r = set_option(fs, rule->top);
    if (r >= 0 && device->read_only && !in_use && rule->no_replay) {
        r = set_option(fs, rule->no_replay);
        if (r == -EINVAL && rule->no_replay_old)
            r = set_option(fs, rule->no_replay_old);
    }
    return r;
}

// Whoever has it by now must have it as was planned: btrfs would let a writer make a read-only
// filesystem of the host writable, and says nothing when it does not.
static int check_in_use(const struct device_source *device, const char *node, bool *ret_in_use,
                        struct workshop *workshop)
{
    _cleanup_mount_table_ struct mount_table *table = NULL;
    struct mounted mounted;
    struct error ignored;
    struct stat st;
    int r = mounted_in_use(node);

    *ret_in_use = r == 1;
    if (r <= 0)
        return r;
    if (stat(node, &st) < 0)
        return -errno;
    r = mount_table_read(AT_FDCWD, &table, &ignored);
    if (r < 0)
        return r;
    r = mounted_find(table, st.st_rdev, device->found.type, device->found.uuid, &mounted);
    if (r != 1)
        return say(workshop, -EBUSY, "it is in use, but by no mount that can be seen");
    if (mounted.read_only != device->read_only)
        return say(workshop, -EBUSY,
                   mounted.read_only ? "it is mounted read-only by now"
                                     : "it is mounted writable by now");
    return 0;
}

// EXCL (6.6) closes the gap between the look and the mount: somebody else's superblock, made in
// between, is not taken.
static int create(int fs, bool in_use)
{
    int r = in_use ? -EOPNOTSUPP : call_fsconfig(fs, CALL_CREATE_EXCL, NULL, NULL);

    return r == -EOPNOTSUPP ? call_fsconfig(fs, CALL_CREATE, NULL, NULL) : r;
}

static int make_mount(const struct device_source *device, const char *node,
                      struct workshop *workshop, int *ret)
{
    _cleanup_close_ int fs = -1;
    bool in_use = false;
    int r = check_in_use(device, node, &in_use, workshop);

    if (r < 0)
        return r;
    fs = call_fsopen(device->rule->type);
    if (fs == -ENODEV)
        return say(workshop, -ENODEV, "this kernel does not have it");
    r = fs < 0 ? fs : call_fsconfig(fs, CALL_SET_STRING, "source", node);
    if (r >= 0)
        r = set_options(device, fs, in_use);
    if (r >= 0)
        r = create(fs, in_use);
    if (r >= 0)
        r = *ret = call_fsmount(fs, 0);
    if (r < 0 && fs >= 0)
        say_log(workshop, fs);
    return r < 0 ? r : workshop_mount(*ret);
}

static int make_in_child(const void *context, struct workshop *workshop)
{
    const struct device_source *device = context;
    _cleanup_close_ int loop = -1, mount = -1;
    char node[LOOP_NODE_SIZE];
    int r = 0;

    if (device->image)
        r = workshop_step(workshop, make_loop(device, workshop, &loop, node));
    if (r == 0)
        r = workshop_step(
            workshop, make_mount(device, device->image ? node : device->node, workshop, &mount));
    return r == 0 ? workshop_step(workshop, workshop_clone(workshop, mount, device->sub_path)) : r;
}

// ---- in the engine ----

static int explain(struct attach_job *job, const struct plan_step *step, int r, struct error *err)
{
    const struct device_source *device = job->source->state;

    switch (step->action == ACTION_CLONE ? -r : 0) {
    case ENOENT:
    case ENOTDIR:
        error_set(err, ERROR_NO_PATH, -r, "there is no %s on %s", job->source->sub_path,
                  job->source->mount->source);
        error_path(err, job->source->sub_path);
        return r;
    default:
        break;
    }
    if (r == -ENODEV)
        err->code = ERROR_UNSUPPORTED;
    if (r == -ENOSYS)
        return attach_needs_kernel(err, r,
                                   step->action == ACTION_LOOP ? "LOOP_CONFIGURE" : "fsopen",
                                   step->action == ACTION_LOOP ? "5.8" : "5.2", job->source->name);
    if (step->action == ACTION_MOUNT && device->read_only && !device->shared &&
        (r == -EROFS || r == -EUCLEAN))
        error_hint(err, "it needs its journal replayed first: attach it writable, or mount it on "
                        "the host once");
    else if (step->action == ACTION_MOUNT && !*err->hint)
        error_hint(err, "the kernel's log (`dmesg`) may say more");
    return r;
}

static int run(struct attach_job *job, struct device_source *device, struct error *err)
{
    uint64_t timeout_ms = job->timeout_ms > MOUNT_MS ? job->timeout_ms : MOUNT_MS;
    int r;

    if (device->answer.tree >= 0)
        (void)close(device->answer.tree);
    device->answer = (struct workshop_answer)WORKSHOP_ANSWER_INIT;
    if (strlen(job->source->sub_path) >= sizeof device->sub_path)
        return error_set(err, ERROR_USAGE, ENAMETOOLONG, "the sub-path is too long");
    strcpy(device->sub_path, job->source->sub_path);
    r = workshop_run(job->source->name, make_in_child, device, &device->file, device->image ? 1 : 0,
                     timeout_ms, &device->answer, err);
    if (r == -ETIMEDOUT)
        error_hint(err, "the device does not answer, or its journal is long; nothing was attached");
    return r;
}

// What is known now: its loop device, who shares it from here on.
static int settle(struct attach_job *job, struct device_source *device, struct error *err)
{
    unsigned number;

    if (!device->image)
        return 0;
    if (sscanf(job->source->mount->source, "/dev/loop%u", &number) != 1)
        return error_set(err, ERROR_FAILED, EPROTO, "cannot tell the loop device of %s",
                         device->image);
    loop_node(device->node, number);
    device->has_loop = true;
    job->what->has_loop = true;
    job->what->loop = number;
    job->what->loop_file = device->part;
    return 0;
}

// A link on the filesystem itself, which a container may write to.
static int check_again(const struct attach_job *job, struct error *err)
{
    const struct attachment *then = job->request->again;

    return then && then->identity.root &&
                   !attachment_same_root(job->source->root_inside, then->identity.root)
               ? source_check_link(then->identity.root, job->source->root_inside, err)
               : 0;
}

static int perform(struct attach_job *job, const struct plan_step *step, struct error *err)
{
    struct device_source *device = job->source->state;
    _cleanup_free_ char *what = strdup(step->text);
    int r = what ? 0 : ERROR_OOM(err);

    if (r == 0 && step->index == 0)
        r = run(job, device, err);
    if (r < 0)
        return r;
    r = workshop_perform(job, &device->answer, (unsigned)step->index, what, err);
    if (r < 0)
        return explain(job, step, r, err);
    if (step->action != ACTION_CLONE)
        return 0;
    r = workshop_take(job, &device->answer, err);
    if (r == 0)
        r = check_again(job, err);
    return r < 0 ? r : settle(job, device, err);
}

const struct tree_maker maker_device = {
    .method = "device", .plan = plan, .perform = perform, .done = done};
