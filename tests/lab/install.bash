#!/usr/bin/env bash
# Installs what a purpose needs and is missing, through the system's package manager.
#
#   tests/lab/install.bash PURPOSE…       build | demo | test | bench | emulate | all
#
# It asks dpkg first, so a second run touches neither the network nor apt's lock.
set -euo pipefail

# One line a package: purposes it serves, package, and optionally a command that does as well
# when it is there already (a machine with docker-ce must not be given docker.io).
packages_table() {
    cat <<'TABLE'
build,demo      meson
build,demo      ninja-build
build,demo      gcc
build,demo      libc6-dev
build,demo      pkg-config              pkg-config
build,demo      libmount-dev
build,demo      libblkid-dev
build,demo      libudev-dev
build,demo      libjansson-dev
build,demo      libuv1-dev
build,demo      libncurses-dev
build,demo      libcurl4-openssl-dev
build,demo      check
demo,test       busybox-static
demo,test       util-linux
demo,test       mount
demo,test       jq                      jq
test            bats
test            zsh                     zsh
test            fish                    fish
test            strace                  strace
test            docker.io               dockerd
test            e2fsprogs
test            xfsprogs
test            btrfs-progs
test            squashfs-tools
test            clang                   clang
test            git                     git
test            socat                   socat
test            docker-compose          docker-compose
test            procps                  pgrep
test            tmux                    tmux
test            podman                  podman
test            crun                    crun
test,bench      lxc                     lxc-start
bench           lsof                    lsof
bench           psmisc                  fuser
test            lxd                     lxd
test,emulate    systemd-container       systemd-nspawn
test            uidmap                  newuidmap
test            rootlesskit             rootlesskit
test            sshfs                   sshfs
test            openssh-server          sshd
test            glusterfs-server        glusterd
test            glusterfs-client        glusterfs
emulate         qemu-system-x86         qemu-system-x86_64
emulate         cpio                    cpio
emulate         genisoimage             genisoimage
TABLE
}

# Prints the packages of the purposes named, each once.
packages_for() {
    local purposes package instead purpose wanted
    while read -r purposes package instead; do
        for wanted in "$@"; do
            for purpose in ${purposes//,/ }; do
                if [[ $wanted == all || $wanted == "$purpose" ]]; then
                    printf '%s %s\n' "$package" "$instead"
                    continue 3
                fi
            done
        done
    done < <(packages_table)
}

package_missing() {
    local package=$1 instead=$2
    if [[ -n $instead ]] && command -v "$instead" >/dev/null; then
        return 1
    fi
    ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q ' installed$'
}

explain_other_system() {
    local package instead
    {
        echo "install.bash: this system has no apt-get; install these by hand, then run again:"
        while read -r package instead; do
            printf '    %s\n' "$package"
        done < <(packages_for "$@")
        echo "These are Debian's names. Elsewhere libX-dev is X-devel or libX-devel (dnf, zypper)"
        echo "or X-dev (apk), ninja-build is ninja, docker.io is docker or moby-engine,"
        echo "busybox-static is busybox, libmount-dev is libmount-devel or util-linux-dev."
    } >&2
}

# Installing docker.io or lxc starts their services on a host with systemd. Nobody asked for a
# docker daemon of the machine's own: while we install, and only if the administrator has no
# policy of their own, a policy says no to every start.
readonly policy=/usr/sbin/policy-rc.d

forbid_service_starts() {
    if [[ -e $policy ]]; then
        return
    fi
    trap 'rm -f -- "$policy"' EXIT
    trap 'exit 130' INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 0755 "$policy"
}

main() {
    if [[ $# -eq 0 ]]; then
        echo "usage: install.bash build|demo|test|bench|emulate|all…" >&2
        exit 2
    fi
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        explain_other_system "$@"
        exit 1
    fi

    local missing=() package instead
    while read -r package instead; do
        if package_missing "$package" "$instead"; then
            missing+=("$package")
        fi
    done < <(packages_for "$@")
    if [[ ${#missing[@]} -eq 0 ]]; then
        return
    fi

    if [[ $EUID -ne 0 ]]; then
        echo "install.bash: not root, and these packages are missing: ${missing[*]}" >&2
        echo "install.bash: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 1
    fi

    echo "installing: ${missing[*]}"
    forbid_service_starts
    export DEBIAN_FRONTEND=noninteractive
    local apt=(apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3) log
    log=$(mktemp)
    # A machine fresh from its image has no package lists; one that has them may be offline.
    if ! "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
        if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends \
            "${missing[@]}"; } >"$log" 2>&1; then
            tail -n 30 "$log" >&2
            rm -f -- "$log"
            echo "install.bash: could not install: ${missing[*]}" >&2
            exit 1
        fi
    fi
    # jq 1.6 takes ten times as long to begin, thousands of times; not every release has this one.
    if [[ " $* " =~ ' test '|' all ' ]] && ! command -v gojq >/dev/null; then
        "${apt[@]}" install -y --no-install-recommends gojq >"$log" 2>&1 || true
    fi
    rm -f -- "$log"
}

main "$@"
