/* SPDX-License-Identifier: ISC */
#include "probes/burst.h"

#include <math.h>

#define MEMORY_DAYS 30.0
#define DAY_US      (24.0 * 3600.0 * (double)US_PER_S)
#define YEAR_DAYS   365.25
/* As if one burst of no length had been seen: one hiccup is no habit. */
#define PRIOR 1.0

double burst_count(const struct burst *burst, struct mono now)
{
    double days = (double)(now.us - burst->at.us) / DAY_US;

    return (double)burst->count * exp(-fmax(days, 0) / MEMORY_DAYS);
}

void burst_learn(struct burst *burst, int64_t ms, struct mono at)
{
    double count = burst_count(burst, at);
    double mean = ((double)burst->mean_ms * count + (double)ms) / (count + 1);

    *burst = (struct burst){.at = at, .count = (float)(count + 1), .mean_ms = (float)mean};
}

int64_t burst_span_ms(const struct burst *burst, uint32_t false_down_years, struct mono now)
{
    double count = burst_count(burst, now);
    double expected = count / MEMORY_DAYS * YEAR_DAYS * (double)false_down_years;
    double ms;

    if (expected <= 1)
        return 0;
    ms = count / (count + PRIOR) * (double)burst->mean_ms * log(expected);
    return ms > BURST_SPAN_MOST_MS ? BURST_SPAN_MOST_MS : (int64_t)ms;
}
