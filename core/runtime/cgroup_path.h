// Which container a process belongs to, told from /proc/PID/cgroup (cgroups(7)): lines of
// "hierarchy:controllers:path", one on cgroup v2, several on v1 and on hybrid hosts.
// All of them can be chosen by a container that may write to the filesystem of control groups: a
// path says which container a process claims to be, and what contradicts itself is marked here.
//
// Engines write their container's id into the path in a way of their own; the table of these ways
// is in cgroup_path.c. A path that fits none is read generally: …/RUNTIME/NAME.
#ifndef DAVIT_RUNTIME_CGROUP_PATH_H
#define DAVIT_RUNTIME_CGROUP_PATH_H

#include <stdbool.h>

#define CGROUP_TEXT_SIZE 16384 // bytes of /proc/PID/cgroup that are looked at
#define CGROUP_PATH_SIZE 4096

enum cgroup_kind {
    CGROUP_HOST,    // nothing but "/" or what `own` has: no cgroup of its own
    CGROUP_GENERAL, // a path of its own in no engine's way: a container only if more speaks for it
    CGROUP_CONTAINER, // an engine's way of writing a container's id
};

struct cgroup_identity {
    enum cgroup_kind kind;
    char runtime[64];            // clean text: "docker", "scratch"; "" when the path names none
    char id[256];                // clean text: the engine's id, else the last component
    char pod_uid[64];            // clean text: Kubernetes' uid of the pod, or ""
    char path[CGROUP_PATH_SIZE]; // raw: the container's own cgroup, without what is below it
    char controllers[64];        // raw: of the hierarchy that `path` is in; "" in version 2
    // The id of the outermost container whose cgroup `path` is below, clean text; "" when none is,
    // or only such as the host itself is in (`own`). Who is in that container chose what is below.
    char outer[256];
    bool contested; // another hierarchy names another container, which `path` is not below
};

// `text` is /proc/PID/cgroup; `own` the same of a process of the host (davit's), whose paths are
// nobody's container, or NULL. Of several lines the one with the deepest path in an engine's way
// counts, else the deepest. Of nested containers in one path the innermost counts. Hierarchies in
// which an inner engine makes no groups name the outer container: that is no contradiction.
void cgroup_identify(const char *text, const char *own, struct cgroup_identity *ret);

// Whether `path` is the cgroup `parent` or below it.
bool cgroup_path_is_below(const char *path, const char *parent);

// Whether the id is one that engines make up: 64 hexadecimal digits. Only such ids may be
// shortened; a name never is.
bool cgroup_id_is_hex(const char *id);

#endif
