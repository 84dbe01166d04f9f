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
    until_true 20 test -s "$SUITE_DIR/locked"
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

# --- a share on the host ------------------------------------------------------------------------

locked_down=rw,nosuid,nodev,noexec,nosymfollow

@test "a share: one more mount on the host, its flags; status, events, undo, detach" {
    local at=$SUITE_DIR/shown
    davit_exits 0 share --dry-run "$web:/srv/tmp/a" "$at"
    says "the host's mount table changes: 1 more in it"
    assert_tables_unchanged "$web" "$api"
    davit_exits 0 share "$web:/srv/tmp/a" "$at" --json
    json '.results[0] | .ok and .verified and .container == "host" and .sub_path == "/a"
        and .method == "tree"
        and ["rw", "nosuid", "nodev", "noexec", "nosymfollow"] == .options'
    assert_host_has "$at $locked_down $(row "$web" /srv/tmp | cut -d ' ' -f 1) /a"
    assert_container_unchanged "$web" "$api"
    [[ $(<"$at/b/file") == tmpfs ]]
    inside "$web" ln -s /etc/passwd /srv/tmp/a/link
    run cat "$at/link"
    [[ $status -ne 0 && $output == *"symbolic links"* ]]
    davit_exits 0 status --json
    json '.attachments | length == 1 and (.[0] | .operation == "share" and .state == "live"
        and .container == "host" and .target == $at and .provider.pid == $pid)' \
        --arg at "$at" --argjson pid "$(pid_of "$web")"
    davit_exits 0 undo --yes
    assert_tables_unchanged "$web" "$api"
    [[ ! -e $at ]]
    davit_exits 0 undo --yes
    assert_host_has "$at $locked_down $(row "$web" /srv/tmp | cut -d ' ' -f 1) /a"
    davit_exits 0 events
    says "share $web:/srv/tmp/a → host:$at: ok"
    davit_exits 0 detach --yes "$at"
    assert_tables_unchanged "$web" "$api"
    [[ ! -e $at ]]
}

@test "FUSE and the overlay root of a container, read-only, with set-user-ID and devices, on the host" {
    local at=$SUITE_DIR/there
    mkdir "$at"
    davit_exits 0 share --ro "$web:/srv/fuse" "$at"
    assert_host_has "$at ro${locked_down#rw} $(row "$web" /srv/fuse)"
    [[ $(<"$at/f") == fuse ]]
    davit_exits 0 detach --yes "$at"
    davit_exits 0 share --suid --dev "$web:/srv/plain" "$at"
    assert_host_has "$at rw,noexec,nosymfollow $(row "$web" / | cut -d ' ' -f 1) /srv/plain"
    [[ $(<"$at/a/file") == plain ]]
    davit_exits 0 detach --yes "$at"
    assert_tables_unchanged "$web" "$api"
    # What was there before stays.
    rmdir "$at"
}

@test "where a share must not go" {
    local at=$SUITE_DIR/nowhere
    davit_refuses 6 unsafe share "$web:/srv/tmp" /
    davit_refuses 6 unsafe share "$web:/srv/tmp" /proc/here
    davit_refuses 6 unsafe share "$web:/srv/tmp" /sys
    davit_refuses 6 unsafe share "$web:/srv/tmp" "$SOURCE"
    says "--force hides it"
    davit_refuses 6 wrong-type share "$web:/srv/plain/a/file" "$SUITE_DIR"
    davit_refuses 3 no-path share --no-mkdir "$web:/srv/tmp" "$at"
    davit_refuses 2 usage share "$SOURCE" "$at"
    davit_refuses 2 usage share "$web:/srv/tmp" relative
    # Somebody else's link, where that one may write.
    mkdir "$SUITE_DIR/roots"
    ln -s roots "$at"
    davit_refuses 6 unsafe share "$web:/srv/tmp" "$at"
    says "leads to $SUITE_DIR/roots"
    davit_refuses 6 unsafe share --force "$web:/srv/tmp" "$at/below"
    rm "$at"
    rmdir "$SUITE_DIR/roots"
    assert_tables_unchanged "$web" "$api"
    [[ ! -e $at ]]
}

@test "on a shared mount: refused while another one would show it, unless it is forced" {
    local at=$SUITE_DIR/peers
    mkdir "$at" "$SUITE_DIR/other"
    mount -t tmpfs -o size=1m peers "$at"
    mount --make-shared "$at"
    mount --bind "$at" "$SUITE_DIR/other"
    snapshot_tables "$web" "$api"
    davit_refuses 6 unsafe share "$web:/srv/tmp/a" "$at/here"
    says "$SUITE_DIR/other"
    assert_tables_unchanged "$web" "$api"
    davit_exits 0 share --force "$web:/srv/tmp/a" "$at/here"
    [[ $(<"$SUITE_DIR/other/here/b/file") == tmpfs ]]
    davit_exits 0 detach --yes "$at/here"
    assert_tables_unchanged "$web" "$api"
    umount "$SUITE_DIR/other"
    snapshot_tables "$web" "$api"
    davit_exits 0 share "$web:/srv/tmp/a" "$at/here"
    davit_exits 0 detach --yes "$at/here"
    assert_tables_unchanged "$web" "$api"
    umount "$at"
}

@test "what is detached inside goes on showing on the host, and the detach says so" {
    local at=$SUITE_DIR/from
    davit_exits 0 attach "$SOURCE" "$web:/mnt/lent"
    davit_exits 0 share "$web:/mnt/lent" "$at"
    davit_exits 0 detach "$web:/mnt/lent"
    says "host:$at goes on showing what is here"
    [[ $(<"$at/file") == "from the host" ]]
    davit_exits 0 detach --yes "$at"
    assert_tables_unchanged "$web" "$api"
}

# giver: a container of its own with a tmpfs, shared at $at.
shared_giver() {
    giver=$(named "$1")
    at=$SUITE_DIR/$1
    container "$giver"
    nsenter --target "$(pid_of "$giver")" --mount --root -- mount -t tmpfs given /mnt
    davit_exits 0 share "$giver:/mnt" "$at"
    [[ $(</proc/self/mountinfo) != "$host_before" ]]
}

@test "the container stops: the next davit takes its share back, one that may not change says it" {
    shared_giver ends
    remove_container "$giver"
    davit_exits 0 status --no-changes --json
    json '.attachments[0] | .state == "live" and .provider.gone'
    davit_exits 0 ps
    says "$giver has stopped: its share at $at was taken back"
    assert_host_unchanged
    [[ ! -e $at ]]
    davit_exits 0 status --json
    json '.attachments[0].state == "gone"'
}

is_as_before() { [[ $(</proc/self/mountinfo) == "$host_before" ]]; }

@test "the container stops while an engine runs: its share is taken back at once" {
    local pipe=$SUITE_DIR/engine
    shared_giver watched
    mkfifo "$pipe"
    "${davit_words[@]}" engine --docker "$LAB_DIR/docker/s" --state-dir "$STATE" \
        <"$pipe" >"$pipe.out" 2>&1 3>&- 4>&- &
    local engine=$!
    exec 9>"$pipe"
    printf '%s\n' '{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocol":1}}' \
        '{"jsonrpc":"2.0","id":2,"method":"watch","params":{"containers":true,"journal":true}}' >&9
    until_true 20 grep -q "$giver" "$pipe.out"
    remove_container "$giver"
    until_true 20 is_as_before
    exec 9>&-
    wait "$engine"
    assert_host_unchanged
    [[ ! -e $at ]]
}

# --- SIGKILL -------------------------------------------------------------------------------------

@test "killed at any call of a share: it is whole, or the next davit takes it back" {
    local n total at=$SUITE_DIR/killed whole=0 restored=0 stride=2 wrap
    [[ $DAVIT_PASS == plain ]] || stride=6
    local from=pid:$(pid_of "$web"):/srv/tmp/a
    wrap=("$LAB_TOOLS/killat" --acts --trace -o "$SUITE_DIR/calls")
    davit_exits 0 share "$from" "$at"
    total=$(sed -n 's/^ended 0 after \([0-9]*\) calls$/\1/p' "$SUITE_DIR/calls")
    wrap=()
    davit_exits 0 detach --yes "$at"
    for ((n = 1; n < total; n += stride)); do
        wrap=("$LAB_TOOLS/killat" --acts -o "$SUITE_DIR/killed.out" "$n")
        davit share "$from" "$at" >/dev/null 2>&1 || true
        wrap=()
        if [[ $(stat -c %s "$STATE/lock") -eq 0 && ! -e $at ]]; then
            continue
        fi
        davit_exits 0 status --json
        if [[ -e $at ]]; then
            assert_host_has "$at $locked_down $(row "$web" /srv/tmp | cut -d ' ' -f 1) /a"
            whole=$((whole + 1))
            davit_exits 0 detach --yes "$at"
        else
            restored=$((restored + 1))
        fi
        assert_tables_unchanged "$web" "$api"
        [[ -z $(find "$SUITE_DIR" -maxdepth 1 -name '.davit-*') ]]
    done
    echo "# $total calls: $restored restored, $whole whole" >&3
    ((restored > 0 && whole > 0))
}
