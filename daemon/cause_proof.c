/* SPDX-License-Identifier: ISC */
#include "daemon/cause_proof.h"

#define MS_PER_TICK 10
#define WRAP_MS     ((INT64_C(1) << 32) * MS_PER_TICK) /* 497.1 days [RFC 3418 §2] */
#define WRAP_OF_MS  (INT64_C(1) << 32) /* 49.7 days: agents that count milliseconds in 32 bits */
#define SLACK_MS    3000               /* answers travel, agents round, and parents hear late */
#define DRIFT       1000               /* clocks of devices go wrong by one part in so many */

enum clock_run { CLOCK_UNKNOWN = 1, CLOCK_ON, CLOCK_ANEW };

static int64_t slack_ms(int64_t elapsed_ms)
{
    return SLACK_MS + elapsed_ms / DRIFT;
}

static int64_t away(int64_t ms)
{
    return ms < 0 ? -ms : ms;
}

/* From the nearest multiple of wrap. */
static int64_t off_ms(int64_t ms, int64_t wrap_ms)
{
    int64_t off = away(ms) % wrap_ms;

    return off > wrap_ms / 2 ? wrap_ms - off : off;
}

static int64_t elapsed_ms(const struct cause_facts *facts)
{
    return facts->elapsed_ms >= 0 ? facts->elapsed_ms
                                  : wall_diff_ms(facts->after.at, facts->before.at);
}

/*
 * before, after: what the clock showed, below 0 where it was not said. What began since before
 * cannot show more than has passed since then; a clock that does runs on, however wrong it goes.
 */
static enum clock_run run_of(int64_t before_ms, int64_t after_ms, int64_t passed_ms, bool wraps)
{
    int64_t slack = slack_ms(passed_ms);
    int64_t ahead = before_ms + passed_ms - after_ms;

    if (before_ms < 0 || after_ms < 0)
        return CLOCK_UNKNOWN;
    if (away(ahead) <= slack || after_ms > passed_ms + slack)
        return CLOCK_ON;
    if (wraps && off_ms(ahead, WRAP_MS) <= slack)
        return CLOCK_ON;
    if (wraps && before_ms < WRAP_OF_MS && away(ahead - WRAP_OF_MS) <= slack)
        return CLOCK_ON;
    return CLOCK_ANEW;
}

/* The clock alone, without an earlier one: has it run since the last answer? */
static enum clock_run run_since(int64_t after_ms, int64_t silent_ms)
{
    if (after_ms < 0)
        return CLOCK_UNKNOWN;
    return after_ms > silent_ms - SLACK_MS ? CLOCK_ON : CLOCK_ANEW;
}

static int64_t of_ticks(int64_t ticks)
{
    return ticks < 0 ? -1 : ticks * MS_PER_TICK;
}

static int64_t of_seconds(int64_t s)
{
    return s < 0 ? -1 : s * 1000;
}

static enum cause_run without_before(const struct cause_facts *facts)
{
    int64_t silent_ms = wall_diff_ms(facts->after.at, facts->last_good);
    enum clock_run uptime = run_since(of_ticks(facts->after.uptime_ticks), silent_ms);
    enum clock_run engine = run_since(of_seconds(facts->after.engine_time_s), silent_ms);

    if (!wall_is_set(facts->last_good))
        return RUN_UNKNOWN;
    if (uptime == CLOCK_ON)
        return engine == CLOCK_ANEW ? RUN_AGENT_ANEW : RUN_ON;
    if (engine == CLOCK_ON)
        return RUN_ON;
    return uptime == CLOCK_ANEW && engine == CLOCK_ANEW ? RUN_ANEW : RUN_UNKNOWN;
}

/* Vitals that are older than the last answer: a device may have begun anew between the two. */
static bool began_before_last_good(const struct cause_facts *facts, int64_t passed_ms)
{
    int64_t known_ms =
        wall_is_set(facts->last_good) ? wall_diff_ms(facts->last_good, facts->before.at) : 0;
    int64_t silent_ms = passed_ms - (known_ms > 0 ? known_ms : 0);

    return of_ticks(facts->after.uptime_ticks) > silent_ms + SLACK_MS;
}

enum cause_run cause_run(const struct cause_facts *facts)
{
    const struct cause_vitals *before = &facts->before, *after = &facts->after;
    enum clock_run uptime, engine;
    int64_t passed_ms;

    if (!wall_is_set(after->at))
        return RUN_UNKNOWN;
    if (!wall_is_set(before->at) || (before->uptime_ticks < 0 && before->engine_time_s < 0))
        return without_before(facts);
    passed_ms = elapsed_ms(facts);
    uptime = run_of(of_ticks(before->uptime_ticks), of_ticks(after->uptime_ticks), passed_ms, true);
    engine = run_of(of_seconds(before->engine_time_s), of_seconds(after->engine_time_s), passed_ms,
                    false);
    if (uptime == CLOCK_ON)
        return engine == CLOCK_ANEW ? RUN_AGENT_ANEW : RUN_ON;
    if (engine == CLOCK_ON)
        return RUN_ON;
    if (uptime == CLOCK_UNKNOWN)
        return RUN_UNKNOWN;
    return began_before_last_good(facts, passed_ms) ? RUN_ON : RUN_ANEW;
}

static bool has(uint32_t clues, enum cause_clue clue)
{
    return (clues & CLUE(clue)) != 0;
}

static bool answered_all_along(uint32_t clues)
{
    return has(clues, CLUE_PING_ANSWERED) && !has(clues, CLUE_PING_SILENT);
}

/*
 * A device that began anew: was its power there? Yes if it hung first, with pings answered for a
 * while; if it told of a warm start; if what stands beside it ran on; or if it was under way again
 * before its silence was even believed, with its feeder up: electricity is not back so soon. Not
 * where anything tells of the power.
 */
static bool is_device(const struct cause_facts *facts, struct wall booted_at)
{
    uint32_t clues = facts->clues;

    if (has(clues, CLUE_MAINS_BACK))
        clues &= ~(CLUE(CLUE_ON_BATTERY) | CLUE(CLUE_BATTERY_LOW));
    if ((clues & CLUES_OF_POWER) != 0)
        return false;
    if (has(clues, CLUE_BESIDE_RAN) || has(clues, CLUE_ON_MAINS) || has(clues, CLUE_WARM_START) ||
        has(clues, CLUE_PING_ANSWERED))
        return true;
    return has(clues, CLUE_FEEDER_UP) && booted_at.us <= facts->detected.us;
}

static enum cause verdict(const struct cause_facts *facts, enum cause_run run,
                          struct wall booted_at)
{
    if (facts->another_is_root)
        return run == RUN_ANEW ? CAUSE_POWER : CAUSE_UPSTREAM;
    if (answered_all_along(facts->clues))
        return CAUSE_AGENT;
    switch (run) {
    case RUN_ANEW:
        return is_device(facts, booted_at) ? CAUSE_DEVICE : CAUSE_POWER;
    case RUN_AGENT_ANEW:
        return has(facts->clues, CLUE_PING_SILENT) ? CAUSE_LINK : CAUSE_AGENT;
    case RUN_ON:
        return has(facts->clues, CLUE_BESIDE_ANSWERS) ? CAUSE_AGENT : CAUSE_LINK;
    case RUN_UNKNOWN:
    case RUN_END:
        break;
    }
    return CAUSE_UNPROVEN;
}

void cause_prove(const struct cause_facts *facts, struct cause_proof *proof)
{
    *proof = (struct cause_proof){.run = cause_run(facts)};
    if (proof->run == RUN_ANEW && answered_all_along(facts->clues))
        proof->run = RUN_AGENT_ANEW;
    if (proof->run == RUN_ANEW)
        proof->booted_at = wall_add_ms(facts->after.at, -of_ticks(facts->after.uptime_ticks));
    proof->cause = verdict(facts, proof->run, proof->booted_at);
}
