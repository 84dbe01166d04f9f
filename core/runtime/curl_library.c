#include "core/runtime/curl_library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/cleanup.h"

// The same library built with one or the other TLS library; no TLS is used here.
static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};

static bool symbols_load(void *handle, struct curl_library *ret)
{
    bool complete = true;

#define X(name)                                                                      \
    do {                                                                             \
        void *symbol = dlsym(handle, "curl_" #name);                                 \
        memcpy(&ret->name, &symbol, sizeof symbol); /* dlsym(3): no cast in ISO C */ \
        complete = complete && symbol;                                               \
    } while (0);
    CURL_CALLS(X)
#undef X
    return complete;
}

int curl_library_load(const struct curl_library **ret, struct error *err)
{
    static struct curl_library library;
    static bool loaded;
    void *handle = NULL;
    int r;

    for (size_t i = 0; !loaded && !handle && i < ARRAY_SIZE(names); i++)
        handle = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
    if (!loaded && (!handle || !symbols_load(handle, &library) ||
                    library.global_init(CURL_GLOBAL_NOTHING) != CURLE_OK)) {
        if (handle)
            (void)dlclose(handle);
        r = error_set(err, ERROR_UNSUPPORTED, ENOSYS,
                      handle ? "%s is not usable (too old?)" : "%s is not installed", names[0]);
        error_hint(err, "install it: apt-get install libcurl4");
        return r;
    }
    loaded = true;
    *ret = &library;
    return 0;
}
