#include "core/host/privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/text.h"

#define STATUS_LIMIT (1024 * 1024) // as in process_status.c

// The value of the line NAME, NULL when there is none. Names are at the start of a line.
static const char *value_of(const char *text, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = text; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            return line + length + 1 + strspn(line + length + 1, "\t ");
    }
    return NULL;
}

static bool set_of(const char *text, const char *name, uint64_t *ret)
{
    const char *value = value_of(text, name);
    char *end;

    if (!value)
        return false;
    errno = 0;
    *ret = strtoull(value, &end, 16);
    return end != value && errno == 0;
}

static unsigned long number_of(const char *text, const char *name)
{
    const char *value = value_of(text, name);

    return value ? strtoul(value, NULL, 10) : 0;
}

bool privileges_parse(char *text, struct privileges *ret)
{
    struct privileges found = {.tracer = (pid_t)number_of(text, "TracerPid")};
    unsigned long mode = number_of(text, "Seccomp");

    found.no_new_privs = number_of(text, "NoNewPrivs") != 0;
    found.seccomp = mode == 0 ? SECCOMP_NONE : mode == 1 ? SECCOMP_STRICT : SECCOMP_FILTER;
    found.n_filters = (unsigned)number_of(text, "Seccomp_filters");
    if (!set_of(text, "CapInh", &found.sets.inheritable) ||
        !set_of(text, "CapPrm", &found.sets.permitted) ||
        !set_of(text, "CapEff", &found.sets.effective) ||
        !set_of(text, "CapBnd", &found.sets.bounding))
        return false;
    (void)set_of(text, "CapAmb", &found.sets.ambient); // 4.3
    *ret = found;
    return true;
}

int privileges_read(int proc, struct privileges *ret, struct error *err)
{
    _cleanup_free_ char *text = NULL;
    int r = file_read(proc, "status", STATUS_LIMIT, &text, NULL, err);

    if (r == -ENOENT || r == -ESRCH)
        return error_set(err, ERROR_GONE, ESRCH, "the process has ended");
    if (r == 0 && !privileges_parse(text, ret))
        r = error_set(err, ERROR_FAILED, EPROTO, "/proc/PID/status has no capabilities");
    return r;
}

unsigned capability_last(void)
{
    static unsigned last;
    char text[16];
    uint64_t number;

    if (last)
        return last;
    if (file_read_into(AT_FDCWD, "/proc/sys/kernel/cap_last_cap", text, sizeof text) > 0) {
        text[strcspn(text, "\n")] = '\0';
        if (text_to_u64(text, &number) && number < 64)
            last = (unsigned)number;
    }
    if (!last)
        last = 40; // CAP_CHECKPOINT_RESTORE, 5.9
    return last;
}

unsigned capability_count(uint64_t set)
{
    unsigned n = 0;

    for (unsigned i = 0; i <= capability_last(); i++)
        n += set >> i & 1;
    return n;
}

// "Max open files            1024                 4096                 files"
static const struct {
    const char *name;
    int number;
} limit_names[] = {
    {"Max cpu time", RLIMIT_CPU},
    {"Max file size", RLIMIT_FSIZE},
    {"Max data size", RLIMIT_DATA},
    {"Max stack size", RLIMIT_STACK},
    {"Max core file size", RLIMIT_CORE},
    {"Max resident set", RLIMIT_RSS},
    {"Max processes", RLIMIT_NPROC},
    {"Max open files", RLIMIT_NOFILE},
    {"Max locked memory", RLIMIT_MEMLOCK},
    {"Max address space", RLIMIT_AS},
    {"Max file locks", RLIMIT_LOCKS},
    {"Max pending signals", RLIMIT_SIGPENDING},
    {"Max msgqueue size", RLIMIT_MSGQUEUE},
    {"Max nice priority", RLIMIT_NICE},
    {"Max realtime priority", RLIMIT_RTPRIO},
    {"Max realtime timeout", RLIMIT_RTTIME},
};

static bool parse_limit(const char **text, rlim_t *ret)
{
    static const char unlimited[] = "unlimited";
    char *end;

    *text += strspn(*text, " ");
    if (strncmp(*text, unlimited, sizeof unlimited - 1) == 0) {
        *ret = RLIM_INFINITY;
        *text += sizeof unlimited - 1;
        return true;
    }
    if (**text < '0' || **text > '9')
        return false;
    errno = 0;
    *ret = strtoull(*text, &end, 10);
    *text = end;
    return errno == 0;
}

void limits_parse(const char *text, struct limits *ret)
{
    memset(ret, 0, sizeof *ret);
    for (const char *line = text; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        for (size_t i = 0; i < ARRAY_SIZE(limit_names); i++) {
            size_t length = strlen(limit_names[i].name);
            const char *value = line + length;
            struct rlimit limit;

            if (strncmp(line, limit_names[i].name, length) != 0 || *value != ' ' ||
                !parse_limit(&value, &limit.rlim_cur) || !parse_limit(&value, &limit.rlim_max))
                continue;
            ret->of[limit_names[i].number] = limit;
            ret->known[limit_names[i].number] = true;
        }
    }
}

int limits_read(int proc, struct limits *ret, struct error *err)
{
    char text[8192];
    ssize_t n = file_read_into(proc, "limits", text, sizeof text);

    if (n < 0)
        return error_errno(err, (int)-n, "cannot read the process's limits");
    limits_parse(text, ret);
    return 0;
}

int process_oom_score_adj(int proc)
{
    char text[32];

    return file_read_into(proc, "oom_score_adj", text, sizeof text) > 0 ? atoi(text) : 0;
}

unsigned long process_personality(int proc)
{
    char text[32];

    return file_read_into(proc, "personality", text, sizeof text) > 0 ? strtoul(text, NULL, 16) : 0;
}
