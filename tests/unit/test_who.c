#include "core/engine/who.h"

#include "tests/unit/runner.h"

static const char *unit_of(const char *groups)
{
    static char unit[32];

    return who_unit_of(groups, unit, sizeof unit) ? unit : "none";
}

START_TEST(a_unit_is_the_systems_and_nobody_elses)
{
    ck_assert_str_eq(unit_of("0::/system.slice/cron.service\n"), "cron.service");
    ck_assert_str_eq(unit_of("0::/system.slice/cron.service"), "cron.service");
    ck_assert_str_eq(unit_of("0::/system.slice/docker.service/a/b.service\n"), "docker.service");
    ck_assert_str_eq(unit_of("0::/system.slice/system-getty.slice/getty@tty1.service\n"),
                     "getty@tty1.service");
    ck_assert_str_eq(unit_of("9:cpu,cpuacct:/\n1:name=systemd:/system.slice/a.service\n0::/\n"),
                     "a.service");
    ck_assert_str_eq(unit_of("0::/system.slice/docker-0123.scope\n"), "none");
    ck_assert_str_eq(unit_of("0::/system.slice/.service\n"), "none");
    ck_assert_str_eq(unit_of("0::/system.slice/longer-than-there-is-room-for.service\n"), "none");
    ck_assert_str_eq(unit_of("0::/system.slice\n"), "none");
    ck_assert_str_eq(unit_of("0::/\n"), "none");
    ck_assert_str_eq(unit_of("0:\n:\n\nx"), "none");
    ck_assert_str_eq(unit_of(""), "none");
}
END_TEST

// Who may make groups below his own chooses their names.
START_TEST(a_unit_is_not_made_up_by_a_user_or_a_container)
{
    ck_assert_str_eq(unit_of("0::/user.slice/user-1000.slice/user@1000.service/system.slice/"
                             "ssh.service\n"),
                     "none");
    ck_assert_str_eq(unit_of("0::/docker/0123/system.slice/ssh.service\n"), "none");
    ck_assert_str_eq(unit_of("0::/docker/x:/system.slice/ssh.service\n"), "none");
}
END_TEST

// The program is the host's own: what nsenter(1) would start is one of the namespace.
START_TEST(a_mount_elsewhere_is_unmounted_by_the_hosts_umount)
{
    struct mount_namespace items[] = {{.inode = 1, .own = true}, {.inode = 2, .pid = 42}};
    struct namespace_list namespaces = {.items = items, .n_items = 2};
    struct held_mounts mounts = {.namespaces = &namespaces};
    const struct who_report report = {.mounts = &mounts};
    char path[] = "/mnt/usb", odd[] = "/mnt/$(reboot)", command[64];
    struct holder holder = {.kind = HOLDER_MOUNT, .mnt_ns = 2, .pid = 42, .path = path};

    who_stop_command(&report, &holder, command, sizeof command);
    ck_assert_str_eq(command, "umount -N 42 /mnt/usb");
    holder.mnt_ns = 1;
    who_stop_command(&report, &holder, command, sizeof command);
    ck_assert_str_eq(command, "umount /mnt/usb");
    holder.path = odd;
    who_stop_command(&report, &holder, command, sizeof command);
    ck_assert_str_eq(command, "umount '/mnt/$(reboot)'");
    who_stop_command(&report, &holder, command, 16);
    ck_assert_str_eq(command, "");
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, a_unit_is_the_systems_and_nobody_elses);
    tcase_add_test(tcase, a_unit_is_not_made_up_by_a_user_or_a_container);
    tcase_add_test(tcase, a_mount_elsewhere_is_unmounted_by_the_hosts_umount);
}

int main(void)
{
    return run_suite("who", add);
}
