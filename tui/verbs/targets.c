#include "tui/verbs/targets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/resolver.h"

int targets_add(struct targets *targets, const char *container, const char *path, struct error *err)
{
    _cleanup_free_ char *own_container = strdup(container), *own_path = strdup(path);
    struct target_request *more =
        reallocarray(targets->list, targets->n + 1, sizeof *targets->list);

    if (more)
        targets->list = more;
    if (!more || !own_container || !own_path)
        return ERROR_OOM(err);
    more[targets->n++] = (struct target_request){
        .container = TAKE_POINTER(own_container),
        .path = TAKE_POINTER(own_path),
    };
    return 0;
}

int targets_parse(const char *const *words, unsigned n, struct targets *ret, struct error *err)
{
    for (unsigned i = 0; i < n; i++) {
        _cleanup_free_ char *container = NULL, *path = NULL;
        int r = target_parse(words[i], &container, &path, err);

        if (r == 0)
            r = targets_add(ret, container, path, err);
        if (r < 0)
            return r;
    }
    return 0;
}

void targets_done(struct targets *targets)
{
    for (size_t i = 0; i < targets->n; i++) {
        free((char *)(uintptr_t)targets->list[i].container);
        free((char *)(uintptr_t)targets->list[i].path);
    }
    free(targets->list);
}

int confirm_needed(const struct command *command, struct error *err)
{
    int r = engine_may_change(command->engine, err);

    return r < 0 ? r : !arguments_has(command->arguments, OPTION_YES);
}

int confirm(struct command *command, const char *question, struct error *err)
{
    char answer[16] = "", rest[64];

    (void)fflush(command->out);
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
        (void)error_set(err, ERROR_USAGE, 0,
                        "nothing was changed: there is no terminal to ask on: %s", question);
        error_hint(err, "--yes answers it");
        return -EINVAL;
    }
    (void)fprintf(command->log, "%s [y/N] ", question);
    (void)fflush(command->log);
    if (!fgets(answer, sizeof answer, stdin))
        (void)fputc('\n', command->log);
    if (*answer && !strchr(answer, '\n'))
        while (fgets(rest, sizeof rest, stdin) && !strchr(rest, '\n'))
            continue;
    answer[strcspn(answer, "\n")] = '\0';
    if (strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0)
        return 0;
    return error_set(err, ERROR_FAILED, ECANCELED, "not confirmed: nothing was changed");
}

bool word_is_host_path(const char *word)
{
    return word[0] == '/' || strncmp(word, "./", 2) == 0 || strncmp(word, "../", 3) == 0 ||
           strcmp(word, ".") == 0 || strcmp(word, "..") == 0;
}

static int ask_real_path(const void *context, struct resolver_answer *answer)
{
    char *path = realpath(context, NULL);
    size_t length = path ? strlen(path) : 0;

    if (!path || length >= sizeof answer->data)
        return path ? ENAMETOOLONG : errno;
    memcpy(answer->data, path, length + 1);
    answer->length = length + 1;
    return 0;
}

char *host_path_canonical(const char *path)
{
    _cleanup_free_ struct resolver_answer *answer = malloc(sizeof *answer);
    struct error ignored;

    if (!answer)
        return NULL;
    if (resolver_ask(path, ask_real_path, path, NULL, 0, RESOLVER_DEFAULT_MS, answer, &ignored) <
            0 ||
        answer->result != 0 || answer->length == 0)
        return strdup(path);
    answer->data[answer->length - 1] = '\0';
    return strdup(answer->data);
}
