// The stage of the tests of dialogs, with the test as the engine, and what several of them open.
#ifndef DAVIT_TESTS_DIALOG_LAB_H
#define DAVIT_TESTS_DIALOG_LAB_H

#include "dialog_news.h"
#include "runner.h"

static struct stage stage;
static struct error err;

static inline void begin(void)
{
    stage_begin(&stage, 24, 80, true, NULL, NULL);
    news_privileged(&stage);
    news_containers(&stage, 100);
}

static inline void finish(void)
{
    stage_finish(&stage);
}

// ---- the directory tree ----

static struct {
    unsigned times;
    char text[256], bytes[256];
    bool none;
} path;

static inline void path_chosen(const struct raw_text *raw, void *context)
{
    (void)context;
    path.times++;
    path.none = !raw;
    (void)snprintf(path.text, sizeof path.text, "%s", raw ? raw->text : "");
    (void)snprintf(path.bytes, sizeof path.bytes, "%s", raw && raw->bytes ? raw->bytes : "");
}

static inline void open_browser(const char *container, const char *start)
{
    struct raw_text raw = {(char *)(uintptr_t)start, NULL};

    memset(&path, 0, sizeof path);
    ck_assert_int_eq(browser_open(&stage.host, container, NULL, &raw, path_chosen, NULL, &err), 0);
}

static inline json_t *entries(bool truncated)
{
    return json_pack("{s:s, s:b, s:[{s:s, s:s, s:i}, {s:s, s:s, s:s}, {s:s, s:s, s:i}, "
                     "{s:s, s:s, s:s}]}",
                     "path", "/srv", "truncated", truncated, "entries", "name", ".hidden", "type",
                     "directory", "size", 4096, "name", "a\xef\xbf\xbd", "name_b64", "Yf8=", "type",
                     "directory", "name", "data.bin", "type", "file", "size", 1234567, "name",
                     "latest", "type", "symlink", "link", "data.bin");
}

// ---- what is attached ----

__attribute__((unused)) static struct shown_mount attached = {
    .target = {(char *)"/data", NULL},
    .origin = (char *)"attached",
    .attachment = (char *)"a82214f09495",
};

static inline void tell_attachments(const char *state, unsigned n)
{
    json_t *all = json_array();

    for (unsigned i = 0; i < n; i++) {
        char id[16], target[16];

        (void)snprintf(id, sizeof id, "a82214f0949%u", 5 + i);
        (void)snprintf(target, sizeof target, "/data%s", i ? "2" : "");
        (void)json_array_append_new(
            all,
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:[s]}", "id", id, "container",
                      "web", "container_id", "web-id", "runtime", "docker", "by", "mara", "state",
                      state, "source", "/srv/pgdata", "target", target, "options", "rw"));
    }
    news_tell(&stage, "journal",
              json_pack("{s:[], s:o, s:b}", "events", "attachments", all, "whole", 1));
}

static inline json_t *detach_plan(bool held)
{
    json_t *holders = json_array();
    json_t *plan;

    for (int i = 0; held && i < 14; i++)
        (void)json_array_append_new(holders, json_pack("{s:i, s:s, s:s, s:s, s:i}", "pid", 812,
                                                       "command", "postgres", "kind", "fd", "path",
                                                       "/data/x", "count", 1));
    if (held)
        (void)json_array_append_new(holders,
                                    json_pack("{s:i, s:s, s:s, s:i}", "pid", 812, "command",
                                              "postgres", "kind", "cwd", "count", 1));
    plan = json_pack("{s:s, s:s, s:[{s:s, s:s, s:s}], s:{s:b, s:n, s:s, s:o, s:b, s:I}, s:[]}",
                     "container", "web", "target", "/data", "steps", "stage", "detach", "text",
                     "unmount /data", "call", "umount2(\"data\")", "predicted", "ok", 1, "error",
                     "reveals", "the image's own directory (empty)", "holders", holders, "complete",
                     1, "mount_id", (json_int_t)2147483700, "warnings");
    return news_plans(plan);
}

#endif
