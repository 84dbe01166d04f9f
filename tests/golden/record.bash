#!/usr/bin/env bash
# Makes the recordings of tests/golden anew: real containers, the real engine, one console each.
# As root; needs docker and a build.
#
#   tests/golden/record.bash [NAME…]
#
# NAME is a recording without .jsonl; all by default. DAVIT_BUILD names another build directory than
# build/. Look at what tests/golden/run.bash says afterwards: host-made things such as ids, ages and
# sizes are other ones each time, so that the expected screens must be made anew too.
#
# It runs in namespaces of its own (mounts, pids, network, host name), with a dockerd of its own.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=${DAVIT_BUILD:-$top/build}

if [[ $EUID -ne 0 ]]; then
    echo "record.bash: needs root, for it makes namespaces and containers" >&2
    exit 1
fi

sweep_cgroups() {
    find /sys/fs/cgroup -depth -type d -path "*/davit-tests-$LAB_ID*" -exec rmdir {} + \
        2>/dev/null || true
}

if [[ $$ -ne 1 ]]; then
    lab=$(mktemp -d "${TMPDIR:-/tmp}/davit-golden.XXXXXX")
    LAB_ID=${lab##*.}
    export LAB_ID=${LAB_ID,,} DAVIT_BUILD=$build GOLDEN_LAB=$lab
    trap 'sweep_cgroups; rm -rf --one-file-system -- "$lab"' EXIT
    status=0
    unshare --mount --propagation private --pid --net --uts --fork --kill-child \
        -- "$here/record.bash" "$@" </dev/null || status=$?
    exit $status
fi

# A process that is frozen cannot be ended: what is paused would keep these namespaces for ever.
thaw() {
    local file
    while read -r file; do
        case $file in
        */freezer.state) echo THAWED >"$file" ;;
        *) echo 0 >"$file" ;;
        esac
    done < <(find /sys/fs/cgroup -path "*/davit-tests-$LAB_ID/*" \
        \( -name freezer.state -o -name cgroup.freeze \) 2>/dev/null)
}
trap thaw EXIT

# --- a host that looks the same everywhere ----------------------------------------------------

export LAB_DIR=$GOLDEN_LAB/lab DAVIT_PASS=golden DAVIT_RUN=$build/tui/davit
export TMPDIR=$GOLDEN_LAB/tmp HOME=$GOLDEN_LAB/home DOCKER_CONFIG=$GOLDEN_LAB/home/docker
export SUITE_DIR=$GOLDEN_LAB/suite SCRATCH_DIR=$GOLDEN_LAB/scratch TERM=xterm-256color LC_ALL=C.UTF-8
export TZ=UTC
unset DOCKER_HOST DOCKER_CONTEXT SUDO_UID SUDO_GID SSH_CONNECTION NO_COLOR
mkdir -p "$LAB_DIR" "$TMPDIR" "$HOME" "$SUITE_DIR/pids" "$SCRATCH_DIR" "$GOLDEN_LAB/out"
chmod 755 "$GOLDEN_LAB"
chmod 1777 "$GOLDEN_LAB/out" # the console writes as nobody

# What this machine has mounted besides is nobody's business.
forget_mounts() {
    local point
    findmnt --list --noheadings --output TARGET | tac | while read -r point; do
        case $point in
        / | /proc | /dev | /dev/* | /sys | /sys/*) ;;
        *) umount --lazy "$point" 2>/dev/null || true ;;
        esac
    done
}

# tmpfs where davit, docker and the sources are, and one disk with a file system.
make_host() {
    hostname node7
    forget_mounts
    mount --make-rshared /
    mount -t tmpfs -o mode=755,nosuid,nodev,size=64m tmpfs /run
    mount -t tmpfs -o mode=755 lib /var/lib # so that a folder of its own is there
    mkdir -m 711 /var/lib/docker
    mount -t proc -o nosuid,nodev,noexec proc /proc
    busybox ip link set lo up
    truncate -s 64M "$GOLDEN_LAB/disk.img"
    mkfs.ext4 -q -L srv "$GOLDEN_LAB/disk.img"
    mount -o loop "$GOLDEN_LAB/disk.img" /srv
    mkdir -p /srv/log/{app,old} /srv/pgdata/base /srv/certs
    mount -t tmpfs -o size=8m old /srv/log/old
    date >/srv/log/app/access.log
    printf 'key\n' >/srv/certs/site.pem
    mkdir "/srv/Größe" $'/srv/odd\e[31m\u202ename'
    chown 1000:1000 /srv/pgdata
}

# shellcheck source=tests/e2e/lab.bash disable=SC1091
source "$here/../e2e/lab.bash"

make_dockerd() {
    mkdir -p "$LAB_DIR/docker"
    ln -s /var/lib/docker "$LAB_DIR/docker/data"
    lab_cgroups
    lab_dockerd docker
    ln -s "$LAB_DIR/docker/s" /run/docker.sock
    lab_images "$(lab_socket docker)"
}

make_containers() {
    container shop-api -v /srv/certs:/etc/certs:ro -v pgvolume:/data --tmpfs /scratch \
        --label "com.example.team=pay"$'\e]52;c;aGk=\a\u202e'"ments" --label tier=front
    container shop-worker --user 1000 --read-only
    container edge-proxy
    docker pause edge-proxy >/dev/null
    container a-name-that-is-much-longer-than-any-column-of-eighty-can-be-and-loses-its-middle-x2lqz
    "$build/tests/lab/scratch" run --detach batch -- /bin/sleep 1000000 >/dev/null
}

# --- recordings -------------------------------------------------------------------------------

# session NAME [OPTIONS…]: a console that presses the keys on standard input. What the replays ask
# must have been asked here; @rest is there for what happens meanwhile.
session() {
    local name=$1 file=$GOLDEN_LAB/out/$1.jsonl
    shift
    cat >"$GOLDEN_LAB/out/keys"
    timeout 60 "$build/tui/davit" --runtime docker,scratch --record "$file" \
        --script "$GOLDEN_LAB/out/keys" --off-screen 80x24 "$@" </dev/null
    cp "$file" "$GOLDEN_LAB/$name.jsonl"
}

rests() { printf '@rest %.0s' $(seq "$1"); }

# shellcheck disable=SC2317 # called by until_true
journal_has() { grep -qs "$1" /run/davit/journal; }

# Somebody in the container works in what was attached.
hold_log() {
    until_true 50 journal_has '"target":"/mnt/log".*"state":"done"\|"done".*"/mnt/log"'
    docker exec --detach shop-api sh -c 'cd /mnt/log && exec sleep 1000000'
}

# Panes, details, both browsers, a plan, a refused one, an attach, who holds it, an undo.
record_node() {
    hold_log &
    local holder=$!
    session node <<KEYS
@rest @rest Down @rest Down @rest Down @rest Down @rest Up @rest
Enter @rest Esc
2 @rest Enter @rest Esc @rest Down Down Down Down @rest Enter @rest Esc @rest 1
a @rest "/srv/" @rest Ctrl-O @rest @rest Esc @rest
"log" @rest Enter "/mnt" @rest Ctrl-O @rest @rest Esc @rest
"/log" @rest Enter Enter Enter @rest A $(rests 12)
D @rest @rest Esc
3 g @rest D @rest @rest Esc 1
Up Space Down Space a @rest "/srv/certs" @rest Enter "/proc/certs" @rest
Enter Enter Enter @rest Esc Esc
U @rest @rest Esc @rest
KEYS
    wait "$holder"
}

# Plans of what else can be done with what is attached, none of them carried out; and whose files
# they are inside, said in [more].
record_changes() {
    session changes <<KEYS
@rest @rest Down Down Down @rest
R @rest "/srv/certs" @rest Enter Down Space Up Space @rest End @rest
Enter Enter Enter @rest Esc @rest
r @rest @rest Esc @rest
s @rest "etc" @rest Enter "/srv/etc" @rest Enter Enter @rest Esc @rest
: "refresh-stale" Enter @rest @rest Esc @rest
KEYS
}

# What was attached is lost when its container ends, is told so, and comes back without it.
record_lost() {
    "$build/tui/davit" attach --quiet --ro /srv/certs shop-worker:/tmp
    {
        until_true 20 test -s "$GOLDEN_LAB/out/lost.jsonl"
        docker restart --time 0 shop-worker >/dev/null
    } &
    local other=$!
    session lost <<KEYS
@rest @rest End @rest $(rests 16) 3 @rest 1 Home @rest End @rest
KEYS
    wait "$other"
}

record_readonly() {
    session readonly --readonly <<KEYS
@rest @rest Down @rest Down @rest Down @rest x Esc
KEYS
}

# The daemon goes away while the console shows its containers.
record_down() {
    local daemon
    daemon=$(<"$LAB_DIR/docker/pid")
    kill -KILL "$daemon"
    until_true 20 is_gone "$daemon"
    session down <<KEYS
@rest @rest @rest @rest Down @rest Down @rest Down @rest Enter @rest Esc @rest
KEYS
}

make_host
make_dockerd
make_containers
record_node
record_changes
record_lost
record_readonly
record_down
[[ $# -gt 0 ]] || set -- node changes lost readonly down
for name; do
    printf '%s: %d bytes\n' "$name" "$(stat -c %s "$GOLDEN_LAB/$name.jsonl")"
    install -m 644 "$GOLDEN_LAB/$name.jsonl" "$here/$name.jsonl"
done
