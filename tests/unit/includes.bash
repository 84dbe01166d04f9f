#!/usr/bin/env bash
# Includes point down only, calls too, and the programs link what their floor may have. TAP.
#   includes.bash SOURCE_DIR DAVIT_PROGRAM
set -euo pipefail
cd "$1"
davit=$2

# floor: the floors it may include from
declare -A may=(
    [core/base]="core/base"
    [core/host]="core/base core/host"
    [core/runtime]="core/base core/host core/runtime"
    [core/engine]="core/base core/host core/runtime core/engine"
    [core/wire]="core/base core/host core/runtime core/engine core/wire"
    [tui/verbs]="core/base core/host core/runtime core/engine core/wire tui/verbs"
    [tui/doc]="core/base core/wire tui/verbs tui/screen tui/doc"
    [tui/screen]="core/base core/wire tui/screen"
    [tui/model]="core/base core/wire tui/model"
    [tui/views]="core/base tui/model tui/screen tui/views"
    [tui/dialogs]="core/base core/wire tui/model tui/screen tui/views tui/dialogs"
    [tui/console]="core/base core/wire tui/model tui/screen tui/views tui/dialogs tui/console"
)
n=0 failed=0
result() { # STATUS NAME [DETAIL]
    n=$((n + 1))
    if [[ $1 == 0 ]]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        printf '# %s\n' "$3"
        failed=1
    fi
}

check_floor() { # FLOOR
    local floor=$1 bad="" line included allowed
    while IFS= read -r line; do
        included=${line#*\"}
        included=${included%%\"*}
        allowed=no
        for dir in ${may[$floor]}; do
            [[ $included == "$dir"/* ]] && allowed=yes
        done
        [[ $allowed == yes ]] || bad+="$line; "
    done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$floor")
    if [[ $(find "$floor" -name '*.c' | wc -l) == 0 ]]; then
        bad="there is no code in $floor"
    fi
    if [[ -z $bad ]]; then
        result 0 "$floor includes from its own floor and below"
    else
        result 1 "$floor includes from its own floor and below" "$bad"
    fi
}
for floor in core/base core/host core/runtime core/engine core/wire tui/verbs tui/doc tui/screen tui/model tui/views tui/dialogs tui/console; do
    check_floor "$floor"
done

check_without() { # NAME WHERE PATTERN
    local found
    if found=$(grep -rnE "$3" $2); then
        result 1 "$1" "$found"
    else
        result 0 "$1"
    fi
}
check_without "core never reaches curses or the screen" core \
    '#[[:space:]]*include[[:space:]]*[<"](n?curses|panel|tui/)'
check_without "core/base knows nothing of the mission" core/base 'libmount|libudev|jansson|curl/'
check_without "core never prints" core '(^|[^a-z_])(printf|puts|putchar|perror|vprintf)[[:space:]]*\('

# Who calls whom, by the objects' symbols: no file calls one that calls it, however far round.
check_calls() { # NAME OBJECTS
    local name=$1 loops
    shift
    if [[ ! -f $1 ]]; then
        result 1 "$name: calls run down" "there is no $1"
        return
    fi
    loops=$(nm --print-file-name "$@" | awk '
        { sub(/:.*/, "", $1); file = $1; sub(/.*\//, "", file) }
        $(NF - 1) ~ /^[TDRBC]$/ { defines[$NF] = file }
        $(NF - 1) == "U" { calls[++n] = file " " $NF }
        END {
            for (i = 1; i <= n; i++) {
                split(calls[i], pair, " ")
                if (pair[2] in defines && defines[pair[2]] != pair[1])
                    print pair[1], defines[pair[2]]
            }
        }' | sort -u | tsort 2>&1 >/dev/null | tr '\n' ' ') || true
    if [[ -z $loops ]]; then
        result 0 "$name: calls run down"
    else
        result 1 "$name: calls run down" "$loops"
    fi
}
parts=$(dirname "$davit")
check_calls core/runtime "$parts"/../core/runtime/libdavit_runtime.a.p/*.o
check_calls core/engine "$parts"/../core/engine/libdavit_engine.a.p/*.o
check_calls core/wire "$parts"/../core/wire/libdavit_wire.a.p/*.o
check_calls tui/screen "$parts"/libdavit_screen.a.p/*.o
check_calls tui/model "$parts"/libdavit_model.a.p/*.o
check_calls tui/views "$parts"/libdavit_views.a.p/*.o
check_calls tui/dialogs "$parts"/libdavit_dialogs.a.p/*.o
check_calls tui/console "$parts"/davit-console.p/*.o

linked=$(ldd "$davit")
for library in curses udev curl mount blkid uv; do
    if grep -q "$library" <<<"$linked"; then
        result 1 "davit does not link $library" "$linked"
    else
        result 0 "davit does not link $library"
    fi
done
echo "1..$n"
exit $failed
