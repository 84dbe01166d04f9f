#!/usr/bin/env bats
# Bad input and unsafe wishes: a clear error with its exit code, and nothing changed.

load lab

web=$(named web)

setup_file() {
    lab_begin
    mkdir -p "$SUITE_DIR/peer/below"
    container "$(named web)" --volume "$SUITE_DIR/peer:/peer:rshared"
    inside "$(named web)" sh -c 'mkdir -p /srv/dir && echo x >/srv/file
        ln -s /proc /srv/to-proc; ln -s / /srv/to-root; ln -s /srv/dir /srv/to-dir
        ln -s ../../../../../../etc /srv/up; ln -s loop /srv/loop; mkfifo /srv/fifo'
}

teardown_file() {
    lab_end
}

setup() {
    snapshot_tables "$web"
}

# Whatever the test did, it changed nothing.
teardown() {
    assert_tables_unchanged "$web"
}

@test "an unknown container" {
    davit_refuses 3 no-container attach "$SOURCE" nobody-knows-it:/mnt
    davit_refuses 3 no-container detach nobody-knows-it:/mnt
    davit_refuses 3 no-container mounts nobody-knows-it
    davit_exits 3 attach "$SOURCE" nobody-knows-it:/mnt
    says nobody-knows-it
}

@test "the beginning of a name is not the name, and the near ones are offered" {
    davit_refuses 3 no-container attach "$SOURCE" "${web%???}:/mnt"
    json '[.. | strings] | any(contains($web))' --arg web "$web"
}

@test "pid:N of a process that is not there, is not in a container, or is no number" {
    davit_refuses 3 no-container attach "$SOURCE" pid:4194304:/mnt
    davit_refuses 2 usage attach "$SOURCE" pid:x:/mnt
    davit_refuses 2 usage attach "$SOURCE" pid:-1:/mnt
    davit_refuses 2 usage attach "$SOURCE" pid:99999999999999999999:/mnt
}

@test "a process of the host itself is no container" {
    davit_refuses 3 no-container attach "$SOURCE" "pid:$$:/mnt"
    davit_refuses 3 no-container attach "$SOURCE" "pid:1:/mnt"
}

@test "a relative target, an empty one, none at all" {
    davit_refuses 2 usage attach "$SOURCE" "$web:mnt"
    davit_refuses 2 usage attach "$SOURCE" "$web:"
    davit_refuses 2 usage attach "$SOURCE" "$web"
    davit_refuses 2 usage attach "$SOURCE" ":/mnt"
    davit_refuses 2 usage attach "$SOURCE"
    davit_refuses 2 usage attach
    davit_refuses 2 usage detach
}

@test "options of other tools at the end of a target, with what to write instead" {
    local suffix
    for suffix in ro rw z Z; do
        davit_refuses 2 usage attach "$SOURCE" "$web:/mnt:$suffix"
        json '[.. | strings] | any(contains("--ro"))'
    done
}

@test "a target that resolves to the root" {
    davit_refuses 6 unsafe attach "$SOURCE" "$web:/"
    davit_refuses 6 unsafe attach "$SOURCE" "$web:/srv/.."
    davit_refuses 6 unsafe attach "$SOURCE" "$web:/srv/to-root"
    davit_refuses 6 unsafe attach "$SOURCE" "$web:/../../.."
}

@test "a target in proc, sysfs or cgroup, also through a link" {
    davit_refuses 6 unsafe attach "$SOURCE" "$web:/proc"
    davit_refuses 6 unsafe attach "$SOURCE" "$web:/proc/sys"
    davit_refuses 6 unsafe attach "$SOURCE/file" "$web:/proc/version"
    davit_refuses 6 unsafe attach "$SOURCE" "$web:/sys/kernel"
    davit_refuses 6 unsafe attach "$SOURCE" "$web:/sys/fs/cgroup"
    davit_refuses 6 unsafe attach "$SOURCE" "$web:/srv/to-proc/fs"
}

@test "a magic link is not followed" {
    davit_exits 6 attach "$SOURCE" "$web:/proc/self/cwd/srv/dir"
    davit_exits 6 attach "$SOURCE" "$web:/proc/1/root/srv/dir"
}

@test "a target whose parent is a peer of a mount of the host" {
    davit_refuses 6 unsafe attach "$SOURCE" "$web:/peer/below"
    davit_exits 6 attach "$SOURCE" "$web:/peer/new"
    [[ ! -e $SUITE_DIR/peer/new ]]
}

@test "a source that does not exist is never made up" {
    davit_refuses 3 no-path attach "$SUITE_DIR/missing" "$web:/mnt/new"
    [[ ! -e $SUITE_DIR/missing ]]
    assert_absent_inside "$web" /mnt/new
}

@test "a bare word as source, with both readings offered" {
    davit_refuses 2 usage attach data "$web:/mnt"
    json '[.. | strings] | any(contains("./data")) and any(contains("volume:data"))'
    davit_refuses 2 usage attach '' "$web:/mnt"
}

@test "a bare device as source, with what to write instead" {
    local device
    device=$(losetup --find)
    davit_refuses 2 usage attach "$device" "$web:/mnt"
    json '[.. | strings] | any(contains("device:" + $device))' --arg device "$device"
}

@test "a directory onto a file, a file onto a directory" {
    davit_refuses 6 wrong-type attach "$SOURCE" "$web:/srv/file"
    davit_refuses 6 wrong-type attach "$SOURCE/file" "$web:/srv/dir"
    davit_refuses 6 wrong-type attach "$SOURCE" "$web:/etc/hostname"
}

@test "a target through a file, a loop of links, a fifo" {
    davit_exits 3 attach "$SOURCE" "$web:/srv/file/below"
    davit_exits 6 attach "$SOURCE" "$web:/srv/loop"
    davit_exits 6 attach "$SOURCE" "$web:/srv/fifo"
}

@test "links inside the container stay inside the container" {
    davit_exits 0 attach --dry-run "$SOURCE" "$web:/srv/up/new" --json
    [[ ! -e /etc/new ]]
    davit_exits 0 attach "$SOURCE" "$web:/srv/up/new"
    [[ ! -e /etc/new ]]
    assert_attached "$web" /etc/new rw,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$web:/etc/new"
    davit_exits 0 attach "$SOURCE" "$web:/srv/to-dir"
    assert_attached "$web" /srv/dir rw,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$web:/srv/to-dir"
}

@test "the same target twice in one request" {
    davit_refuses 2 usage attach "$SOURCE" "$web:/mnt/twice" "$web:/mnt/twice"
    assert_absent_inside "$web" /mnt/twice
}

@test "no CAP_SYS_ADMIN: the capability and the sudo line are named" {
    local davit_words=(setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin
        "${davit_words[-1]}")
    davit_refuses 5 not-permitted attach "$SOURCE" "$web:/mnt/new"
    json '[.. | strings] | any(contains("CAP_SYS_ADMIN")) and any(contains("sudo"))'
    assert_absent_inside "$web" /mnt/new
}

@test "a kernel without a call: the call and the version that brought it are named" {
    local call version davit_words=("${davit_words[@]}")
    local program=${davit_words[-1]} before=("${davit_words[@]:0:${#davit_words[@]}-1}")
    while read -r call version; do
        davit_words=("${before[@]}" "$LAB_TOOLS/without" --calls "$call" "$program")
        davit_refuses 7 unsupported attach --method tree "$SOURCE" "$web:/mnt/new"
        json '[.. | strings] | any(contains($call)) and any(contains($version))' \
            --arg call "$call" --arg version "$version"
        assert_absent_inside "$web" /mnt/new
    done <<TABLE
open_tree 5.2
move_mount 5.2
openat2 5.6
mount_setattr 5.12
TABLE
}

@test "options that are unknown, incomplete or contradict each other" {
    davit_refuses 2 usage attach --no-such-option "$SOURCE" "$web:/mnt"
    davit_refuses 2 usage attach --ro --rw "$SOURCE" "$web:/mnt"
    davit_refuses 2 usage attach --mkdir --no-mkdir "$SOURCE" "$web:/mnt"
    davit_refuses 2 usage attach --mode 9999 "$SOURCE" "$web:/mnt"
    davit_refuses 2 usage attach --mode rwx "$SOURCE" "$web:/mnt"
    davit_refuses 2 usage attach --propagation sideways "$SOURCE" "$web:/mnt"
    davit_refuses 2 usage attach --method magic "$SOURCE" "$web:/mnt"
    davit_refuses 2 usage detach --wait soon "$web:/mnt"
    davit_refuses 2 usage detach --wait -1s "$web:/mnt"
    davit_refuses 2 usage ps extra
    davit_exits 2 attach "$SOURCE" "$web:/mnt" --mode
}

@test "an unknown verb, near ones offered" {
    local status=0
    out=$("${davit_words[@]}" atach 2>&1) || status=$?
    [[ $status -eq 2 && $out == *attach* ]]
}

@test "--no-changes refuses every change and allows every look" {
    davit_exits 5 attach --no-changes "$SOURCE" "$web:/mnt/new"
    davit_exits 0 ps --no-changes
    davit_exits 0 mounts --no-changes "$web"
    assert_absent_inside "$web" /mnt/new
}

@test "control characters in every argument are never raw in the answer" {
    local bad=$'\e]0;owned\a\e[2J'
    davit_exits 3 attach "/$bad" "$web:/mnt/x"
    [[ $out$err != *$'\e'* && $out$err != *$'\a'* ]]
    davit attach "$SOURCE" "$bad:/mnt/x" >"$SUITE_DIR/o" 2>&1 && fail "attached to $bad"
    [[ $(<"$SUITE_DIR/o") != *$'\e'* ]]
    davit "$bad" >"$SUITE_DIR/o" 2>&1 && fail "a verb"
    [[ $(<"$SUITE_DIR/o") != *$'\e'* ]]
    davit attach "--$bad" >"$SUITE_DIR/o" 2>&1 && fail "an option"
    [[ $(<"$SUITE_DIR/o") != *$'\e'* ]]
}
