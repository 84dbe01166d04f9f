// Small JSON files that people write: settings and themes. Each is outside input: bounded, its
// nesting too, and every error says the file, the line and what is expected.
#ifndef DAVIT_WIRE_JSONFILE_H
#define DAVIT_WIRE_JSONFILE_H

#include <stddef.h>

#include <jansson.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"

#define JSONFILE_DEPTH 16 // objects and arrays inside each other

enum jsonfile_flags {
    JSONFILE_FOLLOW = 1 << 0, // a symbolic link is followed, else refused (ELOOP)
    // Refused as unsafe unless the file is root's and nobody else may write to it.
    JSONFILE_TRUSTED = 1 << 1,
};

static inline void jsonfile_unref(json_t **json)
{
    json_decref(*json);
}
#define _cleanup_json_ref_ CLEANUP(jsonfile_unref)

// Reads a regular file (no FIFO, device or directory is ever opened for reading) of at most `limit`
// bytes that holds one JSON object, members twice refused. `dirfd`, `path` as openat(2). `shown` is
// what messages call it. The caller unrefs *ret.
// 1: there is no such file (nor such a directory). Negative: ERROR_USAGE for what is in it,
// ERROR_UNSAFE, ERROR_WRONG_TYPE, ERROR_NOT_PERMITTED, with err->path.
int jsonfile_read(int dirfd, const char *path, const char *shown, size_t limit, unsigned flags,
                  json_t **ret, struct error *err);

// The same from memory.
int jsonfile_parse(const char *bytes, size_t length, const char *shown, size_t limit, json_t **ret,
                   struct error *err);

// "a string", "an object": what a value is, for messages.
const char *jsonfile_type(const json_t *value);

#endif
