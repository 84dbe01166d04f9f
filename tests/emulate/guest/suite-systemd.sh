# A host with systemd as its first process, control groups v2 alone and davit as it is installed: davit-keepd runs under
# all restrictions of its unit, and attaches again what is kept in containers that are services too.
#
#   web   scratch's; kept: a tree, a file, owners mapped, a directory of a disk, an image, a tmpfs, a mount helper's
#   box   systemd-nspawn's, with a user namespace
#   app   systemd-nspawn's; its first process is user 1000 and has no capabilities

UNIT=davit-keepd.service
. /usr/share/davit-tests/rights-systemd.sh

# It asks for no password.
systemctl() {
    command systemctl --no-ask-password "$@"
}
PATH=$(systemctl show -P ExecStart $UNIT | sed -n 's,.*path=\([^ ;]*\)/davit .*,\1,p'):$PATH

# until_true SECONDS COMMAND…: as in lib.sh, but what is waited for here takes the one processor for itself.
until_true() {
    local tries=$(($1 * 3))
    shift
    while [ $tries -gt 0 ]; do
        "$@" >/dev/null 2>&1 && return
        usleep 300000
        tries=$((tries - 1))
    done
    return 1
}

# ---- containers ----

nspawn_root() {
    local root=/var/lib/machines/$1 applet
    mkdir -p $root/bin $root/etc $root/mnt $root/usr $root/tmp
    chmod 1777 $root/tmp
    cp /bin/busybox $root/bin/
    for applet in cat sh sleep stat su touch; do
        ln -s busybox $root/bin/$applet
    done
    printf 'root:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n' >$root/etc/passwd
    printf 'root:x:0:\napp:x:1000:\n' >$root/etc/group
}

unit_of() {
    case $1 in
    web) echo web.service ;;
    *) echo "systemd-nspawn@$1.service" ;;
    esac
}

# pid_of NAME: its first process on the host, once that is what the container was started for.
pid_of() {
    local group pid
    case $1 in
    web) group=/sys/fs/cgroup/scratch/web ;;
    *) group=/sys/fs/cgroup/machine.slice/systemd-nspawn@$1.service/payload ;;
    esac
    grep -qsx sleep $(sed 's,.*,/proc/&/comm,' $group/cgroup.procs) /dev/null || return
    for pid in $(cat $group/cgroup.procs); do
        [ "$(awk '$1 == "NSpid:" { print $NF }' "/proc/$pid/status")" != 1 ] || echo "$pid"
    done
}

is_up() {
    PID=$(pid_of "$1") && [ -n "$PID" ]
}

# up NAME: it runs, and PID is its first process.
up() {
    until_true 20 is_up "$1" || wrong "$1 did not start: $(journalctl -q -o cat -n 20 -u "$(unit_of "$1")")"
    PID=$(pid_of "$1")
}

restart() {
    local old
    old=$(pid_of "$1")
    expect "a restart of $1" systemctl restart "$(unit_of "$1")"
    up "$1"
    expect "$1 is another one" test "$PID" != "$old"
}

# shape: the mount table of PID without what differs from one start to the next, as the names that nspawn makes up.
shape() {
    awk '{ for (i = 7; $i != "-"; i++); print $4, $5, $6, $(i + 1) }' "/proc/$PID/mountinfo" |
        sed 's,^/\.#[^ ]*,made,' | sort
}

# As many lines first, which costs little to ask.
is_shape() {
    [ "$(wc -l <"/proc/$PID/mountinfo")" -eq "$(wc -l <"$1")" ] && [ "$(shape)" = "$(cat "$1")" ]
}

# shaped FILE: the mount table of PID comes to be this one, and stays so.
shaped() {
    until_true 30 is_shape "$1" && return
    wrong "the mount table of $PID is not what it was (-before +now):"
    shape | diff -U 0 "$1" - | grep '^[-+][^-+]' >>$W/diagnosis
    davit status >>$W/diagnosis 2>&1
    journalctl -q -o cat -n 20 -u $UNIT >>$W/diagnosis
}

# ---- keepd ----

main_pid() {
    systemctl show -P MainPID $UNIT
}

is_active() {
    [ "$(systemctl is-active $UNIT)" = active ]
}

# Its processes are keepd's own: none of them has lost its parent.
no_orphans() {
    local pid main
    main=$(main_pid)
    for pid in $(cat /sys/fs/cgroup/system.slice/$UNIT/cgroup.procs); do
        [ "$pid" = "$main" ] || ! grep -qs '^PPid:.1$' "/proc/$pid/status" || return
    done
}

is_kept() {
    davit status --json | grep -q '"kept": *true'
}

gone_inside() {
    ! grep -q " $1 " "/proc/$PID/mountinfo"
}

# After a failure: nothing is kept, and the containers are new.
clean_up() {
    local name
    systemctl stop $UNIT
    rm -f /var/lib/davit/kept.json
    for name in web box app; do
        systemctl restart "$(unit_of $name)"
        until_true 20 is_up $name
    done
    systemctl reset-failed
    systemctl start $UNIT
}

# ---- tests ----

t_host() {
    local release
    release=$(uname -r)
    expect "systemd is the first process" test "$(cat /proc/1/comm)" = systemd
    expect "kernel 6.1, not $release" test "${release#6.1.}" != "$release"
    expect "control groups v2" test -e /sys/fs/cgroup/cgroup.controllers
    refuse "no control groups v1" grep -q ' - cgroup ' /proc/self/mountinfo
    expect "/ is shared" sh -c "awk '\$5 == \"/\"' /proc/self/mountinfo | grep -q shared:"
    expect "no unit has failed" test -z "$(systemctl --failed --plain --no-legend)"
    expect "davit is the installed one" test "$(command -v davit)" != /usr/bin/davit
}

t_start() {
    local pid
    davit_exits 7 attach --keep /srv/data web:/mnt/x
    says "$UNIT|keepd"
    expect "enabled" systemctl enable $UNIT
    expect "for the next boot" test -L /etc/systemd/system/multi-user.target.wants/$UNIT
    expect "started, and told that it is ready" systemctl start $UNIT
    expect "active" is_active
    pid=$(main_pid)
    expect "it is davit keepd" grep -q 'davit.keepd' "/proc/$pid/cmdline"
    expect "in the host's mount namespace" test "/proc/$pid/ns/mnt" -ef /proc/self/ns/mnt
    expect "without new privileges" grep -q '^NoNewPrivs:.1$' "/proc/$pid/status"
    expect "with a filter of system calls" grep -q '^Seccomp:.2$' "/proc/$pid/status"
    refuse "with less than all capabilities" grep -q "^$(grep CapBnd /proc/self/status)\$" "/proc/$pid/status"
}

t_containers() {
    local name pids=
    for name in web box app; do
        nspawn_root $name
        expect "$name starts" systemctl start "$(unit_of $name)"
        up $name
        pids="$pids $PID"
        shape >$W/$name.bare
    done
    davit_exits 0 ps --json
    for name in $pids; do
        json_has "\"pid\":$name,"
    done
    json_has '"name":"web"'
    json_has '"name":"box"'
    json_has '"name":"app"'
    json_has '"runtime":"nspawn"'
}

# kept COMMAND…: attaches, and keeps it.
kept() {
    davit_exits 0 attach --keep "$@"
}

t_kept() {
    up web
    kept --ro /srv/data web:/mnt/tree
    kept /srv/one web:/etc/one
    kept --idmap 0:1000:1 /srv/ext4/own web:/mnt/own
    kept --method recipe /srv/ext4/inner web:/mnt/recipe
    kept --ro image:/srv/second.img:/inner web:/mnt/image
    kept tmpfs:size=1m web:/mnt/fresh
    shape >$W/web.kept
    expect "six more" test "$(($(wc -l <$W/web.kept) - $(wc -l <$W/web.bare)))" = 6
    restart web
    shaped $W/web.kept
    expect "a tree" test "$(inside cat /mnt/tree/hello)" = from-host
    refuse "which is read-only" write_inside /mnt/tree/new
    expect "a file" test "$(inside cat /etc/one)" = one
    expect "owners" test "$(inside stat -c %u:%g /mnt/own/theirs)" = 0:65534
    expect "a directory of a disk" test "$(inside cat /mnt/recipe/deep/hello)" = inner-ext4
    expect "an image" test "$(inside cat /mnt/image/deep/hello)" = inner-ext4
    expect "a tmpfs" write_inside /mnt/fresh/new
    expect "nothing is left to work in" test -z "$(inside find / -xdev -name '.davit*'; inside find /dev /run /tmp -name '.davit*')"
    expect "no worker is left" until_true 30 no_orphans
}

t_users() {
    up box
    kept --ro /srv/ext4/own box:/mnt/own
    kept --idmap auto /srv/ext4/own box:/tmp/own
    shape >$W/box.kept
    restart box
    shaped $W/box.kept
    expect "owners" test "$(boxed_root stat -c %u:%g /mnt/own/file /mnt/own/theirs | tr '\n' ' ')" = "0:0 1000:1001 "
    boxed_root touch /tmp/own/new
    expect "what root inside writes is the host's root's" test "$(stat -c %u:%g /srv/ext4/own/new)" = 0:0
    rm -f /srv/ext4/own/new
    up app
    kept --ro /srv/ext4/own app:/mnt/own
    shape >$W/app.kept
    restart app
    shaped $W/app.kept
}

t_helper_kept() {
    local server
    up web
    kept --ro -t davit-test nas:/vol web:/mnt/helper
    shape >$W/web.helper
    rm $W/helped $W/families
    restart web
    shaped $W/web.helper
    expect "its content" test "$(inside cat /mnt/helper/f)" = fuse
    expect "a port below 1024, as mount.nfs and glusterfs take one" may 10
    expect "what mount.cifs and mount.ceph keep for themselves, to read credentials" may 2
    expect "sockets: $(cat $W/families)" test -e $W/families -a ! -s $W/families
    expect "one server" until_true 30 one_server
    server=$(pidof fuse)
    expect "a restart of keepd" systemctl restart $UNIT
    expect "the server goes on" test "$(pidof fuse)" = "$server"
    expect "and serves" test "$(inside cat /mnt/helper/f)" = fuse
    davit_exits 0 detach web:/mnt/helper
    expect "the server ends with the detach" until_true 30 no_server
    shaped $W/web.kept
}

one_server() {
    [ "$(pidof fuse | wc -w)" -eq 1 ]
}

# The mount point is made by davit in a sticky directory of another user's, and taken away by keepd.
t_time() {
    up box
    davit_exits 0 attach --for 1s --ro /srv/ext4/own box:/tmp/short
    expect "gone when its time has come" until_true 30 gone_inside /tmp/short
    expect "with its mount point" until_true 10 test ! -e "/proc/$PID/root/tmp/short"
    shaped $W/box.kept
}

t_restart() {
    local pid name
    pid=$(main_pid)
    expect "a reload" systemctl reload $UNIT
    expect "leaves it as it is" test "$(main_pid)" = "$pid"
    cat /proc/self/mountinfo >$W/host.before
    expect "a restart" systemctl restart $UNIT
    expect "makes another one" test "$(main_pid)" != "$pid"
    for name in web box app; do
        up $name
        shaped $W/$name.kept
    done
    restart web
    shaped $W/web.kept
}

# Killed while the container was away: systemd starts the next one, which finds the container by itself.
t_killed() {
    local pid
    pid=$(main_pid)
    expect "web stops" systemctl stop web
    kill -9 "$pid"
    expect "web starts" systemctl start web
    up web
    shaped $W/web.kept
    expect "by another keepd" test "$(main_pid)" != "$pid"
    expect "that systemd has started" test "$(systemctl show -P NRestarts $UNIT)" = 1
    expect "which is active" until_true 30 is_active
    # And in the middle of its work.
    expect "a restart of web" systemctl restart web
    kill -9 "$(main_pid)"
    up web
    shaped $W/web.kept
    expect "nothing is left over" until_true 30 no_orphans
    davit_exits 0 status --json
    says_not '"state": *"intent"'
}

t_second() {
    local pid
    pid=$(main_pid)
    davit_exits 4 keepd
    says "process $pid"
    expect "the first one goes on" test "$(main_pid)" = "$pid"
    expect "active" is_active
}

t_journal() {
    local lines
    lines=$(journalctl -q -o cat -u $UNIT -t davit)
    printf '%s\n' "$lines" >$W/lines
    expect "a line of keepd's attach in: $lines" grep -q 'attached /srv/data to web:/mnt/tree .*: ok$' $W/lines
    expect "as one of authorisation" test -n "$(journalctl -q -o cat -u $UNIT -t davit SYSLOG_FACILITY=10)"
    # But of who was killed, and of who went on: a server, and a change that was under way.
    lines=$(journalctl -q -o cat -p warning _PID=1 UNIT=$UNIT |
        grep -v 'Main process exited\|Failed with result\|left-over process\|This usually indicates')
    expect "the manager has nothing to complain of: $lines" test -z "$lines"
}

t_stop() {
    local name
    up web
    expect "stopped" systemctl stop $UNIT
    expect "without its control group" test ! -e /sys/fs/cgroup/system.slice/$UNIT
    expect "no process of davit's is left" test -z "$(cat /proc/[0-9]*/comm 2>/dev/null | grep ^davit)"
    expect "no unit has failed" test -z "$(systemctl --failed --plain --no-legend)"
    shaped $W/web.kept
    davit_exits 7 attach --keep /srv/data web:/mnt/x
    for name in own recipe image fresh tree; do
        davit_exits 0 detach web:/mnt/$name
    done
    davit_exits 0 detach web:/etc/one
    shaped $W/web.bare
    up box
    davit_exits 0 detach box:/mnt/own box:/tmp/own
    shaped $W/box.bare
    up app
    davit_exits 0 detach app:/mnt/own
    shaped $W/app.bare
    refuse "nothing is kept" is_kept
    expect "no loop device is left" second_is_free
    no_attachments
}

set_up
makers_set_up
run_test t_host "the machine: systemd, control groups v2, kernel 6.1"
run_test t_containers "containers that are services: scratch's, systemd-nspawn's with users of its own and without"
run_test t_start "davit-keepd is enabled, starts under its unit's restrictions and says that it is ready"
run_test t_kept "kept, whatever it is: there again after a restart of the container"
run_test t_users "into a user namespace, into a container that is not root's"
run_test t_time "--for: keepd detaches, and takes away what was made"
run_test t_lacks "without the calls of Linux 5.12: attached again by the recipe"
run_test t_hung "access that is tried as the container's user and does not come back"
run_test t_helper_kept "a mount helper's server outlives keepd"
run_test t_restart "systemctl reload and restart: nothing changes in the containers"
run_test t_killed "SIGKILL: systemd starts another, which goes on"
run_test t_second "two of them are impossible"
run_test t_journal "its changes are in the journal"
run_test t_stop "systemctl stop leaves nothing of it"
