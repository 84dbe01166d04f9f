#include "tui/doc/generate.h"

#include <stdio.h>
#include <string.h>

#include "tui/screen/action.h"
#include "tui/verbs/help.h"
#include "tui/verbs/table.h"

void manpage_put_part(const char *text)
{
    if (*text == '.' || *text == '\'')
        (void)fputs("\\&", stdout);
    for (; *text; text++) {
        if (strncmp(text, "\n\n", 2) == 0) {
            (void)fputs("\n.PP\n", stdout);
            text++;
        } else if (*text == '-') {
            (void)fputs("\\-", stdout);
        } else if (*text == '\\') {
            (void)fputs("\\e", stdout);
        } else {
            (void)putchar(*text);
        }
    }
}

void manpage_put(const char *text)
{
    manpage_put_part(text);
    (void)putchar('\n');
}

// Options whose verbs are exactly `wanted` (all or none), or those of one verb's bit.
static void put_options(uint32_t wanted)
{
    bool exact = wanted == ON_EVERYTHING || wanted == ON_NOTHING;

    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const struct option_spec *option = &option_specs[id];
        char names[128];

        if (!option->built || (exact ? option->verbs != wanted
                                     : option->verbs == ON_EVERYTHING || !(option->verbs & wanted)))
            continue;
        help_option_names(names, sizeof names, option);
        (void)fputs(".TP\n.B ", stdout);
        manpage_put(names);
        manpage_put(option->help);
    }
}

static void put_verb(enum verb_id id)
{
    const struct verb *verb = &verbs[id];

    (void)fputs(".SS ", stdout);
    (void)printf("davit %s", verb->name);
    if (*verb->arguments)
        (void)fputs(" [OPTIONS] ", stdout);
    manpage_put(verb->arguments);
    if (verb->alias)
        (void)printf("Also\n.BR \"davit %s\" .\n.PP\n", verb->alias);
    manpage_put(*verb->help ? verb->help : verb->summary);
    put_options(UINT32_C(1) << id);
}

static const char intro[] =
    ".SH NAME\n"
    "davit \\- attach host filesystems to running containers, and take them away again\n"
    ".SH SYNOPSIS\n"
    ".B davit\n"
    "[\\fIOPTIONS\\fR]\n"
    ".br\n"
    ".B davit\n"
    ".I VERB\n"
    "[\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]\n"
    ".SH DESCRIPTION\n"
    "davit attaches a directory or file of the host to containers while they run, proves from\n"
    "inside that it is there as it should be, and detaches it again. It needs no help from the\n"
    "container and no restart. What it does is written to a journal first; when it is killed in\n"
    "the middle, the next davit takes back or completes what was begun.\n"
    ".PP\n"
    "A container is named by its exact name, its exact id or a unique prefix of it,\n"
    ".IR RUNTIME / NAME ,\n"
    ".IR POD / NAME ,\n"
    ".IR USER / NAME\n"
    "of a user's own containers, or\n"
    ".BI pid: N.\n"
    ".I CONTAINER:PATH\n"
    "is split at the last colon that is followed by a slash.\n";

static const char console[] =
    ".SH CONSOLE\n"
    "Without a verb davit opens the console: containers, the host's filesystems, what is mounted\n"
    "in the selected container, and the log of what every davit on this host does. Nothing is\n"
    "changed by a single key: a change is a page with its plan, which waits for a key of its own.\n"
    "The console itself runs without root's privileges; the engine it speaks to finishes or takes\n"
    "back what is under way when the terminal goes away. Without root it is for reading.\n";

static const char closing[] =
    ".SH FILES\n"
    ".TP\n"
    ".I /etc/davit/config.json\n"
    "Settings; see\n"
    ".BR davit.json (5).\n"
    ".TP\n"
    ".I /run/davit/journal\n"
    "What was done and what was begun, one JSON object a line; see\n"
    ".BR \\-\\-state\\-dir .\n"
    ".TP\n"
    ".I /var/lib/davit/kept.json\n"
    "What is kept, and what is to be detached at a time. Not where\n"
    ".B \\-\\-state\\-dir\n"
    "names a directory: then it is there.\n"
    ".TP\n"
    ".I /run/davit/lock\n"
    "Held by the davit that changes something, so that changes are made one at a time.\n"
    ".PP\n"
    "Each change is also written to syslog, facility authpriv. In a container nothing is left but\n"
    "mount points that davit made, until it detaches.\n"
    ".SH ENVIRONMENT\n"
    ".TP\n"
    ".B DOCKER_HOST\n"
    "Docker's socket, unless\n"
    ".B \\-\\-docker\n"
    "is given. An endpoint that is no local unix socket is for reading only.\n"
    ".SH NOTES\n"
    "An attachment ends when its container stops or restarts, and comes back only where it is "
    "kept\n"
    "and\n"
    ".B davit keepd\n"
    "runs. A mount point that was made for it then stays in the container's writable layer, as an "
    "empty directory or file.\n"
    ".PP\n"
    "Root inside a container that has CAP_SYS_ADMIN can lift the flags of a mount; attach warns\n"
    "of it. Where the container has a user namespace of its own, the flags are locked.\n"
    ".PP\n"
    "In a container with a user namespace the host's owners are nobody, unless they are mapped\n"
    "(idmapped mounts). With\n"
    ".B \\-\\-ro\n"
    "each has the number that it has on the host; an attach for writing wants\n"
    ".B \\-\\-idmap auto\n"
    "for that, since what root inside writes is then the host's root's,\n"
    ".BR \\-\\-idmap\\ off ,\n"
    "or a mapping of its own:\n"
    ".B 0:1000:1\n"
    "shows the host's user 1000 as root inside.\n"
    ".PP\n"
    "Attaching needs Linux 5.12 or later;\n"
    ".B davit doctor\n"
    "says what this kernel has.\n"
    ".SH EXAMPLES\n"
    ".EX\n"
    "davit ps\n"
    "davit attach \\-\\-ro /var/log/app web:/mnt/log\n"
    "davit attach \\-\\-dry\\-run /srv/data web:/data api:/data\n"
    "davit detach \\-\\-wait 10s web:/mnt/log\n"
    "davit undo\n"
    ".EE\n"
    ".SH SEE ALSO\n"
    ".BR davit.json (5),\n"
    ".BR davit\\-themes (5),\n"
    ".BR mount (8),\n"
    ".BR mount_namespaces (7),\n"
    ".BR nsenter (1)\n";

static void put_keys(void)
{
    for (enum action id = 0; id < ACTION_COUNT; id++) {
        const struct action_info *info = &action_infos[id];

        (void)fputs(".TP\n.BR \"", stdout);
        manpage_put_part(*info->keys ? info->keys : "(no key)");
        (void)fputs("\" \" (", stdout);
        manpage_put_part(info->name);
        (void)fputs(")\"\n", stdout);
        manpage_put(info->help);
    }
}

static void put_console(void)
{
    (void)fputs(console, stdout);
    put_options(ON_NOTHING);
    (void)fputs(".SS Keys\nEach can be bound otherwise, by the name in brackets; see\n"
                ".BR davit.json (5).\n",
                stdout);
    put_keys();
}

void generate_man(void)
{
    (void)printf(".TH DAVIT 1 \"\" \"davit %s\" \"Administration\"\n%s", DAVIT_VERSION, intro);
    put_console();
    (void)fputs(".SH VERBS\n", stdout);
    for (enum verb_id id = 0; id < VERB_COUNT; id++)
        put_verb(id);
    (void)fputs(".SH OPTIONS OF THE CONSOLE AND OF EVERY VERB\n", stdout);
    put_options(ON_EVERYTHING);
    (void)fputs(".SH JSON\n"
                "With\n.B \\-\\-json\n"
                "one object with\n.B \\(dqschema\\(dq: 1\n"
                "is printed on standard output, and nothing else. When something failed it has the "
                "key\n.BR error :\n"
                "an object with\n.BR code ,\n.BR exit ,\n.BR stage ,\n.BR path ,\n.BR errno ,\n"
                ".B message\nand\n.BR hint .\n"
                "Sizes are bytes, times RFC 3339, durations microseconds. A text that is not the "
                "raw bytes has these beside it in base64, as\n.IR KEY _b64.\n"
                ".SH EXIT STATUS\n",
                stdout);
    for (int i = 0; exit_meanings[i]; i++) {
        (void)printf(".TP\n.B %d\n", i);
        manpage_put(exit_meanings[i]);
    }
    (void)fputs(closing, stdout);
}
