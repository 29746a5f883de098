/* SPDX-License-Identifier: ISC */
/* Who does nothing but come and go (daemon/flapping.h), and the telling of it. */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/json.h"
#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "daemon/outage_inside.h"
#include "sql/store_condition.h"

#define AT_ONCE         1000 /* in one statement; the rest follows its answer */
#define BROKEN_RETRY_MS 5000

/* The verdict on the site itself. Whose fault a silence is must be known; another's says nothing
 * of this site. */
static enum flapping_seen seen_of(const struct outages *outages, size_t index, struct wall now,
                                  struct wall *at)
{
    struct site *site = roster_site(outages->roster, index);
    const struct span *span = spans_current(&site->spans);

    *at = now;
    if (site->state == LINK_UNKNOWN || site->device_id == 0 || site->left_out ||
        outages->sight == SIGHT_BLIND)
        return FLAPPING_UNSEEN;
    if (span == NULL) {
        if (site->spans.count > 0)
            *at = site->spans.at[site->spans.count - 1].restored;
        return FLAPPING_UP;
    }
    if (span->root == SPAN_ROOT_UNKNOWN)
        return (enum flapping_seen)site->flapping.seen; /* not judged yet: as before */
    if (span->root != index)
        return FLAPPING_UNSEEN;
    *at = span->detected;
    return FLAPPING_DOWN;
}

static void note(struct outages *outages, size_t index, enum flapping_news news, struct wall at)
{
    struct site *site = roster_site(outages->roster, index);

    if (news == FLAPPING_NOTHING)
        return;
    if (news == FLAPPING_ENDS)
        site->flaps.until = wall_is_set(site->flapping.change) ? site->flapping.change : at;
    else if (wall_is_set(site->flaps.since) && site->flaps.confirmed < site->flaps.revision)
        site->flaps.until = (struct wall){0}; /* nobody has heard that it was calm in between */
    else
        site->flaps = (struct flapping_told){.since = at};
    site->flaps.revision++;
    log_info("site.flapping", "site=%s flapping=%s", roster_code(outages->roster, index),
             news == FLAPPING_BEGINS ? "yes" : "no");
    outages_arm_soon(outages);
}

static bool is_unconfirmed(const struct flapping_told *flaps)
{
    return flaps->confirmed < flaps->revision;
}

/* To be looked at again: it can calm down, or somebody has to be told. */
static void keep(struct outages *outages, size_t index)
{
    const struct site *site = roster_site(outages->roster, index);

    if (site->flapping.is_flapping || is_unconfirmed(&site->flaps))
        marks_add(&outages->flapping, index);
}

void outages_flap(struct outages *outages, size_t index)
{
    struct site *site = roster_site(outages->roster, index);
    struct wall at;
    enum flapping_seen seen = seen_of(outages, index, loop_wall(outages->loop), &at);

    note(outages, index, flapping_see(&site->flapping, seen, at), at);
    keep(outages, index);
}

void outages_flap_pass(struct outages *outages)
{
    struct wall now = loop_wall(outages->loop);

    for (size_t left = outages->flapping.count; left > 0; left--) {
        struct site *site;
        struct wall calm_at;
        size_t index;

        if (!marks_pop(&outages->flapping, &index))
            return;
        site = roster_site(outages->roster, index);
        note(outages, index, flapping_pass(&site->flapping, now), now);
        calm_at = flapping_calm_at(&site->flapping);
        if (wall_is_set(calm_at))
            outages_arm(outages,
                        mono_add_ms(loop_mono(outages->loop), wall_diff_ms(calm_at, now) + 1));
        keep(outages, index);
    }
}

static void settle(struct flapping_told *flaps, enum store_rc rc)
{
    if (flaps->sent != 0 && (rc == STORE_OK || rc == STORE_REFUSED))
        flaps->confirmed = flaps->sent;
    flaps->sent = 0;
}

static void on_told(const struct store_status *status, void *arg)
{
    struct outages *outages = arg;

    outages->owed--;
    outages->flaps_under_way = false;
    if (status->rc == STORE_REFUSED)
        log_error("flapping.refused", "reason=\"%s\"", status->words);
    if (status->rc == STORE_BROKEN)
        outages->report_not_before = mono_add_ms(loop_mono(outages->loop), BROKEN_RETRY_MS);
    for (size_t left = outages->flapping.count; left > 0; left--) {
        size_t index;

        if (!marks_pop(&outages->flapping, &index))
            break;
        settle(&roster_site(outages->roster, index)->flaps, status->rc);
        keep(outages, index);
    }
    outages_arm_soon(outages);
}

static void add(struct outages *outages, size_t index, struct js *conditions)
{
    struct flapping_told *flaps = &roster_site(outages->roster, index)->flaps;
    struct js *condition = js_object();
    char since[WALL_TEXT_MAX], until[WALL_TEXT_MAX];

    wall_format(flaps->since, since);
    wall_format(flaps->until, until);
    js_set_text(condition, "site", roster_code(outages->roster, index));
    js_set_text(condition, "kind", "flapping");
    js_set_text(condition, "since", since);
    js_set_text(condition, "until", wall_is_set(flaps->until) ? until : NULL);
    js_push(conditions, condition);
    flaps->sent = flaps->revision;
}

void outages_flap_tell(struct outages *outages)
{
    struct js *conditions;
    struct text printed = {0};

    if (outages->flaps_under_way || outages->flapping.count == 0)
        return;
    conditions = js_array();
    for (size_t left = outages->flapping.count; left > 0; left--) {
        size_t index;

        if (!marks_pop(&outages->flapping, &index))
            break;
        marks_add(&outages->flapping, index);
        if (is_unconfirmed(&roster_site(outages->roster, index)->flaps) &&
            js_count(conditions) < AT_ONCE)
            add(outages, index, conditions);
    }
    if (js_count(conditions) > 0) {
        js_print(conditions, 0, &printed);
        outages->flaps_under_way = true;
        outages->owed++;
        store_condition_report(outages->conn, text_get(&printed), loop_wall(outages->loop), on_told,
                               outages);
    }
    text_free(&printed);
    js_free(conditions);
}

/* ---- a daemon that starts ---- */

/* False: null, or none at all. */
static bool read_instant(const struct js *value, struct wall *at)
{
    const char *text = js_as_text(value);

    return text != NULL && wall_parse(text, at);
}

/* One site as functions/flapping_load.sql tells it: what happened is seen once more. */
static void relive(struct outages *outages, size_t index, const struct js *told)
{
    struct site *site = roster_site(outages->roster, index);
    const struct js *list = js_get(told, "outages");
    struct flapping past = {0};
    struct wall since, at;

    if (wall_is_set(site->flapping.change))
        return; /* it has seen more already */
    for (size_t i = 0; i < js_count(list); i++) {
        const struct js *outage = js_at(list, i);

        if (!read_instant(js_at(outage, 0), &at))
            continue;
        if (past.last == FLAPPING_UNSEEN)
            flapping_see(&past, FLAPPING_UP, wall_add_ms(at, -1));
        flapping_see(&past, FLAPPING_DOWN, at);
        if (read_instant(js_at(outage, 1), &at))
            flapping_see(&past, FLAPPING_UP, at);
    }
    past.is_flapping = read_instant(js_get(told, "since"), &since);
    if (past.is_flapping)
        site->flaps = (struct flapping_told){.since = since, .revision = 1, .confirmed = 1};
    if (past.seen == FLAPPING_UNSEEN) /* it flaps, and nothing is kept of that */
        flapping_see(&past, FLAPPING_UP, loop_wall(outages->loop));
    if (site->flapping.seen == FLAPPING_UNSEEN)
        flapping_see(&past, FLAPPING_UNSEEN, loop_wall(outages->loop));
    site->flapping = past;
    outages_flap(outages, index);
}

static void on_loaded(const struct store_status *status, const char *json, void *arg)
{
    struct outages *outages = arg;

    outages->flaps_loaded = outages_told_sites(outages, status, json, relive);
    outages_arm_soon(outages);
}

void outages_flap_load(struct outages *outages)
{
    if (outages->flaps_loaded || !outages->database_up || outages->roster == NULL ||
        outages->stopping)
        return;
    outages->flaps_loaded = true; /* or on its way */
    outages->owed++;
    store_flapping_load(outages->conn, loop_wall(outages->loop), on_loaded, outages);
}
