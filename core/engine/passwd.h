// A container's own passwd(5) and group(5), read as data: hostile text, in which a line is an
// account only if all of it is as it should be. No name service is asked.
#ifndef DAVIT_ENGINE_PASSWD_H
#define DAVIT_ENGINE_PASSWD_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PASSWD_FILE_LIMIT (1024 * 1024) // bytes that are looked at
#define PASSWD_NAME_SIZE  64
#define PASSWD_GROUPS_MAX 64

struct account {
    char name[PASSWD_NAME_SIZE]; // clean text; empty: a number that no line names
    uid_t uid;
    gid_t gid;
    char home[PATH_MAX];  // absolute, raw bytes; "/" when there is none
    char shell[PATH_MAX]; // the same; empty when there is none
};

// The first line of that name, or of that uid when `name` is NULL. False: there is none.
bool passwd_find(const char *text, const char *name, uid_t uid, struct account *ret);

// The number of a group by its name.
bool group_find(const char *text, const char *name, gid_t *ret);

// The groups that list `name` as a member, at most PASSWD_GROUPS_MAX; how many.
unsigned group_memberships(const char *text, const char *name, gid_t groups[PASSWD_GROUPS_MAX]);

// A decimal number that can be a uid or gid: not -1.
bool id_parse(const char *text, size_t length, uint32_t *ret);

#endif
