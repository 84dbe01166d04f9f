// libcurl, loaded on first use: it brings more than forty shared objects, and a host without it
// still works from /proc.
#ifndef DAVIT_RUNTIME_CURL_LIBRARY_H
#define DAVIT_RUNTIME_CURL_LIBRARY_H

#include <curl/curl.h>

#include "core/base/error.h"

#define CURL_CALLS(X)      \
    X(global_init)         \
    X(easy_init)           \
    X(easy_cleanup)        \
    X(easy_setopt)         \
    X(easy_getinfo)        \
    X(easy_strerror)       \
    X(multi_init)          \
    X(multi_cleanup)       \
    X(multi_add_handle)    \
    X(multi_remove_handle) \
    X(multi_perform)       \
    X(multi_poll)          \
    X(multi_info_read)

struct curl_library {
#define X(name) __typeof__(curl_##name) *name;
    CURL_CALLS(X)
#undef X
};

// The library stays loaded. -ENOSYS (ERROR_UNSUPPORTED) when there is none.
int curl_library_load(const struct curl_library **ret, struct error *err);

#endif
