#include "core/host/blkid_library.h"

#include <dlfcn.h>
#include <stddef.h>

#include "core/base/cleanup.h"
#include "core/base/library.h"

static const char *const calls[] = {
#define X(name) #name,
    BLKID_CALLS(X)
#undef X
};
LIBRARY_FITS(struct blkid_calls, calls);

bool blkid_library_open(struct blkid_library *ret)
{
    static const struct library blkid = {{"libblkid.so.1"}, calls, ARRAY_SIZE(calls)};
    int why;

    *ret = (struct blkid_library){.handle = NULL};
    ret->handle = library_load(&blkid, &ret->call, &why);
    return ret->handle != NULL;
}

void blkid_library_close(struct blkid_library *library)
{
    if (library->handle)
        (void)dlclose(library->handle);
    *library = (struct blkid_library){.handle = NULL};
}
