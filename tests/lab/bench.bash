#!/usr/bin/env bash
# The measuring of tests/bench: the init of a pid and mount namespace of its own. Started by
# tests/bench only, which sets LAB_DIR, LAB_ID, DAVIT_RUN, DAVIT_PASS and DAVIT_BUILD.
# Arguments: the file for the rows, then the groups wanted (none: all).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
[[ $$ -eq 1 ]] || { echo "tests/lab/bench.bash: is started by tests/bench" >&2; exit 2; }
rows=$1
shift
groups=("$@")

mkdir -p "$LAB_DIR"/{tmp,home,lxc}
export TMPDIR=$LAB_DIR/tmp HOME=$LAB_DIR/home DOCKER_CONFIG=$LAB_DIR/home/docker
export SUITE_DIR=$LAB_DIR/suite
mkdir -p "$SUITE_DIR/pids"
unset DOCKER_HOST DOCKER_CONTEXT

# As on a systemd host: `/` shared, and /run, where the journal is, on a tmpfs. It also hides the
# daemons of this machine.
mount --make-rshared /
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs /run
busybox ip link set lo up
mount -t proc -o nosuid,nodev,noexec proc /proc

# shellcheck source=tests/e2e/lab.bash
source "$here/../e2e/lab.bash"
# shellcheck source=tests/lab/bench_who.bash
source "$here/bench_who.bash"
# shellcheck source=tests/lab/bench_console.bash
source "$here/bench_console.bash"
# shellcheck source=tests/lab/bench_methods.bash
source "$here/bench_methods.bash"

davit=$DAVIT_BUILD/tui/davit
tools=$DAVIT_BUILD/tests/lab
socket=$(lab_socket docker)

wanted() {
    local group
    [[ ${#groups[@]} -eq 0 && $1 != docker ]] && return
    for group in "${groups[@]}"; do
        [[ $group == "$1" ]] && return
    done
    return 1
}

say() { printf '%s %s\n' "$(date +%T)" "$*"; }

# --- rows -----------------------------------------------------------------------------------

# row GROUP AIM DAVIT OTHER COUNT SECONDS PAIRS…: one row. DAVIT and OTHER name what is compared;
# COUNT, SECONDS and PAIRS are as bench_pairs wants them. AIM is the most that the ratio may be, or
# `-`; with `ms` behind it, the most that the difference may be. Each begins with an empty journal.
row() {
    local group=$1 aim=$2 davit=$3 other=$4
    shift 4
    rm -rf /run/davit
    timeout 300 "$tools/bench_pairs" "$@" >"$LAB_DIR/pairs"
    jq -c --arg group "$group" --arg aim "$aim" --arg davit "$davit" --arg other "$other" '
        ($aim | if . == "-" then null else rtrimstr("ms") | tonumber end) as $aim_number
        | ($aim | endswith("ms")) as $is_ms
        | {group: $group, davit: $davit, other: $other, aim: $aim_number,
            unit: (if $is_ms then "ms" else "ratio" end),
            value: (if $is_ms then .difference else .ratio end)} + .
        | .reached = if .aim == null then null
            else .value <= .aim * (if $is_ms then 1000 else 1 end) end' \
        "$LAB_DIR/pairs" >>"$rows"
    say "$davit : $other"
}

# --- containers -----------------------------------------------------------------------------

lxc_running=0

# Version 1 of control groups gives a new cpuset no processor unless it is told to.
lxc_cgroups() {
    local name parent group=/sys/fs/cgroup/cpuset
    [[ -e $group/cpuset.cpus ]] || return 0
    for name in "davit-tests-$LAB_ID" bench; do
        parent=$group
        group+=/$name
        mkdir -p "$group"
        cat "$parent/cpuset.cpus" >"$group/cpuset.cpus"
        cat "$parent/cpuset.mems" >"$group/cpuset.mems"
        echo 1 >"$group/cgroup.clone_children"
    done
}

# Containers of LXC are quick to start and small: they make the number.
lxc_containers() {
    local name
    while ((lxc_running < $1)); do
        name=c$lxc_running
        lxc_config "$name" "$LAB_DIR/lxc-root" /bin/busybox sleep 1000000
        lxc-start --lxcpath "$LAB_DIR/lxc" --name "$name" --daemon
        lxc_running=$((lxc_running + 1))
    done
}

# lxc_config NAME ROOT COMMAND…
lxc_config() {
    local name=$1 root=$2 group=davit-tests-$LAB_ID/bench
    shift 2
    mkdir -p "$LAB_DIR/lxc/$name"
    printf '%s\n' "lxc.uts.name = $name" "lxc.rootfs.path = dir:$root" "lxc.net.0.type = empty" \
        "lxc.init.cmd = $*" "lxc.cgroup.dir.container = $group/lxc.payload.$name" \
        "lxc.cgroup.dir.monitor = $group/lxc.monitor.$name" >"$LAB_DIR/lxc/$name/config"
}

lxc_stop() {
    local name
    while ((lxc_running > 0)); do
        lxc_running=$((lxc_running - 1))
        lxc-stop --lxcpath "$LAB_DIR/lxc" --name "c$lxc_running" --kill
    done
}

docker_containers() {
    local i
    for ((i = $(docker ps --quiet | wc -l); i < $1; i++)); do
        docker run --detach --network none busybox:local sleep 1000000 >/dev/null
    done
}

# --- what is measured -----------------------------------------------------------------------

# A file system on a block device, for the recipe knows no other.
make_source() {
    truncate -s 32M "$LAB_DIR/disk.img"
    mkfs.ext4 -q "$LAB_DIR/disk.img"
    mkdir "$LAB_DIR/disk"
    mount -o loop "$LAB_DIR/disk.img" "$LAB_DIR/disk"
    source=$LAB_DIR/disk/srv/data
    mkdir -p "$source"
    device=$(findmnt --noheadings --output SOURCE --target "$source")
}

# The targets are there beforehand, for davit and for the others.
make_container() {
    web=$(named web)
    container "$web"
    pid=$(pid_of "$web")
    docker exec "$web" mkdir /mnt/davit /mnt/other
}

attach_by_pid() {
    local davit_side=(:: "$davit" attach "$source" "pid:$pid:/mnt/davit"
        :: "$davit" detach "pid:$pid:/mnt/davit")
    row attach 3 "attach SOURCE pid:N:/TARGET" "the three system calls alone" 400 20 \
        "${davit_side[@]}" :: :: "$tools/floor" "$pid" "$source" /mnt/other \
        :: nsenter --target "$pid" --mount umount /mnt/other
    row attach - "attach SOURCE pid:N:/TARGET" "a program that does nothing, same libraries" \
        400 20 "${davit_side[@]}" :: :: "$tools/bench_empty" ::
}

# attach_by_name AIM AMONG
attach_by_name() {
    local -x DOCKER_HOST=unix://$socket ASK=once
    local davit_side=(:: "$davit" attach --docker "$socket" "$source" "$web:/mnt/davit"
        :: "$davit" detach "pid:$pid:/mnt/davit")
    local recipe_side=("$here/recipe.sh" "$web" "$source" /mnt/other
        :: nsenter --target "$pid" --mount sh -c "umount /mnt/other && rm -f $device")
    row attach "$1" "attach SOURCE NAME:/TARGET$2" "recipe of 2015 as a script, pid asked once" \
        60 25 "${davit_side[@]}" :: :: "${recipe_side[@]}"
    [[ -z $2 ]] || return 0
    ASK=always
    row attach - "attach SOURCE NAME:/TARGET" "recipe of 2015 to the letter" \
        30 20 "${davit_side[@]}" :: :: "${recipe_side[@]}"
}

detach_rows() {
    local -x DOCKER_HOST=unix://$socket
    local before=("$davit" attach "$source" "pid:$pid:/mnt/davit")
    local other_before=("$tools/floor" "$pid" "$source" /mnt/other)
    row detach - "detach pid:N:/TARGET" "nsenter … umount" 200 15 \
        "${before[@]}" :: "$davit" detach "pid:$pid:/mnt/davit" :: :: \
        "${other_before[@]}" :: nsenter --target "$pid" --mount umount /mnt/other ::
    row detach - "detach NAME:/TARGET" "docker inspect, nsenter … umount" 60 20 \
        "${before[@]}" :: "$davit" detach --docker "$socket" "$web:/mnt/davit" :: :: \
        "${other_before[@]}" :: sh -c "nsenter --target \$(docker inspect \
            --format '{{.State.Pid}}' $web) --mount umount /mnt/other" ::
}

enter_rows() {
    local -x DOCKER_HOST=unix://$socket
    row enter - "enter NAME -- true" "docker exec NAME true" 40 20 \
        :: "$davit" enter --docker "$socket" "$web" -- true :: :: :: docker exec "$web" true ::
    row enter - "enter pid:N -- true" "nsenter --target N … true" 100 20 \
        :: "$davit" enter "pid:$pid" -- true :: :: \
        :: nsenter --target "$pid" --mount --uts --ipc --net --pid true ::
}

# From `docker start` until a program inside sees the files that are kept, and until one runs at all.
keep_rows() {
    local state=$LAB_DIR/keep-state kept plain keepd
    kept=$(named kept)
    plain=$(named plain)
    mkdir -p "$LAB_DIR/signal"
    echo kept >"$source/file"
    docker create --network none --name "$kept" -v "$LAB_DIR/signal:/signal" busybox:local \
        sh -c 'until [ -e /mnt/davit/file ]; do :; done; : >/signal/there; exec sleep 1000000' \
        >/dev/null
    docker create --network none --name "$plain" -v "$LAB_DIR/signal:/signal" busybox:local \
        sh -c ': >/signal/there; exec sleep 1000000' >/dev/null
    cat >"$LAB_DIR/start-there" <<END
#!/bin/bash
docker --host unix://$socket start "\$1" >/dev/null
until [[ -e '$LAB_DIR/signal/there' ]]; do
    read -rt 0.002 <> <(:) || true
done
rm '$LAB_DIR/signal/there'
END
    chmod +x "$LAB_DIR/start-there"
    "$davit" keepd --docker "$socket" --state-dir "$state" &
    keepd=$!
    until_true 10 test -e "$state/keepd.lock"
    docker start "$kept" >/dev/null
    "$davit" attach --keep --docker "$socket" --state-dir "$state" "$source" "$kept:/mnt/davit"
    until_true 10 test -e "$LAB_DIR/signal/there"
    rm "$LAB_DIR/signal/there"
    docker stop --time 0 "$kept" >/dev/null
    local -x DOCKER_HOST=unix://$socket
    row keep - "keepd: docker start until what is kept is seen inside" \
        "docker start until a program runs" 40 30 \
        :: "$LAB_DIR/start-there" "$kept" :: docker stop --time 0 "$kept" \
        :: :: "$LAB_DIR/start-there" "$plain" :: docker stop --time 0 "$plain"
    stop_process "$keepd"
    docker rm --force "$kept" "$plain" >/dev/null
}

# ps_rows NUMBER: LXC's for the most, and one of Docker's, which is all that docker ps lists.
ps_rows() {
    local among=", $1 containers" of=", 1 of them Docker's" aim=-
    lxc_containers $(($1 - 1))
    if [[ $1 -eq 1 ]]; then
        among=", 1 container" of='' aim=0.75
    fi
    row ps 0.75 "ps without a daemon$among" "lsns -t mnt" 100 15 \
        :: "$davit" ps :: :: :: lsns -t mnt ::
    ps_with_docker "$aim" "ps$among$of"
}

# ps_with_docker AIM NAME
ps_with_docker() {
    local -x DOCKER_HOST=unix://$socket
    row ps "$1" "$2" "docker ps" 60 15 :: "$davit" ps :: :: :: docker ps ::
    row ps - "$2" "lsns -t mnt" 60 15 :: "$davit" ps :: :: :: lsns -t mnt ::
}

# What 5,000 processes more cost, those of the host and those of one container.
scan_rows() {
    local crowd=5000
    row scan 60ms "ps, $crowd processes of the host more" "ps" 15 40 \
        "$tools/bench_crowd" --start "$LAB_DIR/crowd" $crowd :: "$davit" ps \
        :: "$tools/bench_crowd" --stop "$LAB_DIR/crowd" :: :: "$davit" ps ::
    crowded_container $crowd
    row scan 60ms "ps, $crowd processes of one container more" "ps" 15 40 \
        "$LAB_DIR/crowd-start" :: "$davit" ps :: "$LAB_DIR/crowd-stop" :: :: "$davit" ps ::
}

crowded_container() {
    local root=$LAB_DIR/crowd-root
    mkdir -p "$root"/{dev,proc,sys}
    chmod 1777 "$root"
    cp "$tools/bench_crowd" "$root/bench_crowd"
    lxc_config crowd "$root" /bench_crowd "$1"
    cat >"$LAB_DIR/crowd-start" <<END
#!/bin/bash
set -e
rm -f '$root/crowd'
lxc-start --lxcpath '$LAB_DIR/lxc' --name crowd --daemon
until [[ -s '$root/crowd' ]]; do
    read -rt 0.02 <> <(:) || true
done
END
    cat >"$LAB_DIR/crowd-stop" <<END
#!/bin/bash
exec lxc-stop --lxcpath '$LAB_DIR/lxc' --name crowd --kill
END
    chmod +x "$LAB_DIR"/crowd-st{art,op}
}

docker_rows() {
    docker_containers "$1"
    say "$1 of Docker's containers run"
    ps_with_docker 0.75 "ps, $1 containers, all Docker's"
}

main() {
    lab_cgroups
    lxc_cgroups
    lab_dockerd docker
    lab_images "$socket"
    mkdir -p "$LAB_DIR"/lxc-root/{bin,dev,proc,sys}
    cp "$(command -v busybox)" "$LAB_DIR/lxc-root/bin"
    make_source
    make_container
    say "dockerd and one container run"
    if wanted attach; then
        attach_by_pid
        attach_by_name 0.4 ""
    fi
    if wanted detach; then
        detach_rows
    fi
    if wanted methods; then
        methods_rows
    fi
    if wanted enter; then
        enter_rows
    fi
    if wanted keep; then
        keep_rows
    fi
    if wanted console; then
        console_rows
    fi
    if wanted scan; then
        scan_rows
    fi
    if wanted ps; then
        ps_rows 1
        ps_rows 200
    fi
    if wanted who; then # with 200 containers too
        who_rows
    fi
    if wanted ps || wanted attach || wanted console; then
        lxc_containers 999
        say "1000 containers run"
    fi
    if wanted attach; then
        attach_by_name - ", among 1000 containers"
    fi
    if wanted ps; then
        ps_rows 1000
    fi
    if wanted console; then
        console_crowd_rows
    fi
    lxc_stop
    if wanted ps; then
        docker_rows 200
    fi
    if wanted docker; then
        docker_rows 1000
    fi
    lab_stop_all
}

main
