#include "core/host/stuck.h"

#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>

#include "core/host/process.h"

// Several processes write: who takes a free place holds it by CLAIMED, and the pid is written last.
#define CLAIMED (-1)

struct stuck {
    _Atomic pid_t child; // 0: a free place
    dev_t device;
    uint64_t start_time; // clock ticks after boot: its pid may be another's by now
};

static struct stuck *all; // STUCK_MAX, or NULL

void stuck_share(void)
{
    void *memory;

    if (all)
        return;
    memory = mmap(NULL, STUCK_MAX * sizeof *all, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                  -1, 0);
    all = memory == MAP_FAILED ? NULL : memory;
}

// 0: it has ended, or is about to be reaped.
static uint64_t start_time_of(pid_t pid)
{
    _cleanup_process_ struct process process = PROCESS_INIT;
    struct error ignored;

    return process_open(pid, &process, &ignored) < 0 ? 0 : process.start_time;
}

void stuck_remember(dev_t device, pid_t child)
{
    uint64_t start_time = all ? start_time_of(child) : 0;

    for (size_t i = 0; start_time && i < STUCK_MAX; i++) {
        pid_t none = 0;

        if (!atomic_compare_exchange_strong(&all[i].child, &none, CLAIMED))
            continue;
        all[i].device = device;
        all[i].start_time = start_time;
        atomic_store(&all[i].child, child);
        return;
    }
}

bool stuck_waits(dev_t device)
{
    bool waits = false;

    for (size_t i = 0; all && i < STUCK_MAX; i++) {
        pid_t child = atomic_load(&all[i].child);

        if (child <= 0)
            continue;
        if (start_time_of(child) != all[i].start_time)
            (void)atomic_compare_exchange_strong(&all[i].child, &child, 0);
        else
            waits |= all[i].device == device;
    }
    return waits;
}
