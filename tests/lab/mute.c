/*
 * A process whose memory nobody can read. It is user UID's, and the parent of what looks like a
 * container of that user's: who wants that one's name from its command line waits for ever.
 *
 *   mute FILE UID
 *
 * FILE is on a FUSE server that answers no READ (fuse --hang=read). A child has the kernel read a
 * page of it by /proc/PID/mem, which holds the lock of this process's memory; this process wants it
 * for itself (mmap(2)); from then on nobody gets it. Says "ready" before the last step, after which
 * it is in state D. Ends by SIGKILL, with all of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

static void fail(const char *what)
{
    fprintf(stderr, "mute: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        fail(path);
    close(fd);
}

static void become(unsigned uid)
{
    char map[32];

    snprintf(map, sizeof map, "0 %u 1", uid);
    if (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0 ||
        prctl(PR_SET_DUMPABLE, 1) < 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) < 0)
        fail("become the user");
    put("/proc/self/setgroups", "deny");
    put("/proc/self/uid_map", map);
    put("/proc/self/gid_map", map);
}

static pid_t child(void)
{
    pid_t pid = fork();

    if (pid < 0)
        fail("fork");
    if (pid == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    return pid;
}

static int waits(pid_t pid)
{
    char path[32], text[256] = "";
    const char *end;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof text - 1) < 0)
        fail(path);
    close(fd);
    end = strrchr(text, ')');
    if (end && (end[2] == 'Z' || end[2] == 'X')) {
        errno = ECHILD;
        fail("the reader");
    }
    return end && (end[2] == 'S' || end[2] == 'D');
}

int main(int argc, char **argv)
{
    int file = argc == 3 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1, memory;
    char *page, byte;
    pid_t reader;

    if (file < 0)
        fail("FILE and UID");
    page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
    become((unsigned)atoi(argv[2]));
    memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    if (page == MAP_FAILED || memory < 0)
        fail("map the file");
    if (child() == 0) {
        if (chroot("/usr") < 0 || chdir("/") < 0)
            fail("chroot");
        pause();
    }
    reader = child();
    if (reader == 0)
        _exit(pread(memory, &byte, 1, (off_t)(size_t)page) == 1);
    while (!waits(reader))
        usleep(1000);
    if (write(1, "ready\n", 6) == 6)
        (void)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return 1;
}
