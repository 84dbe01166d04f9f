#include "core/host/process_memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/resolver.h"
#include "core/base/text.h"

struct question {
    int proc, memory;
    const char *name;
    size_t size;
};

static int read_in_child(const void *context, struct resolver_answer *answer)
{
    const struct question *question = context;
    _cleanup_free_ char *text = malloc(question->size);
    ssize_t n =
        text ? file_read_into(question->proc, question->name, text, question->size) : -ENOMEM;

    (void)answer;
    if (n > 0 && pwrite(question->memory, text, (size_t)n, 0) != n)
        n = -ENOSPC;
    return (int)n;
}

ssize_t process_memory_read(int proc, const char *name, char *buffer, size_t size,
                            uint64_t timeout_ms)
{
    _cleanup_close_ int memory = memfd_create("davit-process", MFD_CLOEXEC);
    _cleanup_free_ struct resolver_answer *answer = calloc(1, sizeof *answer);
    const struct question question = {.proc = proc, .memory = memory, .name = name, .size = size};
    const int keep[] = {proc, memory};
    struct error ignored;
    ssize_t n;
    int r;

    if (memory < 0 || !answer || size == 0)
        return memory < 0 ? -errno : -ENOMEM;
    buffer[0] = '\0';
    r = resolver_ask(name, read_in_child, &question, keep, ARRAY_SIZE(keep), timeout_ms, answer,
                     &ignored);
    if (r < 0 || answer->result <= 0)
        return r < 0 ? r : answer->result;
    n = pread(memory, buffer, size - 1, 0);
    if (n < 0)
        return -errno;
    buffer[n] = '\0';
    return n;
}

void process_command(int proc, uint64_t timeout_ms, char *out, size_t size)
{
    char raw[4096];
    ssize_t n = timeout_ms ? process_memory_read(proc, "cmdline", raw, sizeof raw, timeout_ms)
                           : file_read_into(proc, "cmdline", raw, sizeof raw);

    if (size == 0)
        return;
    out[0] = '\0';
    if (n <= 0)
        return;
    while (n > 0 && raw[n - 1] == '\0')
        n--;
    for (ssize_t i = 0; i < n; i++)
        if (raw[i] == '\0')
            raw[i] = ' ';
    text_clean(out, size, raw, (size_t)n);
}
