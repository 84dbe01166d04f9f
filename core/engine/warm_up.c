// What an engine that waits for a change does in advance.
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/warm.h"
#include "core/engine/engine_internal.h"
#include "core/engine/inside.h"
#include "core/engine/journal_line.h"
#include "core/engine/source.h"
#include "core/host/process.h"

// Looks at what every change looks at, by the same code: that maps its pages, finds room in the
// heap, seeds the hashes of JSON. Nothing comes of it: a davit is in no container of its own.
static void rehearse(struct engine *engine)
{
    _cleanup_source_ struct source source = SOURCE_INIT;
    _cleanup_container_ struct container *nobody = NULL;
    _cleanup_inside_ struct inside inside = INSIDE_INIT;
    _cleanup_free_ char *text = NULL;
    struct attach_request request = {.source = "/"};
    struct container self = {.pid = getpid(), .name = (char *)(uintptr_t) "davit"};
    struct attachment what = {.source = (char *)(uintptr_t) "/"};
    struct journal_line line = {.kind = LINE_INTENT};
    struct error ignored;
    char selector[32];
    size_t length;

    (void)source_resolve(engine, &request, &source, &ignored);
    (void)snprintf(selector, sizeof selector, "pid:%d", (int)self.pid);
    (void)container_find(&engine->options.runtime, selector, &nobody, &ignored);
    (void)inside_open(&self, &inside, &ignored);
    (void)journal_line_encode(&line, &what, &text, &length, &ignored);
}

void engine_warm_up(struct engine *engine)
{
    char boot_id[BOOT_ID_SIZE];
    struct error ignored;
    struct mover *mover;
    struct actor actor;

    if (engine->options.flags & ENGINE_NO_CHANGES || engine_check_privileges(&ignored) < 0)
        return;
    engine->answers_first = true;
    if (engine_mover(engine, &mover, &ignored) == 0)
        (void)mover_rehearse(mover, &ignored);
    // After the fork, which makes all memory one that is copied when it is written to.
    warm_memory();
    tzset();            // of the line in the system's log
    actor_find(&actor); // both are remembered
    (void)boot_id_read(boot_id, &ignored);
    rehearse(engine);
    engine->mounts = mount_cache_new();
}

// poll(2) of the mounts' descriptor tells of a change once: what was read is dropped then.
static bool mounts_stay(struct engine *engine, int fd)
{
    struct pollfd both[] = {
        {.fd = fd, .events = POLLIN},
        {.fd = mount_cache_descriptor(engine->mounts), .events = POLLPRI},
    };
    int n;

    do {
        n = poll(both, ARRAY_SIZE(both), -1);
    } while (n < 0 && errno == EINTR);
    if (n > 0 && !both[1].revents)
        return true;
    mount_cache_free(TAKE_POINTER(engine->mounts));
    return false;
}

void engine_wait(struct engine *engine, int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};

    while (engine->mounts && !mounts_stay(engine, fd) && poll(&one, 1, ENGINE_QUIET_MS) == 0)
        engine->mounts = mount_cache_new();
}
