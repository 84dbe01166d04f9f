/*
 * The least that an attach can cost: the calls themselves, no check, no journal. A benchmark's
 * floor, not an example.
 *
 *   floor PID SRC DST     clone the mount of SRC and move it to DST in PID's mount namespace
 *   floor --empty         do nothing: the price of a process
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char path[64];
    int tree, ns;

    if (argc == 2 && strcmp(argv[1], "--empty") == 0)
        return 0;
    if (argc != 4) {
        fputs("usage: floor PID SRC DST | floor --empty\n", stderr);
        return 2;
    }
    snprintf(path, sizeof path, "/proc/%s/ns/mnt", argv[1]);
    ns = open(path, O_RDONLY | O_CLOEXEC);
    tree = (int)syscall(SYS_open_tree, AT_FDCWD, argv[2], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (ns < 0 || tree < 0 || setns(ns, CLONE_NEWNS) != 0 ||
        syscall(SYS_move_mount, tree, "", AT_FDCWD, argv[3], MOVE_MOUNT_F_EMPTY_PATH) != 0) {
        perror("floor");
        return 1;
    }
    return 0;
}
