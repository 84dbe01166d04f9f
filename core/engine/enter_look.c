// What a container's own files say: who a user is, where the command is, where tools could be
// shown. The container's root may be a filesystem that does not answer, so a child is asked; it
// resolves each path with the container's root around it, and reads what is hostile as data.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/resolver.h"
#include "core/engine/enter_internal.h"

struct look {
    const struct enter *enter;
    struct enter_found *found;
    const char *passwd, *group; // NULL: the container has none
};

static int open_inside(int root, const char *path, uint64_t flags)
{
    return file_open_resolved(root, path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

static char *read_inside(int root, const char *path)
{
    _cleanup_close_ int fd = open_inside(root, path, O_PATH);
    struct error ignored;
    char link[32], *text = NULL;
    struct stat stat;

    // To open a device is to do something with it already, and this one may be any of the host's.
    if (fd < 0 || fstat(fd, &stat) < 0 || !S_ISREG(stat.st_mode))
        return NULL;
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return file_read(AT_FDCWD, link, PASSWD_FILE_LIMIT, &text, NULL, &ignored) < 0 ? NULL : text;
}

// ---- the user ----

static void find_group(struct look *look, const char *name)
{
    struct enter_found *found = look->found;
    uint32_t number;

    if (look->group && group_find(look->group, name, &found->account.gid))
        return;
    if (id_parse(name, strlen(name), &number))
        found->account.gid = number;
    else
        found->no_group = true;
}

// As docker's --user: a name first, then a number, which nobody has to know.
static void find_named_user(struct look *look, const char *text)
{
    struct enter_found *found = look->found;
    char name[PASSWD_NAME_SIZE];
    size_t length = strcspn(text, ":");
    uint32_t uid;

    if (length == 0 || length >= sizeof name) {
        found->no_user = true;
        return;
    }
    memcpy(name, text, length);
    name[length] = '\0';
    if (!look->passwd || !passwd_find(look->passwd, name, 0, &found->account)) {
        if (!id_parse(name, length, &uid)) {
            found->no_user = true;
            return;
        }
        if (!look->passwd || !passwd_find(look->passwd, NULL, uid, &found->account))
            found->account = (struct account){.uid = uid, .gid = 0, .home = "/"};
    }
    if (text[length] == ':')
        find_group(look, text + length + 1);
    else if (look->group && *found->account.name)
        found->n_groups = group_memberships(look->group, found->account.name, found->groups);
}

// As its first process: the ids are known, the name and the home are looked up.
static void find_own_user(struct look *look)
{
    const struct enter *enter = look->enter;
    struct enter_found *found = look->found;

    if (!look->passwd || !passwd_find(look->passwd, NULL, enter->uid, &found->account))
        strcpy(found->account.home, "/");
    found->account.uid = enter->uid;
    found->account.gid = enter->gid;
}

// ---- the program ----

static bool is_program(int root, const char *path, bool *ret_leads_out)
{
    _cleanup_close_ int fd = open_inside(root, path, O_PATH);
    struct stat stat;

    if (fd == -ELOOP)
        *ret_leads_out = true;
    return fd >= 0 && fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) && stat.st_mode & 0111;
}

static void add_program(struct enter_found *found, const char *path)
{
    size_t used = 0, length = strlen(path) + 1;

    for (unsigned i = 0; i < found->n_programs; i++)
        used += strlen(found->programs + used) + 1;
    if (used + length > sizeof found->programs)
        return;
    memcpy(found->programs + used, path, length);
    found->n_programs++;
}

static void try_program(struct look *look, const char *path)
{
    if (is_program(look->enter->inside.root, path, &look->found->leads_out))
        add_program(look->found, path);
}

static void try_below(struct look *look, const char *directory, const char *name)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s", directory, name);

    if (n > 0 && n < (int)sizeof path)
        try_program(look, path);
}

// In each directory of a list parted by ':'. An empty one, the working directory, is left out.
static void search(struct look *look, const char *list, const char *name)
{
    for (const char *next = list; *next;) {
        size_t length = strcspn(next, ":");
        char path[PATH_MAX];
        int n = snprintf(path, sizeof path, "%.*s/%s", (int)length, next, name);

        if (length > 0 && *next == '/' && n > 0 && n < (int)sizeof path)
            try_program(look, path);
        next += length + (next[length] == ':');
    }
}

// Relative to where the tools will be shown.
static void search_tools(struct look *look, const char *name)
{
    static const char *const directories[] = {"", "bin/", "sbin/", "usr/bin/", "usr/sbin/"};
    bool ignored;

    if (look->enter->tools < 0 || !*look->found->tools_at || strchr(name, '/'))
        return;
    for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
        char path[PATH_MAX], inside[PATH_MAX + 80];
        int n = snprintf(path, sizeof path, "%s%s", directories[i], name);

        if (n <= 0 || n >= (int)sizeof path || !is_program(look->enter->tools, path, &ignored))
            continue;
        (void)snprintf(inside, sizeof inside, "%s/%s", look->found->tools_at, path);
        add_program(look->found, inside);
    }
}

static bool is_shell(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && strcmp(slash, "/nologin") != 0 && strcmp(slash, "/false") != 0;
}

static void find_program(struct look *look)
{
    static const char *const shells[] = {"/bin/bash", "/bin/sh", "/bin/ash", "/usr/bin/sh"};
    const struct enter_request *request = look->enter->request;

    if (request->n_command == 0) {
        if (is_shell(look->found->account.shell))
            try_program(look, look->found->account.shell);
        for (size_t i = 0; i < ARRAY_SIZE(shells); i++)
            try_program(look, shells[i]);
        search_tools(look, "sh");
    } else if (*request->command[0] == '/') {
        try_program(look, request->command[0]);
    } else if (strchr(request->command[0], '/')) {
        try_below(look, look->enter->order.directory, request->command[0]);
    } else {
        search(look, look->enter->path, request->command[0]);
        search_tools(look, request->command[0]);
    }
}

// ---- a place for tools ----

static bool is_empty(int directory)
{
    DIR *dir = fdopendir(directory); // takes it
    const struct dirent *entry;
    unsigned n = 0;

    while (dir && (entry = readdir(dir)))
        n++;
    if (dir)
        (void)closedir(dir);
    return dir && n <= 2;
}

// The first that is there and empty, so that nothing is hidden; else the first that is there. Not
// where the command begins.
static void find_place(struct look *look)
{
    static const char *const places[] = {"/mnt",        "/media",   "/opt", "/srv",
                                         "/home",       "/boot",    "/tmp", "/run",
                                         "/dev/mqueue", "/dev/shm", "/var", "/sys"};
    struct enter_found *found = look->found;

    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        int fd;

        if (path_is_below(look->enter->order.directory, places[i]))
            continue;
        fd = file_open_resolved(look->enter->inside.root, places[i], O_RDONLY | O_DIRECTORY,
                                RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
        if (fd < 0)
            continue;
        if (is_empty(fd)) {
            (void)snprintf(found->tools_at, sizeof found->tools_at, "%s", places[i]);
            found->tools_hide = false;
            return;
        }
        if (!*found->tools_at) {
            (void)snprintf(found->tools_at, sizeof found->tools_at, "%s", places[i]);
            found->tools_hide = true;
        }
    }
}

static void list_tools(struct look *look)
{
    static const char *const directories[] = {"", "/bin", "/sbin", "/usr/bin", "/usr/sbin"};
    struct enter_found *found = look->found;
    size_t used = 0;

    for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
        const char *name = directories[i];
        int fd = open_inside(look->enter->tools, *name ? name + 1 : ".", O_PATH | O_DIRECTORY);

        if (fd < 0)
            continue;
        (void)close(fd);
        used += (size_t)snprintf(found->tools_path + used, sizeof found->tools_path - used,
                                 "%s%s%s", used ? ":" : "", found->tools_at, name);
    }
}

static int look(const void *context, struct resolver_answer *answer)
{
    const struct enter *enter = context;
    struct enter_found found = {.n_groups = 0};
    _cleanup_free_ char *passwd = read_inside(enter->inside.root, "/etc/passwd");
    _cleanup_free_ char *group = read_inside(enter->inside.root, "/etc/group");
    struct look look = {.enter = enter, .found = &found, .passwd = passwd, .group = group};

    _Static_assert(sizeof found <= RESOLVER_ANSWER_SIZE, "one answer has it all");
    if (enter->request->user)
        find_named_user(&look, enter->request->user);
    else
        find_own_user(&look);
    if (enter->request->tools)
        find_place(&look);
    if (enter->tools >= 0 && *found.tools_at)
        list_tools(&look);
    find_program(&look);
    memcpy(answer->data, &found, sizeof found);
    answer->length = sizeof found;
    return 0;
}

static int no_program(const struct enter *enter, struct error *err)
{
    const struct enter_request *request = enter->request;
    const char *name = enter->container->name;
    int r;

    if (enter->found->leads_out) {
        r = error_set(err, ERROR_UNSAFE, ELOOP, "%s in %s is a link out of the container's files",
                      request->command[0], name);
        error_hint(err, "name the program itself");
        return r;
    }
    if (request->n_command == 0) {
        r = error_set(err, ERROR_NO_PATH, ENOENT, "%s has no shell", name);
        error_hint_words(err,
                         "davit enter --tools busybox %s brings one; nothing is written to the "
                         "container",
                         name);
        return r;
    }
    r = error_set(err, ERROR_NO_PATH, ENOENT, "there is no program %s in %s", request->command[0],
                  name);
    error_path(err, request->command[0]);
    if (request->tools)
        error_hint(err, "neither in the container nor in %s", request->tools);
    else
        error_hint(err, "--tools busybox brings the usual ones; nothing is written to the "
                        "container");
    return r;
}

static int no_user(const struct enter *enter, struct error *err)
{
    int r = error_set(err, ERROR_NO_PATH, ENOENT, "%s in %s: no such %s", enter->request->user,
                      enter->container->name, enter->found->no_user ? "user" : "group");

    error_hint(err,
               "-u takes a name of the container's own /etc/passwd, or a number: -u 1000:1000");
    return r;
}

int enter_look(struct enter *enter, struct error *err)
{
    struct resolver_answer *answer = calloc(1, sizeof *answer);
    int keep[] = {enter->inside.root, enter->tools};
    int r;

    if (!answer)
        return ERROR_OOM(err);
    r = resolver_ask("the container's files", look, enter, keep, enter->tools < 0 ? 1 : 2,
                     ENTER_LOOK_MS, answer, err);
    if (r == 0 && answer->length != sizeof *enter->found)
        r = error_set(err, ERROR_FAILED, EPROTO, "no answer about the container's files");
    if (r == 0) {
        enter->found = malloc(sizeof *enter->found);
        if (!enter->found)
            r = ERROR_OOM(err);
        else
            memcpy(enter->found, answer->data, sizeof *enter->found);
    }
    free(answer);
    if (r < 0)
        return r;
    if (enter->found->no_user || enter->found->no_group)
        return no_user(enter, err);
    if (enter->request->tools && !*enter->found->tools_at) {
        r = error_set(err, ERROR_NO_PATH, ENOENT,
                      "%s has no directory over which tools could be shown",
                      enter->container->name);
        error_hint_words(err, "attach them instead: davit attach --ro --mkdir DIR %s:/tools",
                         enter->container->name);
        return r;
    }
    return enter->found->n_programs > 0 ? 0 : no_program(enter, err);
}
