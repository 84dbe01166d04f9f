# The console on a screen that can be read: in a tmux of the suite's own, whose screen is the
# terminal emulator's, not davit's idea of it. For suites that also say `load lab`.
# shellcheck shell=bash

# In setup_file, after lab_begin.
screen_begin() {
    export TMUX_TMPDIR=$SUITE_DIR/tmux REPORTS=$SUITE_DIR/reports
    # The console writes its report as whom it became.
    mkdir -p "$TMUX_TMPDIR" "$REPORTS"
    chmod 1777 "$REPORTS"
    chmod 0711 "$SUITE_DIR" "${SUITE_DIR%/*}"
    unset TMUX STY SSH_CONNECTION SSH_TTY NO_COLOR
}

tmux() { command tmux -L "${SCREEN:-screen}" "$@"; }

# What a sanitizer has to say goes where it can be found: the engine has no standard error, and the
# console's is its screen.
screen_environment() {
    printf '%s\n' "LC_ALL=C.UTF-8" "ASAN_OPTIONS=$ASAN_OPTIONS:log_path=$REPORTS/asan" \
        "UBSAN_OPTIONS=$UBSAN_OPTIONS:log_path=$REPORTS/ubsan"
}

# The console's words, for whoever runs it elsewhere than in tmux: ${console_words[@]}
console_command() {
    local environment
    mapfile -t environment < <(screen_environment)
    console_words=(env "${environment[@]}" "${davit_words[@]}"
        --docker "${SOCKET:-$LAB_DIR/docker/s}" --state-dir "$STATE" "$@")
}

# screen_open [OPTIONS OF DAVIT]: at $SIZE, else 80x24. With `local prefix=(…)` another program
# around it. Its pid is $console, its engine's $engine.
screen_open() {
    local size=${SIZE:-80x24}
    console_command "$@"
    command tmux -L "${SCREEN:-screen}" -f /dev/null start-server \; set -g remain-on-exit on \; \
        set -g status off \; \
        new-session -d -x "${size%x*}" -y "${size#*x}" -c "$SUITE_DIR" \
        -- "${prefix[@]}" "${console_words[@]}" 3>&- 4>&-
    shows "┌ 1 Containers"
    console=$(tmux display-message -p '#{pane_pid}')
    engine=$(pgrep -P "$console" | head -n 1)
}

# Ends the whole screen, whatever is on it.
screen_close() {
    local server
    server=$(tmux display-message -p '#{pid}' 2>/dev/null) || return 0
    tmux kill-server
    until_true 20 is_gone "$server"
    [[ -z ${engine:-} ]] || until_true 30 is_gone "$engine"
    [[ -z ${console:-} ]] || until_true 30 is_gone "$console"
}

# Quits by its key and looks how it ended.
screen_quit() {
    keys q
    ended_with "${1:-0}"
    until_true 30 is_gone "$engine"
}

ended_with() {
    local status
    if ! until_true 20 has_ended; then
        fail "it has not ended:" "$(head -n 3 "/proc/$console/status")" "$(screen)"
        return 1
    fi
    status=$(exit_status)
    [[ $status == "$1" ]] || fail "the console ended with $status, not $1" "$(screen)"
    no_reports
}

has_ended() { [[ -n $(exit_status) ]]; }

# tmux does not always wait for what ran in it; then the kernel still has the status. A signal is
# its number, as for wait(2).
exit_status() {
    local status fields
    status=$(tmux display-message -p '#{pane_dead_status}#{pane_dead_signal}')
    if [[ -z $status ]] && read -ra fields 2>/dev/null <"/proc/$console/stat" &&
        [[ ${fields[2]} == Z ]]; then
        status=$((fields[51] >> 8 ? fields[51] >> 8 : fields[51] & 127))
    fi
    printf '%s\n' "$status"
}

no_reports() {
    local file
    for file in "$REPORTS"/*; do
        [[ ! -e $file ]] || fail "a sanitizer's report:" "$(head -n 40 "$file")" || return
    done
}

# --- looking --------------------------------------------------------------------------------------

screen() { tmux capture-pane -p; }
screen_dump() { fail "the screen:" "$(screen)"; }
screen_has() { [[ $(screen) == *"$1"* ]]; }
screen_lacks() { [[ $(screen) != *"$1"* ]]; }

# shows TEXT [SECONDS]: it stands on the screen, or will soon.
shows() {
    if ! until_true "${2:-20}" screen_has "$1"; then
        fail "not on the screen: $1" "$(screen)"
    fi
}

shows_not() {
    if ! until_true "${2:-20}" screen_lacks "$1"; then
        fail "still on the screen: $1" "$(screen)"
    fi
}

# --- pressing -------------------------------------------------------------------------------------

# An Escape waits whether a sequence follows: wait for what it did before the next key.
keys() { tmux send-keys "$@"; }
types() { tmux send-keys -l -- "$1"; }

# The line of the screen, from 1, on which the first row with a text stands.
row_of() { screen | awk -v text="$1" '/^│/ && index($0, text) { print NR; exit }'; }

# Selects a container by its name, with as many steps as it is away.
select_container() {
    local steps
    keys 1
    shows " $1 "
    shows ▌
    steps=$(($(row_of " $1 ") - $(row_of ▌)))
    if ((steps != 0)); then
        keys -N "${steps#-}" "$( ((steps > 0)) && echo Down || echo Up)"
    fi
    shows "▌ $1"
}

# fill_in SOURCE TARGET: the attach page of what is selected, up to its plan.
fill_in() {
    keys a
    shows "┌ Attach a filesystem"
    types "$1"
    keys Enter
    types "$2"
    keys Enter Enter
    shows "├ > Plan"
    shows "Inside:"
}
