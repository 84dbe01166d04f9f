// The command line that does what a change does.
#include "core/wire/change.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/secret.h"
#include "core/base/shell.h"
#include "core/base/text.h"

static char *append_if(char *out, const char *option, const char *value)
{
    if (!out || !value)
        return out;
    out = shell_append(out, option);
    return out ? shell_append(out, value) : NULL;
}

static char *append_attach(char *out, const struct attach_request *attach)
{
    static const char *const propagations[] = {
#define X(value, name) [value] = name,
        PROPAGATIONS(X)
#undef X
    };
    _cleanup_free_ char *shown =
        attach->helper_options ? secret_hide_options(attach->helper_options) : NULL;
    _cleanup_free_ char *source =
        attach->type ? secret_hide_spec(attach->source) : secret_hide_url(attach->source);
    char mode[16], offset[24];

    // Always said: nobody should have to know the default.
    out = shell_append(out, attach->flags & ATTACH_READ_ONLY ? "--ro" : "--rw");
#define X(flag, bit, option)                                         \
    if (out && (flag) != ATTACH_READ_ONLY && attach->flags & (flag)) \
        out = shell_append(out, option);
    ATTACH_FLAGS(X)
#undef X
    if (attach->propagation != PROPAGATION_PRIVATE)
        out = append_if(out, "--propagation", propagations[attach->propagation]);
    if (attach->mode) {
        (void)snprintf(mode, sizeof mode, "%04o", (unsigned)attach->mode);
        out = append_if(out, "--mode", mode);
    }
    out = append_if(out, "--idmap", attach->idmap);
    if (attach->offset) {
        (void)snprintf(offset, sizeof offset, "%" PRIu64, attach->offset);
        out = append_if(out, "--offset", offset);
    }
    if (attach->for_ms) {
        (void)snprintf(offset, sizeof offset, "%" PRIu64 "s", (attach->for_ms + 999) / 1000);
        out = append_if(out, "--for", offset);
    }
    out = append_if(out, "-t", attach->type);
    out = append_if(out, "-o", shown);
    if (out && (!source || (attach->helper_options && !shown))) {
        free(out);
        return NULL;
    }
    return out ? shell_append(out, source) : NULL;
}

static char *append_detach(char *out, unsigned flags, uint64_t wait_ms)
{
    char wait[32];

    if (out && flags & DETACH_LAZY)
        out = shell_append(out, "--lazy");
    if (wait_ms > 0) {
        (void)snprintf(wait, sizeof wait, "%" PRIu64 "ms", wait_ms);
        out = append_if(out, "--wait", wait);
    }
    return out;
}

static char *append_targets(char *out, const struct change *change, const char *const *containers)
{
    for (size_t i = 0; out && i < change->n_targets; i++) {
        const char *name =
            containers && containers[i] ? containers[i] : change->targets[i].container;
        _cleanup_free_ char *word = change->targets[i].on_host
                                        ? strdup(change->targets[i].path)
                                        : text_format("%s:%s", name, change->targets[i].path);

        if (!word) {
            free(out);
            return NULL;
        }
        out = shell_append(out, word);
    }
    return out;
}

char *change_command(const struct change *change, const struct engine_options *options,
                     const char *const *containers)
{
    static const char *const verbs[] = {
#define X(value, name) [value] = name,
        OPERATIONS(X)
#undef X
    };
    char *out = shell_append(NULL, "davit");

    out = out ? shell_append(out, verbs[change->operation]) : NULL;
    out = append_if(out, "--docker", options->runtime.docker_endpoint);
    out = append_if(out, "--state-dir", options->state_dir);
    if (!out)
        return NULL;
    switch (change->operation) {
    case OPERATION_ATTACH:
    case OPERATION_SHARE:
    case OPERATION_REPLACE:
        out = append_attach(out, &change->attach);
        break;
    case OPERATION_DETACH:
        out = append_detach(out, change->detach.flags, change->detach.wait_ms);
        break;
    case OPERATION_REFRESH:
        if (out && change->refresh.stale)
            out = shell_append(out, "--stale");
        if (out && change->refresh.from)
            out = shell_append(out, change->refresh.from);
        break;
    case OPERATION_EJECT:
        out = append_detach(shell_append(out, "--yes"), change->eject.flags, change->eject.wait_ms);
        return out ? shell_append(out, change->eject.what) : NULL;
    case OPERATION_KEEP:
    case OPERATION_FORGET:
        if (out && change->force)
            out = shell_append(out, "--force");
        break;
    case OPERATION_UNDO:
        out = shell_append(out, "--yes");
        return *change->id && out ? shell_append(out, change->id) : out;
    }
    return append_targets(out, change, containers);
}
