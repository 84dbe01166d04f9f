// The containers that run on this host, from every backend, merged into one snapshot.
//
// A container is found by its id in the cgroup paths of /proc; a daemon adds names, images and
// states to what was found there. A daemon's pid is used only when that process's cgroup names
// the container's id.
//
// A process that may write to the filesystem of control groups (a container with /sys/fs/cgroup)
// can claim any container's id. So what is found under one id is one container only as far as it
// comes out of one init, by processes and pid namespaces; otherwise it is `contested`, and
// container_find() takes what a local daemon names, or refuses. And what is found in a cgroup below
// another container's was named in there: it has an `outer`, and no name of this host's.
// Without a daemon to say otherwise, who claims the id of a container that does not run is
// believed.
//
// A user without privilege can run containers too, and can choose their control groups and names:
// whose a container is, is told by the kernel, as the owner of its user namespaces, or in the
// host's as the owner of its control group. What is not root's is never put together with what is,
// gets names from nobody but that user's own programs, and is found by USER/NAME, its id or pid:N,
// not by NAME or RUNTIME/NAME.
#ifndef DAVIT_RUNTIME_CONTAINER_H
#define DAVIT_RUNTIME_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include <jansson.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"

// Who says so, and so how much the name is worth. Each says it of an id, which the container claims
// by its cgroup.
//   daemon   the runtime's service, over a socket whose owner also owns the container
//   disk     a file that the runtime wrote and that only root could have written
//   process  the command line of the process that started the container and still watches over it
//            (conmon, LXC's monitor, systemd-nspawn): of its owner, and in no container itself
//   cgroup   the cgroup's path is all there is: what the container claims by itself
#define NAME_SOURCES(X)             \
    X(NAME_FROM_DAEMON, "daemon")   \
    X(NAME_FROM_DISK, "disk")       \
    X(NAME_FROM_PROCESS, "process") \
    X(NAME_FROM_CGROUP, "cgroup")

#define CONTAINER_STATES(X)               \
    X(CONTAINER_RUNNING, "running")       \
    X(CONTAINER_PAUSED, "paused")         \
    X(CONTAINER_RESTARTING, "restarting") \
    X(CONTAINER_STOPPED, "stopped")

enum name_source {
#define X(value, name) value,
    NAME_SOURCES(X)
#undef X
};
enum container_state {
#define X(value, name) value,
    CONTAINER_STATES(X)
#undef X
};

const char *name_source_name(enum name_source source);
const char *container_state_name(enum container_state state);

// All strings are clean text (text.h); NULL where unknown.
struct container {
    char *id;    // never NULL: the runtime's id, else the cgroup's last component
                 // nested and not 64 digits: "RUNTIME/ID-OF-OUTER/ID"; of a user and not 64
                 // digits: "RUNTIME/UID/ID"
    char *name;  // never NULL: "web"; the id's first 12 digits when nobody named it; nested:
                 // "NAME-OF-OUTER/NAME"
    char *outer; // the id of the container whose cgroup this one's is below, NULL: none. Such a
                 // one is found by its full id and pid:N alone, and gets no name of a daemon's.
    enum name_source name_source;
    uid_t owner; // who made its outermost user namespace, as userns.h has it, or in the host's its
                 // control group (proc_owner.h); 0: root
    char *user;  // the owner's name, else the number; NULL when it is root's
    char *runtime; // never NULL: "docker", "containerd", "podman", "lxc", "scratch", …
    char *image;
    char *pod; // "namespace/pod" of Kubernetes; the pod's uid when that is all that is known; the
               // project of LXD or Incus, but for the default one; podman's name of the pod, or
               // the first 12 digits of its id when nobody could be asked
    enum container_state state;
    time_t started;      // 0 when unknown
    pid_t pid;           // its init on this host, 0 when it has no process here; when contested:
                         // of those that claim to be it the least deep in pid namespaces, then
                         // pid 1 of its own, then the oldest
    uint64_t start_time; // of that init, clock ticks after boot: with pid the process's identity
    uint64_t mnt_ns;     // inode of the init's mount namespace, 0 when unknown
    uint64_t userns;     // inode of its user namespace, 0 when it is the host's
    bool contested;      // its cgroups name two containers, or processes that have nothing to do
                         // with each other claim to be this container
    pid_t rival;         // contested: the init of another one that claims to be it, or 0
    pid_t said_pid;      // what a local daemon calls its init: 0 nothing said, -1 it has none; only
                         // after container_inspect(), and not for use but to compare
    uint64_t *nested;    // inodes of further mount namespaces of the same container
    size_t n_nested;
    unsigned n_processes; // that were counted in it
    bool sandbox; // holds the namespaces of a pod and runs nothing: listed only when asked for by
                  // pid
    bool host;    // none at all: the host itself, as where a share goes; in no snapshot
    char *working_directory; // declared for its processes, raw bytes and absolute; NULL: unknown;
                             // only from disk or after container_inspect()
    json_t *labels;          // object of strings, or NULL
    json_t *declared; // declared mounts: [{type, source, target, name, read_only}] or NULL: only
                      // from disk or after container_inspect()
};

enum runtime_state {
    RUNTIME_ABSENT,      // "absent": nothing of it is on this host
    RUNTIME_PRESENT,     // "present": it is here, and nobody had to be asked
    RUNTIME_CONNECTED,   // "connected": its service answers
    RUNTIME_UNREACHABLE, // "unreachable": its service should answer and does not
    RUNTIME_READ_ONLY,   // "reading-only"
};
const char *runtime_state_name(enum runtime_state state);

struct runtime_status {
    const char *name; // "proc", "docker", "podman", …
    enum runtime_state state;
    char *endpoint; // "/run/docker.sock", clean text, or NULL
    bool names_from_disk;
    struct error
        error; // code ERROR_NONE when there is none; the hint says why it is for reading only
};

struct snapshot {
    struct container *containers; // sorted by runtime, pod, name, id
    size_t n_containers;
    struct runtime_status *runtimes;
    size_t n_runtimes;
    unsigned unreadable; // processes whose namespaces could not be read (no privilege)
};

struct runtime_options {
    const char *docker_endpoint; // --docker: path of a unix socket, unix://…, tcp://…; NULL:
                                 // DOCKER_HOST, then the usual places
    const char *docker_root; // data root for names from disk, looked at first; NULL: daemon.json's,
                             // /var/lib/docker, and where the container's own mounts come from
    const char *runtimes;    // --runtime LIST: comma-separated names to show, NULL: all
    uint64_t timeout_ms;     // for one answer of a daemon; 0: 1500 for a snapshot, else 3000
};

// Reads everything once: /proc and each backend's list call, daemons asked while /proc is read.
// A daemon that fails is a runtime_status, not an error.
int snapshot_take(const struct runtime_options *options, struct snapshot **ret, struct error *err);
void snapshot_free(struct snapshot *snapshot);
CLEANUP_POINTER(struct snapshot, snapshot_free);
#define _cleanup_snapshot_ CLEANUP(snapshot_freep)

// Finds the container that `selector` names (an exact name, an exact id or a unique prefix of an
// id, RUNTIME/NAME, POD/NAME, USER/NAME, pid:N); the snapshot owns it. Never a prefix of a name.
// ERROR_NO_CONTAINER with near names in the hint, ERROR_AMBIGUOUS with the candidates.
int container_select(const struct snapshot *snapshot, const char *selector,
                     const struct container **ret, struct error *err);

// The same without a full snapshot. pid:N is that very process: only it is looked at, no daemon is
// asked, it stays the container's `pid`, and any process with a mount namespace of its own will do.
// A name is asked of the daemon by a filter while /proc is read, where all other runtimes' names
// are. What is found has a process here; ERROR_GONE for one that has none at the moment,
// ERROR_UNSUPPORTED for a name that only a daemon for reading knows. Of a contested one that
// process is taken that a local daemon says is its init and whose cgroup names the id; without one
// it is ERROR_AMBIGUOUS. ERROR_GONE also when a process claims an id that a local daemon says does
// not run. Fresh memory: container_free().
int container_find(const struct runtime_options *options, const char *selector,
                   struct container **ret, struct error *err);

// What container_find() would find under the key of `known` (of a snapshot of this program's own,
// never from outside), by a look at that one process only: that it has the same start time and
// namespaces still, and that its control groups name this container, and no other. 0; 1 when that
// is not certain, or takes a search or a daemon to tell (contested; of a runtime that neither its
// cgroup nor a daemon has named; an id of an engine's that nobody has named). Fresh memory:
// container_free(). The caller takes hold of the process by pidfd and compares its start time once
// more.
int container_confirm(const struct container *known, struct container **ret, struct error *err);

// Asks the container's runtime for its details: declared mounts (and image, labels). 0, or 1 when
// its runtime has nothing more to say.
int container_inspect(const struct runtime_options *options, struct container *container,
                      struct error *err);

void container_free(struct container *container);
CLEANUP_POINTER(struct container, container_free);
#define _cleanup_container_ CLEANUP(container_freep)

// Whether `selector` could be a container's: no empty string, no '/' at the start, no control
// bytes.
bool container_selector_valid(const char *selector);

#endif
