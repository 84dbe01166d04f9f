# The tests of suite-6.1.sh that kill davit in the middle.

no_davit_left() {
    [ -z "$(pidof davit)" ]
}

# kill_at N WHO ARGUMENT…: runs davit and kills, at its N-th system call, its own process (WHO is --main-only) or the
# helper that enters the call (--helpers-only). Counts in KILLED.
kill_at() {
    local n=$1 who=$2
    shift 2
    timeout 60 killat "$who" -o $W/killat "$n" davit "$@" >$W/out 2>$W/err && KILLED=$((KILLED + 1))
    grep -q '^killed\|^ended' $W/killat || wrong "killat $n said: $(cat $W/killat $W/err)"
    until_true 30 no_davit_left || wrong "processes of a killed davit stay: $(pidof davit)"
}

# calls_of WHO ARGUMENT…: how many system calls this davit makes, in CALLS.
calls_of() {
    local who=$1
    shift
    timeout 60 killat --trace "$who" -o $W/trace davit "$@" >$W/out 2>$W/err
    CALLS=$(sed -n 's/^ended 0 after \([0-9]*\) calls$/\1/p' $W/trace)
    [ "${CALLS:-0}" -gt 0 ] && return
    wrong "davit $* under a trace: $(tail -n 1 $W/trace; cat $W/out $W/err)"
    return 1
}

# whole_or_nothing: the next run has made the target either attached and known, or as it was.
whole_or_nothing() {
    davit_exits 0 status --json
    says_not '"state": *"intent"'
    if mount_line /mnt/new/deeper >/dev/null; then
        json_has '"state":"live"'
        added 1
        expect "it is whole" test "$(inside cat /mnt/new/deeper/hello)" = from-host
        expect "and read-only" mount_has /mnt/new/deeper ro
        davit_exits 0 detach web:/mnt/new/deeper
        WHOLE=$((WHOLE + 1))
    fi
    unchanged
    no_attachments
    refuse "nothing is left of the target" inside test -e /mnt/new
    expect "nothing is left of a half-made one" test -z "$(inside find /mnt -name '.davit*')"
}

# killed_rounds ROUNDS WHO CALLS BEFORE ARGUMENT…: kills ROUNDS davits, spread over their system calls; BEFORE is run
# before each, and what the next davit makes of it is looked at after each.
killed_rounds() {
    local rounds=$1 who=$2 calls=$3 before=$4 round=1 point
    shift 4
    KILLED=0 WHOLE=0
    while [ $round -le "$rounds" ] && [ -z "$FAILED" ]; do
        $before
        point=$((calls * round / rounds))
        kill_at $point "$who" "$@"
        whole_or_nothing
        [ -z "$FAILED" ] || note "that was: $(cat $W/killat), of $calls calls"
        round=$((round + 1))
    done
    note "$1 ${who#--}: $calls calls, $KILLED of $rounds killed, $WHOLE were whole"
    [ $KILLED -gt 0 ] || wrong "no davit was killed: the test shows nothing"
}

attach_new() {
    davit_exits 0 attach --ro /srv/data web:/mnt/new/deeper
}

detach_new() {
    davit_exits 0 detach web:/mnt/new/deeper
}

t_killed_attach() {
    local who rounds
    remember
    for who in --main-only:16 --helpers-only:8; do
        rounds=${who#*:} who=${who%:*}
        calls_of "$who" attach --ro /srv/data web:/mnt/new/deeper || return
        detach_new
        killed_rounds "$rounds" "$who" "$CALLS" true attach --ro /srv/data web:/mnt/new/deeper
    done
}

t_killed_recipe() {
    local who rounds
    remember
    echo from-host >/srv/ext4/hello
    for who in --main-only:8 --helpers-only:8; do
        rounds=${who#*:} who=${who%:*}
        calls_of "$who" attach --method recipe --ro /srv/ext4 web:/mnt/new/deeper || return
        detach_new
        killed_rounds "$rounds" "$who" "$CALLS" true attach --method recipe --ro /srv/ext4 web:/mnt/new/deeper
        expect "nothing is left to work in" test -z "$(inside find /dev /run /tmp -name '.davit*')"
    done
}

t_killed_detach() {
    local who rounds
    remember
    for who in --main-only:12 --helpers-only:6; do
        rounds=${who#*:} who=${who%:*}
        attach_new
        calls_of "$who" detach web:/mnt/new/deeper || return
        killed_rounds "$rounds" "$who" "$CALLS" attach_new detach web:/mnt/new/deeper
    done
}
