// Measures the console on a terminal of its own, and its engine, from without.
//
//   bench_console [-k KEYS] [-i SECONDS] FRAME ROWS COMMAND [ARGUMENT…]
//
// FRAME is a text of the first frame, ROWS one of what it shows when it knows it. Then KEYS cursor
// keys, down and up in turn and faster than the selection rests, then SECONDS of nothing. Prints
// one JSON object: first_us, rows_us (since the start), key_us (until its first byte comes),
// key_bytes, as medians, idle_bytes, idle_runs (how often a processor was given to console, engine
// and the engine's children: who was given none has made no system call), pss_kib of these three.
#include "pty.h"

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT_S = 60, KEYS_MAX = 1000, CHILDREN_MAX = 16, KEY_REST_MS = 50 };
enum { CONSOLE, ENGINE, HELPERS, WHO_COUNT };

struct count {
    unsigned long runs, pss_kib;
};

void die(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)fputs("bench_console: ", stderr);
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

static unsigned long until(struct lab *lab, unsigned long since, const char *text)
{
    while (!lab->bytes || !memmem(lab->bytes, lab->used, text, strlen(text))) {
        if (lab->ended || now_us() - since > LIMIT_S * 1000000UL)
            die("\"%s\" never came; the last of %zu bytes:\n%.*s", text, lab->used,
                (int)(lab->used < 4000 ? lab->used : 4000),
                lab->bytes + (lab->used < 4000 ? 0 : lab->used - 4000));
        job_turn(lab);
    }
    return now_us() - since;
}

static void settle(struct lab *lab, unsigned long ms)
{
    unsigned long since = now_us();
    size_t used = lab->used;

    while (now_us() - since < ms * 1000) {
        job_turn(lab);
        if (lab->used != used)
            since = now_us();
        used = lab->used;
    }
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

static void press(struct lab *lab, size_t n)
{
    static unsigned long took[KEYS_MAX], bytes[KEYS_MAX];

    for (size_t i = 0; i < n; i++) {
        struct pollfd master = {.fd = lab->master, .events = POLLIN};
        size_t used = lab->used;
        unsigned long since = now_us();

        if (write(lab->master, i % 2 ? "k" : "j", 1) != 1 || poll(&master, 1, 5000) != 1)
            die("no answer to a key");
        took[i] = now_us() - since;
        while (now_us() - since < KEY_REST_MS * 1000)
            job_turn(lab);
        bytes[i] = lab->used - used;
    }
    (void)printf(", \"key_us\": %lu, \"key_bytes\": %lu, \"keys\": %zu", median(took, n),
                 median(bytes, n), n);
}

// --- the processes -------------------------------------------------------------------------------

static size_t children(pid_t pid, pid_t all[CHILDREN_MAX])
{
    char path[64];
    size_t n = 0;
    FILE *file;

    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    file = fopen(path, "re");
    while (file && n < CHILDREN_MAX && fscanf(file, "%d", &all[n]) == 1)
        n++;
    if (file)
        (void)fclose(file);
    return n;
}

static void add(pid_t pid, struct count *count)
{
    char path[64], line[256];
    unsigned long number;
    FILE *file;

    (void)snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
    file = fopen(path, "re");
    if (!file || fscanf(file, "%*u %*u %lu", &number) != 1)
        die("cannot read %s", path);
    count->runs += number;
    (void)fclose(file);
    (void)snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "Pss: %lu kB", &number) == 1)
            count->pss_kib += number;
    if (file)
        (void)fclose(file);
}

static void look(const struct lab *lab, struct count counts[WHO_COUNT])
{
    pid_t engines[CHILDREN_MAX], helpers[CHILDREN_MAX];

    memset(counts, 0, sizeof *counts * WHO_COUNT);
    add(lab->command, &counts[CONSOLE]);
    if (children(lab->command, engines) != 1)
        die("the console should have one child, the engine");
    add(engines[0], &counts[ENGINE]);
    for (size_t i = children(engines[0], helpers); i > 0; i--)
        add(helpers[i - 1], &counts[HELPERS]);
}

static void idle(struct lab *lab, unsigned long seconds)
{
    struct count before[WHO_COUNT], after[WHO_COUNT];
    unsigned long since;
    size_t used;

    settle(lab, 2000);
    look(lab, before);
    used = lab->used;
    for (since = now_us(); now_us() - since < seconds * 1000000;)
        job_turn(lab);
    look(lab, after);
    (void)printf(", \"idle_s\": %lu, \"idle_bytes\": %zu, \"idle_runs\": [%lu, %lu, %lu]", seconds,
                 lab->used - used, after[CONSOLE].runs - before[CONSOLE].runs,
                 after[ENGINE].runs - before[ENGINE].runs,
                 after[HELPERS].runs - before[HELPERS].runs);
    (void)printf(", \"pss_kib\": [%lu, %lu, %lu]", after[CONSOLE].pss_kib, after[ENGINE].pss_kib,
                 after[HELPERS].pss_kib);
}

int main(int argc, char **argv)
{
    struct lab lab = {.size = {.ws_row = 24, .ws_col = 80}};
    unsigned long keys = 0, seconds = 0, began = now_us();
    int option;

    while ((option = getopt(argc, argv, "+k:i:")) != -1) {
        if (option == 'k')
            keys = strtoul(optarg, NULL, 10);
        else if (option == 'i')
            seconds = strtoul(optarg, NULL, 10);
        else
            die("see the source");
    }
    if (argc - optind < 3 || keys > KEYS_MAX)
        die("see the source");
    job_begin(&lab, argv + optind + 2);
    (void)printf("{\"first_us\": %lu", until(&lab, began, argv[optind]));
    (void)printf(", \"rows_us\": %lu", until(&lab, began, argv[optind + 1]));
    settle(&lab, 300);
    if (keys > 0)
        press(&lab, keys);
    if (seconds > 0)
        idle(&lab, seconds);
    (void)printf("}\n");
    if (write(lab.master, "q", 1) != 1)
        die("it takes no key");
    for (began = now_us(); !lab.ended && now_us() - began < 10000000;)
        job_turn(&lab);
    job_end(&lab);
    free(lab.bytes);
    return 0;
}
