#!/usr/bin/env bats
# The same attach and detach on every kind of container that docker can make.

load lab

setup_file() {
    lab_begin
    # One that always runs: a daemon of which no container is found here would be another host's.
    container "$(named always)"
}

teardown_file() {
    lab_end
}

teardown() {
    [[ -z ${box:-} || $box == chrooted-* ]] || remove_container "$box"
}

# box [DOCKER RUN ARGS…]: the container of one test.
box() {
    box=$(named "box-$BATS_TEST_NUMBER")
    container "$box" "$@"
    snapshot_tables "$box"
}

# round TARGET: attach, look, detach, look.
round() {
    davit_exits 0 attach "$SOURCE" "$box:$1"
    assert_attached "$box" "$1" rw,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$box:$1"
    assert_tables_unchanged "$box"
}

@test "read-only root: onto a directory that is there" {
    box --read-only
    round /mnt
}

@test "read-only root: a missing target is refused, and --mkdir makes it" {
    box --read-only
    davit_exits 3 attach "$SOURCE" "$box:/mnt/new"
    says --mkdir
    assert_tables_unchanged "$box"
    davit_exits 0 attach --mkdir "$SOURCE" "$box:/mnt/new"
    assert_attached "$box" /mnt/new rw,nosuid,nodev "$SOURCE"
    # The root itself did not become writable.
    run inside "$box" touch /mnt/other
    [[ $status -ne 0 && $output == *"Read-only file system"* ]]
    davit_exits 0 detach "$box:/mnt/new"
    assert_tables_unchanged "$box"
    assert_absent_inside "$box" /mnt/new
}

@test "one static program is the whole image: no shell, no /etc, no mount" {
    IMAGE=static:local box
    round /data/set
    assert_absent_inside "$box" /data
}

@test "paused: attached while it cannot run, and seen when it goes on" {
    box
    docker pause "$box" >/dev/null
    davit_exits 0 attach "$SOURCE" "$box:/mnt/paused" --json
    json '.results[0].ok and .results[0].verified'
    assert_attached "$box" /mnt/paused rw,nosuid,nodev "$SOURCE"
    docker unpause "$box" >/dev/null
    [[ $(docker exec "$box" cat /mnt/paused/file) == "from the host" ]]
    docker pause "$box" >/dev/null
    davit_exits 0 detach "$box:/mnt/paused"
    docker unpause "$box" >/dev/null
    assert_tables_unchanged "$box"
}

@test "with the host's pid namespace" {
    box --pid=host
    round /mnt/pid
}

@test "with every capability" {
    box --cap-add ALL --cap-drop SYS_RESOURCE --security-opt seccomp=unconfined
    round /mnt/caps
}

@test "with every capability, root inside can undo --ro: it is said" {
    box --cap-add ALL --cap-drop SYS_RESOURCE --security-opt seccomp=unconfined
    davit_exits 0 attach --ro "$SOURCE" "$box:/mnt/ro" --json
    json '.results[0] | .ok and .read_only'
    assert_container_mounts "$box" /mnt/ro ro,nosuid,nodev "$SOURCE"
    assert_host_unchanged
    davit_exits 0 detach "$box:/mnt/ro"
    assert_tables_unchanged "$box"
}

@test "another user and no capability at all" {
    chmod 0755 "$SOURCE"
    box --user 1000:1000 --cap-drop ALL
    davit_exits 0 attach "$SOURCE" "$box:/mnt/user" --json
    json '.results[0].ok'
    [[ $(docker exec "$box" cat /mnt/user/file) == "from the host" ]]
    assert_container_mounts "$box" /mnt/user rw,nosuid,nodev "$SOURCE"
    assert_host_unchanged
    davit_exits 0 detach "$box:/mnt/user"
    assert_tables_unchanged "$box"
}

@test "what the container's user may not read is warned of" {
    mkdir -p "$SUITE_DIR/locked"
    chmod 0700 "$SUITE_DIR/locked"
    box --user 1000:1000 --cap-drop ALL
    davit_exits 0 attach "$SUITE_DIR/locked" "$box:/mnt/locked" --json
    json '.results[0] | .ok and (.warnings | length > 0) and any(.warnings[]; test("1000"))'
    run docker exec "$box" ls /mnt/locked
    [[ $status -ne 0 ]]
    davit_exits 0 detach "$box:/mnt/locked"
    assert_tables_unchanged "$box"
}

@test "beside and inside a named volume" {
    box --volume data:/data
    round /srv/beside
    round /data/inside
}

@test "the limits of a small container do not stop it" {
    box --memory 8m --pids-limit 1
    round /mnt/small
}

# As engines do where pivot_root(2) is not possible, and wherever they run in a chroot.
@test "a container whose root is not the root of its mount namespace" {
    local pid unshared
    cp -a "$LAB_DIR/images/busybox" "$SUITE_DIR/root"
    unshare --mount --pid --fork --kill-child --propagation private sh -c \
        'mount --bind "$1" "$1" && cd "$1" && exec chroot . /bin/sleep 1000008' - \
        "$SUITE_DIR/root" 3>&- 4>&- &
    unshared=$!
    until_true 20 pgrep -P "$unshared" -x -f '/bin/sleep 1000008' >/dev/null
    pid=$(pgrep -P "$unshared")
    box=$(named chrooted)
    printf '%s %s\n' "$pid" none >"$SUITE_DIR/pids/$box"
    snapshot_tables "$box"
    davit_exits 0 attach --ro "$SOURCE" "pid:$pid:/mnt/new" --json
    json '.results[0] | .ok and .verified and .target == "/mnt/new"'
    [[ $(inside "$box" cat /mnt/new/file) == "from the host" ]]
    assert_host_unchanged
    assert_container_mounts "$box" /mnt/new ro,nosuid,nodev "$SOURCE"
    davit_exits 0 mounts "pid:$pid" --json
    json 'any(.mounts[]; .target == "/mnt/new" and .origin == "attached")'
    davit_exits 0 detach "pid:$pid:/mnt/new"
    assert_tables_unchanged "$box"
    assert_absent_inside "$box" /mnt/new
    kill -KILL "$unshared"
    rm "$SUITE_DIR/pids/$box"
    box=
}

@test "stopped and started again: what was attached is gone, and no target is left behind" {
    box
    davit_exits 0 attach "$SOURCE" "$box:/srv/lost"
    docker restart --time 0 "$box" >/dev/null
    container_started "$box"
    [[ $(grep -c ' /srv/lost ' "/proc/$(pid_of "$box")/mountinfo") -eq 0 ]]
    davit_exits 0 status --json
    json 'all(.attachments[]; .target != "/srv/lost" or .state == "gone")'
    snapshot_tables "$box"
    round /srv/lost
}

made_or_ended() {
    [[ -e /proc/$(pid_of "$box")/root/srv/during ]] || is_gone "$1"
}

# `docker restart` while davit stands before its move_mount: the old namespace is dead by then.
@test "restarted during the attach: nothing in the old one or the new one, and it is an error" {
    box
    local wrap=(strace --follow-forks --output "$SUITE_DIR/trace" --trace=move_mount
        --inject=move_mount:delay_enter=3000000) davit_pid status=0
    davit attach "$SOURCE" "$box:/srv/during" >"$SUITE_DIR/during" 2>&1 3>&- &
    davit_pid=$!
    # The last preparation is done when the target's directory is there.
    until_true 30 made_or_ended "$davit_pid"
    docker restart --time 0 "$box" >/dev/null
    wait "$davit_pid" || status=$?
    [[ $status -eq 3 || $status -eq 1 || $status -eq 8 ]] ||
        fail "exit code $status: $(<"$SUITE_DIR/during")"
    container_started "$box"
    [[ $(grep -c ' /srv/during ' "/proc/$(pid_of "$box")/mountinfo") -eq 0 ]]
    wrap=()
    davit_exits 0 status --json
    json 'all(.attachments[]; .target != "/srv/during" or .state == "gone")'
    snapshot_tables "$box"
    round /srv/again
}

@test "restarted again and again beside attach and detach: never on the host, never half" {
    box
    local i status restarts=$SUITE_DIR/restarts
    (for i in 1 2 3 4 5 6; do docker restart --time 0 "$box" >/dev/null; done
        : >"$restarts") 3>&- &
    local restarting=$!
    until [[ -e $restarts ]]; do
        status=0
        davit attach "$SOURCE" "$box:/srv/again" >"$SUITE_DIR/again" 2>&1 || status=$?
        [[ $status -eq 0 || $status -eq 1 || $status -eq 3 || $status -eq 8 ]] ||
            fail "attach: exit code $status" "$(<"$SUITE_DIR/again")"
        status=0
        davit detach "$box:/srv/again" >"$SUITE_DIR/again" 2>&1 || status=$?
        # Busy: a process that is being started or killed stands on it.
        [[ $status -eq 0 || $status -eq 1 || $status -eq 3 || $status -eq 4 ]] ||
            fail "detach: exit code $status" "$(<"$SUITE_DIR/again")"
        # A leak would be a mount of the source anywhere on the host.
        [[ $(grep -c "$(where "$SOURCE" | cut -d ' ' -f 2) /[^ ]*/srv/again " \
            /proc/self/mountinfo) -eq 0 ]]
    done
    wait "$restarting"
    container_started "$box"
    davit detach "$box:/srv/again" >/dev/null 2>&1 || true
    davit_exits 0 status --json
    json 'all(.attachments[]; .target != "/srv/again" or .state == "gone")'
    [[ $(grep -c ' /srv/again ' "/proc/$(pid_of "$box")/mountinfo") -eq 0 ]]
}

@test "a container that has stopped is an error that says so" {
    box
    docker kill "$box" >/dev/null
    davit_exits 3 attach "$SOURCE" "$box:/mnt/stopped"
    says "$box"
    assert_host_unchanged_by_davit
}

# The container's own mounts went with it; docker's lines of the host are left out.
assert_host_unchanged_by_davit() {
    [[ $(grep -c '/mnt/stopped' /proc/self/mountinfo) -eq 0 ]]
}
