/*
 * A FUSE file system without libfuse, for tests of sources whose server may be gone or silent.
 *
 *   fuse MOUNTPOINT [--hang] [--foreground]
 *
 * It holds a file `f` ("fuse\n") and an empty directory `d`, read-only by its answers. With --hang
 * it answers INIT, so that the mount stands, and then reads every request and answers none.
 * Prints "ready PID" when it serves. On TERM it closes /dev/fuse, which aborts the connection and
 * wakes every waiting client (ECONNABORTED), then unmounts; so no client stays in D state.
 * Protocol: fuse(4), linux/fuse.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
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

enum {
    BUFFER_SIZE = 64 << 10, /* FUSE_MIN_READ_BUFFER is 8 KiB */
    MAX_WRITE = 4096,
    CACHE_SECONDS = 1,
};

struct node {
    uint64_t id; /* also the inode number; FUSE_ROOT_ID is 1 */
    const char *name;
    mode_t mode;
    const char *content;
};

static const struct node nodes[] = {
    {FUSE_ROOT_ID, ".", S_IFDIR | 0755, ""},
    {FUSE_ROOT_ID, "..", S_IFDIR | 0755, ""},
    {2, "f", S_IFREG | 0644, "fuse\n"},
    {3, "d", S_IFDIR | 0755, ""},
};
enum { N_NODES = sizeof nodes / sizeof *nodes, FIRST_CHILD = 2 };

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

static const struct node *node_by_id(uint64_t id)
{
    for (size_t i = 0; i < N_NODES; i++)
        if (nodes[i].id == id)
            return &nodes[i];
    return NULL;
}

static struct fuse_attr attr_of(const struct node *n)
{
    return (struct fuse_attr){
        .ino = n->id,
        .size = strlen(n->content),
        .blocks = 1,
        .mode = n->mode,
        .nlink = S_ISDIR(n->mode) ? 2 : 1,
        .blksize = 4096,
    };
}

/* The answer functions fill `out` and return its length, or -errno. */

static ssize_t answer_init(const void *in, void *out)
{
    const struct fuse_init_in *ask = in;
    struct fuse_init_out answer = {
        .major = FUSE_KERNEL_VERSION,
        .minor = ask->minor < FUSE_KERNEL_MINOR_VERSION ? ask->minor : FUSE_KERNEL_MINOR_VERSION,
        .max_readahead = ask->max_readahead,
        .max_write = MAX_WRITE};

    memcpy(out, &answer, sizeof answer);
    return sizeof answer;
}

static ssize_t answer_getattr(const struct node *n, void *out)
{
    struct fuse_attr_out answer = {.attr_valid = CACHE_SECONDS, .attr = attr_of(n)};

    memcpy(out, &answer, sizeof answer);
    return sizeof answer;
}

static ssize_t answer_lookup(const struct node *parent, const char *name, void *out)
{
    for (size_t i = FIRST_CHILD; parent->id == FUSE_ROOT_ID && i < N_NODES; i++) {
        struct fuse_entry_out answer = {
            .nodeid = nodes[i].id,
            .entry_valid = CACHE_SECONDS,
            .attr_valid = CACHE_SECONDS,
            .attr = attr_of(&nodes[i]),
        };

        if (strcmp(nodes[i].name, name) != 0)
            continue;
        memcpy(out, &answer, sizeof answer);
        return sizeof answer;
    }
    return -ENOENT;
}

static ssize_t answer_open(const void *in, void *out)
{
    const struct fuse_open_in *ask = in;
    struct fuse_open_out answer = {0};

    if ((ask->flags & O_ACCMODE) != O_RDONLY)
        return -EROFS;
    memcpy(out, &answer, sizeof answer);
    return sizeof answer;
}

static ssize_t answer_read(const struct node *n, const void *in, char *out)
{
    const struct fuse_read_in *ask = in;
    size_t size = strlen(n->content), left;

    if (ask->offset >= size)
        return 0;
    left = size - (size_t)ask->offset;
    if (left > ask->size)
        left = ask->size;
    memcpy(out, n->content + ask->offset, left);
    return (ssize_t)left;
}

static ssize_t answer_readdir(const struct node *n, const void *in, char *out)
{
    const struct fuse_read_in *ask = in;
    size_t have = n->id == FUSE_ROOT_ID ? N_NODES : FIRST_CHILD, at = 0;

    for (size_t i = (size_t)ask->offset; i < have; i++) {
        struct fuse_dirent entry = {.ino = nodes[i].id,
                                    .off = i + 1,
                                    .namelen = (uint32_t)strlen(nodes[i].name),
                                    .type = nodes[i].mode >> 12};
        size_t size = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + entry.namelen);

        if (at + size > ask->size || at + size > BUFFER_SIZE)
            break;
        memset(out + at, 0, size);
        memcpy(out + at, &entry, FUSE_NAME_OFFSET);
        memcpy(out + at + FUSE_NAME_OFFSET, nodes[i].name, entry.namelen);
        at += size;
    }
    return (ssize_t)at;
}

static ssize_t answer_statfs(void *out)
{
    struct fuse_statfs_out answer = {
        .st = {.blocks = 1, .files = 3, .bsize = 4096, .frsize = 4096, .namelen = 255}};

    memcpy(out, &answer, sizeof answer);
    return sizeof answer;
}

static ssize_t answer(const struct fuse_in_header *h, const void *in, char *out)
{
    const struct node *n = node_by_id(h->nodeid);

    if (h->opcode == FUSE_INIT)
        return answer_init(in, out);
    if (h->opcode == FUSE_STATFS)
        return answer_statfs(out);
    if (!n)
        return -ENOENT;
    switch (h->opcode) {
    case FUSE_GETATTR:
        return answer_getattr(n, out);
    case FUSE_LOOKUP:
        return answer_lookup(n, in, out);
    case FUSE_OPEN:
    case FUSE_OPENDIR:
        return answer_open(in, out);
    case FUSE_READ:
        return answer_read(n, in, out);
    case FUSE_READDIR:
        return answer_readdir(n, in, out);
    case FUSE_RELEASE:
    case FUSE_RELEASEDIR:
    case FUSE_FLUSH:
    case FUSE_DESTROY:
        return 0;
    case FUSE_SETATTR:
    case FUSE_CREATE:
    case FUSE_MKNOD:
    case FUSE_MKDIR:
    case FUSE_SYMLINK:
    case FUSE_LINK:
    case FUSE_UNLINK:
    case FUSE_RMDIR:
    case FUSE_RENAME:
    case FUSE_RENAME2:
        return -EROFS;
    default: /* the kernel copes with what a server does not know */
        return -ENOSYS;
    }
}

/* Reads one request and answers it, unless it is to be left hanging. Returns the opcode, 0 if there
 * was nothing to read, -1 when the connection is over. */
static int serve_one(int fd, bool hang)
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
    if (hang && h->opcode != FUSE_INIT)
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

static int serve(int fd, const char *mountpoint, bool hang, int ready_fd)
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
        opcode = serve_one(fd, hang);
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

int main(int argc, char **argv)
{
    bool hang = false, foreground = false, known = argc > 1 && argv[1][0] != '-';
    int fd, ready = STDOUT_FILENO;
    char options[128], *mountpoint;

    for (int i = 2; i < argc; i++) {
        hang |= strcmp(argv[i], "--hang") == 0;
        foreground |= strcmp(argv[i], "--foreground") == 0;
        known &= strcmp(argv[i], "--hang") == 0 || strcmp(argv[i], "--foreground") == 0;
    }
    if (!known) {
        fputs("usage: fuse MOUNTPOINT [--hang] [--foreground]\n", stderr);
        return 2;
    }
    close_range(STDERR_FILENO + 1, ~0u, 0); /* the caller's pipes must not stay open with us */
    mountpoint = realpath(argv[1], NULL);
    if (!mountpoint)
        return fail(argv[1]);
    fd = open("/dev/fuse", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail("/dev/fuse");
    snprintf(options, sizeof options,
             "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions", fd);
    if (mount("fuse-lab", mountpoint, "fuse", MS_NOSUID | MS_NODEV, options) != 0)
        return fail("mount");
    if (!foreground && go_background(&ready) != 0)
        return 1;
    serve(fd, mountpoint, hang, ready);
    free(mountpoint);
    return 0;
}
