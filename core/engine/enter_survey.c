#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/engine/enter_internal.h"
#include "core/host/idmap.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80 // 5.6
#endif

static const struct {
    const char *name;
    unsigned flag;
} namespaces[] = {
    {"user", CLONE_NEWUSER}, {"pid", CLONE_NEWPID},       {"mnt", CLONE_NEWNS},
    {"net", CLONE_NEWNET},   {"ipc", CLONE_NEWIPC},       {"uts", CLONE_NEWUTS},
    {"time", CLONE_NEWTIME}, {"cgroup", CLONE_NEWCGROUP},
};

// By what setns(2) enters, not by what a process happens to be in: its children's.
static bool same_namespace(int proc, const char *name)
{
    char path[32];
    struct stat theirs, ours;

    (void)snprintf(path, sizeof path, "ns/%s", name);
    if (fstatat(proc, path, &theirs, 0) < 0)
        return true; // this kernel has no such kind
    (void)snprintf(path, sizeof path, "/proc/self/ns/%s", name);
    return stat(path, &ours) == 0 && theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev;
}

static uint32_t find_namespaces(int proc)
{
    uint32_t found = 0;

    for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++)
        if (!same_namespace(proc, namespaces[i].name))
            found |= namespaces[i].flag;
    return found;
}

// It was still in the namespaces in which its rights are what was read of them: all capabilities of
// a user namespace that it has made in between would be the host's.
static int check_namespaces(const struct enter *enter, struct error *err)
{
    if (find_namespaces(enter->inside.init.proc) == enter->order.namespaces)
        return 0;
    return error_set(err, ERROR_GONE, EAGAIN, "%s has changed its namespaces meanwhile",
                     enter->container->name);
}

// ---- who it is ----

static int unmapped(const struct enter *enter, const char *kind, uint32_t id, struct error *err)
{
    int r = error_set(err, ERROR_UNSAFE, EINVAL, "%s %u does not exist in the user namespace of %s",
                      kind, (unsigned)id, enter->container->name);

    error_hint(err, "name one that its mapping has (davit ps --json, /proc/%d/%s_map)",
               (int)enter->inside.init.pid, kind);
    return r;
}

static int own_ids(struct enter *enter, struct error *err)
{
    const struct process_status *status = &enter->inside.status;
    _cleanup_id_map_ struct id_map users = {0}, groups = {0};
    struct entrant_order *order = &enter->order;
    int r = id_map_read(enter->inside.init.proc, "uid_map", &users, err);
    uint32_t id;

    if (r == 0)
        r = id_map_read(enter->inside.init.proc, "gid_map", &groups, err);
    if (r < 0)
        return r;
    if (!id_map_inward(&users, status->euid, &enter->uid))
        return unmapped(enter, "uid", status->euid, err);
    if (!id_map_inward(&groups, status->egid, &enter->gid))
        return unmapped(enter, "gid", status->egid, err);
    for (unsigned i = 0; i < status->n_groups && order->n_groups < ENTRANT_GROUPS_MAX; i++)
        if (id_map_inward(&groups, status->groups[i], &id))
            order->groups[order->n_groups++] = id;
    return 0;
}

static bool setgroups_denied(int proc)
{
    char text[16];

    return file_read_into(proc, "setgroups", text, sizeof text) > 0 &&
           strncmp(text, "deny", 4) == 0;
}

// ---- security label ----

// AppArmor says "docker-default (enforce)"; what it is to become is written as "exec
// docker-default".
static int take_apparmor(struct enter *enter, char *label, struct error *err)
{
    char *mode = strstr(label, " (");

    if (mode)
        *mode = '\0';
    if (!*label || strcmp(label, "unconfined") == 0)
        return 0;
    strcpy(enter->order.label_file,
           access("/proc/self/attr/apparmor/exec", F_OK) == 0 ? "attr/apparmor/exec" : "attr/exec");
    if (snprintf(enter->order.label, sizeof enter->order.label, "exec %s", label) >=
        (int)sizeof enter->order.label)
        return error_set(err, ERROR_UNSUPPORTED, ENAMETOOLONG,
                         "its AppArmor profile's name is too "
                         "long");
    return 0;
}

static int find_label(struct enter *enter, struct error *err)
{
    int proc = enter->inside.init.proc;
    char label[900];
    ssize_t n;

    n = file_read_into(proc, "attr/apparmor/current", label, sizeof label);
    if (n <= 0 && access("/sys/kernel/security/apparmor", F_OK) == 0)
        n = file_read_into(proc, "attr/current", label, sizeof label);
    if (n > 0) {
        label[strcspn(label, "\n")] = '\0';
        return take_apparmor(enter, label, err);
    }
    n = file_read_into(proc, "attr/current", label, sizeof label);
    label[n > 0 ? strcspn(label, "\n") : 0] = '\0';
    if (!*label)
        return 0;
    if (access("/sys/fs/selinux/enforce", F_OK) == 0) {
        strcpy(enter->order.label_file, "attr/exec");
        (void)snprintf(enter->order.label, sizeof enter->order.label, "%s", label);
        return 0;
    }
    if (strcmp(label, "kernel") == 0 || strcmp(label, "unconfined") == 0)
        return 0; // a module without a policy
    return result_add_warning(enter->result, err,
                              "security label %s: not applied, its kind is not known", label);
}

// ---- seccomp ----

static int filters_not_applied(struct enter *enter, const char *why, struct error *err)
{
    return result_add_warning(enter->result, err,
                              "seccomp: the container's filters are not applied to what enters: %s",
                              why);
}

static int load_filters(struct enter *enter, struct error *err)
{
    struct stat stat;
    struct error failure;
    int r;

    enter->filters = memfd_create("davit-filters", MFD_CLOEXEC);
    if (enter->filters < 0)
        return error_errno(err, errno, "cannot make room for the seccomp filters");
    r = seccomp_read(enter->inside.init.pid, enter->filters, ENTER_LOOK_MS, &failure);
    if (r < 0)
        return filters_not_applied(enter, failure.message, err);
    if (fstat(enter->filters, &stat) < 0)
        return error_errno(err, errno, "cannot read the seccomp filters");
    enter->order.n_filters = (uint32_t)r;
    enter->order.filters_size = (uint32_t)stat.st_size;
    return 0;
}

static int find_filters(struct enter *enter, struct error *err)
{
    struct privileges own;
    _cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct error ignored;

    if (enter->privileges.seccomp == SECCOMP_STRICT)
        return filters_not_applied(enter, "its first process is in strict mode", err);
    if (enter->privileges.seccomp != SECCOMP_FILTER)
        return 0;
    if (privileges_read(self, &own, &ignored) == 0 && own.seccomp != SECCOMP_NONE)
        return filters_not_applied(enter, "davit itself is under seccomp", err);
    if (enter->privileges.tracer)
        return filters_not_applied(enter, "its first process is being traced", err);
    return enter->request->flags & ENTER_PLAN ? 0 : load_filters(enter, err);
}

// ---- the whole ----

// What root of the container has when it executes something, and what everybody else has. As its
// first process only for who is the same user.
static void choose_capabilities(struct enter *enter)
{
    struct capability_sets *sets = &enter->order.sets;

    *sets = enter->privileges.sets;
    if (!enter->request->user || enter->found->account.uid == enter->uid)
        return;
    sets->ambient = 0;
    // With no_new_privs nothing inside can ever get more than it has.
    if (enter->found->account.uid != 0)
        sets->permitted = 0;
    else if (!enter->privileges.no_new_privs)
        sets->permitted = sets->bounding;
    sets->effective = sets->permitted;
    sets->inheritable &= sets->bounding;
}

static int check_limits(struct enter *enter, struct error *err)
{
    static const int shown[] = {RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_MEMLOCK, RLIMIT_CORE};
    _cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct privileges own;
    int r = privileges_read(self, &own, err);

    if (r < 0 || own.sets.effective >> 24 & 1) // CAP_SYS_RESOURCE
        return r;
    for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
        struct rlimit mine;

        if (enter->order.limits.known[shown[i]] && getrlimit(shown[i], &mine) == 0 &&
            enter->order.limits.of[shown[i]].rlim_max > mine.rlim_max)
            return result_add_warning(enter->result, err,
                                      "limits that are higher in the container are not applied: "
                                      "davit lacks CAP_SYS_RESOURCE");
    }
    return 0;
}

static int take_user(struct enter *enter, struct error *err)
{
    const struct account *account = &enter->found->account;
    _cleanup_id_map_ struct id_map users = {0}, groups = {0};
    struct entrant_order *order = &enter->order;
    uint32_t ignored;
    int r = id_map_read(enter->inside.init.proc, "uid_map", &users, err);

    if (r == 0)
        r = id_map_read(enter->inside.init.proc, "gid_map", &groups, err);
    if (r < 0)
        return r;
    if (enter->request->user) {
        order->n_groups = enter->found->n_groups;
        memcpy(order->groups, enter->found->groups, sizeof order->groups);
    }
    order->uid = account->uid;
    order->gid = account->gid;
    if (!id_map_outward(&users, order->uid, &enter->host_uid))
        return unmapped(enter, "uid", order->uid, err);
    if (!id_map_outward(&groups, order->gid, &ignored))
        return unmapped(enter, "gid", order->gid, err);
    for (uint32_t i = order->n_groups; i-- > 0;)
        if (!id_map_outward(&groups, order->groups[i], &ignored))
            order->groups[i] = order->groups[--order->n_groups];
    order->flags |= ENTRANT_IDS;
    if (setgroups_denied(enter->inside.init.proc))
        order->flags |= ENTRANT_KEEP_GROUPS;
    choose_capabilities(enter);
    return 0;
}

static int take_privileges(struct enter *enter, struct error *err)
{
    struct entrant_order *order = &enter->order;
    int r = 0;

    if (enter->request->flags & ENTER_PRIVILEGED) {
        order->flags |= ENTRANT_PRIVILEGED;
        return 0;
    }
    if (enter->privileges.no_new_privs)
        order->flags |= ENTRANT_NO_NEW_PRIVS;
    r = find_label(enter, err);
    return r < 0 ? r : find_filters(enter, err);
}

int enter_survey(struct enter *enter, struct error *err)
{
    struct entrant_order *order = &enter->order;
    int proc = enter->inside.init.proc, r;

    order->last_capability = capability_last();
    order->personality = process_personality(proc);
    enter->oom_score_adj = process_oom_score_adj(proc);
    order->namespaces = find_namespaces(proc);
    r = privileges_read(proc, &enter->privileges, err);
    if (r == 0)
        r = limits_read(proc, &order->limits, err);
    if (r == 0)
        r = check_limits(enter, err);
    if (r == 0)
        r = own_ids(enter, err);
    if (r == 0)
        r = enter_find_groups(enter, err);
    if (r == 0)
        r = enter_read_environment(enter, err);
    if (r == 0)
        r = enter_find_directory(enter, err);
    if (r == 0 && enter->request->tools)
        r = enter_open_tools(enter, err);
    if (r == 0)
        r = enter_look(enter, err);
    if (r == 0)
        r = take_user(enter, err);
    if (r == 0)
        r = take_privileges(enter, err);
    return r < 0 ? r : check_namespaces(enter, err);
}
