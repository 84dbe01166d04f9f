#!/usr/bin/env bash
# What `meson install` places, and that manual page and completions say what --help says. TAP.
#   install.bash BUILD_DIR PREFIX DAVIT_PROGRAM
set -uo pipefail
build=$1 prefix=$2 davit=$3
dir=$(mktemp -d "${TMPDIR:-/tmp}/davit-install.XXXXXX")
trap 'rm -rf --one-file-system -- "$dir"' EXIT
n=0 failed=0

result() { # STATUS NAME [DETAIL]
    n=$((n + 1))
    if [[ $1 == 0 ]]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        [[ -z ${3:-} ]] || sed 's/^/# /' <<<"$3"
        failed=1
    fi
}

log=$(DESTDIR=$dir meson install -C "$build" --no-rebuild 2>&1)
result $? "DESTDIR is where it goes" "$log"
root=$dir$prefix

missing=
for file in bin/davit libexec/davit/davit-engine libexec/davit/davit-console \
    share/man/man1/davit.1 share/man/man5/davit.json.5 share/man/man5/davit-themes.5 \
    share/bash-completion/completions/davit share/zsh/site-functions/_davit \
    share/fish/vendor_completions.d/davit.fish lib/systemd/system/davit-keepd.service \
    share/davit/themes/{default,mono,high-contrast,nord,gruvbox-dark,solarized-light,dracula,catppuccin-mocha}.json; do
    [[ -s $root/$file ]] || missing+=" $file"
done
[[ -z $missing ]]
result $? "everything is there" "missing:$missing"

wrong=
for name in addvol rmvol davit; do
    [[ $(readlink "$root/lib/docker/cli-plugins/docker-$name") == "$prefix/bin/davit" ]] ||
        wrong+=" $name"
done
[[ -z $wrong ]]
result $? "docker's plug-ins are links to davit" "wrong:$wrong"

outside=$(find "$dir" -mindepth 1 ! -type d ! -path "$root/*")
[[ -z $outside ]]
result $? "nothing is outside of the prefix" "$outside"

[[ $("$root/bin/davit" --version) == "$("$davit" --version)" ]]
result $? "what is installed runs"

# --- the same is said everywhere ---

# Words of a manual page without its own signs.
manual=$(sed -e 's/\\-/-/g; s/\\&//g; s/\\e/\\/g; s/\\f[BIRP]//g' "$root/share/man/man1/davit.1")
bash_completion=$(<"$root/share/bash-completion/completions/davit")
zsh_completion=$(<"$root/share/zsh/site-functions/_davit")
fish_completion=$(<"$root/share/fish/vendor_completions.d/davit.fish")
verbs=$("$davit" --help | sed -nE 's/^  ([a-z]+) .*/\1/p')
[[ $(wc -w <<<"$verbs") -gt 15 ]]
result $? "--help lists the verbs"

unsaid=
for verb in $verbs; do
    grep -qE "^\.SS davit $verb( |$)" <<<"$manual" || unsaid+=" man:$verb"
    grep -qE "[ '(|]$verb[ |)']" <<<"$bash_completion" || unsaid+=" bash:$verb"
    grep -qE "['( |]$verb[:|) ]" <<<"$zsh_completion" || unsaid+=" zsh:$verb"
    grep -qE "['\" ]$verb(['\" ]|$)" <<<"$fish_completion" || unsaid+=" fish:$verb"
done
[[ -z $unsaid ]]
result $? "each verb of --help is in the manual page and the completions" "not in$unsaid"

extra=
while read -r verb; do
    [[ " ${verbs//$'\n'/ } " == *" $verb "* ]] || extra+=" $verb"
done < <(sed -nE 's/^\.SS davit ([a-z]+).*/\1/p' <<<"$manual")
[[ -z $extra ]]
result $? "the manual page has no other verbs" "$extra"

unsaid=
for verb in '' $verbs; do
    section=$manual
    [[ -z $verb ]] || section=$(sed -nE "/^\.SS davit $verb( |$)/,/^\.S[SH] /p" <<<"$manual")
    help=$("$davit" ${verb:+"$verb"} --help)
    for letter in $(grep -oE '^  -[a-zA-Z]' <<<"$help"); do
        grep -qE "words='([^']* )?${letter}[ ']" <<<"$bash_completion" || unsaid+=" bash:$letter"
        grep -qE "^ *'$letter\+?\[" <<<"$zsh_completion" || unsaid+=" zsh:$letter"
        grep -qE "__davit_is${verb:+ ${verb}( [a-z]+)?}'.* -s ${letter#-} " <<<"$fish_completion" ||
            unsaid+=" fish:$verb:$letter"
    done
    for option in $(grep -oE '^  (-[a-zA-Z], )?--[a-z-]+' <<<"$help" |
        grep -oE -- '--[a-z-]+'); do
        # Options of every verb stand once, in a section of their own.
        [[ $section == *"$option"* ]] || grep -qe "^\.B.*$option" <<<"$manual" ||
            unsaid+=" man:$verb:$option"
        [[ $bash_completion == *"$option"* ]] || unsaid+=" bash:$option"
        [[ $zsh_completion == *"$option"* ]] || unsaid+=" zsh:$option"
        [[ $fish_completion == *"-l ${option#--}"* ]] || unsaid+=" fish:$option"
    done
done
[[ -z $unsaid ]]
result $? "each option of --help is in the manual page and the completions" "not in$unsaid"

# What is offered at the end of a line, by the shells that are here; bash: completions.bash. zsh's own
# functions have no say without a terminal: what they are asked for is looked at.
if command -v zsh >/dev/null; then
    said=$(zsh -f -c '
        _arguments() { print -r -- $words[1] $CURRENT "$@" }
        words=(davit --theme nord volume "") CURRENT=5
        source $0
        words=(davit attach -t "") CURRENT=4
        _davit' "$root/share/zsh/site-functions/_davit" 2>&1)
    [[ $said == "volume 2 "*"1:action:(ls create rm)"*$'\n'"attach 3 "*"-t+["* ]]
    result $? "zsh runs its completion" "$said"
fi
if command -v fish >/dev/null; then
    # shellcheck disable=SC2016
    said=$(HOME=$dir PATH=$root/bin:$PATH fish --no-config -c 'source $argv
        complete -C "davit --theme nord volume "; complete -C "davit volume ls att"
        complete -C "davit att"; complete -C "davit attach -" | string match -- "-t*"' \
        "$root/share/fish/vendor_completions.d/davit.fish" 2>&1)
    [[ $(cut -f 1 <<<"$said" | tr '\n' ' ') == "create ls rm attach -t " ]]
    result $? "fish runs its completion" "$said"
fi
bash -n "$root/share/bash-completion/completions/davit"
result $? "bash reads its completion"

# --- the unit ---

if command -v systemd-analyze >/dev/null; then
    # What it starts is not installed where it will be: any program does for the look.
    unit=$dir/davit-keepd.service
    sed "s,^ExecStart=[^ ]*,ExecStart=$root/bin/davit," "$root/lib/systemd/system/davit-keepd.service" >"$unit"
    said=$(SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$unit" 2>&1)
    status=$?
    [[ $status -eq 0 && $said != *davit-keepd.service:* ]]
    result $? "systemd finds nothing wrong with the unit" "$said"
    exposure=$(systemd-analyze security --offline=true --no-pager "$unit" 2>/dev/null | tail -n 1 |
        grep -oE '[0-9]+\.[0-9]' | head -n 1)
    [[ -n $exposure && ${exposure%.*} -lt 7 ]]
    result $? "it is less exposed than a service without limits (9.6): ${exposure:-?}"
fi
private=$(grep -E '^(Protect(System|Home|KernelTunables|KernelModules|KernelLogs|ControlGroups|Proc)|Private(Tmp|Devices|Mounts|Users)|ReadOnlyPaths|ReadWritePaths|InaccessiblePaths|TemporaryFileSystem|BindPaths|BindReadOnlyPaths|RootDirectory|MountFlags|DynamicUser)=' \
    "$root/lib/systemd/system/davit-keepd.service")
[[ -z $private ]]
result $? "no directive gives the service mounts of its own" "$private"

echo "1..$n"
exit "$failed"
