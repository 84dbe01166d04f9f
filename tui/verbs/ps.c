#include "tui/verbs/verb.h"

#include <string.h>

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/wire/encode.h"
#include "tui/verbs/columns.h"
#include "tui/verbs/output.h"

static int print_json(struct command *command, const struct snapshot *snapshot,
                      const struct journal_view *attached, struct error *err)
{
    json_t *containers = json_array(), *runtimes = json_array();
    int failed = containers && runtimes ? 0 : -1;

    for (size_t i = 0; !failed && i < snapshot->n_containers; i++) {
        const struct container *c = &snapshot->containers[i];

        failed =
            json_array_append_new(containers, encode_container(c, attached_count(attached, c)));
    }
    for (size_t i = 0; !failed && i < snapshot->n_runtimes; i++)
        failed = json_array_append_new(runtimes, encode_runtime(&snapshot->runtimes[i]));
    if (failed) {
        json_decref(containers);
        json_decref(runtimes);
        return ERROR_OOM(err);
    }
    return output_json(command,
                       json_pack("{s:o, s:o, s:i}", "containers", containers, "runtimes", runtimes,
                                 "unreadable", (int)snapshot->unreadable),
                       err);
}

static int add_container(struct columns *columns, const struct container *container,
                         const struct journal_view *attached, struct error *err)
{
    int count = attached_count(attached, container);
    // A name that can be typed again: USER/NAME, POD/NAME.
    const char *before = container->user ? container->user : container->pod;
    _cleanup_free_ char *name =
        text_format("%s%s%s", before ? before : "", before ? "/" : "", container->name);
    char age[FORMAT_SIZE], number[16] = "?", pid[16] = "";
    const char *cells[7];

    if (!name)
        return ERROR_OOM(err);
    if (count >= 0)
        (void)snprintf(number, sizeof number, "%d", count);
    if (container->pid > 0)
        (void)snprintf(pid, sizeof pid, "%d", (int)container->pid);
    cells[0] = name;
    cells[1] = container->runtime;
    cells[2] = format_age(age, container->started, time(NULL));
    cells[3] = number;
    cells[4] = container->contested ? "contested" : container_state_name(container->state);
    cells[5] = pid;
    cells[6] = container->image;
    return columns_add(columns, cells, err);
}

// Below the list: what the list may lack, and why.
static void print_footer(struct command *command, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->n_runtimes; i++) {
        const struct runtime_status *runtime = &snapshot->runtimes[i];

        if (runtime->error.code == ERROR_NONE) {
            if (command->verbose)
                output_notice(command, "%s %s", runtime->name, runtime_state_name(runtime->state));
            continue;
        }
        output_notice(command, "%s %s: %s%s", runtime->name, runtime_state_name(runtime->state),
                      runtime->error.message, runtime->names_from_disk ? " (names from disk)" : "");
        if (!command->quiet)
            output_hint(command, &runtime->error);
    }
    for (size_t i = 0; i < snapshot->n_containers; i++)
        if (snapshot->containers[i].contested)
            output_notice(command,
                          "%s: unrelated processes claim to be this container, %d is one of them; "
                          "name it by pid:N",
                          snapshot->containers[i].name, (int)snapshot->containers[i].pid);
    if (snapshot->unreadable > 0)
        output_notice(command, "%u processes could not be read: sudo davit ps",
                      snapshot->unreadable);
}

// What cannot be seen may run nevertheless, and a runtime's name may be misspelled.
static void print_none(struct command *command, const struct snapshot *snapshot)
{
    const char *only = engine_options(command->engine)->runtime.runtimes;

    output_notice(command, "no container%s%s %s here", only ? " of " : "", only ? only : "",
                  snapshot->unreadable > 0 ? "can be seen" : "runs");
}

static int print_text(struct command *command, const struct snapshot *snapshot,
                      const struct journal_view *attached, struct error *err)
{
    static const struct column what[] = {
        {"NAME", COLUMN_SHRINK | COLUMN_KEY},
        {"RUNTIME", 0},
        {"UP", COLUMN_RIGHT},
        {"ATT", COLUMN_RIGHT},
        {"STATE", 0},
        {"PID", COLUMN_RIGHT | COLUMN_EXTRA},
        {"IMAGE", COLUMN_SHRINK | COLUMN_EXTRA},
    };
    _cleanup_columns_ struct columns *columns = NULL;
    int r = columns_new(what, ARRAY_SIZE(what), &columns, err);

    for (size_t i = 0; r == 0 && i < snapshot->n_containers; i++)
        r = add_container(columns, &snapshot->containers[i], attached, err);
    if (r < 0)
        return r;
    if (snapshot->n_containers > 0)
        columns_print(columns, command->out, command->width);
    else
        print_none(command, snapshot);
    print_footer(command, snapshot);
    return 0;
}

int verb_ps(struct command *command, struct error *err)
{
    _cleanup_snapshot_ struct snapshot *snapshot = NULL;
    _cleanup_journal_view_ struct journal_view *attached = NULL;
    int r = snapshot_take(&engine_options(command->engine)->runtime, &snapshot, err);

    if (r < 0)
        return r;
    engine_attached(command->engine, &attached);
    return command->json ? print_json(command, snapshot, attached, err)
                         : print_text(command, snapshot, attached, err);
}
