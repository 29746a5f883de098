/* SPDX-License-Identifier: ISC */
/* The report's call and the watch's beat against a real server. */
#include "tests/sql/store_rig.h"

#include "sql/store_report.h"

struct heard {
    struct rig *rig;
    struct pg_conn *reader;
    enum store_rc rc;
    char sqlstate[6];
    char json[4096];
    int answers;
    bool gap;
};

static void on_report(const struct store_status *status, const char *json, void *arg)
{
    struct heard *heard = arg;

    heard->rc = status->rc;
    memcpy(heard->sqlstate, status->sqlstate, sizeof heard->sqlstate);
    heard->json[0] = '\0';
    if (json != NULL && strlen(json) < sizeof heard->json)
        memcpy(heard->json, json, strlen(json) + 1);
    heard->answers++;
}

static void on_up(void *arg)
{
    (void)arg;
}

static void on_down(const char *why, void *arg)
{
    (void)why;
    (void)arg;
}

static const struct pg_conn_events reader_events = {.on_up = on_up, .on_down = on_down};

static void ask(struct heard *heard, const char *month, const char *by)
{
    int before = heard->answers;

    store_report_month(heard->reader, month, by, at(0), on_report, heard);
    rig_wait(heard->rig, heard->answers == before + 1);
}

static void the_report_is_asked_of_the_read_side(void **state)
{
    struct heard heard = {.rig = *state};
    struct err err;

    heard.reader =
        pg_conn_new(heard.rig->base, app_conninfo, PG_SIDE_READ, &reader_events, &heard, &err);
    assert_non_null(heard.reader);
    rig_wait(heard.rig, pg_conn_is_up(heard.reader));
    ask(&heard, "2026-11", "site");
    assert_int_equal(heard.rc, STORE_OK);
    assert_non_null(strstr(heard.json, "\"schema\" : \"kentongan-report/1\""));
    assert_non_null(strstr(heard.json, "{\"group\":\"total\",\"name\":null,\"n\":0,"));
    ask(&heard, "2026-13", "site");
    assert_int_equal(heard.rc, STORE_REFUSED);
    assert_string_equal(heard.sqlstate, "KT422");
    ask(&heard, "2026-11", "moon");
    assert_int_equal(heard.rc, STORE_REFUSED);
    assert_string_equal(heard.sqlstate, "KT422");
    pg_conn_free(heard.reader);
}

static void on_beat(const struct store_status *status, bool gap, void *arg)
{
    struct heard *heard = arg;

    assert_int_equal(status->rc, STORE_OK);
    heard->gap = gap;
    heard->answers++;
}

static void beat(struct heard *heard, int64_t since_s, int64_t now_s)
{
    int before = heard->answers;

    store_watch_beat(heard->rig->conn, "node", at(since_s), at(now_s), on_beat, heard);
    rig_wait(heard->rig, heard->answers == before + 1);
}

static void a_beat_says_whether_nobody_watched_before(void **state)
{
    struct heard heard = {.rig = *state};

    rig_wait(heard.rig, heard.rig->ups == 1);
    beat(&heard, 0, 5);
    assert_false(heard.gap);
    beat(&heard, 0, 300);
    assert_false(heard.gap);
    beat(&heard, 400, 400);
    assert_true(heard.gap);
    beat(&heard, 400, 405);
    assert_false(heard.gap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(the_report_is_asked_of_the_read_side),
        rig_test(a_beat_says_whether_nobody_watched_before),
    };

    return cmocka_run_group_tests(tests, rig_start_cluster, rig_stop_cluster);
}
