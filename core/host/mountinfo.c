#include "core/host/mountinfo.h"

#include <string.h>
#include <sys/sysmacros.h>

#include "core/base/secret.h"
#include "core/base/text.h"

// What stands before the next space, which ends it in place; NULL when there is none. Every field
// but the last has one behind it.
static char *next_field(char **rest)
{
    char *field = *rest, *space = strchr(field, ' ');

    if (!space)
        return NULL;
    *space = '\0';
    *rest = space + 1;
    return field;
}

static bool is_octal(char c, char most)
{
    return c >= '0' && c <= most;
}

// In place. What no byte of a name can be (\000, \400) stays as it is, and so does a lone
// backslash: some filesystems write their options as they got them.
static char *unescape(char *text)
{
    char *out = strchr(text, '\\');

    for (const char *s = out; s && *s;) {
        int byte = 0;

        if (s[0] == '\\' && is_octal(s[1], '3') && is_octal(s[2], '7') && is_octal(s[3], '7'))
            byte = (s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0');
        *out++ = byte ? (char)byte : *s;
        s += byte ? 4 : 1;
    }
    if (out)
        *out = '\0';
    return text;
}

static bool parse_device(char *field, dev_t *ret)
{
    char *colon = field ? strchr(field, ':') : NULL;
    uint64_t device_major, device_minor;

    if (!colon)
        return false;
    *colon = '\0';
    if (!text_to_u64(field, &device_major) || !text_to_u64(colon + 1, &device_minor) ||
        device_major > UINT32_MAX || device_minor > UINT32_MAX)
        return false;
    *ret = makedev((unsigned)device_major, (unsigned)device_minor);
    return true;
}

// One of the optional fields, "shared:2".
static bool parse_tag(const char *tag, struct mount_entry *entry)
{
    const struct {
        const char *name;
        uint64_t *number;
    } tags[] = {
        {"shared:", &entry->peer_group},
        {"master:", &entry->master},
        {"propagate_from:", &entry->propagate_from},
    };

    for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
        size_t length = strlen(tags[i].name);

        if (strncmp(tag, tags[i].name, length) == 0)
            return text_to_u64(tag + length, tags[i].number);
    }
    entry->unbindable |= strcmp(tag, "unbindable") == 0;
    return true;
}

// Up to the lone hyphen, which is not missing.
static bool parse_tags(char **rest, struct mount_entry *entry)
{
    for (;;) {
        const char *tag = next_field(rest);

        if (!tag || !parse_tag(tag, entry))
            return false;
        if (strcmp(tag, "-") == 0)
            return true;
    }
}

// A field that is never empty.
static bool parse_text(char *field, const char **ret)
{
    if (!field || !*field)
        return false;
    *ret = unescape(field);
    return true;
}

static bool parse_id(const char *field, uint64_t *ret)
{
    return field && text_to_u64(field, ret);
}

// Some FUSE filesystems call their source by the URL that they were given, password and all. A
// source that is opened is a path, and has none.
static void hide_secret(char *source)
{
    struct secret secret;

    if (strchr(source, '@') && secret_in_spec(source, &secret))
        secret_blank(source, &secret);
}

bool mountinfo_parse_line(char *line, struct mount_entry *ret)
{
    struct mount_entry entry = {.id = 0};
    char *rest = line;

    if (!parse_id(next_field(&rest), &entry.id) || entry.id == 0 ||
        !parse_id(next_field(&rest), &entry.parent_id) ||
        !parse_device(next_field(&rest), &entry.device) ||
        !parse_text(next_field(&rest), &entry.root) ||
        !parse_text(next_field(&rest), &entry.target) || entry.target[0] != '/' ||
        !parse_text(next_field(&rest), &entry.options) || !parse_tags(&rest, &entry) ||
        !parse_text(next_field(&rest), &entry.type))
        return false;
    entry.source = next_field(&rest);
    if (!entry.source || !parse_text(rest, &entry.fs_options))
        return false;
    (void)unescape((char *)entry.source);
    hide_secret((char *)entry.source);
    *ret = entry;
    return true;
}
