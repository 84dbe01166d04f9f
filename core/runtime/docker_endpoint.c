#include "core/runtime/docker_endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/lookup.h"
#include "core/base/text.h"

#define USERS_DIRECTORY "/run/user"
#define LOOK_MS         1000 // at a path that is a user's

static const struct {
    const char *variable; // of the environment
    const char *usual[2];
    const char *users; // below /run/user/UID
} places[] = {
    [DOCKER_DAEMON] = {"DOCKER_HOST", {"/run/docker.sock", "/var/run/docker.sock"}, "docker.sock"},
    [PODMAN_SERVICE] = {"CONTAINER_HOST", {"/run/podman/podman.sock"}, "podman/podman.sock"},
};

int docker_endpoint_find(enum docker_kind kind, const struct runtime_options *options,
                         struct docker_endpoint *ret, struct error *err)
{
    const char *const *usual = places[kind].usual;
    const char *option = kind == DOCKER_DAEMON ? options->docker_endpoint : NULL, *text = option;
    int r;

    if (!text) {
        text = getenv(places[kind].variable);
        text = text && *text ? text : NULL;
    }
    for (size_t i = 0; !text && i < ARRAY_SIZE(places[kind].usual) && usual[i]; i++)
        if (access(usual[i], F_OK) == 0)
            text = usual[i];
    if (text) {
        r = docker_endpoint_parse(text, ret, err);
        if (r < 0 && !option)
            error_prefix(err, "%s", places[kind].variable);
        return r;
    }
    r = docker_endpoint_parse(usual[0], ret, err);
    return r < 0 ? r : 1;
}

static int not_users(const char *path, const char *why, struct error *err)
{
    int r = error_set(err, ERROR_UNSAFE, EPERM, "%s is not asked: it is %s", path, why);

    error_path(err, path);
    error_hint(err, "look at it with `ls -l`; what runs is known from /proc all the same");
    return r;
}

static int look_up(int root, const char *path, uint64_t flags, uint64_t resolve, int *ret,
                   struct error *err)
{
    int r = lookup_open(root, path, O_PATH | O_NOFOLLOW | flags, RESOLVE_NO_SYMLINKS | resolve,
                        LOOK_MS, ret, err);

    return r == -ENOENT || r == -ENOTDIR ? 1 : r;
}

int docker_endpoint_of_user(enum docker_kind kind, uid_t uid, struct docker_endpoint *ret,
                            struct error *err)
{
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};
    _cleanup_close_ int users = open(USERS_DIRECTORY, O_PATH | O_DIRECTORY | O_CLOEXEC);
    _cleanup_close_ int directory = -1, handle = -1;
    char path[64], number[16];
    struct stat st = {.st_mode = 0};
    int r;

    *ret = endpoint;
    (void)snprintf(number, sizeof number, "%u", (unsigned)uid);
    (void)snprintf(path, sizeof path, "%s/%s/%s", USERS_DIRECTORY, number, places[kind].users);
    r = users >= 0 ? look_up(users, number, O_DIRECTORY, 0, &directory, err) : 1;
    if (r == 0)
        r = look_up(directory, places[kind].users, 0, RESOLVE_NO_XDEV, &handle, err);
    if (r == -ELOOP || r == -EXDEV)
        return not_users(path, "behind a symbolic link or on another filesystem", err);
    if (r != 0)
        return r;
    if (fstat(handle, &st) < 0 || !S_ISSOCK(st.st_mode))
        return not_users(path, S_ISLNK(st.st_mode) ? "a symbolic link" : "no socket", err);
    if (st.st_uid != uid)
        return not_users(path, "another user's", err);
    r = docker_endpoint_parse(path, &endpoint, err);
    if (r < 0)
        return r;
    endpoint.pinned = true;
    endpoint.handle = TAKE_FD(handle);
    endpoint.owner = uid;
    *ret = endpoint;
    endpoint = (struct docker_endpoint){.text = NULL};
    return 0;
}

static const char *const refused[] = {
    [DOCKER_DAEMON] = "start dockerd, or give its socket with --docker",
    [PODMAN_SERVICE] = "`systemctl start podman.socket`, or remove it; names come from elsewhere",
};
static const char *const silent[] = {
    [DOCKER_DAEMON] = "dockerd hangs or is stopped (`ps -o stat,cmd -C dockerd`, its log); what "
                      "runs is known from /proc all the same",
    [PODMAN_SERVICE] = "podman's service hangs or is stopped (`ps -o stat,cmd -C podman`); what "
                       "runs is known from /proc all the same",
};
static const char *const forbidden[] = {
    [DOCKER_DAEMON] = "the socket is root's and the group docker's: run davit with sudo",
    [PODMAN_SERVICE] = "the socket is another's: run davit with sudo",
};
static const char *const missing[] = {
    [DOCKER_DAEMON] = "give the socket of a running dockerd with --docker",
    [PODMAN_SERVICE] = "give the socket of a running podman service in CONTAINER_HOST",
};
static const char *const other[] = {
    [DOCKER_DAEMON] = "see the log of dockerd; what runs is known from /proc all the same",
    [PODMAN_SERVICE] = "see what `podman ps` says; what runs is known from /proc all the same",
};

void docker_endpoint_hint(enum docker_kind kind, const struct docker_endpoint *endpoint,
                          struct error *err)
{
    if (err->hint[0])
        return;
    switch (err->sys_errno) {
    case ECONNREFUSED:
        error_hint(err, "nothing listens at %s: %s", endpoint->text, refused[kind]);
        break;
    case EACCES:
    case EPERM:
        error_hint(err, "%s", forbidden[kind]);
        break;
    case ETIMEDOUT:
        error_hint(err, "%s", silent[kind]);
        break;
    case ENOENT:
        error_hint(err, "%s", missing[kind]);
        break;
    default:
        error_hint(err, "%s", other[kind]);
        break;
    }
}
