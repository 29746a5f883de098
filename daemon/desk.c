/* SPDX-License-Identifier: ISC */
#include "daemon/desk.h"

#include <inttypes.h>
#include <stdlib.h>

#include "daemon/base/log.h"
#include "daemon/loop.h"

#define ROUND_MS 5000
/* The wall clock moves on by that much between two rounds: the machine slept, or was set. */
#define ASLEEP_MS 60000

struct desk {
    struct loop *loop;
    struct loop_timer *timer;
    struct pg_conn *conn;
    const char *node;
    struct wall watching_since;
    struct wall last_round;
    int64_t window_ms;
    int64_t self_heal_after_ms;
    unsigned owed; /* answers that the database owes */
    bool database_up;
    bool stopping;
    bool sees_nothing; /* at this moment; the database hears of it when it lasts */
    bool has_sight;
    bool blind;
    struct wall sight_since;
    bool has_stats;
    struct store_stats stats;
};

static void on_healed(const struct store_status *status, int64_t count, void *arg)
{
    struct desk *desk = arg;

    desk->owed--;
    if (status->rc == STORE_OK && count > 0)
        log_info("desk.restored_unclaimed", "tickets=%" PRId64, count);
}

static void on_held(const struct store_status *status, int64_t count, void *arg)
{
    struct desk *desk = arg;

    desk->owed--;
    if (status->rc == STORE_OK && count > 0)
        log_info("desk.maintenance_outlived", "tickets=%" PRId64, count);
}

static void on_beat(const struct store_status *status, bool gap, void *arg)
{
    struct desk *desk = arg;
    char since[WALL_TEXT_MAX];

    desk->owed--;
    if (status->rc != STORE_OK || !gap)
        return;
    wall_format(desk->watching_since, since);
    log_warn("watch.gap", "until=%s", since);
}

static void on_sight(const struct store_status *status, void *arg)
{
    struct desk *desk = arg;

    desk->owed--;
    if (status->rc == STORE_REFUSED)
        log_error("watch.sight", "reason=\"%s\"", status->words);
}

static void on_stats(const struct store_status *status, const struct store_stats *stats, void *arg)
{
    struct desk *desk = arg;

    desk->owed--;
    if (status->rc != STORE_OK)
        return;
    desk->stats = *stats;
    desk->has_stats = true;
}

static void note_round(struct desk *desk, struct wall now)
{
    int64_t passed_ms = wall_diff_ms(now, desk->last_round);

    if (passed_ms > ASLEEP_MS || wall_diff_ms(now, desk->watching_since) < 0)
        desk->watching_since = now;
    desk->last_round = now;
}

/* A round that the database has not answered yet is not asked a second time. */
static void on_round(void *arg)
{
    struct desk *desk = arg;
    struct wall now = loop_wall(desk->loop);

    if (desk->stopping)
        return;
    note_round(desk, now);
    if (desk->database_up && desk->owed == 0) {
        desk->owed = 1;
        if (desk->node != NULL) {
            desk->owed++;
            store_watch_beat(desk->conn, desk->node, desk->watching_since, now, on_beat, desk);
        }
        if (desk->node != NULL && desk->has_sight) {
            desk->owed++;
            store_watch_sight(desk->conn, desk->node, desk->blind, desk->sight_since, now, on_sight,
                              desk);
        }
        if (!desk->sees_nothing) {
            desk->owed += 2;
            store_ticket_heal(desk->conn, desk->window_ms, desk->self_heal_after_ms, now, on_healed,
                              desk);
            store_maintenance_run(desk->conn, now, on_held, desk);
        }
        store_stats(desk->conn, now, on_stats, desk);
    }
    loop_timer_arm(desk->timer, ROUND_MS);
}

struct desk *desk_new(struct loop *loop)
{
    struct desk *desk = calloc(1, sizeof *desk);

    if (desk == NULL)
        abort();
    desk->loop = loop;
    desk->watching_since = desk->last_round = loop_wall(loop);
    desk->timer = loop_timer_new(loop, on_round, desk);
    loop_timer_arm(desk->timer, ROUND_MS);
    return desk;
}

void desk_set_node(struct desk *desk, const char *node)
{
    desk->node = node;
}

void desk_set_sight(struct desk *desk, bool blind, struct wall since)
{
    desk->has_sight = true;
    desk->blind = blind;
    desk->sight_since = since;
    if (desk->database_up && !desk->stopping)
        loop_timer_arm(desk->timer, 0);
}

void desk_set_blind(struct desk *desk, bool blind)
{
    desk->sees_nothing = blind;
}

void desk_set_patience(struct desk *desk, int64_t window_ms, int64_t self_heal_after_ms)
{
    desk->window_ms = window_ms;
    desk->self_heal_after_ms = self_heal_after_ms;
}

void desk_set_database(struct desk *desk, struct pg_conn *conn)
{
    desk->conn = conn;
}

void desk_on_database(struct desk *desk, bool up)
{
    desk->database_up = up;
    if (up && !desk->stopping)
        loop_timer_arm(desk->timer, 0);
}

void desk_wake(struct desk *desk)
{
    if (!desk->stopping)
        loop_timer_arm(desk->timer, 0);
}

bool desk_stats(const struct desk *desk, struct store_stats *out)
{
    if (desk->has_stats)
        *out = desk->stats;
    return desk->has_stats;
}

void desk_stop(struct desk *desk)
{
    desk->stopping = true;
    loop_timer_disarm(desk->timer);
}

bool desk_idle(const struct desk *desk)
{
    return desk->owed == 0;
}

void desk_free(struct desk *desk)
{
    if (desk == NULL)
        return;
    loop_timer_free(desk->timer);
    free(desk);
}
