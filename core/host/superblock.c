#include "core/host/superblock.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/host/blkid_library.h"
#include "core/host/mounted.h"

#define SECTOR 512 // bytes, in which libblkid counts partitions

// ---- in the child ----

static void get_value(const struct blkid_calls *call, blkid_probe probe, const char *name,
                      char *ret, size_t size)
{
    const char *value = NULL;

    if (call->blkid_probe_lookup_value(probe, name, &value, NULL) == 0 && value)
        text_clean(ret, size, value, strlen(value));
}

static void get_partitions(const struct blkid_calls *call, blkid_probe probe,
                           struct superblock *ret)
{
    blkid_partlist list = call->blkid_probe_get_partitions(probe);
    int n = list ? call->blkid_partlist_numof_partitions(list) : 0;

    for (int i = 0; i < n && ret->n_parts < PARTITIONS_MAX; i++) {
        blkid_partition part = call->blkid_partlist_get_partition(list, i);

        ret->parts[ret->n_parts].number = (unsigned)call->blkid_partition_get_partno(part);
        ret->parts[ret->n_parts].start = (uint64_t)call->blkid_partition_get_start(part) * SECTOR;
        ret->parts[ret->n_parts++].size = (uint64_t)call->blkid_partition_get_size(part) * SECTOR;
    }
}

static int probe(const struct blkid_calls *call, int fd, uint64_t offset, struct superblock *ret)
{
    blkid_probe pr = call->blkid_new_probe();
    int r = pr ? 0 : -ENOMEM;

    if (r == 0 && (call->blkid_probe_set_device(pr, fd, (blkid_loff_t)offset, 0) < 0 ||
                   call->blkid_probe_enable_superblocks(pr, 1) < 0 ||
                   call->blkid_probe_set_superblocks_flags(
                       pr, BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID | BLKID_SUBLKS_TYPE |
                               BLKID_SUBLKS_USAGE) < 0 ||
                   call->blkid_probe_enable_partitions(pr, 1) < 0))
        r = -EIO;
    if (r == 0) {
        int found = call->blkid_do_safeprobe(pr);

        ret->several = found == -2;
        r = found == -1 ? -EIO : 0;
    }
    if (r == 0 && !ret->several) {
        get_value(call, pr, "USAGE", ret->usage, sizeof ret->usage);
        get_value(call, pr, "TYPE", ret->type, sizeof ret->type);
        get_value(call, pr, "UUID", ret->uuid, sizeof ret->uuid);
        get_value(call, pr, "LABEL", ret->label, sizeof ret->label);
        get_value(call, pr, "PTTYPE", ret->table, sizeof ret->table);
        if (*ret->table)
            get_partitions(call, pr, ret);
    }
    if (pr)
        call->blkid_free_probe(pr);
    return r;
}

// struct ext4_super_block of the kernel's fs/ext4/ext4.h, 1024 bytes into the filesystem.
static int look_at_ext(int fd, uint64_t offset, struct superblock *ret)
{
    uint32_t words[64];

    if (pread(fd, words, sizeof words, (off_t)offset + 1024) != (ssize_t)sizeof words)
        return -EIO;
    ret->dirty = le32toh(words[0x60 / 4]) & 0x4;         // s_feature_incompat: RECOVER
    ret->orphans = words[0xe8 / 4] != 0 ||               // s_last_orphan
                   (le32toh(words[0x64 / 4]) & 0x10000); // s_feature_ro_compat: ORPHAN_PRESENT
    return 0;
}

static int look(int fd, uint64_t offset, struct superblock *ret)
{
    CLEANUP(blkid_library_close) struct blkid_library library = {.handle = NULL};
    struct stat st;
    int read_only = 0, r;

    if (fstat(fd, &st) < 0)
        return -errno;
    ret->size = (uint64_t)st.st_size;
    if (S_ISBLK(st.st_mode)) {
        if (ioctl(fd, BLKGETSIZE64, &ret->size) < 0 || ioctl(fd, BLKROGET, &read_only) < 0)
            return -errno;
        ret->read_only = read_only;
    }
    if (offset >= ret->size)
        return -ENXIO;
    r = blkid_library_open(&library) ? probe(&library.call, fd, offset, ret) : -ELIBACC;
    return r == 0 && strncmp(ret->type, "ext", 3) == 0 ? look_at_ext(fd, offset, ret) : r;
}

struct question {
    const char *path;
    uint64_t offset;
};

static int look_in_child(const void *context, struct resolver_answer *answer)
{
    const struct question *question = context;
    _cleanup_close_ int fd = open(question->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    struct superblock found = {.size = 0};
    int r = fd < 0 ? -errno : look(fd, question->offset, &found);

    found.in_use = r == 0 && mounted_in_use(question->path) == 1;

    memcpy(answer->data, &found, sizeof found);
    answer->length = sizeof found;
    return r;
}

// ---- in the asker ----

static int explain(int r, const char *what, const struct superblock *found, uint64_t offset,
                   struct error *err)
{
    switch (-r) {
    case ELIBACC:
        r = error_set(err, ERROR_UNSUPPORTED, ELIBACC,
                      "what is on %s cannot be told: this host has no libblkid", what);
        error_hint(err, "install util-linux's libblkid (libblkid1), or mount it on the host and "
                        "attach its directory");
        return r;
    case ENXIO:
        if (found->size)
            return error_set(err, ERROR_USAGE, EINVAL, "%s has %llu bytes: none at offset %llu",
                             what, (unsigned long long)found->size, (unsigned long long)offset);
        return error_set(err, ERROR_FAILED, ENXIO, "%s is empty: no medium, or no bytes", what);
    case ENOMEDIUM:
        return error_set(err, ERROR_FAILED, ENOMEDIUM, "%s has no medium in it", what);
    default:
        return error_errno(err, -r, "cannot read %s", what);
    }
}

int superblock_read(const char *path, int file, uint64_t offset, uint64_t timeout_ms,
                    struct superblock *ret, struct error *err)
{
    _cleanup_free_ char *what = path ? strdup(path) : file_descriptor_path(file);
    char handle[32];
    struct question question = {.path = path ? path : handle, .offset = offset};
    struct resolver_answer answer;
    int r;

    if (!what)
        return ERROR_OOM(err);
    (void)snprintf(handle, sizeof handle, "/proc/self/fd/%d", file);
    r = resolver_ask(what, look_in_child, &question, &file, path ? 0 : 1, timeout_ms, &answer, err);
    if (r < 0) {
        error_hint(err, "the disk, or the server that the image is on, does not answer");
        return r;
    }
    if (answer.length != sizeof *ret)
        return error_set(err, ERROR_FAILED, EPROTO, "%s: the child said nothing of use", what);
    memcpy(ret, answer.data, sizeof *ret);
    return answer.result < 0 ? explain(answer.result, what, ret, offset, err) : 0;
}
