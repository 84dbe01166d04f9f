# Tests of what is neither a directory nor a container without further ado: owners and locks in a user namespace,
# images and devices, mount helpers, replace.
#
# /srv/second.img   an ext4 in no use
# /srv/cd.iso       an iso9660 of the same files
# /srv/ext4/own     a directory with files of several owners
# davit-test        a type that /bin/mount.davit-test mounts; /run/davit-tests/helped says, once it was asked to, with
#                   which rights, and families, which sockets it cannot have

makers_set_up() {
    mkdir -p /srv/ext4/own
    echo root >/srv/ext4/own/file
    echo 1000 >/srv/ext4/own/theirs
    chown 1000:1001 /srv/ext4/own/theirs
    cp /usr/bin/peeler /srv/ext4/own/peeler
    chmod 4755 /srv/ext4/own/peeler
    mknod /srv/ext4/own/null c 1 3
    cat >/bin/mount.davit-test <<'S'
#!/bin/sh
cat /proc/self/status >/run/davit-tests/helped
{ nc -w 1 127.0.0.1 1; nc -w 1 ::1 1; ip link; } </dev/null 2>&1 | grep 'not supported' >/run/davit-tests/families
exec /usr/bin/fuse "$2"
S
    chmod 755 /bin/mount.davit-test
}

# boxed_start: as LXC makes them, a container with a user namespace of its own, its root's files in a tmpfs of its own; its 0 is the
# host's 300000. Its first process is PID.
boxed_start() {
    local holder
    unshare -U -m -i sleep 100000 &
    holder=$!
    until_true 30 other_userns "$holder"
    echo '0 300000 65536' >"/proc/$holder/uid_map"
    echo '0 300000 65536' >"/proc/$holder/gid_map"
    mkdir -p /sys/fs/cgroup/lxc.payload.boxed
    rm -f $W/boxed
    sh -c 'echo $$ >/sys/fs/cgroup/lxc.payload.boxed/cgroup.procs
        exec nsenter -F -t "$1" -U -m -i -S 0 -G 0 sh -c "
            mount -t tmpfs root /srv && cd /srv && mkdir bin mnt tmp && cp /bin/busybox /usr/bin/peeler bin &&
            ln -s busybox bin/sleep && ln -s busybox bin/stat && ln -s busybox bin/touch &&
            pivot_root . . && umount -l . && cd / && exec sleep 100000"' \
        - "$holder" 2>$W/scratch &
    BOXED=$!
    if until_true 30 test -e "/proc/$BOXED/root/mnt" -a ! -e "/proc/$BOXED/root/usr"; then
        PID=$BOXED
    else
        wrong "no boxed container: $(cat $W/scratch)"
    fi
    kill -9 "$holder"
    wait "$holder"
    [ "$PID" = "$BOXED" ]
}

other_userns() {
    ! [ /proc/self/ns/user -ef "/proc/$1/ns/user" ]
}

# boxed_root COMMAND…: as root inside.
boxed_root() {
    nsenter -t "$PID" -U -m -S 0 -G 0 "$@"
}

boxed_stop() {
    kill -9 "$PID"
    until_true 30 rmdir /sys/fs/cgroup/lxc.payload.boxed || wrong "the boxed container did not end"
}

# owners PATH FILE THEIRS: as root inside sees them.
owners() {
    expect "owners at $1" test "$(boxed_root stat -c %u:%g "$1/file" "$1/theirs" | tr '\n' ' ')" = "$2 $3 "
}

# used_loops: the loop devices in use.
used_loops() {
    local file
    for file in /sys/block/loop*/loop/backing_file; do
        [ ! -e "$file" ] || cat "$file"
    done
}

second_is_free() {
    ! used_loops | grep -q second
}

cd_is_free() {
    ! used_loops | grep -q 'cd\.iso'
}

no_server() {
    [ -z "$(pidof fuse)" ] && ! grep -qx davit-keeper /proc/[0-9]*/comm
}
