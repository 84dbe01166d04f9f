// The part of a listing that runs in the resolver child, and what it sends: a piece of the
// directory that fits into one answer, with the open directory, so that the next child goes on from
// there.
#ifndef DAVIT_ENGINE_LISTING_CHILD_H
#define DAVIT_ENGINE_LISTING_CHILD_H

#include <stdint.h>

#include "core/base/resolver.h"

struct listing_question {
    int root;         // "/" of the path
    const char *path; // absolute
    int directory;    // opened by an earlier child, which has read a part; -1 at first
};

struct listing_record { // followed by the name and the link's target, without NUL
    uint64_t size;
    int64_t mtime;
    uint32_t type, mode, uid, gid;
    uint16_t name_length, link_length;
    uint32_t padding;
};

// A resolver_question. 1: there is more; 0: that was all; or -errno, see listing_walk().
int listing_child(const void *context, struct resolver_answer *answer);

#endif
