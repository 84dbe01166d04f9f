// A line of the log for each runtime that goes down or comes back.
#ifndef DAVIT_TUI_MODEL_RUNTIME_NEWS_H
#define DAVIT_TUI_MODEL_RUNTIME_NEWS_H

#include "tui/model/model.h"

// `now` is what the model is about to have in place of its `runtimes`: 1 when something was said,
// 0, or -ENOMEM. One that was never told of before is no news.
int runtime_news(const struct model *model, const struct shown_runtime *now, size_t n);

#endif
