// /proc/PID/status: proc_pid_status(5).
#include "core/host/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#include "core/base/file.h"
#include "core/base/text.h"

// 65,536 supplementary groups of up to eleven bytes are the longest that a process can make it.
#define STATUS_LIMIT (1024 * 1024)

// The kernel writes a newline and a backslash of the name as \n and \\.
static void unescape(char *name)
{
    char *out = name;

    for (const char *s = name; *s; s++) {
        if (s[0] == '\\' && (s[1] == '\\' || s[1] == 'n'))
            *out++ = *++s == 'n' ? '\n' : '\\';
        else
            *out++ = *s;
    }
    *out = '\0';
}

static bool parse_name(char *value, struct process_status *status)
{
    unescape(value);
    text_clean(status->comm, sizeof status->comm, value, strlen(value));
    return true;
}

// Decimal numbers separated by white space: at most `max` are stored, all are counted.
static size_t parse_numbers(char *value, uint64_t *out, size_t max)
{
    size_t n = 0;
    char *rest = NULL;

    for (char *word = strtok_r(value, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
        uint64_t number;

        if (!text_to_u64(word, &number) || number > UINT32_MAX)
            return 0;
        if (n < max)
            out[n] = number;
        n++;
    }
    return n;
}

static bool parse_parent(char *value, struct process_status *status)
{
    uint64_t ppid;

    if (parse_numbers(value, &ppid, 1) != 1)
        return false;
    status->ppid = (pid_t)ppid;
    return true;
}

// "real effective saved file-system"
static bool parse_uid(char *value, struct process_status *status)
{
    uint64_t ids[4];

    if (parse_numbers(value, ids, 4) != 4)
        return false;
    status->euid = (uid_t)ids[1];
    return true;
}

static bool parse_gid(char *value, struct process_status *status)
{
    uint64_t ids[4];

    if (parse_numbers(value, ids, 4) != 4)
        return false;
    status->egid = (gid_t)ids[1];
    return true;
}

static bool parse_groups(char *value, struct process_status *status)
{
    uint64_t ids[PROCESS_GROUPS_MAX];
    size_t n = parse_numbers(value, ids, PROCESS_GROUPS_MAX);

    status->n_groups = n < PROCESS_GROUPS_MAX ? (unsigned)n : PROCESS_GROUPS_MAX;
    for (unsigned i = 0; i < status->n_groups; i++)
        status->groups[i] = (gid_t)ids[i];
    return true;
}

// From the outermost pid namespace that the reader sees to the process's own.
static bool parse_ns_pid(char *value, struct process_status *status)
{
    uint64_t pids[33]; // pid namespaces nest 32 deep, pid_namespaces(7)
    size_t n = parse_numbers(value, pids, ARRAY_SIZE(pids));

    if (n == 0 || n > ARRAY_SIZE(pids))
        return false;
    status->ns_pid = (pid_t)pids[n - 1];
    status->ns_depth = (unsigned)n;
    return true;
}

static bool parse_mask(const char *value, uint64_t *ret)
{
    char *end;

    errno = 0;
    *ret = strtoull(value, &end, 16);
    return end != value && *end == '\0' && errno == 0;
}

static bool parse_effective(char *value, struct process_status *status)
{
    return parse_mask(value, &status->cap_effective);
}

static bool parse_bounding(char *value, struct process_status *status)
{
    return parse_mask(value, &status->cap_bounding);
}

static const struct {
    const char *name;
    bool (*parse)(char *value, struct process_status *status);
    bool needed;
} fields[] = {
    {"Name", parse_name, true},        {"PPid", parse_parent, true},
    {"Uid", parse_uid, true},          {"Gid", parse_gid, true},
    {"Groups", parse_groups, false},   {"NSpid", parse_ns_pid, false}, // CONFIG_PID_NS
    {"CapEff", parse_effective, true}, {"CapBnd", parse_bounding, true},
};

// The index of the line's field; ARRAY_SIZE(fields) when it is none of ours.
static size_t field_of(const char *line, size_t name_length)
{
    size_t i = 0;

    while (i < ARRAY_SIZE(fields) && (strlen(fields[i].name) != name_length ||
                                      memcmp(fields[i].name, line, name_length) != 0))
        i++;
    return i;
}

// Parses all lines; the bits of the fields that were found and good.
static unsigned parse(char *text, struct process_status *status)
{
    unsigned found = 0;

    for (char *line = text, *next; *line; line = next) {
        char *value;
        size_t i;

        next = line + strcspn(line, "\n");
        if (*next)
            *next++ = '\0';
        value = strchr(line, ':');
        i = value ? field_of(line, (size_t)(value - line)) : ARRAY_SIZE(fields);
        if (i == ARRAY_SIZE(fields))
            continue;
        value += 1 + strspn(value + 1, "\t");
        if (fields[i].parse(value, status))
            found |= 1U << i;
    }
    return found;
}

int process_status_read(int proc, struct process_status *ret, struct error *err)
{
    _cleanup_free_ char *text = NULL;
    struct process_status status = {.ns_depth = 1};
    unsigned found;
    int r = file_read(proc, "status", STATUS_LIMIT, &text, NULL, err);

    if (r == -ENOENT || r == -ESRCH)
        return error_set(err, ERROR_GONE, ESRCH, "the process has ended");
    if (r < 0)
        return r;
    found = parse(text, &status);
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        if (fields[i].needed && !(found & 1U << i))
            return error_set(err, ERROR_FAILED, EPROTO, "/proc/PID/status has no usable line %s",
                             fields[i].name);
    *ret = status;
    return 0;
}

uint64_t process_own_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};

    if (syscall(SYS_capget, &header, data) < 0)
        return 0;
    return (uint64_t)data[1].effective << 32 | data[0].effective;
}
