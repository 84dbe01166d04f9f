#include "tui/doc/generate.h"

#include <stdio.h>
#include <string.h>

#include "tui/verbs/table.h"

char *const *generate_themes;

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
    if (strncmp(arguments, "CONTAINER", 9) == 0)
        return "container";
    return strcmp(arguments, "PLACE") == 0 ? "place" : "none";
}

// Whether `verb` takes it; VERB_COUNT: the console, which takes what is its own and what all take.
static bool takes(enum verb_id verb, const struct option_spec *option)
{
    if (verb == VERB_COUNT)
        return option->built && (option->verbs == ON_NOTHING || option->verbs == ON_EVERYTHING);
    return option->built && option->verbs & UINT32_C(1) << verb;
}

// "--ro --read-only -r" of every option that `verb` (VERB_COUNT: the console) takes.
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

// The choices with spaces between them. A theme can be a file too, with a slash.
static void put_choices(enum option_id id)
{
    const char *choices = option_specs[id].choices;

    for (char *const *name = generate_themes; id == OPTION_THEME && *name; name++)
        (void)printf("%s%s", name > generate_themes ? " " : "", *name);
    for (; choices && *choices; choices++)
        (void)putchar(*choices == '|' ? ' ' : *choices);
}

static bool has_choices(enum option_id id)
{
    return option_specs[id].choices || id == OPTION_THEME;
}

// "--theme|--config|-t" of all options that take an argument.
static void put_with_argument(void)
{
    const char *separator = "";

    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const char *name = NULL;
        size_t length = 0;

        if (!option_specs[id].built || !option_specs[id].argument)
            continue;
        while ((name = name_next(option_specs[id].names, name, &length))) {
            (void)printf("%s--%.*s", separator, (int)length, name);
            separator = "|";
        }
        if (option_specs[id].letter)
            (void)printf("%s-%c", separator, option_specs[id].letter);
        separator = "|";
    }
}

static void put_names(enum verb_id id, const char *separator)
{
    (void)fputs(verbs[id].name, stdout);
    if (verbs[id].alias)
        (void)printf("%s%s", separator, verbs[id].alias);
}

static void put_all_verbs(void)
{
    for (enum verb_id id = 0; id < VERB_COUNT; id++) {
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

// Names of containers. Whoever may start one chooses its name, and a shell may take that for more
// than a word: compgen -W runs what is between $( and ).
#define NAMES                                        \
    "davit ps --quiet 2>/dev/null | awk 'NR > 1 && " \
    "$1 ~ /^[A-Za-z0-9][A-Za-z0-9_.@+%\\/-]*$/ { print $1 }'"

static const char bash_head[] =
    "# Completion of davit for bash. Made from davit's tables.\n"
    "_davit_containers() {\n"
    "    " NAMES "\n"
    "}\n"
    "_davit() {\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local verb='' words='' kind=none n=0 i\n"
    "    COMPREPLY=()\n"
    "    # readline takes --theme=nord for three words\n"
    "    if [[ $current == = ]]; then current=''; fi\n"
    "    if [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD - 2]}; fi\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        case ${COMP_WORDS[i]} in\n"
    "        ";
static const char bash_words[] =
    ") [[ ${COMP_WORDS[i + 1]-} == = ]] && i=$((i + 1)); i=$((i + 1)) ;;\n"
    "        -*) ;;\n"
    "        *) if [[ -z $verb ]]; then verb=${COMP_WORDS[i]}; else n=$((n + 1)); fi ;;\n"
    "        esac\n"
    "    done\n"
    "    case $previous in\n";

// What is offered behind an option.
static void put_bash_argument(enum option_id id)
{
    static const char files[] = "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$current\"))";
    char name[32];

    if (!option_specs[id].built || !option_specs[id].argument)
        return;
    (void)printf("    %s) ", option_spelled(id, name, sizeof name));
    if (has_choices(id)) {
        (void)fputs("COMPREPLY=($(compgen -W '", stdout);
        put_choices(id);
        (void)fputs("' -- \"$current\"))", stdout);
    }
    if (id == OPTION_THEME)
        (void)printf("\n        if [[ $current == */* ]]; then %s; fi", files);
    else if (!has_choices(id) && option_specs[id].kind == VALUE_PATH)
        (void)fputs(files, stdout);
    (void)printf("%s return ;;\n",
                 has_choices(id) || option_specs[id].kind == VALUE_PATH ? ";" : "");
}

void generate_bash(void)
{
    (void)fputs(bash_head, stdout);
    put_with_argument();
    (void)fputs(bash_words, stdout);
    for (enum option_id id = 0; id < OPTION_COUNT; id++)
        put_bash_argument(id);
    (void)fputs("    esac\n    case $verb in\n    '') words='", stdout);
    put_all_verbs();
    put_option_words(VERB_COUNT);
    (void)fputs("' ;;\n", stdout);
    for (enum verb_id id = 0; id < VERB_COUNT; id++) {
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

static void put_zsh_option(enum option_id id)
{
    const struct option_spec *option = &option_specs[id];
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
            if (has_choices(id)) {
                (void)putchar('(');
                put_choices(id);
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
    (void)fputs("#compdef davit\n"
                "# Completion of davit for zsh. Made from davit's tables.\n"
                "_davit_containers() {\n"
                "    local -a names\n"
                "    names=(${(f)\"$(" NAMES ")\"})\n"
                "    compadd -a names\n"
                "}\n"
                "_davit_targets() {\n"
                "    local -a names\n"
                "    names=(${(f)\"$(" NAMES ")\"})\n"
                "    compadd -S : -a names\n"
                "}\n"
                "_davit_places() {\n    _files\n    _davit_targets\n}\n"
                "_davit_verbs() {\n    _describe verb verbs\n}\n"
                "_davit() {\n    local -a verbs\n    verbs=(\n",
                stdout);
    for (enum verb_id id = 0; id < VERB_COUNT; id++) {
        (void)printf("        '%s:", verbs[id].name);
        put_quoted(verbs[id].summary, "'\\''");
        (void)fputs("'\n", stdout);
    }
    (void)fputs("    )\n"
                "    local verb i\n"
                "    for ((i = 2; i < CURRENT; i++)); do\n        case $words[i] in\n        (",
                stdout);
    put_with_argument();
    (void)fputs(")\n            ((i++)) ;;\n        (-*) ;;\n"
                "        (*)\n            verb=$words[i]\n            break ;;\n        esac\n"
                "    done\n"
                "    if [[ -z $verb ]]; then\n        _arguments \\\n",
                stdout);
    for (enum option_id option = 0; option < OPTION_COUNT; option++)
        if (takes(VERB_COUNT, &option_specs[option]))
            put_zsh_option(option);
    (void)fputs("            '*:verb:_davit_verbs'\n        return\n    fi\n"
                "    shift $((i - 1)) words\n    ((CURRENT -= i - 1))\n"
                "    case $verb in\n",
                stdout);
    for (enum verb_id id = 0; id < VERB_COUNT; id++) {
        const char *kind = words_of(id);

        (void)fputs("    ", stdout);
        put_names(id, "|");
        (void)fputs(")\n        _arguments \\\n", stdout);
        for (enum option_id option = 0; option < OPTION_COUNT; option++)
            if (takes(id, &option_specs[option]))
                put_zsh_option(option);
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

// verb VERB_COUNT: of the console.
static void put_fish_option(enum verb_id verb, enum option_id id)
{
    const struct option_spec *option = &option_specs[id];
    const char *name = NULL;
    size_t length = 0;

    while ((name = name_next(option->names, name, &length))) {
        (void)fputs("complete -c davit -n '__fish_", stdout);
        if (verb == VERB_COUNT) {
            (void)fputs("use_subcommand", stdout);
        } else {
            (void)fputs("seen_subcommand_from ", stdout);
            put_names(verb, " ");
        }
        (void)printf("' -l %.*s", (int)length, name);
        if (option->letter && name == option->names)
            (void)printf(" -s %c", option->letter);
        if (option->argument)
            (void)fputs(option->kind == VALUE_PATH ? " -r -F" : " -x", stdout);
        if (has_choices(id)) {
            (void)fputs(" -a '", stdout);
            put_choices(id);
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
                "    " NAMES "\n"
                "end\n"
                "complete -c davit -f\n",
                stdout);
    for (enum verb_id id = 0; id < VERB_COUNT; id++) {
        const char *kind = words_of(id);

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
                put_fish_option(id, option);
    }
    for (enum option_id option = 0; option < OPTION_COUNT; option++)
        if (takes(VERB_COUNT, &option_specs[option]))
            put_fish_option(VERB_COUNT, option);
}
