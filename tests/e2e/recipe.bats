#!/usr/bin/env bats
# Method recipe: the mount is made inside the container, out of sight, as kernels without the new
# mount calls need it.

load lab

web=$(named web)
target=/srv/recipe/here
hostile=$'a,b "q" \'s\' $x `y` %s\\ *\n\tz\xff'

# filesystem NAME SIZE MKFS…: a loop device with that filesystem at $SUITE_DIR/NAME.
filesystem() {
    local name=$1 size=$2
    shift 2
    truncate -s "$size" "$SUITE_DIR/$name.img"
    "$@" "$SUITE_DIR/$name.img" >/dev/null 2>&1
    mkdir "$SUITE_DIR/$name"
    mount -o loop "$SUITE_DIR/$name.img" "$SUITE_DIR/$name"
    mkdir -p "$SUITE_DIR/$name/d/$hostile/b"
    echo "on $name" >"$SUITE_DIR/$name/d/$hostile/b/file"
}

setup_file() {
    export BATS_TEST_TIMEOUT=300
    lab_begin
    container "$(named web)"
    container "$(named locked)" --read-only
    filesystem ext4 16M mkfs.ext4 -q
    filesystem btrfs 128M mkfs.btrfs -q
    btrfs subvolume create "$SUITE_DIR/btrfs/vol" >/dev/null
    mkdir "$SUITE_DIR"/{subvolume,tmpfs}
    mount -o subvol=vol "$(findmnt -no SOURCE "$SUITE_DIR/btrfs" | sed 's/\[.*//')" \
        "$SUITE_DIR/subvolume"
    mkdir "$SUITE_DIR/subvolume/b"
    echo "on subvolume" >"$SUITE_DIR/subvolume/b/file"
    mount -t tmpfs -o size=4m tmpfs "$SUITE_DIR/tmpfs"
}

teardown_file() {
    lab_end
    umount "$SUITE_DIR"/{tmpfs,subvolume,btrfs,ext4}
}

setup() {
    STATE=$STATE-$BATS_TEST_NUMBER
    mkdir -m 0700 "$STATE"
    snapshot_tables "$web" "$(named locked)"
    box=pid:$(pid_of "$web")
}

# Nothing of davit's is left inside, in no place that it may have worked in.
assert_clean() {
    local left
    assert_tables_unchanged "$web" && assert_absent_inside "$web" /srv/recipe || return
    left=$(inside "$web" find / -maxdepth 2 -name '.davit-*' -not -path '/proc/*')
    [[ -z $left ]] || fail "left: $left"
}

# round NAME SOURCE: attach, look, write, detach, look; then read-only.
round() {
    local name=$1 source=$2
    davit_exits 0 attach --method recipe "$source" "$name:/dev/shm" --json
    json '.results[0] | .ok and .verified and .method == "recipe"'
    assert_attached "$name" /dev/shm rw,nosuid,nodev "$source"
    davit_exits 0 detach "$name:/dev/shm"
    assert_tables_unchanged "$name"
    davit_exits 0 attach --method recipe --ro "$source" "$name:/dev/shm" --json
    json '.results[0] | .ok and .read_only and .verified'
    assert_attached "$name" /dev/shm ro,nosuid,nodev "$source"
    run inside "$name" touch /dev/shm/new
    [[ $status -ne 0 && $output == *"Read-only file system"* ]]
    davit_exits 0 detach "$name:/dev/shm"
    assert_tables_unchanged "$name"
}

@test "ext4, a whole and a directory with every kind of character" {
    round "$web" "$SUITE_DIR/ext4"
    round "$web" "$SUITE_DIR/ext4/d/$hostile/b"
    assert_clean
}

@test "a file, onto a target that is made and removed" {
    local source=$SUITE_DIR/ext4/d/$hostile/b/file
    davit_exits 0 attach --method recipe "$source" "$box:$target"
    assert_attached "$web" "$target" rw,nosuid,nodev "$source"
    davit_exits 0 detach "$box:$target"
    assert_clean
}

@test "btrfs and a subvolume: the host's name of the device stays" {
    local before
    before=$(grep "$SUITE_DIR" /proc/self/mounts)
    round "$web" "$SUITE_DIR/btrfs/d/$hostile"
    round "$web" "$SUITE_DIR/subvolume/b"
    [[ $(grep "$SUITE_DIR" /proc/self/mounts) == "$before" ]]
    assert_clean
}

@test "into a read-only root: it works in memory" {
    round "$(named locked)" "$SUITE_DIR/ext4/d/$hostile"
}

@test "a dry run names each call and changes nothing" {
    davit_exits 0 attach --method recipe --dry-run "$SUITE_DIR/ext4" "$box:$target"
    says 'MS_MOVE'
    says 'S_IFBLK'
    assert_clean
}

@test "refused with the reason: no block device, -R, other propagation" {
    davit_refuses 7 unsupported attach --method recipe "$SUITE_DIR/tmpfs" "$box:$target"
    says 'on no block device (tmpfs)'
    davit_refuses 7 unsupported attach --method recipe /proc "$box:$target"
    says 'on no block device (proc)'
    davit_refuses 7 unsupported attach --method recipe -R "$SUITE_DIR/ext4" "$box:$target"
    davit_refuses 7 unsupported attach --method recipe --propagation slave "$SUITE_DIR/ext4" \
        "$box:$target"
    davit_refuses 7 unsupported attach --method recipe tmpfs: "$box:$target"
    assert_clean
}

@test "chosen by itself where a call is missing, and not where none is" {
    local call davit_words=("${davit_words[@]}")
    local program=${davit_words[-1]} before=("${davit_words[@]:0:${#davit_words[@]}-1}")
    davit_exits 0 attach --dry-run --json "$SUITE_DIR/ext4" "$box:$target"
    json '.plans[0].predicted.method == "tree"'
    for call in open_tree move_mount mount_setattr open_tree,move_mount,mount_setattr,fsopen; do
        davit_words=("${before[@]}" "$LAB_TOOLS/without" --calls "$call" "$program")
        davit_exits 0 attach --ro --json "$SUITE_DIR/ext4" "$box:$target"
        json '.results[0].method == "recipe"'
        assert_attached "$web" "$target" ro,nosuid,nodev "$SUITE_DIR/ext4"
        davit_exits 0 detach "$box:$target"
        assert_clean
    done
    davit_refuses 7 unsupported attach "$SUITE_DIR/tmpfs" "$box:$target"
    says 'on no block device'
}

@test "undo of a detach attaches it again" {
    davit_exits 0 attach --method recipe "$SUITE_DIR/ext4" "$box:$target"
    davit_exits 0 detach "$box:$target"
    davit_exits 0 undo --yes
    assert_attached "$web" "$target" rw,nosuid,nodev "$SUITE_DIR/ext4"
    davit_exits 0 undo --yes
    assert_clean
}

# killed FILTER N: an attach killed there; then what the next davit makes of it.
killed() {
    local wrap=("$LAB_TOOLS/killat" --acts "${@:1:$#-1}" -o "$SUITE_DIR/killed" "${@: -1}")
    davit attach --method recipe --ro "$SUITE_DIR/ext4" "$box:$target" >"$SUITE_DIR/out" 2>&1 || true
    wrap=()
    davit_exits 0 status --json
    if json 'any(.attachments[]; .state == "live")' 2>/dev/null; then
        complete=$((complete + 1))
        assert_attached "$web" "$target" ro,nosuid,nodev "$SUITE_DIR/ext4" || fail "$*"
        davit_exits 0 detach "$box:$target"
    else
        json 'all(.attachments[]; .state == "gone")' || fail "$*: $(<"$SUITE_DIR/killed")"
        restored=$((restored + 1))
    fi
    assert_clean || fail "$*: $(<"$SUITE_DIR/killed")"
    rm -f "$STATE/journal"
}

# kill_all STEP [FILTER]: at each STEP-th call.
kill_all() {
    local step=$1 n total complete=0 restored=0
    local wrap=("$LAB_TOOLS/killat" --acts --trace "${@:2}" -o "$SUITE_DIR/calls")
    davit_exits 0 attach --method recipe --ro "$SUITE_DIR/ext4" "$box:$target"
    wrap=()
    davit_exits 0 detach "$box:$target"
    total=$(sed -n 's/^ended 0 after \([0-9]*\) calls$/\1/p' "$SUITE_DIR/calls")
    # The last one too: there all is done.
    for n in $(seq 1 "$step" "$total") "$total"; do
        killed "${@:2}" "$n"
    done
    echo "# $total calls: $restored restored or unchanged, $complete complete" >&3
    ((total > 20 && restored > 0 && complete > 0))
}

@test "the mover killed at its calls: taken back, or complete" {
    kill_all "$([[ $DAVIT_PASS == plain ]] && echo 1 || echo 2)" --helpers-only
}

@test "davit killed at its calls: taken back by the next one, or complete" {
    kill_all "$([[ $DAVIT_PASS == plain ]] && echo 2 || echo 3)" --main-only
}
