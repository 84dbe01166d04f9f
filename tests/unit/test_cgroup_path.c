#include "core/runtime/cgroup_path.h"

#include <check.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "runner.h"

#define A16      "0123456789abcdef"
#define A        A16 A16 A16 A16
#define B16      "fedcba9876543210"
#define B        B16 B16 B16 B16
#define UID_DASH "2f48c1a1-6a4e-4d43-9ff0-8dc41a2d9f6b"
#define UID_LOW  "2f48c1a1_6a4e_4d43_9ff0_8dc41a2d9f6b"

static const struct {
    const char *text;
    enum cgroup_kind kind;
    const char *runtime, *id, *pod, *path;
} cases[] = {
    // Docker: cgroupfs on v1, systemd on v2, in a hybrid, under an own parent, deeper inside
    {"4:memory:/docker/" A "\n3:cpuset:/docker/" A "\n0::/\n", CGROUP_CONTAINER, "docker", A, "",
     "/docker/" A},
    {"0::/system.slice/docker-" A ".scope\n", CGROUP_CONTAINER, "docker", A, "",
     "/system.slice/docker-" A ".scope"},
    {"1:name=systemd:/docker/" A "\n0::/system.slice/containerd.service\n", CGROUP_CONTAINER,
     "docker", A, "", "/docker/" A},
    {"0::/davit-tests/1/docker/" A "\n", CGROUP_CONTAINER, "docker", A, "",
     "/davit-tests/1/docker/" A},
    {"0::/docker/" A "/init.scope\n", CGROUP_CONTAINER, "docker", A, "", "/docker/" A},
    {"0::/docker/" A "/system.slice/docker.service\n", CGROUP_CONTAINER, "docker", A, "",
     "/docker/" A},
    {"0::/actions_job/" A "\n", CGROUP_CONTAINER, "", A, "", "/actions_job/" A},
    {"2:cpu:/user.slice:docker:" A "\n", CGROUP_CONTAINER, "docker", A, "",
     "/user.slice:docker:" A},
    // Docker in Docker, Kubernetes in Docker
    {"0::/docker/" A "/docker/" B "\n", CGROUP_CONTAINER, "docker", B, "",
     "/docker/" A "/docker/" B},
    {"0::/docker/" A "/kubelet/kubepods/besteffort/pod" UID_DASH "/" B "\n", CGROUP_CONTAINER,
     "containerd", B, UID_DASH, "/docker/" A "/kubelet/kubepods/besteffort/pod" UID_DASH "/" B},
    // Kubernetes
    {"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_LOW
     ".slice/cri-containerd-" A ".scope\n",
     CGROUP_CONTAINER, "containerd", A, UID_DASH,
     "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_LOW
     ".slice/cri-containerd-" A ".scope"},
    {"0::/kubepods.slice/kubepods-pod" UID_LOW ".slice/crio-" A ".scope/container\n",
     CGROUP_CONTAINER, "crio", A, UID_DASH,
     "/kubepods.slice/kubepods-pod" UID_LOW ".slice/crio-" A ".scope"},
    {"5:pids:/kubepods/pod" UID_DASH "/crio-" A "\n", CGROUP_CONTAINER, "crio", A, UID_DASH,
     "/kubepods/pod" UID_DASH "/crio-" A},
    {"0::/kubepods.slice/kubepods-pod" UID_LOW ".slice/docker-" A ".scope\n", CGROUP_CONTAINER,
     "docker", A, UID_DASH, "/kubepods.slice/kubepods-pod" UID_LOW ".slice/docker-" A ".scope"},
    {"7:cpu:/system.slice/containerd.service/kubepods-pod" UID_LOW ".slice:cri-containerd:" A "\n",
     CGROUP_CONTAINER, "containerd", A, NULL, NULL},
    {"0::/system.slice/nerdctl-" A ".scope\n", CGROUP_CONTAINER, "containerd", A, "",
     "/system.slice/nerdctl-" A ".scope"},
    // Podman, rootful and rootless, both drivers; its monitor is no container
    {"0::/machine.slice/libpod-" A ".scope/container\n", CGROUP_CONTAINER, "podman", A, "",
     "/machine.slice/libpod-" A ".scope"},
    {"0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" A ".scope\n",
     CGROUP_CONTAINER, "podman", A, "",
     "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" A ".scope"},
    {"8:pids:/libpod_parent/libpod-" A "\n", CGROUP_CONTAINER, "podman", A, "",
     "/libpod_parent/libpod-" A},
    // In a pod, which is no container around it.
    {"8:pids:/libpod_parent/" B "/libpod-" A "\n", CGROUP_CONTAINER, "podman", A, "",
     "/libpod_parent/" B "/libpod-" A},
    {"0::/machine.slice/libpod-conmon-" A ".scope\n", CGROUP_GENERAL, "",
     "libpod-conmon-" A ".scope", "", NULL},
    // LXC 2, 3, 4; with systemd inside; its monitor is no container
    {"0::/lxc.payload.web/system.slice/nginx.service\n", CGROUP_CONTAINER, "lxc", "web", "",
     "/lxc.payload.web"},
    {"3:cpuset:/lxc.payload/web\n", CGROUP_CONTAINER, "lxc", "web", "", "/lxc.payload/web"},
    {"3:cpuset:/lxc/web/ns\n", CGROUP_CONTAINER, "lxc", "web", "", "/lxc/web"},
    {"0::/lxc.payload.web-1.2_x\n", CGROUP_CONTAINER, "lxc", "web-1.2_x", "", NULL},
    {"0::/lxc.monitor.web\n", CGROUP_HOST, "", "", "", ""},
    // systemd-nspawn, libvirt
    {"0::/machine.slice/machine-web\\x2d1.scope/payload\n", CGROUP_CONTAINER, "nspawn", "web-1", "",
     "/machine.slice/machine-web\\x2d1.scope"},
    {"0::/machine.slice/systemd-nspawn@web.service/payload/init.scope\n", CGROUP_CONTAINER,
     "nspawn", "web", "", "/machine.slice/systemd-nspawn@web.service"},
    {"0::/machine.slice/machine-lxc\\x2d4711\\x2dweb.scope\n", CGROUP_CONTAINER, "libvirt", "web",
     "", NULL},
    {"0::/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator\n", CGROUP_HOST, "", "",
     "", NULL},
    {"0::/user.slice/crun-web.scope\n", CGROUP_CONTAINER, "crun", "web", "", NULL},
    // generally: RUNTIME/NAME
    {"4:memory:/scratch/web\n1:cpu:/scratch/web\n0::/\n", CGROUP_GENERAL, "scratch", "web", "",
     "/scratch/web"},
    {"4:memory:/a/b/scratch/web\n1:cpu:/x/y\n", CGROUP_GENERAL, "scratch", "web", "",
     "/a/b/scratch/web"},
    {"1:cpu:/x/y\n4:memory:/a/b/scratch/web\n", CGROUP_GENERAL, "scratch", "web", "", NULL},
    {"0::/default/web\n", CGROUP_GENERAL, "containerd", "web", "", "/default/web"},
    {"0::/web\n", CGROUP_GENERAL, "", "web", "", "/web"},
    {"0::/system.slice/nginx.service\n", CGROUP_GENERAL, "", "nginx.service", "", NULL},
    {"0::/user.slice/user-0.slice/session-3.scope\n", CGROUP_GENERAL, "", "session-3.scope", "",
     NULL},
    {"0::/../web\n", CGROUP_GENERAL, "", "web", "", NULL},
    // an engine's way goes before a deeper path that is none
    {"4:memory:/a/b/c/d/e\n1:cpu:/docker/" A "\n", CGROUP_CONTAINER, "docker", A, "", "/docker/" A},
    // nothing
    {"0::/\n", CGROUP_HOST, "", "", "", NULL},
    {"4:memory:/\n0::/\n", CGROUP_HOST, "", "", "", NULL},
    {"", CGROUP_HOST, "", "", "", NULL},
    // no such lines, or ids that only look like some
    {"docker/" A "\n", CGROUP_HOST, "", "", "", NULL},
    {"0::docker/" A "\n", CGROUP_HOST, "", "", "", NULL},
    {"0:docker\n\n:\n::\n", CGROUP_HOST, "", "", "", NULL},
    {"0::/docker/" A16 "\n", CGROUP_GENERAL, "docker", A16, "", NULL},
    {"0::/docker/" A "0\n", CGROUP_GENERAL, "docker", A "0", "", NULL},
    {"0::/docker/0123456789ABCDEF" A16 A16 A16 "\n", CGROUP_GENERAL, "docker", NULL, "", NULL},
    {"0::/system.slice/docker-" A16 ".scope\n", CGROUP_GENERAL, "", NULL, "", NULL},
    {"0::/x/libpod-.scope\n", CGROUP_GENERAL, "", NULL, "", NULL},
    {"0::/x/lxc.payload.\n", CGROUP_GENERAL, "x", "lxc.payload.", "", NULL},
    {"0:::a:b:" A, CGROUP_HOST, "", "", "", NULL},
    {"0::/a:b:c:" A "\n", CGROUP_GENERAL, "", NULL, "", NULL},
    // hostile names come out clean
    {"0::/lxc.payload.a\033[2Jb\n", CGROUP_CONTAINER, "lxc", "a\xef\xbf\xbd[2Jb", "",
     "/lxc.payload.a\033[2Jb"},
    {"0::/scr\aatch/\xff\n", CGROUP_GENERAL,
     "scr\xef\xbf\xbd"
     "atch",
     "\xef\xbf\xbd", "", NULL},
    {"0::/machine.slice/machine-a\\x1b\\x5b.scope\n", CGROUP_CONTAINER, "nspawn", "a\xef\xbf\xbd[",
     "", NULL},
    {"0::/machine.slice/machine-a\\x.scope\n", CGROUP_CONTAINER, "nspawn", "a\\x", "", NULL},
};

START_TEST(test_identify)
{
    struct cgroup_identity identity;

    cgroup_identify(cases[_i].text, NULL, &identity);
    ck_assert_msg(identity.kind == cases[_i].kind, "%s: kind %d", cases[_i].text, identity.kind);
    ck_assert_str_eq(identity.runtime, cases[_i].runtime);
    if (cases[_i].id)
        ck_assert_str_eq(identity.id, cases[_i].id);
    if (cases[_i].pod)
        ck_assert_str_eq(identity.pod_uid, cases[_i].pod);
    if (cases[_i].path)
        ck_assert_str_eq(identity.path, cases[_i].path);
}
END_TEST

// In which hierarchy the path is.
START_TEST(test_controllers)
{
    struct cgroup_identity identity;

    cgroup_identify("4:memory:/a\n2:cpu,cpuacct:/docker/" A "\n1:name=systemd:/b/c\n0::/\n", NULL,
                    &identity);
    ck_assert_str_eq(identity.controllers, "cpu,cpuacct");
    cgroup_identify("4:memory:/a\n1:name=systemd:/a/b\n0::/c\n", NULL, &identity);
    ck_assert_str_eq(identity.controllers, "name=systemd");
    cgroup_identify("4:memory:/a\n0::/lxc.payload.web:2\n", NULL, &identity);
    ck_assert_str_eq(identity.controllers, "");
}
END_TEST

// The session's own cgroup is no container's, an engine's is, whoever asks.
START_TEST(test_own)
{
    static const char own[] = "4:memory:/jobs/42\n1:cpu:/\n0::/\n";
    struct cgroup_identity identity;

    cgroup_identify(own, own, &identity);
    ck_assert_int_eq(identity.kind, CGROUP_HOST);
    cgroup_identify("4:memory:/jobs/42\n1:cpu:/scratch/x\n0::/\n", own, &identity);
    ck_assert_int_eq(identity.kind, CGROUP_GENERAL);
    ck_assert_str_eq(identity.path, "/scratch/x");
    cgroup_identify("4:memory:/jobs/421\n", own, &identity);
    ck_assert_str_eq(identity.path, "/jobs/421");
    cgroup_identify("0::/docker/" A "\n", "0::/docker/" A "\n", &identity);
    ck_assert_int_eq(identity.kind, CGROUP_CONTAINER);
}
END_TEST

#define C16 "00112233445566aa"
#define C   C16 C16 C16 C16

// Who may write to the groups' filesystem may be in several containers, or make some in its own.
static const struct {
    const char *text, *own, *id, *outer;
    bool contested;
} claims[] = {
    {"4:memory:/docker/" A "\n3:cpuset:/docker/" A "\n0::/\n", NULL, A, "", false},
    {"4:memory:/docker/" A "\n1:name=systemd:/docker/" B "\n", NULL, A, "", true},
    {"1:name=systemd:/docker/" B "\n4:memory:/docker/" A "\n0::/\n", NULL, B, "", true},
    {"4:memory:/docker/" A "\n1:name=systemd:/docker/" B "/deeper\n", NULL, A, "", true},
    {"4:memory:/docker/" A "\n0::/lxc.payload.web\n", NULL, A, "", true},
    {"4:memory:/docker/" A "\n0::/scratch/web\n", NULL, A, "", false},
    // one engine, two ways of writing: no contradiction
    {"4:memory:/docker/" A "\n0::/system.slice/docker-" A ".scope\n", NULL, A, "", false},
    // nested: an inner engine need not use every hierarchy
    {"4:memory:/docker/" A "/docker/" B "\n1:name=systemd:/docker/" A "\n", NULL, B, A, false},
    {"1:name=systemd:/docker/" A "/x\n4:memory:/docker/" A "/docker/" B "\n", NULL, B, A, false},
    {"4:memory:/docker/" A "/docker/" B "\n1:cpu:/docker/" C "\n", NULL, B, A, true},
    {"4:memory:/docker/" A "/docker/" B "\n1:cpu:/docker/" B "\n", NULL, B, A, true},
    {"0::/docker/" A "/lxc.payload.web\n", NULL, "web", A, false},
    {"0::/lxc.payload.web/docker/" A "/docker/" B "\n", NULL, B, "web", false},
    {"0::/docker/" A "/machine-qemu\\x2d1.scope\n", NULL, A, "", false},
    // the host is itself in a container: what is below that is the host's
    {"0::/docker/" A "/docker/" B "\n", "0::/docker/" A "/init\n", B, "", false},
    {"0::/docker/" A "/docker/" B "\n", "4:cpu:/\n0::/docker/" A, B, "", false},
    {"0::/docker/" A "/docker/" B "/docker/" C "\n", "0::/docker/" A "\n", C, B, false},
    {"0::/docker/" A "/docker/" B "\n", "0::/docker/" A "0\n", B, A, false},
};

START_TEST(test_claims)
{
    struct cgroup_identity identity;

    cgroup_identify(claims[_i].text, claims[_i].own, &identity);
    ck_assert_int_eq(identity.kind, CGROUP_CONTAINER);
    ck_assert_str_eq(identity.id, claims[_i].id);
    ck_assert_str_eq(identity.outer, claims[_i].outer);
    ck_assert_msg(identity.contested == claims[_i].contested, "%s", claims[_i].text);
}
END_TEST

// Longer than any cgroup's path: left out, not cut into another container's.
START_TEST(test_too_long)
{
    static const char tail[] = "\n0::/docker/" A "\n";
    struct cgroup_identity identity;
    char text[2 * CGROUP_PATH_SIZE + sizeof tail];

    memset(text, 'a', sizeof text);
    memcpy(text, "0::/docker/", 11);
    memcpy(text + sizeof text - sizeof tail, tail, sizeof tail);
    cgroup_identify(text, NULL, &identity);
    ck_assert_int_eq(identity.kind, CGROUP_CONTAINER);
    ck_assert_str_eq(identity.id, A);
    text[sizeof text - sizeof tail] = '\0';
    cgroup_identify(text, NULL, &identity);
    ck_assert_int_eq(identity.kind, CGROUP_HOST);
}
END_TEST

START_TEST(test_below)
{
    ck_assert(cgroup_path_is_below("/a/b", "/a/b"));
    ck_assert(cgroup_path_is_below("/a/b/c", "/a/b"));
    ck_assert(!cgroup_path_is_below("/a/bc", "/a/b"));
    ck_assert(!cgroup_path_is_below("/a", "/a/b"));
    ck_assert(cgroup_id_is_hex(A));
    ck_assert(!cgroup_id_is_hex(A16));
    ck_assert(!cgroup_id_is_hex(A "0"));
    ck_assert(!cgroup_id_is_hex(""));
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_loop_test(tests, test_identify, 0, ARRAY_SIZE(cases));
    tcase_add_loop_test(tests, test_claims, 0, ARRAY_SIZE(claims));
    tcase_add_test(tests, test_controllers);
    tcase_add_test(tests, test_own);
    tcase_add_test(tests, test_too_long);
    tcase_add_test(tests, test_below);
}

int main(void)
{
    return run_suite("cgroup_path", add);
}
