/* SPDX-License-Identifier: ISC */
/*
 * measure_view - what is degraded, in words for the field page.
 *
 * Pure. Reads what functions/ticket_measures.sql gives.
 */
#ifndef KT_MEASURE_VIEW_H
#define KT_MEASURE_VIEW_H

#include "daemon/base/json.h"
#include "daemon/web/words.h"

/* [{name, figure, needs, usual, since, until}], six at the most; NULL: nothing is degraded. The
 * caller frees it. */
struct js *measure_view(const struct js *measures, enum words_language language);
#endif
