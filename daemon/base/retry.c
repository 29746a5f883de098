/* SPDX-License-Identifier: ISC */
#include "daemon/base/retry.h"

#include <assert.h>

/* random / 2^32 of range, without overflow for any range. */
static uint64_t part_of(uint64_t range, uint32_t random)
{
    return (range >> 32) * random + ((range & UINT32_MAX) * random >> 32);
}

int64_t retry_delay_ms(const struct retry_schedule *schedule, uint32_t failed_attempts,
                       uint32_t random)
{
    size_t index = failed_attempts;
    int64_t delay, blur;

    assert(schedule->count > 0 && schedule->jitter_percent <= 100);
    if (index >= schedule->count) {
        if (!schedule->forever)
            return -1;
        index = schedule->count - 1;
    }
    delay = schedule->delays_ms[index];
    assert(delay >= 0 && delay <= INT64_MAX / 200);
    blur = delay * schedule->jitter_percent / 100;
    return delay - blur + (int64_t)part_of((uint64_t)blur * 2 + 1, random);
}
