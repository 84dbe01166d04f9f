// Shared by the doctor's own files only. A check that is not ok is something that davit's main job
// lacks here; what it can do without is ok and says so.
#ifndef DAVIT_ENGINE_DOCTOR_INTERNAL_H
#define DAVIT_ENGINE_DOCTOR_INTERNAL_H

#include "core/engine/engine_internal.h"

#define DOCTOR_CHECKS_MAX 64

enum check_state { CHECK_MISSING, CHECK_OK };

// Appends a check. `name` is a literal or lives as long as the report; `hint` may be NULL. Detail
// and hint are sanitised.
int doctor_add(struct doctor_report *report, const char *name, enum check_state state,
               const char *hint, struct error *err, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

int doctor_kernel(struct doctor_report *report, struct error *err);
int doctor_owners(struct doctor_report *report, struct error *err);
int doctor_privileges(struct doctor_report *report, struct error *err);
int doctor_state(struct engine *engine, struct doctor_report *report, struct error *err);

#endif
