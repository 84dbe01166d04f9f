#include "core/engine/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/engine/journal_fold.h"
#include "core/engine/journal_heads.h"
#include "core/engine/journal_internal.h"

// Goes through the file line by line with one buffer of the longest line that is taken.
struct lines {
    int fd;
    off_t at, end; // what was read, and where to stop: the size when reading began
    char *buffer;  // JOURNAL_LINE_LIMIT bytes
    size_t used;
    size_t number;       // of the line that is being read, from 1
    bool skipping;       // the rest of this line is thrown away ...
    bool counted;        // ... and it was reported as bad
    struct fold *fold;   // NULL: the lines are only noted in `heads`
    struct heads *heads; // NULL: every line is folded
};

static int take_line(struct lines *lines, const char *line, size_t length)
{
    int r = 0;

    if (lines->skipping) {
        lines->skipping = false;
        if (!lines->counted)
            return 0; // the rest of a line that began before the part that is read
    } else if (!lines->fold) {
        r = heads_note(lines->heads, line, length);
    } else if (length > 0 && !(lines->heads && heads_ended(lines->heads, line, length))) {
        r = fold_line(lines->fold, line, length);
    }
    if (lines->fold && (r == -EBADMSG || lines->counted))
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
    int r = -EBADMSG;

    if (lines->used > 0 && !lines->skipping && lines->fold)
        r = fold_line(lines->fold, lines->buffer, lines->used);
    if (r < 0)
        lines->at -= (off_t)lines->used;
    return r == -EBADMSG ? 0 : r;
}

static int read_lines(struct lines *lines)
{
    while (lines->at < lines->end) {
        size_t room = JOURNAL_LINE_LIMIT - lines->used;
        size_t left = (size_t)(lines->end - lines->at);
        ssize_t n =
            pread(lines->fd, lines->buffer + lines->used, left < room ? left : room, lines->at);
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

// Reads from `start`, which is the middle of a line unless it is 0, to `end`.
static int read_part(struct lines lines, off_t start, off_t end, uint64_t *ret_size)
{
    int r;

    lines.number = 1;
    lines.at = start;
    lines.end = end;
    lines.skipping = start > 0;
    r = read_lines(&lines);
    *ret_size = (uint64_t)lines.at;
    return r;
}

enum read_flags { READ_LIVE = 1 << 0 };

static int read_file(int fd, unsigned flags, struct fold *fold, uint64_t *ret_size)
{
    _cleanup_free_ char *buffer = malloc(JOURNAL_LINE_LIMIT);
    struct heads heads = {0};
    struct stat st;
    off_t start;
    int r = 0;

    if (!buffer)
        return -ENOMEM;
    if (fstat(fd, &st) < 0)
        return -errno;
    start = st.st_size > JOURNAL_LIMIT ? st.st_size - JOURNAL_LIMIT : 0;
    if (flags & READ_LIVE)
        r = read_part((struct lines){.fd = fd, .buffer = buffer, .heads = &heads}, start,
                      st.st_size, ret_size);
    if (r == 0)
        r = read_part((struct lines){.fd = fd, .buffer = buffer, .heads = &heads, .fold = fold},
                      start, st.st_size, ret_size);
    heads_done(&heads);
    return r;
}

static int read_view(struct journal *journal, unsigned flags, struct journal_view **ret,
                     struct error *err)
{
    _cleanup_journal_view_ struct journal_view *view = calloc(1, sizeof *view);
    struct fold fold = {.view = view, .without_events = flags & READ_LIVE};
    char boot[BOOT_ID_SIZE];
    int r;

    if (!view)
        return ERROR_OOM(err);
    r = boot_id_read(boot, err);
    if (r == 0)
        r = journal_open_files(journal, err);
    if (r < 0)
        return r;
    r = journal->file >= 0 ? read_file(journal->file, flags, &fold, &view->size) : 0;
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

int journal_read(struct journal *journal, struct journal_view **ret, struct error *err)
{
    return read_view(journal, 0, ret, err);
}

int journal_read_live(struct journal *journal, struct journal_view **ret, struct error *err)
{
    return read_view(journal, READ_LIVE, ret, err);
}

struct attachment *journal_view_find(const struct journal_view *view, const char *id)
{
    for (size_t i = 0; i < view->n_attachments; i++)
        if (strcmp(view->attachments[i]->id, id) == 0)
            return view->attachments[i];
    return NULL;
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
