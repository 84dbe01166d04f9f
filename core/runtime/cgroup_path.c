#include "core/runtime/cgroup_path.h"

#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/runtime/cgroup_pattern.h"

// First components of ctr(8)'s and Kubernetes' namespaces of containerd: /default/web.
static const char *const containerd_namespaces[] = {"default", "k8s.io"};

// A unit that systemd made is a service or a session, not an engine's directory.
static bool is_unit(struct span s)
{
    return span_ends(s, ".slice") || span_ends(s, ".scope") || span_ends(s, ".service");
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
    span_store(ret->pod_uid, sizeof ret->pod_uid, pod);
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
    span_store(ret->id, sizeof ret->id, name);
    // "payload": systemd-nspawn makes it wherever it is, and it says nothing of which container.
    if (!is_unit(runtime) && !is_unit(name) && !span_is(runtime, "..") && !span_is(name, "payload"))
        span_store(ret->runtime, sizeof ret->runtime, runtime);
    for (size_t i = 0; i < ARRAY_SIZE(containerd_namespaces); i++)
        if (span_is(runtime, containerd_namespaces[i]))
            span_store(ret->runtime, sizeof ret->runtime, (struct span){"containerd", 10});
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
        struct span component = next_component(&cursor), pod = cgroup_pod_of(component);
        char before[sizeof ret->id];
        int fits;

        if (component.length == 0)
            break;
        depth++;
        if (pod.length > 0)
            store_pod(ret, pod);
        memcpy(before, ret->id, sizeof before);
        fits = cgroup_component_fits(parent, component, ret);
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

// What follows the next colon; length 0: there is none.
static struct span after_colon(struct span text)
{
    const char *colon = text.length > 0 ? memchr(text.start, ':', text.length) : NULL;

    return colon ? (struct span){colon + 1, text.length - (size_t)(colon + 1 - text.start)}
                 : (struct span){"", 0};
}

// The path of a line "hierarchy:controllers:path"; length 0 for "/" and for what is no such line.
// The controllers may hold "name=systemd" but no colon; the path may hold some.
static struct span path_of(struct span line)
{
    struct span none = {"", 0}, path = after_colon(after_colon(line));

    return path.length > 1 && *path.start == '/' && path.length < CGROUP_PATH_SIZE ? path : none;
}

static void store_controllers(struct cgroup_identity *ret, struct span line)
{
    struct span rest = after_colon(line);

    (void)snprintf(ret->controllers, sizeof ret->controllers, "%.*s",
                   (int)(after_colon(rest).start - 1 - rest.start), rest.start);
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
            store_controllers(ret, line);
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
