// Runs a fuzz target over the files and directories that are named on the command line: the corpus
// as an ordinary test, without libFuzzer. TAP.
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "fuzz.h"

#define INPUT_LIMIT (4 * 1024 * 1024)

static unsigned n_inputs, n_failed;

// As it is, cut short at every length up to a bound, and with each of its first bytes changed: a
// small corpus goes a long way.
static void run(const uint8_t *bytes, size_t size)
{
    static const uint8_t changes[] = {0, '"', '{', '}', '[', ',', ':', '-', '9', '\\', 0xff};
    uint8_t *copy = malloc(size ? size : 1);

    if (!copy)
        abort();
    (void)LLVMFuzzerTestOneInput(bytes, size);
    for (size_t length = 0; length < size && length < 1024; length++) {
        // A copy of its own size: a read past the end is seen by the sanitizer.
        uint8_t *cut = malloc(length ? length : 1);

        if (!cut)
            abort();
        memcpy(cut, bytes, length);
        (void)LLVMFuzzerTestOneInput(cut, length);
        free(cut);
    }
    for (size_t at = 0; at < size && at < 1024; at++) {
        memcpy(copy, bytes, size);
        copy[at] = changes[at % sizeof changes];
        (void)LLVMFuzzerTestOneInput(copy, size);
    }
    free(copy);
}

static void run_file(const char *path)
{
    _cleanup_free_ char *bytes = NULL;
    struct error err;
    size_t size;

    n_inputs++;
    if (file_read(AT_FDCWD, path, INPUT_LIMIT, &bytes, &size, &err) < 0) {
        n_failed++;
        (void)printf("not ok %u - %s: %s\n", n_inputs, path, err.message);
        return;
    }
    run((const uint8_t *)bytes, size);
    (void)printf("ok %u - %s\n", n_inputs, path);
}

static void run_directory(const char *path)
{
    _cleanup_closedir_ DIR *dir = opendir(path);
    struct dirent *entry;
    char file[4096];

    while (dir && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        run_file(file);
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct stat st;

        if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
            run_directory(argv[i]);
        else
            run_file(argv[i]);
    }
    (void)printf("1..%u\n", n_inputs);
    return n_failed > 0 || n_inputs == 0;
}
