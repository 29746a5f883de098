/* SPDX-License-Identifier: ISC */
/*
 * harvest - what readings brought in, until the parent has it.
 *
 * Takes the values of a reading as they are told, makes rates of counters and reports of all, and
 * hands them out as frames. When the parent does not take them, the newest are dropped and counted:
 * the next reading comes in minutes. Pure. Owner: the prober's child.
 */
#ifndef KT_HARVEST_H
#define KT_HARVEST_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/frame.h"
#include "probes/plan.h"
#include "probes/profile.h"
#include "probes/reading_report.h"

#define HARVEST_MOST   65536    /* reports that wait */
#define HARVEST_UPTIME "uptime" /* the metric that says since when counters count */

struct harvest;

struct harvest *harvest_new(void);
void harvest_free(struct harvest *harvest); /* NULL allowed */

/* By which profiles devices are read from now on, and which hand-out they are. Borrowed. */
void harvest_profiles(struct harvest *harvest, const struct profiles *profiles, uint32_t serial);

/*
 * One reading: begin; tell it HARVEST_UPTIME by harvest_look(), then all values, that one too, by
 * harvest_take(), both of type reading_fn with the harvest as arg; end. began: on both clocks;
 * bytes: of the whole reading, on the line.
 */
void harvest_begin(struct harvest *harvest, uint32_t device_id, const struct profile *profile,
                   const struct plan_now *began, uint32_t bytes);
void harvest_look(const struct reading_value *value, void *harvest);
void harvest_take(const struct reading_value *value, void *harvest);
void harvest_end(struct harvest *harvest);

/* The next frame for the parent, false when there is none; the same until harvest_sent(). */
bool harvest_frame(const struct harvest *harvest, struct frame *frame);
void harvest_sent(struct harvest *harvest, const struct frame *frame);
uint64_t harvest_dropped(const struct harvest *harvest); /* reports, ever */
/* What is known of devices that were not read since is of no use any more. */
void harvest_forget_before(struct harvest *harvest, struct mono since);
#endif
