// inotify(7) sees names in a directory that exists. So of a path the directory is watched, or else
// the nearest one above it that is there, for the next name on the way; and when the name is that
// of a symbolic link, the same of what it points to.
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "core/runtime/watch_internal.h"

#define LINKS_MAX 8
#define TRIES_MAX 8

#define NAME_EVENTS \
    (IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define DIRECTORY_GONE (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT | IN_Q_OVERFLOW)

struct waited_name {
    int wd;
    char name[NAME_MAX + 1];
};

struct path_watch {
    struct loop *loop;
    void (*appeared)(void *context);
    void *context;
    int inotify; // -1: no path is set
    struct loop_source *source;
    struct waited_name names[LINKS_MAX];
    size_t n_names;
};

static bool is_awaited(const struct path_watch *watch, const struct inotify_event *event)
{
    if (event->mask & DIRECTORY_GONE)
        return true;
    for (size_t i = 0; i < watch->n_names && event->len > 0; i++)
        if (watch->names[i].wd == event->wd && strcmp(watch->names[i].name, event->name) == 0)
            return true;
    return false;
}

static void events_arrived(int fd, unsigned events, void *context)
{
    _Alignas(struct inotify_event) char buffer[4096];
    struct path_watch *watch = context;
    ssize_t n = read(fd, buffer, sizeof buffer);
    bool some = false;

    (void)events;
    for (ssize_t at = 0; at < n && !some;) {
        const struct inotify_event *event = (const void *)(buffer + at);

        at += (ssize_t)(sizeof *event + event->len);
        some = is_awaited(watch, event);
    }
    if (some)
        watch->appeared(watch->context);
}

// Watches for the last name of `path` in its directory. 1 when that directory does not exist,
// -errno.
static int await_name(struct path_watch *watch, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct waited_name *waited = &watch->names[watch->n_names];
    char directory[PATH_MAX];

    if (!slash || strlen(slash + 1) > NAME_MAX || strlen(path) >= sizeof directory)
        return -EINVAL;
    (void)snprintf(directory, sizeof directory, "%.*s", slash > path ? (int)(slash - path) : 1,
                   path);
    waited->wd = inotify_add_watch(watch->inotify, directory, NAME_EVENTS);
    if (waited->wd < 0)
        return errno == ENOENT || errno == ENOTDIR ? 1 : -errno;
    (void)snprintf(waited->name, sizeof waited->name, "%s", slash + 1);
    watch->n_names++;
    return 0;
}

// The nearest directory that is there. 0; 1 when it was that of `path` itself; -errno.
static int await_nearest(struct path_watch *watch, const char *path)
{
    char up[PATH_MAX];
    unsigned tries = 0;
    int r;

    for (;;) {
        bool itself = true;

        if (snprintf(up, sizeof up, "%s", path) >= (int)sizeof up)
            return -ENAMETOOLONG;
        while ((r = await_name(watch, up)) > 0) {
            itself = false;
            *strrchr(up, '/') = '\0'; // "/" itself always exists
        }
        if (r < 0 || itself)
            return r < 0 ? r : 1;
        // Made after it was found missing, and before it was watched for?
        if (access(up, F_OK) < 0 || ++tries == TRIES_MAX)
            return 0;
        watch->n_names--;
    }
}

// What the link `path` points to, in place. False when it is none.
static bool follow(char path[PATH_MAX])
{
    char target[PATH_MAX];
    ssize_t n = readlink(path, target, sizeof target - 1);
    char *slash = strrchr(path, '/');

    if (n <= 0)
        return false;
    target[n] = '\0';
    if (target[0] == '/')
        slash = path;
    else
        slash++;
    if ((size_t)(slash - path) + (size_t)n >= PATH_MAX)
        return false;
    memcpy(slash, target, (size_t)n + 1);
    return true;
}

static void stop(struct path_watch *watch)
{
    loop_source_free(TAKE_POINTER(watch->source));
    cleanup_close(&watch->inotify);
    watch->inotify = -1;
    watch->n_names = 0;
}

int path_watch_set(struct path_watch *watch, const char *path)
{
    char at[PATH_MAX];
    struct error err;
    int r = 1;

    stop(watch);
    if (!path)
        return 0;
    if (snprintf(at, sizeof at, "%s", path) >= (int)sizeof at)
        return -ENAMETOOLONG;
    watch->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch->inotify < 0)
        return -errno;
    while (r > 0 && watch->n_names < LINKS_MAX) {
        r = await_nearest(watch, at);
        if (r > 0 && !follow(at))
            break;
    }
    if (r >= 0)
        r = loop_fd(watch->loop, watch->inotify, LOOP_READ, events_arrived, watch, &watch->source,
                    &err);
    if (r < 0)
        stop(watch);
    return r;
}

int path_watch_new(struct loop *loop, void (*appeared)(void *context), void *context,
                   struct path_watch **ret, struct error *err)
{
    struct path_watch *watch = calloc(1, sizeof *watch);

    if (!watch)
        return ERROR_OOM(err);
    *watch =
        (struct path_watch){.loop = loop, .appeared = appeared, .context = context, .inotify = -1};
    *ret = watch;
    return 0;
}

void path_watch_free(struct path_watch *watch)
{
    if (!watch)
        return;
    stop(watch);
    free(watch);
}
