#!/usr/bin/env bats
# SIGKILL at each system call of an attach, of a detach and of the recovery from either: it is
# complete, or the next davit restores what was before. The list of calls is a trace of the same;
# those that only look are left out (killat --acts), for a kill before and after them is the same.

load lab

web=$(named web)
target=/srv/killed/here

setup_file() {
    export BATS_TEST_TIMEOUT=600
    lab_begin
    container "$(named web)"
}

teardown_file() {
    lab_end
}

# An empty journal. Only when nothing is attached: with every killed davit the journal grows, and
# with it the time that each look at it takes.
fresh_state() {
    rm -rf "$STATE"
    mkdir "$STATE"
    chmod 0700 "$STATE"
    : >"$STATE/journal"
    : >"$STATE/lock"
    chmod 0600 "$STATE/journal" "$STATE/lock"
}

setup() {
    STATE=$STATE-$BATS_TEST_NUMBER
    fresh_state
    snapshot_tables "$web"
    # By pid: to look for a name means to look at every process, hundreds of calls that change
    # nothing.
    box=pid:$(pid_of "$web")
}

# calls VERB ARGS…: how many system calls davit makes for it (it is performed).
calls() {
    local wrap=("$LAB_TOOLS/killat" --acts --trace -o "$SUITE_DIR/calls")
    davit_exits 0 "$@"
    sed -n 's/^ended 0 after \([0-9]*\) calls$/\1/p' "$SUITE_DIR/calls"
}

# killed_at N VERB ARGS…: false when it ended before its N-th call.
killed_at() {
    local wrap=("$LAB_TOOLS/killat" --acts -o "$SUITE_DIR/killed" "$1")
    shift
    davit "$@" >"$SUITE_DIR/out" 2>&1 || true
    [[ $(<"$SUITE_DIR/killed") == killed* ]]
}

# Everything that a davit could have changed, so that a kill before the first change costs little.
state() {
    local pid
    pid=$(pid_of "$web")
    [[ ! -e /proc/$pid/root$target ]] || echo target
    [[ ! -e /proc/$pid/root${target%/*} ]] || echo parent
    printf '%s\n' "$(<"/proc/$pid/mountinfo")" "$(<"$STATE/journal")" "$(<"$STATE/lock")"
}

is_live() {
    davit_exits 0 status --json
    jq -e 'any(.attachments[]; .state == "live")' <<<"$out" >/dev/null
}

assert_clean() {
    local left
    assert_tables_unchanged "$web" && assert_absent_inside "$web" /srv/killed || return
    left=$(inside "$web" find /srv -name '.davit-*')
    [[ -z $left ]] || fail "left: $left"
}

# What the next davit finds and does. Prints `complete` or `restored`.
next_davit() {
    local at
    at="$1, $(<"$SUITE_DIR/killed")"
    davit_exits 0 status --json || fail "$at"
    if [[ $(<"/proc/$(pid_of "$web")/mountinfo") == "${container_before[$web]}" ]]; then
        json 'all(.attachments[]; .state == "gone")' || fail "$at"
        assert_clean || fail "$at"
        outcome=restored
    else
        json '[.attachments[].state | select(. != "gone")] == ["live"]' || fail "$at"
        assert_attached "$web" "$target" ro,nosuid,nodev "$SOURCE" || fail "$at"
        outcome=complete
    fi
}

@test "killed at each call of an attach" {
    local n total complete=0 restored=0 untouched=0 outcome before
    total=$(calls attach --ro "$SOURCE" "$box:$target")
    davit_exits 0 detach "$box:$target"
    : >"$SUITE_DIR/restored-at"
    before=$(state)
    for ((n = 1; n < total + 20; n++)); do
        killed_at "$n" attach --ro "$SOURCE" "$box:$target" || break
        if [[ $(state) == "$before" ]]; then
            untouched=$((untouched + 1))
            continue
        fi
        next_davit "attach killed at $n"
        if [[ $outcome == complete ]]; then
            complete=$((complete + 1))
            davit_exits 0 detach "$box:$target"
            assert_clean
        else
            restored=$((restored + 1))
            echo "$n" >>"$SUITE_DIR/restored-at"
        fi
        fresh_state
        before=$(state)
    done
    # One that ended before its kill is a whole attach.
    if is_live; then
        davit_exits 0 detach "$box:$target"
    fi
    assert_clean
    echo "# $total calls: $untouched changed nothing, $restored restored, $complete complete" >&3
    ((restored > 0 && complete > 0 && untouched > 0))
}

@test "killed at each call of a detach" {
    local n total attached=0 detached=0 untouched=0 outcome before
    davit_exits 0 attach --ro "$SOURCE" "$box:$target"
    total=$(calls detach "$box:$target")
    before='' outcome=restored
    for ((n = 1; n < total + 20; n++)); do
        if [[ -z $before ]]; then
            [[ $outcome == complete ]] || davit_exits 0 attach --ro "$SOURCE" "$box:$target"
            before=$(state)
        fi
        killed_at "$n" detach "$box:$target" || break
        if [[ $(state) == "$before" ]]; then
            untouched=$((untouched + 1))
            continue
        fi
        next_davit "detach killed at $n"
        before=
        if [[ $outcome == complete ]]; then
            attached=$((attached + 1))
        else
            detached=$((detached + 1))
            fresh_state
        fi
    done
    davit detach "$box:$target" >/dev/null 2>&1 || true
    assert_clean
    echo "# $total calls: $untouched changed nothing, $attached still attached, $detached detached" >&3
    ((untouched > 0 && detached > 0))
}

is_mounted() { [[ $(<"/proc/$(pid_of "$web")/mountinfo") != "${container_before[$web]}" ]]; }

# An attach that was killed where something has to be restored: there, or near by, for where exactly
# differs a little from run to run, as helpers run beside.
killed_attach() {
    local spot beside
    for beside in 0 -1 1 -2 2 -3 3 -4 4; do
        spot=$(($1 + beside))
        if ! killed_at "$spot" attach --ro "$SOURCE" "$box:$target" || is_mounted; then
            # It was over before, or mounted: then the next davit makes it whole or takes it back.
            if is_live; then
                davit_exits 0 detach "$box:$target"
            fi
            clean=$(state)
        elif [[ $(state) != "$clean" ]]; then
            return
        fi
    done
    fail "an attach killed around $1 changes nothing"
}

@test "killed at each call of the recovery of a killed attach" {
    local eighth at n total outcome before clean tries=0 spots=()
    clean=$(state)
    mapfile -t spots <"$SUITE_DIR/restored-at"
    ((${#spots[@]} >= 8))
    for eighth in 1 2 3 4 5 6 7; do
        at=${spots[${#spots[@]} * eighth / 8]}
        killed_attach "$at"
        total=$(calls status)
        before=
        for ((n = 1; n < total + 20; n++)); do
            if [[ -z $before ]]; then
                clean=$(state)
                killed_attach "$at"
                before=$(state)
            fi
            killed_at "$n" status || break
            tries=$((tries + 1))
            if [[ $(state) == "$before" ]]; then
                continue
            fi
            next_davit "attach killed at $at, its recovery at $n"
            before=
            if [[ $outcome == complete ]]; then
                davit_exits 0 detach "$box:$target"
            fi
            fresh_state
        done
        if is_live; then
            davit_exits 0 detach "$box:$target"
        fi
        assert_clean
        clean=$(state)
    done
    echo "# killed $tries times" >&3
    ((tries > 30))
}

@test "a helper of davit killed at each of its calls: davit itself ends well" {
    local n total outcome status wrap before complete=0 restored=0
    wrap=("$LAB_TOOLS/killat" --acts --trace --helpers-only -o "$SUITE_DIR/calls")
    davit_exits 0 attach --ro "$SOURCE" "$box:$target"
    wrap=()
    davit_exits 0 detach "$box:$target"
    total=$(sed -n 's/^ended 0 after \([0-9]*\) calls$/\1/p' "$SUITE_DIR/calls")
    for ((n = 1; n <= total; n++)); do
        wrap=("$LAB_TOOLS/killat" --acts --helpers-only -o "$SUITE_DIR/killed" "$n")
        davit attach --ro "$SOURCE" "$box:$target" >"$SUITE_DIR/out" 2>&1 || true
        wrap=()
        next_davit "helper killed at $n: $(<"$SUITE_DIR/out")"
        if [[ $outcome == complete ]]; then
            complete=$((complete + 1))
            davit_exits 0 detach "$box:$target"
            assert_clean
        else
            restored=$((restored + 1))
        fi
        fresh_state
    done
    echo "# $total calls of helpers: $restored restored, $complete complete" >&3
    ((total > 0 && restored > 0))
}

@test "killed in the middle: ps, mounts and the next attach recover as well" {
    local at verb clean spots=()
    mapfile -t spots <"$SUITE_DIR/restored-at"
    at=${spots[${#spots[@]} / 2]}
    for verb in "ps" "mounts $web" "doctor" "attach $SOURCE $box:/mnt/next"; do
        clean=$(state)
        killed_attach "$at"
        # shellcheck disable=SC2086 # a verb with its arguments
        davit_exits 0 $verb
        assert_absent_inside "$web" /srv/killed
    done
    davit_exits 0 detach "$box:/mnt/next"
    assert_clean
}
