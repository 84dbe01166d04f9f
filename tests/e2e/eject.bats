#!/usr/bin/env bats
# A disk taken out of every namespace, and the proof that nobody has it.

load lab

web=$(named web)
api=$(named api)

setup_file() {
    export BATS_TEST_TIMEOUT=120
    lab_begin
    mkdir "$SUITE_DIR/usb"
    container "$(named api)"
}

teardown_file() {
    lab_end
}

setup() {
    STATE=$STATE-$BATS_TEST_NUMBER
    usb=$SUITE_DIR/usb
    image=$SUITE_DIR/disk.$BATS_TEST_NUMBER.img
    started=()
    alias=
    truncate -s 32M "$image"
    mkfs.ext4 -q "$image"
    loop=$(losetup --find --show "$image")
    snapshot_tables "$api"
    mount "$loop" "$usb"
    mkdir "$usb/data"
    echo "on the disk" >"$usb/data/file"
}

teardown() {
    end_started
    [[ ! -e $SUITE_DIR/pids/$web ]] || remove_container "$web"
    ! mountpoint -q "$usb" || umount -l "$usb"
    losetup -d "$loop" 2>/dev/null || true
    [[ -z $alias ]] || rm -f "$alias"
    [[ -z ${parted:-} ]] || {
        swapoff "${parted}p1" || umount -l "${parted}p1" || true
        delpart "$parted" 1 || true
        losetup -d "$parted" || true
    } 2>/dev/null
}

# Nobody has it: what davit says, seen by others.
assert_free() {
    ! grep -q " - ext4 $loop " /proc/[0-9]*/mountinfo || fail "still mounted"
    python3 -c 'import os, sys; os.open(sys.argv[1], os.O_RDONLY | os.O_EXCL)' "$loop"
}

@test "attached, declared, a daemon's own, the host's: one plan, then all of it gone and proven" {
    container "$web" -v "$usb/data:/data"
    begin unshare --mount --propagation private sh -c 'echo ready; exec sleep 1000000'
    davit_exits 0 attach --ro "$usb/data" "$api:/mnt/it"
    davit_exits 0 eject --dry-run "$loop" --json
    json '[.plans[] | .predicted.origin] | sort == ["attached", "declared", "other", "other"]'
    json '.plans | any(.container == $web and .target == "/data" and .predicted.origin == "declared")
        and any(.container == $api and .target == "/mnt/it" and .predicted.origin == "attached")' \
        --arg web "$web" --arg api "$api"
    json '.plans[-1].container == "host" and .free == null'
    davit_exits 2 eject "$loop"
    mountpoint -q "$usb"
    davit_exits 0 eject "$loop" --yes --json
    json '.free and .complete and .error == null and .holders == [] and (.results | length == 4)
        and all(.results[]; .ok and .verified)'
    assert_free
    davit_exits 0 eject --dry-run "$loop"
    says "there is no mount to detach"
    # What davit made for its own is taken away too; what the container has is its own directory.
    assert_absent_inside "$api" /mnt/it
    [[ -z $(inside "$web" ls -A /data) ]]
    remove_container "$web"
    assert_tables_unchanged "$api"
    davit_exits 0 eject "$loop" --yes
    says "Nobody holds $loop any more"
    says_not "powered"
    davit_exits 0 events
    says "$web"
}

@test "the path of the mount point is the same disk; a directory of it is itself alone" {
    davit_exits 0 attach --ro "$usb/data" "$api:/mnt/it"
    davit_exits 0 eject "$usb/data" --yes --json
    json '.free and (.results | length == 1)'
    mountpoint -q "$usb"
    davit_exits 0 attach --ro "$usb/data" "$api:/mnt/it"
    davit_exits 0 eject "$usb" --yes --json
    json '.free and (.results | length == 2)'
    assert_free
    assert_tables_unchanged "$api"
}

@test "in use: nothing is changed, who holds it is named, and what would make it let go" {
    local before
    davit_exits 0 attach "$usb/data" "$api:/mnt/it"
    begin "$LAB_TOOLS/opener" "$usb/data/file" --fd
    before=$(</proc/self/mountinfo)
    davit_exits 4 eject "$loop" --yes --json
    json '.error.code == "busy" and .results == [] and (.free | not)
        and any(.holders[]; .pid == $pid and .kind == "fd" and .stop == "kill \($pid)")' \
        --argjson pid "$pid"
    [[ $(</proc/self/mountinfo) == "$before" ]]
    assert_present_inside "$api" /mnt/it/file
    davit_exits 4 eject "$loop" </dev/null # nothing to be confirmed
    says "kill $pid"
    davit_exits 4 eject "$loop" --json </dev/null
    json '.error.code == "busy" and (.plans | length > 0)
        and any(.holders[]; .pid == $pid)' --argjson pid "$pid"
    davit_exits 4 eject "$loop" --yes
    says "kill $pid"
    says "nothing was changed"
    [[ -e /proc/$pid ]]
    # Within the wait it lets go.
    (
        until grep -q intent "$STATE/journal" 2>/dev/null; do pause; done
        kill "$pid"
    ) 3>&- 4>&- &
    davit_exits 0 eject "$loop" --yes --wait 20s --json
    json .free
    started=()
    assert_free
    assert_tables_unchanged "$api"
}

@test "lazily, while it is in use: gone from every table, and not said to be free" {
    begin "$LAB_TOOLS/opener" "$usb/data/file" --fd
    davit_exits 4 eject "$loop" --yes --lazy --json
    json '(.free | not) and .error.code == "busy" and all(.results[]; .ok)
        and ([.holders[] | .kind] == ["fd"]) and .holders[0].pid == $pid' --argjson pid "$pid"
    not mountpoint -q "$usb"
    stop_process "$pid" KILL
    started=()
    davit_exits 0 eject "$loop" --yes
    assert_free
    assert_host_unchanged
}

@test "what could not be looked at may hold it: nothing but the device itself proves that it is free" {
    local memory=$SUITE_DIR/memory
    hold_namespaces 100
    mkdir "$memory"
    mount -t tmpfs memory "$memory"
    wrap=(prlimit --nofile=64:64)
    davit_exits 4 eject "$memory" --yes --json
    json '(.free | not) and (.complete | not) and .error.code == "busy" and all(.results[]; .ok)'
    not mountpoint -q "$memory"
    davit_exits 0 eject "$loop" --yes --json
    json '.free and (.complete | not)'
    wrap=()
    assert_host_unchanged
}

@test "what the machine runs from, or swaps to, is refused" {
    local at wrap
    davit_refuses 6 unsafe eject / --yes
    # shellcheck disable=SC2016
    for at in /boot /usr/src; do
        wrap=(unshare --mount --propagation private sh -c 'mount "$0" "$1" && shift && exec "$@"'
            "$loop" "$at")
        davit_refuses 6 unsafe eject "$loop" --yes
        says "mounted at $at: the machine runs from it"
    done
    wrap=()
    mountpoint -q "$usb"
    umount "$usb"
    mkswap "$loop" >/dev/null
    swapon "$loop"
    davit_refuses 6 unsafe eject "$loop" --yes
    says "swapoff $loop"
    grep -q "^$loop " /proc/swaps
    swapoff "$loop"
    davit_exits 0 eject "$loop" --yes
    assert_host_unchanged
}

@test "a disk by its partition: a mount of it, a file that is open, swap on it" {
    local part=$SUITE_DIR/part
    umount "$usb"
    truncate -s 16M "$SUITE_DIR/parts.img"
    parted=$(losetup --find --show "$SUITE_DIR/parts.img")
    addpart "$parted" 1 2048 20480
    mkfs.ext4 -q "${parted}p1"
    mkdir "$part"
    mount "${parted}p1" "$part"
    begin "$LAB_TOOLS/opener" "$part" --fd
    davit_exits 4 eject "$parted" --yes --json
    json 'any(.holders[]; .kind == "mount" and .path == $part)
        and any(.holders[]; .kind == "fd" and .pid == $pid)' --arg part "$part" --argjson pid "$pid"
    stop_process "$pid" KILL
    started=()
    davit_exits 0 eject "$parted" --yes --json
    json '.free and (.results | length == 1)'
    not mountpoint -q "$part"
    mkswap "${parted}p1" >/dev/null
    swapon "${parted}p1"
    davit_refuses 6 unsafe eject "$parted" --yes
    says "the machine swaps to ${parted}p1"
    swapoff "${parted}p1"
    davit_exits 0 eject "$parted" --yes
    delpart "$parted" 1
    losetup -d "$parted"
    parted=
    assert_host_unchanged
}

@test "through a loop device on a filesystem on the disk" {
    local inner
    truncate -s 8M "$usb/inner.img"
    mkfs.ext4 -q "$usb/inner.img"
    inner=$(losetup --find --show "$usb/inner.img")
    mkdir -p "$SUITE_DIR/inner"
    mount "$inner" "$SUITE_DIR/inner"
    davit_exits 4 eject "$loop" --yes --json
    # Both filesystems could be left, the loop device is somebody's to take away.
    json '(.free | not) and any(.holders[]; .kind == "loop" and .stop == "losetup -d " + $inner)' \
        --arg inner "$inner"
    not mountpoint -q "$SUITE_DIR/inner"
    losetup -d "$inner"
    davit_exits 0 eject "$loop" --yes --json
    json .free
    assert_free
    assert_host_unchanged
}

# Everything before the first line in the journal is a look at who holds it.
@test "killed while it works: each mount is there or gone, and the next davit is done with it" {
    local n first last status kills=0
    local wrap=("$LAB_TOOLS/killat" --trace -o "$SUITE_DIR/trace")
    davit_exits 0 attach --ro "$usb/data" "$api:/mnt/it"
    davit_exits 0 eject "$loop" --yes
    first=$(awk '$3 == "fallocate" || $3 == "285" { print $1; exit }' "$SUITE_DIR/trace")
    last=$(awk '$3 == "umount2" || $3 == "166" { n = $1 } END { print n }' "$SUITE_DIR/trace")
    ((first > 0 && last > first))
    wrap=()
    for ((n = first - 2; n < last + 60; n += (last - first) / 20 + 1)); do
        mountpoint -q "$usb" || mount "$loop" "$usb"
        [[ -e /proc/$(pid_of "$api")/root/mnt/it/file ]] ||
            davit_exits 0 attach --ro "$usb/data" "$api:/mnt/it"
        wrap=("$LAB_TOOLS/killat" -o "$SUITE_DIR/killed" "$n")
        davit eject "$loop" --yes >"$SUITE_DIR/ejected" 2>&1 || true
        wrap=()
        [[ $(<"$SUITE_DIR/killed") != killed* ]] || kills=$((kills + 1))
        davit_exits 0 status --json
        json 'all(.attachments[]; .state == "live" or .state == "gone")'
        [[ -z $(inside "$api" find /mnt -name '.davit-*') ]]
        [[ $(jq -r '[.attachments[].state] | any(. == "live")' <<<"$out") == \
            "$(grep -q ' /mnt/it ' "/proc/$(pid_of "$api")/mountinfo" && echo true || echo false)" ]]
    done
    ((kills > 5))
    davit_exits 0 eject "$loop" --yes
    assert_free
    assert_tables_unchanged "$api"
}

# As who may write to a directory above a path can put one.
@test "a link on the way to a path is not followed, a device's other name is" {
    davit_exits 0 attach --ro "$usb/data" "$api:/mnt/it"
    ln -s "$usb/data" "$SUITE_DIR/mine"
    ln -s "$usb" "$SUITE_DIR/above"
    davit_refuses 6 unsafe eject "$SUITE_DIR/mine" --yes
    says "leads to $usb/data, by a symbolic link"
    says "name $usb/data, if"
    davit_refuses 6 unsafe eject "$SUITE_DIR/above/data" --dry-run
    assert_present_inside "$api" /mnt/it/file
    mountpoint -q "$usb"
    # Who only asks is told.
    davit_exits 0 who "$SUITE_DIR/mine"
    says "/mnt/it"
    rm "$SUITE_DIR/mine" "$SUITE_DIR/above"
    alias=/dev/davit-lab-$BASHPID
    ln -s "$usb/data" "$alias"
    davit_refuses 6 unsafe eject "$alias" --yes
    says "leads to $usb/data"
    assert_present_inside "$api" /mnt/it/file
    rm "$alias"
    ln -s "${loop##*/}" "$alias"
    davit_exits 0 eject "$alias" --yes
    assert_free
    assert_tables_unchanged "$api"
}

@test "no changes, and what is neither a device nor a path" {
    davit_refuses 5 not-permitted eject "$loop" --yes --no-changes
    davit_refuses 2 usage eject usb --yes
    davit_refuses 3 no-path eject "$SUITE_DIR/nothing" --yes
    # Not asked before it was looked at.
    davit_refuses 5 not-permitted eject "$loop" --no-changes </dev/null
    davit_refuses 3 no-path eject "$SUITE_DIR/nothing" </dev/null
    davit_refuses 6 unsafe eject / </dev/null
    davit_exits 2 eject "$loop" </dev/null
    says "Eject $loop: "
    says --yes
    [[ $out == *"unmount"* ]]
    mountpoint -q "$usb"
    assert_container_unchanged "$api"
}
