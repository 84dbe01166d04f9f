#!/usr/bin/env bash
# The console's screens from recordings of the real engine, compared with those expected.
#
#   run.bash DAVIT [--update | --few] [KEYS…]
#
# keys/RECORDING-WHAT.keys is replayed at three sizes, three depths of colour and two encodings;
# what its @save steps saved is compared with expected/. KEYS is RECORDING-WHAT; all by default.
# --update writes what is seen now instead of comparing: look at the difference before committing.
# --few replays at each size but two of the six: most and least colour, UTF-8 and C. For a build with
# sanitizers, beside one that is compared in all.
#
# Of each size there are five files: the text in UTF-8 and in C, which may not depend on the colours
# (nothing is told by colour alone), and the attributes at 256, 16 and 0 colours, which may not
# depend on the encoding. TAP: one test for each of KEYS and size.
set -uo pipefail

davit=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
update=
kinds=("256 utf-8" "256 ascii" "16 utf-8" "16 ascii" "mono utf-8" "mono ascii")
if [[ ${1:-} == --update ]]; then
    update=yes
    shift
elif [[ ${1:-} == --few ]]; then
    kinds=("256 utf-8" "mono ascii")
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

# The screens in the order of the script, each under its name: what stands on them in DIR.text, how
# it looks in DIR.looks. Of a row of attributes `b{40}` is b forty times; "." at its end, which is
# none, is left out.
screens() { # DIR KEYS
    local names
    mapfile -t names < <(sed -n 's#.*@save .*/\([^/ ]*\)$#\1#p' "$2")
    (cd "$1" && exec awk -v text="$1.text" -v looks="$1.looks" '
        FNR == 1 { print "==== " FILENAME >text; print "==== " FILENAME >looks; part = 0 }
        /^-- attributes --$/ { part = 1; next }
        /^-- legend --$/ { part = 2 }
        part == 0 { print >text; next }
        part == 2 { print >looks; next }
        {
            row = ""
            sub(/\.+$/, "")
            for (i = 1; i <= length($0); i += n) {
                letter = substr($0, i, 1)
                for (n = 1; substr($0, i + n, 1) == letter; n++);
                row = row (n > 8 ? letter "{" n "}" : substr($0, i, n))
            }
            print row >looks
        }' "${names[@]}")
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
    screens "$dir" "$dir.keys" 2>>"$dir.out"
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
    local base=$lab/$1.$2 kind depth encoding dir
    local -A looks=() texts=()
    differences=
    for kind in "${kinds[@]}"; do
        read -r depth encoding <<<"$kind"
        dir=$base.$depth.$encoding
        if [[ -s $dir.out ]]; then
            differences+=$(sed "s/^/# $depth $encoding: /" "$dir.out")$'\n'
        fi
        if [[ -z ${looks[$depth]:-} ]]; then
            looks[$depth]=$dir.looks
            compare "$here/expected/$1-$2.$depth" "$dir.looks"
        else
            same "attributes by encoding" "${looks[$depth]}" "$dir.looks"
        fi
        if [[ -z ${texts[$encoding]:-} ]]; then
            texts[$encoding]=$dir.text
            compare "$here/expected/$1-$2.$encoding" "$dir.text"
        else
            same "text by colours" "${texts[$encoding]}" "$dir.text"
        fi
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
        for kind in "${kinds[@]}"; do
            while (($(jobs -rp | wc -l) >= at_once)); do
                wait -n || true
            done
            read -r depth encoding <<<"$kind"
            run_one "$name" "$size" "$depth" "$encoding" &
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
