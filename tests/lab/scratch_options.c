#include "scratch.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>

enum { MEMORY_MIN = 6 << 20 };

static int parse_memory(const char *text, uint64_t *ret)
{
    char *end;
    unsigned long long n;
    unsigned shift = 0;

    errno = 0;
    n = strtoull(text, &end, 10);
    switch (*end) {
    case 'k':
        shift = 10;
        break;
    case 'm':
        shift = 20;
        break;
    case 'g':
        shift = 30;
        break;
    }
    if (errno || text[0] < '0' || text[0] > '9' || (*end && (shift == 0 || end[1])) ||
        n > (UINT64_MAX >> 1) >> shift)
        return fail("--memory %s: not a number of bytes; write for example 64m", text);
    if (n << shift < MEMORY_MIN)
        return fail("--memory %s: less than 6m, busybox would not start", text);
    *ret = n << shift;
    return 0;
}

static int parse_cpu(const char *text, unsigned *ret)
{
    unsigned long limit = 100ul * (unsigned long)get_nprocs(), n;
    char *end;

    errno = 0;
    n = strtoul(text, &end, 10);
    if (errno || text[0] < '0' || text[0] > '9' || *end || n < 1 || n > limit)
        return fail("--cpu %s: not a whole number from 1 to %lu (100 is one CPU)", text, limit);
    *ret = (unsigned)n;
    return 0;
}

static bool has_dots(const char *path)
{
    for (const char *p = path; (p = strstr(p, "..")); p += 2)
        if ((p == path || p[-1] == '/') && (p[2] == '/' || p[2] == '\0'))
            return true;
    return false;
}

/* SRC:DST[:ro]; `text` is cut into pieces. */
static int parse_volume(char *text, const char *state, struct options *o)
{
    struct volume *v = &o->volumes[o->n_volumes];
    char *target = strchr(text, ':'), *mode = target ? strchr(target + 1, ':') : NULL;

    if (o->n_volumes == SCRATCH_VOLUMES_MAX)
        return fail("-v: more than %d volumes", SCRATCH_VOLUMES_MAX);
    if (!target)
        return fail("-v %s: no target; write SRC:DST or SRC:DST:ro", text);
    if (mode && strcmp(mode, ":ro") != 0)
        return fail("-v %s: unknown mode `%s`; only ro is known", text, mode + 1);
    *target++ = '\0';
    if (mode)
        *mode = '\0';
    if (*target != '/' || target[strspn(target, "/")] == '\0' || has_dots(target))
        return fail("-v %s:%s: the target is not an absolute path below / without `..`", text,
                    target);
    *v = (struct volume){.target = target, .read_only = mode != NULL};
    if (*text == '/') {
        v->source = realpath(text, NULL);
        if (!v->source)
            return fail_errno("-v %s:%s: cannot find %s on the host", text, target, text);
    } else if (!name_is_valid(text)) {
        return fail("-v %s:%s: the source is neither an absolute path nor the name of a managed "
                    "volume ([a-zA-Z0-9][a-zA-Z0-9_.-]*, 63 at most)",
                    text, target);
    } else if (asprintf(&v->source, "%s/volumes/%s", state, text) < 0) {
        v->source = NULL;
        return fail("out of memory");
    } else if (make_dirs(v->source, 0755) != 0) {
        free(v->source);
        return -1;
    }
    o->n_volumes++;
    return 0;
}

static int check_directory(const char *option, const char *path)
{
    struct stat st;

    if (*path != '/')
        return fail("%s %s: not an absolute path", option, path);
    if (stat(path, &st) != 0)
        return fail_errno("%s %s", option, path);
    return S_ISDIR(st.st_mode) ? 0 : fail("%s %s: not a directory", option, path);
}

int options_parse(int argc, char **argv, const char *state, struct options *o)
{
    static const struct option options[] = {
        {"volume", required_argument, NULL, 'v'},
        {"memory", required_argument, NULL, 'm'},
        {"cpu", required_argument, NULL, 'c'},
        {"rootfs", required_argument, NULL, 'r'},
        {"detach", no_argument, NULL, 'd'},
        {"root-parent", required_argument, NULL, 'p'},
        {NULL, 0, NULL, 0},
    };
    int option, r = 0;

    while (r == 0 && (option = getopt_long(argc, argv, "+v:d", options, NULL)) != -1) {
        if (option == 'v')
            r = parse_volume(optarg, state, o);
        else if (option == 'm')
            r = parse_memory(optarg, &o->memory);
        else if (option == 'c')
            r = parse_cpu(optarg, &o->cpu);
        else if (option == 'r')
            r = check_directory("--rootfs", o->rootfs = optarg);
        else if (option == 'p')
            r = check_directory("--root-parent", o->root_parent = optarg);
        else if (option == 'd')
            o->detach = true;
        else
            r = fail("see `scratch --help`");
    }
    if (r != 0)
        return r;
    if (o->rootfs && o->root_parent)
        return fail("--rootfs and --root-parent exclude each other");
    if (optind >= argc)
        return fail("no NAME given; see `scratch --help`");
    o->name = argv[optind++];
    if (!name_is_valid(o->name))
        return fail("%s: not a container name ([a-zA-Z0-9][a-zA-Z0-9_.-]*, 63 at most)", o->name);
    if (optind < argc && strcmp(argv[optind], "--") == 0)
        optind++;
    if (optind >= argc)
        return fail("no COMMAND given; write scratch run %s -- COMMAND", o->name);
    o->command = &argv[optind];
    return 0;
}
