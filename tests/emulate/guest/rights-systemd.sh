# Tests of suite-systemd.sh about what the unit lets davit-keepd do, where nothing else would tell.

# may NUMBER: the capability was permitted to the last mount helper.
may() {
    [ $((0x$(sed -n 's/^CapPrm:.//p' $W/helped) >> $1 & 1)) -eq 1 ]
}

# What is kept is attached by whatever method the kernel has calls for: here by the recipe, as below 5.12.
t_lacks() {
    local drop_in=/run/systemd/system/$UNIT.d
    up web
    mkdir -p $drop_in
    printf '[Service]\nSystemCallFilter=~open_tree:ENOSYS move_mount:ENOSYS mount_setattr:ENOSYS\n' >$drop_in/lacks.conf
    systemctl daemon-reload
    expect "keepd where calls are missing" systemctl restart $UNIT
    expect "a restart of web" systemctl restart web
    up web
    expect "attached again" until_true 30 mount_line /mnt/recipe
    expect "its content" test "$(inside cat /mnt/recipe/deep/hello)" = inner-ext4
    davit_exits 0 status --json
    json_has '"method":"recipe"'
    rm -r $drop_in
    systemctl daemon-reload
    expect "keepd where they are not" systemctl restart $UNIT
    restart web
    shaped $W/web.kept
}

# tried: a child of keepd's is user 1000, the one of `app`, to try its access. It is stopped, and its pid in $W/tried.
tried() {
    local pid
    pid=$(grep -ls '^Uid:.1000\>' $(sed 's,.*,/proc/&/status,' /sys/fs/cgroup/system.slice/$UNIT/cgroup.procs) |
        sed 's,[^0-9],,g')
    [ -n "$pid" ] && kill -STOP "$pid" && echo "$pid" >$W/tried
}

# Who tries access as the container's user, and does not come back, is ended. It is that user's by then, and stopped by
# this test: nothing less than SIGKILL ends it, and that only when its file system has let go of it.
t_hung() {
    local server pid
    up app
    mkdir -p /srv/hung
    # The third: an attach asks whether it may be read, and whether it may be written.
    server=$(fuse /srv/hung --hang=access:3 | sed 's/^ready //')
    kept --ro /srv/hung app:/tmp/hung
    rm -f $W/tried
    # A container that runs already: while it starts, its first process is root still.
    expect "keepd stops" systemctl stop $UNIT
    restart app
    until_true 60 tried &
    expect "keepd starts" systemctl start $UNIT
    wait $!
    pid=$(cat $W/tried) || wrong "nobody tried access as user 1000: $(journal_of_keepd)"
    until_true 60 says_hung || wrong "keepd does not say that there was no answer: $(journal_of_keepd)"
    kill "$server"
    expect "who tried is gone" until_true 30 test ! -e "/proc/$pid"
    [ -z "$pid" ] || kill -9 "$pid" 2>/dev/null
    davit_exits 0 forget app:/tmp/hung
    shaped $W/app.kept
    expect "the server ends" until_true 30 no_server
}

journal_of_keepd() {
    journalctl -q -o cat -n 20 -u $UNIT
}

says_hung() {
    journal_of_keepd | grep -q 'does not answer from inside'
}
