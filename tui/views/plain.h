// A pane read aloud: what --plain says of it.
#ifndef DAVIT_TUI_VIEWS_PLAIN_H
#define DAVIT_TUI_VIEWS_PLAIN_H

#include <stdbool.h>

// Fresh memory; clean text in sentences without their full stop.
struct spoken {
    char *title;    // "Containers, 3 of 200, filter: api"
    char *identity; // of what is selected; NULL: nothing is
    char *place;    // "1 of 2", "1 of 2, marked"; NULL: nothing is selected, or there is no order
    char *name;     // how what is selected is called
    char *facts;    // what is worth a word when it changes by itself ("paused"), or ""
    char *row;      // "1 of 2: shop/api-7d9f app, running 2 hours, 1 attached"; why there is none
    char *order;    // "sorted by up, the largest first", or ""
};
void spoken_done(struct spoken *spoken);

#endif
