/* SPDX-License-Identifier: ISC */
/* Whose fault is it? Some at a time: a hundred thousand silences must not keep the loop. */
#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "daemon/outage_inside.h"

#define TURN_MS       20 /* of judging; the rest when the loop has seen to others */
#define LOOKS_BETWEEN 64 /* at the clock */
#define LOST_MOST_MS                                                                               \
    (15 * 60 * 1000) /* who asks the site above is gone: so long it is waited for */

static bool has_to_be_judged(const struct span *span, const struct site *site)
{
    return span != NULL && (span->root == SPAN_ROOT_UNKNOWN || site->in_grace);
}

void outages_wake_at(struct outages *outages, struct mono at)
{
    if (outages->wake_at.us == 0 || at.us < outages->wake_at.us)
        outages->wake_at = at;
}

static void judge_soon(struct outages *outages, size_t index)
{
    struct site *site = roster_site(outages->roster, index);

    site->in_grace = true;
    site->own_misses = 0;
    site->grace_until = loop_mono(outages->loop);
    site->wait_until = (struct mono){0};
    outages_touch(outages, index);
}

/* Another root than before has been found for a site; who is below it was put down to that, too. */
static void judge_below_anew(struct outages *outages, size_t index, size_t before)
{
    const size_t *below;
    size_t count = topology_below(roster_topology(outages->roster), index, &below);

    for (size_t i = 0; i < count; i++) {
        struct site *site = roster_site(outages->roster, below[i]);
        const struct span *span = spans_current(&site->spans);

        if (span != NULL && span->root == before && before != below[i] && !site->in_grace)
            judge_soon(outages, below[i]);
    }
}

void outages_blame(struct outages *outages, size_t index, size_t root)
{
    struct site *site = roster_site(outages->roster, index);
    const struct span *span = spans_current(&site->spans);
    size_t before = span == NULL ? SPAN_ROOT_UNKNOWN : span->root;

    spans_blame(&site->spans, root);
    if (span != NULL)
        topology_set_root(roster_topology(outages->roster), index, root,
                          topology_fresh(span->first_bad, span->detected));
    site->in_grace = false;
    outages_reveal(outages, index);
    site->state_told = false;
    outages_cause_blamed(outages, index);
    outages_touch(outages, index);
    outages_cover_changed(outages);
    log_info("outage.blamed", "site=%s root=%s", roster_code(outages->roster, index),
             roster_code(outages->roster, root));
    if (before != SPAN_ROOT_UNKNOWN && before != root) {
        outages_cover_doubt(outages);
        judge_below_anew(outages, index, before);
    }
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

/* Who fell silent together with a site above is asked about when it can still be seen: at the
 * verdict that may be back, and look as if it had never been away. Once for all that hang on it. */
void outages_suspect(struct outages *outages, size_t index, const struct link_change *change)
{
    struct mono now = loop_mono(outages->loop);
    struct blame_answer answer;

    if (outages->probers == NULL)
        return;
    answer = topology_blame(roster_topology(outages->roster), index, change->first_bad);
    for (size_t i = 0; i < answer.ask_count; i++) {
        struct site *above = roster_site(outages->roster, answer.ask[i]);

        if (above->asked_until.us > now.us)
            continue;
        above->asked_until = mono_add_ms(now, outages->policy.timeout_ms);
        probers_probe_now(outages->probers, above->device_id);
    }
}

void outages_grace(struct outages *outages, size_t index, struct wall over)
{
    struct site *site = roster_site(outages->roster, index);
    const struct span *span = spans_current(&site->spans);
    int64_t grace_ms = outage_grace_ms(&outages->policy), took_ms;
    struct wall now = loop_wall(outages->loop);

    took_ms = wall_diff_ms(span->detected, span->first_bad);
    if (took_ms > grace_ms)
        grace_ms = took_ms < BURST_SPAN_MOST_MS ? took_ms : BURST_SPAN_MOST_MS;
    site->in_grace = true;
    site->own_misses = 0;
    site->grace_until =
        mono_add_ms(loop_mono(outages->loop), wall_diff_ms(wall_add_ms(over, grace_ms), now));
    site->wait_until = (struct mono){0};
    outages_touch(outages, index);
}

void outages_judge_anew(struct outages *outages, size_t index)
{
    struct site *site = roster_site(outages->roster, index);
    const struct span *span = spans_current(&site->spans);
    struct blame_answer answer;

    if (span == NULL || span->root == SPAN_ROOT_UNKNOWN || span->root == index || site->in_grace)
        return;
    answer = topology_blame(roster_topology(outages->roster), index, loop_wall(outages->loop));
    if (answer.blame == BLAME_OTHER && answer.root == span->root)
        return;
    judge_soon(outages, index);
    /* Until then nobody below it is put down to a site that may not be above any more. */
    topology_set_root(roster_topology(outages->roster), index, TOPOLOGY_NONE, (struct wall){0});
}

/* Its own fault by what is known now. But it fell silent while a site above was down, which came
 * back before there was a verdict: then it has the grace of those that had one. */
static bool is_explained_by_past(struct outages *outages, size_t index)
{
    struct site *site = roster_site(outages->roster, index);
    const struct span *span = spans_current(&site->spans);
    struct wall over_after =
        wall_add_ms(loop_wall(outages->loop), -outage_grace_ms(&outages->policy));
    struct blame_answer past;

    if (span->root != SPAN_ROOT_UNKNOWN || site->doubt != TOPOLOGY_NONE)
        return false;
    past =
        topology_blame_past(roster_topology(outages->roster), index, span->first_bad, over_after);
    if (past.blame != BLAME_OTHER || past.root == index)
        return false;
    if (past.root == TOPOLOGY_NONE) {
        site->doubt = past.unsure;
        return false;
    }
    outages_blame(outages, index, past.root);
    outages_grace(outages, index, loop_wall(outages->loop));
    return true;
}

/* While it missed them the site above may have gone: that has to answer once more. */
static bool is_vouched_for_again(struct outages *outages, struct site *site, struct mono now)
{
    if (site->asked_last)
        return true;
    site->asked_last = true;
    site->fresh = loop_wall(outages->loop);
    site->wait_until = mono_add_ms(now, outage_hold_ms(&outages->policy));
    site->ask_at = now;
    outages_wake_at(outages, now);
    return false;
}

/* In a grace, or where a site above was silent, too, and answers now: as many misses in a row as a
 * verdict takes, from now on. False: they are still to come. */
static bool is_silent_by_itself(struct outages *outages, size_t index, struct mono now)
{
    struct site *site = roster_site(outages->roster, index);
    uint32_t enough = 0;

    if (site->in_grace || site->doubt != TOPOLOGY_NONE)
        enough = outages->policy.false_down_years != 0 ? DETECTOR_MISSES_LEAST
                                                       : outages->policy.misses_to_down;
    else if (site->waited_for !=
             TOPOLOGY_NONE) /* its last miss may be from before the answer of the site above */
        enough = 1;
    if (outages->probers == NULL)
        return true;
    if (site->own_misses >= enough)
        return enough < 2 || is_vouched_for_again(outages, site, now);
    site->asked_last = false;
    if (site->ask_at.us <= now.us) {
        probers_probe_now(outages->probers, site->device_id);
        site->ask_at = mono_add_ms(now, FRESH_MS);
    }
    outages_wake_at(outages, site->ask_at);
    return false;
}

/* So long its fault has been looked for. */
static int64_t waited_ms(const struct outages *outages, size_t index)
{
    struct site *site = roster_site(outages->roster, index);
    const struct span *span = spans_current(&site->spans);

    return site->in_grace ? mono_diff_ms(loop_mono(outages->loop), site->grace_until)
                          : wall_diff_ms(loop_wall(outages->loop), span->detected);
}

/* The site above has its own verdict to come, which is certain; or nobody can ask it at the moment:
 * its prober is gone, and the next one begins soon. */
static bool is_above_pending(const struct outages *outages, size_t index, size_t unsure)
{
    struct site *above = roster_site(outages->roster, unsure);
    const struct span *span = spans_current(&above->spans);
    uint32_t shard;

    if (has_to_be_judged(span, above))
        return true;
    if (above->device_id == 0 || above->left_out || outages->probers == NULL)
        return false;
    shard = probers_shard(outages->probers, above->device_id);
    return !probers_is_ready(outages->probers, shard) && waited_ms(outages, index) < LOST_MOST_MS;
}

/* Is there something to judge about this site at all? A grace that runs out while nobody asks the
 * site has proven nothing: it waits. */
static bool is_undecided(struct site *site, struct mono now)
{
    const struct span *span = spans_current(&site->spans);

    if (span == NULL)
        return false;
    return span->root == SPAN_ROOT_UNKNOWN ||
           (site->in_grace && site->grace_until.us <= now.us && site->state == LINK_DOWN);
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
        if (is_explained_by_past(outages, index))
            return false;
        if (!is_silent_by_itself(outages, index, now) || outages_cover_waits(outages, index, now))
            return false;
        outages_blame(outages, index, index);
        return true;
    case BLAME_OTHER:
        outages_blame(outages, index, answer.root);
        return true;
    case BLAME_WAIT:
        if (roster_site(outages->roster, answer.unsure)->state != LINK_UP)
            site->waited_for = site->doubt = answer.unsure;
        if (is_above_pending(outages, index, answer.unsure))
            site->wait_until = mono_add_ms(now, outage_hold_ms(&outages->policy));
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
