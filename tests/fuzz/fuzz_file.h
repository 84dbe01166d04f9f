// For what is read from files only: one file, written anew for each input and taken away at the
// end.
#ifndef DAVIT_TESTS_FUZZ_FILE_H
#define DAVIT_TESTS_FUZZ_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char put_directory[256], put_path[300];

static inline void require(int condition, const char *what)
{
    if (condition)
        return;
    (void)fprintf(stderr, "not so: %s\n", what);
    abort();
}

static inline void sweep(void)
{
    (void)unlink(put_path);
    (void)rmdir(put_directory);
}

static inline void put(const char *name, const uint8_t *bytes, size_t size)
{
    const char *root = getenv("TMPDIR");
    FILE *out;

    if (!*put_directory) {
        (void)snprintf(put_directory, sizeof put_directory, "%s/davit-fuzz-XXXXXX",
                       root && *root ? root : "/tmp");
        require(mkdtemp(put_directory) != NULL, "a directory");
        (void)snprintf(put_path, sizeof put_path, "%s/%s", put_directory, name);
        (void)atexit(sweep);
    }
    out = fopen(put_path, "w");
    require(out && fwrite(bytes, 1, size, out) == size && fclose(out) == 0, "it is written");
}

#endif
