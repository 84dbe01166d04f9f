// Values of options: checked once, while they are parsed.
#ifndef DAVIT_TUI_VERBS_VALUES_H
#define DAVIT_TUI_VERBS_VALUES_H

#include "core/base/error.h"
#include "tui/verbs/table.h"

// 0 or -errno with ERROR_USAGE; `spelled` is the option for the message.
int value_check(const struct option_spec *option, const char *spelled, const char *value,
                struct error *err);

#endif
