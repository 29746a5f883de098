/* SPDX-License-Identifier: ISC */
#include "daemon/baseline.h"

#include <math.h>
#include <string.h>

#define NORMAL_IQR 1.349 /* of a normal distribution, in standard deviations */

/* clang-format off */
static const struct {
    const char *unit;
    struct baseline_rule rule;
} rules[] = {
    {"ms",       {.least = 100, .share = 1,    .sigmas = 4, .below = false}}, /* more than one busy neighbour */
    {"dBm",      {.least = 8,   .share = 0,    .sigmas = 4, .below = true}},  /* a sixth of the power */
    {"dB",       {.least = 8,   .share = 0,    .sigmas = 4, .below = true}},
    {"V",        {.least = 0.5, .share = 0.08, .sigmas = 4, .below = true}},  /* 12.6 V: below 11.6 */
    {"errors/s", {.least = 1,   .share = 3,    .sigmas = 4, .below = false}},
};
/* clang-format on */

const struct baseline_rule *baseline_rule(const char *unit, bool below)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(unit, rules[i].unit) == 0 && rules[i].rule.below == below)
            return &rules[i].rule;
    return NULL;
}

bool baseline_limits(const struct baseline *baseline, const struct baseline_rule *rule,
                     struct measure_limits *out)
{
    double median = (double)baseline->median, margin;

    if (baseline->weeks < BASELINE_WEEKS || !isfinite(baseline->q1) || !isfinite(median) ||
        !isfinite(baseline->q3))
        return false;
    margin = fmax(rule->least, rule->share * fabs(median));
    margin = fmax(margin, rule->sigmas * (double)(baseline->q3 - baseline->q1) / NORMAL_IQR);
    if (rule->below)
        margin = -margin;
    *out = (struct measure_limits){
        .bad = median + margin, .good = median + margin / 2, .below = rule->below};
    return true;
}
