#include "core/host/device.h"

#include <linux/blkpg.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "image.h"
#include "temporary.h"
#include "tests/unit/runner.h"

static struct error err;

static dev_t number_of(int fd)
{
    struct stat st;

    ck_assert_int_eq(fstat(fd, &st), 0);
    return st.st_rdev;
}

// An empty udev database of the test's own in place of the machine's.
static void empty_database(void)
{
    ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    ck_assert_int_eq(mount("none", "/run", "tmpfs", 0, "mode=755"), 0);
    ck_assert_int_eq(mkdir("/run/udev", 0755), 0);
    ck_assert_int_eq(mkdir("/run/udev/data", 0755), 0);
}

// What udevd would have written about a device.
static void write_database(dev_t number, const char *text)
{
    char path[64];
    FILE *file;

    (void)snprintf(path, sizeof path, "/run/udev/data/b%u:%u", major(number), minor(number));
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fprintf(file, "I:1\n%s", text), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void assert_text(const char *what, const char *seen, const char *wanted)
{
    ck_assert_msg(seen ? wanted && strcmp(seen, wanted) == 0 : !wanted, "%s is %s, not %s", what,
                  seen ? seen : "unknown", wanted ? wanted : "unknown");
}

static const struct {
    const char *database;
    struct block_device device; // all but the node
} cases[] = {
    {"", {.label = NULL}},
    {"E:ID_FS_LABEL=data_x\nE:ID_FS_LABEL_ENC=data\\x20x\nE:ID_FS_UUID=12-34\n",
     {.label = (char *)"data x", .uuid = (char *)"12-34"}},
    {"E:ID_FS_LABEL=only\n", {.label = (char *)"only"}},
    {"E:ID_FS_LABEL_ENC=\\x1b[31m\\xe2\\x80\\xaeb\\xc3\\xa4\\xff\n",
     {.label = (char *)"\xef\xbf\xbd[31m\xef\xbf\xbd"
                       "b\xc3\xa4\xef\xbf\xbd"}},
    {"E:ID_FS_LABEL_ENC=a\\x5cb\\xZZ\\x4\\\n", {.label = (char *)"a\\b\\xZZ\\x4\\"}},
    {"E:ID_FS_LABEL_ENC=\\x20\\x20\n", {.label = NULL}},
    {"E:ID_MODEL_ENC=SuperDisk\\x20\\x20v2\\x20\\x20\nE:ID_MODEL=SuperDisk_v2\nE:ID_BUS=usb\n",
     {.model = (char *)"SuperDisk  v2", .transport = (char *)"usb"}},
    {"E:ID_MODEL=Plain\nE:ID_BUS=a\tta\n",
     {.model = (char *)"Plain", .transport = (char *)"a\xef\xbf\xbdta"}},
    {"rubbish\nE:\nE:=\nE:ID_FS_UUID\nE:ID_FS_UUID=\n", {.uuid = NULL}},
};

START_TEST(test_properties)
{
    const struct block_device *wanted = &cases[_i].device, *seen;
    struct device_index *index;
    char node[32];
    _cleanup_close_ int device = image_open(temporary_root(), 1 << 20, node);

    empty_database();
    write_database(number_of(device), cases[_i].database);
    ck_assert_int_eq(device_index_new(&index, &err), 0);
    seen = device_index_find(index, number_of(device));
    ck_assert_ptr_nonnull(seen);
    assert_text("node", seen->node, node);
    assert_text("label", seen->label, wanted->label);
    assert_text("uuid", seen->uuid, wanted->uuid);
    assert_text("model", seen->model, wanted->model);
    assert_text("transport", seen->transport, wanted->transport);
    ck_assert_ptr_eq(device_index_find(index, number_of(device)), seen);
    device_index_free(index);
}
END_TEST

// A partition has its filesystem's label; model and bus are the disk's.
START_TEST(test_partition)
{
    char node[32], part[40];
    _cleanup_close_ int disk = image_open(temporary_root(), 4 << 20, node);
    struct blkpg_partition partition = {.start = 1 << 20, .length = 1 << 20, .pno = 1};
    struct blkpg_ioctl_arg request = {
        .op = BLKPG_ADD_PARTITION, .datalen = sizeof partition, .data = &partition};
    const struct block_device *seen, *whole;
    struct device_index *index;
    struct stat st;

    ck_assert_int_eq(ioctl(disk, BLKPG, &request), 0);
    (void)snprintf(part, sizeof part, "%sp1", node);
    ck_assert_int_eq(stat(part, &st), 0);
    empty_database();
    write_database(number_of(disk), "E:ID_MODEL=Disk\nE:ID_BUS=scsi\nE:ID_FS_LABEL=no\n");
    write_database(st.st_rdev, "E:ID_MODEL=Wrong\nE:ID_FS_LABEL=part\n");
    ck_assert_int_eq(device_index_new(&index, &err), 0);
    seen = device_index_find(index, st.st_rdev);
    whole = device_index_find(index, number_of(disk));
    ck_assert_ptr_nonnull(seen);
    assert_text("node", seen->node, part);
    assert_text("label", seen->label, "part");
    assert_text("model", seen->model, "Disk");
    assert_text("transport", seen->transport, "scsi");
    // What was found first stays where it is while more is looked up.
    assert_text("node", whole->node, node);
    assert_text("node", seen->node, part);
    device_index_free(index);
    request.op = BLKPG_DEL_PARTITION;
    ck_assert_int_eq(ioctl(disk, BLKPG, &request), 0);
}
END_TEST

START_TEST(test_none)
{
    static const unsigned numbers[][2] = {{0, 0}, {0, 35}, {4000, 1}, {7, 1048575}};
    struct device_index *index;

    ck_assert_int_eq(device_index_new(&index, &err), 0);
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        ck_assert_ptr_null(device_index_find(index, makedev(numbers[i][0], numbers[i][1])));
    device_index_free(index);
    device_index_free(NULL);
}
END_TEST

static bool loaded(const char *library)
{
    char line[4096];
    bool found = false;
    FILE *maps = fopen("/proc/self/maps", "re");

    ck_assert_ptr_nonnull(maps);
    while (!found && fgets(line, sizeof line, maps))
        found = strstr(line, library) != NULL;
    ck_assert_int_eq(fclose(maps), 0);
    return found;
}

START_TEST(test_loaded_on_first_use)
{
    struct device_index *index;

    ck_assert(!loaded("libudev"));
    ck_assert_int_eq(device_index_new(&index, &err), 0);
    ck_assert(loaded("libudev"));
    device_index_free(index);
}
END_TEST

// A machine without the library: an empty file in its place cannot be loaded either.
START_TEST(test_without_library)
{
    struct device_index *index;
    char node[32], path[4096] = "", line[4096];
    _cleanup_close_ int device = image_open(temporary_root(), 1 << 20, node);
    FILE *maps;

    ck_assert_int_eq(device_index_new(&index, &err), 0);
    maps = fopen("/proc/self/maps", "re");
    while (fgets(line, sizeof line, maps))
        if (strstr(line, "libudev"))
            (void)sscanf(line, "%*s %*s %*s %*s %*s %4095s", path);
    ck_assert_int_eq(fclose(maps), 0);
    device_index_free(index);
    ck_assert(!loaded("libudev"));

    empty_database();
    ck_assert_int_eq(mount("/dev/null", path, NULL, MS_BIND, NULL), 0);
    ck_assert_int_eq(device_index_new(&index, &err), 1);
    ck_assert_ptr_null(device_index_find(index, number_of(device)));
    device_index_free(index);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, test_properties, 0, ARRAY_SIZE(cases));
    tcase_add_test(tcase, test_partition);
    tcase_add_test(tcase, test_none);
    tcase_add_test(tcase, test_loaded_on_first_use);
    tcase_add_test(tcase, test_without_library);
}

int main(void)
{
    return run_suite("device", add);
}
