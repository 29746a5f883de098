/* SPDX-License-Identifier: ISC */
#include "daemon/outage_inside.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/loop.h"

#define SOON_MS          50    /* changes that arrive together are judged together */
#define FAST_SCHEDULE_MS 20000 /* one full run of it: 1 + 1 + 2 + 2 + 3 + 3 + 4 + 4 s */

int64_t outage_hold_ms(const struct plan_policy *policy)
{
    /* The longest that the site above may take for its verdict. Where misses are counted that is as
     * many as of this one, a second or so apart, and one time-out each. */
    if (policy->false_down_years != 0)
        return BURST_SPAN_MOST_MS + policy->timeout_ms + 2000;
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

/* ---- what is to be done ---- */

static bool has_to_be_judged(const struct span *span, const struct site *site)
{
    return span != NULL && (span->root == SPAN_ROOT_UNKNOWN || site->in_grace);
}

void outages_count(struct outage_counts *all, const struct counted *before,
                   const struct counted *now)
{
    all->up += (size_t)now->up - before->up;
    all->down += (size_t)now->down - before->down;
    all->unreachable += (size_t)now->unreachable - before->unreachable;
    all->unknown += (size_t)now->unknown - before->unknown;
    all->left_out += (size_t)now->left_out - before->left_out;
    all->unconfirmed += (size_t)now->unconfirmed - before->unconfirmed;
    all->merged += now->merged - before->merged;
}

static void recount(struct outages *outages, size_t index)
{
    struct site *site = roster_site(outages->roster, index);
    struct counted *before = outages_counted(outages, index);
    struct counted now = {.merged = site->spans.merged, .known = true};

    for (size_t i = 0; i < site->spans.count; i++)
        if (site->spans.at[i].confirmed < site->spans.at[i].revision)
            now.unconfirmed++;
    if (site->device_id != 0) {
        const char *word = roster_state_word(outages->roster, index);

        if (outages->sight == SIGHT_BLIND)
            word = "unknown";
        now.left_out = site->left_out;
        now.up = strcmp(word, "up") == 0;
        now.down = strcmp(word, "down") == 0;
        now.unreachable = strcmp(word, "unreachable") == 0;
        now.unknown = strcmp(word, "unknown") == 0;
    }
    outages_count(&outages->counts, before, &now);
    *before = now;
}

void outages_touch(struct outages *outages, size_t index)
{
    struct site *site = roster_site(outages->roster, index);

    recount(outages, index);
    if (has_to_be_judged(spans_current(&site->spans), site))
        marks_add(&outages->undecided, index);
    for (size_t i = 0; i < site->spans.count; i++)
        if (span_is_due(&site->spans.at[i]))
            marks_add(site->spans.at[i].root == index ? &outages->roots : &outages->others, index);
    if (site->spoken_of && !site->state_told)
        marks_add(&outages->untold, index);
    outages_cover_touch(outages, index);
    outages_flap(outages, index);
}

void outages_touch_all(struct outages *outages)
{
    size_t sites = roster_count(outages->roster);

    outages_clear_marks(outages);
    outages->counts = (struct outage_counts){.sites = sites};
    outages_clear_counted(outages);
    for (size_t i = 0; i < sites; i++)
        outages_touch_anew(outages, i);
}

static void on_due(void *arg)
{
    struct outages *outages = arg;
    struct mono now = loop_mono(outages->loop);

    outages->armed_at = (struct mono){0};
    if (outages->roster == NULL)
        return;
    outages_sight_turn(outages, now);
    if (outages->sight != SIGHT_BLIND) {
        outages_judge(outages, now);
        outages_cause_feeders(outages);
    }
    outages_flap_load(outages);
    outages_witness_load(outages);
    outages_flap_pass(outages);
    outages_cover_turn(outages, now);
    outages_tell(outages, now);
}

/* ---- what the prober says ---- */

/* A site is about to be up again. Who is behind it and waits to be judged fell silent while it was
 * down, and would look like a fault of its own in a moment. */
static void judge_below(struct outages *outages, size_t index)
{
    const size_t *below;
    size_t count = topology_below(roster_topology(outages->roster), index, &below);

    for (size_t i = 0; i < count; i++) {
        struct site *site = roster_site(outages->roster, below[i]);
        const struct span *span = spans_current(&site->spans);
        struct blame_answer answer;

        if (span == NULL || span->root != SPAN_ROOT_UNKNOWN ||
            outages_was_ours(outages, site, span))
            continue;
        answer = topology_blame(roster_topology(outages->roster), below[i], site->fresh);
        if (answer.blame == BLAME_OTHER)
            outages_blame(outages, below[i], answer.root);
    }
}

/* A site is back. Who is silent below it was put down to it, or to another because of it: that gets
 * a grace, then has to explain its own silence. */
static void grace_below(struct outages *outages, size_t above, struct wall over)
{
    const size_t *below;
    size_t count = topology_below(roster_topology(outages->roster), above, &below);

    for (size_t i = 0; i < count; i++) {
        struct site *site = roster_site(outages->roster, below[i]);
        const struct span *span = spans_current(&site->spans);

        if (span == NULL || span->root == SPAN_ROOT_UNKNOWN || span->root == below[i])
            continue;
        outages_grace(outages, below[i], over);
    }
}

/* It came back before it was known whose fault it was: the site above that nobody could vouch for,
 * then or when it was judged first. */
static void blame_in_passing(struct outages *outages, size_t index)
{
    struct site *site = roster_site(outages->roster, index);
    struct span *span = spans_current(&site->spans);
    struct blame_answer answer;

    if (span == NULL || span->root != SPAN_ROOT_UNKNOWN)
        return;
    answer = topology_blame(roster_topology(outages->roster), index, site->fresh);
    if (answer.blame == BLAME_SELF && site->doubt != TOPOLOGY_NONE)
        spans_blame(&site->spans, site->doubt);
    else if (answer.blame == BLAME_SELF && site->waited_for != TOPOLOGY_NONE &&
             site->own_misses == 0)
        spans_blame(&site->spans, site->waited_for); /* nothing since says that it was not cut */
    else
        spans_blame(&site->spans, answer.blame == BLAME_WAIT ? answer.unsure : answer.root);
}

static void begin(struct outages *outages, size_t index, const struct link_change *change)
{
    struct site *site = roster_site(outages->roster, index);
    struct mono now = loop_mono(outages->loop);
    struct mono from = outages->settle_until.us > now.us ? outages->settle_until : now;

    outages_doubt(outages, site);
    spans_begin(&site->spans, change->last_good, change->first_bad, change->at);
    outages_cause_begin(outages, index, change);
    site->fresh = topology_fresh(change->first_bad, change->at);
    site->wait_until = mono_add_ms(from, outage_hold_ms(&outages->policy));
    site->ask_at = now;
    site->in_grace = false;
    site->doubt = TOPOLOGY_NONE;
    site->waited_for = TOPOLOGY_NONE;
    site->own_misses = 0;
    site->has_covered = false;
}

static void end(struct outages *outages, size_t index, const struct link_change *change)
{
    struct site *site = roster_site(outages->roster, index);
    const struct span *span = spans_current(&site->spans);

    if (span != NULL && outages_was_ours(outages, site, span)) {
        outages_disown(outages, index);
        return;
    }
    blame_in_passing(outages, index);
    site->doubtful = false;
    span = spans_current(&site->spans);
    if (span != NULL && span->root != SPAN_ROOT_UNKNOWN)
        topology_set_over(roster_topology(outages->roster), index, span->root, change->at);
    outages_flap(outages, index); /* the down of an outage that was never judged before */
    outages_cause_end(outages, index, change);
    spans_end(&site->spans, change->first_good);
    topology_set_root(roster_topology(outages->roster), index, TOPOLOGY_NONE, (struct wall){0});
    site->in_grace = false;
    grace_below(outages, index, change->at);
}

/* What people see changes with the verdict, not with each miss. */
static void note_state(struct outages *outages, size_t index, const struct link_change *change)
{
    struct site *site = roster_site(outages->roster, index);
    const char *before = roster_state_word(outages->roster, index);

    if (change->effect == LINK_FX_ENDS)
        judge_below(outages, index);
    if (change->effect == LINK_FX_BEGINS)
        begin(outages, index, change);
    if (site->state == LINK_SUSPECT && change->state == LINK_UP)
        topology_set_over(roster_topology(outages->roster), index, TOPOLOGY_NONE, change->at);
    site->state = change->state;
    if (change->state == LINK_RECOVERING)
        site->own_misses = 0;
    else if (change->state == LINK_DOWN && change->asked)
        site->own_misses++;
    topology_set(roster_topology(outages->roster), index, change->state,
                 change->state == LINK_UP ? change->at : change->last_good);
    if (change->effect == LINK_FX_ENDS)
        end(outages, index, change);
    if (site->held_asked && change->state == LINK_DOWN)
        site->held = false;
    spans_hear_ping(&site->spans, change->ping);
    outages_cause_hear(outages, index, change);
    outages_touch(outages, index);
    if (change->effect == LINK_FX_BEGINS)
        outages_cover_begin(outages, index);
    if (change->state == LINK_SUSPECT)
        outages_suspect(outages, index, change);
    if (change->state == LINK_UP)
        outages_cover_changed(outages);
    if (strcmp(before, roster_state_word(outages->roster, index)) == 0)
        return;
    site->state_told = false;
    site->since = change->effect == LINK_FX_BEGINS ? change->first_bad
                  : change->effect == LINK_FX_ENDS ? change->first_good
                                                   : change->at;
    outages_touch(outages, index);
    log_info("link.verdict", "site=%s state=%s", roster_code(outages->roster, index),
             roster_state_word(outages->roster, index));
}

void outage_on_link_change(const struct link_change *change, void *arg)
{
    struct outages *outages = arg;
    size_t index;

    if (outages->roster == NULL)
        return;
    outages_sight_hear(outages, change);
    outages_witness_hear(outages, change);
    index = roster_by_device(outages->roster, change->device_id);
    if (index == TOPOLOGY_NONE || outages_is_stale(outages, change))
        return; /* taken off the plan while the frame was under way */
    note_state(outages, index, change);
    outages_arm_soon(outages);
}

void outages_on_trap(const struct trap_hint *hint, struct outages *outages)
{
    for (size_t i = 0; outages->roster != NULL && i < hint->count; i++) {
        size_t index = roster_by_device(outages->roster, hint->devices[i]);

        if (index == TOPOLOGY_NONE)
            index = roster_by_beside(outages->roster, hint->devices[i]);
        if (index == TOPOLOGY_NONE || !spans_touch(&roster_site(outages->roster, index)->spans,
                                                   wall_add_ms(hint->at, -EVIDENCE_AFTER_MS)))
            continue;
        outages_touch(outages, index);
        outages_arm_soon(outages);
    }
}

/* Is the site's device probed by that child? */
static bool is_in_shard(const struct outages *outages, const struct site *site, uint32_t shard)
{
    return site->device_id != 0 && !site->left_out &&
           probers_shard(outages->probers, site->device_id) == shard;
}

void outages_on_prober_ready(struct outages *outages, uint32_t shard)
{
    (void)shard;
    if (outages->roster == NULL)
        return;
    outages_sweep(outages);
    outages_arm_soon(outages);
}

void outages_on_prober_lost(struct outages *outages, uint32_t shard)
{
    struct wall now = loop_wall(outages->loop);

    for (size_t i = 0; i < outages->blind.count; i++)
        if (probers_shard(outages->probers, outages->blind.references[i].device_id) == shard)
            blind_lose(&outages->blind, outages->blind.references[i].device_id);
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
        outages_touch(outages, i);
    }
    outages_arm_soon(outages);
}

void outages_on_database(struct outages *outages, bool up)
{
    outages->database_up = up;
    if (!up || outages->roster == NULL)
        return;
    for (size_t i = 0; i < roster_count(outages->roster); i++) {
        spans_unsend(&roster_site(outages->roster, i)->spans);
        roster_site(outages->roster, i)->flaps.sent = 0;
        outages_touch(outages, i);
    }
    outages_cover_doubt(outages);
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
    outages->omens = omens_new();
    outages->bystanders = bystanders_new();
    blind_init(&outages->blind);
    outages->sight = SIGHT_SEES;
    outages->told_sight = SIGHT_UNSURE;
    outages->timer = loop_timer_new(loop, on_due, outages);
    outages_plan_init(outages);
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

const char *outages_site_of(const struct outages *outages, uint32_t device_id)
{
    size_t index =
        outages->roster == NULL ? TOPOLOGY_NONE : roster_by_device(outages->roster, device_id);

    return index == TOPOLOGY_NONE ? NULL : roster_code(outages->roster, index);
}

const char *outages_steady_site(const struct outages *outages, uint32_t device_id,
                                struct wall since)
{
    size_t index =
        outages->roster == NULL ? TOPOLOGY_NONE : roster_by_device(outages->roster, device_id);
    const struct site *site = index == TOPOLOGY_NONE ? NULL : roster_site(outages->roster, index);

    if (site == NULL || strcmp(roster_state_word(outages->roster, index), "up") != 0 ||
        site->since.us > since.us ||
        !outages_in_touch_for(outages, wall_diff_ms(loop_wall(outages->loop), since)))
        return NULL;
    return roster_code(outages->roster, index);
}

void outages_counts(const struct outages *outages, struct outage_counts *out)
{
    *out = outages->counts;
}

bool outages_have_plan(const struct outages *outages)
{
    return outages->roster != NULL;
}

void outages_stop(struct outages *outages)
{
    if (outages->roster != NULL)
        outages_tell_all(outages, loop_mono(outages->loop)); /* that was judged, before the end */
    outages->stopping = true;
    outages_plan_stop(outages);
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
    outages_plan_free(outages);
    roster_free(outages->roster);
    omens_free(outages->omens);
    bystanders_free(outages->bystanders);
    marks_free(&outages->undecided);
    marks_free(&outages->roots);
    marks_free(&outages->others);
    marks_free(&outages->untold);
    marks_free(&outages->flapping);
    marks_free(&outages->covering);
    marks_free(&outages->feeders);
    free(outages->feeder_boots);
    outages_free_counted(outages);
    free(outages);
}
