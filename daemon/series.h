/* SPDX-License-Identifier: ISC */
/*
 * series - what is being watched for being degraded: the numbers of links and devices that were bad
 * of late, by device, measure and instance.
 *
 * A number that is good is not here, so that ten thousand good links cost nothing. Bounded: so many
 * of one device (its loss and its round trips have room in any case), so many in all; a device
 * whose thousand interfaces are all bad is bad all the same. Pointers are good until the next
 * series_add(). Owner: daemon/degradation.c.
 */
#ifndef KT_SERIES_H
#define KT_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/degraded.h"
#include "daemon/measure.h"
#include "probes/profile.h"
#include "probes/reading.h"
#include "sql/store.h"

#define SERIES_OF_DEVICE 16
#define SERIES_MOST      32768

struct series {
    uint32_t device_id;             /* 0: free */
    char measure[PROFILE_NAME_MAX]; /* "loss", "rtt", or a metric of a profile */
    char instance[READING_INSTANCE_MAX];
    char unit[PROFILE_UNIT_MAX + 2];
    char site[STORE_CODE_MAX];
    struct degraded loss;         /* of "loss" */
    struct measure number;        /* of all others */
    struct measure_limits limits; /* of the last round */
    double base;                  /* what was usual then, if that made the limits; else NAN */
    struct wall heard;
    /* As it is told. */
    struct wall since, until;           /* until unset: it lasts; since unset: nothing is told */
    uint32_t revision, sent, confirmed; /* sent 0: not under way */
    struct wall told_at;
};

struct series_table {
    struct series *places; /* open addressing by device; room is a power of two */
    size_t room;
    size_t used;
};

/* NULL: it is not there. */
struct series *series_find(const struct series_table *table, uint32_t device_id,
                           const char *measure, const char *instance);
/* NULL: there are too many, of this device or of all. */
struct series *series_add(struct series_table *table, uint32_t device_id, const char *measure,
                          const char *instance);
void series_tidy(struct series_table *table); /* those that are good by now make room */
bool series_is_loss(const struct series *series);
bool series_is_degraded(const struct series *series);
/* Since when it would be degraded by its last rounds alone; unset: it would not. */
struct wall series_bad_since(const struct series *series);
double series_figure(const struct series *series);
void series_free(struct series_table *table); /* its places */
#endif
