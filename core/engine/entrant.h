// Between davit and the program that goes inside (entrant.c): a process of its own, run from a
// sealed copy in memory, so that nothing of davit itself, of its memory or of its descriptors is
// ever in a container. It takes on all that a process of the container has and gives up all that it
// has not, and only then makes the child that the container can see. That child is the command.
#ifndef DAVIT_ENGINE_ENTRANT_H
#define DAVIT_ENGINE_ENTRANT_H

#include <limits.h>
#include <stdint.h>

#include "core/host/privileges.h"

// Its descriptors, at these numbers; all others are closed.
enum entrant_fd {
    ENTRANT_SAYS = 3,  // a pipe: struct entrant_said
    ENTRANT_ORDER = 4, // a file in memory: struct entrant_order and what it counts
    ENTRANT_INIT = 5,  // pidfd of the container's first process
    ENTRANT_ROOT = 6,  // O_PATH of its root
    ENTRANT_TOOLS = 7, // a detached mount, with ENTRANT_HAS_TOOLS
    ENTRANT_FDS,
};

enum entrant_flags {
    ENTRANT_TERMINAL = 1 << 0,     // standard input is to be its controlling terminal
    ENTRANT_NO_NEW_PRIVS = 1 << 1, // prctl(2)
    ENTRANT_PRIVILEGED = 1 << 2,   // gives up no capability
    ENTRANT_HAS_TOOLS = 1 << 3,
    ENTRANT_KEEP_GROUPS = 1 << 4, // setgroups(2) is denied in its user namespace
    ENTRANT_IDS = 1 << 5,         // uid, gid and groups are to be taken on
};

#define ENTRANT_ORDER_LIMIT (2 * 1024 * 1024) // bytes
#define ENTRANT_GROUPS_MAX  64

struct entrant_order {
    uint32_t flags;      // enum entrant_flags
    uint32_t namespaces; // CLONE_NEW*: those that are not davit's own
    int32_t parent;      // davit's pid
    uint32_t uid, gid;   // inside
    uint32_t n_groups, groups[ENTRANT_GROUPS_MAX];
    uint32_t last_capability;
    struct capability_sets sets;
    uint64_t personality;
    struct limits limits;
    char tools_at[64];        // where they are shown inside
    char directory[PATH_MAX]; // to begin in; what is no directory inside is "/"
    char label_file[32];      // "attr/exec", empty: none
    char label[1024];
    // What follows, in this order: filters as seccomp_read() writes them, each padded by nothing;
    // then strings, each with its NUL: programs to try, arguments, environment.
    uint32_t n_filters, filters_size;
    uint32_t n_programs, n_arguments, n_environment, strings_size;
};

// stage, what failed
#define ENTRANT_STAGES(X)                                                            \
    X(ENTRANT_GROUP, "join the container's control groups")                          \
    X(ENTRANT_BEGIN, "start the program that goes inside")                           \
    X(ENTRANT_READ, "read its order")                                                \
    X(ENTRANT_KEYRING, "take a keyring of its own")                                  \
    X(ENTRANT_LABEL, "take the container's security label")                          \
    X(ENTRANT_NAMESPACES, "enter the container's namespaces")                        \
    X(ENTRANT_CHROOT, "enter the container's root directory")                        \
    X(ENTRANT_SHOW_TOOLS, "show the tools inside")                                   \
    X(ENTRANT_BE_USER, "take on the user")                                           \
    X(ENTRANT_RESTRICT, "give up the capabilities that the container does not have") \
    X(ENTRANT_FILTER, "apply the container's seccomp filters")                       \
    X(ENTRANT_LIMIT, "apply the container's limits")                                 \
    X(ENTRANT_FORK, "start a process in the container")                              \
    X(ENTRANT_SESSION, "take its terminal")                                          \
    X(ENTRANT_EXECUTE, "start the command")                                          \
    X(ENTRANT_STARTED, "started") // no failure: `value` is the pid
enum entrant_stage {
#define X(stage, text) stage,
    ENTRANT_STAGES(X)
#undef X
};

// Said at most twice: ENTRANT_STARTED by the process that went in, and a failure. Who reads it
// takes it as from outside: the command's process, before it is the command, is as powerful as the
// container's own and no more, and whoever rules the container can make it say anything.
struct entrant_said {
    int32_t stage; // enum entrant_stage
    int32_t value; // errno, or the pid
};

// The program itself, as it was built.
extern const unsigned char entrant_image[];
extern const unsigned long entrant_image_size; // bytes

#endif
