# What the suites are written with; busybox sh.
#
# A test is a function. It states what it expects by the functions below; each that does not hold adds a line to the
# test's diagnosis and the test goes on. After every test the host's mount table must be what it was before.

W=/run/davit-tests
mkdir -p $W

# note TEXT: one line to the diagnosis without failing.
note() {
    echo "$*" >>$W/diagnosis
}

wrong() {
    FAILED=1
    note "$@"
}

skip() {
    SKIPPED=$*
}

# run_test FUNCTION DESCRIPTION: runs it, unless ONLY is a pattern that it does not match.
run_test() {
    case "$1" in
    ${ONLY:-*} | t_scratch) ;;
    *) return ;;
    esac
    FAILED='' SKIPPED=''
    : >$W/diagnosis
    cat /proc/self/mountinfo >$W/host.before
    "$1" >$W/stdout 2>$W/stderr
    same_table host $W/host.before /proc/self/mountinfo
    if [ -n "$FAILED" ]; then
        echo "not ok - $2"
        sed 's/^/# /' $W/diagnosis $W/stderr
        clean_up
    elif [ -n "$SKIPPED" ]; then
        echo "ok - $2 # SKIP $SKIPPED"
    else
        echo "ok - $2"
        sed 's/^/# /' $W/diagnosis
    fi
}

# clean_up: after a failure the next test gets a new container and a davit without a past.
clean_up() {
    local host
    [ -n "$PID" ] && container_stop
    for host in $(pidof davit); do
        kill -9 "$host"
    done
    rm -rf /run/davit
    web_start || echo "# and no new container could be started: $(cat $W/scratch)"
}

# same_table NAME BEFORE NOW: two mount tables are equal to the byte.
same_table() {
    cat "$3" >$W/now
    cmp -s "$2" $W/now && return
    wrong "the mount table of $1 differs (-before +now):"
    diff -U 0 "$2" $W/now | grep '^[-+][0-9]' >>$W/diagnosis
}

# expect DESCRIPTION COMMAND…: the command must succeed.
expect() {
    local what=$1 got
    shift
    got=$("$@" 2>&1) && return
    wrong "expected: $what; $* said: $got"
}

# refuse DESCRIPTION COMMAND…: the command must fail.
refuse() {
    local what=$1 got
    shift
    got=$("$@" 2>&1) || return
    wrong "expected: $what; but $* succeeded: $got"
}

# until_true SECONDS COMMAND…: waits for a condition.
until_true() {
    local tries=$(($1 * 20))
    shift
    while [ $tries -gt 0 ]; do
        "$@" >/dev/null 2>&1 && return
        usleep 50000
        tries=$((tries - 1))
    done
    return 1
}

# davit_exits CODES ARGUMENT…: runs davit; its exit code must be one of CODES (as in "1|6"). What it printed stays in
# $W/out and $W/err for says, its code in CODE.
davit_exits() {
    local codes=$1
    shift
    timeout 60 davit "$@" >$W/out 2>$W/err
    CODE=$?
    case "|$codes|" in
    *"|$CODE|"*) ;;
    *)
        wrong "davit $*: exit code $CODE, expected $codes; it printed:"
        head -c 2000 $W/out >>$W/diagnosis
        head -c 2000 $W/err >>$W/diagnosis
        ;;
    esac
    # A refusal says something.
    [ "$CODE" -eq 0 ] || [ -s $W/err ] || [ -s $W/out ] || wrong "davit $*: exit code $CODE without a word"
}

# says PATTERN: the last davit printed it (extended regular expression).
says() {
    cat $W/out $W/err | grep -qE -e "$1" && return
    wrong "davit did not say '$1' but:"
    cat $W/out $W/err | head -c 2000 >>$W/diagnosis
}

says_not() {
    cat $W/out $W/err | grep -qE -e "$1" || return
    wrong "davit said '$1':"
    cat $W/out $W/err | head -c 2000 >>$W/diagnosis
}

# json_has TEXT: the last davit's JSON contains TEXT, where white space does not count.
json_has() {
    tr -d ' \n\t' <$W/out | grep -qF -e "$1" && return
    wrong "no '$1' in the JSON:"
    head -c 2000 $W/out >>$W/diagnosis
}

# no_attachments: davit knows of none that is live or under way.
no_attachments() {
    davit_exits 0 status --json
    json_has '"schema":1'
    says_not '"state": *"(live|lingering|intent)"'
}

# container_start NAME [OPTION…]: starts a scratch container; its first process is PID on the host.
container_start() {
    local name=$1
    shift
    PID=
    if ! timeout 60 scratch run --detach "$@" "$name" -- /bin/sleep 100000 >$W/pid 2>$W/scratch; then
        wrong "scratch run $name: $(cat $W/scratch)"
        return 1
    fi
    PID=$(cat $W/pid)
    [ -d "/proc/${PID:-none}" ] && return
    wrong "scratch run $name printed no living pid but: $(cat $W/pid $W/scratch)"
    return 1
}

# Its first process is gone, and so is what its runtime had to clean up.
container_gone() {
    [ ! -d "/proc/$PID" ] && [ -z "$(pidof scratch)" ]
}

# container_stop: by its first process, as no runtime would: everything inside dies with it.
container_stop() {
    kill -9 "$PID" 2>/dev/null
    until_true 30 container_gone || wrong "pid $PID did not end"
}

# inside COMMAND…: runs it in the mount namespace of the container, as the host's root.
inside() {
    nsenter -t "$PID" -m "$@"
}

# write_inside PATH: true when a file can be made there from inside.
write_inside() {
    inside sh -c "echo written >'$1'"
}

# remember: keeps the container's mount table; unchanged: it is so again; added N: it has N lines more.
remember() {
    cat "/proc/$PID/mountinfo" >$W/container.before
}

unchanged() {
    same_table container $W/container.before "/proc/$PID/mountinfo"
}

added() {
    local n
    n=$(($(wc -l <"/proc/$PID/mountinfo") - $(wc -l <$W/container.before)))
    [ $n -eq "$1" ] && return
    wrong "the container's mount table has $n lines more, not $1"
    diff -U 0 $W/container.before "/proc/$PID/mountinfo" | grep '^[-+][0-9]' >>$W/diagnosis
}

# mount_line TARGET: the mountinfo line of the topmost mount at TARGET inside; mount_id TARGET: its id.
mount_line() {
    awk -v target="$1" '$5 == target { line = $0 } END { if (line == "") exit 1; print line }' "/proc/$PID/mountinfo"
}

mount_id() {
    mount_line "$1" | cut -d ' ' -f 1
}

# mount_has TARGET OPTION: per-mount options of mountinfo, field 6.
mount_has() {
    mount_line "$1" | cut -d ' ' -f 6 | tr ',' '\n' | grep -qx -e "$2"
}

mount_shared() {
    mount_line "$1" | sed 's/ - .*//' | grep -qE ' (shared|master):'
}
