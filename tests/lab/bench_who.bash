# The rows of tests/bench about who holds a disk, and about taking it out: sourced by bench.bash,
# whose functions it uses.
# shellcheck shell=bash disable=SC2154 # what bench.bash sets

# Among 5,000 processes and 200 containers; a mount, a daemon's copy of it and an open file.
who_rows() {
    local crowd=5000 disk=$LAB_DIR/who device
    truncate -s 32M "$disk.img"
    mkfs.ext4 -q "$disk.img"
    device=$(losetup --find --show "$disk.img")
    mkdir "$disk"
    mount "$device" "$disk"
    lxc_containers 199
    "$tools/bench_crowd" --start "$LAB_DIR/crowd" $crowd
    row who - "who --mounts DEVICE, $crowd processes, 200 containers" "fuser -m" 15 30 \
        :: "$davit" who --mounts "$device" :: :: :: sh -c 'fuser -m "$1" || :' sh "$device" ::
    row who - "who DEVICE, $crowd processes, 200 containers" "fuser -m" 15 40 \
        :: "$davit" who "$device" :: :: :: sh -c 'fuser -m "$1" || :' sh "$device" ::
    row who - "who DEVICE, $crowd processes, 200 containers" "lsof" 10 60 \
        :: "$davit" who "$device" :: :: :: sh -c 'lsof "$1" || :' sh "$device" ::
    "$tools/bench_crowd" --stop "$LAB_DIR/crowd"
    row who - "eject DEVICE, mounted on the host" "umount" 30 20 \
        sh -c 'mountpoint -q "$2" || mount "$1" "$2"' sh "$device" "$disk" \
        :: "$davit" eject --yes "$device" :: \
        :: sh -c 'mountpoint -q "$2" || mount "$1" "$2"' sh "$device" "$disk" \
        :: umount "$disk" ::
    ! mountpoint -q "$disk" || umount "$disk"
    losetup --detach "$device"
}
