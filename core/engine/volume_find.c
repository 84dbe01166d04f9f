#include "core/engine/volume_find.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"

char *volume_own_directory(const struct engine *engine)
{
    const char *state = engine->options.state_dir;

    return strcmp(state, JOURNAL_DEFAULT_DIR) == 0 ? strdup(VOLUME_DIRECTORY)
                                                   : text_format("%s/volumes", state);
}

int volume_own_open(const struct engine *engine, int *ret, struct error *err)
{
    _cleanup_free_ char *path = volume_own_directory(engine);
    _cleanup_close_ int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    struct stat st;

    if (!path)
        return ERROR_OOM(err);
    if (fd < 0 && errno == ENOENT)
        return 1;
    if (fd < 0 || fstat(fd, &st) < 0)
        return error_errno(err, errno, "cannot open %s", path);
    if (st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
        return error_set(err, ERROR_UNSAFE, EPERM,
                         "%s is not of root alone: what lies there is not believed", path);
    *ret = TAKE_FD(fd);
    return 0;
}

int volume_check_name(const char *name, struct error *err)
{
    if (volume_name_valid(name))
        return 0;
    (void)error_set(err, ERROR_USAGE, EINVAL, "'%.80s' can be no volume's name", name);
    error_hint(err, "letters, digits, '_', '.' and '-', the first a letter or digit");
    return -EINVAL;
}

int volumes_own(const struct engine *engine, const char *name, struct volume_list *list,
                struct error *err)
{
    _cleanup_free_ char *directory = volume_own_directory(engine);
    struct dirent *entry;
    int fd = -1, r = directory ? volume_own_open(engine, &fd, err) : ERROR_OOM(err);
    DIR *stream;

    if (r != 0)
        return r < 0 ? r : 0;
    stream = fdopendir(fd);
    if (!stream) {
        (void)close(fd);
        return ERROR_OOM(err);
    }
    while (r == 0 && (entry = readdir(stream))) {
        _cleanup_free_ char *path = text_format("%s/%s", directory, entry->d_name);

        if (!volume_name_valid(entry->d_name) || (name && strcmp(name, entry->d_name) != 0))
            continue;
        if (!path || volume_list_add(list, &(struct volume){.runtime = "davit",
                                                            .name = entry->d_name,
                                                            .path = path,
                                                            .driver = (char[]){"local"}}) < 0)
            r = ERROR_OOM(err);
    }
    (void)closedir(stream);
    return r;
}
