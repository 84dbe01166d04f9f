// In a child: taking on the identity of a process of the container, for looking or making with its
// rights. No mount namespace is entered.
#ifndef DAVIT_ENGINE_INSIDER_H
#define DAVIT_ENGINE_INSIDER_H

#include <stdint.h>
#include <sys/types.h>

struct insider {
    uid_t uid; // as davit's own user namespace sees them
    gid_t gid;
    const gid_t *groups;
    unsigned n_groups;
    int userns;            // -1: the host's
    uint64_t capabilities; // that are left effective, of those that it can have
};

#define INSIDER_ALL_CAPABILITIES UINT64_MAX

// 0 or -errno. Only in a child that ends soon: there is no way back.
int insider_become(const struct insider *who);

#endif
