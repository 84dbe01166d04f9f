#include "tui/plugin.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/engine/request.h"
#include "tui/verbs/help.h"
#include "tui/verbs/targets.h"

#define WORDS_LIMIT  (WORDS_MAX + 64)
#define CONFIG_LIMIT (1024 * 1024)

struct plugin {
    const char *name, *verb, *usage, *summary;
    unsigned n_words; // that it takes, of a verb that is fixed
};

static const struct plugin plugins[] = {
    {"addvol", "attach", "HOSTPATH CONTAINER CONTPATH",
     "Add a host directory or file to a running container", 3},
    {"rmvol", "detach", "CONTAINER CONTPATH", "Take away what addvol has added", 2},
    {"davit", NULL, "[VERB] [ARGUMENTS]", "Attach host filesystems to running containers", 0},
};

static const struct plugin *plugin_of(const char *program)
{
    const char *slash = program ? strrchr(program, '/') : NULL;
    const char *name = slash ? slash + 1 : program ? program : "";

    for (size_t i = 0; strncmp(name, "docker-", 7) == 0 && i < ARRAY_SIZE(plugins); i++)
        if (strcmp(name + 7, plugins[i].name) == 0)
            return &plugins[i];
    return NULL;
}

static int print_metadata(const struct plugin *plugin, FILE *out, struct error *err)
{
    json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "SchemaVersion", "0.1.0", "Vendor", "davit",
                               "Version", DAVIT_VERSION, "ShortDescription", plugin->summary);
    _cleanup_free_ char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

    json_decref(object);
    if (!text)
        return ERROR_OOM(err);
    (void)fprintf(out, "%s\n", text);
    return 1;
}

// ---- docker's own options ----

struct docker {
    const char *host, *context, *config;
    bool help;
};

// They come before the plug-in's name, as docker was given them. Returns the index of the name's
// word, 0 when there is none.
static int read_docker(int argc, char **argv, const struct plugin *plugin, struct docker *ret,
                       struct error *err)
{
    static const struct {
        const char *letter, *name;
        bool takes_value;
    } options[] = {
        {"-H", "--host", true},       {"-c", "--context", true},   {NULL, "--config", true},
        {"-l", "--log-level", true},  {NULL, "--tlscacert", true}, {NULL, "--tlscert", true},
        {NULL, "--tlskey", true},     {"-D", "--debug", false},    {NULL, "--tls", false},
        {NULL, "--tlsverify", false},
    };

    for (int i = 1; i < argc; i++) {
        const char *word = argv[i], *value = NULL;
        size_t k, length = strcspn(word, "=");

        if (strcmp(word, "help") == 0) { // docker help NAME
            ret->help = true;
            continue;
        }
        if (word[0] != '-')
            return strcmp(word, plugin->name) == 0 ? i : 0;
        for (k = 0; k < ARRAY_SIZE(options); k++)
            if ((strlen(options[k].name) == length &&
                 strncmp(word, options[k].name, length) == 0) ||
                (options[k].letter && strncmp(word, options[k].letter, 2) == 0 && word[1] != '-'))
                break;
        if (k == ARRAY_SIZE(options))
            return error_set(err, ERROR_USAGE, EINVAL,
                             "%s is no option of docker that is known here", word);
        if (!options[k].takes_value)
            continue;
        if (word[1] == '-')
            value = word[length] ? word + length + 1 : NULL;
        else if (word[2])
            value = word + 2 + (word[2] == '=');
        if (!value && i + 1 < argc)
            value = argv[++i];
        if (k == 0)
            ret->host = value;
        else if (k == 1)
            ret->context = value;
        else if (k == 2)
            ret->config = value;
    }
    return 0;
}

// Fresh memory, or NULL.
static char *current_context(const struct docker *docker)
{
    const char *config = docker->config ? docker->config : getenv("DOCKER_CONFIG");
    const char *home = getenv("HOME"), *named;
    _cleanup_free_ char *path = NULL, *text = NULL;
    char *context = NULL;
    size_t length = 0;
    struct error ignored;
    json_t *object;

    path = config ? text_format("%s/config.json", config)
                  : text_format("%s/.docker/config.json", home ? home : "");
    if (!path || file_read(AT_FDCWD, path, CONFIG_LIMIT, &text, &length, &ignored) < 0)
        return NULL;
    object = json_loadb(text, length, 0, NULL);
    named = json_string_value(json_object_get(object, "currentContext"));
    if (named)
        context = strdup(named);
    json_decref(object);
    return context;
}

// A daemon that is reached in another way may be another machine's, and a container here have the
// name that was meant there.
static int check_host(const char *host, struct error *err)
{
    int r;

    if (strncmp(host, "unix://", 7) == 0)
        return 0;
    r = error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
                  "the daemon at %.200s may be another machine's: davit changes what runs here",
                  host);
    error_hint(err, "docker --host unix:///run/docker.sock …, the socket of a daemon of this "
                    "machine; or davit there");
    return r;
}

// A context may be of another machine, or of another user's daemon: docker alone knows it.
static int check_context(const struct docker *docker, struct error *err)
{
    const char *host = docker->host || docker->context ? docker->host : getenv("DOCKER_HOST");
    const char *named = docker->context ? docker->context : getenv("DOCKER_CONTEXT");
    _cleanup_free_ char *current = NULL;
    int r;

    if (host && *host)
        return check_host(host, err);
    if (!named)
        named = current = current_context(docker);
    if (!named || !*named || strcmp(named, "default") == 0)
        return 0;
    r = error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP, "davit does not know docker's context %s",
                  named);
    error_hint(err,
               "docker --host unix:///run/docker.sock …, the socket of a daemon of this machine");
    return r;
}

// ---- the words ----

static int print_help(const struct plugin *plugin, FILE *out)
{
    if (!plugin->verb) {
        help_print(out);
        return 1;
    }
    (void)fprintf(out,
                  "Usage:  docker %s [OPTIONS] %s\n\n%s\n\n"
                  "The same as davit %s, for docker's containers; its options:\n\n",
                  plugin->name, plugin->usage, plugin->summary, plugin->verb);
    help_print_verb(out, verb_find(plugin->verb));
    return 1;
}

static int wrong_number(const struct plugin *plugin, unsigned want, unsigned got, struct error *err)
{
    int r = error_set(err, ERROR_USAGE, EINVAL, "docker %s takes %u arguments, not %u",
                      plugin->name, want, got);

    error_hint(err, "docker %s %s", plugin->name, plugin->usage);
    return r;
}

static int wrong_order(const struct plugin *plugin, const char *what, const char *word,
                       struct error *err)
{
    int r = error_set(err, ERROR_USAGE, EINVAL, "'%.200s' is no %s", word, what);

    error_hint(err, "in this order: docker %s %s", plugin->name, plugin->usage);
    return r;
}

// CONTAINER CONTPATH as one word, which lives as long as the process.
static int join_target(const struct plugin *plugin, const char *container, const char *path,
                       const char **ret, struct error *err)
{
    static char *joined;

    if (word_is_host_path(container) || !container_selector_valid(container))
        return wrong_order(plugin, "container", container, err);
    if (path[0] != '/')
        return wrong_order(plugin, "absolute path in a container", path, err);
    free(joined);
    joined = text_format("%s:%s", container, path);
    *ret = joined;
    return joined ? 0 : ERROR_OOM(err);
}

static int rearrange(const struct plugin *plugin, struct arguments *arguments, struct error *err)
{
    unsigned want = plugin->n_words;
    const char **words = arguments->words;
    int r;

    if (arguments->n_words != want)
        return wrong_number(plugin, want, arguments->n_words, err);
    if (want == 3 && !word_is_host_path(words[0]) && !strchr(words[0], ':') &&
        !strchr(words[0], '='))
        return wrong_order(plugin, "path of the host", words[0], err);
    r = join_target(plugin, words[want - 2], words[want - 1], &words[want - 2], err);
    arguments->n_words--;
    return r;
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

// davit's own command line, made of docker's.
static int make_command(struct command *command, const struct plugin *plugin, int name,
                        const struct docker *docker, struct error *err)
{
    static char *argv[WORDS_LIMIT + 8];
    static char davit[] = "davit", socket[] = "--docker", only[] = "--runtime",
                runtime[] = "docker";
    const char *verb = plugin->verb;
    int n = 0, rest = command->argc - name - 1;

    if (rest > WORDS_LIMIT)
        return error_set(err, ERROR_USAGE, E2BIG, "too many arguments");
    argv[n++] = davit;
    if (verb)
        argv[n++] = (char *)(uintptr_t)verb;
    if (docker->host) {
        argv[n++] = socket;
        argv[n++] = (char *)(uintptr_t)docker->host;
    }
    if (verb) {
        argv[n++] = only;
        argv[n++] = runtime;
    }
    memcpy(argv + n, command->argv + name + 1, (size_t)rest * sizeof *argv);
    command->argv = argv;
    command->argc = n + rest;
    argv[command->argc] = NULL;
    return 0;
}

int plugin_parse(struct command *command, struct arguments *arguments, bool *ret_is_plugin,
                 struct error *err)
{
    const struct plugin *plugin = plugin_of(command->argv[0]);
    struct docker docker = {.host = NULL};
    int name, r;

    *ret_is_plugin = plugin;
    if (!plugin)
        return 0;
    if (command->argc > 1 && strcmp(command->argv[1], "docker-cli-plugin-metadata") == 0)
        return print_metadata(plugin, command->out, err);
    if (command->argc > 1 && strncmp(command->argv[1], "__complete", 10) == 0) {
        (void)fputs(":0\n", command->out); // cobra's: nothing to offer, files are fine
        return 1;
    }
    name = read_docker(command->argc, command->argv, plugin, &docker, err);
    if (name < 0)
        return name;
    if (name == 0) {
        r = error_set(err, ERROR_USAGE, EINVAL, "this is a plug-in of docker's command line");
        error_hint(err, "docker %s %s", plugin->name, plugin->usage);
        return r;
    }
    if (docker.help || (plugin->verb && wants_help(command->argc - name, command->argv + name)))
        return print_help(plugin, command->out);
    r = check_context(&docker, err);
    if (r == 0)
        r = make_command(command, plugin, name, &docker, err);
    if (r == 0)
        r = arguments_parse(command->argc, command->argv, arguments, err);
    if (r < 0 && strncmp(err->message, "too few words", 13) == 0 && plugin->verb)
        return wrong_number(plugin, plugin->n_words, arguments->n_words, err);
    return r < 0 || !plugin->verb ? r : rearrange(plugin, arguments, err);
}
