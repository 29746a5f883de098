/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/cli/show.h"
#include "daemon/cli/show_course.h"
#include "daemon/cli/show_readings.h"

static void values_are_shown_with_their_units(void **state)
{
    static const struct {
        const char *json, *shown;
    } table[] = {
        {"{\"value\":-84,\"unit\":\"dBm\",\"status\":\"ok\"}", "-84 dBm"},
        {"{\"value\":15.4,\"unit\":\"V\",\"status\":\"ok\"}", "15.4 V"},
        {"{\"value\":7,\"status\":\"ok\"}", "7"},
        {"{\"value\":2100006,\"unit\":null,\"status\":\"ok\"}", "2100006"},
        {"{\"value\":2310000000,\"unit\":\"bit/s\",\"status\":\"ok\"}", "2.31 Gbit/s"},
        {"{\"value\":1250,\"unit\":\"octets/s\",\"status\":\"ok\"}", "1.25 koctets/s"},
        {"{\"value\":999,\"unit\":\"octets/s\",\"status\":\"ok\"}", "999 octets/s"},
        {"{\"value\":5,\"word\":\"battery\",\"status\":\"ok\"}", "battery (5)"},
        {"{\"value\":null,\"text\":\"RB912\",\"status\":\"ok\"}", "RB912"},
        {"{\"value\":null,\"unit\":\"C\",\"status\":\"invalid\"}", "no value"},
        {"{\"value\":null,\"status\":\"unreadable\"}", "unreadable"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct err err;
        struct js *reading = js_parse(table[i].json, strlen(table[i].json), &err);
        struct text out = {0};

        assert_non_null(reading);
        show_reading_value(reading, &out);
        assert_string_equal(text_get(&out), table[i].shown);
        text_free(&out);
        js_free(reading);
    }
}

static void a_device_is_a_table_and_its_texts_are_made_safe(void **state)
{
    static const char json[] =
        "[{\"device\":\"gw\",\"profile\":\"mikrotik\",\"at\":\"2026-11-24T02:00:00.000000Z\","
        "\"readings\":[{\"metric\":\"signal\",\"instance\":\"wlan1\\u001b[2J\",\"value\":-84,"
        "\"unit\":\"dBm\",\"word\":null,\"text\":null,\"status\":\"ok\",\"health\":\"crit\"},"
        "{\"metric\":\"voltage\",\"instance\":null,\"value\":15.4,\"unit\":\"V\",\"word\":null,"
        "\"text\":null,\"status\":\"ok\",\"health\":\"ok\"}]}]";
    struct err err;
    struct js *readings = js_parse(json, strlen(json), &err);
    struct text out = {0};

    (void)state;
    show_zone("Asia/Jakarta");
    assert_non_null(readings);
    show_readings(readings, 16, &out);
    assert_string_equal(text_get(&out), "\ngw, read as mikrotik at 2026-11-24 09:00 WIB\n"
                                        "READING  OF            VALUE    HEALTH\n"
                                        "signal   wlan1\\x1b[2J  -84 dBm  crit\n"
                                        "voltage  -             15.4 V   ok\n");
    text_free(&out);
    js_free(readings);
}

static void what_has_no_history_is_said_where_the_limit_is_reached(void **state)
{
    static const struct {
        int kept;
        const char *line;
    } table[] = {{1, NULL}, {2, "\na history is kept of 2 of these 3 values\n"}, {3, NULL}};

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct text json = {0}, out = {0};
        struct js *readings;

        text_addf(&json,
                  "[{\"device\":\"olt\",\"kept\":%d,\"readings\":[{\"value\":1},{\"value\":2},"
                  "{\"value\":null},{\"value\":3}]}]",
                  table[i].kept);
        readings = js_parse(text_get(&json), json.bytes, NULL);
        assert_non_null(readings);
        show_readings(readings, 2, &out);
        if (table[i].line == NULL)
            assert_null(strstr(text_get(&out), "history"));
        else
            assert_non_null(strstr(text_get(&out), table[i].line));
        js_free(readings);
        text_free(&json);
        text_free(&out);
    }
}

static void the_main_readings_of_a_day_are_a_line_each(void **state)
{
    static const char json[] =
        "{\"readings\":[{\"device\":\"gw\",\"metric\":\"signal\",\"instance\":\"wlan1\",\"unit\":"
        "\"dBm\",\"main\":true,\"last\":[-60,null,-70],\"mean\":[-61,null,-69],"
        "\"least\":[-64,null,-70],\"most\":[-60,null,-68]},"
        "{\"device\":\"gw\",\"metric\":\"voltage\",\"instance\":null,\"unit\":\"V\",\"main\":true,"
        "\"last\":[null,24,24],\"mean\":[null,24,24],\"least\":[null,24,24],\"most\":[null,24,24]},"
        "{\"device\":\"gw\",\"metric\":\"state\",\"main\":true,\"last\":[1],\"mean\":null,"
        "\"least\":[1],\"most\":[1]},"
        "{\"device\":\"gw\",\"metric\":\"rpm\",\"main\":true,\"last\":[null],\"mean\":[null],"
        "\"least\":[null],\"most\":[null]},"
        "{\"device\":\"gw\",\"metric\":\"ccq\",\"main\":false,\"last\":[1],\"mean\":[1],"
        "\"least\":[1],\"most\":[1]}]}";
    struct js *course = js_parse(json, sizeof json - 1, NULL);
    struct text out = {0};

    (void)state;
    assert_non_null(course);
    show_course(course, &out);
    assert_string_equal(text_get(&out),
                        "readings      █·▁\n"
                        "              gw signal wlan1: -70 dBm, from -70 dBm to -60 dBm\n"
                        "              ·▄▄\n"
                        "              gw voltage: 24 V, from 24 V to 24 V\n");
    text_clear(&out);
    show_course(NULL, &out);
    assert_string_equal(text_get(&out), "");
    text_free(&out);
    js_free(course);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_shown_with_their_units),
        cmocka_unit_test(a_device_is_a_table_and_its_texts_are_made_safe),
        cmocka_unit_test(what_has_no_history_is_said_where_the_limit_is_reached),
        cmocka_unit_test(the_main_readings_of_a_day_are_a_line_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
