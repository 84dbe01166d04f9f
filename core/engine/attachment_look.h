// The parts of attachment_present(), for who needs one of them.
#ifndef DAVIT_ENGINE_ATTACHMENT_LOOK_H
#define DAVIT_ENGINE_ATTACHMENT_LOOK_H

#include "core/engine/attachment.h"
#include "core/host/mounttable.h"

// Takes hold of the init whose namespace it was attached in: 1 and *ret (must be PROCESS_INIT;
// process_done() frees it); 0 when that container is gone: another boot, no such process, another
// one with its pid, or another mount namespace.
int attachment_container(const struct attachment *attachment, struct process *ret,
                         struct error *err);

// By mount id, device, root and target together, as kernels without unique ids in another
// namespace (before 6.11) need it: 1 or 0.
int attachment_in_table(const struct attachment *attachment, const struct process *process,
                        struct error *err);

// Whether a root in mountinfo is the one that was noted. The source may have been deleted since:
// the kernel says so behind the path, "//deleted".
bool attachment_same_root(const char *now, const char *then);

// The node of an open mount's root into `identity`, from cached attributes: no server is asked.
// What cannot be told stays unknown.
void attachment_note_node(struct mount_identity *identity, int fd);
// attachment_same_root(), or, where the directory was renamed since, the node of `fd`: an O_PATH
// descriptor of the root of that mount, or -1.
bool attachment_same_place(const struct mount_identity *identity, const char *root_now, int fd);

// The options of a mount as `options` of an attachment has them: "ro,nosuid,nodev". NULL when out
// of memory; the caller frees.
char *attachment_options_of(const struct mount_entry *entry);

// Whether the mount still has the restrictions that it was attached with. Where ids are reused they
// are part of its identity: a mount without them is another's, or was altered from inside.
bool attachment_same_options(const struct attachment *attachment, const struct mount_entry *entry);

#endif
