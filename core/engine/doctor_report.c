#include "core/engine/doctor_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

int doctor_add(struct doctor_report *report, const char *name, enum check_state state,
               const char *hint, struct error *err, const char *format, ...)
{
    struct doctor_check *check;
    char detail[1024];
    va_list arguments;

    if (report->n_checks == DOCTOR_CHECKS_MAX)
        return 0;
    va_start(arguments, format);
    (void)vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    check = &report->checks[report->n_checks++];
    check->name = name;
    check->ok = state == CHECK_OK;
    check->detail = text_clean_dup(detail, strlen(detail));
    check->hint = hint ? text_clean_dup(hint, strlen(hint)) : NULL;
    return !check->detail || (hint && !check->hint) ? ERROR_OOM(err) : 0;
}

void doctor_report_free(struct doctor_report *report)
{
    for (size_t i = 0; i < report->n_checks; i++) {
        free(report->checks[i].detail);
        free(report->checks[i].hint);
    }
    free(report->checks);
    free(report);
}
