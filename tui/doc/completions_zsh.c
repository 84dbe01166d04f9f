#include <stdio.h>
#include <string.h>

#include "tui/doc/completions.h"
#include "tui/doc/generate.h"

// The rest of an argument of _arguments, whose name is there.
static void put_zsh_rest(enum option_id id)
{
    const struct option_spec *option = &option_specs[id];

    (void)putchar('[');
    for (const char *c = option->help; *c; c++) {
        if (*c == '\'')
            (void)fputs("'\\''", stdout);
        else if (strchr("[]:", *c))
            (void)printf("\\%c", *c);
        else
            (void)putchar(*c);
    }
    (void)putchar(']');
    if (option->argument) {
        (void)printf(":%s:", *option->names ? option->names : option->argument);
        if (has_choices(id)) {
            (void)putchar('(');
            put_choices(id);
            (void)putchar(')');
        } else if (is_path(id)) {
            (void)fputs("_files", stdout);
        }
    }
    (void)fputs("' \\\n", stdout);
}

static void put_zsh_option(enum option_id id)
{
    const struct option_spec *option = &option_specs[id];
    const char *name = NULL;
    size_t length = 0;

    while ((name = name_next(option->names, name, &length))) {
        (void)printf("            '--%.*s%s", (int)length, name, option->argument ? "=" : "");
        put_zsh_rest(id);
    }
    if (option->letter) {
        (void)printf("            '-%c%s", option->letter, option->argument ? "+" : "");
        put_zsh_rest(id);
    }
}

static void put_zsh_words(enum verb_id id)
{
    static const struct {
        const char *kind, *spec;
    } specs[] = {
        {"none", "'*: : '"},
        {"verb", "\"1:verb:(${verbs%%:*})\""},
        {"container", "'1:container:_davit_containers'"},
        {"target", "'*:target:_davit_targets'"},
        {"place", "'*:place:_davit_places'"},
        {"path", "'1:path:_files'"},
        {"share", "'1:source:_davit_targets' '2:path:_files'"},
        {"source", "'1:source:_files' '*:target:_davit_targets'"},
    };

    (void)fputs("            ", stdout);
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
        if (strcmp(specs[i].kind, words_of(id)) == 0)
            (void)fputs(specs[i].spec, stdout);
    if (strcmp(words_of(id), "action") == 0) {
        (void)fputs("'1:action:(", stdout);
        put_actions(id);
        (void)fputs(")'", stdout);
    }
    (void)fputs("\n        ;;\n", stdout);
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
                "    [[ $PREFIX != [/.]* ]] || { _files; return }\n"
                "    names=(${(f)\"$(" NAMES ")\"})\n"
                "    compadd -S : -a names\n"
                "}\n"
                "_davit_places() {\n    [[ $PREFIX == [/.]* ]] || _files\n    _davit_targets\n}\n"
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
    put_with_argument("|");
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
        (void)fputs("    ", stdout);
        put_names(id, "|");
        (void)fputs(")\n        _arguments \\\n", stdout);
        for (enum option_id option = 0; option < OPTION_COUNT; option++)
            if (takes(id, &option_specs[option]))
                put_zsh_option(option);
        put_zsh_words(id);
    }
    (void)fputs("    esac\n}\n_davit \"$@\"\n", stdout);
}
