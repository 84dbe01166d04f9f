// What went wrong, on which object, why, and what to try. The caller owns the struct (usually on
// its stack); filling it allocates nothing, so that it works when memory has run out.
//
// Convention of every function that takes one as its last parameter: 0 is done, positive is an
// outcome that the function documents, negative is -errno with the struct filled. The struct is
// never NULL.
#ifndef DAVIT_BASE_ERROR_H
#define DAVIT_BASE_ERROR_H

#include <stddef.h>

// code, name in JSON, exit status of a headless verb
#define ERROR_CODES(X)                         \
    X(ERROR_NONE, "none", 0)                   \
    X(ERROR_FAILED, "failed", 1)               \
    X(ERROR_NO_MEMORY, "no-memory", 1)         \
    X(ERROR_TIMED_OUT, "timed-out", 1)         \
    X(ERROR_USAGE, "usage", 2)                 \
    X(ERROR_NO_CONTAINER, "no-container", 3)   \
    X(ERROR_AMBIGUOUS, "ambiguous", 3)         \
    X(ERROR_GONE, "gone", 3)                   \
    X(ERROR_NO_PATH, "no-path", 3)             \
    X(ERROR_NOT_ATTACHED, "not-attached", 3)   \
    X(ERROR_BUSY, "busy", 4)                   \
    X(ERROR_NOT_PERMITTED, "not-permitted", 5) \
    X(ERROR_UNSAFE, "unsafe", 6)               \
    X(ERROR_WRONG_TYPE, "wrong-type", 6)       \
    X(ERROR_UNSUPPORTED, "unsupported", 7)     \
    X(ERROR_UNVERIFIED, "unverified", 8)       \
    X(ERROR_PARTIAL, "partial", 9)

enum error_code {
#define X(code, name, status) code,
    ERROR_CODES(X)
#undef X
};

struct error {
    enum error_code code;
    int sys_errno;     // positive errno of the call that failed, 0 if none
    char stage[24];    // what was being done: a stage's name ("resolve", "move"), may be empty
    char path[256];    // the object, clean text, may be empty
    char message[768]; // one sentence, clean text
    char hint[384];    // what to try, clean text, may be empty
};

// Fills `err` anew and returns -sys_errno, or -EPROTO-like -EINVAL when sys_errno is 0. The
// message is sanitised; arguments may be raw bytes from outside.
int error_set(struct error *err, enum error_code code, int sys_errno, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// The same from an errno: picks the code by it (ENOMEM, EACCES/EPERM, EBUSY, ENOENT, ENOSYS,
// ETIMEDOUT; ERROR_FAILED for the rest) and ends the message with ": strerror".
int error_errno(struct error *err, int sys_errno, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Add what the caller knows. Each returns nothing and never fails.
void error_stage(struct error *err, const char *stage);
void error_path(struct error *err, const char *path);
void error_hint(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
// A hint with a command line in it: each %s is a word, quoted as a shell needs it (a word that is
// too long is "…"); the format has nothing else but %%.
void error_hint_words(struct error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void error_prefix(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define ERROR_OOM(err) error_set((err), ERROR_NO_MEMORY, ENOMEM, "out of memory")

const char *error_code_name(enum error_code code);
int error_exit_status(enum error_code code);

// "EBUSY" for 16; "errno 4711" is never needed: unknown numbers give "E?".
const char *error_errno_name(int sys_errno);

#endif
