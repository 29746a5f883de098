/* SPDX-License-Identifier: ISC */
/*
 * verify - one claimed repair on trial: is the link itself again, for a whole window?
 *
 * Pure, by value, nothing to free. Fed with each probe of the device that was sent since the order;
 * says when the trial is over and how it ended. Several trials at once: probes/verify_list.h. When
 * the probes are sent is the plan's affair (probes/plan.h), what follows from a verdict the ticket
 * brain's.
 *
 * The rule, as people are told it: the device is asked every two seconds (ten times per window when
 * the window is shorter than 20 s). The window is counted from its first answer, so a radio that is
 * still booting when the button is pressed loses nothing; but it must answer within half a window.
 * From that answer on, the link must hold for the whole window and at least ten probes: it may lose
 * no more than it usually does and chance explains (usual loss + 3 sigma), the device must not
 * start anew, and it must not be found down. An answer in passing, with silence again before the
 * link counts as up, begins nothing while that half window lasts: what is counted is the run that
 * lasts. restored_at is the first answer of the window that passed.
 *
 * A trial that cannot be won any more ends at once, but never before ten probes.
 */
#ifndef KT_VERIFY_H
#define KT_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "probes/link_state.h"

#define VERIFY_PROBES_LEAST 10
#define VERIFY_GAP_MS       2000

struct verify_order {
    uint64_t ticket;
    uint32_t device_id;
    uint32_t serial; /* which order of this ticket; the prober's own (probes/verify_copy.h) */
    int64_t window_ms;
};

enum verify_reason {
    VERIFY_OK = 1,
    VERIFY_SILENT,      /* no answer at all within half a window */
    VERIFY_LOSSY,       /* more was lost than this link usually loses */
    VERIFY_REBOOTED,    /* the device started anew inside the window */
    VERIFY_FLAPPED,     /* it was found down inside the window */
    VERIFY_INTERRUPTED, /* nothing was proven: the device left the plan, or was never in it */
    VERIFY_REASON_END
};

struct verify_verdict {
    uint64_t ticket;
    uint32_t device_id;
    uint32_t serial;
    enum verify_reason reason;
    struct wall first_good; /* with VERIFY_OK: restored_at */
    uint32_t sent;          /* of the window; of the whole trial when none began */
    uint32_t lost;
    uint32_t usual_ppm; /* what the link usually loses */
    uint32_t limit_ppm; /* what it might have lost of so many */
    int64_t window_ms;
};

/* One probe of the device, settled. */
struct verify_probe {
    struct mono sent_at;
    struct mono at; /* answered or given up */
    struct wall at_wall;
    bool answered;         /* in time */
    enum link_state state; /* of the link, with this probe taken into account */
    enum link_effect effect;
    int64_t uptime_ticks; /* sysUpTime.0 of the answer; -1: it did not say */
    int64_t gap_least_ms; /* the probes to come are no closer than this: what may still come */
};

struct verify {
    struct verify_order order;
    struct mono ordered_at;
    uint32_t usual_ppm;
    uint32_t all_sent; /* since the order */
    uint32_t all_lost;
    bool heard;             /* it answered at least once */
    bool counting;          /* the window has begun: */
    struct mono begun_at;   /* with this answer, */
    struct wall first_good; /* which is this instant to people */
    uint32_t sent;
    uint32_t lost;
    struct mono uptime_at;   /* when the device first said its uptime in this window */
    int64_t uptime_ticks;    /* -1: not yet */
    enum verify_reason doom; /* how it must end, once that is certain; 0: it is not */
};

/* usual_ppm: what the link lost before (probes/loss.h). */
void verify_begin(struct verify *verify, const struct verify_order *order, uint32_t usual_ppm,
                  struct mono now);
/* True: the trial is over, and *verdict says how. Probes sent before the order are not looked at.
 */
bool verify_step(struct verify *verify, const struct verify_probe *probe,
                 struct verify_verdict *verdict);
/* Nothing can be proven any more. */
void verify_interrupt(const struct verify *verify, struct verify_verdict *verdict);

/* From the order to the verdict, at the most: half a window until it answers, then the window, and
 * the time-outs of the last probes. */
int64_t verify_lasts_ms(int64_t window_ms);
int64_t verify_gap_ms(const struct verify_order *order);   /* from one sending to the next */
const char *verify_reason_name(enum verify_reason reason); /* "ok" "silent" … */
#endif
