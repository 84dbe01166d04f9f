// Shared by the worker's own files only.
#ifndef DAVIT_WIRE_WORKER_INTERNAL_H
#define DAVIT_WIRE_WORKER_INTERNAL_H

#include <stdbool.h>

#include <jansson.h>

#include "core/engine/engine.h"
#include "core/wire/worker.h"

struct job {
    const struct engine_options *options; // of the server
    struct engine *engine;
    const json_t *params;
    int socket, notes;
    const struct result *told; // whose step was told last ...
    unsigned target;           // ... and which of the targets that is
};

// Each does the one thing: 0 with the result, a new object; or negative. ERROR_USAGE is one in the
// params.
typedef int job_function(struct job *job, json_t **ret, struct error *err);

job_function job_privileges, job_recover, job_snapshot, job_filesystems, job_mounts, job_journal;
job_function job_inspect, job_describe, job_browse, job_plan, job_run, job_status, job_doctor;
job_function job_volumes, job_why, job_devices, job_enter, job_kept, job_who;

// Writes one line; whether anybody reads it is of no concern to a change. Takes `message` over;
// NULL: nothing is sent.
void job_send_line(int socket, json_t *message);

// engine_options.on_notice; the context is the job.
void job_notice(const char *text, void *context);

// What a job returns: `object` or ERROR_NO_MEMORY when it is NULL.
int job_answer(json_t *object, json_t **ret, struct error *err);

// An array of what `encode` makes of each of `n` items of `size` bytes; NULL when out of memory.
// {key: array, …} is to be made of it by json_pack().
#define JOB_ARRAY(items, n, encode_item)                                        \
    __extension__({                                                             \
        json_t *_array = json_array();                                          \
        for (size_t _i = 0; _array && _i < (n); _i++) {                         \
            if (json_array_append_new(_array, encode_item(&(items)[_i])) < 0) { \
                json_decref(_array);                                            \
                _array = NULL;                                                  \
            }                                                                   \
        }                                                                       \
        _array;                                                                 \
    })

// encode_container() with what the wire adds: key, start_time; without labels.
json_t *job_container(const struct container *container, int attached_count, const char *key);
// The way back, for target_request.known: what container_confirm() goes by, of what job_container()
// of another worker has made. The texts stay the JSON's. False: nothing is known.
bool job_known(const json_t *known, struct container *ret);

#endif
