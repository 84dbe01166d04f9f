#!/usr/bin/env bats
# The console as an administrator uses it, on docker's containers: what stands on the screen, and
# what is true inside the container and on the host after each key.

load lab
load screen

web=$(named web)
other=$(named other)
hung=$LAB_DIR/$DAVIT_PASS/console/hung

setup_file() {
    export BATS_TEST_TIMEOUT=120
    lab_begin
    screen_begin
    container "$(named web)"
    container "$(named other)"
    mkdir -p "$SUITE_DIR"/{hung,server,tree/{first,second}}
}

teardown_file() {
    lab_end
}

setup() {
    STATE=$STATE-$BATS_TEST_NUMBER
    SCREEN=$BATS_TEST_NUMBER
    console='' engine='' holder='' server=''
    snapshot_tables "$web" "$other"
}

teardown() {
    [[ -z $holder ]] || stop_process "$holder" KILL
    [[ -z $server ]] || stop_process "$server"
    screen_close
}

# Someone in the container holds a file of the attachment open.
hold() {
    docker exec "$web" tail -f "$1/file" >/dev/null 2>&1 3>&- 4>&- &
    until_true 20 find_holder "$1/file"
}

find_holder() {
    local pid
    for pid in $(pgrep -f "^tail -f $1\$"); do
        [[ $(readlink "/proc/$pid/ns/mnt") == "$(readlink "/proc/$(pid_of "$web")/ns/mnt")" ]] &&
            holder=$pid
    done
    [[ -n $holder ]]
}

chosen_button() {
    local x y line
    IFS=' ' read -r x y < <(tmux display-message -p '#{cursor_x} #{cursor_y}')
    line=$(screen | sed -n "$((y + 1))p")
    [[ ${line:x} == "$1"* || ${line:x-1} == "$1"* ]]
}

# choose BUTTON: by Tab until the cursor stands on it. A plan that comes meanwhile begins anew at
# the first.
choose() {
    local tries=0
    until chosen_button "$1"; do
        keys Home
        until_true 20 chosen_button "[Back]" || screen_dump || return
        case $1 in
        '[Detach]') keys Tab ;;
        '[Wait') keys Tab Tab ;;
        '[Lazy') keys Tab Tab Tab ;;
        esac
        until_true 2 chosen_button "$1" || ((++tries < 5)) || screen_dump || return
    done
    keys Enter
}

@test "attached: chosen, filled in, planned, done, seen from inside" {
    screen_open
    shows "$other"
    select_container "$web"
    shows " in $web "
    fill_in "$SOURCE" /mnt/shown
    shows "will be created"
    shows "(•) read-only"
    assert_tables_unchanged "$web" "$other"
    keys Enter # moves on, and never attaches
    shows "Enter changes nothing"
    assert_tables_unchanged "$web" "$other"
    keys A
    shows "verified inside"
    shows "1 attached"
    shows "attach $SOURCE"
    assert_attached "$web" /mnt/shown ro,nosuid,nodev "$SOURCE"
    assert_container_unchanged "$other"
    [[ $(inside_as_user "$web" cat /mnt/shown/file) == "from the host" ]]
    davit_exits 0 status --json
    json '.attachments | length == 1 and .[0].target == "/mnt/shown" and .[0].state == "live"'
    screen_quit
    davit_exits 0 detach "$web:/mnt/shown"
    assert_tables_unchanged "$web" "$other"
}

@test "detached: Back comes first, waits for who holds it, says what comes back" {
    davit_exits 0 attach --rw "$SOURCE" "$web:/mnt/held"
    hold /mnt/held
    screen_open
    select_container "$web"
    keys D
    shows "┌ Detach /mnt/held from $web"
    shows "Held by tail"
    shows "writable, from"
    shows "davit made it and takes it away again"
    until_true 20 chosen_button "[Back]"
    keys Enter
    shows_not "┌ Detach"
    assert_present_inside "$web" /mnt/held/file

    keys D
    shows "[Detach]"
    choose "[Detach]"
    shows "! " # refused: it is busy, and the page stays
    shows "[Back]"
    assert_present_inside "$web" /mnt/held/file

    keys Home
    choose "[Wait"
    shows "Waiting for it to be let go"
    assert_present_inside "$web" /mnt/held/file
    kill -KILL "$holder"
    shows "seen to be gone"
    shows_not "1 attached"
    assert_tables_unchanged "$web" "$other"
    assert_absent_inside "$web" /mnt/held
    screen_quit
}

@test "detached lazily: hidden at once, held until it is let go" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/lazy"
    hold /mnt/lazy
    screen_open
    select_container "$web"
    keys D
    shows "[Lazy"
    choose "[Lazy"
    shows_not "┌ Detach"
    shows "· 1 still held"
    assert_tables_unchanged "$web" "$other"
    kill -KILL "$holder"
    until_true 20 is_gone "$holder"
    holder=
    keys F5 # nothing in the kernel tells that the last one let go
    shows_not "· 1 still held"
    screen_quit
}

@test "undone: the last change of one's own, as a plan that waits for its key" {
    screen_open
    select_container "$web"
    fill_in "$SOURCE" /mnt/undone
    keys A
    shows "verified inside"
    keys U
    shows "┌ Undo my last change: attach of /mnt/undone in $web"
    shows "davit made it and takes it away again"
    keys Enter
    assert_present_inside "$web" /mnt/undone/file
    keys A
    shows "took back /mnt/undone"
    shows_not "1 attached"
    assert_tables_unchanged "$web" "$other"
    assert_absent_inside "$web" /mnt/undone
    screen_quit
}

# The attach page of all that is marked, up to its plan.
fill_in_both() {
    keys a
    shows "→ 2 containers"
    types "$SOURCE"
    keys Enter
    types "$1"
    keys Enter Enter
    shows "├ > Plan"
    shows "+ $web $1:"
    shows "$other $1:"
}

@test "marked containers: one plan, one result each" {
    screen_open
    shows "$web"
    shows "$other"
    keys 2 '*'
    shows "only containers can be marked"
    keys 1 '*'
    fill_in_both /mnt/both
    keys A
    shows "2 attached"
    assert_container_mounts "$web" /mnt/both ro,nosuid,nodev "$SOURCE"
    assert_container_mounts "$other" /mnt/both ro,nosuid,nodev "$SOURCE"
    assert_host_unchanged

    davit_exits 0 attach --ro "$SOURCE" "$web:/mnt/one"
    shows "3 attached"
    keys D
    shows "┌ Detach from 2 marked containers: which?"
    shows "in 2 of 2 containers"
    keys / # /mnt/one of web alone: what has nothing there is said, and nothing happens yet
    types one
    keys Enter Enter
    shows "┌ Detach from marked containers: /mnt/one in $web"
    shows "Nothing to detach in $other."
    keys Enter
    assert_present_inside "$web" /mnt/one/file
    keys Escape
    shows_not "┌ Detach"
    keys D
    shows "all of these"
    keys End Enter
    shows "+ $web /mnt/both from"
    shows "+ $web /mnt/one from"
    shows "+ $other /mnt/both from"
    keys A
    shows "detached 3 of 3, seen to be gone"
    shows_not "┌ Detach"
    assert_absent_inside "$web" /mnt/both
    assert_absent_inside "$web" /mnt/one
    assert_absent_inside "$other" /mnt/both
    assert_tables_unchanged "$web" "$other"
    screen_quit
}

@test "marked containers: where it fails is said, and the others are done" {
    inside "$other" touch /srv/file
    inside "$web" mkdir -p /srv/file
    screen_open
    shows "$web"
    shows "$other"
    keys '*'
    fill_in_both /srv/file
    shows "not a directory"
    keys A
    shows "1 of 2 attached"
    assert_container_mounts "$web" /srv/file ro,nosuid,nodev "$SOURCE"
    assert_container_unchanged "$other"
    assert_host_unchanged
    screen_close
    davit_exits 0 detach "$web:/srv/file"
    assert_tables_unchanged "$web" "$other"
    inside "$other" rm /srv/file
}

@test "both trees are walked: the host's for the source, the container's for the target" {
    inside "$web" mkdir -p /srv/only-inside
    screen_open
    select_container "$web"
    keys a
    shows "┌ Attach a filesystem"
    types "$SUITE_DIR/tree/"
    keys C-o
    shows "┌ Host $SUITE_DIR/tree"
    shows "second/"
    keys /
    types seco
    shows_not "first/"
    keys Enter G Enter # into it
    shows "┌ Host $SUITE_DIR/tree/second"
    shows "(empty)"
    keys Left
    shows "▌ second/"
    keys Space
    shows_not "┌ Host"
    shows "Source  $SUITE_DIR/tree/second"
    keys C-o # of the target, where the focus is now
    shows "┌ $web:/"
    shows "etc/"
    keys /
    types srv
    shows_not "etc/"
    keys Enter G Enter
    shows "┌ $web:/srv"
    shows "only-inside/"
    keys G Space
    shows "Target  /srv/only-inside"
    keys Enter Enter
    shows "Inside:"
    shows "hides nothing but an empty directory"
    keys A
    shows "verified inside"
    assert_attached "$web" /srv/only-inside ro,nosuid,nodev "$SUITE_DIR/tree/second"
    screen_quit
    davit_exits 0 detach "$web:/srv/only-inside"
    assert_tables_unchanged "$web" "$other"
    inside "$web" rmdir /srv/only-inside
}

@test "a volume is chosen from the list, planned, done, seen from inside" {
    davit_exits 0 volume create shown
    echo "in the volume" >"$STATE/volumes/shown/file"
    screen_open
    select_container "$web"
    keys a
    shows "┌ Attach a filesystem"
    keys C-o
    shows "What is to be attached?"
    keys /
    types volume
    shows_not "in memory"
    keys Enter Enter
    shows "Which volume?"
    shows "davit, not used"
    keys /
    types shown
    keys Enter Enter
    shows "Source  volume:davit/shown"
    types /mnt/volume # the focus went on
    keys Enter Enter
    shows "Inside:"
    assert_tables_unchanged "$web" "$other"
    keys A
    shows "verified inside"
    assert_attached "$web" /mnt/volume ro,nosuid,nodev "$STATE/volumes/shown"
    assert_container_unchanged "$other"
    screen_quit
    davit_exits 0 detach "$web:/mnt/volume"
    assert_tables_unchanged "$web" "$other"
}

@test "another container's directory: which one, then its tree" {
    inside "$other" mkdir -p /srv/there
    inside "$other" touch /srv/there/file
    screen_open
    select_container "$web"
    keys a
    shows "┌ Attach a filesystem"
    types "$other:/srv/"
    keys C-o
    shows "┌ $other:/srv"
    shows "there/"
    keys G Space
    shows "Source  $other:/srv/there"
    types /mnt/there
    keys Enter Enter
    shows "Inside:"
    keys A
    shows "verified inside"
    assert_present_inside "$web" /mnt/there/file
    assert_host_unchanged
    assert_container_unchanged "$other"
    screen_quit
    davit_exits 0 detach "$web:/mnt/there"
    assert_tables_unchanged "$web" "$other"
    inside "$other" rm -r /srv/there
}

@test "shared with the host: what is typed of the container, planned, done, seen on the host" {
    local at=$SUITE_DIR/shown from
    inside "$web" mkdir -p /srv/given
    inside "$web" sh -c 'echo given >/srv/given/file'
    from=$(awk '$5 == "/" { print $3 }' "/proc/$(pid_of "$web")/mountinfo")
    screen_open
    select_container "$web"
    keys s
    shows "┌ Share with this host ← web-"
    shows "Source  $web:/"
    types srv/given
    keys Enter
    types "$at"
    keys Enter Enter
    shows "On the host:"
    shows "! the host's mount table changes: 1 more in it"
    assert_tables_unchanged "$web" "$other"
    keys Enter
    shows "A shares; Enter changes nothing"
    assert_tables_unchanged "$web" "$other"
    keys A
    shows "verified"
    shows_not "┌ Share"
    [[ $(<"$at/file") == given ]]
    assert_host_has "$at ro,nosuid,nodev,noexec,nosymfollow $from /srv/given"
    assert_container_unchanged "$web" "$other"
    keys U
    shows "┌ Undo my last change: "
    shows "A Take it back"
    keys A
    shows "took back $at"
    assert_tables_unchanged "$web" "$other"
    [[ ! -e $at ]]
    screen_quit
    inside "$web" rm -r /srv/given
}

@test "replaced: another source is chosen for what is attached, and takes its place" {
    mkdir -p "$SUITE_DIR/next"
    echo "the next one" >"$SUITE_DIR/next/file"
    davit_exits 0 attach --rw "$SOURCE" "$web:/mnt/swap"
    screen_open
    select_container "$web"
    keys 3
    keys /
    types /mnt/swap
    keys Enter Home
    shows "▌ /mnt/swap"
    keys R
    shows "┌ Replace in $web"
    shows "now $SOURCE"
    types "$SUITE_DIR/next"
    keys Enter Enter # the target is no field
    shows "in the place of what is attached"
    assert_attached "$web" /mnt/swap rw,nosuid,nodev "$SOURCE"
    keys Enter
    shows "A replaces; Enter changes nothing"
    assert_attached "$web" /mnt/swap rw,nosuid,nodev "$SOURCE"
    keys A
    shows "replaced /mnt/swap"
    assert_attached "$web" /mnt/swap ro,nosuid,nodev "$SUITE_DIR/next"
    assert_container_unchanged "$other"
    keys U # the old one takes its place again
    shows "┌ Undo my last change: replace of /mnt/swap in $web"
    shows "in the place of what is attached"
    keys A
    shows "took back /mnt/swap"
    assert_attached "$web" /mnt/swap rw,nosuid,nodev "$SOURCE"
    screen_quit
    davit_exits 0 detach "$web:/mnt/swap"
    assert_tables_unchanged "$web" "$other"
}

serve() {
    "$LAB_TOOLS/fuse" "$SUITE_DIR/server" >"$SUITE_DIR/server.ready" 3>&- 4>&-
    read -r _ server <"$SUITE_DIR/server.ready"
}

# As a server that crashes; then mounted anew at the same path.
crash_and_serve() {
    stop_process "$server" KILL
    run inside "$web" cat /mnt/fuse/f
    [[ $status -ne 0 ]]
    umount -l "$SUITE_DIR/server"
    serve
    snapshot_tables
}

served_in_both() {
    [[ $(inside "$web" cat /mnt/fuse/f) == fuse && $(inside "$other" cat /srv/fuse/f) == fuse ]]
    assert_container_mounts "$web" /mnt/fuse ro,nosuid,nodev "$SUITE_DIR/server"
    assert_container_mounts "$other" /srv/fuse ro,nosuid,nodev "$SUITE_DIR/server"
    assert_host_unchanged
}

@test "refreshed after its server came back: marked containers, a mount, and all that is stale" {
    serve
    snapshot_tables "$web" "$other"
    davit_exits 0 attach --ro "$SUITE_DIR/server" "$web:/mnt/fuse" "$other:/srv/fuse"
    crash_and_serve
    screen_open
    shows "$web"
    shows "$other"
    keys '*' r
    shows "┌ Refresh what is attached in 2 containers"
    shows "$web /mnt/fuse: replaced"
    shows "$other /srv/fuse: replaced"
    keys Enter
    run inside "$web" cat /mnt/fuse/f
    [[ $status -ne 0 ]]
    keys A
    shows "refreshed 2 of 2"
    served_in_both

    crash_and_serve
    keys : # nothing is selected by it
    types refresh-stale
    keys Enter
    shows "┌ Refresh all that is stale"
    shows "$web /mnt/fuse: replaced"
    shows "$other /srv/fuse: replaced"
    keys A
    shows_not "┌ Refresh"
    served_in_both
    keys :
    types refresh-stale
    keys Enter
    shows "There is nothing to refresh"
    keys Escape
    shows_not "There is nothing"

    crash_and_serve
    keys '*' # none
    select_container "$web"
    keys F5 3 # nothing in the kernel tells that a server is dead
    shows "STALE"
    keys /
    types /mnt/fuse
    keys Enter Home
    shows "▌ /mnt/fuse"
    keys r
    shows "┌ Refresh /mnt/fuse in $web"
    shows "in the place of what is attached"
    keys A
    shows "refreshed /mnt/fuse in $web"
    [[ $(inside "$web" cat /mnt/fuse/f) == fuse ]]
    run inside "$other" cat /srv/fuse/f
    [[ $status -ne 0 ]]
    assert_container_mounts "$web" /mnt/fuse ro,nosuid,nodev "$SUITE_DIR/server"
    assert_host_unchanged
    screen_quit
    davit_exits 0 detach "$web:/mnt/fuse" "$other:/srv/fuse"
    assert_tables_unchanged "$web" "$other"
    stop_process "$server"
    server=
}

@test "why a container does not see a path of the host, and where it does" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/why"
    screen_open
    select_container "$web"
    keys v
    shows "┌ What $web sees of a path of the host"
    types "$SOURCE/file"
    keys Enter
    shows "Inside"
    shows "/mnt/why/file"
    keys Escape
    shows_not "/mnt/why/file"
    select_container "$other"
    keys v
    shows "┌ What $other sees"
    types "$SOURCE/file"
    keys Enter
    shows "Seen"
    shows_not "Inside"
    keys Escape
    shows_not "Seen"
    screen_quit
    davit_exits 0 detach "$web:/mnt/why"
    assert_tables_unchanged "$web" "$other"
}

@test "a directory whose server is silent: said, left, and everything else goes on" {
    "$LAB_TOOLS/fuse" "$hung" --hang --foreground >"$SUITE_DIR/fuse" 3>&- 4>&- &
    server=$!
    until_true 20 grep -q ready "$SUITE_DIR/fuse"
    snapshot_tables "$web" "$other"
    screen_open
    select_container "$web"
    keys a
    shows "┌ Attach a filesystem"
    types "$hung/"
    keys C-o
    shows "reading …"
    keys BSpace # left before there is an answer
    shows_not "reading …"
    keys C-o
    shows "not answering: this directory's server or disk is silent" 40
    keys Left
    shows "┌ Host $SUITE_DIR"
    shows "source/"
    keys C-c
    shows "Source  $hung/"
    keys C-u
    types "$SOURCE"
    keys Enter
    types /mnt/beside
    keys Enter Enter
    shows "Inside:"
    keys A
    shows "verified inside"
    assert_attached "$web" /mnt/beside ro,nosuid,nodev "$SOURCE"
    screen_quit
    davit_exits 0 detach "$web:/mnt/beside"
}

@test "restarted while its page is open: said, planned anew, and the key is waited for" {
    screen_open
    select_container "$web"
    fill_in "$SOURCE" /mnt/anew
    docker restart --time 0 "$web" >/dev/null
    container_started "$web"
    snapshot_tables "$web" "$other"
    shows "$web was restarted meanwhile"
    shows "pid $(pid_of "$web")"
    shows "Inside:"
    assert_tables_unchanged "$web" "$other"
    keys A
    shows "verified inside"
    assert_attached "$web" /mnt/anew ro,nosuid,nodev "$SOURCE"
    screen_quit
    davit_exits 0 detach "$web:/mnt/anew"
    assert_tables_unchanged "$web" "$other"
}

@test "stopped while its page is open: A does nothing, and says why" {
    screen_open
    select_container "$other"
    fill_in "$SOURCE" /mnt/none
    docker stop --time 0 "$other" >/dev/null
    shows "$other is gone"
    keys A
    shows "$other is gone" # as the answer, in the footer
    [[ ! -e $STATE/journal ]] || [[ ! -s $STATE/journal ]]
    docker start "$other" >/dev/null
    container_started "$other"
    snapshot_tables "$web" "$other"
    shows "Inside:"
    keys A
    shows "verified inside"
    assert_attached "$other" /mnt/none ro,nosuid,nodev "$SOURCE"
    screen_quit
    davit_exits 0 detach "$other:/mnt/none"
}

# The row of a container has a text; `in_row NAME TEXT`.
in_row() { screen | grep -F "$1 " | grep -qE "$2"; }

# soon COMMAND…: on the screen by itself. How soon is written down, and not judged on a machine
# under load.
soon() {
    local began=${EPOCHREALTIME/./}
    until_true 20 "$@" || screen_dump
    echo "# $(((${EPOCHREALTIME/./} - began) / 1000)) ms: $*" >>"$SUITE_DIR/times"
}

@test "what starts, pauses, goes on and ends is on the screen by itself" {
    local late
    late=$(named late)
    screen_open
    shows "$web"
    container "$late"
    soon in_row "$late" running
    docker pause "$late" >/dev/null
    soon in_row "$late" paused
    docker unpause "$late" >/dev/null
    soon in_row "$late" running
    docker stop --time 0 "$late" >/dev/null
    soon screen_lacks "$late "
    docker start "$late" >/dev/null
    soon in_row "$late" 'running|restarted'
    remove_container "$late"
    soon screen_lacks "$late "
    screen_quit
}

@test "what another davit does is in the log, the mounts and the counts" {
    screen_open
    select_container "$web"
    davit_exits 0 attach --rw "$SOURCE" "$web:/mnt/verb"
    soon screen_has "1 attached"
    shows "│  /mnt/verb"
    shows "attach $SOURCE → "
    davit_exits 0 detach "$web:/mnt/verb"
    soon screen_lacks "1 attached"
    shows_not "│  /mnt/verb"
    shows "detach "
    screen_quit
}

@test "the selection is a container, not a row: it stays when the list changes, and goes with it" {
    local first
    first=$(named aaa)
    screen_open
    select_container "$web"
    container "$first"
    shows "$first"
    shows "▌ $web"
    remove_container "$first"
    shows_not "$first"
    shows "▌ $web"
    container "$first"
    select_container "$first"
    remove_container "$first"
    shows_not "$first"
    screen_lacks ▌ || screen_dump # nothing is selected
    keys D
    shows "nothing is selected"
    screen_quit
}

@test "--readonly: shown, refused in the screen, and by the engine" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/stays"
    snapshot_tables "$web" "$other"
    screen_open --readonly
    shows "davit [RO]"
    select_container "$web"
    keys a
    shows "--readonly"
    keys D
    shows "--readonly"
    keys U
    shows "--readonly"
    shows_not "┌ Undo"
    # So far the screen; the engine refuses each change by itself (refusals.bats, wire.bats).
    tr '\0' ' ' <"/proc/$engine/cmdline" | grep -q -- --no-changes
    assert_tables_unchanged "$web" "$other"
    screen_close
    davit_exits 0 detach "$web:/mnt/stays"
}

@test "not root: a console for reading, with what to do about it" {
    local prefix=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    if ! "${prefix[@]}" test -x "${davit_words[-1]}"; then
        skip "nobody may not run what was built"
    fi
    mkdir -m 0755 "$STATE"
    screen_open
    shows "davit [RO]"
    shows "sudo davit"
    shows "nobody"
    # Its descriptors are root's for whoever asks: no other process of nobody's takes its socket.
    [[ $(stat -c %u "/proc/$console/fd") == 0 ]]
    keys a
    shows "sudo davit"
    screen_quit
    # A journal that may not be read: said once, though it is neither read nor watched.
    chmod 0700 "$STATE"
    SIZE=160x40 screen_open
    shows "cannot open $STATE"
    keys F5
    shows "containers need CAP_SYS_PTRACE to be looked into"
    shows "No container can be seen here"
    [[ $(screen | grep -c "cannot open $STATE") == 1 ]] || screen_dump
    screen_quit
    assert_tables_unchanged "$web" "$other"
}

# A disk of the test's own, mounted on the host; its node in $loop.
disk() {
    truncate -s 32M "$SUITE_DIR/disk.img"
    mkfs.ext4 -q -F "$SUITE_DIR/disk.img"
    loop=$(losetup --find --show "$SUITE_DIR/disk.img")
    mkdir -p "$SUITE_DIR/disk"
    mount "$loop" "$SUITE_DIR/disk"
    echo "from the disk" >"$SUITE_DIR/disk/file"
}

select_disk() {
    keys 2
    keys /
    shows Filter
    types console/disk
    keys Enter
    shows "▌"
    shows "${loop}"
}

@test "who holds it: mounts, then processes, live; from a row to its container" {
    disk
    davit_exits 0 attach --ro "$SUITE_DIR/disk" "$web:/mnt/disk"
    SIZE=100x30 screen_open
    select_disk
    keys w
    shows "┌ Who holds $SUITE_DIR/disk"
    shows "/mnt/disk"
    shows "complete"
    shows_not "tail"
    hold /mnt/disk # and it comes by itself
    shows "tail"
    shows "/mnt/disk/file"
    kill -KILL "$holder"
    shows_not "tail"
    # The host's own row is in no container.
    keys Home Enter
    shows "it is in no container"
    keys End
    shows "▌ mount"
    keys Enter
    shows_not "┌ Who holds"
    shows "▌ $web"
    screen_quit
    davit_exits 0 detach "$web:/mnt/disk"
    umount "$SUITE_DIR/disk"
    losetup -d "$loop"
    assert_tables_unchanged "$web" "$other"
}

@test "a share is detached where it shows: on its row of the filesystems" {
    local shared=$SUITE_DIR/shared
    mkdir "$shared"
    snapshot_tables "$web" "$other"
    davit_exits 0 share "$web:/etc" "$shared"
    SIZE=100x30 screen_open
    shows "1 attached"
    keys 2
    keys /
    shows Filter
    types console/shared
    keys Enter
    shows "2 Filesystems 1/"
    keys D
    shows "┌ Detach $shared from the host"
    shows "Shared by "
    shows "from $web:/etc"
    mountpoint -q "$shared"
    choose "[Detach]"
    shows "seen to be gone"
    assert_tables_unchanged "$web" "$other"
    shows_not "┌ Detach"
    # What davit does not show there it does not take away.
    shows "fits the filter"
    keys Escape
    shows "▌ /"
    keys D
    shows "this is no share"
    screen_quit
}

@test "ejected from the list of filesystems: its plan first, then A, then it is nowhere" {
    disk
    davit_exits 0 attach --ro "$SUITE_DIR/disk" "$web:/mnt/disk"
    SIZE=100x30 screen_open
    select_disk
    keys x
    shows "Eject"
    keys Down Enter
    shows "┌ Eject $SUITE_DIR/disk"
    shows "unmount"
    mountpoint -q "$SUITE_DIR/disk"
    keys A
    shows "detached 2 of 2"
    shows_not "┌ Eject"
    screen_quit
    assert_tables_unchanged "$web" "$other"
    assert_absent_inside "$web" /mnt/disk
    losetup -d "$loop"
}
