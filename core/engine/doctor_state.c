// What this process may do, and where it keeps its journal.
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/engine/doctor_internal.h"
#include "core/host/process.h"

#define SUDO_HINT "run it as root, with sudo: sudo davit doctor"

static const struct {
    const char *name;
    unsigned number;
    const char *purpose;
} capabilities[] = {
    {"CAP_SYS_ADMIN", CAP_SYS_ADMIN, "to mount and to enter mount namespaces"},
    {"CAP_SYS_CHROOT", CAP_SYS_CHROOT, "to enter mount namespaces"},
    {"CAP_SYS_PTRACE", CAP_SYS_PTRACE, "to see the roots and namespaces of other users' processes"},
    {"CAP_DAC_OVERRIDE", CAP_DAC_OVERRIDE, "to make mount points in containers"},
    {"CAP_FOWNER", CAP_FOWNER, "to take mount points away in sticky directories"},
    {"CAP_CHOWN", CAP_CHOWN, "to give a command inside (enter) its terminal"},
    {"CAP_SETUID", CAP_SETUID, "to check access as the container's init"},
    {"CAP_SETGID", CAP_SETGID, "to check access as the container's init"},
    {"CAP_SETFCAP", CAP_SETFCAP, "to map owners"},
    {"CAP_KILL", CAP_KILL, "to end what checks access and does not come back"},
    {"CAP_MKNOD", CAP_MKNOD, "for the method recipe"},
};

static int check_capabilities(struct doctor_report *report, int proc, struct error *err)
{
    struct process_status *status = calloc(1, sizeof *status);
    struct error why;
    int r = 0;

    if (!status)
        return ERROR_OOM(err);
    if (process_status_read(proc, status, &why) < 0)
        r = doctor_add(report, "capabilities", CHECK_MISSING, NULL, err, "%s", why.message);
    else
        for (size_t i = 0; i < ARRAY_SIZE(capabilities) && r == 0; i++) {
            bool has = status->cap_effective >> capabilities[i].number & 1;

            r = doctor_add(report, capabilities[i].name, has ? CHECK_OK : CHECK_MISSING,
                           has ? NULL : SUDO_HINT, err, "%s%s", has ? "" : "missing: needed ",
                           capabilities[i].purpose);
        }
    free(status);
    return r;
}

static int check_namespace(struct doctor_report *report, int proc, struct error *err)
{
    _cleanup_close_ int first = open("/proc/1", O_PATH | O_DIRECTORY | O_CLOEXEC);
    uint64_t ours = process_ns_inode(proc, PROCESS_NS_MNT);
    uint64_t theirs = first >= 0 ? process_ns_inode(first, PROCESS_NS_MNT) : 0;

    if (theirs == 0)
        return doctor_add(report, "mount namespace", CHECK_OK, NULL, err,
                          "that of process 1 cannot be seen from here");
    if (ours != theirs)
        return doctor_add(report, "mount namespace", CHECK_OK, NULL, err,
                          "not that of process 1: \"the host\" is what is mounted in this one");
    return doctor_add(report, "mount namespace", CHECK_OK, NULL, err, "the host's");
}

int doctor_privileges(struct doctor_report *report, struct error *err)
{
    _cleanup_close_ int proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int r;

    if (proc < 0)
        return doctor_add(report, "/proc", CHECK_MISSING, "mount -t proc proc /proc", err,
                          "not mounted: nothing works without it");
    r = check_capabilities(report, proc, err);
    return r < 0 ? r : check_namespace(report, proc, err);
}

// The nearest directory above `path` that exists is where it would be made.
static int can_be_made(const char *path)
{
    char *parent = strdup(path), *slash;
    int r = -ENOMEM;

    while (parent && (slash = strrchr(parent, '/'))) {
        slash[slash == parent] = '\0';
        r = faccessat(AT_FDCWD, parent, W_OK | X_OK, AT_EACCESS) < 0 ? -errno : 0;
        if (r != -ENOENT || strcmp(parent, "/") == 0)
            break;
    }
    free(parent);
    return r;
}

static int check_directory(struct doctor_report *report, const char *dir, struct error *err)
{
    int r = faccessat(AT_FDCWD, dir, R_OK | W_OK | X_OK, AT_EACCESS) < 0 ? -errno : 0;
    bool missing = r == -ENOENT;

    if (missing)
        r = can_be_made(dir);
    if (r < 0)
        return doctor_add(report, "state directory", CHECK_MISSING,
                          r == -EROFS ? "choose another one with --state-dir" : SUDO_HINT, err,
                          "%s cannot be %s: %s", dir, missing ? "made" : "written to",
                          strerror(-r));
    return doctor_add(report, "state directory", CHECK_OK, NULL, err, "%s%s", dir,
                      missing ? " is made by the first change" : "");
}

static int check_journal(struct engine *engine, struct doctor_report *report, struct error *err)
{
    _cleanup_journal_view_ struct journal_view *view = NULL;
    struct journal *journal;
    char lines[128] = "";
    struct error why;
    size_t open_ends;
    int r = engine_journal_reading(engine, &journal, &why);

    if (r == 0)
        r = journal_read(journal, &view, &why);
    if (r < 0)
        return doctor_add(report, "journal", CHECK_MISSING, *why.hint ? why.hint : NULL, err, "%s",
                          why.message);
    for (size_t i = 0; i < view->n_bad_lines && strlen(lines) < sizeof lines - 24; i++)
        (void)snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "%s%zu", i ? ", " : "",
                       view->bad_lines[i]);
    if (view->n_bad_lines > 0)
        return doctor_add(report, "journal", CHECK_MISSING,
                          "they are skipped; a line that a crash cut off is normal", err,
                          "%zu lines of %s cannot be read: %s", view->n_bad_lines,
                          journal_path(journal), lines);
    open_ends = view->n_open_detaches;
    for (size_t i = 0; i < view->n_attachments; i++)
        open_ends += view->attachments[i]->state == ATTACHMENT_INTENT;
    if (open_ends > 0)
        return doctor_add(report, "journal", CHECK_OK, NULL, err,
                          "%zu changes are under way or were interrupted: the next davit that may "
                          "change something recovers them",
                          open_ends);
    return doctor_add(report, "journal", CHECK_OK, NULL, err, "%zu events", view->n_events);
}

int doctor_state(struct engine *engine, struct doctor_report *report, struct error *err)
{
    int r = check_directory(report, engine->options.state_dir, err);

    return r < 0 ? r : check_journal(engine, report, err);
}
