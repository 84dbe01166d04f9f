# Debian's own kernels, fetched once into a cache: sourced by run.
#
# apt fetches and verifies them, through a sources list and a state folder of their own, so that the machine's
# sources, lists and packages stay as they are. What the tests need of each package is kept:
#   CACHE/KERNEL/vmlinuz          the image
#   CACHE/KERNEL/modules/*.ko     EMULATE_MODULES and what they depend on
#   CACHE/KERNEL/order            their names in the order in which insmod takes them
#   CACHE/KERNEL/package          name and version of the package
#   CACHE/KERNEL/sums             checksums of the above, looked at before each use
# To fetch newer builds of the kernels, remove the cache.

# crc32c_generic comes first: ext4 asks the crypto layer for it by name, which no dependency list shows.
EMULATE_MODULES=(crc32c_generic loop ext4 overlay fuse isofs)

# The Debian release whose main kernel is $1.
kernel_suite() {
    case $1 in
    6.1) echo bookworm ;;
    5.10) echo bullseye ;;
    *) return 1 ;;
    esac
}

# A mirror forgets a release some years after its end; the archive then has it.
kernel_mirrors() {
    echo "${DAVIT_MIRROR:-http://deb.debian.org/debian}"
    echo http://archive.debian.org/debian
}

# True when the cache folder $1 holds a whole kernel, with all the modules.
kernel_cached() {
    local module
    for module in "${EMULATE_MODULES[@]}"; do
        [[ -s $1/modules/$module.ko ]] || return
    done
    [[ -s $1/sums ]] && (cd "$1" && sha256sum --quiet --strict -c sums) >/dev/null 2>&1
}

# Fetches and unpacks the kernel package of release $1 from mirror $2 in the empty folder $3.
# The .deb ends up as $3/*.deb, its content as $3/tree.
kernel_download() {
    local suite=$1 mirror=$2 dir=$3 keys=/usr/share/keyrings/debian-archive-keyring.gpg package
    mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial"
    echo "deb [signed-by=$keys] $mirror $suite main" >"$dir/sources.list"
    local apt=(-qq -o "Dir::State=$dir/state" -o Dir::State::status=/dev/null
        -o "Dir::Cache=$dir/cache" -o "Dir::Etc::SourceList=$dir/sources.list"
        -o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::Preferences=/dev/null
        -o Dir::Etc::PreferencesParts=/dev/null -o APT::Architecture=amd64
        -o Acquire::Languages=none -o Acquire::Retries=2 -o APT::Sandbox::User=root
        -o Acquire::Check-Valid-Until=false -o APT::Update::Error-Mode=any)
    apt-get "${apt[@]}" update || return
    package=$(apt-cache "${apt[@]}" depends linux-image-amd64 |
        sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -n 1)
    [[ -n $package ]] || return
    (cd "$dir" && apt-get "${apt[@]}" download "$package") || return
    dpkg-deb -x "$dir/$package"_*.deb "$dir/tree" || return
    basename "$dir/$package"_*.deb .deb >"$dir/package"
}

# Copies module $1 and, before it, what it depends on from the tree $2 to the folder $3; appends the names to
# $3/order.
kernel_module() {
    local name=$1 tree=$2 to=$3 file dep
    grep -qx "$name.ko" "$to/order" && return
    file=$(find "$tree/lib/modules" -name "$name.ko" -o -name "${name//_/-}.ko" | head -n 1)
    if [[ -z $file ]]; then
        echo "# no module $name in $(cat "$to/package")" >&2
        return 1
    fi
    # modinfo(8) reads this from the file as well, but may be absent; the section is a row of C strings.
    for dep in $(tr '\0' '\n' <"$file" | sed -n 's/^depends=//p' | tr ',' ' '); do
        kernel_module "$dep" "$tree" "$to" || return
    done
    cp "$file" "$to/modules/$name.ko" && echo "$name.ko" >>"$to/order"
}

# kernel_fetch KERNEL CACHE WORK: leaves the kernel in CACHE/KERNEL. WORK is an empty folder for what is in between.
kernel_fetch() {
    local kernel=$1 cache=$2 work=$3 suite mirror module
    kernel_cached "$cache/$kernel" && return
    suite=$(kernel_suite "$kernel") || return
    for mirror in $(kernel_mirrors); do
        rm -rf "$work/download"
        mkdir -p "$work/download"
        kernel_download "$suite" "$mirror" "$work/download" >&2 && break
    done
    if [[ ! -s $work/download/package ]]; then
        echo "# $suite's kernel cannot be fetched; is there a way to $(kernel_mirrors | head -n 1)?" >&2
        return 1
    fi
    local new=$cache/.$kernel.$$
    rm -rf "$new"
    mkdir -p "$new/modules"
    : >"$new/order"
    mv "$work/download/package" "$new/package"
    cp "$work"/download/tree/boot/vmlinuz-* "$new/vmlinuz" || return
    for module in "${EMULATE_MODULES[@]}"; do
        kernel_module "$module" "$work/download/tree" "$new" || return
    done
    (cd "$new" && sha256sum vmlinuz order package modules/*.ko >sums) || return
    rm -rf "${cache:?}/$kernel" "$work/download"
    mv "$new" "$cache/$kernel"
}
