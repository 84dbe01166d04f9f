// The engine's end of the wire: answers requests and tells what is watched (protocol.h). One
// process with a loop in which nothing waits; whatever may take time is a worker's (worker.h).
#ifndef DAVIT_WIRE_SERVER_H
#define DAVIT_WIRE_SERVER_H

#include "core/base/error.h"
#include "core/engine/engine.h"

struct server_options {
    struct engine_options engine; // on_step, on_notice and context are not used
    int in, out;                  // become the server's; may be the same
    int terminal;                 // the front end's, for `enter`; -1: none. Becomes the server's
};

// Serves one front end until its stream ends, or SIGTERM, SIGINT or SIGHUP. A change that is under
// way then is finished; one that takes longer than a few seconds is taken back. 0, or negative when
// it could not begin. Raises the soft limit of descriptors of this process.
int server_run(const struct server_options *options, struct error *err);

#endif
