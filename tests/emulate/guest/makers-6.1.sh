# The tests of suite-6.1.sh about what makers.sh sets up.

t_owners() {
    local web=$PID
    boxed_start || return
    remember
    davit_exits 0 attach --ro --json /srv/ext4/own boxed:/mnt/it
    json_has '"idmapped"'
    json_has '"verified":true'
    added 1
    owners /mnt/it 0:0 1000:1001
    expect "the mount point is its root's" test "$(boxed_root stat -c %u:%g /mnt)" = 0:0
    davit_exits 0 detach boxed:/mnt/it
    unchanged
    davit_exits 6 attach /srv/ext4/own boxed:/mnt
    says 'davit attach --idmap auto'
    davit_exits 0 attach --idmap auto /srv/ext4/own boxed:/mnt
    boxed_root touch /mnt/new
    expect "what root inside writes is the host's root's" test "$(stat -c %u:%g /srv/ext4/own/new)" = 0:0
    rm -f /srv/ext4/own/new
    davit_exits 0 detach boxed:/mnt
    davit_exits 0 attach --idmap 0:1000:2 /srv/ext4/own boxed:/mnt
    owners /mnt 65534:65534 0:1
    davit_exits 0 detach boxed:/mnt
    davit_exits 0 attach --idmap off /srv/ext4/own boxed:/mnt
    says 'nobody'
    owners /mnt 65534:65534 65534:65534
    davit_exits 0 detach boxed:/mnt
    unchanged
    # A tmpfs's owners came with 6.3; a fresh one needs none.
    davit_exits 7 attach --ro /srv/tmp boxed:/mnt
    says 'tmpfs 6\.3'
    unchanged
    davit_exits 0 attach tmpfs:size=1m boxed:/mnt
    boxed_root touch /mnt/file
    expect "a fresh one is its root's" test "$(boxed_root stat -c %u:%g /mnt /mnt/file | tr '\n' ' ')" = "0:0 0:0 "
    davit_exits 0 detach boxed:/mnt
    unchanged
    boxed_stop
    PID=$web
    no_attachments
}

t_locked() {
    local web=$PID
    boxed_start || return
    remember
    davit_exits 0 attach --ro --noexec --json /srv/ext4/own boxed:/mnt
    json_has '"stage":"lock"'
    boxed_root /bin/peeler try /mnt >$W/attacks
    expect "many attacks: $(wc -l <$W/attacks)" test "$(wc -l <$W/attacks)" -ge 8
    expect "none gets anything" test -z "$(grep got-it $W/attacks)"
    added 1
    davit_exits 0 detach boxed:/mnt
    unchanged
    davit_exits 0 attach -R --ro --idmap off /srv/data boxed:/mnt
    added 2
    boxed_root /bin/peeler try /mnt >$W/attacks
    expect "none gets at what is below" test -z "$(grep got-it $W/attacks)"
    davit_exits 0 detach boxed:/mnt
    unchanged
    boxed_stop
    PID=$web
    # Without a user namespace of its own, too; but not what is shared on request.
    cp /usr/bin/peeler "/proc/$PID/root/bin/peeler"
    davit_exits 0 attach --ro /srv/ext4/own web:/mnt/there
    says_not 'could lift'
    inside /bin/peeler try /mnt/there >$W/attacks
    expect "none lifts anything" test -z "$(grep got-it $W/attacks | grep -v superblock)"
    davit_exits 0 detach web:/mnt/there
    davit_exits 0 attach --ro --propagation shared /srv/ext4/own web:/mnt/there
    says 'could lift read-only'
    inside /bin/peeler try /mnt/there >$W/attacks
    expect "the remount succeeds" grep -q 'remount got-it' $W/attacks
    davit_exits 0 detach web:/mnt/there
    no_attachments
}

t_iso() {
    remember
    davit_exits 0 attach --json image:/srv/cd.iso:/inner web:/mnt/new
    json_has '"method":"device"'
    json_has '"read_only":true'
    json_has '"verified":true'
    added 1
    expect "its content" test "$(inside cat /mnt/new/deep/hello)" = inner-ext4
    refuse "it cannot be written" write_inside /mnt/new/x
    davit_exits 0 detach web:/mnt/new
    unchanged
    expect "the loop device is gone" until_true 10 cd_is_free
    no_attachments
}

t_image() {
    local sum point
    remember
    sum=$(sha256sum </srv/second.img)
    davit_exits 0 attach --ro --json image:/srv/second.img:/inner web:/mnt/new
    json_has '"method":"device"'
    json_has '"sub_path":"/inner"'
    json_has '"verified":true'
    added 1
    expect "its content" test "$(inside cat /mnt/new/deep/hello)" = inner-ext4
    refuse "it cannot be written" write_inside /mnt/new/x
    davit_exits 0 detach web:/mnt/new
    expect "the loop device is gone" second_is_free
    expect "not a byte was changed" test "$(sha256sum </srv/second.img)" = "$sum"
    davit_exits 0 attach --ro --json image:/srv/second.img:/inner/deep/hello web:/mnt/new
    json_has '"sub_path":"/inner/deep/hello"'
    json_has '"verified":true'
    added 1
    expect "a file of it" test "$(inside cat /mnt/new)" = inner-ext4
    refuse "it cannot be written" write_inside /mnt/new
    davit_exits 0 detach web:/mnt/new
    unchanged
    refuse "nothing is left of the target" inside test -e /mnt/new
    davit_exits 0 attach image:/srv/second.img web:/mnt/new
    expect "it can be written" write_inside /mnt/new/kept
    davit_exits 0 detach web:/mnt/new
    unchanged
    expect "the loop device is gone" second_is_free
    davit_exits 0 attach --ro image:/srv/second.img web:/mnt/new
    expect "what was written is there" test "$(inside cat /mnt/new/kept)" = written
    davit_exits 0 detach web:/mnt/new
    refuse "nothing is left of the target" inside test -e /mnt/new
    davit_exits 0 attach --json device:/dev/loop0:/inner web:/mnt/there
    json_has '"device":"/dev/loop0"'
    expect "one that the host has mounted" test "$(inside cat /mnt/there/deep/hello)" = inner-ext4
    expect "it is the host's filesystem" sh -c 'echo x >/srv/ext4/inner/seen'
    expect "both see it" inside rm /mnt/there/seen
    davit_exits 0 detach web:/mnt/there
    unchanged
    calls_of --main-only attach --ro image:/srv/second.img web:/mnt/new
    davit_exits 0 detach web:/mnt/new
    for point in 1 2 3 4 5; do
        kill_at $((CALLS * point / 6)) --main-only attach --ro image:/srv/second.img web:/mnt/new
        davit_exits 0 status --json
        says_not '"state": *"(intent|live)"'
        unchanged
        expect "no loop device is left, killed at $point/6" until_true 10 second_is_free
    done
    no_attachments
}

t_helper() {
    remember
    davit_exits 0 attach --ro --json -t davit-test nas:/vol web:/mnt/new
    json_has '"method":"helper"'
    json_has '"verified":true'
    added 1
    expect "served" test "$(inside cat /mnt/new/f)" = fuse
    refuse "no server, the tool says, while one is" no_server
    davit_exits 0 detach web:/mnt/new
    unchanged
    expect "its server has ended" until_true 10 no_server
    refuse "nothing is left of the target" inside test -e /mnt/new
    davit_exits 7 attach -t davit-absent nas:/vol web:/mnt/new
    unchanged
    no_attachments
}

# Without MOVE_MOUNT_BENEATH (6.5) there is a moment without a mount, and the plan says so.
t_replace() {
    remember
    davit_exits 0 attach /srv/data web:/mnt/new
    davit_exits 0 replace --dry-run --ro /srv/tmp web:/mnt/new
    says 'for a moment nothing is attached there: the kernel has no MOVE_MOUNT_BENEATH \(it came with Linux 6\.5\)'
    expect "still the old" test "$(inside cat /mnt/new/hello)" = from-host
    davit_exits 0 replace --ro --json /srv/tmp web:/mnt/new
    json_has '"verified":true'
    says 'for a moment nothing'
    added 1
    expect "the new one" test "$(inside cat /mnt/new/hello)" = on-tmpfs
    refuse "it is read-only" write_inside /mnt/new/x
    davit_exits 0 undo --yes
    expect "the old again" test "$(inside cat /mnt/new/hello)" = from-host
    expect "writable again" write_inside /mnt/new/x
    rm -f /srv/data/x
    hold /mnt/new 1000
    davit_exits 0 replace /srv/tmp web:/mnt/new
    says "$HOLDER|still in use"
    expect "the new one" test "$(inside cat /mnt/new/hello)" = on-tmpfs
    expect "the holder keeps the old" test "$(cat "/proc/$HOLDER/cwd/hello")" = from-host
    kill -9 "$HOLDER"
    wait "$HOLDER"
    davit_exits 0 detach web:/mnt/new
    unchanged
    refuse "nothing is left of the target" inside test -e /mnt/new
    no_attachments
}

# old_or_new: the next davit has left one of the two there, whole.
old_or_new() {
    davit_exits 0 status --json
    says_not '"state": *"intent"'
    added 1
    case $(inside cat /mnt/new/hello) in
    from-host) OLD=$((OLD + 1)) ;;
    on-tmpfs) WHOLE=$((WHOLE + 1)) ;;
    *) wrong "neither the old nor the new one is there: $(cat $W/killat)" ;;
    esac
    davit_exits 0 detach web:/mnt/new
    unchanged
    refuse "nothing is left of the target" inside test -e /mnt/new
}

t_killed_replace() {
    local who rounds point
    remember
    KILLED=0 WHOLE=0 OLD=0
    for who in --main-only:6 --helpers-only:6; do
        rounds=${who#*:} who=${who%:*}
        davit_exits 0 attach /srv/data web:/mnt/new
        calls_of "$who" replace --ro /srv/tmp web:/mnt/new || return
        davit_exits 0 detach web:/mnt/new
        point=1
        while [ $point -le "$rounds" ] && [ -z "$FAILED" ]; do
            davit_exits 0 attach /srv/data web:/mnt/new
            # The first half of its calls reads; what is killed there is in other tests.
            kill_at $((CALLS / 2 + (CALLS - CALLS / 2) * point / rounds)) "$who" replace --ro /srv/tmp web:/mnt/new
            old_or_new
            point=$((point + 1))
        done
    done
    note "$KILLED killed: $OLD times the old one, $WHOLE times the new one"
    expect "both happen" test $OLD -gt 0 -a $WHOLE -gt 0
    no_attachments
}
