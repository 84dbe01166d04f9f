/* Says when davit's watches tell something, each in a line with the time of CLOCK_MONOTONIC:
 *
 *   watch [--docker SOCKET] [--init PID]… [--mounts PID|self] [--devices] [--runtime LIST]
 *
 *   watch --now             says what time it is
 *
 *   ready 12.345678         everything is being watched
 *   runtime 12.345678       the list of containers may have changed
 *   mounts, devices, ended  likewise
 *   notice 12.345678 TEXT
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/host/devicewatch.h"
#include "core/host/mountwatch.h"
#include "core/runtime/watch.h"

enum { INITS_MAX = 4096 };

static struct error err;
static struct loop *loop;

static void say(const char *what, const char *text)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    printf("%s %lld.%06ld%s%s\n", what, (long long)now.tv_sec, now.tv_nsec / 1000, text ? " " : "",
           text ? text : "");
    fflush(stdout);
}

static void told(void *context)
{
    say(context, NULL);
}

static void ended(void *context)
{
    (void)context;
    say("ended", NULL);
}

static void noticed(const char *text, void *context)
{
    (void)context;
    say("notice", text);
}

static void must(int r)
{
    if (r == 0)
        return;
    fprintf(stderr, "watch: %s\n", err.message);
    exit(1);
}

static void watch_mounts(const char *whose)
{
    static const struct mount_watch_events events = {told, ended};
    struct process process = PROCESS_INIT;
    struct mount_watch *watch;

    if (strcmp(whose, "self") != 0)
        must(process_open(atoi(whose), &process, &err));
    must(mount_watch_new(loop, process.pid ? &process : NULL, &events, (void *)"mounts", &watch,
                         &err));
    process_done(&process);
}

static struct watched_init init_of(const char *pid)
{
    struct process process = PROCESS_INIT;
    struct watched_init init;

    must(process_open(atoi(pid), &process, &err));
    init = (struct watched_init){process.pid, process.start_time};
    process_done(&process);
    return init;
}

int main(int argc, char **argv)
{
    static const struct option long_options[] = {{"docker", required_argument, NULL, 'd'},
                                                 {"init", required_argument, NULL, 'i'},
                                                 {"mounts", required_argument, NULL, 'm'},
                                                 {"devices", no_argument, NULL, 'b'},
                                                 {"runtime", required_argument, NULL, 'r'},
                                                 {"now", no_argument, NULL, 'n'},
                                                 {NULL, 0, NULL, 0}};
    static const struct runtime_watch_events events = {told, noticed};
    static struct watched_init inits[INITS_MAX];
    struct runtime_options options = {.runtimes = NULL};
    struct runtime_watch *watch;
    struct device_watch *devices;
    size_t n_inits = 0;
    int option;

    must(loop_new(&loop, &err));
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (option == 'd')
            options.docker_endpoint = optarg;
        else if (option == 'r')
            options.runtimes = optarg;
        else if (option == 'i' && n_inits < INITS_MAX)
            inits[n_inits++] = init_of(optarg);
        else if (option == 'm')
            watch_mounts(optarg);
        else if (option == 'b')
            must(device_watch_new(loop, told, (void *)"devices", &devices, &err));
        else
            return option == 'n' ? say("now", NULL), 0 : 2;
    }
    must(runtime_watch_new(loop, &options, &events, (void *)"runtime", &watch, &err));
    must(runtime_watch_inits(watch, inits, n_inits, &err));
    say("ready", NULL);
    while (loop_turn(loop) == 0)
        continue;
    return 0;
}
