// davit.json(5) and davit-themes(5): what people write, from the tables that check it.
#include "tui/doc/generate.h"

#include <stdio.h>

#include "core/wire/settings.h"
#include "tui/screen/action.h"
#include "tui/screen/role.h"

static const char config_intro[] =
    ".SH NAME\n"
    "davit.json \\- settings of davit\n"
    ".SH SYNOPSIS\n"
    ".I /etc/davit/config.json\n"
    ".br\n"
    ".I $XDG_CONFIG_HOME/davit/config.json\n"
    "(else\n"
    ".IR ~/.config/davit/config.json )\n"
    ".SH DESCRIPTION\n"
    "One JSON object of at most 64 KiB. The console reads the file of the system first and then\n"
    "that of the user, which replaces what it names, member by member; with\n"
    ".BR \\-\\-config\n"
    "it reads that file alone. The verbs take the members of\n"
    ".B engine\n"
    "from the file of the system or from that of\n"
    ".BR \\-\\-config ,\n"
    "which must be root's and writable by nobody else when root runs davit. A user's own file "
    "says\n"
    "nothing of the engine.\n"
    ".PP\n"
    "A member that is unknown, of the wrong type or out of bounds is told and left out, and the\n"
    "others hold; a file that is no JSON object, or has a member twice, is left out as a whole. "
    "The\n"
    "verbs refuse such a file when\n"
    ".B \\-\\-config\n"
    "names it.\n"
    ".SH MEMBERS\n";

static const char config_example[] =
    ".SH EXAMPLE\n"
    ".EX\n"
    "{\n"
    "  \\(dqtheme\\(dq: \\(dqnord\\(dq,\n"
    "  \\(dqbanner\\(dq: \\(dqPROD\\(dq,\n"
    "  \\(dqkeys\\(dq: {\\(dqundo\\(dq: \\(dqU F6\\(dq, \\(dqzoom\\(dq: \\(dq\\(dq},\n"
    "  \\(dqengine\\(dq: {\\(dqdocker\\(dq: \\(dq/run/docker.sock\\(dq}\n"
    "}\n"
    ".EE\n"
    ".SH SEE ALSO\n"
    ".BR davit (1),\n"
    ".BR davit\\-themes (5)\n";

static void put_type(const struct setting_info *info)
{
    switch (info->type) {
    case SETTING_TEXT:
        (void)printf("A string of %ld to %ld bytes.\n", info->least, info->most);
        break;
    case SETTING_BOOLEAN:
        (void)fputs("true or false.\n", stdout);
        break;
    case SETTING_INTEGER:
        (void)printf("An integer from %ld to %ld.\n", info->least, info->most);
        break;
    case SETTING_KEYS:
        (void)fputs("An object: see\n.BR KEYS .\n", stdout);
        break;
    }
    (void)fputs("Default: ", stdout);
    manpage_put(info->otherwise);
}

void generate_config_man(void)
{
    (void)printf(".TH DAVIT.JSON 5 \"\" \"davit %s\" \"File formats\"\n%s", DAVIT_VERSION,
                 config_intro);
    for (enum setting id = 0; id < SETTING_COUNT; id++) {
        (void)fputs(".TP\n.B ", stdout);
        manpage_put(setting_infos[id].name);
        manpage_put(setting_infos[id].meaning);
        (void)fputs(".br\n", stdout);
        put_type(&setting_infos[id]);
    }
    (void)fputs(
        ".SH KEYS\n"
        "Each member of\n"
        ".B keys\n"
        "is an action with all the keys that it has then, parted by spaces: characters and names "
        "as\n"
        "F5, Ctrl\\-R, PageUp, Space. Two actions of one place cannot have the same key: then the\n"
        "change is left out, and told. What follows are the actions with their own keys.\n",
        stdout);
    for (int i = 0; i < ACTION_COUNT; i++) {
        (void)fputs(".TP\n.B ", stdout);
        manpage_put(action_infos[i].name);
        if (*action_infos[i].keys) {
            (void)fputs("(", stdout);
            manpage_put_part(action_infos[i].keys);
            (void)fputs(")\n", stdout);
        }
        manpage_put(action_infos[i].help);
    }
    (void)fputs(config_example, stdout);
}

static const char themes_intro[] =
    ".SH NAME\n"
    "davit\\-themes \\- colours of davit's console\n"
    ".SH SYNOPSIS\n"
    ".I $XDG_CONFIG_HOME/davit/themes/NAME.json\n"
    ".br\n"
    ".I $XDG_DATA_DIRS/davit/themes/NAME.json\n"
    ".SH DESCRIPTION\n"
    "A theme gives colours and attributes to the pieces of the screen, and can do nothing else. "
    "It\n"
    "is one JSON object of at most 64 KiB in a regular file. A theme is named by\n"
    ".BR \\-\\-theme ,\n"
    "by\n"
    ".B theme\n"
    "in\n"
    ".BR davit.json (5)\n"
    "or by the command\n"
    ".BI :theme\\  NAME\n"
    "of the console; a name has the characters a\\-z, 0\\-9, _ and \\-, and anything with a slash\n"
    "is the path of a file. The themes\n"
    ".B default\n"
    "and\n"
    ".B mono\n"
    "are part of the program.\n"
    ".SH MEMBERS\n"
    ".TP\n.B name\nThe theme's name, that of its file.\n"
    ".TP\n.B variant\n\\(dqdark\\(dq or \\(dqlight\\(dq: what background it is made for.\n"
    ".TP\n.B inherits\nThe name of another theme, from which is taken what this one does not say;\n"
    "without it the built\\-in default, null for none.\n"
    ".TP\n.B palette\nNames of colours. Each is an object with\n.B rgb\n(\\(dq#rrggbb\\(dq) and,\n"
    "where the nearest colour is not good enough,\n.B 256\n(0 to 255) and\n.B 16\n(0 to 15 or a "
    "name).\nA colour is looked up here first, then in the themes that are inherited: so a theme "
    "can give\nanother value to a colour of theirs, the 16 names among them.\n"
    ".TP\n.B roles\nThe pieces of the screen. Each is an object with\n.B fg\nand\n.B bg\n"
    "(a colour of the palette, \\(dqdefault\\(dq for the terminal's own, \\(dq#rrggbb\\(dq, or one "
    "of the 16:\nblack, red, green, yellow, blue, magenta, cyan, white, and each with bright\\- "
    "before it),\n.B attr\n(an array of bold, dim, underline, reverse, italic) and\n.B mono\n(the "
    "same, for a terminal\nwithout colours).\n"
    ".PP\n"
    "What is not said of a role is that of the role without its last dotted part in the same "
    "theme\n"
    "(\\(dqstatus\\(dq may be said for all that begin with it), then that of the theme that is\n"
    "inherited; a colour at last that of\n.BR text ,\n.B mono\nthat of\n.BR attr .\n"
    "A terminal with fewer colours gets the nearest ones, by their distance in CIE L*a*b*.\n"
    ".SH ROLES\n";

static const char themes_closing[] =
    ".SH EXAMPLE\n"
    ".EX\n"
    "{\n"
    "  \\(dqname\\(dq: \\(dqmine\\(dq,\n"
    "  \\(dqinherits\\(dq: \\(dqnord\\(dq,\n"
    "  \\(dqpalette\\(dq: {\\(dqfrost\\(dq: {\\(dqrgb\\(dq: \\(dq#a0d0e0\\(dq}},\n"
    "  \\(dqroles\\(dq: {\\(dqlist.selected\\(dq: {\\(dqfg\\(dq: \\(dqfrost\\(dq, \\(dqattr\\(dq: "
    "[\\(dqbold\\(dq]}}\n"
    "}\n"
    ".EE\n"
    ".SH SEE ALSO\n"
    ".BR davit (1),\n"
    ".BR davit.json (5)\n";

void generate_themes_man(void)
{
    (void)printf(".TH DAVIT\\-THEMES 5 \"\" \"davit %s\" \"File formats\"\n%s", DAVIT_VERSION,
                 themes_intro);
    for (enum role role = 0; role < ROLE_COUNT; role++) {
        (void)fputs(".TP\n.B ", stdout);
        manpage_put(role_infos[role].name);
        manpage_put(role_infos[role].meaning);
    }
    (void)fputs(themes_closing, stdout);
}
