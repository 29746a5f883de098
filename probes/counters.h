/* SPDX-License-Identifier: ISC */
/*
 * counters - what a prober has done so far, for /metrics. Pure, by value, only ever grows.
 */
#ifndef KT_COUNTERS_H
#define KT_COUNTERS_H

#include <stdint.h>

/* Of readings (probes/rounds.h). */
struct reading_counters {
    uint64_t begun;
    uint64_t whole;
    uint64_t partial;
    uint64_t left_out;  /* turns of devices that were not UP, or still being read */
    uint64_t spared;    /* turns left out for the sake of a metered line or a radio hop */
    uint64_t held;      /* questions that waited until there was room on their hop */
    uint64_t bytes;     /* of questions and answers, as IP counts them */
    uint64_t questions; /* of readings that ended, like the next three */
    uint64_t silences;
    uint64_t halved; /* questions asked again as two, because of tooBig or a silence */
    uint64_t values;
    uint64_t dropped; /* values that the parent did not take in time */
};

struct prober_counters {
    uint64_t sent;
    uint64_t answered; /* in time */
    uint64_t silent;
    uint64_t locked_out;      /* v3: it lives and did not let us in */
    uint64_t late;            /* answered after the time-out: life all the same */
    uint64_t refused_address; /* replies thrown away, by reason */
    uint64_t refused_version;
    uint64_t refused_community;
    uint64_t refused_request; /* unknown request-id (a duplicate, for one), or not a response */
    uint64_t refused_objects;
    uint64_t refused_auth;      /* v3: another user, engine or key, or a lower level than asked */
    uint64_t refused_malformed; /* the BER pre-check or net-snmp's parser */
    uint64_t send_failed; /* the system refused the datagram; the probe then stays unanswered */
    uint64_t forgotten;   /* neither: we were asleep ourselves when it was due */
    struct reading_counters readings;
    uint64_t turns;      /* of the child's loop */
    uint64_t long_turns; /* those that took more than TURN_LONG_US of the processor */
    int64_t turn_cpu_us; /* the longest since the child began, in processor time */
    int64_t loop_lag_ms; /* worst of the last second */
    uint32_t devices;
};

#define COUNTERS_SUMS 28
#define TURN_LONG_US  10000 /* what answers meanwhile is answered late */

/* Those that are summed, in the order of the struct and of the wire. */
void counters_sums(struct prober_counters *counters, uint64_t *sums[COUNTERS_SUMS]);
/* Adds the sums; gauges are taken over from `more`. */
void counters_add(struct prober_counters *counters, const struct prober_counters *more);
#endif
