/*
 * A front end for tests: what a verb of the command line does, done over the wire.
 *
 *   wire ENGINE-COMMAND... -- VERB [ARGUMENTS...]
 *   wire --stamp
 *
 * Takes the command line of `davit attach|detach|keep|forget|undo|mounts|ls` and asks a `davit
 * engine` that it starts (ENGINE-COMMAND engine ...) on the other end of a socket pair. Prints the
 * object that the verb prints with --json and exits with the same status; "step" and "notice" go to
 * stderr. What the protocol has no words for (a usage error, HOSTPATH, --quiet) is left to
 * ENGINE-COMMAND itself.
 *
 * --stamp copies lines of JSON from stdin to stdout, each as {"at_ms": milliseconds since the
 * epoch, "line": as it was}.
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

enum { FAILED = 125, ARGUMENTS_MAX = 128 };

struct call {
    char **engine; /* NULL-terminated */
    char **verb;   /* verb and its arguments */
    int n_verb;
    char *everywhere[16]; /* options that the engine is started with */
    unsigned n_everywhere;
    bool dry_run, yes;
    json_t *params;
    const char *method;
};

/* ---- what is left to the verb itself ---- */

static void __attribute__((noreturn)) leave_to_verb(const struct call *call)
{
    char *argv[2 * ARGUMENTS_MAX] = {NULL};
    int n = 0;

    for (char **word = call->engine; *word && n < ARGUMENTS_MAX; word++)
        argv[n++] = *word;
    for (int i = 0; i < call->n_verb && n < 2 * ARGUMENTS_MAX - 1; i++)
        argv[n++] = call->verb[i];
    execvp(argv[0], argv);
    fprintf(stderr, "wire: cannot execute %s: %s\n", argv[0], strerror(errno));
    exit(FAILED);
}

/* ---- members ---- */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static json_t *base64(const char *bytes)
{
    size_t length = strlen(bytes), used = 0;
    char *out = calloc(1, length / 3 * 4 + 8);
    json_t *value;

    for (size_t i = 0; i < length; i += 3) {
        unsigned long group = 0;

        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (i + k < length ? (unsigned char)bytes[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            out[used++] = i + k > length ? '=' : digits[group >> (18 - 6 * k) & 63];
    }
    value = json_string(out);
    free(out);
    return value;
}

/* Bytes that are no UTF-8, or not printable, go as base64 only. */
static void set_raw(json_t *object, const char *key, const char *bytes)
{
    char key64[64];
    bool plain = true;

    for (const char *s = bytes; *s; s++)
        plain &= *s >= ' ' && *s < 127;
    if (plain) {
        json_object_set_new(object, key, json_string(bytes));
        return;
    }
    snprintf(key64, sizeof key64, "%s_b64", key);
    json_object_set_new(object, key64, base64(bytes));
}

static bool add_target(json_t *targets, const char *word)
{
    const char *colon = NULL;
    const char *const flags[] = {":ro", ":rw", ":z", ":Z"};
    json_t *target = json_object();
    char container[512];

    for (const char *s = word; (s = strstr(s, ":/")); s++)
        colon = s;
    for (size_t i = 0; colon && i < sizeof flags / sizeof flags[0]; i++)
        if (strlen(colon) > strlen(flags[i]) &&
            strcmp(colon + strlen(colon) - strlen(flags[i]), flags[i]) == 0)
            colon = NULL;
    if (!colon || colon == word || colon - word >= (long)sizeof container || word[0] == '/' ||
        word[0] == '.')
        return false;
    memcpy(container, word, (size_t)(colon - word));
    container[colon - word] = '\0';
    for (const char *s = container; *s; s++)
        if (*s < ' ' || *s >= 127)
            return false;
    json_object_set_new(target, "container", json_string(container));
    set_raw(target, "target", colon + 1);
    return json_array_append_new(targets, target) == 0;
}

/* ---- the command line ---- */

enum {
    OPT_RO = 256,
    OPT_RW,
    OPT_PLAIN,
    OPT_CHOICE,
    OPT_EVERYWHERE,
    OPT_WAIT,
    OPT_LAZY,
    OPT_DRY,
    OPT_YES,
    OPT_NOTHING
};

static const struct option options[] = {
    {"ro", no_argument, NULL, OPT_RO},
    {"read-only", no_argument, NULL, OPT_RO},
    {"rw", no_argument, NULL, OPT_RW},
    {"recursive", no_argument, NULL, OPT_PLAIN},
    {"noexec", no_argument, NULL, OPT_PLAIN},
    {"suid", no_argument, NULL, OPT_PLAIN},
    {"dev", no_argument, NULL, OPT_PLAIN},
    {"mkdir", no_argument, NULL, OPT_PLAIN},
    {"no-mkdir", no_argument, NULL, OPT_PLAIN},
    {"force", no_argument, NULL, OPT_PLAIN},
    {"propagation", required_argument, NULL, OPT_CHOICE},
    {"mode", required_argument, NULL, OPT_CHOICE},
    {"method", required_argument, NULL, OPT_CHOICE},
    {"docker", required_argument, NULL, OPT_EVERYWHERE},
    {"runtime", required_argument, NULL, OPT_EVERYWHERE},
    {"state-dir", required_argument, NULL, OPT_EVERYWHERE},
    {"no-changes", no_argument, NULL, OPT_EVERYWHERE},
    {"wait", required_argument, NULL, OPT_WAIT},
    {"lazy", no_argument, NULL, OPT_LAZY},
    {"dry-run", no_argument, NULL, OPT_DRY},
    {"yes", no_argument, NULL, OPT_YES},
    {"json", no_argument, NULL, OPT_NOTHING},
    {NULL, 0, NULL, 0},
};

static long long milliseconds(const char *text)
{
    char *end;
    long long value = strtoll(text, &end, 10);

    if (strcmp(end, "ms") == 0)
        return value;
    if (*end == '\0' || strcmp(end, "s") == 0)
        return value * 1000;
    return strcmp(end, "m") == 0 ? value * 60000 : -1;
}

static bool take_option(struct call *call, json_t *names, int which, int at)
{
    switch (which) {
    case 'r':
    case OPT_RO:
        return json_array_append_new(names, json_string("ro")) == 0;
    case 'w':
    case OPT_RW:
        return json_array_append_new(names, json_string("rw")) == 0;
    case 'R':
        return json_array_append_new(names, json_string("recursive")) == 0;
    case OPT_PLAIN:
        return json_array_append_new(names, json_string(options[at].name)) == 0;
    case OPT_CHOICE:
        return json_object_set_new(call->params, options[at].name, json_string(optarg)) == 0;
    case OPT_WAIT:
        return milliseconds(optarg) >= 0 &&
               json_object_set_new(call->params, "wait_ms", json_integer(milliseconds(optarg))) ==
                   0;
    case OPT_LAZY:
        return json_object_set_new(call->params, "lazy", json_true()) == 0;
    case OPT_EVERYWHERE: {
        char *word = malloc(strlen(options[at].name) + (optarg ? strlen(optarg) : 0) + 4);

        sprintf(word, "--%s%s%s", options[at].name, optarg ? "=" : "", optarg ? optarg : "");
        call->everywhere[call->n_everywhere++] = word;
        return call->n_everywhere < 15;
    }
    case OPT_DRY:
        call->dry_run = true;
        return true;
    case OPT_YES:
        call->yes = true;
        return true;
    case OPT_NOTHING:
        return true;
    default:
        return false;
    }
}

/* The words, as each verb wants them; false: left to the verb. */
static bool take_words(struct call *call, const char *verb, char **words, int n)
{
    json_t *targets = json_array();
    bool attach = strcmp(verb, "attach") == 0;

    if (attach || strcmp(verb, "detach") == 0 || strcmp(verb, "keep") == 0 ||
        strcmp(verb, "forget") == 0) {
        json_object_set_new(call->params, "operation", json_string(verb));
        if (attach && n > 0)
            set_raw(call->params, "source", words[0]);
        for (int i = attach; i < n; i++)
            if (!add_target(targets, words[i]))
                return false;
        json_object_set_new(call->params, "targets", targets);
        return n > attach;
    }
    if (strcmp(verb, "undo") == 0) {
        json_object_set_new(call->params, "operation", json_string(verb));
        if (n == 1)
            json_object_set_new(call->params, "id", json_string(words[0]));
        return n <= 1 && (call->yes || call->dry_run); /* else it asks */
    }
    if (strcmp(verb, "mounts") == 0 && n == 1) {
        call->method = "mounts";
        json_object_set_new(call->params, "mounts", json_string(words[0]));
        return true;
    }
    if (strcmp(verb, "ls") == 0 && n == 1) {
        call->method = "browse";
        if (words[0][0] == '/') {
            set_raw(call->params, "path", words[0]);
            return true;
        }
        if (!add_target(targets, words[0]))
            return false;
        json_object_update(call->params, json_array_get(targets, 0));
        json_object_set(call->params, "path", json_object_get(call->params, "target"));
        json_object_set(call->params, "path_b64", json_object_get(call->params, "target_b64"));
        return true;
    }
    return false;
}

static bool take_command(struct call *call)
{
    json_t *names = json_array();
    const char *verb = call->verb[0];
    char *words[ARGUMENTS_MAX], *argv[ARGUMENTS_MAX + 1];
    int which, at = -1, n = 0;

    if (strcmp(verb, "mount") == 0 || strcmp(verb, "umount") == 0)
        verb = strcmp(verb, "mount") == 0 ? "attach" : "detach";
    if (call->n_verb >= ARGUMENTS_MAX)
        return false;
    memcpy(argv, call->verb, ((size_t)call->n_verb + 1) * sizeof *argv);
    call->params = json_object();
    opterr = 0;
    while ((which = getopt_long(call->n_verb, argv, "rwR", options, &at)) != -1)
        if (!take_option(call, names, which, at))
            return false;
    for (int i = optind; i < call->n_verb; i++)
        words[n++] = argv[i];
    if (!take_words(call, verb, words, n))
        return false;
    if (strcmp(verb, "attach") == 0)
        json_object_set_new(call->params, "options", names);
    if (!call->method)
        call->method = call->dry_run ? "plan" : "run";
    return true;
}

/* ---- the conversation ---- */

static FILE *start_engine(const struct call *call)
{
    char *argv[2 * ARGUMENTS_MAX] = {NULL};
    int pair[2], n = 0;

    for (char **word = call->engine; *word && n < ARGUMENTS_MAX; word++)
        argv[n++] = *word;
    argv[n++] = (char *)(uintptr_t) "engine";
    for (unsigned i = 0; i < call->n_everywhere; i++)
        argv[n++] = call->everywhere[i];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return NULL;
    if (fork() == 0) {
        dup2(pair[1], STDIN_FILENO);
        dup2(pair[1], STDOUT_FILENO);
        execvp(argv[0], argv);
        _exit(FAILED);
    }
    close(pair[1]);
    return fdopen(pair[0], "r+");
}

static void ask(FILE *wire, int id, const char *method, json_t *params)
{
    json_t *request = json_pack("{s:s, s:i, s:s, s:O}", "jsonrpc", "2.0", "id", id, "method",
                                method, "params", params);
    char *text = json_dumps(request, JSON_COMPACT);

    /* Not by stdio: it would want a seek between writing and reading. */
    if (dprintf(fileno(wire), "%s\n", text) < 0)
        perror("wire: cannot write");
    free(text);
    json_decref(request);
}

/* The answer to request `id`, or the notification `method`. */
static json_t *answer(FILE *wire, int id, const char *method)
{
    char *line = NULL;
    size_t size = 0;

    while (getline(&line, &size, wire) > 0) {
        json_t *message = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        const char *told = json_string_value(json_object_get(message, "method"));

        if (!message) {
            fprintf(stderr, "wire: not JSON: %s", line);
            return NULL;
        }
        if (told && (strcmp(told, "notice") == 0 || strcmp(told, "step") == 0))
            fprintf(stderr, "wire: %s", line);
        if ((told && method && strcmp(told, method) == 0) ||
            (!told && json_integer_value(json_object_get(message, "id")) == id &&
             (!method || json_object_get(message, "error"))))
            return message;
        json_decref(message);
    }
    return NULL;
}

/* As the verb prints it: what is wrong is {"error": ...} beside the rest. */
static json_t *as_printed(const struct call *call, json_t *message)
{
    json_t *object = json_pack("{s:i}", "schema", 1), *error = json_object_get(message, "error");
    json_t *params = json_object_get(message, "params");

    if (error) {
        json_object_set(object, "error", json_object_get(error, "data"));
        return object;
    }
    json_object_update(object, params ? params : json_object_get(message, "result"));
    if (json_is_null(json_object_get(object, "error")))
        json_object_del(object, "error");
    if (strcmp(call->method, "mounts") == 0)
        json_object_del(object, "container");
    if (strcmp(call->method, "browse") == 0)
        json_object_del(object, "path");
    json_object_del(object, "command");
    return object;
}

static int converse(const struct call *call)
{
    bool mounts = strcmp(call->method, "mounts") == 0;
    FILE *wire = start_engine(call);
    json_t *message, *object, *status;
    int exit_status, engine_status = 0;

    if (!wire)
        return FAILED;
    ask(wire, 1, "hello", json_pack("{s:i}", "protocol", 1));
    message = answer(wire, 1, NULL);
    if (!json_object_get(message, "result")) {
        fprintf(stderr, "wire: no hello\n");
        return FAILED;
    }
    ask(wire, 2, mounts ? "watch" : call->method, call->params);
    message = answer(wire, 2, mounts ? "mounts" : NULL);
    if (!message) {
        fprintf(stderr, "wire: no answer\n");
        return FAILED;
    }
    object = as_printed(call, message);
    status = json_object_get(json_object_get(object, "error"), "exit");
    exit_status = status ? (int)json_integer_value(status) : 0;
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
    shutdown(fileno(wire), SHUT_WR);
    while (wait(&engine_status) < 0 && errno == EINTR)
        continue;
    if (engine_status != 0) {
        fprintf(stderr, "wire: the engine ended with %d\n", engine_status);
        return FAILED;
    }
    return exit_status;
}

/* ---- stamping ---- */

static int stamp(void)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t n;

    while ((n = getline(&line, &size, stdin)) > 0) {
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        line[n - 1] = '\0';
        printf("{\"at_ms\":%lld.%03ld,\"line\":%s}\n",
               (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000, now.tv_nsec / 1000 % 1000,
               line);
        fflush(stdout);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct call call = {.engine = argv + 1};
    int split = 1;

    if (argc == 2 && strcmp(argv[1], "--stamp") == 0)
        return stamp();
    while (split < argc && strcmp(argv[split], "--") != 0)
        split++;
    if (split + 1 >= argc || split == 1) {
        fputs("usage: wire ENGINE-COMMAND... -- VERB [ARGUMENTS...]\n       wire --stamp\n",
              stderr);
        return FAILED;
    }
    argv[split] = NULL;
    call.verb = argv + split + 1;
    call.n_verb = argc - split - 1;
    if (!take_command(&call))
        leave_to_verb(&call);
    return converse(&call);
}
