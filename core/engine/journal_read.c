#include "core/engine/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/engine/journal_fold.h"
#include "core/engine/journal_internal.h"

// Goes through the file line by line with one buffer of the longest line that is taken.
struct lines {
    int fd;
    off_t at, end;   // what was read, and where to stop: the size when reading began
    char *buffer;    // JOURNAL_LINE_LIMIT bytes
    size_t used;
    size_t number;   // of the line that is being read, from 1
    bool skipping;   // the rest of this line is thrown away ...
    bool counted;    // ... and it was reported as bad
    struct fold *fold;
};

static int take_line(struct lines *lines, const char *line, size_t length)
{
    int r = 0;

    if (lines->skipping) {
        lines->skipping = false;
        if (!lines->counted)
            return 0; // the rest of a line that began before the part that is read
    } else if (length > 0) {
        r = fold_line(lines->fold, line, length);
    }
    if (r == -EBADMSG || lines->counted)
        r = fold_bad_line(lines->fold, lines->number);
    lines->counted = false;
    lines->number++;
    return r;
}

// Takes the whole lines out of the buffer and keeps what is left at its front.
static int take_lines(struct lines *lines)
{
    char *next = lines->buffer, *end = lines->buffer + lines->used, *newline;

    while ((newline = memchr(next, '\n', (size_t)(end - next)))) {
        int r = take_line(lines, next, (size_t)(newline - next));

        if (r < 0)
            return r;
        next = newline + 1;
    }
    lines->used = (size_t)(end - next);
    memmove(lines->buffer, next, lines->used);
    if (lines->used == JOURNAL_LINE_LIMIT || (lines->skipping && lines->used > 0)) {
        if (!lines->skipping)
            lines->counted = true;
        lines->skipping = true;
        lines->used = 0;
    }
    return 0;
}

// What a crash left without its newline counts when it is whole, and is nobody's fault when not.
static int take_tail(struct lines *lines)
{
    int r = lines->used > 0 && !lines->skipping
                ? fold_line(lines->fold, lines->buffer, lines->used)
                : -EBADMSG;

    if (r < 0)
        lines->at -= (off_t)lines->used;
    return r == -EBADMSG ? 0 : r;
}

static int read_lines(struct lines *lines)
{
    while (lines->at < lines->end) {
        size_t room = JOURNAL_LINE_LIMIT - lines->used;
        size_t left = (size_t)(lines->end - lines->at);
        ssize_t n = pread(lines->fd, lines->buffer + lines->used, left < room ? left : room,
                          lines->at);
        int r;

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        lines->used += (size_t)n;
        lines->at += n;
        r = take_lines(lines);
        if (r < 0)
            return r;
    }
    return take_tail(lines);
}

static int read_file(int fd, struct fold *fold, uint64_t *ret_size)
{
    _cleanup_free_ char *buffer = malloc(JOURNAL_LINE_LIMIT);
    struct lines lines = {.fd = fd, .buffer = buffer, .number = 1, .fold = fold};
    struct stat st;
    int r;

    if (!buffer)
        return -ENOMEM;
    if (fstat(fd, &st) < 0)
        return -errno;
    lines.end = st.st_size;
    if (st.st_size > JOURNAL_LIMIT) {
        lines.at = st.st_size - JOURNAL_LIMIT;
        lines.skipping = true;
    }
    r = read_lines(&lines);
    *ret_size = (uint64_t)lines.at;
    return r;
}

int journal_read(struct journal *journal, struct journal_view **ret, struct error *err)
{
    _cleanup_journal_view_ struct journal_view *view = calloc(1, sizeof *view);
    struct fold fold = {.view = view};
    char boot[BOOT_ID_SIZE];
    int r;

    if (!view)
        return ERROR_OOM(err);
    r = boot_id_read(boot, err);
    if (r == 0)
        r = journal_open_files(journal, err);
    if (r < 0)
        return r;
    r = journal->file >= 0 ? read_file(journal->file, &fold, &view->size) : 0;
    if (r == 0)
        r = fold_finish(&fold, boot);
    fold_done(&fold);
    if (r == -ENOMEM)
        return ERROR_OOM(err);
    if (r < 0)
        return error_errno(err, -r, "cannot read %s", journal->path);
    *ret = TAKE_POINTER(view);
    return 0;
}

void journal_view_free(struct journal_view *view)
{
    for (size_t i = 0; i < view->n_attachments; i++)
        attachment_free(view->attachments[i]);
    for (size_t i = 0; i < view->n_events; i++)
        fold_event_done(&view->events[i]);
    free(view->attachments);
    free(view->open_detaches);
    free(view->events);
    free(view->bad_lines);
    free(view);
}
