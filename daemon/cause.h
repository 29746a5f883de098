/* SPDX-License-Identifier: ISC */
/*
 * cause - why a site is silent: what points to which cause, and what follows from all of it.
 *
 * Pure, by value. How often a site's earlier outages had which cause, and how usual the causes are
 * anywhere, is where it begins. What was seen is a set of clues; each says by its row in one table
 * how much more often it is seen with one cause than with another, and the sum ranks them (naive
 * Bayes). That is a guess, for while a site is silent; what is proven once it is back is decided by
 * rules (daemon/cause_proof.h). Gathering clues is daemon/outage_cause.c's. Source: definitions,
 * "Power or link: how the cause is proven".
 */
#ifndef KT_CAUSE_H
#define KT_CAUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cause {
    CAUSE_POWER = 1, /* no electricity there */
    CAUSE_UPSTREAM,  /* a site above is silent */
    CAUSE_LINK,      /* what lies between it and the site above */
    CAUSE_DEVICE,    /* hung, or began anew by itself or by hand */
    CAUSE_AGENT,     /* the device works, its SNMP agent did not */
    CAUSE_UNPROVEN,  /* never guessed */
    CAUSE_END
};

#define CAUSES_GUESSED 5 /* all but the last */

/* What was seen. They are bits of a set, 1 << clue. */
enum cause_clue {
    CLUE_BLAMED = 1, /* all ways up lead through silent sites */
    CLUE_PARENT_ANSWERS,
    CLUE_PING_ANSWERED, /* while the agent was silent */
    CLUE_PING_SILENT,
    CLUE_ON_BATTERY, /* a device there ran on its battery before it fell silent, or told so */
    CLUE_BATTERY_LOW,
    CLUE_MAINS_BACK, /* the mains were back before it fell silent */
    CLUE_ON_MAINS,   /* a UPS there says so after its gateway fell silent */
    CLUE_VOLTAGE_FELL,
    CLUE_DYING_GASP,
    CLUE_COLD_START,
    CLUE_WARM_START,
    CLUE_LINK_DOWN,  /* one of the site's own devices told it */
    CLUE_GASP_ABOVE, /* a device of the site above told it about then; of whom, it does not say */
    CLUE_LOS_ABOVE,
    CLUE_LINK_DOWN_ABOVE,
    CLUE_BESIDE_ANSWERS, /* a device beside it answered after it fell silent */
    CLUE_BESIDE_SILENT,  /* none did, and some were asked */
    CLUE_BESIDE_BOOTED,  /* at recovery: a device beside it began anew in the outage, too */
    CLUE_BESIDE_RAN,     /* at recovery: or it ran all along */
    CLUE_FEEDER_DOWN,    /* others of its feeder fell silent with it (daemon/feeder.h) */
    CLUE_FEEDER_BOOTED,  /* at recovery: or began anew with it */
    CLUE_FEEDER_UP,      /* others of its feeder answer */
    CLUE_SIGNAL_WEAK,    /* radio */
    CLUE_LIGHT_WEAK,     /* optics */
    CLUE_LOSSY,          /* it usually loses much */
    CLUE_END
};

#define CLUE(name) (UINT32_C(1) << (name))

/* A cause and how probable it is. */
struct cause_rank {
    enum cause cause;
    double p; /* 0 … 1; those of one guess have the sum 1 */
};

struct cause_guess {
    struct cause_rank ranked[CAUSES_GUESSED]; /* the most probable first */
};

/* What was proven of a site's earlier outages; of those that were its own and not its feeder's. */
struct cause_habit {
    uint8_t proven[CAUSE_END]; /* how often; CAUSE_UPSTREAM and CAUSE_UNPROVEN are not counted */
};

void cause_habit_add(struct cause_habit *habit, enum cause cause, uint32_t times);
unsigned cause_habit_count(const struct cause_habit *habit);
/* habit: NULL where nothing is known. Few earlier outages change little. */
void cause_guess(uint32_t clues, const struct cause_habit *habit, struct cause_guess *guess);
const char *cause_name(enum cause cause);            /* "power" … */
const char *cause_clue_source(enum cause_clue clue); /* "trap", "ping", … */
const char *cause_clue_word(enum cause_clue clue);   /* "on-battery", … */

#define CLUES_OF_POWER                                                                             \
    (CLUE(CLUE_ON_BATTERY) | CLUE(CLUE_BATTERY_LOW) | CLUE(CLUE_VOLTAGE_FELL) |                    \
     CLUE(CLUE_DYING_GASP) | CLUE(CLUE_GASP_ABOVE) | CLUE(CLUE_BESIDE_BOOTED) |                    \
     CLUE(CLUE_FEEDER_DOWN) | CLUE(CLUE_FEEDER_BOOTED))
#endif
