# The file system that the emulated machine starts from: sourced by run.

# Copies the program $2 with its shared libraries under the folder $1, each at the path it has here; the program
# itself goes to $1/usr/bin.
image_program() {
    install -D -m 755 "$2" "$1/usr/bin/${2##*/}"
    image_libraries "$1" "$2"
}

image_libraries() {
    local root=$1 program=$2 lib
    # A static program has no libraries; ldd says so by its exit code.
    for lib in $(ldd "$program" 2>/dev/null | sed -n 's/^\(.* => \)\?[[:space:]]*\(\/[^ ]*\) (0x.*$/\2/p'); do
        [[ -e $root$lib ]] || install -D -m 755 "$lib" "$root$lib"
    done
}

# Copies a library that is loaded at run time, by soname $2, with its own libraries, if it is here.
image_library() {
    local root=$1 soname=$2 path lib
    path=$(ldconfig -p | sed -n "s/^[[:space:]]*$soname (libc6,x86-64.*) => \(.*\)$/\1/p" | head -n 1)
    [[ -n $path ]] || return 0
    for lib in "$path" $(ldd "$path" | sed -n 's/^.* => \(\/[^ ]*\) (0x.*$/\1/p'); do
        [[ -e $root$lib ]] || install -D -m 755 "$lib" "$root$lib"
    done
}

# A small ext4 image with one file in it.
image_ext4() {
    local file=$1 work=$2
    mkdir -p "$work/ext4/inner/deep"
    echo on-ext4 >"$work/ext4/hello"
    echo inner-ext4 >"$work/ext4/inner/deep/hello"
    truncate -s 4M "$file"
    mke2fs -q -F -t ext4 -d "$work/ext4" "$file"
}

# The same files as a CD.
image_iso() {
    genisoimage -quiet -R -V DAVITCD -o "$1" "$2/ext4"
}

# image_base ROOT BUILD GUEST WORK: fills ROOT with everything but the kernel's modules.
image_base() {
    local root=$1 build=$2 guest=$3 work=$4 busybox applet program found
    mkdir -p "$root"/{bin,dev,etc,proc,root,run,srv,sys,tmp,usr/bin,usr/share/davit-tests}
    busybox=$(command -v busybox)
    if ldd "$busybox" >/dev/null 2>&1; then
        echo "# $busybox is not static; install busybox-static" >&2
        return 1
    fi
    install -m 755 "$busybox" "$root/bin/busybox"
    for applet in $("$busybox" --list); do
        [[ $applet == busybox ]] || ln -s busybox "$root/bin/$applet"
    done
    ln -s bin "$root/sbin"
    echo root:x:0:0:root:/root:/bin/sh >"$root/etc/passwd"
    echo root:x:0: >"$root/etc/group"
    install -m 755 "$guest/init" "$root/init"
    install -m 644 "$guest"/*.sh "$root/usr/share/davit-tests/"
    image_program "$root" "$build/tui/davit" || return
    for program in scratch killat peeler fuse prowler; do
        for found in "$build/tests/$program" "$build/tests/lab/$program"; do
            [[ -x $found && -f $found ]] && image_program "$root" "$found"
        done
    done
    image_library "$root" libudev.so.1 && image_library "$root" libblkid.so.1 || return
    image_ext4 "$root/srv/ext4.img" "$work" && image_iso "$root/srv/cd.iso" "$work"
}

# image_pack ROOT KERNELDIR OUT: the initramfs of one kernel. An initramfs may be several archives in a row: the
# common part is packed once, the modules follow.
image_pack() {
    local root=$1 kernel=$2 out=$3 base=${3%/*}/base.cpio
    [[ -s $base ]] || (cd "$root" && find . -print0 | cpio -0 -o -H newc --quiet -R 0:0) >"$base" || return
    mkdir -p "$out.d/modules"
    cp "$kernel"/modules/*.ko "$kernel/order" "$out.d/modules/"
    (cd "$out.d" && find . -print0 | cpio -0 -o -H newc --quiet -R 0:0) >"$out.modules" || return
    cat "$base" "$out.modules" >"$out"
    rm -rf "$out.d" "$out.modules"
}
