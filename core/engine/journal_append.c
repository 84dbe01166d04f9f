#include "core/engine/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/engine/journal_internal.h"
#include "core/engine/journal_line.h"

// What the lines after an intent may need beyond the length of the intent itself.
#define RESERVE_EXTRA 8192

static int cannot_write(const struct journal *journal, int sys_errno, struct error *err)
{
    int r = error_errno(err, sys_errno, "cannot write %s", journal->path);

    err->code = ERROR_FAILED;
    error_stage(err, "journal");
    if (sys_errno == ENOSPC || sys_errno == EDQUOT)
        error_hint(err,
                   "its filesystem is full: make room there; nothing was changed by this step");
    return r;
}

// A crash may have left the last line without its end: -errno, or 1 when so.
static int ends_torn(int fd, off_t size)
{
    char last;
    ssize_t n = size > 0 ? pread(fd, &last, 1, size - 1) : 0;

    return n < 0 ? -errno : n == 1 && last != '\n';
}

// One write(2) a line; what did not come through whole is taken back.
static int append(struct journal *journal, const char *line, size_t length, struct error *err)
{
    _cleanup_free_ char *repaired = NULL;
    struct stat st;
    ssize_t n;
    int r;

    if (fstat(journal->file, &st) < 0)
        return cannot_write(journal, errno, err);
    r = ends_torn(journal->file, st.st_size);
    if (r < 0)
        return cannot_write(journal, -r, err);
    if (r > 0) {
        repaired = text_format("\n%s", line);
        if (!repaired)
            return ERROR_OOM(err);
        line = repaired;
        length++;
    }
    do {
        n = write(journal->file, line, length);
    } while (n < 0 && errno == EINTR);
    r = n < 0 ? -errno : (size_t)n < length ? -ENOSPC : 0;
    if (r == 0 && fdatasync(journal->file) < 0)
        r = -errno;
    if (r == 0)
        return 0;
    file_cut(journal->file, st.st_size);
    return cannot_write(journal, -r, err);
}

static int reserve(struct journal *journal, size_t bytes, struct error *err)
{
    struct stat st;

    if (fstat(journal->file, &st) < 0)
        return cannot_write(journal, errno, err);
    if (fallocate(journal->file, FALLOC_FL_KEEP_SIZE, st.st_size, (off_t)bytes) < 0 &&
        errno != EOPNOTSUPP && errno != ENOSYS)
        return cannot_write(journal, errno, err);
    return 0;
}

static void set_actor(struct journal *journal, struct journal_line *line)
{
    if (!*journal->actor.name)
        actor_find(&journal->actor);
    line->by_uid = journal->actor.uid;
    text_clean(line->by, sizeof line->by, journal->actor.name, strlen(journal->actor.name));
}

static int begin(struct journal *journal, struct journal_line *line, const char *operation,
                 const char *id, const struct attachment *what, struct error *err)
{
    if (journal->lock < 0 || journal->file < 0)
        return error_set(err, ERROR_FAILED, ENOLCK, "the journal is not locked");
    if (journal_operation_of(operation, &line->operation) < 0)
        return error_set(err, ERROR_FAILED, EINVAL, "the journal knows no operation %s", operation);
    line->at = time(NULL);
    (void)snprintf(line->id, sizeof line->id, "%s", id);
    (void)snprintf(line->attachment, sizeof line->attachment, "%s", what->id);
    set_actor(journal, line);
    return 0;
}

static int write_line(struct journal *journal, const struct journal_line *line,
                      const struct attachment *what, struct error *err)
{
    _cleanup_free_ char *text = NULL;
    size_t length;
    int r = journal_line_encode(line, what, &text, &length, err);

    return r < 0 ? r : append(journal, text, length, err);
}

int journal_intent(struct journal *journal, const char *operation, const struct attachment *what,
                   const char *operation_id, struct error *err)
{
    struct journal_line line = {.kind = LINE_INTENT};
    _cleanup_free_ char *text = NULL;
    struct error ignored;
    size_t length;
    int r = begin(journal, &line, operation, operation_id, what, err);

    if (r == 0)
        r = journal_line_encode(&line, what, &text, &length, err);
    if (r == 0)
        r = reserve(journal, 3 * length + RESERVE_EXTRA, err);
    if (r == 0)
        r = journal_mark(journal, operation_id, err);
    if (r < 0)
        return r;
    r = append(journal, text, length, err);
    if (r < 0)
        (void)journal_unmark(journal, operation_id, &ignored);
    return r;
}

int journal_made(struct journal *journal, const char *operation_id, const struct attachment *what,
                 struct error *err)
{
    struct journal_line line = {.kind = LINE_MADE};
    int r = begin(journal, &line, attachment_operation(what), operation_id, what, err);

    return r < 0 ? r : write_line(journal, &line, what, err);
}

int journal_done(struct journal *journal, const char *operation, const struct attachment *what,
                 const char *operation_id, struct error *err)
{
    struct journal_line line = {.kind = LINE_DONE};
    int r = begin(journal, &line, operation, operation_id, what, err);

    if (r == 0)
        r = write_line(journal, &line, what, err);
    return r < 0 ? r : journal_unmark(journal, operation_id, err);
}

int journal_failed(struct journal *journal, const char *operation, const struct attachment *what,
                   const char *operation_id, const struct error *why, struct error *err)
{
    struct journal_line line = {.kind = LINE_FAILED};
    int r = begin(journal, &line, operation, operation_id, what, err);

    text_clean(line.why, sizeof line.why, why->message, strlen(why->message));
    if (r == 0)
        r = write_line(journal, &line, what, err);
    return r < 0 ? r : journal_unmark(journal, operation_id, err);
}

int journal_gone(struct journal *journal, const struct attachment *what, const char *why,
                 struct error *err)
{
    struct journal_line line = {.kind = LINE_GONE};
    int r = begin(journal, &line, "attach", what->id, what, err);

    text_clean(line.why, sizeof line.why, why, strlen(why));
    return r < 0 ? r : write_line(journal, &line, what, err);
}

int journal_kept(struct journal *journal, const char *operation, const struct attachment *what,
                 const struct error *why, struct error *err)
{
    struct journal_line line = {.kind = why ? LINE_FAILED : LINE_DONE};
    char id[OPERATION_ID_SIZE];
    int r;

    text_random_hex(id, sizeof id);
    r = begin(journal, &line, operation, id, what, err);
    if (why)
        text_clean(line.why, sizeof line.why, why->message, strlen(why->message));
    return r < 0 ? r : write_line(journal, &line, what, err);
}

int journal_lingering(struct journal *journal, const struct attachment *what, struct error *err)
{
    struct journal_line line = {.kind = LINE_LINGERING};
    int r = begin(journal, &line, "attach", what->id, what, err);

    return r < 0 ? r : write_line(journal, &line, what, err);
}
