/*
 * A FUSE file system without libfuse, for tests of servers that may be gone or silent: the host's
 * or a container's own. Static, so that it runs in any image.
 *
 *   fuse MOUNTPOINT [--hang[=REQUEST[:N]]] [--foreground]
 *
 * It holds a file `f` ("fuse\n") and an empty directory `d`. Directories can be made, renamed and
 * removed, nothing else. With --hang it answers INIT, so that the mount stands, and then reads
 * every request and answers none; with REQUEST (lookup, access, read, mkdir, rename or rmdir) it
 * leaves only the N-th and later of that kind unanswered, from the first if no N is given. The
 * kernel asks for access with that --hang alone, and judges by modes without. Prints "ready PID"
 * when it serves. On TERM it closes /dev/fuse, which aborts the connection and wakes every waiting
 * client (ECONNABORTED), then unmounts; so no client stays in D state. Protocol: fuse(4),
 * linux/fuse.h.
 */
#include "fuse.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    bool all;
    uint32_t opcode; /* 0: none */
    unsigned long from;
} hang;

static volatile sig_atomic_t stopped;

static void on_term(int signal)
{
    (void)signal;
    stopped = 1;
}

static int fail(const char *what)
{
    fprintf(stderr, "fuse: %s: %s\n", what, strerror(errno));
    return 1;
}

static bool hangs_at(uint32_t opcode)
{
    static unsigned long seen;

    if (opcode == FUSE_INIT)
        return false;
    return hang.all || (opcode == hang.opcode && ++seen >= hang.from);
}

/* Reads one request and answers it, unless it is to be left hanging. Returns the opcode, 0 if there
 * was nothing to read, -1 when the connection is over. */
static int serve_one(int fd)
{
    static _Alignas(8) char in[BUFFER_SIZE + 1], out[sizeof(struct fuse_out_header) + BUFFER_SIZE];
    const struct fuse_in_header *h = (const void *)in;
    struct fuse_out_header head;
    ssize_t n = read(fd, in, BUFFER_SIZE);

    if (n < 0)
        return errno == EINTR || errno == EAGAIN || errno == ENOENT ? 0 : -1;
    if ((size_t)n < sizeof *h)
        return -1;
    in[n] = '\0';
    if (hangs_at(h->opcode))
        return (int)h->opcode;
    if (h->opcode == FUSE_FORGET || h->opcode == FUSE_BATCH_FORGET || h->opcode == FUSE_INTERRUPT)
        return (int)h->opcode; /* these have no answer */
    n = answer(h, h + 1, out + sizeof head);
    head = (struct fuse_out_header){.unique = h->unique};
    head.error = n < 0 ? (int)n : 0;
    head.len = (uint32_t)(sizeof head + (n < 0 ? 0 : (size_t)n));
    memcpy(out, &head, sizeof head);
    if (write(fd, out, head.len) < 0 && errno != ENOENT) /* ENOENT: the asker was killed */
        return -1;
    return (int)h->opcode;
}

static int serve(int fd, const char *mountpoint, int ready_fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    struct sigaction action = {.sa_handler = on_term};
    sigset_t term, before;
    int opcode = 0;

    /* TERM arrives inside ppoll only, so that it cannot slip in between */
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigaddset(&term, SIGINT);
    sigprocmask(SIG_BLOCK, &term, &before);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    while (!stopped && opcode >= 0) {
        if (ppoll(&p, 1, NULL, &before) <= 0)
            continue;
        opcode = serve_one(fd);
        if (opcode == FUSE_INIT) {
            dprintf(ready_fd, "ready %d\n", (int)getpid());
            if (ready_fd != STDOUT_FILENO)
                close(ready_fd);
        }
    }
    close(fd);
    if (stopped)
        umount2(mountpoint, MNT_DETACH);
    return 0;
}

/* Prints the line that the server in the background sends when it serves. */
static int wait_ready(int fd)
{
    char line[64];
    ssize_t n = read(fd, line, sizeof line);

    if (n <= 0 || write(STDOUT_FILENO, line, (size_t)n) != n) {
        fprintf(stderr, "fuse: the server ended before it was ready\n");
        return 1;
    }
    return 0;
}

static int go_background(int *ret_ready)
{
    int ready[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
    pid_t pid;

    if (null < 0 || pipe2(ready, O_CLOEXEC) != 0)
        return fail("pipe");
    pid = fork();
    if (pid < 0)
        return fail("fork");
    if (pid > 0) {
        close(ready[1]);
        exit(wait_ready(ready[0]));
    }
    setsid();
    close(ready[0]);
    for (int fd = 0; fd <= 2; fd++)
        dup2(null, fd);
    close(null);
    *ret_ready = ready[1];
    return 0;
}

/* --hang[=REQUEST[:N]] */
static bool parse_hang(const char *text)
{
    static const struct {
        const char *name;
        uint32_t opcode;
    } requests[] = {{"lookup", FUSE_LOOKUP}, {"access", FUSE_ACCESS},  {"read", FUSE_READ},
                    {"mkdir", FUSE_MKDIR},   {"rename", FUSE_RENAME2}, {"rmdir", FUSE_RMDIR}};
    size_t n;

    if (strcmp(text, "--hang") == 0) {
        hang.all = true;
        return true;
    }
    if (strncmp(text, "--hang=", 7) != 0)
        return false;
    text += 7;
    n = strcspn(text, ":");
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        if (strncmp(requests[i].name, text, n) == 0 && !requests[i].name[n])
            hang.opcode = requests[i].opcode;
    hang.from = text[n] ? strtoul(text + n + 1, NULL, 10) : 1;
    return hang.opcode && hang.from;
}

int main(int argc, char **argv)
{
    bool foreground = false, known = argc > 1 && argv[1][0] != '-';
    int fd, ready = STDOUT_FILENO;
    const char *judge;
    char options[128], *mountpoint;

    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--foreground") == 0)
            foreground = true;
        else
            known &= parse_hang(argv[i]);
    }
    if (!known) {
        fputs("usage: fuse MOUNTPOINT [--hang[=REQUEST[:N]]] [--foreground]\n", stderr);
        return 2;
    }
    close_range(STDERR_FILENO + 1, ~0u, 0); /* the caller's pipes must not stay open with us */
    mountpoint = realpath(argv[1], NULL);
    if (!mountpoint)
        return fail(argv[1]);
    fd = open("/dev/fuse", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail("/dev/fuse");
    judge = hang.opcode == FUSE_ACCESS ? "" : ",default_permissions";
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other%s", fd,
             judge);
    if (mount("fuse-lab", mountpoint, "fuse", MS_NOSUID | MS_NODEV, options) != 0)
        return fail("mount");
    if (!foreground && go_background(&ready) != 0)
        return 1;
    serve(fd, mountpoint, ready);
    free(mountpoint);
    return 0;
}
