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

# row FILTER: the one container of that id fulfils it.
row() {
    json "[.containers[] | select(.id == \$id)] | length == 1 and (.[0] | $2)" --arg id "$1"
}

@test "docker's containers with name, image and state" {
    davit_exits 0 ps --json
    row "$(id_of "$web")" ".name == \"$web\" and .runtime == \"docker\" and .state == \"running\"
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
    row "$(id_of "$web")" '.state == "paused"'
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
    local dir pid name=davit-tests-$LAB_ID/$DAVIT_PASS/docker/$1
    unshare --mount --pid --fork --kill-child chroot "$LAB_DIR/images/busybox" \
        sleep 1000007 3>&- 4>&- &
    made=$!
    until_true 10 sleeps_in "$made"
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
        dir+=/davit-tests-$LAB_ID/$DAVIT_PASS/docker/$alike
        [[ ! -d ${dir}1 ]] || until_true 10 rmdir "${dir}1" 2>/dev/null
        [[ ! -d ${dir}2 ]] || until_true 10 rmdir "${dir}2" 2>/dev/null
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
    until_true 10 other_namespace "$service"
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
    until_true 10 nested_run
    davit_exits 0 ps --json
    row "$(id_of "$(named nest)")" ".pid == $(pid_of "$(named nest)")"
    json '[.containers[].mnt_ns] | index($ns) == null' \
        --argjson ns "$(stat -Lc %i "/proc/$(pgrep -n -x -f 'sleep 1000004')/ns/mnt")"
    remove_container "$(named nest)"
}

nested_run() { [[ $(pgrep -c -x -f 'sleep 1000004') -eq 2 ]]; }

@test "a process that was entered from the host is not taken for the container" {
    nsenter --target "$(pid_of "$web")" --mount --root sleep 1000005 3>&- &
    local guest=$!
    until_true 10 other_namespace "$guest"
    davit_exits 0 ps --json
    row "$(id_of "$web")" ".pid == $(pid_of "$web")"
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
    row "$(id_of "$web")" ".name == \"$web\" and .name_source == \"daemon\""
}

@test "no docker at all: the list comes from /proc, and that is no error" {
    SOCKET=$SUITE_DIR/no-such-socket davit_exits 0 ps --json
    row "$(id_of "$web")" '.runtime == "docker"'
    json '.runtimes[] | select(.name == "docker") | .state == "absent" or .state == "unreachable"'
}

# Names that came from the disk of the daemon named.
assert_from_disk() {
    row "$(id_of "$one")" ".name == \"$one\" and .name_source == \"disk\" and .runtime == \"docker\"
        and .pid == $(pid_of "$one")"
    json '.runtimes[] | select(.name == "docker") | .state == "unreachable"
        and (.error | type == "string" and length > 0)'
    says "$LAB_DIR/down/s"
}

is_stopped() { ! grep -hE '^State:' /proc/"$1"/task/*/status | grep -qv 'T (stopped)'; }

# SIGSTOP reaches the threads one after the other; one that still runs would still answer.
hang() {
    kill -STOP "$1"
    until_true 10 is_stopped "$1"
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
    until_true 10 is_gone "$daemon"
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
    row "$(id_of "$one")" ".name == \"$one\" and .name_source == \"disk\""
    # It is started again, keeps its container, and is asked again.
    rm -f "$LAB_DIR/down/pid"
    lab_dockerd down --live-restore
    SOCKET=$LAB_DIR/down/s davit_exits 0 ps --json
    row "$(id_of "$one")" ".name == \"$one\" and .name_source == \"daemon\""
}

@test "a daemon on tcp is for reading only" {
    socat TCP-LISTEN:23750,bind=127.0.0.1,fork,reuseaddr "UNIX-CONNECT:$LAB_DIR/docker/s" 3>&- &
    fake=$!
    until_true 10 port_open
    SOCKET=tcp://127.0.0.1:23750 davit_exits 0 ps --json
    json '.runtimes[] | select(.name == "docker") | .state == "reading-only"
        and (.endpoint | contains("127.0.0.1:23750"))'
    row "$(id_of "$web")" ".pid == $(pid_of "$web")"
}

port_open() { (exec 5<>/dev/tcp/127.0.0.1/23750) 2>/dev/null; }

# --- a daemon that answers wrongly ------------------------------------------------------------

# fake_daemon BODY-COMMAND: a socket that answers /_ping and /version as docker does, and every
# other request with what the command prints, header and all.
fake_daemon() {
    cat >"$SUITE_DIR/answer" <<SCRIPT
#!/bin/bash
read -r verb path rest
while read -r line && [[ \$line != \$'\r' ]]; do :; done
case \$path in
*/_ping | */version)
    body='{"ApiVersion":"1.41","MinAPIVersion":"1.12","Version":"20.10.24"}'
    printf 'HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\n'
    printf 'Content-Length: %d\r\nConnection: close\r\n\r\n%s' \${#body} "\$body" ;;
*) $1 ;;
esac
SCRIPT
    chmod +x "$SUITE_DIR/answer"
    rm -f "$SUITE_DIR/fake"
    socat "UNIX-LISTEN:$SUITE_DIR/fake,fork" "EXEC:$SUITE_DIR/answer" 2>/dev/null 3>&- &
    fake=$!
    until_true 10 test -S "$SUITE_DIR/fake"
}

ok_header='HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n'

# The list of /proc goes on, and the status says why docker's is missing.
assert_goes_on() {
    local began=$SECONDS
    SOCKET=$SUITE_DIR/fake davit_exits 0 ps --json
    row "$(id_of "$web")" ".runtime == \"docker\" and .pid == $(pid_of "$web")"
    json '.runtimes[] | select(.name == "docker") | .state == "unreachable"
        and (.error | type == "string" and length > 0)'
    ((SECONDS - began < 20))
    SOCKET=$SUITE_DIR/fake davit_exits 0 ps
    snapshot_tables "$web"
    SOCKET=$SUITE_DIR/fake davit_exits 0 attach "$SOURCE" "$(id_of "$web"):/mnt/fake"
    assert_attached "$web" /mnt/fake rw,nosuid,nodev "$SOURCE"
    SOCKET=$SUITE_DIR/fake davit_exits 0 detach "$(id_of "$web"):/mnt/fake"
    assert_tables_unchanged "$web"
}

@test "an answer that is cut off" {
    fake_daemon "printf '${ok_header}Content-Length: 5000\r\n\r\n[{\"Id\":\"0123\",\"Names\":[\"/x\"'"
    assert_goes_on
}

@test "an answer without end" {
    fake_daemon "printf '${ok_header}\r\n['; exec cat /dev/zero"
    assert_goes_on
}

@test "an answer that is no JSON" {
    fake_daemon "printf '${ok_header}Content-Length: 19\r\n\r\nthis is not JSON!!!'"
    assert_goes_on
}

@test "JSON of another shape" {
    fake_daemon "printf '${ok_header}\r\n{\"message\":[1,2]}'"
    assert_goes_on
}

@test "JSON a hundred thousand levels deep" {
    fake_daemon "printf '${ok_header}\r\n'; head -c 100000 /dev/zero | tr '\0' '['"
    assert_goes_on
}

@test "no HTTP at all" {
    fake_daemon "printf 'SSH-2.0-OpenSSH_9.2\r\n'"
    assert_goes_on
}

@test "an error of the daemon's own is passed on in its words" {
    fake_daemon "printf 'HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"message\":\"the disk is on fire\"}'"
    assert_goes_on
    SOCKET=$SUITE_DIR/fake davit_exits 0 ps --json
    says "the disk is on fire"
}

@test "no answer at all" {
    fake_daemon "exec sleep 1000006"
    assert_goes_on
}

@test "a list with entries of the wrong type" {
    fake_daemon "printf '${ok_header}\r\n[1,null,{},{\"Id\":7},{\"Id\":\"$(id_of "$web")\",\"Names\":[\"/by-the-fake\"],\"Image\":3,\"State\":\"running\",\"Labels\":[]}]'"
    assert_goes_on
}

@test "members of the wrong type in an entry are left out" {
    fake_daemon "printf '${ok_header}\r\n[{\"Id\":\"$(id_of "$web")\",\"Names\":[\"/by-the-fake\",3],\"Image\":3,\"State\":\"running\",\"Labels\":[]}]'"
    SOCKET=$SUITE_DIR/fake davit_exits 0 ps --json
    row "$(id_of "$web")" '.name == "by-the-fake" and .name_source == "daemon"'
}

@test "names, images and labels with control characters are never raw" {
    fake_daemon "printf '${ok_header}\r\n%s' '[{\"Id\":\"$(id_of "$web")\",\"Names\":[\"/\\u001b[31mred\\u0007\"],\"Image\":\"\\u001b]0;x\\u0007\",\"State\":\"running\",\"Labels\":{\"\\u001b[2J\":\"\\u009b2J\"}}]'"
    SOCKET=$SUITE_DIR/fake davit_exits 0 ps
    [[ $out == *red* ]]
    [[ $out$err != *$'\e'* && $out$err != *$'\a'* && $out$err != *$'\xc2\x9b'* ]]
    SOCKET=$SUITE_DIR/fake davit_exits 0 ps --json
    [[ $(jq -r '.. | strings' <<<"$out") != *$'\e'* ]]
}

# The list of a fake that knows one real container and one that is not here.
list_with() {
    printf '%s' "[{\"Id\":\"$(id_of "$web")\",\"Names\":[\"/$web\"],\"State\":\"running\"},"
    printf '%s' "{\"Id\":\"$(printf '%064d' 7)\",\"Names\":[\"/$1\"],\"State\":\"running\"}]"
}

@test "a container that the daemon names but /proc does not know is not attached to" {
    fake_daemon "printf '${ok_header}\r\n%s' '$(list_with ghost)'"
    SOCKET=$SUITE_DIR/fake davit_refuses 3 no-container attach "$SOURCE" ghost:/mnt
}

@test "a daemon whose containers all run elsewhere is for reading only" {
    fake_daemon "printf '${ok_header}\r\n[{\"Id\":\"%064d\",\"Names\":[\"/ghost\"],\"State\":\"running\"}]' 7"
    SOCKET=$SUITE_DIR/fake davit_exits 0 ps --json
    json '.runtimes[] | select(.name == "docker") | .state == "reading-only"'
    SOCKET=$SUITE_DIR/fake davit_refuses 3 gone attach "$SOURCE" ghost:/mnt
    says elsewhere
}

# The pid in a daemon's answer is believed only if that process's cgroup names the id.
@test "a daemon that lies about the pid does not send us to another process" {
    fake_daemon "case \$path in
    *containers/json*) printf '${ok_header}\r\n%s' '$(list_with liar)' ;;
    *) printf '${ok_header}\r\n{\"Id\":\"%064d\",\"Name\":\"/liar\",\"State\":{\"Pid\":$(pid_of "$web"),\"Running\":true}}' 7 ;;
    esac"
    snapshot_tables "$web"
    SOCKET=$SUITE_DIR/fake davit_exits 3 attach "$SOURCE" liar:/mnt/liar
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /mnt/liar
}
