// What the completions of all shells are made of, and that for bash.
#include "tui/doc/completions.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tui/doc/generate.h"

char *const *generate_themes;

const char *words_of(enum verb_id id)
{
    const char *arguments = verbs[id].arguments;

    if (id == VERB_HELP)
        return "verb";
    if (strncmp(arguments, "SOURCE", 6) == 0)
        return "source";
    if (strncmp(arguments, "DEVICE", 6) == 0)
        return strstr(arguments, "CONTAINER:") ? "place" : "path";
    if (strncmp(arguments, "CONTAINER:PATH HOSTPATH", 23) == 0)
        return "share";
    if (strncmp(arguments, "CONTAINER:", 10) == 0)
        return "target";
    if (strncmp(arguments, "CONTAINER", 9) == 0)
        return "container";
    if (islower((unsigned char)*arguments))
        return "action";
    return strcmp(arguments, "PLACE") == 0 ? "place" : "none";
}

void put_actions(enum verb_id id)
{
    const char *separator = "";

    for (const char *word = verbs[id].arguments; *word;) {
        size_t length = strcspn(word, " ");

        if (islower((unsigned char)*word)) {
            (void)printf("%s%.*s", separator, (int)length, word);
            separator = " ";
        }
        word += length + strspn(word + length, " ");
    }
}

bool takes(enum verb_id verb, const struct option_spec *option)
{
    if (verb == VERB_COUNT)
        return option->built && (option->verbs == ON_NOTHING || option->verbs == ON_EVERYTHING);
    return option->built && option->verbs & UINT32_C(1) << verb;
}

void put_choices(enum option_id id)
{
    const char *choices = option_specs[id].choices;

    for (char *const *name = generate_themes; id == OPTION_THEME && *name; name++)
        (void)printf("%s%s", name > generate_themes ? " " : "", *name);
    for (; choices && *choices; choices++)
        (void)putchar(*choices == '|' ? ' ' : *choices);
}

bool has_choices(enum option_id id)
{
    return option_specs[id].choices || id == OPTION_THEME;
}

bool is_path(enum option_id id)
{
    return option_specs[id].kind == VALUE_PATH || id == OPTION_TOOLS;
}

// "--user|-u"
static void put_spellings(enum option_id id, const char *separator)
{
    const char *name = NULL, *next = "";
    size_t length = 0;

    while ((name = name_next(option_specs[id].names, name, &length))) {
        (void)printf("%s--%.*s", next, (int)length, name);
        next = separator;
    }
    if (option_specs[id].letter)
        (void)printf("%s-%c", next, option_specs[id].letter);
}

void put_with_argument(const char *separator)
{
    const char *next = "";

    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        if (!option_specs[id].built || !option_specs[id].argument)
            continue;
        (void)fputs(next, stdout);
        put_spellings(id, separator);
        next = separator;
    }
}

void put_names(enum verb_id id, const char *separator)
{
    (void)fputs(verbs[id].name, stdout);
    if (verbs[id].alias)
        (void)printf("%s%s", separator, verbs[id].alias);
}

void put_all_verbs(void)
{
    for (enum verb_id id = 0; id < VERB_COUNT; id++) {
        put_names(id, " ");
        (void)putchar(' ');
    }
}

void put_quoted(const char *text, const char *instead)
{
    for (; *text; text++) {
        if (*text == '\'')
            (void)fputs(instead, stdout);
        else
            (void)putchar(*text);
    }
}

// ---- bash ----

// "--ro --read-only -r" of every option that `verb` (VERB_COUNT: the console) takes.
static void put_option_words(enum verb_id verb)
{
    const char *next = "";

    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        if (!takes(verb, &option_specs[id]))
            continue;
        (void)fputs(next, stdout);
        put_spellings(id, " ");
        next = " ";
    }
}

static const char bash_head[] =
    "# Completion of davit for bash. Made from davit's tables.\n"
    "_davit_containers() {\n"
    "    " NAMES "\n"
    "}\n"
    "_davit() {\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local verb='' words='' kind=none files='' n=0 i\n"
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

    if (!option_specs[id].built || !option_specs[id].argument)
        return;
    (void)fputs("    ", stdout);
    put_spellings(id, "|");
    (void)fputs(") ", stdout);
    if (has_choices(id)) {
        (void)fputs("COMPREPLY=($(compgen -W '", stdout);
        put_choices(id);
        (void)fputs("' -- \"$current\"))", stdout);
    }
    if (id == OPTION_THEME)
        (void)printf("\n        if [[ $current == */* ]]; then %s; fi", files);
    else if (is_path(id))
        (void)fputs(files, stdout);
    (void)printf("%s return ;;\n", has_choices(id) || is_path(id) ? ";" : "");
}

void generate_bash(void)
{
    (void)fputs(bash_head, stdout);
    put_with_argument("|");
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
                "    case $kind$n in\n"
                "    verb0) COMPREPLY=($(compgen -W '",
                stdout);
    put_all_verbs();
    (void)fputs("' -- \"$current\")) ;;\n"
                "    action0) COMPREPLY=($(compgen -W '",
                stdout);
    put_actions(VERB_VOLUME);
    (void)fputs("' -- \"$current\")) ;;\n"
                "    container0)\n"
                "        COMPREPLY=($(compgen -W \"$(_davit_containers)\" -- \"$current\")) ;;\n"
                "    source0|share1|path*|place*) files=yes ;;\n"
                "    target*) if [[ $current == [/.]* ]]; then files=yes; fi ;;\n"
                "    esac\n"
                "    if [[ $files ]]; then\n"
                "        compopt -o filenames\n"
                "        COMPREPLY=($(compgen -f -- \"$current\"))\n"
                "    fi\n"
                "    case $kind$n in\n"
                "    source0|share1) ;;\n"
                "    source*|share*|target*|place*)\n"
                "        if [[ $current != [/.]* ]]; then\n"
                "            compopt -o nospace\n"
                "            COMPREPLY+=($(compgen -S : -W \"$(_davit_containers)\" -- "
                "\"$current\"))\n"
                "        fi ;;\n"
                "    esac\n"
                "}\n"
                "complete -F _davit davit\n",
                stdout);
}
