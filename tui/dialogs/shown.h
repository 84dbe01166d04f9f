// Times as people read them. For the dialogs' own files.
#ifndef DAVIT_TUI_DIALOGS_SHOWN_H
#define DAVIT_TUI_DIALOGS_SHOWN_H

#include <time.h>

#define SHOWN_SIZE 48

// "14 Mar 09:12", local time; with the year when it is another than now's.
void shown_time(char out[SHOWN_SIZE], time_t at, time_t now);
void shown_ago(char out[SHOWN_SIZE], time_t at, time_t now); // "2 hours ago"

#endif
