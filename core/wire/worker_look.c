// Looking at one thing: a container, a source, a directory, the journal, what works here.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/resolver.h"
#include "core/base/secret.h"
#include "core/engine/source.h"
#include "core/wire/encode.h"
#include "core/wire/encode_internal.h"
#include "core/wire/message.h"
#include "core/wire/worker_internal.h"

#define SELECTOR_LIMIT 511

// ---- inspect ----

static int find_container(struct job *job, unsigned flags, const char **ret_key,
                          struct container **ret, struct error *err)
{
    int r = member_text(job->params, "params", "container", flags, SELECTOR_LIMIT, ret_key, err);

    return r == 0 ? container_find(&job->options->runtime, *ret_key, ret, err) : r;
}

// "net:[4026531840]" behind /proc/PID/ns/NAME.
static json_t *namespace_inode(int proc, const char *name)
{
    char path[32], link[64];
    const char *bracket;
    ssize_t n;

    (void)snprintf(path, sizeof path, "ns/%s", name);
    n = readlinkat(proc, path, link, sizeof link - 1);
    if (n <= 0)
        return json_null();
    link[n] = '\0';
    bracket = strchr(link, '[');
    return bracket ? encode_number(strtoull(bracket + 1, NULL, 10)) : json_null();
}

static json_t *encode_namespaces(int proc)
{
    static const char *const names[] = {"mnt", "pid", "net", "user", "uts", "ipc", "cgroup"};
    json_t *object = json_object();
    int failed = object ? 0 : -1;

    for (size_t i = 0; !failed && i < ARRAY_SIZE(names); i++)
        failed = json_object_set_new(object, names[i], namespace_inode(proc, names[i]));
    return encode_done(object, failed);
}

// uid_map of user_namespaces(7), "0 100000 65536" a line.
static json_t *encode_user_mapping(int proc)
{
    json_t *array = json_array();
    char text[4096], *rest = text, *line;

    if (!array || file_read_into(proc, "uid_map", text, sizeof text) <= 0)
        return array;
    while ((line = strsep(&rest, "\n"))) {
        unsigned inside, outside, count;
        char mapping[48];

        if (sscanf(line, "%u %u %u", &inside, &outside, &count) != 3)
            continue;
        (void)snprintf(mapping, sizeof mapping, "%u %u %u", inside, outside, count);
        if (json_array_append_new(array, json_string(mapping)) < 0)
            return encode_done(array, -1);
    }
    return array;
}

static json_t *or_new(json_t *value, json_t *(*make)(void))
{
    return value ? json_incref(value) : make();
}

int job_inspect(struct job *job, json_t **ret, struct error *err)
{
    _cleanup_container_ struct container *container = NULL;
    _cleanup_journal_view_ struct journal_view *attached = NULL;
    _cleanup_process_ struct process process = PROCESS_INIT;
    struct error ignored;
    const char *key = NULL;
    json_t *object;
    int failed, r = find_container(job, MEMBER_REQUIRED, &key, &container, err);

    if (r < 0)
        return r;
    (void)container_inspect(&job->options->runtime, container, &ignored);
    r = process_open(container->pid, &process, err);
    if (r < 0)
        return r;
    engine_attached(job->engine, &attached);
    object = job_container(container, attached_count(attached, container), key);
    failed = object ? 0 : -1;
    if (!failed) {
        failed |= json_object_set_new(object, "labels", or_new(container->labels, json_object));
        failed |= json_object_set_new(object, "declared", or_new(container->declared, json_array));
        failed |= json_object_set_new(object, "namespaces", encode_namespaces(process.proc));
        failed |= json_object_set_new(object, "user_mapping", encode_user_mapping(process.proc));
    }
    return job_answer(encode_done(object, failed), ret, err);
}

// ---- describe ----

static json_t *encode_below(const struct source *source)
{
    json_t *array = json_array();

    for (size_t i = 0; array && i < source->n_below; i++) {
        const struct mount_entry *entry = source->below[i];
        json_t *object = json_object();
        int failed = object ? encode_raw(object, "target", entry->target) : -1;

        failed = failed || encode_raw(object, "device", entry->source) ||
                 encode_raw(object, "type", entry->type) || json_array_append(array, object);
        json_decref(object);
        if (failed)
            return encode_done(array, -1);
    }
    return array;
}

static json_t *encode_source(const char *asked, const struct source *source)
{
    bool is_file = S_ISREG(source->type);
    json_t *object = json_object();
    int failed = object ? encode_raw(object, "source", asked) : -1;
    char mode[8];

    if (failed)
        return encode_done(object, failed);
    (void)snprintf(mode, sizeof mode, "%04o", source->mode & 07777);
    failed |= encode_raw(object, "path", source->name);
    failed |= json_object_set_new(object, "type", encode_text(file_type_name(source->type)));
    failed |= json_object_set_new(object, "uid", json_integer(source->uid));
    failed |= json_object_set_new(object, "gid", json_integer(source->gid));
    failed |= json_object_set_new(object, "mode", json_string(mode));
    failed |= json_object_set_new(object, "size",
                                  is_file ? json_integer((json_int_t)source->size) : json_null());
    failed |= encode_raw(object, "device", source->mount->source);
    failed |= json_object_set_new(object, "major_minor", encode_major_minor(source->mount->device));
    failed |= encode_raw(object, "filesystem", source->mount->type);
    failed |= json_object_set_new(object, "read_only",
                                  json_boolean(mount_entry_read_only(source->mount)));
    failed |= encode_raw(object, "sub_root", source->mount->root);
    failed |= encode_raw(object, "sub_path", source->sub_path);
    failed |= json_object_set_new(object, "below", encode_below(source));
    return encode_done(object, failed);
}

int job_describe(struct job *job, json_t **ret, struct error *err)
{
    _cleanup_source_ struct source source = SOURCE_INIT;
    struct attach_request request = {0};
    char *asked = NULL, *shown = NULL;
    int r = member_raw(job->params, "params", "source", MEMBER_REQUIRED, PATH_MAX - 1, &asked, err);

    request.source = asked;
    if (r == 0)
        r = member_text(job->params, "params", "type", 0, NAME_MAX, &request.type, err);
    if (r >= 0)
        r = member_number(job->params, "params", "offset", 0, 0, INT64_MAX, &request.offset, err);
    if (r >= 0)
        r = source_resolve(job->engine, &request, &source, err);
    if (r == 0)
        shown = request.type ? secret_hide_spec(asked) : secret_hide_url(asked);
    if (r == 0)
        r = shown ? job_answer(encode_source(shown, &source), ret, err) : ERROR_OOM(err);
    free(shown);
    free(asked);
    return r;
}

// ---- browse ----

int job_browse(struct job *job, json_t **ret, struct error *err)
{
    CLEANUP(listing_freep) struct listing *listing = NULL;
    const json_t *asked = json_object_get(job->params, "place");
    const char *container = NULL;
    json_t *object = json_object(), *entries;
    uint64_t pid = 0, start_time = 0;
    struct target_request place;
    struct container known;
    char *path = NULL;
    int failed, r = member_text(asked, "params", "container", 0, SELECTOR_LIMIT, &container, err);

    if (r >= 0)
        r = member_number(asked, "params", "pid", 0, 0, INT_MAX, &pid, err);
    if (r >= 0)
        r = member_number(asked, "params", "start_time", 0, 0, INT64_MAX, &start_time, err);
    if (r >= 0)
        r = member_raw(asked, "params", "path", MEMBER_REQUIRED, PATH_MAX - 1, &path, err);
    if (r == 0 && path[0] != '/')
        r = error_set(err, ERROR_USAGE, EINVAL, "params.path: '%.80s' is no absolute path", path);
    if (r < 0)
        return r;
    place = (struct target_request){
        .container = container, .path = path, .pid = (pid_t)pid, .start_time = start_time};
    if (job_known(json_object_get(job->params, "known"), &known))
        place.known = &known;
    r = engine_list_at(job->engine, &place, 0, &listing, err);
    if (r < 0)
        return r;
    entries = JOB_ARRAY(listing->entries, listing->n_entries, encode_listing_entry);
    failed = encode_raw(object, "path", path) | json_object_set_new(object, "entries", entries) |
             json_object_set_new(object, "truncated", json_boolean(listing->truncated));
    return job_answer(encode_done(object, failed), ret, err);
}

// ---- status, doctor ----

static json_t *encode_attachment_at(struct attachment *const *attachment)
{
    return encode_attachment(*attachment);
}

int job_status(struct job *job, json_t **ret, struct error *err)
{
    _cleanup_journal_view_ struct journal_view *view = NULL;
    int r = engine_status(job->engine, &view, err);

    if (r < 0)
        return r;
    return job_answer(
        json_pack("{s:o, s:i}", "attachments",
                  JOB_ARRAY(view->attachments, view->n_attachments, encode_attachment_at),
                  "bad_lines", (int)view->n_bad_lines),
        ret, err);
}

int job_doctor(struct job *job, json_t **ret, struct error *err)
{
    CLEANUP(doctor_report_freep) struct doctor_report *report = NULL;
    int r = engine_doctor(job->engine, &report, err);

    if (r < 0)
        return r;
    return job_answer(
        json_pack("{s:o}", "checks", JOB_ARRAY(report->checks, report->n_checks, encode_check)),
        ret, err);
}

int job_volumes(struct job *job, json_t **ret, struct error *err)
{
    CLEANUP(volume_report_freep) struct volume_report *report = NULL;
    int r = engine_volumes(job->engine, &report, err);

    return r < 0 ? r : job_answer(encode_volumes(report), ret, err);
}

int job_why(struct job *job, json_t **ret, struct error *err)
{
    CLEANUP(visible_freep) struct visible *visible = NULL;
    const char *container = NULL;
    char *path = NULL;
    int r = member_text(job->params, "params", "container", MEMBER_REQUIRED, SELECTOR_LIMIT,
                        &container, err);

    if (r == 0)
        r = member_raw(job->params, "params", "path", MEMBER_REQUIRED, PATH_MAX - 1, &path, err);
    if (r == 0)
        r = engine_why(job->engine, container, path, &visible, err);
    if (r == 0)
        r = job_answer(encode_visible(container, path, visible), ret, err);
    free(path);
    return r;
}
