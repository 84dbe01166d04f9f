// The clients of filesystems that mount helpers are part of, for who is to be told what is missing.
#ifndef DAVIT_ENGINE_HELPER_CLIENT_H
#define DAVIT_ENGINE_HELPER_CLIENT_H

#include "core/base/error.h"

// There is no helper for this type: ERROR_UNSUPPORTED, and the hint says which package has it, or
// how davit attaches such a thing without one.
int helper_missing(const char *type, struct error *err);

// The filesystem that a helper of this type wants of the kernel and that /proc/filesystems does not
// have (a module is there once its helper has tried); NULL: none, or nothing is known. Static.
const char *helper_lacks_kernel(const char *type);

#endif
