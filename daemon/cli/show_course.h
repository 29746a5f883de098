/* SPDX-License-Identifier: ISC */
/*
 * show_course - how the main readings of a site have been: the last 24 hours, drawn in a line each.
 */
#ifndef KT_SHOW_COURSE_H
#define KT_SHOW_COURSE_H

#include "daemon/base/json.h"
#include "daemon/base/text.h"

/* course: functions/site_course.sql's object. Of those that its profiles call main, eight at most;
 * adds nothing when nothing is kept. */
void show_course(const struct js *course, struct text *out);
#endif
