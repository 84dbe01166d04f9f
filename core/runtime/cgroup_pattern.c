#include "core/runtime/cgroup_pattern.h"

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

bool span_is(struct span s, const char *text)
{
    return strlen(text) == s.length && memcmp(s.start, text, s.length) == 0;
}

static bool span_starts(struct span s, const char *text)
{
    size_t n = strlen(text);

    return n <= s.length && memcmp(s.start, text, n) == 0;
}

bool span_ends(struct span s, const char *text)
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

// Kubernetes' uids are UUIDs: "podman" is no pod.
static bool could_be_uid(struct span s)
{
    size_t n = 0;

    while (n < s.length && s.start[n] && strchr("0123456789abcdefABCDEF-_", s.start[n]))
        n++;
    return n > 0 && n == s.length;
}

struct span cgroup_pod_of(struct span component)
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

void span_store(char *out, size_t size, struct span s)
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
    return strcmp(want, "pod*") == 0 ? cgroup_pod_of(parent).length > 0 : span_is(parent, want);
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
    span_store(ret->runtime, sizeof ret->runtime, parts[1]);
    span_store(ret->id, sizeof ret->id, parts[2]);
    return true;
}

int cgroup_component_fits(struct span parent, struct span component, struct cgroup_identity *ret)
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
            span_store(ret->id, sizeof ret->id, id);
        span_store(ret->runtime, sizeof ret->runtime,
                   (struct span){p->runtime, strlen(p->runtime)});
        return 1;
    }
    if (triple_fits(component, ret))
        return 1;
    // libpod_parent/POD-ID/libpod-ID: a pod is no container that others are nested in.
    if (!is_hex(component) || span_is(parent, "libpod_parent"))
        return 0;
    // An engine's id under a parent of the administrator's choice (docker run --cgroup-parent).
    span_store(ret->id, sizeof ret->id, component);
    ret->runtime[0] = '\0';
    return 1;
}
