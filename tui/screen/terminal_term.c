#include "tui/screen/terminal_term.h"

#define NCURSES_NOMACROS
#include <curses.h>
#include <string.h>
#include <term.h>

enum term_found term_look_up(const char *name, int fd)
{
    enum term_found found = TERM_UNKNOWN;
    const char *cup;
    int status = 0;

    if (!name || !*name || strlen(name) >= TERM_SIZE)
        return TERM_UNKNOWN;
    // 1: known; 0: unknown, or of no terminal in particular
    if (setupterm(name, fd, &status) == OK && status == 1) {
        cup = tigetstr("cup");
        found = cup && cup != (const char *)-1 ? TERM_GOOD : TERM_NO_CURSOR;
    }
    if (cur_term)
        (void)del_curterm(cur_term);
    return found;
}
