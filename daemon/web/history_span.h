/* SPDX-License-Identifier: ISC */
/*
 * history_span - which part of the past a request asks for: from, to, step of its query.
 *
 * Pure. What is not said is chosen: the last 24 hours, in steps that make no more than 288. The
 * span begins and ends at a multiple of its step since 1970 in UTC, so that two requests a moment
 * apart ask for the same.
 */
#ifndef KT_WEB_HISTORY_SPAN_H
#define KT_WEB_HISTORY_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/base/err.h"
#include "daemon/web/form.h"

#define HISTORY_STEPS_MAX 1000

struct history_span {
    struct wall from;
    int32_t step_s; /* a multiple of 300 */
    int32_t count;  /* of steps, 1 to HISTORY_STEPS_MAX */
};

/* False: what is wrong with the query, for people. to is no later than now. */
KT_MUST_CHECK bool history_span_read(const struct form *query, struct wall now,
                                     struct history_span *span, struct err *err);
#endif
