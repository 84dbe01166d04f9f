/*
 * A container that is after what enters it: looks at every process that it can see, as fast as it
 * can, and says what it got of one that is not the container's own program.
 *
 *   prowler OWN…     OWN: the container's own programs, by path
 *
 * Runs until SIGTERM. A line each, once:
 *   leak exe LINK        the program of such a process could be opened
 *   leak write LINK      ... and written to, then or when it had ended
 *   leak fd LINK         a descriptor other than pipes, terminals, files in memory and files of the
 *                        container's own filesystem
 *   leak cwd|root LINK   was readable while its program was not the container's
 *   leak environ         holds the word MARK that the host's environment has
 *   leak power CAPS of NAME   has capabilities that this container cannot have
 *   leak ptrace LINK     could be seized, while its program was not the container's
 * and at the end: `looked ROUNDS, met PROCESSES`.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MARK     "MARK_OF_THE_HOST"
#define SAID_MAX 256
#define HELD_MAX 64
#define MET_MAX  65536

static volatile sig_atomic_t over;
static char **own_programs;
static char said[SAID_MAX][256];
static size_t n_said;
static uint64_t bounding;
static unsigned char met[MET_MAX];
static unsigned long n_met;
static struct {
    int fd;
    char link[200];
} held[HELD_MAX];
static size_t n_held;

static void on_term(int number)
{
    (void)number;
    over = 1;
}

__attribute__((format(printf, 1, 2))) static void leak(const char *format, ...)
{
    char line[256];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (size_t i = 0; i < n_said; i++)
        if (strcmp(said[i], line) == 0)
            return;
    if (n_said < SAID_MAX)
        (void)strcpy(said[n_said++], line);
    (void)printf("leak %s\n", line);
    (void)fflush(stdout);
}

static bool link_of(int proc, const char *name, char *out, size_t size)
{
    ssize_t n = readlinkat(proc, name, out, size - 1);

    out[n > 0 ? n : 0] = '\0';
    return n > 0;
}

static bool is_own(const char *link)
{
    for (char **own = own_programs; *own; own++)
        if (strcmp(*own, link) == 0)
            return true;
    return false;
}

// Whether the process is, by its program, not the container's own: 1; 0 when it is, or nobody can
// tell.
static bool is_stranger(int proc, char *link, size_t size)
{
    return link_of(proc, "exe", link, size) && !is_own(link);
}

static uint64_t set_of(const char *text, const char *name)
{
    const char *line = strstr(text, name);

    return line ? strtoull(line + strlen(name), NULL, 16) : 0;
}

static ssize_t read_file(int proc, const char *name, char *out, size_t size)
{
    int fd = openat(proc, name, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);

    out[n > 0 ? n : 0] = '\0';
    if (fd >= 0)
        (void)close(fd);
    return n;
}

static void look_at_power(int proc)
{
    static char text[8192];
    uint64_t has;

    if (read_file(proc, "status", text, sizeof text) <= 0)
        return;
    has = set_of(text, "\nCapPrm:\t") | set_of(text, "\nCapEff:\t");
    if (has & ~bounding)
        leak("power %llx of %.*s", (unsigned long long)has, (int)strcspn(text, "\n") - 6, text + 6);
}

static void try_to_write(const char *link, int fd)
{
    char path[64], byte;
    int writable;

    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    writable = open(path, O_WRONLY | O_CLOEXEC);
    if (writable < 0)
        return;
    // The byte that is there.
    if (pread(fd, &byte, 1, 0) == 1 && pwrite(writable, &byte, 1, 0) == 1)
        leak("write %s", link);
    (void)close(writable);
}

static void look_at_program(int proc)
{
    int fd = openat(proc, "exe", O_RDONLY | O_CLOEXEC);
    char link[200], path[64];
    ssize_t n;

    if (fd < 0)
        return;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    n = readlink(path, link, sizeof link - 1);
    link[n > 0 ? n : 0] = '\0';
    if (is_own(link)) {
        (void)close(fd);
        return;
    }
    leak("exe %s", link);
    try_to_write(link, fd);
    if (n_held == HELD_MAX) {
        (void)close(fd);
        return;
    }
    held[n_held].fd = fd;
    (void)strcpy(held[n_held++].link, link);
}

// A file of the container's own, as the libraries are that a program made to run in here loads.
static bool is_in_here(int directory, const char *name)
{
    struct stat root, file;

    return stat("/", &root) == 0 && fstatat(directory, name, &file, 0) == 0 &&
           file.st_dev == root.st_dev;
}

static void look_at_descriptors(int proc)
{
    int directory = openat(proc, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = directory < 0 ? NULL : fdopendir(directory);
    const struct dirent *entry;
    char link[200], program[200];

    while (dir && (entry = readdir(dir))) {
        if (!link_of(directory, entry->d_name, link, sizeof link) ||
            strncmp(link, "pipe:", 5) == 0 || strncmp(link, "/dev/pts/", 9) == 0 ||
            strncmp(link, "/memfd:", 7) == 0 || is_in_here(directory, entry->d_name))
            continue;
        if (is_stranger(proc, program, sizeof program))
            leak("fd %s", link);
    }
    if (dir)
        (void)closedir(dir);
    else if (directory >= 0)
        (void)close(directory);
}

static void look_at_places(int proc)
{
    static const char *const names[] = {"cwd", "root"};
    char link[200], program[200];

    for (size_t i = 0; i < 2; i++)
        if (link_of(proc, names[i], link, sizeof link) && strcmp(link, "/") != 0 &&
            is_stranger(proc, program, sizeof program))
            leak("%s %s", names[i], link);
}

static void look_at_environment(int proc)
{
    static char text[65536];
    ssize_t n = read_file(proc, "environ", text, sizeof text);

    if (n > 0 && memmem(text, (size_t)n, MARK, sizeof MARK - 1))
        leak("environ");
}

static void seize(int proc, pid_t pid)
{
    char link[200];
    bool stranger;

    if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
        return;
    stranger = is_stranger(proc, link, sizeof link);
    if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) == 0) {
        (void)waitpid(pid, NULL, __WALL);
        if (stranger && is_stranger(proc, link, sizeof link))
            leak("ptrace %s", link);
    }
    (void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

static void look_at(pid_t pid)
{
    char path[32];
    int proc;

    (void)snprintf(path, sizeof path, "/proc/%d", (int)pid);
    proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (proc < 0)
        return;
    if (pid < MET_MAX && !met[pid]) {
        met[pid] = 1;
        n_met++;
    }
    look_at_power(proc);
    look_at_program(proc);
    look_at_descriptors(proc);
    look_at_places(proc);
    look_at_environment(proc);
    if (getenv("PROWLER_SEIZES"))
        seize(proc, pid);
    (void)close(proc);
}

static void look_around(void)
{
    DIR *dir = opendir("/proc");
    const struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        pid_t pid = (pid_t)atoi(entry->d_name);

        if (pid > 1 && pid != getpid())
            look_at(pid);
    }
    if (dir)
        (void)closedir(dir);
    for (size_t i = 0; i < n_held; i++)
        try_to_write(held[i].link, held[i].fd);
}

int main(int argc, char **argv)
{
    static char text[8192];
    unsigned long rounds = 0;
    int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

    (void)argc;
    own_programs = argv + 1;
    (void)signal(SIGTERM, on_term);
    if (read_file(self, "status", text, sizeof text) <= 0)
        return 1;
    bounding = set_of(text, "\nCapBnd:\t");
    (void)printf("prowling\n");
    (void)fflush(stdout);
    for (; !over; rounds++)
        look_around();
    (void)printf("looked %lu, met %lu\n", rounds, n_met);
    return 0;
}
