#!/usr/bin/env bats
# What the host has: filesystems with device and sub-root, mounts of a container, directories.

load lab

web=$(named web)

setup_file() {
    lab_begin
    truncate -s 16M "$SUITE_DIR/disk.img"
    mkfs.ext4 -q -L harbour "$SUITE_DIR/disk.img"
    mkdir "$SUITE_DIR"/{disk,bound,hung}
    mount -o loop "$SUITE_DIR/disk.img" "$SUITE_DIR/disk"
    mkdir -p "$SUITE_DIR/disk/deep/er"
    mount --bind "$SUITE_DIR/disk/deep" "$SUITE_DIR/bound"
    "$LAB_TOOLS/fuse" "$SUITE_DIR/hung" --hang >"$SUITE_DIR/hung.ready" 3>&- 4>&-
    container "$(named web)" --volume data:/data --volume "$SUITE_DIR/disk/deep:/deep:ro,rslave"
}

teardown_file() {
    stop_process "$(cut -d ' ' -f 2 "$SUITE_DIR/hung.ready")"
    lab_end
    umount "$SUITE_DIR/bound" "$SUITE_DIR/disk"
}

# fs_row MOUNTPOINT CONDITION…
fs_row() {
    local point=$1
    shift
    json "[.filesystems[] | select(.mount_point == \$point)] | length == 1 and (.[0] | $1)" \
        --arg point "$point" "${@:2}"
}

@test "a filesystem with its device, numbers, type and usage" {
    davit_exits 0 fs --json
    fs_row "$SUITE_DIR/disk" '.device == $device and .major_minor == $dev and .sub_root == "/"
        and .type == "ext4" and (.read_only | not) and .size > 10000000 and .avail > 0
        and .used >= 0 and .size >= .used + .avail' \
        --arg device "$(findmnt -no SOURCE "$SUITE_DIR/disk")" \
        --arg dev "$(where "$SUITE_DIR/disk" | cut -d ' ' -f 1)"
    davit_exits 0 fs
    says "$SUITE_DIR/disk"
}

@test "a bind mount has the sub-root that it shows" {
    davit_exits 0 fs --json
    fs_row "$SUITE_DIR/bound" '.sub_root == "/deep" and .type == "ext4"'
}

@test "usage is statvfs(3)'s" {
    local blocks size
    davit_exits 0 fs --json
    read -r blocks size <<<"$(stat -f -c '%b %S' "$SUITE_DIR/disk")"
    fs_row "$SUITE_DIR/disk" '.size == $size' --argjson size "$((blocks * size))"
}

@test "a filesystem that does not answer is shown as such and holds up nothing" {
    local began=$EPOCHREALTIME took
    davit_exits 0 fs --json
    took=$(((${EPOCHREALTIME/./} - ${began/./}) / 1000))
    fs_row "$SUITE_DIR/hung" '.size == null and (.type | startswith("fuse"))'
    fs_row "$SUITE_DIR/disk" '.size > 0'
    davit_exits 0 fs
    [[ $(grep -F "$SUITE_DIR/hung" <<<"$out") == *"not answering"* ]]
    ((took < 10000)) || fail "took $took ms"
}

@test "a directory that does not answer is an error after a time limit" {
    local began=$SECONDS
    davit_exits 1 ls "$SUITE_DIR/hung/d" --json
    json '.error.code == "timed-out"'
    ((SECONDS - began < 20))
}

@test "listing never mounts an autofs" {
    # An automounter that only waits: a request to mount would be a packet in its pipe.
    mkdir -p "$SUITE_DIR/auto/direct"
    mkfifo "$SUITE_DIR/requests"
    exec 7<>"$SUITE_DIR/requests"
    local group
    read -r _ _ _ _ group _ </proc/self/stat
    mount -t autofs -o "fd=7,pgrp=$group,minproto=5,maxproto=5,direct" automaster \
        "$SUITE_DIR/auto/direct"
    davit_exits 0 fs --json
    davit_exits 0 ls "$SUITE_DIR/auto" --json
    json '[.entries[].name] == ["direct"]'
    davit_exits 0 doctor
    davit_exits 0 attach --dry-run -R "$SUITE_DIR/auto" "$web:/mnt/auto" --json
    ! read -t 0 -u 7 || fail "something asked the automounter"
    umount "$SUITE_DIR/auto/direct"
    exec 7>&-
}

@test "listings change nothing on the host" {
    snapshot_tables "$web"
    davit_exits 0 fs
    davit_exits 0 mounts "$web"
    davit_exits 0 ls /
    davit_exits 0 ls "$web:/"
    davit_exits 0 ps
    davit_exits 0 status
    davit_exits 0 events
    assert_tables_unchanged "$web"
}

@test "a container's mounts with their origin and why" {
    davit_exits 0 mounts "$web" --json
    json '.mounts[] | select(.target == "/deep") | .origin == "declared" and .read_only
        and .sub_root == "/deep" and .type == "ext4" and .propagation == "slave"
        and (.receives_from | length > 0) and (.why | length > 0)'
    json '.mounts[] | select(.target == "/data") | .origin == "declared" and (.read_only | not)'
    json '.mounts[] | select(.target == "/etc/hosts") | .origin == "declared" or .origin == "system"
        or .origin == "other"'
    davit_exits 0 mounts "$web"
    says /deep
}

# asks PATH VISIBLE [INSIDE]: `mounts --why`, with the same answer in words.
asks() {
    davit_exits 0 mounts "$web" --why "$1" --json
    json '.why | .path == $path and .visible == $visible and .inside == $inside
        and (.why | length > 20)' \
        --arg path "$1" --argjson visible "$2" --argjson inside "${3:-null}"
    davit_exits 0 mounts "$web" --why "$1"
}

@test "why a path of the host is seen inside, or is not" {
    local deep=$SUITE_DIR/disk/deep
    asks "$deep/er" true '"/deep/er"'
    says "yes: "
    asks "$SUITE_DIR/bound/er" true '"/deep/er"'
    asks "$SUITE_DIR/disk" false
    says "no path in the container leads to"
    # Mounted later, it is received by the slave; what was hidden from it inside is not.
    mount -t tmpfs -o size=1m later "$deep/er"
    asks "$deep/er" true '"/deep/er"'
    nsenter --target "$(pid_of "$web")" --mount umount /deep/er
    asks "$deep/er" false '"/deep/er"'
    says "was mounted before, or unmounted inside"
    davit_exits 0 attach "$deep/er" "$web:/mnt/er"
    asks "$deep/er" true '"/mnt/er"'
    davit_exits 0 detach "$web:/mnt/er"
    umount "$deep/er"
    davit_refuses 3 no-path mounts "$web" --why "$SUITE_DIR/none"
    json '.error | .message == $none + " does not exist" and .hint == null' --arg none "$SUITE_DIR/none"
}

@test "a container's mounts when there is no daemon to say what was declared" {
    SOCKET=$SUITE_DIR/none davit_exits 0 mounts "pid:$(pid_of "$web")" --json
    json '[.mounts[].target] | contains(["/", "/proc", "/data", "/deep"])'
}

@test "a directory of the host and one of the container, with every kind of entry" {
    mkdir "$SUITE_DIR/kinds"
    mkdir "$SUITE_DIR/kinds/dir"
    printf 12345 >"$SUITE_DIR/kinds/file"
    chmod 4751 "$SUITE_DIR/kinds/file"
    ln -s "some where" "$SUITE_DIR/kinds/link"
    mkfifo "$SUITE_DIR/kinds/fifo"
    mknod "$SUITE_DIR/kinds/null" c 1 3
    davit_exits 0 ls "$SUITE_DIR/kinds" --json
    json '[.entries[] | .name] == ["dir", "fifo", "file", "link", "null"]'
    json '[.entries[] | .type] | unique | length == 5'
    json '.entries[] | select(.name == "file") | .size == 5 and .uid == 0'
    json '.entries[] | select(.name == "link") | .link == "some where"'
    davit_exits 0 ls "$SUITE_DIR/kinds"
    says dir
    davit_exits 0 ls "$web:/etc" --json
    json '[.entries[].name] | contains(["group", "hosts", "passwd"])'
}

@test "a link inside the container is followed inside the container" {
    inside "$web" ln -s /etc /srv/etc
    davit_exits 0 ls "$web:/srv/etc" --json
    json '[.entries[].name] | contains(["group", "passwd"]) and (length < 10)'
}

@test "ls of what is not there, not a directory, not allowed to be relative" {
    davit_exits 3 ls "$SUITE_DIR/none" --json
    json '.error.code == "no-path"'
    davit_exits 3 ls "$web:/none" --json
    davit_exits 3 ls none-such:/ --json
    json '.error.code == "no-container"'
    davit_exits 2 ls --json
}

@test "names with control characters are shown clean" {
    mkdir "$SUITE_DIR/dirty"
    touch "$SUITE_DIR/dirty/"$'a\e[31mb\nc'
    davit_exits 0 ls "$SUITE_DIR/dirty"
    [[ $out$err != *$'\e'* ]]
    [[ $(wc -l <<<"$out") -le 2 ]]
}
