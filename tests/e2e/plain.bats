#!/usr/bin/env bats
# The console without a screen (--plain): what is said in each step, that it is said once, and that
# nothing but lines of text is ever written.

load lab
load screen

web=$(named web)
other=$(named other)

setup_file() {
    lab_begin
    screen_begin
    container "$(named web)" --label "team=pay"$'\e]52;c;aGk=\a\u202e'"ments"
    container "$(named other)"
    mkdir -p "$SUITE_DIR/tree/plain" "$SUITE_DIR/tree/"$'a\e]0;owned\a\n\u202eb\xff'
}

teardown_file() {
    lab_end
}

setup() {
    STATE=$STATE-$BATS_TEST_NUMBER
    SCREEN=$BATS_TEST_NUMBER
    console='' engine=''
    bytes=$SUITE_DIR/bytes-$BATS_TEST_NUMBER
    environment=(TERM=xterm-256color)
    snapshot_tables "$web" "$other"
}

teardown() {
    screen_close
}

# --- a session: steps of the pty tool on standard input -------------------------------------------

# press KEYS TEXT: what the keys are to say.
press() { printf 'mark\nsend %s\nwait %s\n' "$1" "$2"; }

begin() { printf 'wait Enter opens, x actions, ? help.\n'; }

leave() { printf 'send q\nexited 0\ncooked\n'; }

choose_web() {
    press / "Filter: type a text."
    press "$web" "$web"
    press '\r' "1 of 1: $web, running"
}

# fill_in_plain TARGET: the attach page up to its plan.
fill_in_plain() {
    press a "Source, 1 of 4: type a path."
    press "$SOURCE" "$SOURCE"
    press '\r' "Target, 2 of 4: type a path."
    press "$1" "$1"
    press '\r' "Access, 3 of 4: read-only."
    press '\r' "Keys: A attach"
    printf 'has Inside: \n'
}

# session [OPTIONS OF DAVIT]: what was written is in the file $bytes, its lines in $said.
session() {
    local n
    console_command --plain "$@"
    n=$(($(screen_environment | wc -l) + 1)) # env and its words
    if ! "$LAB_TOOLS/pty" -t 40 -o "$bytes" "${console_words[@]:0:n}" "${environment[@]}" \
        "${console_words[@]:n}"; then
        fail "what it said:" "$(tr -d '\r' <"$bytes" | cat -v)"
        return
    fi
    no_reports && only_lines
    said=$(tr -d '\r' <"$bytes")
}

# Bracketed paste is switched on before the first line and off after the last, also around a stop:
# all that there is between is text, and each line ends with CR LF.
only_lines() {
    local lines
    lines=$(sed -e '1s/^\x1b\[?2004h//' -e '$s/\x1b\[?2004l$//' \
        -e 's/^\x1b\[?2004l\x1b\[?2004h//' "$bytes" && echo x)
    lines=${lines%x}
    if LC_ALL=C grep -qP '[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]' <<<"$lines" ||
        grep -qP '[\x{80}-\x{9f}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}]' <<<"$lines" ||
        LC_ALL=C grep -qP '\r[^\n]|[^\r]$' <<<"${lines%$'\n'}" ||
        ! iconv -f UTF-8 -t UTF-8 <<<"$lines" >/dev/null; then
        fail "not only lines of text:" "$(cat -v "$bytes")"
    fi
}

# said_once TEXT…
said_once() {
    local text n
    for text; do
        n=$(grep -cF -- "$text" <<<"$said")
        [[ $n -eq 1 ]] || fail "said $n times: $text" "$said" || return
    done
}

never_said() {
    [[ $said != *"$1"* ]] || fail "should not have been said: $1" "$said"
}

# --- what is done ---------------------------------------------------------------------------------

@test "attached: asked one question after another, planned, done, seen from inside" {
    session < <(begin && choose_web && fill_in_plain /mnt/said &&
        press '\r' "Enter changes nothing" && press '\e' "1 of 1: $web" && leave)
    assert_tables_unchanged "$web" "$other"

    session < <(begin && choose_web && fill_in_plain /mnt/said && press A "verified inside" && leave)
    assert_attached "$web" /mnt/said ro,nosuid,nodev "$SOURCE"
    assert_container_unchanged "$other"
    session < <(begin && choose_web && press 3 "/mnt/said, read-only, " &&
        printf 'has Mounts in %s, \n' "$web" && leave)
    davit_exits 0 detach "$web:/mnt/said"
    assert_tables_unchanged "$web" "$other"
}

@test "each thing is said once" {
    session < <(begin && choose_web && fill_in_plain /mnt/once && press A "verified inside" && leave)
    said_once "davit on $(uname -n), root" "Containers, 2." "Filter: type a text" \
        "filter: $web" "Attach a filesystem to $web" "Tab complete" "Source, 1 of 4" \
        "Target, 2 of 4" "Access, 3 of 4" "Space change" "Plan, 4 of 4" \
        "Keys: A attach" "attaching" "attached /mnt/once in $web, verified inside"
    # Again only with whose files they are, when that is known later than the plan.
    [[ -z $(grep "^Inside: " <<<"$said" | sort | uniq -d) ]] || fail "said twice" "$said"
    never_said "Log: "
    never_said "─"
    davit_exits 0 detach "$web:/mnt/once"
}

@test "detached: Back comes first, then what one chooses" {
    davit_exits 0 attach --rw "$SOURCE" "$web:/mnt/back"
    session < <(begin && choose_web && press D "Choice 1 of 2: Back." &&
        printf 'has Detach /mnt/back from %s\n' "$web" &&
        printf 'has davit made it and takes it away again\n' &&
        press '\r' "1 of 1: $web" && leave)
    assert_present_inside "$web" /mnt/back/file
    session < <(begin && choose_web && press D "Choice 1 of 2: Back." &&
        press '\t' "Choice 2 of 2: Detach." &&
        press '\r' "detached /mnt/back in $web, seen to be gone" && leave)
    assert_tables_unchanged "$web" "$other"
    assert_absent_inside "$web" /mnt/back
    said_once "detached /mnt/back" "Attached by" "Keys: Enter take it, Tab next choice"
}

@test "undone: a plan that waits for its key" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/undone"
    session < <(begin && press U "Keys: A take it back" &&
        printf 'has Undo my last change: attach of /mnt/undone in %s\n' "$web" &&
        press A "took back /mnt/undone" && leave)
    assert_tables_unchanged "$web" "$other"
}

# --- how it is said -------------------------------------------------------------------------------

@test "what is typed is echoed letter by letter, what is taken away is named" {
    session < <(begin && press a "Source, 1 of 4" && press /s /s && press r r &&
        printf 'exactly 1\n' && press 'v/x' 'v/x' && press '\x7f' "deleted x" &&
        press y /srv/y && press '\e[D' 'y' && press v '/srv/vy' &&
        printf 'lacks \\r\\n\\r\\n\n' && press '\x05' "end of the line" &&
        press '\x15' "deleted /srv/vy, the line is empty" &&
        press "$SUITE_DIR/tr" "$SUITE_DIR/tr" && press '\t' "ee/" && printf 'exactly 3\n' &&
        press '\e' "1 of 2" && leave)
}

@test "the keys are read as lines, and the rest is told by a pane's own words" {
    session < <(begin && press '?' "q, F10: Quit" && printf 'has a, F2: Attach\n' &&
        press '\e' "1 of 2" && press 2 "Filesystems, " && press 4 "Log, following" &&
        press 1 "Containers, 2." && press '*' "2 marked." && press j "2 of 2, marked: " &&
        press '>' "sorted by runtime." && press I "the other way round." &&
        press '\x0c' "Containers, 2, 2 marked." && leave)
}

@test "at rest nothing is said, and nobody wakes" {
    session < <(begin && press j "2 of 2" && printf 'settled\nquiet 1000\nasleep 3000\n' && leave)
}

@test "suspended and resumed: where one is, is said again" {
    session < <(begin && printf 'mark\nsend \\x1a\nstopped\ncooked\ncontinue\nraw\n' &&
        printf 'wait Containers, 2.\n' && leave)
}

# The console in a tmux, to see what others bring about.
plain_open() {
    console_command --plain
    command tmux -L "$SCREEN" -f /dev/null start-server \; set -g remain-on-exit on \; \
        set -g status off \; new-session -d -x 300 -y 50 -c "$SUITE_DIR" \
        -- "${console_words[@]}" 3>&- 4>&-
    shows "Enter opens, x actions"
    console=$(tmux display-message -p '#{pane_pid}')
    engine=$(pgrep -P "$console" | head -n 1)
}

last_line() { screen | sed '/^ *$/d' | tail -n 1; }
last_line_is() { [[ $(last_line) == "$1" ]]; }

@test "what another davit did is told when it is done, also while one types" {
    plain_open
    keys /
    shows "Filter: type a text"
    types abc
    until_true 20 last_line_is abc
    davit_exits 0 attach "$SOURCE" "$web:/mnt/theirs"
    shows "Log: attach $SOURCE to $web /mnt/theirs"
    until_true 20 last_line_is abc # to be gone on with
    keys d
    until_true 20 last_line_is abcd
    keys C-u Enter
    shows "1 of 2"
    davit_exits 0 detach "$web:/mnt/theirs"
    shows "Log: detach $web /mnt/theirs"
    [[ $(screen | grep -c "Log: ") -eq 2 ]] || screen_dump
    screen_quit
}

@test "of a list that changes only what concerns the selected row is said" {
    plain_open
    select=$(screen | grep -o "1 of 2: [^,]*")
    select=${select#1 of 2: }
    before=$(screen)
    container "$(named third)"
    davit_exits 0 ps --json
    [[ $select == "$web" ]] && rest=$other || rest=$web
    docker pause "$rest" >/dev/null
    docker pause "$select" >/dev/null
    shows "$select: paused"
    docker unpause "$rest" "$select" >/dev/null
    shows "$select: running"
    [[ $(screen) != *"$rest"* && $(screen) != *"$(named third)"* ]] || screen_dump
    docker rm --force "$(named third)" >/dev/null
    rm -f "$SUITE_DIR/pids/$(named third)"
    docker stop --time 0 "$select" >/dev/null
    shows "$select has gone; nothing is selected."
    docker start "$select" >/dev/null
    container_started "$select"
    screen_quit
}

# --- where it is said -----------------------------------------------------------------------------

@test "hostile names: of labels, of directories" {
    session < <(begin && choose_web && press '\r' "Namespaces" && press '\e' "1 of 1" &&
        press a "Source, 1 of 4" && press "$SUITE_DIR/tree/" "tree/" &&
        press '\x0f' "Host $SUITE_DIR/tree" && printf 'wait Keys: Enter open, Space choose\n' &&
        press G "of 4: " && press k "of 4: " && press '\r' "Host $SUITE_DIR/tree/a" &&
        press '\x03' "Source, 1 of 4" && press '\e' "1 of 1" && leave)
    [[ $said == *team*pay* ]] || fail "the label was not read" "$said"
}

# Not even what a terminal would not show.
only_ascii() {
    if LC_ALL=C grep -qP '[^\x20-\x7e\r]' "$bytes"; then
        fail "not ASCII alone:" "$(cat -v "$bytes")"
    fi
}

@test "TERM=dumb, LANG=C: ASCII from the first byte to the last, and all of it works" {
    environment=(TERM=dumb LC_ALL=C)
    session < <(begin && choose_web && fill_in_plain /mnt/dumb && press A "verified inside" &&
        leave)
    only_ascii
    session < <(begin && choose_web && press D "Choice 1 of 2: Back." && press '\t' "Choice 2 of 2: Detach." &&
        press '\r' "seen to be gone" && leave)
    only_ascii
    assert_tables_unchanged "$web" "$other"
    environment=(TERM= LC_ALL=C)
    session < <(begin && choose_web && press '\r' "Namespaces" && press '\e' "1 of 1" && leave)
    only_ascii
}

@test "read-only: said at the beginning, and a change is refused with its reason" {
    session --readonly < <(begin && choose_web && press a "it was started with --readonly" && leave)
    said_once "root, read-only."
    assert_tables_unchanged "$web" "$other"
}

# Ages are counted from another moment.
without_ages() { sed -E 's/(running|started) [0-9]+ [a-z]+/\1/'; }

@test "a recording is told as it was" {
    local recorded=$SUITE_DIR/records/recorded.jsonl
    mkdir -m 1777 "$SUITE_DIR/records" # it is written as whom the console became
    cat >"$SUITE_DIR/keys" <<'KEYS'
@rest @rest Down @rest Up @rest x Down Esc @rest 2 @rest 3 @rest ? Esc : "help" Esc
KEYS
    console_command --plain --off-screen 80x24 --script "$SUITE_DIR/keys" --record "$recorded"
    timeout 60 "${console_words[@]}" >"$SUITE_DIR/live" </dev/null
    timeout 60 "${davit_words[@]}" --plain --off-screen 80x24 --script "$SUITE_DIR/keys" \
        --replay "$recorded" >"$SUITE_DIR/again" </dev/null
    grep -q "^Mounts in " "$SUITE_DIR/again"
    diff <(without_ages <"$SUITE_DIR/live") <(without_ages <"$SUITE_DIR/again")
}
