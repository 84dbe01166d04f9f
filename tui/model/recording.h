// A recorded conversation with an engine: written, and answered from. One JSON object a line,
// {"at_us": µs since the start, "from": "console" | "engine", "message": as on the wire}.
#ifndef DAVIT_TUI_MODEL_RECORDING_H
#define DAVIT_TUI_MODEL_RECORDING_H

#include <jansson.h>

#include "core/base/error.h"

struct recorder;
// A new file, mode 0600; one that exists is never written over.
int recorder_open(const char *path, struct recorder **ret, struct error *err);
// A disk that is full ends the recording, not the console.
void recorder_write(struct recorder *recorder, const char *from, const json_t *message);
void recorder_free(struct recorder *recorder);

#define RECORDING_LIMIT (64 * 1024 * 1024) // bytes of a file

struct recording;
int recording_open(const char *path, struct recording **ret, struct error *err);
void recording_free(struct recording *recording);
// A request of the console: its answer, what was told before it and what was told after it (until
// the console's next message in the recording) is what recording_next() gives. What the recording
// has no answer to is answered with an error.
int recording_ask(struct recording *recording, const json_t *request, struct error *err);
// The engine's next message, borrowed until the next call; NULL: none before the next request.
const json_t *recording_next(struct recording *recording);

#endif
