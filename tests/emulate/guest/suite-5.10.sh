# Linux 5.10 has open_tree, move_mount and openat2 but not mount_setattr (5.12): flags and propagation cannot be set on
# a detached tree, so they cannot be proven before the container sees it. The answer is the recipe for what is on a
# block device, else it may be a clear refusal, exit code 7, which changes nothing; where davit says done, it must be true.

KERNEL=5.10 LACKS='|7'

t_doctor() {
    davit_exits "0|7" doctor
    says 'mount_setattr'
    says '5\.12'
    davit_exits "0|7" doctor --json
    json_has '"schema":1'
    json_has '"checks":[{'
    says 'mount_setattr'
    says '5\.12'
    says_not 'open_tree.*5\.2.*(missing|lacks)'
}

# lacking: the last attach was refused because of the kernel, and nothing is left of it.
lacking() {
    says 'mount_setattr'
    says '5\.12'
    unchanged
    no_attachments
}

# attach_or_lack [OPTION…] SOURCE TARGET READS: done and right, or refused and nothing changed.
attach_or_lack() {
    local source=$1 target=$2 reads=$3
    remember
    davit_exits "0|7" attach "$source" "web:$target"
    if [ "$CODE" -ne 0 ]; then
        lacking
        return 1
    fi
    added 1
    expect "its content is seen inside" test "$(inside cat "$target$reads")" = "$(cat "$source$reads")"
    expect "nosuid" mount_has "$target" nosuid
    expect "nodev" mount_has "$target" nodev
    refuse "it is private" mount_shared "$target"
}

t_directory() {
    if attach_or_lack /srv/data /mnt/there /hello; then
        davit_exits 0 detach web:/mnt/there
        unchanged
    fi
    expect "what was there before is there" inside test -f /mnt/there/kept
}

t_file() {
    if attach_or_lack /srv/one /etc/file ''; then
        davit_exits 0 detach web:/etc/file
        unchanged
    fi
    expect "the file is the old one" test "$(inside cat /etc/file)" = old
}

t_new_target() {
    if attach_or_lack /srv/tmp /mnt/new/deeper /hello; then
        davit_exits 0 detach web:/mnt/new/deeper
        unchanged
    fi
    refuse "nothing is left of the target" inside test -e /mnt/new
    expect "nothing is left of a half-made one" test -z "$(inside find /mnt -name '.davit*')"
}

t_read_only() {
    remember
    davit_exits 7 attach --ro /srv/data web:/mnt/there
    lacking
    davit_exits 7 attach -R --ro /srv/ext4 web:/mnt/new
    lacking
    refuse "nothing is left of the target" inside test -e /mnt/new
    expect "the source can be written" sh -c 'echo x >/srv/ext4/x && rm /srv/ext4/x'
}

t_recursive() {
    remember
    davit_exits "0|7" attach -R /srv/data web:/mnt/there
    if [ "$CODE" -ne 0 ]; then
        lacking
        return
    fi
    added 2
    expect "the mount below is seen" test "$(inside cat /mnt/there/sub/inner)" = below
    davit_exits 0 detach web:/mnt/there
    unchanged
}

t_error_object() {
    davit_exits 7 attach --json --ro /srv/data web:/mnt/there
    json_has '"schema":1'
    json_has '"exit":7'
    says 'mount_setattr'
    says '5\.12'
}

# What is on a block device is attached all the same, by the recipe.
t_recipe_chosen() {
    recipe_round
}

# What makes its own mount needs mount_setattr too: refused before a loop device is made or a helper run, also by a
# dry run, whether or not a user namespace wants owners mapped.
t_makers() {
    local source
    remember
    for source in tmpfs: image:/srv/second.img device:/dev/loop0 '-t davit-test nas:/vol' '-r --method tree /srv/ext4'; do
        # shellcheck disable=SC2086
        davit_exits 7 attach --dry-run $source web:/mnt/new
        # shellcheck disable=SC2086
        davit_exits 7 attach $source web:/mnt/new
        says '--method recipe'
        lacking
    done
    expect "no loop device was made" second_is_free
    refuse "no helper was run" test -e $W/helped
    refuse "no target was made" inside test -e /mnt/new
}

t_owners() {
    local web=$PID option
    boxed_start || return
    for option in --ro '--idmap auto' '--idmap off' '--idmap 0:1000:2'; do
        remember
        # shellcheck disable=SC2086
        davit_exits 7 attach $option /srv/ext4/own boxed:/mnt
        says 'user namespace of its own: the recipe can neither lock a mount nor map its owners'
        says 'mount_setattr'
        unchanged
    done
    boxed_stop
    PID=$web
    no_attachments
}

t_replace() {
    remember
    davit_exits 0 attach /srv/ext4 web:/mnt/there
    davit_exits 7 replace /srv/ext4/inner web:/mnt/there
    says 'davit detach, then davit attach'
    added 1
    davit_exits 0 detach web:/mnt/there
    unchanged
    no_attachments
}

t_nothing_left() {
    no_attachments
    expect "no process of davit's is left" test -z "$(pidof davit)"
}

common_tests
run_test t_doctor "doctor names mount_setattr and the kernel that has it"
run_test t_directory "a directory: attached and right, or refused with nothing changed"
run_test t_file "a file: attached and right, or refused with nothing changed"
run_test t_new_target "a missing target: made and removed, or refused with nothing made"
run_test t_recursive "-R: attached and right, or refused with nothing changed"
run_test t_read_only "--ro cannot be proven here: exit code 7"
run_test t_error_object "the refusal as a JSON error object"
run_test t_recipe "--method recipe: an ext4 is mounted inside, nothing is left of the work"
run_test t_recipe_chosen "the recipe is chosen by itself, --ro is proven with it"
run_test t_makers "images, devices, helpers, tmpfs: refused before anything is made"
run_test t_owners "a user namespace: refused with the reason"
run_test t_replace "replace: refused, what is attached stays"
run_test t_nothing_left "no attachment, no process is left"
