#include "core/engine/helper_client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/host/filesystem_rule.h"

// Whose package has the helper, and which of the kernel's filesystems that wants. The names are
// Debian's.
static const struct client {
    const char *type, *package, *kernel;
} clients[] = {
    {"nfs", "nfs-common", "nfs"},      {"nfs4", "nfs-common", "nfs4"},
    {"cifs", "cifs-utils", "cifs"},    {"smb3", "cifs-utils", "smb3"},
    {"ceph", "ceph-common", "ceph"},   {"glusterfs", "glusterfs-client", "fuse"},
    {"davfs", "davfs2", "fuse"},       {"fuse.sshfs", "sshfs", "fuse"},
    {"sshfs", "sshfs", "fuse"},        {"fuse.s3fs", "s3fs", "fuse"},
    {"fuse.rclone", "rclone", "fuse"},
};

static const struct client *client_of(const char *type)
{
    for (size_t i = 0; i < ARRAY_SIZE(clients); i++)
        if (strcmp(clients[i].type, type) == 0)
            return &clients[i];
    return NULL;
}

// How davit takes what mount(8) mounts without a helper; NULL: not at all.
static const char *own_source(const char *type)
{
    if (filesystem_rule_find(type))
        return "device:/dev/NAME or image:/FILE: the type is read from it";
    if (strcmp(type, "tmpfs") == 0)
        return "tmpfs:size=64m is a fresh one";
    return strcmp(type, "bind") == 0 ? "a directory is attached by its path alone" : NULL;
}

int helper_missing(const char *type, struct error *err)
{
    const struct client *client = client_of(type);
    const char *own = own_source(type);
    int r =
        error_set(err, ERROR_UNSUPPORTED, ENOENT, "this host has no mount helper mount.%s", type);

    if (client)
        error_hint(err, "it is in the package %s (Debian's name): apt-get install %s",
                   client->package, client->package);
    else if (own)
        error_hint(err, "%s", own);
    else
        error_hint(err, "install the filesystem's client, which brings it to /sbin; or mount it on "
                        "the host, and attach that path");
    return r;
}

static bool kernel_lacks(const char *type)
{
    _cleanup_free_ char *line = text_format("\t%s\n", type), *all = NULL;
    struct error ignored;

    return line && file_read(AT_FDCWD, "/proc/filesystems", 1 << 16, &all, NULL, &ignored) == 0 &&
           !strstr(all, line);
}

const char *helper_lacks_kernel(const char *type)
{
    const struct client *client = client_of(type);

    return client && kernel_lacks(client->kernel) ? client->kernel : NULL;
}
