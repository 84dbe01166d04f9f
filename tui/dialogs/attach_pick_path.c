// A directory or file of the host, or of a container, or an image file, from its tree.
#include <stdlib.h>
#include <string.h>

#include "tui/dialogs/attach_source.h"
#include "tui/model/decode.h"

// What is being typed is a name in the directory before it.
static char *directory_of(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;

    return slash  ? strndup(path, slash == path ? 1 : (size_t)(slash - path))
            : path ? strdup(path)
                  : NULL;
}

// Behind the prefix; NULL: it begins otherwise.
static const char *behind(const char *text, const char *prefix)
{
    size_t n = prefix ? strlen(prefix) : 0;

    return text && strncmp(text, prefix ? prefix : "", n) == 0 ? text + n : NULL;
}

int attach_browse(struct dialog_host *host, const char *container, const char *prefix,
                  const struct raw_text *now, attach_source_chosen *chosen, void *context,
                  struct error *err)
{
    struct raw_text start = {directory_of(behind(now->text, prefix)),
                             directory_of(behind(now->bytes, prefix))};
    int r = browser_open(host, container, prefix, &start, chosen, context, err);

    raw_text_done(&start);
    return r;
}

int attach_pick_path(struct dialog_host *host, const struct raw_text *now,
                     attach_source_chosen *chosen, void *context, struct error *err)
{
    return attach_browse(host, NULL, NULL, now, chosen, context, err);
}

int attach_pick_image(struct dialog_host *host, const struct raw_text *now,
                      attach_source_chosen *chosen, void *context, struct error *err)
{
    return attach_browse(host, NULL, "image:", now, chosen, context, err);
}
