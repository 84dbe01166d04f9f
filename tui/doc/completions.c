#include "tui/doc/generate.h"

#include <stdio.h>
#include <string.h>

#include "tui/verbs/table.h"

// What the words of a verb are, for the shells: tells the generated scripts what to offer.
static const char *words_of(enum verb_id id)
{
    const char *arguments = verbs[id].arguments;

    if (id == VERB_HELP)
        return "verb";
    if (strncmp(arguments, "SOURCE", 6) == 0)
        return "source";
    if (strncmp(arguments, "CONTAINER:", 10) == 0)
        return "target";
    if (strcmp(arguments, "CONTAINER") == 0)
        return "container";
    return strcmp(arguments, "PLACE") == 0 ? "place" : "none";
}

static bool takes(enum verb_id verb, const struct option_spec *option)
{
    return option->built && option->verbs & UINT32_C(1) << verb;
}

// "--ro --read-only -r" of every option that `verb` takes.
static void put_option_words(enum verb_id verb)
{
    const char *separator = "";

    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const char *name = NULL;
        size_t length = 0;

        if (!takes(verb, &option_specs[id]))
            continue;
        while ((name = name_next(option_specs[id].names, name, &length))) {
            (void)printf("%s--%.*s", separator, (int)length, name);
            separator = " ";
        }
        if (option_specs[id].letter)
            (void)printf(" -%c", option_specs[id].letter);
    }
}

// The choices with spaces between them.
static void put_choices(const char *choices)
{
    for (; *choices; choices++)
        (void)putchar(*choices == '|' ? ' ' : *choices);
}

static void put_names(enum verb_id id, const char *separator)
{
    (void)fputs(verbs[id].name, stdout);
    if (verbs[id].alias)
        (void)printf("%s%s", separator, verbs[id].alias);
}

static void put_all_verbs(void)
{
    for (enum verb_id id = 0; id < VERB_COUNT; id++)
        if (verbs[id].built) {
            put_names(id, " ");
            (void)putchar(' ');
        }
}

// Text inside single quotes.
static void put_quoted(const char *text, const char *instead)
{
    for (; *text; text++) {
        if (*text == '\'')
            (void)fputs(instead, stdout);
        else
            (void)putchar(*text);
    }
}

static const char bash_head[] =
    "# Completion of davit for bash. Made from davit's tables.\n"
    "_davit_containers() {\n"
    "    davit ps --quiet 2>/dev/null | awk 'NR > 1 { print $1 }'\n"
    "}\n"
    "_davit() {\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local verb='' words='' kind=none n=0 i\n"
    "    COMPREPLY=()\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        if [[ ${COMP_WORDS[i]} == -* ]]; then continue; fi\n"
    "        if [[ -z $verb ]]; then verb=${COMP_WORDS[i]}; else n=$((n + 1)); fi\n"
    "    done\n"
    "    case $previous in\n";

void generate_bash(void)
{
    (void)fputs(bash_head, stdout);
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        char name[32];

        if (!option_specs[id].built || !option_specs[id].argument)
            continue;
        (void)printf("    %s) ", option_spelled(id, name, sizeof name));
        if (option_specs[id].choices) {
            (void)fputs("COMPREPLY=($(compgen -W '", stdout);
            put_choices(option_specs[id].choices);
            (void)fputs("' -- \"$current\")) ;", stdout);
        } else if (option_specs[id].kind == VALUE_PATH) {
            (void)fputs("compopt -o filenames; COMPREPLY=($(compgen -f -- \"$current\")) ;",
                        stdout);
        }
        (void)fputs(" return ;;\n", stdout);
    }
    (void)fputs("    esac\n    case $verb in\n    '') words='", stdout);
    put_all_verbs();
    (void)fputs("--help --version' ;;\n", stdout);
    for (enum verb_id id = 0; id < VERB_COUNT; id++) {
        if (!verbs[id].built)
            continue;
        (void)fputs("    ", stdout);
        put_names(id, "|");
        (void)printf(") kind=%s words='", words_of(id));
        put_option_words(id);
        (void)fputs("' ;;\n", stdout);
    }
    (void)fputs("    esac\n"
                "    if [[ -z $verb || $current == -* ]]; then\n"
                "        COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
                "        return\n"
                "    fi\n"
                "    case $kind in\n"
                "    verb) COMPREPLY=($(compgen -W '",
                stdout);
    put_all_verbs();
    (void)fputs("' -- \"$current\")) ;;\n"
                "    container)\n"
                "        COMPREPLY=($(compgen -W \"$(_davit_containers)\" -- \"$current\")) ;;\n"
                "    source|target|place)\n"
                "        if [[ $kind != target && $n == 0 ]]; then\n"
                "            compopt -o filenames\n"
                "            COMPREPLY=($(compgen -f -- \"$current\"))\n"
                "        fi\n"
                "        if [[ $kind != source || $n != 0 ]] && [[ $current != [/.]* ]]; then\n"
                "            compopt -o nospace\n"
                "            COMPREPLY+=($(compgen -S : -W \"$(_davit_containers)\" -- "
                "\"$current\"))\n"
                "        fi ;;\n"
                "    esac\n"
                "}\n"
                "complete -F _davit davit\n",
                stdout);
}

static void put_zsh_option(const struct option_spec *option)
{
    const char *name = NULL;
    size_t length = 0;

    while ((name = name_next(option->names, name, &length))) {
        (void)printf("            '--%.*s%s[", (int)length, name, option->argument ? "=" : "");
        for (const char *c = option->help; *c; c++) {
            if (*c == '\'')
                (void)fputs("'\\''", stdout);
            else if (strchr("[]:", *c))
                (void)printf("\\%c", *c);
            else
                (void)putchar(*c);
        }
        (void)fputs("]", stdout);
        if (option->argument) {
            (void)printf(":%s:", option->names);
            if (option->choices) {
                (void)putchar('(');
                put_choices(option->choices);
                (void)putchar(')');
            } else if (option->kind == VALUE_PATH) {
                (void)fputs("_files", stdout);
            }
        }
        (void)fputs("' \\\n", stdout);
    }
}

void generate_zsh(void)
{
    (void)fputs(
        "#compdef davit\n"
        "# Completion of davit for zsh. Made from davit's tables.\n"
        "_davit_containers() {\n"
        "    local -a names\n"
        "    names=(${(f)\"$(davit ps --quiet 2>/dev/null | awk 'NR > 1 { print $1 }')\"})\n"
        "    compadd -a names\n"
        "}\n"
        "_davit_targets() {\n"
        "    local -a names\n"
        "    names=(${(f)\"$(davit ps --quiet 2>/dev/null | awk 'NR > 1 { print $1 }')\"})\n"
        "    compadd -S : -a names\n"
        "}\n"
        "_davit_places() {\n    _files\n    _davit_targets\n}\n"
        "_davit() {\n    local -a verbs\n    verbs=(\n",
        stdout);
    for (enum verb_id id = 0; id < VERB_COUNT; id++) {
        if (!verbs[id].built)
            continue;
        (void)printf("        '%s:", verbs[id].name);
        put_quoted(verbs[id].summary, "'\\''");
        (void)fputs("'\n", stdout);
    }
    (void)fputs(
        "    )\n"
        "    if ((CURRENT == 2)); then\n        _describe verb verbs\n        return\n    fi\n"
        "    local verb=$words[2]\n    shift words\n    ((CURRENT--))\n"
        "    case $verb in\n",
        stdout);
    for (enum verb_id id = 0; id < VERB_COUNT; id++) {
        const char *kind = words_of(id);

        if (!verbs[id].built)
            continue;
        (void)fputs("    ", stdout);
        put_names(id, "|");
        (void)fputs(")\n        _arguments \\\n", stdout);
        for (enum option_id option = 0; option < OPTION_COUNT; option++)
            if (takes(id, &option_specs[option]))
                put_zsh_option(&option_specs[option]);
        (void)printf("            %s\n        ;;\n",
                     strcmp(kind, "none") == 0        ? "'*: : '"
                     : strcmp(kind, "container") == 0 ? "'1:container:_davit_containers'"
                     : strcmp(kind, "target") == 0    ? "'*:target:_davit_targets'"
                     : strcmp(kind, "verb") == 0      ? "\"1:verb:(${verbs%%:*})\""
                     : strcmp(kind, "place") == 0     ? "'1:place:_davit_places'"
                                                  : "'1:source:_files' '*:target:_davit_targets'");
    }
    (void)fputs("    esac\n}\n_davit \"$@\"\n", stdout);
}

static void put_fish_option(enum verb_id verb, const struct option_spec *option)
{
    const char *name = NULL;
    size_t length = 0;

    while ((name = name_next(option->names, name, &length))) {
        (void)fputs("complete -c davit -n '__fish_seen_subcommand_from ", stdout);
        put_names(verb, " ");
        (void)printf("' -l %.*s", (int)length, name);
        if (option->letter && name == option->names)
            (void)printf(" -s %c", option->letter);
        if (option->argument)
            (void)fputs(option->kind == VALUE_PATH ? " -r -F" : " -x", stdout);
        if (option->choices) {
            (void)fputs(" -a '", stdout);
            put_choices(option->choices);
            (void)putchar('\'');
        }
        (void)fputs(" -d '", stdout);
        put_quoted(option->help, "\\'");
        (void)fputs("'\n", stdout);
    }
}

void generate_fish(void)
{
    (void)fputs("# Completion of davit for fish. Made from davit's tables.\n"
                "function __davit_containers\n"
                "    davit ps --quiet 2>/dev/null | awk 'NR > 1 { print $1 }'\n"
                "end\n"
                "complete -c davit -f\n",
                stdout);
    for (enum verb_id id = 0; id < VERB_COUNT; id++) {
        const char *kind = words_of(id);

        if (!verbs[id].built)
            continue;
        (void)printf("complete -c davit -n __fish_use_subcommand -a %s -d '", verbs[id].name);
        put_quoted(verbs[id].summary, "\\'");
        (void)fputs("'\n", stdout);
        if (strcmp(kind, "none") != 0) {
            (void)fputs("complete -c davit -n '__fish_seen_subcommand_from ", stdout);
            put_names(id, " ");
            (void)fputs(strcmp(kind, "verb") == 0 ? "' -a '" : "' -a '(__davit_containers)",
                        stdout);
            if (strcmp(kind, "verb") == 0)
                put_all_verbs();
            (void)printf("'%s\n",
                         strcmp(kind, "source") == 0 || strcmp(kind, "place") == 0 ? " -F" : "");
        }
        for (enum option_id option = 0; option < OPTION_COUNT; option++)
            if (takes(id, &option_specs[option]))
                put_fish_option(id, &option_specs[option]);
    }
}
