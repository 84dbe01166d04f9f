#include "core/wire/keepd.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/notify.h"
#include "core/base/text.h"
#include "core/engine/kept_service.h"
#include "core/host/stuck.h"
#include "core/runtime/watch.h"
#include "core/wire/children.h"

#define GATHER_MS      30 // a start is many events: that long from one look to the next
#define AGAIN_FIRST_MS 100
#define AGAIN_MOST_MS  60000
#define PATIENT_TRIES  8 // of what may pass: then it is a row and an event, and no longer hurried
#define FINISH_MS      3000
#define LEAVE_MS       15000

struct keepd {
    const struct keepd_options *options;
    struct loop *loop;
    struct children *children;
    struct child *child;         // that looks just now
    struct runtime_watch *watch; // NULL while nothing is kept
    char *directory;             // of kept.json
    int lock, inotify, timer;
    struct loop_source *changes, *end, *gather, *again, *patience;
    struct loop_source *signals[3];
    unsigned tries, again_ms;
    bool dirty; // something happened since the look began
    bool ready, stopping, interrupted, over;
    char *said; // the last complaint
};

static void look(struct keepd *keepd);

static void say(const struct keepd *keepd, const char *text)
{
    if (keepd->options->say)
        keepd->options->say(text, keepd->options->context);
}

static void complain(struct keepd *keepd, const char *text)
{
    if (keepd->said && strcmp(keepd->said, text) == 0)
        return;
    free(keepd->said);
    keepd->said = strdup(text);
    say(keepd, text);
}

// ---- what wakes it ----

// At once, unless a look is under way or has just ended.
static void touch(struct keepd *keepd)
{
    if (keepd->stopping)
        return;
    keepd->dirty = true;
    if (!keepd->child && !loop_timer_running(keepd->gather))
        look(keepd);
}

static void on_changed(void *context)
{
    touch(context);
}

static void on_notice(const char *text, void *context)
{
    say(context, text);
}

static void on_written(int fd, unsigned events, void *context)
{
    struct keepd *keepd = context;
    char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t n = read(fd, buffer, sizeof buffer);
    bool ours = false;

    (void)events;
    for (ssize_t i = 0; i < n;) {
        const struct inotify_event *event = (const void *)(buffer + i);

        ours |= event->len == 0 || strcmp(event->name, "kept.json") == 0;
        i += (ssize_t)(sizeof *event + event->len);
    }
    if (ours)
        touch(keepd);
}

// The time has come, or the clock was set.
static void on_end(int fd, unsigned events, void *context)
{
    uint64_t times;

    (void)events;
    if (read(fd, &times, sizeof times) < 0 && errno == EAGAIN)
        return;
    touch(context);
}

static void on_timer(void *context)
{
    struct keepd *keepd = context;

    if (keepd->dirty && !keepd->child)
        look(keepd);
}

static void on_again(void *context)
{
    touch(context);
}

// The watch is there only while there is something to watch for.
static void watch_runtimes(struct keepd *keepd, bool on)
{
    static const struct runtime_watch_events events = {.changed = on_changed, .notice = on_notice};
    struct error why;

    if (!on && keepd->watch)
        runtime_watch_free(TAKE_POINTER(keepd->watch));
    if (!on || keepd->watch)
        return;
    if (runtime_watch_new(keepd->loop, &keepd->options->engine.runtime, &events, keepd,
                          &keepd->watch, &why) < 0)
        complain(keepd, why.message);
    keepd->dirty = true; // what has started before it was watched
}

// By the clock on the wall, across sleep and with what sets the clock.
static void set_end(struct keepd *keepd, time_t next)
{
    struct itimerspec at = {.it_value = {.tv_sec = next}};

    if (timerfd_settime(keepd->timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &at, NULL) < 0)
        complain(keepd, strerror(errno));
}

// ---- one look ----

static void look_note(const char *method, json_t *params, bool more, void *context)
{
    const char *text = json_string_value(json_object_get(params, "text"));

    (void)more;
    if (text && strcmp(method, "notice") == 0)
        say(context, text);
}

static void look_again(struct keepd *keepd, bool again)
{
    if (!again) {
        keepd->tries = keepd->again_ms = 0;
        loop_timer_stop(keepd->again);
        return;
    }
    keepd->tries++;
    keepd->again_ms = keepd->again_ms ? 2 * keepd->again_ms : AGAIN_FIRST_MS;
    if (keepd->again_ms > AGAIN_MOST_MS)
        keepd->again_ms = AGAIN_MOST_MS;
    loop_timer_start(keepd->again, keepd->again_ms);
}

static void look_done(json_t *result, json_t *error, void *context)
{
    struct keepd *keepd = context;
    const char *text = json_string_value(json_object_get(error, "message"));
    bool first = !keepd->ready;

    keepd->child = NULL;
    if (keepd->stopping) {
        keepd->over = true;
        return;
    }
    keepd->ready = true;
    if (text) {
        complain(keepd, text);
        // Another davit was at work for long: that passes. What is wrong with kept.json does not.
        look_again(keepd, json_integer_value(
                              json_object_get(json_object_get(error, "data"), "exit")) == 4);
    } else {
        free(TAKE_POINTER(keepd->said));
        watch_runtimes(keepd, json_integer_value(json_object_get(result, "entries")) > 0);
        set_end(keepd, (time_t)json_integer_value(json_object_get(result, "next")));
        look_again(keepd, json_is_true(json_object_get(result, "again")));
    }
    if (first)
        notify_service_manager("READY=1");
    loop_timer_start(keepd->gather, GATHER_MS);
}

static void look(struct keepd *keepd)
{
    static const struct child_events events = {.note = look_note, .done = look_done};
    struct error why;

    keepd->dirty = false;
    if (child_start(keepd->children, "kept",
                    json_pack("{s:b}", "last", (int)(keepd->tries >= PATIENT_TRIES)), CHILD_CHANGES,
                    &events, keepd, &keepd->child, &why) == 0)
        return;
    complain(keepd, why.message);
    look_again(keepd, true);
}

// ---- life ----

static void on_patience(void *context)
{
    struct keepd *keepd = context;

    if (keepd->interrupted || !keepd->child) {
        keepd->over = true;
        return;
    }
    keepd->interrupted = true;
    child_interrupt(keepd->child);
    loop_timer_start(keepd->patience, LEAVE_MS);
}

static void on_signal(int signal, void *context)
{
    struct keepd *keepd = context;

    if (signal == SIGHUP) {
        touch(keepd);
        return;
    }
    if (keepd->stopping)
        return;
    keepd->stopping = true;
    notify_service_manager("STOPPING=1");
    keepd->over = !keepd->child;
    loop_timer_start(keepd->patience, FINISH_MS);
}

static int watch_file(struct keepd *keepd, struct error *err)
{
    int r = kept_service_directory(keepd->options->engine.state_dir, &keepd->directory, err);

    if (r < 0)
        return r;
    keepd->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (keepd->inotify < 0 || inotify_add_watch(keepd->inotify, keepd->directory,
                                                IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                                                    IN_CLOSE_WRITE | IN_ONLYDIR) < 0)
        return error_errno(err, errno, "cannot watch %s", keepd->directory);
    keepd->timer = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (keepd->timer < 0)
        return error_errno(err, errno, "cannot make a timer");
    r = loop_fd(keepd->loop, keepd->inotify, LOOP_READ, on_written, keepd, &keepd->changes, err);
    return r < 0 ? r
                 : loop_fd(keepd->loop, keepd->timer, LOOP_READ, on_end, keepd, &keepd->end, err);
}

static int begin(struct keepd *keepd, struct error *err)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    int r = kept_service_lock(keepd->options->engine.state_dir, &keepd->lock, err);

    if (r == 0)
        r = loop_new(&keepd->loop, err);
    if (r == 0)
        r = children_new(keepd->loop, &keepd->options->engine, &keepd->children, err);
    for (size_t i = 0; i < ARRAY_SIZE(signals) && r == 0; i++)
        r = loop_signal(keepd->loop, signals[i], on_signal, keepd, &keepd->signals[i], err);
    if (r == 0)
        r = loop_timer(keepd->loop, on_timer, keepd, &keepd->gather, err);
    if (r == 0)
        r = loop_timer(keepd->loop, on_again, keepd, &keepd->again, err);
    if (r == 0)
        r = loop_timer(keepd->loop, on_patience, keepd, &keepd->patience, err);
    return r < 0 ? r : watch_file(keepd, err);
}

static void end(struct keepd *keepd)
{
    if (keepd->watch)
        runtime_watch_free(keepd->watch);
    children_free(keepd->children);
    for (size_t i = 0; i < ARRAY_SIZE(keepd->signals); i++)
        loop_source_free(keepd->signals[i]);
    loop_source_free(keepd->changes);
    loop_source_free(keepd->end);
    loop_source_free(keepd->gather);
    loop_source_free(keepd->again);
    loop_source_free(keepd->patience);
    if (keepd->loop)
        loop_free(keepd->loop);
    cleanup_close(&keepd->inotify);
    cleanup_close(&keepd->timer);
    cleanup_close(&keepd->lock);
    free(keepd->directory);
    free(keepd->said);
}

int keepd_run(const struct keepd_options *options, struct error *err)
{
    struct keepd keepd = {.options = options, .lock = -1, .inotify = -1, .timer = -1};
    int r = options->engine.flags & ENGINE_NO_CHANGES
                ? error_set(err, ERROR_NOT_PERMITTED, EROFS, "changes are switched off")
                : engine_check_privileges(err);

    if (r < 0)
        return r;
    (void)signal(SIGPIPE, SIG_IGN);
    stuck_share();
    r = begin(&keepd, err);
    if (r == 0)
        look(&keepd);
    while (r == 0 && !keepd.over)
        if (loop_turn(keepd.loop) != 0)
            break;
    end(&keepd);
    return r;
}
