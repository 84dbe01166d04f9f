// JSON-RPC 2.0 messages: made, told apart, and their members read with errors that say what was
// wrong where. Used by both ends of the wire; knows nothing of the engine.
#ifndef DAVIT_WIRE_MESSAGE_H
#define DAVIT_WIRE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "core/base/error.h"

// Parses one line without its end: an object without a key that is there twice. 0, or negative
// with the errno as stream.h's `bad` is told.
int message_parse(const char *line, size_t length, json_t **ret, struct error *err);

// Each returns a new object, NULL when out of memory, and takes over what it is given (NULL among
// it is out of memory too). id 0 is null: the answer to what had none that could be read.
json_t *message_request(uint64_t id, const char *method, json_t *params);
json_t *message_notification(const char *method, json_t *params);
json_t *message_result(uint64_t id, json_t *result);
json_t *message_failure(uint64_t id, json_t *error);
// {code, message, data}: code of enum protocol_error. `data`: as encode_error() or NULL for none.
json_t *message_error(int code, const char *message, json_t *data);

enum message_kind { MESSAGE_REQUEST, MESSAGE_NOTIFICATION, MESSAGE_RESULT, MESSAGE_FAILURE };

// A message told apart; everything borrowed from it.
struct message {
    enum message_kind kind;
    uint64_t id;        // of a failure 0 when it is null
    const char *method; // of a request or a notification
    json_t *params;     // ... an object, NULL when absent
    json_t *result;     // any value
    json_t *error;      // an object
};
// ERROR_USAGE when it is none. ret->id is set whenever it could be read.
int message_read(const json_t *message, struct message *ret, struct error *err);

// Members of an object. `where` names the object in errors ("params.targets[2]"). A required one
// must be there and not null; absent or null is otherwise 1, and *ret stays as it was. 0 when it is
// there; ERROR_USAGE when it is of another type, or out of its bounds.
enum member_flags { MEMBER_REQUIRED = 1 << 0 };

// At most `limit` bytes.
int member_text(const json_t *object, const char *where, const char *key, unsigned flags,
                size_t limit, const char **ret, struct error *err);
// From `least` to `most`, both at most INT64_MAX.
int member_number(const json_t *object, const char *where, const char *key, unsigned flags,
                  uint64_t least, uint64_t most, uint64_t *ret, struct error *err);
int member_bool(const json_t *object, const char *where, const char *key, unsigned flags, bool *ret,
                struct error *err);
// Borrowed. `most`: how many items or members it may have.
int member_array(const json_t *object, const char *where, const char *key, unsigned flags,
                 size_t most, json_t **ret, struct error *err);
int member_object(const json_t *object, const char *where, const char *key, unsigned flags,
                  json_t **ret, struct error *err);
// Raw bytes without NUL: KEY_b64 when it is there, else KEY. Fresh memory, terminated.
int member_raw(const json_t *object, const char *where, const char *key, unsigned flags,
               size_t limit, char **ret, struct error *err);

#endif
