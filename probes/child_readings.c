/* SPDX-License-Identifier: ISC */
#include "probes/child_readings.h"

#include <stdlib.h>

#include "daemon/base/log.h"
#include "probes/harvest.h"
#include "probes/profile_hand.h"
#include "probes/rounds.h"

#define TRIES          2
#define FORGET_ROUNDS  4 /* counters of a device that was not read for so many are of no use */
#define DROPPED_GAP_US (600 * US_PER_S)

struct child_readings {
    const struct plan *plan;
    struct engine *engine;
    struct rounds *rounds;
    struct harvest *harvest;
    struct profile_feed feed;
    const struct profiles *profiles; /* the rounds'; NULL: none have come */
    int64_t interval_ms;
    size_t given;        /* devices of the plan that the rounds were given */
    bool changing;       /* the plan or the profiles are others: child_readings_plan_step() */
    struct plan_now now; /* of the call that we are in, for the callbacks */
    struct mono forgot_at;
    uint64_t dropped; /* that were said */
    struct log_gate dropped_gate;
};

static bool on_ask(const struct plan_device *device, const struct question *question,
                   uint32_t token, void *arg)
{
    struct child_readings *readings = arg;

    if (engine_is_spent(readings->engine))
        return false;
    return engine_ask(readings->engine,
                      &(struct engine_ask){.device = device,
                                           .question = question,
                                           .asker = ENGINE_READING,
                                           .token = token,
                                           .tries = TRIES,
                                           .timeout_ms = plan_policy(readings->plan)->timeout_ms},
                      &readings->now);
}

static void say_dropped(struct child_readings *readings)
{
    uint64_t dropped = harvest_dropped(readings->harvest);

    if (dropped == readings->dropped ||
        !log_gate_pass(&readings->dropped_gate, readings->now.mono, DROPPED_GAP_US))
        return;
    log_warn("readings.dropped", "values=%llu reason=\"the parent takes none\"",
             (unsigned long long)(dropped - readings->dropped));
    readings->dropped = dropped;
    readings->dropped_gate.held = 0;
}

/* The mono of the end stands for that of the beginning: what counts is the way between two. */
static void on_read(const struct round_result *result, void *arg)
{
    struct child_readings *readings = arg;
    const struct profile *profile = visit_profile(result->visit);
    struct plan_now began = {readings->now.mono, result->began};
    size_t uptime;

    if (profile == NULL)
        return;
    uptime = profile_metric_index(profile, HARVEST_UPTIME);
    harvest_begin(readings->harvest, result->device_id, profile, &began, result->bytes);
    if (uptime < profile->metric_count)
        visit_tell_metric(result->visit, uptime, harvest_look, readings->harvest);
    visit_tell(result->visit, harvest_take, readings->harvest);
    harvest_end(readings->harvest);
    say_dropped(readings);
}

struct child_readings *child_readings_new(struct plan *plan, struct engine *engine)
{
    static const struct rounds_callbacks callbacks = {on_ask, on_read};
    struct child_readings *readings = calloc(1, sizeof *readings);

    if (readings == NULL)
        abort();
    readings->plan = plan;
    readings->engine = engine;
    readings->rounds = rounds_new(plan, &callbacks, readings);
    readings->harvest = harvest_new();
    return readings;
}

void child_readings_free(struct child_readings *readings)
{
    if (readings == NULL)
        return;
    rounds_free(readings->rounds);
    harvest_free(readings->harvest);
    profile_feed_free(&readings->feed);
    free(readings);
}

void child_readings_plan_changed(struct child_readings *readings, const struct plan_now *now)
{
    rounds_pause(readings->rounds, now->mono);
    rounds_begin(readings->rounds, readings->interval_ms);
    readings->given = 0;
    readings->changing = true;
}

bool child_readings_plan_step(struct child_readings *readings, size_t most)
{
    size_t count = plan_count(readings->plan);

    if (!readings->changing)
        return true;
    if (readings->given == count) {
        readings->changing = !rounds_commit_step(readings->rounds, most);
        return !readings->changing;
    }
    for (; most > 0 && readings->given < count; most--) {
        const struct plan_device *device = plan_at(readings->plan, readings->given++);
        const struct profile *profile =
            readings->profiles == NULL ? NULL
                                       : profiles_find_hash(readings->profiles, device->profile);

        rounds_device(readings->rounds, device, profile == NULL ? "" : profile->name);
    }
    return false;
}

/* Which profile people gave a device is another one in another set: the plan counts anew. */
bool child_readings_take(struct child_readings *readings, const struct frame *frame,
                         const struct plan_now *now)
{
    struct profiles *profiles;

    if (!profile_feed_take(&readings->feed, frame, &profiles))
        return false;
    if (profiles == NULL)
        return true;
    readings->interval_ms = (int64_t)readings->feed.interval_s * 1000;
    readings->profiles = profiles;
    rounds_profiles(readings->rounds, profiles);
    harvest_profiles(readings->harvest, profiles, readings->feed.serial);
    child_readings_plan_changed(readings, now);
    return true;
}

static void forget_old(struct child_readings *readings)
{
    int64_t old_ms = FORGET_ROUNDS * readings->interval_ms;
    struct mono since = mono_add_ms(readings->now.mono, -old_ms);

    if (readings->interval_ms == 0 ||
        mono_diff_ms(readings->now.mono, readings->forgot_at) < old_ms)
        return;
    harvest_forget_before(readings->harvest, since);
    readings->forgot_at = readings->now.mono;
}

void child_readings_due(struct child_readings *readings, const struct plan_now *now, size_t most)
{
    readings->now = *now;
    rounds_due(readings->rounds, now, most);
    forget_old(readings);
}

void child_readings_result(struct child_readings *readings, const struct engine_result *result,
                           const struct plan_now *now)
{
    const struct fetch_answer answer = {.list = result->list,
                                        .error_status = result->error_status,
                                        .error_index = result->error_index};

    readings->now = *now;
    if (!result->late)
        rounds_answer(readings->rounds, now, result->device_id, result->token,
                      result->answered ? &answer : NULL);
}

void child_readings_forgotten(struct child_readings *readings, const struct engine_result *result)
{
    rounds_forget(readings->rounds, result->device_id, result->token);
}

bool child_readings_next_at(const struct child_readings *readings, struct mono *at)
{
    return rounds_next_at(readings->rounds, at);
}

void child_readings_counters(const struct child_readings *readings, struct reading_counters *out)
{
    rounds_counters(readings->rounds, out);
    out->dropped = harvest_dropped(readings->harvest);
}

bool child_readings_frame(const struct child_readings *readings, struct frame *frame)
{
    return harvest_frame(readings->harvest, frame);
}

void child_readings_sent(struct child_readings *readings, const struct frame *frame)
{
    harvest_sent(readings->harvest, frame);
}
