/* SPDX-License-Identifier: ISC */
/*
 * probe_parts - the two halves of `kentongan probe` that come after the heartbeat: a reading by the
 * device's profile, and the walk through a subtree. Nobody but daemon/cli/cmd_probe.c includes it.
 */
#ifndef KT_PROBE_PARTS_H
#define KT_PROBE_PARTS_H

#include "daemon/cli/cli.h"
#include "probes/fetch.h"
#include "probes/once.h"
#include "probes/profile.h"

/* Reads the device and adds what it said to out, or to object when that is not NULL. */
enum cli_exit probe_read(struct once *once, enum plan_snmp snmp, const struct profiles *profiles,
                         struct js *object, struct text *out);
/* Prints every object under dotted ("OID|TAG|VALUE|WORDS"). NULL: under 1.3.6.1. */
enum cli_exit probe_walk(struct cli *cli, struct once *once, enum plan_snmp snmp,
                         const struct profiles *profiles, const char *dotted);
/* Says why a device that lives does not let us in; false: it lets us, or is silent. */
bool probe_say_locked_out(const struct cli *cli, const struct once *once);
/* Why something is missing, for people. */
const char *probe_trouble_words(enum fetch_reason reason);
#endif
