#!/usr/bin/env bats
# davit as commands of docker: the real client finds them, lists them and runs them; what is wrong
# is said before anything happens.

load lab

web=$(named web)

setup_file() {
    lab_begin
    container "$(named web)"
    container "$(named off)"
    docker stop --time 0 "$(named off)" >/dev/null
    container_started "$(named off)"
    mkdir -p "$SUITE_DIR/config/cli-plugins"
    # A link to the program itself; what the pass puts around davit comes by a script of its name.
    local name
    for name in addvol rmvol davit; do
        if [[ ${#davit_words[@]} -eq 1 ]]; then
            ln -s "${davit_words[0]}" "$SUITE_DIR/config/cli-plugins/docker-$name"
        else
            mkdir -p "$SUITE_DIR/links"
            ln -s "${davit_words[-1]}" "$SUITE_DIR/links/docker-$name"
            printf '#!/bin/bash\nexec %s %q "$@"\n' "${davit_words[*]:0:${#davit_words[@]}-1}" \
                "$SUITE_DIR/links/docker-$name" >"$SUITE_DIR/config/cli-plugins/docker-$name"
            chmod 755 "$SUITE_DIR/config/cli-plugins/docker-$name"
        fi
    done
}

teardown_file() {
    lab_end
}

setup() {
    snapshot_tables "$web"
}

# plugin CODE ARGS…: docker with those plug-ins and davit's state in the suite's folder.
plugin() {
    local want=$1 got=0
    shift
    out=$(DOCKER_CONFIG=$SUITE_DIR/config docker "$@" 2>"$SUITE_DIR/err") || got=$?
    err=$(<"$SUITE_DIR/err")
    [[ $got -eq $want ]] || fail "docker $* exited with $got, not $want" "stdout: $out" "stderr: $err"
}

@test "docker lists them in its help, with what they do" {
    plugin 0 --help
    says "addvol*"
    says "Add a host directory or file to a running container"
    says "rmvol*"
    says "davit*"
    out=$("$SUITE_DIR/config/cli-plugins/docker-addvol" docker-cli-plugin-metadata)
    json '.SchemaVersion == "0.1.0" and .Vendor == "davit" and (.Version | length > 0)
        and (.ShortDescription | length > 0)'
    plugin 0 addvol --help
    says "docker addvol [OPTIONS] HOSTPATH CONTAINER CONTPATH"
    says "--ro"
    plugin 0 help rmvol
    says "CONTAINER CONTPATH"
}

@test "addvol adds, rmvol takes away" {
    plugin 0 addvol --state-dir "$STATE" "$SOURCE" "$web" /mnt/added
    assert_attached "$web" /mnt/added rw,nosuid,nodev "$SOURCE"
    plugin 0 rmvol --state-dir "$STATE" "$web" /mnt/added
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /mnt/added
    plugin 0 addvol --ro --state-dir "$STATE" "$SOURCE" "$(id_of "$web")" /mnt/added
    assert_attached "$web" /mnt/added ro,nosuid,nodev "$SOURCE"
    plugin 0 rmvol --state-dir "$STATE" "$web" /mnt/added
    assert_tables_unchanged "$web"
}

@test "docker davit is davit" {
    plugin 0 davit ps --json
    json '.containers | any(.name == $web)' --arg web "$web"
    plugin 0 davit --version
    says "davit "
    plugin 3 davit mounts none-such
    plugin 7 davit enter "$web" -- sh -c 'exit 7'
    # The console, on the terminal that docker was given.
    DOCKER_CONFIG=$SUITE_DIR/config TERM=xterm "$LAB_TOOLS/pty" -t 30 -s 100x30 \
        "$(type -P docker)" --host "unix://$(lab_socket docker)" davit --state-dir "$STATE" <<'STEPS'
wait Containers
raw
send q
exited 0
cooked
STEPS
}

# Each with a message of its own, and before anything is changed.
@test "what is wrong is said first" {
    local what code expected words
    while IFS='|' read -r what code expected; do
        eval "words=($what)"
        plugin "$code" addvol --state-dir "$STATE" "${words[@]}"
        says "$expected"
    done <<'CASES'
|2|takes 3 arguments, not 0
"$SOURCE" "$web"|2|takes 3 arguments, not 2
"$SOURCE" "$web" /a /b|2|takes 3 arguments, not 4
"$web" "$SOURCE" /mnt/x|2|is no path of the host
"$SOURCE" /mnt/x "$web"|2|is no container
"$SOURCE" "$web" mnt/x|2|is no absolute path in a container
"$SOURCE" none-such /mnt/x|3|none-such
"$SOURCE" "$(named off)" /mnt/x|3|does not run: it is exited
"$SOURCE/none" "$web" /mnt/x|3|does not exist
"$SOURCE" "$web" /proc/x|6|/proc
--nonsense "$SOURCE" "$web" /mnt/x|2|--nonsense
CASES
    plugin 2 rmvol --state-dir "$STATE" "$web"
    says "takes 2 arguments, not 1"
    plugin 2 rmvol --state-dir "$STATE" /mnt/x "$web"
    says "is no container"
    plugin 3 rmvol --state-dir "$STATE" "$web" /mnt
    says "nothing is attached"
    assert_tables_unchanged "$web"
    assert_absent_inside "$web" /mnt/x
}

@test "a context that only docker knows, and a daemon elsewhere, are not guessed at" {
    local got=0
    out=$(DOCKER_CONTEXT=far "$SUITE_DIR/config/cli-plugins/docker-addvol" addvol "$SOURCE" "$web" \
        /mnt/x 2>&1) || got=$?
    [[ $got -eq 7 ]]
    says "context far"
    echo '{"currentContext": "near"}' >"$SUITE_DIR/config/config.json"
    got=0
    out=$(DOCKER_CONFIG=$SUITE_DIR/config "$SUITE_DIR/config/cli-plugins/docker-addvol" addvol \
        "$SOURCE" "$web" /mnt/x 2>&1) || got=$?
    rm "$SUITE_DIR/config/config.json"
    [[ $got -eq 7 ]]
    says "context near"
    # A container here may have the name that is meant on another machine.
    got=0
    out=$(DOCKER_CONFIG=$SUITE_DIR/config command docker --host tcp://127.0.0.1:1 addvol "$SOURCE" \
        "$web" /mnt/x 2>&1) || got=$?
    [[ $got -eq 7 ]]
    says "another machine's"
    got=0
    out=$(DOCKER_HOST=tcp://127.0.0.1:1 "$SUITE_DIR/config/cli-plugins/docker-addvol" addvol \
        "$SOURCE" "$web" /mnt/x 2>&1) || got=$?
    [[ $got -eq 7 ]]
    says "another machine's"
    assert_tables_unchanged "$web"
}
