// tmpfs:[OPTION=VALUE,…]: a fresh one, for each target its own. Method device: a detached mount is
// made (fsopen … fsmount), nothing of the host is cloned.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/engine/maker.h"
#include "core/engine/workshop.h"

#define OPTIONS_MAX 8

// What tmpfs(5) takes, and what may stand in its value.
static const struct {
    const char *key, *allowed;
} known[] = {
    {"size", "0123456789kKmMgG%"}, {"nr_inodes", "0123456789kKmMgG"},
    {"mode", "01234567"},          {"uid", "0123456789"},
    {"gid", "0123456789"},
};

struct tmpfs {
    char text[128]; // key, value, key, value, …, each with its NUL
    size_t n;
    const char *keys[OPTIONS_MAX], *values[OPTIONS_MAX];
    struct workshop_answer answer;
};

static int bad_option(const char *option, struct error *err)
{
    int r = error_set(err, ERROR_USAGE, EINVAL, "tmpfs: has no option '%.40s'", option);

    error_hint(err, "tmpfs:size=64m,mode=0700 - also nr_inodes, uid, gid");
    return r;
}

static int parse_option(struct tmpfs *tmpfs, char *option, struct error *err)
{
    char *value = strchr(option, '=');

    if (!value || !value[1] || tmpfs->n == OPTIONS_MAX)
        return bad_option(option, err);
    *value++ = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        if (strcmp(known[i].key, option) == 0 && strspn(value, known[i].allowed) == strlen(value)) {
            tmpfs->keys[tmpfs->n] = option;
            tmpfs->values[tmpfs->n++] = value;
            return 0;
        }
    value[-1] = '=';
    return bad_option(option, err);
}

static void done(struct source *source)
{
    free(source->state);
}

int source_resolve_tmpfs(struct engine *engine, const struct attach_request *request,
                         struct source *source, struct error *err)
{
    const char *options = request->source + strlen("tmpfs:");
    struct tmpfs *tmpfs = calloc(1, sizeof *tmpfs);
    char *rest, *option;
    int r = 0;

    (void)engine;
    source->state = tmpfs;
    source->maker = &maker_tmpfs;
    source->type = S_IFDIR;
    source->sub_path = strdup("");
    source->name = strdup(request->source);
    if (!tmpfs || !source->sub_path || !source->name)
        return ERROR_OOM(err);
    tmpfs->answer = (struct workshop_answer)WORKSHOP_ANSWER_INIT;
    if (strlen(options) >= sizeof tmpfs->text)
        return bad_option(options, err);
    strcpy(tmpfs->text, options);
    rest = *options ? tmpfs->text : NULL;
    while (r == 0 && (option = strsep(&rest, ",")))
        r = parse_option(tmpfs, option, err);
    return r < 0 ? r : source_set_made(source, 0, "/", "tmpfs", "tmpfs", "rw", err);
}

// One of "uid" and "gid": what the filesystem is to be told, a number of the host's. In a user
// namespace of its own the container's root has it, or who was asked for there; no mapping of
// owners is needed for that (tmpfs takes one since 6.3 only).
static uint32_t owner(const struct attach_job *job, const char *key)
{
    const struct tmpfs *tmpfs = job->source->state;
    const struct owner_map *owners = &job->owners;
    const char *asked = job->request->idmap;
    uint32_t id = 0, outside;

    for (size_t i = 0; i < tmpfs->n; i++)
        if (strcmp(tmpfs->keys[i], key) == 0)
            id = (uint32_t)strtoul(tmpfs->values[i], NULL, 10);
    if (!job->inside.own_userns || (asked && strcmp(asked, "auto") != 0))
        return id;
    return id_map_outward(key[0] == 'u' ? &owners->uids : &owners->gids, id, &outside) ? outside
                                                                                       : id;
}

static int plan(struct attach_job *job, struct error *err)
{
    struct source *source = job->source;

    source->uid = owner(job, "uid");
    source->gid = owner(job, "gid");
    return result_add_step(job->result, ACTION_MOUNT, 0, err,
                           text_format("make %s in memory", source->name),
                           text_format("fsopen(\"tmpfs\", FSOPEN_CLOEXEC); "
                                       "fsconfig(<tmpfs>, …, uid=%u, gid=%u); "
                                       "fsmount(<tmpfs>, FSMOUNT_CLOEXEC, 0)",
                                       (unsigned)source->uid, (unsigned)source->gid));
}

struct making {
    const struct tmpfs *tmpfs;
    char uid[16], gid[16];
};

// Without a source name of its own mountinfo would call it "none".
static int make_in_child(const void *context, struct workshop *workshop)
{
    const struct making *making = context;
    const struct tmpfs *tmpfs = making->tmpfs;
    _cleanup_close_ int fs = call_fsopen("tmpfs"), mount = -1;
    int r = fs < 0 ? fs : call_fsconfig(fs, CALL_SET_STRING, "source", "tmpfs");

    for (size_t i = 0; i < tmpfs->n && r >= 0; i++)
        r = call_fsconfig(fs, CALL_SET_STRING, tmpfs->keys[i], tmpfs->values[i]);
    if (r >= 0)
        r = call_fsconfig(fs, CALL_SET_STRING, "uid", making->uid);
    if (r >= 0)
        r = call_fsconfig(fs, CALL_SET_STRING, "gid", making->gid);
    if (r >= 0)
        r = call_fsconfig(fs, CALL_CREATE, NULL, NULL);
    if (r >= 0)
        r = mount = call_fsmount(fs, 0);
    if (r >= 0)
        r = workshop_mount(mount);
    if (r >= 0)
        r = workshop_clone(workshop, mount, "");
    return workshop_step(workshop, r < 0 ? r : 0);
}

static int perform(struct attach_job *job, const struct plan_step *step, struct error *err)
{
    struct tmpfs *tmpfs = job->source->state;
    struct making making = {.tmpfs = tmpfs};
    int r;

    (void)snprintf(making.uid, sizeof making.uid, "%u", (unsigned)owner(job, "uid"));
    (void)snprintf(making.gid, sizeof making.gid, "%u", (unsigned)owner(job, "gid"));
    r = workshop_run(job->source->name, make_in_child, &making, NULL, 0, job->timeout_ms,
                     &tmpfs->answer, err);
    if (r == 0)
        r = workshop_perform(job, &tmpfs->answer, (unsigned)step->index, "making the tmpfs", err);
    return r < 0 ? r : workshop_take(job, &tmpfs->answer, err);
}

const struct tree_maker maker_tmpfs = {
    .method = "device", .plan = plan, .perform = perform, .done = done};
