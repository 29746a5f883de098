/* SPDX-License-Identifier: ISC */
/*
 * visit - one reading of one device, from "what are you?" to values with units.
 *
 * Pure. Driven like a fetch (probes/fetch.h), of which it does up to four, one after the other:
 * what the device says of itself, unless its profile is known; what decides between profiles that
 * are alike; the profile's objects; and interface names by another column where the usual one is
 * not there. What a later visit need not ask again is kept in the device's visit_memory. Owner: who
 * called visit_new(); what is borrowed lives longer than it.
 */
#ifndef KT_VISIT_H
#define KT_VISIT_H

#include <stdbool.h>
#include <stdint.h>

#include "probes/fetch.h"
#include "probes/ifmap.h"
#include "probes/profile.h"
#include "probes/reading.h"
#include "probes/visit_book.h"

/* Zero knows nothing. */
struct visit_memory {
    const struct profile *profile; /* as the device's own words say */
    struct ifmap *names;
    int64_t uptime_ticks; /* of the last visit; 0: not known */
    struct fetch_memory fetch;
    uint8_t visits;
};

/* Nothing is known of the device any more: its address, its profile are others. */
void visit_memory_clear(struct visit_memory *memory);

struct visit_order {
    struct visit_book *book;
    enum plan_snmp snmp;
    const struct profile *profile; /* as people say; NULL: the device's own words count */
    struct visit_memory *memory;
};

#define VISIT_WORDS_MAX 256

/* What it said of itself; empty when it did not, or was not asked. */
struct visit_facts {
    struct oid object_id;
    char descr[VISIT_WORDS_MAX]; /* printable; cut */
    char name[VISIT_WORDS_MAX];
};

struct visit;

struct visit *visit_new(const struct visit_order *order);
void visit_free(struct visit *visit); /* NULL allowed */

/* As fetch_next(), fetch_reply() and fetch_silence(). */
bool visit_next(struct visit *visit, struct question *question);
void visit_reply(struct visit *visit, const struct fetch_answer *answer);
void visit_silence(struct visit *visit, bool alive);

/* When it is over. NULL: no profile fits, or the device said nothing. */
const struct profile *visit_profile(const struct visit *visit);
const struct visit_facts *visit_facts(const struct visit *visit);
/* Of all that was asked; partial: something of the profile may be there and was not read. */
const struct fetch_sum *visit_sum(const struct visit *visit);
void visit_tell(const struct visit *visit, reading_fn *fn, void *arg);
void visit_tell_metric(const struct visit *visit, size_t metric, reading_fn *fn, void *arg);
#endif
