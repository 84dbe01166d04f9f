#include "core/engine/device_source.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "tests/unit/runner.h"

static struct error err;

static const struct {
    const char *text, *place, *sub_path; // place NULL: a usage error
} places[] = {
    {"/dev/sdb1", "/dev/sdb1", ""},
    {"/dev/sdb1:/", "/dev/sdb1", ""},
    {"/dev/sdb1:/a/b", "/dev/sdb1", "/a/b"},
    {"/dev/sdb1://a/./b/", "/dev/sdb1", "/a/b"},
    {"/dev/disk/by-path/pci-0000:00:1f.2-ata-1", "/dev/disk/by-path/pci-0000:00:1f.2-ata-1", ""},
    {"/dev/disk/by-path/pci-0000:00:1f.2:/x", "/dev/disk/by-path/pci-0000:00:1f.2", "/x"},
    {"UUID=12-34:/x", "UUID=12-34", "/x"},
    {"/a:/b.img", "/a", "/b.img"}, // parted at the last one
    {"/a:/b.img:/", "/a:/b.img", ""},
    {"/x:/...", "/x", "/..."},
    {"/x:/a/../b", NULL, NULL},
    {"/x:/..", NULL, NULL},
    {"", NULL, NULL},
    {":/a", NULL, NULL},
};

START_TEST(a_place_is_parted_from_its_sub_path)
{
    _cleanup_free_ char *place = NULL, *sub_path = NULL;
    int r = device_place_parse(places[_i].text, &place, &sub_path, &err);

    if (places[_i].place) {
        ck_assert_int_eq(r, 0);
        ck_assert_str_eq(place, places[_i].place);
        ck_assert_str_eq(sub_path, places[_i].sub_path);
    } else {
        ck_assert_int_lt(r, 0);
        ck_assert_int_eq(err.code, ERROR_USAGE);
    }
}
END_TEST

static const struct {
    struct superblock found;
    const char *partitions;
    enum error_code code;
    const char *says, *hints;
} found[] = {
    {{.usage = "filesystem", .type = "ext4"}, "", ERROR_NONE, NULL, NULL},
    {{.usage = "filesystem", .type = "iso9660", .table = "dos"}, "sr0p1", ERROR_NONE, NULL, NULL},
    {{.usage = "other", .type = "swap"}, "", ERROR_WRONG_TYPE, "is swap space (swap)", NULL},
    {{.usage = "raid", .type = "LVM2_member"}, "", ERROR_WRONG_TYPE, "LVM2_member", "/dev/mapper/"},
    {{.usage = "crypto", .type = "crypto_LUKS"}, "", ERROR_WRONG_TYPE, "LUKS", "cryptsetup"},
    {{.usage = "raid", .type = "linux_raid_member"}, "", ERROR_WRONG_TYPE, "RAID", "/dev/mdN"},
    {{.usage = "raid", .type = "new_member"}, "", ERROR_WRONG_TYPE, "new_member", NULL},
    {{.table = "gpt"}, "sda1, sda2", ERROR_WRONG_TYPE, "gpt", "sda1, sda2"},
    {{.table = "dos", .n_parts = 1, .parts = {{1, 1048576, 4096}}},
     "",
     ERROR_WRONG_TYPE,
     "dos",
     "--offset BYTES names the partition: 1 at 1048576"},
    // What the kernel has partitions of is no filesystem, whatever is left over in front of them.
    {{.usage = "filesystem", .type = "ext4"}, "sda1", ERROR_WRONG_TYPE, "partition table", "sda1"},
    {{.several = true}, "", ERROR_WRONG_TYPE, "more than one", "wipefs"},
    {{.usage = ""}, "", ERROR_UNSUPPORTED, "unknown", NULL},
    {{.usage = "filesystem", .type = "reiserfs"}, "", ERROR_UNSUPPORTED, "reiserfs", "on the host"},
};

START_TEST(what_is_no_filesystem_is_refused_by_its_name)
{
    int r = superblock_refuse("/dev/x", &found[_i].found, found[_i].partitions, &err);

    ck_assert_int_eq(r == 0, found[_i].code == ERROR_NONE);
    if (r == 0)
        return;
    ck_assert_int_eq(err.code, found[_i].code);
    ck_assert_msg(strstr(err.message, found[_i].says), "%s", err.message);
    if (found[_i].hints)
        ck_assert_msg(strstr(err.hint, found[_i].hints), "%s", err.hint);
}
END_TEST

START_TEST(every_rule_keeps_its_promise)
{
    const struct filesystem_rule *ext4 = filesystem_rule_find("ext4");
    const struct filesystem_rule *xfs = filesystem_rule_find("xfs");
    const struct filesystem_rule *btrfs = filesystem_rule_find("btrfs");

    ck_assert_str_eq(ext4->no_replay, "noload");
    ck_assert_str_eq(xfs->no_replay, "norecovery");
    ck_assert_str_eq(btrfs->no_replay, "rescue=nologreplay");
    ck_assert_str_eq(btrfs->top, "subvolid=5");
    ck_assert(filesystem_rule_find("squashfs")->always_read_only);
    ck_assert(!filesystem_rule_find("f2fs")->never_writes);
    ck_assert_ptr_null(filesystem_rule_find("ext"));
}
END_TEST

// A file of zeroes with the bytes `bytes` at `at`.
static int file_with(const char *bytes, size_t length, off_t at)
{
    char name[] = "/tmp/davit-superblock-XXXXXX";
    int fd = mkstemp(name);

    ck_assert_int_ge(fd, 0);
    (void)unlink(name);
    ck_assert_int_eq(ftruncate(fd, 1024 * 1024), 0);
    ck_assert_int_eq(pwrite(fd, bytes, length, at), (ssize_t)length);
    return fd;
}

START_TEST(what_is_in_a_file_is_told)
{
    _cleanup_close_ int luks = file_with("LUKS\xba\xbe\0\1", 8, 0), nothing = file_with("x", 1, 0);
    struct superblock superblock;

    if (superblock_read(NULL, nothing, 0, 10000, &superblock, &err) == -ELIBACC)
        return; // no libblkid: said so
    ck_assert_str_eq(superblock.usage, "");
    ck_assert_uint_eq(superblock.size, 1024 * 1024);
    ck_assert_int_lt(superblock_refuse("it", &superblock, NULL, &err), 0);
    ck_assert_int_eq(superblock_read(NULL, luks, 0, 10000, &superblock, &err), 0);
    ck_assert_str_eq(superblock.type, "crypto_LUKS");
    ck_assert_int_eq(superblock_read(NULL, luks, 1024 * 1024, 10000, &superblock, &err), -EINVAL);
    ck_assert_int_eq(err.code, ERROR_USAGE);
}
END_TEST

static void add_cases(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_place_is_parted_from_its_sub_path, 0, ARRAY_SIZE(places));
    tcase_add_loop_test(tcase, what_is_no_filesystem_is_refused_by_its_name, 0, ARRAY_SIZE(found));
    tcase_add_test(tcase, every_rule_keeps_its_promise);
    tcase_add_test(tcase, what_is_in_a_file_is_told);
}

int main(void)
{
    return run_suite("device_source", add_cases);
}
