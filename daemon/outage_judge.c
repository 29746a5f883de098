/* SPDX-License-Identifier: ISC */
/* Whose fault is it? Some at a time: a hundred thousand silences must not keep the loop. */
#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "daemon/outage_inside.h"

#define TURN_MS       20 /* of judging; the rest when the loop has seen to others */
#define LOOKS_BETWEEN 64 /* at the clock */

void outages_wake_at(struct outages *outages, struct mono at)
{
    if (outages->wake_at.us == 0 || at.us < outages->wake_at.us)
        outages->wake_at = at;
}

void outages_blame(struct outages *outages, size_t index, size_t root)
{
    struct site *site = roster_site(outages->roster, index);

    spans_blame(&site->spans, root);
    topology_set_root(roster_topology(outages->roster), index, root);
    site->in_grace = false;
    outages_reveal(outages, index);
    site->state_told = false;
    outages_cause_blamed(outages, index);
    outages_touch(outages, index);
    log_info("outage.blamed", "site=%s root=%s", roster_code(outages->roster, index),
             roster_code(outages->roster, root));
}

static void ask_above(struct outages *outages, struct site *site, const struct blame_answer *answer,
                      struct mono now)
{
    if (site->ask_at.us > now.us || outages->probers == NULL)
        return;
    for (size_t i = 0; i < answer->ask_count; i++)
        probers_probe_now(outages->probers,
                          roster_site(outages->roster, answer->ask[i])->device_id);
    site->ask_at = mono_add_ms(now, outages->policy.timeout_ms + FRESH_MS);
}

/* Is there something to judge about this site at all? A grace that runs out while nobody asks the
 * site has proven nothing: it waits. */
static bool is_undecided(struct site *site, struct mono now)
{
    const struct span *span = spans_current(&site->spans);

    if (span == NULL)
        return false;
    return span->root == SPAN_ROOT_UNKNOWN ||
           (site->in_grace && site->grace_until.us <= now.us && site->state != LINK_UNKNOWN);
}

/* True when a verdict was reached, so that the sites below may be judged in their turn. */
static bool judge(struct outages *outages, size_t index, struct mono now)
{
    struct site *site = roster_site(outages->roster, index);
    struct blame_answer answer;

    if (site->in_grace && site->wait_until.us == 0) { /* the grace has just run out */
        site->fresh = wall_add_ms(loop_wall(outages->loop), -FRESH_MS);
        site->believed = false;
        site->wait_until = mono_add_ms(now, outage_hold_ms(&outages->policy));
        site->ask_at = now;
    }
    if (!outages_believe(outages, index, now))
        return false;
    answer = topology_blame(roster_topology(outages->roster), index, site->fresh);
    switch (answer.blame) {
    case BLAME_SELF:
    case BLAME_OTHER:
        outages_blame(outages, index, answer.root);
        return true;
    case BLAME_WAIT:
        break;
    }
    if (site->wait_until.us <= now.us) {
        log_info("outage.not_explained", "site=%s above=%s", roster_code(outages->roster, index),
                 roster_code(outages->roster, answer.unsure));
        outages_blame(outages, index, index);
        return true;
    }
    ask_above(outages, site, &answer, now);
    outages_wake_at(outages, site->wait_until);
    outages_wake_at(outages, site->ask_at);
    return false;
}

/* Judges one of those that are to be judged, which stays in the set until there is a verdict. */
static void judge_next(struct outages *outages, struct mono now)
{
    struct site *site;
    const struct span *span;
    size_t index;

    if (!marks_pop(&outages->undecided, &index))
        return;
    site = roster_site(outages->roster, index);
    if (is_undecided(site, now)) {
        if (judge(outages, index, now))
            outages->pass_progress = true;
        else
            marks_add(&outages->undecided, index);
        return;
    }
    span = spans_current(&site->spans);
    if (span == NULL || !site->in_grace)
        return; /* it came back meanwhile */
    marks_add(&outages->undecided, index);
    if (site->grace_until.us > now.us)
        outages_wake_at(outages, site->grace_until);
}

/* A round of all that are to be judged; again as long as verdicts are reached, because the sites
 * below may be judged after them. False: it takes too long for one turn. */
static bool judge_on(struct outages *outages, struct mono now)
{
    for (;;) {
        for (; outages->pass_left > 0; outages->pass_left--) {
            if (outages->pass_left % LOOKS_BETWEEN == 0 &&
                mono_diff_ms(loop_mono(outages->loop), now) >= TURN_MS)
                return false;
            judge_next(outages, now);
        }
        if (!outages->pass_progress)
            return true;
        outages->pass_progress = false;
        outages->pass_left = outages->undecided.count;
    }
}

void outages_judge(struct outages *outages, struct mono now)
{
    bool goes_on = outages->pass_left > 0;

    if (!goes_on) {
        outages->wake_at = (struct mono){0};
        outages->pass_progress = true; /* one round at least */
    }
    if (!judge_on(outages, now)) {
        outages_arm(outages, now);
        return;
    }
    if (goes_on) /* who came in meanwhile was not judged yet */
        outages_arm_soon(outages);
    if (outages->wake_at.us != 0)
        outages_arm(outages, outages->wake_at);
}
