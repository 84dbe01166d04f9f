// Names of users from /etc/passwd itself: no name service is asked, which could hang.
#ifndef DAVIT_BASE_USER_H
#define DAVIT_BASE_USER_H

#include <stddef.h>
#include <sys/types.h>

#define USER_NAME_SIZE 64

// The user's name as clean text, else the number.
void user_name(uid_t uid, char *out, size_t size);

#endif
