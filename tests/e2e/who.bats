#!/usr/bin/env bats
# Who holds a filesystem: mounts in every mount namespace, those without a process too, processes,
# and what is made of it.

load lab

web=$(named web)

setup_file() {
    export BATS_TEST_TIMEOUT=120
    lab_begin
    truncate -s 48M "$SUITE_DIR/disk.img"
    mkfs.ext4 -q "$SUITE_DIR/disk.img"
    losetup --find --show "$SUITE_DIR/disk.img" >"$SUITE_DIR/loop"
    mkdir "$SUITE_DIR/usb" "$SUITE_DIR/binds"
    mount "$(<"$SUITE_DIR/loop")" "$SUITE_DIR/usb"
    mkdir "$SUITE_DIR/usb/data" "$SUITE_DIR/usb/other"
    echo "on the disk" >"$SUITE_DIR/usb/data/file"
    cp "$LAB_TOOLS/opener" "$SUITE_DIR/usb/opener"
    container "$(named web)" -v "$SUITE_DIR/usb/data:/data"
}

teardown_file() {
    lab_end
    umount -l "$SUITE_DIR/usb" || true
    losetup -d "$(<"$SUITE_DIR/loop")" || true
}

setup() {
    loop=$(<"$SUITE_DIR/loop")
    usb=$SUITE_DIR/usb
    started=()
    snapshot_tables "$web"
}

teardown() {
    end_started
}

# One row of this kind, pid and container (null: none), that fulfils FILTER.
has_row() {
    json "any(.holders[]; .kind == \$kind and .pid == (\$pid | tonumber? // null) and $3)" \
        --arg kind "$1" --arg pid "$2"
}

@test "mounts of the host, of a container and of a daemon with a namespace of its own, then processes" {
    local daemon cwd fd map exe
    begin unshare --mount --propagation private sh -c 'echo ready; exec sleep 1000000'
    daemon=$pid
    begin "$LAB_TOOLS/opener" "$usb/data" --cwd
    cwd=$pid
    begin "$LAB_TOOLS/opener" "$usb/data/file" --fd
    fd=$pid
    begin "$LAB_TOOLS/opener" "$usb/data/file" --map
    map=$pid
    begin "$usb/opener" /proc --fd
    exe=$pid
    davit_exits 0 attach --ro "$usb/data" "$web:/mnt/it"
    for what in "$loop" "$usb"; do
        davit_exits 0 who "$what" --json
        json '.complete and .schema == 1 and .device == $loop' --arg loop "$loop"
        has_row mount 1 '.path == $usb and .container == null' --arg usb "$usb" ||
            json 'any(.holders[]; .kind == "mount" and .path == $usb and .container == null)' \
                --arg usb "$usb"
        json 'any(.holders[]; .kind == "mount" and .path == "/data" and .container == $web)
            and any(.holders[]; .kind == "mount" and .path == "/mnt/it" and .container == $web)
            and all(.holders[] | select(.container == $web); .stop == null or (.stop | test("umount")))' \
            --arg web "$web"
        has_row mount "$daemon" '.container == null and .comm == "sleep"'
        has_row cwd "$cwd" '.comm == "opener" and (.stop | test("^(kill|systemctl stop) "))'
        has_row fd "$fd" '(.path | endswith("/data/file"))'
        has_row map "$map" true
        has_row exe "$exe" true
        json '[.holders[].kind] | index("mount") < index("fd")'
    done
    davit_exits 0 who "$loop"
    says "$web"
    davit_exits 0 who --mounts "$loop" --json
    json '(.complete | not) and all(.holders[]; .kind == "mount")'
    davit_exits 0 detach "$web:/mnt/it"
    assert_tables_unchanged "$web"
}

@test "a directory is asked about: what is beside it does not count" {
    local inside_it beside
    begin "$LAB_TOOLS/opener" "$usb/data/file" --fd
    inside_it=$pid
    begin "$LAB_TOOLS/opener" "$usb/other" --fd
    beside=$pid
    davit_exits 0 who "$usb/data" --json
    has_row fd "$inside_it" true
    json 'all(.holders[]; .pid != $pid) and .complete' --argjson pid "$beside"
    json 'any(.holders[]; .kind == "mount" and .container == $web)
        and all(.holders[]; .path != $usb)' --arg web "$web" --arg usb "$usb"
    # The same from inside.
    davit_exits 0 who "$web:/data" --json
    has_row fd "$inside_it" true
    json 'any(.holders[]; .kind == "mount" and .container == $web and .path == "/data")' \
        --arg web "$web"
    json 'all(.holders[]; .pid != $pid)' --argjson pid "$beside"
    assert_tables_unchanged "$web"
}

# A new mount namespace bound to FILE. The kernel refuses to bind one whose number is below that of
# the namespace it is bound in (EINVAL), and since 6.18 every processor has numbers of its own to
# give: the one where the surrounding namespace was made always gives a greater one.
namespace_at() {
    local cpu
    for cpu in $(seq 0 $(($(nproc --all) - 1))); do
        if taskset --cpu-list "$cpu" unshare --mount="$1" --propagation private true; then
            return
        fi
    done
    return 1
}

@test "namespaces without a process: bound to a file, and held by a descriptor alone" {
    local inode
    mount --bind --make-private "$SUITE_DIR/binds" "$SUITE_DIR/binds"
    touch "$SUITE_DIR/binds/ns"
    namespace_at "$SUITE_DIR/binds/ns"
    inode=$(stat -L -c %i "$SUITE_DIR/binds/ns")
    davit_exits 0 who "$loop" --json
    json '.complete and any(.holders[]; .kind == "mount" and .mnt_ns == $inode and .pid == null
        and .path == $usb)' --argjson inode "$inode" --arg usb "$usb"
    # And now by a descriptor.
    begin sh -c "exec 7<$SUITE_DIR/binds/ns; echo ready; exec sleep 1000000"
    umount -l "$SUITE_DIR/binds/ns"
    davit_exits 0 who "$loop" --json
    json '.complete and any(.holders[]; .kind == "mount" and .mnt_ns == $inode and .pid == null)' \
        --argjson inode "$inode"
    stop_process "$pid" KILL
    started=()
    davit_exits 0 who "$loop" --json
    json 'all(.holders[]; .mnt_ns != $inode)' --argjson inode "$inode"
    umount "$SUITE_DIR/binds"
}

# Anybody may make as many, by user namespaces.
@test "more namespaces without a process than files may be open: all are looked at, or it is said" {
    hold_namespaces 100
    wrap=(prlimit --nofile=64:4096)
    davit_exits 0 who "$loop" --json
    json '.complete and ([.holders[] | select(.kind == "mount" and .pid == null)] | length == 99)'
    wrap=(prlimit --nofile=64:64)
    davit_exits 0 who "$loop" --json
    json '(.complete | not) and any(.holders[]; .kind == "mount" and .path == $usb)' --arg usb "$usb"
    wrap=()
    assert_tables_unchanged "$web"
}

@test "a filesystem that was unmounted lazily shows in descriptors alone" {
    local image=$SUITE_DIR/lazy.img lazy
    truncate -s 16M "$image"
    mkfs.ext4 -q "$image"
    mkdir -p "$SUITE_DIR/lazy"
    lazy=$(losetup --find --show "$image")
    mount "$lazy" "$SUITE_DIR/lazy"
    echo x >"$SUITE_DIR/lazy/file"
    begin "$LAB_TOOLS/opener" "$SUITE_DIR/lazy/file" --fd
    umount -l "$SUITE_DIR/lazy"
    if grep -q " - ext4 $lazy " /proc/[0-9]*/mountinfo; then
        fail "it is still in a table"
    fi
    davit_exits 0 who "$lazy" --json
    has_row fd "$pid" true
    json '.complete and all(.holders[]; .kind != "mount")'
    davit_exits 0 who --mounts "$lazy" --json
    json '.holders == []'
    stop_process "$pid" KILL
    started=()
    davit_exits 0 who "$lazy" --json
    json '.complete and .holders == []'
    losetup -d "$lazy"
}

@test "a btrfs that was unmounted lazily: of that one, in whatever subvolume" {
    local name lazy other cwd fd map
    mkdir -p "$SUITE_DIR/lazy"
    for name in lazy other; do
        truncate -s 112M "$SUITE_DIR/$name.btrfs"
        mkfs.btrfs -q "$SUITE_DIR/$name.btrfs"
        declare "$name=$(losetup --find --show "$SUITE_DIR/$name.btrfs")"
        mount "${!name}" "$SUITE_DIR/lazy"
        btrfs subvolume create "$SUITE_DIR/lazy/sub" >/dev/null
        echo x | tee "$SUITE_DIR/lazy/file" >"$SUITE_DIR/lazy/sub/file"
        begin "$LAB_TOOLS/opener" "$SUITE_DIR/lazy/sub" --cwd
        cwd=$pid
        begin "$LAB_TOOLS/opener" "$SUITE_DIR/lazy/file" --fd
        fd=$pid
        begin "$LAB_TOOLS/opener" "$SUITE_DIR/lazy/sub/file" --map
        map=$pid
        umount -l "$SUITE_DIR/lazy"
    done
    davit_exits 0 who "$other" --json
    has_row cwd "$cwd" true
    has_row fd "$fd" true
    has_row map "$map" true
    json '.complete and (.holders | length == 3)'
    # Mounted again it is the same filesystem: those who have the old mount are still named.
    mount "$other" "$SUITE_DIR/lazy"
    davit_exits 0 who "$SUITE_DIR/lazy" --json
    json '.complete and ([.holders[] | select(.kind != "mount")] | length == 3)'
    # A part of it, also by its old mount.
    davit_exits 0 who "$SUITE_DIR/lazy/sub" --json
    has_row cwd "$cwd" true
    has_row map "$map" true
    json '.complete and all(.holders[]; .pid != $pid)' --argjson pid "$fd"
    umount "$SUITE_DIR/lazy"
    for pid in "${started[@]}"; do
        stop_process "$pid" KILL
    done
    started=()
    davit_exits 0 who "$other" --json
    json '.complete and .holders == []'
    losetup -d "$lazy" "$other"
    rm "$SUITE_DIR"/{lazy,other}.btrfs
}

@test "a part of a filesystem, held through a mount of it that is gone" {
    local held beside
    mkdir "$SUITE_DIR/gone"
    mount --bind "$usb" "$SUITE_DIR/gone"
    begin "$LAB_TOOLS/opener" "$SUITE_DIR/gone/data/file" --fd
    held=$pid
    begin "$LAB_TOOLS/opener" "$SUITE_DIR/gone/other" --cwd
    beside=$pid
    umount -l "$SUITE_DIR/gone"
    rmdir "$SUITE_DIR/gone"
    davit_exits 0 who "$usb/data" --json
    has_row fd "$held" true
    json '.complete and all(.holders[]; .pid != $pid)' --argjson pid "$beside"
    davit_exits 0 who "$usb" --json
    has_row fd "$held" true
    has_row cwd "$beside" true
    assert_tables_unchanged "$web"
}

@test "a loop device and swap: what is made of a disk, and of that" {
    local image=$usb/inner.img inner
    truncate -s 24M "$image"
    inner=$(losetup --find --show "$image")
    mkswap "$inner" >/dev/null
    swapon "$inner"
    davit_exits 0 who "$loop" --json
    json 'any(.holders[]; .kind == "loop" and .path == $inner and .stop == "losetup -d " + $inner)
        and any(.holders[]; .kind == "swap" and .path == $inner and .stop == "swapoff " + $inner)
        and .complete' --arg inner "$inner"
    swapoff "$inner"
    mkfs.ext4 -q -F "$inner"
    mkdir -p "$SUITE_DIR/deep"
    mount "$inner" "$SUITE_DIR/deep"
    davit_exits 0 who "$loop" --json
    json 'any(.holders[]; .kind == "loop" and .path == $inner)
        and any(.holders[]; .kind == "mount" and .path == $deep)' \
        --arg inner "$inner" --arg deep "$SUITE_DIR/deep"
    # A file that is an image is a path like others.
    davit_exits 0 who "$image" --json
    json '[.holders[] | select(.kind == "loop" or .kind == "mount") | .path] | unique == ([$deep, $inner] | sort)' \
        --arg inner "$inner" --arg deep "$SUITE_DIR/deep"
    umount "$SUITE_DIR/deep"
    # Who has the node open has the device.
    begin "$LAB_TOOLS/opener" "$inner" --fd
    davit_exits 0 who "$inner" --json
    has_row fd "$pid" true
    stop_process "$pid" KILL
    started=()
    losetup -d "$inner"
    rm "$image"
}

@test "a server that does not answer holds up nothing, and is asked about like others" {
    local server hung=$SUITE_DIR/hung
    mkdir -p "$hung"
    server=$("$LAB_TOOLS/fuse" "$hung" --hang 3>&- 4>&-)
    server=${server#ready }
    local before=$SECONDS
    davit_exits 0 who "$loop" --json
    json '.complete'
    davit_exits 0 who "$hung" --json
    json 'any(.holders[]; .kind == "mount" and .path == $hung)' --arg hung "$hung"
    ((SECONDS - before < 10))
    stop_process "$server"
}

@test "what is neither, is not there, or has a hostile name" {
    local evil=$'ev\e]52;c;x\a\nil'
    davit_refuses 2 usage who usb
    davit_refuses 3 no-path who "$SUITE_DIR/nothing"
    davit_refuses 3 no-container who "nobody-of-that-name:/data"
    mkdir "$usb/$evil"
    begin "$LAB_TOOLS/opener" "$usb/$evil" --cwd
    davit_exits 0 who "$loop"
    [[ $out != *$'\e'* && $out != *$'\a'* ]]
    davit_exits 0 who "$usb/$evil" --json
    has_row cwd "$pid" true
    stop_process "$pid" KILL
    started=()
    rmdir "$usb/$evil"
}
