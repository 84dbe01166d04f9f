// `davit keepd`: the service that attaches again what is kept when a container has started, and
// detaches what has come to its time (core/engine/kept.h). A loop in which nothing waits; each look
// is a worker's. At rest no system call: it is woken by the watch of containers, by a change of
// kept.json and by a timer that is set to the next end.
#ifndef DAVIT_WIRE_KEEPD_H
#define DAVIT_WIRE_KEEPD_H

#include "core/base/error.h"
#include "core/engine/engine.h"

struct keepd_options {
    struct engine_options engine;                 // on_step, on_notice and context are not used
    void (*say)(const char *text, void *context); // clean text, without a newline
    void *context;
};

// Runs until SIGTERM or SIGINT; SIGHUP makes it look again. Tells a service manager when it is
// ready (sd_notify(3): NOTIFY_SOCKET). What is wrong with kept.json is said, and awaited to be
// mended. 0, or negative when it could not begin: ERROR_BUSY when another one runs.
int keepd_run(const struct keepd_options *options, struct error *err);

#endif
