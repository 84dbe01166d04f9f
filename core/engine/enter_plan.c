// What entering does, in the order in which it is done, and what the command will not have.
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/engine/enter_internal.h"

static int add(struct enter *enter, enum plan_action action, struct error *err, char *text,
               char *call)
{
    return result_add_step(enter->result, action, 0, err, text, call);
}

static char *user_text(const struct enter *enter)
{
    const struct account *account = &enter->found->account;

    return text_format("%s%s%u:%u", account->name, *account->name ? ", " : "",
                       (unsigned)account->uid, (unsigned)account->gid);
}

static char *command_text(const struct enter *enter)
{
    const char *at = enter->arguments.text;
    _cleanup_free_ char *all = calloc(1, enter->arguments.length + 1);

    if (!all)
        return NULL;
    for (size_t i = 0; i < enter->arguments.n; i++, at += strlen(at) + 1) {
        if (i > 0)
            strcat(all, " ");
        strcat(all, at);
    }
    return text_clean_dup(all, strnlen(all, 200));
}

static const struct {
    const char *name;
    unsigned flag;
} kinds[] = {
    {"user", CLONE_NEWUSER},     {"mount", CLONE_NEWNS}, {"pid", CLONE_NEWPID},
    {"network", CLONE_NEWNET},   {"ipc", CLONE_NEWIPC},  {"uts", CLONE_NEWUTS},
    {"cgroup", CLONE_NEWCGROUP}, {"time", 0x80},
};

static int plan_look(struct enter *enter, struct error *err)
{
    _cleanup_free_ char *user = user_text(enter);
    const char *program = enter->found->programs;

    return add(enter, ACTION_OPEN_TARGET, err,
               user ? text_format("in the container's own files: the user is %s, the program %s",
                                  user, program)
                    : NULL,
               text_format("openat2(</proc/%d/root>, \"%s\", {O_PATH, RESOLVE_IN_ROOT|"
                           "RESOLVE_NO_MAGICLINKS})",
                           (int)enter->inside.init.pid, program));
}

static int plan_filters(struct enter *enter, struct error *err)
{
    if (enter->privileges.seccomp != SECCOMP_FILTER || enter->request->flags & ENTER_PRIVILEGED ||
        (enter->order.n_filters == 0 && !(enter->request->flags & ENTER_PLAN)))
        return 0;
    return add(
        enter, ACTION_READ_FILTERS, err,
        strdup("read the seccomp filters of its first process, which is stopped for some "
               "microseconds"),
        text_format("ptrace(PTRACE_SECCOMP_GET_FILTER, %d, …)", (int)enter->inside.init.pid));
}

static int plan_terminal(struct enter *enter, struct error *err)
{
    if (!enter->terminal)
        return 0;
    return add(enter, ACTION_TERMINAL, err,
               text_format("a terminal of its own, of the %s",
                           enter->host_terminal ? "host's, since the container has none"
                                                : "container's devpts"),
               text_format("openat(</proc/%d/root>, \"%s\", O_RDWR)", (int)enter->inside.init.pid,
                           enter->host_terminal ? "/dev/ptmx of the host" : "/dev/pts/ptmx"));
}

static int plan_groups(struct enter *enter, struct error *err)
{
    int r = add(enter, ACTION_COPY, err,
                strdup("a sealed copy in memory of the program that goes in, not dumpable, with no "
                       "descriptor of davit's"),
                strdup("memfd_create(\"davit-enter\", MFD_ALLOW_SEALING); execveat(…)"));

    if (r < 0 || enter->n_procs == 0)
        return r;
    return add(enter, ACTION_GROUP, err,
               text_format("join its control group%s %s (%u)", enter->n_procs == 1 ? "" : "s",
                           enter->group, enter->n_procs),
               strdup("write(<cgroup.procs>, \"0\")"));
}

static int plan_namespaces(struct enter *enter, struct error *err)
{
    char names[128] = "", flags[256] = "";

    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        static const char *const words[] = {"CLONE_NEWUSER",   "CLONE_NEWNS",  "CLONE_NEWPID",
                                            "CLONE_NEWNET",    "CLONE_NEWIPC", "CLONE_NEWUTS",
                                            "CLONE_NEWCGROUP", "CLONE_NEWTIME"};

        if (!(enter->order.namespaces & kinds[i].flag))
            continue;
        (void)snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                       *names ? ", " : "", kinds[i].name);
        (void)snprintf(flags + strlen(flags), sizeof flags - strlen(flags), "%s%s",
                       *flags ? "|" : "", words[i]);
    }
    return add(enter, ACTION_ENTER, err,
               text_format("enter its namespaces (%s) and its root directory", names),
               text_format("setns(<pidfd %d>, %s); chroot(\"/proc/%d/root\")",
                           (int)enter->inside.init.pid, flags, (int)enter->inside.init.pid));
}

static int plan_tools(struct enter *enter, struct error *err)
{
    const struct enter_found *found = enter->found;

    if (enter->tools < 0)
        return 0;
    enter->tools_place = text_format("%s at %s, %s", enter->request->tools, found->tools_at,
                                     found->tools_hide ? "which hides what the container has there"
                                                       : "where nothing is");
    if (!enter->tools_place)
        return ERROR_OOM(err);
    return add(enter, ACTION_TOOLS, err,
               text_format("in a mount namespace that nobody else has: %s; gone when the command "
                           "ends",
                           enter->tools_place),
               text_format("unshare(CLONE_NEWNS); move_mount(<tools>, \"%s\")", found->tools_at));
}

static int plan_restrict(struct enter *enter, struct error *err)
{
    const struct entrant_order *order = &enter->order;
    _cleanup_free_ char *user = user_text(enter), *filters = NULL;

    if (!user)
        return ERROR_OOM(err);
    if (order->flags & ENTRANT_PRIVILEGED)
        return add(enter, ACTION_RESTRICT, err,
                   text_format("be user %s, with every capability", user),
                   text_format("setresuid(%u)", (unsigned)order->uid));
    filters = order->n_filters ? text_format(", %u seccomp filter%s", (unsigned)order->n_filters,
                                             order->n_filters == 1 ? "" : "s")
                               : strdup("");
    if (!filters)
        return ERROR_OOM(err);
    return add(enter, ACTION_RESTRICT, err,
               text_format("be user %s, with %u of %u capabilities%s%s%s%s", user,
                           capability_count(order->sets.permitted), capability_last() + 1,
                           order->flags & ENTRANT_NO_NEW_PRIVS ? ", no_new_privs" : "", filters,
                           *order->label_file ? ", label " : "", order->label),
               text_format("setresuid(%u); prctl(PR_CAPBSET_DROP, …); %scapset(%#llx)",
                           (unsigned)order->uid, order->n_filters ? "seccomp(…); " : "",
                           (unsigned long long)order->sets.permitted));
}

static int plan_command(struct enter *enter, struct error *err)
{
    _cleanup_free_ char *command = command_text(enter);
    const char *path = enter->order.directory;
    _cleanup_free_ char *directory = text_clean_dup(path, strlen(path));

    if (!command || !directory)
        return ERROR_OOM(err);
    return add(enter, ACTION_EXECUTE, err, text_format("start %s in %s", command, directory),
               text_format("chdir(\"%s\"); execve(\"%s\", …)", directory, enter->found->programs));
}

static int warn(struct enter *enter, struct error *err)
{
    if (!(enter->request->flags & ENTER_PRIVILEGED))
        return 0;
    return result_add_warning(
        enter->result, err,
        "privileged: the command has every capability%s, no seccomp filter and no security label; "
        "a program of the container that it runs has all that power too",
        enter->order.namespaces & CLONE_NEWUSER ? " in the container's user namespace"
                                                : " of the host");
}

int enter_plan(struct enter *enter, struct error *err)
{
    int r = plan_look(enter, err);

    if (r == 0)
        r = plan_filters(enter, err);
    if (r == 0)
        r = plan_terminal(enter, err);
    if (r == 0)
        r = plan_groups(enter, err);
    if (r == 0)
        r = plan_namespaces(enter, err);
    if (r == 0)
        r = plan_tools(enter, err);
    if (r == 0)
        r = plan_restrict(enter, err);
    if (r == 0)
        r = plan_command(enter, err);
    return r < 0 ? r : warn(enter, err);
}
