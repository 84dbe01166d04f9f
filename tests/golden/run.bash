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
declare -A terms=([256]=xterm-256color [16]=xterm [mono]=vt100) locales=([utf-8]=C.UTF-8 [c]=C)
at_once=${GOLDEN_JOBS:-12} # they wait for most of their time

lab=$(mktemp -d "${TMPDIR:-/tmp}/davit-golden.XXXXXX")
trap 'rm -rf -- "$lab"' EXIT
chmod 1777 "$lab" # as root the console draws as nobody
mkdir "$lab/home"

# Nothing of the user's and of the machine's settings.
run_one() { # NAME SIZE DEPTH ENCODING
    local dir=$lab/$1.$2.$3.$4
    mkdir -m 1777 "$dir"
    sed "s#@save \\([^ ]*\\)#@save $dir/\\1#g" "$here/keys/$1.keys" >"$dir.keys"
    env -u NO_COLOR -u COLORTERM -u SSH_CONNECTION -u XDG_CONFIG_HOME -u TERMINFO_DIRS \
        TERM="${terms[$3]}" LC_ALL="${locales[$4]}" TZ=UTC HOME="$lab/home" \
        timeout 60 "$davit" --config "$here/config.json" --replay "$here/${1%%-*}.jsonl" \
        --script "$dir.keys" --off-screen "$2" </dev/null >"$dir.out" 2>&1 ||
        echo "davit ended with $?" >>"$dir.out"
}

# The screens in the order of the script, each under its name.
screens() { # DIR KEYS WHAT
    local name
    while read -r name; do
        printf '==== %s\n' "$name"
        if [[ $3 == text ]]; then
            sed '/^-- attributes --$/,$d' "$1/$name"
        else
            # `.` has no attribute; those at the end of a row are left out.
            sed -e '1,/^-- attributes --$/d' -e 's/\.*$//' "$1/$name"
        fi
    done < <(sed -n 's/^ *@save \([^ ]*\).*/\1/p' "$2")
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
    local keys=$here/keys/$1.keys base=$lab/$1.$2 depth encoding
    differences=
    for depth in 256 16 mono; do
        for encoding in utf-8 c; do
            local dir=$base.$depth.$encoding
            if [[ -s $dir.out ]]; then
                differences+=$(sed "s/^/# $depth $encoding: /" "$dir.out")$'\n'
            fi
            screens "$dir" "$keys" text >"$dir.text" 2>>"$dir.out"
            screens "$dir" "$keys" looks >"$dir.looks" 2>>"$dir.out"
        done
        compare "$here/expected/$1-$2.$depth" "$base.$depth.utf-8.looks"
        same "attributes by encoding" "$base.$depth.utf-8.looks" "$base.$depth.c.looks"
    done
    for encoding in utf-8 c; do
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
            for encoding in utf-8 c; do
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
