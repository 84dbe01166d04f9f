// What the readers of JSON from outside have in common: bounded, checked and cleaned text.
#ifndef DAVIT_RUNTIME_OUTSIDE_JSON_H
#define DAVIT_RUNTIME_OUTSIDE_JSON_H

#include <stddef.h>

#include <jansson.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"

static inline void outside_json_free(json_t **json)
{
    json_decref(*json);
}
#define _cleanup_json_ CLEANUP(outside_json_free)

// NULL, with -EPROTO in err, which calls it `what`. Strings may hold \u0000, which would otherwise
// make one hostile label spoil a whole list.
json_t *outside_json_load(const char *text, size_t length, const char *what, struct error *err);

// Clean text of a member that is a string and not empty, else NULL; *ret_r is -ENOMEM when out of
// memory, else left alone.
char *outside_json_text(const json_t *object, const char *key, int *ret_r);

// A directory of a container's, as it is, in *where when the member is an absolute path; "", which
// declares none, is "/". -ENOMEM.
int outside_json_directory(const json_t *object, const char *key, char **where);

// Puts `text` where another may be; nothing when it is NULL.
void outside_json_replace(char **where, char *text);

#endif
