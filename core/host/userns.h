// Whose a user namespace is.
#ifndef DAVIT_HOST_USERNS_H
#define DAVIT_HOST_USERNS_H

#include <stdint.h>
#include <sys/types.h>

#define USERNS_OWNER_UNKNOWN ((uid_t)-1)

// Which user of the host made what the process /proc/PID `proc` lives in: the owner of the
// outermost user namespace around it that is not the host's, whose inode is `host_userns`;
// ioctl_ns(2), NS_GET_OWNER_UID and NS_GET_PARENT, Linux 4.11. Only the kernel says so: nobody can
// choose to be another's. 0: root's, or in the host's own user namespace, whose processes nobody
// but root can give namespaces to. USERNS_OWNER_UNKNOWN when it cannot be told.
uid_t userns_owner(int proc, uint64_t host_userns);

#endif
