#include "core/engine/attachment.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/engine/attachment_look.h"
#include "core/host/mountcalls.h"
#include "core/host/mounttable.h"
#include "tests/unit/runner.h"

#define CHECK_OK(call) ck_assert_msg((call) == 0, "%s: %s", #call, err.message)

// A process in a mount namespace of its own, in which dir/source is bound to dir/target.
static char dir[64], source[80], target[80];
static pid_t init;
static struct error err;

static void run_init(int ready)
{
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("davit-test", dir, "tmpfs", 0, "mode=0755") < 0 || mkdir(source, 0755) < 0 ||
        mkdir(target, 0755) < 0 || mount(source, target, NULL, MS_BIND, NULL) < 0 ||
        mount(NULL, target, NULL, MS_REMOUNT | MS_BIND | MS_NOSUID, NULL) < 0 ||
        write(ready, "x", 1) != 1)
        _exit(1);
    (void)pause();
    _exit(0);
}

static void setup(void)
{
    int ready[2];
    char byte;

    (void)snprintf(dir, sizeof dir, "/tmp/davit-test.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    (void)snprintf(source, sizeof source, "%s/source", dir);
    (void)snprintf(target, sizeof target, "%s/target", dir);
    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    init = fork();
    ck_assert_int_ge(init, 0);
    if (init == 0)
        run_init(ready[1]);
    (void)close(ready[1]);
    ck_assert_msg(read(ready[0], &byte, 1) == 1, "no namespace of its own (root is needed)");
    (void)close(ready[0]);
}

static void end_init(void)
{
    if (init > 0) {
        (void)kill(init, SIGKILL);
        (void)waitpid(init, NULL, 0);
    }
    init = 0;
}

static void teardown(void)
{
    end_init();
    (void)rmdir(dir);
}

// Runs in a process that has entered the namespace of `init`.
static void inside(void (*act)(void))
{
    char path[64];
    pid_t child = fork();
    int status;

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        int fd;

        (void)snprintf(path, sizeof path, "/proc/%d/ns/mnt", init);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || setns(fd, CLONE_NEWNS) < 0)
            _exit(1);
        act();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

static void must(int r)
{
    if (r < 0)
        _exit(1);
}

static void unmount(void)
{
    must(umount2(target, 0));
}

static void remount_elsewhere(void)
{
    unmount();
    must(mount(dir, target, NULL, MS_BIND, NULL));
}

static void remount_same(void)
{
    unmount();
    must(mount(source, target, NULL, MS_BIND, NULL));
}

static void lift(void)
{
    must(mount(NULL, target, NULL, MS_REMOUNT | MS_BIND, NULL));
}

static void cover(void)
{
    must(mount("davit-test", target, "tmpfs", 0, NULL));
}

static void delete_source(void)
{
    must(rmdir(source));
}

static void rename_source(void)
{
    char away[96];

    (void)snprintf(away, sizeof away, "%s.away", source);
    must(rename(source, away));
}

// What a davit that attached it would have written down.
static struct attachment *observe(void)
{
    struct attachment *a = calloc(1, sizeof *a);
    _cleanup_process_ struct process process = PROCESS_INIT;
    _cleanup_mount_table_ struct mount_table *table = NULL;
    _cleanup_close_ int root = -1;
    _cleanup_close_ int fd = -1;
    const struct mount_entry *entry;
    struct mount_ids ids;

    CHECK_OK(process_open(init, &process, &err));
    CHECK_OK(mount_table_read(process.proc, &table, &err));
    root = process_root_open(&process, &err);
    fd = file_open_in_root(root, target, O_PATH);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(call_mount_ids(fd, "", &ids), 0);
    entry = mount_table_by_id(table, ids.old);
    ck_assert_ptr_nonnull(entry);
    CHECK_OK(boot_id_read(a->identity.boot_id, &err));
    a->identity.unique = ids.unique;
    a->identity.old_id = ids.old;
    a->identity.mnt_ns = process_ns_inode(process.proc, PROCESS_NS_MNT);
    a->identity.init = init;
    a->identity.init_start = process.start_time;
    a->identity.device = entry->device;
    a->identity.root = strdup(entry->root);
    a->identity.target = strdup(entry->target);
    a->identity.n_mounts = 1;
    a->options = strdup("rw,nosuid");
    ck_assert_str_eq(entry->target, target);
    ck_assert_str_eq(entry->root, "/source");
    return a;
}

static void observe_node(struct attachment *a)
{
    _cleanup_process_ struct process process = PROCESS_INIT;
    _cleanup_close_ int root = -1;
    _cleanup_close_ int fd = -1;

    CHECK_OK(process_open(init, &process, &err));
    root = process_root_open(&process, &err);
    fd = file_open_in_root(root, target, O_PATH);
    ck_assert_int_ge(fd, 0);
    attachment_note_node(&a->identity, fd);
    ck_assert_uint_ne(a->identity.node.inode, 0);
}

static int in_table(const struct attachment *a)
{
    _cleanup_process_ struct process process = PROCESS_INIT;
    int r = attachment_container(a, &process, &err);

    return r == 1 ? attachment_in_table(a, &process, &err) : r;
}

// Change one part of what is known: is it still taken for the same mount, by the whole look and by
// the table alone?
static const struct {
    const char *part;
    int present, in_table;
} parts[] = {
    {"nothing", 1, 1},
    {"boot", 0, 0},
    {"init_start", 0, 0},
    {"mnt_ns", 0, 0},
    {"init", 0, 0},
    {"unique", 0, 0}, // on a kernel that has it, also the table is not believed
                      // alone
    {"old_id", 1, 0},
    {"device", 1, 0},
    {"root", 1, 0},
    {"target", 1, 0},
    {"no root", 1, 0},
    {"options", 1, 0},
};

static void change(struct attachment *a, const char *part)
{
    struct mount_identity *identity = &a->identity;

    if (strcmp(part, "boot") == 0)
        identity->boot_id[0] = identity->boot_id[0] == '0' ? '1' : '0';
    else if (strcmp(part, "init_start") == 0)
        identity->init_start++;
    else if (strcmp(part, "mnt_ns") == 0)
        identity->mnt_ns++;
    else if (strcmp(part, "init") == 0)
        identity->init = getpid();
    else if (strcmp(part, "unique") == 0)
        identity->unique += 1000000;
    else if (strcmp(part, "old_id") == 0)
        identity->old_id += 1000000;
    else if (strcmp(part, "device") == 0)
        identity->device++;
    else if (strcmp(part, "root") == 0)
        identity->root[1]++;
    else if (strcmp(part, "target") == 0)
        identity->target[1]++;
    else if (strcmp(part, "no root") == 0)
        free(TAKE_POINTER(identity->root));
    else if (strcmp(part, "options") == 0)
        strcpy(a->options, "rw,nodev");
}

START_TEST(every_part_counts)
{
    _cleanup_attachment_ struct attachment *a = observe();
    bool has_unique = a->identity.unique != 0;

    change(a, parts[_i].part);
    if (has_unique)
        ck_assert_msg(attachment_present(a, &err) == parts[_i].present, "%s", parts[_i].part);
    if (has_unique || strcmp(parts[_i].part, "unique") != 0)
        ck_assert_msg(in_table(a) == parts[_i].in_table, "%s, in the table", parts[_i].part);
    a->identity.unique = 0; // a kernel without
    ck_assert_msg(attachment_present(a, &err) ==
                      (strcmp(parts[_i].part, "unique") == 0 ? 1 : parts[_i].in_table),
                  "%s, without unique ids", parts[_i].part);
}
END_TEST

// What it was attached with, what the table has, the same?
static const struct {
    const char *attached, *options, *fs_options;
    bool same;
} options[] = {
    {"rw", "rw,relatime", "rw", true},
    {"rw,nosuid,nodev", "rw,nosuid,nodev,relatime", "rw", true},
    {"ro,nosuid,nodev", "ro,nosuid,nodev,relatime", "rw", true},
    {"ro,nosuid,nodev,noexec", "ro,nosuid,nodev,noexec", "rw", true},
    {NULL, "rw", "rw", true},
    // restricted further, by whomever
    {"rw", "ro,nosuid,nodev,noexec", "rw", true},
    {"ro", "rw", "ro", true}, // read-only is then the filesystem itself
    {"ro,nosuid,nodev", "rw,nosuid,nodev", "rw", false},
    {"rw,nosuid,nodev", "rw,nodev", "rw,nosuid", false},
    {"rw,nosuid,nodev", "rw,nosuid", "rw", false},
    {"rw,nosuid,nodev,noexec", "rw,nosuid,nodev", "rw", false},
    {"rw,nosuid", "rw,nosuidity", "rw", false}, // whole words
    {"rw,nosuidity", "rw", "rw", true},
};

START_TEST(options_are_part_of_it)
{
    _cleanup_attachment_ struct attachment *a = calloc(1, sizeof *a);
    const struct mount_entry entry = {.options = options[_i].options,
                                      .fs_options = options[_i].fs_options};

    ck_assert_ptr_nonnull(a);
    a->options = options[_i].attached ? strdup(options[_i].attached) : NULL;
    ck_assert_int_eq(attachment_same_options(a, &entry), options[_i].same);
}
END_TEST

static const struct {
    const char *what;
    void (*act)(void);
    int present;
    int without; // unique ids
} acts[] = {
    {"unmounted", unmount, 0, 0},
    {"another mount in its place", remount_elsewhere, 0, 0},
    {"covered", cover, 1, 1},
    {"its source deleted", delete_source, 1, 1},
    {"what it was attached with is lifted", lift, 1, 0},
    {"the same again", remount_same, 0, -1}, // -1: cannot be told apart if the id is reused
};

START_TEST(what_others_do)
{
    _cleanup_attachment_ struct attachment *a = observe();
    bool has_unique = a->identity.unique != 0;

    inside(acts[_i].act);
    if (has_unique) {
        ck_assert_msg(attachment_present(a, &err) == acts[_i].present, "%s", acts[_i].what);
        ck_assert_msg(in_table(a) == (acts[_i].without >= 0 ? acts[_i].without : acts[_i].present),
                      "%s, in the table", acts[_i].what);
    }
    a->identity.unique = 0;
    if (acts[_i].without >= 0)
        ck_assert_msg(attachment_present(a, &err) == acts[_i].without, "%s, without unique ids",
                      acts[_i].what);
}
END_TEST

// Without unique ids: by its node, all of it, as long as it can be looked at.
START_TEST(renamed_source)
{
    _cleanup_attachment_ struct attachment *a = observe();

    observe_node(a);
    inside(rename_source);
    a->identity.unique = 0;
    ck_assert_int_eq(attachment_present(a, &err), 1);
    a->identity.node.inode++;
    ck_assert_int_eq(attachment_present(a, &err), 0);
    a->identity.node.inode--;
    a->identity.node.device++;
    ck_assert_int_eq(attachment_present(a, &err), 0);
    a->identity.node.device--;
    a->identity.node.birth_nsec++;
    ck_assert_int_eq(attachment_present(a, &err), 0);
    a->identity.node.birth_nsec--;
    a->options[0] = '\0';
    ck_assert_int_eq(attachment_present(a, &err), 1);
    inside(cover);
    ck_assert_int_eq(attachment_present(a, &err), 0);
}
END_TEST

START_TEST(another_node_in_its_place)
{
    _cleanup_attachment_ struct attachment *a = observe();

    observe_node(a);
    inside(remount_elsewhere);
    a->identity.unique = 0;
    ck_assert_int_eq(attachment_present(a, &err), 0);
}
END_TEST

START_TEST(dead_container)
{
    _cleanup_attachment_ struct attachment *a = observe();

    end_init();
    ck_assert_int_eq(attachment_present(a, &err), 0);
    a->identity.unique = 0;
    ck_assert_int_eq(attachment_present(a, &err), 0);
}
END_TEST

START_TEST(others_see_no_namespace)
{
    _cleanup_attachment_ struct attachment *a = observe();
    pid_t child = fork();
    int status;

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        must(setresuid(65534, 65534, 65534));
        _exit(attachment_present(a, &err) < 0 && err.code == ERROR_NOT_PERMITTED && *err.hint ? 0
                                                                                              : 2);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, every_part_counts, 0, (int)ARRAY_SIZE(parts));
    tcase_add_loop_test(tcase, options_are_part_of_it, 0, (int)ARRAY_SIZE(options));
    tcase_add_loop_test(tcase, what_others_do, 0, (int)ARRAY_SIZE(acts));
    tcase_add_test(tcase, renamed_source);
    tcase_add_test(tcase, another_node_in_its_place);
    tcase_add_test(tcase, dead_container);
    tcase_add_test(tcase, others_see_no_namespace);
}

int main(void)
{
    return run_suite("attachment", add);
}
