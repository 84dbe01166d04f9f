#!/usr/bin/env bats
# What davit remembers: status and events, a journal that is torn, damaged, foreign or has no room,
# and two davits at once.

load lab

web=$(named web)

setup_file() {
    lab_begin
    container "$(named web)"
}

teardown_file() {
    lab_end
}

# Each test has a journal of its own.
setup() {
    STATE=$STATE-$BATS_TEST_NUMBER
    snapshot_tables "$web"
}

journal() { printf '%s\n' "$STATE/journal"; }

@test "status shows what is attached, since when and by whom" {
    davit_exits 0 status --json
    json '.attachments == []'
    davit_exits 0 attach --ro "$SOURCE" "$web:/mnt/status"
    davit_exits 0 status --json
    json '.attachments | length == 1 and (.[0] | .state == "live" and .container == $web
        and .target == "/mnt/status" and .source == $source and (.by | length > 0)
        and .mount_id > 0)' --arg web "$web" --arg source "$SOURCE"
    davit_exits 0 status
    says /mnt/status
    says "$web"
    davit_exits 0 detach "$web:/mnt/status"
    davit_exits 0 status --json
    json 'all(.attachments[]; .state == "gone")'
    assert_tables_unchanged "$web"
}

# remounted MOUNT-OPTIONS SHOWN: somebody inside changes the flags of /mnt/options; status says so.
remounted() {
    nsenter --target "$(pid_of "$web")" --mount --pid -- mount -o "remount,bind,$1" /mnt/options
    davit_exits 0 status --json
    json '.attachments | length == 1 and .[0].state == "live"
        and (.[0].options | join(",")) == $options' --arg options "$2"
    davit_exits 0 status
    says " $2 "
}

@test "status shows the options in force, not those that it was attached with" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/options"
    remounted ro,nosuid,nodev,noexec ro,nosuid,nodev,noexec
    # Where ids are reused, a mount with less than it was attached with is another one.
    [[ $DAVIT_PASS == old ]] || remounted rw,suid,dev,noexec rw,noexec
    remounted rw,nosuid,nodev,exec rw,nosuid,nodev
    davit_exits 0 detach "$web:/mnt/options"
    assert_tables_unchanged "$web"
}

@test "ps counts the attachments" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/count1" "$web:/mnt/count2"
    davit_exits 0 ps --json
    json '.containers[] | select(.name == $web) | .attached_count == 2' --arg web "$web"
    davit_exits 0 detach "$web:/mnt/count1" "$web:/mnt/count2"
    davit_exits 0 ps --json
    json '.containers[] | select(.name == $web) | .attached_count == 0' --arg web "$web"
    assert_tables_unchanged "$web"
}

@test "events tell the story in order, refusals too are no surprise" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/story"
    davit_exits 0 detach "$web:/mnt/story"
    davit_exits 0 events --json
    json '[.events[] | select(.target == "/mnt/story") | .operation] as $o
        | ($o | index("attach")) as $a | ($o | index("detach")) as $d
        | $a != null and $d != null and $a < $d'
    json '[.events[].at] | . == sort'
    davit_exits 0 events
    says /mnt/story
    assert_tables_unchanged "$web"
}

follow() {
    davit events --follow >"$SUITE_DIR/followed" 2>&1 3>&- &
    local follower=$!
    davit_exits 0 attach "$SOURCE" "$web:/mnt/follow"
    until_true 20 grep -q /mnt/follow "$SUITE_DIR/followed" || fail "$(<"$SUITE_DIR/followed")"
    kill -TERM "$follower"
    wait "$follower" || true
    davit_exits 0 detach "$web:/mnt/follow"
    assert_tables_unchanged "$web"
}

@test "events --follow shows a change as it happens" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/before"
    davit_exits 0 detach "$web:/mnt/before"
    follow
}

@test "events --follow before anything was ever attached" {
    follow
}

@test "only root may read it" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/mode"
    [[ $(stat -c %a "$STATE") == 700 ]]
    [[ $(stat -c %a "$(journal)") == 600 ]]
    davit_exits 0 detach "$web:/mnt/mode"
}

@test "a torn last line is normal: what is before it counts, what is written after it too" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/torn"
    printf '{"line":"intent","operation":"attach","id":"0123' >>"$(journal)"
    davit_exits 0 status --json
    json '.attachments | length == 1 and .[0].state == "live"'
    davit_exits 0 attach "$SOURCE" "$web:/mnt/after"
    davit_exits 0 status --json
    json '[.attachments[] | select(.state == "live") | .target] | sort == ["/mnt/after", "/mnt/torn"]'
    davit_exits 0 detach "$web:/mnt/torn" "$web:/mnt/after"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /mnt/torn
}

@test "damaged lines are skipped and named, the others count" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/damaged"
    {
        echo 'this is not JSON'
        echo '{"line":"intent"}'
        echo '[1,2,3]'
        echo '{"line":"done","id":42,"operation":["attach"]}'
        head -c 3000 /dev/zero | tr '\0' '['
        echo
        printf '\0\1\2\377\376\n'
        head -c 100000 /dev/zero | tr '\0' 'x'
        echo
    } >>"$(journal)"
    davit_exits 0 attach "$SOURCE" "$web:/mnt/healthy"
    davit_exits 0 status
    says /mnt/damaged
    says /mnt/healthy
    says journal
    davit_exits 0 status --json
    json '[.attachments[] | select(.state == "live") | .target] | sort
        == ["/mnt/damaged", "/mnt/healthy"]'
    davit_exits 0 events --json
    davit_exits 0 detach "$web:/mnt/damaged" "$web:/mnt/healthy"
    assert_tables_unchanged "$web"
}

@test "every truncation of the last lines is survived" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/cut"
    cp -a "$STATE" "$SUITE_DIR/whole"
    local size cut
    size=$(stat -c %s "$(journal)")
    for cut in 1 2 10 50 100 200 400 800; do
        ((cut < size)) || continue
        truncate -s "$((size - cut))" "$(journal)"
        davit_exits 0 status --json
        davit_exits 0 ps --json
        cp -a "$SUITE_DIR/whole/journal" "$(journal)"
    done
    cp -a "$SUITE_DIR"/whole/. "$STATE"
    davit detach "$web:/mnt/cut" || true
    # A journal without its end may have been taken back by one of the looks, never half.
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /mnt/cut
}

@test "a journal of another boot: nothing of it is live, nothing is touched" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/boot"
    cp -a "$(journal)" "$SUITE_DIR/this-boot"
    sed -i "s/$(</proc/sys/kernel/random/boot_id)/11111111-2222-3333-4444-555555555555/g" \
        "$(journal)"
    ! cmp -s "$(journal)" "$SUITE_DIR/this-boot" || fail "no boot id in the journal"
    davit_exits 0 status --json
    json 'all(.attachments[]; .state == "gone")'
    davit_exits 3 detach "$web:/mnt/boot"
    assert_container_mounts "$web" /mnt/boot rw,nosuid,nodev "$SOURCE"
    cp -a "$SUITE_DIR/this-boot" "$(journal)"
    davit_exits 0 detach "$web:/mnt/boot"
    assert_tables_unchanged "$web"
}

@test "a journal of another machine's davit, with ids that are taken here" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/foreign"
    local ours
    ours=$(new_mounts "$web")
    # The same mount id, another namespace and init.
    sed -Ei 's/("mnt_ns":) ?[0-9]+/\1 4026531999/g; s/("init_start":) ?[0-9]+/\1 1/g' "$(journal)"
    davit_exits 0 status --json
    json 'all(.attachments[]; .state == "gone")'
    davit detach "$web:/mnt/foreign" || true
    [[ $(new_mounts "$web") == "$ours" ]]
    nsenter --target "$(pid_of "$web")" --mount -- umount /mnt/foreign
    inside "$web" rmdir /mnt/foreign
}

@test "a journal that others may write is refused" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/unsafe"
    chmod 0666 "$(journal)"
    davit_exits 6 status --json
    davit_exits 6 attach "$SOURCE" "$web:/mnt/more" --json
    chmod 0600 "$(journal)"
    davit_exits 0 detach "$web:/mnt/unsafe"
    assert_tables_unchanged "$web"
}

@test "no room for the journal: refused before anything changed, and fine again with room" {
    mkdir -p "$STATE"
    mount -t tmpfs -o size=64k,mode=0700 state "$STATE"
    snapshot_tables "$web"
    davit_exits 0 attach "$SOURCE" "$web:/mnt/first"
    # dd ends with ENOSPC, which is its purpose here.
    dd if=/dev/zero of="$STATE/filler" bs=512 2>/dev/null || true
    davit_exits 1 attach "$SOURCE" "$web:/mnt/second" --json
    json '[.error, .results[]?.error] | map(select(.)) | .[0].errno == "ENOSPC"'
    assert_container_mounts "$web" /mnt/first rw,nosuid,nodev "$SOURCE"
    assert_host_unchanged
    assert_absent_inside "$web" /mnt/second
    davit_exits 0 status --json
    json '[.attachments[] | select(.state == "live") | .target] == ["/mnt/first"]'
    rm "$STATE/filler"
    davit_exits 0 attach "$SOURCE" "$web:/mnt/second"
    davit_exits 0 detach "$web:/mnt/second" "$web:/mnt/first"
    assert_tables_unchanged "$web"
    umount "$STATE"
}

@test "the state directory cannot be written: a clear error, nothing changed" {
    mkdir -p "$SUITE_DIR/readonly"
    mount -t tmpfs -o ro,size=64k,mode=0700 state "$SUITE_DIR/readonly"
    snapshot_tables "$web"
    STATE=$SUITE_DIR/readonly davit_exits 1 attach "$SOURCE" "$web:/mnt/readonly" --json
    STATE=$SUITE_DIR/readonly davit_exits 0 status --json
    STATE=$SUITE_DIR/readonly davit_exits 0 ps --json
    assert_tables_unchanged "$web"
    umount "$SUITE_DIR/readonly"
}

@test "two davits at once on one target: what is there is what was reported" {
    local round pids pid won status outcome
    for round in 1 2 3 4 5 6 7 8; do
        pids=() won=0
        for pid in 1 2; do
            davit attach "$SOURCE" "$web:/mnt/race" --json \
                >"$SUITE_DIR/race-$pid" 2>&1 3>&- &
            pids+=($!)
        done
        for pid in "${pids[@]}"; do
            status=0
            wait "$pid" || status=$?
            [[ $status -ne 0 ]] || won=$((won + 1))
            [[ $status -eq 0 || $status -eq 4 ]] || fail "exit code $status" "$(cat "$SUITE_DIR"/race-*)"
        done
        ((won >= 1))
        [[ $(new_mounts "$web" | grep -c '^/mnt/race ') -eq $won ]]
        assert_host_unchanged
        davit_exits 0 status --json
        json '[.attachments[] | select(.state == "live")] | length == $won' --argjson won "$won"
        while ((won-- > 0)); do
            davit_exits 0 detach "$web:/mnt/race"
        done
        assert_tables_unchanged "$web"
        assert_absent_inside "$web" /mnt/race
    done
    assert_journal_whole
}

@test "eight davits at once on eight targets: all succeed, the journal is whole" {
    local n pids=() pid
    for n in 1 2 3 4 5 6 7 8; do
        davit attach "$SOURCE" "$web:/srv/many/$n" >"$SUITE_DIR/many-$n" 2>&1 3>&- &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do
        wait "$pid" || fail "$(cat "$SUITE_DIR"/many-*)"
    done
    davit_exits 0 status --json
    json '[.attachments[] | select(.state == "live") | .target] | sort
        == [range(1; 9) | "/srv/many/\(.)"]'
    pids=()
    for n in 1 2 3 4 5 6 7 8; do
        davit detach "$web:/srv/many/$n" >"$SUITE_DIR/many-$n" 2>&1 3>&- &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do
        wait "$pid" || fail "$(cat "$SUITE_DIR"/many-*)"
    done
    assert_tables_unchanged "$web"
    for n in 1 2 3 4 5 6 7 8; do
        assert_absent_inside "$web" "/srv/many/$n"
    done
    assert_journal_whole
}

@test "an attach and a detach at once of the same target never leave half" {
    local round a d
    for round in 1 2 3 4 5 6; do
        davit attach "$SOURCE" "$web:/mnt/both" >/dev/null 2>&1 3>&- &
        a=$!
        davit detach "$web:/mnt/both" >/dev/null 2>&1 3>&- &
        d=$!
        wait "$a"
        wait "$d" || true
        davit detach "$web:/mnt/both" >/dev/null 2>&1 || true
        assert_tables_unchanged "$web"
        assert_absent_inside "$web" /mnt/both
    done
    assert_journal_whole
}

# Every line is a JSON object.
assert_journal_whole() {
    jq -e -R 'fromjson | type == "object"' "$(journal)" >/dev/null ||
        fail "the journal has a bad line" "$(<"$(journal)")"
}

@test "undo with nothing to take back" {
    davit_exits 3 undo --yes
    davit_refuses 3 not-attached undo --yes 0123456789ab
    davit_refuses 2 usage undo --yes no-such-id
}
