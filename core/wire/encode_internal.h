// Shared by the encoders' own files only. Each returns a new reference, NULL when out of memory.
#ifndef DAVIT_WIRE_ENCODE_INTERNAL_H
#define DAVIT_WIRE_ENCODE_INTERNAL_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include <jansson.h>

json_t *encode_text(const char *text);    // clean text; null for NULL and ""
json_t *encode_number(uint64_t number);   // null for 0
json_t *encode_time(time_t when);         // null for 0
json_t *encode_texts(char *const *texts); // array of a NULL-terminated list; NULL: empty
json_t *encode_options(const char *mount, const char *filesystem); // array, each once, no secrets
json_t *encode_major_minor(dev_t device);                          // "8:2"

// Puts KEY and, where needed, KEY_b64 for raw bytes into an object; 0 or -1.
int encode_raw(json_t *object, const char *key, const char *bytes);

// {pid, comm, command, container, mnt_ns, kind, path, count}; pid null for what no process has;
// container null: none's, or whose it is was not looked up.
struct holder;
json_t *encode_holder(const struct holder *holder);

// Yields `object` when `failed` is 0, else frees it.
json_t *encode_done(json_t *object, int failed);

#endif
