# A root that is a mount point: sourced by tests/run, tests/demo and tests/bench.
# shellcheck shell=bash

# own_root COMMAND…: returns when `/` is a mount point, else runs COMMAND where it is one.
#
# In a plain chroot it is none: no mount namespace can be made private from there, and no container
# can pivot its root. So in a namespace of our own, made private from its own root, a clone of the
# chroot becomes the root. Nothing of it is left afterwards.
own_root() {
    if grep -q '^\([^ ]* \)\{4\}/ ' /proc/self/mountinfo; then
        return
    fi
    if [[ -n ${DAVIT_OWN_ROOT:-} ]]; then
        echo "$1: / is no mount point here: mount --bind it on itself before the chroot" >&2
        exit 1
    fi
    # shellcheck disable=SC2016
    DAVIT_OWN_ROOT=yes exec unshare --mount --propagation unchanged -- bash -ec '
        own=/proc/self/ns/mnt
        nsenter --mount=$own mount --make-rprivate /
        mount --rbind / /mnt
        exec nsenter --mount=$own --wd=/mnt sh -ec "
            pivot_root . .
            umount -l .
            exec chroot . env -C \"\$0\" \"\$@\"" "$PWD" "$@"' bash "$@"
}
