#!/usr/bin/env bats
# Detaching: only ours, by identity; busy, waiting, lazy; what others did meanwhile.

load lab

web=$(named web)

setup_file() {
    lab_begin
    container "$(named web)"
}

teardown_file() {
    lab_end
}

setup() {
    snapshot_tables "$web"
    holder=
}

teardown() {
    [[ -z ${holder:-} ]] || release_holder
}

release_holder() {
    stop_process "$holder" KILL
    holder=
}

# A process inside that holds a file of TARGET open; its pid out here is $holder.
hold_open() {
    nsenter --target "$(pid_of "$web")" --mount --root --pid -- \
        sleep 1000001 <"/proc/$(pid_of "$web")/root$1/file" 3>&- 4>&- &
    until_true 20 holder_runs
}

# The sleeping grandchild, for nsenter --pid forks.
holder_runs() {
    holder=$(pgrep -nx -f 'sleep 1000001')
}

# From inside the container's namespaces, as another administrator would.
someone_inside() {
    nsenter --target "$(pid_of "$web")" --mount -- "$@"
}

@test "a busy mount is not detached, and who holds it is told with pid, command and what" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/busy"
    hold_open /mnt/busy
    davit_exits 4 detach "$web:/mnt/busy"
    says "$holder"
    says sleep
    davit_exits 4 detach "$web:/mnt/busy" --json
    json '[.error, .results[]?.error] | map(select(.)) | .[0]
        | .code == "busy" and .exit == 4 and .errno == "EBUSY"'
    json '[.. | objects | select(.pid? == $pid and .comm? == "sleep" and .kind? == "fd")]
        | length > 0' --argjson pid "$holder"
    assert_container_mounts "$web" /mnt/busy rw,nosuid,nodev "$SOURCE"
    assert_host_unchanged
    release_holder
    davit_exits 0 detach "$web:/mnt/busy"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /mnt/busy
}

@test "a working directory on it holds it too" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/cwd"
    docker exec --detach --workdir /mnt/cwd "$web" sleep 1000001
    until_true 20 holder_runs
    davit_exits 4 detach "$web:/mnt/cwd" --json
    json '[.. | objects | select(.pid? == $pid and .kind? == "cwd")] | length > 0' \
        --argjson pid "$holder"
    release_holder
    davit_exits 0 detach "$web:/mnt/cwd"
    assert_tables_unchanged "$web"
}

@test "--wait succeeds when the holder goes in time" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/wait"
    hold_open /mnt/wait
    davit detach --wait 30s "$web:/mnt/wait" 3>&- &
    local waiting=$!
    # It has seen that it is busy, and is still there.
    until_true 20 davit_sleeps "$waiting"
    assert_container_mounts "$web" /mnt/wait rw,nosuid,nodev "$SOURCE"
    release_holder
    wait "$waiting"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /mnt/wait
}

davit_sleeps() { [[ $(<"/proc/$1/stat") == *') S '* ]]; }

@test "--wait gives up after its time and says busy" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/wait"
    hold_open /mnt/wait
    local began=$EPOCHREALTIME took
    davit_exits 4 detach --wait 1s "$web:/mnt/wait"
    took=$(((${EPOCHREALTIME/./} - ${began/./}) / 1000))
    [[ $took -ge 950 && $took -lt 10000 ]] || fail "took $took ms"
    says "$holder"
    says "waiting for them, at most 1 s"
    assert_container_mounts "$web" /mnt/wait rw,nosuid,nodev "$SOURCE"
    release_holder
    davit_exits 0 detach --wait 10s "$web:/mnt/wait"
    assert_tables_unchanged "$web"
}

@test "--lazy takes it away at once; status shows it as lingering while it is held" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/lazy"
    hold_open /mnt/lazy
    davit_exits 0 detach --lazy "$web:/mnt/lazy"
    assert_tables_unchanged "$web"
    # A holder keeps the filesystem, no path leads to it any more.
    [[ $(<"/proc/$holder/fd/0") == "from the host" ]]
    davit_exits 0 status --json
    if [[ $DAVIT_PASS == plain ]]; then
        json 'any(.attachments[]; .target == "/mnt/lazy" and .state == "lingering")'
    fi
    release_holder
    davit_exits 0 status --json
    json 'all(.attachments[]; .target != "/mnt/lazy" or .state == "gone")'
    assert_absent_inside "$web" /mnt/lazy
}

@test "what the target shows afterwards is said" {
    inside "$web" sh -c 'mkdir -p /srv/under; echo secret >/srv/under/file'
    davit_exits 0 attach "$SOURCE" "$web:/srv/under"
    davit_exits 0 detach "$web:/srv/under" --json
    json '.results[0] | .ok and (.reveals | type == "string" and length > 0)'
    assert_tables_unchanged "$web"
    [[ $(inside "$web" cat /srv/under/file) == secret ]]
}

@test "stacked on one target: each detach takes the uppermost of ours" {
    mkdir -p "$SUITE_DIR/first" "$SUITE_DIR/second"
    echo first >"$SUITE_DIR/first/file"
    echo second >"$SUITE_DIR/second/file"
    davit_exits 0 attach "$SUITE_DIR/first" "$web:/mnt/stack"
    davit_exits 4 attach "$SUITE_DIR/second" "$web:/mnt/stack"
    davit_exits 0 attach --force "$SUITE_DIR/second" "$web:/mnt/stack"
    assert_container_mounts "$web" /mnt/stack rw,nosuid,nodev "$SUITE_DIR/first" \
        /mnt/stack rw,nosuid,nodev "$SUITE_DIR/second"
    [[ $(inside "$web" cat /mnt/stack/file) == second ]]
    davit_exits 0 detach "$web:/mnt/stack"
    assert_container_mounts "$web" /mnt/stack rw,nosuid,nodev "$SUITE_DIR/first"
    [[ $(inside "$web" cat /mnt/stack/file) == first ]]
    davit_exits 0 detach "$web:/mnt/stack"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /mnt/stack
}

@test "somebody else mounted on top: ours is not reached, theirs is not touched" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/under"
    someone_inside mount -t tmpfs -o size=1m theirs /mnt/under
    local both
    both=$(new_mounts "$web")
    davit_exits 4 detach "$web:/mnt/under"
    [[ $(new_mounts "$web") == "$both" ]]
    someone_inside umount /mnt/under
    davit_exits 0 detach "$web:/mnt/under"
    assert_tables_unchanged "$web"
}

@test "somebody else mounted below: refused, and theirs is named" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/outer"
    mkdir -p "$SOURCE/below"
    someone_inside mount -t tmpfs -o size=1m theirs /mnt/outer/below
    davit_exits 4 detach "$web:/mnt/outer"
    says /mnt/outer/below
    someone_inside umount /mnt/outer/below
    davit_exits 0 detach "$web:/mnt/outer"
    assert_tables_unchanged "$web"
}

@test "somebody else took ours away: status says gone, and the detach tidies up" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/taken"
    someone_inside umount -l /mnt/taken
    davit_exits 0 status --json
    json 'all(.attachments[]; .target != "/mnt/taken" or .state == "gone")'
    davit_exits 3 detach "$web:/mnt/taken"
    assert_tables_unchanged "$web"
}

@test "a mount that somebody else put where ours was is not taken for ours" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/swapped"
    someone_inside umount -l /mnt/swapped
    someone_inside mount --bind /srv /mnt/swapped
    local theirs
    theirs=$(new_mounts "$web")
    davit_exits 3 detach "$web:/mnt/swapped"
    [[ $(new_mounts "$web") == "$theirs" ]]
    someone_inside umount /mnt/swapped
    assert_tables_unchanged "$web"
}

@test "what davit did not attach it does not detach" {
    inside "$web" mkdir -p /mnt/theirs
    someone_inside mount -t tmpfs -o size=1m theirs /mnt/theirs
    davit_refuses 3 not-attached detach "$web:/mnt/theirs"
    davit_refuses 3 not-attached detach "$web:/etc/hosts"
    [[ -n $(new_mounts "$web") ]]
    someone_inside umount /mnt/theirs
    inside "$web" rmdir /mnt/theirs
    assert_tables_unchanged "$web"
}

@test "a directory that somebody exchanged for ours is not removed" {
    davit_exits 0 attach "$SOURCE" "$web:/srv/mine"
    someone_inside umount /srv/mine
    inside "$web" sh -c 'rmdir /srv/mine && mkdir /srv/mine'
    davit_exits 0 status
    davit detach "$web:/srv/mine" || true
    assert_present_inside "$web" /srv/mine
    assert_tables_unchanged "$web"
    inside "$web" rmdir /srv/mine
}

@test "its parent was renamed: known by its identity, whatever its path is now" {
    mkdir "$SUITE_DIR/moved"
    inside "$web" mkdir -p /srv/old/place
    davit_exits 0 attach "$SUITE_DIR/moved" "$web:/srv/old/place"
    inside "$web" mv /srv/old /srv/new
    if [[ $DAVIT_PASS == old ]]; then
        # Before unique ids the path is part of the identity: rather not ours than a wrong one.
        davit_exits 3 detach "$web:/srv/new/place"
        someone_inside umount /srv/new/place
        assert_tables_unchanged "$web"
        inside "$web" rm -r /srv/new
        return
    fi
    davit_exits 0 status --json
    json 'any(.attachments[]; .target == "/srv/old/place" and .state == "live")'
    davit_exits 0 detach "$web:/srv/new/place"
    assert_tables_unchanged "$web"
    davit_exits 0 attach "$SUITE_DIR/moved" "$web:/srv/new/place"
    inside "$web" mv /srv/new /srv/newer
    davit_exits 0 undo --yes
    assert_tables_unchanged "$web"
    assert_present_inside "$web" /srv/newer/place
    inside "$web" rm -r /srv/newer
}

# Before 6.8 its row is all that it is known by, and has another path then: its root's node tells.
@test "the source was renamed, or removed: it is known, replaced, detached" {
    local source=$SUITE_DIR/named
    mkdir "$source"
    echo here >"$source/file"
    davit_exits 0 attach "$source" "$web:/mnt/named"
    mv "$source" "$source.then"
    davit_exits 0 status --json
    json 'any(.attachments[]; .target == "/mnt/named" and .state == "live")'
    davit_exits 0 mounts "$web" --json
    json 'any(.mounts[]; .target == "/mnt/named" and .origin == "attached")'
    # Another directory of the same filesystem that has its path by now is not it.
    mkdir "$source"
    davit_exits 0 replace --yes "$source" "$web:/mnt/named"
    [[ -z $(inside "$web" ls /mnt/named) ]]
    rmdir "$source"
    davit_exits 0 detach "$web:/mnt/named"
    assert_tables_unchanged "$web"
    davit_exits 0 attach "$source.then" "$web:/mnt/named"
    mv "$source.then" "$source"
    davit_exits 0 undo --yes
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /mnt/named
}

@test "by the host's path: every place where it is attached" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/h1" "$web:/mnt/h2"
    davit_exits 0 detach --yes "$SOURCE"
    assert_tables_unchanged "$web"
}

@test "undo takes back the last change and says what it did" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/undo"
    davit_exits 0 undo --yes --json
    json '.results[0] | .ok and .target == "/mnt/undo"'
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /mnt/undo
}

@test "undo of a detach puts it back where it was" {
    davit_exits 0 attach --ro "$SOURCE" "$web:/mnt/back"
    davit_exits 0 detach "$web:/mnt/back"
    davit_exits 0 undo --yes
    assert_attached "$web" /mnt/back ro,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$web:/mnt/back"
    assert_tables_unchanged "$web"
}

@test "undo of one change by its id" {
    local id
    davit_exits 0 attach "$SOURCE" "$web:/mnt/one" --json
    id=$(jq -r '.results[0].operation' <<<"$out")
    davit_exits 0 attach "$SOURCE" "$web:/mnt/two"
    davit_exits 0 undo --yes "$id"
    assert_container_mounts "$web" /mnt/two rw,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$web:/mnt/two"
    assert_tables_unchanged "$web"
}

@test "undo asks, and without an answer changes nothing" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/asked"
    davit_exits 2 undo </dev/null
    says --yes
    says "Undo the attach of $web:/mnt/asked?"
    [[ $out == *"unmount /mnt/asked"* ]]
    davit_exits 2 detach "$SOURCE" </dev/null
    says "Detach it in 1 place?"
    davit_exits 5 undo --no-changes </dev/null
    davit_exits 3 undo 0123456789ab </dev/null
    assert_container_mounts "$web" /mnt/asked rw,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$web:/mnt/asked"
    assert_tables_unchanged "$web"
}

@test "--dry-run of a detach changes nothing" {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/dry"
    davit_exits 0 detach --dry-run "$web:/mnt/dry" --json
    json '.plans[0] | .target == "/mnt/dry" and (.steps | length > 0)'
    assert_container_mounts "$web" /mnt/dry rw,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$web:/mnt/dry"
    assert_tables_unchanged "$web"
}

@test "undo takes back its own mount, though its path leads to another one by now" {
    local first
    mkdir -p "$SOURCE/one" "$SOURCE/two"
    davit_exits 0 attach "$SOURCE/one" "$web:/mnt/one" --json
    first=$(jq -r '.results[0].operation' <<<"$out")
    davit_exits 0 attach "$SOURCE/two" "$web:/mnt/two"
    inside "$web" sh -c 'mkdir /mnt/moved && mount -o move /mnt/one /mnt/moved &&
        rmdir /mnt/one && ln -s two /mnt/one'
    if [[ $DAVIT_PASS == plain ]]; then
        davit_exits 0 undo "$first" --yes
        assert_container_mounts "$web" /mnt/two rw,nosuid,nodev "$SOURCE/two"
    else
        # Without unique ids a mount that was moved is not known again: it is left alone.
        davit_exits 3 undo "$first" --yes
        inside "$web" umount /mnt/moved
    fi
    davit_exits 0 detach "$web:/mnt/two"
    inside "$web" sh -c 'rm /mnt/one && rmdir /mnt/moved'
    assert_tables_unchanged "$web"
}

@test "a mount that was moved away inside is detached where it is now" {
    [[ $DAVIT_PASS == plain ]] || return 0
    davit_exits 0 attach "$SOURCE" "$web:/mnt/here"
    inside "$web" sh -c 'mkdir /mnt/there && mount -o move /mnt/here /mnt/there'
    davit_exits 0 detach "$web:/mnt/there"
    assert_tables_unchanged "$web"
    inside "$web" rmdir /mnt/there
    assert_absent_inside "$web" /mnt/here
}
