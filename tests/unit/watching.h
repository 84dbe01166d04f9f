// What the tests of the runtimes' watch share: one watch, what it tells, and a place to make things
// in, all in a mount namespace of the test's own.
#ifndef DAVIT_TESTS_WATCHING_H
#define DAVIT_TESTS_WATCHING_H

#include <check.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/runtime/watch.h"
#include "temporary.h"
#include "turns.h"

static struct error err;
static struct loop *loop;
static struct runtime_watch *watch;
static char directory[TEMPORARY_SIZE]; // own control groups are mounted in it, or it has a socket
static unsigned changes, notices;
static char notice[1024];
static pid_t child;

static inline void one_change(void *context)
{
    (void)context;
    changes++;
}

static inline void one_notice(const char *text, void *context)
{
    (void)context;
    notices++;
    (void)snprintf(notice, sizeof notice, "%s", text);
}

static inline void watch_begin(const char *runtimes, const char *endpoint)
{
    static const struct runtime_watch_events events = {one_change, one_notice};
    const struct runtime_options options = {.runtimes = runtimes, .docker_endpoint = endpoint};

    ck_assert_int_eq(runtime_watch_new(loop, &options, &events, NULL, &watch, &err), 0);
}

static inline const char *in(const char *where, const char *name)
{
    static char path[1024];

    (void)snprintf(path, sizeof path, "%s/%s", where, name);
    return path;
}

static inline void make(const char *name)
{
    ck_assert_int_eq(mkdir(in(directory, name), 0755), 0);
}

static inline void take_away(const char *name)
{
    ck_assert_int_eq(rmdir(in(directory, name)), 0);
}

// What is below; control groups and what the tests make in a directory.
static inline void empty(const char *path)
{
    char *const find[] = {(char *)"find",
                          (char *)path,
                          (char *)"-mindepth",
                          (char *)"1",
                          (char *)"-depth",
                          (char *)"(",
                          (char *)"-type",
                          (char *)"d",
                          (char *)"-o",
                          (char *)"-type",
                          (char *)"s",
                          (char *)"-o",
                          (char *)"-type",
                          (char *)"l",
                          (char *)")",
                          (char *)"-delete",
                          NULL};
    pid_t pid = fork();

    if (pid == 0) {
        (void)close(STDERR_FILENO);
        (void)execvp(find[0], find);
        _exit(127);
    }
    (void)waitpid(pid, NULL, 0);
}

static inline void hide_groups(void)
{
    ck_assert_int_eq(mount("none", "/sys/fs/cgroup", "tmpfs", 0, NULL), 0);
}

static inline void start_child(void)
{
    child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            (void)pause();
    }
}

static inline void end_child(void)
{
    if (child > 0) {
        ck_assert_int_eq(kill(child, SIGKILL), 0);
        ck_assert_int_eq(waitpid(child, NULL, 0), child);
    }
    child = 0;
}

static inline void watching_begin(void)
{
    temporary_directory(directory);
    ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    ck_assert_int_eq(loop_new(&loop, &err), 0);
}

static inline void watching_end(void)
{
    end_child();
    runtime_watch_free(watch);
    loop_free(loop);
    empty(directory);
    ck_assert_int_eq(rmdir(directory), 0);
}

#endif
