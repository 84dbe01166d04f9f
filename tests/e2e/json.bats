#!/usr/bin/env bats
# What scripts build on: one object on stdout, the keys promised, numbers and times in their units.

load lab

web=$(named web)

setup_file() {
    lab_begin
    container "$(named web)" --label color=blue --volume data:/data
    davit attach --ro "$SOURCE" "$(named web):/mnt/it"
}

teardown_file() {
    davit detach "$(named web):/mnt/it"
    lab_end
}

# has FILTER KEYS…: every object that FILTER yields has all these keys, and there is at least one.
has() {
    local filter=$1
    shift
    json "[$filter] | length > 0 and all(.[]; . as \$o | \$ARGS.positional | all(. as \$k | \$o | has(\$k)))" \
        --args "$@"
}

assert_one_object() {
    [[ $(jq -s 'length == 1 and (.[0] | type == "object" and .schema == 1)' <<<"$out") == true ]]
}

@test "ps" {
    davit_exits 0 ps --json
    assert_one_object
    has '.containers[]' id name name_source runtime image pod state started pid mnt_ns userns \
        attached_count labels
    has '.runtimes[]' name state endpoint error hint
    json '.containers[] | select(.name == $web) | .id == $id and .runtime == "docker"
        and .image == "busybox:local" and .state == "running" and .pid == $pid
        and .attached_count == 1 and .labels.color == "blue" and .name_source == "daemon"' \
        --arg web "$web" --arg id "$(id_of "$web")" --argjson pid "$(pid_of "$web")"
    json '.containers[] | select(.name == $web) | .started
        | test("^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$")' \
        --arg web "$web"
    json '.containers[] | select(.name == $web) | .mnt_ns == $ns' --arg web "$web" \
        --argjson ns "$(stat -Lc %i "/proc/$(pid_of "$web")/ns/mnt")"
}

@test "fs" {
    davit_exits 0 fs --json
    assert_one_object
    has '.filesystems[]' mount_point device major_minor sub_root type options read_only \
        propagation size used avail usage_at label uuid model transport holders
    json 'all(.filesystems[]; (.options | type == "array") and (.read_only | type == "boolean"))'
    json '.filesystems[] | select(.mount_point == "/") | .major_minor == $dev' \
        --arg dev "$(where / | cut -d ' ' -f 1)"
}

@test "mounts" {
    davit_exits 0 mounts "$web" --json
    assert_one_object
    has '.mounts[]' target device major_minor sub_root type options read_only propagation \
        peer_group receives_from gives_to why origin id stale
    json '[.mounts[] | select(.target == "/mnt/it")] | length == 1 and (.[0]
        | .origin == "attached" and .read_only and (.options | contains(["ro", "nosuid", "nodev"]))
        and .propagation == "private" and .major_minor == $dev)' \
        --arg dev "$(where "$SOURCE" | cut -d ' ' -f 1)"
    json '.mounts[] | select(.target == "/data") | .origin == "declared"'
    json '.mounts[] | select(.target == "/proc") | .origin == "system"'
    json '.mounts[] | select(.target == "/") | .origin == "image" and .type == "overlay"'
    # As many as the container's own table has.
    json '.mounts | length == $n' --argjson n "$(wc -l <"/proc/$(pid_of "$web")/mountinfo")"
}

@test "ls of the host and of the container" {
    touch -d 2020-02-03T04:05:06Z "$SOURCE/file"
    davit_exits 0 ls "$SOURCE" --json
    assert_one_object
    has '.entries[]' name type size mode uid gid mtime link
    json '.entries[] | select(.name == "file") | .size == 14 and .uid == 0
        and (.mtime | startswith("2020-02-03T04:05:06"))'
    davit_exits 0 ls "$web:/mnt/it" --json
    assert_one_object
    json '[.entries[].name] == ["file"]'
    davit_exits 0 ls "$web:/bin" --json
    json '.entries[] | select(.name == "sh") | .link == "busybox"'
}

@test "attach, detach and undo" {
    local keys=(container target ok error operation device major_minor sub_root sub_path method
        options read_only mount_id verified reveals reveals_nothing steps warnings)
    davit_exits 0 attach "$SOURCE" "$web:/mnt/keys" --json
    assert_one_object
    has '.results[]' "${keys[@]}"
    has '.results[].steps[]' stage text call result errno took_us
    json '.results[0] | .ok and .method == "tree" and .container == $web
        and .target == "/mnt/keys" and .error == null and .verified and (.read_only | not)
        and (.warnings | type == "array") and (.options | type == "array")' --arg web "$web"
    davit_exits 0 undo --yes --json
    assert_one_object
    has '.results[]' "${keys[@]}"
    davit_exits 0 attach "$SOURCE" "$web:/mnt/keys" --json
    davit_exits 0 detach "$web:/mnt/keys" --json
    assert_one_object
    has '.results[]' "${keys[@]}"
    has '.results[].steps[]' stage text call result errno took_us
}

@test "--dry-run" {
    davit_exits 0 attach --dry-run "$SOURCE" "$web:/mnt/keys" --json
    assert_one_object
    has '.plans[]' container target steps predicted warnings
    has '.plans[].steps[]' stage text call
    has '.plans[].predicted' container target device major_minor sub_root sub_path method options \
        read_only
}

@test "status" {
    davit_exits 0 status --json
    assert_one_object
    has '.attachments[]' id container target source mount_id since by state kept until
    json '.attachments[] | select(.target == "/mnt/it") | .state == "live"
        and .container == $web and .source == $source' --arg web "$web" --arg source "$SOURCE"
}

@test "events" {
    davit_exits 0 events --json
    has '.events[]' at by id operation container target source result
    assert_one_object
    json 'any(.events[]; .operation == "attach" and .target == "/mnt/it" and .container == $web)' \
        --arg web "$web"
}

@test "doctor" {
    davit_exits 0 doctor --json
    assert_one_object
    has '.checks[]' name ok detail hint
}

@test "every error is an object, with its exit code, on stdout" {
    davit_exits 3 mounts no-such-container --json
    assert_one_object
    has .error code exit stage path errno message hint
    davit_exits 2 attach --json
    assert_one_object
    has .error code exit stage path errno message hint
    json '.error.exit == 2'
    davit_exits 2 no-such-verb --json
    assert_one_object
    davit_exits 2 ps --no-such-option --json
    assert_one_object
}

@test "bytes that are not UTF-8 come as clean text and as base64" {
    local name=$'x\xff'
    mkdir "$SUITE_DIR/odd"
    touch "$SUITE_DIR/odd/$name"
    davit_exits 0 ls "$SUITE_DIR/odd" --json
    json '.entries[0] | .name == "x\ufffd" and .name_b64 == "eP8="'
}

@test "JSON is what --json prints also when the terminal is narrow or colour is forced off" {
    COLUMNS=20 davit_exits 0 ps --json --no-color
    assert_one_object
    [[ $out != *$'\e'* ]]
}
