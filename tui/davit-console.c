// davit-console: the screen. Started by davit with the engine on the other end of a socket; opens
// what must be opened with privileges, drops them for good, and runs the console.
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/console/console.h"

#define NOBODY   65534
#define AWAIT_MS 3000 // the engine's end before a word is said of it

static int usage(void)
{
    (void)fputs("davit-console is started by davit: run davit.\n", stderr);
    return 2;
}

// Whoever asked for root by sudo, else nobody.
static void who_asked(uid_t *ret_uid, gid_t *ret_gid)
{
    const char *uid = getenv("SUDO_UID");
    const char *gid = getenv("SUDO_GID");
    uint64_t u;
    uint64_t g;

    *ret_uid = NOBODY;
    *ret_gid = NOBODY;
    if (uid && gid && text_to_u64(uid, &u) && text_to_u64(gid, &g) && u > 0 && u < UINT32_MAX &&
        g < UINT32_MAX) {
        *ret_uid = (uid_t)u;
        *ret_gid = (gid_t)g;
    }
}

// The home of that user by /etc/passwd itself: no name service is asked.
static void go_home(uid_t uid)
{
    _cleanup_fclose_ FILE *file = fopen("/etc/passwd", "re");
    const struct passwd *entry = NULL;

    (void)unsetenv("XDG_CONFIG_HOME");
    while (file && (entry = fgetpwent(file)) != NULL && entry->pw_uid != uid)
        continue;
    (void)setenv("HOME", entry && uid != NOBODY ? entry->pw_dir : "/nonexistent", 1);
}

static int drop_privileges(uid_t uid, gid_t gid, struct error *err)
{
    if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
        return error_errno(err, errno, "cannot drop root's privileges");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || setresuid(0, 0, 0) == 0)
        return error_set(err, ERROR_FAILED, EPERM, "root's privileges could not be dropped");
    return 0;
}

// Others of the same user could take the engine's socket (ptrace(2), pidfd_getfd(2)), and with it
// root's engine. A changed uid alone keeps them out only as fs.suid_dumpable has it.
static int keep_others_out(struct error *err)
{
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        return error_errno(err, errno, "cannot keep other processes out of the console");
    return 0;
}

static bool size_of(const char *text, struct terminal_headless *ret)
{
    int end = 0;

    return sscanf(text, "%4dx%4d%n", &ret->width, &ret->height, &end) == 2 && text[end] == '\0' &&
           ret->width > 0 && ret->height > 0;
}

static bool parse(int argc, char **argv, struct console_options *options, pid_t *ret_engine)
{
    static const struct option long_options[] = {
        {"engine-fd", required_argument, NULL, 'e'},
        {"engine-pid", required_argument, NULL, 'E'},
        {"theme", required_argument, NULL, 't'},
        {"config", required_argument, NULL, 'c'},
        {"record", required_argument, NULL, 'r'},
        {"replay", required_argument, NULL, 'p'},
        {"script", required_argument, NULL, 's'},
        {"off-screen", required_argument, NULL, 'o'},
        {"no-color", no_argument, NULL, 'n'},
        {"plain", no_argument, NULL, 'P'},
        {NULL, 0, NULL, 0},
    };
    uint64_t number;
    int option;

    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
        switch (option) {
        case 'e':
            if (!text_to_u64(optarg, &number) || number > 1024)
                return false;
            options->engine_fd = (int)number;
            break;
        case 'E':
            if (!text_to_u64(optarg, &number) || number > INT32_MAX)
                return false;
            *ret_engine = (pid_t)number;
            break;
        case 't':
            options->theme = optarg;
            break;
        case 'c':
            options->config = optarg;
            break;
        case 'r':
            options->record = optarg;
            break;
        case 'p':
            options->replay = optarg;
            break;
        case 's':
            options->script = optarg;
            break;
        case 'o':
            if (!size_of(optarg, &options->off_screen))
                return false;
            break;
        case 'n':
            options->no_color = true;
            break;
        case 'P':
            options->plain = true;
            break;
        default:
            return false;
        }
    return optind == argc && (options->engine_fd >= 0) != (options->replay != NULL);
}

// The engine ends by itself when its stream does, and finishes or takes back what is under way
// before: the shell's prompt comes after that. Ctrl-C leaves it alone with it.
static void await_engine(pid_t engine)
{
    int pidfd = (int)syscall(SYS_pidfd_open, engine, 0);
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};

    if (pidfd < 0)
        return;
    if (poll(&ended, 1, AWAIT_MS) == 0) {
        (void)fputs("davit: the engine finishes what is under way (Ctrl-C leaves it to it)\n",
                    stderr);
        (void)poll(&ended, 1, -1);
    }
    (void)waitpid(engine, NULL, WNOHANG);
    (void)close(pidfd);
}

static int fail(const struct error *err)
{
    (void)fprintf(stderr, "davit: %s\n", err->message);
    if (err->hint[0])
        (void)fprintf(stderr, "  try: %s\n", err->hint);
    return error_exit_status(err->code);
}

int main(int argc, char **argv)
{
    struct console_options options = {.engine_fd = -1};
    CLEANUP(theme_places_freep) struct theme_places *places = NULL;
    struct error err = {.code = ERROR_NONE};
    pid_t engine = 0;
    uid_t uid = 0;
    gid_t gid = 0;
    int r;

    (void)setlocale(LC_CTYPE, "");
    (void)signal(SIGPIPE, SIG_IGN);
    if (!parse(argc, argv, &options, &engine))
        return usage();
    options.off_screen.term = getenv("TERM");
    options.off_screen.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (geteuid() == 0) {
        who_asked(&uid, &gid);
        go_home(uid);
    }
    r = theme_places_usual(&places, &err); // may be where only root may look
    if (r == 0 && geteuid() == 0)
        r = drop_privileges(uid, gid, &err);
    if (r == 0 && options.engine_fd >= 0)
        r = keep_others_out(&err);
    options.places = places;
    if (r == 0)
        r = console_run(&options, &err);
    if (engine > 0)
        await_engine(engine);
    return r < 0 ? fail(&err) : 0;
}
