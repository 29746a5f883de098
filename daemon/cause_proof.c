/* SPDX-License-Identifier: ISC */
#include "daemon/cause_proof.h"

#define MS_PER_TICK   10
#define WRAP_MS       ((INT64_C(1) << 32) * MS_PER_TICK) /* 497.1 days [RFC 3418 §2] */
#define WRAP_OF_MS    (INT64_C(1) << 32) /* 49.7 days: agents that count milliseconds in 32 bits */
#define SLACK_MS      3000               /* answers travel, agents round, and parents hear late */
#define AGENT_LATE_MS 300000             /* agents begin so long after their host */
#define UNHEARD_MS    90000 /* an agent under way is heard sooner, if the link is there */
#define DRIFT         1000  /* clocks of devices go wrong by one part in so many */

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
static enum clock_run run_since(int64_t after_ms, int64_t silent)
{
    if (after_ms < 0)
        return CLOCK_UNKNOWN;
    return after_ms > silent - SLACK_MS ? CLOCK_ON : CLOCK_ANEW;
}

static int64_t of_ticks(int64_t ticks)
{
    return ticks < 0 ? -1 : ticks * MS_PER_TICK;
}

static int64_t of_seconds(int64_t s)
{
    return s < 0 ? -1 : s * 1000;
}

/* From the last answer to the first after it; below 0: not known. Vitals may be older than that. */
static int64_t silent_ms(const struct cause_facts *facts)
{
    if (!wall_is_set(facts->before.at))
        return wall_is_set(facts->last_good) ? wall_diff_ms(facts->after.at, facts->last_good) : -1;
    if (!wall_is_set(facts->last_good) || facts->last_good.us < facts->before.at.us)
        return elapsed_ms(facts);
    return elapsed_ms(facts) - wall_diff_ms(facts->last_good, facts->before.at);
}

/* A host that began with its agent would show this after its wrap. */
static bool may_have_wrapped(const struct cause_facts *facts, int64_t shown)
{
    int64_t uptime = of_ticks(facts->before.uptime_ticks);
    int64_t ahead = uptime + elapsed_ms(facts) - shown;

    return wall_is_set(facts->before.at) && uptime >= 0 && ahead > WRAP_MS / 2 &&
           off_ms(ahead, WRAP_MS) <= AGENT_LATE_MS;
}

/*
 * Nobody was asked for it before: who shows more than the silence has run since before it. Who
 * shows less may have wrapped, but hardly just when the agent began.
 */
static enum clock_run host_run(const struct cause_facts *facts, int64_t silent)
{
    int64_t shown = of_ticks(facts->after.host_ticks), uptime = of_ticks(facts->after.uptime_ticks);

    if (shown < 0 || silent < 0)
        return CLOCK_UNKNOWN;
    if (shown > silent + slack_ms(silent))
        return CLOCK_ON;
    if (may_have_wrapped(facts, shown) ||
        (uptime >= 0 && (uptime > shown + SLACK_MS || uptime < shown - AGENT_LATE_MS)))
        return CLOCK_UNKNOWN;
    return CLOCK_ANEW;
}

static enum cause_run run_by(enum clock_run host, enum clock_run uptime, enum clock_run engine)
{
    if (uptime == CLOCK_ON)
        return engine == CLOCK_ANEW ? RUN_AGENT_ANEW : RUN_ON;
    if (engine == CLOCK_ON)
        return RUN_ON;
    if (host == CLOCK_ON)
        return uptime == CLOCK_ANEW ? RUN_AGENT_ANEW : RUN_ON;
    if (host == CLOCK_ANEW)
        return RUN_ANEW;
    return uptime == CLOCK_ANEW ? RUN_MAYBE_ANEW : RUN_UNKNOWN;
}

static enum cause_run without_before(const struct cause_facts *facts, int64_t silent)
{
    enum clock_run host = host_run(facts, silent);
    enum clock_run uptime = run_since(of_ticks(facts->after.uptime_ticks), silent);
    enum clock_run engine = run_since(of_seconds(facts->after.engine_time_s), silent);
    enum cause_run run = run_by(host, uptime, engine);

    if (silent < 0)
        return RUN_UNKNOWN;
    return (run == RUN_ANEW || run == RUN_MAYBE_ANEW) && engine != CLOCK_ANEW ? RUN_UNKNOWN : run;
}

static bool are_known(const struct cause_vitals *vitals)
{
    return wall_is_set(vitals->at) && (vitals->uptime_ticks >= 0 || vitals->engine_time_s >= 0);
}

enum cause_run cause_run(const struct cause_facts *facts)
{
    const struct cause_vitals *before = &facts->before, *after = &facts->after;
    enum clock_run uptime, engine;
    int64_t passed, silent;

    if (!wall_is_set(after->at))
        return RUN_UNKNOWN;
    silent = silent_ms(facts);
    if (!are_known(before))
        return without_before(facts, silent);
    passed = elapsed_ms(facts);
    uptime = run_of(of_ticks(before->uptime_ticks), of_ticks(after->uptime_ticks), passed, true);
    engine =
        run_of(of_seconds(before->engine_time_s), of_seconds(after->engine_time_s), passed, false);
    /* They may have begun anew between those vitals and the last answer: not in this outage. */
    if (uptime == CLOCK_ANEW && of_ticks(after->uptime_ticks) > silent + SLACK_MS)
        uptime = CLOCK_ON;
    if (engine == CLOCK_ANEW && of_seconds(after->engine_time_s) > silent + SLACK_MS)
        engine = CLOCK_ON;
    return run_by(host_run(facts, silent), uptime, engine);
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

/* Whatever began anew: its pings fell silent while its link was there. */
static bool went_alone(uint32_t clues)
{
    return has(clues, CLUE_PING_SILENT) &&
           (has(clues, CLUE_PING_ANSWERED) || has(clues, CLUE_BESIDE_ANSWERS));
}

/* Its agent began anew so long before the first answer that something else kept it from us. */
static bool was_unheard(const struct cause_vitals *after)
{
    int64_t shown = of_seconds(after->engine_time_s);

    return (shown >= 0 ? shown : of_ticks(after->uptime_ticks)) > UNHEARD_MS;
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
        return has(facts->clues, CLUE_PING_SILENT) || was_unheard(&facts->after) ? CAUSE_LINK
                                                                                 : CAUSE_AGENT;
    case RUN_ON:
        return has(facts->clues, CLUE_BESIDE_ANSWERS) ? CAUSE_AGENT : CAUSE_LINK;
    case RUN_MAYBE_ANEW:
        return went_alone(facts->clues) ? CAUSE_DEVICE : CAUSE_UNPROVEN;
    case RUN_UNKNOWN:
    case RUN_END:
        break;
    }
    return CAUSE_UNPROVEN;
}

struct wall cause_began(const struct cause_vitals *after)
{
    int64_t shown = of_ticks(after->host_ticks >= 0 ? after->host_ticks : after->uptime_ticks);

    return shown < 0 ? (struct wall){0} : wall_add_ms(after->at, -shown);
}

void cause_prove(const struct cause_facts *facts, struct cause_proof *proof)
{
    *proof = (struct cause_proof){.run = cause_run(facts)};
    if (proof->run == RUN_MAYBE_ANEW && (facts->clues & CLUES_OF_POWER) != 0)
        proof->run = RUN_ANEW;
    if ((proof->run == RUN_ANEW || proof->run == RUN_MAYBE_ANEW) &&
        answered_all_along(facts->clues))
        proof->run = RUN_AGENT_ANEW;
    if (proof->run == RUN_ANEW)
        proof->booted_at = cause_began(&facts->after);
    proof->cause = verdict(facts, proof->run, proof->booted_at);
}
