// Where the tests put what they make: below TMPDIR, which the whole run shares and takes away.
#ifndef DAVIT_TESTS_TEMPORARY_H
#define DAVIT_TESTS_TEMPORARY_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define TEMPORARY_SIZE 192

static inline const char *temporary_root(void)
{
    const char *root = getenv("TMPDIR");

    return root && *root ? root : "/tmp";
}

static inline void temporary_directory(char out[TEMPORARY_SIZE])
{
    int n = snprintf(out, TEMPORARY_SIZE, "%s/davit-unit-XXXXXX", temporary_root());

    ck_assert_int_lt(n, TEMPORARY_SIZE);
    ck_assert_ptr_nonnull(mkdtemp(out));
}

#endif
