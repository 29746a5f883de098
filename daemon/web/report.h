/* SPDX-License-Identifier: ISC */
/*
 * report - /reports/YYYY-MM: the month's resolution times and availability as a page, CSV and JSON.
 *
 * For staff and auditors (auth.h; a browser asks for the token as a password). All three are made
 * of one document, asked of the read side, so they cannot disagree. ?by=kecamatan|site|party|cause.
 */
#ifndef KT_WEB_REPORT_H
#define KT_WEB_REPORT_H

#include "daemon/web/server.h"

extern const struct web_route report_routes[]; /* their arg: a struct web_world */
#endif
