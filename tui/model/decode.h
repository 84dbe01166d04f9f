// Members of the engine's messages, checked for type and bounds and sanitised. Each returns 0 or
// negative with err filled, which names the member.
#ifndef DAVIT_TUI_MODEL_DECODE_H
#define DAVIT_TUI_MODEL_DECODE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <jansson.h>

#include "core/base/error.h"
#include "tui/model/model.h"

#define DECODE_TEXT_LIMIT (16 * 1024) // bytes of one text; a path of 4 KiB as clean text fits

// Absent or null: NULL. Fresh memory, clean, cut with "…" when it is too long.
int decode_text(const json_t *object, const char *key, char **ret, struct error *err);
// Never NULL: an absent one is an error.
int decode_need_text(const json_t *object, const char *key, char **ret, struct error *err);
// {KEY, KEY_b64}; absent: both NULL. The bytes are never cut.
int decode_raw(const json_t *object, const char *key, struct raw_text *ret, struct error *err);
void raw_text_done(struct raw_text *raw);

// Absent or null: `otherwise`.
int decode_number(const json_t *object, const char *key, int64_t otherwise, int64_t *ret,
                  struct error *err);
int decode_bool(const json_t *object, const char *key, bool otherwise, bool *ret,
                struct error *err);
int decode_time(const json_t *object, const char *key, time_t *ret, struct error *err); // RFC 3339
// An array of texts as "a,b,c", cut with "…" when longer than DECODE_TEXT_LIMIT; absent: NULL.
int decode_joined(const json_t *object, const char *key, char **ret, struct error *err);
// An array of objects; absent or null: *ret is NULL.
int decode_array(const json_t *object, const char *key, const json_t **ret, struct error *err);

// The error object of the command line ({code, exit, …, message, hint}) into `ret`.
void decode_error(const json_t *object, struct error *ret);

int decode_container(const json_t *object, struct shown_container *ret, struct error *err);
int decode_filesystem(const json_t *object, struct shown_filesystem *ret, struct error *err);
int decode_mount(const json_t *object, struct shown_mount *ret, struct error *err);
int decode_attachment(const json_t *object, struct shown_attachment *ret, struct error *err);
int decode_runtime(const json_t *object, struct shown_runtime *ret, struct error *err);

// Free what they hold, not themselves.
void container_forget(struct shown_container *item);
void filesystem_forget(struct shown_filesystem *item);
void mount_forget(struct shown_mount *item);
void attachment_forget(struct shown_attachment *item);
void runtime_forget(struct shown_runtime *item);

#endif
