// Where the command begins: in the directory that was declared for the container, as with docker
// exec; where its runtime declares none, in that of its first process. Only a path is taken from
// either, and it is resolved inside, by entrant.c once more.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/engine/enter_internal.h"

#define DIRECTORY_MS 1000 // for the container's filesystem
#define INSPECT_MS   1000 // for a daemon; it may be why somebody wants to look inside

static bool is_pid(const char *selector)
{
    return strncmp(selector, "pid:", 4) == 0;
}

// Of pid:N nobody is asked.
static const char *declared(struct enter *enter)
{
    struct runtime_options options = enter->engine->options.runtime;
    struct container *container = enter->container;
    struct error ignored;

    if (options.timeout_ms == 0 || options.timeout_ms > INSPECT_MS)
        options.timeout_ms = INSPECT_MS;
    if (!container->working_directory && !is_pid(enter->request->target.container))
        (void)container_inspect(&options, container, &ignored);
    return container->working_directory;
}

static int look_at_declared(const void *context, struct resolver_answer *answer)
{
    const struct enter *enter = context;
    _cleanup_close_ int fd =
        file_open_resolved(enter->inside.root, enter->container->working_directory,
                           O_PATH | O_DIRECTORY, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);

    (void)answer;
    return fd < 0 ? fd : 0;
}

// As the container's root sees it: this child takes that root.
static int look_at_first(const void *context, struct resolver_answer *answer)
{
    const struct enter *enter = context;
    int fd = openat(enter->inside.init.proc, "cwd", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fchdir(enter->inside.root) < 0 || chroot(".") < 0 || fchdir(fd) < 0 ||
        !getcwd(answer->data, PATH_MAX))
        return -errno;
    answer->length = strlen(answer->data) + 1;
    return answer->data[0] == '/' ? 0 : -EXDEV; // "(unreachable)…"
}

static int warn(struct enter *enter, const char *path, int r, struct error *err)
{
    _cleanup_free_ char *clean = text_clean_dup(path, strlen(path));

    if (!clean)
        return ERROR_OOM(err);
    return result_add_warning(enter->result, err, "%s, its working directory, %s: begins in /",
                              clean,
                              r == -ENOENT      ? "does not exist inside"
                              : r == -ETIMEDOUT ? "does not answer"
                                                : "is no directory inside");
}

static int ask(struct enter *enter, const char *path, struct resolver_answer *answer,
               struct error *err)
{
    const int keep[] = {enter->inside.root, enter->inside.init.proc};
    struct error why;
    int r =
        resolver_ask("the container's working directory", path ? look_at_declared : look_at_first,
                     enter, keep, ARRAY_SIZE(keep), DIRECTORY_MS, answer, &why);

    if (r == -ENOMEM) {
        *err = why;
        return r;
    }
    if (r == 0)
        r = answer->result;
    if (r < 0)
        return path || r == -ETIMEDOUT
                   ? warn(enter, path ? path : "that of its first process", r, err)
                   : 0;
    strcpy(enter->order.directory, path ? path : answer->data);
    return 0;
}

int enter_find_directory(struct enter *enter, struct error *err)
{
    const char *path = declared(enter);
    _cleanup_free_ struct resolver_answer *answer = NULL;
    char link[2] = "";

    strcpy(enter->order.directory, "/");
    // With --privileged nothing that the container itself has chosen.
    if (path ? strcmp(path, "/") == 0
             : enter->request->flags & ENTER_PRIVILEGED ||
                   (readlinkat(enter->inside.init.proc, "cwd", link, sizeof link) == 1 &&
                    link[0] == '/'))
        return 0;
    answer = calloc(1, sizeof *answer);
    return answer ? ask(enter, path, answer, err) : ERROR_OOM(err);
}
