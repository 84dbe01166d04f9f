#!/usr/bin/env bats
# A container that serves a filesystem of its own (FUSE) and falls silent: whatever davit asks of
# it has a time limit, nothing is half done, and no other container waits for it.

load lab

web=$(named web)
other=$(named other)
hung=/srv/hung

setup_file() {
    export BATS_TEST_TIMEOUT=300
    lab_begin
    container "$(named web)" --device /dev/fuse --cap-add SYS_ADMIN --security-opt seccomp=unconfined
    container "$(named other)"
    cp "$LAB_TOOLS/fuse" "/proc/$(pid_of "$(named web)")/root/fuse"
}

teardown_file() {
    lab_end
}

setup() {
    STATE=$STATE-$BATS_TEST_NUMBER
    server=
    inside "$web" mkdir -p "$hung"
    snapshot_tables "$web" "$other"
}

teardown() {
    if [[ -n ${server:-} ]]; then
        stop_process "$guard"
        docker exec "$web" kill -KILL "$server" || true
        inside "$web" umount -l "$hung" || true
    fi
}

# serve [FUSE OPTIONS]: the container's own process serves $hung from now on.
serve() {
    server=$(docker exec "$web" /fuse "$hung" "$@")
    server=${server#ready }
    # A davit without its time limit cannot even be killed before the server ends.
    { read -rt 100 <> <(:) || docker exec "$web" kill -KILL "$server"; } >/dev/null 2>&1 3>&- 4>&- &
    guard=$!
    snapshot_tables "$web" "$other"
}

is_unmounted() {
    ! grep -q " $hung " "/proc/$(pid_of "$web")/mountinfo"
}

# Wakes everybody who waits for it.
stop_server() {
    docker exec "$web" kill -TERM "$server"
    until_true 20 is_unmounted
    stop_process "$guard"
    server=
    snapshot_tables "$web" "$other"
}

# times_out VERB ARGS…: a clear error that names what did not answer, in bounded time.
times_out() {
    local began=$SECONDS
    davit_exits 1 "$@" --json
    ((SECONDS - began < 45)) || fail "took $((SECONDS - began)) s"
    json '[.error, .results[]?.error] | map(select(.)) | length > 0 and all(.[];
        .code == "timed-out" and .errno == "ETIMEDOUT" and (.hint | test("server"))
        and (.message | test("^" + $hung) and test("no answer within")))' --arg hung "$hung"
    assert_tables_unchanged "$web" "$other"
}

is_pending() { [[ -s $STATE/lock ]]; }
is_settled() { [[ ! -s $STATE/lock ]]; }

# davit goes on elsewhere: in another container, and beside the silent server in this one.
others_go_on() {
    davit_exits 0 attach "$SOURCE" "$other:/mnt/free" "$web:/mnt/beside"
    davit_exits 0 detach "$other:/mnt/free" "$web:/mnt/beside"
    assert_tables_unchanged "$web" "$other"
    davit_exits 0 ps --json
}

@test "a server inside that answers: attached below its mount" {
    serve
    davit_exits 0 attach "$SOURCE" "$web:$hung/d" "$web:$hung/made/here"
    assert_container_mounts "$web" "$hung/d" rw,nosuid,nodev "$SOURCE" \
        "$hung/made/here" rw,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$web:$hung/d" "$web:$hung/made/here"
    assert_tables_unchanged "$web" "$other"
    assert_absent_inside "$web" "$hung/made"
    stop_server
}

@test "the look-up of the target is not answered" {
    serve --hang
    times_out attach "$SOURCE" "$web:$hung/d"
    times_out attach --dry-run "$SOURCE" "$web:$hung/d/below"
    is_settled
    davit_exits 0 status --json
    json '.attachments == []'
    others_go_on
    davit_exits 0 mounts "$web" --json
    json '.mounts[] | select(.target == $hung) | .stale' --arg hung "$hung"
    stop_server
}

@test "the second look-up, of what is missing, is not answered" {
    serve --hang=lookup:2
    times_out attach "$SOURCE" "$web:$hung/new"
    is_settled
    others_go_on
    stop_server
}

@test "a listing is not answered" {
    serve --hang
    davit_exits 1 ls "$web:$hung" --json
    json '.error.code == "timed-out"'
    davit_exits 0 ls "$web:/srv" --json
    stop_server
}

# The request is with the server: who made it cannot be killed and has the directory locked, so that
# nothing can be taken back there either before the server answers or ends.
make_hangs() {
    serve --hang="$1"
    times_out attach "$SOURCE" "$web:$hung/new/er"
    is_pending
    davit_exits 0 attach "$SOURCE" "$other:/mnt/free"
    says "cannot be taken back"
    is_pending
    assert_container_unchanged "$web"
    stop_server
    davit_exits 0 status --json
    is_settled
    json '[.attachments[] | select(.state != "gone") | .target] == ["/mnt/free"]'
    davit_exits 0 detach "$other:/mnt/free"
    assert_tables_unchanged "$web"
    assert_absent_inside "$other" /mnt/free
    [[ -z $(inside "$web" ls -A "$hung") ]]
}

@test "the mkdir of the target is not answered: said, and taken back when it can be" {
    make_hangs mkdir
}

@test "the rename of the target is not answered: said, and taken back when it can be" {
    make_hangs rename
}

@test "silent since the attach: a detach ends in time, and works when the server is back" {
    serve
    davit_exits 0 attach "$SOURCE" "$web:$hung/made"
    snapshot_tables "$web" "$other"
    docker exec "$web" kill -STOP "$server"
    # What the kernel has in its cache is good for a second.
    until_true 20 is_silent
    times_out detach "$web:$hung/made"
    is_settled
    davit_exits 0 status --json
    json '.attachments | length == 1 and .[0].state == "live"'
    others_go_on
    docker exec "$web" kill -CONT "$server"
    davit_exits 0 detach "$web:$hung/made"
    davit_exits 0 status --json
    json 'all(.attachments[]; .state == "gone")'
    assert_container_mounts_without_made
    stop_server
}

is_silent() {
    ! timeout 0.5 stat "/proc/$(pid_of "$web")/root$hung/made" >/dev/null 2>&1
}

assert_container_mounts_without_made() {
    not grep -q " $hung/made " "/proc/$(pid_of "$web")/mountinfo"
    assert_absent_inside "$web" "$hung/made"
}

# --- recovery --------------------------------------------------------------------------------

# killed_at_write STATE N VERB ARGS…: davit ends before its N-th line is on disk: the first is the
# mark of what is under way, the second the intent, the third (of an attach that makes its target)
# what was made.
killed_at_write() {
    local STATE=$1
    local wrap=(strace --output "$SUITE_DIR/trace" --trace=fdatasync
        "--inject=fdatasync:signal=SIGKILL:when=$2")
    shift 2
    davit "$@" >"$SUITE_DIR/out" 2>&1 || true
    grep -q 'killed by SIGKILL' "$SUITE_DIR/trace" || fail "was not killed: $(<"$SUITE_DIR/out")"
    is_pending
}

# As if one davit after the other had been killed, the one of the first state first.
combine() {
    local part
    mkdir -m 0700 "$STATE"
    for part in "$@"; do
        cat "$part/journal" >>"$STATE/journal"
        cat "$part/lock" >>"$STATE/lock"
    done
    chmod 0600 "$STATE/journal" "$STATE/lock"
}

made_inside() { [[ -n $(inside "$1" find /srv -name '.davit-*') ]]; }

@test "an attach that cannot be taken back holds up no other recovery, and stays marked" {
    killed_at_write "$STATE-a" 3 attach "$SOURCE" "$web:$hung/made"
    killed_at_write "$STATE-b" 3 attach "$SOURCE" "$other:/srv/made"
    made_inside "$web" && made_inside "$other"
    combine "$STATE-a" "$STATE-b"
    serve --hang
    davit_exits 0 status --json
    [[ $err == *"$web"*"cannot be taken back"* ]]
    [[ $err == *"$other"*"taken back"* ]]
    not made_inside "$other"
    json '.attachments | map([.container, .state]) == [[$web, "intent"]]' --arg web "$web"
    is_pending
    davit_exits 0 attach "$SOURCE" "$other:/mnt/free"
    is_pending
    davit_exits 0 detach "$other:/mnt/free"
    is_pending
    stop_server
    davit_exits 0 status --json
    is_settled
    json 'all(.attachments[]; .state == "gone")'
    not made_inside "$web"
    assert_tables_unchanged "$web" "$other"
}

# Killed when the intent was there, and unmounted by someone else then.
detach_killed() {
    local STATE=$1 box=$2 target=$3
    davit_exits 0 attach "$SOURCE" "$box:$target"
    killed_at_write "$STATE" 2 detach "$box:$target"
    nsenter --target "$(pid_of "$box")" --mount -- umount "$target"
}

@test "a detach that cannot be completed holds up no other recovery, and stays marked" {
    detach_killed "$STATE-a" "$web" "$hung/made"
    detach_killed "$STATE-b" "$other" /srv/made
    combine "$STATE-a" "$STATE-b"
    serve --hang
    davit_exits 0 status --json
    [[ $err == *"cannot be completed"* ]]
    [[ $err == *"$other"*"completed"* ]]
    assert_absent_inside "$other" /srv/made
    is_pending
    stop_server
    davit_exits 0 status --json
    is_settled
    json 'all(.attachments[]; .state == "gone")'
    assert_absent_inside "$web" "$hung/made"
    assert_tables_unchanged "$web" "$other"
}

@test "a container that goes takes what could not be recovered with it" {
    local doomed
    doomed=$(named doomed)
    container "$doomed" --device /dev/fuse --cap-add SYS_ADMIN --security-opt seccomp=unconfined
    cp "$LAB_TOOLS/fuse" "/proc/$(pid_of "$doomed")/root/fuse"
    inside "$doomed" mkdir -p "$hung"
    docker exec "$doomed" /fuse "$hung" --hang=mkdir
    davit_exits 1 attach "$SOURCE" "$doomed:$hung/new"
    is_pending
    remove_container "$doomed"
    davit_exits 0 status --json
    is_settled
    json 'all(.attachments[]; .state == "gone")'
}

@test "a user's process that nobody can read does not hold up what is asked of others" {
    local began
    started=()
    serve --hang=read
    begin "$LAB_TOOLS/mute" "/proc/$(pid_of "$web")/root$hung/f" 64111
    until_true 10 grep -q '^State:.D' "/proc/$pid/status"
    began=$SECONDS
    davit_exits 0 ps --json
    json 'any(.containers[]; .user == "64111")'
    davit_exits 0 attach "$SOURCE" "$other:/mnt/here"
    davit_exits 0 who "$SOURCE" --json
    davit_exits 0 detach "$other:/mnt/here"
    ((SECONDS - began < 15)) || fail "took $((SECONDS - began)) s"
    assert_tables_unchanged "$web" "$other"
    end_started
    stop_server
}
