/* SPDX-License-Identifier: ISC */
/*
 * rig_check - what happened (the fleet's log) against what was recorded (database) and told (sink).
 *
 * For the default district with one daemon at a time. Fails the test on: a silence without its
 * outage (lost transition), an outage without its silence (phantom), a start or end that is off by
 * more than the poll interval and a second, two open tickets of one root, a broken chain of events,
 * a notification that was not delivered (lost notice), a webhook-id that the database does not
 * know, or one that was taken more often than the kills of this test allow, or with another body.
 */
#ifndef KT_RIG_CHECK_H
#define KT_RIG_CHECK_H

#include "tests/integration/rig.h"

/* Waits until everything that is owed was told, then judges; the test fails on any complaint. */
void rig_check(struct rig *rig);
/* When the fleet last made that site "silent" or let it answer ("answers"), as the fleet wrote it
 * down. */
struct wall rig_truth(struct rig *rig, const char *site, const char *word);
/* What is not as it should be now, a line each; "" for nothing. */
const char *rig_judge(struct rig *rig);
#endif
