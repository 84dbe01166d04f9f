// Measures an attach inside a running engine: what a worker does from the moment it is woken up to
// the mount verified, without the wire, and in turn with it the least that it can cost.
//
//   bench_attach ROUNDS QUIET STATE-DIR PID SOURCE TARGET FLOOR-TARGET
//
// Each round starts a process as the engine does (a fork that warms up and sleeps until there is
// something to do), lets it sleep for QUIET ms and has it attach SOURCE at TARGET in the container
// of PID; then the same with the bare calls at FLOOR-TARGET (bench_floor.h). Prints one JSON object
// of medians in microseconds: verified_us, up to the look from inside and the try of access;
// done_us, up to the line in the journal; floor_us; mover_us, of that, the way to the mover and
// back; ratio, the median of the rounds' verified / floor; and steps, each one's median.
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_floor.h"
#include "core/base/helper.h"
#include "core/engine/engine.h"

enum { ROUNDS_MAX = 1000, STEPS_MAX = 32, WARM_UP = 3, TEXT_SIZE = 96 };

struct round {
    unsigned long started, verified, done;
    unsigned long faults;
    unsigned n_steps;
    unsigned long steps[STEPS_MAX];
    char texts[STEPS_MAX][TEXT_SIZE];
    char failed[1024];
};

static struct {
    struct engine_options options;
    struct container *container;
    struct target_request target;
    const char *source;
    struct round *shared; // with the child
} bench;

static void __attribute__((noreturn)) die(const char *what)
{
    (void)fprintf(stderr, "bench_attach: %s\n", what);
    exit(1);
}

static void on_step(const struct result *result, const struct plan_step *step, void *context)
{
    struct round *round = context;

    (void)result;
    if (step->action == ACTION_CHECK_ACCESS)
        round->verified = (unsigned long)monotonic_us() - round->started;
    if (round->n_steps == STEPS_MAX)
        return;
    round->steps[round->n_steps] = (unsigned long)step->took_us;
    (void)snprintf(round->texts[round->n_steps++], TEXT_SIZE, "%s", step->text);
}

static unsigned long faults_now(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    return (unsigned long)usage.ru_minflt;
}

static void change(struct engine *engine, int attach)
{
    struct attach_request request = {.source = bench.source,
                                     .targets = &bench.target,
                                     .n_targets = 1,
                                     .flags = ATTACH_READ_ONLY};
    struct detach_request undo = {.targets = &bench.target, .n_targets = 1};
    struct report *report = NULL;
    struct round *round = bench.shared;
    struct error err = {.code = ERROR_NONE};
    unsigned long faults = faults_now();
    int r;

    round->started = (unsigned long)monotonic_us();
    r = attach ? engine_attach(engine, &request, false, &report, &err)
               : engine_detach(engine, &undo, false, &report, &err);
    round->done = (unsigned long)monotonic_us() - round->started;
    round->faults = faults_now() - faults;
    if (r < 0 || !report->results[0]->ok)
        (void)snprintf(round->failed, sizeof round->failed, "%s",
                       r < 0 ? err.message : report->results[0]->error.message);
}

// As a worker that waits for a change: core/wire/worker.c.
static void in_worker(int attach, int quiet_ms)
{
    int pair[2];
    char go = 1;
    pid_t child;

    *bench.shared = (struct round){.started = 0};
    if (pipe2(pair, O_CLOEXEC) < 0 || (child = fork()) < 0)
        die("no process");
    if (child == 0) {
        struct engine *engine;
        struct error err;

        bench.options.on_step = on_step;
        bench.options.context = bench.shared;
        if (engine_open(&bench.options, &engine, &err) < 0)
            _exit(1);
        engine_warm_up(engine);
        if (read(pair[0], &go, 1) != 1)
            _exit(1);
        change(engine, attach);
        engine_close(engine);
        _exit(0);
    }
    (void)poll(NULL, 0, quiet_ms);
    if (write(pair[1], &go, 1) != 1)
        die("the worker has ended");
    (void)close(pair[0]);
    (void)close(pair[1]);
    (void)waitpid(child, NULL, 0);
    if (bench.shared->failed[0])
        die(bench.shared->failed);
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static double median(double *all, size_t n)
{
    qsort(all, n, sizeof *all, compare);
    return all[n / 2];
}

static void print(const char *name, double *all, size_t n)
{
    printf("\"%s\":%.0f,", name, median(all, n));
}

static void measure(struct floor *floor, size_t rounds, int quiet_ms)
{
    static double verified[ROUNDS_MAX], done[ROUNDS_MAX], bare[ROUNDS_MAX], mover[ROUNDS_MAX];
    static double ratio[ROUNDS_MAX], steps[STEPS_MAX][ROUNDS_MAX], faults[ROUNDS_MAX];
    struct round last = {.n_steps = 0};

    for (size_t n = 0; n < rounds + WARM_UP; n++) {
        size_t i = n < WARM_UP ? 0 : n - WARM_UP;
        struct floor_times times;

        in_worker(1, quiet_ms);
        last = *bench.shared;
        in_worker(0, 0);
        (void)poll(NULL, 0, quiet_ms);
        if (floor_attach(floor, &times) != 0 || floor_detach(floor) != 0)
            die("the bare calls failed");
        verified[i] = (double)last.verified;
        done[i] = (double)last.done;
        faults[i] = (double)last.faults;
        bare[i] = (double)times.inside;
        mover[i] = (double)times.mover;
        ratio[i] = verified[i] / bare[i];
        for (size_t s = 0; s < last.n_steps; s++)
            steps[s][i] = (double)last.steps[s];
    }
    printf("{\"rounds\":%zu,", rounds);
    print("verified_us", verified, rounds);
    print("done_us", done, rounds);
    print("faults", faults, rounds);
    print("floor_us", bare, rounds);
    print("mover_us", mover, rounds);
    printf("\"ratio\":%.2f,\"steps\":[", median(ratio, rounds));
    for (size_t s = 0; s < last.n_steps; s++)
        printf("%s{\"text\":\"%s\",\"took_us\":%.0f}", s ? "," : "", last.texts[s],
               median(steps[s], rounds));
    puts("]}");
}

int main(int argc, char **argv)
{
    size_t rounds = argc == 8 ? strtoul(argv[1], NULL, 10) : 0;
    char selector[32];
    struct floor *floor;
    struct error err;

    if (rounds == 0 || rounds > ROUNDS_MAX)
        die("see the source");
    bench.options.state_dir = argv[3];
    bench.source = argv[5];
    bench.shared =
        mmap(NULL, sizeof *bench.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    (void)snprintf(selector, sizeof selector, "pid:%s", argv[4]);
    if (bench.shared == MAP_FAILED || // NOLINT: the cast is the header's
        container_find(&bench.options.runtime, selector, &bench.container, &err) < 0)
        die("no such container");
    bench.container->name_source = NAME_FROM_DAEMON; // as it is in an engine's list
    bench.target =
        (struct target_request){.container = selector, .path = argv[6], .known = bench.container};
    floor = floor_start(bench.container->pid, argv[5], argv[7]);
    if (!floor)
        die("no process");
    measure(floor, rounds, atoi(argv[2]));
    return 0;
}
