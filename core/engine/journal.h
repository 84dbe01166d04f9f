// The journal: one JSON object a line, append-only, each line on disk before the next step. All
// davits of a host share one; a lock file beside it makes changes one at a time.
//
// Lines of an operation, by "line": intent (before anything changes; has all that recovery needs),
// made (inode and birth time of a mount point that was made), done or failed (taken back, nothing
// left), later gone (what an attach made is no longer there: detached, unmounted by someone else,
// or the container ended). An attach that names what it `replaces` takes the place of that one,
// with the mount points that were made for it; the line that ends that one comes before its own
// done. Operation "detach" has intent, then done or failed, and names its attachment. A torn last
// line is normal (a crash): the next line begins after a newline of its own. A bad line is skipped
// and named, never the file.
#ifndef DAVIT_ENGINE_JOURNAL_H
#define DAVIT_ENGINE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/engine/attachment.h"

#define JOURNAL_DEFAULT_DIR "/run/davit"
#define JOURNAL_LIMIT       (64 * 1024 * 1024) // bytes read at most: the last ones
#define JOURNAL_LINE_LIMIT \
    (128 * 1024) // a longer line is a bad one (paths are up to 4 KiB, in base64)

struct journal;

// Opens (and, unless JOURNAL_READ_ONLY, makes with mode 0700) the state directory. Refuses a
// directory or a file that is not owned by root (by the caller when it is not root) or writable by
// others: ERROR_UNSAFE. A state directory that does not exist is an empty journal when reading.
enum journal_flags { JOURNAL_READ_ONLY = 1 << 0 };
int journal_open(const char *state_dir, unsigned flags, struct journal **ret, struct error *err);
void journal_close(struct journal *journal); // releases the lock too
CLEANUP_POINTER(struct journal, journal_close);
#define _cleanup_journal_ CLEANUP(journal_closep)

const char *journal_path(const struct journal *journal);
// A descriptor that becomes readable when the journal changes (inotify), for events --follow.
int journal_watch(const struct journal *journal, struct error *err);

// The lock of the host's changes: a POSIX record lock on "lock" in the state directory, since that
// is not inherited over fork(2). Waits up to timeout_ms for another davit without polling (inotify
// tells when it lets go): ERROR_BUSY names its pid. *ret_pending (may be NULL): whether an
// operation was left unfinished (the lock file names it): engine_recover() is due. Not recursive.
int journal_lock(struct journal *journal, uint64_t timeout_ms, bool *ret_pending,
                 struct error *err);
void journal_unlock(struct journal *journal);

// Whether the lock file names an operation that is under way or was left unfinished: 1 or 0. One
// fstatat(2), which opens nothing: it may be asked with and without the lock, for any journal.
int journal_pending(const struct journal *journal, struct error *err);
// Recovery has looked at everything that was pending: clears the mark (also of an operation that
// was killed before it wrote its intent). Only with the lock held.
int journal_settled(struct journal *journal, struct error *err);

// A mark beside the journal that there may be shares: so that nobody has to read the journal for it
// while there are none. Made before the first one's intent; only with the lock held.
int journal_mark_shares(struct journal *journal, struct error *err);
bool journal_has_shares(const struct journal *journal);
void journal_forget_shares(struct journal *journal); // unless a change is under way

// Appends. journal_intent() marks the operation pending in the lock file first, and reserves space
// for the lines to come (fallocate(2), FALLOC_FL_KEEP_SIZE), so that a disk that fills up meanwhile
// does not lose the end of an operation; journal_done() and journal_failed() clear the mark. Only
// with the lock held. A full disk: ERROR_FAILED with ENOSPC, nothing was written but a torn line.
int journal_intent(struct journal *journal, const char *operation, const struct attachment *what,
                   const char *operation_id, struct error *err);
int journal_made(struct journal *journal, const char *operation_id, const struct attachment *what,
                 struct error *err);
int journal_done(struct journal *journal, const char *operation, const struct attachment *what,
                 const char *operation_id, struct error *err);
int journal_failed(struct journal *journal, const char *operation, const struct attachment *what,
                   const char *operation_id, const struct error *why, struct error *err);
// Not pending, any time with the lock held. `why`: "detached", "replaced", "unmounted by someone
// else", "container stopped", "container restarted", "host restarted".
int journal_gone(struct journal *journal, const struct attachment *what, const char *why,
                 struct error *err);
// A lazily detached mount that is still held.
int journal_lingering(struct journal *journal, const struct attachment *what, struct error *err);

// One line as `events` shows it; clean text.
struct journal_event {
    time_t at;
    char id[OPERATION_ID_SIZE];
    char attachment[OPERATION_ID_SIZE]; // what it is about: for an attach the same
    char *by;
    uid_t by_uid;
    const char *line;      // "intent", "done", "failed", "gone", "lingering"
    const char *operation; // "attach", "replace", "detach", "share", "keep", "forget"; of gone and
                           // lingering "attach"
    char *container, *target, *source; // NULL when the line that named them is not there any more
    char *result;                      // "begun", "ok", or the reason
};

// The journal read: attachments folded from their lines, in the order they were made (with those
// gone, at most the last 10,000), the events, and the bad lines.
struct journal_view {
    struct attachment **attachments;
    size_t n_attachments;
    struct {
        char id[OPERATION_ID_SIZE];
        char attachment[OPERATION_ID_SIZE]; // what it detaches
        pid_t mover;
        uint64_t mover_start;
    } * open_detaches; // intents of detaches that were neither done nor failed
    size_t n_open_detaches;
    struct journal_event *events; // in the file's order
    size_t n_events;
    size_t *bad_lines; // line numbers from 1
    size_t n_bad_lines;
    uint64_t size;           // bytes read up to: the end of the last whole line
    struct error kept_error; // of engine_status(): why it is not known what is kept
};

int journal_read(struct journal *journal, struct journal_view **ret, struct error *err);
// The same for who only asks what is attached now: without events, open detaches may be missing,
// and what has ended is left out (of what another boot left, not all). Many times faster, since the
// lines of what has ended are not parsed.
int journal_read_live(struct journal *journal, struct journal_view **ret, struct error *err);
void journal_view_free(struct journal_view *view);
CLEANUP_POINTER(struct journal_view, journal_view_free);
#define _cleanup_journal_view_ CLEANUP(journal_view_freep)
// NULL: none has this id.
struct attachment *journal_view_find(const struct journal_view *view, const char *id);

// A line on what is kept (kept.h), with the lock held: operation "keep" or "forget", done; or
// "keep" that failed because of `why`.
int journal_kept(struct journal *journal, const char *operation, const struct attachment *what,
                 const struct error *why, struct error *err);

// Who asks: login uid (/proc/self/loginuid), else SUDO_UID, else the real uid; the name from
// /etc/passwd itself (no name service is asked), else the number. Clean text.
struct actor {
    uid_t uid;
    char name[64];
};
void actor_find(struct actor *ret);
// This process works for nobody who asks: what it does goes by this name, and is no user's last
// change. Before anything else is done.
void actor_be_service(const char *name);

// One line to syslog, LOG_AUTHPRIV, without ever waiting for it (SOCK_DGRAM to /dev/log,
// MSG_DONTWAIT); silently nothing when there is none. Clean text.
void audit_log(const char *text);

#endif
