// Measures changes inside a running engine, over its socket.
//
//   bench_engine ROUNDS QUIET CONTAINER SOURCE TARGET FLOOR-TARGET ENGINE [ARGUMENT…]
//
// Starts ENGINE, waits until it lists CONTAINER (the protocol's key), then attaches SOURCE at
// TARGET of it and detaches it, ROUNDS times, each naming the container as it is listed and
// beginning when the engine has said nothing for QUIET ms: what one change leaves to be read is not
// the next one's. Prints one JSON object: attach_us and detach_us, from the request written to its
// result read, steps_us, the sum of what an attach's steps took, and steps, each one's median; and
// of the same with the bare calls at FLOOR-TARGET, once a round (bench_floor.h): floor_us, from
// request to answer, and ratio, the median of the rounds' attach / floor.
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "bench_floor.h"

enum { ROUNDS_MAX = 1000, STEPS_MAX = 32, WARM_UP = 3 };

static struct {
    FILE *wire;
    int next;
    size_t n_steps, at_step;
    char *names[STEPS_MAX];
    unsigned long steps[STEPS_MAX][ROUNDS_MAX], sum;
    size_t round;
    bool counting;
    json_t *listed; // the container as the engine's list has it
} bench;

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)fputs("bench_engine: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static unsigned long now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long)now.tv_sec * 1000000 + (unsigned long)now.tv_nsec / 1000;
}

static pid_t start(char **arguments)
{
    pid_t child;
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        die("no socket");
    child = fork();
    if (child == 0) {
        (void)dup2(pair[1], STDIN_FILENO);
        (void)dup2(pair[1], STDOUT_FILENO);
        (void)execvp(arguments[0], arguments);
        _exit(127);
    }
    (void)close(pair[1]);
    bench.wire = fdopen(pair[0], "r");
    return child;
}

static void note_step(const json_t *step)
{
    size_t i = bench.at_step++;

    if (!bench.counting || i >= STEPS_MAX || bench.round >= ROUNDS_MAX)
        return;
    if (i >= bench.n_steps) {
        bench.names[i] = strdup(json_string_value(json_object_get(step, "text")));
        bench.n_steps = i + 1;
    }
    bench.steps[i][bench.round] =
        (unsigned long)json_integer_value(json_object_get(step, "took_us"));
    bench.sum += bench.steps[i][bench.round];
}

// Sends a request and reads until its answer; what comes between is looked at for steps.
static unsigned long ask(const char *method, json_t *params, json_t **ret)
{
    json_t *request = json_pack("{s:s, s:i, s:s, s:o}", "jsonrpc", "2.0", "id", ++bench.next,
                                "method", method, "params", params);
    char *text = json_dumps(request, JSON_COMPACT), *line = NULL;
    unsigned long since = now_us(), took = 0;
    size_t room = 0;

    bench.at_step = 0;
    if (dprintf(fileno(bench.wire), "%s\n", text) < 0)
        die("the engine does not read");
    while (took == 0) {
        json_t *message;
        unsigned long at;

        if (getline(&line, &room, bench.wire) < 0)
            die("the engine has ended");
        at = now_us();
        message = json_loads(line, 0, NULL);
        if (json_integer_value(json_object_get(message, "id")) == bench.next) {
            took = at - since;
            if (json_object_get(message, "error"))
                die("%s: %s", method, line);
            if (ret)
                *ret = json_incref(json_object_get(message, "result"));
        } else if (json_object_get(json_object_get(message, "params"), "step")) {
            note_step(json_object_get(json_object_get(message, "params"), "step"));
        }
        json_decref(message);
    }
    free(line);
    free(text);
    json_decref(request);
    return took;
}

// Reads until the container is listed with a process.
static void await_listed(const char *key)
{
    char *line = NULL;
    size_t room = 0;

    while (!bench.listed && getline(&line, &room, bench.wire) >= 0) {
        json_t *message = json_loads(line, 0, NULL), *container;
        size_t i;

        json_array_foreach (json_object_get(json_object_get(message, "params"), "set"), i,
                            container)
            if (strcmp(json_string_value(json_object_get(container, "key")), key) == 0 &&
                json_is_integer(json_object_get(container, "pid")))
                bench.listed = json_incref(container);
        json_decref(message);
    }
    free(line);
    if (!bench.listed)
        die("the engine has ended before it listed %s", key);
}

// Reads what is told until nothing has been for that long.
static void rest(int quiet_ms)
{
    struct pollfd one = {.fd = fileno(bench.wire), .events = POLLIN};
    char bytes[65536];

    while (quiet_ms > 0 && poll(&one, 1, quiet_ms) > 0)
        if (read(one.fd, bytes, sizeof bytes) <= 0)
            die("the engine has ended");
}

static unsigned long change(const char *operation, const char *container, const char *source,
                            const char *target)
{
    json_t *result = NULL;
    json_t *params =
        json_pack("{s:s, s:[{s:s, s:s, s:O, s:O}]}", "operation", operation, "targets", "container",
                  container, "target", target, "pid", json_object_get(bench.listed, "pid"),
                  "start_time", json_object_get(bench.listed, "start_time"));
    unsigned long took;

    if (source) {
        (void)json_object_set_new(params, "source", json_string(source));
        (void)json_object_set_new(params, "options", json_pack("[s]", "ro"));
    }
    took = ask("run", params, &result);
    if (!json_is_true(json_object_get(json_array_get(json_object_get(result, "results"), 0), "ok")))
        die("%s: %s", operation, json_dumps(result, 0));
    json_decref(result);
    return took;
}

static int compare(const void *a, const void *b)
{
    unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;

    return x < y ? -1 : x > y;
}

static unsigned long median(unsigned long *all, size_t n)
{
    qsort(all, n, sizeof *all, compare);
    return n ? all[n / 2] : 0;
}

int main(int argc, char **argv)
{
    static unsigned long attach[ROUNDS_MAX], detach[ROUNDS_MAX], sums[ROUNDS_MAX];
    static unsigned long bare[ROUNDS_MAX], percent[ROUNDS_MAX];
    size_t rounds = argc > 7 ? strtoul(argv[1], NULL, 10) : 0;
    int quiet_ms = argc > 7 ? atoi(argv[2]) : 0;
    struct floor_times times;
    struct floor *floor;
    pid_t engine;
    json_t *steps = json_array();
    char *text;

    if (rounds == 0 || rounds > ROUNDS_MAX)
        die("see the source");
    engine = start(argv + 7);
    (void)ask("hello", json_pack("{s:i}", "protocol", 1), NULL);
    (void)ask("watch", json_pack("{s:b, s:b}", "containers", 1, "journal", 1), NULL);
    await_listed(argv[3]);
    floor = floor_start((pid_t)json_integer_value(json_object_get(bench.listed, "pid")), argv[4],
                        argv[6]);
    if (!floor)
        die("no process");
    for (size_t i = 0; i < rounds + WARM_UP; i++) {
        bench.round = i < WARM_UP ? 0 : i - WARM_UP;
        bench.sum = 0;
        bench.counting = true;
        rest(quiet_ms);
        attach[bench.round] = change("attach", argv[3], argv[4], argv[5]);
        sums[bench.round] = bench.sum;
        bench.counting = false;
        rest(quiet_ms);
        detach[bench.round] = change("detach", argv[3], NULL, argv[5]);
        rest(quiet_ms);
        if (floor_attach(floor, &times) != 0 || floor_detach(floor) != 0)
            die("the bare calls failed");
        bare[bench.round] = times.request;
        percent[bench.round] = 100 * attach[bench.round] / times.request;
    }
    for (size_t i = 0; i < bench.n_steps; i++)
        (void)json_array_append_new(steps,
                                    json_pack("{s:s, s:i}", "text", bench.names[i], "took_us",
                                              (int)median(bench.steps[i], rounds)));
    text = json_dumps(json_pack("{s:i, s:i, s:i, s:i, s:i, s:f, s:o}", "rounds", (int)rounds,
                                "attach_us", (int)median(attach, rounds), "detach_us",
                                (int)median(detach, rounds), "steps_us", (int)median(sums, rounds),
                                "floor_us", (int)median(bare, rounds), "ratio",
                                (double)median(percent, rounds) / 100, "steps", steps),
                      JSON_COMPACT);
    (void)puts(text);
    free(text);
    (void)fclose(bench.wire); // the engine ends
    (void)waitpid(engine, NULL, 0);
    return 0;
}
