// What an engine tells and answers, for tests that play it.
#ifndef DAVIT_TESTS_DIALOG_NEWS_H
#define DAVIT_TESTS_DIALOG_NEWS_H

#include "stage.h"

static inline json_t *news_container(const char *name, int pid)
{
    char key[64], id[64];

    (void)snprintf(key, sizeof key, "docker/%s-id", name);
    (void)snprintf(id, sizeof id, "%s-id", name);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:i}", "key", key, "id", id, "name",
                     name, "runtime", "docker", "state", pid ? "running" : "exited", "pid", pid,
                     "start_time", pid * 10, "name_source", "daemon", "attached_count", 1);
}

// Turns until the news have arrived.
static inline void news_tell(struct stage *stage, const char *method, json_t *params)
{
    unsigned before = stage->n_news;

    stage_tell(stage, method, params);
    turns_until(stage->host.loop, &stage->n_news, before + 1);
    stage_reap(stage);
}

// All containers that there are: web with a pid (0: it has stopped, -1: it is not there), db.
static inline void news_containers(struct stage *stage, int web_pid)
{
    json_t *set = json_array();

    if (web_pid >= 0)
        (void)json_array_append_new(set, news_container("web", web_pid));
    (void)json_array_append_new(set, news_container("db", 200));
    news_tell(stage, "containers",
              json_pack("{s:o, s:[], s:i, s:b}", "set", set, "gone", "unreadable", 0, "whole", 1));
}

// web has /data and db has /data2 from the host's /srv/pgdata.
static inline void news_attachments(struct stage *stage)
{
    json_t *all = json_array();

    for (int i = 0; i < 2; i++)
        (void)json_array_append_new(
            all, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:[s]}", "id",
                           i ? "a82214f09496" : "a82214f09495", "container", i ? "db" : "web",
                           "container_id", i ? "db-id" : "web-id", "runtime", "docker", "by",
                           "mara", "state", "live", "source", "/srv/pgdata", "target",
                           i ? "/data2" : "/data", "options", "rw"));
    news_tell(stage, "journal",
              json_pack("{s:[], s:o, s:b}", "events", "attachments", all, "whole", 1));
}

static inline void news_privileged(struct stage *stage)
{
    json_t *hello = json_pack("{s:i, s:s, s:s, s:i, s:b, s:b}", "protocol", 1, "user", "root",
                              "host", "node7", "uid", 0, "privileged", 1, "read_only", 0);
    struct error err = {.code = ERROR_NONE};

    ck_assert_msg(model_hello(stage->model, hello, &err) >= 0, "%s", err.message);
    json_decref(hello);
}

static inline struct subject news_subject(struct stage *stage, const char *key)
{
    struct subject subject = {.kind = SUBJECT_CONTAINER,
                              .container = model_container(stage->model, key)};

    ck_assert_ptr_nonnull(subject.container);
    return subject;
}

// A run says which source its plan (news_plan) showed.
static inline void news_expects(const json_t *params)
{
    const json_t *expect = json_object_get(params, "expect");

    ck_assert_str_eq(json_string_value(json_object_get(expect, "major_minor")), "8:2");
    ck_assert_str_eq(json_string_value(json_object_get(expect, "sub_root")), "/@");
    ck_assert_str_eq(json_string_value(json_object_get(expect, "sub_path_b64")), "L2H/");
}

// A plan of an attach for one target; `creates`: with a step that makes the directory.
static inline json_t *news_plan(const char *container, const char *target, bool creates)
{
    json_t *steps = json_pack("[{s:s, s:s, s:s}, {s:s, s:s, s:s}]", "stage", "clone", "text",
                              "clone the source", "call", "open_tree(3, OPEN_TREE_CLONE)", "stage",
                              "move", "text", "move it in", "call", "move_mount(4, 5)");

    if (creates)
        (void)json_array_append_new(steps, json_pack("{s:s, s:s, s:s}", "stage", "mkdir", "text",
                                                     "make the directory", "call", "mkdirat(6)"));
    return json_pack("{s:s, s:s, s:o, s:{s:b, s:n, s:b, s:[], s:s, s:s, s:s, s:s}, s:[s]}",
                     "container", container, "target", target, "steps", steps, "predicted", "ok", 1,
                     "error", "read_only", 1, "options", "major_minor", "8:2", "sub_root", "/@",
                     "sub_path", "/a\xef\xbf\xbd", "sub_path_b64", "L2H/", "warnings",
                     "left out: /srv/old (nas:/v)");
}

static inline json_t *news_refused(const char *container, const char *target, const char *why)
{
    return json_pack("{s:s, s:s, s:[], s:{s:b, s:{s:s, s:s, s:s}}, s:[]}", "container", container,
                     "target", target, "steps", "predicted", "ok", 0, "error", "code", "unsafe",
                     "message", why, "hint", "try another", "warnings");
}

static inline json_t *news_result(const char *container, const char *target, const char *why)
{
    return json_pack(
        "{s:s, s:s, s:b, s:o, s:b, s:[], s:[]}", "container", container, "target", target, "ok",
        why == NULL, "error",
        why ? json_pack("{s:s, s:s, s:s}", "code", "busy", "message", why, "hint", "wait")
            : json_null(),
        "verified", why == NULL, "steps", "warnings");
}

static inline json_t *news_plans(json_t *plan)
{
    return json_pack("{s:[o], s:s}", "plans", plan, "command", "davit attach --ro /srv web:/mnt");
}

static inline json_t *news_results(json_t *result)
{
    return json_pack("{s:[o]}", "results", result);
}

static inline json_t *news_described(void)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:[{s:s}]}", "source",
                     "/srv", "path", "/srv", "type", "directory", "device", "/dev/sda2",
                     "major_minor", "8:2", "filesystem", "ext4", "uid", 0, "gid", 0, "mode", "0755",
                     "sub_root", "/", "below", "target", "/srv/old");
}

#endif
