// Shared by the files of enter alone.
#ifndef DAVIT_ENGINE_ENTER_INTERNAL_H
#define DAVIT_ENGINE_ENTER_INTERNAL_H

#include "core/engine/engine_internal.h"
#include "core/engine/enter.h"
#include "core/engine/entrant.h"
#include "core/engine/inside.h"
#include "core/engine/passwd.h"
#include "core/host/seccompread.h"

#define ENTER_LOOK_MS       5000 // for the container's files
#define ENTER_START_MS      10000
#define ENTER_GROUPS_MAX    32 // hierarchies of control groups
#define ENTER_PROGRAMS_SIZE 8192
#define ENTER_PATH          "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Strings one after the other, each with its NUL.
struct strings {
    char *text;
    size_t length, n;
};
int strings_add(struct strings *strings, const char *text, size_t length, struct error *err);
void strings_done(struct strings *strings);

// What was found in the container's own files, by a child (enter_look.c).
struct enter_found {
    struct account account;
    unsigned n_groups;
    gid_t groups[PASSWD_GROUPS_MAX];
    bool no_user, no_group; // that was asked for
    bool leads_out;         // the program is a magic link of /proc
    unsigned n_programs;    // that there are, to be tried in this order
    char programs[ENTER_PROGRAMS_SIZE];
    char tools_at[64];    // where the tools would be shown; empty: nowhere
    bool tools_hide;      // something is there
    char tools_path[256]; // what they add to PATH
};

struct enter {
    struct engine *engine;
    const struct enter_request *request; // while open and run are called
    struct container *container;
    struct inside inside;
    struct privileges privileges;
    struct result *result;
    struct enter_found *found;
    struct entrant_order order;
    struct strings programs, arguments, environment;
    const char *path; // PATH, in the environment or ENTER_PATH
    uid_t uid;        // inside
    gid_t gid;
    uid_t host_uid;              // the same, out here
    bool terminal;               // of its own
    int procs[ENTER_GROUPS_MAX]; // cgroup.procs of each group that has to be joined
    unsigned n_procs;
    char *group; // one of them by its path, clean text
    int oom_score_adj;
    int filters; // a file in memory, -1: none
    int tools;   // a detached mount
    int master, slave;
    char *tools_place;
    bool host_terminal; // not of the container's devpts
};

// enter_survey.c: what its first process has. enter_group.c: its control groups.
int enter_survey(struct enter *enter, struct error *err);
int enter_find_groups(struct enter *enter, struct error *err);

// enter_directory.c: where the command begins; a warning when that is not where it should be.
int enter_find_directory(struct enter *enter, struct error *err);

// enter_look.c: fills enter->found.
int enter_look(struct enter *enter, struct error *err);

// enter_environment.c: the environment without and with what enter_look() found.
int enter_read_environment(struct enter *enter, struct error *err);
int enter_complete_environment(struct enter *enter, struct error *err);

// enter_tools.c: enter->tools.
int enter_open_tools(struct enter *enter, struct error *err);

// enter_terminal.c: enter->master and slave.
int enter_open_terminal(struct enter *enter, struct error *err);

// enter_plan.c: the steps and warnings.
int enter_plan(struct enter *enter, struct error *err);

// enter_start.c: the process inside. `stdio`: its standard descriptors. *ret_pid: a child.
int enter_start(struct enter *enter, const int stdio[3], pid_t *ret_pid, struct error *err);

// enter_relay.c: bytes and signals both ways until the child ends, which is reaped.
struct relay {
    const struct enter_request *request;
    int in, out, error; // the other ends: to and from the command; -1: none
    bool terminal;      // `in` and `out` are one terminal's master
    pid_t pid;
};
int relay_begin(struct error *err); // signals wait from here on
int relay_run(struct relay *relay, int *ret_status, struct error *err);
void relay_end(void); // restores

#endif
