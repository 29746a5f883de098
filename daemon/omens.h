/* SPDX-License-Identifier: ISC */
/*
 * omens - what devices said of themselves shortly before their site fell silent: that they ran on a
 * battery, that their voltage was falling, that their radio or their light was weaker than usual.
 *
 * Pure. Of each device the last reading of each kind is kept, with what is usual for it; nothing is
 * older than what is asked for. Bounded: so many devices, those that were read first. What a number
 * means follows from its unit and the name that profiles give it; no profile is known here.
 */
#ifndef KT_OMENS_H
#define KT_OMENS_H

#include "daemon/base/text.h"
#include "daemon/cause.h"
#include "probes/profile.h"
#include "probes/reading_report.h"

#define OMENS_DEVICES     65536 /* some 10 MB */
#define OMEN_READINGS_MIN 6     /* before it is known what is usual */

struct omens;

/* A span of time, both ends counted. */
struct omen_time {
    struct wall from, to;
};

struct omens *omens_new(void);
void omens_free(struct omens *omens); /* NULL allowed */
/* Any reading; what tells nothing of power or link is passed over. */
void omens_add(struct omens *omens, const struct profile_metric *metric,
               const struct reading_report *report);
/* The clues in what a device said in that time; silent: since when its site is. */
uint32_t omens_clues(const struct omens *omens, uint32_t device_id, const struct omen_time *time,
                     struct wall silent);
/* The figures behind one of those clues, "11.2 V, usually 13.6 V, 140 s before". False: the device
 * said nothing of the kind then. */
bool omens_words(const struct omens *omens, uint32_t device_id, enum cause_clue clue,
                 const struct omen_time *time, struct wall silent, struct text *out);
size_t omens_count(const struct omens *omens); /* devices */
#endif
