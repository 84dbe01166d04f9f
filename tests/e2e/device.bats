#!/usr/bin/env bats
# Filesystems on block devices and in images: mounted for a container alone, shared with the host
# where it has them already, never written to when they are to be read only, and gone afterwards.

load lab

web=$(named web)
api=$(named api)

setup_file() {
    export BATS_TEST_TIMEOUT=300
    lab_begin
    container "$(named web)"
    container "$(named api)"
    mkdir "$SUITE_DIR"/{top,on}
    mkdir -p "$SUITE_DIR/tree/a/b"
    echo "in the image" >"$SUITE_DIR/tree/a/b/file"
    truncate -s 16M "$SUITE_DIR/ext4.img"
    mkfs.ext4 -q -L davit-ext4 -d "$SUITE_DIR/tree" "$SUITE_DIR/ext4.img"
    mksquashfs "$SUITE_DIR/tree" "$SUITE_DIR/squashfs.img" -quiet -no-progress >/dev/null
    truncate -s 128M "$SUITE_DIR/btrfs.img"
    mkfs.btrfs -q -r "$SUITE_DIR/tree" "$SUITE_DIR/btrfs.img"
    mount -o loop "$SUITE_DIR/btrfs.img" "$SUITE_DIR/on"
    btrfs subvolume create "$SUITE_DIR/on/vol" >/dev/null
    cp -r "$SUITE_DIR/tree/a" "$SUITE_DIR/on/vol"
    ln -s vol/a "$SUITE_DIR/on/link"
    # davit takes the whole, whatever is the default.
    btrfs subvolume set-default "$SUITE_DIR/on/vol"
    umount "$SUITE_DIR/on"
    truncate -s 320M "$SUITE_DIR/xfs.img"
    mkfs.xfs -q "$SUITE_DIR/xfs.img"
    mount -o loop "$SUITE_DIR/xfs.img" "$SUITE_DIR/on"
    cp -r "$SUITE_DIR/tree/a" "$SUITE_DIR/on"
    umount "$SUITE_DIR/on"
}

teardown_file() {
    lab_end
}

setup() {
    STATE=$STATE-$BATS_TEST_NUMBER
    loops=()
    snapshot_tables "$web" "$api"
}

teardown() {
    local loop
    while mountpoint -q "$SUITE_DIR/on"; do
        umount -l "$SUITE_DIR/on"
    done
    for loop in "${loops[@]}"; do
        losetup -d "$loop" || true
    done
}

# bind_loop [LOSETUP ARGS…] FILE: a loop device of our own, in $loop, until the end of the test.
bind_loop() {
    loop=$(losetup --find --show "$@")
    loops+=("$loop")
}

# The loop devices of a file, one a line.
loops_of() { losetup -j "$1" -n -O NAME; }

assert_no_loop() {
    [[ -z $(loops_of "$1") ]] || fail "still there: $(losetup -j "$1")"
}

# "MAJ:MIN ROOT" of what the last davit attached; the device is the one loop device of IMAGE.
made() {
    local node
    node=$(loops_of "$1")
    json '.results[0].device == $node and .results[0].method == "device"' --arg node "$node" || return
    jq -r '.results[0] | .major_minor + " " + (if .sub_path == "" then "/" else .sub_path end)' <<<"$out"
}

# Whether FILE was written to: its bytes, and for what is too large to be read again and again the
# times that every write through a loop device sets.
written() {
    if [[ $(stat -c %s "$1") -le 16777216 ]]; then
        sha256sum <"$1"
    fi
    stat -c '%y %z' "$1"
}

# round IMAGE SUB-PATH OPTIONS [ATTACH OPTIONS…]
round() {
    local image=$SUITE_DIR/$1.img sub=$2 options=$3 from
    shift 3
    davit_exits 0 attach "$@" "image:$image${sub:+:$sub}" "$web:/mnt/it" --json
    json '.results[0] | .ok and .verified'
    from=$(made "$image")
    assert_container_mounts "$web" /mnt/it "$options" "$from"
    assert_host_unchanged
    [[ $(inside "$web" find /mnt/it -name file -exec cat {} \; | sort -u) == "in the image" ]]
    # mountinfo names the device by its real name.
    grep -q " /mnt/it [^-]* - [a-z0-9]* $(loops_of "$image") " "/proc/$(pid_of "$web")/mountinfo"
    davit_exits 0 detach "$web:/mnt/it" --json
    json '.results[0] | .method == "device" and any(.steps[]; .stage == "free" and .result == "ok")'
    assert_tables_unchanged "$web" "$api"
    assert_no_loop "$image"
    assert_absent_inside "$web" /mnt/it
}

@test "ext4, xfs and btrfs in images: written to, and read only without a byte changed" {
    local type before
    for type in ext4 xfs btrfs; do
        round "$type" "" rw,nosuid,nodev
        round "$type" /a/b rw,nosuid,nodev
        before=$(written "$SUITE_DIR/$type.img")
        round "$type" /a ro,nosuid,nodev --ro
        [[ $(written "$SUITE_DIR/$type.img") == "$before" ]]
    done
}

@test "what is written inside is in the image after the detach" {
    davit_exits 0 attach "image:$SUITE_DIR/ext4.img" "$web:/mnt/it"
    inside "$web" sh -c 'echo kept >/mnt/it/kept'
    davit_exits 0 detach "$web:/mnt/it"
    assert_tables_unchanged "$web" "$api"
    mount -o loop,ro "$SUITE_DIR/ext4.img" "$SUITE_DIR/on"
    [[ $(<"$SUITE_DIR/on/kept") == kept ]]
    umount "$SUITE_DIR/on"
}

@test "squashfs is read-only whatever is asked, and so is its loop device" {
    round squashfs "" rw,nosuid,nodev
    davit_exits 0 attach "image:$SUITE_DIR/squashfs.img" "$web:/mnt/it"
    says "read-only"
    [[ $(losetup -n -O RO "$(loops_of "$SUITE_DIR/squashfs.img")" | tr -d ' ') == 1 ]]
    run inside "$web" touch /mnt/it/new
    [[ $status -ne 0 && $output == *"Read-only file system"* ]]
    davit_exits 0 detach "$web:/mnt/it"
    assert_tables_unchanged "$web" "$api"
}

@test "iso9660 is recognised, and a kernel that does not have it is said to be the reason" {
    local before
    truncate -s 1M "$SUITE_DIR/iso.img"
    printf '\001CD001\001' | dd of="$SUITE_DIR/iso.img" bs=1 seek=32768 conv=notrunc status=none
    printf '\377CD001\001' | dd of="$SUITE_DIR/iso.img" bs=1 seek=34816 conv=notrunc status=none
    davit_exits 0 attach --dry-run "image:$SUITE_DIR/iso.img" "$web:/mnt/it" --json
    json '.plans[0].predicted.read_only and any(.plans[0].steps[]; .call | contains("fsopen(\"iso9660\""))'
    if ! grep -q iso9660 /proc/filesystems && ! modinfo isofs >/dev/null 2>&1; then
        davit_refuses 7 unsupported attach "image:$SUITE_DIR/iso.img" "$web:/mnt/it"
        says "this kernel does not have it"
    fi
    assert_tables_unchanged "$web" "$api"
    assert_no_loop "$SUITE_DIR/iso.img"
}

@test "a subvolume of btrfs by its path from the top, and a link that leads into it" {
    round btrfs /vol rw,nosuid,nodev
    davit_exits 0 attach --ro "image:$SUITE_DIR/btrfs.img:/link" "$web:/mnt/it" --json
    json '.results[0] | .sub_root == "/" and .sub_path == "/vol/a"'
    assert_container_mounts "$web" /mnt/it ro,nosuid,nodev "$(made "$SUITE_DIR/btrfs.img")"
    assert_host_unchanged
    davit_exits 0 detach "$web:/mnt/it"
    assert_tables_unchanged "$web" "$api"
    assert_no_loop "$SUITE_DIR/btrfs.img"
}

@test "a single file: onto a new one, onto one that is there, onto nothing else; read only too" {
    local image=$SUITE_DIR/ext4.img file=/a/b/file before type target
    davit_exits 0 attach --dry-run "image:$image:$file" "$web:/mnt/new/it" --json
    json '.plans[0] | any(.steps[]; .call | test("^mkdirat.*, or openat.*O_CREAT"))
        and ([.steps[].call | select(test("O_CREAT"))] | length == 1)'
    assert_no_loop "$image"
    for type in ext4 btrfs xfs squashfs; do
        image=$SUITE_DIR/$type.img
        davit_exits 0 attach --ro "image:$image:$file" "$web:/mnt/new/it" --json
        json '.results[0] | .verified and .sub_path == $file
            and any(.steps[]; (.call | startswith("faccessat2(")) and .result == "ok")
            and any(.steps[]; .call | startswith("openat("))
            and ([.steps[].call | select(test("unlinkat|, or "))] == [])' --arg file "$file"
        assert_container_mounts "$web" /mnt/new/it ro,nosuid,nodev "$(made "$image")"
        assert_host_unchanged
        [[ $(inside "$web" cat /mnt/new/it) == "in the image" ]]
        run inside "$web" sh -c 'echo more >>/mnt/new/it'
        [[ $status -ne 0 && $output == *"Read-only file system"* ]]
        davit_exits 0 detach "$web:/mnt/new/it"
        assert_tables_unchanged "$web" "$api"
        assert_no_loop "$image"
        assert_absent_inside "$web" /mnt/new
    done
    # Written to, onto a file that is there, in two containers at once.
    image=$SUITE_DIR/ext4.img
    before=$(inside "$web" cat /etc/group)
    davit_exits 0 attach "image:$image:$file" "$web:/etc/group" "$api:/mnt/new" --json
    json '.results | length == 2 and all(.ok and .verified)'
    assert_container_mounts "$web" /etc/group rw,nosuid,nodev "$(made "$image")"
    assert_container_mounts "$api" /mnt/new rw,nosuid,nodev "$(made "$image")"
    assert_host_unchanged
    inside "$web" sh -c 'echo more >>/etc/group'
    [[ $(inside "$api" cat /mnt/new) == $'in the image\nmore' ]]
    inside "$api" sh -c 'echo "in the image" >/mnt/new'
    davit_exits 0 detach "$web:/etc/group" "$api:/mnt/new"
    assert_tables_unchanged "$web" "$api"
    assert_absent_inside "$api" /mnt/new
    assert_no_loop "$image"
    [[ $(inside "$web" cat /etc/group) == "$before" ]]
    inside "$web" mkdir /srv/there
    for target in "image:$image:$file $web:/srv/there" "image:$image:/a $web:/etc/group"; do
        # shellcheck disable=SC2086 # two words
        davit_refuses 6 wrong-type attach $target
        says "a directory goes onto a directory, a file onto a file"
    done
    inside "$web" rmdir /srv/there
    assert_tables_unchanged "$web" "$api"
    assert_no_loop "$image"
}

@test "a single file of a device that the host has mounted" {
    bind_loop "$SUITE_DIR/xfs.img"
    mount "$loop" "$SUITE_DIR/on"
    snapshot_tables "$web" "$api"
    davit_exits 0 attach "device:$loop:/a/b/file" "$web:/etc/one" --json
    json '.results[0] | .ok and .verified and .device == $loop' --arg loop "$loop"
    assert_container_mounts "$web" /etc/one rw,nosuid,nodev \
        "$(jq -r '.results[0].major_minor' <<<"$out") /a/b/file"
    assert_host_unchanged
    davit_exits 0 undo --yes
    assert_tables_unchanged "$web" "$api"
    assert_absent_inside "$web" /etc/one
    umount "$SUITE_DIR/on"
}

# As after a power cut: what the journal has is not in its place yet.
dirty_image() {
    cp --sparse=always "$SUITE_DIR/$1.img" "$SUITE_DIR/dirty.img"
    mount -o loop "$SUITE_DIR/dirty.img" "$SUITE_DIR/on"
    echo new >"$SUITE_DIR/on/new"
    if [[ $1 == xfs ]]; then
        sync -f "$SUITE_DIR/on"
        xfs_io -x -c 'shutdown -f' "$SUITE_DIR/on"
        umount "$SUITE_DIR/on"
    else
        sync "$SUITE_DIR/on/new"
        cp --sparse=always "$SUITE_DIR/dirty.img" "$SUITE_DIR/cut.img"
        umount "$SUITE_DIR/on"
        mv "$SUITE_DIR/cut.img" "$SUITE_DIR/dirty.img"
    fi
}

@test "a journal that waits to be replayed is not, with --ro: not of an image, not of a device" {
    local type before
    for type in ext4 xfs btrfs; do
        dirty_image "$type"
        before=$(written "$SUITE_DIR/dirty.img")
        davit_exits 0 attach --ro "image:$SUITE_DIR/dirty.img" "$web:/mnt/it"
        [[ $type != ext4 ]] || says "its journal is not replayed"
        assert_host_unchanged
        davit_exits 0 detach "$web:/mnt/it"
        [[ $(written "$SUITE_DIR/dirty.img") == "$before" ]] || fail "$type: the image changed"
        bind_loop "$SUITE_DIR/dirty.img"
        davit_exits 0 attach --ro "device:$loop" "$web:/mnt/it"
        assert_container_mounts "$web" /mnt/it ro,nosuid,nodev \
            "$(awk '$5 == "/mnt/it" { print $3, $4 }' "/proc/$(pid_of "$web")/mountinfo")"
        davit_exits 0 detach "$web:/mnt/it"
        assert_tables_unchanged "$web" "$api"
        losetup -d "$loop"
        loops=()
        [[ $(written "$SUITE_DIR/dirty.img") == "$before" ]] || fail "$type: the device changed"
        # Writable, the journal is replayed: the test would see it.
        davit_exits 0 attach "image:$SUITE_DIR/dirty.img" "$web:/mnt/it"
        [[ $(inside "$web" find /mnt/it -name new -exec cat {} \;) == new ]]
        davit_exits 0 detach "$web:/mnt/it"
        [[ $(written "$SUITE_DIR/dirty.img") != "$before" ]]
        assert_tables_unchanged "$web" "$api"
    done
}

@test "deleted files that wait to be freed would be written back: refused on a writable device" {
    local before
    cp "$SUITE_DIR/ext4.img" "$SUITE_DIR/cut.img"
    debugfs -w -R 'set_super_value last_orphan 13' "$SUITE_DIR/cut.img" 2>/dev/null
    before=$(sha256sum <"$SUITE_DIR/cut.img")
    bind_loop "$SUITE_DIR/cut.img"
    davit_refuses 6 unsafe attach --ro "device:$loop" "$web:/mnt/it"
    says "blockdev --setro"
    losetup -d "$loop"
    loops=()
    # A read-only loop device forbids it.
    davit_exits 0 attach --ro "image:$SUITE_DIR/cut.img" "$web:/mnt/it"
    davit_exits 0 detach "$web:/mnt/it"
    [[ $(sha256sum <"$SUITE_DIR/cut.img") == "$before" ]]
    assert_tables_unchanged "$web" "$api"
}

@test "a device that the host has mounted is shared: same superblock, nothing of the host changes" {
    local type
    for type in ext4 btrfs; do
        bind_loop "$SUITE_DIR/$type.img"
        mount "$loop" "$SUITE_DIR/on"
        snapshot_tables "$web" "$api"
        # By another name: the mount tables go on naming the real one.
        ln -sf "$loop" "$SUITE_DIR/alias"
        davit_exits 0 attach "device:$SUITE_DIR/alias:/a" "$web:/mnt/it" --json
        json '.results[0] | .ok and .device == $loop and .sub_path == "/a"
            and any(.warnings[]; contains("mounted already at"))' --arg loop "$loop"
        assert_container_mounts "$web" /mnt/it rw,nosuid,nodev \
            "$(jq -r '.results[0].major_minor' <<<"$out") /a"
        assert_host_unchanged
        inside "$web" sh -c 'echo shared >/mnt/it/shared'
        [[ $type == btrfs || $(<"$SUITE_DIR/on/a/shared") == shared ]]
        davit_exits 0 detach "$web:/mnt/it"
        assert_tables_unchanged "$web" "$api"
        davit_exits 0 attach --ro "device:$loop" "$web:/mnt/it"
        run inside "$web" touch /mnt/it/new
        [[ $status -ne 0 && $output == *"Read-only file system"* ]]
        touch "$SUITE_DIR/on/still-writable"
        assert_host_unchanged
        davit_exits 0 detach "$web:/mnt/it"
        assert_tables_unchanged "$web" "$api"
        umount "$SUITE_DIR/on"
        losetup -d "$loop"
        loops=()
    done
}

@test "a filesystem that the host has mounted read-only is never made writable" {
    local type
    for type in ext4 btrfs xfs; do
        bind_loop "$SUITE_DIR/$type.img"
        mount -o ro "$loop" "$SUITE_DIR/on"
        snapshot_tables "$web" "$api"
        davit_refuses 6 unsafe attach "device:$loop" "$web:/mnt/it"
        says "is mounted read-only at $SUITE_DIR/on"
        says "remount,rw"
        assert_tables_unchanged "$web" "$api"
        davit_exits 0 attach --ro "device:$loop" "$web:/mnt/it"
        assert_host_unchanged
        run touch "$SUITE_DIR/on/new"
        [[ $status -ne 0 && $output == *"Read-only file system"* ]]
        davit_exits 0 detach "$web:/mnt/it"
        assert_tables_unchanged "$web" "$api"
        umount "$SUITE_DIR/on"
        losetup -d "$loop"
        loops=()
    done
}

@test "one that another container alone has is shared or refused alike" {
    bind_loop "$SUITE_DIR/btrfs.img"
    davit_exits 0 attach --ro "device:$loop" "$api:/mnt/first"
    davit_refuses 6 unsafe attach "device:$loop" "$web:/mnt/it"
    says "of another mount namespace"
    davit_exits 0 attach --ro "device:$loop:/vol" "$web:/mnt/it" --json
    json '.results[0].major_minor != null and any(.results[0].warnings[]; contains("another mount namespace"))'
    davit_exits 0 detach "$web:/mnt/it" "$api:/mnt/first"
    assert_tables_unchanged "$web" "$api"
}

@test "by UUID and by LABEL; two with the same label are not guessed between" {
    local uuid
    bind_loop "$SUITE_DIR/ext4.img"
    uuid=$(blkid -p -o value -s UUID "$loop")
    davit_exits 0 attach --ro "UUID=$uuid:/a" "$web:/mnt/it" --json
    json '.results[0].device == $loop and .results[0].sub_path == "/a"' --arg loop "$loop"
    # Who can bring a disk can bring one that has this: what it was found on is said.
    json '[.results[0].warnings[] | select(contains("whatever disk has it"))] | length == 1
        and (.[0] | startswith($begin))' \
        --arg begin "UUID=$uuid is found on $loop, a loop device of $SUITE_DIR/ext4.img: "
    davit_exits 0 status --json
    json 'any(.attachments[]; .source == $source)' --arg source "UUID=$uuid:/a"
    davit_exits 0 detach "$web:/mnt/it"
    # The other pass has a filesystem of this label too.
    tune2fs -L "d-$DAVIT_WORLD" "$loop" >/dev/null 2>&1
    davit_exits 0 attach --ro "LABEL=d-$DAVIT_WORLD" "$web:/mnt/it"
    davit_exits 0 detach "$web:/mnt/it"
    cp "$SUITE_DIR/ext4.img" "$SUITE_DIR/twin.img"
    bind_loop "$SUITE_DIR/twin.img"
    davit_refuses 3 ambiguous attach --ro "LABEL=d-$DAVIT_WORLD" "$web:/mnt/it"
    says "${loops[0]}"
    says "${loops[1]}"
    davit_refuses 3 no-path attach --ro LABEL=no-such-label "$web:/mnt/it"
    assert_tables_unchanged "$web" "$api"
}

@test "one image attached twice has one loop device, which stays until the last detach" {
    local image=$SUITE_DIR/ext4.img
    davit_exits 0 attach "image:$image" "$web:/mnt/it" "$api:/mnt/it" --json
    json '.results | all(.ok) and (map(.device) | unique | length == 1)'
    davit_exits 0 attach --ro "image:$image:/a" "$web:/mnt/ro"
    [[ $(loops_of "$image" | wc -l) -eq 1 ]]
    inside "$web" sh -c 'echo seen >/mnt/it/seen'
    [[ $(inside "$api" cat /mnt/it/seen) == seen ]]
    assert_host_unchanged
    davit_exits 0 detach "$web:/mnt/it"
    says "stays"
    [[ $(loops_of "$image" | wc -l) -eq 1 ]]
    davit_exits 0 detach "$api:/mnt/it" "$web:/mnt/ro"
    assert_no_loop "$image"
    assert_tables_unchanged "$web" "$api"
}

@test "a file is never written by two: read-only elsewhere, a part that overlaps" {
    bind_loop --read-only "$SUITE_DIR/ext4.img"
    davit_refuses 4 busy attach "image:$SUITE_DIR/ext4.img" "$web:/mnt/it"
    says "$loop"
    losetup -d "$loop"
    loops=()
    bind_loop --offset 1048576 "$SUITE_DIR/ext4.img"
    davit_refuses 4 busy attach "image:$SUITE_DIR/ext4.img" "$web:/mnt/it"
    says "overlaps"
    assert_tables_unchanged "$web" "$api"
    [[ $(loops_of "$SUITE_DIR/ext4.img") == "$loop" ]]
}

# partition START COUNT: an entry of an MBR, in sectors below 65536.
partition() {
    printf '\0\0\0\0\203\0\0\0'
    printf "\\x$(printf %02x $(($1 & 255)))\\x$(printf %02x $(($1 >> 8)))\0\0"
    printf "\\x$(printf %02x $(($2 & 255)))\\x$(printf %02x $(($2 >> 8)))\0\0"
}

@test "partitions of a disk image: refused whole, named with their offsets, attached side by side" {
    local disk=$SUITE_DIR/disk.img
    truncate -s 8M "$disk"
    truncate -s 2M "$SUITE_DIR/part.img"
    mkfs.ext4 -q -O ^has_journal -d "$SUITE_DIR/tree" "$SUITE_DIR/part.img"
    dd if="$SUITE_DIR/part.img" of="$disk" bs=1M seek=1 conv=notrunc status=none
    dd if="$SUITE_DIR/part.img" of="$disk" bs=1M seek=4 conv=notrunc status=none
    { partition 2048 4096; partition 8192 4096; } |
        dd of="$disk" bs=1 seek=446 conv=notrunc status=none
    printf '\125\252' | dd of="$disk" bs=1 seek=510 conv=notrunc status=none
    davit_refuses 6 wrong-type attach "image:$disk" "$web:/mnt/it"
    says "1 at 1048576, 2 at 4194304"
    davit_exits 0 attach --offset 1048576 "image:$disk" "$web:/mnt/one"
    davit_exits 0 attach --offset 4194304 "image:$disk" "$web:/mnt/two"
    assert_host_unchanged
    inside "$web" sh -c 'echo one >/mnt/one/which; echo two >/mnt/two/which'
    [[ $(inside "$web" cat /mnt/one/which /mnt/two/which) == $'one\ntwo' ]]
    davit_exits 0 detach "$web:/mnt/one"
    # The offset comes back with an undo.
    davit_exits 0 undo --yes
    [[ $(inside "$web" cat /mnt/one/which) == one ]]
    davit_exits 0 detach "$web:/mnt/one" "$web:/mnt/two"
    assert_no_loop "$disk"
    davit_refuses 2 usage attach --offset 1048576 "$SOURCE" "$web:/mnt/it"
    davit_refuses 2 usage attach --offset 1x "image:$disk" "$web:/mnt/it"
    davit_refuses 2 usage attach --offset 999999999 "image:$disk" "$web:/mnt/it"
    assert_tables_unchanged "$web" "$api"
}

@test "what is no filesystem is refused by its name, and nothing is tried" {
    local file=$SUITE_DIR/other.img
    truncate -s 4M "$file"
    davit_refuses 7 unsupported attach --ro "image:$file" "$web:/mnt/it"
    says "unknown"
    printf 'LUKS\272\276\0\1' | dd of="$file" conv=notrunc status=none
    bind_loop "$file"
    davit_refuses 6 wrong-type attach --ro "device:$loop" "$web:/mnt/it"
    says crypto_LUKS
    says cryptsetup
    truncate -s 0 "$file"
    truncate -s 4M "$file"
    mkswap "$file" >/dev/null 2>&1
    davit_refuses 6 wrong-type attach "image:$file" "$web:/mnt/it"
    says "swap space"
    davit_refuses 6 wrong-type attach "device:$SUITE_DIR/ext4.img" "$web:/mnt/it"
    says "image:$SUITE_DIR/ext4.img"
    davit_refuses 6 wrong-type attach "image:$loop" "$web:/mnt/it"
    says "device:$loop"
    davit_refuses 2 usage attach "$loop" "$web:/mnt/it"
    says "device:$loop"
    davit_refuses 3 no-path attach device:/dev/no-such-disk "$web:/mnt/it"
    davit_refuses 3 no-path attach "image:$SUITE_DIR/none.img" "$web:/mnt/it"
    davit_refuses 3 no-path attach "image:$SUITE_DIR/ext4.img:/none" "$web:/mnt/it"
    davit_refuses 2 usage attach "image:$SUITE_DIR/ext4.img:/a/../.." "$web:/mnt/it"
    davit_refuses 2 usage attach image:relative.img "$web:/mnt/it"
    assert_tables_unchanged "$web" "$api"
    assert_no_loop "$SUITE_DIR/ext4.img"
}

@test "in use by no mount that can be seen: a filesystem unmounted lazily with a file open" {
    bind_loop "$SUITE_DIR/ext4.img"
    mount "$loop" "$SUITE_DIR/on"
    exec 8<"$SUITE_DIR/on/a/b/file"
    umount -l "$SUITE_DIR/on"
    davit_refuses 4 busy attach "device:$loop" "$web:/mnt/it"
    says "no mount that can be seen"
    exec 8<&-
    davit_exits 0 attach "device:$loop" "$web:/mnt/it"
    davit_exits 0 detach "$web:/mnt/it"
    assert_tables_unchanged "$web" "$api"
}

@test "a detach that is lazy leaves the loop device to who still reads, and says so" {
    local image=$SUITE_DIR/ext4.img
    davit_exits 0 attach "image:$image" "$web:/mnt/it"
    exec 8<"/proc/$(pid_of "$web")/root/mnt/it/a/b/file"
    davit_exits 4 detach "$web:/mnt/it"
    davit_exits 0 detach --lazy "$web:/mnt/it"
    says "still has the image"
    [[ -n $(loops_of "$image") ]]
    exec 8<&-
    until_true 20 assert_no_loop "$image"
    assert_tables_unchanged "$web" "$api"
}

@test "a dry run makes nothing, and says what would be made" {
    davit_exits 0 attach --dry-run --ro "image:$SUITE_DIR/xfs.img:/a" "$web:/mnt/it" --json
    json '.plans[0] | .predicted.method == "device" and .predicted.sub_root == "/"
        and .predicted.sub_path == "/a" and .predicted.read_only
        and ([.steps[].stage] | index("loop") < index("mount"))
        and any(.steps[]; .call | contains("LO_FLAGS_AUTOCLEAR|LO_FLAGS_READ_ONLY"))
        and any(.steps[]; .call | contains("norecovery"))'
    assert_no_loop "$SUITE_DIR/xfs.img"
    assert_tables_unchanged "$web" "$api"
    assert_absent_inside "$web" /mnt/it
}

@test "an image on a server that never answers: a time limit, nothing changed" {
    local began=$SECONDS
    mkdir "$SUITE_DIR/hung"
    "$LAB_TOOLS/fuse" "$SUITE_DIR/hung" --hang >"$SUITE_DIR/hung.ready" 3>&- 4>&-
    snapshot_tables "$web" "$api"
    davit_exits 1 attach "image:$SUITE_DIR/hung/disk.img" "$web:/mnt/it"
    ((SECONDS - began < 30))
    assert_tables_unchanged "$web" "$api"
    stop_process "$(cut -d ' ' -f 2 "$SUITE_DIR/hung.ready")"
}

stride() { [[ $DAVIT_PASS == plain ]] && echo 2 || echo 6; }

@test "killed at any instant of an attach or a detach: no loop device is left" {
    local n image=$SUITE_DIR/ext4.img box killed=0 verb
    box=pid:$(pid_of "$web")
    for verb in attach detach; do
        for ((n = 1; n < 3000; n += $(stride))); do
            local arguments=("$box:/mnt/it") wrap=()
            if [[ $verb == attach ]]; then
                arguments=(--ro "image:$image" "${arguments[@]}")
            elif [[ -z $(loops_of "$image") ]]; then
                davit_exits 0 attach --ro "image:$image" "$box:/mnt/it"
            fi
            wrap=("$LAB_TOOLS/killat" --acts -o "$SUITE_DIR/killed" "$n")
            davit "$verb" "${arguments[@]}" >"$SUITE_DIR/out" 2>&1 || true
            wrap=()
            [[ $(<"$SUITE_DIR/killed") == killed* ]] || break
            killed=$((killed + 1))
            [[ -s $STATE/journal ]] || { until_true 20 assert_no_loop "$image"; continue; }
            davit_exits 0 status --json
            if jq -e 'any(.attachments[]; .state == "live")' <<<"$out" >/dev/null; then
                [[ $(loops_of "$image" | wc -l) -eq 1 ]] || fail "$verb, $(<"$SUITE_DIR/killed")"
                [[ $verb == detach ]] || davit_exits 0 detach "$box:/mnt/it"
            fi
            if ! grep -q ' /mnt/it ' "/proc/$(pid_of "$web")/mountinfo"; then
                until_true 20 assert_no_loop "$image" || fail "$verb, $(<"$SUITE_DIR/killed")"
                assert_tables_unchanged "$web" || fail "$verb, $(<"$SUITE_DIR/killed")"
            fi
        done
        davit detach "$box:/mnt/it" >/dev/null 2>&1 || true
    done
    until_true 20 assert_no_loop "$image"
    assert_tables_unchanged "$web" "$api"
    echo "# killed $killed times" >&3
    ((killed > 20))
}

@test "the picker's list: what is on each device, where it is mounted, why not" {
    local answer
    bind_loop "$SUITE_DIR/ext4.img"
    mount "$loop" "$SUITE_DIR/on"
    answer=$(printf '%s\n' '{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocol":1}}' \
        '{"jsonrpc":"2.0","id":2,"method":"devices","params":{}}' |
        { cat; until_true 20 grep -q '"id":2' "$SUITE_DIR/devices" || true; } |
        timeout 30 "${davit_words[@]}" engine --docker "$LAB_DIR/docker/s" --state-dir "$STATE" \
            2>"$SUITE_DIR/err" | tee "$SUITE_DIR/devices")
    out=$(grep '"id":2' <<<"$answer")
    json '.result.devices | any(.node == $loop and .type == "ext4" and .size == 16777216
        and .uuid != null and .refused == null and (.mounted | index($on)))' \
        --arg loop "$loop" --arg on "$SUITE_DIR/on"
    json '.result.devices | all(has("major_minor") and has("label") and has("model") and has("transport"))'
}
