#include "core/runtime/docker_json.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runner.h"

#define A16 "0123456789abcdef"
#define A   A16 A16 A16 A16
#define B16 "fedcba9876543210"
#define B   B16 B16 B16 B16
#define BAD "\xef\xbf\xbd"

static struct error err;

static int list(const char *text, struct container_list *ret)
{
    return docker_json_list(text, strlen(text), "docker", ret, &err);
}

// As Docker 20.10 writes it, shortened to what matters.
static const char two[] =
    "[{\"Id\":\"" A "\",\"Names\":[\"/other/alias\",\"/web\"],\"Image\":\"nginx:1.25\","
    "\"Created\":1795300696,\"State\":\"running\",\"Status\":\"Up 2 seconds\","
    "\"Labels\":{\"a\":\"b\",\"empty\":\"\","
    "\"io.kubernetes.pod.namespace\":\"prod\",\"io.kubernetes.pod.name\":\"shop-0\"},"
    "\"HostConfig\":{\"NetworkMode\":\"none\"},\"Mounts\":[]},"
    "{\"Id\":\"" B "\",\"Names\":[\"/db\"],\"Image\":\"sha256:0123\",\"State\":\"paused\","
    "\"Labels\":{}}]\n";

START_TEST(test_list)
{
    _cleanup_container_list_ struct container_list said = {.items = NULL};
    const struct container *c;

    ck_assert_int_eq(list(two, &said), 0);
    ck_assert_uint_eq(said.n_items, 2);
    c = &said.items[0];
    ck_assert_str_eq(c->id, A);
    ck_assert_str_eq(c->name, "web");
    ck_assert_int_eq(c->name_source, NAME_FROM_DAEMON);
    ck_assert_str_eq(c->image, "nginx:1.25");
    ck_assert_str_eq(c->pod, "prod/shop-0");
    ck_assert_int_eq(c->state, CONTAINER_RUNNING);
    ck_assert_int_eq(c->pid, 0);
    ck_assert_str_eq(json_string_value(json_object_get(c->labels, "a")), "b");
    ck_assert_str_eq(json_string_value(json_object_get(c->labels, "empty")), "");
    ck_assert_str_eq(said.items[1].name, "db");
    ck_assert_int_eq(said.items[1].state, CONTAINER_PAUSED);
    ck_assert_ptr_null(said.items[1].pod);
}
END_TEST

static const struct {
    const char *text, *why;
} damaged[] = {
    {"", "no JSON"},
    {"[", "no JSON"},
    {"[{\"Id\":\"" A "\",\"Names\":[\"/web\"],\"Image\":\"ngi", "no JSON"},
    {"<html>404</html>", "no JSON"},
    {"[{\"Id\":\"" A "\",\"Id\":\"" B "\"}]", "no JSON"}, // twice the same key
    {"[] []", "no JSON"},
    {"{}", "no array"},
    {"null", "no JSON"},
    {"\"web\"", "no JSON"},
    {"[1]", "no id"},
    {"[{}]", "no id"},
    {"[{\"Id\":7}]", "no id"},
    {"[{\"Id\":\"web\"}]", "no id"},
    {"[{\"Id\":\"../../../../etc/passwd\"}]", "no id"},
    {"[{\"Id\":\"" A "\\u0000\"}]", "no id"},
    {"[{\"Id\":\"" A "\"},{\"Id\":\"" A16 "\"}]", "no id"},
};

START_TEST(test_damaged_list)
{
    _cleanup_container_list_ struct container_list said = {.items = NULL};

    ck_assert_int_eq(list(damaged[_i].text, &said), -EPROTO);
    ck_assert_msg(strstr(err.message, damaged[_i].why) != NULL, "%s: %s", damaged[_i].text,
                  err.message);
    ck_assert_uint_eq(said.n_items, 0);
}
END_TEST

// What a container may call itself, and what a daemon may leave out.
static const struct {
    const char *members, *name, *image;
    enum name_source source;
    enum container_state state;
} entries[] = {
    {"", "0123456789ab", NULL, NAME_FROM_CGROUP, CONTAINER_STOPPED},
    {",\"Names\":null,\"Image\":null,\"Labels\":null,\"State\":null", "0123456789ab", NULL,
     NAME_FROM_CGROUP, CONTAINER_STOPPED},
    {",\"Names\":[],\"Image\":\"\"", "0123456789ab", NULL, NAME_FROM_CGROUP, CONTAINER_STOPPED},
    {",\"Names\":[\"/\"]", "0123456789ab", NULL, NAME_FROM_CGROUP, CONTAINER_STOPPED},
    {",\"Names\":[5,\"/a/b\"]", "0123456789ab", NULL, NAME_FROM_CGROUP, CONTAINER_STOPPED},
    {",\"Names\":\"/web\"", "0123456789ab", NULL, NAME_FROM_CGROUP, CONTAINER_STOPPED},
    {",\"Names\":[\"web\"],\"State\":\"restarting\"", "web", NULL, NAME_FROM_DAEMON,
     CONTAINER_RESTARTING},
    {",\"Names\":[\"/\\u001b[2Jweb\"],\"Image\":\"a\\u0000\\u202eb\",\"State\":\"running\"",
     BAD "[2Jweb", "a" BAD BAD "b", NAME_FROM_DAEMON, CONTAINER_RUNNING},
};

START_TEST(test_entries)
{
    _cleanup_container_list_ struct container_list said = {.items = NULL};
    char text[512];

    (void)snprintf(text, sizeof text, "[{\"Id\":\"" A "\"%s}]", entries[_i].members);
    ck_assert_int_eq(list(text, &said), 0);
    ck_assert_uint_eq(said.n_items, 1);
    ck_assert_str_eq(said.items[0].name, entries[_i].name);
    ck_assert_int_eq(said.items[0].name_source, entries[_i].source);
    ck_assert_int_eq(said.items[0].state, entries[_i].state);
    ck_assert_pstr_eq(said.items[0].image, entries[_i].image);
}
END_TEST

START_TEST(test_labels)
{
    static const char head[] = "[{\"Id\":\"" A "\",\"Labels\":{\"k\\u001b\":\"v\\u0000\","
                               "\"n\":5,\"long\":\"";
    _cleanup_container_list_ struct container_list said = {.items = NULL};
    _cleanup_free_ char *text = malloc(DOCKER_LABELS_LIMIT + sizeof head + 16);
    const json_t *labels;

    ck_assert_ptr_nonnull(text);
    memcpy(text, head, sizeof head - 1);
    memset(text + sizeof head - 1, 'x', DOCKER_LABELS_LIMIT);
    memcpy(text + sizeof head - 1 + DOCKER_LABELS_LIMIT, "\"}}]", 5);
    ck_assert_int_eq(list(text, &said), 0);
    labels = said.items[0].labels;
    ck_assert_str_eq(json_string_value(json_object_get(labels, "k" BAD)), "v" BAD);
    ck_assert_ptr_null(json_object_get(labels, "n"));
    ck_assert_ptr_null(json_object_get(labels, "long"));
}
END_TEST

START_TEST(test_too_many)
{
    size_t each = sizeof "{\"Id\":\"" A "\"}," - 1, n = DOCKER_CONTAINERS_MAX + 1;
    _cleanup_container_list_ struct container_list said = {.items = NULL};
    _cleanup_free_ char *text = malloc(n * each + 2);

    ck_assert_ptr_nonnull(text);
    text[0] = '[';
    for (size_t i = 0; i < n; i++)
        memcpy(text + 1 + i * each, "{\"Id\":\"" A "\"},", each);
    text[n * each] = ']';
    ck_assert_int_eq(docker_json_list(text, n * each + 1, "docker", &said, &err), -EPROTO);
    ck_assert_ptr_nonnull(strstr(err.message, "20000"));
    ck_assert_uint_eq(said.n_items, 0);
}
END_TEST

START_TEST(test_too_deep)
{
    _cleanup_container_list_ struct container_list said = {.items = NULL};
    char text[8000];

    memset(text, '[', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ck_assert_int_eq(list(text, &said), -EPROTO);
}
END_TEST

static void container_a(struct container *c)
{
    *c = (struct container){.id = strdup(A),
                            .name = strdup("0123456789ab"),
                            .name_source = NAME_FROM_CGROUP,
                            .runtime = strdup("docker"),
                            .pid = 1234};
}

START_TEST(test_inspect)
{
    static const char text[] =
        "{\"Id\":\"" A "\",\"Name\":\"/web\",\"State\":{\"Running\":true,\"Paused\":true,"
        "\"Pid\":1},\"Config\":{\"Image\":\"nginx\",\"Labels\":{\"x\":\"y\"},"
        "\"WorkingDir\":\"/srv\\u001b\"},\"Mounts\":["
        "{\"Type\":\"bind\",\"Source\":\"/srv/www\",\"Destination\":\"/data\",\"Mode\":\"ro\","
        "\"RW\":false},"
        "{\"Type\":\"volume\",\"Name\":\"db\",\"Source\":\"/v/db/_data\","
        "\"Destination\":\"/var/lib\\u001b\",\"RW\":true},{}]}";
    struct container c;
    const json_t *mount;

    container_a(&c);
    ck_assert_int_eq(docker_json_inspect(text, strlen(text), &c, &err), 0);
    ck_assert_str_eq(c.name, "web");
    ck_assert_int_eq(c.state, CONTAINER_PAUSED);
    ck_assert_str_eq(c.image, "nginx");
    ck_assert_int_eq(c.pid, 1234); // never the daemon's
    ck_assert_uint_eq(json_array_size(c.declared), 3);
    mount = json_array_get(c.declared, 0);
    ck_assert_str_eq(json_string_value(json_object_get(mount, "type")), "bind");
    ck_assert_str_eq(json_string_value(json_object_get(mount, "source")), "/srv/www");
    ck_assert_str_eq(json_string_value(json_object_get(mount, "target")), "/data");
    ck_assert(json_is_true(json_object_get(mount, "read_only")));
    ck_assert_ptr_null(json_object_get(mount, "name"));
    ck_assert_str_eq(c.working_directory, "/srv\x1b"); // as it is: it is looked up
    mount = json_array_get(c.declared, 1);
    ck_assert_str_eq(json_string_value(json_object_get(mount, "name")), "db");
    ck_assert_str_eq(json_string_value(json_object_get(mount, "target")), "/var/lib" BAD);
    ck_assert(json_is_false(json_object_get(mount, "read_only")));
    container_done(&c);
}
END_TEST

START_TEST(test_working_directory)
{
    static const struct {
        const char *value, *expected;
    } cases[] = {{"\"/a/b\"", "/a/b"}, {"\"\"", "/"},  {"\"relative\"", NULL},
                 {"7", NULL},          {"null", NULL}, {"\"/a\\u0000b\"", NULL}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct container c;
        char text[256];

        container_a(&c);
        (void)snprintf(text, sizeof text, "{\"Id\":\"" A "\",\"Config\":{\"WorkingDir\":%s}}",
                       cases[i].value);
        ck_assert_int_eq(docker_json_inspect(text, strlen(text), &c, &err), 0);
        ck_assert_pstr_eq(c.working_directory, cases[i].expected);
        container_done(&c);
    }
}
END_TEST

START_TEST(test_inspect_of_another)
{
    static const char text[] = "{\"Id\":\"" B "\",\"Name\":\"/db\",\"Config\":{\"Image\":\"x\"}}";
    struct container c;

    container_a(&c);
    ck_assert_int_eq(docker_json_inspect(text, strlen(text), &c, &err), -EPROTO);
    ck_assert_int_eq(docker_json_inspect("{}", 2, &c, &err), -EPROTO);
    ck_assert_int_eq(docker_json_inspect("[]", 2, &c, &err), -EPROTO);
    ck_assert_ptr_null(c.image);
    ck_assert_str_eq(c.name, "0123456789ab");
    container_done(&c);
}
END_TEST

START_TEST(test_disk)
{
    static const char text[] =
        "{\"ID\":\"" A "\",\"Name\":\"/web\",\"State\":{\"Running\":false,\"Paused\":true,"
        "\"StartedAt\":\"2026-11-21T22:03:10.123456789Z\"},\"Config\":{\"Image\":\"nginx\","
        "\"Labels\":{\"x\":\"y\"}},\"MountPoints\":{\"/data\":{\"Source\":\"/srv\","
        "\"Destination\":\"/data\",\"RW\":true,\"Type\":\"bind\"}}}";
    struct container c;

    container_a(&c);
    ck_assert_int_eq(docker_json_disk(text, strlen(text), &c, &err), 0);
    ck_assert_str_eq(c.name, "web");
    ck_assert_int_eq(c.name_source, NAME_FROM_DISK);
    ck_assert_int_eq(c.state, CONTAINER_PAUSED);
    ck_assert_int_eq((int)c.started, 1795298590);
    ck_assert_uint_eq(json_array_size(c.declared), 1);
    container_done(&c);
}
END_TEST

static const struct {
    const char *text;
    int result;
    const char *name;
} disks[] = {
    {"", -EPROTO, "0123456789ab"},
    {"{\"ID\":\"" A "\",\"Name\":\"/we", -EPROTO, "0123456789ab"},
    {"{\"Name\":\"/web\"}", -EPROTO, "0123456789ab"},
    {"{\"ID\":\"" B "\",\"Name\":\"/web\"}", -EPROTO, "0123456789ab"},
    {"{\"ID\":\"" A "\"}", 0, "0123456789ab"},
    {"{\"ID\":\"" A "\",\"Name\":7,\"State\":[],\"Config\":\"\",\"MountPoints\":3}", 0,
     "0123456789ab"},
    {"{\"ID\":\"" A "\",\"Name\":\"/web\",\"State\":{\"StartedAt\":\"0001-01-01T00:00:00Z\"}}", 0,
     "web"},
    {"{\"ID\":\"" A "\",\"Name\":\"/web\",\"State\":{\"StartedAt\":\"soon\"}}", 0, "web"},
};

START_TEST(test_disk_faults)
{
    struct container c;

    container_a(&c);
    ck_assert_int_eq(docker_json_disk(disks[_i].text, strlen(disks[_i].text), &c, &err),
                     disks[_i].result);
    ck_assert_str_eq(c.name, disks[_i].name);
    ck_assert_int_eq((int)c.started, 0);
    container_done(&c);
}
END_TEST

START_TEST(test_small_answers)
{
    static const char refusal[] = "{\"message\":\"client version 1.50 is too new\\u001b\"}";
    char out[64], *root;

    docker_json_message(refusal, strlen(refusal), out, sizeof out);
    ck_assert_str_eq(out, "client version 1.50 is too new" BAD);
    docker_json_message("404 page not found\n", 19, out, sizeof out);
    ck_assert_str_eq(out, "404 page not found");
    docker_json_message("{}", 2, out, sizeof out);
    ck_assert_str_eq(out, "");
    docker_json_message(NULL, 0, out, sizeof out);
    ck_assert_str_eq(out, "");
    root = docker_json_data_root("{\"data-root\":\"/mnt/docker\"}", 27);
    ck_assert_str_eq(root, "/mnt/docker");
    free(root);
    ck_assert_ptr_null(docker_json_data_root("{\"data-root\":\"docker\"}", 22));
    ck_assert_ptr_null(docker_json_data_root("{", 1));
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, test_list);
    tcase_add_loop_test(tests, test_damaged_list, 0, ARRAY_SIZE(damaged));
    tcase_add_loop_test(tests, test_entries, 0, ARRAY_SIZE(entries));
    tcase_add_test(tests, test_labels);
    tcase_add_test(tests, test_too_many);
    tcase_add_test(tests, test_too_deep);
    tcase_add_test(tests, test_inspect);
    tcase_add_test(tests, test_working_directory);
    tcase_add_test(tests, test_inspect_of_another);
    tcase_add_test(tests, test_disk);
    tcase_add_loop_test(tests, test_disk_faults, 0, ARRAY_SIZE(disks));
    tcase_add_test(tests, test_small_answers);
}

int main(void)
{
    return run_suite("docker_json", add);
}
