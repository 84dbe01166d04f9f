# The tests of suite-6.1.sh about detach, the identity of a mount, undo and the journal.

# hold TARGET SECONDS: a process with its working directory there; its pid is HOLDER.
hold() {
    # Not through a function: the shell would stay in between, and its pid would be the one seen here.
    nsenter -t "$PID" -m sh -c "cd $1 && exec sleep $2" &
    HOLDER=$!
    # busybox starts an applet as itself: the name is in the arguments, not in comm.
    until_true 30 grep -q ^sleep "/proc/$HOLDER/cmdline" || wrong "the holder did not start"
}

t_busy() {
    remember
    davit_exits 0 attach /srv/data web:/mnt/there
    hold /mnt/there 1000
    davit_exits 4 detach web:/mnt/there
    says "$HOLDER"
    added 1
    expect "it is still attached" test "$(inside cat /mnt/there/hello)" = from-host
    davit_exits 4 detach --wait 1s web:/mnt/there
    added 1
    kill -9 "$HOLDER"
    wait "$HOLDER"
    davit_exits 0 detach web:/mnt/there
    unchanged
}

t_wait() {
    remember
    davit_exits 0 attach /srv/data web:/mnt/there
    hold /mnt/there 2
    davit_exits 0 detach --wait 50s web:/mnt/there
    wait "$HOLDER" || wrong "the holder did not end by itself"
    unchanged
}

t_lazy() {
    remember
    davit_exits 0 attach /srv/data web:/mnt/there
    hold /mnt/there 1000
    davit_exits 0 detach --lazy web:/mnt/there
    unchanged
    expect "what was there before is there" test "$(inside cat /mnt/there/kept)" = kept
    davit_exits 0 status --json
    says_not '"state": *"live"'
    kill -9 "$HOLDER"
    wait "$HOLDER"
    no_attachments
}

# Something else is mounted over ours: an unmount by path would take the wrong one.
t_buried() {
    remember
    davit_exits 0 attach /srv/data web:/mnt/there
    inside mount -t tmpfs over /mnt/there
    added 2
    davit_exits "4|6" detach web:/mnt/there
    added 2
    inside umount /mnt/there
    added 1
    davit_exits 0 detach web:/mnt/there
    unchanged
}

# again ID MOUNT ARGS…: a mount at /mnt/there with that id. The kernel gives out the lowest that is free: those before it
# are taken by others, as long as the test goes on.
again() {
    local wanted=$1
    shift
    taken=0
    mkdir -p $W/taken
    while inside mount "$@" /mnt/there; do
        [ "$(mount_id /mnt/there)" = "$wanted" ] && return
        [ $taken -lt 16 ] || return
        inside umount /mnt/there
        mount -t tmpfs taken $W/taken
        taken=$((taken + 1))
    done
}

# not_ours ID: at /mnt/there is a mount with the id that ours had; davit must see that it is another one.
not_ours() {
    local id
    id=$(mount_id /mnt/there)
    if [ "$id" != "$1" ]; then
        wrong "the kernel gave out id $id, not $1 again: the test shows nothing"
        return
    fi
    cat "/proc/$PID/mountinfo" >$W/by-hand
    davit_exits "3|6" detach web:/mnt/there
    davit_exits "3|6" detach --lazy web:/mnt/there
    same_table container $W/by-hand "/proc/$PID/mountinfo"
    davit_exits 0 status --json
    says_not '"target": *"/mnt/there",[^}]*"state": *"live"'
    expect "it is unmounted by hand" inside umount /mnt/there
    while [ $taken -gt 0 ]; do
        umount $W/taken
        taken=$((taken - 1))
    done
}

t_id_other_device() {
    local id
    remember
    davit_exits 0 attach /srv/data web:/mnt/there
    id=$(mount_id /mnt/there)
    inside umount /mnt/there
    again "$id" -t tmpfs other
    not_ours "$id"
    unchanged
}

t_id_other_root() {
    local id
    remember
    davit_exits 0 attach /srv/data web:/mnt/there
    davit_exits 0 attach /srv/data/in web:/mnt/second
    id=$(mount_id /mnt/there)
    inside umount /mnt/there
    again "$id" --bind /mnt/second
    not_ours "$id"
    davit_exits 0 detach web:/mnt/second
    unchanged
}

t_renamed() {
    remember
    mkdir /srv/data/named /srv/data/else
    davit_exits 0 attach /srv/data/named web:/mnt/there
    mv /srv/data/named /srv/data/renamed
    davit_exits 0 status --json
    says '"target": *"/mnt/there",[^}]*"state": *"live"'
    davit_exits 0 replace --yes /srv/data/else web:/mnt/there
    mv /srv/data/else /srv/data/other
    davit_exits 0 detach web:/mnt/there
    unchanged
    no_attachments
    rmdir /srv/data/renamed /srv/data/other
}

t_by_hand() {
    remember
    davit_exits 0 attach /srv/data web:/mnt/there
    inside umount /mnt/there
    davit_exits 0 status --json
    says_not '"state": *"live"'
    davit_exits "0|3" detach web:/mnt/there
    unchanged
    no_attachments
}

t_undo() {
    remember
    davit_exits 0 attach /srv/data web:/mnt/new
    davit_exits 0 undo --yes
    unchanged
    refuse "the target made for it is gone" inside test -e /mnt/new
    no_attachments
}

t_undo_detach() {
    remember
    davit_exits 0 attach --ro /srv/data web:/mnt/there
    davit_exits 0 detach web:/mnt/there
    unchanged
    davit_exits 0 undo --yes
    added 1
    expect "it is attached again" test "$(inside cat /mnt/there/hello)" = from-host
    expect "read-only again" mount_has /mnt/there ro
    davit_exits 0 detach web:/mnt/there
    unchanged
}

t_journal() {
    remember
    davit_exits 0 attach /srv/data web:/mnt/there
    printf 'not a line of a journal\n{"torn' >>/run/davit/journal
    davit_exits 0 status --json
    json_has '"state":"live"'
    davit_exits 0 detach web:/mnt/there
    unchanged
    no_attachments
    rm -f /run/davit/journal
    davit_exits 0 status --json
    json_has '"attachments":[]'
}

t_container_gone() {
    local web=$PID
    container_start short || return
    davit_exits 0 attach /srv/data short:/mnt
    expect "content" test "$(inside cat /mnt/hello)" = from-host
    kill -9 "$PID"
    until_true 30 test ! -d "/proc/$PID"
    davit_exits 0 status --json
    says_not '"state": *"live"'
    davit_exits 3 detach short:/mnt
    PID=$web
    no_attachments
}
