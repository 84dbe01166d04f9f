// A filesystem on a block device or in an image, found and looked at: shared by the files that
// resolve it (source_device.c, source_image.c) and the one that mounts it (maker_device.c).
#ifndef DAVIT_ENGINE_DEVICE_SOURCE_H
#define DAVIT_ENGINE_DEVICE_SOURCE_H

#include <limits.h>
#include <stdbool.h>

#include "core/engine/maker.h"
#include "core/engine/workshop.h"
#include "core/host/filesystem_rule.h"
#include "core/host/loopdevice.h"
#include "core/host/mounted.h"
#include "core/host/superblock.h"

struct device_source {
    char node[PATH_MAX]; // as mount tables name it; "" of an image that has no loop device yet
    dev_t number;        // 0 likewise
    struct superblock found;
    const struct filesystem_rule *rule;
    bool shared; // mounted already: its superblock is used, and its options are not ours
    struct mounted mounted;
    bool read_only; // the superblock is, or will be
    bool by_tag;    // found by UUID= or LABEL= ...
    bool on_usb;    // ... on USB
    // of an image
    char *image;           // canonical path, raw bytes; NULL: it is a device
    int file;              // O_PATH of it, else -1
    struct loop_file part; // what of it
    bool has_loop;         // there is a loop device for it: `node`
    // in execution
    char sub_path[PATH_MAX]; // a copy for the child
    struct workshop_answer answer;
};

// "PLACE", or "PLACE:/SUBPATH" parted at the last colon that is followed by a slash. Fresh memory;
// the sub-path is "" or begins with a slash and is without ".", ".." and doubled slashes.
// ERROR_USAGE: no place, ".." in the sub-path, one that is too long.
int device_place_parse(const char *text, char **ret_place, char **ret_sub_path, struct error *err);

// The source's state, made; freed by the maker's done(). `rest` is what follows "device:" or
// "image:" and gives source->sub_path and, with `prefix`, source->name.
int device_source_new(struct source *source, const char *prefix, const char *rest, char **ret_place,
                      struct device_source **ret, struct error *err);

// What is the same for both: from device->found, node and number: refuses what cannot be, finds who
// shares it, and fills the source.
int device_source_settle(struct source *source, const char *what,
                         const struct attach_request *request, struct error *err);

#endif
