/* SPDX-License-Identifier: ISC */
/* What was learned of a device: taken from who knew it before, and told in time. */
#include "probes/plan_inside.h"

#include <math.h>

#define EVERY_TURNS   10     /* of the steady schedule */
#define EVERY_MOST_MS 300000 /* and at least so often */

static uint32_t ppm_of(double loss)
{
    return (uint32_t)lround(fmin(fmax(loss, 0), 1) * LEARNED_PPM_MOST);
}

static uint32_t up_to(double number, uint32_t most)
{
    return number >= most ? most : (uint32_t)lround(fmax(number, 0));
}

struct learned unit_learned(const struct unit *unit, const struct plan_now *now)
{
    const struct detector *detector = &unit->link.detector;
    uint32_t var_us = unit->rto.rttvar_us;

    return (struct learned){
        .of = unit->device.learned.of,
        .at = now->wall,
        .usual_ppm = loss_known_ppm(&unit->loss),
        .habit_ppm = ppm_of((double)detector->habit),
        .recent_ppm = ppm_of((double)detector->recent),
        .burst_milli = up_to(1000 * burst_count(&detector->burst, now->mono), LEARNED_COUNT_MOST),
        .burst_ms = up_to((double)detector->burst.mean_ms, LEARNED_COUNT_MOST),
        .srtt_us = unit->rto.srtt_us,
        .rttvar_us = var_us > LEARNED_RTT_MOST ? LEARNED_RTT_MOST : var_us,
    };
}

void unit_recall(struct unit *unit, const struct plan_now *now)
{
    struct learned known = unit->device.learned;
    struct detector *detector = &unit->link.detector;
    int64_t ago_us = now->wall.us - known.at.us;

    learned_believe(&known, now->wall);
    unit->rto = (struct rto){known.srtt_us, known.rttvar_us};
    /* Who knows no hour has to take the long run for it. */
    detector_know(detector, (known.habit_ppm != 0 ? known.habit_ppm : known.usual_ppm) / 1e6);
    detector->recent = (float)(known.recent_ppm / 1e6);
    if (known.burst_milli != 0)
        detector->burst = (struct burst){.at = {now->mono.us - (ago_us > 0 ? ago_us : 0)},
                                         .count = (float)(known.burst_milli / 1e3),
                                         .mean_ms = (float)known.burst_ms};
}

void plan_on_learned(struct plan *plan, plan_learned_fn *on_learned)
{
    plan->on_learned = on_learned;
}

static void tell_learned(struct plan *plan, struct unit *unit, const struct plan_now *now)
{
    struct learned_news news = {.device_id = unit->device.id, .learned = unit_learned(unit, now)};

    if (!learned_is_news(&unit->told, &news.learned, unit->device.id))
        return;
    unit->told = news.learned;
    plan->on_learned(&news, plan->arg);
}

static int64_t every_ms(const struct plan *plan)
{
    int64_t ms = EVERY_TURNS * plan->policy.interval_ms;

    return ms < EVERY_MOST_MS ? ms : EVERY_MOST_MS;
}

/* The place in the round follows the clock, so that a fleet's news never come at once. */
void plan_tell_learned(struct plan *plan, const struct plan_now *now, size_t most)
{
    int64_t since_ms = mono_diff_ms(now->mono, plan->learned_from), all_ms = every_ms(plan);
    size_t end = plan->units.count;

    if (plan->on_learned == NULL || plan->units.count == 0)
        return;
    if (plan->learned_next >= plan->units.count && since_ms >= all_ms) {
        plan->learned_from = now->mono;
        plan->learned_next = 0;
        return;
    }
    if (since_ms < all_ms)
        end = (size_t)((double)plan->units.count * (double)since_ms / (double)all_ms);
    for (; most > 0 && plan->learned_next < end; most--)
        tell_learned(plan, plan_unit_at(plan, plan->learned_next++), now);
}

void plan_flush(struct plan *plan, const struct plan_now *now)
{
    plan_sweep(plan, &(struct plan_now){now->mono, {0}}, plan->units.count);
    for (size_t i = 0; plan->on_learned != NULL && i < plan->units.count; i++)
        tell_learned(plan, plan_unit_at(plan, i), now);
}
