/*
 * A container runtime of a few hundred lines, for tests that want containers without a daemon.
 *
 * Three processes per container:
 *   front       `scratch run --detach` only: waits until the command runs, prints init's pid
 *   supervisor  holds the lock, owns the cgroups and the state, cleans up
 *   init        pid 1 of the container: makes its mounts, starts the command, reaps, unmounts
 *
 * State ($SCRATCH_DIR, else /run/scratch):
 *   volumes/NAME             managed volumes, kept between runs
 *   containers/NAME/lock     locked by supervisor and init together (one open file description),
 *                            so a free lock says that both are gone
 *   containers/NAME/record   what was made; every line is written before the thing it names
 *   containers/NAME/root     where init mounts its root, in its own mount namespace
 *   containers/NAME/log      output of a detached container
 *
 * Functions return 0 or a positive outcome, or -1 after a message on stderr.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    SCRATCH_VOLUMES_MAX = 32,
    SCRATCH_MOUNTS_MAX = 4096,
    SCRATCH_FAILED = 125, /* exit status: scratch itself failed, as docker run does */
    SCRATCH_CANNOT_EXEC = 126,
    SCRATCH_NO_COMMAND = 127,
};

struct volume {
    char *source;       /* absolute host path; of a managed volume, its directory */
    const char *target; /* absolute path inside the container */
    bool read_only;
};

struct options {
    const char *name;
    const char *rootfs;      /* borrowed root directory, or NULL */
    const char *root_parent; /* where to make the root as plain files, or NULL: tmpfs */
    char **command;
    struct volume volumes[SCRATCH_VOLUMES_MAX];
    size_t n_volumes;
    uint64_t memory; /* bytes; 0 is no limit */
    unsigned cpu;    /* percent of one CPU; 0 is no limit */
    bool detach;
};

struct container {
    const char *name;
    char *dir;  /* containers/NAME */
    char *tree; /* the root made under --root-parent, or NULL */
    int lock_fd;
    int record_fd;
};

/* scratch.c */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, with errno's text behind it. */
int fail_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool name_is_valid(const char *name);

/* scratch_options.c */

/* The arguments of `run`; makes the managed volumes it names. Sources are owned by the caller. */
int options_parse(int argc, char **argv, const char *state, struct options *o);

/* scratch_state.c */

/* Absolute path of the state directory; made if absent. The caller frees. */
char *state_dir(void);
/* Takes the lock of NAME and starts its record. Sweeps what a dead one of that name left. */
int container_create(const char *state, const char *name, struct container *ret);
/* Appends one line "KEY VALUE" to the record. */
int container_note(struct container *c, const char *key, const char *value);
/* Opens the lock of a running container; waits up to `seconds` for it. 1: no such container. */
int container_wait(const char *state, const char *name, int seconds);
/* The pid in the record's line `key`, if that process still lives; a pidfd, or -1. */
int container_pidfd(const char *state, const char *name, const char *key);
/* Removes what dead supervisors left, of all containers of this state directory. */
int containers_sweep(const char *state);
/* Start time of a process in clock ticks since boot, 0 if it is gone (proc(5), stat field 22). */
unsigned long long process_start(pid_t pid);
/* mkdir -p. */
int make_dirs(const char *path, mode_t mode);

/* scratch_remove.c */

/* Removes everything that the record names, then the state. The lock must be held. */
int container_remove(struct container *c);

/* scratch_mounts.c */

/* Mount points at or below `dir` in the own namespace, in mount order. The caller frees each
 * string and the array. Returns how many. */
ssize_t mounts_below(const char *dir, char ***ret);
/* Unmounts them, last first, with umount2 flags. Returns how many are left. */
ssize_t unmount_below(const char *dir, int flags);

/* scratch_cgroup.c */

/* Makes scratch/NAME in each hierarchy that can hold it and sets the limits. */
int cgroups_create(struct container *c, const struct options *o);
/* Moves a process into the cgroups of the record. */
int cgroups_add(struct container *c, pid_t pid);
/* Kills what is left in a cgroup, removes it and, if it was the last, its parent. `inode` is the
 * one recorded; 0: it was never used, so nothing is killed. */
int cgroup_remove(const char *path, uint64_t inode);

/* scratch_root.c */

/* In init: namespaces, root file system, /proc, /dev, volumes; then the host's mounts are gone. */
int root_set_up(struct container *c, const struct options *o);

/* scratch_init.c */

/* Pid 1 of the container, from the first instruction after fork to its exit status. `go_fd` gives
 * one byte when the cgroups are set and hangs up when the supervisor dies; `status_fd` gets 'S'
 * when the set-up is done and 'X' when the command could not be executed. */
int init_run(struct container *c, const struct options *o, int go_fd, int status_fd);
