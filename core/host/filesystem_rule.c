#include "core/host/filesystem_rule.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"

static const struct filesystem_rule rules[] = {
    {"ext4", false, true, "noload", NULL, NULL},
    {"ext3", false, true, "noload", NULL, NULL},
    {"ext2", false, true, NULL, NULL, NULL},
    {"xfs", false, true, "norecovery", NULL, NULL},
    // "rescue=" came with 5.9. Without "top" it would be the default subvolume.
    {"btrfs", false, true, "rescue=nologreplay", "nologreplay", "subvolid=5"},
    {"squashfs", true, true, NULL, NULL, NULL},
    {"iso9660", true, true, NULL, NULL, NULL},
    {"erofs", true, true, NULL, NULL, NULL},
    {"vfat", false, true, NULL, NULL, NULL},
    {"exfat", false, true, NULL, NULL, NULL},
    {"udf", false, true, NULL, NULL, NULL},
    // Its roll-forward may write, whatever it is asked for.
    {"f2fs", false, false, NULL, NULL, NULL},
};

const struct filesystem_rule *filesystem_rule_find(const char *type)
{
    for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
        if (strcmp(rules[i].type, type) == 0)
            return &rules[i];
    return NULL;
}

// What blkid calls it, what it is, and what is to be named instead.
static const struct {
    const char *type, *is, *hint;
} members[] = {
    {"swap", "is swap space", "there are no files on it"},
    {"swsuspend", "is swap space with a hibernated system", "there are no files on it"},
    {"LVM2_member", "belongs to a volume group of LVM",
     "name the logical volume: device:/dev/mapper/GROUP-VOLUME (`lvs` lists them)"},
    {"crypto_LUKS", "is encrypted (LUKS)",
     "open it with cryptsetup, then name device:/dev/mapper/NAME"},
    {"BitLocker", "is encrypted (BitLocker)",
     "open it with cryptsetup, then name device:/dev/mapper/NAME"},
    {"linux_raid_member", "is a member of a RAID array",
     "name the array: device:/dev/mdN (`cat /proc/mdstat` lists them)"},
    {"zfs_member", "belongs to a ZFS pool", "attach a directory where the pool is mounted"},
    {"bcache", "is a backing or cache device of bcache", "name device:/dev/bcacheN"},
    {"drbd", "is the lower device of DRBD", "name device:/dev/drbdN"},
};

static int refuse_member(const char *what, const struct superblock *found, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(members); i++)
        if (strcmp(members[i].type, found->type) == 0) {
            int r = error_set(err, ERROR_WRONG_TYPE, EINVAL, "%s %s (%s), not a filesystem", what,
                              members[i].is, found->type);

            error_hint(err, "%s", members[i].hint);
            return r;
        }
    return error_set(err, ERROR_WRONG_TYPE, EINVAL, "%s holds %s (%s), not a filesystem", what,
                     found->type, found->usage);
}

static int refuse_table(const char *what, const struct superblock *found, const char *partitions,
                        struct error *err)
{
    char list[256] = "";
    int r = error_set(err, ERROR_WRONG_TYPE, EINVAL,
                      "%s is a whole disk with a partition table%s%s%s, not a filesystem", what,
                      *found->table ? " (" : "", found->table, *found->table ? ")" : "");

    if (partitions && *partitions) {
        error_hint(err, "name the partition: %s", partitions);
        return r;
    }
    for (unsigned i = 0; i < found->n_parts && strlen(list) + 48 < sizeof list; i++)
        (void)snprintf(list + strlen(list), sizeof list - strlen(list), "%s%u at %llu",
                       i ? ", " : "", found->parts[i].number,
                       (unsigned long long)found->parts[i].start);
    if (*list)
        error_hint(err, "of an image, --offset BYTES names the partition: %s", list);
    return r;
}

int superblock_refuse(const char *what, const struct superblock *found, const char *partitions,
                      struct error *err)
{
    int r;

    if (found->several) {
        r = error_set(err, ERROR_WRONG_TYPE, EINVAL,
                      "%s has the signatures of more than one filesystem", what);
        error_hint_words(err, "`wipefs %s` lists them, and can erase the stale ones", what);
        return r;
    }
    // A hybrid CD image has a partition table in front of what it is.
    if (strcmp(found->type, "iso9660") == 0 || strcmp(found->type, "udf") == 0)
        return 0;
    if (partitions && *partitions)
        return refuse_table(what, found, partitions, err);
    if (*found->usage && strcmp(found->usage, "filesystem") != 0)
        return refuse_member(what, found, err);
    if (!*found->type && *found->table)
        return refuse_table(what, found, NULL, err);
    if (!*found->type) {
        r = error_set(err, ERROR_UNSUPPORTED, EINVAL,
                      "what is on %s is unknown: no filesystem that libblkid knows", what);
        error_hint(err, "davit does not try types; of a disk image with partitions --offset names "
                        "where one begins");
        return r;
    }
    if (filesystem_rule_find(found->type))
        return 0;
    r = error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP, "%s is %s, which davit does not mount itself",
                  what, found->type);
    error_hint(err, "mount it on the host and attach its directory");
    return r;
}
