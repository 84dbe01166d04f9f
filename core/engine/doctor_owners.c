// Whether owners can be mapped here: a user namespace is made, and a fresh detached tmpfs gets it.
// Both end with their descriptors.
#include <errno.h>
#include <fcntl.h>

#include "core/base/resolver.h"
#include "core/engine/doctor_internal.h"
#include "core/host/idmap.h"
#include "core/host/mountcalls.h"

// 0 or -errno.
static int map_fresh(int userns)
{
    const struct davit_mount_attr attr = {.set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)userns};
    _cleanup_close_ int fs = call_fsopen("tmpfs"), tree = -1;
    int r = fs < 0 ? fs : call_fsconfig(fs, CALL_CREATE, NULL, NULL);

    if (r >= 0)
        r = tree = call_fsmount(fs, 0);
    return r < 0 ? r : call_mount_setattr(tree, "", AT_EMPTY_PATH, &attr);
}

// Not what davit is for: where it is missing, --idmap off is left.
int doctor_owners(struct doctor_report *report, struct error *err)
{
    _cleanup_close_ int userns = -1;
    struct error why;
    int r;

    if (userns_make("0 0 1\n", "0 0 1\n", RESOLVER_DEFAULT_MS, &userns, &why) < 0)
        return doctor_add(report, "mapped owners", CHECK_OK, NULL, err,
                          "not to be had here (%s): --idmap off only, for containers with a user "
                          "namespace",
                          why.message);
    r = map_fresh(userns);
    if (r == 0)
        return doctor_add(report, "mapped owners", CHECK_OK, NULL, err,
                          "--idmap works: on ext4, xfs, btrfs, squashfs, tmpfs and others");
    if (r == -EINVAL)
        return doctor_add(report, "mapped owners", CHECK_OK, NULL, err,
                          "--idmap works on ext4 and xfs (since Linux 5.12) and btrfs (5.15), not "
                          "on tmpfs (6.3)");
    return doctor_add(report, "mapped owners", CHECK_OK, NULL, err,
                      "cannot be tried here (%s): see --idmap off", error_errno_name(-r));
}
