#include "core/host/blkid_library.h"

#include <dlfcn.h>
#include <stddef.h>

#include "core/base/cleanup.h"

bool blkid_library_open(struct blkid_library *ret)
{
    static const char *const names[] = {
#define X(name) #name,
        BLKID_CALLS(X)
#undef X
    };
    void **const places = (void **)&ret->call;

    _Static_assert(sizeof(struct blkid_calls) == ARRAY_SIZE(names) * sizeof(void *),
                   "one pointer for each name");
    *ret = (struct blkid_library){.handle = dlopen("libblkid.so.1", RTLD_LAZY | RTLD_LOCAL)};
    if (!ret->handle)
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        places[i] = dlsym(ret->handle, names[i]);
        if (!places[i])
            return false;
    }
    return true;
}

void blkid_library_close(struct blkid_library *library)
{
    if (library->handle)
        (void)dlclose(library->handle);
    *library = (struct blkid_library){.handle = NULL};
}
