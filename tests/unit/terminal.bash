#!/usr/bin/env bash
# The terminal on a real pty: given back in every case, small frames, slow lines, resizing. TAP.
#   terminal.bash PTY SCREEN_SAMPLE
set -uo pipefail
pty=$1 sample=$2
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
export SAMPLE_LOG=$lab/log TERM=xterm-256color LC_ALL=C.UTF-8
# The sanitizers' own handlers would end the process in their own way.
export ASAN_OPTIONS=handle_segv=0:handle_abort=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0
unset NO_COLOR LINES COLUMNS TMUX STY SSH_CONNECTION SSH_TTY
n=0 failed=0

result() { # STATUS NAME FILE
    n=$((n + 1))
    if [[ $1 == 0 ]]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        sed 's/^/# /' "$3"
        failed=1
    fi
}

# run NAME: the script comes from standard input. SIZE, PROGRAM: other than 80x24, the sample.
run() {
    local status=0 program=${PROGRAM:-$sample}
    : >"$SAMPLE_LOG"
    # shellcheck disable=SC2086
    "$pty" -s "${SIZE:-80x24}" -l "$SAMPLE_LOG" $program >"$lab/out" 2>&1 || status=$?
    if [[ $status != 0 ]]; then
        echo "log:" >>"$lab/out"
        cat "$SAMPLE_LOG" >>"$lab/out"
    fi
    result "$status" "$1" "$lab/out"
}

# --- given back ---------------------------------------------------------------------------------

restored='cooked
has \e[?1049l
has \e[?25h
has \e[?2004l
has \e[?1l\e>'

run "q gives the terminal back" <<END
log ready
raw
wait \e[?1049h
has \e[?2004h
lacks \e[?1000h
lacks \e[?1002h
lacks \e[?1006h
lacks \e]4;
mark
send q
exited 0
$restored
END

for signal in TERM HUP; do
    run "SIG$signal gives the terminal back" <<END
log ready
raw
mark
signal $signal
exited 1
log hangup
$restored
END
done
run "SIGINT gives the terminal back" <<END
log ready
raw
mark
signal INT
exited 2
log interrupt
$restored
END
for signal in SEGV ABRT BUS FPE ILL QUIT; do
    run "SIG$signal gives the terminal back and kills" <<END
log ready
raw
mark
signal $signal
killed $signal
$restored
END
done
run "a null pointer" <<END
log ready
raw
mark
send s
killed SEGV
$restored
END
run "abort(3)" <<END
log ready
raw
mark
send a
killed ABRT
$restored
END
run "exit(3) from somewhere" <<END
log ready
raw
mark
send e
exited 3
$restored
END
run "the terminal goes away" <<END
log ready
hangup
log hangup
exited 1
END

# --- suspending ---------------------------------------------------------------------------------

for how in 'send z' 'signal TSTP'; do
    run "suspended by \"$how\", continued, twice" <<END
log ready
settled
mark
$how
stopped
$restored
mark
continue
raw
wait \e[?1049h
wait \e[?2004h
wait edge-api-0
wait 80x24
log resumed
settled
mark
$how
stopped
$restored
continue
raw
log resumed
wait 80x24
settled
mark
send j
some
settled
most 60
mark
send q
exited 0
$restored
END
    [[ $(grep -c '^resumed$' "$SAMPLE_LOG") == 2 ]]
    result $? "... and told once each time" "$SAMPLE_LOG"
done
run "resized while it is suspended" <<END
log ready
send z
stopped
mark
resize 100 30
continue
wait 100x30
send q
exited 0
cooked
END
run "stopped by force, continued" <<END
log ready
settled
signal STOP
stopped
mark
continue
wait \e[?1049h
wait 80x24
log resumed
send q
exited 0
cooked
END
for signal in TSTP STOP; do
    run "a paste that $signal broke off does not swallow the keys after it" <<END
log ready
send j\\e[200~half of a
log key j
signal $signal
stopped
continue
log resumed
send k
log key k
send q
exited 0
END
done
run "killed while it is suspended: the shell's screen is left alone" <<'END'
log ready
settled
signal STOP
stopped
continue
log resumed
send z
stopped
mark
signal SEGV
continue
killed SEGV
cooked
exactly 0
END
run "Ctrl-C, Ctrl-Z, Ctrl-S and Ctrl-\\ are keys" <<'END'
log ready
send \x03
log key Ctrl-C
send \x1a
log key Ctrl-Z
send \x13
log key Ctrl-S
send \x1c
log key Ctrl-\\
send q
exited 0
END

# --- what is sent -------------------------------------------------------------------------------

run "moving the selection costs at most 60 bytes, what is as before nothing" <<'END'
log ready
settled
mark
send j
some
settled
most 60
mark
send k
some
settled
most 60
mark
send k
send f
log key f
settled
exactly 0
send r
some
settled
least 600
mark
asleep 1500
exactly 0
send q
exited 0
END
# Twice, for after the first the kernel still moves some of it on.
stalled='stall
send p
log painted
full
send F
log busy
log filled'
run "a terminal that takes nothing never stops the console" <<END
log ready
settled
$stalled
settled
send j
log key j
settled
mark
flow
log resized
wait edge-api-1
settled
mark
send j
some
settled
most 60
send q
exited 0
cooked
END
run "ends while the terminal takes nothing" <<END
log ready
settled
$stalled
settled
signal TERM
log hangup
exited 1
cooked
END
run "ends in the middle of a frame: it is broken off first" <<END
log ready
settled
mark
$stalled
settled
signal TERM
log hangup
flow
wait \x18\e[?2004l
exited 1
cooked
END
run "what is bold is not underlined too" <<'END'
log ready
settled
has \e[1mPROD\e[0;4mDOWN
send q
exited 0
END
run "copies clean text by OSC 52" <<'END'
log ready
settled
mark
send c
wait \e]52;c;Y29waWVkIO+/vVszMW0gdGV4dA==\x07
lacks \eP
send q
exited 0
END
TMUX=/tmp/x run "copies through tmux" <<'END'
log ready
settled
mark
send c
wait \e]52;c;Y29waWVkIO+/vVszMW0gdGV4dA==\x07\ePtmux;\e\e]52;c;Y29waWVkIO+/vVszMW0gdGV4dA==\x07\e\\
send q
exited 0
END
TERM=screen run "copies through screen" <<'END'
log ready
settled
mark
send c
wait \eP\e]52;c;Y29waWVkIO+/vVszMW0gdGV4dA==\x07\e\\
send q
exited 0
END

# --- keys ---------------------------------------------------------------------------------------

run "an arrow that is split, and pasted text" <<'END'
log ready
send \e
log key Esc
send [
send D
log key Left
send \e[200~qD\ne\e[20
send 1~
log paste qD e
send \eOA
log key Up
send \xc3
send \xa4
log key ä
send q
exited 0
END
TERM=linux run "keys of the Linux console" <<'END'
log ready
send \e[[A\e[1~\e[G
log key F1
log key Home
send q
exited 0
END

# --- sizes --------------------------------------------------------------------------------------

run "resized to 1x1 and back" <<'END'
log ready
settled
mark
resize 1 1
log resized
settled
mark
resize 100 40
wait 100x40
has edge-api-9
settled
mark
resize 30 6
wait 30x6
settled
send q
exited 0
END
run "a storm of sizes costs a frame each at most" <<'END'
log ready
settled
mark
resize 81 24
resize 82 25
resize 83 26
resize 84 27
resize 85 28
resize 86 29
resize 87 30
resize 88 31
wait 88x31
settled
most 16000
send q
exited 0
END
SIZE=0x0 run "a terminal that does not know its size" <<'END'
log ready
wait 80x24
send q
exited 0
END
SIZE=1x1 run "begun at 1x1" <<'END'
log ready
resize 80 24
wait 80x24
send q
exited 0
END

# What tmux shows after all this is what a redraw of everything shows.
until_true() { # COMMAND…
    local limit=$((SECONDS + 20))
    until "$@"; do
        ((SECONDS <= limit)) || return 1
        read -rt 0.02 <> <(:) || true
    done
}
# shellcheck disable=SC2317 # called by until_true
screen_shows() { tmux -L davit capture-pane -p | grep -qF "$1"; }
# shellcheck disable=SC2317
log_counts() { [[ $(grep -c "^$1\$" "$SAMPLE_LOG") -ge $2 ]]; }
in_tmux() {
    local size n=0 before
    for size in 60x12 100x40 40x10 1x2 80x24 79x23 3x3 200x50 80x24; do
        tmux -L davit resize-window -x "${size%x*}" -y "${size#*x}" || return
        tmux -L davit send-keys j k j n
        n=$((n + 1))
        if [[ ${size%x*} -lt 40 ]]; then
            until_true log_counts "key n" $n || return
            continue
        fi
        until_true screen_shows "$size $n" || return # the last that is painted
        before=$(tmux -L davit capture-pane -p -e)
        tmux -L davit send-keys r n
        n=$((n + 1))
        until_true screen_shows "$size $n" || return
        diff <(without_count "$before") \
            <(without_count "$(tmux -L davit capture-pane -p -e)") >"$lab/out" || return
    done
}
# shellcheck disable=SC2001 # by lines
without_count() { sed 's/^\([0-9]*x[0-9]*\) [0-9]*$/\1/' <<<"$1"; }
if command -v tmux >/dev/null; then
    : >"$SAMPLE_LOG"
    : >"$lab/out"
    export TMUX_TMPDIR=$lab
    status=0
    tmux -f /dev/null -L davit new-session -d -x 80 -y 24 "$sample" &&
        until_true log_counts ready 1 && in_tmux || status=1
    result "$status" "nothing is left over on the screen after many sizes" "$lab/out"
    tmux -L davit send-keys q
    tmux -L davit kill-server 2>/dev/null
else
    n=$((n + 1))
    echo "ok $n - nothing is left over on the screen after many sizes # SKIP no tmux"
fi

# --- other terminals ----------------------------------------------------------------------------

unknown() { # NAME NOTICE: TERM is set by the caller
    run "$1" <<END
log ready
log notice $2
settled
has edge-api-0
send q
exited 0
cooked
END
}
TERM=no-such unknown "an unknown TERM" "TERM=no-such is unknown here: using xterm-256color"
TERM=dumb unknown "TERM=dumb" "TERM=dumb cannot place the cursor: using xterm-256color"
PROGRAM="env -i SAMPLE_LOG=$SAMPLE_LOG ${ASAN_OPTIONS:+ASAN_OPTIONS=$ASAN_OPTIONS} $sample" \
    unknown "no environment at all" "TERM is not set: using xterm-256color"

for term in vt100 linux screen tmux-256color rxvt xterm; do
    TERM=$term run "TERM=$term" <<'END'
log ready
settled
mark
send j
some
settled
most 60
has edge-api-1
send q
exited 0
cooked
END
done

LC_ALL=C run "without UTF-8: ASCII alone" <<'END'
log ready
settled
has +- 1 Containers
has - root - 3 attached > 1 stale~
lacks \xe2
lacks \xc2
send q
exited 0
END
PROGRAM="env LC_ALL=xx_XX.UTF-8 $sample" run "UTF-8 of a locale that is not installed" <<'END'
log ready
settled
has ┌
send q
exited 0
END
NO_COLOR=1 run "NO_COLOR" <<'END'
log ready
settled
lacks \e[36m
lacks \e[39m
has \e[1m
send q
exited 0
END

# Another user's terminal that is not the controlling one: its open file is the shell's own, and is
# blocking again afterwards.
cat >"$lab/other" <<END
#!/bin/sh
setsid -w setpriv --reuid=65534 --clear-groups "$sample"
echo "rc=\$? \$(sed -n 's/^flags:.*\(.\)...\$/flags=\1/p' /proc/self/fdinfo/2)" >&2
END
chmod 755 "$lab" "$lab/other"
chmod 666 "$SAMPLE_LOG"
if [[ $(id -u) == 0 ]]; then
    PROGRAM="$lab/other" run "a terminal that cannot be opened anew" <<END
log ready
raw
$stalled
flow
wait edge-api-0
send j
log key j
mark
send q
wait rc=0 flags=0
exited 0
cooked
has \e[?1049l
END
else
    n=$((n + 1))
    echo "ok $n - a terminal that cannot be opened anew # SKIP not root"
fi

status=0
"$sample" </dev/null >"$lab/out" 2>&1 || status=$?
if [[ $status == 2 ]] && grep -q "standard input is none" "$lab/out"; then
    result 0 "no terminal: an error that says so" "$lab/out"
else
    result 1 "no terminal: an error that says so" "$lab/out"
fi

echo "1..$n"
exit $failed
