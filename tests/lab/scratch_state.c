#include "scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_TRIES = 1000, LOCK_PAUSE_MS = 5 };

int make_dirs(const char *path, mode_t mode)
{
    char *copy = strdup(path);

    if (!copy)
        return fail("out of memory");
    for (char *p = copy + 1;; p++) {
        char c = *p;

        if (c != '/' && c != '\0')
            continue;
        *p = '\0';
        if (mkdir(copy, mode) != 0 && errno != EEXIST) {
            int r = fail_errno("cannot make the directory %s", copy);

            free(copy);
            return r;
        }
        *p = c;
        if (c == '\0')
            break;
    }
    free(copy);
    return 0;
}

char *state_dir(void)
{
    const char *dir = getenv("SCRATCH_DIR");
    char *state, *sub;

    if (!dir || !*dir)
        dir = "/run/scratch";
    if (*dir != '/') {
        fail("SCRATCH_DIR=%s is not an absolute path", dir);
        return NULL;
    }
    if (make_dirs(dir, 0755) != 0)
        return NULL;
    state = realpath(dir, NULL);
    if (!state) {
        fail_errno("cannot resolve SCRATCH_DIR=%s", dir);
        return NULL;
    }
    for (int i = 0; i < 2; i++) {
        if (asprintf(&sub, "%s/%s", state, i ? "containers" : "volumes") < 0 ||
            make_dirs(sub, 0700) != 0) {
            free(state);
            return NULL;
        }
        free(sub);
    }
    return state;
}

unsigned long long process_start(pid_t pid)
{
    char path[64], text[1024], *p;
    unsigned long long start = 0;
    size_t n;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    f = fopen(path, "re");
    if (!f)
        return 0;
    n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    p = strrchr(text, ')'); /* the name in field 2 may hold anything */
    if (!p || p[1] != ' ' || p[2] == 'Z' ||
        sscanf(p + 4,
               "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
               &start) != 1)
        return 0;
    return start;
}

int container_note(struct container *c, const char *key, const char *value)
{
    char line[8192];
    int n;

    if (strchr(value, '\n'))
        return fail("a path with a newline is not supported: %s", value);
    n = snprintf(line, sizeof line, "%s %s\n", key, value);
    if (n < 0 || (size_t)n >= sizeof line)
        return fail("a path is too long: %s", value);
    if (write(c->record_fd, line, (size_t)n) != n)
        return fail_errno("cannot write the record of %s", c->name);
    return 0;
}

/* 0 locked, 1 held by someone, -1 failed. `c` owns the descriptor afterwards. */
static int lock_take(struct container *c)
{
    char path[4096];
    struct stat by_path, by_fd;

    snprintf(path, sizeof path, "%s/lock", c->dir);
    for (;;) {
        if (mkdir(c->dir, 0700) != 0 && errno != EEXIST)
            return fail_errno("cannot make %s", c->dir);
        c->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (c->lock_fd < 0 && errno == ENOENT)
            continue; /* the directory was removed by its last owner */
        if (c->lock_fd < 0)
            return fail_errno("cannot open %s", path);
        if (flock(c->lock_fd, LOCK_EX | LOCK_NB) != 0) {
            close(c->lock_fd);
            c->lock_fd = -1;
            return errno == EWOULDBLOCK ? 1 : fail_errno("cannot lock %s", path);
        }
        if (stat(path, &by_path) == 0 && fstat(c->lock_fd, &by_fd) == 0 &&
            by_path.st_ino == by_fd.st_ino)
            return 0;
        close(c->lock_fd); /* we locked a file that its owner has just removed */
    }
}

static void container_done(struct container *c)
{
    if (c->record_fd >= 0)
        close(c->record_fd);
    if (c->lock_fd >= 0)
        close(c->lock_fd);
    free(c->dir);
    free(c->tree);
}

static int container_init(struct container *c, const char *state, const char *name)
{
    *c = (struct container){.name = name, .lock_fd = -1, .record_fd = -1};
    if (asprintf(&c->dir, "%s/containers/%s", state, name) < 0) {
        c->dir = NULL;
        return fail("out of memory");
    }
    return 0;
}

static int record_open(struct container *c, int flags)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/record", c->dir);
    return open(path, flags | O_CLOEXEC, 0600);
}

int container_pidfd(const char *state, const char *name, const char *key)
{
    char path[4096], word[32], line[8192];
    unsigned long long start;
    int pid, pidfd = -1;
    FILE *f;

    snprintf(path, sizeof path, "%s/containers/%s/record", state, name);
    f = fopen(path, "re");
    if (!f)
        return -1;
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "%31s %d %llu", word, &pid, &start) != 3 || strcmp(word, key) != 0)
            continue;
        if (pid > 0)
            pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
        if (pidfd >= 0 && process_start(pid) != start) { /* the pid was given to another */
            close(pidfd);
            pidfd = -1;
        }
        break;
    }
    fclose(f);
    return pidfd;
}

/* Like lock_take, but waits while the lock's holder is about to end: its supervisor is dead, and
 * init follows. 1: the container is alive. */
static int lock_take_dead(struct container *c, const char *state)
{
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000000L};

    for (int i = 0; i < LOCK_TRIES; i++) {
        int r = lock_take(c), supervisor;

        if (r <= 0)
            return r;
        supervisor = container_pidfd(state, c->name, "supervisor");
        if (supervisor >= 0) {
            close(supervisor);
            return 1;
        }
        nanosleep(&pause, NULL);
    }
    return fail("what is left of %s does not end", c->name);
}

int container_create(const char *state, const char *name, struct container *ret)
{
    struct container c;
    char text[64];
    int r;

    if (container_init(&c, state, name) != 0)
        return -1;
    r = lock_take_dead(&c, state);
    if (r > 0)
        r = fail("%s is already running; see `scratch kill %s`", name, name);
    if (r == 0) {
        c.record_fd = record_open(&c, O_RDONLY);
        if (c.record_fd >= 0) { /* left by a dead one: start from nothing */
            r = container_remove(&c);
            container_done(&c);
            return r != 0 ? r : container_create(state, name, ret);
        }
        c.record_fd = record_open(&c, O_RDWR | O_CREAT | O_APPEND);
        if (c.record_fd < 0)
            r = fail_errno("cannot make the record in %s", c.dir);
    }
    if (r == 0) {
        snprintf(text, sizeof text, "%d %llu", (int)getpid(), process_start(getpid()));
        r = container_note(&c, "supervisor", text);
    }
    if (r != 0) {
        container_done(&c);
        return -1;
    }
    *ret = c;
    return 0;
}

int container_wait(const char *state, const char *name, int seconds)
{
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000000L};
    char path[4096];
    struct timespec start, now;
    int fd, r;

    snprintf(path, sizeof path, "%s/containers/%s/lock", state, name);
    fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return 1;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        r = flock(fd, LOCK_EX | LOCK_NB);
        if (r != 0)
            nanosleep(&pause, NULL);
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (r != 0 && now.tv_sec - start.tv_sec <= seconds);
    close(fd);
    return r != 0 ? fail("%s is still held after %d s", name, seconds) : 0;
}

int containers_sweep(const char *state)
{
    char *dir;
    struct dirent *e;
    DIR *d;
    int r = 0;

    if (asprintf(&dir, "%s/containers", state) < 0)
        return fail("out of memory");
    d = opendir(dir);
    free(dir);
    if (!d)
        return fail_errno("cannot read the state in %s", state);
    while ((e = readdir(d))) {
        struct container c;

        if (!name_is_valid(e->d_name) || container_init(&c, state, e->d_name) != 0)
            continue;
        if (lock_take_dead(&c, state) == 0) {
            fprintf(stderr, "scratch: sweeping what was left of %s\n", e->d_name);
            if (container_remove(&c) != 0)
                r = -1;
        }
        container_done(&c);
    }
    closedir(d);
    return r;
}
