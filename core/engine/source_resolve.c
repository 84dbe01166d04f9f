// A source resolved by its kind.
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "core/base/resolver.h"
#include "core/base/secret.h"
#include "core/engine/maker.h"
#include "core/engine/recipe.h"

static int resolve_host(struct engine *engine, const struct attach_request *request,
                        struct source *source, struct error *err)
{
    int r = source_open_path(source, request->source, request->timeout_ms, err);

    (void)engine;
    if (r < 0)
        return r;
    source->maker = &maker_tree;
    source->name = strdup(source->path);
    return source->name ? 0 : ERROR_OOM(err);
}

static source_resolver *const resolvers[] = {
    [SOURCE_HOST] = resolve_host,
    [SOURCE_CONTAINER] = source_resolve_container,
    [SOURCE_VOLUME] = source_resolve_volume,
    [SOURCE_HELPER] = source_resolve_helper,
    [SOURCE_TMPFS] = source_resolve_tmpfs,
    [SOURCE_DEVICE] = source_resolve_device,
    [SOURCE_IMAGE] = source_resolve_image,
};

// A table that was read in advance serves where nothing but the source's own mounts matters and
// what it says of those below it is only told.
static int read_host(struct engine *engine, const struct attach_request *request,
                     struct source *source, struct error *err)
{
    if (engine->mounts && source->fd >= 0 && request->propagation == PROPAGATION_PRIVATE &&
        !(request->flags & ATTACH_RECURSIVE))
        source->host = mount_cache_take(engine->mounts, source->mount_id);
    source->host_is_kept = source->host;
    return source->host ? 0 : mount_table_read(AT_FDCWD, &source->host, err);
}

// Without a type nothing but a mount helper's SPEC looks like that.
static int no_type(const char *text, struct error *err)
{
    _cleanup_free_ char *shown = secret_hide_spec(text);
    int r = error_set(err, ERROR_USAGE, EINVAL,
                      "%s has a password in it, as only what a mount helper mounts may have",
                      shown ? shown : "the source");

    error_hint(err, "say which helper: davit attach -t TYPE ...");
    return r;
}

static int tell_kind(const struct attach_request *request, enum source_kind *ret, struct error *err)
{
    struct secret secret;
    int r;

    if (request->type) {
        *ret = SOURCE_HELPER;
        return 0;
    }
    if (request->helper_options)
        return error_set(err, ERROR_USAGE, EINVAL,
                         "-o has options for a mount helper: say which (-t)");
    if (secret_in_url(request->source, &secret))
        return no_type(request->source, err);
    r = source_parse(request->source, ret, err);
    return r == 0 && *ret == SOURCE_CONTAINER && secret_in_spec(request->source, &secret)
               ? no_type(request->source, err)
               : r;
}

int source_resolve(struct engine *engine, const struct attach_request *given, struct source *source,
                   struct error *err)
{
    struct attach_request request = *given;
    int r = tell_kind(&request, &source->kind, err);

    if (request.timeout_ms == 0)
        request.timeout_ms = RESOLVER_DEFAULT_MS;
    if (r == 0 && request.offset && source->kind != SOURCE_IMAGE)
        r = error_set(err, ERROR_USAGE, EINVAL, "only an image has an offset, not this source");
    if (r == 0)
        r = resolvers[source->kind](engine, &request, source, err);
    if (r == 0 && request.again)
        r = source_check_again(source, request.again, err);
    // After the look-up, so that a mount that came meanwhile is in it.
    if (r == 0)
        r = read_host(engine, &request, source, err);
    if (r == 0 && source->fd >= 0)
        r = source_locate(source, err);
    if (r == 0 && source->fd >= 0)
        r = recipe_choose(source, &request, err);
    return r < 0 ? r : 0;
}
