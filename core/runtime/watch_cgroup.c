// The births: inotify(7) on every directory of a hierarchy of control groups, for a directory may
// become the parent of a container at any time. mkdir(2) and rmdir(2) are told of both versions; of
// version 2 also a change of cgroup.events, by which a group tells that its first process came, its
// last one ended, or it was frozen or thawed. Only an inode that is held has such news, so that
// file is watched itself.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/runtime/watch_internal.h"

// A container to which a part of the tree belongs can make as many as it likes. Those nearer to the
// root come first, and of a directory that is not watched only the ones within are missed. Of the
// watches that root may have at all, most are left to others.
#define GROUPS_MAX      16384
#define WATCHES_SHARE   8 // one in so many; version 2 takes two for each group
#define PATH_LIMIT      4096
#define WATCHED_AT_ONCE 128 // in one turn of the loop: a few milliseconds

#define GROUP_EVENTS                                                                     \
    (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR | IN_DONT_FOLLOW | \
     IN_EXCL_UNLINK)

struct group {
    int wd; // of inotify
    bool version2;
    struct group *next; // in the queue
    char *path;
};

struct cgroup_watch {
    struct runtime_watch *watch;
    struct loop *loop;
    int inotify; // -1: there is nothing to watch
    struct loop_source *source;
    void *groups;                     // those that are watched: a tree of tsearch(3) by wd
    struct group *queue, **queue_end; // those that are to be watched
    struct loop_source *more;         // runs while the queue is not empty
    size_t n_groups;                  // of both
    size_t most;                      // GROUPS_MAX, or what the kernel's limit leaves
};

static int by_wd(const void *a, const void *b)
{
    const struct group *x = a, *y = b;

    return (x->wd > y->wd) - (x->wd < y->wd);
}

static struct group *group_of_watch(const struct cgroup_watch *cgroups, int wd)
{
    const struct group key = {.wd = wd};
    struct group *const *found = tfind(&key, &cgroups->groups, by_wd);

    return found ? *found : NULL;
}

static void group_free(void *pointer)
{
    struct group *group = pointer;

    free(group->path);
    free(group);
}

static void group_remove(struct cgroup_watch *cgroups, struct group *group)
{
    (void)tdelete(group, &cgroups->groups, by_wd);
    cgroups->n_groups--;
    group_free(group);
}

static void cut(struct cgroup_watch *cgroups, int sys_errno)
{
    const char *why = sys_errno == ENOSPC  ? "raise /proc/sys/fs/inotify/max_user_watches"
                      : sys_errno == E2BIG ? "that is the limit"
                                           : strerror(sys_errno);

    watch_notice(
        cgroups->watch, WATCH_CGROUPS_CUT,
        "containers that no daemon tells of may show late: no more than %zu control groups "
        "can be watched: %s",
        cgroups->n_groups, why);
}

// 0 or -errno.
static int queue(struct cgroup_watch *cgroups, const char *path, bool version2)
{
    struct group *group;

    if (cgroups->n_groups >= cgroups->most)
        return -E2BIG;
    group = calloc(1, sizeof *group);
    if (!group)
        return -ENOMEM;
    group->path = strdup(path);
    if (!group->path) {
        free(group);
        return -ENOMEM;
    }
    group->version2 = version2;
    *cgroups->queue_end = group;
    cgroups->queue_end = &group->next;
    cgroups->n_groups++;
    return 0;
}

static struct group *take(struct cgroup_watch *cgroups)
{
    struct group *group = cgroups->queue;

    if (!group)
        return NULL;
    cgroups->queue = group->next;
    if (!cgroups->queue)
        cgroups->queue_end = &cgroups->queue;
    group->next = NULL;
    cgroups->n_groups--;
    return group;
}

static int queue_below(struct cgroup_watch *cgroups, const struct group *group, const char *name)
{
    char path[PATH_LIMIT];
    int n = snprintf(path, sizeof path, "%s/%s", group->path, name);

    return n > 0 && (size_t)n < sizeof path ? queue(cgroups, path, group->version2) : 0;
}

static int watch_state(const struct cgroup_watch *cgroups, const struct group *group)
{
    char path[PATH_LIMIT];
    int n = snprintf(path, sizeof path, "%s/cgroup.events", group->path);

    if (!group->version2 || n <= 0 || (size_t)n >= sizeof path ||
        inotify_add_watch(cgroups->inotify, path, IN_MODIFY) >= 0)
        return 0;
    return errno == ENOSPC || errno == ENOMEM ? -errno : 0; // the root has none
}

// The directories in a directory. kernfs counts them: most have none and need not be read.
static int queue_all_below(struct cgroup_watch *cgroups, const struct group *group)
{
    _cleanup_closedir_ DIR *directory = NULL;
    const struct dirent *d;
    struct stat st;
    int r = 0;

    if (lstat(group->path, &st) < 0 || st.st_nlink == 2)
        return 0;
    directory = opendir(group->path);
    while (r == 0 && directory && (d = readdir(directory)) != NULL)
        if (d->d_type == DT_DIR && strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
            r = queue_below(cgroups, group, d->d_name);
    return r;
}

// Watches a directory and then reads it, so that what is made in it is either read or told, or
// both: then it is known here already, or it was renamed. One that is gone again is none. Takes the
// group; 0 or -errno.
static int watch_group(struct cgroup_watch *cgroups, struct group *group)
{
    struct group *const *known;
    int r;

    group->wd = inotify_add_watch(cgroups->inotify, group->path, GROUP_EVENTS);
    if (group->wd < 0) {
        r = errno == ENOSPC || errno == ENOMEM ? -errno : 0;
        group_free(group);
        return r;
    }
    known = tsearch(group, &cgroups->groups, by_wd);
    if (known && *known != group) {
        struct group *old = *known;
        bool same = strcmp(old->path, group->path) == 0;
        char *path = old->path;

        old->path = group->path;
        group->path = path;
        group_free(group);
        return same ? 0 : queue_all_below(cgroups, old); // whose paths are others too
    }
    if (!known) {
        group_free(group);
        return -ENOMEM;
    }
    cgroups->n_groups++;
    r = watch_state(cgroups, group);
    return r < 0 ? r : queue_all_below(cgroups, group);
}

static void drop_queue(struct cgroup_watch *cgroups)
{
    struct group *group;

    while ((group = take(cgroups)) != NULL)
        group_free(group);
}

// In the order in which they were found: the whole of one depth before what is below.
static void watch_some(struct cgroup_watch *cgroups)
{
    struct group *group;
    int r = 0;

    for (unsigned n = 0; n < WATCHED_AT_ONCE && r == 0 && (group = take(cgroups)) != NULL; n++)
        r = watch_group(cgroups, group);
    if (r < 0) {
        cut(cgroups, -r);
        drop_queue(cgroups);
    } else if (cgroups->queue) {
        loop_timer_start(cgroups->more, 1);
    }
}

static void watch_more(void *context)
{
    struct cgroup_watch *cgroups = context;

    watch_some(cgroups);
    if (!cgroups->queue) // what was born where none was watched yet has not been told
        watch_changed(cgroups->watch);
}

static int begin(struct cgroup_watch *cgroups, struct error *err);

static void end(struct cgroup_watch *cgroups)
{
    loop_source_free(TAKE_POINTER(cgroups->source));
    cleanup_close(&cgroups->inotify);
    cgroups->inotify = -1;
    if (cgroups->more)
        loop_timer_stop(cgroups->more);
    drop_queue(cgroups);
    tdestroy(cgroups->groups, group_free);
    cgroups->groups = NULL;
    cgroups->n_groups = 0;
}

// True when the watch has to begin anew.
static bool told(struct cgroup_watch *cgroups, const struct inotify_event *event, bool *born,
                 bool *changed)
{
    struct group *group;

    if (event->mask & IN_Q_OVERFLOW)
        return true;
    group = group_of_watch(cgroups, event->wd);
    if (event->mask & IN_IGNORED) { // it is gone, or what it is in was unmounted
        if (group)
            group_remove(cgroups, group);
    } else if (!group) { // a cgroup.events
        *changed |= (event->mask & IN_MODIFY) != 0;
    } else if (event->mask & IN_ISDIR && event->mask & (IN_CREATE | IN_MOVED_TO)) {
        int r = queue_below(cgroups, group, event->name);

        if (r < 0)
            cut(cgroups, -r);
        watch_some(cgroups);
        *born = true;
    } else if (event->mask & IN_ISDIR && event->mask & (IN_DELETE | IN_MOVED_FROM)) {
        *changed = true;
    }
    return false;
}

static void events_arrived(int fd, unsigned events, void *context)
{
    _Alignas(struct inotify_event) char buffer[16384];
    struct cgroup_watch *cgroups = context;
    ssize_t n = read(fd, buffer, sizeof buffer);
    bool born = false, changed = false;
    struct error err;

    (void)events;
    for (ssize_t at = 0; at < n;) {
        const struct inotify_event *event = (const void *)(buffer + at);

        at += (ssize_t)(sizeof *event + event->len);
        if (told(cgroups, event, &born, &changed)) {
            end(cgroups);
            if (begin(cgroups, &err) < 0)
                watch_notice(cgroups->watch, WATCH_NO_CGROUPS,
                             "containers that no daemon tells of may show late: %s", err.message);
            born = true;
            break;
        }
    }
    if (born)
        watch_born(cgroups->watch);
    else if (changed)
        watch_stirred(cgroups->watch);
}

// inotify(7): fs.inotify.max_user_watches is for all that one user watches.
static size_t most_groups(void)
{
    char text[32];
    ssize_t n =
        file_read_into(AT_FDCWD, "/proc/sys/fs/inotify/max_user_watches", text, sizeof text);
    uint64_t watches;

    if (n <= 0)
        return GROUPS_MAX;
    text[strcspn(text, "\n")] = '\0';
    if (!text_to_u64(text, &watches) || watches / WATCHES_SHARE > GROUPS_MAX)
        return GROUPS_MAX;
    return watches / WATCHES_SHARE;
}

// 0, also when there is nothing to watch: that is a notice.
static int begin(struct cgroup_watch *cgroups, struct error *err)
{
    struct hierarchy hierarchies[HIERARCHIES_MAX];
    int n = hierarchies_find(hierarchies, err), r = 0;

    if (n == -ENOMEM)
        return n;
    cgroups->most = most_groups();
    cgroups->inotify = n > 0 ? inotify_init1(IN_NONBLOCK | IN_CLOEXEC) : -1;
    if (n < 0)
        watch_notice(cgroups->watch, WATCH_NO_CGROUPS,
                     "containers that no daemon tells of may show late: %s", err->message);
    else if (n == 0)
        watch_notice(cgroups->watch, WATCH_NO_CGROUPS,
                     "containers that no daemon tells of may show late: no control groups are "
                     "mounted here");
    else if (cgroups->inotify < 0)
        watch_notice(cgroups->watch, WATCH_NO_CGROUPS,
                     "containers that no daemon tells of may show late: inotify_init1(2): %s; "
                     "raise /proc/sys/fs/inotify/max_user_instances",
                     strerror(errno));
    if (cgroups->inotify >= 0)
        r = loop_fd(cgroups->loop, cgroups->inotify, LOOP_READ, events_arrived, cgroups,
                    &cgroups->source, err);
    for (int i = 0; i < n && cgroups->source; i++) {
        int added = queue(cgroups, hierarchies[i].path, hierarchies[i].version2);

        if (added < 0)
            cut(cgroups, -added);
    }
    watch_some(cgroups);
    hierarchies_done(hierarchies);
    return r;
}

int cgroup_watch_new(struct loop *loop, struct runtime_watch *watch, struct cgroup_watch **ret,
                     struct error *err)
{
    struct cgroup_watch *cgroups = calloc(1, sizeof *cgroups);
    int r;

    if (!cgroups)
        return ERROR_OOM(err);
    cgroups->watch = watch;
    cgroups->loop = loop;
    cgroups->inotify = -1;
    cgroups->queue_end = &cgroups->queue;
    r = loop_timer(loop, watch_more, cgroups, &cgroups->more, err);
    if (r == 0)
        r = begin(cgroups, err);
    if (r < 0) {
        cgroup_watch_free(cgroups);
        return r;
    }
    *ret = cgroups;
    return 0;
}

void cgroup_watch_free(struct cgroup_watch *cgroups)
{
    if (!cgroups)
        return;
    end(cgroups);
    loop_source_free(cgroups->more);
    free(cgroups);
}
