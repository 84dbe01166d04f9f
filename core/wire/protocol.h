// The protocol between the engine and a front end, version 1.
//
// One JSON object a line (RFC 8259 without line feeds inside, ended by \n), as JSON-RPC 2.0: a
// request has `id` (a whole number from 1), `method` and `params` (an object); its answer has the
// same `id` and `result` or `error`; a notification has `method` and `params` and no `id`. Both
// ends treat every line as outside input: longer lines than the limits below, a line that is no
// JSON object, duplicate keys and wrong types are refused with an error (engine) or end the console
// with a message. Unknown members are ignored, unknown methods are answered with error -32601.
// Requests are answered in whatever order they are done; an id may be used again once it was
// answered. What has no id is never answered. A line that could not be read is answered with id
// null.
//
// An error is {code, message, data}: code is -32700 (no JSON), -32600 (no request), -32601 (no such
// method), -32602 (params) or -32000 (the engine's), data for the last two is the error object of
// the command line {code, exit, stage, path, errno, message, hint}.
//
// A path travels as clean text (`path`), and where that is not the same bytes as `path_b64` too:
// only those bytes come back. So does every raw member (source, target, name, link).
//
// Requests, front end -> engine (method: params -> result):
//
//   hello      {protocol: 1}
//              -> {protocol, version, time, host, kernel, user, uid, privileged, read_only, hint,
//              state_dir} must be the first. privileged: may enter containers; hint: what to do
//              when not. read_only: the engine refuses every change.
//   watch      {containers: bool, filesystems: bool, journal: bool, mounts: ID or null}
//              -> {}. What is true is told now, whole, by a notification, and then whenever it
//              changes; absent members stay as they were. mounts: the one container whose mounts
//              are told.
//   refresh    {} -> {}   everything watched is read again, usage of filesystems included (F5)
//   inspect    {container: ID} -> {a container as below, labels, declared, namespaces,
//   user_mapping}
//              namespaces: {mnt, pid, net, user, uts, ipc, cgroup: inode}, user_mapping: ["0 100000
//              65536"]
//   describe   {source, offset (of an image), type (of a mount helper); the two may be absent}
//              -> {source, path, type, uid, gid, mode, size, device, major_minor,
//              filesystem, read_only, sub_root, sub_path, below: [{target, device, type}]}
//              size: of a file, else null. read_only: of the mount it is on. One that hangs: error
//              "timed-out" after some seconds.
//   browse     {container: ID or null, path, pid, start_time} -> {path, entries: [as of ls],
//              truncated}   pid, start_time: as of a target
//   plan       a change -> {plans: [as of --dry-run; each with `holders` for a detach], command,
//              id}
//              command: the equivalent command line, quoted for a shell; id: only of an undo, the
//              change that it takes back, to be sent with the run
//   run        a change -> {results: [as of attach --json]}; `step` notifications come before. One
//              change at a time: the next one waits for its turn. As on the command line both plan
//              and run have `error` in their result when not all targets went well; the error of
//              the whole (no privilege, no source) is JSON-RPC's.
//   cancel     {request: id} -> {}   ends that request as soon as it can be: it is answered with
//              errno ECANCELED. A change is taken back first (and is answered with results whose
//              error has that errno), unless it is done already.
//   enter      {container: ID, pid, start_time, tools} -> {status}
//              A shell in the container on the terminal that the engine was started on, which the
//              front end leaves alone until the answer. tools: "busybox" or a directory; may be
//              absent. status: as davit enter exits. Error "unsupported" where the engine has no
//              terminal.
//   resize     {request: id} -> {}   the terminal of that `enter` has another size
//   status     {} -> {attachments: [as of status --json], bad_lines: how many of the journal}
//   doctor     {} -> {checks: [as of doctor --json]}
//   why        {container: ID, path} -> {path, container, visible, inside, why}   whether that path
//   of
//              the host is seen in the container, where, and why or why not
//   devices    {} -> {devices: [{node, major_minor, size, type, label, uuid, model, transport,
//              mounted: [mount points, clean text], refused}]}
//              refused: why attaching device:NODE would be refused, else null. Where no udevd runs
//              the devices are read for it.
//   who        {what, container: ID or absent, mounts: bool}
//              -> {device, holders: [as of who --json], complete}
//              what: a device or path of the host, or with `container` a path in there. mounts:
//              those, and what is made of it, only: not complete then, but soon.
//   volumes    {} -> {volumes: [as of volume ls --json], why}
//
// A change is {operation: "attach" | "detach" | "undo" | "share" | "replace" | "refresh" | "eject"
// | "keep" | "forget", …}:
//   attach     source, targets: [{container: ID, target, pid, start_time}], options: [option names
//              of the command line without "--": "ro", "recursive", …], propagation, mode: "0755",
//              type and helper_options (of the host's mount helper: source is its SPEC), idmap,
//              offset (of an image, bytes), for_ms (it is detached after that), expect: all but
//              source and targets may be absent
//   detach     targets (as above, and mount_id), lazy: bool, wait_ms, only: attachment id (all may
//              be absent)
//   share      as attach, its one target {container: "host", on_host: true, target: HOSTPATH}; a
//              detach of a share names it in the same way
//   undo       id (absent: the user's last), expect
//   replace    as an attach; each target carries an attachment (mount_id, as of a detach, says
//              which), whose place the source takes
//   refresh    one of: source (a path of the host, or a device below /dev: all that is attached
//              from there), targets (as of replace), stale: true (all whose server is dead);
//              mounts: of the first and the last only these, as the plan predicted them
//   eject      source (a device or path of the host), lazy, wait_ms; plan and run have besides as
//              of eject --json: {device, free, holders, complete, error}
//   keep       targets, force: bool (may be absent); forget: targets. Only to be run, without a
//   plan
// What was shown is what is done, else the change is refused with code "gone" before its first
// step. What is absent is not compared:
//   pid, start_time   of the container that was shown: it was restarted meanwhile
//   expect            {major_minor, sub_root, sub_path} as the plan predicted them: the source's
//                     path leads elsewhere by now (a symbolic link, another mount). For an undo
//                     that attaches again.
//   mount_id          as the plan predicted it (of a replace that of the old one): another mount
//                     is at the target by now. Before Linux 6.8 numbers are used again at once:
//                     `only` tells even then.
//
// Notifications, engine -> front end:
//
//   containers  {set: [container…], gone: [ID…], runtimes: [as of ps], unreadable, whole: bool}
//               whole: set is all there is; else only what is new or other than before. runtimes
//               is absent when nothing changed there. A container is as of `ps` without labels and
//               with `key` (its ID here: unique in the list, "RUNTIME/ID", never empty) and
//               `start_time`.
//   filesystems {filesystems: [as of fs]}                      always whole
//   mounts      {container: ID, mounts: [as of mounts] or null, truncated: bool, error: null or as
//               above}   truncated: there are more, which `davit mounts` prints
//   journal     {events: [as of events], attachments: [as of status], whole: bool}
//               events: only those that are new unless whole (then the last 1,000 at most);
//               attachments: always all that are not gone, and those that were lost since the start
//               (gone, though nobody detached them)
//   step        {request: id, container, target, index, operation: ID, step: {stage, text, call,
//               result, errno, took_us}}   index: which of the targets, from 0
//               The steps of the first 20 ms of a change come together, or with its answer.
//   notice      {text}         what recovery did, what a watcher cannot do
//
// What the front end does not read waits, up to a limit (stream.h), and meanwhile nothing that is
// watched is read anew. At the end of its stream (a dropped ssh), and at SIGTERM, SIGINT and
// SIGHUP, the engine finishes what is under way, takes back what takes longer than some seconds,
// then ends.
#ifndef DAVIT_WIRE_PROTOCOL_H
#define DAVIT_WIRE_PROTOCOL_H

#include "core/engine/attach_options.h" // of a change

#define PROTOCOL_VERSION 1

// method, function of the engine's table
#define PROTOCOL_METHODS(X) \
    X(HELLO, hello)         \
    X(WATCH, watch)         \
    X(REFRESH, refresh)     \
    X(INSPECT, inspect)     \
    X(DESCRIBE, describe)   \
    X(BROWSE, browse)       \
    X(PLAN, plan)           \
    X(RUN, run)             \
    X(CANCEL, cancel)       \
    X(STATUS, status)       \
    X(DOCTOR, doctor)       \
    X(VOLUMES, volumes)     \
    X(WHY, why)             \
    X(DEVICES, devices)     \
    X(WHO, who)             \
    X(ENTER, enter)         \
    X(RESIZE, resize)

enum protocol_method {
#define X(id, name) PROTOCOL_##id,
    PROTOCOL_METHODS(X)
#undef X
        PROTOCOL_METHOD_COUNT
};

// Bytes of one line without its end.
#define PROTOCOL_REQUEST_LIMIT (256 * 1024)       // front end -> engine
#define PROTOCOL_MESSAGE_LIMIT (32 * 1024 * 1024) // engine -> front end
// Targets of one change.
#define PROTOCOL_TARGETS_MAX 64
// Mounts of one container that are told, and bytes of them.
#define PROTOCOL_MOUNTS_MAX   4096
#define PROTOCOL_MOUNTS_LIMIT (8 * 1024 * 1024)
// Holders that are told at most.
#define PROTOCOL_HOLDERS_MAX 4096
// Requests that may be under way at once; one more is answered with code "busy".
#define PROTOCOL_REQUESTS_MAX 32

enum protocol_error {
    PROTOCOL_NO_JSON = -32700,
    PROTOCOL_NO_REQUEST = -32600,
    PROTOCOL_NO_METHOD = -32601,
    PROTOCOL_BAD_PARAMS = -32602,
    PROTOCOL_FAILED = -32000,
};

#endif
