/* SPDX-License-Identifier: ISC */
#include "daemon/agents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"
#include "daemon/base/json.h"
#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "sql/store.h"

#define WRITE_EVERY_MS 1000
#define RETRY_MS       5000
#define ROWS_MOST      1000 /* in one call */
#define HEX_MAX        (2 * BER_ENGINE_MAX + 1)

struct entry {
    struct agent_news news;
    bool planned;
    bool due;       /* to be written */
    bool under_way; /* is being written */
    UT_hash_handle hh;
};

struct agents {
    struct loop *loop;
    struct loop_timer *timer;
    struct pg_conn *conn;
    struct entry *entries; /* by device */
    size_t due;
    bool up;
    bool owed; /* one call at a time */
    bool stopping;
};

static void write_due(void *arg);

struct agents *agents_new(struct loop *loop)
{
    struct agents *agents = calloc(1, sizeof *agents);

    if (agents == NULL)
        abort();
    agents->loop = loop;
    agents->timer = loop_timer_new(loop, write_due, agents);
    return agents;
}

void agents_set_database(struct agents *agents, struct pg_conn *conn)
{
    agents->conn = conn;
}

static void entry_free(struct agents *agents, struct entry *entry)
{
    agents->due -= entry->due;
    HASH_DEL(agents->entries, entry);
    free(entry);
}

void agents_free(struct agents *agents)
{
    struct entry *entry, *next;

    if (agents == NULL)
        return;
    HASH_ITER(hh, agents->entries, entry, next)
    entry_free(agents, entry);
    loop_timer_free(agents->timer);
    free(agents);
}

static struct entry *find(const struct agents *agents, uint32_t device_id)
{
    struct entry *entry;

    HASH_FIND(hh, agents->entries, &device_id, sizeof device_id, entry);
    return entry;
}

static struct entry *make(struct agents *agents, uint32_t device_id)
{
    struct entry *entry = calloc(1, sizeof *entry);

    if (entry == NULL)
        abort();
    entry->news = (struct agent_news){.device_id = device_id, .auth = AUTH_FINE};
    entry->planned = true;
    HASH_ADD(hh, agents->entries, news.device_id, sizeof entry->news.device_id, entry);
    return entry;
}

void agents_take_plan(struct agents *agents, const struct planned *planned)
{
    struct entry *entry, *next;

    HASH_ITER(hh, agents->entries, entry, next)
    entry->planned = false;
    for (size_t i = 0; i < planned->agent_count; i++)
        if (find(agents, planned->agents[i].device_id) == NULL)
            make(agents, planned->agents[i].device_id)->news = planned->agents[i];
    for (size_t i = 0; i < planned->device_count; i++) {
        entry =
            planned->devices[i].snmp == PLAN_SNMP_V3 ? find(agents, planned->devices[i].id) : NULL;
        if (entry != NULL)
            entry->planned = true;
    }
    HASH_ITER(hh, agents->entries, entry, next)
    if (!entry->planned)
        entry_free(agents, entry);
}

static const char *print_engine(const struct agent_news *news, char out[HEX_MAX])
{
    out[0] = '\0';
    for (size_t i = 0; i < news->engine_bytes; i++)
        snprintf(out + 2 * i, 3, "%02x", news->engine[i]);
    return out;
}

static void say(const struct agent_news *before, const struct agent_news *news, const char *site)
{
    char from[HEX_MAX], to[HEX_MAX];

    if (before->auth != news->auth && news->auth == AUTH_FINE)
        log_info("device.auth", "site=%s state=ok", site);
    else if (before->auth != news->auth)
        log_warn("device.auth", "site=%s state=auth-problem reason=%s hint=\"%s\"", site,
                 auth_state_name(news->auth), auth_state_hint(news->auth));
    if (before->engine_bytes > 0 && news->engine_bytes > 0 &&
        (before->engine_bytes != news->engine_bytes ||
         memcmp(before->engine, news->engine, news->engine_bytes) != 0))
        log_warn("device.engine_changed", "site=%s from=%s to=%s", site, print_engine(before, from),
                 print_engine(news, to));
}

static void arm(struct agents *agents, int64_t delay_ms)
{
    if (agents->up && !agents->stopping && !agents->owed && agents->due > 0)
        loop_timer_arm(agents->timer, delay_ms);
}

void agents_hear(struct agents *agents, const struct agent_news *news, const char *site)
{
    struct entry *entry = find(agents, news->device_id);

    if (entry == NULL)
        entry = make(agents, news->device_id);
    say(&entry->news, news, site);
    entry->news = *news;
    if (entry->due)
        return;
    entry->due = true;
    if (++agents->due == 1)
        arm(agents, WRITE_EVERY_MS);
}

static struct js *row_of(const struct agent_news *news)
{
    struct js *row = js_object();
    char engine[HEX_MAX], at[WALL_TEXT_MAX];

    wall_format(news->at, at);
    js_set_i64(row, "device", news->device_id);
    js_set_text(row, "auth", auth_state_name(news->auth));
    if (news->engine_bytes > 0)
        js_set_text(row, "engine", print_engine(news, engine));
    if (wall_is_set(news->at)) {
        js_set_i64(row, "boots", news->boots);
        js_set_i64(row, "time_s", news->time_s);
        js_set_text(row, "at", at);
    }
    return row;
}

static void say_shared(const char *json)
{
    struct js *rows = js_parse(json, strlen(json), NULL);

    for (size_t i = 0; rows != NULL && i < js_count(rows); i++)
        log_warn("device.engine_shared", "site=%s with=%s", js_text(js_at(rows, i), "site", "?"),
                 js_text(js_at(rows, i), "with", "?"));
    js_free(rows);
}

static void settle(struct agents *agents, bool written)
{
    struct entry *entry, *next;

    HASH_ITER(hh, agents->entries, entry, next)
    {
        if (entry->under_way && !written && !entry->due) {
            entry->due = true;
            agents->due++;
        }
        entry->under_way = false;
    }
}

static void on_written(const struct store_status *status, const char *json, void *arg)
{
    struct agents *agents = arg;
    bool written = status->rc == STORE_OK || status->rc == STORE_REFUSED;

    agents->owed = false;
    if (status->rc == STORE_REFUSED)
        log_error("agents.refused", "reason=\"%s\"", status->words);
    if (json != NULL)
        say_shared(json);
    settle(agents, written);
    arm(agents, written ? WRITE_EVERY_MS : RETRY_MS);
}

static void write_due(void *arg)
{
    struct agents *agents = arg;
    struct js *rows = js_array();
    struct text json = {0};
    struct entry *entry, *next;
    size_t count = 0;

    HASH_ITER(hh, agents->entries, entry, next)
    {
        if (!entry->due || count == ROWS_MOST)
            continue;
        count++;
        js_push(rows, row_of(&entry->news));
        entry->due = false;
        entry->under_way = true;
        agents->due--;
    }
    js_print(rows, 0, &json);
    js_free(rows);
    agents->owed = true;
    store_agent_report(agents->conn, text_get(&json), loop_wall(agents->loop), on_written, agents);
    text_free(&json);
}

void agents_on_database(struct agents *agents, bool up)
{
    agents->up = up;
    if (!up)
        loop_timer_disarm(agents->timer);
    arm(agents, 0);
}

size_t agents_problems(const struct agents *agents)
{
    const struct entry *entry, *next;
    size_t problems = 0;

    HASH_ITER(hh, agents->entries, entry, next)
    problems += entry->news.auth != AUTH_FINE;
    return problems;
}

void agents_stop(struct agents *agents)
{
    agents->stopping = true;
    loop_timer_disarm(agents->timer);
}

bool agents_idle(const struct agents *agents)
{
    return !agents->owed;
}
