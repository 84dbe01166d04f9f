#!/usr/bin/env bats
# The engine over the wire: what it tells, how soon, what it answers, and how it ends.

load lab

web=$(named web)
other=$(named other)
hung=/srv/hung

setup_file() {
    export BATS_TEST_TIMEOUT=300
    lab_begin
    container "$(named web)" --device /dev/fuse --cap-add SYS_ADMIN --security-opt seccomp=unconfined
    container "$(named other)"
    cp "$LAB_TOOLS/fuse" "/proc/$(pid_of "$(named web)")/root/fuse"
}

teardown_file() {
    lab_end
}

setup() {
    STATE=$STATE-$BATS_TEST_NUMBER
    engine='' server='' holder='' id=0
    snapshot_tables "$web" "$other"
}

teardown() {
    [[ -z ${holder:-} ]] || stop_process "$holder" KILL
    [[ ! -e $SUITE_DIR/crowd ]] || "$LAB_TOOLS/bench_crowd" --stop "$SUITE_DIR/crowd"
    [[ -z ${engine:-} ]] || hang_up
    if [[ -n ${server:-} ]]; then
        docker exec "$web" kill -KILL "$server" || true
        inside "$web" umount -l "$hung" || true
    fi
}

# --- a front end ---------------------------------------------------------------------------------

# start_engine [OPTIONS]: its pid is $engine; each line it says is in $told, with the time.
start_engine() {
    local pipe=$SUITE_DIR/$BATS_TEST_NUMBER
    told=$pipe.told
    : >"$told"
    mkfifo "$pipe.in" "$pipe.out"
    "$LAB_TOOLS/wire" --stamp <"$pipe.out" >"$told" 3>&- 4>&- &
    exec 9<>"$pipe.in"
    "${davit_words[@]}" engine --docker "$LAB_DIR/docker/s" --state-dir "$STATE" "$@" \
        <"$pipe.in" >"$pipe.out" 2>"$pipe.err" 3>&- 4>&- 9>&- &
    engine=$!
}

# The front end is gone, as after a dropped ssh.
hang_up() {
    exec 9>&-
    ended=0
    wait "$engine" || ended=$?
    engine=
}

# ask METHOD [PARAMS]: the request's id is $id.
ask() {
    id=$((id + 1))
    printf '{"jsonrpc":"2.0","id":%d,"method":"%s","params":%s}\n' "$id" "$1" "${2:-"{}"}" \
        >&9
}

# Whether something of what was told is so; the line may still be coming.
was_told() {
    jq -es "any(.[].line; $1)" "$told" >/dev/null 2>&1
}

# tells FILTER [SECONDS]
tells() {
    if ! until_true "${2:-30}" was_told "$1"; then
        fail "not told: $1" "$(tail -c 3000 "$told")" "$(<"${told%.told}.err")"
    fi
}

# answered ID FILTER: the answer has come, and is so.
answered() {
    tells ".id == $1" "${3:-30}"
    was_told ".id == $1 and ($2)" || fail "the answer to $1 is not so: $2" \
        "$(jq -c ".line | select(.id == $1)" "$told")"
}

greet() {
    ask hello '{"protocol":1}'
    answered "$id" '.result.protocol == 1'
}

# What the list has of a container: `shown NAME FILTER`.
shown() {
    jq -es "[.[].line | select(.method == \"containers\").params.set[] | select(.name == \$name)]
        | last | ($2)" --arg name "$1" "$told" >/dev/null 2>&1
}

# member NAME KEY
member() {
    jq -rs '[.[].line | select(.method == "containers").params.set[] | select(.name == $name)]
        | last | .[$key]' --arg name "$1" --arg key "$2" "$told"
}

# target NAME PATH: as a change names it, with what was shown.
target() {
    printf '{"container":"%s","target":"%s","pid":%s,"start_time":%s}' \
        "$(member "$1" key)" "$2" "$(member "$1" pid)" "$(member "$1" start_time)"
}

watch_containers() {
    start_engine "$@"
    greet
    ask watch '{"containers":true}'
    until_true 30 shown "$web" '.state == "running" and .name_source == "daemon"'
}

# --- what is told --------------------------------------------------------------------------------

@test "everything that is watched is told: containers, filesystems, journal, one container's mounts" {
    watch_containers
    shown "$web" '.id == $id and .pid > 0 and .start_time > 0 and .key == "docker/" + .id
        and .attached_count == 0 and (has("labels") | not)' --arg id "$(id_of "$web")" ||
        shown "$web" '.key == "docker/" + .id and .start_time > 0 and (has("labels") | not)'
    [[ $(member "$web" id) == "$(id_of "$web")" && $(member "$web" pid) == "$(pid_of "$web")" ]]
    ask watch '{"filesystems":true,"journal":true,"mounts":"'"$(member "$web" key)"'"}'
    tells '.method == "filesystems" and any(.params.filesystems[]; .usage == "read" and .size > 0)'
    tells '.method == "journal" and .params.whole and .params.attachments == []'
    tells '.method == "mounts" and any(.params.mounts[]; .target == "/" and .origin == "image")'

    davit_exits 0 attach --ro "$SOURCE" "$web:/mnt/told"
    tells '.method == "journal" and (.params.whole | not)
        and any(.params.events[]; .operation == "attach" and .line == "done" and .target == "/mnt/told")
        and any(.params.attachments[]; .state == "live" and .target == "/mnt/told")'
    tells '.method == "mounts"
        and any(.params.mounts[]; .target == "/mnt/told" and .origin == "attached" and .read_only)'
    until_true 20 shown "$web" '.attached_count == 1'
    # Another administrator takes it away: seen without being asked.
    nsenter --target "$(pid_of "$web")" --mount umount /mnt/told
    tells '.method == "journal" and any(.params.attachments[]; .target == "/mnt/told" and .state == "gone")'
    until_true 20 shown "$web" '.attached_count == 0'
    hang_up
    [[ $ended -eq 0 ]]
}

@test "of a container with thousands of mounts 4096 are told, what davit attached first" {
    local i
    watch_containers
    inside "$web" mkdir /srv/many
    inside "$web" mount -t tmpfs many /srv/many
    # Each bind of the tree into itself doubles it.
    for ((i = 0; i < 13; i++)); do inside "$web" mkdir "/srv/many/$i"; done
    for ((i = 0; i < 13; i++)); do inside "$web" mount -o rbind /srv/many "/srv/many/$i"; done
    davit_exits 0 attach --ro "$SOURCE" "$web:/mnt/last"
    ask watch '{"mounts":"'"$(member "$web" key)"'"}'
    tells '.method == "mounts" and .params.truncated and (.params.mounts | length == 4096)
        and any(.params.mounts[]; .target == "/mnt/last" and .origin == "attached")'
    davit_exits 0 detach "$web:/mnt/last"
    inside "$web" umount -l /srv/many
    inside "$web" rmdir /srv/many
    tells '.method == "mounts" and (.params.truncated | not) and (.params.mounts | length < 100)'
    assert_tables_unchanged "$web"
}

# The daemon's own word for when something was; nanoseconds since the epoch.
happened() {
    at=$(docker events --since 100s --until "$(date +%s.%N)" --filter "container=$1" \
        --filter "event=$2" --format '{{.TimeNano}}' | tail -n 1)
    [[ -n $at ]]
}

# soon WHAT NAME EVENT FILTER [BEFORE]: what the daemon calls EVENT was told by a list of which FILTER
# is so, within a moment of the daemon's own time for it, or up to BEFORE milliseconds earlier: of a
# birth and of an end the kernel tells first. A test machine may be busy with other things.
soon() {
    local at heard took
    until_true 20 happened "$2" "$3"
    heard=$(jq -rs --arg name "$2" --argjson at "$at" --argjson before "${5:-0}" 'first(.[] | select(.line.method == "containers"
        and .at_ms > $at / 1000000 - $before and (.line.params | '"$4"')) | .at_ms * 1000000 | floor)' \
        "$told")
    took=$(((heard - at) / 1000000))
    [[ -n $heard ]] || fail "never told: $1"
    echo "# $1: told after $took ms" >&3
    ((took <= 2500))
}

@test "a container that starts, pauses, goes on and ends is told within a moment" {
    local new key
    new=$(named new)
    watch_containers
    container "$new"
    until_true 20 shown "$new" '.state == "running" and .name_source == "daemon"'
    soon "started" "$new" start 'any(.set[]; .name == $name and .pid > 0)' 1000
    docker pause "$new" >/dev/null
    until_true 20 shown "$new" '.state == "paused"'
    soon "paused" "$new" pause 'any(.set[]; .name == $name and .state == "paused")'
    docker unpause "$new" >/dev/null
    until_true 20 shown "$new" '.state == "running"'
    soon "goes on" "$new" unpause 'any(.set[]; .name == $name and .state == "running")'
    key=$(member "$new" key)
    docker kill "$new" >/dev/null
    tells '.method == "containers" and any(.params.gone[]; . == "'"$key"'")' 10
    soon "gone" "$new" die 'any(.gone[]; . == "'"$key"'")' 1000
    # Only what changed is told, and nobody else's row with it.
    was_told '.method == "containers" and (.params.whole | not) and (.params.set | length == 1)'
    remove_container "$new"
}

# begin_crowd COUNT: so many containers of no runtime that answers, lxc/crowd-0000 and on.
begin_crowd() {
    local dir
    for dir in /sys/fs/cgroup /sys/fs/cgroup/*; do
        [[ -d $dir/davit-tests-$LAB_ID/$DAVIT_WORLD ]] && break
    done
    mkdir -p "$dir/davit-tests-$LAB_ID/$DAVIT_WORLD/crowd"
    CROWD_GROUPS=$dir/davit-tests-$LAB_ID/$DAVIT_WORLD/crowd "$LAB_TOOLS/bench_crowd" \
        --start "$SUITE_DIR/crowd" "$1" 3>&- 4>&-
}

gone_of_crowd() {
    jq -es '[.[].line | select(.method == "containers").params.gone[]? | select(startswith("lxc/crowd-"))]
        | length == '"$1" "$told" >/dev/null
}

@test "a thousand containers: told whole once, and then only what changes" {
    local began whole
    begin_crowd 1000
    began=$(date +%s%3N)
    start_engine
    greet
    ask watch '{"containers":true}'
    tells '.method == "containers" and .params.whole
        and ([.params.set[] | select(.runtime == "lxc")] | length == 1000)'
    echo "# a thousand containers are told after $(($(jq -rs 'first(.[] | select(.line.params.whole).at_ms)
        | floor' "$told") - began)) ms, in $(awk '{ n = length > n ? length : n } END { print n }' "$told") bytes" >&3
    until_true 30 shown "$web" '.state == "running" and .name_source == "daemon"'
    whole=$(wc -c <"$told")
    ((whole < 1000000)) # a line has some hundred bytes for each

    kill -KILL "$(member crowd-0500 pid)"
    tells '.method == "containers" and (.params.whole | not) and .params.gone == ["lxc/crowd-0500"]
        and .params.set == []'
    (($(wc -c <"$told") - whole < 10000))
    "$LAB_TOOLS/bench_crowd" --stop "$SUITE_DIR/crowd"
    until_true 60 gone_of_crowd 1000
    # Not a list for each of them.
    (($(wc -c <"$told") - whole < 200000))
    jq -es '[.[].line | select(.method == "containers" and .params.whole)] | length == 1' "$told"
    hang_up
    [[ $ended -eq 0 ]]
}

@test "a daemon that is stopped does not hold up the first list" {
    local began pid
    pid=$(<"$LAB_DIR/docker/pid")
    kill -STOP "$pid"
    began=$(date +%s%3N)
    start_engine
    ask hello '{"protocol":1}'
    ask watch '{"containers":true}'
    tells '.method == "containers" and .params.whole and any(.params.set[]; .pid == '"$(pid_of "$web")"')' ||
        { kill -CONT "$pid"; false; }
    kill -CONT "$pid"
    echo "# first list after $(($(jq -rs 'first(.[] | select(.line.method == "containers").at_ms) | floor' \
        "$told") - began)) ms" >&3
    # It answers again: told by itself.
    until_true 30 shown "$web" '.name_source == "daemon"'
    until_true 30 was_told '.method == "containers" and any(.params.runtimes[]?;
        .name == "docker" and .state == "connected")'
}

# A system call is a wake-up here, for they all sleep in the kernel.
is_quiet() {
    local before after pids
    pids=("$engine" $(pgrep -P "$engine"))
    before=$(for pid in "${pids[@]}"; do grep ctxt "/proc/$pid/status"; done) || return
    read -rt 5 <> <(:) || true
    [[ $(pgrep -P "$engine" | wc -l) -eq 1 ]] || return # the spare worker
    after=$(for pid in "${pids[@]}"; do grep ctxt "/proc/$pid/status"; done) || return
    [[ $before == "$after" ]]
}

@test "at rest it makes no system call" {
    watch_containers
    ask watch '{"filesystems":true,"journal":true,"mounts":"'"$(member "$web" key)"'"}'
    tells '.method == "mounts"'
    # Another pass may start containers meanwhile, which is no rest.
    until_true 100 is_quiet
}

# --- what is asked -------------------------------------------------------------------------------

@test "a plan, its command, the run with its steps, and what it came to" {
    local params command
    watch_containers
    params='{"operation":"attach","source":"'$SOURCE'","targets":['$(target "$web" "/mnt/it's")'],"options":["ro"]}'
    ask plan "$params"
    answered "$id" '.result.plans[0].predicted.read_only and (.result.plans[0].steps | length > 5)'
    command=$(jq -rs ".[].line | select(.id == $id).result.command" "$told")
    [[ $command == "davit attach "*"--ro $SOURCE '$web:/mnt/it'\\''s'" ]] || fail "$command"
    assert_tables_unchanged "$web"
    ask run "$params"
    answered "$id" '.result.results[0] | .ok and .verified'
    assert_attached "$web" "/mnt/it's" ro,nosuid,nodev "$SOURCE"
    tells '.method == "step" and .params.request == '"$id"' and .params.step.stage == "move"
        and .params.step.result == "ok" and .params.step.took_us >= 0'
    ask run '{"operation":"undo"}'
    answered "$id" '.result.results[0].ok'
    assert_tables_unchanged "$web"
    # The command does what the dialog would have done.
    (cd / && eval "$command")
    assert_attached "$web" "/mnt/it's" ro,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$web:/mnt/it's"
    assert_tables_unchanged "$web"
}

# live TARGET STATE: the last list of attachments says so; absent: it has none there.
last_state() {
    jq -es '[.[].line | select(.method == "journal").params.attachments] | last
        | [.[] | select(.target == $target).state] == $states' \
        --arg target "$1" --argjson states "$2" "$told" >/dev/null 2>&1
}

@test "what is taken away behind davit's back is told as lost, what is detached is not" {
    watch_containers
    ask watch '{"journal":true}'
    davit_exits 0 attach "$SOURCE" "$web:/mnt/lost" "$web:/mnt/kept"
    until_true 30 last_state /mnt/kept '["live"]'
    inside "$web" umount /mnt/lost
    davit_exits 0 detach "$web:/mnt/kept"
    until_true 30 last_state /mnt/kept '[]'
    until_true 30 last_state /mnt/lost '["gone"]'
    docker exec "$web" rmdir /mnt/lost
    assert_tables_unchanged "$web"
}

@test "the plan of a detach names who holds it" {
    watch_containers
    davit_exits 0 attach "$SOURCE" "$web:/mnt/held"
    nsenter --target "$(pid_of "$web")" --mount --root --pid -- \
        sleep 1000003 <"/proc/$(pid_of "$web")/root/mnt/held/file" 3>&- 4>&- 9>&- &
    until_true 20 pgrep -nx -f 'sleep 1000003' >/dev/null
    holder=$(pgrep -nx -f 'sleep 1000003')
    ask plan '{"operation":"detach","targets":['"$(target "$web" /mnt/held)"']}'
    answered "$id" '.result.plans[0].predicted | .complete
        and any(.holders[]; .pid == '"$holder"' and .kind == "fd")'
    ask run '{"operation":"detach","targets":['"$(target "$web" /mnt/held)"']}'
    answered "$id" '.result.error.code == "busy"'
    stop_process "$holder" KILL
    holder=
    ask run '{"operation":"detach","wait_ms":5000,"targets":['"$(target "$web" /mnt/held)"']}'
    answered "$id" '.result.results[0].ok'
    assert_tables_unchanged "$web"
}

# in_time METHOD PARAMS FILTER: answered in less than the time that a silent daemon is given.
in_time() {
    local began took
    began=$(date +%s%3N)
    ask "$1" "$2"
    answered "$id" "$3"
    took=$(($(date +%s%3N) - began))
    [[ $took -lt 1500 ]] || fail "$1 took $took ms"
}

# The container's processes are asked, the daemon is not: one that hangs holds up nothing.
changes_while_daemon_hangs() {
    local there
    there=$(target "$web" /mnt/known)
    in_time plan '{"operation":"attach","source":"'"$SOURCE"'","targets":['"$there"']}' \
        '.result.plans[0].predicted != null
            and (.result.command | endswith(" '"$web"':/mnt/known"))' || return 1
    in_time run '{"operation":"attach","source":"'"$SOURCE"'","targets":['"$there"']}' \
        '.result.results[0].ok and .result.results[0].container == "'"$web"'"' || return 1
    [[ $(inside "$web" cat /mnt/known/file) == "from the host" ]] || fail "not seen inside" || return 1
    in_time browse "${there/\"target\":/\"path\":}" '.result.entries | map(.name) == ["file"]' ||
        return 1
    in_time run '{"operation":"detach","targets":['"$there"']}' '.result.results[0].ok'
}

@test "a container that is listed is changed while its daemon hangs, without a wait for it" {
    local pid failed=0
    watch_containers
    pid=$(<"$LAB_DIR/docker/pid")
    kill -STOP "$pid"
    changes_while_daemon_hangs || failed=$?
    kill -CONT "$pid"
    [[ $failed -eq 0 ]]
    assert_tables_unchanged "$web"
}

@test "a listed process whose control groups no longer name the container is not taken for it" {
    local new pid procs before listed
    new=$(named moved)
    container "$new"
    watch_containers
    until_true 30 shown "$new" '.name_source == "daemon"'
    pid=$(pid_of "$new")
    listed=$(target "$new" /mnt/moved)
    before=$(<"/proc/$pid/mountinfo")
    for procs in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs; do
        [[ ! -e $procs ]] || echo "$pid" >"$procs"
    done
    for verb in plan run; do
        ask "$verb" '{"operation":"attach","source":"'"$SOURCE"'","targets":['"$listed"']}'
        answered "$id" '.result.error != null'
    done
    [[ $(<"/proc/$pid/mountinfo") == "$before" ]]
    remove_container "$new"
}

@test "a container that was restarted since it was shown is another" {
    local before
    watch_containers
    before=$(target "$other" /mnt/old)
    docker restart --time 0 "$other" >/dev/null
    container_started "$other"
    snapshot_tables "$web" "$other"
    for verb in plan run; do
        ask "$verb" '{"operation":"attach","source":"'"$SOURCE"'","targets":['"$before"']}'
        answered "$id" '.result.error.code == "gone" and (.result.error.message | contains("restarted since"))'
    done
    ask run '{"operation":"detach","targets":['"$before"']}'
    answered "$id" '.result.error.code == "gone"'
    ask browse "$(jq -c '.path = "/" | del(.target)' <<<"$before")"
    answered "$id" '.error.data.code == "gone" and (.error.data.message | contains("restarted since"))'
    assert_tables_unchanged "$other"
    # Its row says which one it is now.
    until_true 20 shown "$other" '.pid == '"$(pid_of "$other")"
    ask plan '{"operation":"attach","source":"'"$SOURCE"'","targets":['"$(target "$other" /mnt/new)"']}'
    answered "$id" '.result.plans[0].predicted.ok or .result.plans[0].predicted.error == null'
}

# predicted FILTER: of the first plan of the last request.
predicted() {
    jq -cs ".[].line | select(.id == $id).result.plans[0].predicted | $1" "$told"
}

# The change is refused, and nothing has become of it.
refused_as_gone() {
    answered "$id" '(.error.data // .result.results[0].error) | .code == "gone" and .exit == 3
        and (.message | contains("another than was planned")) and (.hint | contains("plan again"))'
}

@test "a source that is swapped after its plan is not attached" {
    local place=$SUITE_DIR/owned change expect
    watch_containers
    mkdir -p "$place/data"
    echo "what was shown" >"$place/data/file"
    change='"source":"'$place/data'","targets":['$(target "$web" /mnt/swapped)']'
    ask plan '{"operation":"attach",'"$change"'}'
    answered "$id" '.result.plans[0].predicted.major_minor | contains(":")'
    expect='"expect":'$(predicted '{major_minor, sub_root, sub_path}')
    # By its owner: a symbolic link ...
    mv "$place/data" "$place/kept"
    ln -s /etc "$place/data"
    ask run '{"operation":"attach",'"$change,$expect"'}'
    refused_as_gone
    rm "$place/data"
    mv "$place/kept" "$place/data"
    # ... or another file system.
    mount -t tmpfs none "$place/data"
    ask run '{"operation":"attach",'"$change,$expect"'}'
    refused_as_gone
    umount "$place/data"
    not docker exec "$web" test -e /mnt/swapped
    assert_tables_unchanged "$web"
    # As it was, it is what was shown.
    ask run '{"operation":"attach",'"$change,$expect"'}'
    answered "$id" '.result.results[0] | .ok and .verified'
    assert_attached "$web" /mnt/swapped rw,nosuid,nodev "$place/data"

    # An undo of the detach attaches again: only what its plan showed.
    davit_exits 0 detach "$web:/mnt/swapped"
    ask plan '{"operation":"undo"}'
    answered "$id" '.result.id | test("^[0-9a-f]{12}$")'
    change='"id":'$(jq -cs ".[].line | select(.id == $id).result.id" "$told")
    expect='"expect":'$(predicted '{major_minor, sub_root, sub_path}')
    mount -t tmpfs none "$place/data"
    ask run '{"operation":"undo",'"$change,$expect"'}'
    refused_as_gone
    umount "$place/data"
    mv "$place/data" "$place/kept"
    ln -s /etc "$place/data"
    ask run '{"operation":"undo",'"$change,$expect"'}'
    answered "$id" '(.error.data // .result.results[0].error) | .code == "unsafe" and .exit == 6
        and (.message | contains("leads to /etc now"))'
    not docker exec "$web" test -e /mnt/swapped
    assert_tables_unchanged "$web"
}

@test "a refresh and a replace are of what their plan showed" {
    local change mounts planned
    watch_containers
    davit_exits 0 attach --ro "$SOURCE" "$web:/mnt/first"
    change='"operation":"refresh","source":"'$SOURCE'"'
    ask plan "{$change}"
    answered "$id" '.result.plans | length == 1 and .[0].predicted.mount_id > 0'
    mounts='"mounts":['$(predicted .mount_id)']'
    ask plan '{"operation":"replace","source":"'"$SUITE_DIR"'","targets":['"$(target "$web" /mnt/first)"']}'
    answered "$id" '.result.plans[0].predicted.mount_id > 0'
    planned=$(target "$web" /mnt/first | jq -c ".mount_id = $(predicted .mount_id)")
    # What is attached from there meanwhile is left alone.
    davit_exits 0 attach --ro "$SOURCE" "$other:/mnt/second"
    ask run "{$change,$mounts}"
    answered "$id" '.result.results | length == 1 and (.[0] | .ok and .verified and .target == "/mnt/first")'
    assert_attached "$web" /mnt/first ro,nosuid,nodev "$SOURCE"
    ask run "{$change,$mounts}" # its mount is another by now
    answered "$id" '.result.results == []'
    # Before Linux 6.8 numbers are used again at once.
    if [[ $DAVIT_PASS == plain ]]; then
        ask run '{"operation":"replace","source":"'"$SUITE_DIR"'","targets":['"$planned"']}'
        refused_as_gone
    fi
    assert_attached "$web" /mnt/first ro,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$web:/mnt/first" "$other:/mnt/second"
    assert_tables_unchanged "$web" "$other"
}

@test "another mount at the target than its plan showed is not detached, and an undo takes back what it showed" {
    local planned change first
    watch_containers
    davit_exits 0 attach --ro "$SOURCE" "$web:/mnt/first" --json
    first=$(jq -r '.results[0].operation' <<<"$out")
    ask plan '{"operation":"detach","targets":['"$(target "$web" /mnt/first)"']}'
    answered "$id" '.result.plans[0].predicted.mount_id > 0'
    planned=$(target "$web" /mnt/first | jq -c ".mount_id = $(predicted .mount_id)")
    ask plan '{"operation":"undo"}'
    answered "$id" '.result.plans[0].target == "/mnt/first"'
    change='{"operation":"undo","id":'$(jq -cs ".[].line | select(.id == $id).result.id" "$told")'}'
    # Another administrator takes it away, and attaches something there.
    davit_exits 0 detach "$web:/mnt/first"
    davit_exits 0 attach "$SOURCE" "$web:/mnt/first"
    # Before Linux 6.8 the number of a mount is used again at once: the attachment's id tells.
    if [[ $DAVIT_PASS != old ]]; then
        ask run '{"operation":"detach","targets":['"$planned"']}'
        refused_as_gone
    fi
    ask run '{"operation":"detach","targets":['"$planned"'],"only":"'"$first"'"}'
    answered "$id" '(.error.data // .result.results[0].error) | .code == "not-attached"'
    # The last change is another one too.
    ask run "$change"
    answered "$id" '.error.data.code == "not-attached"'
    assert_attached "$web" /mnt/first rw,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$web:/mnt/first"
    assert_tables_unchanged "$web"
}

@test "inspect, describe, browse, doctor and status" {
    watch_containers
    ask inspect '{"container":"'"$(member "$web" key)"'"}'
    answered "$id" '.result | .name == "'"$web"'" and .namespaces.mnt > 0 and .namespaces.net > 0
        and (.user_mapping | length == 1) and (.labels | type == "object") and (.declared | type == "array")'
    ask describe '{"source":"'"$SOURCE"'"}'
    answered "$id" '.result | .type == "directory" and .path == "'"$SOURCE"'" and (.major_minor | contains(":"))'
    ask browse '{"container":"'"$(member "$web" key)"'","path":"/bin"}'
    answered "$id" 'any(.result.entries[]; .name == "busybox" and .type == "file")'
    ask browse '{"container":null,"path":"'"$SOURCE"'"}'
    answered "$id" '[.result.entries[].name] == ["file"]'
    ask doctor
    answered "$id" 'any(.result.checks[]; .name == "open_tree" and .ok)'
    ask status
    answered "$id" '.result.attachments == []'
}

@test "without changes every change is refused, in the engine" {
    watch_containers --no-changes
    was_told '.result.read_only == true'
    ask run '{"operation":"attach","source":"'"$SOURCE"'","targets":['"$(target "$web" /mnt/no)"']}'
    answered "$id" '.error.code == -32000 and .error.data.code == "not-permitted" and .error.data.exit == 5'
    ask run '{"operation":"undo"}'
    answered "$id" '.error.data.code | . == "not-permitted" or . == "not-attached"'
    ask plan '{"operation":"attach","source":"'"$SOURCE"'","targets":['"$(target "$web" /mnt/no)"']}'
    answered "$id" '.result.plans[0].steps | length > 5'
    assert_tables_unchanged "$web"
}

@test "who is not root is told what is missing, and reads what he may" {
    local davit_words=(setpriv --reuid 65534 --regid 65534 --clear-groups "${davit_words[-1]}")
    start_engine
    ask hello '{"protocol":1}'
    answered "$id" '.result | (.privileged | not) and (.hint | test("containers.*CAP_SYS_PTRACE.*sudo davit"))'
    ask watch '{"containers":true,"filesystems":true}'
    tells '.method == "containers" and .params.whole'
    tells '.method == "filesystems"'
    ask run '{"operation":"attach","source":"/tmp","targets":[{"container":"pid:'"$(pid_of "$web")"'","target":"/mnt/x"}]}'
    answered "$id" '.error.data.code == "not-permitted"'
    hang_up
    [[ $ended -eq 0 ]]
}

# --- what hangs ----------------------------------------------------------------------------------

# serve [FUSE OPTIONS]: the container's own process serves $hung from now on.
serve() {
    inside "$web" mkdir -p "$hung"
    server=$(docker exec "$web" /fuse "$hung" "$@")
    server=${server#ready }
    snapshot_tables "$web" "$other"
}

is_unmounted() {
    ! grep -q " $hung " "/proc/$(pid_of "$web")/mountinfo"
}

# Wakes everybody who waits for it.
stop_server() {
    docker exec "$web" kill -TERM "$server"
    until_true 20 is_unmounted
    server=
    snapshot_tables "$web" "$other"
}

@test "a server that never answers is an error of one request; all others go on" {
    local hanging first place
    watch_containers
    serve --hang
    hanging=/proc/$(pid_of "$web")/root$hung
    place='{"container":"'"$(member "$web" key)"'","path":"'"$hung"'"}'
    ask browse "$place"
    first=$id
    ask describe '{"source":"'"$hanging"'/d"}'
    # Thirty more who wait, and one too many.
    for ((i = 3; i <= 33; i++)); do
        ask browse "$place"
    done
    tells '.error.data.code == "busy"' 5
    was_told '.error.data.code == "busy" and .id == '"$id"
    not was_told ".id == $first"
    # To end one is always possible, and makes room.
    ask cancel '{"request":'"$((id - 1))"'}'
    answered "$id" '.result == {}' 5
    answered $((id - 2)) '.error.data.errno == "ECANCELED"' 5
    ask browse '{"path":"/"}'
    answered "$id" '.result.entries | length > 0' 5
    answered "$first" '.error.data.code == "timed-out" and (.error.data.message | length > 0)'
    answered $((first + 1)) '.error.data.code == "timed-out"'
    ask describe '{"source":"/"}'
    answered "$id" '.result.path == "/"' 5
    hang_up
    [[ $ended -eq 0 ]]
}

# Processes of davit's that wait for the server's answer, and those of them that were to be ended
# meanwhile (request_wait_answer() of fs/fuse/dev.c: then nothing interrupts it any more).
waiting_are() {
    local pid n=0
    for pid in $(pgrep davit); do
        [[ $(cat "/proc/$pid/wchan" 2>/dev/null) != request_wait_answer ]] || n=$((n + 1))
    done
    [[ $n -eq $1 ]]
}
asleep_are() { [[ $(awk '$2 ~ /davit/ && $3 == "D"' /proc/[0-9]*/stat 2>/dev/null | wc -l) -eq $1 ]]; }

@test "look-ups given up again and again at a silent server: two wait there, and then none" {
    local i place
    watch_containers
    serve --hang
    place='{"container":"'"$(member "$web" key)"'","path":"'"$hung"'"}'
    for i in 1 2; do
        ask browse "$place"
        until_true 4 waiting_are "$i"
        ask cancel '{"request":'"$id"'}'
        answered $((id - 1)) '.error.data.errno == "ECANCELED"' 5
        until_true 20 asleep_are "$i"
    done
    for i in 3 4 5; do
        ask browse "$place"
        answered "$id" '.error.data | .code == "timed-out" and (.hint | test("server"))
            and (.message | test("'"$hung"': not asked again, since 2 processes"))' 3
    done
    waiting_are 2
    ask browse '{"container":"'"$(member "$other" key)"'","path":"/srv"}'
    answered "$id" '.result.entries' 5
    ask browse '{"path":"/"}'
    answered "$id" '.result.entries | length > 0' 5
    stop_server
    until_true 20 waiting_are 0
    ask browse "$place"
    answered "$id" '.result.entries == []' 5
    hang_up
    [[ $ended -eq 0 ]]
}

# --- how it ends ---------------------------------------------------------------------------------

is_untouched() {
    davit_exits 0 status --json
    json 'all(.attachments[]; .state == "gone")' && assert_container_unchanged "$web"
}

@test "a front end that goes in the middle of an attach: it is taken back, and the engine ends" {
    watch_containers
    serve --hang=mkdir
    ask run '{"operation":"attach","source":"'"$SOURCE"'","targets":['"$(target "$web" "$hung/new")"']}'
    # Begun, with an intent in the journal, and now it waits for the container's own server.
    tells '.method == "step" and .params.step.stage == "journal"'
    hang_up
    [[ $ended -eq 0 ]]
    # As long as that server holds the directory, nobody can look what is there; then the next
    # davit does.
    stop_server
    is_untouched
    davit_exits 0 events --json
    json 'any(.events[]; .line == "failed") and all(.events[]; .line != "done")'
}

is_in_journal() { grep -q "$1" "$STATE/journal"; }

# Something holds what is attached at /mnt/wait.
hold() {
    davit_exits 0 attach "$SOURCE" "$web:/mnt/wait"
    nsenter --target "$(pid_of "$web")" --mount --root --pid -- \
        sleep 1000004 <"/proc/$(pid_of "$web")/root/mnt/wait/file" 3>&- 4>&- 9>&- &
    until_true 20 pgrep -nx -f 'sleep 1000004' >/dev/null
    holder=$(pgrep -nx -f 'sleep 1000004')
}

# begin_detach MILLISECONDS: the mount is busy, so that the detach waits; $holder keeps it.
begin_detach() {
    hold
    ask run '{"operation":"detach","wait_ms":'"$1"',"targets":['"$(target "$web" /mnt/wait)"']}'
    until_true 20 is_in_journal '"line":"intent","operation":"detach"\|"detach".*"intent"\|"intent".*"detach"'
}

@test "a front end that goes while a detach waits: what becomes possible is done" {
    watch_containers
    begin_detach 60000
    exec 9>&-
    stop_process "$holder" KILL
    holder=
    ended=0
    wait "$engine" || ended=$?
    engine=
    [[ $ended -eq 0 ]]
    is_untouched
}

@test "... and what does not is taken back within seconds" {
    local began=$SECONDS
    watch_containers
    begin_detach 60000
    hang_up
    [[ $ended -eq 0 ]]
    ((SECONDS - began < 30))
    davit_exits 0 status --json
    json '[.attachments[].state] == ["live"]'
    stop_process "$holder" KILL
    holder=
    davit_exits 0 detach --wait 5s "$web:/mnt/wait"
    is_untouched
}

# The process that makes the change: the only child of the engine that no signal ends, when none
# reads anything.
worker_of() {
    local child n=0
    for child in $(<"/proc/$1/task/$1/children"); do
        [[ $(<"/proc/$child/status") =~ SigBlk:.*[0-9a-f]*4003 ]] || continue
        worker=$child
        n=$((n + 1))
    done 2>/dev/null
    [[ $n -eq 1 ]]
}

# A stopped process takes no signal, as one that sleeps uninterruptibly in the kernel does not.
@test "... and one that cannot be ended is left to itself: the engine ends all the same" {
    local began=$SECONDS worker=''
    watch_containers
    begin_detach 60000
    until_true 20 worker_of "$engine"
    kill -STOP "$worker"
    hang_up
    kill -KILL "$worker"
    [[ $ended -eq 0 ]]
    ((SECONDS - began < 40))
    stop_process "$holder" KILL
    holder=
    # What it was about is the next davit's.
    davit_exits 0 detach --wait 5s "$web:/mnt/wait"
    is_untouched
}

@test "a change that is canceled is taken back and says so; others wait for their turn" {
    local waiting
    watch_containers
    begin_detach 60000
    waiting=$id
    ask run '{"operation":"attach","source":"'"$SOURCE"'","targets":['"$(target "$other" /mnt/next)"']}'
    ask run '{"operation":"attach","source":"'"$SOURCE"'","targets":['"$(target "$other" /mnt/never)"']}'
    ask cancel '{"request":'"$id"'}'
    answered $((id - 1)) '.error.data.errno == "ECANCELED"' 5
    not was_told ".id == $((waiting + 1))"
    ask cancel '{"request":'"$waiting"'}'
    answered "$waiting" '.result.error.errno == "ECANCELED"'
    answered $((waiting + 1)) '.result.results[0].ok'
    assert_container_mounts "$other" /mnt/next rw,nosuid,nodev "$SOURCE"
    davit_exits 0 detach "$other:/mnt/next"
    stop_process "$holder" KILL
    holder=
    davit_exits 0 detach --wait 5s "$web:/mnt/wait"
    is_untouched
}

@test "an attach that is canceled before it has attached anything attaches nothing" {
    local other_davit
    watch_containers
    hold
    # Changes are one at a time on a host: another davit is at work.
    davit detach --wait 60s "$web:/mnt/wait" >"$SUITE_DIR/out" 2>&1 3>&- 4>&- 9>&- &
    other_davit=$!
    until_true 20 is_in_journal '"detach"'
    ask run '{"operation":"attach","source":"'"$SOURCE"'","targets":['"$(target "$other" /mnt/no)"']}'
    ask cancel '{"request":'"$id"'}'
    answered "$id" '.result == {}' 5
    stop_process "$holder" KILL
    holder=
    wait "$other_davit"
    answered $((id - 1)) '.result.error.errno // .error.data.errno | . == "ECANCELED"'
    assert_container_unchanged "$other"
    is_untouched
}

@test "a worker that is killed in the middle of a change: the engine restores what was" {
    local worker
    watch_containers
    begin_detach 60000
    worker=$(grep -o '"mover":[0-9]*' "$STATE/journal" | tail -n 1)
    worker=$(awk '$1 == "PPid:" { print $2 }' "/proc/${worker#*:}/status")
    [[ $(awk '$1 == "PPid:" { print $2 }' "/proc/$worker/status") == "$engine" ]]
    kill -KILL "$worker"
    answered "$id" '.error.code == -32000'
    tells '.method == "notice" and (.params.text | contains("still attached"))'
    davit_exits 0 status --json
    json '[.attachments[].state] == ["live"]'
    stop_process "$holder" KILL
    holder=
    ask run '{"operation":"detach","wait_ms":5000,"targets":['"$(target "$web" /mnt/wait)"']}'
    answered "$id" '.result.results[0].ok'
    is_untouched
}
