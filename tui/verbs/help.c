#include "tui/verbs/help.h"

#include <string.h>

#define LINE 80 // columns that help is written for

void help_option_names(char *out, size_t size, const struct option_spec *option)
{
    const char *name = NULL, *separator = "";
    size_t length = 0, used = 0;

    out[0] = '\0';
    if (option->letter) {
        used += (size_t)snprintf(out, size, "-%c", option->letter);
        separator = ", ";
    }
    while ((name = name_next(option->names, name, &length)) && used < size) {
        used += (size_t)snprintf(out + used, size - used, "%s--%.*s", separator, (int)length, name);
        separator = ", ";
    }
    if (option->argument && used < size)
        (void)snprintf(out + used, size - used, " %s", option->argument);
}

// Words of `text` from `column` on, each line beginning at `indent`.
static void print_wrapped(FILE *file, const char *text, size_t column, size_t indent)
{
    size_t at = column;

    while (*text) {
        size_t word = strcspn(text, " \n");

        if (at > indent && at + 1 + word > LINE) {
            (void)fprintf(file, "\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            (void)fputc(' ', file);
            at++;
        }
        (void)fprintf(file, "%.*s", (int)word, text);
        at += word;
        text += word;
        if (strncmp(text, "\n\n", 2) == 0) {
            (void)fprintf(file, "\n\n%*s", (int)indent, "");
            at = indent;
        }
        text += strspn(text, " \n");
    }
    (void)fputc('\n', file);
}

static void print_option(FILE *file, const struct option_spec *option)
{
    char names[128];
    int width;

    help_option_names(names, sizeof names, option);
    width = fprintf(file, "  %-26s", names);
    if (width > 28)
        (void)fprintf(file, "\n%28s", "");
    print_wrapped(file, option->help, 28, 28);
}

// Options whose verbs are exactly `verbs`, or (one verb's bit) those that have it among others.
static void print_options(FILE *file, uint32_t wanted, const char *title)
{
    bool exact = wanted == ON_EVERYTHING || wanted == ON_NOTHING;
    bool any = false;

    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const struct option_spec *option = &option_specs[id];

        if (!option->built || (exact ? option->verbs != wanted
                                     : option->verbs == ON_EVERYTHING || !(option->verbs & wanted)))
            continue;
        if (!any)
            (void)fprintf(file, "\n%s\n", title);
        any = true;
        print_option(file, option);
    }
}

void help_print(FILE *file)
{
    (void)fputs("usage: davit [OPTIONS]                    the console\n"
                "       davit VERB [OPTIONS] [ARGUMENTS]   one thing, without it\n"
                "Attaches directories of the host to running containers, and takes them away "
                "again.\n\n",
                file);
    for (enum verb_id id = 0; id < VERB_COUNT; id++) {
        (void)fprintf(file, "  %-8s", verbs[id].name);
        print_wrapped(file, verbs[id].summary, 10, 10);
    }
    print_options(file, ON_NOTHING, "Options of the console:");
    print_options(file, ON_EVERYTHING, "Options of the console and of every verb:");
    (void)fputs("\nTry: davit ps                          what runs here\n"
                "     davit attach --ro /srv/data web:/mnt/data\n"
                "     davit VERB --help                 what a verb takes\n",
                file);
}

void help_print_verb(FILE *file, enum verb_id verb)
{
    const struct verb *v = &verbs[verb];

    (void)fprintf(file, "usage: davit %s [OPTIONS]%s%s\n", v->name, *v->arguments ? " " : "",
                  v->arguments);
    if (v->alias)
        (void)fprintf(file, "       davit %s is the same\n", v->alias);
    (void)fputc('\n', file);
    print_wrapped(file, *v->help ? v->help : v->summary, 0, 0);
    print_options(file, UINT32_C(1) << verb, "Options:");
    print_options(file, ON_EVERYTHING, "Options of every verb:");
}
