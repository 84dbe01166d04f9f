#include "core/engine/label.h"

#include "core/base/cleanup.h"
#include "tests/unit/runner.h"

#define CONTAINER "system_u:system_r:container_t:s0:c1,c2"

static const struct {
    const char *process, *file;
    bool clash;
} labels[] = {
    {CONTAINER, "system_u:object_r:container_file_t:s0:c1,c2", false},
    {CONTAINER, "system_u:object_r:container_file_t:s0", false},
    {CONTAINER, "system_u:object_r:container_file_t:s0:c1,c3", true},
    {CONTAINER, "system_u:object_r:var_log_t:s0", true},
    {CONTAINER, "unconfined_u:object_r:user_home_t:s0", true},
    {CONTAINER, "system_u:object_r:svirt_sandbox_file_t:s0", false},
    {"system_u:system_r:spc_t:s0", "system_u:object_r:var_log_t:s0", false},
    {"unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023", "system_u:object_r:etc_t:s0", false},
    {"docker-default (enforce)", "system_u:object_r:etc_t:s0", false}, // another module's words
    {CONTAINER, "", false},
    {"", "system_u:object_r:etc_t:s0", false},
    {CONTAINER, "a:b", false},
    {"::::", CONTAINER, false},
};

START_TEST(labels_clash)
{
    ck_assert_int_eq(label_clash(labels[_i].process, labels[_i].file), labels[_i].clash);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, labels_clash, 0, ARRAY_SIZE(labels));
}

int main(void)
{
    return run_suite("label", add);
}
