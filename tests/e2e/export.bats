#!/usr/bin/env bats
# What was attached live, declared to docker itself: a new container sees the same files.

load lab

web=$(named web)
again=$(named again)
data=$(named data)
# What CSV, YAML, compose or a shell takes for its own.
odd='o:d,d "$HOME" it'\''s `x` \a #*~ ü'

setup_file() {
    lab_begin
    container "$(named web)"
    docker volume create "$(named data)" >/dev/null
    mkdir -p "$SUITE_DIR/$odd"
    echo odd >"$SUITE_DIR/$odd/file"
}

teardown_file() {
    lab_end
    docker volume rm "$(named data)" >/dev/null
}

setup() {
    snapshot_tables "$web"
}

teardown() {
    local at
    [[ ! -e $SUITE_DIR/pids/$again ]] || remove_container "$again"
    for at in /mnt/dir "/mnt/$odd" /mnt/odd /mnt/file /mnt/volume /mnt/tmp $'/mnt/e\e[31m'; do
        davit detach "$web:$at" >/dev/null 2>&1 || true
    done
}

@test "docker run with the flags: the same files, read-only where they were" {
    local flags
    davit_exits 0 attach --ro "$SOURCE" "$web:/mnt/dir"
    davit_exits 0 attach "$SUITE_DIR/$odd" "$web:/mnt/$odd"
    davit_exits 0 attach "$SOURCE/file" "$web:/mnt/file"
    davit_exits 0 attach "volume:docker/$data" "$web:/mnt/volume"
    davit_exits 0 attach tmpfs:size=2m "$web:/mnt/tmp"
    inside "$web" sh -c 'echo "of the volume" >/mnt/volume/file'
    davit_exits 0 export "$web" --json
    json '.schema == 1 and (.run | length) == 10 and .left_out == []'
    mapfile -t flags < <(jq -r '.run[]' <<<"$out")
    # A shell reads the same in what is there to be copied.
    davit_exits 0 export "$web"
    [[ $(eval "printf '%s\n' $(sed -n 's/^# docker run \(.*\) …$/\1/p' <<<"$out")") == \
        "$(printf '%s\n' "${flags[@]}")" ]]
    container "$again" "${flags[@]}"
    [[ $(inside "$again" cat /mnt/dir/file "/mnt/$odd/file" /mnt/file /mnt/volume/file) == \
        $'from the host\nodd\nfrom the host\nof the volume' ]]
    run inside "$again" touch /mnt/dir/new
    [[ $status -ne 0 ]]
    inside "$again" touch "/mnt/$odd/new"
    [[ -e $SUITE_DIR/$odd/new ]]
    rm "$SUITE_DIR/$odd/new"
    grep -q " /mnt/tmp .*size=2048k" "/proc/$(pid_of "$again")/mountinfo"
}

# Read by compose where the client has it, else as what it is, YAML.
accepted() {
    if docker compose version >/dev/null 2>&1; then
        docker compose --file "$1" config --format json
    elif command -v docker-compose >/dev/null; then
        docker-compose --file "$1" config >/dev/null && as_yaml "$1"
    else
        as_yaml "$1"
    fi
}

# Strings are JSON's in the fragment, so that little of YAML is needed to read it.
as_yaml() {
    python3 -c 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))' "$1"
}

@test "the compose fragment says the same" {
    davit_exits 0 attach --ro --propagation slave "$SOURCE" "$web:/mnt/dir"
    davit_exits 0 attach "$SUITE_DIR/$odd" "$web:/mnt/$odd"
    davit_exits 0 attach "volume:docker/$data" "$web:/mnt/volume"
    davit_exits 0 export "$web"
    printf '%s\n' "$out" >"$SUITE_DIR/compose.yaml"
    sed -i 's/^    volumes:$/    image: busybox:local\n    volumes:/' "$SUITE_DIR/compose.yaml"
    says "# docker run --mount"
    out=$(accepted "$SUITE_DIR/compose.yaml")
    json '.services[$web].volumes as $v | ($v | length) == 3
        and ($v[0] | .type == "bind" and .source == $source and .target == "/mnt/dir"
            and .read_only and .bind.propagation == "rslave")
        and ($v[1] | .source == $odd and .target == $at)
        and ($v[2] | .type == "volume" and .source == $data)
        and (.volumes[$data] | .external)' \
        --arg web "$web" --arg source "$SOURCE" --arg data "$data" \
        --arg odd "$SUITE_DIR/${odd//\$/\$\$}" --arg at "/mnt/${odd//\$/\$\$}"
}

@test "what docker cannot declare is left out and said; and nothing is an error" {
    davit_refuses 3 not-attached export "$web"
    davit_refuses 3 no-container export none-such
    davit_exits 0 attach "$SOURCE" "$web:/mnt/dir"
    davit_exits 0 attach "$web:/etc" "$web:/mnt/odd"
    davit_exits 0 export "$web" --json
    json '(.run | length) == 2 and (.left_out[0] | .target == "/mnt/odd" and (.why | length > 0))'
    davit_exits 0 attach "$SOURCE" "$web:/mnt/"$'e\e[31m'
    davit_exits 0 export "$web"
    says "left out"
    says "its path has bytes"
    says_not $'\e'
}
