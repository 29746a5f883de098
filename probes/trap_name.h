/* SPDX-License-Identifier: ISC */
/*
 * trap_name - what a vendor's trap says, by the profiles. The generic ones are those of
 * probes/trap.h. Pure.
 */
#ifndef KT_TRAP_NAME_H
#define KT_TRAP_NAME_H

#include "probes/profile.h"
#include "probes/trap.h"

/* By any of the profiles; TRAP_OTHER when none knows it, or when there are none (NULL). */
enum trap_kind trap_name(const struct profiles *profiles, const struct oid *oid);
#endif
