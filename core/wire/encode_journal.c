#include "core/wire/encode.h"

#include "core/wire/encode_internal.h"

json_t *encode_attachment(const struct attachment *a)
{
    uint64_t mount_id = a->identity.unique ? a->identity.unique : a->identity.old_id;
    json_t *object = json_object();
    int failed = object ? 0 : -1;

    if (failed)
        return NULL;
    failed |= json_object_set_new(object, "id", encode_text(a->id));
    failed |= json_object_set_new(object, "container", encode_text(a->container_name));
    failed |= encode_raw(object, "target", a->target);
    failed |= encode_raw(object, "source", a->source);
    failed |= json_object_set_new(object, "mount_id", encode_number(mount_id));
    failed |= json_object_set_new(object, "since", encode_time(a->since));
    failed |= json_object_set_new(object, "by", encode_text(a->by));
    failed |= json_object_set_new(object, "state", encode_text(attachment_state_name(a->state)));
    failed |= json_object_set_new(object, "kept", json_boolean(a->kept));
    failed |= json_object_set_new(object, "until", a->until ? encode_time(a->until) : json_null());
    failed |= json_object_set_new(object, "problem", encode_text(a->problem));
    failed |= json_object_set_new(object, "container_id", encode_text(a->container_id));
    failed |= json_object_set_new(object, "pod", encode_text(a->pod));
    failed |= json_object_set_new(object, "runtime", encode_text(a->runtime));
    failed |= json_object_set_new(object, "method", encode_text(a->method));
    failed |= json_object_set_new(object, "options", encode_options(a->options, NULL));
    failed |= json_object_set_new(object, "idmap", encode_text(a->idmap));
    failed |= json_object_set_new(object, "operation", encode_text(attachment_operation(a)));
    if (a->helper)
        failed |=
            json_object_set_new(object, "helper",
                                json_pack("{s:o, s:o, s:i, s:b}", "type", encode_text(a->helper),
                                          "options", encode_text(a->helper_options), "server",
                                          (int)a->server, "gone", a->server_gone));
    if (a->provider)
        failed |=
            json_object_set_new(object, "provider",
                                json_pack("{s:o, s:i, s:b}", "container", encode_text(a->provider),
                                          "pid", (int)a->provider_init, "gone", a->provider_gone));
    return encode_done(object, failed);
}

json_t *encode_event(const struct journal_event *event)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "at",
                     encode_time(event->at), "by", encode_text(event->by), "id",
                     encode_text(event->id), "operation", encode_text(event->operation),
                     "container", encode_text(event->container), "target",
                     encode_text(event->target), "source", encode_text(event->source), "result",
                     encode_text(event->result), "line", encode_text(event->line), "attachment",
                     encode_text(event->attachment));
}

json_t *encode_check(const struct doctor_check *check)
{
    return json_pack("{s:s, s:b, s:o, s:o}", "name", check->name, "ok", check->ok, "detail",
                     encode_text(check->detail), "hint", encode_text(check->hint));
}
