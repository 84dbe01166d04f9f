// Members put into a JSON object, as journal_reader.h takes them out.
#ifndef DAVIT_ENGINE_JOURNAL_WRITER_H
#define DAVIT_ENGINE_JOURNAL_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <jansson.h>

// Puts members into one object and remembers whether one of them did not fit in memory.
struct writer {
    json_t *object;
    bool failed;
};

void writer_put(struct writer *w, const char *key, json_t *value); // takes it over; NULL: no memory
// Cleaned; NULL is left out.
void writer_text(struct writer *w, const char *key, const char *text);
// JSON's integers are read as signed 64 bits everywhere: what is larger is written as text.
void writer_u64(struct writer *w, const char *key, uint64_t value);
void writer_device(struct writer *w, const char *key, dev_t device); // "MAJOR:MINOR"
// Raw bytes: as text when that is the same, else as a look of it and the bytes in KEY_b64. NULL is
// left out.
void writer_path(struct writer *w, const char *key, const char *path);

#endif
