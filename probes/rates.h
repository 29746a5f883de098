/* SPDX-License-Identifier: ISC */
/*
 * rates - what counters stood at when they were last read, to tell how fast they grow.
 *
 * Sixteen octets per counter and device. Pure: instants are parameters. Owner: the prober's child.
 */
#ifndef KT_RATES_H
#define KT_RATES_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "probes/value.h"

#define RATES_PER_DEVICE 512 /* counters; more are not remembered */

struct rates;

struct rates *rates_new(void);
void rates_free(struct rates *rates); /* NULL allowed */

/*
 * One reading of a device: begin, each counter once, end. uptime_s: what the device says that it
 * is up, below 0 when it does not: after a boot nothing from before counts.
 */
void rates_begin(struct rates *rates, uint32_t device_id, struct mono now, double uptime_s);
/* False: not known yet, or it cannot be told (value_rate()). */
bool rates_step(struct rates *rates, uint16_t metric, const char *instance,
                const struct value *value, double *per_second);
void rates_end(struct rates *rates);

/* Another set of profiles: metrics are numbered otherwise. */
void rates_forget_all(struct rates *rates);
/* Devices that were not read since: they left the plan, or fell silent for so long. */
void rates_forget_before(struct rates *rates, struct mono since);
#endif
