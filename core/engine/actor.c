#include "core/engine/journal.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"

#define PASSWD_LIMIT (16 * 1024 * 1024)

static bool login_uid(uid_t *ret)
{
    char text[32];
    uint64_t value;

    if (file_read_into(AT_FDCWD, "/proc/self/loginuid", text, sizeof text) <= 0)
        return false;
    text[strcspn(text, "\n")] = '\0';
    // 4294967295: nobody logged in (credentials(7)).
    if (!text_to_u64(text, &value) || value >= UINT_MAX)
        return false;
    *ret = (uid_t)value;
    return true;
}

// Only root's word for it counts: anybody can set a variable.
static bool sudo_uid(uid_t *ret)
{
    const char *text = geteuid() == 0 ? getenv("SUDO_UID") : NULL;
    uint64_t value;

    if (!text || !text_to_u64(text, &value) || value >= UINT_MAX)
        return false;
    *ret = (uid_t)value;
    return true;
}

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

// Who runs this process does not change while it runs.
void actor_find(struct actor *ret)
{
    static struct actor found;
    uid_t uid = getuid();

    if (!*found.name) {
        if (!login_uid(&uid))
            (void)sudo_uid(&uid);
        found.uid = uid;
        if (!passwd_name(uid, found.name, sizeof found.name))
            (void)snprintf(found.name, sizeof found.name, "%u", (unsigned)uid);
    }
    *ret = found;
}
