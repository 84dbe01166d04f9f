#!/usr/bin/env bash
# Includes point down only, and the programs link what their floor may have. TAP.
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
