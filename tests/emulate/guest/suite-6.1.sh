# Linux 6.1, Debian 12's kernel: the calls of attach and detach are there, but no unique mount ids, statmount,
# MOVE_MOUNT_BENEATH or mount events. A mount is told from another by the old id, which the kernel gives out again at
# once, together with device, root and target.

KERNEL=6.1
. /usr/share/davit-tests/detach-6.1.sh
. /usr/share/davit-tests/killed-6.1.sh
. /usr/share/davit-tests/makers-6.1.sh

# attached TARGET: a mount of ours as it must always be, besides what the test is about.
attached() {
    expect "nosuid at $1" mount_has "$1" nosuid
    expect "nodev at $1" mount_has "$1" nodev
    refuse "$1 is in no peer group" mount_shared "$1"
}

t_doctor() {
    davit_exits 0 doctor
    says 'statmount'
    davit_exits 0 doctor --json
    json_has '"schema":1'
    json_has '"checks":[{'
    says '6\.8'
}

t_read_write() {
    remember
    davit_exits 0 attach /srv/data web:/mnt/there
    added 1
    attached /mnt/there
    expect "the host's file is read inside" test "$(inside cat /mnt/there/hello)" = from-host
    expect "a file can be made inside" write_inside /mnt/there/new
    expect "and is on the host" test "$(cat /srv/data/new)" = written
    rm -f /srv/data/new
    expect "the mount below the source is left out" test -z "$(inside ls /mnt/there/sub)"
    davit_exits 0 detach web:/mnt/there
    unchanged
    expect "what was there before is there" test "$(inside cat /mnt/there/kept)" = kept
    no_attachments
}

t_json() {
    remember
    davit_exits 0 attach --json /srv/data/in web:/mnt/there
    json_has '"schema":1'
    json_has '"results":[{'
    json_has '"ok":true'
    json_has '"container":"web"'
    json_has '"target":"/mnt/there"'
    json_has '"method":"tree"'
    json_has '"sub_root":'
    json_has '"verified":true'
    davit_exits 0 status --json
    json_has '"state":"live"'
    json_has '"target":"/mnt/there"'
    davit_exits 0 detach --json web:/mnt/there
    json_has '"ok":true'
    unchanged
}

t_dry_run() {
    local call
    remember
    davit_exits 0 attach --dry-run --json /srv/data web:/mnt/new/deeper
    for call in open_tree mount_setattr move_mount; do
        says "$call"
    done
    unchanged
    refuse "no target was made" inside test -e /mnt/new
    no_attachments
}

t_read_only() {
    local said
    remember
    davit_exits 0 attach --ro /srv/data web:/mnt/there
    added 1
    attached /mnt/there
    expect "ro in the table" mount_has /mnt/there ro
    said=$(write_inside /mnt/there/new 2>&1) && wrong "a file was made in a read-only mount"
    case $said in
    *"Read-only file system"*) ;;
    *) wrong "not EROFS but: $said" ;;
    esac
    expect "its file is read inside" test "$(inside cat /mnt/there/hello)" = from-host
    expect "the host can still write" sh -c 'echo x >/srv/data/x && rm /srv/data/x'
    davit_exits 0 detach web:/mnt/there
    unchanged
}

t_recursive() {
    remember
    davit_exits 0 attach -R /srv/data web:/mnt/there
    added 2
    attached /mnt/there
    attached /mnt/there/sub
    expect "the mount below is seen" test "$(inside cat /mnt/there/sub/inner)" = below
    expect "and can be written" write_inside /mnt/there/sub/new
    rm -f /srv/data/sub/new
    davit_exits 0 detach web:/mnt/there
    unchanged
    expect "the host's mount below is still there" test "$(cat /srv/data/sub/inner)" = below
}

t_recursive_read_only() {
    remember
    davit_exits 0 attach -R --ro /srv/data web:/mnt/there
    added 2
    attached /mnt/there/sub
    refuse "no file at the top" write_inside /mnt/there/new
    refuse "no file below" write_inside /mnt/there/sub/new
    expect "ro below in the table" mount_has /mnt/there/sub ro
    davit_exits 0 detach web:/mnt/there
    unchanged
}

t_file() {
    remember
    davit_exits 0 attach /srv/one web:/etc/file
    added 1
    attached /etc/file
    expect "the host's file is read inside" test "$(inside cat /etc/file)" = one
    davit_exits 0 detach web:/etc/file
    unchanged
    expect "the old file is back" test "$(inside cat /etc/file)" = old
}

t_kinds() {
    remember
    davit_exits "1|2|6" attach /srv/data web:/etc/file
    davit_exits "1|2|6" attach /srv/one web:/mnt/there
    unchanged
    no_attachments
}

t_new_target() {
    remember
    inside ls -laR /mnt >$W/before
    davit_exits 0 attach /srv/data web:/mnt/new/deeper
    added 1
    attached /mnt/new/deeper
    expect "content at the new target" test "$(inside cat /mnt/new/deeper/hello)" = from-host
    davit_exits 0 detach web:/mnt/new/deeper
    unchanged
    refuse "nothing is left of the target" inside test -e /mnt/new
    davit_exits 0 attach /srv/one web:/mnt/newfile
    expect "content of the new file" test "$(inside cat /mnt/newfile)" = one
    davit_exits 0 detach web:/mnt/newfile
    refuse "nothing is left of the file" inside test -e /mnt/newfile
    # What has been put beside it meanwhile is not davit's to remove.
    davit_exits 0 attach /srv/data web:/mnt/new/deeper
    expect "a neighbour" write_inside /mnt/new/neighbour
    davit_exits 0 detach web:/mnt/new/deeper
    refuse "the target is removed" inside test -e /mnt/new/deeper
    expect "the neighbour stays" inside rm /mnt/new/neighbour
    expect "its folder too" inside rmdir /mnt/new
    davit_exits 3 attach --no-mkdir /srv/data web:/mnt/new
    unchanged
}

t_tmpfs() {
    remember
    davit_exits 0 attach /srv/tmp web:/mnt/there
    added 1
    expect "type tmpfs" sh -c "echo '$(mount_line /mnt/there)' | grep -q ' - tmpfs '"
    expect "content" test "$(inside cat /mnt/there/hello)" = on-tmpfs
    davit_exits 0 detach web:/mnt/there
    unchanged
}

t_ext4() {
    remember
    davit_exits 0 attach --json /srv/ext4/inner web:/mnt/there
    json_has '"device":"/dev/loop'
    json_has '"sub_path":'
    added 1
    attached /mnt/there
    expect "type ext4, root /inner" sh -c "echo '$(mount_line /mnt/there)' | grep -q ' /inner /mnt/there .* - ext4 /dev/loop'"
    expect "content" test "$(inside cat /mnt/there/deep/hello)" = inner-ext4
    refuse "no device node was made" inside test -b /dev/loop0
    davit_exits 0 detach web:/mnt/there
    davit_exits 0 attach --ro /srv/ext4 web:/mnt/there
    refuse "no file in a read-only mount" write_inside /mnt/there/new
    expect "the superblock stays writable" sh -c 'echo x >/srv/ext4/x && rm /srv/ext4/x'
    davit_exits 0 detach web:/mnt/there
    unchanged
}

t_overlay() {
    remember
    davit_exits 0 attach /srv/over web:/mnt/there
    added 1
    attached /mnt/there
    expect "content" test "$(inside cat /mnt/there/hello)" = on-overlay
    expect "it can be written" write_inside /mnt/there/new
    expect "into the upper folder" rm /srv/upper/new
    davit_exits 0 detach web:/mnt/there
    unchanged
}

# An overlay as the container's root, as the large runtimes have it: of a target that was made and removed nothing
# may stay in the upper folder.
t_overlay_root() {
    local web=$PID dir
    for dir in lower upper work root; do
        mkdir -p /srv/image/$dir
    done
    cp -a /bin /srv/image/lower/
    (cd /srv/image/lower && mkdir dev proc etc mnt root run sys tmp usr var)
    mount -t overlay -o lowerdir=/srv/image/lower,upperdir=/srv/image/upper,workdir=/srv/image/work image /srv/image/root
    if container_start layered -v /srv/image/root:/new && inside sh -c 'mount -o move /proc /new/proc &&
        mount -o move /dev /new/dev && cd /new && pivot_root . . && umount -l .'; then
        # The attach writes to /mnt, so /mnt itself is copied up; that much is the overlay's own way.
        inside sh -c ': >/mnt/once && rm /mnt/once'
        find /srv/image/upper >$W/upper
        remember
        davit_exits 0 attach /srv/data layered:/mnt/new/deeper
        added 1
        expect "content" test "$(inside cat /mnt/new/deeper/hello)" = from-host
        davit_exits 0 detach layered:/mnt/new/deeper
        unchanged
        refuse "nothing is left of the target" inside test -e /mnt/new
        expect "the upper folder is as before" test "$(find /srv/image/upper)" = "$(cat $W/upper)"
        kill -9 "$PID"
        until_true 30 test ! -d "/proc/$PID"
    fi
    PID=$web
    until_true 30 umount /srv/image/root || wrong "the overlay cannot be unmounted"
    no_attachments
}

t_several() {
    remember
    davit_exits 0 attach /srv/data web:/mnt/a web:/mnt/b
    added 2
    expect "content of the first" test "$(inside cat /mnt/a/hello)" = from-host
    expect "content of the second" test "$(inside cat /mnt/b/hello)" = from-host
    davit_exits 0 detach web:/mnt/a web:/mnt/b
    unchanged
    refuse "nothing is left of them" inside test -e /mnt/a -o -e /mnt/b
}

# A link inside leads to a path that only the host has: it must be followed inside.
t_link() {
    remember
    inside ln -s /srv /mnt/away
    davit_exits "0|3|6" attach /srv/data web:/mnt/away/data
    note "davit answered $CODE"
    expect "nothing is mounted over the host's" test ! -e /srv/data/sub/hello
    if [ "$CODE" -eq 0 ]; then
        expect "it is inside" test "$(inside cat /srv/data/hello)" = from-host
        davit_exits 0 detach web:/mnt/away/data
    fi
    unchanged
    inside rm /mnt/away
}

t_nothing_left() {
    no_attachments
    expect "no process of davit's is left" no_davit_left
    expect "the mount below the source is there" test "$(cat /srv/data/sub/inner)" = below
    davit_exits 0 events --json
    json_has '"schema":1'
    json_has '"events":['
}

common_tests
run_test t_doctor "doctor names what 6.8 has and this kernel has not"
run_test t_read_write "a directory: attached, read and written inside, detached"
run_test t_json "attach, status and detach in JSON"
run_test t_dry_run "--dry-run names the calls and does nothing"
run_test t_read_only "--ro: EROFS inside, writable on the host"
run_test t_recursive "-R: the mount below is there, and stays on the host after the detach"
run_test t_recursive_read_only "-R --ro: the mount below is read-only too"
run_test t_file "a file over a file"
run_test t_kinds "a directory over a file, and the reverse, are refused"
run_test t_new_target "a missing target is made, and only that is removed"
run_test t_tmpfs "a tmpfs as the source"
run_test t_ext4 "an ext4 on a loop device as the source, a sub-path of it, read-only"
run_test t_overlay "an overlay as the source"
run_test t_overlay_root "an overlay as the container's root: nothing stays in its upper folder"
run_test t_several "several targets in one plan"
run_test t_link "a link inside is followed inside"
run_test t_busy "busy: exit code 4 and who holds it"
run_test t_wait "detach --wait"
run_test t_lazy "detach --lazy"
run_test t_buried "a mount over ours: refused until it is away"
run_test t_id_other_device "our mount id on another device: refused"
run_test t_id_other_root "our mount id, our device, another root: refused"
run_test t_renamed "the source was renamed: known by its node"
run_test t_by_hand "unmounted behind our back: gone"
run_test t_undo "undo of an attach"
run_test t_undo_detach "undo of a detach"
run_test t_journal "a damaged journal loses nothing; none is an empty one"
run_test t_container_gone "the container ended: gone"
run_test t_killed_attach "SIGKILL of davit or its helpers during an attach: whole, or nothing after the next run"
run_test t_recipe "--method recipe: an ext4 is mounted inside, nothing is left of the work"
run_test t_killed_recipe "SIGKILL of davit or its mover during a recipe: whole, or nothing after the next run"
run_test t_owners "owners in a user namespace: mapped, spelled out, refused; a fresh tmpfs"
run_test t_locked "root of a user namespace gets nothing out of a locked attach"
run_test t_iso "an image of a CD, iso9660: read-only in any case, no loop device is left"
run_test t_image "an image and a device: read-only to the byte, written, SIGKILL; no loop device is left"
run_test t_helper "a mount helper with a server, which ends with the detach"
run_test t_replace "replace: the gap is said, undone, the old one held"
run_test t_killed_replace "SIGKILL of davit or its mover during a replace: the old one or the new one, whole"
run_test t_killed_detach "SIGKILL of davit or its helpers during a detach: whole, or nothing after the next run"
run_test t_nothing_left "no attachment, no process is left"
