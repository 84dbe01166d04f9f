// The panes over a model that is told news, painted on a screen that is none.
#ifndef DAVIT_TESTS_VIEWS_FIXTURE_H
#define DAVIT_TESTS_VIEWS_FIXTURE_H

#include <time.h>

#include <jansson.h>

#include "offscreen.h"
#include "tui/views/pane.h"

#define NOW 1773284400 // 2026-03-12T03:00:00Z

struct fixture {
    struct model *model;
    struct pane *panes[PANE_COUNT];
    struct keymap *keymap;
    struct offscreen screen;
    enum pane_id focus;
    bool zoomed;
    const char *banner, *message;
};

static inline const struct pane_ops *ops_of(struct pane *pane)
{
    return ((struct pane *)pane)->ops;
}

static inline void fixture_open(struct fixture *f, int height, int width, bool utf8)
{
    static const struct pane_ops *const kinds[] = {&containers_pane, &filesystems_pane,
                                                   &mounts_pane, &log_pane};
    struct error err = {.code = ERROR_NONE};

    *f = (struct fixture){.focus = PANE_CONTAINERS};
    (void)setenv("TZ", "UTC", 1);
    tzset();
    ck_assert_int_eq(model_new(&f->model, &err), 0);
    f->model->now = NOW;
    ck_assert_int_eq(keymap_new(&f->keymap, &err), 0);
    for (int i = 0; i < PANE_COUNT; i++) {
        ck_assert_int_eq(kinds[i]->open(f->model, &f->panes[i], &err), 0);
        f->panes[i]->keymap = f->keymap;
    }
    offscreen_open(&f->screen, height, width, utf8);
}

static inline void fixture_close(struct fixture *f)
{
    offscreen_close(&f->screen);
    for (int i = 0; i < PANE_COUNT; i++)
        ops_of(f->panes[i])->close(f->panes[i]);
    keymap_free(f->keymap);
    model_free(f->model);
}

static inline void fixture_tell(struct fixture *f, int changed)
{
    ck_assert_int_gt(changed, 0);
    for (int i = 0; i < PANE_COUNT; i++)
        (void)ops_of(f->panes[i])->changed(f->panes[i], (unsigned)changed);
}

static inline void fixture_news(struct fixture *f, const char *method, const char *text)
{
    struct error err = {.code = ERROR_NONE};
    json_error_t why;
    json_t *params = json_loads(text, 0, &why);
    int changed;

    ck_assert_msg(params != NULL, "no JSON: %s in %s", why.text, text);
    changed = model_news(f->model, method, params, &err);
    json_decref(params);
    ck_assert_msg(changed > 0, "%s: %s", method, err.message);
    fixture_tell(f, changed);
}

static inline void fixture_hello(struct fixture *f, const char *text)
{
    struct error err = {.code = ERROR_NONE};
    json_t *result = json_loads(text, 0, NULL);

    ck_assert_ptr_nonnull(result);
    ck_assert_msg(model_hello(f->model, result, &err) > 0, "%s", err.message);
    json_decref(result);
}

static inline void fixture_paint(struct fixture *f)
{
    struct surface *surface = f->screen.surface;
    struct layout layout;

    layout_make(surface_height(surface), surface_width(surface), f->focus, f->zoomed, &layout);
    header_paint(layout_part(&layout.header, surface), f->model, f->banner);
    frame_paint(surface, &layout, f->focus);
    for (int i = 0; i < PANE_COUNT; i++)
        if (layout.panes[i].height > 1)
            ops_of(f->panes[i])
                ->paint(f->panes[i], layout_body(&layout, (enum pane_id)i, surface),
                        i == (int)f->focus);
    frame_titles(surface, &layout, f->panes, f->focus);
    footer_paint(layout_part(&layout.footer, surface), ops_of(f->panes[f->focus])->footer,
                 f->zoomed && layout.framed, f->keymap, f->message);
    offscreen_look(&f->screen);
}

static inline bool fixture_act(struct fixture *f, enum action action)
{
    return ops_of(f->panes[f->focus])->act(f->panes[f->focus], action);
}

static inline void fixture_filter(struct fixture *f, const char *text)
{
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(ops_of(f->panes[f->focus])->filter(f->panes[f->focus], text, &err), 0);
}

// The whole screen, for a test that failed.
static inline void fixture_show(const struct fixture *f)
{
    for (int i = 0; i < surface_height(f->screen.surface); i++)
        (void)fprintf(stderr, "%2d %s\n", i, f->screen.rows[i]);
}

#define row_is(f, n, text) ck_assert_str_eq((f)->screen.rows[n], text)
#define row_has(f, n, text)                                                                 \
    ck_assert_msg(strstr((f)->screen.rows[n], text) != NULL, "row %d is \"%s\", not %s", n, \
                  (f)->screen.rows[n], text)

#endif
