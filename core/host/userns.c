#include "core/host/userns.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "core/base/cleanup.h"

#define DEPTH_MAX 33 // of user namespaces, user_namespaces(7)

uid_t userns_owner(int proc, uint64_t host_userns)
{
    _cleanup_close_ int fd = openat(proc, "ns/user", O_RDONLY | O_CLOEXEC);
    uid_t owner = 0;

    for (unsigned i = 0; fd >= 0 && i < DEPTH_MAX; i++) {
        struct stat st;
        int parent;

        if (fstat(fd, &st) < 0)
            return USERNS_OWNER_UNKNOWN;
        if (st.st_ino == host_userns)
            return owner;
        if (ioctl(fd, NS_GET_OWNER_UID, &owner) < 0)
            return USERNS_OWNER_UNKNOWN;
        parent = ioctl(fd, NS_GET_PARENT);
        (void)close(fd);
        fd = parent;
    }
    return USERNS_OWNER_UNKNOWN;
}
