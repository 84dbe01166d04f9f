#!/usr/bin/env bats
# The configuration file as the verbs use it: where it is looked for, whom it is believed from, and
# what becomes of a damaged one.

load lab

web=$(named web)

setup_file() {
    lab_begin
    container "$(named web)"
    # An /etc to be put over the machine's, seen by one davit only.
    mkdir -p "$SUITE_DIR/etc/davit"
    cp -a /etc/passwd /etc/group "$SUITE_DIR/etc/"
    cat >"$SUITE_DIR/with-etc" <<SCRIPT
#!/bin/sh
mount --bind '$SUITE_DIR/etc' /etc && exec "\$@"
SCRIPT
    chmod 0755 "$SUITE_DIR/with-etc"
}

teardown_file() {
    lab_end
}

setup() {
    config=$SUITE_DIR/config.json
    rm -rf "$config" "$SUITE_DIR/etc/davit/config.json"
    unset DOCKER_HOST
}

# The daemon that davit asked.
asked() {
    json '.runtimes[] | select(.name == "docker") | .endpoint == $endpoint' --arg endpoint "$1"
}

# Runs davit where /etc/davit/config.json is the suite's.
with_etc() {
    local wrap=(unshare --mount --propagation private "$SUITE_DIR/with-etc")
    "$@"
}

@test "the daemon's socket and the runtimes come from the file" {
    printf '{"engine": {"docker": "%s"}}' "$(lab_socket docker)" >"$config"
    SOCKET=none davit_exits 0 ps --json --config "$config"
    asked "$(lab_socket docker)"
    json '.containers | any(.[]; .name == $web)' --arg web "$web"
    [[ -z $err ]] || fail "it said: $err"

    printf '{"engine": {"docker": "%s", "runtimes": "lxc"}}' "$(lab_socket docker)" >"$config"
    SOCKET=none davit_exits 0 ps --json --config "$config"
    json '.containers | length == 0'
}

@test "the command line and the environment go first" {
    echo '{"engine": {"docker": "/nowhere/by.config", "runtimes": "lxc"}}' >"$config"
    davit_exits 0 ps --json --config "$config" --runtime docker
    asked "$(lab_socket docker)"
    json '.containers | any(.[]; .name == $web)' --arg web "$web"
    echo '{"engine": {"docker": "/nowhere/by.config"}}' >"$config"
    export DOCKER_HOST=unix:///nowhere/by.environment
    SOCKET=none davit_exits 0 ps --json --config "$config"
    json '.runtimes[] | select(.name == "docker") | .endpoint | contains("by.environment")'
    export DOCKER_HOST=
    SOCKET=none davit_exits 0 ps --json --config "$config"
    asked /nowhere/by.config
}

@test "a damaged file that is named is an error that says where and what" {
    local text what
    while IFS='|' read -r text what; do
        printf '%b' "$text" >"$config"
        davit_refuses 2 usage ps --config "$config"
        json '.error.message | contains($path) and contains($what)' \
            --arg path "$config" --arg what "$what"
        json '.error.path == $path' --arg path "$config"
    done <<'TABLE'
|is empty
{"engine": {"docker": "/run/do|line 1
{|line 1
nonsense|line 1
\0\0\0\0|line 1
\xff\xfe{}|line 1
[1, 2]|a JSON object is expected, not an array
5|a JSON object is expected, not an integer
{"engine": 5}|engine: an object is expected
{"engine": {"docker": 5}}|engine.docker: a string of 1 to 255 bytes is expected, not 5
{"engine": {"docker": ""}}|engine.docker: a string of 1 to 255 bytes
{"engine": {"docker": "no-path"}}|engine.docker
{"engine": {"runtimes": ["docker"]}}|engine.runtimes: a string
{"engine": {"runtimes": "a,,b"}}|engine.runtimes
{"engine": {"docker": "/a\\u001b[2J"}}|engine.docker: it has control characters
{"engine": {"docker": "/a", "docker": "/b"}}|duplicate
{"engine": {}, "engine": {}}|duplicate
{} {}|line 1
[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[|inside each other
TABLE
}

@test "what is no file, too large or not there" {
    davit_refuses 2 usage ps --config "$config"
    says "$config"
    mkfifo "$config"
    davit_refuses 2 usage ps --config "$config"
    rm "$config"
    mkdir "$config"
    davit_refuses 2 usage ps --config "$config"
    rmdir "$config"
    davit_refuses 2 usage ps --config /dev/zero
    truncate --size 1T "$config"
    davit_refuses 2 usage ps --config "$config"
    says "larger than 64 KiB"
    davit_exits 2 ps --config ''
    davit_exits 2 ps --config
}

@test "a change is refused before it is begun, too" {
    snapshot_tables "$web"
    echo '{"engine": ' >"$config"
    davit_refuses 2 usage attach --config "$config" "$SOURCE" "$web:/mnt/new"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /mnt/new
}

@test "members that nobody knows are told with what may have been meant, and davit goes on" {
    echo '{"enigne": {}, "engine": {"dokcer": "/x"}}' >"$config"
    davit_exits 0 ps --config "$config"
    says "there is no member enigne"
    says "there is no member engine.dokcer"
    says "engine.docker"
    davit_exits 0 ps --quiet --config "$config"
    says_not "no member"
    # What is the console's is not the verbs' to judge.
    echo '{"theme": 5, "keys": [], "engine": {}}' >"$config"
    davit_exits 0 ps --config "$config" --theme no-such-theme
    says_not theme
}

@test "root believes only a file that nobody else can change" {
    echo '{"engine": {"docker": "/nowhere/docker.sock"}}' >"$config"
    chmod 0666 "$config"
    davit_refuses 6 unsafe ps --config "$config"
    json '.error.hint | contains("chown root") and contains("chmod go-w")'
    chmod 0644 "$config"
    chown 1000 "$config"
    davit_refuses 6 unsafe ps --config "$config"
    chown 0:1000 "$config"
    chmod 0664 "$config"
    davit_refuses 6 unsafe ps --config "$config"
    chmod 0644 "$config"
    davit_exits 0 ps --config "$config"
    # By a link it is the file that counts.
    chown 1000 "$config"
    ln -s config.json "$SUITE_DIR/link.json"
    davit_refuses 6 unsafe ps --config "$SUITE_DIR/link.json"
}

@test "anybody else may name a file of their own" {
    local davit_words=(setpriv --reuid 65534 --regid 65534 --clear-groups "${davit_words[-1]}")
    # Where the program lies may be root's alone.
    cp "${davit_words[-1]}" "$LAB_DIR/run/davit"
    davit_words[-1]=$LAB_DIR/run/davit
    echo '{"engine": {"docker": "/nowhere/docker.sock"}}' >"$LAB_DIR/run/config.json"
    chown 65534 "$LAB_DIR/run/config.json"
    davit_exits 0 ps --json --docker /nowhere/other.sock --config "$LAB_DIR/run/config.json"
    SOCKET=none davit_exits 0 ps --json --config "$LAB_DIR/run/config.json"
    asked /nowhere/docker.sock
    rm -f "$LAB_DIR/run/davit" "$LAB_DIR/run/config.json"
}

@test "the usual place is read when none is named" {
    printf '{"engine": {"docker": "%s"}}' "$(lab_socket docker)" \
        >"$SUITE_DIR/etc/davit/config.json"
    SOCKET=none with_etc davit_exits 0 ps --json
    asked "$(lab_socket docker)"
    # With one that is named it is not looked at.
    echo '{"engine": {"docker": "/nowhere/named.sock"}}' >"$config"
    SOCKET=none with_etc davit_exits 0 ps --json --config "$config"
    asked /nowhere/named.sock
}

@test "when the usual one is damaged it is said, and what is usual holds" {
    local file=$SUITE_DIR/etc/davit/config.json text
    while read -r text; do
        printf '%s' "$text" >"$file"
        with_etc davit_exits 0 ps --json
        asked "$(lab_socket docker)"
        json '.containers | any(.[]; .name == $web)' --arg web "$web"
        [[ $err == *"/etc/davit/config.json"* ]] || fail "nothing was said of $text: $err"
    done <<'TABLE'
{"engine": {"docker": "/nowhere
{"engine": {"docker": "nonsense"}}
{"engine": {"docker": 5, "runtimes": "a,,b"}}
{"engine": {"runtimes": "docker", "runtimes": "lxc"}}
nonsense
TABLE
    rm "$file"
    mkfifo "$file"
    with_etc davit_exits 0 ps --json
    [[ $err == *"is no file"* ]] || fail "$err"
    rm "$file"
    echo '{"engine": {"runtimes": "lxc"}}' >"$file"
    chmod 0666 "$file"
    with_etc davit_exits 0 ps --json
    [[ $err == *"others than root"* ]] || fail "$err"
    json '.containers | any(.[]; .name == $web)' --arg web "$web"
    rm "$file"
    with_etc davit_exits 0 ps --json
    [[ -z $err ]] || fail "a file that is not there was named: $err"
}
