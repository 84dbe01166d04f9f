// What a selector of the command line may mean; used by container_select() and container_find().
#ifndef DAVIT_RUNTIME_SELECT_H
#define DAVIT_RUNTIME_SELECT_H

#include "core/runtime/container.h"

enum selector_fit {
    SELECTOR_FITS_NOT,
    SELECTOR_FITS_PREFIX, // of its id
    SELECTOR_FITS_ID,
    SELECTOR_FITS_NAME,
};
enum selector_fit selector_fits(const struct container *container, const char *selector);

// "pid:N": 1 with the pid; 0 when the selector is of another kind; ERROR_USAGE when N is no pid.
int selector_pid(const char *selector, pid_t *ret, struct error *err);

int selector_check(const char *selector, struct error *err); // ERROR_USAGE when not valid

#endif
