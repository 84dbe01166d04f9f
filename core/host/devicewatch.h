// Tells when block devices come, go or change (libudev's monitor, subsystem "block"; the kernel's
// own messages where no udevd runs). libudev is loaded by this.
#ifndef DAVIT_HOST_DEVICEWATCH_H
#define DAVIT_HOST_DEVICEWATCH_H

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/loop.h"

struct device_watch;

// 0; 1 when this host has no libudev or allows no monitor: nothing is told then (err says why).
int device_watch_new(struct loop *loop, void (*changed)(void *context), void *context,
                     struct device_watch **ret, struct error *err);
void device_watch_free(struct device_watch *watch);
CLEANUP_POINTER(struct device_watch, device_watch_free);

#endif
