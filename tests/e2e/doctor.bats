#!/usr/bin/env bats
# davit doctor: what works here, what does not, and why.

load lab

setup_file() {
    lab_begin
}

@test "names the kernel's calls, the privileges and the runtimes" {
    davit_exits 0 doctor --json
    local word
    for word in open_tree move_mount mount_setattr openat2 CAP_SYS_ADMIN docker; do
        json '.checks | any(.[]; (.name + " " + .detail) | contains($word))' --arg word "$word"
    done
    json 'all(.checks[]; (.name | length > 0) and (.ok | type == "boolean")
        and (.detail | length > 0) and (.ok or (.hint | length > 0)))'
}

@test "tries whether owners can be mapped, and what for" {
    davit_exits 0 doctor --json
    json '.checks[] | select(.name == "mapped owners") | .detail | contains("--idmap works")'
    local davit_words=(setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin
        "${davit_words[-1]}")
    davit doctor --json >"$SUITE_DIR/out" || true
    out=$(<"$SUITE_DIR/out")
    json '.checks[] | select(.name == "mapped owners") | .detail | contains("--idmap off")'
}

@test "what an attach needs is fine here" {
    davit_exits 0 doctor --json
    local word
    for word in open_tree move_mount mount_setattr openat2 CAP_SYS_ADMIN; do
        json '.checks | map(select((.name + " " + .detail) | contains($word))) | all(.[]; .ok)' \
            --arg word "$word"
    done
}

@test "a call that the kernel lacks is found, with the version that brings it" {
    local davit_words=("${davit_words[@]:0:${#davit_words[@]}-1}" "$LAB_TOOLS/without"
        --calls move_mount "${davit_words[-1]}")
    davit doctor --json >"$SUITE_DIR/out" || true
    out=$(<"$SUITE_DIR/out")
    json '.checks | any(.[]; (.name + " " + .detail | contains("move_mount")) and (.ok | not)
        and ([.detail, .hint] | map(strings) | any(contains("5.2"))))'
}

@test "a kernel like 6.1 is told apart from a newer one" {
    [[ $DAVIT_PASS == old ]] || local davit_words=("$LAB_TOOLS/without" --since 6.1 "${davit_words[@]}")
    davit_exits 0 doctor --json
    json '.checks[] | select(.name == "statmount") | .detail | contains("6.8") and contains("not here")'
}

@test "without CAP_SYS_ADMIN it says so and does not fail itself" {
    local davit_words=(setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin
        "${davit_words[-1]}")
    davit doctor --json >"$SUITE_DIR/out" || true
    out=$(<"$SUITE_DIR/out")
    json '.checks | any(.[]; (.name + " " + .detail | contains("CAP_SYS_ADMIN")) and (.ok | not)
        and (.hint | contains("sudo")))'
}

@test "a daemon that cannot be reached is named with its socket" {
    SOCKET=$SUITE_DIR/none/docker.sock davit doctor --json >"$SUITE_DIR/out" || true
    out=$(<"$SUITE_DIR/out")
    json '.checks | any(.[]; (.name + " " + .detail | contains($socket)) and (.ok | not))' \
        --arg socket "$SUITE_DIR/none/docker.sock"
}

@test "it changes nothing" {
    snapshot_tables
    davit_exits 0 doctor
    assert_host_unchanged
    [[ -n $out ]]
}

@test "--version and --help" {
    [[ $("${davit_words[@]}" --version) =~ ^davit\ [0-9]+\.[0-9]+ ]]
    local help verb
    help=$("${davit_words[@]}" --help)
    for verb in ps fs mounts ls attach detach status events undo doctor; do
        [[ $help == *"$verb"* ]] || fail "--help does not name $verb"
    done
    [[ $("${davit_words[@]}" attach --help) == *--ro* ]]
}
