#include "core/base/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

static void *open_one(const struct library *library)
{
    void *handle = NULL;

    for (const char *const *file = library->files; *file && !handle; file++)
        handle = dlopen(*file, RTLD_LAZY | RTLD_LOCAL);
    return handle;
}

void *library_load(const struct library *library, void *places, int *ret_why)
{
    void *handle = open_one(library);

    *ret_why = handle ? 0 : -ENOENT;
    for (size_t i = 0; handle && i < library->n_calls; i++) {
        void *call = dlsym(handle, library->calls[i]);

        if (!call) {
            *ret_why = -ENOSYS;
            (void)dlclose(handle);
            return NULL;
        }
        // dlsym(3): ISO C has no cast from an object to a function.
        memcpy((char *)places + i * sizeof call, &call, sizeof call);
    }
    return handle;
}
