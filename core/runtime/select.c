#include "core/runtime/select.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"
#include "core/host/process.h"
#include "core/runtime/backend.h"
#include "core/runtime/cgroup_path.h"

#define SELECTOR_LIMIT 512 // bytes
#define PREFIX_LEAST   2   // digits of an id
#define CANDIDATES_MAX 6   // that an error names
#define NEAR_MAX       3

bool container_selector_valid(const char *selector)
{
    size_t length = strlen(selector);

    return length > 0 && length < SELECTOR_LIMIT && selector[0] != '/' &&
           text_is_clean(selector, length);
}

int selector_check(const char *selector, struct error *err)
{
    int r;

    if (container_selector_valid(selector))
        return 0;
    r = error_set(err, ERROR_USAGE, EINVAL, "'%s' cannot be a container's name", selector);
    error_hint(err, "give a name, an id, RUNTIME/NAME, POD/NAME or pid:N; `davit ps` lists them");
    return r;
}

int selector_pid(const char *selector, pid_t *ret, struct error *err)
{
    uint64_t pid;

    if (strncmp(selector, "pid:", 4) != 0)
        return 0;
    if (!text_to_u64(selector + 4, &pid) || pid == 0 || pid > INT32_MAX) {
        int r = error_set(err, ERROR_USAGE, EINVAL,
                          "'%s': after pid: comes the number of a process", selector);

        error_hint(err, "`davit ps` lists the containers and their pids");
        return r;
    }
    *ret = (pid_t)pid;
    return 1;
}

static enum selector_fit fits_id(const struct container *container, const char *selector)
{
    size_t length = strlen(selector);

    if (strcmp(container->id, selector) == 0)
        return SELECTOR_FITS_ID;
    // Of an id that is itself a name (LXC's, scratch's) a prefix would be one of a name.
    if (length >= PREFIX_LEAST && cgroup_id_is_hex(container->id) &&
        strncmp(container->id, selector, length) == 0)
        return SELECTOR_FITS_PREFIX;
    return SELECTOR_FITS_NOT;
}

static enum selector_fit fits_plain(const struct container *container, const char *selector)
{
    return strcmp(container->name, selector) == 0 ? SELECTOR_FITS_NAME
                                                  : fits_id(container, selector);
}

// What stands behind "PREFIX/" in the selector, else NULL.
static const char *behind(const char *selector, const char *prefix)
{
    size_t length = strlen(prefix);

    return strncmp(selector, prefix, length) == 0 && selector[length] == '/' ? selector + length + 1
                                                                             : NULL;
}

// What is nested goes by nothing that was chosen inside the outer container; its name as it is
// listed, "OUTER/NAME", could be the RUNTIME/NAME of another.
static enum selector_fit fits_nested(const struct container *container, const char *selector)
{
    return strcmp(container->id, selector) == 0 ? SELECTOR_FITS_ID : SELECTOR_FITS_NOT;
}

// What goes before the name where that does not stand alone: a user's container must not be taken
// for root's of the same name; of LXD's and Incus's, those in another project than the default one
// may be called the same.
static const char *own_prefix(const struct container *container)
{
    if (container->user)
        return container->user;
    return strcmp(container->runtime, "lxd") == 0 || strcmp(container->runtime, "incus") == 0
               ? container->pod
               : NULL;
}

static enum selector_fit fits_prefixed(const struct container *container, const char *prefix,
                                       const char *selector)
{
    const char *rest = behind(selector, container->runtime), *name;
    enum selector_fit fit = fits_id(container, selector);

    if (rest && fit == SELECTOR_FITS_NOT)
        fit = fits_id(container, rest);
    name = behind(rest ? rest : selector, prefix);
    return name && strcmp(container->name, name) == 0 ? SELECTOR_FITS_NAME : fit;
}

// What a pod is called is for somebody else to choose: RUNTIME/NAME is none of a pod "docker".
static const char *pod_prefix(const char *name)
{
    for (size_t i = 0; name && i < BACKENDS_N; i++)
        if (strcmp(backends[i]->name, name) == 0)
            return NULL;
    return name;
}

enum selector_fit selector_fits(const struct container *container, const char *selector)
{
    enum selector_fit best = fits_plain(container, selector), fit;
    const char *pod = container->pod, *name_of_pod = pod ? strrchr(pod, '/') : NULL;
    const char *const prefixes[] = {container->runtime, pod_prefix(pod),
                                    pod_prefix(name_of_pod ? name_of_pod + 1 : NULL)};

    if (container->outer)
        return fits_nested(container, selector);
    if (own_prefix(container))
        return fits_prefixed(container, own_prefix(container), selector);
    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
        const char *rest = prefixes[i] ? behind(selector, prefixes[i]) : NULL;

        fit = rest ? fits_plain(container, rest) : SELECTOR_FITS_NOT;
        if (fit > best)
            best = fit;
    }
    return best;
}

// Distance of Levenshtein, at most `limit` + 1; long names are far from each other.
static unsigned distance(const char *a, const char *b, unsigned limit)
{
    unsigned row[65];
    size_t n = strlen(b);

    if (n >= ARRAY_SIZE(row) || strlen(a) >= ARRAY_SIZE(row))
        return limit + 1;
    for (size_t j = 0; j <= n; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; a[i - 1]; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= n; j++) {
            unsigned change = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            if (row[j] + 1 < change)
                change = row[j] + 1;
            row[j] = row[j - 1] + 1 < change ? row[j - 1] + 1 : change;
        }
    }
    return row[n];
}

// How far a name is from what was asked for; above 2 it is not worth mentioning.
static unsigned strangeness(const char *name, const char *selector)
{
    size_t length = strlen(selector);

    if (strcasecmp(name, selector) == 0)
        return 0;
    if (length >= 2 && strncasecmp(name, selector, length) == 0)
        return 1;
    return length > 2 ? distance(name, selector, 2) : 3;
}

static void hint_near(const struct snapshot *snapshot, const char *selector, struct error *err)
{
    const char *slash = strrchr(selector, '/');
    const char *name = slash ? slash + 1 : selector;
    char list[256] = "";
    unsigned n = 0;

    for (unsigned far = 0; far <= 2; far++) {
        for (size_t i = 0; i < snapshot->n_containers && n < NEAR_MAX; i++) {
            const struct container *c = &snapshot->containers[i];
            const char *prefix = own_prefix(c);
            size_t used = strlen(list);

            if (strangeness(c->name, name) != far)
                continue;
            (void)snprintf(list + used, sizeof list - used, "%s%.60s/%.60s", n++ ? ", " : "",
                           prefix ? prefix : c->runtime, c->name);
        }
    }
    if (n > 0)
        error_hint(err, "did you mean %s?", list);
    else if (snapshot->unreadable > 0)
        error_hint(err, "not every process can be read by this user: `sudo davit ps` lists all");
    else
        error_hint(err, "`davit ps` lists the running containers");
}

static int not_found(const struct snapshot *snapshot, const char *selector, struct error *err)
{
    const struct runtime_status *silent = NULL;
    int r;

    for (size_t i = 0; i < snapshot->n_runtimes; i++)
        if (snapshot->runtimes[i].state == RUNTIME_UNREACHABLE)
            silent = &snapshot->runtimes[i];
    if (silent)
        r = error_set(err, ERROR_NO_CONTAINER, ENOENT,
                      "no running container is known as '%s'; %s could not be asked: %s", selector,
                      silent->name, silent->error.message);
    else
        r = error_set(err, ERROR_NO_CONTAINER, ENOENT, "no running container is called '%s'",
                      selector);
    hint_near(snapshot, selector, err);
    return r;
}

static int ambiguous(const struct snapshot *snapshot, const char *selector, enum selector_fit least,
                     struct error *err)
{
    char list[640] = "";
    size_t n = 0;
    int r;

    for (size_t i = 0; i < snapshot->n_containers; i++) {
        const struct container *c = &snapshot->containers[i];
        const char *prefix = own_prefix(c);
        size_t used = strlen(list);

        if (selector_fits(c, selector) < least || n++ >= CANDIDATES_MAX)
            continue;
        (void)snprintf(list + used, sizeof list - used, "%s%.40s/%.40s (%.12s, pid %d)",
                       used ? ", " : "", prefix ? prefix : c->runtime, c->name, c->id, (int)c->pid);
    }
    r = error_set(err, ERROR_AMBIGUOUS, EEXIST, "'%s' fits %zu containers: %s%s", selector, n, list,
                  n > CANDIDATES_MAX ? ", …" : "");
    error_hint(err, "name one by RUNTIME/NAME, by more of its id, or by pid:N");
    return r;
}

// The container that the process is in: as its init, or by its mount namespace.
static int select_pid(const struct snapshot *snapshot, pid_t pid, const struct container **ret,
                      struct error *err)
{
    char path[32];
    uint64_t mnt_ns = 0;
    int proc, r;

    (void)snprintf(path, sizeof path, "/proc/%d", (int)pid);
    proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (proc >= 0) {
        mnt_ns = process_ns_inode(proc, PROCESS_NS_MNT);
        (void)close(proc);
    }
    for (size_t i = 0; i < snapshot->n_containers; i++) {
        const struct container *c = &snapshot->containers[i];
        bool fits = c->pid == pid || (mnt_ns != 0 && c->mnt_ns == mnt_ns);

        for (size_t k = 0; mnt_ns != 0 && k < c->n_nested; k++)
            fits |= c->nested[k] == mnt_ns;
        if (fits) {
            *ret = c;
            return 0;
        }
    }
    r = error_set(err, ERROR_NO_CONTAINER, ESRCH, "no container has a process %d", (int)pid);
    error_hint(err, "`davit ps` lists the containers and their pids");
    return r;
}

int container_select(const struct snapshot *snapshot, const char *selector,
                     const struct container **ret, struct error *err)
{
    const struct container *best = NULL;
    enum selector_fit least = SELECTOR_FITS_PREFIX;
    bool best_yields = false;
    size_t n = 0;
    pid_t pid;
    int r = selector_check(selector, err);

    if (r == 0)
        r = selector_pid(selector, &pid, err);
    if (r != 0)
        return r < 0 ? r : select_pid(snapshot, pid, ret, err);
    for (size_t i = 0; i < snapshot->n_containers; i++) {
        enum selector_fit fit = selector_fits(&snapshot->containers[i], selector);
        bool yields;

        // An exact id or name goes before any prefix.
        if (fit >= SELECTOR_FITS_ID && least < SELECTOR_FITS_ID) {
            least = SELECTOR_FITS_ID;
            n = 0;
        }
        // A user's service says ids as it likes: root's is the one that is meant.
        yields = snapshot->containers[i].user && fit < SELECTOR_FITS_NAME;
        if (fit < least || (n > 0 && yields && !best_yields))
            continue;
        n = n > 0 && best_yields && !yields ? 1 : n + 1;
        best = &snapshot->containers[i];
        best_yields = yields;
    }
    if (n == 0)
        return not_found(snapshot, selector, err);
    if (n > 1)
        return ambiguous(snapshot, selector, least, err);
    *ret = best;
    return 0;
}
