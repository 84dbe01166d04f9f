#include "core/base/user.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/text.h"

#define PASSWD_LIMIT (16 * 1024 * 1024) // bytes of /etc/passwd

// The third field of a line of passwd(5).
static bool line_has_uid(const char *line, size_t length, uid_t uid)
{
    const char *end = line + length, *field = line;
    char number[16];
    uint64_t value;
    size_t n;

    for (int colons = 0; colons < 2; colons++) {
        field = memchr(field, ':', (size_t)(end - field));
        if (!field)
            return false;
        field++;
    }
    n = strspn(field, "0123456789");
    if (n >= sizeof number || field + n >= end || field[n] != ':')
        return false;
    memcpy(number, field, n);
    number[n] = '\0';
    return text_to_u64(number, &value) && value == uid;
}

static bool passwd_name(uid_t uid, char *out, size_t size)
{
    _cleanup_free_ char *text = NULL;
    struct error ignored;

    if (file_read(AT_FDCWD, "/etc/passwd", PASSWD_LIMIT, &text, NULL, &ignored) < 0)
        return false;
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n"), name = strcspn(line, ":");

        if (name > 0 && name < length && line_has_uid(line, length, uid)) {
            text_clean(out, size, line, name);
            return true;
        }
        line += length + (line[length] == '\n');
    }
    return false;
}

void user_name(uid_t uid, char *out, size_t size)
{
    if (!passwd_name(uid, out, size))
        (void)snprintf(out, size, "%u", (unsigned)uid);
}
