/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/web/ops.h"

static const struct ops_figures all_well = {.version = "1.2.3",
                                            .database_up = true,
                                            .has_plan = true,
                                            .prober_ready = true,
                                            .has_stats = true};

static void ready_is_200_when_every_part_is(void **state)
{
    struct text out = {0};

    (void)state;
    assert_int_equal(ops_ready(&all_well, &out), 200);
    assert_string_equal(text_get(&out), "database: ok\nplan: ok\nprober: ok\noutbox: ok\n"
                                        "unconfirmed outages: 0\n");
    text_free(&out);
}

static void each_part_that_is_not_ready_is_named(void **state)
{
    struct ops_figures cases[] = {all_well, all_well, all_well, all_well};
    static const char *const words[] = {"database: out of reach\n", "plan: not loaded yet\n",
                                        "prober: not probing\n",
                                        "outbox: something due was not delivered for 5 minutes\n"};

    (void)state;
    cases[0].database_up = false;
    cases[1].has_plan = false;
    cases[2].prober_ready = false;
    cases[3].stats.outbox_oldest_s = OPS_OUTBOX_LATE_S + 1;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text out = {0};

        assert_int_equal(ops_ready(&cases[i], &out), 503);
        assert_non_null(strstr(text_get(&out), words[i]));
        text_free(&out);
    }
}

static void a_plan_of_which_nothing_is_probed_is_not_ready(void **state)
{
    struct ops_figures figures = all_well;
    struct text out = {0};

    (void)state;
    figures.outages = (struct outage_counts){.sites = 8, .up = 5, .unknown = 2, .left_out = 2};
    assert_int_equal(ops_ready(&figures, &out), 200);
    assert_non_null(strstr(text_get(&out), "plan: ok, but 2 of 7 devices are left out\n"));
    text_clear(&out);
    figures.outages = (struct outage_counts){.sites = 8, .unknown = 7, .left_out = 7};
    assert_int_equal(ops_ready(&figures, &out), 503);
    assert_non_null(
        strstr(text_get(&out), "plan: all devices are left out (7); the log says why\n"));
    text_clear(&out);
    ops_metrics(&figures, &out);
    assert_non_null(strstr(text_get(&out), "\nkentongan_devices_left_out 7\n"));
    text_free(&out);
}

static void devices_beside_the_gateways_are_left_out_as_well(void **state)
{
    struct ops_figures figures = all_well;
    struct text out = {0};

    (void)state;
    figures.outages = (struct outage_counts){.sites = 8, .up = 7};
    figures.beside = (struct beside_counts){.up = 1, .unknown = 2, .left_out = 2};
    assert_int_equal(ops_ready(&figures, &out), 200);
    assert_non_null(strstr(text_get(&out), "plan: ok, but 2 of 10 devices are left out\n"));
    text_clear(&out);
    ops_metrics(&figures, &out);
    assert_non_null(strstr(text_get(&out), "\nkentongan_devices_left_out 2\n"));
    text_clear(&out);
    figures.outages = (struct outage_counts){.sites = 8, .unknown = 7, .left_out = 7};
    assert_int_equal(ops_ready(&figures, &out), 503);
    assert_non_null(
        strstr(text_get(&out), "plan: all gateways are left out (7); the log says why\n"));
    text_free(&out);
}

static void outbox_is_not_judged_before_the_database_has_answered(void **state)
{
    struct ops_figures figures = all_well;
    struct text out = {0};

    (void)state;
    figures.has_stats = false;
    figures.stats.outbox_oldest_s = 1e9;
    assert_int_equal(ops_ready(&figures, &out), 200);
    text_free(&out);
}

static void every_metric_has_its_help_and_type_once(void **state)
{
    struct text out = {0};
    char *lines;
    char *rest;
    char *line;
    size_t metrics = 0;

    (void)state;
    ops_metrics(&all_well, &out);
    lines = rest = strdup(text_get(&out));
    while ((line = strsep(&rest, "\n")) != NULL) {
        char name[256] = "# TYPE ";

        if (*line == '\0' || *line == '#')
            continue;
        strncat(name, line, strcspn(line, "{ "));
        strncat(name, " ", 2);
        assert_non_null(strstr(text_get(&out), name));
        assert_null(strstr(strstr(text_get(&out), name) + 1, name));
        metrics++;
    }
    assert_true(metrics > 30);
    free(lines);
    text_free(&out);
}

static void answers_are_counted_by_status_once_there_was_one(void **state)
{
    uint64_t answers[WEB_STATUS_END] = {[200] = 3, [403] = 1};
    struct ops_figures figures = all_well;
    struct text out = {0};

    (void)state;
    figures.answers = answers;
    ops_metrics(&figures, &out);
    assert_non_null(strstr(text_get(&out), "\nkentongan_http_answers_total{status=\"200\"} 3\n"
                                           "kentongan_http_answers_total{status=\"403\"} 1\n"));
    assert_null(strstr(text_get(&out), "status=\"404\""));
    text_free(&out);
}

static void figures_of_the_database_are_absent_until_it_has_answered(void **state)
{
    struct ops_figures figures = all_well;
    struct text out = {0};

    (void)state;
    figures.has_stats = false;
    ops_metrics(&figures, &out);
    assert_null(strstr(text_get(&out), "kentongan_tickets_open"));
    assert_non_null(strstr(text_get(&out), "kentongan_database_up 1\n"));
    text_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ready_is_200_when_every_part_is),
        cmocka_unit_test(each_part_that_is_not_ready_is_named),
        cmocka_unit_test(a_plan_of_which_nothing_is_probed_is_not_ready),
        cmocka_unit_test(devices_beside_the_gateways_are_left_out_as_well),
        cmocka_unit_test(outbox_is_not_judged_before_the_database_has_answered),
        cmocka_unit_test(every_metric_has_its_help_and_type_once),
        cmocka_unit_test(answers_are_counted_by_status_once_there_was_one),
        cmocka_unit_test(figures_of_the_database_are_absent_until_it_has_answered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
