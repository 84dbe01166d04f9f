#include "core/engine/journal.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/user.h"

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

static struct actor found;

void actor_be_service(const char *name)
{
    found.uid = (uid_t)-1;
    text_clean(found.name, sizeof found.name, name, strlen(name));
}

// Who runs this process does not change while it runs.
void actor_find(struct actor *ret)
{
    uid_t uid = getuid();

    if (!*found.name) {
        if (!login_uid(&uid))
            (void)sudo_uid(&uid);
        found.uid = uid;
        user_name(uid, found.name, sizeof found.name);
    }
    *ret = found;
}
