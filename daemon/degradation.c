/* SPDX-License-Identifier: ISC */
#include "daemon/degradation.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/json.h"
#include "daemon/base/log.h"
#include "daemon/degraded.h"
#include "daemon/loop.h"
#include "sql/store_condition.h"

#define TELL_MS           20000 /* after a slot came: history stores it within 5 s */
#define BROKEN_RETRY_MS   5000
#define AT_ONCE           1000 /* in one statement */
#define FRESH_SLOTS       6    /* between two tellings of one that lasts */
#define ROOM_FIRST        256
#define FLOOR_OF_NONE_PPM 999999 /* what lasts when the judging is switched off comes to an end */

struct link {
    uint32_t device_id; /* 0: free */
    struct degraded degraded;
    uint32_t since, until;              /* slots, as they are told; until 0: it lasts; since 0: */
    uint32_t revision, sent, confirmed; /* nothing is */
    uint32_t told_slot;
    char site[STORE_CODE_MAX];
};

struct degradation {
    struct loop *loop;
    struct loop_timer *timer;
    struct pg_conn *conn;
    degradation_site_fn *site_of;
    void *arg;
    uint32_t floor_ppm;
    struct link *links; /* by device, open addressing; room is a power of two */
    size_t room;
    size_t used;
    unsigned owed;
    bool armed;
    bool telling;
    bool loaded; /* what lasted before this daemon started is known */
    bool database_up;
    bool stopping;
};

/* ---- the links that lost something ---- */

static struct link *place_of(struct link *links, size_t room, uint32_t device_id)
{
    size_t at = device_id * UINT32_C(2654435761) & (room - 1);

    while (links[at].device_id != 0 && links[at].device_id != device_id)
        at = (at + 1) & (room - 1);
    return &links[at];
}

static bool is_needed(const struct link *link)
{
    return link->device_id != 0 &&
           (link->confirmed < link->revision || !degraded_is_clean(&link->degraded));
}

/* Those that are good by now make room; twice as much, if they do not make enough. */
static void make_room(struct degradation *flow)
{
    size_t needed = 0, room = ROOM_FIRST;
    struct link *links;

    for (size_t i = 0; i < flow->room; i++)
        needed += is_needed(&flow->links[i]);
    while (room < needed * 4)
        room *= 2;
    links = calloc(room, sizeof *links);
    if (links == NULL)
        abort();
    for (size_t i = 0; i < flow->room; i++)
        if (is_needed(&flow->links[i]))
            *place_of(links, room, flow->links[i].device_id) = flow->links[i];
    free(flow->links);
    flow->links = links;
    flow->room = room;
    flow->used = needed;
}

static struct link *find(struct degradation *flow, uint32_t device_id, bool add)
{
    struct link *link;

    if (add && (flow->used + 1) * 2 > flow->room)
        make_room(flow);
    if (flow->room == 0)
        return NULL;
    link = place_of(flow->links, flow->room, device_id);
    if (link->device_id != 0)
        return link;
    if (!add)
        return NULL;
    flow->used++;
    link->device_id = device_id;
    return link;
}

/* ---- telling ---- */

static void arm(struct degradation *flow, int64_t ms)
{
    if (flow->armed || flow->stopping)
        return;
    flow->armed = true;
    loop_timer_arm(flow->timer, ms);
}

static void on_told(const struct store_status *status, void *arg)
{
    struct degradation *flow = arg;
    bool more = false;

    flow->owed--;
    flow->telling = false;
    if (status->rc == STORE_REFUSED)
        log_error("degraded.refused", "reason=\"%s\"", status->words);
    for (size_t i = 0; i < flow->room; i++) {
        struct link *link = &flow->links[i];

        if (link->sent != 0 && (status->rc == STORE_OK || status->rc == STORE_REFUSED))
            link->confirmed = link->sent;
        link->sent = 0;
        more = more || link->confirmed < link->revision;
    }
    if (more)
        arm(flow, status->rc == STORE_OK ? 0 : BROKEN_RETRY_MS);
}

static void format_slot(uint32_t slot, char out[WALL_TEXT_MAX])
{
    wall_format((struct wall){(int64_t)slot * ROLLUP_SLOT_S * US_PER_S}, out);
}

static void add(const struct degradation *flow, struct link *link, struct js *conditions)
{
    struct js *condition = js_object();
    char at[WALL_TEXT_MAX];

    js_set_text(condition, "site", link->site);
    js_set_text(condition, "kind", "degraded");
    js_set_i64(condition, "device", link->device_id);
    js_set_text(condition, "measure", "loss");
    format_slot(link->since, at);
    js_set_text(condition, "since", at);
    format_slot(link->until, at);
    js_set_text(condition, "until", link->until != 0 ? at : NULL);
    js_set(condition, "figure", js_new_real(degraded_loss_ppm(&link->degraded) / 10000.0));
    js_set(condition, "floor", js_new_real(flow->floor_ppm / 10000.0));
    js_push(conditions, condition);
    link->sent = link->revision;
}

static void tell(struct degradation *flow)
{
    struct js *conditions;
    struct text printed = {0};

    if (!flow->database_up || flow->telling)
        return;
    conditions = js_array();
    for (size_t i = 0; i < flow->room && js_count(conditions) < AT_ONCE; i++)
        if (flow->links[i].confirmed < flow->links[i].revision)
            add(flow, &flow->links[i], conditions);
    if (js_count(conditions) > 0) {
        js_print(conditions, 0, &printed);
        flow->telling = true;
        flow->owed++;
        store_condition_report(flow->conn, text_get(&printed), loop_wall(flow->loop), on_told,
                               flow);
    }
    text_free(&printed);
    js_free(conditions);
}

static void on_due(void *arg)
{
    struct degradation *flow = arg;

    flow->armed = false;
    tell(flow);
}

/* ---- judging ---- */

static void note(struct degradation *flow, struct link *link, uint32_t slot)
{
    link->revision++;
    link->told_slot = slot;
    arm(flow, TELL_MS);
}

static void take(struct degradation *flow, struct link *link, enum degraded_news news,
                 uint32_t slot)
{
    switch (news) {
    case DEGRADED_BEGINS:
        link->since = link->degraded.since;
        link->until = 0;
        break;
    case DEGRADED_ENDS:
        link->until = link->degraded.good_since;
        break;
    case DEGRADED_NOTHING:
        if (!link->degraded.is_degraded || slot - link->told_slot < FRESH_SLOTS)
            return;
        note(flow, link, slot);
        return;
    }
    log_info("link.degraded", "site=%s degraded=%s loss_ppm=%u", link->site,
             news == DEGRADED_BEGINS ? "yes" : "no", degraded_loss_ppm(&link->degraded));
    note(flow, link, slot);
}

/* Rounds in which nothing was lost are not kept: the first that did had five of them before it. */
static void begin(struct link *link, const struct degraded_round *round)
{
    struct degraded *degraded = &link->degraded;

    if (degraded->rounds[0].slot != 0 || degraded->is_degraded)
        return;
    for (uint32_t i = 0; i < DEGRADED_ROUNDS - 1; i++)
        degraded->rounds[i] = (struct degraded_round){round->slot - 1 - i, round->sent, 0};
}

void degradation_hear(struct degradation *flow, const struct rollup_record *record)
{
    struct wall since = {(int64_t)record->slot * ROLLUP_SLOT_S * US_PER_S};
    struct degraded_round round = {record->slot, record->sent, record->lost};
    struct link *link;
    const char *site;

    if (flow->stopping)
        return;
    link = find(flow, record->device_id, record->lost > 0 && flow->floor_ppm > 0);
    if (link == NULL)
        return; /* nothing was lost of late */
    site = flow->site_of(record->device_id, since, flow->arg);
    if (site == NULL)
        return;
    memccpy(link->site, site, '\0', sizeof link->site - 1);
    begin(link, &round);
    take(flow, link,
         degraded_hear(&link->degraded, &round,
                       flow->floor_ppm > 0 ? flow->floor_ppm : FLOOR_OF_NONE_PPM),
         record->slot);
}

/* ---- a daemon that starts ---- */

static void on_loaded(const struct store_status *status, const char *json, void *arg)
{
    struct degradation *flow = arg;
    struct err err;
    struct js *list =
        status->rc == STORE_OK && json != NULL ? js_parse(json, strlen(json), &err) : NULL;

    flow->owed--;
    flow->loaded = status->rc == STORE_OK;
    for (size_t i = 0; i < js_count(list); i++) {
        const struct js *told = js_at(list, i);
        struct link *link = find(flow, (uint32_t)js_i64(told, "device", 0), true);
        struct wall since;

        if (link->degraded.is_degraded || !wall_parse(js_text(told, "since", ""), &since))
            continue;
        memccpy(link->site, js_text(told, "site", ""), '\0', sizeof link->site - 1);
        link->degraded.is_degraded = true;
        link->since = link->degraded.since = rollup_slot(since);
    }
    js_free(list);
}

void degradation_on_database(struct degradation *flow, bool up)
{
    flow->database_up = up;
    if (!up || flow->stopping)
        return;
    arm(flow, TELL_MS);
    if (flow->loaded)
        return;
    flow->loaded = true; /* or on its way */
    flow->owed++;
    store_degraded_load(flow->conn, on_loaded, flow);
}

/* ---- life ---- */

struct degradation *degradation_new(struct loop *loop, degradation_site_fn *site_of, void *arg)
{
    struct degradation *flow = calloc(1, sizeof *flow);

    if (flow == NULL)
        abort();
    flow->loop = loop;
    flow->site_of = site_of;
    flow->arg = arg;
    flow->timer = loop_timer_new(loop, on_due, flow);
    return flow;
}

void degradation_set_floor(struct degradation *flow, int64_t percent)
{
    flow->floor_ppm = (uint32_t)percent * 10000;
}

void degradation_set_database(struct degradation *flow, struct pg_conn *conn)
{
    flow->conn = conn;
}

void degradation_stop(struct degradation *flow)
{
    tell(flow);
    flow->stopping = true;
    loop_timer_disarm(flow->timer);
}

bool degradation_idle(const struct degradation *flow)
{
    return flow->owed == 0;
}

void degradation_free(struct degradation *flow)
{
    if (flow == NULL)
        return;
    loop_timer_free(flow->timer);
    free(flow->links);
    free(flow);
}
