/* SPDX-License-Identifier: ISC */
/*
 * origin - whether a POST may come from where its browser says that it comes from.
 *
 * Pure. A second wall only: the first is that nobody else knows the token. Programs send neither
 * header and are let in.
 */
#ifndef KT_WEB_ORIGIN_H
#define KT_WEB_ORIGIN_H

#include <stdbool.h>

/* The headers of the same names, NULL for one that is not there; base_url as configured. */
struct origin_claim {
    const char *origin;
    const char *fetch_site; /* Sec-Fetch-Site */
    const char *host;
};

/*
 * Pages with Referrer-Policy: no-referrer send "Origin: null" with their own forms (Fetch Standard,
 * "append a request Origin header"), so null says nothing; Sec-Fetch-Site does.
 */
bool origin_is_ours(const struct origin_claim *claim, const char *base_url);
#endif
