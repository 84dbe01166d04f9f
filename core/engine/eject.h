// A device, or what is at a path of the host, taken out of every mount namespace, and the proof
// that nobody has it. Ends no process.
#ifndef DAVIT_ENGINE_EJECT_H
#define DAVIT_ENGINE_EJECT_H

#include "core/engine/engine.h"
#include "core/engine/who.h"

struct eject_request {
    const char *what;    // DEVICE or HOSTPATH, as in who.h
    unsigned flags;      // enum detach_flags
    uint64_t wait_ms;    // for holders to let go; 0: not at all
    uint64_t timeout_ms; // for whatever may hang; 0: RESOLVER_DEFAULT_MS
};

struct eject_report {
    struct report *report;   // one result for each mount, in the order in which they go; origin set
    struct who_report *left; // of a plan: who holds it now; else: who holds it still
    bool free;               // proven: no namespace has it, and its device can be had exclusively
    struct error error;      // of the whole: ERROR_NONE when free, or planned
    struct error busy;       // of a plan: what a run would be refused with now, or ERROR_NONE
};

// ERROR_UNSAFE: the machine runs from it, or swaps to it. ERROR_BUSY in report->error, and nothing
// was changed, when a process has something of it open, unless DETACH_LAZY or a wait was asked for;
// or when at the end somebody still has it. The plan does not refuse for what is busy.
int engine_eject(struct engine *engine, const struct eject_request *request, bool dry_run,
                 struct eject_report **ret, struct error *err);
void eject_report_free(struct eject_report *report);
CLEANUP_POINTER(struct eject_report, eject_report_free);
#define _cleanup_eject_report_ CLEANUP(eject_report_freep)

#endif
