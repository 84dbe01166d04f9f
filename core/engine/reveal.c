#include "core/engine/reveal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/host/mountcalls.h"

#define COUNTED_AT_MOST 1000

struct view {
    int root;
    const char *path;
};

struct seen {
    mode_t type;
    uint64_t size; // bytes of a file, entries of a directory
    struct mount_ids ids;
};

static uint64_t count_entries(int fd)
{
    _cleanup_closedir_ DIR *directory = fdopendir(fd);
    uint64_t n = 0;

    if (!directory) {
        (void)close(fd);
        return 0;
    }
    for (struct dirent *entry; n <= COUNTED_AT_MOST && (entry = readdir(directory));)
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    return n;
}

static int look_in_child(const void *context, struct resolver_answer *answer)
{
    const struct view *view = context;
    _cleanup_close_ int fd = file_open_in_root(view->root, view->path, O_PATH);
    struct seen seen = {0};
    struct stat st;
    int opened;

    if (fd < 0)
        return fd;
    if (fstat(fd, &st) < 0)
        return -errno;
    seen.type = st.st_mode & S_IFMT;
    seen.size = (uint64_t)st.st_size;
    (void)call_mount_ids(fd, "", &seen.ids);
    if (S_ISDIR(st.st_mode)) {
        opened = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        seen.size = opened >= 0 ? count_entries(opened) : 0;
    }
    memcpy(answer->data, &seen, sizeof seen);
    answer->length = sizeof seen;
    return 0;
}

static char *describe(struct inside *inside, const struct seen *seen, enum revealed *ret)
{
    const struct mount_entry *entry;
    struct error ignored;

    *ret = REVEALED_SOMETHING;
    if (seen->ids.is_root == 1 && inside_reread(inside, &ignored) == 0 &&
        (entry = mount_table_by_id(inside->table, seen->ids.old))) {
        _cleanup_free_ char *source = text_clean_dup(entry->source, strlen(entry->source));

        return source ? text_format("the mount of %s", source) : NULL;
    }
    if (S_ISREG(seen->type))
        return text_format("a file of %llu bytes", (unsigned long long)seen->size);
    if (!S_ISDIR(seen->type))
        return strdup("a special file");
    if (seen->size == 0) {
        *ret = REVEALED_NOTHING;
        return strdup("an empty directory");
    }
    if (seen->size > COUNTED_AT_MOST)
        return text_format("a directory with more than %d entries", COUNTED_AT_MOST);
    return text_format("a directory with %llu %s", (unsigned long long)seen->size,
                       seen->size == 1 ? "entry" : "entries");
}

char *reveal(struct inside *inside, const char *path, uint64_t timeout_ms, enum revealed *ret)
{
    struct view view = {.root = inside->root, .path = path};
    struct resolver_answer answer;
    struct error err;
    struct seen seen;
    int r = resolver_ask(path, look_in_child, &view, &inside->root, 1, timeout_ms, &answer, &err);

    *ret = REVEALED_UNKNOWN;
    if (r < 0)
        return strdup("not answering");
    if (answer.result == -ENOENT || answer.result == -ENOTDIR) {
        *ret = REVEALED_NOTHING;
        return strdup("nothing: the path does not exist");
    }
    if (answer.result < 0 || answer.length != sizeof seen)
        return text_format("unknown: %s", strerror(answer.result < 0 ? -answer.result : EIO));
    memcpy(&seen, answer.data, sizeof seen);
    return describe(inside, &seen, ret);
}
