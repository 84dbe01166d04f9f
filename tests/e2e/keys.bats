#!/usr/bin/env bats
# 10,000 random keys on live containers, in either case without any change: what looks and moves
# never mounts. KEYS_SEED=N repeats a run; a test that fails prints its seed.

load lab
load screen

web=$(named web)
other=$(named other)

setup_file() {
    export BATS_TEST_TIMEOUT=300
    lab_begin
    screen_begin
    container "$(named web)"
    container "$(named other)"
    ends_at_once "$(named web)" "$(named other)"
    mkdir -p "$SUITE_DIR/desk" # where a console that is told to save something does it
    chmod 1777 "$SUITE_DIR/desk"
    # An Esc that is waited for every time would be most of the time.
    echo '{"esc_ms": 5}' >"$SUITE_DIR/config.json"
}

# A shell that is entered is back before it has read a key.
ends_at_once() {
    local name
    for name in "$@"; do
        docker exec "$name" sh -c 'printf "#!/bin/true\n" >/bin/new && chmod 755 /bin/new &&
            exec mv /bin/new /bin/sh'
    done
}

teardown_file() {
    lab_end
}

setup() {
    STATE=$STATE-$BATS_TEST_NUMBER
}

# press COUNT KEYS_OPTIONS -- DAVIT_OPTIONS: the log of $SUITE_DIR has the seed in any case.
press() {
    local count=$1 seed=${KEYS_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')} options=()
    shift
    while [[ $1 != -- ]]; do
        options+=("$1")
        shift
    done
    shift
    console_command --config "$SUITE_DIR/config.json" "$@"
    echo "seed $seed"
    cd "$SUITE_DIR/desk"
    "$LAB_TOOLS/keys" "${options[@]}" -e 5 -w /usr -w /mnt/new -w /srv -w /tmp/ \
        -w "$web" "$seed" "$count" "${console_words[@]}" 3>&- 4>&-
    no_reports
}

nothing_changed() {
    assert_tables_unchanged "$web" "$other"
    [[ $(<"$STATE/journal") == "$journal" ]]
}

# There is something to detach, to undo and to be in the way.
prepare() {
    davit_exits 0 attach --ro "$SOURCE" "$web:/mnt/kept"
    davit_exits 0 attach --rw "$SOURCE" "$web:/srv" "$other:/mnt/kept"
    journal=$(<"$STATE/journal")
    snapshot_tables "$web" "$other"
}

restore() {
    davit_exits 0 detach "$web:/mnt/kept" "$web:/srv" "$other:/mnt/kept"
}

@test "10,000 keys, and none that confirms a change: nothing is changed" {
    prepare
    press 10000 --
    nothing_changed
    restore
}

@test "10,000 keys, those that confirm too, with --readonly: nothing is changed" {
    prepare
    press 10000 -a -- --readonly
    nothing_changed
    restore
}
