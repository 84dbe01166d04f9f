#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "core/base/cleanup.h"
#include "tui/views/log_view.h"

static int write_entries(const struct log_view *view, FILE *out)
{
    const struct log *log = view->base.model->log;

    for (size_t i = 0; i < log->n; i++) {
        _cleanup_free_ char *text = NULL;

        if (!log_lets_through(view, log->entries[i]))
            continue;
        text = log_entry_text(log->entries[i], true);
        if (!text)
            return -ENOMEM;
        if (fputs(text, out) == EOF)
            return -errno;
    }
    return fflush(out) == 0 && fsync(fileno(out)) == 0 ? 0 : -errno;
}

// What the filter shows, steps included, as clean text. An existing file is never written over, and
// the file is the user's alone: the log names paths and people.
int log_pane_save(struct pane *pane, const char *path, struct error *err)
{
    const struct log_view *view = (const struct log_view *)pane;
    _cleanup_fclose_ FILE *out = NULL;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int r;

    if (fd < 0) {
        r = error_errno(err, errno, "cannot save the log as %s", path);
        if (r == -EEXIST)
            error_hint(err, "it exists already and is not written over: give another name");
        return r;
    }
    out = fdopen(fd, "w");
    if (!out) {
        r = error_errno(err, errno, "cannot save the log as %s", path);
        (void)close(fd);
        (void)unlink(path);
        return r;
    }
    r = write_entries(view, out);
    if (r < 0) {
        (void)error_errno(err, -r, "cannot save the log as %s", path);
        (void)unlink(path); // half a log would look like a whole one
    }
    return r;
}
