#include "core/host/held_subject.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/host/mounttable.h"

int held_subject_add_place(struct held_subject *subject, dev_t device, const char *root,
                           struct error *err)
{
    struct held_place *grown;
    char *copy;

    for (size_t i = 0; i < subject->n_places; i++)
        if (subject->places[i].device == device && path_is_below(root, subject->places[i].root))
            return 0;
    if (subject->n_places >= HELD_MAX)
        return error_set(err, ERROR_FAILED, E2BIG, "it is more than %d filesystems", HELD_MAX);
    copy = strdup(root);
    grown = copy ? reallocarray(subject->places, subject->n_places + 1, sizeof *grown) : NULL;
    if (!grown) {
        free(copy);
        return ERROR_OOM(err);
    }
    subject->places = grown;
    grown[subject->n_places++] = (struct held_place){device, copy};
    return 1;
}

bool held_subject_has_device(const struct held_subject *subject, dev_t number)
{
    for (size_t i = 0; i < subject->n_devices; i++)
        if (subject->devices[i] == number)
            return true;
    return false;
}

int held_subject_add_device(struct held_subject *subject, dev_t number, struct error *err)
{
    dev_t *grown;
    int r;

    if (held_subject_has_device(subject, number))
        return 0;
    if (subject->n_devices >= HELD_MAX)
        return error_set(err, ERROR_FAILED, E2BIG, "it is more than %d devices", HELD_MAX);
    grown = reallocarray(subject->devices, subject->n_devices + 1, sizeof *grown);
    if (!grown)
        return ERROR_OOM(err);
    subject->devices = grown;
    grown[subject->n_devices++] = number;
    r = held_subject_add_place(subject, number, "/", err);
    return r < 0 ? r : 1;
}

bool held_subject_has(const struct held_subject *subject, dev_t device)
{
    for (size_t i = 0; i < subject->n_places; i++)
        if (subject->places[i].device == device)
            return true;
    return false;
}

bool held_subject_has_whole(const struct held_subject *subject, dev_t device)
{
    for (size_t i = 0; i < subject->n_places; i++)
        if (subject->places[i].device == device && strcmp(subject->places[i].root, "/") == 0)
            return true;
    return false;
}

void held_subject_done(struct held_subject *subject)
{
    for (size_t i = 0; i < subject->n_places; i++)
        free(subject->places[i].root);
    free(subject->places);
    free(subject->devices);
    free(subject->btrfs);
    free(subject->host_path);
    *subject = (struct held_subject){.places = NULL};
}
