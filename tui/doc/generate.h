// What the generator writes from the tables of the command line, each to stdout.
#ifndef DAVIT_TUI_DOC_GENERATE_H
#define DAVIT_TUI_DOC_GENERATE_H

// Names of the themes that davit brings, NULL-terminated: set before completions are generated.
extern char *const *generate_themes;

void generate_man(void);
void generate_config_man(void); // davit.json(5)
void generate_themes_man(void); // davit-themes(5)
void generate_bash(void);
void generate_zsh(void);
void generate_fish(void);

// Text of the tables in the man(7) language: backslashes and dashes are special everywhere, dots
// and quotes at the start of a line. manpage_put() ends the line.
void manpage_put(const char *text);
void manpage_put_part(const char *text);

#endif
