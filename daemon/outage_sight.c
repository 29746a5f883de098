/* SPDX-License-Identifier: ISC */
/* Is the poller in touch? While it is not, no silence is believed, and what was silent has to show
 * itself anew afterwards. */
#include <inttypes.h>
#include <stdlib.h>

#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "daemon/outage_inside.h"

#define LOOK_BLIND_MS      5000  /* how often the references are asked while we are blind */
#define TELL_AFTER_MS      10000 /* a blindness that lasts so long is told to people */
#define WITNESSES_AGAIN_MS 30000 /* ditto sites, lest dead references keep us blind */
#define WITNESS_EXTRA_MS   3000  /* beyond the time-out: an asked probe may wait for its turn */

static void ask_references(struct outages *outages)
{
    for (size_t i = 0; i < outages->blind.count; i++)
        probers_probe_now(outages->probers, outages->blind.references[i].device_id);
}

/* A site that may speak for the poller: it should answer, and there is something between. */
static bool is_witness(struct outages *outages, size_t index)
{
    struct site *site = roster_site(outages->roster, index);

    return site->device_id != 0 && !site->left_out && spans_current(&site->spans) == NULL &&
           topology_hangs(roster_topology(outages->roster), index);
}

/* Spread over the district, and others each time. */
static void ask_witnesses(struct outages *outages, struct mono now)
{
    uint32_t devices[BLIND_WITNESSES_MOST];
    size_t sites = roster_count(outages->roster), count = 0;
    size_t stride = sites / BLIND_WITNESSES_MOST + 1, at = outages->witness_from++;

    for (size_t start = 0; start < stride && count < BLIND_WITNESSES_MOST; start++)
        for (size_t i = (at + start) % stride; i < sites && count < BLIND_WITNESSES_MOST;
             i += stride)
            if (is_witness(outages, i))
                devices[count++] = roster_site(outages->roster, i)->device_id;
    blind_ask(&outages->blind, devices, count, loop_wall(outages->loop));
    for (size_t i = 0; i < count; i++)
        probers_probe_now(outages->probers, devices[i]);
    outages->witness_by = mono_add_ms(now, outages->policy.timeout_ms + WITNESS_EXTRA_MS);
    outages->witness_at = mono_add_ms(now, WITNESSES_AGAIN_MS);
}

static void outages_look(struct outages *outages, struct mono now)
{
    if (!blind_can_tell(&outages->blind) || outages->probers == NULL ||
        outages->look_at.us > now.us)
        return;
    outages->look_at = mono_add_ms(now, outages->blind.sight == SIGHT_BLIND
                                            ? LOOK_BLIND_MS
                                            : outages->policy.timeout_ms + FRESH_MS);
    ask_references(outages);
    if (outages->blind.bad && outages->blind.witness_count == 0)
        ask_witnesses(outages, now);
}

/* As before it fell silent; it has to answer before it is vouched for. */
static void think_as_before(struct outages *outages, size_t index)
{
    struct site *site = roster_site(outages->roster, index);

    if (site->state == LINK_SUSPECT || site->state == LINK_DOWN || site->state == LINK_RECOVERING) {
        site->state = LINK_UP;
        topology_set(roster_topology(outages->roster), index, LINK_UP, (struct wall){0});
    }
}

/* What nobody vouched for before we went blind was never known. */
static void drop_doubtful(struct outages *outages)
{
    for (size_t i = 0; i < roster_count(outages->roster); i++)
        if (roster_site(outages->roster, i)->doubtful)
            outages_disown(outages, i);
}

static void go_blind(struct outages *outages, struct mono now)
{
    char since[WALL_TEXT_MAX];

    wall_format(outages->blind.since, since);
    log_warn("poller.blind", "since=%s references=%zu", since, blind_able(&outages->blind));
    outages->blind_at = now;
    outages->tell_blind_at = mono_add_ms(now, TELL_AFTER_MS);
    drop_doubtful(outages);
}

static struct mono later_by(struct mono at, int64_t us)
{
    return (struct mono){at.us == 0 ? 0 : at.us + us};
}

/* Who was not known to be down begins anew. */
static void renew_others(struct outages *outages)
{
    size_t sites = roster_count(outages->roster), count = 0;
    uint32_t *devices = calloc(sites + 1, sizeof *devices);

    if (devices == NULL)
        abort();
    for (size_t i = 0; i < sites; i++) {
        struct site *site = roster_site(outages->roster, i);

        if (site->device_id == 0 || site->left_out || spans_current(&site->spans) != NULL)
            continue;
        devices[count++] = site->device_id;
        think_as_before(outages, i);
    }
    if (outages->probers != NULL)
        probers_renew(outages->probers, devices, count);
    free(devices);
}

/* What was waited for is waited for still, as long as was left of it. */
static void shift_timers(struct outages *outages, int64_t away_us)
{
    for (size_t i = 0; i < roster_count(outages->roster); i++) {
        struct site *site = roster_site(outages->roster, i);

        site->wait_until = later_by(site->wait_until, away_us);
        site->ask_at = later_by(site->ask_at, away_us);
        site->grace_until = later_by(site->grace_until, away_us);
    }
}

static void come_to(struct outages *outages, struct mono now)
{
    char since[WALL_TEXT_MAX];

    wall_format(outages->blind.since, since);
    log_warn("poller.sees", "since=%s blind_s=%" PRId64, since,
             mono_diff_ms(now, outages->blind_at) / 1000);
    outages->renewed_at = loop_wall(outages->loop);
    shift_timers(outages, now.us - outages->blind_at.us);
    renew_others(outages);
}

static void say_bad(struct outages *outages)
{
    if (outages->blind.bad == outages->said_bad)
        return;
    outages->said_bad = outages->blind.bad;
    if (outages->said_bad)
        log_warn("references.bad",
                 "references=%zu answering=0 words=\"sites answer: the poller is "
                 "not cut off, look after its references\"",
                 blind_able(&outages->blind));
    else
        log_info("references.good", "references=%zu", blind_able(&outages->blind));
}

/* What others do about it. Not of a moment: a cut that is over when it is understood. */
static void tell_sight(struct outages *outages, struct mono now)
{
    struct wall since = outages->blind.since;

    if (outages->sight == outages->told_sight || outages->sight == SIGHT_UNSURE ||
        (outages->sight == SIGHT_BLIND && outages->tell_blind_at.us > now.us))
        return;
    outages->told_sight = outages->sight;
    if (!wall_is_set(since))
        since = loop_wall(outages->loop);
    if (outages->on_sight != NULL)
        outages->on_sight(outages->sight, since, outages->on_sight_arg);
}

static void act(struct outages *outages, struct mono now)
{
    enum sight before = outages->sight;
    enum sight sight = outages->blind.sight;

    if (sight == SIGHT_SEES && (outages->was_dark || before == SIGHT_BLIND)) {
        outages->in_touch_since = now;
        outages->settle_until = mono_add_ms(now, outage_grace_ms(&outages->policy));
    }
    outages->was_dark = outages->blind.dark;
    outages->sight = sight;
    if (sight == before)
        return;
    if (sight == SIGHT_BLIND)
        go_blind(outages, now);
    else if (before == SIGHT_BLIND)
        come_to(outages, now);
    if (sight != SIGHT_BLIND && before != SIGHT_BLIND)
        return;
    outages_touch_all(outages);
    if (outages->on_blind != NULL)
        outages->on_blind(sight == SIGHT_BLIND, outages->blind.since, outages->on_blind_arg);
}

static void say_count(struct outages *outages)
{
    size_t count = blind_able(&outages->blind);

    if (outages->counted_references && count == outages->said_count)
        return;
    outages->counted_references = true;
    outages->said_count = count;
    if (blind_can_tell(&outages->blind))
        log_info("poller.references", "references=%zu", count);
    else
        log_warn("poller.references",
                 "references=%zu needed=%d words=\"if the poller is cut off, it takes that for an "
                 "outage of every site\"",
                 count, BLIND_REFERENCES_LEAST);
}

/* After anything that may change the verdict. */
static void decide(struct outages *outages, struct mono now)
{
    struct blind *blind = &outages->blind;
    bool overdue = blind->witness_count > 0 && outages->witness_by.us <= now.us;
    bool wanted = blind_decide(blind, overdue);
    bool again = blind->sight == SIGHT_BLIND && blind->witness_count == 0 &&
                 outages->sight == SIGHT_BLIND && outages->witness_at.us <= now.us;

    if (wanted || again)
        ask_witnesses(outages, now);
    say_count(outages);
    say_bad(outages);
    act(outages, now);
    tell_sight(outages, now);
}

void outages_sight_hear(struct outages *outages, const struct link_change *change)
{
    struct mono now = loop_mono(outages->loop);

    if (blind_hear(&outages->blind, change)) {
        decide(outages, now);
        outages_arm_soon(outages);
    }
    if (change->state == LINK_SUSPECT)
        outages_look(outages, now); /* before it comes to a verdict: is it the site, or are we? */
}

void outages_sight_turn(struct outages *outages, struct mono now)
{
    if (!blind_can_tell(&outages->blind) || outages->probers == NULL)
        return;
    decide(outages, now);
    if (outages->sight == SIGHT_SEES && !outages->blind.dark && outages->blind.witness_count == 0)
        return;
    outages_look(outages, now);
    outages_arm(outages, outages->look_at);
    if (outages->blind.witness_count > 0)
        outages_arm(outages, outages->witness_by);
    else if (outages->sight == SIGHT_BLIND)
        outages_arm(outages, outages->witness_at);
    if (outages->sight == SIGHT_BLIND && outages->told_sight != SIGHT_BLIND)
        outages_arm(outages, outages->tell_blind_at);
}

/* ---- may this silence be believed? ---- */

bool outages_is_stale(const struct outages *outages, const struct link_change *change)
{
    bool settles = outages->settle_until.us > loop_mono(outages->loop).us;

    return change->effect == LINK_FX_BEGINS &&
           (outages->sight == SIGHT_BLIND ||
            (settles && change->first_bad.us < outages->renewed_at.us));
}

void outages_doubt(struct outages *outages, struct site *site)
{
    site->believed = false;
    if (spans_current(&site->spans) != NULL)
        return; /* that is told already */
    site->doubtful = blind_can_tell(&outages->blind);
    site->was_unknown = site->doubtful && site->state == LINK_UNKNOWN;
    site->held = site->doubtful && outages->settle_until.us > loop_mono(outages->loop).us;
    site->held_asked = false;
}

void outages_disown(struct outages *outages, size_t index)
{
    struct site *site = roster_site(outages->roster, index);
    const struct span *span = spans_current(&site->spans);

    if (span != NULL)
        spans_drop(&site->spans, span->first_bad);
    site->doubtful = false;
    if (site->was_unknown && site->state == LINK_DOWN) {
        site->state = LINK_UNKNOWN;
        topology_set(roster_topology(outages->roster), index, LINK_UNKNOWN, (struct wall){0});
    }
    think_as_before(outages, index);
    outages_touch(outages, index);
}

/* Long after it nothing that was silent then waits for its verdict; and if the clock was set back
 * since, "then" would never end. */
static bool was_dark(const struct outages *outages, const struct span *span)
{
    int64_t since_ms = mono_diff_ms(loop_mono(outages->loop), outages->settle_until);

    return outages->settle_until.us != 0 && since_ms < 2 * outage_hold_ms(&outages->policy) &&
           blind_was_dark(&outages->blind, span->first_bad);
}

bool outages_was_ours(const struct outages *outages, const struct site *site,
                      const struct span *span)
{
    return site->doubtful && (outages->blind.dark || site->held || was_dark(outages, span));
}

/* It is known now, so people may see it. */
void outages_reveal(struct outages *outages, size_t index)
{
    struct site *site = roster_site(outages->roster, index);

    site->believed = true;
    site->held = false;
    if (!site->doubtful)
        return;
    site->doubtful = false;
    site->state_told = false;
    site->since = spans_current(&site->spans)->first_bad;
    outages_touch(outages, index);
    log_info("link.verdict", "site=%s state=%s", roster_code(outages->roster, index),
             roster_state_word(outages->roster, index));
}

/* Its next turn may be a while off. Who answers is back, be it once: then its way back is waited
 * for. */
static void ask_held(struct outages *outages, struct site *site)
{
    if (!site->held_asked)
        probers_probe_now(outages->probers, site->device_id);
    site->held_asked = true;
    outages_wake_at(outages, site->wait_until);
}

bool outages_believe(struct outages *outages, size_t index, struct mono now)
{
    struct site *site = roster_site(outages->roster, index);
    const struct span *span = spans_current(&site->spans);

    if (site->believed)
        return true;
    if (!blind_can_tell(&outages->blind)) {
        outages_reveal(outages, index);
        return true;
    }
    if (outages->settle_until.us > now.us) {
        site->wait_until = mono_add_ms(outages->settle_until, outage_hold_ms(&outages->policy));
        outages_wake_at(outages, outages->settle_until);
        return false;
    }
    if (outages->blind.dark)
        return false; /* until it is over, or we are blind */
    if (site->doubtful && was_dark(outages, span)) {
        outages_disown(outages, index);
        probers_renew(outages->probers, &site->device_id, 1);
        return false;
    }
    if (site->wait_until.us > now.us && site->held) {
        ask_held(outages, site);
        return false;
    }
    if (site->wait_until.us <= now.us || blind_vouches(&outages->blind, site->fresh)) {
        outages_reveal(outages, index);
        return true;
    }
    outages_look(outages, now);
    outages_wake_at(outages, outages->look_at);
    return false;
}

/* ---- the references ---- */

void outages_take_references(struct outages *outages, const uint32_t *devices, size_t count)
{
    blind_take(&outages->blind, devices, count, loop_wall(outages->loop));
    say_count(outages);
    act(outages, loop_mono(outages->loop));
    tell_sight(outages, loop_mono(outages->loop));
    outages_arm_soon(outages);
}

void outages_on_sight(struct outages *outages, outages_sight_fn *on_sight, void *arg)
{
    outages->on_sight = on_sight;
    outages->on_sight_arg = arg;
}

void outages_on_blind(struct outages *outages, outages_blind_fn *on_blind, void *arg)
{
    outages->on_blind = on_blind;
    outages->on_blind_arg = arg;
}

bool outages_is_blind(const struct outages *outages)
{
    return outages->sight == SIGHT_BLIND;
}

bool outages_in_touch_for(const struct outages *outages, int64_t past_ms)
{
    return outages->sight != SIGHT_BLIND && !outages->blind.dark &&
           (outages->in_touch_since.us == 0 ||
            mono_diff_ms(loop_mono(outages->loop), outages->in_touch_since) > past_ms);
}

size_t outages_references(const struct outages *outages)
{
    return blind_able(&outages->blind);
}
