#!/usr/bin/env bash
# What the completion for bash offers. TAP.   completions.bash FILE
set -uo pipefail
# shellcheck source=/dev/null
source "$1"
file=$(realpath "$1")
compopt() { :; } # readline's, which is not here
# Names that a user may have given. What is in the last ones must not be run, nor be offered to be.
davit() { printf '%s\n' NAME web shop-api user/db "\$(:>$mark)" "user/\`:>$mark\`" 'a;b' "it's"; }
mark=$(mktemp -d)/run
trap 'rm -r "${mark%/*}"' EXIT
n=0 failed=0

# offers LINE WORD…: at the end of LINE, whose last word is completed, these are among what is
# offered; -WORD: this is not.
offers() {
    local line=$1 word ok=ok
    shift
    n=$((n + 1))
    read -ra COMP_WORDS <<<"${line//=/ = }"
    [[ $line == *[\ =] ]] && COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _davit
    for word in "$@"; do
        if [[ $word == not:* ]]; then
            [[ " ${COMPREPLY[*]} " != *" ${word#not:} "* ]] || ok="not ok"
        else
            [[ " ${COMPREPLY[*]} " == *" $word "* ]] || ok="not ok"
        fi
    done
    echo "$ok $n - $line"
    if [[ $ok != ok ]]; then
        echo "# offered: ${COMPREPLY[*]}"
        failed=1
    fi
}

offers 'davit ' ps attach replace who eject --record --replay --script --plain --theme --json not:--ro
offers 'davit --re' --record --replay --readonly not:--recursive
offers 'davit --theme ' default mono nord solarized-light
offers 'davit --theme n' nord not:default
offers 'davit --theme=n' nord not:default
offers 'davit --theme nord ' ps --plain not:web
offers 'davit --theme=nord ' ps --plain not:web
offers "davit --theme ${file%/*}/" "$file"
offers 'davit --theme nord attach --' --ro --propagation not:--replay
offers 'davit --docker /s mounts ' web shop-api
offers 'davit attach --propagation sl' slave not:shared
offers 'davit detach sh' shop-api: not:web:
offers 'davit detach ' user/db: not:it
offers 'davit who ' web: user/db:
offers "davit who ${file%/*}/" "$file" not:web:
offers "davit detach ${file%/*}/" "$file" not:web:
offers "davit eject ${file%/*}/" "$file"
offers 'davit eject ' not:web not:web:
offers 'davit refresh web:/x sh' shop-api:
offers 'davit share ' web: not:user/db
offers "davit share web:/x ${file%/*}/" "$file"
offers 'davit volume ' ls create rm not:web
offers 'davit volume create ' not:rm
offers 'davit enter -u ' not:web
offers 'davit enter -u root ' web
offers "davit enter --tools ${file%/*}/" "$file"
offers 'davit mounts ' web user/db 'not:a;b'
n=$((n + 1))
if [[ -e $mark || ${COMPREPLY[*]} == *[\$\`]* ]]; then
    echo "not ok $n - a name is run"
    failed=1
else
    echo "ok $n - no name is run"
fi
echo "1..$n"
exit "$failed"
