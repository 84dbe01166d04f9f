#include "core/engine/kept.h"

#include "journal_sample.h"
#include "tests/unit/runner.h"

#include <errno.h>
#include <sys/wait.h>

#include "core/engine/kept_service.h"
#include "core/engine/source.h"

static struct kept_entry *entry(unsigned number)
{
    struct kept_entry *e = calloc(1, sizeof *e);

    ck_assert_ptr_nonnull(e);
    e->what = sample(number);
    free(e->what->identity.target);
    e->what->identity.target = text("/mnt/data");
    ck_assert_int_eq(boot_id_read(e->what->identity.boot_id, &err), 0);
    e->keep = true;
    e->owner = 1000;
    e->name_source = NAME_FROM_DISK;
    e->filesystem = (struct kept_filesystem){.type = text("ext4"),
                                             .from = text("/dev/sda2"),
                                             .uuid = text("6f1c-11"),
                                             .device = makedev(8, 2)};
    return e;
}

static char *encoded(struct kept_entry *one)
{
    struct kept_list list = {.n = 0};
    char *written;

    ck_assert_int_eq(kept_add(&list, one), 0);
    written = kept_encode(&list);
    ck_assert_ptr_nonnull(written);
    kept_list_done(&list);
    return written;
}

START_TEST(is_read_as_it_was_written)
{
    struct kept_entry *e = entry(1), *back;
    struct kept_list list;
    char *written;

    e->until = 1790001000;
    e->project = text("shop");
    e->service = text("api");
    e->number = text("1");
    e->problem = text("it is gone");
    kept_note_tried(e, 4711, UINT64_MAX);
    written = encoded(e);
    CHECK_OK(kept_decode(written, strlen(written), &list, &err));
    ck_assert_uint_eq(list.n, 1);
    back = list.entries[0];
    ck_assert(back->keep);
    ck_assert_int_eq(back->until, 1790001000);
    ck_assert_uint_eq(back->owner, 1000);
    ck_assert_int_eq((int)back->name_source, (int)NAME_FROM_DISK);
    ck_assert_str_eq(back->project, "shop");
    ck_assert_str_eq(back->service, "api");
    ck_assert_str_eq(back->number, "1");
    ck_assert_str_eq(back->filesystem.type, "ext4");
    ck_assert_str_eq(back->filesystem.from, "/dev/sda2");
    ck_assert_str_eq(back->filesystem.uuid, "6f1c-11");
    ck_assert_uint_eq(back->filesystem.device, makedev(8, 2));
    ck_assert_int_eq(back->tried, 4711);
    ck_assert_uint_eq(back->tried_start, UINT64_MAX);
    ck_assert_str_eq(back->problem, "it is gone");
    ck_assert_str_eq(back->what->source, "/srv/data");
    ck_assert_str_eq(back->what->target, "/mnt/data");
    ck_assert_uint_eq(back->what->flags, ATTACH_READ_ONLY | ATTACH_MKDIR);
    ck_assert_ptr_eq(kept_find(&list, "000000000001"), back);
    ck_assert_ptr_null(kept_find(&list, "000000000002"));
    kept_list_done(&list);
    free(written);
}
END_TEST

// What has one thing wrong with it is refused as a whole, and the place is named.
static const struct {
    const char *from, *to, *says;
} damages[] = {
    {"\"schema\": 1", "\"schema\": 2", "schema"},
    {"\"schema\": 1", "\"schema\": \"1\"", "schema"},
    {"\"kept\": [", "\"other\": [", "kept"},
    {"\"keep\": true", "\"keep\": false", "entry 1"}, // nor a time: it would never end
    {"\"keep\": true", "\"keep\": 1", "entry 1"},
    {"\"owner\": 1000", "\"owner\": -1", "entry 1"},
    {"\"name_source\": \"disk\"", "\"name_source\": \"hearsay\"", "entry 1"},
    {"\"device\": \"8:2\"", "\"device\": \"8\"", "entry 1"},
    {"\"source\": \"/srv/data\"", "\"source\": 7", "entry 1"},
    {"\"target\": \"/mnt/data\"", "\"target\": \"mnt\"", "entry 1"},
    {"\"id\": \"000000000001\"", "\"id\": \"../../../etc\"", "entry 1"},
    {"\"keep\"", "\"keep", "line "},
};

START_TEST(damage_is_named)
{
    const char *from = damages[_i].from, *at;
    char *written = encoded(entry(1)), *damaged = malloc(strlen(written) + 64);
    struct kept_list list = {.n = 77};

    ck_assert_ptr_nonnull(damaged);
    at = strstr(written, from);
    ck_assert_msg(at, "no %s in %s", from, written);
    (void)sprintf(damaged, "%.*s%s%s", (int)(at - written), written, damages[_i].to,
                  at + strlen(from));
    ck_assert_int_eq(kept_decode(damaged, strlen(damaged), &list, &err), -EBADMSG);
    ck_assert_msg(strstr(err.message, damages[_i].says), "%s", err.message);
    ck_assert_uint_eq(list.n, 77);
    free(damaged);
    free(written);
}
END_TEST

START_TEST(every_cut_is_damage)
{
    char *written = encoded(entry(2));
    struct kept_list list;

    for (size_t length = 0; length < strlen(written) - 1; length++)
        ck_assert_int_eq(kept_decode(written, length, &list, &err), -EBADMSG);
    free(written);
}
END_TEST

START_TEST(twice_the_same_is_damage)
{
    struct kept_list list = {.n = 0}, back;
    char *written;

    ck_assert_int_eq(kept_add(&list, entry(1)), 0);
    ck_assert_int_eq(kept_add(&list, entry(1)), 0);
    written = kept_encode(&list);
    ck_assert_int_eq(kept_decode(written, strlen(written), &back, &err), -EBADMSG);
    ck_assert_ptr_nonnull(strstr(err.message, "entry 2"));
    kept_remove(&list, list.entries[0]);
    ck_assert_uint_eq(list.n, 1);
    kept_list_done(&list);
    free(written);
}
END_TEST

// ---- known again ----

enum twist {
    SAME,
    RENAMED,
    OTHER_RUNTIME,
    OTHER_POD,
    OTHER_OWNER,
    ONLY_SAYS_SO, // its name is from its control group
    CONTESTED,
    NESTED,
    STOPPED,
    COMPOSED,         // another name of compose's, the same project, service and number
    COMPOSED_BY_V1,   // the same, of docker-compose 1's
    COMPOSED_2,       // the same name, another number
    COMPOSED_UNKNOWN, // the same name, labels not known (names from disk)
    COMPOSED_IMAGE,   // these labels, which may be its image's, and a name of its own
};
static const bool twist_is_same[] = {
    [SAME] = true, [COMPOSED] = true, [COMPOSED_BY_V1] = true, [COMPOSED_UNKNOWN] = true};

static void twist(enum twist how, struct kept_entry *e, struct container *c)
{
    static char web[] = "web", other[] = "other", docker[] = "docker", pod[] = "shop/api-7d9f";
    static char composed[] = "shop-api-1", by_v1[] = "shop_api_1";

    *c = (struct container){.name = web,
                            .runtime = docker,
                            .pod = pod,
                            .owner = 1000,
                            .pid = 7,
                            .mnt_ns = 8,
                            .name_source = NAME_FROM_DAEMON};
    if (how >= COMPOSED) {
        e->project = text("shop");
        e->service = text("api");
        e->number = text("1");
    }
    if (how >= COMPOSED && how != COMPOSED_UNKNOWN)
        c->labels = json_pack("{s:s, s:s, s:s}", "com.docker.compose.project", "shop",
                              "com.docker.compose.service", "api",
                              "com.docker.compose.container-number", how == COMPOSED_2 ? "2" : "1");
    if (how == RENAMED || how == COMPOSED_IMAGE)
        c->name = other;
    if (how == COMPOSED || how == COMPOSED_BY_V1)
        c->name = how == COMPOSED ? composed : by_v1;
    if (how == OTHER_RUNTIME)
        c->runtime = other;
    if (how == OTHER_POD)
        c->pod = NULL;
    if (how == OTHER_OWNER)
        c->owner = 0;
    if (how == ONLY_SAYS_SO)
        c->name_source = NAME_FROM_CGROUP;
    c->contested = how == CONTESTED;
    c->outer = how == NESTED ? other : NULL;
    if (how == STOPPED)
        c->pid = 0;
}

START_TEST(a_container_is_known)
{
    struct kept_entry *e = entry(1);
    struct container c;
    bool expected = _i < (int)(sizeof twist_is_same / sizeof *twist_is_same) && twist_is_same[_i];

    twist((enum twist)_i, e, &c);
    ck_assert_msg(kept_is_container(e, &c) == expected, "twist %d", _i);
    json_decref(c.labels);
    kept_entry_free(e);
}
END_TEST

START_TEST(a_filesystem_is_known)
{
    static const struct {
        const char *uuid[2], *from[2];
        unsigned device[2];
        bool other_boot, same;
    } cases[] = {
        {{"a", "a"}, {"/dev/sda2", "/dev/sdb2"}, {1, 2}, true, true},
        {{"a", "b"}, {"/dev/sda2", "/dev/sda2"}, {1, 1}, false, false},
        {{"a", NULL}, {"/dev/sda2", "/dev/sda2"}, {1, 1}, false, false},
        {{NULL, NULL}, {"/dev/sda2", "/dev/sda2"}, {1, 1}, false, true},
        {{NULL, NULL}, {"/dev/sda2", "/dev/sda2"}, {1, 1}, true, false}, // a bare name
        {{NULL, NULL}, {"tmpfs", "tmpfs"}, {1, 2}, false, false},        // another one
        {{NULL, NULL}, {"tmpfs", "tmpfs"}, {1, 2}, true, true},
        {{NULL, NULL}, {"nas:/v", "nas:/v"}, {1, 2}, false, true}, // mounted anew
        {{NULL, NULL}, {"nas:/v", "nas:/w"}, {1, 2}, false, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kept_entry *e = entry(1);
        struct kept_filesystem now = {.type = e->filesystem.type,
                                      .from = (char *)(uintptr_t)cases[i].from[1],
                                      .uuid = (char *)(uintptr_t)cases[i].uuid[1],
                                      .device = cases[i].device[1]};

        free(e->filesystem.uuid);
        free(e->filesystem.from);
        e->filesystem.uuid = cases[i].uuid[0] ? text(cases[i].uuid[0]) : NULL;
        e->filesystem.from = text(cases[i].from[0]);
        e->filesystem.device = cases[i].device[0];
        if (cases[i].other_boot)
            e->what->identity.boot_id[0] ^= 1;
        ck_assert_msg((kept_filesystem_same(e, &now, &err) == 0) == cases[i].same, "case %zu", i);
        kept_entry_free(e);
    }
}
END_TEST

// Whose name another one may have by now.
START_TEST(another_container_of_the_name_is_known)
{
    static const struct {
        const char *runtime, *pod, *user;
        bool same;
    } cases[] = {
        {"docker", NULL, NULL, true},
        {"lxc", NULL, NULL, false},
        {"docker", "theirs/pod", NULL, false},
        {"docker", NULL, "bob", false},
    };
    struct container then = {.runtime = (char[]){"docker"}};
    const struct source of_then = {.kind = SOURCE_CONTAINER, .provider = &then};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct container now = {.runtime = (char *)(uintptr_t)cases[i].runtime,
                                .pod = (char *)(uintptr_t)cases[i].pod,
                                .user = (char *)(uintptr_t)cases[i].user};
        const struct source of_now = {.kind = SOURCE_CONTAINER, .provider = &now};
        struct kept_filesystem found = {.type = NULL};
        struct kept_entry *e = entry(1);

        kept_filesystem_done(&e->filesystem);
        free(e->what->provider);
        e->what->provider = text("db");
        ck_assert_int_eq(kept_filesystem_of(&of_then, 0, &e->filesystem, &err), 0);
        ck_assert_int_eq(kept_filesystem_of(&of_now, 0, &found, &err), 0);
        ck_assert_msg((kept_filesystem_same(e, &found, &err) == 0) == cases[i].same, "case %zu", i);
        if (!cases[i].same)
            ck_assert_ptr_nonnull(strstr(err.message, "another container of that name"));
        kept_filesystem_done(&found);
        kept_entry_free(e);
    }
}
END_TEST

START_TEST(one_service_alone)
{
    struct engine_options options = {.state_dir = sample_dir};
    struct engine *engine;
    char path[128];
    int lock, status;
    pid_t child;

    CHECK_OK(engine_open(&options, &engine, &err));
    ck_assert_int_eq(kept_service_runs(engine, &err), 0);
    CHECK_OK(kept_service_lock(sample_dir, &lock, &err));
    child = fork();
    if (child == 0) {
        int other, runs = kept_service_runs(engine, &err);

        _exit(runs == 1 && kept_service_lock(sample_dir, &other, &err) == -EBUSY &&
                      err.code == ERROR_BUSY
                  ? 0
                  : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    (void)close(lock);
    (void)snprintf(path, sizeof path, "%s/keepd.lock", sample_dir);
    (void)unlink(path);
    engine_close(engine);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, sample_setup, sample_teardown);
    tcase_add_test(tcase, is_read_as_it_was_written);
    tcase_add_loop_test(tcase, damage_is_named, 0, sizeof damages / sizeof *damages);
    tcase_add_test(tcase, every_cut_is_damage);
    tcase_add_test(tcase, twice_the_same_is_damage);
    tcase_add_loop_test(tcase, a_container_is_known, SAME, COMPOSED_UNKNOWN + 1);
    tcase_add_test(tcase, a_filesystem_is_known);
    tcase_add_test(tcase, another_container_of_the_name_is_known);
    tcase_add_test(tcase, one_service_alone);
}

int main(void)
{
    return run_suite("kept", add);
}
