#!/usr/bin/env bats
# What is attached is swapped, and replaced by the same source: without a gap where the kernel can,
# whole or not at all when it is killed.

load lab

web=$(named web)
api=$(named api)
target=/srv/swapped/here

setup_file() {
    export BATS_TEST_TIMEOUT=600
    lab_begin
    mkdir -p "$SUITE_DIR/next" "$SUITE_DIR/server"
    echo "the next one" >"$SUITE_DIR/next/file"
    container "$(named web)"
    container "$(named api)"
    cp "$LAB_TOOLS/absences" "/proc/$(pid_of "$(named web)")/root/absences"
}

teardown_file() {
    lab_end
}

setup() {
    NEXT=$SUITE_DIR/next
    SERVER=$SUITE_DIR/server
    STATE=$STATE-$BATS_TEST_NUMBER
    fresh_state
    server='' reader=''
    snapshot_tables "$web" "$api"
    box=pid:$(pid_of "$web")
}

teardown() {
    [[ -z $reader ]] || kill -TERM "$reader" 2>/dev/null || true
    [[ -z $server ]] || stop_server
}

fresh_state() {
    rm -rf "$STATE"
    mkdir "$STATE"
    chmod 0700 "$STATE"
    : >"$STATE/journal"
    : >"$STATE/lock"
    chmod 0600 "$STATE/journal" "$STATE/lock"
}

has_beneath() { [[ $DAVIT_PASS == plain ]]; }

@test "another source takes the place; the mount point that was made stays until the detach" {
    davit_exits 0 attach "$SOURCE" "$web:$target"
    davit_exits 0 replace --dry-run --ro "$NEXT" "$web:$target"
    says "$(has_beneath && echo MOVE_MOUNT_BENEATH || echo 'for a moment nothing is attached there')"
    assert_attached "$web" "$target" rw,nosuid,nodev "$SOURCE"
    davit_exits 0 replace --ro "$NEXT" "$web:$target" --json
    json '.results[0] | .ok and .verified and .read_only and .method == "tree"'
    assert_attached "$web" "$target" ro,nosuid,nodev "$NEXT"
    davit_exits 0 status --json
    json '[.attachments[] | [.source, .state]] | sort == ([[$next, "live"], [$source, "gone"]] | sort)' \
        --arg next "$NEXT" --arg source "$SOURCE"
    davit_exits 0 events --json
    json '[.events[] | [.operation, .result]] ==
        [["attach", "ok"], ["attach", "replaced"], ["replace", "ok"]]'
    davit_exits 0 detach "$web:$target"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /srv/swapped
}

@test "undone by the old source, in the same place" {
    davit_exits 0 attach --ro "$SOURCE" "$web:$target"
    davit_exits 0 replace "$NEXT" "$web:$target"
    davit_exits 0 undo --yes
    assert_attached "$web" "$target" ro,nosuid,nodev "$SOURCE"
    davit_exits 0 undo --yes
    assert_attached "$web" "$target" rw,nosuid,nodev "$NEXT"
    davit_exits 0 detach "$web:$target"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /srv/swapped
}

@test "what is not davit's, or covered, is not replaced" {
    davit_refuses 3 not-attached replace "$NEXT" "$web:/mnt"
    davit_refuses 3 not-attached replace "$NEXT" "$web:/srv/absent"
    says "davit attach"
    davit_exits 0 attach "$SOURCE" "$web:$target"
    inside "$web" mount -t tmpfs over "$target"
    davit_refuses 3 not-attached replace "$NEXT" "$web:$target"
    inside "$web" umount "$target"
    davit_refuses 3 no-path replace "$SUITE_DIR/absent" "$web:$target"
    davit_refuses 6 wrong-type replace "$NEXT/file" "$web:$target"
    assert_attached "$web" "$target" rw,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$web:$target"
    assert_tables_unchanged "$web"
}

@test "who reads there all the time never finds nothing" {
    local i seen job
    davit_exits 0 attach "$SOURCE" "$web:$target"
    nsenter --target "$(pid_of "$web")" --mount --root -- /absences "$target/file" \
        >"$SUITE_DIR/reader" 3>&- 4>&- &
    job=$!
    until_true 20 test -s "$SUITE_DIR/reader"
    read -r _ reader <"$SUITE_DIR/reader"
    for ((i = 0; i < 10; i++)); do
        davit_exits 0 replace "$NEXT" "$web:$target"
        davit_exits 0 replace "$SOURCE" "$web:$target"
    done
    kill -TERM "$reader"
    wait "$job"
    reader=
    seen=$(tail -n 1 "$SUITE_DIR/reader")
    echo "# $seen" >&3
    [[ $seen =~ ^([0-9]+)' looks, '([0-9]+)' absences'$ ]]
    ((BASH_REMATCH[1] > 10000))
    if has_beneath; then
        ((BASH_REMATCH[2] == 0)) || fail "$seen"
    fi
    assert_attached "$web" "$target" rw,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$web:$target"
    assert_tables_unchanged "$web"
}

@test "who holds the old one goes on with it, and is named; it lingers until then" {
    local holder
    davit_exits 0 attach "$SOURCE" "$web:$target"
    nsenter --target "$(pid_of "$web")" --mount --root -- /bin/sh -c \
        "exec 8<$target/file; exec /bin/sleep 1000000" 3>&- 4>&- &
    holder=$!
    until_true 20 test -e "/proc/$holder/fd/8"
    davit_exits 0 replace "$NEXT" "$web:$target" --json
    assert_attached "$web" "$target" rw,nosuid,nodev "$NEXT"
    [[ $(<"/proc/$holder/fd/8") == "from the host" ]]
    json '.results[0].warnings | any(test("still in use"))'
    davit_exits 0 status --json
    json '[.attachments[] | select(.source == $source) | .state] == ["lingering"]' --arg source "$SOURCE"
    kill "$holder"
    wait "$holder" || true
    davit_exits 0 status --json
    json '[.attachments[] | select(.source == $source) | .state] == ["gone"]' --arg source "$SOURCE"
    davit_exits 0 detach "$web:$target"
    assert_tables_unchanged "$web"
}

@test "a tree with its submounts by a directory and back, and a file by a file" {
    mkdir -p "$NEXT/sub"
    mount -t tmpfs below "$NEXT/sub"
    snapshot_tables "$web"
    davit_exits 0 attach -R "$NEXT" "$web:$target"
    davit_exits 0 replace "$SOURCE" "$web:$target"
    assert_attached "$web" "$target" rw,nosuid,nodev "$SOURCE"
    davit_exits 0 replace -R "$NEXT" "$web:$target"
    assert_container_mounts "$web" "$target" rw,nosuid,nodev "$NEXT" \
        "$target/sub" rw,nosuid,nodev "$NEXT/sub"
    assert_host_unchanged
    davit_exits 0 detach "$web:$target"
    assert_tables_unchanged "$web"
    umount "$NEXT/sub"
    rmdir "$NEXT/sub"
    snapshot_tables "$web"
    davit_exits 0 attach "$SOURCE/file" "$web:$target"
    davit_exits 0 replace --ro "$NEXT/file" "$web:$target"
    assert_attached "$web" "$target" ro,nosuid,nodev "$NEXT/file"
    davit_exits 0 detach "$web:$target"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /srv/swapped
}

# --- refresh ------------------------------------------------------------------------------------

serve() {
    "$LAB_TOOLS/fuse" "$SERVER" >"$SUITE_DIR/server.ready" 3>&- 4>&-
    read -r _ server <"$SUITE_DIR/server.ready"
}

# As a server that crashes; then mounted anew at the same path.
crash_and_serve() {
    stop_process "$server" KILL
    server=
    run inside "$web" cat "$target/f"
    [[ $status -ne 0 ]]
    umount -l "$SERVER"
    serve
    snapshot_tables
}

stop_server() {
    stop_process "$server"
    server=
}

@test "a server that came back: refreshed by its path in two containers, and what is stale" {
    serve
    davit_exits 0 attach --ro "$SERVER" "$web:$target" "$api:/mnt/it"
    davit_exits 0 attach "$SOURCE" "$web:/mnt/other"
    [[ $(inside "$web" cat "$target/f") == fuse ]]
    crash_and_serve
    davit_exits 0 refresh --dry-run --stale --json
    json '[.plans[] | .target] | sort == ["/mnt/it", $target]' --arg target "$target"
    run inside "$web" cat "$target/f"
    [[ $status -ne 0 ]]
    davit_exits 0 refresh "$SERVER" --json
    json '[.results[] | .ok and .verified and .read_only] == [true, true]'
    [[ $(inside "$web" cat "$target/f") == fuse && $(inside "$api" cat /mnt/it/f) == fuse ]]
    assert_container_mounts "$api" /mnt/it ro,nosuid,nodev "$SERVER"
    assert_host_unchanged
    davit_exits 0 status --json
    json '[.attachments[] | select(.state == "live" and .source == $server) | .container] | sort
        == ([$web, $api] | sort)' --arg server "$SERVER" --arg web "$web" --arg api "$api"
    # Nothing is stale now; and the same by --stale and by the target.
    davit_exits 0 refresh --stale --json
    json '.results == []'
    davit_exits 0 refresh "$web:$target"
    davit_exits 3 refresh "$web:/mnt/absent"
    crash_and_serve
    davit_exits 0 refresh --stale
    [[ $(inside "$web" cat "$target/f") == fuse && $(inside "$api" cat /mnt/it/f) == fuse ]]
    davit_exits 0 detach "$web:$target" "$api:/mnt/it" "$web:/mnt/other"
    assert_tables_unchanged "$web" "$api"
    stop_server
}

# --- killed -------------------------------------------------------------------------------------

state() {
    printf '%s\n' "$(<"/proc/$(pid_of "$web")/mountinfo")" "$(<"$STATE/journal")" "$(<"$STATE/lock")"
}

begin_again() {
    davit detach "$box:$target" >/dev/null 2>&1 || true
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /srv/swapped
    fresh_state
    davit_exits 0 attach "$SOURCE" "$box:$target"
}

# What the next davit finds: one of the two, whole, and the journal says which.
one_of_two() {
    local pid
    pid=$(pid_of "$web")
    davit_exits 0 status --json || fail "$1"
    if [[ $(<"/proc/$pid/root$target/file") == "the next one" ]]; then
        json '[.attachments[] | select(.state == "live") | .source] == [$next]' --arg next "$NEXT" || fail "$1"
        assert_attached "$web" "$target" ro,nosuid,nodev "$NEXT" || fail "$1"
        replaced=$((replaced + 1))
    else
        json '[.attachments[] | select(.state == "live") | .source] == [$source]' \
            --arg source "$SOURCE" || fail "$1"
        assert_attached "$web" "$target" rw,nosuid,nodev "$SOURCE" || fail "$1"
        kept=$((kept + 1))
    fi
    json 'all(.attachments[]; .state == "live" or .state == "gone" or .state == "lingering")' || fail "$1"
}

# killed_at_each FILTER: SIGKILL at each call of a replace that does not only look, of all its processes or of its helpers.
killed_at_each() {
    local n total before wrap replaced=0 kept=0 untouched=0
    davit_exits 0 attach "$SOURCE" "$box:$target"
    wrap=("$LAB_TOOLS/killat" --acts --trace "$@" -o "$SUITE_DIR/calls")
    davit_exits 0 replace --ro "$NEXT" "$box:$target"
    wrap=()
    total=$(sed -n 's/^ended 0 after \([0-9]*\) calls$/\1/p' "$SUITE_DIR/calls")
    begin_again
    before=$(state)
    for ((n = 1; n <= total; n++)); do
        wrap=("$LAB_TOOLS/killat" --acts "$@" -o "$SUITE_DIR/killed" "$n")
        davit replace --ro "$NEXT" "$box:$target" >"$SUITE_DIR/out" 2>&1 || true
        wrap=()
        if [[ $(state) == "$before" ]]; then
            untouched=$((untouched + 1))
            continue
        fi
        one_of_two "killed at $n of $total: $(<"$SUITE_DIR/killed"): $(<"$SUITE_DIR/out")"
        begin_again
        before=$(state)
    done
    begin_again
    davit_exits 0 detach "$box:$target"
    assert_tables_unchanged "$web"
    echo "# $total calls: $untouched changed nothing, $kept kept the old one, $replaced replaced" >&3
    ((untouched + kept > 0 && replaced > 0))
}

@test "killed at each call of a replace: one of the two is there, whole" {
    killed_at_each
}

@test "a helper of davit killed at each of its calls" {
    killed_at_each --helpers-only
}
