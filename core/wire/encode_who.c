#include "core/wire/encode.h"

#include "core/wire/encode_internal.h"

static json_t *encode_one(const struct who_report *report, const struct holder *holder)
{
    const struct container *container = who_container_of(report->snapshot, holder->mnt_ns);
    json_t *object = encode_holder(holder);
    int failed = object ? 0 : -1;
    char stop[512];

    who_stop_command(report, holder, stop, sizeof stop);
    if (!failed)
        failed = json_object_set_new(object, "container_id",
                                     encode_text(container ? container->id : NULL));
    if (!failed)
        failed = json_object_set_new(object, "stop", encode_text(stop));
    return encode_done(object, failed);
}

json_t *encode_who(const struct who_report *report, size_t most)
{
    const struct holder_list *list = report->holders;
    size_t n = most && most < list->n_holders ? most : list->n_holders;
    json_t *array = json_array();

    for (size_t i = 0; array && i < n; i++)
        if (json_array_append_new(array, encode_one(report, &list->holders[i])) < 0)
            array = encode_done(array, -1);
    return json_pack("{s:o, s:o, s:b}", "device", encode_text(report->subject.device), "holders",
                     array, "complete", list->complete && n == list->n_holders);
}

json_t *encode_eject(const struct eject_report *report, unsigned flags)
{
    json_t *object = encode_report(report->report, flags), *who = encode_who(report->left, 0);
    bool plans = flags & ENCODE_PLANS;
    int failed = object && who ? json_object_update(object, who) : -1;

    json_decref(who);
    if (!failed)
        failed =
            json_object_set_new(object, "free", plans ? json_null() : json_boolean(report->free));
    if (!failed && report->error.code != ERROR_NONE)
        failed = json_object_set_new(object, "error", encode_error(&report->error));
    return encode_done(object, failed);
}
