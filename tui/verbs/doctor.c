#include "tui/verbs/verb.h"

#include "core/wire/encode.h"
#include "tui/verbs/columns.h"
#include "tui/verbs/output.h"

static int print_json(struct command *command, const struct doctor_report *report,
                      struct error *err)
{
    json_t *array = json_array();
    int failed = array ? 0 : -1;

    for (size_t i = 0; !failed && i < report->n_checks; i++)
        failed = json_array_append_new(array, encode_check(&report->checks[i]));
    if (failed) {
        json_decref(array);
        return ERROR_OOM(err);
    }
    return output_json(command, json_pack("{s:o}", "checks", array), err);
}

static void print_text(struct command *command, const struct doctor_report *report)
{
    size_t widest = 0, n_failed = 0;

    for (size_t i = 0; i < report->n_checks; i++) {
        size_t width = text_width(report->checks[i].name);

        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < report->n_checks; i++) {
        const struct doctor_check *check = &report->checks[i];

        if (check->ok && command->quiet)
            continue;
        n_failed += !check->ok;
        (void)fprintf(command->out, "%s  %s%*s  %s\n", check->ok ? "ok" : "NO", check->name,
                      (int)(widest - text_width(check->name)), "",
                      check->detail ? check->detail : "");
        if (!check->ok && check->hint)
            (void)fprintf(command->out, "      try: %s\n", check->hint);
    }
    if (n_failed == 0 && !command->quiet)
        (void)fputs("All that davit needs is here.\n", command->out);
}

int verb_doctor(struct command *command, struct error *err)
{
    CLEANUP(doctor_report_freep) struct doctor_report *report = NULL;
    int r = engine_doctor(command->engine, &report, err);

    if (r < 0)
        return r;
    if (command->json)
        return print_json(command, report, err);
    print_text(command, report);
    return 0;
}
