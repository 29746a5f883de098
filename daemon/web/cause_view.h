/* SPDX-License-Identifier: ISC */
/*
 * cause_view - what a page says about why a site is silent: a guess with its evidence, or a proof.
 *
 * Pure. Takes a ticket as functions/ticket_page.sql returns it; owns nothing.
 */
#ifndef KT_WEB_CAUSE_VIEW_H
#define KT_WEB_CAUSE_VIEW_H

#include "daemon/base/json.h"
#include "daemon/web/words.h"

/*
 * {guess, evidence, proven, heard}, each text and "" when there is nothing to say; NULL when there
 * is nothing at all. The caller owns it. guess     "power, 83 %"; not once something is proven
 *   evidence  "UPS on battery 14.02; its power feeder went off 14.02": six pieces at most
 *   proven    "power: the device started again 24 Nov 2026 14.31 WIB"
 *   heard     the evidence, when that is all there is
 */
struct js *cause_view(const struct js *ticket, enum words_language language);
#endif
