/* SPDX-License-Identifier: ISC */
/*
 * check - what `kentongand --check-config` looks at beyond the files: the reference targets, which
 * are in the database.
 *
 * Asks and computes; prints nothing, changes nothing.
 */
#ifndef KT_CHECK_H
#define KT_CHECK_H

#include "daemon/base/text.h"

struct config;
struct secrets;

/* Appends a line when the poller could not tell that it is cut off itself (daemon/blind.h), and
 * why; also when the database is out of reach, so that it is not known. */
void check_references(const struct config *config, const struct secrets *secrets,
                      struct text *warnings);
#endif
