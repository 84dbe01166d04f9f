#include "core/base/warm.h"

#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/cleanup.h"

#define STACK_PAGES 16

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif

// The end of what the dynamic linker has made read-only in a writable segment.
static uintptr_t end_of_relro(const struct dl_phdr_info *object)
{
    for (int i = 0; i < object->dlpi_phnum; i++)
        if (object->dlpi_phdr[i].p_type == PT_GNU_RELRO)
            return object->dlpi_addr + object->dlpi_phdr[i].p_vaddr + object->dlpi_phdr[i].p_memsz;
    return 0;
}

// How many objects came with the program. Those that dlopen(3) brings come after them, in the
// dynamic linker's list as in time.
static unsigned own;

static int count(struct dl_phdr_info *object, size_t size, void *context)
{
    unsigned *n = context;

    (void)object, (void)size;
    ++*n;
    return 0;
}

static void __attribute__((constructor)) count_own(void)
{
    (void)dl_iterate_phdr(count, &own);
}

static int populate(struct dl_phdr_info *object, size_t size, void *context)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), relro = end_of_relro(object);
    unsigned *n = context;

    (void)size;
    if (++*n > own)
        return 1;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        uintptr_t start = object->dlpi_addr + segment->p_vaddr, end = start + segment->p_memsz;
        int writable = segment->p_flags & PF_W;

        if (segment->p_type != PT_LOAD)
            continue;
        if (writable && relro > start)
            start = relro < end ? relro : end;
        start &= ~(page - 1);
        end = (end + page - 1) & ~(page - 1);
        // NOLINTNEXTLINE(performance-no-int-to-ptr): the linker has numbers
        (void)madvise((void *)start, end - start,
                      writable ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
    }
    return 0;
}

void warm_memory(void)
{
    volatile char stack[STACK_PAGES * 4096];
    unsigned n = 0;

    for (size_t i = 0; i < ARRAY_SIZE(stack); i += 4096)
        stack[i] = 0;
    (void)dl_iterate_phdr(populate, &n);
}
