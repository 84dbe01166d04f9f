# The rows of tests/bench about the ways an attach is made other than from the host's mounts: sourced
# by bench.bash, whose functions it uses.
# shellcheck shell=bash disable=SC2154 # what bench.bash sets

# The filesystem itself, as the recipe mounts it, and the recipe as davit makes it. The host has the
# disk mounted for both.
methods_of_devices() {
    local -x DOCKER_HOST=unix://$socket ASK=once
    local recipe="recipe of 2015 as a script, pid asked once"
    local after=(:: "$davit" detach "pid:$pid:/mnt/davit")
    local recipe_side=("$here/recipe.sh" "$web" "$source" /mnt/other
        :: nsenter --target "$pid" --mount sh -c "umount /mnt/other && rm -f $device")
    row methods - "attach device:NODE:/PATH NAME:/TARGET" "$recipe" 60 20 \
        :: "$davit" attach --docker "$socket" "device:$device:/srv/data" "$web:/mnt/davit" \
        "${after[@]}" :: :: "${recipe_side[@]}"
    row methods - "attach --method recipe SOURCE NAME:/TARGET" "$recipe" 60 20 \
        :: "$davit" attach --method recipe --docker "$socket" "$source" "$web:/mnt/davit" \
        "${after[@]}" :: :: "${recipe_side[@]}"
}

# begin_holder NAME COMMAND…: a process in a mount namespace of its own, its pid in NAME.
begin_holder() {
    local -n holder=$1
    shift
    "$@" sleep 1000000 &
    holder=$!
    until_true 10 grep -q '^sleep$' "/proc/$holder/comm"
}

# Where the tree is locked: in a user namespace, and where root may have CAP_SYS_ADMIN; and where it
# is not, since root has it not.
methods_locked() {
    local target=$LAB_DIR/locked plain locked admin
    mkdir "$target"
    begin_holder plain unshare --mount --propagation private setpriv --bounding-set -sys_admin
    begin_holder locked unshare --user --mount --propagation private
    begin_holder admin unshare --mount --propagation private
    echo 0 300000 65536 >"/proc/$locked/uid_map"
    echo 0 300000 65536 >"/proc/$locked/gid_map"
    local other="attach SOURCE, not locked"
    local other_side=("$davit" attach "$source" "pid:$plain:$target"
        :: "$davit" detach "pid:$plain:$target")
    row methods - "attach SOURCE, locked in a user namespace" "$other" 200 15 \
        :: "$davit" attach --idmap off "$source" "pid:$locked:$target" \
        :: "$davit" detach "pid:$locked:$target" :: :: "${other_side[@]}"
    row methods - "attach SOURCE, locked against CAP_SYS_ADMIN" "$other" 200 15 \
        :: "$davit" attach "$source" "pid:$admin:$target" \
        :: "$davit" detach "pid:$admin:$target" :: :: "${other_side[@]}"
    stop_process "$plain"
    stop_process "$locked"
    stop_process "$admin"
}

# A helper that mounts a tmpfs: by davit where nobody sees it, and by hand on the host.
methods_helper() {
    local helpers=/usr/local/sbin place=$LAB_DIR/by-hand
    mkdir "$LAB_DIR/helpers" "$place"
    mount --bind --make-private "$LAB_DIR/helpers" "$helpers"
    cat >"$helpers/mount.davit-bench" <<'END'
#!/bin/sh
exec mount -n -t tmpfs -o size=1m "$1" "$2"
END
    chmod 0755 "$helpers/mount.davit-bench"
    row methods - "attach -t TYPE SPEC pid:N:/TARGET" \
        "mount.TYPE on the host, then the three system calls" 100 15 \
        :: "$davit" attach -t davit-bench spec "pid:$pid:/mnt/davit" \
        :: "$davit" detach "pid:$pid:/mnt/davit" \
        :: :: sh -c "$helpers/mount.davit-bench spec $place && $tools/floor $pid $place /mnt/other" \
        :: sh -c "nsenter --target $pid --mount umount /mnt/other; umount $place"
    umount "$helpers"
}

# What a container has mounted, shown on the host, beside the other way round.
methods_share() {
    nsenter --target "$pid" --mount --root -- mount -t tmpfs given /mnt/given
    mkdir "$LAB_DIR/shown"
    row methods - "share pid:N:/PATH HOSTPATH" "attach SOURCE pid:N:/TARGET" 200 15 \
        :: "$davit" share "pid:$pid:/mnt/given" "$LAB_DIR/shown" \
        :: "$davit" detach --yes "$LAB_DIR/shown" \
        :: :: "$davit" attach "$source" "pid:$pid:/mnt/davit" \
        :: "$davit" detach "pid:$pid:/mnt/davit"
    nsenter --target "$pid" --mount --root -- umount /mnt/given
}

# absences_while WHAT AIM COMMAND…: looks of a process of the container, which does nothing but look,
# that found nothing while the command was run 25 times.
absences_while() {
    local what=$1 aim=$2 reader job seen i
    shift 2
    : >"$LAB_DIR/absences"
    nsenter --target "$pid" --mount --root -- /absences /mnt/davit/file >"$LAB_DIR/absences" &
    job=$!
    until_true 10 test -s "$LAB_DIR/absences"
    read -r _ reader <"$LAB_DIR/absences"
    for ((i = 0; i < 25; i++)); do
        "$@" >/dev/null
    done
    kill -TERM "$reader"
    wait "$job"
    seen=$(tail -n 1 "$LAB_DIR/absences")
    [[ $seen =~ ^([0-9]+)' looks, '([0-9]+)' absences'$ ]]
    value methods "looks that found nothing, $what 25 times" "" "$aim" "${BASH_REMATCH[1]}" \
        "${BASH_REMATCH[2]}"
}

# Who looks has the file open for moments.
# shellcheck disable=SC2317 # called by absences_while
detach_and_attach() {
    "$davit" detach --wait 10s "pid:$pid:/mnt/davit" && "$davit" attach "$source" "pid:$pid:/mnt/davit"
}

methods_replace() {
    local before=("$davit" attach "$source" "pid:$pid:/mnt/davit")
    local after=(:: "$davit" detach "pid:$pid:/mnt/davit")
    row methods - "replace SOURCE pid:N:/TARGET" "detach, attach SOURCE" 200 20 \
        "${before[@]}" :: "$davit" replace "$source" "pid:$pid:/mnt/davit" "${after[@]}" :: \
        "${before[@]}" :: sh -c "$davit detach pid:$pid:/mnt/davit >/dev/null &&
            exec $davit attach $source pid:$pid:/mnt/davit" "${after[@]}"
    : >"$source/file"
    cp "$tools/absences" "/proc/$pid/root/absences"
    "${before[@]}" >/dev/null
    absences_while replace 0 "$davit" replace "$source" "pid:$pid:/mnt/davit"
    absences_while "detach and attach" - detach_and_attach
    "$davit" detach --wait 10s "pid:$pid:/mnt/davit" >/dev/null
}

methods_rows() {
    docker exec "$web" mkdir /mnt/given
    methods_of_devices
    methods_locked
    methods_helper
    methods_share
    methods_replace
}
