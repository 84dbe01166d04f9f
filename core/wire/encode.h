// What the engine knows, as JSON: the keys that the headless verbs print and the console's wire
// carries. Each returns a new object, or NULL when out of memory. Every key exists always; null
// where it does not apply or is unknown. Sizes in bytes, times RFC 3339 in UTC, durations in
// microseconds (`_us`). Raw bytes (paths, names) are clean text; where that is not the same bytes,
// KEY_b64 beside it has them.
#ifndef DAVIT_WIRE_ENCODE_H
#define DAVIT_WIRE_ENCODE_H

#include <jansson.h>

#include "core/base/error.h"
#include "core/engine/eject.h"
#include "core/engine/engine.h"
#include "core/engine/export.h"
#include "core/engine/visible.h"
#include "core/engine/volume.h"
#include "core/engine/who.h"
#include "core/host/filesystem.h"
#include "core/runtime/container.h"

// {code, exit, stage, path, errno, message, hint}
json_t *encode_error(const struct error *err);
// {error: …}: what a command that failed as a whole answers.
json_t *encode_failure(const struct error *err);

// {container, target, ok, error, operation, device, major_minor, sub_root, sub_path, method,
// origin, options, read_only, mount_id, verified, reveals, reveals_nothing, steps: [{stage, text,
// call, result, errno, took_us}], holders, complete, warnings}; a step that was not performed has
// null for the last three. reveals: what the target shows after a detach, or an attach would hide;
// reveals_nothing: whether that is an empty directory or none, null when it could not be seen.
// holders: who keeps the mount busy; complete: whether these are all, null when nobody was looked
// for.
json_t *encode_result(const struct result *result);
// {stage, text, call} and, when `performed`, {result, errno, took_us}
json_t *encode_step(const struct plan_step *step, bool performed);
// {container, target, steps: [{stage, text, call}], predicted: a result without steps, warnings}
json_t *encode_plan(const struct result *result);

// {results: […]} or {plans: […]}; and, when not all went well, error: that of the one that failed
// or of all when they failed alike, else "partial".
enum encode_flags { ENCODE_PLANS = 1 << 0 };
json_t *encode_report(const struct report *report, unsigned flags);
// What the whole came to: ERROR_NONE, the error of all, or ERROR_PARTIAL.
void report_error(const struct report *report, struct error *err);

// {id, name, name_source, runtime, image, pod, state, started, pid, mnt_ns, userns, attached_count,
// labels, contested, outer}; attached_count negative: unknown.
json_t *encode_container(const struct container *container, int attached_count);
// {name, state, endpoint, error, hint, names_from_disk}
json_t *encode_runtime(const struct runtime_status *status);

// {mount_point, device, major_minor, sub_root, type, options, read_only, propagation, size, used,
// avail, usage_at, usage, label, uuid, model, transport, holders}. usage: read, unread,
// not-answering, failed. holders is null: who has a device mounted is not looked for in a listing.
json_t *encode_filesystem(const struct filesystem *filesystem);
// Where the filesystem comes from, raw bytes: the mount's source, or the device node when the
// source names none.
const char *filesystem_device(const struct filesystem *filesystem);

// {target, device, major_minor, sub_root, type, options, read_only, propagation, peer_group,
// receives_from, gives_to, why, origin, id, mount_id, stale}; id: the attachment's, mount_id:
// mountinfo (1)
json_t *encode_container_mount(const struct container_mount *mount);

// {path, container, visible, inside, why}: why a container sees a path of the host, or does not;
// inside: where, or null
json_t *encode_visible(const char *container, const char *path, const struct visible *visible);

// {name, type, size, mode, uid, gid, mtime, link}; type: file, directory, symlink, block, char,
// fifo, socket, or null; mode: "0755".
json_t *encode_listing_entry(const struct listing_entry *entry);
const char *file_type_name(unsigned type); // NULL: unknown

// {id, container, target, source, mount_id, since, by, state, kept, until, problem, container_id,
// pod, runtime, method, options}; problem: why what is kept is not attached again, or null
json_t *encode_attachment(const struct attachment *attachment);
// {at, by, id, operation, container, target, source, result, line, attachment}; attachment: the id
// of what it is about
json_t *encode_event(const struct journal_event *event);
// {volumes: [{name, runtime, path, used_by, driver, mounts, from_disk}], why}; mounts: what its
// driver mounts there while it is used, or null; why: why a daemon was not asked, or null
json_t *encode_volumes(const struct volume_report *report);

// {container, compose, run, left_out: [{target, source, why}]}: compose is a fragment of a compose
// file, run the words for docker run ["--mount", "…", …]
json_t *encode_export(const struct export *export);
// The fragment; what --mount takes for one mount that can be declared. Fresh memory, NULL: none.
char *export_compose(const struct export *export);
char *export_run(const struct export_mount *mount);
// {device, holders: [{pid, comm, command, container, mnt_ns, kind, path, count, container_id,
// stop}], complete}; stop: a command that would make it let go, or null. At most `most` holders (0:
// all); if there are more it is not complete.
json_t *encode_who(const struct who_report *report, size_t most);

// As encode_report(), and {device, free, holders, complete, error}: who holds it now (of a plan) or
// still. free: proven, null of a plan.
json_t *encode_eject(const struct eject_report *report, unsigned flags);

// {name, ok, detail, hint}
json_t *encode_check(const struct doctor_check *check);

#endif
