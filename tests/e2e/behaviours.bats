#!/usr/bin/env bats
# How the console behaves on a terminal, as a whole program with its engine: at rest, per key, when
# it is ended in any way, when a daemon hangs, under names that want to be more than text.

load lab
load screen

web=$(named web)
other=$(named other)
hung=/srv/hung

setup_file() {
    export BATS_TEST_TIMEOUT=120
    lab_begin
    screen_begin
    container "$(named web)" --device /dev/fuse --cap-add SYS_ADMIN --security-opt seccomp=unconfined
    container "$(named other)"
    cp "$LAB_TOOLS/fuse" "/proc/$(pid_of "$(named web)")/root/fuse"
}

teardown_file() {
    lab_end
}

setup() {
    STATE=$STATE-$BATS_TEST_NUMBER
    SCREEN=$BATS_TEST_NUMBER
    console='' engine='' server='' daemon=''
    snapshot_tables "$web" "$other"
}

teardown() {
    screen_close
    if [[ -n $server ]]; then
        docker exec "$web" kill -KILL "$server" || true
        inside "$web" umount -l "$hung" || true
    fi
    [[ -z $daemon ]] || lab_dockerd_stop "$daemon"
}

# on_terminal [DAVIT_OPTIONS]: the console on a terminal of the test's own, which follows the steps
# from standard input (tests/lab/pty.c).
on_terminal() {
    local status=0
    console_command "$@"
    # The sanitizers' own handlers would end the process in their own way.
    TERM=${TERM_HERE:-xterm-256color} "$LAB_TOOLS/pty" -s 80x24 -t 30 -o "$SUITE_DIR/bytes" \
        env "${extra[@]}" "${console_words[@]}" \
        >"$SUITE_DIR/pty" 2>&1 3>&- 4>&- || status=$?
    [[ $status == 0 ]] || fail "$(head -c 6000 "$SUITE_DIR/pty")" || return
    no_reports
}

plain_signals='ASAN_OPTIONS=handle_segv=0:handle_abort=0'

# --- at rest, and per key -------------------------------------------------------------------------

# What each of them has slept and woken so far.
switches() {
    local pid
    for pid in "$console" "$engine" $(pgrep -P "$engine"); do
        awk -v pid="$pid" '/^Name/ { name = $2 }
            /^voluntary_ctxt_switches/ { print pid, name, $2 }' "/proc/$pid/status"
    done
}

# stays_asleep SECONDS: in so long a time none of them wakes.
stays_asleep() {
    local before after
    before=$(switches)
    sleep "$1"
    after=$(switches)
    [[ $before == "$after" ]] || fail "woke:" "$before" "until" "$after"
}

@test "at rest no process of it makes a system call, and nothing is written" {
    screen_open
    shows "$web"
    shows " in $other "
    # What has just begun may have something left to do, and another pass may start containers
    # meanwhile: that is no rest.
    until_true 100 stays_asleep 4
    screen_quit
}

# Steps that move the selection and print the bytes of it.
moves() {
    local key
    for key in j k j k j k j; do
        printf '%s\n' mark "send $key" some settled print
    done
}

@test "a cursor key costs at most 60 bytes, with themes that colour all of it 130" {
    local theme most extra=() middle
    for theme in default:60 mono:60 dracula:130 gruvbox-dark:130; do
        most=${theme#*:}
        # Of the containers alone: the mounts of the selected one come a moment later.
        on_terminal --theme "${theme%:*}" <<STEPS
wait $web
wait overlay
send +
settled
$(moves)
send q
exited 0
cooked
STEPS
        # Some frames have a second of a container's age in them.
        middle=$(sort -n "$SUITE_DIR/pty" | sed -n 4p)
        ((middle > 0 && middle <= most)) || fail "${theme%:*}: $(paste -sd' ' "$SUITE_DIR/pty")"
        echo "# ${theme%:*}: $(paste -sd' ' "$SUITE_DIR/pty") bytes a key" >>"$SUITE_DIR/times"
    done
}

# --- daemons that hang ----------------------------------------------------------------------------

@test "a stopped daemon: the first frame is there, keys act, names come from disk" {
    local pid
    daemon=hangs
    lab_dockerd hangs
    lab_images "$(lab_socket hangs)"
    SOCKET=$(lab_socket hangs) container "$(named hangs)"
    rm "$SUITE_DIR/pids/$(named hangs)"
    pid=$(<"$LAB_DIR/hangs/pid")
    kill -STOP "$pid"
    local began=${EPOCHREALTIME/./}
    SOCKET=$(lab_socket hangs) screen_open
    echo "# first frame after $(((${EPOCHREALTIME/./} - began) / 1000)) ms" >>"$SUITE_DIR/times"
    shows "│▌ " 3
    keys '?'
    shows "one row up" 3
    keys q
    shows_not "one row up" 3
    keys 2
    shows "▌ /" 3
    kill -CONT "$pid"
    shows "$(named hangs)"
    screen_quit
}

@test "a daemon that ends and comes back: a line of the log each" {
    daemon=returns
    lab_dockerd returns
    SOCKET=$(lab_socket returns) screen_open
    shows " in $other "
    lab_dockerd_stop returns
    shows "docker is down: "
    lab_dockerd returns
    shows "docker is up: it answers"
    screen_quit
}

# --- how it ends ----------------------------------------------------------------------------------

@test "the terminal is given back: q, Ctrl-C, TERM, INT, HUP" {
    local extra=() how
    for how in 'send q' 'send \x03' 'signal TERM' 'signal INT' 'signal HUP'; do
        on_terminal <<STEPS
wait $web
raw
mark
$how
wait \e[?1049l
has \e[?25h
has \e[?2004l
cooked
exited 0
STEPS
        until_true 20 no_engine
    done
}

# No engine of this test is left.
no_engine() { ! pgrep -f -- "engine .*--state-dir=$STATE\$" >/dev/null; }

@test "the terminal is given back when it crashes, and the engine ends" {
    local extra=("$plain_signals") signal
    for signal in SEGV ABRT BUS; do
        local saved=$ASAN_OPTIONS
        ASAN_OPTIONS=$ASAN_OPTIONS:handle_segv=0:handle_abort=0:handle_sigbus=0
        on_terminal <<STEPS
wait $web
raw
mark
signal $signal
killed $signal
has \e[?1049l
has \e[?25h
has \e[?2004l
cooked
STEPS
        ASAN_OPTIONS=$saved
        until_true 20 no_engine
    done
}

@test "Ctrl-Z and fg, twice" {
    local extra=()
    on_terminal <<STEPS
wait $web
settled
send \x1a
stopped
cooked
has \e[?1049l
mark
continue
raw
wait $web
settled
send \x1a
stopped
cooked
mark
continue
wait $web
send q
exited 0
cooked
STEPS
}

is_taken_back() {
    davit_exits 0 status --json
    json 'all(.attachments[]; .state == "gone")' && assert_container_unchanged "$web"
}

# The container's own server of the target's directory has the request and never answers.
serve() {
    inside "$web" mkdir -p "$hung"
    server=$(docker exec "$web" /fuse "$hung" "$@")
    server=${server#ready }
    snapshot_tables "$web" "$other"
}

stop_server() {
    docker exec "$web" kill -TERM "$server"
    until_true 20 is_unmounted
    server=
    snapshot_tables "$web" "$other"
}

is_unmounted() { ! grep -q " $hung " "/proc/$(pid_of "$web")/mountinfo"; }

is_begun() { grep -qs '"intent"' "$STATE/journal"; }

@test "an ssh that drops in the middle of an attach: taken back, and the journal says so" {
    local server_of_tmux
    serve --hang=mkdir
    screen_open
    select_container "$web"
    fill_in "$SOURCE" "$hung/new"
    keys A
    until_true 20 is_begun
    server_of_tmux=$(tmux display-message -p '#{pid}')
    kill -KILL "$server_of_tmux" # the other end of the terminal is gone
    until_true 20 is_gone "$console"
    until_true 60 is_gone "$engine"
    stop_server
    is_taken_back
    assert_host_unchanged
    davit_exits 0 events --json
    json 'any(.events[]; .line == "failed") and all(.events[]; .line != "done")'
    no_reports
}

@test "a console that is killed in the middle of an attach leaves it to the engine" {
    serve --hang=rename
    screen_open
    select_container "$web"
    fill_in "$SOURCE" "$hung/new"
    keys A
    until_true 20 is_begun
    kill -KILL "$console"
    until_true 60 is_gone "$engine"
    stop_server
    is_taken_back
    assert_host_unchanged
}

# --- terminals ------------------------------------------------------------------------------------

@test "a dumb or unknown TERM and no UTF-8 are lived with, and said" {
    local extra=() term
    for term in dumb no-such-terminal; do
        TERM_HERE=$term on_terminal <<STEPS
wait $web
wait xterm-256color
settled
send q
exited 0
cooked
STEPS
    done
    screen_environment() { printf '%s\n' LC_ALL=C "ASAN_OPTIONS=$ASAN_OPTIONS"; }
    on_terminal <<STEPS
wait $web
settled
has +
lacks \xe2
lacks \xc2
send q
exited 0
cooked
STEPS
}

# What stands there now is what a redraw of everything shows. Ages go on meanwhile.
same_as_redrawn() {
    local before after
    before=$(screen | sed 's/ [0-9]*[smh] / /')
    keys C-l
    after=$(screen | sed 's/ [0-9]*[smh] / /')
    [[ $before == "$after" ]]
}

@test "a storm of sizes, 1x1 too, leaves nothing over" {
    local size
    screen_open
    shows "$web"
    shows " in $other "
    for size in 60x12 200x50 40x10 1x1 79x23 3x3 120x40 1x40 80x1 80x24; do
        tmux resize-window -x "${size%x*}" -y "${size#*x}"
        keys j k Tab
    done
    keys 1
    shows " in $other "
    shows "┌ 1 Containers"
    until_true 20 same_as_redrawn
    [[ $(screen | wc -l) == 24 ]]
    [[ $(screen | grep -c '┌ 1 Containers') == 1 ]]
    screen_quit
}

@test "what is pasted into a list does nothing" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/stays"
    snapshot_tables "$web" "$other"
    screen_open
    select_container "$web"
    tmux set-buffer $'D\rA\rUA\rq\x03aA'
    tmux paste-buffer -p
    shows "pasted text does nothing here"
    screen_has "┌ 1 Containers" || screen_dump
    screen_lacks "┌ Detach" || screen_dump
    assert_tables_unchanged "$web" "$other"
    screen_quit
    davit_exits 0 detach "$web:/mnt/stays"
}

# --- hostile names --------------------------------------------------------------------------------

osc=$'\e]52;c;aGFja2Vk\a'
evil=$'evil\e]52;c;aGFja2Vk\a\n\e[31m\xc2\x9b31m\xe2\x80\xae\xff'

# No byte of what a name brings is on the terminal as it is: those that the console sends itself
# are others.
clean_bytes() {
    local file=$1 bad
    for bad in "$osc" $'\e[31m' $'\xc2\x9b' $'\xe2\x80\xae' $'\xff' aGFja2Vk$'\a'; do
        if LC_ALL=C grep -qaF -- "$bad" "$file"; then
            fail "raw in $file: $(printf %q "$bad")"
            return
        fi
    done
}

@test "names, labels and paths that want to be more than text stay text" {
    local extra=() box
    box=$(named box)
    mkdir -p "$SUITE_DIR/evil/$evil"
    container "$box" --label "x$evil=y$evil" --env "E=$evil"
    on_terminal --theme mono <<STEPS
wait $box
settled
send /
settled
send $box\r
settled
mark
send \r
wait Namespaces
settled
send G
wait evil
settled
send \x7f
settled
send a
wait Source
send $SUITE_DIR/evil/
mark
send \x0f
wait evil
settled
send G
send  \r
settled
send \x03
settled
send \x03
exited 0
cooked
STEPS
    clean_bytes "$SUITE_DIR/bytes"
    grep -qa evil "$SUITE_DIR/bytes" # it was there
    remove_container "$box"
}

@test "a source of such a name is attached from the screen, and clean in the log and the saved log" {
    local base=$SUITE_DIR/desk
    mkdir -p "$SUITE_DIR/one/$evil" "$base"
    echo "from the host" >"$SUITE_DIR/one/$evil/file"
    chmod 1777 "$base"
    screen_open
    select_container "$web"
    keys a
    shows "┌ Attach a filesystem"
    types "$SUITE_DIR/one/"
    keys C-o
    shows "┌ Host $SUITE_DIR/one"
    shows evil
    keys G Space
    shows_not "┌ Host"
    shows "/one/evil"
    types /mnt/evil
    keys Enter Enter
    shows "Inside:"
    keys A
    shows "verified inside"
    [[ $(inside "$web" cat /mnt/evil/file) == "from the host" ]]
    until_true 20 logged 'attach '
    keys 4 :
    types "save $base/log"
    keys Enter
    shows "saved the log to"
    grep -q 'attach .*evil' "$base/log"
    clean_bytes "$base/log"
    screen >"$SUITE_DIR/shown"
    clean_bytes "$SUITE_DIR/shown"
    [[ -z $(tmux show-buffer 2>/dev/null) ]] # no clipboard was set
    screen_quit
    davit_exits 0 detach "$web:/mnt/evil"
    assert_tables_unchanged "$web" "$other"
}

# --- the log --------------------------------------------------------------------------------------

logged() { log_lines | grep -qF -- "$1"; }

log_lines() { screen | sed -n '/┌ 4 Log\|├ 4 Log/,$p' | sed '1d;/^└/,$d'; }

# journal_grows FROM TO: as many operations of other davits, in lines that a davit wrote.
journal_grows() {
    local i line other
    line=$(tail -n 1 "$STATE/journal")
    for ((i = 100000000000 + $1; i < 100000000000 + $2; i++)); do
        other=${line/\"id\":\"????????????\"/\"id\":\"$i\"}
        printf '%s\n' "$other"
    done >>"$STATE/journal"
}

@test "a log that was scrolled stays where it is while 1,000 lines come" {
    local before
    davit_exits 0 attach "$SOURCE" "$web:/mnt/line"
    davit_exits 0 detach "$web:/mnt/line"
    journal_grows 0 100
    screen_open
    shows "detach $web /mnt/line"
    keys 4 F g
    shows "▌"
    shows " attach $SOURCE"
    shows_not following
    before=$(log_lines)
    journal_grows 100 1100
    shows "+1000 new"
    [[ $(log_lines) == "$before" ]] || fail "moved:" "$before" "to" "$(log_lines)"
    keys G
    shows following
    screen_quit
}
