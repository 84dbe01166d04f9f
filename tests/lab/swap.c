/*
 * The program of a hostile container: exchanges the parts of a path for traps while somebody
 * outside resolves it. Static, so that it runs in any image.
 *
 *   swap DIR COMPONENT...
 *
 * The path is DIR/COMPONENT/COMPONENT/…; missing directories are made. For each component a set of
 * traps is prepared in DIR/.swap, and renameat2(RENAME_EXCHANGE) puts one in its place or the real
 * directory back: a random component each time, so that several are wrong at once, and as fast as
 * it can. Prints "ready", and on TERM puts everything back and prints
 *     swapped N refused M
 * (M: exchanges that the kernel refused, as EBUSY when the component is a mount point).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COMPONENTS_MAX = 16, IN_PLACE = -1 };

enum trap {
    TRAP_LINK,
    TRAP_FILE,
};

static const struct {
    enum trap kind;
    const char *target; /* NULL: the component's own name, a loop */
} traps[] = {
    {TRAP_LINK, "/"},
    {TRAP_LINK, "/proc"},
    {TRAP_LINK, "../../../../../../../.."},
    {TRAP_LINK, "/etc"},
    {TRAP_LINK, "/root"},
    {TRAP_LINK, "/proc/1/root"},
    {TRAP_LINK, "/proc/self/root"},
    {TRAP_LINK, "/proc/self/fd"},
    {TRAP_LINK, "nothing-there"},
    {TRAP_LINK, NULL},
    {TRAP_FILE, NULL},
};
enum { N_TRAPS = sizeof traps / sizeof *traps };

struct component {
    const char *name;
    int parent; /* the real parent directory, wherever its name points by now */
    int trap;   /* index of the trap that stands in its place, or IN_PLACE */
};

static struct component path[COMPONENTS_MAX];
static int store; /* DIR/.swap: file LEVEL-TRAP is that trap, or the real directory */
static uint64_t swapped, refused;
static volatile sig_atomic_t stopped;

static void on_term(int signal)
{
    (void)signal;
    stopped = 1;
}

static int fail(const char *what)
{
    fprintf(stderr, "swap: %s: %s\n", what, strerror(errno));
    return -1;
}

static void trap_name(char name[32], int level, int trap)
{
    snprintf(name, 32, "%d-%d", level, trap);
}

static int prepare_traps(int level)
{
    char name[32];

    for (int t = 0; t < N_TRAPS; t++) {
        const char *target = traps[t].target ? traps[t].target : path[level].name;
        int fd = 0;

        trap_name(name, level, t);
        switch (traps[t].kind) {
        case TRAP_LINK:
            fd = symlinkat(target, store, name);
            break;
        case TRAP_FILE:
            fd = openat(store, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
            if (fd >= 0)
                close(fd);
            break;
        }
        if (fd < 0 && errno != EEXIST)
            return fail(name);
    }
    return 0;
}

static int prepare(const char *dir, char **names, int n)
{
    int parent = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (parent < 0)
        return fail(dir);
    if (mkdirat(parent, ".swap", 0755) != 0 && errno != EEXIST)
        return fail(".swap");
    store = openat(parent, ".swap", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (store < 0)
        return fail(".swap");
    for (int i = 0; i < n; i++) {
        path[i] = (struct component){.name = names[i], .parent = parent, .trap = IN_PLACE};
        if (mkdirat(parent, names[i], 0755) != 0 && errno != EEXIST)
            return fail(names[i]);
        parent = openat(parent, names[i], O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (parent < 0 || prepare_traps(i) != 0)
            return fail(names[i]);
    }
    return 0;
}

/* Exchanging twice restores, so that one function serves both ways. */
static void exchange(int level, int trap)
{
    struct component *c = &path[level];
    char name[32];

    trap_name(name, level, trap);
    if (renameat2(c->parent, c->name, store, name, RENAME_EXCHANGE) != 0) {
        refused++;
        return;
    }
    swapped++;
    c->trap = c->trap == IN_PLACE ? trap : IN_PLACE;
}

static uint32_t next_random(void)
{
    static uint32_t x = 2463534242u; /* xorshift; the same sequence each time */

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return x;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_term};
    int n = argc - 2;

    if (n < 1 || n > COMPONENTS_MAX) {
        fprintf(stderr, "usage: swap DIR COMPONENT... (at most %d)\n", COMPONENTS_MAX);
        return 2;
    }
    if (prepare(argv[1], &argv[2], n) != 0)
        return 1;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    puts("ready");
    fflush(stdout);
    while (!stopped) {
        int level = (int)(next_random() % (uint32_t)n);

        exchange(level,
                 path[level].trap == IN_PLACE ? (int)(next_random() % N_TRAPS) : path[level].trap);
    }
    for (int i = 0; i < n; i++)
        if (path[i].trap != IN_PLACE)
            exchange(i, path[i].trap);
    printf("swapped %llu refused %llu\n", (unsigned long long)swapped, (unsigned long long)refused);
    return 0;
}
