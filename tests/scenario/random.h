/* SPDX-License-Identifier: ISC */
/*
 * random - networks, failures and an oracle for test_random.c.
 *
 * random_net makes up a network and what happens to it; random_truth keeps what was true when, from
 * the cuts alone: it knows nothing of daemon/topology.c; random_check compares the truth with what
 * the database came to know.
 */
#ifndef KT_SCENARIO_RANDOM_H
#define KT_SCENARIO_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RANDOM_SITES_MAX 64
#define RANDOM_TURNS_MAX 256

/* From one instant to the next nothing changed. */
struct truth {
    int64_t from_ms;
    uint64_t silent; /* sites whose device does not answer, a bit each */
    uint64_t root;   /* of them, those with a way to the core on which every device answers */
};

struct random_run {
    uint64_t seed;
    uint64_t state; /* of the numbers that make up this run; the world has its own */
    uint64_t has_device;
    bool chance; /* links lose at random, and the verdict is by what they lose */
    struct truth turns[RANDOM_TURNS_MAX];
    size_t turn_count;
    int64_t disturbed_ms; /* the last time that a prober or the plan was another */
    int64_t moved_ms;     /* the last time that a site was hung elsewhere */
    size_t seen_events;
    char *story; /* what happened, in words */
    size_t story_bytes;
    bool failed;
};

/* What the runs came to. */
struct random_sum {
    uint64_t runs, failed, turns, checks;
    uint64_t own, blamed;  /* outages by whose fault they were said to be */
    uint64_t false_alarms; /* of the detector: the device answered at the verdict */
    uint64_t odd;          /* put down to whose fault it never was, for a moment */
    uint64_t moved;        /* own, judged while the plan changed */
};

uint32_t random_below(struct random_run *run, uint32_t end); /* 0 … end - 1 */
bool random_percent(struct random_run *run, uint32_t percent);

void random_net(struct random_run *run);
/* Something happens. True: the next check may find that not all is as it will be. */
void random_act(struct random_run *run);
void random_all_well(struct random_run *run);
int64_t random_quiet_ms(const struct random_run *run); /* after which all is as it will be */

void truth_note(struct random_run *run); /* what is true from now on */
const struct truth *truth_at(const struct random_run *run, int64_t ms);
bool truth_is_above(size_t above, size_t site);
/* Is there a way up on which all that have a device answer? Who has none is not seen to fail. */
bool truth_has_clear_way(size_t site);

void random_say(struct random_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void random_fail(struct random_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* What the database has heard since the last time: could it be true? */
void random_check_events(struct random_run *run, struct random_sum *sum);
/* Nothing has happened for long enough: is everything as it should be? */
void random_check_quiet(struct random_run *run, struct random_sum *sum);
/* Do the tickets count whom they cut off, and nobody else? */
void random_check_covers(struct random_run *run, const struct truth *truth);
#endif
