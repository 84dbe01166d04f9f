// The one engine behind the console and the headless verbs.
#ifndef DAVIT_ENGINE_ENGINE_H
#define DAVIT_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/engine/journal.h"
#include "core/engine/plan.h"
#include "core/engine/request.h"
#include "core/runtime/container.h"

enum engine_flags {
    ENGINE_NO_CHANGES = 1 << 0, // every change is refused here: ERROR_NOT_PERMITTED
};

struct engine_options {
    const char *state_dir; // NULL: JOURNAL_DEFAULT_DIR
    struct runtime_options runtime;
    unsigned flags; // enum engine_flags
    // Told after each step that was performed (not in a dry run), and what recovery says; may be
    // NULL.
    void (*on_step)(const struct result *result, const struct plan_step *step, void *context);
    void (*on_notice)(const char *text, void *context); // clean text
    void *context;
};

struct engine;

// The options are copied, the strings in them borrowed. Touches nothing yet.
int engine_open(const struct engine_options *options, struct engine **ret, struct error *err);
void engine_close(struct engine *engine);
CLEANUP_POINTER(struct engine, engine_close);
#define _cleanup_engine_ CLEANUP(engine_closep)

const struct engine_options *engine_options(const struct engine *engine);

// Whether this process may enter containers and change their mounts: 0, or ERROR_NOT_PERMITTED.
int engine_check_privileges(struct error *err);
// ... and none were switched off: ERROR_NOT_PERMITTED.
int engine_may_change(const struct engine *engine, struct error *err);

// Does in advance what every change needs and what stays true while the engine waits for one:
// starts the mover, finds out who changes things and which boot this is, maps the memory that it
// takes. The mover of such an engine ends with it and not with the change. Holds no lock, makes
// nothing on disk. Nothing where changes are not possible; what fails here fails again where it
// matters. The caller has blocked what would end the engine in a change: the mover inherits that.
void engine_warm_up(struct engine *engine);

// Waits until `fd` is readable, and keeps warm what engine_warm_up() has read: after the host's
// mounts have changed it reads them anew, ENGINE_QUIET_MS later.
#define ENGINE_QUIET_MS 200
void engine_wait(struct engine *engine, int fd);

// Takes back (or completes) what a davit that was killed left, and the shares whose container has
// stopped, and says so by on_notice. Each verb
// calls it first; it costs one open and one read when nothing is pending. A davit at work is not
// waited for. 0; 1 when there is something to recover but no privilege for it.
int engine_recover(struct engine *engine, struct error *err);

// With `dry_run` it plans only, else it plans and performs: one result per target. A target that is
// refused has its error in its result, and the others are still done (exit 9): each target is its
// own operation with its own id. Negative only when the request as a whole is bad (source, usage,
// privileges). An attach that `replaces`: the target is never without a mount from Linux 6.5 (a
// plan says when it is not so); ERROR_NOT_ATTACHED where nothing of davit's is.
int engine_attach(struct engine *engine, const struct attach_request *request, bool dry_run,
                  struct report **ret, struct error *err);
int engine_detach(struct engine *engine, const struct detach_request *request, bool dry_run,
                  struct report **ret, struct error *err);

// A container's mount shown on the host: an attach whose targets are all `on_host` and whose source
// is a container's. Never executable, and no symbolic link of it is followed. ERROR_UNSAFE without
// ATTACH_FORCE where something is in the directory, or others would see the mount too.
int engine_share(struct engine *engine, const struct attach_request *request, bool dry_run,
                 struct report **ret, struct error *err);

// A replace by the same source, which each attachment has by itself, so that what it is now
// decides.
int engine_refresh(struct engine *engine, const struct refresh_request *request, bool dry_run,
                   struct report **ret, struct error *err);

// What is attached at each target is attached again when its container starts again (kept.h), or no
// longer. The first takes a running keepd (ERROR_UNSUPPORTED), unless `without_service`; for the
// second the container need not run. Each target is a result: ERROR_NOT_ATTACHED where there is
// nothing.
int engine_keep(struct engine *engine, const struct target_request *targets, size_t n,
                bool without_service, bool dry_run, struct report **ret, struct error *err);
int engine_forget(struct engine *engine, const struct target_request *targets, size_t n,
                  bool dry_run, struct report **ret, struct error *err);

// What an undo would do: the last change of this user (id NULL) or the change `id` (any user's);
// the report says which that was. `expected` (NULL: nothing): of the source that a detach that is
// undone attaches again. ERROR_NOT_ATTACHED when there is nothing to take back.
int engine_undo(struct engine *engine, const char *id, const struct source_expected *expected,
                bool dry_run, struct report **ret, struct error *err);

// The journal with every attachment's state looked at now; what is gone is written to the journal
// ("mended") when there is the privilege for it. The options of what is live are those in force.
int engine_status(struct engine *engine, struct journal_view **ret, struct error *err);

// The journal as who only counts what is attached now reads it: *ret NULL when it cannot be read,
// since a list of containers is worth having without it. And how many attachments are in one
// container, -1 when unknown.
void engine_attached(struct engine *engine, struct journal_view **ret);
int attached_count(const struct journal_view *view, const struct container *container);

// What is mounted inside a container, each row with where it comes from.
enum mount_origin { ORIGIN_ATTACHED, ORIGIN_DECLARED, ORIGIN_IMAGE, ORIGIN_SYSTEM, ORIGIN_OTHER };
const char *mount_origin_name(enum mount_origin origin);
struct container_mount {
    const struct mount_entry *entry; // into table
    enum mount_origin origin;
    char attachment[OPERATION_ID_SIZE]; // when attached by davit
    char *receives_from; // "host /mnt (peer group 12)" for a slave, or NULL; clean text
    char *gives_to;      // the same of who gets what is mounted here, or NULL
    char *why;           // one sentence on propagation; clean text
    bool stale;          // its server does not answer (only kinds that may hang are asked)
};
struct container_mounts {
    struct container *container;
    struct mount_table *table;
    struct container_mount *mounts;
    size_t n_mounts;
    bool truncated; // there are more
};
// `known`: as in struct target_request, or NULL. `most`: how many at most, what davit attached
// before all others; 0: all.
int engine_mounts(struct engine *engine, const char *selector, const struct container *known,
                  size_t most, struct container_mounts **ret, struct error *err);
void container_mounts_free(struct container_mounts *mounts);
CLEANUP_POINTER(struct container_mounts, container_mounts_free);

// One directory, HOSTPATH or CONTAINER:PATH, read by a child with a time limit.
struct listing_entry {
    char *name;    // raw bytes
    unsigned type; // S_IFMT bits; 0 unknown
    uint64_t size; // bytes
    unsigned mode; // permission bits
    unsigned uid, gid;
    int64_t mtime; // seconds since the epoch
    char *link;    // raw bytes, of a symbolic link, else NULL
};
struct listing {
    struct listing_entry *entries; // sorted by name, bytewise
    size_t n_entries;
    bool truncated; // more than LISTING_LIMIT
};
#define LISTING_LIMIT 10000
int engine_list(struct engine *engine, const char *place, uint64_t timeout_ms, struct listing **ret,
                struct error *err);
// The same with the container (NULL: the host) and the path apart. ERROR_GONE when the container is
// not the one that was meant (pid, start_time).
int engine_list_at(struct engine *engine, const struct target_request *place, uint64_t timeout_ms,
                   struct listing **ret, struct error *err);
void listing_free(struct listing *listing);
CLEANUP_POINTER(struct listing, listing_free);

// What works here: kernel calls, privileges, runtimes, state directory.
struct doctor_check {
    const char *name; // "open_tree", "CAP_SYS_ADMIN", "docker"
    bool ok;
    char *detail; // clean text
    char *hint;   // clean text, may be NULL
};
struct doctor_report {
    struct doctor_check *checks;
    size_t n_checks;
};
int engine_doctor(struct engine *engine, struct doctor_report **ret, struct error *err);
void doctor_report_free(struct doctor_report *report);
CLEANUP_POINTER(struct doctor_report, doctor_report_free);

#endif
