// The options of an attach and how they are spelled: one table for the command line's equivalent,
// the wire and the screen. Included by core/wire/protocol.h for the front ends.
#ifndef DAVIT_ENGINE_ATTACH_OPTIONS_H
#define DAVIT_ENGINE_ATTACH_OPTIONS_H

// flag, option as the command line spells it
#define ATTACH_FLAGS(X)                                          \
    X(ATTACH_READ_ONLY, 0, "--ro")                               \
    X(ATTACH_RECURSIVE, 1, "--recursive")                        \
    X(ATTACH_NOEXEC, 2, "--noexec")                              \
    X(ATTACH_SUID, 3, "--suid")                                  \
    X(ATTACH_DEV, 4, "--dev")                                    \
    X(ATTACH_MKDIR, 5, "--mkdir") /* also in a read-only root */ \
    X(ATTACH_NO_MKDIR, 6, "--no-mkdir")                          \
    X(ATTACH_FORCE, 7, "--force")                                \
    X(ATTACH_KEEP, 8, "--keep") /* keepd makes it again */

enum attach_flags {
#define X(flag, bit, option) flag = 1 << (bit),
    ATTACH_FLAGS(X)
#undef X
};

#define PROPAGATIONS(X)               \
    X(PROPAGATION_PRIVATE, "private") \
    X(PROPAGATION_SLAVE, "slave")     \
    X(PROPAGATION_SHARED, "shared")

enum propagation {
#define X(value, name) value,
    PROPAGATIONS(X)
#undef X
};

#endif
