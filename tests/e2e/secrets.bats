#!/usr/bin/env bats
# Passwords in what a mount helper mounts and in its options: the helper gets them, and nothing that
# davit writes, shows, sends or leaves running has them. Every secret here has "hush" in it.

load lab
load helpers
load screen

web=$(named web)

setup_file() {
    export BATS_TEST_TIMEOUT=120
    lab_begin
    screen_begin
    container "$(named web)"
    mkdir -m 1777 "$SUITE_DIR/records" # written as whom the console became
    helpers_begin
    # Calls what it mounts by the name that it was given, as some do.
    helper davit-told <<'S'
#!/bin/sh
mount -n -t tmpfs -o size=1m "$1" "$2" && printf '%s\n' "$@" >"$2/arguments" &&
    printf 'PASSWD=%s\n' "$PASSWD" >>"$2/arguments"
S
    helper cifs <"$SUITE_DIR/helpers/mount.davit-told"
    # Says so much that the beginning is cut off, within the secret.
    helper davit-fails <<'S'
#!/bin/sh
printf 'cannot mount %s with %s\n' "$1" "$4" >&2
{ printf '%0700d' 0; printf '%s ' "$1" "$4"; } >&2
exit 32
S
}

teardown_file() {
    lab_end
    helpers_end
}

setup() {
    STATE=$STATE-$BATS_TEST_NUMBER
    SCREEN=$BATS_TEST_NUMBER
    console='' engine=''
    all=$SUITE_DIR/all-$BATS_TEST_NUMBER
    snapshot_tables "$web"
}

teardown() {
    screen_close
}

# told CODE VERB...: all that it says goes to $all too.
told() {
    davit_exits "$@"
    printf '%s\n' "$out" "$err" >>"$all"
    says_not hush
}

nothing_written() {
    if grep -rn hush "$all" "$STATE"; then
        fail "a secret was written"
    fi
}

# What davit tells about itself, in each way there is.
tell_all() {
    local flags
    for flags in --json --verbose; do
        told 0 status "$flags"
        told 0 events --verbose "$flags"
        told 0 mounts "$web" "$flags"
        told 0 fs "$flags"
    done
}

# --- the verbs ------------------------------------------------------------------------------------

# The secret forms of a name and of options; the helper gets all as it was typed.
names=(//me:hush@nas/share ftp://me:hu,sh-hush@nas/x 'curlftpfs#ftp://me:hush/hush@nas/x'
    me:hush@nas:/vol)
options=(password=hush 'user=me%hush,ro=1' 'key="hush,hush",soft' 'pass=x\,hush'
    'credentials=/hush,url=http://me:hush@x/')

@test "in a name or an option: plan, result, tables, journal and events have none of it" {
    local i name given shown
    for i in "${!options[@]}"; do
        name=${names[i % ${#names[@]}]} given=${options[i]}
        told 0 attach --dry-run -t davit-told -o "$given" "$name" "$web:/mnt/it"
        says 'in its name stands in'
        says "the secret in its options stands in"
        says '***'
        told 0 attach --dry-run --json -t davit-told -o "$given" "$name" "$web:/mnt/it"
        told 0 attach --verbose -t davit-told -o "$given" "$name" "$web:/mnt/it"
        says "shows its password to everyone"
        assert_host_unchanged
        [[ $(inside "$web" cat /mnt/it/arguments) == "$name"$'\n'*$'\n'"$given"$'\n'* ]]
        grep -q ' /mnt/it .*hush' "/proc/$(pid_of "$web")/mountinfo" # it is true
        tell_all
        told 0 detach --verbose "$web:/mnt/it"
        assert_tables_unchanged "$web"
        told 1 undo --yes
        says "written nowhere"
        nothing_written
    done
}

@test "JSON of an attach, of a failure, and of what is refused" {
    local name
    told 0 attach --json -t davit-told -o pass=hush "${names[0]}" "$web:/mnt/it"
    json '.results[0] | .ok and .device == "//me:***@nas/share"'
    told 0 detach --json "$web:/mnt/it"
    for name in "${names[@]}"; do
        told 1 attach --json -t davit-fails -o "pass=hush,user=me:hush" "$name" "$web:/mnt/it"
        json '.results[0].error.message | contains("****")'
        told 2 attach --json "$name" "$web:/mnt/it" # no type
        told 2 attach --json -t davit-told "$web:/mnt/it" "$name"
        told 2 attach --json --offset 1 -t davit-told "$name" "$web:/mnt/it"
        told 2 attach --json -t davit/told "$name" "$web:/mnt/it"
        told 7 attach --json -t davit-absent "$name" "$web:/mnt/it"
    done
    nothing_written
    assert_tables_unchanged "$web"
}

@test "mount.cifs gets the password in its environment, and not in its command line" {
    davit_exits 0 attach --verbose -t cifs -o user=me,password=hush,vers=3 //nas/share "$web:/mnt/it"
    says_not hush
    says_not "command line"
    [[ $(inside "$web" cat /mnt/it/arguments) == *$'\n'user=me,vers=3$'\n'PASSWD=hush ]]
    davit_exits 0 detach "$web:/mnt/it"
    davit_exits 0 attach -t cifs -o 'pass="hu,sh"' //nas/share "$web:/mnt/it"
    [[ $(inside "$web" cat /mnt/it/arguments) != *pass* ]]
    davit_exits 0 detach "$web:/mnt/it"
    assert_tables_unchanged "$web"
}

# The command lines of davit itself and of what it leaves running.
@test "the keeper that stays has it in no command line" {
    local server pid
    davit_exits 0 attach -t davit-served -o pass=hush //me:hush@nas/share "$web:/mnt/it"
    davit_exits 0 status --json
    server=$(jq -r '.attachments[-1].helper.server' <<<"$out")
    [[ $(<"/proc/$server/comm") == davit-keeper ]]
    tr '\0' ' ' <"/proc/$server/cmdline" >"$SUITE_DIR/cmdline"
    grep -q 'attach.*\*\*\*' "$SUITE_DIR/cmdline"
    not grep -q hush "$SUITE_DIR/cmdline"
    not grep -q hush "/proc/$server/environ"
    davit_exits 0 detach "$web:/mnt/it"
    assert_tables_unchanged "$web"
}

@test "the line for syslog" {
    local wrap=(strace --follow-forks --trace=sendto,sendmsg --string-limit=4000
        --output "$SUITE_DIR/trace")
    davit_exits 0 attach -t davit-told -o pass=hush //me:hush@nas/share "$web:/mnt/it"
    wrap=()
    grep -q 'davit\[[0-9]*\]: attach.*//me:\*\*\*@nas/share' "$SUITE_DIR/trace"
    [[ -z $(grep 'davit\[' "$SUITE_DIR/trace" | grep hush) ]]
    davit_exits 0 detach "$web:/mnt/it"
    assert_tables_unchanged "$web"
}

# --- the console ----------------------------------------------------------------------------------

@test "the console: recording, log, command and what stays on the screen" {
    local record=$SUITE_DIR/records/recorded.jsonl
    screen_open --record "$record"
    select_container "$web"
    keys a
    shows "┌ Attach a filesystem"
    types "-t davit-told //me:hush@nas/share"
    keys Enter
    types "vers=3,password=hush"
    keys Enter
    types /mnt/it
    keys Enter Enter
    shows "Inside:"
    keys A
    shows "verified inside"
    shows "attach //me:***@nas/share"
    screen_lacks hush
    [[ $(inside "$web" cat /mnt/it/arguments) == *vers=3,password=hush* ]]
    davit_exits 0 detach "$web:/mnt/it"
    shows "detach $web /mnt/it"
    screen_lacks hush
    screen_quit
    grep -q '"helper_options":"vers=3,password=\*\*\*"' "$record"
    grep -q '"source":"//me:\*\*\*@nas/share"' "$record"
    not grep -n hush "$record"
    : >"$all"
    nothing_written
    assert_tables_unchanged "$web"
}
