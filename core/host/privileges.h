// What a process may do and how much it may use, as the kernel shows it of another one: what a
// process that joins its container has to be given as well.
#ifndef DAVIT_HOST_PRIVILEGES_H
#define DAVIT_HOST_PRIVILEGES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/host/process.h"

// Of capabilities(7): bits by number.
struct capability_sets {
    uint64_t inheritable, permitted, effective, bounding, ambient;
};

enum seccomp_mode { SECCOMP_NONE = 0, SECCOMP_STRICT = 1, SECCOMP_FILTER = 2 }; // seccomp(2)

struct privileges { // /proc/PID/status, proc_pid_status(5)
    struct capability_sets sets;
    bool no_new_privs; // 4.10
    enum seccomp_mode seccomp;
    unsigned n_filters; // 5.9; 0 before: unknown
    pid_t tracer;       // 0: none
};

int privileges_read(int proc, struct privileges *ret, struct error *err);
// The same of the file's text, which is changed. False: a line of a capability set is missing.
bool privileges_parse(char *text, struct privileges *ret);

// How many of the capabilities that this kernel knows are in the set.
unsigned capability_count(uint64_t set);
// The highest capability that this kernel knows; capabilities(7), cap_last_cap.
unsigned capability_last(void);

#define LIMITS_N RLIM_NLIMITS
struct limits { // /proc/PID/limits, by RLIMIT_*; getrlimit(2)
    struct rlimit of[LIMITS_N];
    bool known[LIMITS_N];
};
int limits_read(int proc, struct limits *ret, struct error *err);
void limits_parse(const char *text, struct limits *ret);

// /proc/PID/oom_score_adj, and /proc/PID/personality (personality(2)): 0 when not readable.
int process_oom_score_adj(int proc);
unsigned long process_personality(int proc);

#endif
