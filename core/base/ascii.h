// Characters for terminals that show ASCII only.
#ifndef DAVIT_BASE_ASCII_H
#define DAVIT_BASE_ASCII_H

#include <stddef.h>

struct ascii_form {
    const char *character; // UTF-8
    const char *text;      // "->": where room does not matter
    char sign;             // '>': where it must take as many columns as the character does
};

// What stands for one character of `length` bytes; "?" for those without a form of their own.
const struct ascii_form *ascii_form(const char *character, size_t length);

#endif
