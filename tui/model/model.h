// What the engine has told, decoded, checked and sanitised again: immutable sets that views hold
// references to. A set is replaced as a whole, items that stayed are shared.
#ifndef DAVIT_TUI_MODEL_MODEL_H
#define DAVIT_TUI_MODEL_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include <jansson.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "tui/model/log.h"

// A path or name: clean text to show, and the bytes that go back to the engine when they are other
// than the text (else NULL).
struct raw_text {
    char *text;
    char *bytes;
};
// {KEY, KEY_b64} into an object of params; 0 or -1.
int raw_text_set(json_t *object, const char *key, const struct raw_text *raw);

// Strings are clean text, NULL where unknown.
struct shown_container {
    unsigned references;
    char *key;   // its identity; goes back to the engine; never NULL
    char *label; // what lists show: "user:name" of a user's own, "pod:name" in Kubernetes, else the
                 // name; never NULL
    char *id, *name, *runtime, *image, *pod, *user, *state;
    char *name_source; // "daemon", "disk", "process", "cgroup"
    time_t started;    // 0: unknown
    pid_t pid;         // 0: no process here
    uint64_t start_time;
    bool user_namespace, contested;
    int attached; // -1: unknown
};

enum shown_usage { USAGE_SHOWN_UNREAD, USAGE_SHOWN_READ, USAGE_SHOWN_SILENT, USAGE_SHOWN_FAILED };

struct shown_filesystem {
    unsigned references;
    struct raw_text mount_point; // its identity, with major_minor and sub_root
    struct raw_text sub_root;
    char *device, *major_minor, *type, *options; // options: comma-separated
    char *propagation, *label, *uuid, *model, *transport;
    bool read_only;
    bool internal;                  // a container runtime mounted it for its own use
    enum shown_usage usage;         // SILENT: "not answering"
    uint64_t size, used, available; // bytes
    time_t usage_at;
};

struct shown_mount {
    unsigned references;
    uint64_t id; // its identity inside this container
    struct raw_text target;
    struct raw_text sub_root;
    char *device, *major_minor, *type, *options;
    char *propagation, *receives_from, *gives_to, *why;
    char *origin;     // "attached", "declared", "image", "system", "other"
    char *attachment; // id when attached by davit
    bool read_only, stale;
};

struct shown_attachment {
    unsigned references;
    char *id;                                              // its identity
    char *container, *container_id, *runtime, *by, *state; // "live", "lingering", "gone", "intent"
    char *options, *pod;
    struct raw_text source, target;
    time_t since;
    bool share;    // of a container's mount, on the host
    bool kept;     // attached again when its container starts again
    time_t until;  // detached then; 0: for good
    char *problem; // why it is not attached again, or not detached, or NULL
};

struct shown_runtime {
    char *name, *state, *endpoint, *error, *hint;
    bool names_from_disk;
};

#define SHOWN_SETS(X)                      \
    X(container, struct shown_container)   \
    X(filesystem, struct shown_filesystem) \
    X(mount, struct shown_mount)           \
    X(attachment, struct shown_attachment)

#define X(name, type)                                          \
    struct name##_set {                                        \
        unsigned references;                                   \
        type **items;                                          \
        size_t n;                                              \
    };                                                         \
    struct name##_set *name##_set_ref(struct name##_set *set); \
    void name##_set_unref(struct name##_set *set); /* NULL is fine */
SHOWN_SETS(X)
#undef X

// Who the engine says it is.
struct shown_engine {
    char *version, *host, *kernel, *user, *hint, *state_dir;
    uid_t uid;
    time_t time; // of its clock, when it was asked
    bool privileged, read_only;
};

enum model_change {
    MODEL_ENGINE = 1 << 0,
    MODEL_CONTAINERS = 1 << 1,
    MODEL_FILESYSTEMS = 1 << 2,
    MODEL_MOUNTS = 1 << 3,
    MODEL_ATTACHMENTS = 1 << 4,
    MODEL_LOG = 1 << 5,
    MODEL_RUNTIMES = 1 << 6,
};

struct model {
    struct shown_engine engine;
    struct container_set *containers; // never NULL, sorted by key; the others in the engine's order
    struct filesystem_set *filesystems;
    struct attachment_set *attachments; // what is not gone, and what was lost since the start
    char *mounts_of;                    // key of the container whose mounts these are, or NULL
    struct mount_set *mounts;
    bool mounts_truncated;     // there are more than were told
    struct error mounts_error; // why there are none
    struct shown_runtime *runtimes;
    size_t n_runtimes;
    unsigned unreadable;
    char **dismissed; // ids of lost attachments that are no longer shown
    size_t n_dismissed;
    bool containers_known; // the first list has arrived; before it an empty list is not "none"
    bool filesystems_known;
    struct log *log;
    time_t now; // what ages are counted from; 0: the clock (a recording sets it)
};

static inline time_t model_now(const struct model *model)
{
    return model->now ? model->now : time(NULL);
}

int model_new(struct model **ret, struct error *err);
void model_free(struct model *model);
CLEANUP_POINTER(struct model, model_free);

// Takes a notification in. Which parts changed (enum model_change; 0: none), or negative with err:
// the message was wrong and nothing changed.
int model_news(struct model *model, const char *method, const json_t *params, struct error *err);
int model_hello(struct model *model, const json_t *result, struct error *err);

// A lost attachment is no longer shown: MODEL_ATTACHMENTS, or -ENOMEM.
int model_dismiss(struct model *model, const char *id);

// NULL: it is not there any more.
const struct shown_container *model_container(const struct model *model, const char *key);
const struct shown_attachment *model_attachment(const struct model *model, const char *id);

#endif
