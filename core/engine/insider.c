#include "core/engine/insider.h"

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#include "core/host/process.h"

static int set_capabilities(uint64_t effective)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};

    for (int i = 0; i < 2; i++)
        data[i].effective = data[i].permitted = (uint32_t)(effective >> (32 * i));
    return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

// The ids are set before the user namespace is entered, for they are meant as seen from here.
// Entering gives every capability there; else nobody gets one that this process has not (a service
// with a bounding set).
int insider_become(const struct insider *who)
{
    uint64_t most = who->userns >= 0 ? UINT64_MAX : process_own_capabilities();
    int r;

    if (prctl(PR_SET_KEEPCAPS, 1) < 0 || setgroups(who->n_groups, who->groups) < 0 ||
        setresgid(who->gid, who->gid, who->gid) < 0 || setresuid(who->uid, who->uid, who->uid) < 0)
        return -errno;
    if (who->userns >= 0) {
        r = set_capabilities(UINT64_C(1) << CAP_SYS_ADMIN);
        if (r < 0 || setns(who->userns, CLONE_NEWUSER) < 0)
            return r < 0 ? r : -errno;
    }
    return who->capabilities == INSIDER_ALL_CAPABILITIES
               ? 0
               : set_capabilities(who->capabilities & most);
}
