#include "core/host/holders.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/helper.h"
#include "core/host/holders_scan.h"

// Who keeps the child busy for so long with one process makes it wait for a server.
#define PATIENCE_US 300000

static const char *const kind_names[] = {
#define X(kind, name) [kind] = name,
    HOLDER_KINDS(X)
#undef X
};

const char *holder_kind_name(enum holder_kind kind)
{
    return kind_names[kind];
}

int holder_list_add(struct holder_list *list, const struct holder *holder, struct error *err)
{
    struct holder *grown, copy = *holder;

    if (list->n_holders >= HOLDERS_MAX) {
        list->complete = false;
        return 0;
    }
    copy.path = strdup(holder->path ? holder->path : "");
    copy.container = holder->container ? strdup(holder->container) : NULL;
    // Doubled whenever the number is a power of two: there may be very many.
    grown = list->holders;
    if ((list->n_holders & (list->n_holders - 1)) == 0)
        grown = reallocarray(grown, list->n_holders ? 2 * list->n_holders : 1, sizeof *grown);
    if (grown)
        list->holders = grown;
    if (!grown || !copy.path || !copy.container != !holder->container) {
        free(copy.path);
        free(copy.container);
        return ERROR_OOM(err);
    }
    list->holders[list->n_holders++] = copy;
    return 0;
}

void holder_list_free(struct holder_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->n_holders; i++) {
        free(list->holders[i].path);
        free(list->holders[i].container);
    }
    free(list->holders);
    free(list);
}

static bool send_found(void *context, const struct holder_message *message)
{
    return helper_send(*(int *)context, message, sizeof *message, NULL, 0) == 0;
}

static void __attribute__((noreturn)) run_child(struct holder_scan *scan, int socket)
{
    struct holder_message end = {.is_end = true};

    if (!helper_begin(scan->asker, &socket, 1))
        _exit(1);
    scan->found = send_found;
    scan->context = &socket;
    end.complete = holder_scan_run(scan);
    (void)helper_send(socket, &end, sizeof end, NULL, 0);
    _exit(0);
}

static int start_child(struct holder_scan *scan, pid_t *ret_child, int *ret_socket,
                       struct error *err)
{
    int pair[2], r = 0;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return error_errno(err, errno, "cannot look for holders");
    *ret_child = fork();
    if (*ret_child == 0)
        run_child(scan, pair[1]);
    if (*ret_child < 0)
        r = error_errno(err, errno, "cannot look for holders");
    (void)close(pair[1]);
    if (r < 0)
        (void)close(pair[0]);
    else
        *ret_socket = pair[0];
    return r;
}

// Waits for the next word of the child. 1 there is one, 0 it is stuck or the time is up. One that
// has no processor for so long is not stuck.
static int wait_for_word(const struct holder_scan *scan, pid_t child, int socket,
                         unsigned long long deadline)
{
    for (;;) {
        uint64_t steps = scan->progress->steps;
        unsigned long long now = monotonic_us(), until = now + PATIENCE_US;
        int r = helper_wait(socket, until < deadline ? until : deadline);

        if (r != 0)
            return r;
        if (monotonic_us() >= deadline || (scan->progress->steps == steps && !helper_runs(child)))
            return 0;
    }
}

// Takes what the child finds. 1 it came to the end, 0 it is stuck, died, or the time is up.
static int collect(const struct holder_scan *scan, pid_t child, int socket,
                   unsigned long long deadline, struct holder_list *list, struct error *err)
{
    struct holder_message message;
    int r;

    for (;;) {
        r = wait_for_word(scan, child, socket, deadline);
        if (r <= 0)
            return 0;
        if (helper_receive(socket, &message, sizeof message, NULL, 0) != sizeof message)
            return 0;
        if (message.is_end) {
            list->complete = list->complete && message.complete;
            return 1;
        }
        message.holder.path = message.path;
        r = holder_list_add(list, &message.holder, err);
        if (r < 0)
            return r;
    }
}

static int search(struct holder_scan *scan, uint64_t timeout_ms, struct holder_list *list,
                  struct error *err)
{
    unsigned long long deadline = monotonic_us() + timeout_ms * 1000ULL;

    for (;;) {
        pid_t child = -1;
        int socket = -1, r;

        scan->progress->at = scan->after;
        r = start_child(scan, &child, &socket, err);
        if (r < 0)
            return r;
        r = collect(scan, child, socket, deadline, list, err);
        (void)close(socket);
        (void)helper_end(child, r == 1);
        if (r != 0)
            return r < 0 ? r : 0;
        list->complete = false;
        list->stuck = true;
        // Past the process that it was stuck at.
        if (monotonic_us() >= deadline || scan->progress->at <= scan->after)
            return 0;
        scan->after = scan->progress->at;
    }
}

static int find(struct holder_scan *scan, uint64_t timeout_ms, struct holder_list **ret,
                struct error *err)
{
    _cleanup_holder_list_ struct holder_list *list = calloc(1, sizeof *list);
    int r;

    if (!list)
        return ERROR_OOM(err);
    list->complete = true;
    scan->asker = getpid();
    scan->progress = mmap(NULL, sizeof *scan->progress, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (scan->progress == MAP_FAILED)
        return ERROR_OOM(err);
    r = search(scan, timeout_ms, list, err);
    (void)munmap(scan->progress, sizeof *scan->progress);
    if (r == 0)
        *ret = TAKE_POINTER(list);
    return r;
}

int holders_of_mount(uint64_t ns_inode, const struct mount_ids *mount, dev_t device,
                     struct holder_list **ret, struct error *err)
{
    struct holder_scan scan = {.ns_inode = ns_inode, .mount = *mount, .device = device};

    return find(&scan, HOLDERS_MS, ret, err);
}

int holders_of_subject(const struct held_subject *subject, const struct held_mounts *mounts,
                       uint64_t timeout_ms, struct holder_list **ret, struct error *err)
{
    struct holder_scan scan = {.subject = subject, .held = mounts};

    return find(&scan, timeout_ms, ret, err);
}
