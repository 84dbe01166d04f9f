#include "core/runtime/cgroup_path.h"

#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"

#define HEX_ID_LENGTH 64

enum id_form {
    ID_HEX,  // 64 hexadecimal digits and nothing else
    ID_NAME, // any text
    ID_UNIT, // any text with systemd's \xNN escapes (systemd.unit(5), "String Escaping")
};

// One component of a path: PARENT/PREFIX id SUFFIX. A parent of "*" is any, or none.
struct pattern {
    const char *parent;
    const char *prefix;
    const char *suffix;
    enum id_form form;
    const char *runtime; // NULL: something that is no container although a later pattern fits
};

static const struct pattern patterns[] = {
    {"*", "docker-", ".scope", ID_HEX, "docker"}, // dockerd, systemd driver
    {"docker", "", "", ID_HEX, "docker"},         // dockerd, cgroupfs driver
    {"*", "cri-containerd-", ".scope", ID_HEX, "containerd"},
    {"*", "nerdctl-", ".scope", ID_HEX, "containerd"},
    {"*", "crio-", ".scope", ID_HEX, "crio"},
    {"*", "crio-", "", ID_HEX, "crio"},
    {"*", "libpod-", ".scope", ID_HEX, "podman"},
    {"*", "libpod-", "", ID_HEX, "podman"},              // libpod_parent/libpod-ID
    {"pod*", "", "", ID_HEX, "containerd"},              // kubelet, cgroupfs driver: …/podUID/ID
    {"*", "lxc.monitor.", "", ID_NAME, NULL},            // the process beside it
    {"*", "lxc.payload.", "", ID_NAME, "lxc"},           // LXC 4
    {"lxc.payload", "", "", ID_NAME, "lxc"},             // LXC 3
    {"lxc", "", "", ID_NAME, "lxc"},                     // LXC 2
    {"*", "machine-qemu\\x2d", ".scope", ID_UNIT, NULL}, // libvirt: a virtual machine
    {"*", "machine-lxc\\x2d", ".scope", ID_UNIT, "libvirt"},
    {"machine.slice", "machine-", ".scope", ID_UNIT, "nspawn"},
    {"*", "systemd-nspawn@", ".service", ID_UNIT, "nspawn"},
    {"*", "runc-", ".scope", ID_UNIT, "runc"},
    {"*", "crun-", ".scope", ID_UNIT, "crun"},
};

// First components of ctr(8)'s and Kubernetes' namespaces of containerd: /default/web.
static const char *const containerd_namespaces[] = {"default", "k8s.io"};

struct span {
    const char *start;
    size_t length;
};

static bool span_is(struct span s, const char *text)
{
    return strlen(text) == s.length && memcmp(s.start, text, s.length) == 0;
}

static bool span_starts(struct span s, const char *text)
{
    size_t n = strlen(text);

    return n <= s.length && memcmp(s.start, text, n) == 0;
}

static bool span_ends(struct span s, const char *text)
{
    size_t n = strlen(text);

    return n <= s.length && memcmp(s.start + s.length - n, text, n) == 0;
}

static bool is_hex(struct span s)
{
    size_t n = 0;

    while (n < s.length && s.start[n] && strchr("0123456789abcdef", s.start[n]))
        n++;
    return n == HEX_ID_LENGTH && n == s.length;
}

bool cgroup_id_is_hex(const char *id)
{
    return is_hex((struct span){id, strlen(id)});
}

// A unit that systemd made is a service or a session, not an engine's directory.
static bool is_unit(struct span s)
{
    return span_ends(s, ".slice") || span_ends(s, ".scope") || span_ends(s, ".service");
}

// Kubernetes' uids are UUIDs: "podman" is no pod.
static bool could_be_uid(struct span s)
{
    size_t n = 0;

    while (n < s.length && s.start[n] && strchr("0123456789abcdefABCDEF-_", s.start[n]))
        n++;
    return n > 0 && n == s.length;
}

// "podUID" (cgroupfs driver) or "kubepods-burstable-podUID.slice", '-' written as '_' (systemd).
static struct span pod_of(struct span component)
{
    const char *pod = NULL;

    if (span_starts(component, "pod"))
        pod = component.start;
    for (size_t i = 0; span_ends(component, ".slice") && i + 4 < component.length; i++)
        if (memcmp(component.start + i, "-pod", 4) == 0)
            pod = component.start + i + 1;
    if (!pod)
        return (struct span){NULL, 0};
    pod += 3;
    component.length -= (size_t)(pod - component.start);
    if (span_ends((struct span){pod, component.length}, ".slice"))
        component.length -= strlen(".slice");
    return could_be_uid((struct span){pod, component.length}) ? (struct span){pod, component.length}
                                                              : (struct span){NULL, 0};
}

static void store(char *out, size_t size, struct span s)
{
    text_clean(out, size, s.start, s.length);
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef", *digit = c ? strchr(digits, c) : NULL;

    return digit ? (int)(digit - digits) : -1;
}

static void store_unit(char *out, size_t size, struct span s)
{
    char plain[256];
    size_t n = 0;

    for (size_t i = 0; i < s.length && n < sizeof plain; i++) {
        if (s.length - i >= 4 && s.start[i] == '\\' && s.start[i + 1] == 'x' &&
            hex_digit(s.start[i + 2]) >= 0 && hex_digit(s.start[i + 3]) >= 0) {
            plain[n++] = (char)(hex_digit(s.start[i + 2]) << 4 | hex_digit(s.start[i + 3]));
            i += 3;
        } else {
            plain[n++] = s.start[i];
        }
    }
    text_clean(out, size, plain, n);
}

// libvirt writes "lxc-PID-NAME".
static struct span without_number(struct span s)
{
    while (s.length > 0 && *s.start >= '0' && *s.start <= '9')
        s = (struct span){s.start + 1, s.length - 1};
    return span_starts(s, "\\x2d") ? (struct span){s.start + 4, s.length - 4} : s;
}

static bool parent_fits(struct span parent, const char *want)
{
    if (strcmp(want, "*") == 0)
        return true;
    return strcmp(want, "pod*") == 0 ? pod_of(parent).length > 0 : span_is(parent, want);
}

// "user.slice:docker:ID": runc's systemd syntax under its cgroupfs driver.
static bool triple_fits(struct span component, struct cgroup_identity *ret)
{
    struct span parts[3] = {{component.start, 0}};
    size_t n = 0;

    for (size_t i = 0; i < component.length; i++) {
        if (component.start[i] != ':')
            parts[n].length++;
        else if (++n == ARRAY_SIZE(parts))
            return false;
        else
            parts[n] = (struct span){component.start + i + 1, 0};
    }
    if (n != 2 || !is_hex(parts[2]))
        return false;
    if (span_is(parts[1], "cri-containerd"))
        parts[1] = (struct span){"containerd", strlen("containerd")};
    store(ret->runtime, sizeof ret->runtime, parts[1]);
    store(ret->id, sizeof ret->id, parts[2]);
    return true;
}

// 1: a container, 0: none of the patterns, -1: known to be none.
static int component_fits(struct span parent, struct span component, struct cgroup_identity *ret)
{
    for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
        const struct pattern *p = &patterns[i];
        size_t frame;
        struct span id;

        // This is done for every component of every process's path: most differ in the first byte.
        if (*p->prefix ? *p->prefix != *component.start : !parent_fits(parent, p->parent))
            continue;
        frame = strlen(p->prefix) + strlen(p->suffix);
        id = (struct span){component.start + strlen(p->prefix), component.length - frame};
        if (component.length <= frame || !span_starts(component, p->prefix) ||
            !span_ends(component, p->suffix) || !parent_fits(parent, p->parent) ||
            (p->form == ID_HEX && !is_hex(id)))
            continue;
        if (!p->runtime)
            return -1;
        if (strcmp(p->runtime, "libvirt") == 0)
            id = without_number(id);
        if (p->form == ID_UNIT)
            store_unit(ret->id, sizeof ret->id, id);
        else
            store(ret->id, sizeof ret->id, id);
        store(ret->runtime, sizeof ret->runtime, (struct span){p->runtime, strlen(p->runtime)});
        return 1;
    }
    if (triple_fits(component, ret))
        return 1;
    if (!is_hex(component))
        return 0;
    // An engine's id under a parent of the administrator's choice (docker run --cgroup-parent).
    store(ret->id, sizeof ret->id, component);
    ret->runtime[0] = '\0';
    return 1;
}

static struct span next_component(const char **cursor)
{
    struct span s;

    *cursor += strspn(*cursor, "/");
    s = (struct span){*cursor, strcspn(*cursor, "/")};
    *cursor += s.length;
    return s;
}

static void store_pod(struct cgroup_identity *ret, struct span pod)
{
    store(ret->pod_uid, sizeof ret->pod_uid, pod);
    for (char *c = ret->pod_uid; *c; c++)
        if (*c == '_')
            *c = '-';
}

static void identify_general(const char *path, struct cgroup_identity *ret)
{
    struct span runtime = {"", 0}, name = {"", 0}, next;

    for (const char *cursor = path; (next = next_component(&cursor)).length > 0; name = next)
        runtime = name;
    ret->kind = CGROUP_GENERAL;
    ret->runtime[0] = '\0';
    store(ret->id, sizeof ret->id, name);
    // "payload": systemd-nspawn makes it wherever it is, and it says nothing of which container.
    if (!is_unit(runtime) && !is_unit(name) && !span_is(runtime, "..") && !span_is(name, "payload"))
        store(ret->runtime, sizeof ret->runtime, runtime);
    for (size_t i = 0; i < ARRAY_SIZE(containerd_namespaces); i++)
        if (span_is(runtime, containerd_namespaces[i]))
            store(ret->runtime, sizeof ret->runtime, (struct span){"containerd", 10});
}

// Whether the host itself is in the cgroup path[0 … length - 1], in any hierarchy.
static bool is_own(const char *own, const char *path, size_t length)
{
    for (const char *s = own; s && (s = strchr(s, ':')) != NULL;) {
        s++;
        if (strncmp(s, path, length) == 0 && (s[length] == '/' || s[length] == '\n' || !s[length]))
            return true;
    }
    return false;
}

// One path; returns how many components deep the container's own cgroup is.
static unsigned identify_path(const char *path, const char *own, struct cgroup_identity *ret)
{
    struct span parent = {"", 0};
    unsigned depth = 0, found = 0;
    size_t length = strlen(path);

    *ret = (struct cgroup_identity){.kind = CGROUP_GENERAL};
    for (const char *cursor = path;;) {
        struct span component = next_component(&cursor), pod = pod_of(component);
        char before[sizeof ret->id];
        int fits;

        if (component.length == 0)
            break;
        depth++;
        if (pod.length > 0)
            store_pod(ret, pod);
        memcpy(before, ret->id, sizeof before);
        fits = component_fits(parent, component, ret);
        if (fits > 0) {
            if (found > 0 && !ret->outer[0] && !is_own(own, path, length))
                memcpy(ret->outer, before, sizeof before);
            found = depth;
            length = (size_t)(cursor - path);
            ret->kind = CGROUP_CONTAINER;
        } else if (fits < 0 && found == 0) {
            ret->kind = CGROUP_HOST;
            return 0;
        }
        parent = component;
    }
    if (ret->kind == CGROUP_GENERAL)
        identify_general(path, ret);
    memcpy(ret->path, path, length);
    ret->path[length] = '\0';
    return found > 0 ? found : depth;
}

// Whether `line` stands in `text`, as a whole line.
static bool has_line(const char *text, struct span line)
{
    for (const char *s = text; *s;) {
        size_t n = strcspn(s, "\n");

        if (n == line.length && memcmp(s, line.start, n) == 0)
            return true;
        s += n;
        s += *s == '\n';
    }
    return false;
}

// The path of a line "hierarchy:controllers:path"; length 0 for "/" and for what is no such line.
// The controllers may hold "name=systemd" but no colon; the path may hold some.
static struct span path_of(struct span line)
{
    struct span none = {"", 0}, path = line;

    for (unsigned i = 0; i < 2; i++) {
        const char *colon = memchr(path.start, ':', path.length);

        if (!colon)
            return none;
        path = (struct span){colon + 1, path.length - (size_t)(colon + 1 - path.start)};
    }
    return path.length > 1 && *path.start == '/' && path.length < CGROUP_PATH_SIZE ? path : none;
}

// The path of the next line that has one into `out`; false at the end of the text.
static bool next_path(const char **cursor, char out[CGROUP_PATH_SIZE], struct span *ret_line)
{
    while (**cursor) {
        struct span line = {*cursor, strcspn(*cursor, "\n")}, path = path_of(line);

        *cursor += line.length;
        *cursor += **cursor == '\n';
        if (path.length > 0) {
            memcpy(out, path.start, path.length);
            out[path.length] = '\0';
            *ret_line = line;
            return true;
        }
    }
    return false;
}

// Whether some hierarchy names a container that is neither `identity` nor one around it.
static bool is_contested(const char *text, const char *own, const struct cgroup_identity *identity)
{
    char path[CGROUP_PATH_SIZE];
    struct cgroup_identity other = {.path = ""};
    struct span line;

    for (const char *cursor = text; next_path(&cursor, path, &line);) {
        if (cgroup_path_is_below(path, identity->path) || strcmp(path, other.path) == 0)
            continue;
        (void)identify_path(path, own, &other);
        if (other.kind == CGROUP_CONTAINER && !cgroup_path_is_below(identity->path, other.path) &&
            (strcmp(other.id, identity->id) != 0 || strcmp(other.outer, identity->outer) != 0))
            return true;
    }
    return false;
}

void cgroup_identify(const char *text, const char *own, struct cgroup_identity *ret)
{
    unsigned deepest = 0;
    char path[CGROUP_PATH_SIZE];
    struct cgroup_identity found = {.kind = CGROUP_HOST};
    struct span line;

    *ret = found;
    for (const char *cursor = text; next_path(&cursor, path, &line);) {
        unsigned depth;

        if (strcmp(path, ret->path) == 0 || // most hierarchies have the same
            (found.kind == CGROUP_CONTAINER && strcmp(path, found.path) == 0))
            continue;
        depth = identify_path(path, own, &found);
        if (found.kind == CGROUP_GENERAL && own && has_line(own, line))
            continue;
        if (found.kind > ret->kind || (found.kind == ret->kind && depth > deepest)) {
            *ret = found;
            deepest = depth;
        }
    }
    ret->contested = ret->kind == CGROUP_CONTAINER && is_contested(text, own, ret);
}

bool cgroup_path_is_below(const char *path, const char *parent)
{
    size_t n = strlen(parent);

    return strncmp(path, parent, n) == 0 && (path[n] == '\0' || path[n] == '/');
}
