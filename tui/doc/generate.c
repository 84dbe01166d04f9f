// Run while davit is built: writes one man page or the completions of one shell to stdout.
#include "tui/doc/generate.h"

#include <stdio.h>
#include <string.h>

// generate KIND THEME…
int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*generate)(void);
    } kinds[] = {{"man", generate_man},
                 {"config-man", generate_config_man},
                 {"themes-man", generate_themes_man},
                 {"bash", generate_bash},
                 {"zsh", generate_zsh},
                 {"fish", generate_fish}};

    generate_themes = argv + 2;
    for (size_t i = 0; argc >= 2 && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(argv[1], kinds[i].name) == 0) {
            kinds[i].generate();
            return fflush(stdout) == 0 ? 0 : 1;
        }
    (void)fprintf(stderr, "usage: generate man|config-man|themes-man|bash|zsh|fish THEME...\n");
    return 2;
}
