// What an engine could tell of a host with four containers.
#ifndef DAVIT_TESTS_VIEWS_NEWS_H
#define DAVIT_TESTS_VIEWS_NEWS_H

#include "views_fixture.h"

static const char hello[] =
    "{\"protocol\":1,\"version\":\"0.1\",\"host\":\"node7\",\"user\":\"root\",\"uid\":0,"
    "\"privileged\":true,\"read_only\":false}";

// The first two lost something or not, the third is paused.
static const char containers[] =
    "{\"whole\":true,\"set\":["
    "{\"key\":\"containerd/3fa9c1\",\"id\":\"3fa9c1\",\"name\":\"app\","
    "\"pod\":\"shop/api-7d9f8b6c5d-x2lqz\",\"runtime\":\"containerd\",\"state\":\"running\","
    "\"started\":\"2026-03-12T01:00:00Z\",\"pid\":4711,\"start_time\":11,\"attached_count\":1},"
    "{\"key\":\"containerd/77aa01\",\"id\":\"77aa01\",\"name\":\"app\","
    "\"pod\":\"shop/api-7d9f8b6c5d-k88vm\",\"runtime\":\"containerd\",\"state\":\"running\","
    "\"started\":\"2026-03-12T02:59:48Z\",\"pid\":4712,\"start_time\":12,\"attached_count\":0},"
    "{\"key\":\"docker/aa\",\"id\":\"aa\",\"name\":\"edge-api\",\"runtime\":\"docker\","
    "\"state\":\"paused\",\"started\":\"2026-03-03T02:59:48Z\",\"pid\":4713,\"start_time\":13,"
    "\"attached_count\":0},"
    "{\"key\":\"docker/bb\",\"id\":\"bb\",\"name\":\"web\",\"runtime\":\"docker\","
    "\"state\":\"running\",\"pid\":4714,\"start_time\":14,\"attached_count\":null}],"
    "\"runtimes\":[{\"name\":\"proc\",\"state\":\"connected\"},"
    "{\"name\":\"docker\",\"state\":\"unreachable\",\"endpoint\":\"/run/docker.sock\","
    "\"error\":\"no answer in 1.5 s\",\"hint\":\"systemctl status docker\","
    "\"names_from_disk\":true}],\"unreadable\":0}";

static const char filesystems[] =
    "{\"filesystems\":["
    "{\"mount_point\":\"/\",\"device\":\"/dev/sda2\",\"major_minor\":\"8:2\",\"sub_root\":\"/\","
    "\"type\":\"ext4\",\"size\":21474836480,\"used\":12884901888,\"avail\":8589934592,"
    "\"usage\":\"read\",\"usage_at\":\"2026-03-12T02:55:00Z\",\"label\":\"root\","
    "\"uuid\":\"11111111-2222-3333-4444-555555555555\",\"model\":\"QEMU\",\"transport\":\"sata\"},"
    "{\"mount_point\":\"/srv/nas\",\"device\":\"nas:/vol1\",\"major_minor\":\"0:50\","
    "\"sub_root\":\"/\",\"type\":\"nfs4\",\"usage\":\"not-answering\","
    "\"usage_at\":\"2026-03-12T02:58:00Z\"}]}";

static const char mounts[] =
    "{\"container\":\"containerd/3fa9c1\",\"mounts\":["
    "{\"target\":\"/\",\"device\":\"overlay\",\"sub_root\":\"/\",\"type\":\"overlay\","
    "\"origin\":\"image\",\"mount_id\":1},"
    "{\"target\":\"/data\",\"device\":\"nas:/vol1\",\"sub_root\":\"/\",\"type\":\"nfs4\","
    "\"origin\":\"declared\",\"mount_id\":2,\"stale\":true,\"major_minor\":\"0:50\"},"
    "{\"target\":\"/etc/hosts\",\"device\":\"/dev/sda2\","
    "\"sub_root\":\"/var/lib/containers/3fa9c1/hosts\",\"type\":\"ext4\","
    "\"origin\":\"declared\",\"mount_id\":3},"
    "{\"target\":\"/mnt/log\",\"device\":\"/dev/sda2\",\"sub_root\":\"/var/log/app\","
    "\"type\":\"ext4\",\"read_only\":true,\"origin\":\"attached\",\"id\":\"0123456789ab\","
    "\"mount_id\":4}],\"error\":null}";

static const char journal[] =
    "{\"whole\":true,\"events\":["
    "{\"at\":\"2026-03-12T02:50:00Z\",\"id\":\"00000000000a\",\"operation\":\"attach\","
    "\"line\":\"done\",\"container\":\"app\",\"target\":\"/mnt/log\",\"source\":\"/var/log/app\","
    "\"result\":\"ok\",\"by\":\"mara\"},"
    "{\"at\":\"2026-03-12T02:59:48Z\",\"id\":\"00000000000a\",\"operation\":\"attach\","
    "\"line\":\"gone\",\"container\":\"app\",\"target\":\"/mnt/log\",\"source\":\"/var/log/app\","
    "\"result\":\"container restarted\",\"by\":\"mara\"},"
    "{\"at\":\"2026-03-12T02:59:50Z\",\"id\":\"00000000000b\",\"operation\":\"attach\","
    "\"line\":\"gone\",\"container\":\"app\",\"target\":\"/opt\",\"source\":\"/opt\","
    "\"result\":\"detached\",\"by\":\"mara\"}],"
    "\"attachments\":["
    "{\"id\":\"0123456789ab\",\"container\":\"app\",\"container_id\":\"3fa9c1\","
    "\"runtime\":\"containerd\",\"by\":\"mara\",\"state\":\"live\",\"source\":\"/var/log/app\","
    "\"target\":\"/mnt/log\",\"since\":\"2026-03-12T02:00:00Z\"},"
    "{\"id\":\"00000000000a\",\"container\":\"app\",\"container_id\":\"77aa01\","
    "\"runtime\":\"containerd\",\"by\":\"mara\",\"state\":\"gone\",\"source\":\"/var/log/app\","
    "\"target\":\"/mnt/log\",\"since\":\"2026-03-12T02:50:00Z\",\"options\":[\"ro\",\"nosuid\"]}]}";

static inline void tell_all(struct fixture *f)
{
    fixture_hello(f, hello);
    fixture_news(f, "containers", containers);
    fixture_news(f, "filesystems", filesystems);
    fixture_news(f, "journal", journal);
    fixture_news(f, "mounts", mounts);
}

#endif
