# What enters a container, for the suites that compare it with the container's first process.
# shellcheck shell=bash

# The host's pid of a process by what it was started as, in $found.
find_process() {
    found=$(pgrep -f -x -- "$1") && [[ $found =~ ^[0-9]+$ ]]
}

# enters NAME SECONDS [ARGS…]: a sleep inside, whose host pid is in $found; davit's in $davit_pid.
enters() {
    local name=$1 seconds=$2
    shift 2
    davit enter "$@" "$name" -- sleep "$seconds" </dev/null >/dev/null 2>"$SUITE_DIR/err" 3>&- &
    davit_pid=$!
    until_true 20 find_process "sleep $seconds" || fail "$(<"$SUITE_DIR/err")"
}

leaves() {
    kill -TERM "$found"
    wait "$davit_pid" || [[ $? -eq 143 ]]
    davit_pid=
    is_gone "$found"
}

namespaces() { readlink /proc/"$1"/ns/{cgroup,ipc,mnt,net,pid,time,user,uts}; }

filtered() { # filters are not applied by a davit that is under a filter itself
    if [[ $DAVIT_PASS == plain ]]; then cat; else grep -v '^Seccomp'; fi
}

rights() {
    grep -E '^(Uid|Gid|Groups|Cap[A-Z].*|NoNewPrivs|Seccomp.*):' "/proc/$1/status" | filtered
}

# same WHAT FUNCTION INIT OURS
same() {
    local init ours
    init=$("$2" "$3")
    ours=$("$2" "$4")
    [[ $init == "$ours" ]] || fail "$1:" "$(diff <(echo "$init") <(echo "$ours"))"
}

groups_of() { sort "/proc/$1/cgroup"; }
limits_of() { cat "/proc/$1/limits" "/proc/$1/oom_score_adj" "/proc/$1/uid_map" "/proc/$1/gid_map"; }
root_of() { stat -L -c '%d:%i' "/proc/$1/root" "/proc/$1/root/etc" "/proc/$1/cwd"; }

# as_init NAME OURS
as_init() {
    local init
    init=$(pid_of "$1")
    same namespaces namespaces "$init" "$2"
    same "control groups" groups_of "$init" "$2"
    same rights rights "$init" "$2"
    same limits limits_of "$init" "$2"
    same root root_of "$init" "$2"
}
