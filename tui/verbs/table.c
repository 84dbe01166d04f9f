#include "tui/verbs/table.h"

#include <stdio.h>
#include <string.h>

#include "core/base/near.h"

const struct verb verbs[VERB_COUNT] = {
#define X(id, function, name, alias, arguments, least, most, summary, help) \
    [VERB_##id] = {name, alias, arguments, least, most, summary, help},
    VERBS(X)
#undef X
};

const struct option_spec option_specs[OPTION_COUNT] = {
#define X(id, names, letter, argument, kind, choices, where, built, help) \
    [OPTION_##id] = {names, letter, argument, kind, choices, where, built, help},
    OPTIONS(X)
#undef X
};

const char *const exit_meanings[] = {
    "done",
    "failed",
    "usage",
    "no such container, path or attachment",
    "busy",
    "not permitted",
    "refused as unsafe",
    "the kernel, a filesystem, a service or this davit lacks it",
    "verification failed, taken back",
    "some of several targets failed",
    NULL,
};

_Static_assert(VERB_COUNT <= 32, "a verb is a bit of option_spec.verbs");
_Static_assert(OPTION_COUNT <= 64, "an option is a bit of arguments.given");

enum verb_id verb_find(const char *name)
{
    for (enum verb_id id = 0; id < VERB_COUNT; id++)
        if (strcmp(verbs[id].name, name) == 0 ||
            (verbs[id].alias && strcmp(verbs[id].alias, name) == 0))
            return id;
    return VERB_COUNT;
}

const char *name_next(const char *names, const char *previous, size_t *ret_length)
{
    const char *name = names;

    if (previous) {
        name = previous + *ret_length;
        if (*name != '|')
            return NULL;
        name++;
    }
    *ret_length = strcspn(name, "|");
    return *ret_length > 0 ? name : NULL;
}

enum option_id option_find(const char *name, size_t length)
{
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const char *known = NULL;
        size_t known_length = 0;

        while ((known = name_next(option_specs[id].names, known, &known_length)))
            if (known_length == length && memcmp(known, name, length) == 0)
                return id;
    }
    return OPTION_COUNT;
}

enum option_id option_find_letter(char letter)
{
    for (enum option_id id = 0; id < OPTION_COUNT; id++)
        if (option_specs[id].letter && option_specs[id].letter == letter)
            return id;
    return OPTION_COUNT;
}

const char *option_spelled(enum option_id id, char *buffer, size_t size)
{
    const struct option_spec *option = &option_specs[id];

    if (*option->names)
        (void)snprintf(buffer, size, "--%.*s", (int)strcspn(option->names, "|"), option->names);
    else
        (void)snprintf(buffer, size, "-%c", option->letter);
    return buffer;
}

const char *verb_nearest(const char *word)
{
    const char *nearest = NULL;
    unsigned best = NEAR_NOT;

    for (enum verb_id id = 0; id < VERB_COUNT; id++) {
        const char *const names[] = {verbs[id].name, verbs[id].alias};

        for (unsigned i = 0; i < 2 && names[i]; i++) {
            unsigned far = near_distance(word, strlen(word), names[i], strlen(names[i]));

            if (far < best) {
                best = far;
                nearest = names[i];
            }
        }
    }
    return nearest;
}

const char *option_nearest(const char *word, size_t length, enum verb_id verb, char *buffer,
                           size_t size)
{
    unsigned best = NEAR_NOT;

    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const char *name = NULL;
        size_t name_length = 0;

        if (!option_specs[id].built ||
            (verb != VERB_COUNT && !(option_specs[id].verbs & UINT32_C(1) << verb)))
            continue;
        while ((name = name_next(option_specs[id].names, name, &name_length))) {
            unsigned far = near_distance(word, length, name, name_length);

            if (far >= best)
                continue;
            best = far;
            (void)snprintf(buffer, size, "--%.*s", (int)name_length, name);
        }
    }
    return best < NEAR_NOT ? buffer : NULL;
}
