#!/usr/bin/env bats
# What is told when it happens, how soon, and that nothing is done when nothing happens. The
# watches run in a small program (tests/lab/watch.c) that sees this pass's control groups only.

load lab

web=$(named web)
groups=davit-tests-$LAB_ID/$DAVIT_WORLD

setup_file() {
    lab_begin
    container "$(named web)" --health-cmd true --health-interval 1s
}

teardown_file() {
    lab_end
}

setup() {
    log=$BATS_TEST_TMPDIR/told
    tool=("$LAB_TOOLS/watch")
    if [[ $DAVIT_PASS == old ]]; then
        tool=(setarch -R "$DAVIT_BUILD/asan/tests/lab/watch")
    fi
}

teardown() {
    [[ -z ${watch:-} ]] || stop_process "$watch"
    [[ -z ${daemon:-} ]] || lab_dockerd_stop "$daemon"
    [[ -z ${helper:-} ]] || stop_process "$helper"
    [[ -z ${loop:-} ]] || losetup --detach "$loop"
}

# --- the program that watches ---------------------------------------------------------------

begin() {
    local sub=$1
    shift
    : >"$log" # what the one before was ready for
    "${groups_below[@]}" "$sub" "${tool[@]}" "$@" \
        >"$log" 2>"$log.err" </dev/null 3>&- 4>&- &
    watch=$!
    until_true 20 grep -q '^ready ' "$log" || fail "$(<"$log.err")"
}

# Docker's events alone: what control groups tell is not seen.
begin_docker() {
    begin '' --docker "$1" "${@:2}"
    until_true 20 grep -q '^runtime ' "$log" # the stream is there
}

begin_groups() { begin "$groups" --runtime none "$@"; }

now() {
    local stamp
    read -r _ stamp < <("$LAB_TOOLS/watch" --now)
    printf '%s\n' "$stamp"
}

# Lines of the kind $1 after the time $2, and not after $3.
lines() {
    awk -v kind="$1" -v from="$2" -v to="${3:-1e18}" \
        '$1 == kind && $2 > from && $2 <= to { print; found = 1 } END { exit !found }' "$log"
}

# tells KIND COMMAND…: told while the command runs or within a quarter of a second after it. $began
# and $ended are its times.
tells() {
    local kind=$1
    shift
    began=$(now)
    "$@"
    ended=$(now)
    until_true 20 lines "$kind" "$began" >/dev/null || fail "not told: $*"
    lines "$kind" "$began" "$(awk "BEGIN { printf \"%.6f\", $ended + 0.25 }")" >/dev/null ||
        fail "told late: $*" "from $began to $ended" "$(<"$log")"
}

wakes() { awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$watch/status"; }

# Only block devices that others of this machine have made or removed.
others_devices() { [[ -n $1 ]] && ! grep -qv '^devices ' <<<"$1"; }

# at_rest SECONDS [COMMAND…]: no system call is made for so long, nor while the command runs: a
# process that waits and makes one has to wait anew afterwards. A time in which another suite had a
# loop device was none of rest.
at_rest() {
    local seconds=$1 before told tries
    shift
    for ((tries = 0; tries < 20; tries++)); do
        told=$(wc -l <"$log")
        before=$(wakes)
        [[ $# -eq 0 ]] || "$@"
        sleep "$seconds"
        told=$(tail -n "+$((told + 1))" "$log")
        others_devices "$told" || break
    done
    [[ -z $told ]] || fail "told:" "$told"
    [[ $(wakes) == "$before" ]] || fail "woken $(($(wakes) - before)) times"
}

quiet_docker() { docker "$@" >/dev/null; }

# --- docker's events ------------------------------------------------------------------------

@test "docker's starts, pauses, names and ends are told, each in time" {
    begin_docker "$(lab_socket docker)"
    tells runtime container "$(named told)"
    tells runtime quiet_docker pause "$(named told)"
    tells runtime quiet_docker unpause "$(named told)"
    tells runtime quiet_docker rename "$(named told)" "$(named other)"
    tells runtime quiet_docker restart --time 0 "$(named other)"
    tells runtime quiet_docker kill "$(named other)"
    tells runtime quiet_docker start "$(named other)"
    tells runtime quiet_docker stop --time 0 "$(named other)"
    docker rm "$(named other)" >/dev/null
    rm "$SUITE_DIR/pids/$(named told)"
    grep -q '^notice .*no control groups' "$log"
}

@test "at rest there is no system call; health checks and exec wake nobody" {
    begin_docker "$(lab_socket docker)" --mounts "$(pid_of "$web")" --init "$(pid_of "$web")" \
        --devices
    at_rest 1 quiet_docker exec "$web" true
    at_rest 4
    tells runtime quiet_docker rename "$web" "$web-x"
    tells runtime quiet_docker rename "$web-x" "$web"
}

@test "a daemon that hangs is waited for without a timer, and heard when it goes on" {
    local pid
    daemon=hangs
    lab_dockerd hangs
    lab_images "$(lab_socket hangs)"
    SOCKET=$(lab_socket hangs) container "$(named hangs)"
    rm "$SUITE_DIR/pids/$(named hangs)"
    pid=$(<"$LAB_DIR/hangs/pid")
    begin_docker "$(lab_socket hangs)"
    kill -STOP "$pid"
    at_rest 2
    kill -CONT "$pid"
    SOCKET=$(lab_socket hangs) tells runtime quiet_docker pause "$(named hangs)"
    stop_process "$watch"

    kill -STOP "$pid"
    begin '' --docker "$(lab_socket hangs)"
    at_rest 2
    tells runtime kill -CONT "$pid"
    SOCKET=$(lab_socket hangs) tells runtime quiet_docker unpause "$(named hangs)"
}

@test "a daemon that ends is told, and that it is back; in between nothing is asked" {
    daemon=returns
    lab_dockerd returns
    begin_docker "$(lab_socket returns)"
    tells runtime lab_dockerd_stop returns
    until_true 20 at_rest 1
    at_rest 2
    tells runtime lab_dockerd returns
    until_true 20 at_rest 1
}

@test "a socket, and the directory for it, that come later" {
    daemon=later
    begin '' --docker "$(lab_socket later)"
    at_rest 2
    tells runtime lab_dockerd later
}

@test "a killed daemon leaves a socket that refuses: asked less and less, and its return told" {
    local pid
    daemon=killed
    lab_dockerd killed
    begin_docker "$(lab_socket killed)"
    pid=$(<"$LAB_DIR/killed/pid")
    tells runtime stop_process "$pid" KILL
    [[ -S $(lab_socket killed) ]]
    rm "$LAB_DIR/killed/pid"
    local before
    before=$(wakes)
    sleep 3
    (($(wakes) - before <= 4)) # after 0.1, 1 and 2 s
    tells runtime lab_dockerd killed
}

@test "a daemon over TCP is said to be not watched, once" {
    begin '' --docker tcp://127.0.0.1:1
    [[ $(grep -c '^notice .*over TCP' "$log") == 1 ]]
    at_rest 1
}

# --- control groups, processes --------------------------------------------------------------

@test "births and ends without any daemon: control groups and pidfds" {
    local pid
    begin_groups
    tells runtime container "$(named born)"
    until_true 20 lines runtime "$ended" >/dev/null # and again when all of it is there
    pid=$(pid_of "$(named born)")
    stop_process "$watch"

    begin_groups --init "$pid"
    at_rest 2 quiet_docker exec "$(named born)" true
    tells runtime kill -KILL "$pid"
    remove_container "$(named born)"
}

@test "a pidfd alone tells of an end" {
    sleep 1000 3>&- 4>&- &
    helper=$!
    begin '' --runtime none --init "$helper"
    at_rest 1
    tells runtime stop_process "$helper"
    [[ $(grep -c '^runtime ' "$log") == 1 ]]
    at_rest 1
}

# --- mounts and devices ---------------------------------------------------------------------

@test "mounts in a container are told, and its end once" {
    container "$(named mounts)"
    begin '' --runtime none --mounts "$(pid_of "$(named mounts)")"
    at_rest 1
    tells mounts inside "$(named mounts)" mount -t tmpfs none /mnt
    at_rest 1
    tells mounts inside "$(named mounts)" umount /mnt
    tells ended quiet_docker kill "$(named mounts)"
    at_rest 1
    [[ $(grep -c '^ended ' "$log") == 1 ]]
    remove_container "$(named mounts)"
}

attach_loop() { loop=$(losetup --find --show "$SUITE_DIR/disk"); }
detach_loop() {
    losetup --detach "$loop"
    loop=
}

@test "block devices that come and go are told" {
    truncate -s 1M "$SUITE_DIR/disk"
    begin '' --runtime none --devices
    tells devices attach_loop
    tells devices detach_loop
}

# As a mount of FUSE does, which is a device of its own (bdi).
another_device() { echo change >/sys/devices/virtual/mem/null/uevent; }

@test "devices that are none for blocks wake nobody" {
    begin '' --runtime none --devices
    at_rest 1 another_device
    truncate -s 1M "$SUITE_DIR/disk"
    tells devices attach_loop
    tells devices detach_loop
}
