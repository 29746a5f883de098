/* SPDX-License-Identifier: ISC */
#include "tests/bench/probe_child.h"

#include "tests/bench/scale_parent.h"

#define DEVICES_PER_MS 100 /* more than any child asks */
#define INTERVAL_LEAST 100
#define BARE_ROUNDS    4
#define START_MS       500
#define READY_MS       120000
#define MOST_MS        600000

struct until {
    uint64_t answered; /* more than so many */
};

static bool is_past(struct scale_parent *parent, void *arg)
{
    const struct until *until = arg;

    return scale_answered(parent) > until->answered;
}

static bool never(struct scale_parent *parent, void *arg)
{
    (void)parent;
    (void)arg;
    return false;
}

/* The child counts once a second: figures are taken when a count has just come. */
static bool run_past(struct scale_parent *parent, uint64_t answered,
                     struct scale_usage usage[SCALE_PROCESSES], struct err *err)
{
    struct until until = {answered};

    if (!scale_run_until(parent, is_past, &until, MOST_MS))
        return err_set(err, "the devices do not answer");
    scale_usages(parent, usage);
    return true;
}

static bool measure(struct scale_parent *parent, const struct target *target, int64_t rounds,
                    struct probe_child_result *result, struct err *err)
{
    struct scale_usage begin[SCALE_PROCESSES], end[SCALE_PROCESSES];
    uint64_t answered;
    struct mono began;

    scale_run_until(parent, never, NULL, START_MS);
    scale_usages(parent, begin);
    result->rss_empty_kib = begin[1].rss_kib;
    if (!scale_take_plan(parent, err))
        return false;
    if (!scale_run_until(parent, scale_is_ready, NULL, READY_MS))
        return err_set(err, "the child was not ready in time");
    if (!run_past(parent, target->count, begin, err)) /* once around: memory and routes are new */
        return false;
    began = mono_now();
    answered = scale_answered(parent);
    if (!run_past(parent, answered + (uint64_t)rounds * target->count, end, err))
        return false;
    result->wall_s = (double)(mono_now().us - began.us) / 1e6;
    result->polls = (size_t)(scale_answered(parent) - answered);
    result->cpu_s = end[1].cpu_s - begin[1].cpu_s;
    result->parent_cpu_s = end[0].cpu_s - begin[0].cpu_s;
    result->rss_kib = end[1].rss_kib;
    return true;
}

static bool measure_bare(const struct target *target, struct bare_result *result, struct err *err)
{
    struct bare_result cold = {0};
    struct bare *bare = bare_new(target);

    if (bare == NULL)
        return err_set(err, "no socket");
    bare_round(bare, &cold);
    for (int i = 0; i < BARE_ROUNDS && cold.answered > 0; i++)
        bare_round(bare, result);
    bare_free(bare);
    return cold.answered > 0 || err_set(err, "nobody answers");
}

bool probe_child_measure(const struct target *target, int64_t rounds,
                         struct probe_child_result *result, struct err *err)
{
    struct scale_plan plan = {.target = *target, .behind = 50, .probers = 1, .at_once = true};
    struct scale_parent *parent;
    bool good;

    plan.target.varbinds = PROBE_CHILD_VARBINDS;
    plan.interval_ms = (int64_t)(target->count / DEVICES_PER_MS);
    if (plan.interval_ms < INTERVAL_LEAST)
        plan.interval_ms = INTERVAL_LEAST;
    if (!measure_bare(&plan.target, &result->bare, err))
        return false;
    parent = scale_new(&plan, err);
    if (parent == NULL)
        return false;
    good = measure(parent, target, rounds, result, err);
    scale_free(parent);
    return good && measure_bare(&plan.target, &result->bare, err);
}
