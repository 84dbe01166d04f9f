// Memory that is mapped before it is needed.
#include "core/base/warm.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "tests/unit/runner.h"

#define DATA_PAGES 64

static char data[DATA_PAGES * 4096] = {1}; // of a segment that is copied when it is written to

static long faults(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt;
}

static long faults_of_writing(void)
{
    long before = faults();

    for (size_t i = 0; i < sizeof data; i += 4096)
        ((volatile char *)data)[i]++;
    return faults() - before;
}

// In KiB, of the mapping that the address is in: smaps of proc(5).
static void mapping_of(const void *address, unsigned long *ret_size, unsigned long *ret_mapped)
{
    FILE *smaps = fopen("/proc/self/smaps", "re");
    unsigned long start, end, number;
    int found = 0;
    char line[512];

    *ret_size = *ret_mapped = 0;
    ck_assert_ptr_nonnull(smaps);
    while (fgets(line, sizeof line, smaps)) {
        if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
            found = (unsigned long)address >= start && (unsigned long)address < end;
        else if (found && sscanf(line, "Size: %lu", &number) == 1)
            *ret_size = number;
        else if (found && sscanf(line, "Rss: %lu", &number) == 1)
            *ret_mapped = number;
    }
    (void)fclose(smaps);
}

static int in_child(int (*check)(void))
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0)
        _exit(check());
    ck_assert_int_gt(pid, 0);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int cold(void)
{
    return faults_of_writing() >= DATA_PAGES / 2 ? 0 : 1;
}

static int warm(void)
{
    unsigned long size, mapped;
    long n;

    warm_memory();
    n = faults_of_writing();
    // NOLINTNEXTLINE(bugprone-casting-through-void): a function's address
    mapping_of((const void *)(unsigned long)strcoll, &size, &mapped);
    return n > DATA_PAGES / 8 ? 1 : size == 0 || mapped * 10 < size * 9 ? 2 : 0;
}

static void *libcurl;

static int lean(void)
{
    unsigned long size, mapped;

    warm_memory();
    mapping_of(dlsym(libcurl, "curl_easy_init"), &size, &mapped);
    return size == 0 ? 1 : mapped * 2 > size ? 2 : 0;
}

static int is_supported(void)
{
    char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return page != MAP_FAILED && madvise(page, 4096, 22) == 0; // NOLINT: the cast is the header's
}

START_TEST(a_child_is_warm)
{
    (void)faults_of_writing(); // they are this process's own
    ck_assert_msg(in_child(cold) == 0, "a fork's pages are its own by themselves here");
    if (!is_supported())
        return; // before Linux 5.14
    switch (in_child(warm)) {
    case 1:
        ck_abort_msg("its data was copied page by page");
    case 2:
        ck_abort_msg("the library's text is not mapped");
    }
}
END_TEST

START_TEST(what_was_opened_later_is_left)
{
    libcurl = dlopen("libcurl.so.4", RTLD_LAZY | RTLD_LOCAL);
    if (!libcurl)
        libcurl = dlopen("libcurl-gnutls.so.4", RTLD_LAZY | RTLD_LOCAL);
    ck_assert_msg(libcurl != NULL, "no libcurl here");
    ck_assert_int_eq(in_child(lean), 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, what_was_opened_later_is_left);
    tcase_add_test(tcase, a_child_is_warm);
}

int main(void)
{
    return run_suite("warm", add);
}
