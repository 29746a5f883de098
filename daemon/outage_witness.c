/* SPDX-License-Identifier: ISC */
/* What tells of a silence besides the silent one: the devices beside it, what all of them read just
 * before, and what earlier outages of the site were. Clues for daemon/outage_cause.c. */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/json.h"
#include "daemon/loop.h"
#include "daemon/outage_inside.h"
#include "sql/store_condition.h"

#define ASKED_OF_A_SITE 2  /* devices beside a gateway that are asked when it falls silent */
#define ASKED_AT_ONCE   50 /* of all sites, within ASKED_WITHIN_MS: a district that goes at once */
#define ASKED_WITHIN_MS 1000
#define OMENS_BEFORE_MS                                                                            \
    (15 * 60 * 1000) /* a reading is that old at most: three turns of readings */
#define RETOLD_MOST 6
#define CLUES_OF_OMENS                                                                             \
    (CLUE(CLUE_ON_BATTERY) | CLUE(CLUE_ON_MAINS) | CLUE(CLUE_VOLTAGE_FELL) |                       \
     CLUE(CLUE_SIGNAL_WEAK) | CLUE(CLUE_LIGHT_WEAK))

/* The gateway's device and those beside it. */
static size_t devices_of(const struct outages *outages, size_t index,
                         uint32_t devices[BESIDE_HEARD_MOST + 1])
{
    devices[0] = roster_site(outages->roster, index)->device_id;
    return 1 + roster_beside(outages->roster, index, devices + 1, BESIDE_HEARD_MOST);
}

/* ---- readings ---- */

void outages_on_reading(struct outages *outages, const struct profile_metric *metric,
                        const struct reading_report *report)
{
    omens_add(outages->omens, metric, report);
}

static struct omen_time omen_time_of(const struct span *span)
{
    return (struct omen_time){wall_add_ms(span->first_bad, -OMENS_BEFORE_MS),
                              wall_add_ms(span->detected, EVIDENCE_AFTER_MS)};
}

static uint32_t read_omens(const struct outages *outages, size_t index, const struct span *span)
{
    struct omen_time time = omen_time_of(span);
    uint32_t devices[BESIDE_HEARD_MOST + 1], clues = 0;
    size_t count = devices_of(outages, index, devices);

    for (size_t i = 0; i < count; i++)
        clues |= omens_clues(outages->omens, devices[i], &time, span->first_bad);
    return clues;
}

static bool omen_words(const struct outages *outages, size_t index, const struct span *span,
                       enum cause_clue clue, struct text *out)
{
    struct omen_time time = omen_time_of(span);
    uint32_t devices[BESIDE_HEARD_MOST + 1];
    size_t count = devices_of(outages, index, devices);

    for (size_t i = 0; i < count; i++)
        if (omens_words(outages->omens, devices[i], clue, &time, span->first_bad, out))
            return true;
    return false;
}

/* ---- devices beside ---- */

static bool may_ask(struct outages *outages)
{
    struct mono now = loop_mono(outages->loop);

    if (mono_diff_ms(now, outages->asked_from) >= ASKED_WITHIN_MS) {
        outages->asked_from = now;
        outages->asked = 0;
    }
    return outages->probers != NULL && outages->asked++ < ASKED_AT_ONCE;
}

/* Their own turn may come too late: they are asked when their gateway misses its first, and again
 * when it is on its way back. */
void outages_witness_ask(struct outages *outages, size_t index)
{
    uint32_t devices[ASKED_OF_A_SITE];
    size_t count = roster_beside(outages->roster, index, devices, ASKED_OF_A_SITE);

    for (size_t i = 0; i < count && may_ask(outages); i++)
        probers_probe_now(outages->probers, devices[i]);
}

uint32_t outages_witness_clues(const struct outages *outages, size_t index, const struct span *span)
{
    uint32_t beside[BESIDE_HEARD_MOST];
    size_t count = roster_beside(outages->roster, index, beside, BESIDE_HEARD_MOST);

    return read_omens(outages, index, span) |
           bystanders_clues(outages->bystanders, beside, count, span->first_bad);
}

uint32_t outages_witness_ran(const struct outages *outages, size_t index, const struct span *span,
                             struct wall began)
{
    uint32_t beside[BESIDE_HEARD_MOST];
    size_t count = roster_beside(outages->roster, index, beside, BESIDE_HEARD_MOST);

    return bystanders_ran(outages->bystanders, beside, count, span->first_bad, began);
}

void outages_witness_hear(struct outages *outages, const struct link_change *change)
{
    size_t index = roster_by_beside(outages->roster, change->device_id);
    struct span *span;
    uint32_t clues;

    if (index == TOPOLOGY_NONE)
        return;
    bystanders_hear(outages->bystanders, change, loop_mono(outages->loop));
    span = spans_current(&roster_site(outages->roster, index)->spans);
    if (span == NULL || span->root == SPAN_ROOT_UNKNOWN)
        return; /* when it is told, this is */
    clues = outages_witness_clues(outages, index, span);
    if ((clues & ~span->clues) == 0 || span->retold >= RETOLD_MOST)
        return;
    span->clues |= clues;
    span->retold++;
    span->revision++;
    outages_touch(outages, index);
    outages_arm_soon(outages);
}

/* ---- earlier outages ---- */

void outages_witness_learn(struct outages *outages, size_t index, const struct span *span)
{
    if (span->root == index && !span->feeder)
        cause_habit_add(&roster_site(outages->roster, index)->habit, (enum cause)span->proven, 1);
}

static void read_habit(struct site *site, const struct js *told)
{
    for (int cause = CAUSE_POWER; cause < CAUSE_END; cause++) {
        int64_t times = js_i64(told, cause_name((enum cause)cause), 0);

        if (times > 0)
            cause_habit_add(&site->habit, (enum cause)cause,
                            times < UINT8_MAX ? (uint32_t)times : UINT8_MAX);
    }
}

/* Of an outage that began before this daemon did. What was heard since is newer. */
static void read_vitals(struct site *site, const struct js *told)
{
    struct cause_vitals vitals = {.uptime_ticks = js_i64(told, "uptime_ticks", -1),
                                  .engine_time_s = js_i64(told, "engine_time_s", -1),
                                  .host_ticks = -1};

    if (wall_is_set(site->vitals.at) || spans_current(&site->spans) == NULL ||
        !wall_parse(js_text(told, "at", ""), &vitals.at))
        return;
    site->vitals = vitals;
    site->vitals_at = (struct mono){0}; /* another daemon's clock */
}

static void take_past(struct outages *outages, size_t index, const struct js *told)
{
    struct site *site = roster_site(outages->roster, index);

    read_habit(site, told);
    read_vitals(site, js_get(told, "vitals"));
}

static void on_loaded(const struct store_status *status, const char *json, void *arg)
{
    struct outages *outages = arg;

    outages->causes_loaded = outages_told_sites(outages, status, json, take_past);
}

void outages_witness_load(struct outages *outages)
{
    if (outages->causes_loaded || !outages->database_up || outages->roster == NULL ||
        outages->stopping)
        return;
    outages->causes_loaded = true; /* or on its way */
    outages->owed++;
    store_cause_load(outages->conn, loop_wall(outages->loop), on_loaded, outages);
}

/* ---- in words ---- */

static void habit_words(const struct cause_habit *habit, struct text *out)
{
    for (int cause = CAUSE_POWER; cause < CAUSE_END; cause++)
        if (habit->proven[cause] > 0)
            text_addf(out, "%s%s %u", out->bytes == 0 ? "" : ", ", cause_name((enum cause)cause),
                      habit->proven[cause]);
}

bool outages_witness_words(const struct outages *outages, size_t index, const struct span *span,
                           enum cause_clue clue, struct text *out)
{
    return (CLUE(clue) & CLUES_OF_OMENS) != 0 && omen_words(outages, index, span, clue, out);
}

bool outages_witness_habit(const struct outages *outages, size_t index, struct text *out)
{
    habit_words(&roster_site(outages->roster, index)->habit, out);
    return out->bytes > 0;
}
