// The dialogs with the real engine and a real mount namespace: attach, look, detach while it is
// held, take back. The container is a process in a control group of its own; what is made for it is
// made in a tmpfs that only it has.
#include <errno.h>
#include <locale.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "dialog_news.h"
#include "runner.h"

static struct stage stage;
static struct error err;
static char directory[TEMPORARY_SIZE], source[TEMPORARY_SIZE + 16], state[TEMPORARY_SIZE + 16];
static char hierarchy[256], group[512], id[65], key[80];
static pid_t container;

static const char *in(const char *where, const char *name)
{
    static char text[1024];

    (void)snprintf(text, sizeof text, "%s/%s", where, name);
    return text;
}

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    ck_assert_msg(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "%s: %s", path,
                  strerror(errno));
    (void)close(fd);
}

// A group in cgroup v2, or in one of v1's hierarchies.
static void make_group(void)
{
    static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
                                         "/sys/fs/cgroup/pids", "/sys/fs/cgroup/memory"};

    (void)snprintf(id, sizeof id, "ee%062x", (unsigned)getpid());
    (void)snprintf(key, sizeof key, "docker/%s", id);
    for (size_t i = 0; i < sizeof mounts / sizeof mounts[0]; i++) {
        if (access(in(mounts[i], "cgroup.procs"), W_OK) < 0)
            continue;
        (void)snprintf(hierarchy, sizeof hierarchy, "%s/davit-dialogs-%d", mounts[i],
                       (int)getpid());
        (void)snprintf(group, sizeof group, "%s/docker/%s", hierarchy, id);
        ck_assert_int_eq(file_make_directories(group, 0755, &err), 0);
        return;
    }
    ck_abort_msg("there is no hierarchy of control groups to write to");
}

static void start_container(void)
{
    int ready[2];
    char byte;

    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    container = fork();
    ck_assert_int_ge(container, 0);
    if (container == 0) {
        int fd = open(in(group, "cgroup.procs"), O_WRONLY | O_CLOEXEC);

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (fd < 0 || write(fd, "0", 1) != 1 || unshare(CLONE_NEWNS) < 0 ||
            mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("none", "/mnt", "tmpfs", 0, NULL) < 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            (void)pause();
    }
    (void)close(ready[1]);
    ck_assert_msg(read(ready[0], &byte, 1) == 1, "the container could not be set up");
    (void)close(ready[0]);
}

static void on_reply(const json_t *result, const struct error *why, void *context)
{
    (void)result;
    (void)context;
    if (why)
        ck_abort_msg("the engine refused: %s", why->message);
}

static void wait_for_container(void)
{
    for (unsigned i = 0; i < 1000 && !model_container(stage.model, key); i++)
        turns_for(stage.host.loop, 10);
    ck_assert_ptr_nonnull(model_container(stage.model, key));
}

static void begin(void)
{
    const char *program = getenv("DAVIT");

    ck_assert_msg(program != NULL, "DAVIT names no program");
    temporary_directory(directory);
    (void)snprintf(source, sizeof source, "%s/source", directory);
    (void)snprintf(state, sizeof state, "%s/state", directory);
    ck_assert_int_eq(mkdir(source, 0755), 0);
    put(in(source, "file"), "from the host");
    make_group();
    start_container();
    stage_begin(&stage, 24, 80, true, program, state);
    ck_assert_int_eq(client_call(stage.client, PROTOCOL_HELLO, json_pack("{s:i}", "protocol", 1),
                                 on_reply, NULL, NULL, &err),
                     0);
    ck_assert_int_eq(client_call(stage.client, PROTOCOL_WATCH,
                                 json_pack("{s:b, s:b}", "containers", 1, "journal", 1), on_reply,
                                 NULL, NULL, &err),
                     0);
    wait_for_container();
}

static void finish(void)
{
    static const char *const left[] = {"state/journal", "state/journal.lock", "state/lock",
                                       "state/boot", "source/file"};

    stage_finish(&stage);
    (void)kill(container, SIGKILL);
    (void)waitpid(container, NULL, 0);
    // A group is empty only when the kernel has taken its dead away.
    for (int i = 0; i < 1000 && rmdir(group) < 0; i++)
        (void)usleep(1000);
    (void)rmdir(in(hierarchy, "docker"));
    (void)rmdir(hierarchy);
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        (void)unlink(in(directory, left[i]));
    (void)rmdir(source);
    (void)rmdir(state);
    (void)rmdir(directory);
}

// A path as the container sees it.
static const char *inside(const char *path)
{
    static char text[256];

    (void)snprintf(text, sizeof text, "/proc/%d/root%s", (int)container, path);
    return text;
}

// Reads what is true now until the container has so many attachments.
static struct subject subject_with(int attached)
{
    struct subject subject = {.kind = SUBJECT_CONTAINER};

    for (unsigned i = 0; i < 1000; i++) {
        size_t live = 0;

        for (size_t a = 0; a < stage.model->attachments->n; a++)
            live += strcmp(stage.model->attachments->items[a]->state, "live") == 0;
        if (live == (size_t)attached)
            break;
        turns_for(stage.host.loop, 10);
    }
    subject.container = model_container(stage.model, key);
    ck_assert_ptr_nonnull(subject.container);
    return subject;
}

static void attach(void)
{
    struct subject subject = subject_with(0);

    ck_assert_msg(attach_page_open(&stage.host, &subject, &err) == 0, "%s", err.message);
    // All but the last letters, for Tab to add.
    for (const char *c = source; c[2]; c++)
        stage_type(&stage, (char[]){*c, '\0'});
    stage_press(&stage, "Tab");
    stage_until(&stage, "sub-root");
    ck_assert_shows(&stage, "0:0 0755");
    stage_press(&stage, "Enter");
    stage_type(&stage, "/mnt/log");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
    stage_until(&stage, "Inside:");
    ck_assert_shows(&stage, "will be created");
    ck_assert_shows(&stage, "not writable · hides nothing");
    ck_assert_int_lt(access(inside("/mnt/log"), F_OK), 0); // a plan changes nothing
    stage_press(&stage, "A");
    stage_until_closed(&stage);
    ck_assert_ptr_nonnull(strstr(stage.said, "verified inside"));
    ck_assert_int_eq(access(inside("/mnt/log/file"), R_OK), 0);
    ck_assert_int_lt(open(inside("/mnt/log/new"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644), 0);
    ck_assert_int_eq(errno, EROFS);
}

START_TEST(attaches_and_takes_back)
{
    attach();
    (void)subject_with(1);
    ck_assert_int_eq(undo_page_open(&stage.host, &err), 0);
    stage_until(&stage, "unmount /mnt/log");
    stage_press(&stage, "A");
    stage_until_closed(&stage);
    ck_assert_int_lt(access(inside("/mnt/log"), F_OK), 0);
}
END_TEST

// Who owns the directory above the source swaps it while the plan is looked at.
START_TEST(refuses_a_swapped_source)
{
    struct subject subject = subject_with(0);
    char kept[sizeof source + 8];

    (void)snprintf(kept, sizeof kept, "%s.kept", source);
    ck_assert_msg(attach_page_open(&stage.host, &subject, &err) == 0, "%s", err.message);
    stage_paste(&stage, source);
    stage_press(&stage, "Enter");
    stage_type(&stage, "/mnt/log");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
    stage_until(&stage, "Inside:");
    ck_assert_int_eq(rename(source, kept), 0);
    ck_assert_int_eq(symlink("/etc", source), 0);
    stage_press(&stage, "A");
    stage_until(&stage, "another than was planned");
    ck_assert_int_lt(access(inside("/mnt/log"), F_OK), 0);
    // What was meant, in its place again.
    ck_assert_int_eq(unlink(source), 0);
    ck_assert_int_eq(rename(kept, source), 0);
    stage_press(&stage, "Esc");
}
END_TEST

// Held, it says by whom and stays; let go while it waits, it goes.
START_TEST(detaches_when_let_go)
{
    struct subject subject;
    char held[64];
    int fd;

    attach();
    subject = subject_with(1);
    fd = open(inside("/mnt/log/file"), O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert_msg(detach_page_open(&stage.host, &subject, &err) == 0, "%s", err.message);
    (void)snprintf(held, sizeof held, "(pid %d): 1 ", (int)getpid());
    stage_until(&stage, held);
    stage_press(&stage, "Right");
    stage_press(&stage, "Enter"); // at once: it is busy
    stage_until(&stage, "in use by");
    stage_until(&stage, held);
    ck_assert_int_eq(access(inside("/mnt/log/file"), R_OK), 0);
    stage_press_times(&stage, "Right", 2);
    stage_press(&stage, "Enter"); // wait
    stage_until(&stage, "1 of 10 s");
    (void)close(fd);
    stage_until_closed(&stage);
    ck_assert_ptr_nonnull(strstr(stage.said, "detached /mnt/log"));
    ck_assert_int_lt(access(inside("/mnt/log"), F_OK), 0);
}
END_TEST

// The tree of the container, not the host's.
START_TEST(browses_the_container)
{
    struct raw_text start = {(char *)"/mnt", NULL};

    put(inside("/mnt/only-here"), "");
    ck_assert_int_lt(access("/mnt/only-here", F_OK), 0);
    ck_assert_int_eq(browser_open(&stage.host, key, NULL, &start, NULL, NULL, &err), 0);
    stage_until(&stage, "only-here");
}
END_TEST

// The engine's reason stands in the plan's place.
START_TEST(refuses)
{
    struct subject subject = subject_with(0);

    ck_assert_int_eq(attach_page_open(&stage.host, &subject, &err), 0);
    stage_type(&stage, source);
    stage_press(&stage, "Enter");
    stage_type(&stage, "/proc");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
    stage_until(&stage, "! /proc");
    stage_press(&stage, "A");
    ck_assert_uint_eq(stage.n_started, 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, begin, finish);
    tcase_add_test(tcase, attaches_and_takes_back);
    tcase_add_test(tcase, refuses_a_swapped_source);
    tcase_add_test(tcase, detaches_when_let_go);
    tcase_add_test(tcase, browses_the_container);
    tcase_add_test(tcase, refuses);
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return run_suite("dialogs_engine", add);
}
