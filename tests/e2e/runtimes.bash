# Containers of other runtimes than Docker, for runtimes.bats: each NAME has its pid and id in
# $SUITE_DIR/pids/NAME as docker's have, so that the assertions of lab.bash work on them.
# shellcheck shell=bash

# A /run of the pass's own: sockets and states of the runtimes go where they usually are, and not to
# the machine's.
runtimes_begin() {
    mount -t tmpfs -o mode=0755,size=256m run /run
    export RUNTIME_ROOT=$SUITE_DIR/root GROUP=davit-tests-$LAB_ID/$DAVIT_WORLD
    mkdir -p "$RUNTIME_ROOT"/{usr,proc,sys,dev,run,sbin}
    cp -a "$LAB_DIR/images/busybox/." "$RUNTIME_ROOT/"
    ln -s ../bin/busybox "$RUNTIME_ROOT/sbin/init"
    ln -s busybox "$RUNTIME_ROOT/bin/init" 2>/dev/null || true
    echo ID=davit >"$RUNTIME_ROOT/etc/os-release"
    chmod 0755 "$SUITE_DIR" "$RUNTIME_ROOT"
}

runtimes_end() {
    local dir file
    # What a user's podman leaves running for its next call.
    for file in /run/user/*/libpod/tmp/pause.pid; do
        [[ ! -f $file ]] || kill -KILL "$(<"$file")" 2>/dev/null || true
    done
    umount --lazy /run
    # LXD's are beside the run's own.
    for dir in /sys/fs/cgroup{,/*}/lxc.{monitor,payload}.*"$LAB_ID"*; do
        [[ ! -d $dir ]] || rmdir "$dir" 2>/dev/null || true
    done
}

started() { # NAME PID ID
    [[ $2 =~ ^[1-9][0-9]*$ ]] || fail "$1 did not start"
    printf '%s %s\n' "$2" "$3" >"$SUITE_DIR/pids/$1"
}

# Runs a command in a control group of the run, in the hierarchies that say who a process is.
in_group() {
    local dir group=$GROUP/$1
    shift
    for dir in /sys/fs/cgroup /sys/fs/cgroup/{systemd,unified}; do
        [[ -e $dir/cgroup.procs ]] || continue
        mkdir -p "$dir/$group"
        echo "$BASHPID" >"$dir/$group/cgroup.procs"
    done
    exec "$@"
}

# --- podman ---------------------------------------------------------------------------------

podman_config() {
    cat >"$SUITE_DIR/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
    export CONTAINERS_CONF=$SUITE_DIR/containers.conf
}

unset DOCKER_CONFIG # podman wants a file there

declare -ga podman_words=("$(type -P podman)" --root "$SUITE_DIR/podman" --runroot /run/containers/storage)
podman() { "${podman_words[@]}" "$@"; }

podman_import() { "$@" import --quiet "$LAB_DIR/images/busybox.tar" busybox:local >/dev/null; }

podman_container() {
    podman run --detach --network none --cgroup-parent "/$GROUP/podman" --name "$1" busybox:local \
        sleep 1000020 >/dev/null 3>&- 4>&-
    # shellcheck disable=SC2046
    started "$1" $(podman inspect --format '{{.State.Pid}} {{.Id}}' "$1")
}

# A user of this pass alone: private copies over the real files.
USER_ID=64322
make_user() {
    local file
    mkdir -p "$SUITE_DIR"/{etc,home} "/run/user/$USER_ID"
    for file in passwd group subuid subgid; do
        cp "/etc/$file" "$SUITE_DIR/etc/$file"
    done
    echo "davituser:x:$USER_ID:$USER_ID::$SUITE_DIR/home:/bin/sh" >>"$SUITE_DIR/etc/passwd"
    echo "davituser:x:$USER_ID:" >>"$SUITE_DIR/etc/group"
    echo 'davituser:400000:65536' | tee -a "$SUITE_DIR/etc/subuid" >>"$SUITE_DIR/etc/subgid"
    for file in passwd group subuid subgid; do
        mount --bind --make-private "$SUITE_DIR/etc/$file" "/etc/$file"
    done
    chown "$USER_ID:$USER_ID" "$SUITE_DIR/home" "/run/user/$USER_ID"
    chmod 0700 "/run/user/$USER_ID"
}

# user_group NAME: a control group in which the user may make others; its directories in $dirs.
user_group() {
    local dir
    dirs=()
    for dir in /sys/fs/cgroup{,/*}; do
        [[ -e $dir/cgroup.procs ]] || continue
        dirs+=("$dir/$GROUP/$1")
        [[ $dir != /sys/fs/cgroup ]] || break # version 2: what is below are groups
    done
    mkdir -p "${dirs[@]}"
    chown "$USER_ID" "${dirs[@]}" "${dirs[@]/%//cgroup.procs}"
}

remove_user() { umount /etc/passwd /etc/group /etc/subuid /etc/subgid; }

declare -ga as_user_words=(setpriv --reuid $USER_ID --regid $USER_ID --clear-groups env -i
    --chdir=/ "PATH=$PATH" "HOME=$SUITE_DIR/home" "XDG_RUNTIME_DIR=/run/user/$USER_ID"
    "CONTAINERS_CONF=$SUITE_DIR/containers.conf")
as_user() { "${as_user_words[@]}" "$@"; }

user_podman() { as_user podman "$@"; }

# podman_service SOCKET: root's; user_service SOCKET: the user's. The pid is in $service.
podman_service() {
    "${podman_words[@]}" system service --time=0 "unix://$1" >/dev/null 2>&1 3>&- 4>&- &
    service=$!
    until_true 20 socket_answers "$1"
}

user_service() {
    "${as_user_words[@]}" podman system service --time=0 "unix://$1" >/dev/null 2>&1 3>&- 4>&- &
    service=$!
    until_true 20 socket_answers "$1"
}

user_container() {
    user_podman run --detach --network none --name "$1" busybox:local sleep 1000021 >/dev/null \
        3>&- 4>&-
    # shellcheck disable=SC2046
    started "$1" $(user_podman inspect --format '{{.State.Pid}} {{.Id}}' "$1")
}

# user_dockerd SOCKET: the user's own dockerd, as dockerd-rootless.sh starts it, but in the host's
# network. The pid is in $service.
user_dockerd() {
    local run=/run/user/$USER_ID
    # shellcheck disable=SC2016
    "${as_user_words[@]}" rootlesskit --net=host --copy-up=/etc --copy-up=/run --propagation=rslave \
        --state-dir="$run/rootlesskit" sh -c \
        'rm -f /run/docker /run/containerd; exec dockerd --rootless "$@"' - \
        --data-root "$SUITE_DIR/home/docker" --exec-root "$run/docker" --pidfile "$run/docker.pid" \
        --host "unix://$1" --bridge=none --iptables=false --ip6tables=false --storage-driver=vfs \
        >"$SUITE_DIR/rootless.log" 2>&1 3>&- 4>&- &
    service=$!
    until_true 30 docker_answers "$1" || fail "$(<"$SUITE_DIR/rootless.log")"
}

socket_answers() { curl --silent --output /dev/null --unix-socket "$1" http://localhost/_ping; }

# --- containerd, as Kubernetes uses it ------------------------------------------------------

ctr() {
    command ctr --address "$LAB_DIR/docker/exec/containerd/containerd.sock" --namespace k8s.io "$@"
}

# ctr_container NAME ID TYPE: of the pod shop/front.
ctr_container() {
    ctr run --detach --rootfs --cgroup "/$GROUP/kubepods/pod0b5e/$2" \
        --annotation "io.kubernetes.cri.container-type=$3" \
        --annotation "io.kubernetes.cri.container-name=$1" \
        --annotation io.kubernetes.cri.sandbox-namespace=shop \
        --annotation io.kubernetes.cri.sandbox-name=front \
        "$RUNTIME_ROOT" "$2" /bin/sleep 1000022 3>&- 4>&-
    started "$1" "$(ctr task ls | awk -v id="$2" '$1 == id { print $2 }')" "$2"
}

ctr_remove() {
    ctr task kill --signal KILL "$1"
    until_true 20 ctr task rm "$1" >/dev/null 2>&1
    ctr container rm "$1"
}

# --- LXC and LXD ----------------------------------------------------------------------------

# lxc_container NAME [CGROUP]: below a path of the suite's own. A caller's lxc_lines are more lines
# of its configuration.
lxc_container() {
    mkdir -p "$SUITE_DIR/lxc/$1"
    printf '%s\n' "lxc.uts.name = $1" "lxc.rootfs.path = dir:$RUNTIME_ROOT" \
        "lxc.net.0.type = empty" "lxc.init.cmd = /bin/sleep 1000023" \
        "lxc.cgroup.dir.container = $GROUP/lxc/lxc.payload.${2:-$1}" \
        "lxc.cgroup.dir.monitor = $GROUP/lxc/lxc.monitor.${2:-$1}" "${lxc_lines[@]}" \
        >"$SUITE_DIR/lxc/$1/config"
    lxc-start --lxcpath "$SUITE_DIR/lxc" --name "$1" --daemon 3>&- 4>&-
    started "$1" "$(lxc-info --lxcpath "$SUITE_DIR/lxc" --name "$1" --pid --no-humanize)" "${2:-$1}"
}

# A process of the user's, in a mount namespace that root has made for it and in control groups that
# the user has called by a container's name. Its pid is in $service.
user_forges() {
    local dirs ready=$SUITE_DIR/forged
    user_group forged
    # shellcheck disable=SC2016
    in_group forged unshare --mount --propagation private "${as_user_words[@]}" sh -c '
        name=$1; shift
        for dir; do mkdir "$dir/$name" && echo $$ >"$dir/$name/cgroup.procs" || exit; done
        echo ready; exec sleep 1000025' - "$1" "${dirs[@]}" >"$ready" 3>&- 4>&- &
    service=$!
    until_true 20 test -s "$ready"
}

lxc_remove() { lxc-stop --lxcpath "$SUITE_DIR/lxc" --name "$1" --kill; }

# Version 1 of control groups gives a new cpuset no processor unless it is told to.
lxc_cgroups() {
    local name parent group=/sys/fs/cgroup/cpuset
    [[ -e $group/cpuset.cpus ]] || return 0
    for name in "davit-tests-$LAB_ID" "$DAVIT_WORLD" lxc; do
        parent=$group
        group+=/$name
        mkdir -p "$group"
        cat "$parent/cpuset.cpus" >"$group/cpuset.cpus"
        cat "$parent/cpuset.mems" >"$group/cpuset.mems"
        echo 1 >"$group/cgroup.clone_children"
    done
}

lxd_begin() {
    export LXD_DIR=$SUITE_DIR/lxd
    mkdir "$LXD_DIR"
    lxd --group root >"$SUITE_DIR/lxd.log" 2>&1 3>&- 4>&- &
    echo $! >"$SUITE_DIR/lxd.pid"
    disown
    until_true 20 lxd waitready --timeout 1 2>/dev/null
    lxd init --preseed <<'PRESEED'
storage_pools:
- {name: default, driver: dir}
profiles:
- {name: default, devices: {root: {path: /, pool: default, type: disk}}}
PRESEED
    mkdir "$SUITE_DIR/image"
    cat >"$SUITE_DIR/image/metadata.yaml" <<META
architecture: $(uname -m)
creation_date: 1600000000
properties: {description: busybox, os: busybox, release: local}
META
    tar -C "$SUITE_DIR" -cf "$SUITE_DIR/lxd.tar" --transform 's,^root,rootfs,' \
        --transform 's,^image/,,' image/metadata.yaml root
    lxc image import "$SUITE_DIR/lxd.tar" --alias busybox --quiet
}

# lxd_container NAME ID [LXC ARGS…]
lxd_container() {
    local name=$1 id=$2
    shift 2
    lxc launch busybox "$name" --quiet -c security.privileged=true "$@" </dev/null >/dev/null 3>&- 4>&-
    started "$id" "$(lxc query "/1.0/instances/$name/state?project=${project:-default}" |
        jq .pid)" "$id"
}

lxd_end() {
    local pid
    pid=$(<"$SUITE_DIR/lxd.pid")
    kill -TERM "$pid"
    until_true 20 is_gone "$pid"
}

# --- systemd-nspawn -------------------------------------------------------------------------

# nspawn_container NAME [ARGS…]: not registered, in the caller's unit.
nspawn_container() {
    local name=$1 nspawn
    shift
    (in_group machines systemd-nspawn --quiet --register=no --keep-unit --as-pid2 "$@" \
        /bin/sleep 1000024) </dev/null >"$SUITE_DIR/nspawn.log" 2>&1 3>&- 4>&- &
    nspawn=$!
    echo "$nspawn" >"$SUITE_DIR/$name.nspawn"
    disown
    until_true 20 nspawn_runs "$nspawn" || fail "$(<"$SUITE_DIR/nspawn.log")"
    started "$name" "$(pgrep -P "$nspawn")" "$name"
}

nspawn_runs() {
    local init
    init=$(pgrep -P "$1") && pgrep -P "$init" -x sleep >/dev/null
}

nspawn_remove() {
    local pid
    pid=$(<"$SUITE_DIR/$1.nspawn")
    kill -TERM "$pid" 2>/dev/null || true
    until_true 20 is_gone "$pid"
}
