# Set-up and tests that every kernel's suite begins with.
#
# /srv/data       a directory on the root's tmpfs: hello, in/deep, and at sub a tmpfs of its own (below/inner)
# /srv/tmp        a tmpfs
# /srv/ext4       a loop device with ext4
# /srv/over       an overlay, with a hello in its lower folder
# /srv/one        a file

RELEASE=$(uname -r)
# Set to "|7" by a suite whose kernel lacks calls: which of two reasons a refusal names first is not fixed.
LACKS=${LACKS:-}

set_up() {
    mkdir -p /srv/data/in /srv/data/sub /srv/tmp /srv/ext4
    echo from-host >/srv/data/hello
    echo deep >/srv/data/in/deep
    echo one >/srv/one
    mount -t tmpfs -o size=4m sub /srv/data/sub
    echo below >/srv/data/sub/inner
    mount -t tmpfs -o size=4m tmp /srv/tmp
    echo on-tmpfs >/srv/tmp/hello
    cp /srv/ext4.img /srv/second.img
    mount -o loop -t ext4 /srv/ext4.img /srv/ext4
    mkdir -p /srv/lower /srv/upper /srv/work /srv/over
    echo on-overlay >/srv/lower/hello
    mount -t overlay -o lowerdir=/srv/lower,upperdir=/srv/upper,workdir=/srv/work over /srv/over
}

t_machine() {
    expect "kernel $KERNEL, not $RELEASE" test "${RELEASE#"$KERNEL".}" != "$RELEASE"
    expect "/ is shared" sh -c "awk '\$5 == \"/\"' /proc/self/mountinfo | grep -q shared:"
    expect "/srv/ext4 is ext4 on a loop device" grep -qE ' /srv/ext4 .* - ext4 /dev/loop' /proc/self/mountinfo
    expect "overlay is known" grep -q overlay /proc/filesystems
    expect "fuse is known" grep -q fuse /proc/filesystems
}

# web_start: the container that the tests work on. It has a sysfs, as containers of the large runtimes do, and
# things that davit must not lose.
web_start() {
    container_start web || return
    inside mkdir -p /mnt/there /etc /sys
    inside mount -t sysfs sysfs /sys
    inside sh -c 'echo kept >/mnt/there/kept; echo old >/etc/file; ln -s /proc /mnt/link-to-proc'
}

t_scratch() {
    web_start || return
    refuse "its mount namespace is its own" test /proc/self/ns/mnt -ef "/proc/$PID/ns/mnt"
    refuse "its pid namespace is its own" test /proc/self/ns/pid -ef "/proc/$PID/ns/pid"
    expect "its cgroup ends in /scratch/web" grep -q '/scratch/web$' "/proc/$PID/cgroup"
    expect "a shell and a /proc inside" inside sh -c 'test -d /proc/1'
    expect "a sysfs inside" inside sh -c 'test -d /sys/kernel'
    refuse "the host's root is out of sight" inside test -e /srv/data/hello
}

# What needs no mount call has the same answers on every kernel.
t_listing() {
    davit_exits 0 ps
    says 'web'
    davit_exits 0 ps --json
    json_has '"schema":1'
    json_has '"name":"web"'
    json_has '"runtime":"scratch"'
    json_has "\"pid\":$PID,"
    davit_exits 0 fs --json
    json_has '"mount_point":"/srv/ext4"'
    json_has '"type":"ext4"'
    davit_exits 0 mounts web --json
    json_has '"target":"/"'
    json_has '"target":"/proc"'
    davit_exits 0 ls web:/mnt/there --json
    json_has '"name":"kept"'
    davit_exits 0 status --json
    json_has '"attachments":[]'
}

t_usage() {
    remember
    davit_exits 2 attach /srv/data
    davit_exits 2 attach word web:/mnt/x
    davit_exits 2 attach /srv/data web:/mnt/x:ro
    says '--ro'
    davit_exits 2 attach /srv/data web:relative
    davit_exits 2 attach /dev/loop0 web:/mnt/x
    says 'device:'
    davit_exits 3 attach /srv/data nobody:/mnt/x
    davit_exits 3 attach /srv/data we:/mnt/x
    davit_exits "3$LACKS" attach /srv/missing web:/mnt/x
    davit_exits 3 detach web:/mnt/x
    expect "no missing source was made up" test ! -e /srv/missing
    refuse "no target was made" inside test -e /mnt/x
    unchanged
}

# Refused by what the target resolves to, not by how it is spelled.
t_refused_targets() {
    local target
    remember
    for target in / /. /mnt/.. /proc /proc/1 /sys /mnt/link-to-proc; do
        davit_exits 6 attach /srv/ext4 "web:$target"
        says "$target"
    done
    unchanged
    no_attachments
}

# recipe_round OPTION…: a directory of the ext4 with characters of every kind, mounted anew inside.
recipe_round() {
    local source="/srv/ext4/a,b \$x 'y'/in"
    mkdir -p "$source"
    echo from-ext4 >"$source/hello"
    remember
    cat /proc/self/mountinfo >$W/host.before
    davit_exits 0 attach "$@" --json "$source" web:/mnt/recipe
    json_has '"method":"recipe"'
    json_has '"verified":true'
    added 1
    expect "its content is seen inside" test "$(inside cat /mnt/recipe/hello)" = from-ext4
    expect "nosuid" mount_has /mnt/recipe nosuid
    expect "nodev" mount_has /mnt/recipe nodev
    refuse "it is private" mount_shared /mnt/recipe
    davit_exits 0 detach web:/mnt/recipe
    davit_exits 0 attach "$@" --ro "$source" web:/mnt/recipe
    refuse "it cannot be written inside" write_inside /mnt/recipe/new
    same_table host $W/host.before /proc/self/mountinfo
    davit_exits 0 detach web:/mnt/recipe
    unchanged
    refuse "nothing is left of the target" inside test -e /mnt/recipe
    expect "nothing is left to work in" test -z "$(inside find / -xdev -name '.davit*'; inside find /dev /run /tmp -name '.davit*')"
    no_attachments
}

t_recipe() {
    recipe_round --method recipe
    davit_exits 7 attach --method recipe /srv/tmp web:/mnt/recipe
    says 'no block device'
    unchanged
}

# What a process is: its namespaces, rights and limits.
as_whom() {
    local name
    for name in cgroup ipc mnt net pid time user uts; do
        readlink "/proc/$1/ns/$name"
    done
    grep -E '^(Uid|Gid|Groups|Cap[A-Z][a-z]*|NoNewPrivs|Seccomp):' "/proc/$1/status"
    cat "/proc/$1/cgroup"
}

prowls() { grep -q prowling $W/prowled; }

# Everything inside is looked at in a loop meanwhile; what enters is a sealed copy in memory.
t_enter() {
    local leaks prowler enter
    remember
    davit enter web -- tail -f /dev/null >$W/out 2>$W/err &
    enter=$!
    until_true 60 pidof_entered || wrong "the command has not started: $(cat $W/err)"
    as_whom "$PID" >$W/init
    as_whom "$ENTERED" >$W/entered
    expect "it is as the first process" cmp $W/init $W/entered
    kill -9 "$ENTERED"
    wait $enter
    expect "its end is davit's exit code, $?" test $? -eq 137
    inside sh -c 'cat >/prowler; chmod 755 /prowler' </usr/bin/prowler
    nsenter -t "$PID" -m -p /prowler /bin/busybox /prowler >$W/prowled 2>&1 &
    prowler=$!
    expect "it is watched for" until_true 30 prowls
    davit_exits 0 enter web -- /bin/sh -c 'echo "$(id -u) $$"'
    says '^0 [0-9]+$'
    davit_exits 3 enter web -- /bin/nothing
    kill "$(pidof prowler)"
    wait $prowler
    expect "something was looked at" grep -q '^looked [1-9]' $W/prowled
    leaks=$(grep '^leak ' $W/prowled | grep -vE '^leak (exe|ptrace) /memfd:davit-enter \(deleted\)$')
    expect "nothing of davit's could be read: $leaks" test -z "$leaks"
    inside rm /prowler
    unchanged
}

pidof_entered() {
    ENTERED=$(pidof tail)
}

common_tests() {
    set_up
    makers_set_up
    run_test t_machine "the machine: kernel $KERNEL, / shared, ext4, overlay and fuse"
    run_test t_scratch "a scratch container comes up"
    run_test t_listing "ps, fs, mounts, ls and status list what is there"
    run_test t_usage "bad requests are refused with their exit codes, nothing changes"
    run_test t_enter "enter: a command is as the first process, nothing of davit's can be read"
    run_test t_refused_targets "/, /proc and /sys are refused as targets, through a link too"
}
