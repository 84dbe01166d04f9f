/*
 * scratch: a small container runtime, so that tests and the demo need no daemon for a container.
 *
 * Processes of a container:
 *   front       only with --detach: waits until the command runs, prints init's pid
 *   supervisor  has the record locked, waits for init, removes what was made; on TERM ends init
 *   init        pid 1 inside: makes cgroups, root and volumes, runs the command, unmounts
 *
 * They work in the state directory, $SCRATCH_DIR, else /run/scratch:
 *   volumes/NAME            managed volumes, kept
 *   containers/NAME         where init mounts its root, in its own mount namespace
 *   containers/NAME/record  locked (fcntl(2)) by the supervisor: dead when the lock is gone
 *
 * The next run or sweep removes what is left of a dead container.
 * Functions return 0, or -1 after a message on stderr, unless they say otherwise.
 */
#pragma once

#include <err.h>
#include <stdbool.h>
#include <stddef.h>

#define fail(...)  (warn(__VA_ARGS__), -1)  /* with errno's text */
#define failx(...) (warnx(__VA_ARGS__), -1) /* without */

enum { VOLUMES_MAX = 32, NAME_SIZE = 64, PATH_SIZE = 4096 };
enum { EXIT_SCRATCH = 125, EXIT_CANNOT_EXECUTE = 126, EXIT_NOT_FOUND = 127 }; /* as docker run */

struct volume {
    char *source; /* host path without symbolic links */
    char *target; /* absolute path inside */
    bool read_only;
};

struct options {
    char *name;
    char **command;
    struct volume volumes[VOLUMES_MAX];
    size_t n_volumes;
    char *memory; /* bytes, with k, m or g behind it: as the kernel reads it; NULL: no limit */
    char *cpu;    /* percent of one CPU, in digits; NULL: no limit */
    bool detach;
};

/* Makes scratch/NAME in the cgroup hierarchies, sets the limits, enters. */
int cgroups_enter(const struct options *o);
/* Waits that long for each process that is still in one: an init about to die. */
int cgroups_remove(const char *name, int wait_ms);

/* Everything inside the container: pid 1 up to its exit status. Writes a byte to `status_fd` when
 * the command runs. */
int init_run(struct options *o, int status_fd);
void let_go_of_stdio(void);
