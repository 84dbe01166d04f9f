#include "tui/dialogs/details_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/format.h"
#include "core/base/text.h"
#include "tui/dialogs/shown.h"

#define LABELS_LIMIT 1000

// A field that is unknown is left out.
static int field(struct text_page *page, const char *name, const char *value)
{
    return value && *value ? text_page_field(page, name, value) : 0;
}

static int heading(struct text_page *page, const char *text)
{
    return text_page_add(page, ROLE_DIALOG, "") < 0 ? -1
                                                    : text_page_add(page, ROLE_DIALOG_TITLE, text);
}

static time_t now_of(const struct text_page *page)
{
    return model_now(page->dialog.host->model);
}

static int time_field(struct text_page *page, const char *name, time_t at)
{
    char when[SHOWN_SIZE], ago[SHOWN_SIZE];

    if (at == 0)
        return 0;
    shown_time(when, at, now_of(page));
    shown_ago(ago, at, now_of(page));
    return text_page_format(page, name, "%s (%s)", when, ago);
}

static const char *source_sentence(const char *name_source, const char *runtime)
{
    if (!name_source)
        return NULL;
    if (strcmp(name_source, "process") == 0)
        return "from the process that started it and watches over it";
    if (strcmp(name_source, "disk") == 0 && !text_same(runtime, "docker"))
        return "from what the runtime left on disk";
    if (strcmp(name_source, "disk") == 0)
        return "from what the runtime left on disk: it does not answer now";
    if (strcmp(name_source, "cgroup") == 0)
        return "from its control group: no runtime was asked";
    return "from the runtime";
}

int details_container(struct text_page *page, const struct shown_container *c)
{
    int r = field(page, "Name", c->name);

    r = r < 0 ? r : field(page, "Name known", source_sentence(c->name_source, c->runtime));
    r = r < 0 ? r : field(page, "Runtime", c->runtime);
    r = r < 0 ? r : field(page, "Id", c->id);
    r = r < 0 ? r : field(page, "Image", c->image);
    r = r < 0 ? r : field(page, "Pod", c->pod);
    r = r < 0 ? r : field(page, "User", c->user);
    r = r < 0 ? r : field(page, "State", c->state);
    r = r < 0 ? r : time_field(page, "Started", c->started);
    if (r == 0 && c->pid > 0)
        r = text_page_format(page, "Pid", "%d", (int)c->pid);
    if (r == 0 && c->attached >= 0)
        r = text_page_format(page, "Attached", "%d by davit", c->attached);
    if (r == 0 && c->user_namespace)
        r = text_page_field(page, "User namespace", "its own: root inside is not root outside");
    if (r == 0 && c->contested)
        r = text_page_field(page, "Warning",
                            "two runtimes name it differently: what it is called is not certain");
    return r;
}

static int add_namespaces(struct text_page *page, const json_t *namespaces)
{
    const char *name;
    json_t *inode;
    int r;

    if (json_object_size(namespaces) == 0)
        return 0;
    r = heading(page, "Namespaces");
    json_object_foreach ((json_t *)(uintptr_t)namespaces, name, inode)
        if (r == 0 && json_is_integer(inode))
            r = text_page_format(page, name, "%" JSON_INTEGER_FORMAT, json_integer_value(inode));
    return r;
}

// "0 100000 65536" of user_namespaces(7).
static int add_mapping(struct text_page *page, const json_t *mapping)
{
    int r = 0;

    for (size_t i = 0; i < json_array_size(mapping) && r == 0; i++) {
        unsigned long inside, outside, count;
        const char *line = json_string_value(json_array_get(mapping, i));

        if (!line || sscanf(line, "%lu %lu %lu", &inside, &outside, &count) != 3)
            continue;
        if (i == 0)
            r = heading(page, "Users");
        if (r == 0 && inside == 0 && outside == 0 && count >= 4294967295UL)
            r = text_page_add(page, ROLE_DIALOG, "the same as outside: root inside is root");
        else if (r == 0)
            r = text_page_format(page, NULL, "%lu-%lu inside are %lu-%lu outside", inside,
                                 inside + count - 1, outside, outside + count - 1);
    }
    return r;
}

static int add_declared(struct text_page *page, const json_t *declared)
{
    size_t n = json_array_size(declared);
    int r = n > 0 ? heading(page, "Declared mounts") : 0;

    for (size_t i = 0; i < n && i < LABELS_LIMIT && r == 0; i++) {
        const json_t *mount = json_array_get(declared, i);
        const char *target = json_string_value(json_object_get(mount, "target"));
        const char *source = json_string_value(json_object_get(mount, "source"));
        const char *volume = json_string_value(json_object_get(mount, "name"));
        bool read_only = json_is_true(json_object_get(mount, "read_only"));

        r = text_page_format(page, target ? target : "?", "%s%s%s%s", volume ? "volume " : "",
                             volume   ? volume
                             : source ? source
                                      : "",
                             volume && source ? " at " : "", volume && source ? source : "");
        if (r == 0 && read_only)
            r = text_page_field(page, "", "read-only");
    }
    return r;
}

static int add_labels(struct text_page *page, const json_t *labels)
{
    const char *name;
    json_t *value;
    size_t n = 0;
    int r = json_object_size(labels) > 0 ? heading(page, "Labels") : 0;

    json_object_foreach ((json_t *)(uintptr_t)labels, name, value) {
        _cleanup_free_ char *clean = text_clean_dup(name, strlen(name));

        if (r < 0 || n++ == LABELS_LIMIT || !json_is_string(value))
            break;
        r = clean ? text_page_format(page, clean, "%.1024s", json_string_value(value)) : -1;
    }
    return r;
}

int details_inspected(struct text_page *page, const json_t *result)
{
    int r = add_namespaces(page, json_object_get(result, "namespaces"));

    r = r < 0 ? r : add_mapping(page, json_object_get(result, "user_mapping"));
    r = r < 0 ? r : add_declared(page, json_object_get(result, "declared"));
    return r < 0 ? r : add_labels(page, json_object_get(result, "labels"));
}

static int usage(struct text_page *page, const struct shown_filesystem *f)
{
    char size[FORMAT_SIZE], used[FORMAT_SIZE], available[FORMAT_SIZE], ago[SHOWN_SIZE] = "now";

    switch (f->usage) {
    case USAGE_SHOWN_UNREAD:
        return text_page_field(page, "Usage", "not read yet");
    case USAGE_SHOWN_SILENT:
        return text_page_field(page, "Usage", "not answering: its server or disk is silent");
    case USAGE_SHOWN_FAILED:
        return text_page_field(page, "Usage", "could not be read");
    case USAGE_SHOWN_READ:
        break;
    }
    if (f->usage_at)
        shown_ago(ago, f->usage_at, now_of(page));
    return text_page_format(page, "Usage", "%s, %s used, %s free (read %s)",
                            format_bytes(size, f->size), format_bytes(used, f->used),
                            format_bytes(available, f->available), ago);
}

int details_filesystem(struct text_page *page, const struct shown_filesystem *f)
{
    int r = field(page, "Mount point", f->mount_point.text);

    r = r < 0 ? r : field(page, "Device", f->device);
    r = r < 0 ? r : field(page, "Number", f->major_minor);
    r = r < 0 ? r : field(page, "Sub-root", f->sub_root.text);
    r = r < 0 ? r : field(page, "Type", f->type);
    r = r < 0 ? r : text_page_field(page, "Access", f->read_only ? "read-only" : "writable");
    r = r < 0 ? r : field(page, "Options", f->options);
    r = r < 0 ? r : field(page, "Propagation", f->propagation);
    r = r < 0 ? r : usage(page, f);
    r = r < 0 ? r : field(page, "Label", f->label);
    r = r < 0 ? r : field(page, "UUID", f->uuid);
    r = r < 0 ? r : field(page, "Model", f->model);
    return r < 0 ? r : field(page, "Transport", f->transport);
}

static const char *origin_sentence(const char *origin)
{
    static const char *const sentences[][2] = {
        {"attached", "attached by davit while the container runs"},
        {"declared", "declared when the container was made"},
        {"image", "the container's own root"},
        {"system", "made by the runtime for every container"},
        {"other", "mounted by something else"},
    };

    for (size_t i = 0; origin && i < ARRAY_SIZE(sentences); i++)
        if (strcmp(origin, sentences[i][0]) == 0)
            return sentences[i][1];
    return origin;
}

int details_mount(struct text_page *page, const struct shown_mount *m,
                  const struct shown_container *container, const struct model *model)
{
    const struct shown_attachment *a =
        m->attachment ? model_attachment(model, m->attachment) : NULL;
    int r = field(page, "Target", m->target.text);

    r = r < 0 ? r : field(page, "Container", container ? container->label : NULL);
    r = r < 0 ? r : field(page, "Device", m->device);
    r = r < 0 ? r : field(page, "Number", m->major_minor);
    r = r < 0 ? r : field(page, "Sub-root", m->sub_root.text);
    r = r < 0 ? r : field(page, "Type", m->type);
    r = r < 0 ? r : text_page_field(page, "Access", m->read_only ? "read-only" : "writable");
    r = r < 0 ? r : field(page, "Options", m->options);
    r = r < 0 ? r : field(page, "Origin", origin_sentence(m->origin));
    r = r < 0 ? r : field(page, "Propagation", m->propagation);
    r = r < 0 ? r : field(page, "Receives from", m->receives_from);
    r = r < 0 ? r : field(page, "Gives to", m->gives_to);
    r = r < 0 ? r : field(page, "Which means", m->why);
    if (r == 0 && m->stale)
        r = text_page_field(page, "State", "STALE: its server does not answer");
    if (r < 0 || !a)
        return r;
    r = heading(page, "Attachment");
    return r < 0 ? r : details_attachment(page, a);
}

int details_attachment(struct text_page *page, const struct shown_attachment *a)
{
    int r = field(page, "Container", a->container);

    r = r < 0 ? r : field(page, "Target", a->target.text);
    r = r < 0 ? r : field(page, "Source", a->source.text);
    r = r < 0 ? r : field(page, "State", a->state);
    r = r < 0 ? r : field(page, "Options", a->options);
    r = r < 0 ? r : field(page, "By", a->by);
    r = r < 0 ? r : time_field(page, "Since", a->since);
    r = r < 0 ? r
              : field(page, "Kept", a->kept ? "attached again when the container starts" : NULL);
    if (r == 0 && a->until)
        r = time_field(page, "Until", a->until);
    r = r < 0 ? r : field(page, "Problem", a->problem);
    return r < 0 ? r : field(page, "Id", a->id);
}

int details_entry(struct text_page *page, const struct log_entry *entry)
{
    char when[SHOWN_SIZE];
    int r;

    shown_time(when, entry->at, now_of(page));
    r = field(page, "At", when);
    r = r < 0 ? r : field(page, "By", entry->by);
    r = r < 0 ? r : field(page, "What", entry->text);
    r = r < 0 ? r : field(page, "Result", entry->result);
    r = r < 0 ? r : field(page, "Id", entry->operation_id);
    if (r == 0 && entry->n_steps > 0)
        r = heading(page, "Steps");
    for (size_t i = 0; i < entry->n_steps && r == 0; i++) {
        const struct log_step *step = &entry->steps[i];

        r = text_page_format(page, NULL, "%zu %s: %s: %s", i + 1, step->text ? step->text : "",
                             step->call ? step->call : "", step->result ? step->result : "");
    }
    return r;
}
