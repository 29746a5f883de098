/* SPDX-License-Identifier: ISC */
#include "daemon/outage_inside.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/loop.h"

#define SOON_MS          50   /* changes that arrive together are judged together */
#define FRESH_MS         1000 /* a site above is vouched for by an answer this old at the verdict */
#define FAST_SCHEDULE_MS 20000 /* one full run of it: 1 + 1 + 2 + 2 + 3 + 3 + 4 + 4 s */

int64_t outage_hold_ms(const struct plan_policy *policy)
{
    /* The site above needs as many misses as this one, a second or so apart, and one time-out each.
     */
    return policy->misses_to_down * (policy->timeout_ms + 2000) + 2000;
}

int64_t outage_grace_ms(const struct plan_policy *policy)
{
    return FAST_SCHEDULE_MS + policy->timeout_ms;
}

void outages_arm(struct outages *outages, struct mono at)
{
    int64_t delay_ms;

    if (outages->armed_at.us != 0 && outages->armed_at.us <= at.us)
        return;
    outages->armed_at = at;
    delay_ms = (at.us - loop_mono(outages->loop).us + US_PER_MS - 1) / US_PER_MS;
    loop_timer_arm(outages->timer, delay_ms < 0 ? 0 : delay_ms);
}

void outages_arm_soon(struct outages *outages)
{
    outages_arm(outages, mono_add_ms(loop_mono(outages->loop), SOON_MS));
}

/* ---- judging ---- */

static void blame(struct outages *outages, size_t index, size_t root)
{
    struct site *site = roster_site(outages->roster, index);

    spans_blame(&site->spans, root);
    topology_set_root(roster_topology(outages->roster), index, root);
    site->in_grace = false;
    site->state_told = false;
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
        site->wait_until = mono_add_ms(now, outage_hold_ms(&outages->policy));
        site->ask_at = now;
    }
    answer = topology_blame(roster_topology(outages->roster), index, site->fresh);
    switch (answer.blame) {
    case BLAME_SELF:
    case BLAME_OTHER:
        blame(outages, index, answer.root);
        return true;
    case BLAME_WAIT:
        break;
    }
    if (site->wait_until.us <= now.us) {
        log_info("outage.not_explained", "site=%s above=%s", roster_code(outages->roster, index),
                 roster_code(outages->roster, answer.unsure));
        blame(outages, index, index);
        return true;
    }
    ask_above(outages, site, &answer, now);
    outages_arm(outages, site->wait_until);
    outages_arm(outages, site->ask_at);
    return false;
}

static void judge_all(struct outages *outages, struct mono now)
{
    bool progress = true;

    while (progress) {
        progress = false;
        for (size_t i = 0; i < roster_count(outages->roster); i++)
            if (is_undecided(roster_site(outages->roster, i), now))
                progress |= judge(outages, i, now);
    }
    for (size_t i = 0; i < roster_count(outages->roster); i++) {
        struct site *site = roster_site(outages->roster, i);

        if (site->in_grace && site->grace_until.us > now.us)
            outages_arm(outages, site->grace_until);
    }
}

static void on_due(void *arg)
{
    struct outages *outages = arg;
    struct mono now = loop_mono(outages->loop);

    outages->armed_at = (struct mono){0};
    if (outages->roster == NULL)
        return;
    judge_all(outages, now);
    outages_tell(outages, now);
}

/* ---- what the prober says ---- */

/* The root is back. Whoever it was blamed for gets a grace, then has to explain its own silence. */
static void grace_below(struct outages *outages, size_t root, struct mono now)
{
    for (size_t i = 0; i < roster_count(outages->roster); i++) {
        struct site *site = roster_site(outages->roster, i);
        const struct span *span = spans_current(&site->spans);

        if (i == root || span == NULL || span->root != root)
            continue;
        site->in_grace = true;
        site->grace_until = mono_add_ms(now, outage_grace_ms(&outages->policy));
        site->wait_until = (struct mono){0};
    }
}

/* It came back before it was known whose fault it was: the site above that nobody could vouch for.
 */
static void blame_in_passing(struct outages *outages, size_t index)
{
    struct site *site = roster_site(outages->roster, index);
    struct span *span = spans_current(&site->spans);
    struct blame_answer answer;

    if (span == NULL || span->root != SPAN_ROOT_UNKNOWN)
        return;
    answer = topology_blame(roster_topology(outages->roster), index, site->fresh);
    spans_blame(&site->spans, answer.blame == BLAME_WAIT ? answer.unsure : answer.root);
}

static void begin(struct outages *outages, size_t index, const struct link_change *change)
{
    struct site *site = roster_site(outages->roster, index);
    struct mono now = loop_mono(outages->loop);

    spans_begin(&site->spans, change->last_good, change->first_bad, change->at);
    site->fresh = wall_add_ms(change->at, -FRESH_MS);
    site->wait_until = mono_add_ms(now, outage_hold_ms(&outages->policy));
    site->ask_at = now;
    site->in_grace = false;
}

static void end(struct outages *outages, size_t index, const struct link_change *change)
{
    struct site *site = roster_site(outages->roster, index);

    blame_in_passing(outages, index);
    spans_end(&site->spans, change->first_good);
    topology_set_root(roster_topology(outages->roster), index, TOPOLOGY_NONE);
    site->in_grace = false;
    grace_below(outages, index, loop_mono(outages->loop));
}

/* What people see changes with the verdict, not with each miss. */
static void note_state(struct outages *outages, size_t index, const struct link_change *change)
{
    struct site *site = roster_site(outages->roster, index);
    const char *before = roster_state_word(outages->roster, index);

    site->state = change->state;
    topology_set(roster_topology(outages->roster), index, change->state,
                 change->state == LINK_UP ? change->at : change->last_good);
    switch (change->effect) {
    case LINK_FX_BEGINS:
        begin(outages, index, change);
        break;
    case LINK_FX_ENDS:
        end(outages, index, change);
        break;
    case LINK_FX_NONE:
    case LINK_FX_END:
        break;
    }
    spans_hear_ping(&site->spans, change->ping);
    if (strcmp(before, roster_state_word(outages->roster, index)) == 0)
        return;
    site->state_told = false;
    site->since = change->effect == LINK_FX_BEGINS ? change->first_bad
                  : change->effect == LINK_FX_ENDS ? change->first_good
                                                   : change->at;
    log_info("link.verdict", "site=%s state=%s", roster_code(outages->roster, index),
             roster_state_word(outages->roster, index));
}

void outage_on_link_change(const struct link_change *change, void *arg)
{
    struct outages *outages = arg;
    size_t index;

    if (outages->roster == NULL)
        return;
    index = roster_by_device(outages->roster, change->device_id);
    if (index == TOPOLOGY_NONE)
        return; /* taken off the plan while the frame was under way */
    note_state(outages, index, change);
    outages_arm_soon(outages);
}

/* Is the site's device probed by that child? */
static bool is_in_shard(const struct outages *outages, const struct site *site, uint32_t shard)
{
    return site->device_id != 0 && !site->left_out &&
           probers_shard(outages->probers, site->device_id) == shard;
}

/* The child begins them DOWN, and says something only when they answer. */
static void resume_outages(struct outages *outages, uint32_t shard)
{
    for (size_t i = 0; i < roster_count(outages->roster); i++) {
        struct site *site = roster_site(outages->roster, i);
        const struct span *span = spans_current(&site->spans);

        if (span == NULL || site->state != LINK_UNKNOWN || !is_in_shard(outages, site, shard))
            continue;
        site->state = LINK_DOWN;
        site->since = span->first_bad;
        site->state_told = false;
        topology_set(roster_topology(outages->roster), i, LINK_DOWN, (struct wall){0});
    }
}

void outages_on_prober_ready(struct outages *outages, uint32_t shard)
{
    if (outages->roster == NULL)
        return;
    resume_outages(outages, shard);
    outages_arm_soon(outages);
}

void outages_on_prober_lost(struct outages *outages, uint32_t shard)
{
    struct wall now = loop_wall(outages->loop);

    if (outages->roster == NULL)
        return;
    for (size_t i = 0; i < roster_count(outages->roster); i++) {
        struct site *site = roster_site(outages->roster, i);

        if (site->state == LINK_UNKNOWN || !is_in_shard(outages, site, shard))
            continue;
        site->state = LINK_UNKNOWN;
        site->since = now;
        site->state_told = false;
        topology_set(roster_topology(outages->roster), i, LINK_UNKNOWN, (struct wall){0});
    }
    outages_arm_soon(outages);
}

void outages_on_database(struct outages *outages, bool up)
{
    outages->database_up = up;
    if (!up || outages->roster == NULL)
        return;
    for (size_t i = 0; i < roster_count(outages->roster); i++)
        spans_unsend(&roster_site(outages->roster, i)->spans);
    outages_arm_soon(outages);
}

/* ---- life ---- */

struct outages *outages_new(struct loop *loop, const struct plan_policy *policy)
{
    struct outages *outages = calloc(1, sizeof *outages);

    if (outages == NULL)
        abort();
    outages->loop = loop;
    outages->policy = *policy;
    outages->timer = loop_timer_new(loop, on_due, outages);
    return outages;
}

void outages_set_database(struct outages *outages, struct pg_conn *conn)
{
    outages->conn = conn;
}

void outages_set_probers(struct outages *outages, struct probers *probers)
{
    outages->probers = probers;
}

void outages_set_policy(struct outages *outages, const struct plan_policy *policy)
{
    outages->policy = *policy;
}

/* An outage that goes on begins DOWN in the child; what was learned here is newer than the rows. */
static void hand_down(struct outages *outages, const struct plan_device *given)
{
    size_t index = roster_by_device(outages->roster, given->id);
    const struct span *span = spans_current(&roster_site(outages->roster, index)->spans);
    struct plan_device device = *given;

    device.begins_down = span != NULL;
    device.last_good = span == NULL ? (struct wall){0} : span->last_good;
    device.first_bad = span == NULL ? (struct wall){0} : span->first_bad;
    probers_plan_device(outages->probers, &device);
}

bool outages_take_plan(struct outages *outages, struct roster *roster,
                       const struct planned *planned, struct err *err)
{
    if (!roster_seal(roster, outages->roster, err)) {
        roster_free(roster);
        return false;
    }
    roster_free(outages->roster);
    outages->roster = roster;
    for (size_t i = 0; i < roster_count(roster); i++)
        if (!wall_is_set(roster_site(roster, i)->since))
            roster_site(roster, i)->since = loop_wall(outages->loop);
    if (outages->probers != NULL) {
        probers_plan_begin(outages->probers, &outages->policy);
        for (size_t i = 0; i < planned->credential_count; i++)
            probers_plan_credential(outages->probers, &planned->credentials[i]);
        for (size_t i = 0; i < planned->device_count; i++)
            hand_down(outages, &planned->devices[i]);
        for (size_t i = 0; i < planned->agent_count; i++)
            probers_agent_know(outages->probers, &planned->agents[i]);
        probers_plan_commit(outages->probers);
        for (uint32_t shard = 0; shard < probers_count(outages->probers); shard++)
            if (probers_is_ready(outages->probers, shard))
                resume_outages(outages, shard);
    }
    outages_arm_soon(outages);
    return true;
}

const char *outages_site_of(const struct outages *outages, uint32_t device_id)
{
    size_t index =
        outages->roster == NULL ? TOPOLOGY_NONE : roster_by_device(outages->roster, device_id);

    return index == TOPOLOGY_NONE ? NULL : roster_code(outages->roster, index);
}

void outages_counts(struct outages *outages, struct outage_counts *out)
{
    *out = (struct outage_counts){0};
    if (outages->roster == NULL)
        return;
    out->sites = roster_count(outages->roster);
    for (size_t i = 0; i < out->sites; i++) {
        struct site *site = roster_site(outages->roster, i);
        const char *word = roster_state_word(outages->roster, i);

        for (size_t j = 0; j < site->spans.count; j++)
            out->unconfirmed += site->spans.at[j].confirmed < site->spans.at[j].revision;
        out->merged += site->spans.merged;
        if (site->device_id == 0)
            continue;
        out->left_out += site->left_out;
        out->up += strcmp(word, "up") == 0;
        out->down += strcmp(word, "down") == 0;
        out->unreachable += strcmp(word, "unreachable") == 0;
        out->unknown += strcmp(word, "unknown") == 0;
    }
}

bool outages_have_plan(const struct outages *outages)
{
    return outages->roster != NULL;
}

void outages_stop(struct outages *outages)
{
    if (outages->roster != NULL)
        outages_tell(outages,
                     loop_mono(outages->loop)); /* what was judged is told before the end */
    outages->stopping = true;
    loop_timer_disarm(outages->timer);
}

bool outages_idle(const struct outages *outages)
{
    return outages->owed == 0;
}

void outages_free(struct outages *outages)
{
    if (outages == NULL)
        return;
    loop_timer_free(outages->timer);
    roster_free(outages->roster);
    free(outages);
}
