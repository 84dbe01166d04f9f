#!/usr/bin/env bats
# Containers with a user namespace: whose the host's files are inside, and that root inside, even
# with CAP_SYS_ADMIN, cannot lift what was set from outside.

load lab
load runtimes
load screen

setup_file() {
    lab_begin
    screen_begin
    runtimes_begin
    podman_config
    lxc_cgroups
    lab_remap
    # One that always runs: a daemon of which no container is found here would be another host's.
    SOCKET=$LAB_DIR/remap/s container "$(named always)"
    SOCKET=$LAB_DIR/docker/s container "$(named plain)" --cap-add SYS_ADMIN \
        --security-opt seccomp=unconfined
    chown 0:0 "$SOURCE"
    chmod 0755 "$SOURCE"
    echo 1000 >"$SOURCE/theirs"
    echo 70000 >"$SOURCE/unmapped"
    chown 1000:1001 "$SOURCE/theirs"
    chown 70000:70000 "$SOURCE/unmapped"
    # A mount below it, with something under it; a device node and a program as root's.
    mkdir "$SOURCE/sub"
    echo secret >"$SOURCE/sub/under"
    mount -t tmpfs sub "$SOURCE/sub"
    mknod "$SOURCE/null" c 1 3
    install -m 4755 "$LAB_TOOLS/peeler" "$SOURCE/peeler"
}

teardown_file() {
    umount "$SOURCE/sub"
    SOCKET=$LAB_DIR/docker/s remove_container "$(named plain)"
    SOCKET=$LAB_DIR/remap/s lab_end
    lab_remap_stop
    runtimes_end
}

setup() {
    export SOCKET=$LAB_DIR/remap/s
}

teardown() {
    screen_close
    [[ -z ${box:-} ]] || remove_container "$box"
}

# box [DOCKER RUN ARGS…]: the container of one test; its 0 is the host's 300000.
box() {
    box=$(named "box-$BATS_TEST_NUMBER")
    container "$box" "$@"
    snapshot_tables "$box"
}

# mighty_box: root inside may call whatever it wants about mounts.
mighty_box() {
    box --cap-add SYS_ADMIN --security-opt seccomp=unconfined
    cp "$LAB_TOOLS/peeler" "/proc/$(pid_of "$box")/root/srv/peeler"
}

# assert_owners PATH OWNER…: as root inside sees the files of $SOURCE there: file, theirs, unmapped.
assert_owners() {
    local path=$1 seen
    shift
    seen=$(inside_as_user "$box" stat -c %u:%g "$path/file" "$path/theirs" "$path/unmapped")
    [[ $seen == "$(printf '%s\n' "$@")" ]] || fail "owners inside:" "$seen" "expected: $*"
}

# Whether the kernel itself says of the mount at PATH that its owners are mapped.
is_idmapped() {
    awk -v path="$1" '$5 == path && $6 ~ /(^|,)idmapped(,|$)/ { found = 1 } END { exit !found }' \
        "/proc/$(pid_of "$box")/mountinfo"
}

detach_and_look() {
    davit_exits 0 detach "$box:$1"
    assert_tables_unchanged "$box"
}

# ---- owners ----

@test "--ro: owners have the host's numbers inside, and who is not mapped is nobody" {
    box
    davit_exits 0 attach --ro "$SOURCE" "$box:/mnt" --json
    json '.results[0] | .verified and .read_only and (.options | index("idmapped"))'
    assert_container_mounts "$box" /mnt ro,nosuid,nodev "$SOURCE"
    assert_host_unchanged
    is_idmapped /mnt
    assert_owners /mnt 0:0 1000:1001 65534:65534
    davit_exits 0 status --json
    json '.attachments[] | select(.state == "live") | .idmap == "auto"
        and (.options | index("idmapped"))'
    detach_and_look /mnt
}

@test "writable needs a word: refused, and both commands are offered" {
    box
    davit_refuses 6 unsafe attach "$SOURCE" "$box:/srv/new"
    says "davit attach --idmap auto $SOURCE $box:/srv/new"
    says "davit attach --idmap off $SOURCE $box:/srv/new"
    davit_refuses 6 unsafe attach "$SOURCE" "$box:/srv/new" --dry-run
    assert_tables_unchanged "$box"
    assert_absent_inside "$box" /srv/new
}

@test "writable with --idmap auto: what root inside writes is the host's root's" {
    box
    davit_exits 0 attach --idmap auto "$SOURCE" "$box:/mnt"
    says "belongs to the host's root"
    assert_container_mounts "$box" /mnt rw,nosuid,nodev "$SOURCE"
    assert_host_unchanged
    assert_owners /mnt 0:0 1000:1001 65534:65534
    inside_as_user "$box" touch /mnt/by-root
    docker exec --user 1000 "$box" sh -c 'echo more >>/mnt/theirs'
    run docker exec --user 1000 "$box" touch /mnt/by-user
    [[ $status -ne 0 ]]
    [[ $(stat -c %u:%g "$SOURCE/by-root") == 0:0 && $(stat -c %u "$SOURCE/theirs") == 1000 ]]
    rm "$SOURCE/by-root"
    detach_and_look /mnt
}

@test "--idmap off: the host's owners are nobody, said before" {
    box
    davit_exits 0 attach --idmap off "$SOURCE" "$box:/mnt" --dry-run
    says "inside that is nobody"
    davit_exits 0 attach --idmap off "$SOURCE" "$box:/mnt"
    says "inside that is nobody"
    assert_attached "$box" /mnt rw,nosuid,nodev "$SOURCE"
    run is_idmapped /mnt
    [[ $status -ne 0 ]]
    assert_owners /mnt 65534:65534 65534:65534 65534:65534
    run inside_as_user "$box" touch /mnt/by-root
    [[ $status -ne 0 ]]
    detach_and_look /mnt
}

@test "on the screen: writable asks whose files they are, as one line says, and does what was chosen" {
    box
    screen_open
    select_container "$box"
    keys a
    shows "┌ Attach a filesystem"
    shows "read-only: as on the host, unless something else is said"
    types "$SOURCE"
    keys Enter
    types /mnt
    keys Enter Space
    shows "( ) as on the host  ( ) nobody's  ( ) mapped"
    shows "say whose the host's files are"
    shows "! $box has a user namespace"
    keys Enter Space # the field that it stops at
    shows "(•) as on the host"
    shows "what root inside writes there belongs to the host's root"
    keys Enter
    shows "Inside:"
    assert_tables_unchanged "$box"
    keys A
    shows "verified inside"
    assert_container_mounts "$box" /mnt rw,nosuid,nodev "$SOURCE"
    assert_host_unchanged
    is_idmapped /mnt
    assert_owners /mnt 0:0 1000:1001 65534:65534
    detach_and_look /mnt

    keys a # the next one is mapped, as it is typed
    shows "┌ Attach a filesystem"
    types "$SOURCE"
    keys Enter
    types /mnt
    keys Enter Space Enter Left
    shows "(•) mapped"
    shows "Mapping 0:0:1"
    keys Enter C-u
    types 0:1000:2
    keys Enter
    shows "Inside:"
    keys A
    shows "verified inside"
    assert_container_mounts "$box" /mnt rw,nosuid,nodev "$SOURCE"
    assert_host_unchanged
    assert_owners /mnt 65534:65534 0:1 65534:65534
    screen_quit
    detach_and_look /mnt
}

@test "CONTAINER:HOST:COUNT: one owner of the host's is root inside" {
    box
    davit_exits 0 attach --idmap 0:1000:2 "$SOURCE" "$box:/mnt"
    assert_container_mounts "$box" /mnt rw,nosuid,nodev "$SOURCE"
    assert_host_unchanged
    assert_owners /mnt 65534:65534 0:1 65534:65534
    inside_as_user "$box" sh -c 'echo more >>/mnt/theirs'
    [[ $(stat -c %u:%g "$SOURCE/theirs") == 1000:1001 ]]
    detach_and_look /mnt
}

@test "CONTAINER:HOST:COUNT into a container without a user namespace" {
    local SOCKET=$LAB_DIR/docker/s
    local plain
    plain=$(named plain)
    snapshot_tables "$plain"
    davit_exits 0 attach --idmap 0:1000:2 --ro "$SOURCE" "$plain:/mnt"
    assert_container_mounts "$plain" /mnt ro,nosuid,nodev "$SOURCE"
    assert_host_unchanged
    [[ $(docker exec "$plain" stat -c %u:%g /mnt/theirs /mnt/file) == $'0:1\n65534:65534' ]]
    davit_exits 0 detach "$plain:/mnt"
    assert_tables_unchanged "$plain"
}

@test "what is no mapping, and what the container does not map" {
    local map
    box
    for map in 1:2 0:0:0 a 0:4294967295:1 4294967290:0:10 0:0:1: :0:1 0:0:+1 ''; do
        davit_refuses 2 usage attach --idmap "$map" --ro "$SOURCE" "$box:/mnt"
    done
    davit_refuses 7 unsupported attach --idmap 0:0:65537 --ro "$SOURCE" "$box:/mnt"
    says "does not map 65536"
    assert_tables_unchanged "$box"
}

@test "what cannot be mapped is named, and --idmap off attaches it" {
    local kind server
    box
    mkdir "$SUITE_DIR"/{lower,overlay,fuse}
    server=$("$LAB_TOOLS/fuse" "$SUITE_DIR/fuse" 3>&- 4>&-)
    echo below >"$SUITE_DIR/lower/file"
    mount -t overlay -o "lowerdir=$SUITE_DIR/lower:$SOURCE" overlay "$SUITE_DIR/overlay"
    snapshot_tables "$box"
    for kind in "$SUITE_DIR/overlay" "$SUITE_DIR/fuse" /proc/sys; do
        davit_refuses 7 unsupported attach --ro "$kind" "$box:/mnt"
        says "--idmap off"
    done
    says "proc (at /proc)"
    assert_tables_unchanged "$box"
    davit_exits 0 attach --ro --idmap off "$SUITE_DIR/overlay" "$box:/mnt"
    assert_attached "$box" /mnt ro,nosuid,nodev "$SUITE_DIR/overlay"
    detach_and_look /mnt
    umount "$SUITE_DIR/overlay"
    stop_process "${server#ready }"
}

@test "what belongs to one of the container's own users is not mapped" {
    box
    mkdir "$SUITE_DIR/theirs"
    echo prepared >"$SUITE_DIR/theirs/file"
    chown -R 301000:301000 "$SUITE_DIR/theirs"
    davit_exits 0 attach "$SUITE_DIR/theirs" "$box:/mnt"
    says_not nobody
    assert_attached "$box" /mnt rw,nosuid,nodev "$SUITE_DIR/theirs"
    [[ $(inside_as_user "$box" stat -c %u:%g /mnt/file) == 1000:1000 ]]
    docker exec --user 1000 "$box" touch /mnt/new
    rm "$SUITE_DIR/theirs/new"
    detach_and_look /mnt
}

@test "a fresh tmpfs is root's inside" {
    box
    davit_exits 0 attach tmpfs:size=1m,gid=1000 "$box:/mnt"
    says_not nobody
    run is_idmapped /mnt
    [[ $status -ne 0 ]]
    assert_host_unchanged
    inside_as_user "$box" touch /mnt/file
    [[ $(inside_as_user "$box" stat -c %u:%g /mnt /mnt/file) == $'0:1000\n0:0' ]]
    detach_and_look /mnt
}

@test "a dry run predicts it and changes nothing; undo maps as before" {
    box
    davit_exits 0 attach --idmap 0:1000:2 "$SOURCE" "$box:/mnt" --dry-run --json
    json '.plans[0] | (.predicted.options | index("idmapped"))
        and ([.steps[].stage] | index("idmap") < index("flags"))
        and (.steps[] | select(.stage == "idmap") | .call | contains("1000 300000 2"))'
    assert_tables_unchanged "$box"
    davit_exits 0 attach --idmap 0:1000:2 "$SOURCE" "$box:/mnt"
    davit_exits 0 detach "$box:/mnt"
    davit_exits 0 undo --yes
    assert_owners /mnt 65534:65534 0:1 65534:65534
    assert_host_unchanged
    detach_and_look /mnt
}

# ---- locks ----

# peeled NAME OPTIONS: attacks at /mnt in $box; those that got it, one a line.
peeled() {
    docker exec "$1" /srv/peeler try /mnt | tee "$SUITE_DIR/attacks" | sed -n 's/ got-it$//p'
}

@test "locked: root inside with CAP_SYS_ADMIN gets nothing out of a read-only tree" {
    local got
    mighty_box
    davit_exits 0 attach --ro --recursive --noexec "$SOURCE" "$box:/mnt" --json
    json '.results[0] | .ok and ([.steps[].stage] | index("lock") < index("journal"))'
    says_not "CAP_SYS_ADMIN"
    got=$(peeled "$box")
    [[ -z $got ]] || fail "got: $got"
    [[ $(grep -c . "$SUITE_DIR/attacks") -eq 16 ]] || fail "$(<"$SUITE_DIR/attacks")"
    assert_container_mounts "$box" /mnt ro,nosuid,nodev,noexec "$SOURCE" \
        /mnt/sub ro,nosuid,nodev,noexec "$SOURCE/sub"
    assert_host_unchanged
    detach_and_look /mnt
}

@test "locked: nosuid and nodev of a writable tree, too" {
    local got
    mighty_box
    davit_exits 0 attach --idmap auto --recursive "$SOURCE" "$box:/mnt"
    got=$(peeled "$box")
    [[ $got == write ]] || fail "got: $got"
    assert_host_unchanged
    detach_and_look /mnt
}

@test "locked: a file" {
    mighty_box
    davit_exits 0 attach --ro "$SOURCE/file" "$box:/mnt/file"
    assert_container_mounts "$box" /mnt/file ro,nosuid,nodev "$SOURCE/file"
    run docker exec "$box" mount -o remount,rw,bind /mnt/file
    [[ $status -ne 0 ]]
    run inside_as_user "$box" sh -c 'echo >>/mnt/file'
    [[ $status -ne 0 ]]
    assert_host_unchanged
    detach_and_look /mnt/file
    assert_absent_inside "$box" /mnt/file
}

@test "locked: replaced by another, which is locked as well, and put back" {
    local got second=$SUITE_DIR/second
    mighty_box
    mkdir "$second"
    cp -a "$SOURCE"/{theirs,unmapped,null,peeler} "$second"
    echo second >"$second/file"
    davit_exits 0 attach --ro "$SOURCE" "$box:/mnt/it"
    davit_exits 0 replace --ro "$second" "$box:/mnt/it" --json
    json '.results[0] | .ok and .verified'
    assert_container_mounts "$box" /mnt/it ro,nosuid,nodev "$second"
    assert_host_unchanged
    is_idmapped /mnt/it
    assert_owners /mnt/it 0:0 1000:1001 65534:65534
    [[ $(inside_as_user "$box" cat /mnt/it/file) == second ]]
    got=$(docker exec "$box" /srv/peeler try /mnt/it | sed -n 's/ got-it$//p')
    [[ -z $got ]] || fail "got: $got"
    davit_exits 0 undo --yes
    assert_attached "$box" /mnt/it ro,nosuid,nodev "$SOURCE"
    detach_and_look /mnt/it
    assert_absent_inside "$box" /mnt/it
}

# As who owns the user namespace of a rootless container can, whatever its root may do.
@test "locked: whoever enters the user namespace from outside gets nothing either" {
    local got
    box
    cp "$LAB_TOOLS/peeler" "/proc/$(pid_of "$box")/root/srv/peeler"
    davit_exits 0 attach --ro --recursive "$SOURCE" "$box:/mnt"
    got=$(nsenter --target "$(pid_of "$box")" --user --mount --root --setuid 0 --setgid 0 \
        /srv/peeler try /mnt | sed -n 's/ got-it$//p')
    [[ -z $got ]] || fail "got: $got"
    assert_host_unchanged
    detach_and_look /mnt
}

@test "locked: without a user namespace, too, for a root with CAP_SYS_ADMIN" {
    local SOCKET=$LAB_DIR/docker/s
    local plain got
    plain=$(named plain)
    cp "$LAB_TOOLS/peeler" "/proc/$(pid_of "$plain")/root/srv/peeler"
    snapshot_tables "$plain"
    davit_exits 0 attach --ro --recursive "$SOURCE" "$plain:/mnt"
    says_not "could lift"
    assert_host_unchanged
    got=$(peeled "$plain")
    # The filesystem itself is that of such a root like the host's own.
    [[ $got == superblock ]] || fail "got: $got"
    assert_host_unchanged
    davit_exits 0 detach "$plain:/mnt"
    assert_tables_unchanged "$plain"
}

@test "what cannot be locked, for it is shared on request, is liftable, and davit says so" {
    local SOCKET=$LAB_DIR/docker/s
    local plain got attack
    plain=$(named plain)
    cp "$LAB_TOOLS/peeler" "/proc/$(pid_of "$plain")/root/srv/peeler"
    snapshot_tables "$plain"
    davit_exits 0 attach --ro --propagation shared "$SOURCE" "$plain:/mnt"
    says "root inside has CAP_SYS_ADMIN and could lift read-only"
    got=$(peeled "$plain")
    # The tool does get what is to be had.
    for attack in remount clear-ro clear-nosuid clear-nodev clone; do
        [[ $'\n'$got$'\n' == *$'\n'$attack$'\n'* ]] || fail "not: $attack" "$(<"$SUITE_DIR/attacks")"
    done
    davit_exits 0 detach "$plain:/mnt"
    assert_tables_unchanged "$plain"
}

@test "killed on the way to a locked attach: nothing is left" {
    local n first last before untouched=0
    box
    # A journal of its own, which is there: nothing else is noted in it, and each run is alike.
    local STATE=$STATE-killed
    davit_exits 0 attach --ro --idmap 0:0:10 "$SOURCE" "pid:$(pid_of "$box"):/mnt"
    davit_exits 0 detach "$box:/mnt"
    attach_to_be_killed --trace -o "$SUITE_DIR/calls"
    davit_exits 0 detach "$box:/mnt"
    assert_tables_unchanged "$box"
    # From the mapping's own user namespace to the intent in the journal: what is made in between is
    # davit's alone. What comes after is as with any other attach.
    first=$(awk '$3 == "unshare" { print $1; exit }' "$SUITE_DIR/calls")
    last=$(awk -v first="$first" '$1 > first && $3 == "fdatasync" { print $1; exit }' \
        "$SUITE_DIR/calls")
    before=$(<"$STATE/journal")
    for ((n = first; n < last; n++)); do
        # It ends when all processes have: one that stays takes the test's time.
        attach_to_be_killed -o "$SUITE_DIR/killed" "$n"
        if [[ $(<"$STATE/journal") == "$before" ]]; then
            untouched=$((untouched + 1))
        else
            # A process that had done its part by then: it is attached, or taken back.
            davit_exits 0 status --json
            json 'all(.attachments[]; .state != "intent")'
            [[ -z $(new_mounts "$box") ]] || davit_exits 0 detach "$box:/mnt"
            before=$(<"$STATE/journal")
        fi
        assert_tables_unchanged "$box" || fail "$(<"$SUITE_DIR/killed")"
    done
    ((untouched > 5)) || fail "from $first to $last: $untouched"
}

# attach_to_be_killed KILLAT ARGS…
attach_to_be_killed() {
    local wrap=("$LAB_TOOLS/killat" --acts "$@")
    davit attach --ro --idmap 0:0:10 "$SOURCE" "pid:$(pid_of "$box"):/mnt" >"$SUITE_DIR/out" 2>&1 ||
        true
}

# ---- devices and images ----

# The tree that root inside is tried on, in images.
make_images() {
    local tree=$SUITE_DIR/tree
    disk=$SUITE_DIR/disk.img squash=$SUITE_DIR/squash.img
    [[ ! -e $squash ]] || return 0
    mkdir -p "$tree/sub"
    cp -a "$SOURCE"/{file,theirs,unmapped,null,peeler} "$tree"
    truncate -s 16M "$disk"
    mkfs.ext4 -q -d "$tree" "$disk"
    mksquashfs "$tree" "$squash" -quiet -no-progress >/dev/null
}

# in_image FILE TARGET OPTIONS: the one new mount of $box, of the one loop device of FILE.
in_image() {
    local node
    node=$(losetup -j "$1" -n -O NAME)
    json '.results[0] | .ok and .verified and .method == "device" and .device == $node
        and (.options | index("idmapped"))
        and ([.steps[].stage] | index("lock") < index("journal"))' --arg node "$node"
    assert_container_mounts "$box" "$2" "$3" "$(jq -r '.results[0].major_minor + " " +
        (.results[0].sub_path | if . == "" then "/" else . end)' <<<"$out")"
    assert_host_unchanged
    is_idmapped "$2"
}

assert_no_loop() { [[ -z $(losetup -j "$1" -n -O NAME) ]] || fail "left: $(losetup -j "$1")"; }

@test "an image: owners have the host's numbers, root inside gets nothing, its loop device goes" {
    local disk squash got
    make_images
    mighty_box
    davit_exits 0 attach --ro "image:$disk" "$box:/mnt" --json
    in_image "$disk" /mnt ro,nosuid,nodev
    assert_owners /mnt 0:0 1000:1001 65534:65534
    got=$(peeled "$box")
    [[ -z $got ]] || fail "got: $got"
    detach_and_look /mnt
    assert_no_loop "$disk"
    davit_refuses 6 unsafe attach "image:$disk" "$box:/mnt"
    says "davit attach --idmap auto image:$disk $box:/mnt"
    assert_no_loop "$disk"
    # Writable, a file of it alone, as one owner of the host's is mapped.
    davit_exits 0 attach --idmap 0:1000:2 "image:$disk:/theirs" "$box:/srv/one" --json
    in_image "$disk" /srv/one rw,nosuid,nodev
    [[ $(inside_as_user "$box" stat -c %u:%g /srv/one) == 0:1 ]]
    inside_as_user "$box" sh -c 'echo more >>/srv/one'
    detach_and_look /srv/one
    assert_absent_inside "$box" /srv/one
    assert_no_loop "$disk"
}

@test "a squashfs is read-only without --ro: mapped without a word, and said" {
    local disk squash got
    make_images
    mighty_box
    davit_exits 0 attach "image:$squash" "$box:/mnt" --json
    in_image "$squash" /mnt "$(awk '$5 == "/mnt" { sub(/,relatime.*/, "", $6); print $6 }' \
        "/proc/$(pid_of "$box")/mountinfo")"
    json '.results[0] | .read_only and any(.warnings[]; contains("read-only"))'
    assert_owners /mnt 0:0 1000:1001 65534:65534
    got=$(peeled "$box")
    [[ $'\n'$got$'\n' != *$'\n'write$'\n'* ]] || fail "got: $got"
    detach_and_look /mnt
    assert_no_loop "$squash"
}

@test "a device that the host has mounted: mapped inside alone" {
    local disk squash loop
    make_images
    mighty_box
    loop=$(losetup --find --show "$disk")
    mkdir -p "$SUITE_DIR/on"
    mount "$loop" "$SUITE_DIR/on"
    snapshot_tables "$box"
    davit_exits 0 attach --idmap auto "device:$loop" "$box:/mnt" --json
    in_image "$disk" /mnt rw,nosuid,nodev
    assert_owners /mnt 0:0 1000:1001 65534:65534
    inside_as_user "$box" touch /mnt/by-root
    [[ $(stat -c %u:%g "$SUITE_DIR/on/by-root") == 0:0 ]]
    rm "$SUITE_DIR/on/by-root"
    detach_and_look /mnt
    umount "$SUITE_DIR/on"
    losetup -d "$loop"
}

# ---- other runtimes ----

# As root inside, whoever started it.
as_inside_root() {
    local name=$1
    shift
    nsenter --target "$(pid_of "$name")" --user --mount --root --setuid 0 --setgid 0 -- "$@"
}

# Where the container's own mounts are shared, what is attached there is a peer of nobody's outside.
own_peers() {
    awk -v path="$2" '$5 == path && $7 ~ /^shared:/ { print $7 }' "/proc/$(pid_of "$1")/mountinfo"
}

# Owners, a mount point made by root inside, the locks: in a container that $other names.
round_of_owners() {
    local PEERS got
    cp "$LAB_TOOLS/peeler" "$RUNTIME_ROOT/srv/peeler"
    snapshot_tables "$other"
    davit_exits 0 attach --ro "$SOURCE" "pid:$(pid_of "$other"):/srv/new/deep"
    PEERS=$(own_peers "$other" /srv/new/deep)
    assert_container_mounts "$other" /srv/new/deep ro,nosuid,nodev "$SOURCE"
    assert_host_unchanged
    [[ $(as_inside_root "$other" stat -c %u:%g /srv/new /srv/new/deep/file /srv/new/deep/theirs) == \
        $'0:0\n0:0\n1000:1001' ]]
    got=$(as_inside_root "$other" /srv/peeler try /srv/new/deep | sed -n 's/ got-it$//p')
    [[ -z $got ]] || fail "got: $got"
    davit_exits 0 detach "pid:$(pid_of "$other"):/srv/new/deep"
    assert_tables_unchanged "$other"
    assert_absent_inside "$other" /srv/new
}

@test "systemd-nspawn with private users: its root is an idmapped mount" {
    other=nspawn-$DAVIT_WORLD
    nspawn_container "$other" --machine="$other" --directory="$RUNTIME_ROOT" \
        --private-users=700000:65536 --private-users-ownership=map
    round_of_owners
    nspawn_remove "$other"
}

@test "LXC with an idmapped root" {
    local lxc_lines=("lxc.rootfs.options = idmap=container" "lxc.idmap = u 0 500000 65536"
        "lxc.idmap = g 0 500000 65536")
    other=lxc-$DAVIT_WORLD
    lxc_container "$other"
    round_of_owners
    lxc_remove "$other"
}

@test "podman of a user" {
    local SOCKET=none
    other=user-$DAVIT_WORLD
    make_user
    podman_import user_podman
    user_container "$other"
    RUNTIME_ROOT=/proc/$(pid_of "$other")/root round_of_owners
    user_podman rm --force --time 0 "$other" >/dev/null
    remove_user
}

# ---- mount points ----

@test "a made target belongs to root inside" {
    box
    davit_exits 0 attach --idmap off "$SOURCE" "$box:/srv/made/here"
    [[ $(stat -c %u "/proc/$(pid_of "$box")/root/srv/made") == 300000 ]]
    davit_exits 0 detach "$box:/srv/made/here"
    assert_tables_unchanged "$box"
    assert_absent_inside "$box" /srv/made
}

@test "a target is made with the rights of root inside, no more and no less" {
    # Who runs davit is in a group of the host; root inside is not.
    local wrap=(setpriv --groups 4711) parent
    box
    parent=/proc/$(pid_of "$box")/root/srv/parent
    mkdir -m 0775 "$parent"
    chown 0:4711 "$parent"
    davit_refuses 5 not-permitted attach --idmap off "$SOURCE" "$box:/srv/parent/new"
    assert_tables_unchanged "$box"
    [[ -z $(ls -A "$parent") ]]
    chown 301000:301000 "$parent"
    chmod 0700 "$parent"
    davit_exits 0 attach --idmap off "$SOURCE" "$box:/srv/parent/new"
    assert_container_mounts "$box" /srv/parent/new rw,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$box:/srv/parent/new"
    assert_tables_unchanged "$box"
    assert_absent_inside "$box" /srv/parent/new
}
