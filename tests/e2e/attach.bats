#!/usr/bin/env bats
# Attaching directories and files of the host to a running container, and what comes with it.

load lab

web=$(named web)
api=$(named api)

setup_file() {
    lab_begin
    container "$(named web)"
    container "$(named api)"
    mkdir -p "$SOURCE/tree/inner"
    echo top >"$SOURCE/tree/top"
    echo own >"$SOURCE/tree/inner/own"
    # What a recursive attach takes along and a plain one leaves out.
    mkdir "$SUITE_DIR/nest"
    mkdir "$SUITE_DIR/nest/sub"
    echo outer >"$SUITE_DIR/nest/outer"
    mount -t tmpfs -o size=1m nest "$SUITE_DIR/nest/sub"
    echo within >"$SUITE_DIR/nest/sub/within"
    # A source that carries restrictions of its own.
    mkdir "$SUITE_DIR/strict"
    mount -t tmpfs -o size=4m,nosuid,nodev,noexec strict "$SUITE_DIR/strict"
    cp "$(command -v busybox)" "$SUITE_DIR/strict/busybox"
}

teardown_file() {
    lab_end
    umount "$SUITE_DIR/nest/sub" "$SUITE_DIR/strict"
}

setup() {
    snapshot_tables "$web" "$api"
}

@test "a directory appears, can be written, and goes again with the directory made for it" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/plain"
    assert_attached "$web" /mnt/plain rw,nosuid,nodev "$SOURCE"
    inside "$web" sh -c 'echo "from inside" >/mnt/plain/answer'
    [[ $(<"$SOURCE/answer") == "from inside" ]]
    rm "$SOURCE/answer"

    davit_exits 0 detach "$web:/mnt/plain"
    assert_tables_unchanged "$web" "$api"
    assert_absent_inside "$web" /mnt/plain
    [[ -f $SOURCE/file ]]
}

@test "mount and umount are other words for attach and detach" {
    davit_exits 0 mount "$SOURCE" "$web:/mnt/alias"
    assert_attached "$web" /mnt/alias rw,nosuid,nodev "$SOURCE"
    davit_exits 0 umount "$web:/mnt/alias"
    assert_tables_unchanged "$web"
}

@test "the container's own user sees it with docker exec" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/exec"
    [[ $(docker exec "$web" cat /mnt/exec/file) == "from the host" ]]
    davit_exits 0 detach "$web:/mnt/exec"
    assert_tables_unchanged "$web"
}

@test "--ro cannot be written from inside, and the host's copy stays writable" {
    davit_exits 0 attach --ro "$SOURCE" "$web:/mnt/ro" --json
    json '.results[0] | .ok and .read_only and .verified'
    assert_attached "$web" /mnt/ro ro,nosuid,nodev "$SOURCE"
    run inside "$web" touch /mnt/ro/new
    [[ $status -ne 0 && $output == *"Read-only file system"* ]]
    touch "$SOURCE/host" && rm "$SOURCE/host"
    davit_exits 0 detach "$web:/mnt/ro"
    assert_tables_unchanged "$web"
}

@test "every spelling of read-only and writable" {
    local option
    for option in -r --ro --read-only; do
        davit_exits 0 attach "$option" "$SOURCE" "$web:/mnt/spelling"
        assert_container_mounts "$web" /mnt/spelling ro,nosuid,nodev "$SOURCE"
        davit_exits 0 detach "$web:/mnt/spelling"
    done
    for option in -w --rw; do
        davit_exits 0 attach "$option" "$SOURCE" "$web:/mnt/spelling"
        assert_container_mounts "$web" /mnt/spelling rw,nosuid,nodev "$SOURCE"
        davit_exits 0 detach "$web:/mnt/spelling"
    done
    assert_tables_unchanged "$web"
}

@test "without -R what is mounted below the source stays out, and is named" {
    davit_exits 0 attach "$SUITE_DIR/nest" "$web:/mnt/nest"
    says "$SUITE_DIR/nest/sub"
    assert_attached "$web" /mnt/nest rw,nosuid,nodev "$SUITE_DIR/nest"
    assert_absent_inside "$web" /mnt/nest/sub/within
    davit_exits 0 detach "$web:/mnt/nest"
    assert_tables_unchanged "$web"
}

@test "-R takes it along, and the detach leaves the host's own mount alone" {
    davit_exits 0 attach -R "$SUITE_DIR/nest" "$web:/mnt/nest"
    assert_container_mounts "$web" /mnt/nest rw,nosuid,nodev "$SUITE_DIR/nest" \
        /mnt/nest/sub rw,nosuid,nodev "$SUITE_DIR/nest/sub"
    assert_host_unchanged
    [[ $(inside "$web" cat /mnt/nest/sub/within) == within ]]
    davit_exits 0 detach "$web:/mnt/nest"
    assert_tables_unchanged "$web"
    [[ $(<"$SUITE_DIR/nest/sub/within") == within ]]
}

@test "-R --ro is read-only all the way down" {
    davit_exits 0 attach --recursive --ro "$SUITE_DIR/nest" "$web:/mnt/nest"
    assert_container_mounts "$web" /mnt/nest ro,nosuid,nodev "$SUITE_DIR/nest" \
        /mnt/nest/sub ro,nosuid,nodev "$SUITE_DIR/nest/sub"
    assert_host_unchanged
    run inside "$web" touch /mnt/nest/sub/new
    [[ $status -ne 0 && $output == *"Read-only file system"* ]]
    touch "$SUITE_DIR/nest/sub/host" && rm "$SUITE_DIR/nest/sub/host"
    davit_exits 0 detach "$web:/mnt/nest"
    assert_tables_unchanged "$web"
}

@test "--noexec forbids to run what is there" {
    cp "$(command -v busybox)" "$SOURCE/tree/busybox"
    davit_exits 0 attach "$SOURCE/tree" "$web:/mnt/exec"
    [[ $(inside "$web" /mnt/exec/busybox echo runs) == runs ]]
    davit_exits 0 detach "$web:/mnt/exec"
    davit_exits 0 attach --noexec "$SOURCE/tree" "$web:/mnt/exec"
    assert_attached "$web" /mnt/exec rw,nosuid,nodev,noexec "$SOURCE/tree"
    run inside "$web" /mnt/exec/busybox echo runs
    [[ $status -eq 126 && $output == *"Permission denied"* ]]
    davit_exits 0 detach "$web:/mnt/exec"
    assert_tables_unchanged "$web"
}

@test "setuid programs and device nodes only when asked for" {
    davit_exits 0 attach --suid "$SOURCE" "$web:/mnt/flags"
    assert_attached "$web" /mnt/flags rw,nodev "$SOURCE"
    davit_exits 0 detach "$web:/mnt/flags"
    davit_exits 0 attach --dev "$SOURCE" "$web:/mnt/flags"
    assert_attached "$web" /mnt/flags rw,nosuid "$SOURCE"
    davit_exits 0 detach "$web:/mnt/flags"
    davit_exits 0 attach --suid --dev "$SOURCE" "$web:/mnt/flags"
    assert_attached "$web" /mnt/flags rw "$SOURCE"
    davit_exits 0 detach "$web:/mnt/flags"
    assert_tables_unchanged "$web"
}

@test "restrictions that the source carries stay, whatever is asked" {
    davit_exits 0 attach --suid --dev "$SUITE_DIR/strict" "$web:/mnt/strict"
    assert_attached "$web" /mnt/strict rw,nosuid,nodev,noexec "$SUITE_DIR/strict"
    run inside "$web" /mnt/strict/busybox true
    [[ $status -eq 126 ]]
    davit_exits 0 detach "$web:/mnt/strict"
    assert_tables_unchanged "$web"
}

@test "a single file, onto a file that is there and onto one made for it" {
    docker exec "$web" sh -c 'echo before >/etc/there'
    davit_exits 0 attach --ro "$SOURCE/file" "$web:/etc/there"
    assert_attached "$web" /etc/there ro,nosuid,nodev "$SOURCE/file"
    davit_exits 0 detach "$web:/etc/there"
    [[ $(inside "$web" cat /etc/there) == before ]]

    davit_exits 0 attach "$SOURCE/file" "$web:/etc/made"
    assert_attached "$web" /etc/made rw,nosuid,nodev "$SOURCE/file"
    davit_exits 0 detach "$web:/etc/made"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /etc/made
}

@test "a device is of use with --dev alone, and that is said" {
    davit_exits 0 attach /dev/zero "$web:/run/zero"
    says "/dev/zero is a device, and nodev lets nobody open it inside: --dev does"
    run inside "$web" head -c 1 /run/zero
    [[ $status -ne 0 && $output == *"Permission denied"* ]]
    davit_exits 0 detach "$web:/run/zero"
    davit_exits 0 attach --dev /dev/zero "$web:/run/zero"
    says_not "is a device"
    assert_container_mounts "$web" /run/zero rw,nosuid /dev/zero
    assert_host_unchanged
    [[ $(inside "$web" head -c 3 /run/zero | wc -c) -eq 3 ]]
    davit_exits 0 detach "$web:/run/zero"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /run/zero
}

@test "a socket is attached like a file, as programs want it" {
    socat "UNIX-LISTEN:$SUITE_DIR/socket,fork" 'SYSTEM:echo answered' 3>&- &
    local server=$!
    until_true 20 test -S "$SUITE_DIR/socket"
    davit_exits 0 attach "$SUITE_DIR/socket" "$web:/run/service.sock"
    assert_container_mounts "$web" /run/service.sock rw,nosuid,nodev "$SUITE_DIR/socket"
    assert_host_unchanged
    [[ $(socat - "UNIX-CONNECT:/proc/$(pid_of "$web")/root/run/service.sock" </dev/null) == answered ]]
    davit_exits 0 detach "$web:/run/service.sock"
    stop_process "$server"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /run/service.sock
}

@test "the source was replaced or removed on the host meanwhile: still ours" {
    echo old >"$SUITE_DIR/config"
    mkdir "$SUITE_DIR/short"
    davit_exits 0 attach "$SUITE_DIR/config" "$web:/etc/config"
    davit_exits 0 attach "$SUITE_DIR/short" "$web:/mnt/short"
    echo new >"$SUITE_DIR/config.new"
    mv "$SUITE_DIR/config.new" "$SUITE_DIR/config"
    rmdir "$SUITE_DIR/short"
    [[ $(inside "$web" cat /etc/config) == old ]]
    davit_exits 0 status --json
    json '[.attachments[] | select(.state == "live") | .target] | contains(["/etc/config", "/mnt/short"])'
    davit_exits 0 detach "$web:/etc/config" "$web:/mnt/short"
    assert_tables_unchanged "$web"
}

@test "missing parents are made with the mode asked for, and only they are removed" {
    davit_exits 0 attach --mode 0750 "$SOURCE" "$web:/srv/a/b/c" --json
    assert_attached "$web" /srv/a/b/c rw,nosuid,nodev "$SOURCE"
    [[ $(inside "$web" stat -c '%a %u %g' /srv/a/b) == "750 0 0" ]]
    davit_exits 0 detach "$web:/srv/a/b/c"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /srv/a
    assert_present_inside "$web" /srv
}

@test "a parent made for one target and used by a second goes with the last of them" {
    davit_exits 0 attach "$SOURCE" "$web:/srv/both/1"
    davit_exits 0 attach "$SOURCE" "$web:/srv/both/2"
    davit_exits 0 detach "$web:/srv/both/1"
    davit_exits 0 detach "$web:/srv/both/2"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /srv/both
}

@test "a made parent in which somebody put something stays" {
    davit_exits 0 attach "$SOURCE" "$web:/srv/p/q"
    inside "$web" touch /srv/p/theirs
    davit_exits 0 detach "$web:/srv/p/q"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /srv/p/q
    assert_present_inside "$web" /srv/p/theirs
    inside "$web" rm -r /srv/p
}

@test "a directory that was there before is there afterwards, with what is in it" {
    inside "$web" sh -c 'mkdir -p /srv/kept; chmod 701 /srv/kept; echo mine >/srv/kept/mine'
    local before after
    before=$(inside "$web" stat -c '%i %a %Y' /srv/kept)
    davit_exits 0 attach "$SOURCE" "$web:/srv/kept"
    assert_attached "$web" /srv/kept rw,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$web:/srv/kept"
    assert_tables_unchanged "$web"
    after=$(inside "$web" stat -c '%i %a %Y' /srv/kept)
    [[ $before == "$after" ]]
    [[ $(inside "$web" cat /srv/kept/mine) == mine ]]
}

@test "--no-mkdir makes nothing" {
    davit_refuses 3 no-path attach --no-mkdir "$SOURCE" "$web:/srv/never/here"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /srv/never
}

@test "several targets are one plan with one result each" {
    davit_exits 0 attach --ro "$SOURCE" "$web:/mnt/m1" "$web:/mnt/m2" "$api:/mnt/m1" --json
    json '[.results[] | {container, target, ok}] == [
        {container: $web, target: "/mnt/m1", ok: true},
        {container: $web, target: "/mnt/m2", ok: true},
        {container: $api, target: "/mnt/m1", ok: true}]' --arg web "$web" --arg api "$api"
    assert_container_mounts "$web" /mnt/m1 ro,nosuid,nodev "$SOURCE" \
        /mnt/m2 ro,nosuid,nodev "$SOURCE"
    assert_container_mounts "$api" /mnt/m1 ro,nosuid,nodev "$SOURCE"
    assert_host_unchanged
    davit_exits 0 detach "$web:/mnt/m1" "$web:/mnt/m2" "$api:/mnt/m1"
    assert_tables_unchanged "$web" "$api"
}

@test "when some of several targets fail the others are done, and the exit code is 9" {
    davit_exits 9 attach "$SOURCE" "$web:/mnt/good" "$api:/proc/bad" --json
    json '.results | length == 2 and .[0].ok and (.[1].ok | not) and .[1].error.code == "unsafe"'
    assert_container_mounts "$web" /mnt/good rw,nosuid,nodev "$SOURCE"
    assert_container_unchanged "$api"
    assert_host_unchanged
    davit_exits 9 detach "$web:/mnt/good" "$api:/mnt/none" --json
    json '.results[0].ok and (.results[1].ok | not) and .results[1].error.exit == 3'
    assert_tables_unchanged "$web" "$api"
}

@test "a source through a symbolic link is resolved, and the result says where it really is" {
    local dev root
    ln -sfn "$SOURCE/tree" "$SUITE_DIR/link"
    davit_exits 0 attach "$SUITE_DIR/link" "$web:/mnt/link" --json
    read -r dev root <<<"$(where "$SOURCE/tree")"
    json '.results[0] | .major_minor == $dev and .container == $web
        and ((.sub_root | rtrimstr("/")) + "/" + (.sub_path | ltrimstr("/")) | rtrimstr("/"))
            == $root' --arg dev "$dev" --arg root "$root" --arg web "$web"
    assert_attached "$web" /mnt/link rw,nosuid,nodev "$SOURCE/tree"
    davit_exits 0 detach "$web:/mnt/link"
    assert_tables_unchanged "$web"
}

@test "a source is relative to where the user stands" {
    cd "$SOURCE/tree"
    davit_exits 0 attach ./inner "$web:/mnt/dot"
    assert_attached "$web" /mnt/dot rw,nosuid,nodev "$SOURCE/tree/inner"
    davit_exits 0 detach "$web:/mnt/dot"
    davit_exits 0 attach ../file "$web:/mnt/dotdot"
    assert_attached "$web" /mnt/dotdot rw,nosuid,nodev "$SOURCE/file"
    davit_exits 0 detach "$web:/mnt/dotdot"
    assert_tables_unchanged "$web"
}

@test "--propagation slave receives from the host, and nothing goes back" {
    local line
    davit_exits 0 attach --propagation slave "$SOURCE" "$web:/mnt/slave"
    line=$(new_mounts "$web")
    [[ $line == "/mnt/slave rw,nosuid,nodev $(where "$SOURCE") master:"* ]]
    [[ $line != *shared:* ]]
    assert_host_unchanged
    mount -t tmpfs -o size=1m late "$SOURCE/tree/inner"
    line=$(inside "$web" grep -c ' /mnt/slave/tree/inner ' /proc/1/mountinfo)
    umount "$SOURCE/tree/inner"
    [[ $line -eq 1 ]]
    davit_exits 0 detach "$web:/mnt/slave"
    assert_tables_unchanged "$web"
}

@test "--propagation shared gives and receives, and a detach leaves the host its mounts" {
    local there=$SUITE_DIR/sharing
    mkdir "$there"
    mount -t tmpfs -o size=1m sharing "$there"
    mount --make-shared "$there"
    mkdir "$there/late" "$there/back"
    snapshot_tables "$web"
    davit_exits 0 attach --propagation shared "$there" "$web:/mnt/shared"
    says "mounts made below it inside show on the host"
    [[ $(new_mounts "$web") == "/mnt/shared rw,nosuid,nodev $(where "$there") shared:"* ]]
    assert_host_unchanged
    davit_exits 0 mounts "$web" --json
    json '.mounts[] | select(.target == "/mnt/shared") | .propagation == "shared"
        and .gives_to == "host \($at) (peer group \(.peer_group))" and .receives_from == null' \
        --arg at "$there"
    nsenter --target "$(pid_of "$web")" --mount -- mount -t tmpfs back /mnt/shared/back
    mountpoint -q "$there/back"
    umount "$there/back"
    mount -t tmpfs late "$there/late"
    snapshot_tables
    # Busy: it stays what it was.
    davit_exits 4 detach "$web:/mnt/shared"
    [[ $(new_mounts "$web") == *"/mnt/shared rw,nosuid,nodev $(where "$there") shared:"* ]]
    davit_exits 0 detach --lazy "$web:/mnt/shared"
    assert_tables_unchanged "$web"
    umount "$there/late"
    snapshot_tables
    davit_exits 0 attach --propagation shared "$there" "$web:/mnt/shared"
    davit_exits 0 detach "$web:/mnt/shared"
    assert_tables_unchanged "$web"
    umount "$there"
}

@test "private, as it is by default: a later mount of the host does not show inside" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/private"
    mount -t tmpfs -o size=1m late "$SOURCE/tree/inner"
    run inside "$web" grep -c ' /mnt/private/tree/inner ' /proc/1/mountinfo
    umount "$SOURCE/tree/inner"
    [[ $output -eq 0 ]]
    # Nor the other way round.
    nsenter --target "$(pid_of "$web")" --mount -- mount -t tmpfs none /mnt/private/tree/inner
    assert_host_unchanged
    nsenter --target "$(pid_of "$web")" --mount -- umount /mnt/private/tree/inner
    davit_exits 0 detach "$web:/mnt/private"
    assert_tables_unchanged "$web"
}

@test "--dry-run changes nothing and predicts the result" {
    davit_exits 0 attach --ro --dry-run "$SOURCE" "$web:/srv/dry/run" --json
    json '.plans[0] | .container == $web and .target == "/srv/dry/run"
        and (.steps | length > 3) and all(.steps[]; .stage and .text and has("call"))
        and .predicted.read_only and (.predicted.options | contains(["ro", "nosuid", "nodev"]))' \
        --arg web "$web"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /srv/dry
    davit_exits 0 status --json
    json '[.attachments[] | select(.target == "/srv/dry/run")] == []'
}

@test "--dry-run tells what the attach would hide, and whether that is anything" {
    inside "$web" sh -c 'mkdir /srv/empty /srv/full && touch /srv/full/one /srv/full/two'
    davit_exits 0 attach --dry-run "$SOURCE" "$web:/srv/empty" --json
    json '.plans[0].predicted | .reveals == "an empty directory" and .reveals_nothing'
    davit_exits 0 attach --dry-run "$SOURCE" "$web:/srv/full" --json
    json '.plans[0].predicted | .reveals == "a directory with 2 entries" and .reveals_nothing == false'
    davit_exits 0 attach --dry-run "$SOURCE" "$web:/srv/new" --json
    json '.plans[0].predicted | .reveals == null and .reveals_nothing == null'
    if [[ -z ${DAVIT_WIRE:-} ]]; then # a front end that prints JSON only
        davit_exits 0 attach --dry-run "$SOURCE" "$web:/srv/full"
        says "hides: a directory with 2 entries"
    fi
    inside "$web" rm -r /srv/empty /srv/full
    assert_tables_unchanged "$web"
}

# The calls of a plan by name, in order.
planned_calls() {
    jq -r '.plans[0].steps[].call | select(. != null) | capture("^(?<name>[a-z_0-9]+)\\(").name' \
        <<<"$out"
}

# The plan's calls are found in the trace in this order; other calls may lie between.
assert_traced_in_order() {
    local planned=$1 trace=$SUITE_DIR/trace call at=0 next
    [[ $(wc -l <<<"$planned") -ge 3 ]] || fail "a plan without calls: $planned"
    while read -r call; do
        # strace knows no call that is younger than itself.
        case $call in
        statmount) call='(statmount|syscall_0x1c9)' ;;
        listmount) call='(listmount|syscall_0x1ca)' ;;
        esac
        next=$(awk -v from="$at" -v call="$call" '
            NR > from && $0 ~ "^[0-9]+ +" call "\\(" { print NR; exit }' "$trace")
        [[ -n $next ]] || fail "$call is not in the trace after line $at" "$planned"
        at=$next
    done <<<"$planned"
}

traced() {
    local wrap=(strace --follow-forks --output "$SUITE_DIR/trace")
    davit_exits 0 "$@"
}

@test "a trace of the attach and of the detach shows the calls of the dry run in their order" {
    local plan
    davit_exits 0 attach --ro --dry-run "$SOURCE" "$web:/srv/traced/here" --json
    plan=$(planned_calls)
    traced attach --ro "$SOURCE" "$web:/srv/traced/here"
    assert_traced_in_order "$plan"
    assert_container_mounts "$web" /srv/traced/here ro,nosuid,nodev "$SOURCE"
    davit_exits 0 detach --dry-run "$web:/srv/traced/here" --json
    plan=$(planned_calls)
    traced detach "$web:/srv/traced/here"
    assert_traced_in_order "$plan"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /srv/traced
}

@test "--quiet says nothing when all went well" {
    davit_exits 0 attach --quiet "$SOURCE" "$web:/mnt/quiet"
    [[ -z $out$err ]]
    davit_exits 0 detach --quiet "$web:/mnt/quiet"
    [[ -z $out$err ]]
    assert_tables_unchanged "$web"
}
