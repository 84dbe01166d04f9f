// -t TYPE [-o OPTIONS] SPEC: the host's mount helper (mount.TYPE, else mount.fuse for fuse.NAME)
// mounts in a keeper's namespaces (keeper.h), out of everyone's sight; its clone goes on from
// there. No shell, a clean environment, no terminal to ask for a password on.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/engine/helper_client.h"
#include "core/engine/keeper.h"
#include "core/engine/maker.h"

#define TYPE_MAX  48
#define HELPER_MS 20000 // for it to come to an end

struct helper {
    char *program;
    char *options;  // as given, but what `variable` has; may hold secrets
    char *shown;    // the same without them
    char *variable; // "PASSWD=…" of mount.cifs, or NULL
    char *given;    // all options as given, NULL: none
    bool secret_in_arguments;
    const char *arguments[10];
    struct keeper keeper;
    struct workshop_answer answer;
};

// ---- secrets ----

static void scrub(char **text)
{
    if (*text)
        explicit_bzero(*text, strlen(*text));
    free(TAKE_POINTER(*text));
}

// Whatever the helper says of them, and after that in clean text.
static void clean_said(struct helper *helper, const char *spec)
{
    char *said = helper->answer.said, clean[sizeof helper->answer.said];
    size_t length = strlen(said);
    bool cut = length == sizeof clean - 1;
    const char *rest = helper->given;
    struct secret secret;

    if (secret_in_spec(spec, &secret))
        secret_mask(said, length, &secret, cut);
    while (rest && secret_in_options(&rest, &secret))
        secret_mask(said, length, &secret, cut);
    text_clean(clean, sizeof clean, said, length);
    strcpy(said, clean);
}

// mount.cifs takes the password from its environment, where only root can read it. The length of
// the option's name and '=' in front of the secret; 0: it is none of that kind.
static size_t password_name(const char *options, const char *secret)
{
    static const char *const names[] = {"password=", "pass="};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        size_t n = strlen(names[i]);

        if ((size_t)(secret - options) >= n && memcmp(secret - n, names[i], n) == 0 &&
            (secret - n == options || secret[-(ssize_t)n - 1] == ','))
            return n;
    }
    return 0;
}

static int take_password(struct helper *helper, const char *type, struct error *err)
{
    bool cifs = strcmp(type, "cifs") == 0 || strcmp(type, "smb3") == 0;
    const char *rest = helper->given, *from = helper->given;
    char *kept = helper->options = calloc(1, strlen(helper->given) + 1);
    struct secret secret;

    if (!kept)
        return ERROR_OOM(err);
    while (secret_in_options(&rest, &secret)) {
        size_t name = cifs ? password_name(helper->given, secret.at) : 0;

        if (name == 0) {
            helper->secret_in_arguments = true;
            continue;
        }
        scrub(&helper->variable);
        helper->variable = text_format("PASSWD=%.*s", (int)secret.length, secret.at);
        if (!helper->variable)
            return ERROR_OOM(err);
        kept = mempcpy(kept, from, (size_t)(secret.at - name - from));
        from = rest;
    }
    kept = stpcpy(kept, from);
    if (kept > helper->options && kept[-1] == ',')
        kept[-1] = '\0';
    return 0;
}

// ---- resolving ----

static void done(struct source *source)
{
    struct helper *helper = source->state;

    if (!helper)
        return;
    keeper_end(&helper->keeper);
    if (helper->answer.tree >= 0)
        (void)close(helper->answer.tree);
    free(helper->program);
    free(helper->shown);
    scrub(&helper->options);
    scrub(&helper->variable);
    scrub(&helper->given);
    free(helper);
    source->state = NULL;
}

static char *find_program(const char *name)
{
    static const char *const directories[] = {"/sbin", "/usr/sbin", "/usr/local/sbin", "/bin",
                                              "/usr/bin"};

    for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
        char *path = text_format("%s/%s", directories[i], name);

        if (!path || access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}

static int find_helper(struct helper *helper, const struct attach_request *request,
                       struct error *err)
{
    _cleanup_free_ char *name = text_format("mount.%s", request->type);
    bool fuse = strncmp(request->type, "fuse.", 5) == 0;
    size_t n = 0;

    if (!name)
        return ERROR_OOM(err);
    helper->program = find_program(name);
    if (helper->program)
        fuse = false;
    else if (fuse)
        helper->program = find_program("mount.fuse3");
    if (!helper->program && fuse)
        helper->program = find_program("mount.fuse");
    if (!helper->program)
        return helper_missing(request->type, err);
    helper->arguments[n++] = strrchr(helper->program, '/') + 1;
    helper->arguments[n++] = request->source;
    helper->arguments[n++] = "%";
    if (fuse) {
        helper->arguments[n++] = "-t";
        helper->arguments[n++] = request->type;
    }
    if (helper->options && *helper->options) {
        helper->arguments[n++] = "-o";
        helper->arguments[n++] = helper->options;
    }
    return 0;
}

static int check(const struct attach_request *request, struct error *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._-";
    _cleanup_free_ char *shown = NULL;
    size_t length = strlen(request->type);
    int r;

    if (length == 0 || length > TYPE_MAX || strspn(request->type, allowed) != length ||
        request->type[0] == '.' || request->type[0] == '-') {
        r = error_set(err, ERROR_USAGE, EINVAL, "'%.60s' is no type of a filesystem",
                      request->type);
        error_hint(err, "-t nfs, -t cifs, -t fuse.sshfs, -t glusterfs");
        return r;
    }
    if (*request->source && request->source[0] != '-' && strcmp(request->source, "%") != 0)
        return 0;
    shown = secret_hide_spec(request->source);
    return error_set(err, ERROR_USAGE, EINVAL, "'%.200s' names nothing to mount",
                     shown ? shown : "it");
}

int source_resolve_helper(struct engine *engine, const struct attach_request *request,
                          struct source *source, struct error *err)
{
    struct helper *helper;
    int r = check(request, err);

    (void)engine;
    if (r < 0)
        return r;
    source->state = helper = calloc(1, sizeof *helper);
    source->maker = &maker_helper;
    source->type = S_IFDIR;
    source->sub_path = strdup("");
    source->name = secret_hide_spec(request->source);
    if (!helper || !source->sub_path || !source->name)
        return ERROR_OOM(err);
    helper->keeper = (struct keeper)KEEPER_INIT;
    helper->answer = (struct workshop_answer)WORKSHOP_ANSWER_INIT;
    if (request->helper_options) {
        helper->given = strdup(request->helper_options);
        helper->shown = secret_hide_options(request->helper_options);
        if (!helper->given || !helper->shown)
            return ERROR_OOM(err);
        r = take_password(helper, request->type, err);
    }
    if (r == 0)
        r = find_helper(helper, request, err);
    return r < 0 ? r : source_set_made(source, 0, "/", request->type, source->name, "rw", err);
}

// ---- the steps ----

static int warn(struct attach_job *job, const struct helper *helper, struct error *err)
{
    bool fuse = strncmp(job->request->type, "fuse", 4) == 0;
    struct secret secret;
    int r = 0;

    if (secret_in_spec(job->request->source, &secret))
        r = result_add_warning(job->result, err,
                               "the password in its name stands in the helper's command line, in "
                               "its server's too as long as that lives");
    if (r == 0 && helper->secret_in_arguments)
        r = result_add_warning(job->result, err,
                               "the secret in its options stands in the helper's command line "
                               "while it runs: a credentials file would not");
    if (r == 0 && fuse && !(helper->shown && strstr(helper->shown, "allow_other")))
        r = result_add_warning(job->result, err,
                               "only the host's root may use it: -o allow_other lets others");
    return r;
}

static int record(struct attach_job *job, const struct helper *helper, struct error *err)
{
    struct attachment *what = job->what;

    what->helper = strdup(job->request->type);
    what->helper_options = helper->shown ? strdup(helper->shown) : NULL;
    return what->helper && (what->helper_options || !helper->shown) ? 0 : ERROR_OOM(err);
}

static int plan(struct attach_job *job, struct error *err)
{
    const struct helper *helper = job->source->state;
    bool options = helper->shown && *helper->shown;
    int r = result_add_step(
        job->result, ACTION_RUN_HELPER, 0, err,
        text_format("let %s mount %s where nobody sees it", helper->arguments[0],
                    job->source->name),
        text_format(
            "clone(CLONE_NEWPID|CLONE_NEWNS); execve(\"%s\", [\"%s\", \"<fresh tmpfs>\"%s%s%s])",
            helper->program, job->source->name, options ? ", \"-o\", \"" : "",
            options ? helper->shown : "", options ? "\"" : ""));

    if (r == 0)
        r = result_add_step(
            job->result, ACTION_CLONE, 1, err, text_format("clone it, and unmount it there"),
            text_format(
                "open_tree(<mount>, \"\", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH); "
                "umount2(<fresh tmpfs>, MNT_DETACH)"));
    return r < 0 ? r : warn(job, helper, err);
}

// Some call what they mount by the name that they were given. What davit shows of a mount table
// has no password, what everybody reads in the container has.
static int tell_name(struct attach_job *job, const struct helper *helper, struct error *err)
{
    struct secret secret;

    if (!strstr(helper->answer.from, SECRET_HIDDEN) ||
        !secret_in_spec(job->request->source, &secret))
        return 0;
    return result_add_warning(job->result, err,
                              "%s shows its password to everyone who reads /proc/mounts inside",
                              helper->answer.fs_type);
}

static int run(struct attach_job *job, struct helper *helper, struct error *err)
{
    const struct keeper_order order = {
        .program = helper->program,
        .arguments = helper->arguments,
        .variable = helper->variable,
        .source = job->request->source,
    };
    uint64_t limit = job->timeout_ms > HELPER_MS ? job->timeout_ms : HELPER_MS;
    int r = record(job, helper, err);

    keeper_end(&helper->keeper);
    if (r == 0)
        r = keeper_run(&helper->keeper, &order, limit, &helper->answer, err);
    if (r < 0) {
        keeper_end(&helper->keeper);
        return r;
    }
    clean_said(helper, job->request->source);
    return tell_name(job, helper, err);
}

static void explain(const char *type, const struct helper *helper, struct error *err)
{
    const char *lacks = helper_lacks_kernel(type);

    if (lacks) {
        err->code = ERROR_UNSUPPORTED;
        error_hint(err, "this kernel has no %s (/proc/filesystems), not as a module either", lacks);
    } else if (helper->answer.sys_errno == EIO) {
        error_hint(err, "it cannot ask for a password: keys, a credentials file or an option "
                        "have to do (for sshfs: -o IdentityFile=…,BatchMode=yes)");
    }
}

static int perform(struct attach_job *job, const struct plan_step *step, struct error *err)
{
    struct helper *helper = job->source->state;
    int r = step->index == 0 ? run(job, helper, err) : 0;

    if (r < 0)
        return r;
    r = workshop_perform(job, &helper->answer, (unsigned)step->index, helper->arguments[0], err);
    if (r < 0) {
        explain(job->request->type, helper, err);
        return r;
    }
    if (step->index == 0)
        return 0;
    job->what->server = helper->keeper.pid;
    job->what->server_start = helper->keeper.start_time;
    return workshop_take(job, &helper->answer, err);
}

static int intended(struct attach_job *job, struct error *err)
{
    struct helper *helper = job->source->state;

    return keeper_commit(&helper->keeper, err);
}

const struct tree_maker maker_helper = {
    .method = "helper", .plan = plan, .perform = perform, .intended = intended, .done = done};
