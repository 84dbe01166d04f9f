/*
 * A reader that never rests, for tests of what is swapped below it. Static, so that it runs in any
 * image.
 *
 *   absences PATH
 *
 * Looks at PATH (stat) as fast as it can, after printing "ready PID". On TERM it prints
 *     LOOKS looks, ABSENCES absences
 * where an absence is any look that found nothing or failed.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile sig_atomic_t stopped;

static void on_term(int signal)
{
    (void)signal;
    stopped = 1;
}

int main(int argc, char **argv)
{
    unsigned long long looks = 0, absences = 0;
    struct sigaction action = {.sa_handler = on_term};
    struct stat st;

    if (argc != 2 || sigaction(SIGTERM, &action, NULL) != 0) {
        fputs("usage: absences PATH\n", stderr);
        return 2;
    }
    printf("ready %d\n", (int)getpid());
    fflush(stdout);
    for (; !stopped; looks++)
        absences += stat(argv[1], &st) != 0;
    printf("%llu looks, %llu absences\n", looks, absences);
    return fflush(stdout) != 0;
}
