#!/usr/bin/env bats
# Who the containers are: from /proc, from docker, and from what docker left on the disk when it
# does not answer.

load lab

web=$(named web)
one=$(named one)

setup_file() {
    lab_begin
    container "$(named web)"
    lab_dockerd down --live-restore
    lab_images "$LAB_DIR/down/s"
    SOCKET=$LAB_DIR/down/s container "$(named one)"
    export SCRATCH_DIR=$SUITE_DIR/scratch
}

teardown_file() {
    lab_dockerd_stop down
    rm -f "$SUITE_DIR/pids/$(named one)"
    lab_end
}

teardown() {
    [[ -z ${fake:-} ]] || stop_process "$fake"
    [[ -z ${scratch:-} ]] || "$LAB_TOOLS/scratch" kill "$scratch"
}

@test "docker's containers with name, image and state" {
    davit_exits 0 ps --json
    listed "$(id_of "$web")" ".name == \"$web\" and .runtime == \"docker\" and .state == \"running\"
        and .image == \"busybox:local\" and .pid == $(pid_of "$web")"
    json '.runtimes[] | select(.name == "docker") | .state == "connected" and .error == null'
    davit_exits 0 ps
    says "$web"
    says docker
}

@test "paused is shown as paused" {
    docker pause "$web" >/dev/null
    davit_exits 0 ps --json
    docker unpause "$web" >/dev/null
    listed "$(id_of "$web")" '.state == "paused"'
}

@test "a container that has ended is not listed" {
    container "$(named short)"
    local id
    id=$(id_of "$(named short)")
    docker kill "$(named short)" >/dev/null
    davit_exits 0 ps --json
    json 'all(.containers[]; .id != $id)' --arg id "$id"
    remove_container "$(named short)"
}

@test "by name, by id, by a unique beginning of the id, by RUNTIME/NAME and by pid" {
    local selector id
    id=$(id_of "$web")
    for selector in "$web" "$id" "${id:0:12}" "docker/$web" "pid:$(pid_of "$web")"; do
        snapshot_tables "$web"
        davit_exits 0 attach "$SOURCE" "$selector:/mnt/named" --json
        json '.results[0].ok'
        assert_attached "$web" /mnt/named rw,nosuid,nodev "$SOURCE"
        davit_exits 0 detach "$selector:/mnt/named"
        assert_tables_unchanged "$web"
    done
    davit_refuses 3 no-container mounts "other/$web"
}

# A container as /proc shows one of docker's, whose id is as we like it. Its pid is $made.
container_with_id() {
    local dir pid name=davit-tests-$LAB_ID/$DAVIT_WORLD/docker/$1
    unshare --mount --pid --fork --kill-child chroot "$LAB_DIR/images/busybox" \
        sleep 1000007 3>&- 4>&- &
    made=$!
    until_true 20 sleeps_in "$made"
    pid=$(pgrep -P "$made")
    for dir in /sys/fs/cgroup /sys/fs/cgroup/*; do
        [[ -d $dir/davit-tests-$LAB_ID ]] || continue
        mkdir "$dir/$name"
        # A cpuset would want its processors first.
        echo "$pid" 2>/dev/null >"$dir/$name/cgroup.procs" || rmdir "$dir/$name"
    done
}

sleeps_in() { pgrep -P "$1" -x -f 'sleep 1000007' >/dev/null; }

@test "a beginning that two ids share is ambiguous, and the candidates are listed" {
    local alike dir first second
    alike=ab$(printf '0%.0s' {1..61})
    container_with_id "${alike}1"
    first=$made
    container_with_id "${alike}2"
    second=$made
    davit_refuses 3 ambiguous mounts "${alike:0:12}"
    json '[.. | strings] | any(contains($id + "1")) or any(contains($id[0:12]))' --arg id "$alike"
    davit_exits 0 mounts "${alike}1" --json
    davit_exits 0 mounts "${alike}2" --json
    kill -KILL "$first" "$second"
    for dir in /sys/fs/cgroup /sys/fs/cgroup/*; do
        dir+=/davit-tests-$LAB_ID/$DAVIT_WORLD/docker/$alike
        [[ ! -d ${dir}1 ]] || until_true 20 rmdir "${dir}1" 2>/dev/null
        [[ ! -d ${dir}2 ]] || until_true 20 rmdir "${dir}2" 2>/dev/null
    done
}

@test "a scratch container is one of runtime scratch, and a name that two runtimes have is ambiguous" {
    local pid before
    pid=$("$LAB_TOOLS/scratch" run --detach "$web" -- /bin/sleep 1000000 3>&-)
    scratch=$web
    davit_exits 0 ps --json
    json '[.containers[] | select(.name == $web) | .runtime] | sort == ["docker", "scratch"]' \
        --arg web "$web"
    davit_refuses 3 ambiguous mounts "$web"
    json '[.. | strings] | any(contains("docker/" + $web)) and any(contains("scratch/" + $web))' \
        --arg web "$web"
    before=$(<"/proc/$pid/mountinfo")
    snapshot_tables "$web"
    davit_exits 0 attach "$SOURCE" "scratch/$web:/mnt/scratch"
    [[ $(nsenter -t "$pid" -m -r cat /mnt/scratch/file) == "from the host" ]]
    assert_tables_unchanged "$web"
    davit_exits 0 detach "scratch/$web:/mnt/scratch"
    [[ $(<"/proc/$pid/mountinfo") == "$before" ]]
}

@test "a service with a mount namespace of its own is no container" {
    unshare --mount sleep 1000003 3>&- &
    local service=$! ns
    until_true 20 other_namespace "$service"
    ns=$(stat -Lc %i "/proc/$service/ns/mnt")
    davit_exits 0 ps --json
    json 'all(.containers[]; .mnt_ns != $ns and .pid != $pid)' --argjson ns "$ns" \
        --argjson pid "$service"
    stop_process "$service"
}

other_namespace() {
    [[ $(readlink "/proc/$1/ns/mnt") != "$(readlink /proc/self/ns/mnt)" ]]
}

@test "a mount namespace nested in a container belongs to it" {
    container "$(named nest)" --cap-add SYS_ADMIN --security-opt seccomp=unconfined
    docker exec --detach "$(named nest)" unshare -m sleep 1000004
    docker exec --detach "$(named nest)" unshare -m -p -f sleep 1000004
    until_true 20 nested_run
    davit_exits 0 ps --json
    listed "$(id_of "$(named nest)")" ".pid == $(pid_of "$(named nest)")"
    json '[.containers[].mnt_ns] | index($ns) == null' \
        --argjson ns "$(stat -Lc %i "/proc/$(pgrep -n -x -f 'sleep 1000004')/ns/mnt")"
    remove_container "$(named nest)"
}

nested_run() { [[ $(pgrep -c -x -f 'sleep 1000004') -eq 2 ]]; }

@test "a process that was entered from the host is not taken for the container" {
    nsenter --target "$(pid_of "$web")" --mount --root sleep 1000005 3>&- &
    local guest=$!
    until_true 20 other_namespace "$guest"
    davit_exits 0 ps --json
    listed "$(id_of "$web")" ".pid == $(pid_of "$web")"
    stop_process "$guest"
}

@test "--runtime shows only those" {
    davit_exits 0 ps --json --runtime scratch
    json '.containers | all(.[]; .runtime == "scratch")'
    davit_exits 0 ps --json --runtime docker
    json '.containers | length > 0 and all(.[]; .runtime == "docker")'
}

@test "DOCKER_HOST is honoured" {
    SOCKET=none DOCKER_HOST=unix://$LAB_DIR/docker/s davit_exits 0 ps --json
    listed "$(id_of "$web")" ".name == \"$web\" and .name_source == \"daemon\""
}

@test "no docker at all: the list comes from /proc, and that is no error" {
    SOCKET=$SUITE_DIR/no-such-socket davit_exits 0 ps --json
    listed "$(id_of "$web")" '.runtime == "docker"'
    json '.runtimes[] | select(.name == "docker") | .state == "absent" or .state == "unreachable"'
}

# Names that came from the disk of the daemon named.
assert_from_disk() {
    listed "$(id_of "$one")" ".name == \"$one\" and .name_source == \"disk\" and .runtime == \"docker\"
        and .pid == $(pid_of "$one")"
    json '.runtimes[] | select(.name == "docker") | .state == "unreachable"
        and (.error | type == "string" and length > 0)'
    says "$LAB_DIR/down/s"
}

is_stopped() { ! grep -hE '^State:' /proc/"$1"/task/*/status | grep -qv 'T (stopped)'; }

# SIGSTOP reaches the threads one after the other; one that still runs would still answer.
hang() {
    kill -STOP "$1"
    until_true 20 is_stopped "$1"
}

@test "the daemon hangs: names from disk after a time limit, and the status says so" {
    local daemon began=$SECONDS
    daemon=$(<"$LAB_DIR/down/pid")
    hang "$daemon"
    SOCKET=$LAB_DIR/down/s davit_exits 0 ps --json
    kill -CONT "$daemon"
    assert_from_disk
    ((SECONDS - began < 15))
}

@test "the daemon hangs: a container is attached to by pid and by its name from disk" {
    local daemon
    daemon=$(<"$LAB_DIR/down/pid")
    snapshot_tables "$one"
    hang "$daemon"
    SOCKET=$LAB_DIR/down/s davit attach "$SOURCE" "pid:$(pid_of "$one"):/mnt/a" "$one:/mnt/b" \
        >"$SUITE_DIR/o" 2>&1 || { kill -CONT "$daemon"; fail "$(<"$SUITE_DIR/o")"; }
    kill -CONT "$daemon"
    assert_container_mounts "$one" /mnt/a rw,nosuid,nodev "$SOURCE" /mnt/b rw,nosuid,nodev "$SOURCE"
    assert_host_unchanged
    SOCKET=$LAB_DIR/down/s davit_exits 0 detach "$one:/mnt/a" "$one:/mnt/b"
    assert_tables_unchanged "$one"
}

@test "the daemon is dead and its socket refuses: names from disk" {
    local daemon
    daemon=$(<"$LAB_DIR/down/pid")
    kill -KILL "$daemon"
    until_true 20 is_gone "$daemon"
    SOCKET=$LAB_DIR/down/s davit_exits 0 ps --json
    assert_from_disk
    snapshot_tables "$one"
    SOCKET=$LAB_DIR/down/s davit_exits 0 attach "$SOURCE" "$one:/mnt/dead"
    assert_attached "$one" /mnt/dead rw,nosuid,nodev "$SOURCE"
    SOCKET=$LAB_DIR/down/s davit_exits 0 detach "$one:/mnt/dead"
    assert_tables_unchanged "$one"
}

@test "the daemon was stopped in order: names from disk" {
    rm -f "$LAB_DIR/down/s"
    SOCKET=$LAB_DIR/down/s davit_exits 0 ps --json
    listed "$(id_of "$one")" ".name == \"$one\" and .name_source == \"disk\""
    # It is started again, keeps its container, and is asked again.
    rm -f "$LAB_DIR/down/pid"
    lab_dockerd down --live-restore
    SOCKET=$LAB_DIR/down/s davit_exits 0 ps --json
    listed "$(id_of "$one")" ".name == \"$one\" and .name_source == \"daemon\""
}

@test "a daemon on tcp is for reading only" {
    socat TCP-LISTEN:23750,bind=127.0.0.1,fork,reuseaddr "UNIX-CONNECT:$LAB_DIR/docker/s" 3>&- &
    fake=$!
    until_true 20 port_open
    SOCKET=tcp://127.0.0.1:23750 davit_exits 0 ps --json
    json '.runtimes[] | select(.name == "docker") | .state == "reading-only"
        and (.endpoint | contains("127.0.0.1:23750"))'
    listed "$(id_of "$web")" ".pid == $(pid_of "$web")"
}

port_open() { (exec 5<>/dev/tcp/127.0.0.1/23750) 2>/dev/null; }
