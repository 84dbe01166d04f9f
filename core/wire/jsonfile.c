#include "core/wire/jsonfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *jsonfile_type(const json_t *value)
{
    if (!value)
        return "nothing";
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
        return "an integer";
    case JSON_REAL:
        return "a number with a fraction";
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_NULL:
        return "null";
    }
    return "nothing";
}

// Before the parser, which recurses, sees it. Brackets in strings do not count.
static int check_depth(const char *bytes, size_t length, const char *shown, struct error *err)
{
    unsigned depth = 0, line = 1;
    bool string = false;

    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];

        if (c == '\n')
            line++;
        if (string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                string = false;
        } else if (c == '"') {
            string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSONFILE_DEPTH)
                return error_set(err, ERROR_USAGE, 0,
                                 "%s: line %u: more than %d objects and arrays inside each other",
                                 shown, line, JSONFILE_DEPTH);
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return 0;
}

static int too_large(const char *shown, size_t limit, struct error *err)
{
    return error_set(err, ERROR_USAGE, EFBIG, "%s is larger than %zu KiB", shown, limit / 1024);
}

int jsonfile_parse(const char *bytes, size_t length, const char *shown, size_t limit, json_t **ret,
                   struct error *err)
{
    json_error_t error;
    json_t *json;
    int r;

    if (length > limit)
        return too_large(shown, limit, err);
    if (length == 0)
        return error_set(err, ERROR_USAGE, 0, "%s is empty: a JSON object is expected", shown);
    r = check_depth(bytes, length, shown, err);
    if (r < 0)
        return r;
    json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!json) {
        if (json_error_code(&error) == json_error_out_of_memory)
            return ERROR_OOM(err);
        (void)error_set(err, ERROR_USAGE, 0, "%s: line %d, column %d: %s", shown, error.line,
                        error.column, error.text);
        error_hint_words(err, "jq . %s", shown);
        return -EINVAL;
    }
    if (!json_is_object(json)) {
        r = error_set(err, ERROR_USAGE, 0, "%s: a JSON object is expected, not %s", shown,
                      jsonfile_type(json));
        json_decref(json);
        return r;
    }
    *ret = json;
    return 0;
}

static int check_file(int fd, const char *shown, size_t limit, unsigned flags, struct error *err)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return error_errno(err, errno, "cannot look at %s", shown);
    if (S_ISLNK(st.st_mode)) {
        (void)error_set(err, ERROR_WRONG_TYPE, ELOOP, "%s is a symbolic link", shown);
        error_hint(err, "name the file itself");
        return -ELOOP;
    }
    if (!S_ISREG(st.st_mode))
        return error_set(err, ERROR_WRONG_TYPE, S_ISDIR(st.st_mode) ? EISDIR : EINVAL,
                         "%s is no file", shown);
    if (flags & JSONFILE_TRUSTED &&
        (st.st_uid != 0 || st.st_mode & S_IWOTH || (st.st_mode & S_IWGRP && st.st_gid != 0))) {
        (void)error_set(err, ERROR_UNSAFE, 0, "%s can be changed by others than root", shown);
        error_hint_words(err, "chown root: %s; chmod go-w %s", shown, shown);
        return -EPERM;
    }
    return st.st_size > (off_t)limit ? too_large(shown, limit, err) : 0;
}

// One byte more than may be is read, so that a file that grew is seen.
static int read_fd(int fd, const char *shown, size_t limit, char **ret, size_t *ret_length,
                   struct error *err)
{
    _cleanup_free_ char *buffer = malloc(limit + 1);
    size_t used = 0;

    if (!buffer)
        return ERROR_OOM(err);
    while (used < limit + 1) {
        ssize_t n = read(fd, buffer + used, limit + 1 - used);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_errno(err, errno, "cannot read %s", shown);
        if (n == 0)
            break;
        used += (size_t)n;
    }
    *ret = TAKE_POINTER(buffer);
    *ret_length = used;
    return 0;
}

int jsonfile_read(int dirfd, const char *path, const char *shown, size_t limit, unsigned flags,
                  json_t **ret, struct error *err)
{
    int nofollow = flags & JSONFILE_FOLLOW ? 0 : O_NOFOLLOW;
    // Looked at before it is opened: opening a FIFO or a device does something.
    _cleanup_close_ int found = openat(dirfd, path, O_PATH | O_CLOEXEC | nofollow), fd = -1;
    _cleanup_free_ char *bytes = NULL;
    char name[32];
    size_t length = 0;
    int r;

    if (found < 0 && (errno == ENOENT || errno == ENOTDIR))
        return 1;
    if (found < 0)
        r = error_errno(err, errno, "cannot open %s", shown);
    else
        r = check_file(found, shown, limit, flags, err);
    if (r == 0) {
        (void)snprintf(name, sizeof name, "/proc/self/fd/%d", found);
        fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        r = fd < 0 ? error_errno(err, errno, "cannot open %s", shown)
                   : read_fd(fd, shown, limit, &bytes, &length, err);
    }
    if (r == 0)
        r = jsonfile_parse(bytes, length, shown, limit, ret, err);
    if (r < 0)
        error_path(err, shown);
    return r;
}
