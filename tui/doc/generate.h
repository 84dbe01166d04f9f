// What the generator writes from the tables of the command line, each to stdout.
#ifndef DAVIT_TUI_DOC_GENERATE_H
#define DAVIT_TUI_DOC_GENERATE_H

void generate_man(void);
void generate_bash(void);
void generate_zsh(void);
void generate_fish(void);

#endif
