#!/usr/bin/env bats
# A fake daemon, that answers wrongly, late or with what is not so.

load lab

web=$(named web)

setup_file() {
    lab_begin
    container "$(named web)"
}

teardown_file() {
    lab_end
}

teardown() {
    [[ -z ${fake:-} ]] || stop_process "$fake"
}

# fake_daemon BODY-COMMAND: a socket that answers /_ping and /version as docker does, and every
# other request with what the command prints, header and all.
fake_daemon() {
    cat >"$SUITE_DIR/answer" <<SCRIPT
#!/bin/bash
read -r verb path rest
while read -r line && [[ \$line != \$'\r' ]]; do :; done
case \$path in
*/_ping | */version)
    body='{"ApiVersion":"1.41","MinAPIVersion":"1.12","Version":"20.10.24"}'
    printf 'HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\n'
    printf 'Content-Length: %d\r\nConnection: close\r\n\r\n%s' \${#body} "\$body" ;;
*) $1 ;;
esac
SCRIPT
    chmod +x "$SUITE_DIR/answer"
    rm -f "$SUITE_DIR/fake"
    socat "UNIX-LISTEN:$SUITE_DIR/fake,fork" "EXEC:$SUITE_DIR/answer" 2>/dev/null 3>&- &
    fake=$!
    until_true 20 test -S "$SUITE_DIR/fake"
}

ok_header='HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n'

# The list of /proc goes on, and the status says why docker's is missing.
assert_goes_on() {
    local began=$SECONDS
    SOCKET=$SUITE_DIR/fake davit_exits 0 ps --json
    listed "$(id_of "$web")" ".runtime == \"docker\" and .pid == $(pid_of "$web")"
    json '.runtimes[] | select(.name == "docker") | .state == "unreachable"
        and (.error | type == "string" and length > 0)'
    ((SECONDS - began < 20))
    SOCKET=$SUITE_DIR/fake davit_exits 0 ps
    snapshot_tables "$web"
    SOCKET=$SUITE_DIR/fake davit_exits 0 attach "$SOURCE" "$(id_of "$web"):/mnt/fake"
    assert_attached "$web" /mnt/fake rw,nosuid,nodev "$SOURCE"
    SOCKET=$SUITE_DIR/fake davit_exits 0 detach "$(id_of "$web"):/mnt/fake"
    assert_tables_unchanged "$web"
}

@test "an answer that is cut off" {
    fake_daemon "printf '${ok_header}Content-Length: 5000\r\n\r\n[{\"Id\":\"0123\",\"Names\":[\"/x\"'"
    assert_goes_on
}

@test "an answer without end" {
    fake_daemon "printf '${ok_header}\r\n['; exec cat /dev/zero"
    assert_goes_on
}

@test "an answer that is no JSON" {
    fake_daemon "printf '${ok_header}Content-Length: 19\r\n\r\nthis is not JSON!!!'"
    assert_goes_on
}

@test "JSON of another shape" {
    fake_daemon "printf '${ok_header}\r\n{\"message\":[1,2]}'"
    assert_goes_on
}

@test "JSON a hundred thousand levels deep" {
    fake_daemon "printf '${ok_header}\r\n'; head -c 100000 /dev/zero | tr '\0' '['"
    assert_goes_on
}

@test "no HTTP at all" {
    fake_daemon "printf 'SSH-2.0-OpenSSH_9.2\r\n'"
    assert_goes_on
}

@test "an error of the daemon's own is passed on in its words" {
    fake_daemon "printf 'HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"message\":\"the disk is on fire\"}'"
    assert_goes_on
    SOCKET=$SUITE_DIR/fake davit_exits 0 ps --json
    says "the disk is on fire"
}

@test "no answer at all" {
    fake_daemon "exec sleep 1000006"
    assert_goes_on
}

@test "a list with entries of the wrong type" {
    fake_daemon "printf '${ok_header}\r\n[1,null,{},{\"Id\":7},{\"Id\":\"$(id_of "$web")\",\"Names\":[\"/by-the-fake\"],\"Image\":3,\"State\":\"running\",\"Labels\":[]}]'"
    assert_goes_on
}

@test "members of the wrong type in an entry are left out" {
    fake_daemon "printf '${ok_header}\r\n[{\"Id\":\"$(id_of "$web")\",\"Names\":[\"/by-the-fake\",3],\"Image\":3,\"State\":\"running\",\"Labels\":[]}]'"
    SOCKET=$SUITE_DIR/fake davit_exits 0 ps --json
    listed "$(id_of "$web")" '.name == "by-the-fake" and .name_source == "daemon"'
}

@test "names, images and labels with control characters are never raw" {
    fake_daemon "printf '${ok_header}\r\n%s' '[{\"Id\":\"$(id_of "$web")\",\"Names\":[\"/\\u001b[31mred\\u0007\"],\"Image\":\"\\u001b]0;x\\u0007\",\"State\":\"running\",\"Labels\":{\"\\u001b[2J\":\"\\u009b2J\"}}]'"
    SOCKET=$SUITE_DIR/fake davit_exits 0 ps
    [[ $out == *red* ]]
    [[ $out$err != *$'\e'* && $out$err != *$'\a'* && $out$err != *$'\xc2\x9b'* ]]
    SOCKET=$SUITE_DIR/fake davit_exits 0 ps --json
    [[ $(jq -r '.. | strings' <<<"$out") != *$'\e'* ]]
}

# The list of a fake that knows one real container and one that is not here.
list_with() {
    printf '%s' "[{\"Id\":\"$(id_of "$web")\",\"Names\":[\"/$web\"],\"State\":\"running\"},"
    printf '%s' "{\"Id\":\"$(printf '%064d' 7)\",\"Names\":[\"/$1\"],\"State\":\"running\"}]"
}

@test "a container that the daemon names but /proc does not know is not attached to" {
    fake_daemon "printf '${ok_header}\r\n%s' '$(list_with ghost)'"
    SOCKET=$SUITE_DIR/fake davit_refuses 3 no-container attach "$SOURCE" ghost:/mnt
}

@test "a daemon whose containers all run elsewhere is for reading only" {
    fake_daemon "printf '${ok_header}\r\n[{\"Id\":\"%064d\",\"Names\":[\"/ghost\"],\"State\":\"running\"}]' 7"
    SOCKET=$SUITE_DIR/fake davit_exits 0 ps --json
    json '.runtimes[] | select(.name == "docker") | .state == "reading-only"'
    SOCKET=$SUITE_DIR/fake davit_refuses 3 gone attach "$SOURCE" ghost:/mnt
    says elsewhere
}

container_runs() { [[ $(docker inspect --format '{{.State.Running}}' "$1") == true ]]; }

is_told() {
    davit_exits 0 ps --json
    json '.runtimes[] | select(.name == "docker") | .state == "connected"'
}

# started_late COMMAND…: it succeeds with the fake that starts $late. On a busy machine the start may
# take longer than davit waits for a daemon: then it was another case, and is tried again.
started_late() {
    local tries=0
    docker kill "$late" >/dev/null
    until SOCKET=$SUITE_DIR/fake "$@"; do
        ((++tries < 5)) || return
        until_true 20 container_runs "$late"
        docker kill "$late" >/dev/null
    done
}

# /proc is read while the daemon thinks: what it says is then newer.
@test "a daemon's only container that starts just then is no other machine's" {
    local late
    late=$(named late)
    container "$late"
    fake_daemon "docker --host unix://$LAB_DIR/docker/s start $late >/dev/null 2>&1
        printf '${ok_header}\r\n[{\"Id\":\"$(id_of "$late")\",\"Names\":[\"/by-the-fake\"],\"State\":\"running\"}]'"
    started_late is_told
    listed "$(id_of "$late")" '.name == "by-the-fake" and .state == "running"'
    started_late davit_exits 0 attach "$SOURCE" by-the-fake:/mnt/late
    container_started "$late"
    inside "$late" grep -q "from the host" /mnt/late/file
    SOCKET=$SUITE_DIR/fake davit_exits 0 detach by-the-fake:/mnt/late
}

# The pid in a daemon's answer is believed only if that process's cgroup names the id.
@test "a daemon that lies about the pid does not send us to another process" {
    fake_daemon "case \$path in
    *containers/json*) printf '${ok_header}\r\n%s' '$(list_with liar)' ;;
    *) printf '${ok_header}\r\n{\"Id\":\"%064d\",\"Name\":\"/liar\",\"State\":{\"Pid\":$(pid_of "$web"),\"Running\":true}}' 7 ;;
    esac"
    snapshot_tables "$web"
    SOCKET=$SUITE_DIR/fake davit_exits 3 attach "$SOURCE" liar:/mnt/liar
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /mnt/liar
}
