// One painting of the whole: panes, and the dialogs above them.
#include "tui/console/console.h"

static void paint_panes(struct console *console, const struct layout *layout)
{
    struct surface *surface = terminal_surface(console->terminal);

    for (enum pane_id i = 0; i < PANE_COUNT; i++)
        if (layout->panes[i].height > 1)
            console->panes[i]->ops->paint(console->panes[i], layout_body(layout, i, surface),
                                          i == console->focus);
}

void console_paint(struct console *console)
{
    struct surface *surface = terminal_surface(console->terminal);
    struct surface_part all = surface_all(surface);
    struct dialog *top = console_top(console);
    const char *message = console->message[0] ? console->message : NULL;
    struct layout layout;

    layout_make(all.height, all.width, console->focus, console->zoomed, &layout);
    surface_clear(all, ROLE_TEXT);
    header_paint(layout_part(&layout.header, surface), console->model, console->config.banner);
    frame_paint(surface, &layout, console->focus);
    paint_panes(console, &layout);
    frame_titles(surface, &layout, console->panes, console->focus);
    for (size_t i = 0; i < console->n_dialogs; i++)
        console->dialogs[i]->ops->paint(
            console->dialogs[i],
            surface_within(all, layout.header.height, 0,
                           all.height - layout.header.height - layout.footer.height, all.width));
    if (top)
        footer_paint_keys(layout_part(&layout.footer, surface), top->ops->footer(top),
                          console->keymap, message);
    else
        footer_paint(layout_part(&layout.footer, surface),
                     console->panes[console->focus]->ops->footer, console->zoomed && layout.framed,
                     console->keymap, message);
}
