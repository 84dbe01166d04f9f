#!/usr/bin/env bats
# What enters a container is what its first process is, no more and no less; and the container gets
# hold of nothing that is davit's.

load lab
load enter
load screen

web=$(named web)
strict=$(named strict)
bare=$(named bare)

setup_file() {
    export BATS_TEST_TIMEOUT=180
    lab_begin
    screen_begin
    container "$(named web)" --env DECLARED=here --env TERM=wrong
    container "$(named strict)" --user 1000:1000 --cap-drop ALL --cap-add NET_BIND_SERVICE \
        --security-opt no-new-privileges --ulimit nofile=512:600 --oom-score-adj 500 --read-only
    IMAGE=static:local container "$(named bare)"
}

teardown_file() { lab_end; }

teardown() {
    [[ -z ${paused:-} ]] || docker unpause "$paused" >/dev/null
    [[ -z ${davit_pid:-} ]] || stop_process "$davit_pid" KILL
    screen_close
}

@test "namespaces, root, control groups, rights and limits are its first process's" {
    local name
    for name in "$web" "$strict"; do
        snapshot_tables "$name"
        enters "$name" 1000031
        as_init "$name" "$found"
        leaves
        assert_tables_unchanged "$name"
    done
    # And what docker exec gives, seen from inside: but for the soft limit of open files, which
    # runc sometimes leaves as its own.
    # shellcheck disable=SC2016
    local look='grep -E "^(Cap|NoNew|Uid|Gid|Groups|Umask)" /proc/self/status
        grep -v "open files" /proc/self/limits
        cat /proc/self/cgroup; cat /proc/self/oom_score_adj; 
        for n in /proc/self/ns/* /proc/self/cwd; do readlink $n; done'
    for name in "$web" "$strict"; do
        davit_exits 0 enter "$name" -- sh -c "$look"
        docker exec "$name" sh -c "$look" >"$SUITE_DIR/looked"
        [[ $out == "$(<"$SUITE_DIR/looked")" ]] ||
            fail "$name:" "$(diff - "$SUITE_DIR/looked" <<<"$out")"
    done
}

@test "the container's seccomp filters hold for what enters, and without them it is said" {
    local loose
    loose=$(named loose)
    container "$loose" --security-opt seccomp=unconfined
    davit_exits 0 enter "$loose" -- unshare -U true
    [[ -z $err ]] || fail "$err"
    if [[ $DAVIT_PASS == plain ]]; then
        davit_exits 1 enter "$web" -- unshare -U true
        says "Operation not permitted"
        says_not "not applied"
    else
        davit_exits 0 enter "$web" -- true
        says "filters are not applied to what enters: davit itself is under seccomp"
    fi
    remove_container "$loose"
}

@test "of the environment what was declared, of the descriptors three" {
    # shellcheck disable=SC2016
    export HIDDEN=1
    davit_exits 0 enter "$web" -- env
    [[ $out == *DECLARED=here* && $out == *PATH=/usr/local/sbin:* && $out == *HOME=/root* ]] ||
        fail "$out"
    says_not HIDDEN
    says_not TERM=
    davit_exits 0 enter "$web" -- sh -c 'cd /proc/self/fd && for n in *; do readlink $n || true; done'
    [[ $(grep -c '^pipe:' <<<"$out") -ge 3 && -z $(grep -v '^pipe:' <<<"$out" | grep -v '^/proc/') ]] ||
        fail "$out"
}

@test "it begins where docker exec does, and never outside" {
    local box pid
    box=$(named place)
    container "$box" --workdir /srv/place
    inside "$box" sh -c 'chmod 0700 /srv/place; echo "#!/bin/sh" >/srv/place/here; chmod 755 /srv/place/here'
    davit_exits 0 enter "$box" -- pwd
    [[ $out == /srv/place ]] || fail "$out"
    says_not "begins in /"
    davit_exits 0 enter -u user "$box" -- pwd
    [[ $out == "$(docker exec -u user "$box" pwd)" ]] || fail "$out"
    davit_exits 0 enter "$box" -- ./here
    davit_exits 0 enter --dry-run --json "$box"
    json '.plans[0] | .directory == "/srv/place" and (.steps[-1].text | endswith(" in /srv/place"))'
    # What its first process has open, and what is outside its root, cannot be reached by a link.
    inside "$box" sh -c 'mv /srv/place /srv/kept; ln -s /proc/1/root/../.. /srv/place'
    davit_exits 0 enter "$box" -- sh -c 'pwd; ls /srv'
    [[ $out == $'/\nkept\nplace' ]] || fail "$out"
    says "/srv/place, its working directory, is no directory inside: begins in /"
    inside "$box" ln -sfn ../../../../srv/kept /srv/place
    davit_exits 0 enter "$box" -- pwd
    [[ $out == /srv/kept ]] || fail "$out"
    says_not "begins in /"
    inside "$box" rm /srv/place
    davit_exits 0 enter "$box" -- pwd
    [[ $out == / ]]
    says "does not exist inside: begins in /"
    # Where nothing is declared: as that very process.
    docker exec --detach --workdir /srv/kept "$box" sleep 1000040
    until_true 20 find_process "sleep 1000040"
    davit_exits 0 enter "pid:$found" -- pwd
    [[ $out == /srv/kept ]] || fail "$out"
    remove_container "$box"
}

@test "a megabyte each way arrives whole; standard error is apart; the end of input is an end" {
    head -c 1048576 /dev/urandom >"$SUITE_DIR/bytes"
    davit enter "$web" -- cat <"$SUITE_DIR/bytes" | cmp - "$SUITE_DIR/bytes"
    davit enter "$web" -- sh -c 'cat >/tmp/bytes' <"$SUITE_DIR/bytes"
    cmp "/proc/$(pid_of "$web")/root/tmp/bytes" "$SUITE_DIR/bytes"
    davit enter "$web" -- cat /tmp/bytes </dev/null | cmp - "$SUITE_DIR/bytes"
    davit_exits 3 enter "$web" -- sh -c 'echo out; echo err >&2; exit 3'
    [[ $out == out && $err == *err* ]]
    [[ $(davit enter "$web" -- yes | head -n 1) == y ]]
    [[ $(yes | davit enter "$web" -- head -n 1) == y ]]
    # The caller's files are not the container's: what is opened anew inside is a pipe.
    echo before >"$SUITE_DIR/mine"
    davit enter "$web" -- sh -c 'echo x >/proc/self/fd/0' <"$SUITE_DIR/mine" || true
    [[ $(<"$SUITE_DIR/mine") == before ]]
}

@test "exit codes and signals" {
    davit_exits 42 enter "$web" -- sh -c 'exit 42'
    davit_exits 137 enter "$web" -- sh -c 'kill -9 $$'
    davit_exits 3 enter "$web" -- nosuchprogram
    says "there is no program nosuchprogram in $web"
    inside "$web" sh -c 'echo "#!/nosuch" >/tmp/broken; chmod 755 /tmp/broken; echo >/tmp/plain'
    davit_exits 3 enter "$web" -- /tmp/broken
    says "the interpreter of a script"
    davit_exits 3 enter "$web" -- /tmp/plain
    enters "$web" 1000032
    kill -TERM "$(pgrep -P "$davit_pid" -f "enter .*sleep 1000032" || echo "$davit_pid")"
    until_true 20 is_gone "$found"
    wait "$davit_pid" || [[ $? -eq 143 ]]
    # davit killed: the command is hung up, and nothing of it is left.
    enters "$web" 1000033
    kill -KILL "$(ps -o ppid= -p "$found" | tr -d ' ')"
    until_true 20 is_gone "$found"
    wait "$davit_pid" || [[ $? -eq 137 ]]
    davit_pid=
}

# terminal [ARGS…]: davit enter on a terminal, steps of the pty tool on standard input.
terminal() {
    local n=$((${#davit_words[@]} - 1))
    ASAN_OPTIONS=$ASAN_OPTIONS TERM=xterm "$LAB_TOOLS/pty" -t 30 -s 90x33 "${davit_words[@]:0:n}" \
        "${davit_words[n]}" enter --docker "$LAB_DIR/docker/s" --state-dir "$STATE" "$@"
}

@test "a terminal of the container's own: size, Ctrl-C, exit code, and ours is as before" {
    terminal "$web" <<'STEPS'
wait #
send stty size; tty; echo "<$TERM>"; exec 3>/dev/tty; echo to-tty >&3; echo again >$(tty)\r
wait again\r\n
has 33 90
has /dev/pts/
has <xterm>
has to-tty
resize 100 40
mark
send stty size\r
wait 40 100
mark
send sh -c 'echo u$((0))p; exec sleep 100'\r
wait u0p
send \x03
wait #
raw
mark
send seq 30000 | tail -n 1\r
wait 30000
send exit 5\r
exited 5
cooked
STEPS
    # All that was written last has come.
    terminal "$web" -- seq 100000 <<'STEPS'
exited 0
cooked
has \r\n100000\r\n
STEPS
    terminal -u user "$web" <<'STEPS'
wait $
send echo mine >$(tty) && id -u\r
wait 1000
has mine
send exit\r
exited 0
STEPS
}

@test "a terminal is restored after every signal, and a line that breaks ends the command" {
    terminal "$web" -- sleep 1000034 <<'STEPS'
raw
signal TERM
exited 143
cooked
STEPS
    terminal "$web" -- sleep 1000034 <<'STEPS'
raw
signal HUP
exited 129
cooked
STEPS
    terminal "$web" -- sh -c 'trap "" HUP TERM; echo ready; sleep 1000034; sleep 1000034' <<'STEPS'
wait ready
hangup
exited 137
STEPS
    until_true 20 is_not_running "sleep 1000034"
    # Paused, in a control group of version 1, it does not even end when it is killed.
    terminal "$web" -- sleep 1000034 < <(
        until_true 20 pgrep -f -x 'sleep 1000034' >/dev/null
        docker pause "$web" >/dev/null
        printf 'signal TERM\nexited 137\ncooked\n'
    )
    docker unpause "$web"
    until_true 20 is_not_running "sleep 1000034"
}

is_not_running() { ! pgrep -f -x -- "$1" >/dev/null; }

@test "-u: names of the container's own files, numbers, and what is no user" {
    davit_exits 0 enter -u user "$web" -- id
    [[ $out == "uid=1000(user) gid=1000(user)"* ]] || fail "$out"
    davit_exits 0 enter -u 7:8 "$web" -- sh -c 'id -u; id -g; id -G; grep Cap /proc/self/status'
    [[ $out == $'7\n8\n8\nCapInh:\t0000000000000000\nCapPrm:\t0000000000000000\n'* ]] || fail "$out"
    davit_exits 0 enter -u 1000 "$web" -- sh -c 'echo $HOME; echo x >/dev/stdout'
    [[ $out == $'/home\nx' ]] || fail "$out"
    davit_refuses 3 no-path enter -u nobodyhere "$web"
    davit_refuses 3 no-path enter -u user:nogroup "$web"
    # root in a container whose first process is not: what docker exec -u 0 gives.
    davit_exits 0 enter -u 0 "$strict" -- grep -E '^(Cap|NoNew)' /proc/self/status
    [[ $out == "$(docker exec -u 0 "$strict" grep -E '^(Cap|NoNew)' /proc/self/status)" ]] ||
        fail "$out"
    # The host's root is not found through a link out of the container.
    inside "$web" sh -c 'mv /etc/passwd /etc/kept; ln -s /proc/1/root/etc/kept /etc/passwd'
    davit_refuses 3 no-path enter -u user "$web"
    inside "$web" sh -c 'rm /etc/passwd; mkfifo /etc/passwd'
    davit_refuses 3 no-path enter -u user "$web"
    inside "$web" sh -c 'rm /etc/passwd; mv /etc/kept /etc/passwd'
}

@test "no shell: it is said; --tools brings one that the container does not see" {
    davit_refuses 3 no-path enter "$bare"
    says "has no shell"
    says "--tools busybox"
    snapshot_tables "$bare"
    local before
    before=$(find "/proc/$(pid_of "$bare")/root/" -xdev | sort)
    davit_exits 0 enter --tools busybox "$bare" -- sh -c \
        'head -c 3 /busybox | tail -c 2; echo $PATH; touch /x && rm /x; cat /proc/mounts'
    [[ $out == EL* && $out == *:/dev/* ]] || fail "$out"
    [[ $(grep -c ' tmpfs ro,nosuid,nodev' <<<"$out") -ge 1 ]] || fail "$out"
    says "the container does not see them"
    assert_tables_unchanged "$bare"
    [[ $(find "/proc/$(pid_of "$bare")/root/" -xdev | sort) == "$before" ]]
    # A directory of the host, read-only, where nothing is hidden.
    mkdir -p "$SUITE_DIR/tools/bin"
    cp "$(command -v busybox)" "$SUITE_DIR/tools/bin/sh"
    davit_exits 1 enter --tools "$SUITE_DIR/tools" "$web" -- \
        sh -c 'echo $PATH; ls /mnt; touch /mnt/x; mount -o remount,rw,bind /mnt; touch /mnt/x'
    [[ $out == *:/mnt:/mnt/bin$'\n'bin ]] || fail "$out"
    says "Read-only file system"
    [[ ! -e $SUITE_DIR/tools/x ]]
    # Nor for who has CAP_SYS_ADMIN there.
    davit_exits 1 enter --privileged --tools "$SUITE_DIR/tools" "$web" -- \
        sh -c 'mount -o remount,rw,bind /mnt; touch /mnt/x'
    says "Read-only file system"
    [[ ! -e $SUITE_DIR/tools/x ]]
    davit_refuses 3 no-path enter --tools /nosuch "$web"
}

@test "refusals, a dry run, and the journal of the system" {
    davit_refuses 5 not-permitted enter --no-changes "$web"
    davit_refuses 3 no-container enter "$web-not"
    docker pause "$web" >/dev/null
    paused=$web
    davit_refuses 4 busy enter "$web"
    docker unpause "$web" >/dev/null
    paused=
    davit_exits 0 enter --dry-run --json "$web" -- sh -c 'echo x >/tmp/started'
    json '.plans[0] | (.steps | map(.stage)) as $s
        | ($s | index("cgroup")) < ($s | index("enter"))
        and ($s | index("enter")) < ($s | index("restrict"))
        and ($s[-1] == "execute") and (.steps[-1].text | startswith("start sh -c"))'
    [[ ! -e /proc/$(pid_of "$web")/root/tmp/started ]]
    davit_exits 0 enter --dry-run --privileged "$web"
    says "every capability of the host"
}

@test "--privileged is the way of nsenter, with a warning" {
    davit_exits 0 enter --privileged "$strict" -u 0 -- grep CapEff /proc/self/status
    [[ $out == "$(grep CapEff /proc/self/status)" ]] || fail "$out"
    says "privileged: the command has every capability"
}

@test "a user namespace: its mapping, and tools that its root cannot make writable" {
    lab_remap
    local box
    box=$(named mapped)
    export SOCKET=$LAB_DIR/remap/s
    container "$box"
    enters "$box" 1000035
    as_init "$box" "$found"
    leaves
    davit_exits 0 enter "$box" -- sh -c 'id -u; cat /proc/self/uid_map; touch /tmp/made'
    [[ $out == $'0\n'*300000* ]] || fail "$out"
    [[ $(stat -c %u "/proc/$(pid_of "$box")/root/tmp/made") == 300000 ]]
    davit_exits 0 enter -u user "$box" -- id -u
    [[ $out == 1000 ]]
    davit_refuses 6 unsafe enter -u 70000 "$box"
    mkdir -p "$SUITE_DIR/open"
    chmod 0777 "$SUITE_DIR/open"
    davit_exits 1 enter --privileged --tools "$SUITE_DIR/open" "$box" -- \
        sh -c 'mount -o remount,rw,bind /mnt; umount /mnt; touch /mnt/x'
    [[ ! -e $SUITE_DIR/open/x ]]
    "$LAB_TOOLS/pty" -t 30 "${davit_words[@]}" enter --docker "$SOCKET" --state-dir "$STATE" \
        -u user "$box" -- sh -c 'tty; stat -c %u $(tty); echo x >$(tty)' <<'STEPS'
exited 0
has /dev/pts/
has \n1000\r
STEPS
    lab_end
    lab_remap_stop
}

is_running() { pgrep -f -x -- "$1" >/dev/null; }

# Of a shell's line: a frame from the first to the last row, and the footer below it.
screen_is_whole() {
    screen | sed -n '2,23p' | not grep -qvE '^(┌|│|├|└).*(┐|│|┤|┘)$' &&
        [[ $(screen | tail -n 1) == " a Attach "* || $(screen | tail -n 1) == *"back from"* ]]
}

# shell_has_size ROWS COLUMNS
shell_has_size() { [[ $(stty -F "/proc/$shell/fd/0" size) == "$1 $2" ]]; }

# Everything in the container's pid namespace that has the console's terminal, in $found.
find_our_terminal() {
    local pid fd ours
    ours=$(stat -L -c %d:%i "/proc/$console/fd/0")
    found=
    for pid in $(pgrep --ns "$1" --nslist pid); do
        for fd in "/proc/$pid/fd/"* "/proc/$pid/cwd" "/proc/$pid/root"; do
            [[ $(stat -L -c %d:%i "$fd") != "$ours" ]] || found+=" $pid:$fd"
        done
    done
}

@test "from the console: e leaves the terminal to a shell, and takes it back" {
    local shell read
    screen_open --runtime docker
    select_container "$web"
    shows "e Enter"
    keys e
    shows "/ #"
    screen_has "in $web; exit or Ctrl-D returns to davit"
    types "stty size; echo \$((40+2)) \$(tty)"
    keys Enter
    shows "24 80"
    shows "42 /dev/pts/"
    shell=$(pgrep --ns "$(pid_of "$web")" --nslist pid -x sh)
    tmux resize-window -x 100 -y 30
    until_true 20 shell_has_size 30 100 || screen_dump
    tmux resize-window -x 80 -y 24
    until_true 20 shell_has_size 24 80 || screen_dump
    find_our_terminal "$(pid_of "$web")"
    [[ -z $found ]] || fail "inside is our terminal:$found"
    # Ctrl-C and Ctrl-Z are the shell's.
    types "sleep 1000038"
    keys Enter
    until_true 20 is_running "sleep 1000038" || screen_dump
    keys C-c
    until_true 20 is_not_running "sleep 1000038" || screen_dump
    types "sleep 1000039"
    keys Enter
    until_true 20 is_running "sleep 1000039"
    keys C-z
    shows "Stopped"
    [[ $(awk '{ print $3 }' "/proc/$console/stat") == S ]]
    types "kill -9 %1; clear; echo al\$((1))ve"
    keys Enter
    shows al1ve
    until_true 20 is_not_running "sleep 1000039"
    keys Enter # its end is told before the next prompt; until then the shell has a stopped job
    shows Killed
    # News come meanwhile, and are not painted.
    read=$(awk '/rchar/ { print $2 }' "/proc/$console/io")
    docker pause "$strict" >/dev/null
    paused=$strict
    until_true 20 has_read_more "$read"
    docker unpause "$strict" >/dev/null
    paused=
    screen_has al1ve
    screen_lacks Containers
    types "exit 3"
    keys Enter
    shows "back from $web: exit status 3"
    until_true 20 screen_is_whole || screen_dump
    keys 4 1 # the next key takes the line away; the log has it
    shows " a Attach"
    shows "back from $web: exit status 3"
    shows "▌ $web"
    screen_quit
}

has_read_more() { (($(awk '/rchar/ { print $2 }' "/proc/$console/io") > $1)); }

@test "from the console: without a shell, a line that breaks, for reading" {
    screen_open --runtime docker
    select_container "$bare"
    keys :
    types enter
    keys Enter
    shows "No shell here"
    keys Tab Enter
    shows "/ #"
    types "echo /bu*y; exit"
    keys Enter
    shows "back from $bare: exit status 0"
    until_true 20 screen_is_whole || screen_dump
    select_container "$web"
    keys e
    shows "/ #"
    types "sleep 1000037"
    keys Enter
    until_true 20 is_running "sleep 1000037"
    screen_close
    until_true 20 is_not_running "sleep 1000037"
    screen_open --readonly --runtime docker
    select_container "$web"
    keys e
    shows "for reading"
    keys x
    shows "e      Enter  "
    keys Escape
    shows_not "e      Enter  "
    screen_quit
}

# prowled FUNCTION [DOCKER RUN ARGS…]: what a container got hold of while FUNCTION entered it again
# and again, in $leaks. Its own first process looks: docker exec would show it what runc does.
prowled() {
    local enter=$1 name root file
    shift
    name=$(named "prowled-$enter-$#")
    container "$name" "$@" -- sh -c \
        'until [ -e /go ]; do sleep 0.02; done; exec /prowler /bin/busybox /prowler'
    root=/proc/$(pid_of "$name")/root
    cp "$LAB_TOOLS/prowler" "$root/prowler"
    # A program whose interpreter is whatever runs it: of who entered, had he not taken care. And
    # what that interpreter would need.
    printf '#!/proc/self/exe\n' >"$root/evil"
    chmod 0755 "$root/evil"
    while read -r file; do
        mkdir -p "$root/${file%/*}"
        cp "$file" "$root/$file"
    done < <(ldd "$(type -P true)" | grep -o '/[^ ]*')
    touch "$root/go"
    until_true 20 logged "$name" prowling
    MARK_OF_THE_HOST=1 "$enter" "$name" >"$SUITE_DIR/entered" 2>&1 || true
    kill -TERM "$(pid_of "$name")"
    until_true 20 logged "$name" "looked "
    leaks=$(docker logs "$name" | grep '^leak ' || true)
    remove_container "$name"
}

logged() { docker logs "$1" 2>&1 | grep -q "$2"; }

by_davit() {
    local i
    for ((i = 0; i < 12; i++)); do
        davit enter "$1" -- true
    done
    for ((i = 0; i < 3; i++)); do
        davit enter "$1" -- /evil || true
    done
    davit enter --tools busybox "$1" -- true
}

# As the control: the same test on who takes no care. A copy, lest it is written to.
by_nsenter() {
    local i pid
    pid=$(pid_of "$1")
    cp "$(command -v busybox)" "$SUITE_DIR/nsenter"
    for ((i = 0; i < 200; i++)); do
        "$SUITE_DIR/nsenter" -t "$pid" -m -u -i -n -p -- true || true
    done
    for ((i = 0; i < 10; i++)); do
        "$SUITE_DIR/nsenter" -t "$pid" -m -u -i -n -p -- /evil || true
    done
}

# The sealed copy, when the container makes it run once more (evil), or may trace: it has no more
# power than the container, and nobody can write to it.
harmless='^leak (exe|ptrace) /memfd:davit-enter \(deleted\)$'

@test "a container that looks at what enters, in a loop, gets hold of nothing of davit's" {
    prowled by_davit
    [[ -z $(grep -vE "$harmless" <<<"$leaks") ]] || fail "$leaks"
    prowled by_nsenter
    [[ $leaks == *"leak power "* ]] || fail "the control sees nothing: $leaks"
}

@test "not even one that may trace processes" {
    local tracing=(--cap-add SYS_PTRACE --env PROWLER_SEIZES=1 --security-opt seccomp=unconfined)
    prowled by_davit "${tracing[@]}"
    [[ -z $(grep -vE "$harmless" <<<"$leaks") ]] || fail "$leaks"
    prowled by_nsenter "${tracing[@]}"
    [[ $leaks == *"leak power "* && $leaks == *"leak exe $SUITE_DIR/nsenter"* &&
        $leaks == *"leak write $SUITE_DIR/nsenter"* && $leaks == *"leak environ"* ]] ||
        fail "the control sees nothing: $leaks"
}

# A davit that is under a filter itself takes the container's filters on for nobody.
@test "a filter that lets calls pass for done that are not: nothing is run" {
    local lie name
    for lie in fork session; do
        name=$(named "liar-$lie")
        container "$name" -- sh -c "until [ -e /go ]; do sleep 0.02; done; exec /liar $lie /bin/sleep 1000040"
        cp "$LAB_TOOLS/liar" "/proc/$(pid_of "$name")/root/liar"
        touch "/proc/$(pid_of "$name")/root/go"
        until_true 20 find_process "/bin/sleep 1000040"
        if [[ $DAVIT_PASS == plain ]]; then
            davit_exits 5 enter "$name" -- touch /tmp/ran
            says "a trap for who enters"
            [[ ! -e /proc/$(pid_of "$name")/root/tmp/ran ]] || fail "$lie"
        else
            davit_exits 0 enter "$name" -- true
        fi
        remove_container "$name"
    done
}

# Whoever writes into a FIFO goes on as soon as somebody has opened it to read; and with a device
# more than that may happen.
@test "of the container's own files none is opened that is no file" {
    local name file
    name=$(named odd)
    # shellcheck disable=SC2016
    container "$name" -- sh -c 'rm /etc/passwd /etc/group; mkfifo /etc/passwd /etc/group
        for f in passwd group; do (: >/etc/$f; : >/tmp/opened) & done; wait'
    until_true 20 test -p "/proc/$(pid_of "$name")/root/etc/group"
    davit_exits 0 enter "$name" -- true
    davit_exits 3 enter -u user "$name" -- true
    [[ ! -e /proc/$(pid_of "$name")/root/tmp/opened ]]
    remove_container "$name"
}

@test "what goes on writing when the command has ended is not waited for" {
    # A reader that is slower than who writes, as a terminal is.
    # shellcheck disable=SC2016
    davit enter "$web" -- sh -c 'dd if=/dev/zero bs=64k 2>/dev/null & sleep 0.1; exit 3' </dev/null \
        > >(while [[ $(head -c 65536 | wc -c) -gt 0 ]]; do pause; done) 3>&- &
    davit_pid=$!
    until_true 20 is_gone "$davit_pid"
    wait "$davit_pid" || [[ $? -eq 3 ]]
    davit_pid=
}

@test "a container's terminals on a server that does not answer" {
    local name
    name=$(named silent)
    container "$name" --device /dev/fuse --cap-add SYS_ADMIN --security-opt seccomp=unconfined
    cp "$LAB_TOOLS/fuse" "/proc/$(pid_of "$name")/root/fuse"
    docker exec "$name" /fuse /dev/pts --hang
    terminal "$name" <<'STEPS'
wait #
send exit 5\r
exited 5
STEPS
    remove_container "$name"
}
