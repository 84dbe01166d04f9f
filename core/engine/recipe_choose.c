// Whether a source is attached by method recipe, and from which device.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/engine/recipe.h"
#include "core/host/block_sysfs.h"

// Which call of maker_tree this kernel lacks (or a seccomp filter hides), and since when it is
// there: NULL when none. Asked with bad descriptors: without effect.
static const char *missing_call(const char **ret_since)
{
    const struct davit_mount_attr attr = {.set = MOUNT_ATTR_RDONLY};

    *ret_since = "5.12";
    if (call_mount_setattr(-1, "", AT_EMPTY_PATH, &attr) == -ENOSYS)
        return "mount_setattr";
    *ret_since = "5.2";
    if (call_open_tree(-1, "", AT_EMPTY_PATH) == -ENOSYS)
        return "open_tree";
    return call_move_mount(-1, "", -1, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) ==
                   -ENOSYS
               ? "move_mount"
               : NULL;
}

static bool is_node(const char *path, struct stat *st)
{
    return path[0] == '/' && strlen(path) < PATH_MAX && stat(path, st) == 0 && S_ISBLK(st->st_mode);
}

// The device as the host's mount table names it. A filesystem of several devices (btrfs) has a
// number of its own there; that it is the right one is seen by the file that is found on it.
static int find_device(const struct source *source, struct recipe *recipe)
{
    const struct mount_entry *mount = source->mount;
    struct stat st;

    if (is_node(mount->source, &st) && (major(mount->device) == 0 || st.st_rdev == mount->device)) {
        strcpy(recipe->node, mount->source);
        recipe->number = st.st_rdev;
        return 0;
    }
    if (major(mount->device) == 0 || block_sysfs_node(mount->device, recipe->node) < 0)
        return -ENOTBLK;
    recipe->number = mount->device;
    return 0;
}

static void check(const struct source *source, const struct attach_request *request,
                  struct recipe *recipe)
{
    if (request->flags & ATTACH_RECURSIVE)
        (void)snprintf(recipe->why, sizeof recipe->why,
                       "mounts below the source are filesystems of their own (no -R)");
    else if (request->propagation != PROPAGATION_PRIVATE)
        (void)snprintf(recipe->why, sizeof recipe->why,
                       "a mount that is made anew has no peers on the host");
    else if (find_device(source, recipe) < 0)
        (void)snprintf(recipe->why, sizeof recipe->why, "%s is on no block device (%s)",
                       source->mount->target, source->mount->type);
}

int recipe_choose(struct source *source, const struct attach_request *request, struct error *err)
{
    const char *since = NULL, *missing = NULL;
    struct recipe *recipe;

    if (source->maker != &maker_tree ||
        (request->method != METHOD_RECIPE && request->method != METHOD_AUTO))
        return 0;
    if (request->method == METHOD_AUTO && !(missing = missing_call(&since)))
        return 0;
    recipe = calloc(1, sizeof *recipe);
    if (!recipe)
        return ERROR_OOM(err);
    recipe->answer.fd = -1;
    recipe->missing = missing;
    recipe->since = since;
    check(source, request, recipe);
    source->maker = &maker_recipe;
    source->state = recipe;
    return 0;
}

int recipe_or_kernel(const struct source *source, struct error *err)
{
    const char *since, *missing = missing_call(&since);

    if (source->maker->inside || !missing)
        return 0;
    error_set(err, ERROR_UNSUPPORTED, ENOSYS,
              "this kernel has no %s (it came with Linux %s), which method %s needs", missing,
              since, source->maker->method);
    error_hint(err,
               "here only what is on a block device that the host has mounted can be attached, "
               "by --method recipe; `davit doctor` lists what works");
    return -ENOSYS;
}
