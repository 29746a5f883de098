/* SPDX-License-Identifier: ISC */
/*
 * reading_fold - what the readings of devices come to in five minutes: how often, the last, the
 * mean, the least, the most.
 *
 * Pure. A device's slot ends when a value of another slot comes, or when the owner asks. It keeps
 * so many readings of a device, the main ones first, then in the order in which they come: a device
 * of a thousand ports does not have a history of each. Instances and numbers come from devices, so
 * everything is bounded. Owner: daemon/reading_history.c.
 */
#ifndef KT_READING_FOLD_H
#define KT_READING_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define READING_FOLD_DEVICES 1048576 /* that are open at once */
#define READING_FOLD_MOST    256     /* readings of one device */

/* Which reading; the texts are borrowed. */
struct fold_name {
    const char *metric;
    const char *instance;
    const char *kind;
    const char *unit;
    bool main;      /* looked at first */
    uint16_t place; /* in the profile */
};

/* What the values of a slot came to. */
struct fold_sum {
    struct fold_name name;
    uint32_t device_id;
    uint32_t slot; /* as probes/rollup.h counts them */
    uint32_t count;
    float last, mean, least, most;
};

typedef void fold_fn(const struct fold_sum *sum, void *arg);

struct reading_fold;

/* most: readings of a device, up to READING_FOLD_MOST; of slots that begin from now on. */
struct reading_fold *reading_fold_new(uint32_t most, fold_fn *on_sum, void *arg);
void reading_fold_free(struct reading_fold *fold); /* what is open is dropped; NULL allowed */
void reading_fold_set_most(struct reading_fold *fold, uint32_t most);

/* False: too many devices, or no number that a history can hold. */
bool reading_fold_add(struct reading_fold *fold, uint32_t device_id, uint32_t slot,
                      const struct fold_name *name, double number);
/* Ends the slots before this one, and forgets their devices. */
void reading_fold_end_before(struct reading_fold *fold, uint32_t slot);
size_t reading_fold_devices(const struct reading_fold *fold);
#endif
