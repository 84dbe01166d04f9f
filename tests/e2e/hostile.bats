#!/usr/bin/env bats
# A container that exchanges every component of the target for links, loops and files while davit
# resolves it, over and over. DAVIT_ROUNDS sets how often.

load lab

web=$(named web)

setup_file() {
    export BATS_TEST_TIMEOUT=300
    lab_begin
    container "$(named web)" --cap-add SYS_ADMIN --security-opt seccomp=unconfined
    cp "$LAB_TOOLS/swap" "/proc/$(pid_of "$(named web)")/root/swap"
}

teardown_file() {
    lab_end
}

setup() {
    snapshot_tables "$web"
    # By pid is the fastest, and speed is what the race is about.
    box=pid:$(pid_of "$web")
    swapper=
}

teardown() {
    [[ -z ${swapper:-} ]] || stop_process "$swapper" KILL
}

rounds() { printf '%s\n' "${DAVIT_ROUNDS:-$([[ $DAVIT_PASS == plain ]] && echo 300 || echo 100)}"; }

# start_swapper COMPONENT…: of /srv/play/a/b/c. With all of them the path is hardly ever right; with
# one it is every other time, and most attaches begin well.
start_swapper() {
    inside "$web" mkdir -p /srv/play/a/b/c
    nsenter --target "$(pid_of "$web")" --mount --root /swap /srv/play "$@" \
        >"$SUITE_DIR/swapped" 3>&- &
    swapper=$!
    until_true 20 grep -q ready "$SUITE_DIR/swapped"
}

stop_swapper() {
    stop_process "$swapper"
    swapper=
    grep -Eq '^swapped [1-9][0-9]{2,} ' "$SUITE_DIR/swapped" ||
        fail "hardly anything was swapped: $(<"$SUITE_DIR/swapped")"
}

# Whatever is still attached, wherever the swapping has brought it.
take_back_all() {
    local line point
    while read -r line; do
        [[ -n $line ]] || continue
        point=${line%% *}
        davit detach "$box:$point" >"$SUITE_DIR/round" 2>&1 || true
        # Before unique ids the path is part of a mount's identity: what the container has renamed
        # since is not davit's to take away.
        if [[ $DAVIT_PASS == old ]]; then
            nsenter --target "$(pid_of "$web")" --mount -- umount "$point" 2>/dev/null || true
        fi
    done <<<"$(new_mounts "$web" 2>/dev/null | tac)"
}

# Nothing of davit's is left anywhere in the container or on the host.
assert_nothing_left() {
    local left
    assert_tables_unchanged "$web"
    left=$(inside "$web" find / -xdev -name '.davit-*')
    [[ -z $left ]] || fail "left in the container: $left"
    [[ ! -e /srv/play && ! -e /etc/b && ! -e /root/b ]]
    davit_exits 0 status --json
    json 'all(.attachments[]; .state == "gone")'
}

# attack TARGET OPTIONS…: attach and detach, round after round. The swapper is faster than any
# davit, so nearly every attach is refused or taken back; in each third round it is halted for the
# attach, and the detach has a mount to find among what is swapped.
attack() {
    local target=$1 round status done_rounds=0 total
    local -A tally=()
    local inside_pid
    inside_pid=$(pid_of "$web")
    shift
    total=$(rounds)
    for ((round = 0; round < total; round++)); do
        status=0
        ((round % 3)) || kill -STOP "$swapper"
        davit attach "$@" "$box:$target" >"$SUITE_DIR/round" 2>&1 || status=$?
        ((round % 3)) || kill -CONT "$swapper"
        tally[$status]=$((${tally[$status]:-0} + 1))
        case $status in
        0)
            done_rounds=$((done_rounds + 1))
            davit detach "$box:$target" >"$SUITE_DIR/round" 2>&1 || status=$?
            ;;
        esac
        # Refused as unsafe, not there, wrong type, gone; never a crash, never "all is well" for
        # something that was not verified.
        case $status in
        0 | 1 | 3 | 4 | 6 | 8) ;;
        *) fail "round $round: exit code $status" "$(<"$SUITE_DIR/round")" ;;
        esac
        [[ $(</proc/self/mountinfo) == "$host_before" ]] || assert_host_unchanged
        # What could not be detached by its path, for that leads elsewhere by now, is in the way.
        if [[ $status -ne 0 && $(<"/proc/$inside_pid/mountinfo") != "${container_before[$web]}" ]]; then
            kill -STOP "$swapper"
            take_back_all
            kill -CONT "$swapper"
        fi
    done
    stop_swapper
    take_back_all
    assert_tables_unchanged "$web" || fail "the last answer: $(<"$SUITE_DIR/round")"
    inside "$web" rm -r /srv/play
    assert_nothing_left
    echo "# attached in $done_rounds of $total rounds; exit codes" \
        "$(for status in "${!tally[@]}"; do printf '%s: %s times, ' "$status" "${tally[$status]}"; done)" >&3
    ((done_rounds > total / 20)) || fail "hardly an attach got through"
}

@test "an existing target, one component of its path is swapped" {
    start_swapper a
    attack /srv/play/a/b/c "$SOURCE"
}

@test "a target that has to be made below two components that are swapped" {
    start_swapper a b
    attack /srv/play/a/b/c/new/dir --ro "$SOURCE"
}

@test "a file onto a path of which every component is swapped" {
    start_swapper a b c
    attack /srv/play/a/b/c/target --ro "$SOURCE/file"
}

target_is_there() { [[ -e /proc/$(pid_of "$web")/root$1 ]]; }

# The kernel moves a mount on top of what covers its place: onto a mount that nobody has judged.
@test "the target is covered by another mount just before the move: taken back" {
    local wrap=(strace --follow-forks --output "$SUITE_DIR/trace" --trace=move_mount
        --inject=move_mount:delay_enter=2000000:when=1) davit_pid status=0
    davit attach "$SOURCE" "$box:/srv/cover" >"$SUITE_DIR/round" 2>&1 3>&- &
    davit_pid=$!
    until_true 30 target_is_there /srv/cover
    inside "$web" mount -t tmpfs cover /srv/cover
    wait "$davit_pid" || status=$?
    [[ $status -eq 8 && $(<"$SUITE_DIR/round") == *"another one than was looked at"* ]] ||
        fail "exit code $status: $(<"$SUITE_DIR/round")"
    [[ $(new_mounts "$web") == "/srv/cover rw"* && $(new_mounts "$web" | wc -l) -eq 1 ]]
    inside "$web" umount /srv/cover
    # It was in use when it should have been removed.
    inside "$web" rmdir /srv/cover
    wrap=()
    assert_nothing_left
}

is_mounted_inside() { new_mounts "$web" | grep -q "^$1 "; }

# attach_and_cover TARGET: in the background, its pid in $davit_pid; covered as soon as it is in.
attach_and_cover() {
    local wrap=(strace --follow-forks --output "$SUITE_DIR/trace" --trace=move_mount
        --inject=move_mount:delay_exit=2000000:when=1)
    davit attach "$SOURCE" "$box:$1" >"$SUITE_DIR/round" 2>&1 3>&- &
    davit_pid=$!
    until_true 30 is_mounted_inside "$1"
    inside "$web" mount -t tmpfs cover "$1"
}

# By its handle the kernel takes away what lies on top.
@test "the mount is covered once it is in: it is what is taken back, and not the cover alone" {
    local davit_pid status=0
    attach_and_cover /srv/late
    wait "$davit_pid" || status=$?
    [[ $status -eq 8 && $(<"$SUITE_DIR/round") == *"another mount than the one"* ]] ||
        fail "exit code $status: $(<"$SUITE_DIR/round")"
    assert_nothing_left
}

@test "the same, and davit is killed: not taken back is not said to be" {
    local davit_pid
    attach_and_cover /srv/late
    stop_process "$(pgrep --oldest --exact davit)" KILL
    wait "$davit_pid" || true
    davit_exits 0 status --json
    json '[.attachments[] | select(.state == "intent")] | length == 1'
    [[ $err == *"cannot be taken back"* ]] || fail "$err"
    is_mounted_inside /srv/late
    inside "$web" umount /srv/late
    davit_exits 0 status
    [[ $err == *"was interrupted: taken back"* ]] || fail "$err"
    assert_nothing_left
}

@test "looking at swapped paths never leaves the container" {
    local round
    echo "the host's own secret" >"$SUITE_DIR/secret"
    start_swapper a b
    for ((round = 0; round < 100; round++)); do
        davit ls "$box:/srv/play/a/b" --json >"$SUITE_DIR/round" 2>&1 || true
        [[ $(<"$SUITE_DIR/round") != *davit-tests* ]]
    done
    stop_swapper
    inside "$web" rm -r /srv/play
    assert_nothing_left
}
