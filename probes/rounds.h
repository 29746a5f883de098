/* SPDX-License-Identifier: ISC */
/*
 * rounds - when each device is read, and the readings that are under way.
 *
 * Pure: instants are parameters, questions leave by a callback. Every device has its place in a
 * round of reading_interval by its number, so that readings never come in a burst and a restart
 * does not shuffle them; one that is not UP when its turn comes is left out until the next round.
 * At most one question per device is out at a time. A device costs some seventy octets; what a
 * reading itself needs exists only while it is under way, and so many may be at once. Heartbeats
 * know nothing of all this (probes/plan.h), but go first: a question waits until nothing else is on
 * its device's lane, and where the bytes of all readings are too many for a lane or for a metered
 * line, each device is read in every second, third, … round alone (probes/budget.h). Owner: the
 * prober's child.
 */
#ifndef KT_ROUNDS_H
#define KT_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "probes/counters.h"
#include "probes/plan.h"
#include "probes/visit.h"

#define ROUNDS_OPEN_MOST 1024 /* readings under way */

/* A reading is over. */
struct round_result {
    uint32_t device_id;
    struct wall began;
    struct wall ended;
    uint32_t bytes;            /* on the line, as IP counts them */
    const struct visit *visit; /* until the callback returns */
};

struct rounds_callbacks {
    /* A question for a device of the plan. token goes back with its answer. False: it could not
     * leave now; asked again later. */
    bool (*ask)(const struct plan_device *device, const struct question *question, uint32_t token,
                void *arg);
    void (*on_result)(const struct round_result *result, void *arg);
};

struct rounds;

/* plan and callbacks are borrowed for its life. */
struct rounds *rounds_new(struct plan *plan, const struct rounds_callbacks *callbacks, void *arg);
void rounds_free(struct rounds *rounds); /* drops what is under way; NULL allowed */

/* Whose profiles count from now on; the set becomes its own. Everything known of devices is
 * forgotten, what is under way is dropped. NULL: nothing is read. */
void rounds_profiles(struct rounds *rounds, struct profiles *profiles);

/* Beside the plan's own: every device of the new plan, then commit after plan_commit(). Devices
 * that stay keep what is known of them; readings under way are dropped. interval_ms 0: nothing is
 * read. profile: its name; "": as the device says. */
void rounds_begin(struct rounds *rounds, int64_t interval_ms);
void rounds_device(struct rounds *rounds, const struct plan_device *device, const char *profile);
void rounds_commit(struct rounds *rounds, const struct plan_now *now);
/* The same in steps, for who has a loop to run: pause, begin, every device, then the step until it
 * is true. Nothing is read from the pause on; whose turn it was gets it then. */
void rounds_pause(struct rounds *rounds, struct mono now);
bool rounds_commit_step(struct rounds *rounds, size_t most);

/* Begins at most `most` readings that are due, and asks again what could not leave. */
void rounds_due(struct rounds *rounds, const struct plan_now *now, size_t most);
/* The answer to a question; NULL: there was none. An answer to an older one is not looked at. */
void rounds_answer(struct rounds *rounds, const struct plan_now *now, uint32_t device_id,
                   uint32_t token, const struct fetch_answer *answer);
/* We were away ourselves: what is under way is given up, without a result. */
void rounds_forget(struct rounds *rounds, uint32_t device_id, uint32_t token);

bool rounds_next_at(const struct rounds *rounds, struct mono *at); /* false: never */
/* All but those that were dropped later on. */
void rounds_counters(const struct rounds *rounds, struct reading_counters *out);
size_t rounds_open(const struct rounds *rounds); /* readings under way */
#endif
