// What is made of a device: from a sysfs and a list of swap areas of the test's own.
#include "core/host/block_stack.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "temporary.h"
#include "runner.h"

static struct error err;
static char base[TEMPORARY_SIZE];

static void put(const char *path, const char *text)
{
    char full[512];
    FILE *file;

    (void)snprintf(full, sizeof full, "%s/%s", base, path);
    for (char *slash = strchr(full + strlen(base) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(full, 0755);
        *slash = '/';
    }
    file = fopen(full, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void setup(void)
{
    static char sysfs[512], swaps[512];

    temporary_directory(base);
    (void)snprintf(sysfs, sizeof sysfs, "%s", base);
    (void)snprintf(swaps, sizeof swaps, "%s/swaps", base);
    block_stack_sysfs = sysfs;
    block_stack_swaps = swaps;
    put("swaps", "Filename\tType\tSize\tUsed\tPriority\n");
}

static void teardown(void)
{
    char command[600];

    (void)snprintf(command, sizeof command, "rm -r %s", base);
    ck_assert_int_eq(system(command), 0);
}

static const struct stacked *row_of(const struct block_stack *stack, enum holder_kind kind)
{
    for (size_t i = 0; i < stack->n_rows; i++)
        if (stack->rows[i].kind == kind)
            return &stack->rows[i];
    return NULL;
}

// A disk with a partition, of which a device of the device mapper is made, of which one of md is.
START_TEST(climbs_from_the_disk_to_what_is_made_of_what_is_made_of_it)
{
    _cleanup_held_subject_ struct held_subject subject = {.places = NULL};
    _cleanup_block_stack_ struct block_stack *stack = NULL;

    put("dev/block/4000:0/sdx1/partition", "1\n");
    put("dev/block/4000:0/sdx1/dev", "4000:1\n");
    put("dev/block/4000:0/queue/dev", "4000:9\n"); // no partition
    put("dev/block/4000:1/holders/dm-3/dev", "4001:3\n");
    put("dev/block/4001:3/holders/md7/dev", "4002:7\n");
    put("dev/block/4002:7/holders/bcache0/dev", "4003:0\n");
    put("dev/block/4003:0/holders/dm-3/dev", "4001:3\n"); // a circle is no end of it
    ck_assert_int_eq(held_subject_add_device(&subject, makedev(4000, 0), &err), 1);
    ck_assert_int_eq(block_stack_find(&subject, NULL, &stack, &err), 0);
    ck_assert(stack->complete);
    ck_assert_uint_eq(stack->n_rows, 3);
    ck_assert(row_of(stack, HOLDER_DM)->device == makedev(4001, 3));
    ck_assert_str_eq(row_of(stack, HOLDER_DM)->below, "device 4000:1");
    ck_assert(row_of(stack, HOLDER_MD)->device == makedev(4002, 7));
    ck_assert(row_of(stack, HOLDER_DEVICE)->device == makedev(4003, 0));
    ck_assert_uint_eq(subject.n_devices, 5);
    ck_assert(held_subject_has_device(&subject, makedev(4000, 1)));
    ck_assert(held_subject_has_whole(&subject, makedev(4002, 7)));
    ck_assert(!held_subject_has_device(&subject, makedev(4000, 9)));
}
END_TEST

START_TEST(finds_a_swap_file_in_the_filesystem_by_its_real_name)
{
    _cleanup_held_subject_ struct held_subject subject = {.places = NULL};
    _cleanup_block_stack_ struct block_stack *stack = NULL;
    char line[600], path[512];
    struct stat st;

    put("a b", "");
    (void)snprintf(path, sizeof path, "%s/a b", base);
    (void)snprintf(line, sizeof line, "Filename\tType\n%s/a\\040b file 1 0 -2\n/none file 1 0 -2\n",
                   base);
    put("swaps", line);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(held_subject_add_place(&subject, st.st_dev, "/", &err), 1);
    ck_assert_int_eq(block_stack_find(&subject, NULL, &stack, &err), 0);
    ck_assert_ptr_nonnull(row_of(stack, HOLDER_SWAP));
    ck_assert_str_eq(row_of(stack, HOLDER_SWAP)->path, path);
}
END_TEST

START_TEST(a_place_below_a_place_is_not_one_more)
{
    _cleanup_held_subject_ struct held_subject subject = {.places = NULL};

    ck_assert_int_eq(held_subject_add_place(&subject, 5, "/srv", &err), 1);
    ck_assert_int_eq(held_subject_add_place(&subject, 5, "/srv/data", &err), 0);
    ck_assert_int_eq(held_subject_add_place(&subject, 5, "/srvdata", &err), 1);
    ck_assert(held_subject_has(&subject, 5));
    ck_assert(!held_subject_has_whole(&subject, 5));
    ck_assert_int_eq(held_subject_add_place(&subject, 5, "/", &err), 1);
    ck_assert(held_subject_has_whole(&subject, 5));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, climbs_from_the_disk_to_what_is_made_of_what_is_made_of_it);
    tcase_add_test(tcase, finds_a_swap_file_in_the_filesystem_by_its_real_name);
    tcase_add_test(tcase, a_place_below_a_place_is_not_one_more);
}

int main(void)
{
    return run_suite("block_stack", add);
}
