// The event loop of the engine and of the console: libuv's, of which only uv_poll, uv_timer and
// uv_signal are used, so that no thread ever starts. At rest it sleeps in epoll without a timeout:
// a timer exists only while something has been begun that must end.
#ifndef DAVIT_BASE_LOOP_H
#define DAVIT_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"

struct loop;
struct loop_source; // something that is waited for; owned by who asked, freed before the loop

enum loop_events {
    LOOP_READ = 1 << 0,     // EPOLLIN; also the end of the stream
    LOOP_WRITE = 1 << 1,    // EPOLLOUT
    LOOP_PRIORITY = 1 << 2, // EPOLLPRI: a mount table that changed
    LOOP_FAILED = 1 << 3,   // only told: EPOLLERR and nothing else
};

typedef void loop_fd_function(int fd, unsigned events, void *context);
typedef void loop_timer_function(void *context);
typedef void loop_signal_function(int signal, void *context);

int loop_new(struct loop **ret, struct error *err);
void loop_free(struct loop *loop);
CLEANUP_POINTER(struct loop, loop_free);
#define _cleanup_loop_ CLEANUP(loop_freep)

// In a child that was just forked and goes on without a loop, before anything is closed: libuv lets
// go of what it keeps for all loops. Else it would close the descriptors of those numbers, whatever
// they are by then, each time the child forks (pthread_atfork(3) in its signal.c).
void loop_forked(void);

// One turn: sleeps until something happens, then calls what waits for it. 0; 1 when nothing at all
// is waited for.
int loop_turn(struct loop *loop);

// Calls `function` whenever `fd` is ready for one of `events` (enum loop_events), until the source
// is freed. The descriptor stays the caller's and has one source at a time. It is made non-blocking
// by this (uv_poll_init), also for whoever else has it open: never an inherited standard stream.
int loop_fd(struct loop *loop, int fd, unsigned events, loop_fd_function *function, void *context,
            struct loop_source **ret, struct error *err);
// Waits for other events from now on; 0 for none at present.
void loop_fd_set(struct loop_source *source, unsigned events);

// A timer that is made stopped; loop_timer_start() sets it to call once in `after_ms`, from now
// anew when it was running.
int loop_timer(struct loop *loop, loop_timer_function *function, void *context,
               struct loop_source **ret, struct error *err);
void loop_timer_start(struct loop_source *source, uint64_t after_ms);
void loop_timer_stop(struct loop_source *source);
bool loop_timer_running(const struct loop_source *source);

int loop_signal(struct loop *loop, int signal, loop_signal_function *function, void *context,
                struct loop_source **ret, struct error *err);

// Allowed inside of the source's own function. NULL is fine.
void loop_source_free(struct loop_source *source);
CLEANUP_POINTER(struct loop_source, loop_source_free);

#endif
