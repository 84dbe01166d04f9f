# What the emulated machine needs beyond image.bash to be a host with systemd as its first process: this machine's own
# systemd, and davit as `meson install` places it. Sourced by run.

SYSTEMD_PROGRAMS=(/lib/systemd/systemd /lib/systemd/systemd-journald /bin/systemctl /bin/journalctl
    /usr/bin/systemd-nspawn)
SYSTEMD_UNITS=({basic,sysinit,multi-user,shutdown,umount,sockets,paths,timers,slices,machines,network}.target
    {local-fs,local-fs-pre,remote-fs,swap}.target systemd-journald.service systemd-journald{,-dev-log}.socket
    systemd-nspawn@.service)

# image_systemd ROOT BUILD GUEST: ROOT is filled by image_base.
image_systemd() {
    local root=$1 build=$2 guest=$3 program unit log=$1.log
    # One folder for both spellings of where its parts are.
    mkdir -p "$root/lib/systemd/system" "$root"/etc/systemd/system/{sysinit,sockets,multi-user}.target.wants \
        "$root"/var/{lib/machines,log,tmp}
    ln -s ../run "$root/var/run"
    ln -s ../lib "$root/usr/lib"
    for program in "${SYSTEMD_PROGRAMS[@]}"; do
        image_program "$root" "$program" || return
        # Busybox has no program of these names, and they are looked for where they are here.
        [[ ${program%/*} != /lib/systemd ]] || mv "$root/usr/bin/${program##*/}" "$root$program" || return
    done
    for unit in "${SYSTEMD_UNITS[@]}"; do
        cp "/lib/systemd/system/$unit" "$root/lib/systemd/system/" || return
    done
    ln -s /lib/systemd/system/systemd-journald.service "$root/etc/systemd/system/sysinit.target.wants/"
    ln -s /lib/systemd/system/systemd-journald{,-dev-log}.socket "$root/etc/systemd/system/sockets.target.wants/"
    cp -r "$guest/units/." "$root/etc/systemd/system/"
    ln -s /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
    ln -s ../davit-tests.service "$root/etc/systemd/system/multi-user.target.wants/"
    echo 'ID=davit-tests' >"$root/etc/os-release"
    echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
    if ! meson install -C "$build" --no-rebuild --strip --destdir "$root" >"$log" 2>&1; then
        sed 's/^/# /' "$log" >&2
        return 1
    fi
    for program in "$build"/tui/davit*; do
        [[ ! -f $program || ! -x $program ]] || image_libraries "$root" "$program" || return
    done
}
