// Passwords and the like in what names or describes a mount: where they stand, and the same text
// without them. What is no certain secret but may well be one counts as one: to hide too much costs
// a look at the original, to hide too little cannot be taken back.
#ifndef DAVIT_BASE_SECRET_H
#define DAVIT_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#define SECRET_HIDDEN "***" // stands where a secret stood

// Bytes of a longer text: from the first to the last secret byte of a name or an option.
struct secret {
    const char *at;
    size_t length; // never 0
};

// In what begins as a URL or UNC name does: "scheme://user:SECRET@host/x", "//user:SECRET@host/x"
// (also with '\' and with user%SECRET), wherever in the text a URL begins. Any other text is left
// alone: "web:/a:b@c".
bool secret_in_url(const char *text, struct secret *ret);
// The same, and "user:SECRET@host:/x": a SPEC for a mount helper, or what a mounted filesystem
// calls its source. An absolute path has none, and nothing with an '@' before its first ':'.
bool secret_in_spec(const char *spec, struct secret *ret);

// The next one of mount options, from *rest on, which is moved behind it; start with the options
// themselves. By the option's name (a word of pass, secret, cred, token, key, pw in it; of
// user=name%SECRET and user=name:SECRET what stands behind the mark), or a URL as its value. An
// option ends at a comma that is not within double quotes and has no backslash in front; a secret
// also goes on over a double comma, as cifs has it.
bool secret_in_options(const char **rest, struct secret *ret);

// With "***" for each. Fresh memory; NULL when out of memory.
char *secret_hide_url(const char *text);
char *secret_hide_spec(const char *spec);
char *secret_hide_options(const char *options);

// In place, where the text may not become longer: up to three '*', and zeros behind the end.
void secret_blank(char *text, const struct secret *secret);

// Overwrites each occurrence in a message of somebody else's, `length` raw bytes, with '*'. `cut`:
// its beginning is missing, so that it may begin within the secret.
void secret_mask(char *message, size_t length, const struct secret *secret, bool cut);

#endif
