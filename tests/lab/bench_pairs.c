/*
 * Two commands timed in turn, whole processes, so that a ratio is of one run.
 *
 *   bench_pairs COUNT SECONDS [BEFORE…] :: A… :: [AFTER…] :: [BEFORE…] :: B… :: [AFTER…]
 *
 * COUNT pairs, or as many as SECONDS allow but at least LEAST; the first WARM are not counted.
 * Which of the two goes first changes from pair to pair. BEFORE and AFTER run around the command
 * next to them, outside of the time measured. Standard output goes nowhere; the first command that
 * does not exit with 0 ends it all with exit 1.
 *
 * Prints one JSON object: n; a and b, each {min, median, max} of the wall clock and user and system
 * medians of the time on a CPU, all in microseconds, and rss, the most resident memory in KiB of
 * the command and of the children that it waited for; ratio and difference, medians over the pairs
 * of a / b and a - b.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST  10000 // pairs
#define LEAST 5
#define WARM  2

extern char **environ;

struct side {
    char **before, **command, **after; // each ends with NULL; an empty one is not run
    double *wall, *user, *system;      // of each pair; microseconds
    long rss;                          // KiB
};

static posix_spawn_file_actions_t quiet;

static double now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double cpu_us(struct timeval time)
{
    return (double)time.tv_sec * 1e6 + (double)time.tv_usec;
}

// posix_spawn is vfork: what this program has in memory costs the command nothing.
static double run(char **command, struct rusage *usage)
{
    double started = now_us(), took;
    int status, error;
    pid_t pid;

    error = posix_spawnp(&pid, command[0], &quiet, NULL, command, environ);
    if (error != 0) {
        fprintf(stderr, "bench_pairs: %s: %s\n", command[0], strerror(error));
        exit(1);
    }
    while (wait4(pid, &status, 0, usage) < 0)
        if (errno != EINTR) {
            perror("bench_pairs: wait4");
            exit(1);
        }
    took = now_us() - started;
    if (status == 0)
        return took;
    fprintf(stderr, "bench_pairs: %s %d:", WIFSIGNALED(status) ? "signal" : "exit",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    for (char **word = command; *word; word++)
        fprintf(stderr, " %s", *word);
    fputc('\n', stderr);
    exit(1);
}

static void run_side(struct side *side, int pair)
{
    struct rusage usage;
    double took;

    if (side->before[0])
        (void)run(side->before, &usage);
    took = run(side->command, &usage);
    if (pair >= 0) {
        side->wall[pair] = took;
        side->user[pair] = cpu_us(usage.ru_utime);
        side->system[pair] = cpu_us(usage.ru_stime);
        if (usage.ru_maxrss > side->rss)
            side->rss = usage.ru_maxrss;
    }
    if (side->after[0])
        (void)run(side->after, &usage);
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

// Sorts them.
static double median(double *values, int n)
{
    qsort(values, (size_t)n, sizeof *values, by_value);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void print_side(const char *name, struct side *side, int n)
{
    double middle = median(side->wall, n);

    printf("\"%s\":{\"min\":%.0f,\"median\":%.0f,\"max\":%.0f,", name, side->wall[0], middle,
           side->wall[n - 1]);
    printf("\"user\":%.0f,\"system\":%.0f,\"rss\":%ld}", median(side->user, n),
           median(side->system, n), side->rss);
}

static double *numbers(int n)
{
    double *values = calloc((size_t)n, sizeof *values);

    if (!values) {
        perror("bench_pairs");
        exit(1);
    }
    return values;
}

static void measure(struct side *a, struct side *b, int count, double seconds)
{
    double *ratios = numbers(count), *differences = numbers(count);
    double until = now_us() + seconds * 1e6;
    int n = 0;

    for (int pair = -WARM; pair < count && (n < LEAST || now_us() < until); pair++) {
        run_side(pair & 1 ? b : a, pair);
        run_side(pair & 1 ? a : b, pair);
        n += pair >= 0;
    }
    for (int i = 0; i < n; i++) {
        ratios[i] = a->wall[i] / b->wall[i];
        differences[i] = a->wall[i] - b->wall[i];
    }
    printf("{\"n\":%d,\"ratio\":%.4f,\"difference\":%.0f,", n, median(ratios, n),
           median(differences, n));
    print_side("a", a, n);
    putchar(',');
    print_side("b", b, n);
    puts("}");
    free(ratios);
    free(differences);
}

// Cuts the words at "::" into exactly n groups.
static bool cut(char **words, char ***groups, int n)
{
    int found = 0;

    groups[found++] = words;
    for (char **word = words; *word; word++) {
        if (strcmp(*word, "::") != 0)
            continue;
        *word = NULL;
        if (found == n)
            return false;
        groups[found++] = word + 1;
    }
    return found == n;
}

static bool side_init(struct side *side, char ***groups, int count)
{
    *side = (struct side){.before = groups[0], .command = groups[1], .after = groups[2]};
    side->wall = numbers(count);
    side->user = numbers(count);
    side->system = numbers(count);
    return side->command[0] != NULL;
}

int main(int argc, char **argv)
{
    int count = argc > 3 ? atoi(argv[1]) : 0;
    double seconds = argc > 3 ? atof(argv[2]) : 0;
    struct side a, b;
    char **groups[6];

    if (count < LEAST || count > MOST || seconds <= 0 || !cut(argv + 3, groups, 6) ||
        !side_init(&a, groups, count) || !side_init(&b, groups + 3, count)) {
        fputs("usage: bench_pairs COUNT SECONDS [BEFORE] :: A :: [AFTER] :: [BEFORE] :: B :: "
              "[AFTER]\n",
              stderr);
        return 2;
    }
    if (posix_spawn_file_actions_init(&quiet) != 0 ||
        posix_spawn_file_actions_addopen(&quiet, STDIN_FILENO, "/dev/null", O_RDONLY, 0) != 0 ||
        posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) != 0) {
        perror("bench_pairs");
        return 1;
    }
    measure(&a, &b, count, seconds);
    return 0;
}
