#include "core/host/udev_library.h"

#include <dlfcn.h>
#include <stddef.h>

#include "core/base/cleanup.h"
#include "core/base/library.h"

static const char *const calls[] = {
#define X(name) #name,
    UDEV_CALLS(X)
#undef X
};
LIBRARY_FITS(struct udev_calls, calls);

bool udev_library_open(struct udev_library *ret)
{
    static const struct library udev = {{"libudev.so.1"}, calls, ARRAY_SIZE(calls)};
    int why;

    *ret = (struct udev_library){.handle = NULL};
    ret->handle = library_load(&udev, &ret->call, &why);
    ret->udev = ret->handle ? ret->call.udev_new() : NULL;
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
