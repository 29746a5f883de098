/* SPDX-License-Identifier: ISC */
/*
 * report - /reports/YYYY-MM: the monthly report as a page, .csv and .json, each by ?by=.
 *
 * For staff, auditors and admins (auth.h); asks the read side only. All three are made from one
 * document of the database, the same that the command line shows. What the page says is
 * report_view.h.
 */
#ifndef KT_WEB_REPORT_H
#define KT_WEB_REPORT_H

#include "daemon/web/server.h"

extern const struct web_route report_routes[]; /* their arg: a struct web_world */
#endif
