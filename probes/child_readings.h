/* SPDX-License-Identifier: ISC */
/*
 * child_readings - everything in the prober's child that is about readings: the profiles that came
 * down, whose turn it is, the questions under way, and the values that go up.
 *
 * Joins probes/rounds.h, probes/harvest.h and probes/profile_hand.h to the engine. Until profiles
 * have come nothing is read. Owner: the prober's child, whose plan and engine it uses.
 */
#ifndef KT_CHILD_READINGS_H
#define KT_CHILD_READINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "probes/engine.h"
#include "probes/frame.h"
#include "probes/plan.h"

struct child_readings;

struct child_readings *child_readings_new(struct plan *plan, struct engine *engine);
void child_readings_free(struct child_readings *readings); /* NULL allowed */

/* A frame of FRAME_PROFILES. False: the parent never sends that. */
bool child_readings_take(struct child_readings *readings, const struct frame *frame,
                         const struct plan_now *now);
/* After plan_switch(); then nothing is read until child_readings_plan_step() was true, nor after
 * child_readings_take(). */
void child_readings_plan_changed(struct child_readings *readings, const struct plan_now *now);
/* Looks at no more than `most` devices; true: there is nothing to do any more. */
bool child_readings_plan_step(struct child_readings *readings, size_t most);

/* Begins at most `most` readings that are due. */
void child_readings_due(struct child_readings *readings, const struct plan_now *now, size_t most);
/* What the engine says of questions of ENGINE_READING. */
void child_readings_result(struct child_readings *readings, const struct engine_result *result,
                           const struct plan_now *now);
void child_readings_forgotten(struct child_readings *readings, const struct engine_result *result);
bool child_readings_next_at(const struct child_readings *readings, struct mono *at);

void child_readings_counters(const struct child_readings *readings, struct reading_counters *out);

/* The next frame for the parent, false when there is none; the same until _sent(). */
bool child_readings_frame(const struct child_readings *readings, struct frame *frame);
void child_readings_sent(struct child_readings *readings, const struct frame *frame);
#endif
