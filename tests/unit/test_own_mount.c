// What runtimes mount for their own use is known from what is mounted where.
#include "core/runtime/own_mount.h"

#include "runner.h"

#define ID "4b6c7895773f7325716c2d3449c42489bf458b1ea0feac18402372a084fc6788"

static const struct {
    const char *type, *source, *target;
    bool own;
} cases[] = {
    {"overlay", "overlay", "/var/lib/docker/overlay2/" ID "/merged", true},
    {"overlay", "overlay", "/data/engine/rootfs/overlayfs/" ID, true},
    {"fuse.fuse-overlayfs", "x", "/home/a/.local/share/containers/storage/overlay/" ID "/merged",
     true},
    {"overlay", "overlay", "/run/containerd/io.containerd.runtime.v2.task/default/web/rootfs",
     true},
    {"tmpfs", "shm", "/run/containerd/io.containerd.grpc.v1.cri/sandboxes/" ID "/shm", true},
    {"tmpfs", "shm", "/var/lib/docker/containers/" ID "/mounts/shm", true},
    // An administrator's own, and volumes.
    {"overlay", "overlay", "/srv/layers/merged", false},
    {"overlay", "overlay", "/var/lib/docker", false},
    {"overlay", "overlay", "/srv/" ID "0/merged", false},
    {"overlay", "overlay", "/srv/io.container", false},
    {"tmpfs", "tmpfs", "/var/lib/kubelet/pods/" ID "/volumes/token", false},
    {"tmpfs", "shm", "/dev/shm", false},
    {"ext4", "/dev/sdb1", "/var/lib/docker/volumes/" ID "/_data", false},
    {"overlay", "overlay", "/", false},
    {"overlay", "overlay", "", false},
};

START_TEST(each)
{
    struct mount_entry mount = {.type = cases[_i].type, .source = cases[_i].source};

    mount.target = cases[_i].target;
    ck_assert_msg(runtime_mounted_for_itself(&mount) == cases[_i].own, "%s at %s", mount.type,
                  mount.target);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, each, 0, sizeof cases / sizeof cases[0]);
}

int main(void)
{
    return run_suite("own_mount", add);
}
