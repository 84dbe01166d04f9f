// Attachments that are to last: made again when their container starts again (kept), or ended at a
// time (until). One file has them (kept.json), replaced as a whole with the journal's lock held;
// the service that looks after them is `davit keepd`.
//
// A container is known again by runtime, owner and name, in Kubernetes with its pod, or by its
// project, service and number where compose made it. A source is known again by its filesystem:
// that one's UUID, or where it has none its number in the same boot, else its type and where it
// comes from; never by the name of a device alone.
#ifndef DAVIT_ENGINE_KEPT_H
#define DAVIT_ENGINE_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/engine/attachment.h"
#include "core/engine/engine_internal.h"
#include "core/runtime/container.h"

#define KEPT_DIRECTORY "/var/lib/davit" // with --state-dir DIR it is DIR
#define KEPT_VERSION   1
#define KEPT_LIMIT     (8 * 1024 * 1024) // bytes of the file
#define KEPT_MOST      1024              // entries

struct source;

// The filesystem of a source, as it was found when it was attached last. Of another container's
// directory: that one's runtime, and its user or pod ("": it has none).
struct kept_filesystem {
    char *type; // clean text
    char *from; // mountinfo's source, clean text; of a block device only told, not compared
    char *uuid; // clean text; NULL: it has none, or it is not known
    dev_t device;
};

struct kept_entry {
    struct attachment *what; // as it was made last; its id is the entry's
    bool keep;               // again, when the container starts again
    time_t until;            // 0: for good
    uid_t owner;             // of the container
    enum name_source name_source;
    char *project, *service, *number; // of compose, clean text; NULL: not made by it
    struct kept_filesystem filesystem;
    // The init of the container that was tried last ...
    char tried_boot[BOOT_ID_SIZE];
    pid_t tried;
    uint64_t tried_start;
    char *problem; // ... and why it is not attached there; clean text, NULL: it is, or was
};

struct kept_list {
    struct kept_entry **entries;
    size_t n;
};
void kept_entry_free(struct kept_entry *entry);
CLEANUP_POINTER(struct kept_entry, kept_entry_free);
void kept_list_done(struct kept_list *list);
#define _cleanup_kept_list_ CLEANUP(kept_list_done)

// ---- the file (kept_file.c) ----

// Fresh memory; NULL: out of memory.
char *kept_path(const struct engine *engine);
// No file is an empty list. What is damaged is an error that names the place, and nothing is taken
// of it; ERROR_UNSAFE when others than root could have written it.
int kept_load(const struct engine *engine, struct kept_list *ret, struct error *err);
int kept_save(const struct engine *engine, const struct kept_list *list, struct error *err);
// The text, for those and for tests. -EBADMSG with err says where.
int kept_decode(const char *text, size_t length, struct kept_list *ret, struct error *err);
char *kept_encode(const struct kept_list *list); // NULL: out of memory

struct kept_entry *kept_find(const struct kept_list *list, const char *id); // NULL: none
int kept_add(struct kept_list *list, struct kept_entry *entry); // takes it over when 0; -ENOMEM
void kept_remove(struct kept_list *list, const struct kept_entry *entry); // and frees it

// ---- known again (kept_known.c) ----

// Notes what the container is known by; its labels have been asked for.
int kept_note_container(struct kept_entry *entry, const struct container *container,
                        struct error *err);
bool kept_is_container(const struct kept_entry *entry, const struct container *container);
bool kept_was_tried(const struct kept_entry *entry, const struct container *container);
void kept_note_tried(struct kept_entry *entry, pid_t init, uint64_t start_time);

// What a resolved source is known by. ERROR_UNSUPPORTED: by nothing; ERROR_TIMED_OUT: the disk does
// not answer.
int kept_filesystem_of(const struct source *source, uint64_t timeout_ms,
                       struct kept_filesystem *ret, struct error *err);
void kept_filesystem_done(struct kept_filesystem *filesystem);
// A block device's without a UUID: its number is worth nothing after the next start of the host.
bool kept_only_this_boot(const struct kept_filesystem *filesystem);
// 0, or ERROR_UNSAFE that says what was kept and what is there.
int kept_filesystem_same(const struct kept_entry *entry, const struct kept_filesystem *now,
                         struct error *err);

// ---- in an attach and a detach (kept_change.c) ----

struct attach_job;

// ERROR_UNSUPPORTED when no keepd runs.
int kept_check_service(const struct engine *engine, struct error *err);
// The entry is attached now, as `what` (copied); its filesystem is known.
int kept_note_attachment(struct kept_entry *entry, const struct attachment *what,
                         struct error *err);

int kept_warn_boot(struct result *result, struct error *err);

// Of a request that asks for it (ATTACH_KEEP, for_ms): whether it can be kept, before anything is
// planned. ERROR_UNSUPPORTED without keepd, unless ATTACH_FORCE.
int kept_check_request(struct engine *engine, const struct attach_request *request,
                       const struct source *source, struct error *err);
// ACTION_KEEP: planned where it is asked for; performed.
int kept_add_step(struct attach_job *job, struct error *err);
int kept_step(struct attach_job *job, struct error *err);
// The mount points that were made for what is renewed are there still, and are this one's.
int kept_take_made(struct attachment *what, const struct attachment *renews, struct error *err);
// What took the place of something that is kept, or renews it, is kept instead. Says what fails as
// a warning.
void kept_attached(struct attach_job *job);
// What was attached is detached on purpose, or was taken back: it is kept no longer. 1: it was.
int kept_drop(struct engine *engine, const char *id, struct error *err);

// Marks what is kept in a view of the journal, and adds what the journal does not know any more.
void kept_mark(struct engine *engine, struct journal_view *view);

// ---- the service (kept_service.c) ----

// 1 while a keepd runs for this state directory, 0 when none does.
int kept_service_runs(const struct engine *engine, struct error *err);

#endif
