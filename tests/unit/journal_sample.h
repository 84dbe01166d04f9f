// Attachments and a state directory for the tests of the journal.
#ifndef DAVIT_TESTS_JOURNAL_SAMPLE_H
#define DAVIT_TESTS_JOURNAL_SAMPLE_H

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/engine/journal.h"
#include "core/engine/request.h"

#define CHECK_OK(call) ck_assert_msg((call) == 0, "%s: %s", #call, err.message)

static char sample_dir[64];
static struct error err;

static inline void sample_setup(void)
{
    (void)snprintf(sample_dir, sizeof sample_dir, "/tmp/davit-test.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(sample_dir));
}

static inline void sample_teardown(void)
{
    char path[128];

    (void)umount2(sample_dir, MNT_DETACH); // where a test mounted one there
    (void)snprintf(path, sizeof path, "%s/journal", sample_dir);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/lock", sample_dir);
    (void)unlink(path);
    (void)rmdir(sample_dir);
}

static inline char *text(const char *string)
{
    char *copy = strdup(string);

    ck_assert_ptr_nonnull(copy);
    return copy;
}

// An attachment as it stands before the intent; `number` makes its id.
static inline struct attachment *sample(unsigned number)
{
    struct attachment *a = calloc(1, sizeof *a);

    ck_assert_ptr_nonnull(a);
    (void)snprintf(a->id, sizeof a->id, "%012x", number);
    a->container_id = text("4f2a");
    a->container_name = text("web");
    a->pod = number % 2 ? text("shop/api-7d9f") : NULL;
    a->runtime = text("docker");
    a->source = text("/srv/data");
    a->target = text("/mnt/data");
    a->options = text("ro,nosuid,nodev");
    a->flags = ATTACH_READ_ONLY | ATTACH_MKDIR;
    a->propagation = PROPAGATION_SLAVE;
    a->mode = 0750;
    a->idmap = strdup("0:1000:1");
    a->since = 1790000000;
    a->by = text("root");
    a->mover = 4711;
    a->mover_start = 987654;
    a->identity = (struct mount_identity){
        .unique = 0x80000042,
        .mnt_ns = 4026532999,
        .init = 4242,
        .init_start = 123456,
        .device = makedev(8, 2),
        .node = {makedev(0, 77), 131073, -3, 999999999},
        .n_mounts = 1,
    };
    a->identity.root = text("/data");
    ck_assert_int_eq(boot_id_read(a->identity.boot_id, &err), 0);
    return a;
}

static inline void sample_attached(struct attachment *a)
{
    a->identity.old_id = 104;
    a->identity.target = text("/mnt/data");
}

// /mnt/a, /mnt/a/b …: `n` made nodes in a chain.
static inline void sample_made(struct attachment *a, size_t n, const char *name)
{
    a->made = calloc(n, sizeof *a->made);
    a->n_made = n;
    a->temporary = text_format(".davit-%s", a->id);
    for (size_t i = 0; i < n; i++) {
        a->made[i].parent = i == 0
                                ? text("/mnt")
                                : text_format("%s/%s", a->made[i - 1].parent, a->made[i - 1].name);
        a->made[i].name = text(name);
    }
}

static inline struct journal *sample_open(unsigned flags)
{
    struct journal *journal = NULL;

    CHECK_OK(journal_open(sample_dir, flags, &journal, &err));
    return journal;
}

// A whole attach.
static inline void sample_attach(struct journal *journal, struct attachment *a)
{
    CHECK_OK(journal_intent(journal, "attach", a, a->id, &err));
    if (a->n_made > 0)
        CHECK_OK(journal_made(journal, a->id, a, &err));
    sample_attached(a);
    CHECK_OK(journal_done(journal, "attach", a, a->id, &err));
}

static inline struct journal_view *sample_read(void)
{
    _cleanup_journal_ struct journal *journal = sample_open(JOURNAL_READ_ONLY);
    struct journal_view *view = NULL;

    CHECK_OK(journal_read(journal, &view, &err));
    return view;
}

static inline void sample_append(const char *bytes, size_t length)
{
    char path[128];
    _cleanup_close_ int fd = -1;

    (void)snprintf(path, sizeof path, "%s/journal", sample_dir);
    fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(write(fd, bytes, length), (ssize_t)length);
}

#endif
