#include "core/host/idmap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"

#define MAP_LINES_MAX 340         // user_namespaces(7), Linux 4.15
#define MAP_TEXT_MAX  (64 * 1024) // of a whole uid_map
#define WRITE_MAX     4095        // one write(2) of at most a page less one byte sets it

int id_map_read(int proc, const char *file, struct id_map *ret, struct error *err)
{
    _cleanup_free_ char *text = NULL;
    int r = file_read(proc, file, MAP_TEXT_MAX, &text, NULL, err);

    if (r < 0)
        return r;
    ret->ranges = calloc(MAP_LINES_MAX, sizeof *ret->ranges);
    if (!ret->ranges)
        return ERROR_OOM(err);
    for (char *line = text, *next; *line && ret->n_ranges < MAP_LINES_MAX; line = next) {
        unsigned inside, outside, count;

        next = line + strcspn(line, "\n");
        if (*next)
            *next++ = '\0';
        if (sscanf(line, "%u %u %u", &inside, &outside, &count) == 3 && count > 0)
            ret->ranges[ret->n_ranges++] = (struct id_range){inside, outside, count};
    }
    return 0;
}

void id_map_done(struct id_map *map)
{
    free(map->ranges);
    *map = (struct id_map){.ranges = NULL};
}

bool id_map_outward(const struct id_map *map, uint32_t inside, uint32_t *ret)
{
    for (size_t i = 0; i < map->n_ranges; i++) {
        const struct id_range *range = &map->ranges[i];

        if (inside >= range->inside && inside - range->inside < range->count) {
            *ret = range->outside + (inside - range->inside);
            return true;
        }
    }
    return false;
}

bool id_map_inward(const struct id_map *map, uint32_t outside, uint32_t *ret)
{
    for (size_t i = 0; i < map->n_ranges; i++) {
        const struct id_range *range = &map->ranges[i];

        if (outside >= range->outside && outside - range->outside < range->count) {
            *ret = range->inside + (outside - range->outside);
            return true;
        }
    }
    return false;
}

bool id_map_is_identity(const struct id_map *map)
{
    return map->n_ranges == 1 && map->ranges[0].inside == 0 && map->ranges[0].outside == 0 &&
           map->ranges[0].count == UINT32_MAX;
}

// One number, and what ends it; NULL when it is none of 32 bits.
static const char *take_number(const char *text, char end, uint32_t *ret)
{
    char word[11];
    uint64_t value;
    size_t n = strcspn(text, ":");

    if (n == 0 || n >= sizeof word || text[n] != end)
        return NULL;
    memcpy(word, text, n);
    word[n] = '\0';
    if (!text_to_u64(word, &value) || value >= UINT32_MAX)
        return NULL;
    *ret = (uint32_t)value;
    return text + n + (end != '\0');
}

int id_range_parse(const char *text, struct id_range *ret, struct error *err)
{
    struct id_range range;
    const char *s = take_number(text, ':', &range.inside);
    int r;

    if (s)
        s = take_number(s, ':', &range.outside);
    if (s)
        s = take_number(s, '\0', &range.count);
    if (s && range.count > 0 && range.count <= UINT32_MAX - range.inside &&
        range.count <= UINT32_MAX - range.outside) {
        *ret = range;
        return 0;
    }
    r = error_set(err, ERROR_USAGE, EINVAL, "'%.40s' is no mapping of owners", text);
    error_hint(err, "auto, off, or CONTAINER:HOST:COUNT: 0:1000:1 shows the host's 1000 as root "
                    "inside");
    return r;
}

int id_map_for_mount(const struct id_map *map, const struct id_range *shown, char **ret,
                     struct error *err)
{
    uint64_t at = shown->inside, end = at + shown->count;
    _cleanup_free_ char *out = strdup("");
    int r;

    while (out && at < end) {
        const struct id_range *range = NULL;
        char *longer;
        uint64_t n;

        for (size_t i = 0; i < map->n_ranges && !range; i++)
            if (at >= map->ranges[i].inside && at - map->ranges[i].inside < map->ranges[i].count)
                range = &map->ranges[i];
        if (!range) {
            r = error_set(err, ERROR_UNSUPPORTED, EOVERFLOW,
                          "the container's user namespace does not map %llu",
                          (unsigned long long)at);
            error_hint(err, "what it maps is in /proc/PID/uid_map and gid_map of its init");
            return r;
        }
        n = (uint64_t)range->inside + range->count;
        n = (n < end ? n : end) - at;
        longer = text_format(
            "%s%llu %llu %llu\n", out, (unsigned long long)(shown->outside + (at - shown->inside)),
            (unsigned long long)(range->outside + (at - range->inside)), (unsigned long long)n);
        free(out);
        out = longer;
        at += n;
    }
    if (!out)
        return ERROR_OOM(err);
    if (strlen(out) > WRITE_MAX)
        return error_set(err, ERROR_UNSUPPORTED, E2BIG,
                         "the container's user namespace has too many parts for such a mapping");
    *ret = TAKE_POINTER(out);
    return 0;
}
