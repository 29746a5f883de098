/* SPDX-License-Identifier: ISC */
#include "daemon/measure.h"

#include <math.h>
#include <string.h>

bool measure_is_beyond(double value, double limit, bool below)
{
    return below ? value < limit : value > limit;
}

/* What was before a long silence is no part of what is now. */
static void forget(struct measure *measure)
{
    measure->count = 0;
    measure->bad = 0;
    measure->good_run = 0;
}

static void push(struct measure *measure, struct wall at, double value, bool bad)
{
    const unsigned all = (1U << DEGRADED_ROUNDS) - 1;

    memmove(&measure->values[1], &measure->values[0],
            (DEGRADED_ROUNDS - 1) * sizeof measure->values[0]);
    memmove(&measure->at[1], &measure->at[0], (DEGRADED_ROUNDS - 1) * sizeof measure->at[0]);
    measure->values[0] = (float)value;
    measure->at[0] = at;
    measure->bad = (uint8_t)(((unsigned)measure->bad << 1 | bad) & all);
    if (measure->count < DEGRADED_ROUNDS)
        measure->count++;
}

struct wall measure_bad_since(const struct measure *measure)
{
    struct wall since = {0};
    int bad = 0;

    for (int i = 0; i < measure->count; i++)
        if ((measure->bad >> i & 1) != 0) {
            bad++;
            since = measure->at[i];
        }
    return bad >= DEGRADED_BAD ? since : (struct wall){0};
}

enum degraded_news measure_hear(struct measure *measure, struct wall at, double value,
                                const struct measure_limits *limits)
{
    if (!isfinite(value) || (measure->count > 0 && at.us <= measure->at[0].us))
        return DEGRADED_NOTHING;
    if (measure->count > 0 && at.us - measure->at[0].us >= MEASURE_GAP_S * US_PER_S)
        forget(measure);
    push(measure, at, value, measure_is_beyond(value, limits->bad, limits->below));
    if (!measure->is_degraded) {
        measure->since = measure_bad_since(measure);
        measure->is_degraded = measure->since.us != 0;
        measure->good_run = 0;
        return measure->is_degraded ? DEGRADED_BEGINS : DEGRADED_NOTHING;
    }
    if (measure_is_beyond(value, limits->good, limits->below)) {
        measure->good_run = 0;
        return DEGRADED_NOTHING;
    }
    if (measure->good_run++ == 0)
        measure->good_since = at;
    if (measure->good_run < DEGRADED_GOOD)
        return DEGRADED_NOTHING;
    measure->is_degraded = false;
    return DEGRADED_ENDS;
}

double measure_figure(const struct measure *measure)
{
    double sum = 0;

    for (int i = 0; i < measure->count; i++)
        sum += (double)measure->values[i];
    return measure->count == 0 ? 0 : sum / measure->count;
}

bool measure_is_clean(const struct measure *measure)
{
    return !measure->is_degraded && measure->bad == 0;
}
