#!/usr/bin/env bats
# What is kept is attached again when its container starts again, and what has a time ends: by
# keepd, which itself is restarted, killed, and given a damaged file.

load lab
load screen

web=$(named web)
api=$(named api)

setup_file() {
    lab_begin
    screen_begin
    container "$(named web)" --stop-timeout 1
    container "$(named api)" --stop-timeout 1 --label com.docker.compose.project=shop \
        --label "com.docker.compose.service=$(named api)" \
        --label com.docker.compose.container-number=1
    truncate -s 20M "$SUITE_DIR/disk.img"
    mkfs.ext4 -q "$SUITE_DIR/disk.img"
    mkdir "$SUITE_DIR/disk"
    mount -o loop "$SUITE_DIR/disk.img" "$SUITE_DIR/disk"
    mount --make-private "$SUITE_DIR/disk"
    mkdir "$SUITE_DIR/disk/data"
    echo "on the disk" >"$SUITE_DIR/disk/data/file"
}

teardown_file() {
    umount "$SUITE_DIR/disk"
    lab_end
}

# Docker mounts for itself whenever it starts a container: what is not below its directories is
# compared.
host_table() { grep -v " $LAB_DIR/docker/" /proc/self/mountinfo; }

assert_host_unchanged() { same_table "the host" "$host_now" "$(host_table)"; }

setup() {
    local name
    for name in "$web" "$api"; do
        docker start "$name" >/dev/null
        container_started "$name"
    done
    snapshot_tables "$web" "$api"
    host_now=$(host_table)
}

# Nothing that a test has begun may reach the next one.
teardown() {
    local kept
    screen_close
    [[ -z ${keepd:-} ]] || stop_process "$keepd"
    [[ ! -f $STATE/kept.json.good ]] || mv "$STATE/kept.json.good" "$STATE/kept.json"
    while read -r kept; do
        davit detach "$kept" >/dev/null 2>&1 || davit forget "$kept" >/dev/null 2>&1 || true
    done < <(davit status --json |
        jq -r '.attachments[] | select(.state == "live" or .kept) | "\(.container):\(.target)"')
}

# keepd as a child of the test; waits until it says that it is ready.
# start_keepd [PREFIX…]
start_keepd() {
    local socket=$SUITE_DIR/notify
    rm -f "$socket" "$SUITE_DIR/ready"
    socat -u "UNIX-RECVFROM:$socket" "CREATE:$SUITE_DIR/ready" 3>&- 4>&- &
    local receiver=$!
    until_true 20 test -S "$socket"
    NOTIFY_SOCKET=$socket "$@" "${davit_words[@]}" keepd --docker "$LAB_DIR/docker/s" \
        --state-dir "$STATE" >>"$SUITE_DIR/keepd.log" 2>&1 3>&- 4>&- &
    keepd=$!
    until_true 20 grep -sqx READY=1 "$SUITE_DIR/ready"
    wait "$receiver"
}

restart() {
    docker restart --time 0 "$1" >/dev/null
    container_started "$1"
}

is_attached() { grep -q " $2 " "/proc/$(pid_of "$1")/mountinfo"; }
is_kept() { davit status --json | jq -e '.attachments | any(.kept)' >/dev/null; }
is_problem() { davit status --json | jq -e '.attachments | any(.problem != null)' >/dev/null; }

# Seconds since the container's start, as Docker has it, until the mount was there: by the journal.
within_a_second() {
    local since started
    davit_exits 0 status --json
    since=$(jq -r '[.attachments[] | select(.state == "live") | .since] | last' <<<"$out")
    started=$(docker inspect --format '{{.State.StartedAt}}' "$1")
    (($(date -d "$since" +%s) - $(date -d "$started" +%s) <= 1)) ||
        fail "started at $started, attached at $since"
}

@test "without keepd nothing can be kept, unless --force" {
    davit_refuses 7 unsupported attach --keep "$SOURCE" "$web:/mnt/x"
    says "keepd"
    davit_refuses 7 unsupported attach --for 2h "$SOURCE" "$web:/mnt/x"
    assert_tables_unchanged "$web" "$api"
    assert_absent_inside "$web" /mnt/x
    davit_exits 0 attach --keep --force "$SOURCE" "$web:/mnt/x"
    davit_exits 0 status --json
    json '.attachments[] | select(.target == "/mnt/x") | .kept and .until == null and .state == "live"'
    davit_exits 0 detach "$web:/mnt/x"
    says "it was kept"
    run is_kept
    [[ $status -ne 0 ]]
    assert_tables_unchanged "$web" "$api"
}

@test "kept: there again within a second of each start, and only what is kept" {
    start_keepd
    davit_exits 0 attach --ro --keep "$SOURCE" "$web:/mnt/kept"
    davit_exits 0 attach "$SOURCE" "$web:/mnt/not"
    assert_attached_both
    restart "$web"
    container_before[$web]=$(grep -v ' /mnt/kept ' "/proc/$(pid_of "$web")/mountinfo")
    until_true 20 is_attached "$web" /mnt/kept
    within_a_second "$web"
    assert_attached "$web" /mnt/kept ro,nosuid,nodev "$SOURCE"
    assert_container_unchanged "$api"
    docker stop --time 0 "$web" >/dev/null
    davit_exits 0 status --json
    json '.attachments[] | select(.target == "/mnt/kept" and .kept) | .state == "gone"'
    davit_exits 0 status
    says "$web:/mnt/kept"
    docker start "$web" >/dev/null
    container_started "$web"
    until_true 20 is_attached "$web" /mnt/kept
    within_a_second "$web"
    davit_exits 0 detach "$web:/mnt/kept"
    # The mount point that davit had made before the restarts goes with it.
    assert_absent_inside "$web" /mnt/kept
    assert_host_unchanged
}

assert_attached_both() {
    assert_container_mounts "$web" /mnt/kept ro,nosuid,nodev "$SOURCE" \
        /mnt/not rw,nosuid,nodev "$SOURCE" && assert_host_unchanged
}

@test "keep and forget of what is attached already" {
    start_keepd
    davit_refuses 3 not-attached keep "$web:/mnt/x"
    davit_exits 0 attach "$SOURCE" "$web:/mnt/x"
    davit_exits 0 keep "$web:/mnt/x" --dry-run
    says "keep $web:/mnt/x"
    says "Nothing was changed"
    run is_kept
    [[ $status -ne 0 ]]
    davit_exits 0 keep "$web:/mnt/x" --json
    json '.results[0] | .ok and .container == $web' --arg web "$web"
    davit_exits 0 events --json
    json '[.events[] | select(.operation == "keep" and .target == "/mnt/x")] | last | .result == "ok"'
    restart "$web"
    until_true 20 is_attached "$web" /mnt/x
    davit_exits 0 forget "$web:/mnt/x" --dry-run --json
    json '.plans[0].target == "/mnt/x"'
    is_kept
    davit_exits 0 forget "$web:/mnt/x" --yes
    run is_kept
    [[ $status -ne 0 ]]
    restart "$web"
    davit_refuses 3 not-attached forget "$web:/mnt/x"
    until_true 20 idle "$keepd"
    run is_attached "$web" /mnt/x
    [[ $status -ne 0 ]]
    assert_host_unchanged
}

# is_back OPTIONS: /mnt/x in the container that has just been started again, and nothing else.
is_back() {
    until_true 20 is_attached "$web" /mnt/x
    container_before[$web]=$(grep -v ' /mnt/x ' "/proc/$(pid_of "$web")/mountinfo")
    assert_container_mounts "$web" /mnt/x "$1" "$SOURCE" && assert_host_unchanged
}

@test "kept and forgotten over the wire" {
    start_keepd
    local DAVIT_WIRE=1
    davit_exits 0 attach "$SOURCE" "$web:/mnt/x"
    davit_exits 0 keep "$web:/mnt/x"
    json '.results[0] | .ok and .container == $web and .target == "/mnt/x"' --arg web "$web"
    restart "$web"
    is_back rw,nosuid,nodev
    davit_exits 0 forget "$web:/mnt/x"
    run is_kept
    [[ $status -ne 0 ]]
    davit_refuses 3 not-attached keep "$web:/mnt/none"
    davit_exits 0 detach "$web:/mnt/x"
    assert_tables_unchanged "$api"
    assert_host_unchanged
}

@test "kept by the console's menu" {
    start_keepd
    davit_exits 0 attach --ro "$SOURCE" "$web:/mnt/x"
    screen_open --runtime docker
    select_container "$web"
    shows " in $web "
    keys 3
    shows "▌ /mnt/x"
    keys x
    shows "▌ D      Detach"
    keys -N 6 Down
    shows "▌        Keep"
    keys Enter
    shows "Keep /mnt/x in $web"
    run is_kept # not before it is confirmed
    [[ $status -ne 0 ]]
    keys Tab Enter
    until_true 20 is_kept || screen_dump
    screen_quit
    restart "$web"
    is_back ro,nosuid,nodev
    davit_exits 0 detach "$web:/mnt/x"
    run is_kept
    [[ $status -ne 0 ]]
}

# keepd sleeps and has no child at work but the one that waits for a job.
idle() {
    [[ $(awk '{ print $3 }' "/proc/$1/stat") == S ]]
}

@test "a container that was made anew is known by its name, and compose's by project and service" {
    local composed=shop-$api-1 guest=$api-guest
    local of_shop=(--label com.docker.compose.project=shop
        --label "com.docker.compose.service=$api" --label com.docker.compose.container-number=1)
    start_keepd
    davit_exits 0 attach --keep "$SOURCE" "$web:/mnt/x" "$api:/mnt/x"
    # Whose image says that it is the one, and who is started as anybody.
    docker commit --change "LABEL com.docker.compose.project=shop com.docker.compose.service=$api \
        com.docker.compose.container-number=1" "$web" "$guest" >/dev/null
    remove_container "$web"
    remove_container "$api"
    IMAGE=$guest container "$guest"
    container "$web" --stop-timeout 1
    container "$composed" --stop-timeout 1 "${of_shop[@]}"
    until_true 20 is_attached "$web" /mnt/x
    until_true 20 is_attached "$composed" /mnt/x
    not is_attached "$guest" /mnt/x
    remove_container "$composed"
    remove_container "$guest"
    docker rmi "$guest" >/dev/null
    # Of the same name, but of another project: it is another container.
    container "$api" --label com.docker.compose.project=other \
        --label "com.docker.compose.service=$api" --label com.docker.compose.container-number=1
    until_true 20 idle "$keepd"
    snapshot_tables "$api"
    davit_exits 0 forget "$composed:/mnt/x"
    run is_attached "$api" /mnt/x
    [[ $status -ne 0 ]]
    assert_host_unchanged
}

@test "another filesystem at the source's path is not attached, but said" {
    start_keepd
    davit_exits 0 attach --keep "$SUITE_DIR/disk/data" "$web:/mnt/disk"
    umount "$SUITE_DIR/disk"
    mkdir -p "$SUITE_DIR/disk/data"
    restart "$web"
    until_true 20 is_problem
    davit_exits 0 status --json
    json '.attachments[] | select(.target == "/mnt/disk")
        | .kept and .state == "gone" and (.problem | contains("another filesystem"))'
    davit_exits 0 events --json
    json '[.events[] | select(.operation == "keep")] | last
        | .line == "failed" and (.result | contains("another filesystem"))'
    run is_attached "$web" /mnt/disk
    [[ $status -ne 0 ]]
    rmdir "$SUITE_DIR/disk/data"
    # Mounted again, by another loop device perhaps: the UUID is the same.
    mount -o loop "$SUITE_DIR/disk.img" "$SUITE_DIR/disk"
    mount --make-private "$SUITE_DIR/disk"
    restart "$web"
    host_now=$(host_table)
    until_true 20 is_attached "$web" /mnt/disk
    [[ $(inside "$web" cat /mnt/disk/file) == "on the disk" ]]
    davit_exits 0 detach "$web:/mnt/disk"
    assert_host_unchanged
}

# Whoever may write to the directory that the source is in, as a container to which that is attached.
put_link() {
    mv "$1" "$1.away"
    ln -s "$2" "$1"
}

take_link() {
    rm "$1"
    mv "$1.away" "$1"
}

@test "a link put in the place of the source is followed by no keepd, refresh or undo" {
    local device source=$SUITE_DIR/disk/data/own
    device=$(findmnt -no SOURCE "$SUITE_DIR/disk")
    mkdir "$source" "$SUITE_DIR/disk/secret"
    start_keepd
    davit_exits 0 attach --keep "$source" "$web:/mnt/own"
    davit_exits 0 attach "device:$device:/data/own" "$web:/mnt/device"
    put_link "$source" "$SUITE_DIR/disk/secret"
    davit_exits 6 refresh "$web:/mnt/own"
    says "leads to $SUITE_DIR/disk/secret now: a symbolic link"
    take_link "$source"
    put_link "$source" /secret
    davit_exits 6 refresh "$web:/mnt/device"
    says "/data/own leads to /secret now: a symbolic link"
    davit_exits 0 detach "$web:/mnt/device"
    davit_exits 6 undo --yes
    take_link "$source"
    davit_exits 0 undo --yes
    davit_exits 0 detach "$web:/mnt/device"
    put_link "$source" ../secret
    restart "$web"
    until_true 10 is_problem
    davit_exits 0 status
    says "a symbolic link was put there"
    run is_attached "$web" /mnt/own
    [[ $status -ne 0 ]]
    take_link "$source"
    restart "$web"
    until_true 5 is_attached "$web" /mnt/own
    davit_exits 0 detach "$web:/mnt/own"
    rmdir "$source" "$SUITE_DIR/disk/secret"
    assert_absent_inside "$web" /mnt/own
    assert_host_unchanged
}

@test "a device is known by its UUID, not by its name" {
    local device uuid
    start_keepd
    device=$(findmnt -no SOURCE "$SUITE_DIR/disk")
    uuid=$(blkid -p -s UUID -o value "$device")
    davit_exits 0 attach --keep "device:$device:/data" "$web:/mnt/device"
    jq -e --arg uuid "$uuid" '.kept[0].filesystem.uuid == $uuid' "$STATE/kept.json"
    jq -e --arg source "UUID=$uuid:/data" '.kept[0].attachment.source == $source' "$STATE/kept.json"
    restart "$web"
    until_true 20 is_attached "$web" /mnt/device
    [[ $(inside "$web" cat /mnt/device/file) == "on the disk" ]]
    davit_exits 0 detach "$web:/mnt/device"
    assert_host_unchanged
}

@test "for a time: detached when it has passed, also by another keepd; and said while it is busy" {
    start_keepd
    davit_exits 0 attach --for 1s "$SOURCE" "$web:/mnt/short"
    davit_exits 0 attach --for 3s "$SOURCE" "$api:/mnt/held"
    davit_exits 0 attach --for 2h "$SOURCE" "$web:/mnt/long"
    davit_exits 0 status --json
    json '.attachments[] | select(.target == "/mnt/long" and .state == "live")
        | .kept == false and (.until | length > 0)'
    nsenter --target "$(pid_of "$api")" --mount --root sh -c 'cd /mnt/held && exec sleep 1000024' &
    local holder=$!
    until_true 20 gone_inside "$web" /mnt/short
    assert_absent_inside "$web" /mnt/short
    stop_process "$keepd" KILL
    start_keepd
    until_true 20 is_problem
    davit_exits 0 status
    says "in use"
    stop_process "$holder"
    until_true 20 gone_inside "$api" /mnt/held
    is_attached "$web" /mnt/long
    davit_exits 0 forget "$web:/mnt/long"
    davit_exits 0 detach "$web:/mnt/long"
    assert_tables_unchanged "$web" "$api"
}

gone_inside() { ! is_attached "$1" "$2"; }

@test "two of them are impossible" {
    start_keepd
    davit_exits 4 keepd
    says "process $(keepd_pid)"
    kill -0 "$keepd"
}

# The program itself, whatever is around it: who has the lock.
keepd_pid() {
    awk -v file="$(stat -c %i "$STATE/keepd.lock")" '$6 ~ ":" file "$" { print $5 }' /proc/locks
}

@test "keepd is killed in the middle, and the next one goes on" {
    start_keepd
    davit_exits 0 attach --keep "$SOURCE" "$web:/mnt/x"
    for _ in 1 2 3; do
        docker restart --time 0 "$web" >/dev/null &
        local restarting=$!
        stop_process "$keepd" KILL
        wait "$restarting"
        container_started "$web"
        start_keepd
        until_true 20 is_attached "$web" /mnt/x
        [[ $(grep -c ' /mnt/x ' "/proc/$(pid_of "$web")/mountinfo") -eq 1 ]]
    done
    davit_exits 0 detach "$web:/mnt/x"
    assert_host_unchanged
}

@test "a damaged kept.json is named, never written over, and mended under a running keepd" {
    start_keepd
    davit_exits 0 attach --keep "$SOURCE" "$web:/mnt/x"
    cp "$STATE/kept.json" "$STATE/kept.json.good"
    head -c 100 "$STATE/kept.json.good" >"$STATE/kept.json"
    until_true 20 grep -q "kept.json is damaged" "$SUITE_DIR/keepd.log"
    cp "$STATE/kept.json" "$SUITE_DIR/damaged"
    davit_exits 0 status --json
    json '.kept_error.message | contains("kept.json is damaged")'
    davit_refuses 1 failed attach --keep "$SOURCE" "$web:/mnt/y"
    davit_refuses 1 failed keep "$web:/mnt/x"
    davit_refuses 1 failed forget "$web:/mnt/x"
    says "mv "
    restart "$web"
    kill -0 "$keepd"
    cmp "$STATE/kept.json" "$SUITE_DIR/damaged"
    mv "$STATE/kept.json.good" "$STATE/kept.json"
    until_true 20 is_attached "$web" /mnt/x
    jq '.kept[0].owner = -1' "$STATE/kept.json" >"$STATE/kept.json.good"
    davit_exits 0 detach "$web:/mnt/x"
    mv "$STATE/kept.json.good" "$STATE/kept.json"
    davit_exits 0 status
    says "entry 1 is damaged"
    rm "$STATE/kept.json"
    assert_host_unchanged
}

@test "dockerd is restarted, with its containers" {
    start_keepd
    davit_exits 0 attach --keep "$SOURCE" "$web:/mnt/x"
    docker update --restart=always "$web" >/dev/null
    lab_dockerd_restart
    until_true 20 running "$web"
    container_started "$web"
    until_true 20 is_attached "$web" /mnt/x
    docker update --restart=no "$web" >/dev/null
    davit_exits 0 detach "$web:/mnt/x"
    assert_host_unchanged
}

running() { [[ $(docker inspect --format '{{.State.Running}}' "$1") == true ]]; }

lab_dockerd_restart() {
    local pid
    pid=$(<"$LAB_DIR/docker/pid")
    kill -TERM "$pid"
    until_true 30 is_gone "$pid"
    lab_dockerd docker
}

@test "at rest keepd makes no system call" {
    start_keepd "${groups_below[@]}" "davit-tests-$LAB_ID/$DAVIT_WORLD"
    davit_exits 0 attach --keep "$SOURCE" "$web:/mnt/x"
    local pid
    pid=$(keepd_pid)
    until_true 20 stays_asleep "$pid"
    davit_exits 0 detach "$web:/mnt/x"
    assert_tables_unchanged "$web"
}

# For a second it was not once woken.
stays_asleep() {
    local before
    before=$(switches "$1")
    read -rt 1 <> <(:) || true
    [[ $before == "$(switches "$1")" ]]
}
switches() { awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/$1/status"; }

@test "a replace is kept in the place of what it replaces; an undo does not keep" {
    mkdir -p "$SUITE_DIR/other"
    start_keepd
    davit_exits 0 attach --keep "$SOURCE" "$web:/mnt/x"
    davit_exits 0 replace "$SUITE_DIR/other" "$web:/mnt/x"
    davit_exits 0 status --json
    json '.attachments[] | select(.state == "live") | .kept and .source == $other' \
        --arg other "$SUITE_DIR/other"
    restart "$web"
    until_true 20 is_attached "$web" /mnt/x
    container_before[$web]=$(grep -v ' /mnt/x ' "/proc/$(pid_of "$web")/mountinfo")
    assert_attached "$web" /mnt/x rw,nosuid,nodev "$SUITE_DIR/other"
    davit_exits 0 detach "$web:/mnt/x"
    assert_tables_unchanged "$web"
}

@test "what cannot be told again is not kept" {
    start_keepd
    davit_refuses 2 usage attach --for 1x "$SOURCE" "$web:/mnt/x"
    davit_refuses 2 usage attach --for 0 "$SOURCE" "$web:/mnt/x"
    davit_refuses 2 usage attach --for 100000000d "$SOURCE" "$web:/mnt/x"
    davit_exits 0 attach --keep --dry-run "$SOURCE" "$web:/mnt/x"
    says "note that it is kept"
    run is_kept
    [[ $status -ne 0 ]]
    assert_tables_unchanged "$web" "$api"
}
