#!/usr/bin/env bats
# What one container has, shown to others: a container's path as a source, and shares on the host.

load lab

web=$(named web)
api=$(named api)

# May mount by itself, FUSE too: `web` gives, `api` takes.
setup_file() {
    lab_begin
    container "$(named web)" --device /dev/fuse --cap-add SYS_ADMIN --security-opt seccomp=unconfined
    container "$(named api)"
    cp "$LAB_TOOLS/fuse" "/proc/$(pid_of "$(named web)")/root/fuse"
    inside "$(named web)" sh -ec '
        mkdir -p /srv/tmp /srv/fuse /srv/plain/a
        echo plain >/srv/plain/a/file
        mount -t tmpfs -o size=1m,mode=0711 made-inside /srv/tmp
        mkdir -p /srv/tmp/a/b
        echo tmpfs >/srv/tmp/a/b/file'
    docker exec "$(named web)" /fuse /srv/fuse >"$SUITE_DIR/fuse.ready"
}

teardown_file() {
    local server
    server=$(cut -d ' ' -f 2 "$SUITE_DIR/fuse.ready")
    docker exec "$(named web)" kill -TERM "$server"
    lab_end
}

setup() {
    STATE=$STATE-$BATS_TEST_NUMBER
    snapshot_tables "$web" "$api"
}

# row NAME TARGET: device and root of the mount there, as that container's own table has them.
row() {
    awk -v at="$2" '$5 == at { print $3, $4 }' "/proc/$(pid_of "$1")/mountinfo"
}

# --- a container's path as a source -----------------------------------------------------------

@test "a tmpfs made inside one container, its sub-path too, seen in another" {
    local dev
    davit_exits 0 attach "$web:/srv/tmp/a" "$api:/mnt/it" --json
    json '.results[0] | .ok and .verified and .method == "tree" and .device == "made-inside"
        and .sub_root == "/" and .sub_path == "/a"'
    dev=$(row "$web" /srv/tmp)
    assert_container_mounts "$api" /mnt/it rw,nosuid,nodev "${dev% *} /a"
    assert_host_unchanged
    assert_container_unchanged "$web"
    [[ $(inside "$api" cat /mnt/it/b/file) == tmpfs ]]
    inside "$api" sh -c 'echo back >/mnt/it/b/new'
    [[ $(inside "$web" cat /srv/tmp/a/b/new) == back ]]
    davit_exits 0 status --json
    json '.attachments[0] | .source == $from and (.provider.container | length > 0)
        and .provider.pid == $pid and .provider.gone == false' \
        --arg from "$web:/srv/tmp/a" --argjson pid "$(pid_of "$web")"
    davit_exits 0 detach "$api:/mnt/it"
    assert_tables_unchanged "$web" "$api"
    # An undone detach attaches it again, from where it was.
    davit_exits 0 undo --yes
    assert_container_mounts "$api" /mnt/it rw,nosuid,nodev "${dev% *} /a"
    davit_exits 0 detach "$api:/mnt/it"
    assert_tables_unchanged "$web" "$api"
}

@test "FUSE, a bind of the image's own and the overlay root, read-only too" {
    local from path text
    for from in /srv/fuse:f:fuse /srv/plain/a:file:plain /etc:passwd:root; do
        IFS=: read -r path file text <<<"$from"
        davit_exits 0 attach --ro "$web:$path" "$api:/mnt/it" --json
        json '.results[0] | .ok and .read_only and .verified'
        [[ $(inside "$api" cat "/mnt/it/$file") == "$text"* ]]
        run inside "$api" touch /mnt/it/new
        [[ $status -ne 0 && $output == *"Read-only file system"* ]]
        assert_host_unchanged
        assert_container_unchanged "$web"
        davit_exits 0 detach "$api:/mnt/it"
        assert_tables_unchanged "$web" "$api"
    done
}

@test "mounts below it are listed and left out, or taken along; detached whole" {
    davit_exits 0 attach --dry-run "$web:/srv" "$api:/mnt/it"
    says "enter the mount namespace of $web"
    says "left out: /srv/tmp (made-inside)"
    assert_tables_unchanged "$web" "$api"
    davit_exits 0 attach -R --ro "$web:/srv" "$api:/mnt/it"
    assert_container_mounts "$api" /mnt/it ro,nosuid,nodev "$(row "$web" / | cut -d ' ' -f 1) /srv" \
        /mnt/it/tmp ro,nosuid,nodev "$(row "$web" /srv/tmp)" \
        /mnt/it/fuse ro,nosuid,nodev "$(row "$web" /srv/fuse)"
    assert_host_unchanged
    assert_container_unchanged "$web"
    davit_exits 0 detach "$api:/mnt/it"
    assert_tables_unchanged "$web" "$api"
}

@test "a hostile source path never leaves its container" {
    inside "$web" sh -c 'ln -sfn ../../../../../../../etc /srv/up; ln -sfn /proc/1/root/etc /srv/magic
        ln -sfn /nowhere /srv/nowhere'
    davit_exits 0 attach --ro "$web:/srv/up" "$api:/mnt/it"
    [[ $(inside "$api" cat /mnt/it/passwd) == "$(inside "$web" cat /etc/passwd)" ]]
    davit_exits 0 detach "$api:/mnt/it"
    davit_refuses 6 unsafe attach "$web:/srv/magic" "$api:/mnt/it"
    davit_refuses 6 unsafe attach "$web:/srv/nowhere" "$api:/mnt/it"
    davit_refuses 3 no-path attach "$web:/srv/absent" "$api:/mnt/it"
    davit_refuses 3 no-container attach "$web-other:/srv" "$api:/mnt/it"
    davit_refuses 6 unsafe attach -R "$web:/" "$api:/mnt/it"
    assert_tables_unchanged "$web" "$api"
    assert_absent_inside "$api" /mnt/it
}

@test "its container is gone: what was attached stays, and is said to be without its origin" {
    local giver
    giver=$(named giver)
    container "$giver"
    nsenter --target "$(pid_of "$giver")" --mount --root -- mount -t tmpfs gone /mnt
    inside "$giver" sh -c 'echo still >/mnt/file'
    davit_exits 0 attach "$giver:/mnt" "$api:/mnt/it"
    remove_container "$giver"
    davit_exits 0 status --json
    json '.attachments[0] | .state == "live" and .provider.gone'
    davit_exits 0 status
    says "$giver, whose mount it is, has stopped"
    [[ $(inside "$api" cat /mnt/it/file) == still ]]
    davit_exits 0 detach "$api:/mnt/it"
    assert_tables_unchanged "$web" "$api"
    # There is nothing left to attach again.
    davit_exits 3 undo --yes
    says "has stopped or restarted since"
    assert_tables_unchanged "$web" "$api"
}

@test "a user namespace: mounts that are locked there are taken along or not at all" {
    local pid
    setsid unshare --user --map-root-user --mount --fork --kill-child -- sh -c '
        mount -t tmpfs locked /mnt && mkdir /mnt/sub && mount -t tmpfs below /mnt/sub &&
        echo locked >/mnt/sub/file && unshare --user --map-root-user --mount sh -c "
            echo \$\$ >'"$SUITE_DIR"'/locked; exec sleep 1000000"' \
        >/dev/null 2>&1 3>&- 4>&- &
    local guard=$!
    until_true 10 test -s "$SUITE_DIR/locked"
    pid=$(<"$SUITE_DIR/locked")
    davit_refuses 6 unsafe attach "pid:$pid:/mnt" "$api:/mnt/it"
    says "--recursive takes them along"
    assert_tables_unchanged "$web" "$api"
    davit_exits 0 attach -R --ro "pid:$pid:/mnt" "$api:/mnt/it"
    [[ $(inside "$api" cat /mnt/it/sub/file) == locked ]]
    assert_host_unchanged
    davit_exits 0 detach "$api:/mnt/it"
    stop_process "$pid"
    kill "$guard" 2>/dev/null || true
    assert_tables_unchanged "$web" "$api"
}
