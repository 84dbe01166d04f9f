/*
 * System calls by name, for the programs that refuse or count them. CALLS(X) expands X(name) for
 * each; the number is SYS_name. Not a full list: what is absent is shown as its number.
 */
#pragma once

#include <sys/syscall.h>

/* From number 424 on every architecture uses the same numbers. */
#ifndef SYS_fchmodat2 /* 6.6 */
#define SYS_fchmodat2 452
#endif
#ifndef SYS_statmount /* 6.8 */
#define SYS_statmount 457
#endif
#ifndef SYS_listmount /* 6.8 */
#define SYS_listmount 458
#endif
#ifndef SYS_open_tree_attr /* 6.15 */
#define SYS_open_tree_attr 467
#endif

/* clang-format off */
#define CALLS_EVERYWHERE(X) \
    X(read) X(write) X(readv) X(writev) X(pread64) X(pwrite64) X(lseek) X(close) X(close_range) \
    X(openat) X(openat2) X(dup) X(dup3) X(fcntl) X(flock) X(ioctl) X(pipe2) X(fsync) \
    X(fdatasync) X(ftruncate) X(fallocate) X(getdents64) X(statx) X(fstat) X(statfs) X(fstatfs) \
    X(faccessat) X(faccessat2) X(readlinkat) X(mkdirat) X(mknodat) X(unlinkat) X(symlinkat) \
    X(linkat) X(renameat2) X(fchmod) X(fchmodat) X(fchmodat2) X(fchown) X(fchownat) X(utimensat) \
    X(name_to_handle_at) X(open_by_handle_at) X(getxattr) X(lgetxattr) X(fgetxattr) X(setxattr) \
    X(fsetxattr) X(chdir) X(fchdir) X(chroot) X(pivot_root) X(getcwd) X(umask) X(copy_file_range) \
    X(sendfile) X(splice) X(memfd_create) X(fadvise64) \
    X(mount) X(umount2) X(open_tree) X(open_tree_attr) X(move_mount) X(fsopen) X(fsconfig) \
    X(fsmount) X(fspick) X(mount_setattr) X(statmount) X(listmount) X(unshare) X(setns) \
    X(clone) X(clone3) X(execve) X(execveat) X(exit) X(exit_group) X(wait4) X(waitid) X(kill) \
    X(tgkill) X(pidfd_open) X(pidfd_getfd) X(pidfd_send_signal) X(prctl) X(prlimit64) X(ptrace) \
    X(seccomp) X(getpid) X(getppid) X(gettid) X(getuid) X(geteuid) X(getgid) X(getegid) \
    X(setuid) X(setgid) X(setresuid) X(setresgid) X(setgroups) X(setsid) X(setpgid) X(capget) \
    X(capset) X(rt_sigaction) X(rt_sigprocmask) X(rt_sigtimedwait) X(rt_sigreturn) \
    X(rt_sigsuspend) X(signalfd4) X(sigaltstack) X(eventfd2) X(timerfd_create) X(timerfd_settime) \
    X(epoll_create1) X(epoll_ctl) X(epoll_pwait) X(epoll_pwait2) X(ppoll) X(pselect6) \
    X(inotify_init1) X(inotify_add_watch) X(inotify_rm_watch) X(fanotify_init) X(fanotify_mark) \
    X(socket) X(socketpair) X(connect) X(bind) X(listen) X(accept4) X(sendmsg) X(recvmsg) \
    X(sendto) X(recvfrom) X(shutdown) X(getsockopt) X(setsockopt) X(getsockname) X(getpeername) \
    X(mmap) X(munmap) X(mprotect) X(mremap) X(madvise) X(brk) X(futex) X(set_tid_address) \
    X(set_robust_list) X(rseq) X(getrandom) X(clock_gettime) X(clock_nanosleep) X(nanosleep) \
    X(sysinfo) X(uname) X(sched_yield) X(sched_getaffinity) X(io_uring_setup) X(io_uring_enter)

/* Change nothing that another process could see once this one has ended. */
#define CALLS_THAT_LOOK_EVERYWHERE(X) \
    X(pread64) X(readv) X(lseek) X(close) X(close_range) X(dup) X(dup3) X(pipe2) X(socket) \
    X(socketpair) X(memfd_create) X(eventfd2) X(timerfd_create) X(timerfd_settime) X(signalfd4) \
    X(epoll_create1) X(epoll_ctl) X(getdents64) X(statx) X(fstat) X(statfs) X(fstatfs) \
    X(faccessat) X(faccessat2) X(readlinkat) X(name_to_handle_at) X(getxattr) X(fgetxattr) \
    X(getcwd) X(umask) X(fadvise64) X(statmount) X(listmount) X(pidfd_open) X(getpid) X(getppid) \
    X(gettid) X(getuid) X(geteuid) X(getgid) X(getegid) X(capget) X(rt_sigaction) \
    X(rt_sigprocmask) X(rt_sigpending) X(sigaltstack) X(mmap) X(munmap) X(mprotect) X(mremap) \
    X(madvise) X(brk) X(set_tid_address) X(set_robust_list) X(rseq) X(getrandom) \
    X(clock_gettime) X(sysinfo) X(uname) X(sched_yield) X(sched_getaffinity)

#ifdef __x86_64__ /* calls that newer architectures never had */
#define CALLS(X) CALLS_EVERYWHERE(X) \
    X(open) X(stat) X(lstat) X(newfstatat) X(access) X(pipe) X(dup2) X(fork) X(vfork) X(readlink) \
    X(mkdir) X(rmdir) X(unlink) X(rename) X(symlink) X(chmod) X(poll) X(select) X(epoll_wait) \
    X(arch_prctl) X(getdents) X(alarm) X(pause) X(getpgrp)
#define CALLS_THAT_LOOK(X) CALLS_THAT_LOOK_EVERYWHERE(X) \
    X(newfstatat) X(stat) X(lstat) X(access) X(readlink) X(pipe) X(dup2) X(arch_prctl) X(getpgrp)
#else
#define CALLS(X) CALLS_EVERYWHERE(X) X(newfstatat)
#define CALLS_THAT_LOOK(X) CALLS_THAT_LOOK_EVERYWHERE(X) X(newfstatat)
#endif
/* clang-format on */
