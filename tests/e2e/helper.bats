#!/usr/bin/env bats
# Method helper: the host's mount helpers, run where nobody sees it. sshfs and glusterfs really;
# what helpers may do wrong by some of our own.

load lab
load helpers

web=$(named web)

setup_file() {
    export BATS_TEST_TIMEOUT=120
    lab_begin
    container "$(named web)"
    helpers_begin
    helper davit-plain <<'S'
#!/bin/sh
mount -n -t tmpfs -o size=1m "$1" "$2" && mkdir "$2/d" && echo "$*" >"$2/arguments" &&
    env >"$2/environment" && tty >"$2/tty"; ls /proc/self/fd >"$2/fds"
S
    helper davit-fails <<'S'
#!/bin/sh
printf 'no such share: %s (\033[31mpassword was hush)\n' "$*" >&2
exit 32
S
    helper davit-nothing <<'S'
#!/bin/sh
exit 0
S
    helper davit-hangs <<S
#!/bin/sh
echo \$\$ >$SUITE_DIR/hanging
sleep 1000003 &
sleep 1000003
S
    # Its time limit is long: it runs beside everything else.
    STATE=$STATE-hanging davit attach -t davit-hangs x:/y "$(named web):/mnt/hung" \
        >"$SUITE_DIR/hung.out" 2>&1 3>&- 4>&- &
    disown
}

teardown_file() {
    lab_end
    helpers_end
}

setup() {
    STATE=$STATE-$BATS_TEST_NUMBER
    snapshot_tables "$web"
}

# Nothing of what a helper started is left.
no_servers() { ! pgrep -x davit-keeper >/dev/null; }
only_hanging() { [[ $(pgrep -cx davit-keeper) -le 1 ]]; }

# It does nothing any more; its entry is there until the world's init has looked at it.
has_died() {
    local fields
    ! read -ra fields 2>/dev/null <"/proc/$1/stat" || [[ ${fields[2]} == Z ]]
}

server_of() { jq -r '.attachments[-1].helper.server' <<<"$out"; }

@test "a helper of the host mounts unseen: options, environment, no terminal, nothing left" {
    davit_exits 0 attach --dry-run -t davit-plain -o vers=4,soft nas:/vol "$web:/mnt/it"
    says "let mount.davit-plain mount nas:/vol where nobody sees it"
    assert_tables_unchanged "$web"
    davit_exits 0 attach -t davit-plain -o vers=4,soft nas:/vol "$web:/mnt/it" --json
    json '.results[0] | .ok and .verified and .method == "helper" and .device == "nas:/vol"
        and .sub_root == "/" and .options == ["rw", "nosuid", "nodev"]'
    assert_container_mounts "$web" /mnt/it rw,nosuid,nodev \
        "$(jq -r '.results[0].major_minor' <<<"$out") /"
    assert_host_unchanged
    [[ $(inside "$web" cat /mnt/it/arguments) == "nas:/vol "*" -o vers=4,soft" ]]
    not inside "$web" grep -qE '^(DOCKER|LAB_|BATS|SSH_)' /mnt/it/environment
    [[ $(inside "$web" cat /mnt/it/tty) == "not a tty" ]]
    davit_exits 0 status --json
    json '.attachments[0] | .helper.type == "davit-plain" and .helper.options == "vers=4,soft"
        and .helper.server == 0'
    davit_exits 0 detach "$web:/mnt/it"
    assert_tables_unchanged "$web"
    davit_exits 0 undo --yes
    [[ $(inside "$web" cat /mnt/it/arguments) == *"-o vers=4,soft" ]]
    davit_exits 0 detach "$web:/mnt/it"
    assert_tables_unchanged "$web"
    [[ ! -e /run/mount/davit ]]
}

@test "a server that lives on is shown, serves, and ends with the detach" {
    local server
    davit_exits 0 attach --ro -t davit-served x "$web:/mnt/it"
    assert_container_mounts "$web" /mnt/it ro,nosuid,nodev "$(awk '$5 == "/mnt/it" { print $3, $4 }' \
        "/proc/$(pid_of "$web")/mountinfo")"
    assert_host_unchanged
    [[ $(inside "$web" cat /mnt/it/f) == fuse ]]
    davit_exits 0 status --json
    server=$(server_of)
    [[ $(<"/proc/$server/comm") == davit-keeper ]]
    davit_exits 0 detach "$web:/mnt/it"
    has_died "$server"
    assert_tables_unchanged "$web"
    until_true 20 only_hanging
}

@test "a helper that fails says why, in clean text; one that mounts nothing; none at all" {
    davit_exits 1 attach -t davit-fails -o user=me,password=hush //nas/x "$web:/mnt/it"
    says "no such share: //nas/x"
    says_not hush
    [[ $out$err != *$'\e'* ]]
    davit_exits 1 attach -t davit-nothing x "$web:/mnt/it"
    says "mount.davit-nothing"
    davit_refuses 7 unsupported attach -t davit-absent x:/y "$web:/mnt/it"
    says "or mount it on the host"
    # What mount(8) mounts without one has a way of its own.
    davit_refuses 7 unsupported attach -t ext4 /dev/sdb1 "$web:/mnt/it"
    says "device:/dev/NAME or image:/FILE"
    davit_refuses 7 unsupported attach -t tmpfs none "$web:/mnt/it"
    says "tmpfs:size=64m"
    davit_refuses 2 usage attach -t ../bin/sh x:/y "$web:/mnt/it"
    davit_refuses 2 usage attach -o ro "$SOURCE" "$web:/mnt/it"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /mnt/it
    until_true 20 only_hanging
}

@test "secrets are nowhere: journal, status, events, plan, command line; an undo says it cannot" {
    davit_exits 0 attach --dry-run -t davit-plain -o user=me,password=hushhush x:/y "$web:/mnt/it"
    says 'password=***'
    says "stands in the helper's command line"
    says_not hushhush
    davit_exits 0 attach --verbose -t davit-plain -o user=me,password=hushhush x:/y "$web:/mnt/it"
    says_not hushhush
    assert_host_unchanged
    [[ $(inside "$web" cat /mnt/it/arguments) == *password=hushhush ]]
    davit_exits 0 status --json
    says_not hushhush
    davit_exits 0 events --verbose --json
    says_not hushhush
    not grep -rq hushhush "$STATE"
    davit_exits 0 detach "$web:/mnt/it"
    assert_tables_unchanged "$web"
    davit_exits 1 undo --yes
    says "written nowhere"
    assert_tables_unchanged "$web"
}

# --- SIGKILL -------------------------------------------------------------------------------------

@test "killed at any call of an attach with a server: whole, or nothing of it is left" {
    local n total whole=0 restored=0 untouched=0 stride=3 wrap box
    [[ $DAVIT_PASS == plain ]] || stride=7
    box=pid:$(pid_of "$web")
    wrap=("$LAB_TOOLS/killat" --acts --main-only --trace -o "$SUITE_DIR/calls")
    davit_exits 0 attach -t davit-served x "$box:/srv/killed"
    total=$(sed -n 's/^ended 0 after \([0-9]*\) calls$/\1/p' "$SUITE_DIR/calls")
    wrap=()
    davit_exits 0 detach "$box:/srv/killed"
    # The last ones too: there all is done.
    for n in $(seq 1 "$stride" "$((total - 1))") "$((total - 1))"; do
        wrap=("$LAB_TOOLS/killat" --acts --main-only -o "$SUITE_DIR/killed" "$n")
        davit attach -t davit-served x "$box:/srv/killed" >/dev/null 2>&1 || true
        wrap=()
        davit_exits 0 status --json
        if [[ $(<"/proc/$(pid_of "$web")/mountinfo") != "${container_before[$web]}" ]]; then
            [[ $(inside "$web" cat /srv/killed/f) == fuse ]]
            whole=$((whole + 1))
            davit_exits 0 detach "$box:/srv/killed"
        else
            restored=$((restored + 1))
        fi
        assert_tables_unchanged "$web"
        assert_absent_inside "$web" /srv/killed
        until_true 20 only_hanging || fail "a server is left of a davit killed at $n"
    done
    echo "# $total calls: $restored restored, $whole whole" >&3
    ((restored > 0 && whole > 0))
}

@test "killed at any call of a detach that ends a server: still whole, or nothing of it is left" {
    local n total whole=0 gone=0 stride=3 wrap box
    [[ $DAVIT_PASS == plain ]] || stride=7
    box=pid:$(pid_of "$web")
    davit_exits 0 attach -t davit-served x "$box:/srv/killed"
    wrap=("$LAB_TOOLS/killat" --acts --main-only --trace -o "$SUITE_DIR/calls")
    davit_exits 0 detach "$box:/srv/killed"
    total=$(sed -n 's/^ended 0 after \([0-9]*\) calls$/\1/p' "$SUITE_DIR/calls")
    wrap=()
    for n in $(seq 1 "$stride" "$((total - 1))") "$((total - 1))"; do
        is_attached || davit_exits 0 attach -t davit-served x "$box:/srv/killed"
        wrap=("$LAB_TOOLS/killat" --acts --main-only -o "$SUITE_DIR/killed" "$n")
        davit detach "$box:/srv/killed" >/dev/null 2>&1 || true
        wrap=()
        davit_exits 0 status --json
        json 'all(.attachments[]; .state == "live" or .state == "gone")'
        if is_attached; then
            [[ $(inside "$web" cat /srv/killed/f) == fuse ]]
            whole=$((whole + 1))
            continue
        fi
        gone=$((gone + 1))
        assert_tables_unchanged "$web"
        assert_absent_inside "$web" /srv/killed
        until_true 20 only_hanging || fail "a server is left of a davit killed at $n"
    done
    if is_attached; then
        davit_exits 0 detach "$box:/srv/killed"
    fi
    assert_tables_unchanged "$web"
    echo "# $total calls: $whole still whole, $gone gone" >&3
    ((whole > 0 && gone > 0))
}

# NFS and SMB come by the same way, where the host and its kernel have them.
@test "-t nfs, -t cifs: without the helper its package is named, without the kernel's part that" {
    local type package
    while read -r type package; do
        if [[ ! -e /sbin/mount.$type ]]; then
            davit_refuses 7 unsupported attach -t "$type" nas:/vol "$web:/mnt/it"
            says "the package $package "
            helper "$type" <<'S'
#!/bin/sh
echo "mount.x: mounting $1 failed: No such device" >&2
exit 32
S
            if ! grep -q "[[:space:]]$type\$" /proc/filesystems; then
                davit_refuses 7 unsupported attach -t "$type" nas:/vol "$web:/mnt/it"
                says "this kernel has no $type"
                says "No such device"
            else
                davit_exits 1 attach -t "$type" nas:/vol "$web:/mnt/it"
            fi
            rm "$SUITE_DIR/helpers/mount.$type"
        fi
    done <<'T'
nfs nfs-common
cifs cifs-utils
ceph ceph-common
T
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /mnt/it
}

# The keeper is the first process of the helper's pid namespace: with it all else in there ends.
@test "the keeper killed at any call of an attach: taken back and told, or served to the end" {
    local n total failed=0 whole=0 ended=0 stride=3 wrap box status
    [[ $DAVIT_PASS == plain ]] || stride=11
    box=pid:$(pid_of "$web")
    wrap=("$LAB_TOOLS/killat" --keeper-only --trace -o "$SUITE_DIR/calls")
    davit_exits 0 attach -t davit-served x "$box:/srv/killed"
    total=$(sed -n 's/^ended 0 after \([0-9]*\) calls$/\1/p' "$SUITE_DIR/calls")
    wrap=()
    [[ $(inside "$web" cat /srv/killed/f) == fuse ]] # it is not traced any more
    davit_exits 0 detach "$box:/srv/killed"
    for n in $(seq 1 "$stride" "$((total - 1))") $((total - 4)) $((total - 3)) $((total - 2)) \
        $((total - 1)) "$total"; do
        status=0
        wrap=("$LAB_TOOLS/killat" --keeper-only -o "$SUITE_DIR/killed" "$n")
        davit attach -t davit-served x "$box:/srv/killed" >"$SUITE_DIR/out" 2>&1 || status=$?
        wrap=()
        if is_attached; then
            # It was over before, or its last act was to wait.
            davit_exits 0 status --json
            json '.attachments[-1] | .state == "live" and (.helper.gone | type == "boolean")'
            if jq -e '.attachments[-1].helper.gone' <<<"$out" >/dev/null; then
                ended=$((ended + 1))
            fi
            whole=$((whole + 1))
            davit_exits 0 detach "$box:/srv/killed"
        else
            grep -qE 'keeper ended|server has ended|not connected|connection abort|mount.davit-served' "$SUITE_DIR/out" ||
                fail "killed at $n: $(<"$SUITE_DIR/killed")" "$(<"$SUITE_DIR/out")"
            davit_exits 0 status --json
            json 'all(.attachments[]; .state == "gone")'
            failed=$((failed + 1))
        fi
        assert_tables_unchanged "$web"
        assert_absent_inside "$web" /srv/killed
        until_true 20 only_hanging || fail "a keeper is left when it was killed at $n"
    done
    echo "# $total calls of the keeper: $failed failed, $whole attached, $ended without a server" >&3
    ((failed > 0))
}

is_attached() { [[ $(<"/proc/$(pid_of "$web")/mountinfo") != "${container_before[$web]}" ]]; }

@test "the keeper killed while it serves: said, made anew, detached" {
    local server next
    davit_exits 0 attach -t davit-served x "$web:/mnt/it"
    davit_exits 0 status --json
    json '.attachments[-1].helper.gone == false'
    server=$(server_of)
    kill -KILL "$server"
    until_true 20 is_gone "$server"
    not inside "$web" cat /mnt/it/f
    davit_exits 0 status --json
    json '.attachments[-1] | .state == "live" and .helper.gone'
    davit_exits 0 status
    says "has ended: \`davit refresh\` starts another"
    davit_exits 0 refresh --stale
    [[ $(inside "$web" cat /mnt/it/f) == fuse ]]
    davit_exits 0 status --json
    next=$(server_of)
    [[ $next != "$server" && $(<"/proc/$next/comm") == davit-keeper ]]
    kill -KILL "$next"
    until_true 20 is_gone "$next"
    davit_exits 0 detach "$web:/mnt/it"
    assert_tables_unchanged "$web"
    davit_exits 0 events --json
    json '[.events[] | select(.line == "done") | .operation] == ["attach", "replace", "detach"]'
}

# --- the real ones -------------------------------------------------------------------------------

@test "sshfs against a real sshd: writes, reads, ends; a wrong key is a clear error" {
    local sshd=$SUITE_DIR/sshd port=22022 pid at
    mkdir -p "$sshd/data" /run/sshd
    echo "over ssh" >"$sshd/data/file"
    ssh-keygen -q -t ed25519 -N '' -f "$sshd/host"
    ssh-keygen -q -t ed25519 -N '' -f "$sshd/key"
    ssh-keygen -q -t ed25519 -N '' -f "$sshd/wrong"
    cp "$sshd/key.pub" "$sshd/authorized"
    "$(command -v sshd)" -D -e -f /dev/null -p $port -h "$sshd/host" -o ListenAddress=127.0.0.1 \
        -o AuthorizedKeysFile="$sshd/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no \
        -o Subsystem="sftp internal-sftp" >"$sshd/log" 2>&1 3>&- 4>&- &
    pid=$!
    until_true 20 grep -q "Server listening" "$sshd/log"
    local known=StrictHostKeyChecking=no,UserKnownHostsFile=/dev/null,port=$port
    davit_exits 1 attach -t fuse.sshfs -o "$known,IdentityFile=$sshd/wrong,IdentitiesOnly=yes" \
        "root@127.0.0.1:$sshd/data" "$web:/mnt/ssh"
    says "BatchMode=yes"
    assert_tables_unchanged "$web"
    davit_exits 0 attach -t fuse.sshfs -o "$known,IdentityFile=$sshd/key,allow_other" \
        "root@127.0.0.1:$sshd/data" "$web:/mnt/ssh" --json
    json '.results[0] | .ok and .verified and .method == "helper"'
    assert_host_unchanged
    [[ $(inside "$web" cat /mnt/ssh/file) == "over ssh" ]]
    inside "$web" sh -c 'echo back >/mnt/ssh/new'
    [[ $(<"$sshd/data/new") == back ]]
    davit_exits 0 status --json
    at=$(server_of)
    [[ -e /proc/$at/stat ]]
    # The client is killed: another takes its place.
    kill -KILL "$at"
    until_true 20 is_gone "$at"
    not inside "$web" cat /mnt/ssh/file
    davit_exits 0 refresh --stale --json
    json '.results | length == 1 and all(.ok and .verified)'
    [[ $(inside "$web" cat /mnt/ssh/file) == "over ssh" ]]
    davit_exits 0 status --json
    at=$(server_of)
    davit_exits 0 detach "$web:/mnt/ssh"
    assert_tables_unchanged "$web"
    has_died "$at"
    host_sshfs "$sshd" "$known"
    stop_process "$pid"
}

# One that the host has mounted: its client is killed, and it is mounted anew at the same path.
host_sshfs() {
    local there=$1/mounted options=$2,IdentityFile=$1/key,allow_other client
    mkdir "$there"
    sshfs -o "$options" "root@127.0.0.1:$1/data" "$there" 3>&- 4>&-
    snapshot_tables "$web"
    davit_exits 0 attach --ro "$there" "$web:/mnt/one" "$web:/mnt/two"
    [[ $(inside "$web" cat /mnt/one/new) == back ]]
    client=$(pgrep -nx -f "sshfs -o $options .*")
    stop_process "$client" KILL
    not inside "$web" cat /mnt/two/new
    umount -l "$there"
    sshfs -o "$options" "root@127.0.0.1:$1/data" "$there" 3>&- 4>&-
    snapshot_tables
    davit_exits 0 refresh "$there" --json
    json '.results | length == 2 and all(.ok and .verified and .read_only)'
    assert_host_unchanged
    assert_container_mounts "$web" /mnt/one ro,nosuid,nodev "$there" \
        /mnt/two ro,nosuid,nodev "$there"
    [[ $(inside "$web" cat /mnt/one/new /mnt/two/new) == $'back\nback' ]]
    davit_exits 0 detach "$web:/mnt/one" "$web:/mnt/two"
    assert_container_unchanged "$web"
    umount "$there"
}

gluster_answers() { gluster --mode=script volume info >/dev/null 2>&1; }

@test "glusterfs against a real glusterd" {
    local gluster=$SUITE_DIR/gluster pid server
    mkdir -p "$gluster" /var/lib/glusterd /var/log/glusterfs
    mount -t tmpfs -o size=64m gluster "$gluster"
    mkdir "$gluster"/{lib,log,brick}
    mount --bind "$gluster/lib" /var/lib/glusterd
    mount --bind "$gluster/log" /var/log/glusterfs
    # Its socket is /run/glusterd.socket, whoever else has one there.
    mount -t tmpfs -o size=4m,mode=755 run /run
    mkdir /run/gluster
    { cat /etc/hosts; echo "127.0.0.1 $(hostname)"; } >"$gluster/hosts"
    mount --bind "$gluster/hosts" /etc/hosts
    glusterd -N >"$gluster/out" 2>&1 3>&- 4>&- &
    pid=$!
    until_true 30 gluster_answers
    gluster --mode=script volume create gv0 "$(hostname):$gluster/brick/b" force >/dev/null
    gluster --mode=script volume start gv0 >/dev/null
    snapshot_tables "$web"
    davit_exits 0 attach -t glusterfs localhost:/gv0 "$web:/mnt/gluster" --json
    json '.results[0] | .ok and .verified and .device == "localhost:/gv0"'
    assert_host_unchanged
    inside "$web" sh -c 'echo stored >/mnt/gluster/file'
    [[ $(<"$gluster/brick/b/file") == stored ]]
    davit_exits 0 status --json
    server=$(server_of)
    [[ -e /proc/$server/stat ]]
    davit_exits 0 detach "$web:/mnt/gluster"
    assert_tables_unchanged "$web"
    has_died "$server"
    gluster --mode=script volume stop gv0 force >/dev/null
    stop_process "$pid"
    umount /etc/hosts /var/log/glusterfs /var/lib/glusterd
    umount -l /run
    umount -l "$gluster"
}

# --- the long one --------------------------------------------------------------------------------

hung_is_over() { grep -q "has not ended within" "$SUITE_DIR/hung.out"; }

@test "a helper that hangs is ended in its time, with all that it had started" {
    until_true 60 hung_is_over
    until_true 20 no_servers
    not pgrep -f 'sleep 1000003'
    assert_tables_unchanged "$web"
}
