# The rows of tests/bench about the console: sourced by bench.bash, whose functions it uses.
# shellcheck shell=bash disable=SC2154 # what bench.bash sets

prefix=()

# value GROUP WHAT UNIT AIM COUNT VALUE: a row that compares with nothing. AIM is the most that VALUE
# may be, or `-`.
value() {
    jq -nc --arg group "$1" --arg what "$2" --arg unit "$3" --arg aim "$4" --argjson n "$5" \
        --argjson value "$6" '
        {kind: "value", group: $group, what: $what, unit: $unit, n: $n, value: $value,
            aim: (if $aim == "-" then null else $aim | tonumber end)}
        | .reached = if .aim == null then null else .value <= .aim end' >>"$rows"
    say "$2: $6 $3"
}

# The console as a user starts it, measured by bench_console: console_once OPTIONS… ROWS. With
# `local prefix=(…)` in what that is.
console_once() {
    env TERM=xterm-256color LC_ALL=C.UTF-8 timeout 120 "${prefix[@]}" \
        "$tools/bench_console" "${@:1:$#-1}" \
        " Quit" "${*: -1}" "$davit" --docker "$socket" --state-dir /run/davit
}

median_of() { jq -s "map($1) | sort | .[length / 2 | floor]" "$2"; }

# first_frames WHERE TIMES ROWS: from the start to the first whole frame, and to one that shows the
# containers.
first_frames() {
    local i all=$LAB_DIR/frames
    : >"$all"
    for ((i = 0; i < $2; i++)); do
        console_once "$3" >>"$all"
    done
    value console "first frame$1" ms 200 "$2" "$(median_of '.first_us / 1000' "$all")"
    value console "containers on the screen$1" ms - "$2" "$(median_of '.rows_us / 1000' "$all")"
}

# At rest while others start containers or services on this machine: of their control groups nothing
# is told here. The best of three, for block devices come and go as well.
at_rest() {
    local i one=$LAB_DIR/rest best='' prefix=("${groups_below[@]}" "davit-tests-$LAB_ID/bench")
    for i in 1 2 3; do
        console_once -i 20 "$1" >"$one"
        if [[ -z $best ]] || ((best > $(jq '.idle_runs | add' "$one"))); then
            best=$(jq '.idle_runs | add' "$one")
            cp "$one" "$LAB_DIR/one"
        fi
        ((best > 0)) || break
    done
}

# keys_and_idle WHERE ROWS PSS_AIMS…
keys_and_idle() {
    local one=$LAB_DIR/one keys=200
    console_once -k $keys "$2" >"$one"
    value console "bytes of a cursor key at 80x24$1" bytes 60 $keys "$(jq .key_bytes "$one")"
    value console "key to paint$1" µs - $keys "$(jq .key_us "$one")"
    at_rest "$2"
    value console "bytes of 20 s at rest$1" bytes 0 1 "$(jq .idle_bytes "$one")"
    value console "times the console ran in 20 s at rest$1" "" 0 1 "$(jq '.idle_runs[0]' "$one")"
    value console "times the engine and its helpers ran in 20 s at rest$1" "" 0 1 \
        "$(jq '.idle_runs[1] + .idle_runs[2]' "$one")"
    value console "memory (PSS) of the console$1" MiB "$3" 1 "$(jq '.pss_kib[0] / 1024' "$one")"
    value console "memory (PSS) of the engine$1" MiB "$4" 1 "$(jq '.pss_kib[1] / 1024' "$one")"
    value console "memory (PSS) of the engine's helpers$1" MiB - 1 "$(jq '.pss_kib[2] / 1024' "$one")"
}

# Attaches in the engine that runs already: no process starts, the mover is up. Each begins when what
# the one before it has left to be read is read. Beside each of them stand the bare calls in as many
# processes, which sleep until it is their turn: what this machine takes at the least. The journal is
# on a tmpfs here, as /run is on a host.
engine_attach() {
    local one=$LAB_DIR/attaches rounds=50
    timeout 120 "$tools/bench_attach" $rounds 200 /run/davit "$pid" "$source" /mnt/davit /mnt/other \
        >"$one"
    value console "attach in the engine's worker, begun to verified" µs 150 $rounds \
        "$(jq .verified_us "$one")"
    value console "the bare calls, worker to mover and back" µs - $rounds "$(jq .floor_us "$one")"
    value console "ratio of the two" "" - $rounds "$(jq .ratio "$one")"
    jq -r '.steps[] | "    \(.took_us) µs  \(.text)"' "$one"
    timeout 120 "$tools/bench_engine" $rounds 200 "docker/$(id_of "$web")" "$source" /mnt/davit \
        /mnt/other "$davit" engine --docker "$socket" --state-dir /run/davit >"$one"
    value console "attach in the engine, request to result" µs - $rounds "$(jq .attach_us "$one")"
    value console "the bare calls, request to answer" µs - $rounds "$(jq .floor_us "$one")"
    value console "ratio of the two" "" - $rounds "$(jq .ratio "$one")"
    value console "detach in the engine, request to result" µs - $rounds "$(jq .detach_us "$one")"
}

# While a few of Docker's containers run.
console_rows() {
    local daemon name
    daemon=$(<"$LAB_DIR/docker/pid")
    rm -rf /run/davit
    engine_attach
    for name in one two three; do
        container "$(named $name)"
    done
    first_frames "" 15 "$web"
    keys_and_idle "" "$web" - -
    kill -STOP "$daemon"
    first_frames ", dockerd stopped by SIGSTOP" 5 "$web"
    kill -CONT "$daemon"
    for name in one two three; do
        remove_container "$(named $name)"
    done
}

# Among a thousand.
console_crowd_rows() {
    first_frames ", 1000 containers" 5 c100
    keys_and_idle ", 1000 containers" c100 15 10
}
