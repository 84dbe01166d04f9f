// Shared by the server's own files only.
#ifndef DAVIT_WIRE_SERVER_INTERNAL_H
#define DAVIT_WIRE_SERVER_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "core/base/loop.h"
#include "core/engine/journal.h"
#include "core/host/devicewatch.h"
#include "core/host/mountwatch.h"
#include "core/runtime/watch.h"
#include "core/wire/children.h"
#include "core/wire/message.h"
#include "core/wire/protocol.h"
#include "core/wire/server.h"
#include "core/wire/stream.h"

struct server;
struct topic;

// ---- topics: what is watched (server_topic.c) ----

struct topic_ops {
    const char *method;                     // of the worker that reads it
    json_t *(*params)(struct topic *topic); // NULL when out of memory
    // What was read (or why it could not be), borrowed: tells what is new of it.
    void (*take)(struct topic *topic, json_t *result);
    void (*failed)(struct topic *topic, json_t *error); // NULL: a notice, said once for each reason
};

struct topic {
    struct server *server;
    const struct topic_ops *ops;
    struct child *child;       // that reads it just now; one at a time
    struct loop_source *timer; // runs while changes are gathered
    uint64_t first_us;         // the first of them
    uint64_t begun_us;         // the reading
    uint64_t rest_until_us;    // what is only touched is not read again before
    bool watched;
    bool dirty;      // something changed since the child began, or while the front end did not read
    bool whole;      // everything has to be told
    char *complaint; // the last one that was said
};

// Something may have changed: read anew when it has been quiet for a moment, or after a short while
// of no quiet; after a reading that took long, later. Nothing while nobody watches it.
void topic_touch(struct topic *topic);
// Says why it cannot be told; what was said last is not said again.
void topic_complain(struct topic *topic, const char *text);
// Read anew at once (as soon as the reading that is under way has ended).
void topic_read(struct topic *topic);
int topic_new(struct server *server, struct topic *topic, const struct topic_ops *ops,
              struct error *err);
void topic_done(struct topic *topic);
void topics_continue(struct server *server); // it has read

// ---- one server ----

struct request {
    struct request *next;
    struct server *server;
    uint64_t id;
    enum protocol_method method;
    struct child *child; // NULL: a change that waits for its turn ...
    json_t *params;      // ... with these
};

struct containers_state {
    struct topic topic;
    struct runtime_watch *watch;
    json_t *known;     // {key: container as it was told}
    json_t *runtimes;  // as they were told
    bool asked;        // a first time, with little patience
    bool patient;      // the reading that is under way waits for daemons as long as usual
    bool silent;       // a daemon has not answered in time
    unsigned again_ms; // until a silent daemon is asked again
    struct loop_source *again;
};

struct filesystems_state {
    struct topic topic;
    struct mount_watch *mounts;
    struct device_watch *devices;
    bool no_devices;
    json_t *told; // the array
    bool usage;   // the next reading reads it
};

struct mounts_state {
    struct topic topic;
    char *key; // of the container, NULL: none
    struct mount_watch *watch;
    uint64_t pid, start_time; // of the init whose namespace is watched
    json_t *told;
};

struct journal_state {
    struct topic topic;
    struct journal *journal; // to watch it, not to read
    int inotify;
    struct loop_source *source;
    struct loop_source *later; // runs while nothing is heard of it
    uint64_t n_events;
    char *first;  // what the last reading began with, NULL: none yet
    json_t *seen; // {id: true} of attachments that were not gone when they were told
    json_t *attachments;
    bool watch_failed;
};

struct server {
    struct engine_options engine;
    struct loop *loop;
    struct stream *front;
    struct children *children;
    struct child *recovery;
    bool recover_again;       // as soon as that one is done
    struct request *requests; // in the order in which they came
    unsigned n_requests;
    struct loop_source *signals[3];
    struct loop_source *patience;                                     // at the end ...
    enum { AWAITED_CHANGES, AWAITED_UNDONE, AWAITED_OUTPUT } awaited; // ... with these, in turn
    bool greeted;
    bool starved; // out of memory: an answer is missing
    bool ending, over;
    struct containers_state containers;
    struct filesystems_state filesystems;
    struct mounts_state mounts;
    struct journal_state journal;
};

// ---- what is sent (server_send.c) ----

// Sends; takes `message` over. NULL (out of memory) ends the server, for an answer that is missing
// would be waited for.
void server_send(struct server *server, json_t *message);
// The same together with what is sent next, which follows at once.
void server_add(struct server *server, json_t *message);
// A worker's line that is a whole message to the front end; `more` is sent at once.
void server_pass_on(struct server *server, const char *line, size_t length, bool more);
void server_fail(struct server *server, uint64_t id, int code, const struct error *why);
// Says what a watcher cannot do, and the like.
void server_notice(struct server *server, const char *text);

void request_forget(struct request *request);
void request_answer(struct request *request, json_t *result); // takes over; both forget the request
void request_refuse(struct request *request, int code, const struct error *why);

// ---- what a davit that was killed left (server_recover.c) ----

void server_recover(struct server *server);

// ---- requests (server_request.c, server_hello.c, server_targets.c) ----

void request_take(struct server *server, json_t *message);
void requests_end(struct server *server); // at the end of the stream: only changes stay
bool requests_changing(const struct server *server);
void requests_interrupt(struct server *server);
void requests_continue(struct server *server); // called each turn: the next change, if none is on
void requests_free(struct server *server);

void hello_answer(struct request *request, const json_t *params);

// The params of a request (from outside, taken over, not checked yet) as its worker wants them:
// with what the list has of its targets (worker.h).
json_t *targets_plan(const struct server *server, json_t *change);
json_t *targets_run(const struct server *server, json_t *change, uint64_t request);
json_t *targets_browse(const struct server *server, json_t *place);

// ---- what each topic is (server_containers.c, server_places.c, server_journal.c) ----

int containers_new(struct server *server, struct error *err);
void containers_done(struct server *server);
void containers_watch(struct server *server, bool on);

int places_new(struct server *server, struct error *err);
void places_done(struct server *server);
void filesystems_watch(struct server *server, bool on);
void mounts_watch(struct server *server, const char *key); // NULL: none
// A container of this key has another init now, or is gone.
void mounts_container_changed(struct server *server, const char *key);

int journal_topic_new(struct server *server, struct error *err);
void journal_topic_done(struct server *server);
void journal_topic_watch(struct server *server, bool on);
// The journal is watched as soon as anything is: what is attached shows everywhere.
void journal_begin_watch(struct server *server);
// A change of this engine's own begins: what it writes at once is heard of a moment later, since to
// be woken by each line would hold it up.
void journal_wait(struct server *server);

#endif
