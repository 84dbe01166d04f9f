// What works here: the report, and the checks of libraries and runtimes.
#include <stdlib.h>
#include <string.h>

#include "core/engine/doctor_internal.h"
#include "core/host/device.h"
#include "core/runtime/curl_library.h"

static int check_libraries(struct doctor_report *report, struct error *err)
{
    const struct curl_library *curl;
    struct device_index *devices = NULL;
    struct error why;
    int r = curl_library_load(&curl, &why);

    if (r == 0)
        r = doctor_add(report, "libcurl", CHECK_OK, NULL, err, "loaded when a daemon is asked");
    else
        r = doctor_add(report, "libcurl", CHECK_MISSING,
                       "install it (on Debian: apt-get install libcurl4)", err,
                       "%s: no daemon can be asked, names come from disk", why.message);
    if (r < 0)
        return r;
    r = device_index_new(&devices, &why);
    if (r == 0)
        r = doctor_add(report, "libudev", CHECK_OK, NULL, err, "loaded when devices are shown");
    else
        r = doctor_add(report, "libudev", CHECK_MISSING,
                       "install it (on Debian: apt-get install libudev1)", err,
                       "not loaded: labels, UUIDs and models of devices stay unknown");
    if (devices)
        device_index_free(devices);
    return r;
}

static int check_runtime(struct doctor_report *report, const struct runtime_status *status,
                         struct error *err)
{
    const char *at = status->endpoint ? status->endpoint : "";
    const char *hint = *status->error.hint ? status->error.hint : NULL;

    switch (status->state) {
    case RUNTIME_ABSENT:
        return doctor_add(report, status->name, CHECK_OK, NULL, err, "not on this host");
    case RUNTIME_PRESENT:
        return doctor_add(report, status->name, CHECK_OK, NULL, err, "present%s%s",
                          *at ? " at " : "", at);
    case RUNTIME_CONNECTED:
        return doctor_add(report, status->name, CHECK_OK, NULL, err, "connected%s%s%s%s",
                          *at ? " at " : "", at, hint ? ": " : "", hint ? hint : "");
    case RUNTIME_READ_ONLY:
        return doctor_add(report, status->name, CHECK_OK, NULL, err,
                          "for reading only%s%s: its process ids mean nothing here",
                          *at ? ", at " : "", at);
    case RUNTIME_UNREACHABLE:
        return doctor_add(report, status->name, CHECK_MISSING, hint, err, "unreachable%s%s: %s%s",
                          *at ? " at " : "", at, status->error.message,
                          status->names_from_disk ? "; names come from disk" : "");
    }
    return 0;
}

static int check_runtimes(struct engine *engine, struct doctor_report *report, struct error *err)
{
    _cleanup_snapshot_ struct snapshot *snapshot = NULL;
    struct error why;
    int r = snapshot_take(&engine->options.runtime, &snapshot, &why);

    if (r < 0)
        return doctor_add(report, "containers", CHECK_MISSING, *why.hint ? why.hint : NULL, err,
                          "%s", why.message);
    for (size_t i = 0; i < snapshot->n_runtimes; i++) {
        r = check_runtime(report, &snapshot->runtimes[i], err);
        if (r < 0)
            return r;
    }
    if (snapshot->unreadable > 0)
        return doctor_add(report, "containers", CHECK_MISSING,
                          "run it with sudo: sudo davit doctor", err,
                          "%zu found; the namespaces of %u processes cannot be seen",
                          snapshot->n_containers, snapshot->unreadable);
    return doctor_add(report, "containers", CHECK_OK, NULL, err, "%zu found",
                      snapshot->n_containers);
}

int engine_doctor(struct engine *engine, struct doctor_report **ret, struct error *err)
{
    CLEANUP(doctor_report_freep) struct doctor_report *report = calloc(1, sizeof *report);
    int r;

    if (!report)
        return ERROR_OOM(err);
    report->checks = calloc(DOCTOR_CHECKS_MAX, sizeof *report->checks);
    if (!report->checks)
        return ERROR_OOM(err);
    r = doctor_kernel(report, err);
    if (r == 0)
        r = doctor_privileges(report, err);
    if (r == 0)
        r = doctor_owners(report, err);
    if (r == 0)
        r = check_libraries(report, err);
    if (r == 0)
        r = check_runtimes(engine, report, err);
    if (r == 0)
        r = doctor_state(engine, report, err);
    if (r < 0)
        return r;
    *ret = TAKE_POINTER(report);
    return 0;
}
