/* SPDX-License-Identifier: ISC */
/* Rows in bulk, of probes and of readings, on a real server: once however often they are sent, also
 * over a server that went away. */
#include "tests/sql/store_rig.h"

#include <stdlib.h>

#include "sql/store_history.h"
#include "sql/store_reading.h"

#define ROWS_MANY 20000

struct told {
    int answers;
    enum store_rc rc;
    int64_t count;
    char words[256];
};

static void on_count(const struct store_status *status, int64_t count, void *arg)
{
    struct told *told = arg;

    told->answers++;
    told->rc = status->rc;
    told->count = count;
    snprintf(told->words, sizeof told->words, "%s", status->words == NULL ? "" : status->words);
}

static struct pg_copy *open_copy(struct rig *rig)
{
    struct err err = {""};
    struct pg_copy *copy = store_history_open(rig->base, app_conninfo, &err);

    if (copy == NULL)
        fail_msg("%s", err.text);
    return copy;
}

/* Sends and waits for the answer. */
static struct told put(struct rig *rig, struct pg_copy *copy, const struct store_rollup *rows,
                       size_t count)
{
    struct told told = {0};

    store_rollups(copy, rows, count, at(-86400), at(86400), on_count, &told);
    assert_true(store_history_is_busy(copy));
    assert_int_equal(told.answers, 0);
    rig_wait(rig, told.answers == 1);
    assert_false(store_history_is_busy(copy));
    return told;
}

static void expect(const char *query, const char *wanted)
{
    char got[256];

    admin("kentongan", query, got, sizeof got);
    assert_string_equal(got, wanted);
}

static void rows_arrive_as_they_were_sent_and_once(void **state)
{
    struct rig *rig = *state;
    struct pg_copy *copy = open_copy(rig);
    const struct store_rollup rows[] = {
        {7, at(0), 10, 1, 0, 299999, 1000, 2000, 3000, 4000},
        {UINT32_C(2000000000), at(300), 65535, 65535, 0, 299999, -1, -1, -1, -1},
    };
    struct told told = put(rig, copy, rows, 2);

    assert_int_equal(told.rc, STORE_OK);
    assert_int_equal(told.count, 2);
    expect("select string_agg(concat_ws(' ', device, to_char(slot at time zone 'UTC', 'YYYY-MM-DD "
           "HH24:MI:SS'), sent, lost, "
           "rtt_min_us, rtt_mean_us, rtt_p95_us, rtt_max_us), ', ' order by device) from "
           "kentongan.rollup",
           "7 2026-11-24 02:00:00 10 1 1000 2000 3000 4000, 2000000000 2026-11-24 02:05:00 65535 "
           "65535");
    told = put(rig, copy, rows, 2);
    assert_int_equal(told.rc, STORE_OK);
    assert_int_equal(told.count, 0);
    store_history_close(copy);
}

static struct told put_readings(struct rig *rig, struct pg_copy *copy,
                                const struct store_reading_row *rows, size_t count)
{
    struct told told = {0};
    struct copy_rows out = {0};

    for (size_t i = 0; i < count; i++)
        store_reading_row_add(&out, &rows[i]);
    store_reading_rows(copy, &out, at(-86400), at(86400), 16, on_count, &told);
    rig_wait(rig, told.answers == 1);
    copy_rows_free(&out);
    return told;
}

/* One value; several; several states, of which there is no mean. */
static void readings_arrive_as_they_were_sent_and_once(void **state)
{
    struct rig *rig = *state;
    struct pg_copy *copy = open_copy(rig);
    char device[16];
    struct store_reading_row rows[] = {
        {0, at(0), "signal", "wlan1", "gauge", "dBm", true, 3, 1, -61.5f, -61.5f, -61.5f, -61.5f},
        {0, at(300), "signal", "wlan1", "gauge", "dBm", true, 3, 3, -60, -62, -64, -60},
        {0, at(0), "state", "", "enum", "", false, 63, 2, 5, 4, 3, 5},
    };
    struct told told;

    admin("kentongan", "select min(id) from kentongan.device", device, sizeof device);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        rows[i].device_id = (uint32_t)strtoul(device, NULL, 10);
    told = put_readings(rig, copy, rows, 3);
    assert_string_equal(told.words, "");
    assert_int_equal(told.count, 3);
    expect(
        "select string_agg(concat_ws(' ', metric, instance, kind, unit, main, place, count, last, "
        "mean, least, most), ', ' order by metric, slot) from kentongan.reading_rollup r join "
        "kentongan.reading_series s on s.id = r.series",
        "signal wlan1 gauge dBm t 3 1 -61.5, signal wlan1 gauge dBm t 3 3 -60 -62 -64 -60, "
        "state  enum  f 63 2 5 3 5");
    assert_int_equal(put_readings(rig, copy, rows, 3).count, 0);
    store_history_close(copy);
}

static void many_rows_take_one_trip(void **state)
{
    struct rig *rig = *state;
    struct pg_copy *copy = open_copy(rig);
    struct store_rollup *rows = calloc(ROWS_MANY, sizeof *rows);

    assert_non_null(rows);
    for (uint32_t i = 0; i < ROWS_MANY; i++)
        rows[i] = (struct store_rollup){1000 + i, at(600), 10, 0, 0, 299999, 900, 1000, 1100, 1200};
    assert_int_equal(put(rig, copy, rows, ROWS_MANY).count, ROWS_MANY);
    free(rows);
    store_history_close(copy);
}

static void what_the_database_refuses_is_told_in_its_words(void **state)
{
    struct rig *rig = *state;
    struct pg_copy *copy = open_copy(rig);
    const struct store_rollup wrong = {7,      at(900), 1,  2,  0,
                                       299999, -1,      -1, -1, -1}; /* more lost than sent */
    struct told told = put(rig, copy, &wrong, 1);

    assert_int_equal(told.rc, STORE_BROKEN);
    assert_non_null(strstr(told.words, "rollup"));
    run_sql("delete from kentongan.rollup_inbox");
    store_history_close(copy);
}

static void a_server_that_is_away_is_unreachable_and_comes_back(void **state)
{
    struct rig *rig = *state;
    struct pg_copy *copy = open_copy(rig);
    const struct store_rollup row = {8, at(1200), 10, 1, 0, 299999, 1000, 2000, 3000, 4000};

    cluster("halt");
    assert_int_equal(put(rig, copy, &row, 1).rc, STORE_UNREACHABLE);
    cluster("restart");
    assert_int_equal(put(rig, copy, &row, 1).count, 1);
    store_history_close(copy);
}

static void closing_answers_what_is_under_way(void **state)
{
    struct rig *rig = *state;
    struct pg_copy *copy = open_copy(rig);
    const struct store_rollup row = {9, at(1500), 10, 1, 0, 299999, 1000, 2000, 3000, 4000};
    struct told told = {0};

    store_rollups(copy, &row, 1, at(-86400), at(86400), on_count, &told);
    store_history_close(copy);
    assert_int_equal(told.answers, 1);
    assert_int_equal(told.rc, STORE_UNREACHABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        rig_test(rows_arrive_as_they_were_sent_and_once),
        rig_test(readings_arrive_as_they_were_sent_and_once),
        rig_test(many_rows_take_one_trip),
        rig_test(what_the_database_refuses_is_told_in_its_words),
        rig_test(a_server_that_is_away_is_unreachable_and_comes_back),
        rig_test(closing_answers_what_is_under_way),
    };

    return cmocka_run_group_tests_name("store_history", tests, rig_start_cluster, rig_stop_cluster);
}
