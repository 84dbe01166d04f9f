// Members of a JSON object from outside, taken out with their bounds and types checked.
#ifndef DAVIT_ENGINE_JOURNAL_READER_H
#define DAVIT_ENGINE_JOURNAL_READER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <jansson.h>

// Takes members out of one object and remembers what was wrong: once it is, the values that are
// given mean nothing.
struct reader {
    const json_t *object;
    int failed; // 0, -EBADMSG or -ENOMEM
};

enum presence { OPTIONAL, REQUIRED };

void *reader_bad(struct reader *r); // notes -EBADMSG; NULL
const json_t *reader_member(struct reader *r, const char *key, enum presence presence);

// Borrowed; NULL when it is not there. At most `limit` bytes.
const char *reader_string(struct reader *r, const char *key, size_t limit, enum presence presence);
// Fresh memory, clean text; into the caller's buffer, cut there.
char *reader_text(struct reader *r, const char *key, enum presence presence);
void reader_fixed(struct reader *r, const char *key, char *out, size_t size,
                  enum presence presence);

// Raw bytes without a NUL, fresh memory: those of KEY_b64 when there is one, else those of KEY.
char *reader_path(struct reader *r, const char *key, enum presence presence);
// One that begins with '/': the only kind that anything is opened by.
char *reader_absolute(struct reader *r, const char *key, enum presence presence);
// One component of a path, not "." nor "..": recovery removes what has this name.
char *reader_component(struct reader *r, const char *key, enum presence presence);

// "MAJOR:MINOR"; 0 when it is not there, which is bad.
dev_t reader_device(struct reader *r, const char *key);

int64_t reader_integer(struct reader *r, const char *key, int64_t least, int64_t most,
                       enum presence presence);
// Of 64 bits: an integer, or a decimal number as text where that would be negative.
uint64_t reader_u64(struct reader *r, const char *key, enum presence presence);

#endif
