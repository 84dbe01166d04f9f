#include "core/runtime/nspawn_name.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"

// Of systemd-nspawn(1), version 255: what has its argument in the word that follows. All others
// have none, or only with a '='.
static const char short_with_argument[] = "DuLMSZipE";
static const char *const long_with_argument[] = {
    "ambient-capability",
    "background",
    "bind",
    "bind-ro",
    "bind-user",
    "capability",
    "chdir",
    "console",
    "cpu-affinity",
    "directory",
    "drop-capability",
    "hostname",
    "image",
    "image-policy",
    "inaccessible",
    "kill-signal",
    "link-journal",
    "load-credential",
    "machine",
    "network-bridge",
    "network-interface",
    "network-ipvlan",
    "network-macvlan",
    "network-namespace-path",
    "network-veth-extra",
    "network-zone",
    "no-new-privileges",
    "notify-ready",
    "oci-bundle",
    "oom-score-adjust",
    "overlay",
    "overlay-ro",
    "personality",
    "pivot-root",
    "port",
    "private-users-ownership",
    "property",
    "register",
    "resolv-conf",
    "restrict-address-families",
    "rlimit",
    "root-hash",
    "root-hash-sig",
    "selinux-apifs-context",
    "selinux-context",
    "set-credential",
    "setenv",
    "settings",
    "slice",
    "suppress-sync",
    "system-call-filter",
    "template",
    "timezone",
    "tmpfs",
    "user",
    "uuid",
    "verity-data",
};

struct words {
    const char *machine, *directory, *image;
};

static bool has_argument(const char *option)
{
    for (size_t i = 0; i < ARRAY_SIZE(long_with_argument); i++)
        if (strcmp(long_with_argument[i], option) == 0)
            return true;
    return false;
}

static void take(struct words *words, const char *option, const char *value)
{
    if (strcmp(option, "machine") == 0 || strcmp(option, "M") == 0)
        words->machine = value;
    else if (strcmp(option, "directory") == 0 || strcmp(option, "D") == 0)
        words->directory = value;
    else if (strcmp(option, "image") == 0 || strcmp(option, "i") == 0)
        words->image = value;
}

// How many words the option at `at` is.
static size_t read_long(struct words *words, const char *const *at)
{
    const char *option = at[0] + 2, *equal = strchr(option, '=');
    char name[64];
    size_t length = equal ? (size_t)(equal - option) : strlen(option);

    if (length >= sizeof name)
        return 1;
    memcpy(name, option, length);
    name[length] = '\0';
    if (equal) {
        take(words, name, equal + 1);
        return 1;
    }
    if (!has_argument(name) || !at[1])
        return 1;
    take(words, name, at[1]);
    return 2;
}

// "-qbD DIRECTORY", "-Mname"
static size_t read_short(struct words *words, const char *const *at)
{
    for (const char *letter = at[0] + 1; *letter; letter++) {
        const char name[2] = {*letter, '\0'};

        if (!strchr(short_with_argument, *letter))
            continue;
        if (letter[1])
            take(words, name, letter + 1);
        else if (at[1])
            take(words, name, at[1]);
        return letter[1] || !at[1] ? 1 : 2;
    }
    return 1;
}

static int last_component(const char *path, size_t length, const char *suffix,
                          char out[NSPAWN_NAME_SIZE])
{
    size_t start, end = strlen(suffix);

    while (length > 1 && path[length - 1] == '/')
        length--;
    for (start = length; start > 0 && path[start - 1] != '/';)
        start--;
    path += start;
    length -= start;
    if (length > end && memcmp(path + length - end, suffix, end) == 0)
        length -= end;
    if (length == 0 || length >= NSPAWN_NAME_SIZE || (length == 1 && *path == '.'))
        return 1;
    memcpy(out, path, length);
    out[length] = '\0';
    return 0;
}

int nspawn_name(const char *const *arguments, int proc, char out[NSPAWN_NAME_SIZE])
{
    struct words words = {.machine = NULL};
    char cwd[PATH_MAX];
    ssize_t n;

    for (size_t i = arguments[0] ? 1 : 0; arguments[i];) {
        const char *word = arguments[i];

        if (word[0] != '-' || !word[1] || strcmp(word, "--") == 0)
            break;
        i += word[1] == '-' ? read_long(&words, arguments + i) : read_short(&words, arguments + i);
    }
    if (words.machine)
        return last_component(words.machine, strlen(words.machine), "", out);
    if (words.directory && last_component(words.directory, strlen(words.directory), "", out) == 0)
        return 0;
    if (words.image)
        return last_component(words.image, strlen(words.image), ".raw", out);
    n = readlinkat(proc, "cwd", cwd, sizeof cwd);
    return n > 0 && n < (ssize_t)sizeof cwd ? last_component(cwd, (size_t)n, "", out) : 1;
}
