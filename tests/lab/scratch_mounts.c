#include "scratch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

/* mountinfo writes space, tab, newline and backslash as \ooo (proc(5)). */
static void unescape(char *s)
{
    char *to = s;

    while (*s) {
        if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] && s[3]) {
            *to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
            s += 4;
        } else {
            *to++ = *s++;
        }
    }
    *to = '\0';
}

static bool is_below(const char *path, const char *dir)
{
    size_t n = strlen(dir);

    return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

ssize_t mounts_below(const char *dir, char ***ret)
{
    char **list = calloc(SCRATCH_MOUNTS_MAX, sizeof *list);
    FILE *f = fopen("/proc/self/mountinfo", "re");
    char *line = NULL;
    size_t size = 0;
    ssize_t n = 0;

    if (!list || !f) {
        free(list);
        if (f)
            fclose(f);
        return fail_errno("cannot read /proc/self/mountinfo");
    }
    while (n < SCRATCH_MOUNTS_MAX && getline(&line, &size, f) > 0) {
        char point[4096];

        if (sscanf(line, "%*s %*s %*s %*s %4095s", point) != 1)
            continue;
        unescape(point);
        if (is_below(point, dir) && (list[n] = strdup(point)))
            n++;
    }
    free(line);
    fclose(f);
    *ret = list;
    return n;
}

ssize_t unmount_below(const char *dir, int flags)
{
    char **list;
    ssize_t n = mounts_below(dir, &list), left = 0;

    for (ssize_t i = n - 1; i >= 0; i--) {
        if (umount2(list[i], UMOUNT_NOFOLLOW | flags) != 0 && errno != EINVAL)
            left++;
        free(list[i]);
    }
    if (n >= 0)
        free(list);
    return n < 0 ? n : left;
}
