# What the end-to-end suites stand on: dockerd, containers, mount tables and what may be in them.
# Every .bats file says `load lab`. Nothing here works outside tests/e2e/world.
# shellcheck shell=bash

: "${LAB_DIR:?the suites are started by tests/run}"
# What this world's containers and control groups are called by; DAVIT_PASS is how it is tested.
export DAVIT_WORLD=${DAVIT_WORLD:-${DAVIT_PASS:-}}

# --- bats -----------------------------------------------------------------------------------

# Before each command bats notes where it is, in each function and subshell, and that takes longer
# than most commands. In the test itself it may; in what the test calls, the place is looked up when
# a command has failed. A bats that is made otherwise is left as it is.
if declare -F bats_test_begin bats_debug_trap bats_capture_stack_trace bats_check_status_from_trap \
    >/dev/null; then
    [[ -n ${BATS_TEST_NAME:-} ]] || set +o functrace # setup_file and teardown_file
    eval "bats_own_$(declare -f bats_test_begin)"
    bats_test_begin() {
        set +o functrace
        BATS_DEBUG_EXCLUDE_PATHS+=("${BASH_SOURCE[0]%/*}")
        bats_own_bats_test_begin "$@"
    }
    bats_error_trap() {
        bats_check_status_from_trap
        [[ -z $BATS_DEBUG_LAST_STACK_TRACE_IS_VALID ]] || return 0
        if [[ ${FUNCNAME[1]:-} != "${BATS_TEST_NAME:-}" ]]; then
            bats_capture_stack_trace
        elif [[ "${BASH_LINENO[*]}" == "${BATS_DEBUG_LAST_LINENO[*]:-}" &&
            "${BASH_SOURCE[*]}" == "${BATS_DEBUG_LAST_SOURCE[*]:-}" ]]; then
            # As bats does: the last note is of this trap, the one before of the command.
            BATS_DEBUG_LAST_STACK_TRACE=("${BATS_DEBUG_LASTLAST_STACK_TRACE[@]}")
        fi
        BATS_DEBUG_LAST_STACK_TRACE_IS_VALID=1
    }
    # These take the notes' trap away, for good.
    declare -ft bats_error_trap bats_check_status_from_trap
fi

# --- jq -------------------------------------------------------------------------------------

# Where there is a jq that begins in 4 ms, not in 45. It prints the members of an object sorted.
if command -v gojq >/dev/null; then
    jq() { gojq "$@"; }
fi

# --- waiting --------------------------------------------------------------------------------

# A short pause without a process. Only for until_true: nothing waits by the clock alone.
pause() {
    read -rt 0.02 <> <(:) || true
}

# until_true SECONDS COMMAND…: fails when COMMAND does not succeed in time.
until_true() {
    local limit=$((SECONDS + $1))
    shift
    until "$@"; do
        if ((SECONDS > limit)); then
            echo "not so in time: $*" >&2
            return 1
        fi
        pause
    done
}

fail() {
    printf '%s\n' "$@" >&2
    return 1
}

# A `!` before a command makes no test fail.
not() {
    if "$@"; then
        fail "should not be so: $*"
    fi
}

is_gone() { [[ ! -e /proc/$1/stat ]]; }

# Ends one process that this test started, and waits until it is gone.
stop_process() {
    local pid=$1 signal=${2:-TERM}
    kill -"$signal" "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    until_true 20 is_gone "$pid"
}

# begin COMMAND…: in the background, until the end of the test; its pid in $pid. What it runs says
# that it is there by a line. The suite's setup says started=(), its teardown end_started.
begin() {
    local ready=$SUITE_DIR/ready.$BATS_TEST_NUMBER.${#started[@]}
    "$@" >"$ready" 2>&1 3>&- 4>&- </dev/null &
    pid=$!
    started+=("$pid")
    until_true 20 test -s "$ready"
}

end_started() {
    local pid
    for pid in "${started[@]}"; do
        stop_process "$pid" KILL
    done
}

# hold_namespaces N: a user without privilege keeps so many mount namespaces, in which no process is,
# by descriptors; until end_started.
hold_namespaces() {
    begin python3 -c '
import ctypes, os, sys, time
libc = ctypes.CDLL(None)
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
assert libc.unshare(0x10000000) == 0
for i in range(int(sys.argv[1])):
    assert libc.unshare(0x20000) == 0
    os.open("/proc/self/ns/mnt", os.O_RDONLY)
print("ready", flush=True)
time.sleep(1000000)' "$1"
    grep -q ready "$SUITE_DIR/ready.$BATS_TEST_NUMBER.$((${#started[@]} - 1))"
}

# --- the machine ----------------------------------------------------------------------------

# A chroot or a bare container may come without control groups; dockerd needs them.
lab_cgroups() {
    local name enabled rest
    if [[ -e /sys/fs/cgroup/cgroup.controllers || -d /sys/fs/cgroup/memory ]]; then
        return
    fi
    mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup
    while read -r name rest; do
        enabled=${rest##*[[:space:]]}
        if [[ $name != \#* && $enabled == 1 ]]; then
            mkdir "/sys/fs/cgroup/$name"
            mount -t cgroup -o "$name" cgroup "/sys/fs/cgroup/$name" ||
                rmdir "/sys/fs/cgroup/$name"
        fi
    done </proc/cgroups
}

# A second dockerd, "remap", whose containers have a user namespace: their 0 to 65535 are the host's
# 300000 to 365535. Its user is there for this suite alone: private copies over the real files.
lab_remap() {
    local file
    mkdir -p "$LAB_DIR/etc"
    for file in passwd group subuid subgid; do
        cp "/etc/$file" "$LAB_DIR/etc/$file"
        sed -i '/^dockremap:/d' "$LAB_DIR/etc/$file"
    done
    echo 'dockremap:x:64321:64321::/:/usr/sbin/nologin' >>"$LAB_DIR/etc/passwd"
    echo 'dockremap:x:64321:' >>"$LAB_DIR/etc/group"
    echo 'dockremap:300000:65536' | tee -a "$LAB_DIR/etc/subuid" >>"$LAB_DIR/etc/subgid"
    for file in passwd group subuid subgid; do
        mount --bind --make-private "$LAB_DIR/etc/$file" "/etc/$file"
    done
    lab_dockerd remap --userns-remap=default
    lab_images "$LAB_DIR/remap/s"
}

lab_remap_stop() {
    lab_dockerd_stop remap
    umount /etc/passwd /etc/group /etc/subuid /etc/subgid
}

# --- control groups -------------------------------------------------------------------------

# groups_below GROUP COMMAND…, as words: in a mount namespace where each hierarchy begins at GROUP,
# or where there is none (GROUP empty). What else starts and ends on this machine, which is news for
# davit, is not told there.
# shellcheck disable=SC2016,SC2034
groups_below=(unshare --mount --propagation private sh -c '
    sub=$1; shift
    if [ -z "$sub" ]; then
        mount -t tmpfs none /sys/fs/cgroup
    else
        for dir in /sys/fs/cgroup /sys/fs/cgroup/*; do
            [ ! -d "$dir/$sub" ] || mount --bind "$dir/$sub" "$dir"
        done
    fi
    exec "$@"' -)

# --- docker ---------------------------------------------------------------------------------

lab_socket() { printf '%s\n' "$LAB_DIR/$1/s"; }

docker() { command docker --host "unix://${SOCKET:-$LAB_DIR/docker/s}" "$@"; }

docker_answers() { SOCKET=$1 docker version >/dev/null 2>&1; }

# lab_dockerd NAME [ARGS…]: a dockerd of our own; its socket is lab_socket NAME.
lab_dockerd() {
    local name=$1 dir=$LAB_DIR/$1
    shift
    mkdir -p "$dir/data"
    # The data root is walked by the remapped root of a user namespace too.
    chmod 0711 "$LAB_DIR" "$LAB_DIR/.." "$dir"
    dockerd --data-root "$dir/data" --exec-root "$dir/exec" --host "unix://$dir/s" \
        --pidfile "$dir/pid" --bridge=none --iptables=false --ip6tables=false \
        --exec-opt native.cgroupdriver=cgroupfs \
        --cgroup-parent "/davit-tests-$LAB_ID/$DAVIT_WORLD/docker" "$@" \
        >"$dir/log" 2>&1 </dev/null 3>&- 4>&- &
    disown
    if ! until_true 30 docker_answers "$dir/s"; then
        tail -n 20 "$dir/log" >&2
        return 1
    fi
}

# Stops it with all its containers. A daemon left under SIGSTOP is woken first.
lab_dockerd_stop() {
    local pid dir=$LAB_DIR/$1 containers
    [[ -f $dir/pid ]] || return 0
    pid=$(<"$dir/pid")
    kill -CONT "$pid" 2>/dev/null || return 0
    mapfile -t containers < <(SOCKET=$dir/s docker ps --all --quiet)
    if [[ ${#containers[@]} -gt 0 ]]; then
        SOCKET=$dir/s docker rm --force "${containers[@]}" >/dev/null
    fi
    kill -TERM "$pid"
    until_true 30 is_gone "$pid"
}

lab_stop_all() {
    local file
    for file in "$LAB_DIR"/*/pid; do
        file=${file%/pid}
        lab_dockerd_stop "${file##*/}"
    done
}

# Two images without a network: busybox:local with a shell and users, and static:local, which is
# one static program and nothing else: no shell, no /etc, no /mnt.
lab_images() {
    local root=$LAB_DIR/images name
    if [[ ! -d $root ]]; then
        mkdir -p "$root"/{busybox/{bin,etc,root,mnt,tmp,home,var,srv},static}
        cp "$(command -v busybox)" "$root/busybox/bin/busybox"
        cp "$(command -v busybox)" "$root/static/busybox"
        while read -r name; do
            [[ $name == busybox ]] || ln -s busybox "$root/busybox/bin/$name"
        done < <(busybox --list)
        chmod 1777 "$root/busybox/tmp"
        printf 'root:x:0:0::/root:/bin/sh\nuser:x:1000:1000::/home:/bin/sh\n' \
            >"$root/busybox/etc/passwd"
        printf 'root:x:0:\nuser:x:1000:\n' >"$root/busybox/etc/group"
        tar -C "$root/busybox" -cf "$root/busybox.tar" .
        tar -C "$root/static" -cf "$root/static.tar" .
    fi
    SOCKET=$1 docker import "$root/busybox.tar" busybox:local >/dev/null
    SOCKET=$1 docker import "$root/static.tar" static:local >/dev/null
}

# --- one suite ------------------------------------------------------------------------------

# For setup_file: a folder of the suite's own, and one for the state of its davit, on a tmpfs as
# /run is.
lab_begin() {
    local name=${BATS_TEST_FILENAME##*/}
    name=${name%.bats}${DAVIT_WIRE:+-wire}
    export SUITE_DIR=$LAB_DIR/$DAVIT_PASS/$name
    export STATE=$LAB_DIR/run/$DAVIT_PASS-$name
    mkdir -p "$SUITE_DIR"/{pids,source}
    export SOURCE=$SUITE_DIR/source
    echo "from the host" >"$SOURCE/file"
}

# For teardown_file: removes the suite's containers.
lab_end() {
    local file names=()
    for file in "$SUITE_DIR"/pids/*; do
        [[ -e $file ]] && names+=("${file##*/}")
    done
    if [[ ${#names[@]} -gt 0 ]]; then
        docker rm --force "${names[@]}" >/dev/null
    fi
}

# Containers are named by the suite and unique on this machine, so that a second run beside this
# one is never in the way: `web=$(named web)`.
named() { printf '%s-%s-%s\n' "$1" "$DAVIT_WORLD" "$LAB_ID"; }

# container NAME [DOCKER RUN ARGS…] [-- COMMAND…]; IMAGE=static:local for the other image.
container() {
    local name=$1 args=() image=${IMAGE:-busybox:local} command=(sleep 1000000)
    shift
    while [[ $# -gt 0 && $1 != -- ]]; do
        args+=("$1")
        shift
    done
    if [[ $# -gt 1 ]]; then
        shift
        command=("$@")
    elif [[ $image == static:* ]]; then
        command=(/busybox sleep 1000000)
    fi
    : >"$SUITE_DIR/pids/$name"
    docker run --detach --network none --name "$name" "${args[@]}" "$image" "${command[@]}" \
        >/dev/null
    container_started "$name"
}

# To be called again after a restart.
container_started() {
    docker inspect --format '{{.State.Pid}} {{.Id}}' "$1" >"$SUITE_DIR/pids/$1"
}

remove_container() {
    docker rm --force "$1" >/dev/null
    rm -f "$SUITE_DIR/pids/$1"
}

pid_of() {
    local pid
    read -r pid _ <"$SUITE_DIR/pids/$1"
    printf '%s\n' "$pid"
}

id_of() {
    local id
    read -r _ id <"$SUITE_DIR/pids/$1"
    printf '%s\n' "$id"
}

# Runs a command of the container's own inside its mount namespace and root.
inside() {
    local pid
    pid=$(pid_of "$1")
    shift
    if [[ -e /proc/$pid/root/busybox ]]; then
        set -- /busybox "$@"
    fi
    nsenter --target "$pid" --mount --root -- "$@"
}

# What a container's own process sees: docker exec has its user, capabilities and seccomp.
inside_as_user() {
    local name=$1
    shift
    docker exec "$name" "$@"
}

# --- davit ----------------------------------------------------------------------------------

declare -ga davit_words=() wrap=()
eval "davit_words=(${DAVIT_RUN:-})" # quoted by tests/e2e/world: paths may have spaces

# davit VERB ARGS…: talks to $SOCKET (a path or a URL), else to the pass's own dockerd; with
# SOCKET=none no daemon is named. A test puts another program around it by `local wrap=(…)`.
davit() {
    local verb=$1 daemon=(--docker "${SOCKET:-$LAB_DIR/docker/s}")
    shift
    [[ ${SOCKET:-} != none ]] || daemon=()
    # The leak check wants to trace the program itself, and a tracer is there already.
    local -x ASAN_OPTIONS=$ASAN_OPTIONS${wrap:+:detect_leaks=0}
    # The same over the wire: by a front end that prints what the verb would.
    if [[ -n ${DAVIT_WIRE:-} && ${#wrap[@]} -eq 0 && $verb =~ ^(attach|detach|keep|forget|undo|mounts|ls)$ ]]; then
        timeout 60 "$LAB_TOOLS/wire" "${davit_words[@]}" -- "$verb" "${daemon[@]}" \
            --state-dir "$STATE" "$@"
        return
    fi
    timeout --kill-after=5 60 "${davit_words[@]:0:${#davit_words[@]}-1}" "${wrap[@]}" \
        "${davit_words[-1]}" "$verb" "${daemon[@]}" --state-dir "$STATE" "$@"
}

# davit_exits CODE VERB ARGS…: runs davit and fails when it exits with another code. What it
# printed is then in $out and $err.
davit_exits() {
    local want=$1 got=0
    shift
    out=$(davit "$@" 2>"$SUITE_DIR/err") || got=$?
    err=$(<"$SUITE_DIR/err")
    if [[ $got -ne $want ]]; then
        fail "davit $* exited with $got, not $want" "stdout: $out" "stderr: $err"
    fi
}

# json FILTER [JQ ARGS…]: the last davit printed one JSON value and nothing else; FILTER yields
# something for it, and nothing that is false or null.
json() {
    local filter=$1
    shift
    if ! jq -es "length == 1 and ([.[0] | ($filter)] | length > 0 and all)" "$@" <<<"$out" \
        >/dev/null; then
        fail "not so: $filter $*" "in: ${out:0:3000}" "stderr: ${err:-}"
    fi
}

# listed ID FILTER: in what `ps` printed, the one container of that id fulfils it.
listed() {
    json "[.containers[] | select(.id == \$id)] | length == 1 and (.[0] | $2)" --arg id "$1"
}

# davit_refuses CODE NAME VERB ARGS…: exits with CODE, one JSON object on stdout with an error of
# that name in it (of the whole, or of its one target), a message and no bare errno.
davit_refuses() {
    local code=$1 name=$2
    shift 2
    davit_exits "$code" "$@" --json
    json '.schema == 1 and ([.error, .results[]?.error] | map(select(. != null)) | length > 0
        and all(.[]; .code == $name and .exit == $code and (.message | length > 0)))' \
        --arg name "$name" --argjson code "$code"
}

says() {
    if [[ $out$'\n'$err != *"$1"* ]]; then
        fail "nothing said of: $1" "stdout: $out" "stderr: $err"
    fi
}

# says_not TEXT
says_not() {
    if [[ $out$'\n'$err == *"$1"* ]]; then
        fail "should not have said: $1" "stdout: $out" "stderr: $err"
    fi
}

# The assertions below also hold where `set -e` does not, as on the left of `||`: each returns at
# the first thing that is wrong.

# --- mount tables ---------------------------------------------------------------------------

declare -gA container_before=()
declare -g host_before="" machine_before=""

# snapshot_tables NAME…: remembers the table of this namespace, of the machine's pid 1 and of
# the containers named.
snapshot_tables() {
    local name
    host_before=$(</proc/self/mountinfo)
    machine_before=$(<"$LAB_DIR/machine/1/mountinfo")
    for name in "$@"; do
        container_before[$name]=$(<"/proc/$(pid_of "$name")/mountinfo")
    done
}

same_table() {
    local what=$1 before=$2 now=$3
    if [[ $before != "$now" ]]; then
        fail "the mount table of $what changed:" \
            "$(diff <(printf '%s\n' "$before") <(printf '%s\n' "$now"))"
    fi
}

# Nothing at all: not an id, not an option, not a peer group.
assert_host_unchanged() {
    local now
    same_table "the host" "$host_before" "$(</proc/self/mountinfo)" || return
    now=$(<"$LAB_DIR/machine/1/mountinfo")
    [[ $now == "$machine_before" ]] || assert_machine_change_is_not_ours "$now"
}

# assert_host_has [LINE…]: the host's table is as before plus exactly these, each as
# `TARGET OPTIONS DEVICE ROOT`, relatime left out.
assert_host_has() {
    local want got
    want=$(printf '%s\n' "$@" | sort)
    got=$(diff <(printf '%s\n' "$host_before") /proc/self/mountinfo | sed -n 's/^[<>] //p' |
        awk '{ gsub(/,relatime/, "", $6); print $5, $6, $3, $4 ($7 == "-" ? "" : " " $7) }' | sort)
    [[ $got == "$want" ]] || fail "new on the host: $got" "expected: $want"
}

# The machine has a life of its own: somebody logs in, a disk is plugged in. A change there is ours
# if it names the run or a device that is mounted in the run's folder.
assert_machine_change_is_not_ours() {
    local line dev run=${LAB_DIR%/*}
    while read -r line; do
        read -r _ _ _ dev _ <<<"$line"
        if [[ $line == *"${run##*/}"* ]] || grep -q "^[0-9]* [0-9]* $dev [^ ]* $run" /proc/self/mountinfo; then
            fail "the mount table of the machine changed: $line"
            return
        fi
    done < <(diff <(printf '%s\n' "$machine_before") <(printf '%s\n' "$1") | grep '^[<>]')
    machine_before=$1
}

assert_container_unchanged() {
    local name
    for name in "$@"; do
        same_table "$name" "${container_before[$name]}" \
            "$(<"/proc/$(pid_of "$name")/mountinfo")" || return
    done
}

# After a detach: host and the containers named are as in snapshot_tables.
assert_tables_unchanged() {
    assert_host_unchanged && assert_container_unchanged "$@"
}

# mountinfo's own spelling of a path.
escape() {
    local path=$1
    path=${path//\\/\\134}
    path=${path// /\\040}
    path=${path//$'\t'/\\011}
    path=${path//$'\n'/\\012}
    printf '%s\n' "$path"
}

# Device and path inside the device of a host path: `8:1 /srv/data`. Worked out from this
# namespace's table, not by davit.
where() {
    local path dev root point best='' found=''
    path=$(escape "$(realpath -e "$1" && echo x)")
    path=${path%\\012x}
    while read -r _ _ dev root point _; do
        if [[ $point == / || $path == "$point" || $path == "$point"/* ]] &&
            ((${#point} >= ${#best})); then
            best=$point
            [[ $root != / ]] || root=
            [[ $point != / ]] || point=
            found="$dev $root${path#"$point"}"
        fi
    done </proc/self/mountinfo
    found=${found%/}
    [[ $found != *' ' ]] || found+=/
    printf '%s\n' "$found"
}

# The lines that a container has more than before, each as `TARGET OPTIONS DEVICE ROOT PEERS`;
# fails when one of before is gone or altered. Of the options only what davit decides is shown.
new_mounts() {
    local dev root point options rest peers option shown
    local before=$'\n'${container_before[$1]}$'\n' now
    now=$(<"/proc/$(pid_of "$1")/mountinfo")
    while IFS= read -r rest; do
        if [[ $'\n'$now$'\n' != *$'\n'"$rest"$'\n'* ]]; then
            fail "gone from $1: $rest"
            return
        fi
    done <<<"${container_before[$1]}"
    while IFS= read -r rest; do
        [[ $before != *$'\n'"$rest"$'\n'* ]] || continue
        read -r _ _ dev root point options rest <<<"$rest"
        shown=
        for option in ${options//,/ }; do
            case $option in
            ro | rw | nosuid | nodev | noexec) shown+=,$option ;;
            esac
        done
        peers=${rest%%- *}
        printf '%s\n' "$point ${shown#,} $dev $root $peers"
    done <<<"$now"
}

# assert_container_mounts NAME [TARGET OPTIONS SOURCE]…: the table is as before plus exactly
# these, private. SOURCE is a host path, or `DEVICE ROOT` as where() prints it.
assert_container_mounts() {
    local name=$1 want='' got from
    shift
    while [[ $# -gt 0 ]]; do
        from=$3
        if [[ $from == /* ]]; then
            from=$(where "$from") || return
        fi
        want+="$(escape "$1") $2 $from ${PEERS:-}"$'\n'
        shift 3
    done
    got=$(new_mounts "$name") || return
    got=$(printf '%s\n' "$got" | sed 's/ *$//' | sort)
    want=$(printf '%s' "$want" | sed 's/ *$//' | sort)
    if [[ $got != "$want" ]]; then
        fail "new in $name:" "${got:-(nothing)}" "expected:" "${want:-(nothing)}"
    fi
}

# The whole promise of an attach in one line: seen inside, right in the table, host untouched.
# assert_attached NAME TARGET OPTIONS SOURCE
assert_attached() {
    assert_container_mounts "$1" "$2" "$3" "$4" && assert_host_unchanged || return
    if [[ -d $4 ]]; then
        assert_same_listing "$1" "$2" "$4"
    else
        [[ $(inside "$1" cat "$2") == "$(<"$4")" ]] || fail "$2 in $1 is not $4"
    fi
}

assert_same_listing() {
    local seen
    seen=$(inside "$1" ls -A "$2")
    [[ $seen == "$(LC_ALL=C ls -A "$3")" ]] || fail "in $1 $2 shows: $seen"
}

assert_absent_inside() {
    [[ ! -e /proc/$(pid_of "$1")/root$2 ]] || fail "$2 is still there in $1"
}

assert_present_inside() {
    [[ -e /proc/$(pid_of "$1")/root$2 ]] || fail "$2 is not there in $1"
}
