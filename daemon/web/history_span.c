/* SPDX-License-Identifier: ISC */
#include "daemon/web/history_span.h"

#include <string.h>

#include "daemon/base/text.h"

#define SLOT_S        300
#define DAY_S         INT64_C(86400)
#define STEPS_DEFAULT 288

static bool read_instant(const struct form *query, const char *name, int64_t fallback_s,
                         int64_t *at_s, struct err *err)
{
    const char *text = form_get(query, name);
    struct wall at = {0};

    *at_s = fallback_s;
    if (text == NULL)
        return true;
    if (!wall_parse(text, &at) || at.us <= 0)
        return err_set(err, "%s is an instant of RFC 3339, such as 2026-11-24T02:00:00Z.", name);
    *at_s = at.us / US_PER_S;
    return true;
}

/* The shortest that makes no more than 288 of them. */
static int64_t step_for(int64_t span_s)
{
    static const int64_t steps_s[] = {SLOT_S, 900, 1800, 3600, 10800, 21600};

    for (size_t i = 0; i < sizeof steps_s / sizeof steps_s[0]; i++)
        if (span_s <= steps_s[i] * STEPS_DEFAULT)
            return steps_s[i];
    return DAY_S;
}

static bool read_step(const struct form *query, int64_t span_s, int64_t *step_s, struct err *err)
{
    const char *text = form_get(query, "step");

    *step_s = step_for(span_s);
    if (text == NULL || (text_i64(text, SLOT_S, DAY_S, step_s) && *step_s % SLOT_S == 0))
        return true;
    return err_set(err, "step is a number of seconds, a multiple of %d up to %lld.", SLOT_S,
                   (long long)DAY_S);
}

/* A name with a mistake in it would otherwise give another answer than was asked for. */
static bool knows_all(const struct form *query, struct err *err)
{
    static const char *const names[] = {"from", "to", "step"};

    for (size_t i = 0; i < query->count; i++) {
        bool known = false;

        for (size_t j = 0; j < sizeof names / sizeof names[0]; j++)
            known |= strcmp(query->fields[i].name, names[j]) == 0;
        if (!known)
            return err_set(err, "There is from, to and step, and no other parameter.");
    }
    return true;
}

bool history_span_read(const struct form *query, struct wall now, struct history_span *span,
                       struct err *err)
{
    int64_t now_s = now.us / US_PER_S, from_s, to_s, step_s, count;

    if (!knows_all(query, err))
        return false;
    if (!read_instant(query, "to", now_s, &to_s, err))
        return false;
    to_s = to_s > now_s ? now_s : to_s;
    if (!read_instant(query, "from", to_s - DAY_S, &from_s, err))
        return false;
    if (from_s >= to_s)
        return err_set(err, "from lies before to, and before now.");
    if (!read_step(query, to_s - from_s, &step_s, err))
        return false;
    from_s -= from_s % step_s;
    count = (to_s - from_s + step_s - 1) / step_s;
    if (count > HISTORY_STEPS_MAX)
        return err_set(err, "That is %lld steps, more than %d: take a %s.", (long long)count,
                       HISTORY_STEPS_MAX, step_s < DAY_S ? "longer step" : "later from");
    *span = (struct history_span){
        .from = {from_s * US_PER_S}, .step_s = (int32_t)step_s, .count = (int32_t)count};
    return true;
}
