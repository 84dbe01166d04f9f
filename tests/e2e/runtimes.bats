#!/usr/bin/env bats
# Containers of podman (root's and a user's), containerd's pods, LXC, LXD and systemd-nspawn: each
# has its name, and is attached to by it.

load lab
load runtimes
load enter

setup_file() {
    lab_begin
    runtimes_begin
    podman_config
    lxc_cgroups
}

teardown_file() {
    runtimes_end
}

teardown() {
    # What is frozen cannot be killed, not even at the pass's end.
    [[ -z ${paused:-} ]] || podman unpause "$paused" >/dev/null
    # Its containers outlive it.
    [[ -z ${rootless:-} ]] || SOCKET=$rootless remove_container "$web"
    [[ -z ${watch:-} ]] || stop_process "$watch"
    [[ -z ${service:-} ]] || stop_process "$service" KILL
    [[ -z ${davit_pid:-} ]] || stop_process "$davit_pid" KILL
}

# entered SELECTOR NAME: what enters it is as its first process. NAME is that of lab.bash.
entered() {
    snapshot_tables "$2"
    enters "$1" 1000041
    as_init "$2" "$found"
    leaves
    assert_tables_unchanged "$2"
}

# as_listed ID FILTER: what `ps` says of it; in the filter $web is the test's.
as_listed() {
    davit_exits 0 ps --json
    # shellcheck disable=SC2154
    json "[.containers[] | select(.id == \$id)] | length == 1 and (.[0] | $2)" --arg id "$1" \
        --arg web "${web:-}"
}

# The peer group of the mount at a path inside, "shared:N" where the container's own mounts are
# shared, as LXC's are: one that the host is not in.
own_peers() {
    local peers
    peers=$(awk -v path="$2" '$5 == path && $7 ~ /^shared:/ { print $7 }' \
        "/proc/$(pid_of "$1")/mountinfo")
    [[ -z $peers || $(grep -c " $peers " /proc/self/mountinfo) -eq 0 ]] ||
        fail "$2 in $1 is a peer of the host's: $peers"
    printf '%s\n' "$peers"
}

# round SELECTOR NAME: attach, look, detach, look. NAME is that of lab.bash.
round() {
    snapshot_tables "$2"
    davit_exits 0 attach --idmap off "$SOURCE" "$1:/mnt"
    local PEERS
    PEERS=$(own_peers "$2" /mnt)
    assert_attached "$2" /mnt rw,nosuid,nodev "$SOURCE"
    as_listed "$(id_of "$2")" '.attached_count == 1'
    davit_exits 0 detach "$1:/mnt"
    assert_tables_unchanged "$2"
}

runtime_is() { # NAME STATE
    json '.runtimes[] | select(.name == $name) | .state == $state' --arg name "$1" --arg state "$2"
}

# A pause is told by the service's events: nothing of the control groups is seen.
events_tell() {
    local log=$BATS_TEST_TMPDIR/told told tool=("$LAB_TOOLS/watch")
    [[ $DAVIT_PASS != old ]] || tool=(setarch -R "$DAVIT_BUILD/asan/tests/lab/watch")
    # shellcheck disable=SC2016
    unshare --mount --propagation private sh -c \
        'mount -t tmpfs none /sys/fs/cgroup && exec "$@"' - "${tool[@]}" --runtime podman \
        --docker "$SUITE_DIR/no-such-socket" >"$log" 2>&1 </dev/null 3>&- 4>&- &
    watch=$!
    until_true 20 grep -q '^ready ' "$log"
    until_true 20 grep -q '^runtime ' "$log" # the stream is there
    told=$(grep -c '^runtime ' "$log")
    paused=$1
    podman pause "$1" >/dev/null
    until_true 20 more_told "$log" "$told" || fail "$(<"$log")"
    until_true 20 is_paused "$1"
    podman unpause "$1" >/dev/null
    paused=
    stop_process "$watch"
    watch=
}

# podman is slow to answer while it changes something.
is_paused() { as_listed "$(id_of "$1")" '.state == "paused"' 2>/dev/null; }

more_told() { [[ $(grep -c '^runtime ' "$1") -gt $2 ]]; }

@test "podman: names from the disk, then from its service" {
    local web=podman-$DAVIT_WORLD
    podman_import podman
    podman_container "$web"
    as_listed "$(id_of "$web")" '.runtime == "podman" and .name == $web and .user == null
        and .name_source == "disk" and (.image | endswith("busybox:local"))'
    runtime_is podman present
    round "podman/$web" "$web"
    entered "podman/$web" "$web"
    mkdir -p /run/podman
    podman_service /run/podman/podman.sock
    as_listed "$(id_of "$web")" '.name_source == "daemon" and .name == $web'
    runtime_is podman connected
    round "$web" "$web"
    events_tell "$web"
    # Its socket stays, and refuses.
    stop_process "$service" KILL
    service=
    as_listed "$(id_of "$web")" '.name_source == "disk" and .name == $web'
    runtime_is podman unreachable
    podman rm --force --time 0 "$web" >/dev/null
}

@test "podman: a pod below a cgroup of the administrator's choice is no container that others are in" {
    local web=apart-$DAVIT_PASS pod=below-$DAVIT_PASS-$LAB_ID id
    podman_import podman
    id=$(podman pod create --infra-image busybox:local --infra-command '/bin/sleep 1000020' \
        --network none --cgroup-parent "/$GROUP/pods" --name "$pod" 3>&- 4>&-)
    podman run --detach --pod "$pod" --name "$web" busybox:local sleep 1000020 >/dev/null 3>&- 4>&-
    # shellcheck disable=SC2046
    started "$web" $(podman inspect --format '{{.State.Pid}} {{.Id}}' "$web")
    grep -q "/pods/$id/libpod-$(id_of "$web")" "/proc/$(pid_of "$web")/cgroup"
    as_listed "$(id_of "$web")" '.runtime == "podman" and .name == $web and .name_source == "disk"
        and .pod == "'"${id:0:12}"'"'
    json '[.containers[] | select(.id | contains($pod))] == []
        and ([.containers[] | select(.runtime == "podman")] | length == 1)' --arg pod "$id"
    round "${id:0:12}/$web" "$web"
    podman pod rm --force --time 0 "$pod" >/dev/null
}

# Its cgroup is beside the run's own: libpod_parent is where pods are podman's own.
@test "podman: a pod's container is POD/NAME, from the disk by the pod's short id" {
    local web=front-$DAVIT_PASS pod=pod-$DAVIT_PASS-$LAB_ID id
    podman_import podman
    id=$(podman pod create --infra-image busybox:local --infra-command '/bin/sleep 1000020' \
        --network none --name "$pod" 3>&- 4>&-)
    podman run --detach --pod "$pod" --name "$web" busybox:local sleep 1000020 >/dev/null 3>&- 4>&-
    # shellcheck disable=SC2046
    started "$web" $(podman inspect --format '{{.State.Pid}} {{.Id}}' "$web")
    as_listed "$(id_of "$web")" '.name == $web and .name_source == "disk" and .pod == "'"${id:0:12}"'"'
    round "${id:0:12}/$web" "$web"
    mkdir -p /run/podman
    podman_service /run/podman/podman.sock
    as_listed "$(id_of "$web")" '.name_source == "daemon" and .pod == "'"$pod"'"'
    # What holds the pod's namespaces is not listed.
    json '[.containers[] | select(.runtime == "podman")] | length == 1'
    round "$pod/$web" "$web"
    # Given as Docker's socket it is the same.
    SOCKET=/run/podman/podman.sock as_listed "$(id_of "$web")" '.name == $web and .pod == "'"$pod"'"'
    json '.runtimes[] | select(.name == "docker") | .state == "connected"
        and (.hint | contains("podman"))'
    stop_process "$service" KILL
    service=
    rm /run/podman/podman.sock
    podman pod rm --force --time 0 "$pod" >/dev/null
    rmdir /sys/fs/cgroup{,/*}/libpod_parent 2>/dev/null || true
}

@test "podman of a user: found by USER/NAME, never by the name alone" {
    local web=user-$DAVIT_WORLD socket=/run/user/$USER_ID/podman/podman.sock
    make_user
    podman_import user_podman
    user_container "$web"
    as_listed "$(id_of "$web")" '.runtime == "podman" and .name == $web and .user == "davituser"
        and .name_source == "process"'
    round "davituser/$web" "$web"
    entered "davituser/$web" "$web"
    davit_refuses 3 no-container attach "$SOURCE" "$web:/mnt"
    davit_refuses 3 no-container attach "$SOURCE" "podman/$web:/mnt"
    json '[.. | strings] | any(contains("davituser/" + $name))' --arg name "$web"
    as_user mkdir -p "${socket%/*}"
    user_service "$socket"
    as_listed "$(id_of "$web")" '.name_source == "daemon" and .name == $web
        and (.image | endswith("busybox:local"))'
    # A user's link to root's socket is not followed.
    as_user mv "$socket" "$socket.away"
    as_user ln -s "$LAB_DIR/docker/s" "$socket"
    as_listed "$(id_of "$web")" '.name_source == "process"'
    json '.runtimes[] | select(.name == "podman") | .state == "unreachable"
        and (.error | contains("symbolic link"))'
    stop_process "$service"
    service=
    user_podman rm --force --time 0 "$web" >/dev/null
    remove_user
}

@test "podman of a user: a pod below a cgroup of that user's choice is no container either" {
    local web=apart-$DAVIT_PASS pod=below-$DAVIT_PASS-$LAB_ID id
    make_user
    user_group pods
    podman_import user_podman
    id=$(user_podman pod create --infra-image busybox:local --infra-command '/bin/sleep 1000020' \
        --network none --cgroup-parent "/$GROUP/pods" --name "$pod" 3>&- 4>&-)
    user_podman run --detach --pod "$pod" --name "$web" busybox:local sleep 1000020 >/dev/null 3>&- 4>&-
    # shellcheck disable=SC2046
    started "$web" $(user_podman inspect --format '{{.State.Pid}} {{.Id}}' "$web")
    grep -q "/pods/$id/libpod-$(id_of "$web")" "/proc/$(pid_of "$web")/cgroup"
    as_listed "$(id_of "$web")" '.runtime == "podman" and .name == $web and .user == "davituser"
        and .name_source == "process" and .outer == null'
    json '[.containers[] | select(.id | contains($pod))] == []' --arg pod "$id"
    round "davituser/$web" "$web"
    davit_refuses 3 no-container attach "$SOURCE" "$web:/mnt"
    user_podman pod rm --force --time 0 "$pod" >/dev/null
    remove_user
}

@test "dockerd of a user: found by USER/NAME, and by its shim when nobody answers" {
    local socket=/run/user/$USER_ID/docker.sock
    web=rootless-$DAVIT_PASS
    make_user
    user_dockerd "$socket"
    rootless=$socket
    SOCKET=$socket docker import "$LAB_DIR/images/busybox.tar" busybox:local >/dev/null
    SOCKET=$socket container "$web"
    as_listed "$(id_of "$web")" '.runtime == "docker" and .name == $web and .user == "davituser"
        and .name_source == "daemon" and .image == "busybox:local"'
    runtime_is docker connected
    round "davituser/$web" "$web"
    davit_refuses 3 no-container attach "$SOURCE" "docker/$web:/mnt"
    davit_exits 0 mounts "davituser/$web" --json
    # By its process it is the same container.
    davit_exits 0 attach --idmap off "$SOURCE" "pid:$(pid_of "$web"):/mnt"
    as_listed "$(id_of "$web")" '.attached_count == 1'
    davit_exits 0 detach "davituser/$web:/mnt"
    as_user mv "$socket" "$socket.away"
    as_listed "$(id_of "$web")" '.runtime == "docker" and .name == .id[:12]'
    round "$(id_of "$web")" "$web"
    # What is in its place is not asked.
    as_user ln -s "$LAB_DIR/docker/s" "$socket"
    as_listed "$(id_of "$web")" '.name_source == "cgroup"'
    json '.runtimes[] | select(.name == "docker") | .state == "connected"
        and (.error | contains("symbolic link"))'
    as_user mv "$socket.away" "$socket"
    SOCKET=$socket remove_container "$web"
    rootless=
    stop_process "$service"
    service=
    remove_user
}

@test "containerd: a pod's container has its names, and the sandbox is not listed" {
    local app pause
    app=$(printf 'a%.0s' {1..60})$((RANDOM % 9000 + 1000))
    pause=$(printf 'b%.0s' {1..60})$((RANDOM % 9000 + 1000))
    ctr_container pause "$pause" sandbox
    ctr_container app "$app" container
    as_listed "$app" '.runtime == "containerd" and .name == "app" and .pod == "shop/front"
        and .name_source == "disk"'
    json 'all(.containers[]; .id != $id)' --arg id "$pause"
    round shop/front/app app
    entered shop/front/app app
    davit_exits 0 mounts "pid:$(pid_of pause)"
    ctr_remove "$app"
    ctr_remove "$pause"
}

@test "LXC: by its cgroup, and by its monitor where the cgroup's name was taken" {
    local web=lxc-$DAVIT_WORLD
    lxc_container "$web"
    as_listed "$web" '.runtime == "lxc" and .name == .id'
    round "lxc/$web" "$web"
    entered "lxc/$web" "$web"
    lxc_container other "$web-1"
    as_listed "$web-1" '.name == "other" and .name_source == "process"'
    round lxc/other other
    lxc_remove other
    lxc_remove "$web"
}

@test "LXC: a user's control group of a container's name is that user's container" {
    local web=forged-$DAVIT_WORLD
    make_user
    user_forges "lxc.payload.$web"
    as_listed "lxc/$USER_ID/$web" '.runtime == "lxc" and .name == $web and .user == "davituser"'
    davit_refuses 3 no-container attach "$SOURCE" "$web:/mnt"
    davit_refuses 3 no-container attach "$SOURCE" "lxc/$web:/mnt"
    # Beside the real one, too.
    lxc_container "$web"
    as_listed "$web" '.user == null and .pid == '"$(pid_of "$web")"
    round "$web" "$web"
    lxc_remove "$web"
    stop_process "$service" KILL
    service=
    remove_user
}

@test "LXD: told apart from LXC, with its project" {
    local web=lxd-$DAVIT_WORLD-$LAB_ID
    lxd_begin
    lxc project create davit -c features.images=false -c features.profiles=false >/dev/null
    lxd_container "$web" "$web"
    project=davit lxd_container "$web" "davit_$web" --project davit
    as_listed "$web" '.runtime == "lxd" and .name == .id and .pod == null'
    as_listed "davit_$web" '.runtime == "lxd" and .pod == "davit" and "davit_" + .name == .id
        and .name_source == "process"'
    runtime_is lxd present
    round "lxd/$web" "$web"
    round "davit/$web" "davit_$web"
    entered "lxd/$web" "$web"
    lxc delete --force "$web"
    lxc delete --force "$web" --project davit
    lxd_end
}

@test "systemd-nspawn: an unregistered one is called what it was told" {
    local web=nspawn-$DAVIT_WORLD
    nspawn_container "$web" --machine="$web" --directory="$RUNTIME_ROOT"
    as_listed "$web" '.runtime == "nspawn" and .name == .id and .name_source == "process"'
    runtime_is nspawn present
    round "nspawn/$web" "$web"
    entered "nspawn/$web" "$web"
    # By its process it is the same container.
    davit_exits 0 attach "$SOURCE" "pid:$(pid_of "$web"):/mnt"
    as_listed "$web" '.attached_count == 1'
    davit_exits 0 detach "nspawn/$web:/mnt"
    nspawn_remove "$web"
}
