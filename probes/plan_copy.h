/* SPDX-License-Identifier: ISC */
/*
 * plan_copy - the parent's copy of the plan, and which of it the child has still to be told.
 *
 * Keeps each device with the state that was last heard of it and with what was learned, so that a
 * child that replaces a dead one begins with the outages that are open and judges links as the dead
 * one did, and what was asked of that is asked again.
 * Pure: it makes frames, whoever owns it sends them.
 */
#ifndef KT_PLAN_COPY_H
#define KT_PLAN_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/frame.h"
#include "probes/plan.h"

struct plan_copy;

/* Whether the device begins DOWN, and since when, as the caller knows it: sets those fields. */
typedef void plan_begins_fn(struct plan_device *device, void *arg);

struct plan_copy *plan_copy_new(void);
void plan_copy_free(struct plan_copy *copy); /* wipes the communities; NULL allowed */

/* As plan_begin(), plan_device() and plan_commit(); a commit is to be sent from its beginning. */
void plan_copy_begin(struct plan_copy *copy, const struct plan_policy *policy);
void plan_copy_credential(struct plan_copy *copy, const struct credential *credential);
void plan_copy_device(struct plan_copy *copy, const struct plan_device *device);
void plan_copy_commit(struct plan_copy *copy);
/* The same in steps, for who has a loop to run: plan_copy_prepare() until it is true, while the
 * plan before goes on; the commit; plan_copy_settle() until that is true. From the commit on the
 * new plan counts, and everything else may be called at any time. No step looks at more than
 * `most`. */
bool plan_copy_prepare(struct plan_copy *copy, size_t most);
bool plan_copy_settle(struct plan_copy *copy, size_t most);
/* Who is asked about each device of a plan, once and after its commit; else what was given with the
 * device counts. What a child said of it goes before. */
void plan_copy_on_begins(struct plan_copy *copy, plan_begins_fn *begins, void *arg);
void plan_copy_ask(struct plan_copy *copy, uint32_t device_id);
/* As plan_renew(): nothing of what was heard of it is believed any more, by a new child either. */
void plan_copy_renew(struct plan_copy *copy, uint32_t device_id);
/* The same for a reason that comes from outside, as often as it likes: a metered device is asked as
 * often as its budget has room for. False: it is not asked for that. */
bool plan_copy_hint(struct plan_copy *copy, uint32_t device_id, struct mono now);
/* False: the device is not in the plan any more, or was that of another site when this was decided
 * and the plan that changed it was still under way: nobody is concerned. */
bool plan_copy_hear(struct plan_copy *copy, const struct link_change *change);
/* False: it was learned of another device, or of what this one was before the last commit. */
bool plan_copy_learn(struct plan_copy *copy, const struct learned_news *news);

/* A new child knows nothing: everything is to be sent again. */
void plan_copy_rewind(struct plan_copy *copy);
/* The next frame for the child, false when there is none. It stays the next until plan_copy_sent().
 */
bool plan_copy_frame(struct plan_copy *copy, struct frame *frame);
void plan_copy_sent(struct plan_copy *copy, const struct frame *frame);
uint32_t
plan_copy_serial(const struct plan_copy *copy); /* of the last commit; 0 before the first */
#endif
