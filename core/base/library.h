// A shared library loaded by name on first use: only those who use it pay for it, and a host
// without it does without.
#ifndef DAVIT_BASE_LIBRARY_H
#define DAVIT_BASE_LIBRARY_H

#include <stddef.h>

struct library {
    const char *files[3];     // names of the same thing, in the order they are tried; NULL behind
    const char *const *calls; // names of functions
    size_t n_calls;
};

// Loads it and fills `places`, a struct of nothing but pointers to functions, one for each of
// `calls`. Returns the handle for dlclose(3), or NULL: -ENOENT in *ret_why when none of the files
// is there, -ENOSYS when the one that is lacks a call.
void *library_load(const struct library *library, void *places, int *ret_why);

// Whether a struct can be filled by that array of names.
#define LIBRARY_FITS(calls, names)                                                            \
    _Static_assert(sizeof(calls) == sizeof(names) / sizeof *(names) * sizeof(void (*)(void)), \
                   "one pointer for each name")

#endif
