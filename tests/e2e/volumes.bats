#!/usr/bin/env bats
# Named volumes as sources: Docker's, those that a driver mounts on first use, and davit's own.

load lab

web=$(named web)
api=$(named api)
data=$(named data)
served=$(named served)

setup_file() {
    lab_begin
    container "$(named web)"
    docker volume create "$(named data)" >/dev/null
    docker volume create --driver local --opt type=tmpfs --opt device=tmpfs --opt o=size=1m \
        "$(named served)" >/dev/null
    container "$(named api)" -v "$(named data):/declared" -v "$(named served):/served"
    inside "$(named api)" sh -c 'echo "of the volume" >/declared/file; echo served >/served/file'
}

teardown_file() {
    remove_container "$(named api)"
    docker volume rm "$(named data)" "$(named served)" >/dev/null
    lab_end
}

setup() {
    snapshot_tables "$web" "$api"
}

directory_of() { docker volume inspect --format '{{.Mountpoint}}' "$1"; }

# A daemon that is down, and whose disk is where it usually is: in a mount namespace of its own.
without_daemon() {
    local wrap=(unshare --mount --propagation private sh -c
        'mount -t tmpfs none /var/lib && mkdir /var/lib/docker && mount --bind "$0" /var/lib/docker && exec "$@"'
        "$LAB_DIR/docker/data")
    SOCKET=$SUITE_DIR/none davit_exits "$@"
}

@test "docker's volume by its name, with and without the runtime's" {
    local name
    for name in "volume:docker/$data" "volume:$data"; do
        davit_exits 0 attach --ro "$name" "$web:/mnt/data" --json
        json '.results[0] | .ok and .read_only and .verified and .method == "tree"'
        assert_attached "$web" /mnt/data ro,nosuid,nodev "$(directory_of "$data")"
        [[ $(inside "$web" cat /mnt/data/file) == "of the volume" ]]
        davit_exits 0 status --json
        json '.attachments[] | select(.state == "live") | .source == $name' \
            --arg name "volume:docker/$data"
        davit_exits 0 detach "$web:/mnt/data"
        assert_tables_unchanged "$web" "$api"
    done
}

@test "a detach of a volume is undone by its name" {
    davit_exits 0 attach "volume:docker/$data" "$web:/mnt/data"
    davit_exits 0 detach "$web:/mnt/data"
    davit_exits 0 undo --yes
    assert_attached "$web" /mnt/data rw,nosuid,nodev "$(directory_of "$data")"
    davit_exits 0 detach "$web:/mnt/data"
    assert_tables_unchanged "$web" "$api"
}

@test "what a driver mounts on first use is there while somebody uses it" {
    davit_exits 0 attach "volume:docker/$served" "$web:/mnt/served"
    [[ $(inside "$web" cat /mnt/served/file) == served ]]
    assert_attached "$web" /mnt/served rw,nosuid,nodev "$(directory_of "$served")"
    davit_exits 0 detach "$web:/mnt/served"
    assert_tables_unchanged "$web" "$api"
}

@test "and else it is an empty directory, which is said and not attached" {
    local idle
    idle=$(named idle)
    docker volume create --driver local --opt type=tmpfs --opt device=tmpfs "$idle" >/dev/null
    davit_refuses 7 unsupported attach "volume:docker/$idle" "$web:/mnt/idle"
    says "its driver mounts tmpfs tmpfs there"
    assert_tables_unchanged "$web" "$api"
    assert_absent_inside "$web" /mnt/idle
    docker volume rm "$idle" >/dev/null
}

@test "ls names who uses each" {
    davit_exits 0 volume ls --json
    json '.schema == 1 and (.volumes[] | select(.name == $name)
        | .runtime == "docker" and .used_by == [$user] and .path == $path and .from_disk == false)' \
        --arg name "$data" --arg user "$api" --arg path "$(directory_of "$data")"
    davit_exits 0 volume ls
    says "$data"
}

@test "what another user's daemon says of its volumes is not believed" {
    cat >"$SUITE_DIR/answer" <<'SCRIPT'
#!/bin/bash
while read -r line && [[ $line != $'\r' ]]; do :; done
body='{"Volumes":[{"Name":"theirs","Driver":"local","Mountpoint":"/etc","Options":null}]}'
printf 'HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\n'
printf 'Content-Length: %d\r\nConnection: close\r\n\r\n%s' ${#body} "$body"
SCRIPT
    chmod 755 "$SUITE_DIR/answer"
    install -d -o nobody "$SUITE_DIR/nobody"
    setpriv --reuid nobody --clear-groups socat "UNIX-LISTEN:$SUITE_DIR/nobody/s,fork" \
        "EXEC:$SUITE_DIR/answer" 2>/dev/null 3>&- 4>&- &
    local theirs=$!
    until_true 20 test -S "$SUITE_DIR/nobody/s"
    SOCKET=$SUITE_DIR/nobody/s davit_exits 0 volume ls --json
    stop_process "$theirs"
    json '[.volumes[] | select(.name == "theirs")] == [] and (.why | contains("not believed"))'
}

@test "from disk when the daemon is down" {
    local source=/var/lib/docker/volumes/$data/_data
    without_daemon 0 volume ls --json
    json '.volumes[] | select(.name == $name) | .from_disk and .path == $path' \
        --arg name "$data" --arg path "$source"
    json '.why | length > 0'
    json '.volumes[] | select(.name == $name) | .mounts == "tmpfs tmpfs"' --arg name "$served"
    without_daemon 0 attach "volume:docker/$data" "pid:$(pid_of "$web"):/mnt/data"
    assert_attached "$web" /mnt/data rw,nosuid,nodev "$(directory_of "$data")"
    davit_exits 0 detach "$web:/mnt/data"
    assert_tables_unchanged "$web" "$api"
}

@test "davit's own: made, attached, refused to be removed while in use, removed with its content" {
    davit_exits 0 volume create own.1 --json
    json '.volume == "own.1"'
    davit_refuses 4 busy volume create own.1
    davit_exits 0 volume create own.2 --dry-run
    says "would create volume own.2"
    [[ ! -e $STATE/volumes/own.2 ]]
    davit_refuses 4 busy volume create own.1 --dry-run
    davit_exits 0 attach volume:own.1 "$web:/mnt/own"
    assert_attached "$web" /mnt/own rw,nosuid,nodev "$STATE/volumes/own.1"
    inside "$web" sh -c 'mkdir -p /mnt/own/a/b; echo x >/mnt/own/a/b/c; ln -s / /mnt/own/a/root'
    davit_exits 0 volume ls --json
    json '.volumes[] | select(.name == "own.1") | .runtime == "davit" and .used_by == [$user]' \
        --arg user "$web"
    davit_refuses 4 busy volume rm own.1 --yes
    says "$web"
    davit_exits 0 attach volume:own.1 "$api:/mnt/own"
    davit_refuses 4 busy volume rm own.1 </dev/null # looked at, before it is asked
    says "$web"
    says "$api"
    davit_refuses 3 no-path volume rm own.2 </dev/null
    assert_attached "$web" /mnt/own rw,nosuid,nodev "$STATE/volumes/own.1"
    davit_exits 0 detach "$web:/mnt/own" "$api:/mnt/own"
    assert_tables_unchanged "$web" "$api"
    davit_refuses 2 usage volume rm own.1 </dev/null
    says "Remove volume own.1 and all that is in it?"
    davit_exits 0 volume rm own.1 --dry-run --json
    json '.volume == "own.1" and .result == "would remove"'
    [[ -e $STATE/volumes/own.1/a/b/c ]]
    davit_exits 0 volume rm own.1 --yes
    [[ ! -e $STATE/volumes/own.1 && -d /etc ]]
    davit_refuses 3 no-path volume rm own.1 --yes
}

@test "names that none can have, volumes that there are not, and another's to remove" {
    local name
    for name in .. a/b '' .x "$(printf 'x%.0s' {1..256})"; do
        davit_refuses 2 usage volume create "$name"
    done
    davit_refuses 3 no-path attach volume:docker/none "$web:/mnt/x"
    davit_refuses 3 no-path attach volume:none "$web:/mnt/x"
    davit_refuses 3 no-path volume rm "$data" --yes
    says "docker volume rm $data"
    davit_refuses 2 usage volume
    davit_refuses 2 usage volume make x
    assert_tables_unchanged "$web" "$api"
}

@test "--no-changes makes and removes none" {
    davit_refuses 5 not-permitted volume create no --no-changes
    davit_refuses 5 not-permitted volume rm no --yes --no-changes
    [[ ! -e $STATE/volumes/no ]]
}
