#!/usr/bin/env bats
# What can be attached: every kind of filesystem, and paths with every kind of character.

load lab

web=$(named web)

# filesystem NAME SIZE MKFS…: a loop device with that filesystem at $SUITE_DIR/NAME.
filesystem() {
    local name=$1 size=$2
    shift 2
    truncate -s "$size" "$SUITE_DIR/$name.img"
    "$@" "$SUITE_DIR/$name.img" >/dev/null 2>&1
    mkdir "$SUITE_DIR/$name"
    mount -o loop "$SUITE_DIR/$name.img" "$SUITE_DIR/$name"
    mkdir -p "$SUITE_DIR/$name/a/b"
    echo "on $name" >"$SUITE_DIR/$name/a/b/file"
}

setup_file() {
    lab_begin
    container "$(named web)"
    filesystem ext4 16M mkfs.ext4 -q
    filesystem xfs 320M mkfs.xfs -q
    filesystem btrfs 128M mkfs.btrfs -q
    btrfs subvolume create "$SUITE_DIR/btrfs/vol" >/dev/null
    mkdir "$SUITE_DIR/subvolume"
    mount -o "loop,subvol=vol" "$SUITE_DIR/btrfs.img" "$SUITE_DIR/subvolume" 2>/dev/null ||
        mount -o subvol=vol "$(findmnt -no SOURCE "$SUITE_DIR/btrfs" | sed 's/\[.*//')" \
            "$SUITE_DIR/subvolume"
    mkdir -p "$SUITE_DIR/subvolume/a/b"
    echo "on subvolume" >"$SUITE_DIR/subvolume/a/b/file"
    mkdir "$SUITE_DIR"/{tmpfs,lower,upper,work,overlay,fuse,hung}
    mount -t tmpfs -o size=4m tmpfs "$SUITE_DIR/tmpfs"
    mkdir -p "$SUITE_DIR/tmpfs/a/b" "$SUITE_DIR/lower/a/b"
    echo "on tmpfs" >"$SUITE_DIR/tmpfs/a/b/file"
    echo "on overlay" >"$SUITE_DIR/lower/a/b/file"
    mount -t overlay -o "lowerdir=$SUITE_DIR/lower,upperdir=$SUITE_DIR/upper,workdir=$SUITE_DIR/work" \
        overlay "$SUITE_DIR/overlay" 2>/dev/null || {
        # An overlay's upper directory cannot be on an overlay.
        mkdir "$SUITE_DIR"/tmpfs/{upper,work}
        mount -t overlay -o "lowerdir=$SUITE_DIR/lower,upperdir=$SUITE_DIR/tmpfs/upper,workdir=$SUITE_DIR/tmpfs/work" \
            overlay "$SUITE_DIR/overlay"
    }
    "$LAB_TOOLS/fuse" "$SUITE_DIR/fuse" >"$SUITE_DIR/fuse.ready" 3>&- 4>&-
    "$LAB_TOOLS/fuse" "$SUITE_DIR/hung" --hang >"$SUITE_DIR/hung.ready" 3>&- 4>&-
}

teardown_file() {
    local pid
    for pid in "$(cut -d ' ' -f 2 "$SUITE_DIR/fuse.ready")" \
        "$(cut -d ' ' -f 2 "$SUITE_DIR/hung.ready")"; do
        stop_process "$pid"
    done
    lab_end
    umount "$SUITE_DIR"/{overlay,tmpfs,subvolume,btrfs,xfs,ext4}
}

setup() {
    snapshot_tables "$web"
}

# round SOURCE [OPTIONS]: attach, look, write where allowed, detach, look.
round() {
    local source=$1 options=${2:-rw,nosuid,nodev}
    davit_exits 0 attach "$source" "$web:/mnt/it"
    assert_attached "$web" /mnt/it "$options" "$source"
    davit_exits 0 detach "$web:/mnt/it"
    assert_tables_unchanged "$web"
    davit_exits 0 attach --ro "$source" "$web:/mnt/it" --json
    json '.results[0] | .ok and .read_only and .verified'
    assert_attached "$web" /mnt/it ro,nosuid,nodev "$source"
    if [[ -d $source ]]; then
        run inside "$web" touch /mnt/it/new
        [[ $status -ne 0 && $output == *"Read-only file system"* ]]
    fi
    davit_exits 0 detach "$web:/mnt/it"
    assert_tables_unchanged "$web"
}

# The device, the path inside the device and the type are what an administrator trusts.
assert_result_names() {
    local dev root
    read -r dev root <<<"$(where "$1")"
    davit_exits 0 attach --dry-run "$1" "$web:/mnt/it" --json
    json '.plans[0].predicted | .major_minor == $dev
        and ((.sub_root | rtrimstr("/")) + "/" + (.sub_path | ltrimstr("/")) | rtrimstr("/"))
            == ($root | rtrimstr("/"))' --arg dev "$dev" --arg root "$root"
}

@test "ext4 on a loop device: its root and a directory below" {
    round "$SUITE_DIR/ext4"
    round "$SUITE_DIR/ext4/a/b"
    assert_result_names "$SUITE_DIR/ext4/a/b"
    json '.plans[0].predicted.device | test("^/dev/loop")'
}

@test "xfs" {
    round "$SUITE_DIR/xfs/a"
    assert_result_names "$SUITE_DIR/xfs/a"
}

@test "btrfs, whose stat(2) names another device than its mount table" {
    round "$SUITE_DIR/btrfs/a"
    assert_result_names "$SUITE_DIR/btrfs/a"
}

@test "a btrfs subvolume mounted by name, and the same one as a directory of the whole" {
    round "$SUITE_DIR/subvolume/a"
    assert_result_names "$SUITE_DIR/subvolume/a"
    round "$SUITE_DIR/btrfs/vol"
    assert_result_names "$SUITE_DIR/btrfs/vol"
}

@test "tmpfs" {
    round "$SUITE_DIR/tmpfs/a"
    assert_result_names "$SUITE_DIR/tmpfs/a"
}

@test "overlay" {
    round "$SUITE_DIR/overlay/a"
    assert_result_names "$SUITE_DIR/overlay/a"
}

@test "FUSE that answers" {
    davit_exits 0 attach "$SUITE_DIR/fuse" "$web:/mnt/fuse"
    assert_attached "$web" /mnt/fuse rw,nosuid,nodev "$SUITE_DIR/fuse"
    [[ $(inside "$web" cat /mnt/fuse/f) == fuse ]]
    davit_exits 0 detach "$web:/mnt/fuse"
    assert_tables_unchanged "$web"
}

@test "FUSE that never answers: a time limit, a clear error, nothing changed" {
    local began=$SECONDS
    davit_exits 1 attach "$SUITE_DIR/hung/d" "$web:/mnt/hung"
    says "$SUITE_DIR/hung"
    ((SECONDS - began < 30))
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /mnt/hung
    # And the rest goes on.
    round "$SOURCE"
}

@test "single files of several filesystems" {
    round "$SUITE_DIR/ext4/a/b/file"
    round "$SUITE_DIR/tmpfs/a/b/file"
    round "$SUITE_DIR/overlay/a/b/file"
}

@test "comma, space, quotes, backslash, equals, percent and hash in the path" {
    local name
    for name in 'a,b' 'with space' "it's" 'say "x"' 'back\slash' 'k=v' '100%s' '#1' '$HOME' '*?['; do
        mkdir -p "$SOURCE/$name"
        echo "$name" >"$SOURCE/$name/file"
        davit_exits 0 attach "$SOURCE/$name" "$web:/mnt/$name"
        assert_attached "$web" "/mnt/$name" rw,nosuid,nodev "$SOURCE/$name"
        [[ $(inside "$web" cat "/mnt/$name/file") == "$name" ]]
        davit_exits 0 detach "$web:/mnt/$name"
        assert_tables_unchanged "$web"
        assert_absent_inside "$web" "/mnt/$name"
    done
}

@test "a newline, a tab and an escape sequence in the path are never raw on the screen" {
    local name=$'line\nbreak\ttab\e[31mred'
    mkdir -p "$SOURCE/$name"
    davit_exits 0 attach "$SOURCE/$name" "$web:/mnt/$name"
    [[ $out$err != *$'\e'* ]]
    assert_attached "$web" "/mnt/$name" rw,nosuid,nodev "$SOURCE/$name"
    davit_exits 0 mounts "$web"
    [[ $out$err != *$'\e'* ]]
    davit_exits 0 status
    [[ $out$err != *$'\e'* ]]
    davit_exits 0 status --json
    davit_exits 0 events
    [[ $out$err != *$'\e'* ]]
    davit_exits 0 detach "$web:/mnt/$name"
    [[ $out$err != *$'\e'* ]]
    assert_tables_unchanged "$web"
}

@test "UTF-8, and bytes that are not" {
    local name
    for name in 'Größe-データ-😀' $'latin\xe9' $'\xff\xfe'; do
        mkdir -p "$SOURCE/$name"
        davit_exits 0 attach "$SOURCE/$name" "$web:/mnt/$name" --json
        json '.results[0].ok'
        assert_attached "$web" "/mnt/$name" rw,nosuid,nodev "$SOURCE/$name"
        davit_exits 0 detach "$web:/mnt/$name"
        assert_tables_unchanged "$web"
    done
}

@test "a path of nearly 4 KiB" {
    local part path=$SOURCE/deep
    part=$(printf 'd%.0s' {1..200})
    while ((${#path} + 201 < 4090)); do
        path+=/$part
    done
    mkdir -p "$path"
    echo deep >"$path/file"
    davit_exits 0 attach "$path" "$web:/mnt/deep"
    assert_attached "$web" /mnt/deep rw,nosuid,nodev "$path"
    davit_exits 0 detach "$web:/mnt/deep"
    assert_tables_unchanged "$web"
    rm -r "$SOURCE/deep"
}

@test "a path that is too long is an error, not a crash" {
    davit_exits 2 attach "/$(printf 'x%.0s' {1..5000})" "$web:/mnt/x"
    davit_exits 2 attach "$SOURCE" "$web:/$(printf 'x%.0s' {1..5000})"
    davit_exits 3 attach "/$(printf 'x%.0s' {1..300})" "$web:/mnt/x"
    assert_tables_unchanged "$web"
}

@test "a shared source with submounts: after the detach the host still has its submounts" {
    mkdir -p "$SUITE_DIR/shared/sub"
    mount -t tmpfs -o size=1m parent "$SUITE_DIR/shared"
    mkdir "$SUITE_DIR/shared/sub"
    mount --make-shared "$SUITE_DIR/shared"
    mount -t tmpfs -o size=1m child "$SUITE_DIR/shared/sub"
    snapshot_tables "$web"
    davit_exits 0 attach -R "$SUITE_DIR/shared" "$web:/mnt/shared"
    assert_container_mounts "$web" /mnt/shared rw,nosuid,nodev "$SUITE_DIR/shared" \
        /mnt/shared/sub rw,nosuid,nodev "$SUITE_DIR/shared/sub"
    assert_host_unchanged
    davit_exits 0 detach --lazy "$web:/mnt/shared"
    assert_tables_unchanged "$web"
    umount "$SUITE_DIR/shared/sub" "$SUITE_DIR/shared"
}

@test "the source is mounted over while it is attached: inside stays what was attached" {
    davit_exits 0 attach "$SUITE_DIR/ext4/a" "$web:/mnt/stays"
    mount -t tmpfs none "$SUITE_DIR/ext4/a"
    [[ $(inside "$web" cat /mnt/stays/b/file) == "on ext4" ]]
    umount "$SUITE_DIR/ext4/a"
    davit_exits 0 detach "$web:/mnt/stays"
    assert_tables_unchanged "$web"
}

@test "the root of the host takes no other mount along" {
    davit_exits 0 attach --ro / "$web:/mnt/root"
    assert_container_mounts "$web" /mnt/root ro,nosuid,nodev "$(where /)"
    [[ -z $(inside "$web" ls /mnt/root/proc) ]]
    davit_exits 0 detach "$web:/mnt/root"
    assert_tables_unchanged "$web"
}

@test "tmpfs: is a fresh one for each target, with its own options, and its memory goes with it" {
    local api
    api=$(named tmpfs-api)
    container "$api"
    snapshot_tables "$web" "$api"
    davit_exits 0 attach tmpfs:size=1m,mode=0750 "$web:/mnt/fresh" "$api:/mnt/fresh" --json
    json '.results | length == 2 and all(.ok and .verified and .method == "device"
        and .sub_root == "/" and .sub_path == "" and (.major_minor | test("^0:[0-9]+$")))'
    json '.results[0].major_minor != .results[1].major_minor'
    assert_container_mounts "$web" /mnt/fresh rw,nosuid,nodev \
        "$(jq -r '.results[0].major_minor' <<<"$out") /"
    [[ $(inside "$web" stat -c '%a' /mnt/fresh) == 750 ]]
    [[ $(inside "$web" stat -f -c '%b' /mnt/fresh) -eq 256 ]]
    inside "$web" sh -c 'echo kept >/mnt/fresh/here'
    [[ -z $(inside "$api" ls /mnt/fresh) ]]
    assert_host_unchanged
    davit_exits 0 replace --dry-run "$SOURCE" "$web:/mnt/fresh"
    says "written to this tmpfs is gone with it"
    davit_exits 0 detach --dry-run "$web:/mnt/fresh" "$api:/mnt/fresh" --json
    json '.plans | length == 2 and all(.[]; any(.warnings[]; contains("an undo makes an empty one")))'
    davit_exits 0 detach "$web:/mnt/fresh" "$api:/mnt/fresh"
    assert_tables_unchanged "$web" "$api"
    # A fresh one again: nothing of the other is in it.
    davit_exits 0 attach --ro tmpfs: "$web:/mnt/fresh"
    [[ -z $(inside "$web" ls /mnt/fresh) ]]
    run inside "$web" touch /mnt/fresh/new
    [[ $status -ne 0 && $output == *"Read-only file system"* ]]
    davit_exits 0 detach "$web:/mnt/fresh"
    assert_tables_unchanged "$web" "$api"
    remove_container "$api"
}

@test "tmpfs: options that it does not have, or that no value is" {
    local options
    for options in size=1m,foo=1 size=many size= size mode=9 uid=root ,; do
        davit_refuses 2 usage attach "tmpfs:$options" "$web:/mnt/fresh"
        says "size=64m"
    done
}
