#include "core/host/filesystem_usage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/helper.h"
#include "core/host/mountcalls.h"
#include "core/host/mountid.h"
#include "core/host/stuck.h"

#define ASKERS_MAX 32
// With others waiting for a free place, who says nothing for so long is given up.
#define PATIENCE_US 150000

// A child and what it has to ask: order[next] to order[end - 1], answered one by one in that order.
struct asker {
    pid_t child;
    int socket;
    size_t next, end;
    dev_t silent;             // what it asked last and got no answer about, 0: nothing
    unsigned long long heard; // monotonic_us() of its start or last answer
};

// A child that was killed and is not reaped yet.
struct given_up {
    pid_t child;
    dev_t silent;
};

struct answer {
    int result; // 0, or -errno
    uint64_t size, used, available;
};

// One reading: `order` holds indices of filesystems, the first `n_local` for the common child.
struct reading {
    struct filesystem_inventory *inventory;
    size_t *order;
    size_t n, n_local, queued; // order[queued] and later have no child yet
    struct asker askers[ASKERS_MAX];
    size_t n_askers;
    struct given_up *given_up;
    size_t n_given_up;
};

static void cleanup_reading(struct reading *reading)
{
    free(reading->order);
    free(reading->given_up);
}

static uint64_t bytes(uint64_t blocks, uint64_t block_size)
{
    uint64_t product;

    return __builtin_mul_overflow(blocks, block_size, &product) ? UINT64_MAX : product;
}

// In the child. O_PATH: the last component is not automounted, and no device or FIFO is opened.
static void ask_one(const struct mount_entry *mount, struct answer *answer)
{
    _cleanup_close_ int fd = open(mount->target, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct mount_ids ids = {.old = 0};
    struct statvfs st;

    *answer = (struct answer){0};
    if (fd < 0)
        answer->result = -errno;
    else if (mount_ids_of_descriptor(fd, &ids) < 0 || ids.old != mount->id)
        answer->result = -ESTALE; // the table has changed since
    else if (fstatvfs(fd, &st) < 0)
        answer->result = -errno;
    if (answer->result < 0)
        return;
    answer->size = bytes(st.f_blocks, st.f_frsize);
    answer->used = bytes(st.f_blocks > st.f_bfree ? st.f_blocks - st.f_bfree : 0, st.f_frsize);
    answer->available = bytes(st.f_bavail, st.f_frsize);
}

static void __attribute__((noreturn))
run_child(const struct reading *reading, int socket, pid_t parent, size_t first, size_t end)
{
    if (!helper_begin(parent, &socket, 1))
        _exit(1);
    for (size_t i = first; i < end; i++) {
        const struct filesystem *fs = &reading->inventory->filesystems[reading->order[i]];
        struct answer answer;

        ask_one(fs->mount, &answer);
        if (helper_send(socket, &answer, sizeof answer, NULL, 0) < 0)
            _exit(1);
    }
    _exit(0);
}

static int start_asker(struct reading *reading, size_t first, size_t end, struct error *err)
{
    struct asker *asker = &reading->askers[reading->n_askers];
    pid_t parent = getpid();
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return error_errno(err, errno, "cannot ask how full filesystems are");
    *asker = (struct asker){
        .child = fork(), .socket = pair[0], .next = first, .end = end, .heard = monotonic_us()};
    if (asker->child == 0)
        run_child(reading, pair[1], parent, first, end);
    (void)close(pair[1]);
    if (asker->child < 0) {
        (void)close(pair[0]);
        return error_errno(err, errno, "cannot ask how full filesystems are");
    }
    reading->n_askers++;
    return 0;
}

static struct filesystem *asked(const struct reading *reading, size_t position)
{
    return &reading->inventory->filesystems[reading->order[position]];
}

// Ends an asker. The child is reaped later, so that one which cannot die holds up nothing. What it
// had still to ask goes to a new child.
static int retire(struct reading *reading, struct asker *asker, struct error *err)
{
    struct asker old = *asker;

    (void)close(old.socket);
    (void)kill(old.child, SIGKILL);
    reading->given_up[reading->n_given_up++] = (struct given_up){old.child, old.silent};
    *asker = reading->askers[--reading->n_askers];
    return old.next < old.end ? start_asker(reading, old.next, old.end, err) : 0;
}

// Takes one message. False when it was none: the child has died.
static bool hear(struct reading *reading, struct asker *asker)
{
    struct filesystem *fs = asked(reading, asker->next);
    struct answer answer;

    if (helper_receive(asker->socket, &answer, sizeof answer, NULL, 0) != sizeof answer)
        return false;
    fs->size = answer.size;
    fs->used = answer.used;
    fs->available = answer.available;
    fs->usage_at = time(NULL);
    fs->usage_state = USAGE_READ;
    if (answer.result < 0) // -ESTALE: the table is older than what is mounted there now
        fs->usage_state = answer.result == -ESTALE ? USAGE_UNREAD : USAGE_FAILED;
    asker->next++;
    asker->heard = monotonic_us();
    return true;
}

static void set_silent(struct reading *reading, struct asker *asker)
{
    struct filesystem *fs = asked(reading, asker->next);

    fs->usage_state = USAGE_NOT_ANSWERING;
    asker->silent = fs->mount->device;
}

static bool work_waits(const struct reading *reading, const struct asker *asker)
{
    return reading->queued < reading->n || asker->next + 1 < asker->end;
}

// One that has no processor for so long is none that waits for a server.
static bool is_overdue(struct asker *asker)
{
    unsigned long long now = monotonic_us();

    if (now - asker->heard < PATIENCE_US)
        return false;
    if (!helper_runs(asker->child))
        return true;
    asker->heard = now;
    return false;
}

// Looks after one asker: `readable` says that it has spoken or died.
static int serve(struct reading *reading, struct asker *asker, bool readable, struct error *err)
{
    if (readable && hear(reading, asker))
        return asker->next < asker->end ? 0 : retire(reading, asker, err);
    if (readable)
        asked(reading, asker->next)->usage_state = USAGE_FAILED;
    else if (!work_waits(reading, asker) || !is_overdue(asker))
        return 0;
    else
        set_silent(reading, asker);
    asker->next++;
    return retire(reading, asker, err);
}

static int fill_places(struct reading *reading, struct error *err)
{
    int r = 0;

    while (r == 0 && reading->n_askers < ASKERS_MAX && reading->queued < reading->n) {
        size_t first = reading->queued;
        size_t end = first < reading->n_local ? reading->n_local : first + 1;

        r = start_asker(reading, first, end, err);
        reading->queued = end;
    }
    return r;
}

// Milliseconds until somebody's time is up.
static int wait_time(const struct reading *reading, unsigned long long now,
                     unsigned long long deadline)
{
    unsigned long long until = deadline;

    for (size_t i = 0; i < reading->n_askers; i++) {
        unsigned long long patience = reading->askers[i].heard + PATIENCE_US;

        if (work_waits(reading, &reading->askers[i]) && patience < until)
            until = patience;
    }
    return until > now ? (int)((until - now) / 1000 + 1) : 0;
}

static int ask_all(struct reading *reading, unsigned long long deadline, struct error *err)
{
    unsigned long long now;
    int r = fill_places(reading, err);

    while (r == 0 && reading->n_askers > 0 && (now = monotonic_us()) < deadline) {
        struct pollfd polled[ASKERS_MAX];
        size_t n = reading->n_askers;

        for (size_t i = 0; i < n; i++)
            polled[i] = (struct pollfd){.fd = reading->askers[i].socket, .events = POLLIN};
        if (poll(polled, n, wait_time(reading, now, deadline)) < 0 && errno != EINTR)
            return error_errno(err, errno, "cannot wait for the filesystems");
        // From the last to the first: one that retires is replaced by one that was served.
        for (size_t i = n; i-- > 0 && r == 0;)
            r = serve(reading, &reading->askers[i], polled[i].revents != 0, err);
        if (r == 0)
            r = fill_places(reading, err);
    }
    return r;
}

// Kills and reaps. A child in an uninterruptible sleep is left behind: it holds nothing.
static void end_all(struct reading *reading)
{
    unsigned long long deadline = monotonic_us() + 50000;

    while (reading->n_askers > 0) {
        struct asker *asker = &reading->askers[0];

        set_silent(reading, asker);
        asker->end = asker->next;
        (void)retire(reading, asker, &(struct error){.code = ERROR_NONE});
    }
    for (size_t i = 0; i < reading->n_given_up; i++) {
        const struct given_up *one = &reading->given_up[i];
        _cleanup_close_ int pidfd = call_pidfd_open(one->child);
        bool reaped = false;

        if (pidfd < 0 || helper_wait(pidfd, deadline) == 1)
            reaped = waitpid(one->child, NULL, pidfd < 0 ? WNOHANG : 0) == one->child;
        if (!reaped && one->silent)
            stuck_remember(one->silent, one->child);
    }
}

static bool same_device(const struct filesystem *a, const struct filesystem *b)
{
    return a->mount->device == b->mount->device;
}

// Appends to the order the first mount of each device that a path leads to.
static void choose(struct reading *reading, bool may_hang)
{
    struct filesystem_inventory *inventory = reading->inventory;

    for (size_t i = 0; i < inventory->n_filesystems; i++) {
        struct filesystem *fs = &inventory->filesystems[i];
        bool known = filesystem_may_hang(fs->mount->type) != may_hang ||
                     strcmp(fs->mount->type, "autofs") == 0;

        for (size_t k = 0; k < reading->n && !known; k++)
            known = same_device(fs, asked(reading, k));
        if (!known && stuck_waits(fs->mount->device)) {
            fs->usage_state = USAGE_NOT_ANSWERING;
            known = true;
        }
        if (!known && mount_table_at(inventory->table, fs->mount->target, NULL) == fs->mount)
            reading->order[reading->n++] = i;
    }
}

static void share(struct reading *reading)
{
    for (size_t i = 0; i < reading->inventory->n_filesystems; i++) {
        struct filesystem *fs = &reading->inventory->filesystems[i];

        for (size_t k = 0; k < reading->n && fs->usage_state == USAGE_UNREAD; k++) {
            const struct filesystem *other = asked(reading, k);

            if (other == fs || !same_device(fs, other))
                continue;
            fs->usage_state = other->usage_state;
            fs->size = other->size;
            fs->used = other->used;
            fs->available = other->available;
            fs->usage_at = other->usage_at;
        }
    }
}

int filesystem_usage_read(struct filesystem_inventory *inventory, uint64_t timeout_ms,
                          struct error *err)
{
    CLEANUP(cleanup_reading) struct reading reading = {.inventory = inventory};
    size_t n = inventory->n_filesystems + 1;
    int r;

    reading.order = calloc(n, sizeof *reading.order);
    reading.given_up = calloc(n, sizeof *reading.given_up);
    if (!reading.order || !reading.given_up)
        return ERROR_OOM(err);
    choose(&reading, false);
    reading.n_local = reading.n;
    choose(&reading, true);
    r = ask_all(&reading, monotonic_us() + timeout_ms * 1000, err);
    end_all(&reading);
    share(&reading);
    return r;
}
