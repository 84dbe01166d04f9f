#include "core/engine/passwd.h"

#include <string.h>

#include "core/base/text.h"

#define FIELDS_MAX 7

struct field {
    const char *text;
    size_t length;
};

bool id_parse(const char *text, size_t length, uint32_t *ret)
{
    char digits[16];
    uint64_t value;

    if (length == 0 || length >= sizeof digits)
        return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    if (!text_to_u64(digits, &value) || value >= UINT32_MAX)
        return false;
    *ret = (uint32_t)value;
    return true;
}

// The next line in fields parted by ':'; how many, 0 at the end. *text goes on behind it.
static size_t next_line(const char **text, struct field fields[FIELDS_MAX])
{
    const char *start = *text;
    size_t length, n = 0;

    if (!*start)
        return 0;
    length = strcspn(start, "\n");
    *text = start + length + (start[length] == '\n');
    for (const char *end = start + length, *at = start; n < FIELDS_MAX;) {
        const char *colon = n + 1 < FIELDS_MAX ? memchr(at, ':', (size_t)(end - at)) : NULL;

        fields[n++] = (struct field){at, (size_t)((colon ? colon : end) - at)};
        if (!colon)
            break;
        at = colon + 1;
    }
    return n;
}

static bool is(const struct field *field, const char *text)
{
    return strlen(text) == field->length && memcmp(field->text, text, field->length) == 0;
}

// An absolute path; what is none is left out.
static void take_path(const struct field *field, char out[PATH_MAX])
{
    out[0] = '\0';
    if (field->length == 0 || field->length >= PATH_MAX || field->text[0] != '/')
        return;
    memcpy(out, field->text, field->length);
    out[field->length] = '\0';
}

static bool is_name(const struct field *field)
{
    return field->length > 0 && field->length < PASSWD_NAME_SIZE && field->text[0] != '+' &&
           field->text[0] != '-' && // of NIS
           text_is_clean(field->text, field->length);
}

bool passwd_find(const char *text, const char *name, uid_t uid, struct account *ret)
{
    struct field fields[FIELDS_MAX];
    size_t n;

    while ((n = next_line(&text, fields)) > 0) {
        struct account found = {.uid = 0};

        if (n != FIELDS_MAX || !is_name(&fields[0]) ||
            !id_parse(fields[2].text, fields[2].length, &found.uid) ||
            !id_parse(fields[3].text, fields[3].length, &found.gid) ||
            (name ? !is(&fields[0], name) : found.uid != uid))
            continue;
        memcpy(found.name, fields[0].text, fields[0].length);
        take_path(&fields[5], found.home);
        take_path(&fields[6], found.shell);
        if (!*found.home)
            strcpy(found.home, "/");
        *ret = found;
        return true;
    }
    return false;
}

bool group_find(const char *text, const char *name, gid_t *ret)
{
    struct field fields[FIELDS_MAX];
    size_t n;

    while ((n = next_line(&text, fields)) > 0)
        if (n == 4 && is_name(&fields[0]) && is(&fields[0], name) &&
            id_parse(fields[2].text, fields[2].length, ret))
            return true;
    return false;
}

static bool lists(const struct field *members, const char *name)
{
    const char *at = members->text, *end = at + members->length;
    size_t length = strlen(name);

    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        size_t n = (size_t)((comma ? comma : end) - at);

        if (n == length && memcmp(at, name, n) == 0)
            return true;
        at += n + 1;
    }
    return false;
}

unsigned group_memberships(const char *text, const char *name, gid_t groups[PASSWD_GROUPS_MAX])
{
    struct field fields[FIELDS_MAX];
    unsigned found = 0;
    size_t n;

    while (found < PASSWD_GROUPS_MAX && (n = next_line(&text, fields)) > 0)
        if (n == 4 && is_name(&fields[0]) && lists(&fields[3], name) &&
            id_parse(fields[2].text, fields[2].length, &groups[found]))
            found++;
    return found;
}
