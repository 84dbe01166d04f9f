# Mount helpers of a suite's own, in its world's mount namespace alone: where davit looks for those of
# the machine's administrator. For suites that also say `load lab`.
# shellcheck shell=bash

helpers=/usr/local/sbin

# In setup_file, after lab_begin.
helpers_begin() {
    mkdir "$SUITE_DIR/helpers"
    mount --bind --make-private "$SUITE_DIR/helpers" "$helpers"
    helper davit-served <<S
#!/bin/sh
exec $LAB_TOOLS/fuse "\$2"
S
}

# In teardown_file, after lab_end.
helpers_end() { umount "$helpers"; }

# helper TYPE <<SCRIPT: a mount.TYPE.
helper() {
    cat >"$SUITE_DIR/helpers/mount.$1"
    chmod 0755 "$SUITE_DIR/helpers/mount.$1"
}
