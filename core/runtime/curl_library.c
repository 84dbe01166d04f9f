#include "core/runtime/curl_library.h"

#include <dlfcn.h>
#include <errno.h>

#include "core/base/cleanup.h"
#include "core/base/library.h"

static const char *const calls[] = {
#define X(name) "curl_" #name,
    CURL_CALLS(X)
#undef X
};
LIBRARY_FITS(struct curl_library, calls);

// The same library built with one or the other TLS library; no TLS is used here.
static const struct library curl = {
    {"libcurl.so.4", "libcurl-gnutls.so.4"}, calls, ARRAY_SIZE(calls)};

int curl_library_load(const struct curl_library **ret, struct error *err)
{
    static struct curl_library library;
    static void *handle;
    int r = 0;

    if (!handle) {
        handle = library_load(&curl, &library, &r);
        if (handle && library.global_init(CURL_GLOBAL_NOTHING) != CURLE_OK) {
            (void)dlclose(handle);
            handle = NULL;
            r = -ENOSYS;
        }
    }
    if (r < 0) {
        r = error_set(err, ERROR_UNSUPPORTED, ENOSYS,
                      r == -ENOENT ? "%s is not installed" : "%s is not usable (too old?)",
                      curl.files[0]);
        error_hint(err, "install it: apt-get install libcurl4");
        return r;
    }
    *ret = &library;
    return 0;
}
