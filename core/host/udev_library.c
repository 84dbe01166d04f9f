#include "core/host/udev_library.h"

#include <dlfcn.h>
#include <stddef.h>

#include "core/base/cleanup.h"

bool udev_library_open(struct udev_library *ret)
{
    static const char *const names[] = {
#define X(name) #name,
        UDEV_CALLS(X)
#undef X
    };
    void **const places = (void **)&ret->call;

    _Static_assert(sizeof(struct udev_calls) == ARRAY_SIZE(names) * sizeof(void *),
                   "one pointer for each name");
    *ret = (struct udev_library){.handle = dlopen("libudev.so.1", RTLD_LAZY | RTLD_LOCAL)};
    if (!ret->handle)
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        places[i] = dlsym(ret->handle, names[i]);
        if (!places[i])
            return false;
    }
    ret->udev = ret->call.udev_new();
    return ret->udev != NULL;
}

void udev_library_close(struct udev_library *library)
{
    if (library->udev)
        library->call.udev_unref(library->udev);
    if (library->handle)
        (void)dlclose(library->handle);
    *library = (struct udev_library){.handle = NULL};
}
