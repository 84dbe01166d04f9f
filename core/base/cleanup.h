// Ownership: variables that free what they own when they go out of scope, and the
// macros that hand that ownership on.
#ifndef DAVIT_BASE_CLEANUP_H
#define DAVIT_BASE_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// Runs FN(&variable) at the end of the scope.
#define CLEANUP(fn) __attribute__((cleanup(fn)))

// Defines cleanup_FN_for(T*) helpers: `CLEANUP_POINTER(struct plan, plan_free)` makes
// `plan_freep`, to be used as `CLEANUP(plan_freep) struct plan *plan = NULL;`
#define CLEANUP_POINTER(type, fn)            \
    static inline void fn##p(type **pointer) \
    {                                        \
        if (*pointer)                        \
            fn(*pointer);                    \
    }                                        \
    struct cleanup_semicolon

static inline void cleanup_free(void *pointer)
{
    free(*(void **)pointer);
}

// Closes if open; keeps errno, since it runs on error paths.
static inline void cleanup_close(int *fd)
{
    if (*fd >= 0) {
        int saved = errno;
        (void)close(*fd);
        errno = saved;
    }
}

static inline void cleanup_fclose(FILE **file)
{
    if (*file)
        (void)fclose(*file);
}

static inline void cleanup_closedir(DIR **dir)
{
    if (*dir)
        (void)closedir(*dir);
}

#define _cleanup_free_     CLEANUP(cleanup_free)
#define _cleanup_close_    CLEANUP(cleanup_close)
#define _cleanup_fclose_   CLEANUP(cleanup_fclose)
#define _cleanup_closedir_ CLEANUP(cleanup_closedir)

// Hands ownership on: yields the value and leaves an empty variable behind.
#define TAKE_POINTER(p)                \
    __extension__({                    \
        __typeof__(p) *_take = &(p);   \
        __typeof__(p) _taken = *_take; \
        *_take = NULL;                 \
        _taken;                        \
    })
#define TAKE_FD(fd)          \
    __extension__({          \
        int *_take = &(fd);  \
        int _taken = *_take; \
        *_take = -1;         \
        _taken;              \
    })

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
