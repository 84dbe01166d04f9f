// A terminal without a tty, and what is on it.
#ifndef DAVIT_TESTS_SCREEN_LAB_H
#define DAVIT_TESTS_SCREEN_LAB_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "core/base/file.h"
#include "tui/screen/terminal.h"
#include "tests/unit/temporary.h"

struct screen_lab {
    struct loop *loop;
    struct terminal *terminal;
    struct surface *surface;
    char directory[TEMPORARY_SIZE];
    char text[65536]; // as screen_lab_read() found it
};

static inline void screen_lab_key(struct key_event event, void *context)
{
    (void)event;
    (void)context;
}

static inline void screen_lab_event(void *context)
{
    (void)context;
}

static inline void screen_lab_open(struct screen_lab *lab, int width, int height, const char *term,
                                   bool utf8, unsigned flags)
{
    static const struct terminal_events events = {.key = screen_lab_key,
                                                  .resized = screen_lab_event,
                                                  .resumed = screen_lab_event,
                                                  .hangup = screen_lab_event,
                                                  .interrupt = screen_lab_event};
    const struct terminal_headless headless = {width, height, term, utf8};
    struct error err;

    ck_assert_int_eq(loop_new(&lab->loop, &err), 0);
    ck_assert_msg(terminal_open(lab->loop, flags | TERMINAL_OFF_SCREEN, &headless, &events, NULL,
                                &lab->terminal, &err) == 0,
                  "%s", err.message);
    lab->surface = terminal_surface(lab->terminal);
    temporary_directory(lab->directory);
}

static inline void screen_lab_close(struct screen_lab *lab)
{
    terminal_close(lab->terminal);
    loop_free(lab->loop);
    ck_assert_int_eq(rmdir(lab->directory), 0);
}

// What terminal_save() writes.
static inline const char *screen_lab_read(struct screen_lab *lab)
{
    char path[TEMPORARY_SIZE + 16];
    struct error err;
    ssize_t n;

    (void)snprintf(path, sizeof path, "%s/screen", lab->directory);
    ck_assert_msg(terminal_save(lab->terminal, path, &err) == 0, "%s", err.message);
    n = file_read_into(-100 /* AT_FDCWD */, path, lab->text, sizeof lab->text);
    ck_assert_int_gt(n, 0);
    ck_assert_int_eq(unlink(path), 0);
    return lab->text;
}

// The same up to its attributes.
static inline const char *screen_lab_text(struct screen_lab *lab)
{
    char *end;

    (void)screen_lab_read(lab);
    end = strstr(lab->text, "-- attributes --\n");
    ck_assert_ptr_nonnull(end);
    *end = '\0';
    return lab->text;
}

#endif
