#!/usr/bin/env bash
# The console's screens from recordings of the real engine, compared with those expected.
#
#   run.bash DAVIT [--update] [KEYS…]
#
# keys/RECORDING-WHAT.keys is replayed at three sizes, three depths of colour and two encodings;
# what its @save steps saved is compared with expected/. KEYS is RECORDING-WHAT; all by default.
# --update writes what is seen now instead of comparing: look at the difference before committing.
#
# Of each size there are five files: the text in UTF-8 and in C, which may not depend on the colours
# (nothing is told by colour alone), and the attributes at 256, 16 and 0 colours, which may not
# depend on the encoding. TAP: one test for each of KEYS and size.
set -uo pipefail

davit=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
update=
if [[ ${1:-} == --update ]]; then
    update=yes
    shift
fi
names=("$@")
if [[ ${#names[@]} -eq 0 ]]; then
    names=("$here"/keys/*.keys)
    names=("${names[@]##*/}")
    names=("${names[@]%.keys}")
fi
sizes=(80x24 200x50 40x10)
declare -A terms=([256]=xterm-256color [16]=xterm [mono]=vt100) locales=([utf-8]=C.UTF-8 [ascii]=C)
at_once=${GOLDEN_JOBS:-8} # they wait for half of their time

lab=$(mktemp -d "${TMPDIR:-/tmp}/davit-golden.XXXXXX")
trap 'rm -rf -- "$lab"' EXIT
chmod 1777 "$lab" # as root the console draws as nobody
mkdir "$lab/home"

# Of a row of attributes: `b{40}` is b forty times; "." at its end, which is none, is left out.
shorten() {
    awk '/^-- legend --$/ { legend = 1 }
        legend { print; next }
        {
            row = ""
            sub(/\.+$/, "")
            for (i = 1; i <= length($0); i += n) {
                letter = substr($0, i, 1)
                for (n = 1; substr($0, i + n, 1) == letter; n++);
                if (n > 8) {
                    row = row letter "{" n "}"
                } else {
                    row = row substr($0, i, n)
                }
            }
            print row
        }'
}

# The screens in the order of the script, each under its name.
screens() { # DIR KEYS WHAT
    local name
    while read -r name; do
        printf '==== %s\n' "$name"
        if [[ $3 == text ]]; then
            sed '/^-- attributes --$/,$d' "$1/$name"
        else
            sed '1,/^-- attributes --$/d' "$1/$name" | shorten
        fi
    done < <(sed -n 's#.*@save .*/\([^/ ]*\)$#\1#p' "$2")
}

# Nothing of the user's and of the machine's settings.
run_one() { # NAME SIZE DEPTH ENCODING
    local dir=$lab/$1.$2.$3.$4
    mkdir -m 1777 "$dir"
    sed -e "s#@save \\([^ ]*\\)#@save $dir/\\1#g" -e "s#@themes#$here/../../themes#" \
        "$here/keys/$1.keys" >"$dir.keys"
    env -u NO_COLOR -u COLORTERM -u SSH_CONNECTION -u XDG_CONFIG_HOME -u TERMINFO_DIRS \
        TERM="${terms[$3]}" LC_ALL="${locales[$4]}" TZ=UTC HOME="$lab/home" \
        timeout 60 "$davit" --config "$here/config.json" --replay "$here/${1%%-*}.jsonl" \
        --script "$dir.keys" --off-screen "$2" </dev/null >"$dir.out" 2>&1 ||
        echo "davit ended with $?" >>"$dir.out"
    screens "$dir" "$dir.keys" text >"$dir.text" 2>>"$dir.out"
    screens "$dir" "$dir.keys" looks >"$dir.looks" 2>>"$dir.out"
}

tests=0
failed=0
differences=

compare() { # EXPECTED SEEN
    if [[ -n $update ]]; then
        mkdir -p "$here/expected"
        cp "$2" "$1"
    elif ! diff -u --label "expected/${1##*/}" --label seen "$1" "$2" >"$lab/diff" 2>&1; then
        differences+=$(head -n 60 "$lab/diff" | sed 's/^/# /')$'\n'
    fi
}

# What may not depend on something is the same as at the first.
same() { # WHY FIRST OTHER
    if ! diff -u --label "$1: ${2##*/}" --label "${3##*/}" "$2" "$3" >"$lab/diff"; then
        differences+=$(head -n 40 "$lab/diff" | sed 's/^/# /')$'\n'
    fi
}

judge() { # NAME SIZE
    local base=$lab/$1.$2 depth encoding
    differences=
    for depth in 256 16 mono; do
        for encoding in utf-8 ascii; do
            local dir=$base.$depth.$encoding
            if [[ -s $dir.out ]]; then
                differences+=$(sed "s/^/# $depth $encoding: /" "$dir.out")$'\n'
            fi
        done
        compare "$here/expected/$1-$2.$depth" "$base.$depth.utf-8.looks"
        same "attributes by encoding" "$base.$depth.utf-8.looks" "$base.$depth.ascii.looks"
    done
    for encoding in utf-8 ascii; do
        compare "$here/expected/$1-$2.$encoding" "$base.256.$encoding.text"
        same "text by colours" "$base.256.$encoding.text" "$base.16.$encoding.text"
        same "text by colours" "$base.256.$encoding.text" "$base.mono.$encoding.text"
    done
    tests=$((tests + 1))
    if [[ -z $differences ]]; then
        echo "ok $tests - $1 at $2"
    else
        failed=$((failed + 1))
        printf 'not ok %d - %s at %s\n%s' "$tests" "$1" "$2" "$differences"
    fi
}

for name in "${names[@]}"; do
    for size in "${sizes[@]}"; do
        for depth in 256 16 mono; do
            for encoding in utf-8 ascii; do
                while (($(jobs -rp | wc -l) >= at_once)); do
                    wait -n || true
                done
                run_one "$name" "$size" "$depth" "$encoding" &
            done
        done
    done
done
wait
for name in "${names[@]}"; do
    for size in "${sizes[@]}"; do
        judge "$name" "$size"
    done
done
echo "1..$tests"
if ((failed > 0)); then
    echo "# as it should be now? $0 $davit --update, then look at git diff"
    exit 1
fi
