// A worker: a child of the server that does one thing with an engine of its own, and may take as
// long as that takes. It is given one line {method, params}, and writes one, {result} or {error}
// (as in an answer, without id), after the notifications (step, notice) on another socket, and
// exits.
#ifndef DAVIT_WIRE_WORKER_H
#define DAVIT_WIRE_WORKER_H

#include <sys/resource.h>
#include <sys/types.h>

#include "core/engine/engine.h"

// What the server asks for by itself; PROTOCOL_METHODS has the rest.
//   privileges   {} -> {readable, containers}: how many containers this user can look into
//   recover      {} -> {}: takes back what a davit that was killed left; notices say what
//   snapshot     {timeout_ms} -> {containers, runtimes, unreadable} as of the notification,
//                and silent: whether a daemon did not answer in time;
//                timeout_ms: for one answer of a daemon, 0: the usual one
//   filesystems  {usage: bool} -> {filesystems}
//   mounts       {container, known} -> {pid, start_time, mounts, truncated}
//   plan, run    {change: the params from outside, known: [for each target what the server's list
//                has of the container that it names, or null], names: [for each target what the
//                command line calls it, or null: its key; plan only]} -> as in the protocol
//                run also has request, the front end's: its steps carry it, and its result (but not
//                an error) is the whole answer as the front end is to have it
//   browse       {place: the params from outside, known} -> as in the protocol
//   journal      {events, first} -> {events, n_events, first, attachments, whole}: what came after
//                that many events; `first` of the last answer says that it is still that journal
//   kept         {last: bool} -> {entries, next, again}: keepd's look (kept_service.h)
#define WORKER_METHODS(X)       \
    X(PRIVILEGES, privileges)   \
    X(RECOVER, recover)         \
    X(SNAPSHOT, snapshot)       \
    X(FILESYSTEMS, filesystems) \
    X(MOUNTS, mounts)           \
    X(JOURNAL, journal)         \
    X(KEPT, kept)

enum worker_flags {
    WORKER_WAITS = 1 << 0, // for its line, for long: there is time for engine_warm_up()
};

// Forks one: its pid, and the server's ends of its sockets, for its line and its answer, and for
// what it tells on the way. files: its limit of open descriptors. terminal: its 0, 1 and 2; -1:
// /dev/null.
int worker_fork(const struct engine_options *options, const struct rlimit *files, int terminal,
                unsigned flags, pid_t *ret_pid, int ret_sockets[2], struct error *err);

// The child's whole life. Its only descriptors are `socket`, for its line and its answer, and
// `notes`, for the notifications; SIGINT, SIGTERM and SIGHUP are blocked,
// so that at no moment they end it: the engine takes a change back then.
void worker_main(int socket, int notes, const struct engine_options *options, unsigned flags)
    __attribute__((noreturn));

#endif
