// Turning a loop until something has happened, or to see that nothing does.
#ifndef DAVIT_TESTS_TURNS_H
#define DAVIT_TESTS_TURNS_H

#include <check.h>
#include <stdbool.h>

#include "core/base/loop.h"

#define TURNS_LIMIT_MS 10000

static inline void turns_over(void *context)
{
    *(bool *)context = true;
}

// Turns until *count has reached `wanted` or `ms` have passed; which of both.
static inline bool turns(struct loop *loop, const unsigned *count, unsigned wanted, unsigned ms)
{
    struct loop_source *timer;
    struct error error;
    bool over = false;

    ck_assert_int_eq(loop_timer(loop, turns_over, &over, &timer, &error), 0);
    loop_timer_start(timer, ms);
    while (!over && *count < wanted)
        (void)loop_turn(loop);
    loop_source_free(timer);
    return *count >= wanted;
}

static inline void turns_until(struct loop *loop, const unsigned *count, unsigned wanted)
{
    ck_assert_msg(turns(loop, count, wanted, TURNS_LIMIT_MS), "told %u times and not %u", *count,
                  wanted);
}

static inline void turns_for(struct loop *loop, unsigned ms)
{
    const unsigned never = 0;

    (void)turns(loop, &never, 1, ms);
}

#endif
