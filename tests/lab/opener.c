/*
 * Keeps a file or directory busy until TERM. Static, so that it runs in any image.
 *
 *   opener PATH [--fd|--cwd|--map|--write]
 *
 * --fd (the default) holds it open for reading, --cwd works in it, --map maps it and holds no
 * descriptor, --write holds it open for writing. Prints "ready".
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int map(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    void *p;

    if (fd < 0 || fstat(fd, &st) != 0)
        return -1;
    p = mmap(NULL, st.st_size > 0 ? (size_t)st.st_size : 1, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    return p == MAP_FAILED ? -1 : 0;
}

static int hold(const char *path, const char *how)
{
    if (strcmp(how, "--fd") == 0)
        return open(path, O_RDONLY);
    if (strcmp(how, "--cwd") == 0)
        return chdir(path);
    if (strcmp(how, "--map") == 0)
        return map(path);
    if (strcmp(how, "--write") == 0)
        return open(path, O_WRONLY);
    errno = 0;
    return -1;
}

int main(int argc, char **argv)
{
    sigset_t end;
    int signal;

    if (argc < 2 || argc > 3) {
        fputs("usage: opener PATH [--fd|--cwd|--map|--write]\n", stderr);
        return 2;
    }
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    sigaddset(&end, SIGINT);
    sigprocmask(SIG_BLOCK, &end, NULL);
    if (hold(argv[1], argc > 2 ? argv[2] : "--fd") < 0) {
        fprintf(stderr, "opener: %s %s: %s\n", argv[1], argc > 2 ? argv[2] : "",
                errno ? strerror(errno) : "unknown option");
        return 1;
    }
    puts("ready");
    fflush(stdout);
    sigwait(&end, &signal);
    return 0;
}
