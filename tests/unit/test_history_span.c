/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/web/history_span.h"

#define NOW "2026-11-24T07:17:42.5Z"

static struct wall instant(const char *text)
{
    struct wall at = {0};

    assert_true(wall_parse(text, &at));
    return at;
}

static bool read(const char *query, struct history_span *span, struct err *err)
{
    struct form form;
    bool good;

    assert_true(form_parse(query, strlen(query), &form, NULL));
    good = history_span_read(&form, instant(NOW), span, err);
    form_free(&form);
    return good;
}

static void a_span_is_what_was_asked_for_cut_at_its_steps(void **state)
{
    static const struct {
        const char *query, *from;
        int32_t step_s, count;
    } table[] = {
        {"", "2026-11-23T07:15:00Z", 300, 289}, /* the present step is the 289th */
        {"to=2026-11-24T07:15:00Z", "2026-11-23T07:15:00Z", 300, 288},
        {"from=2026-11-24T07:00:00Z", "2026-11-24T07:00:00Z", 300, 4},
        {"from=2026-11-24T07:02:00Z&to=2026-11-24T07:04:00Z", "2026-11-24T07:00:00Z", 300, 1},
        {"from=2026-11-24T07:00:00Z&step=3600", "2026-11-24T07:00:00Z", 3600, 1},
        {"from=2026-11-17T07:00:00Z", "2026-11-17T07:00:00Z", 3600, 169},
        {"from=2026-10-25T00:00:00Z", "2026-10-25T00:00:00Z", 10800, 243},
        {"from=2025-11-24T00:00:00Z", "2025-11-24T00:00:00Z", 86400, 366},
        {"step=86400", "2026-11-23T00:00:00Z", 86400, 2},
        {"to=2030-01-01T00:00:00Z", "2026-11-23T07:15:00Z", 300, 289},
        {"from=2026-11-24T14:00:00%2B07:00", "2026-11-24T07:00:00Z", 300, 4},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct history_span span = {0};
        struct err err = {""};

        if (!read(table[i].query, &span, &err))
            fail_msg("%s: %s", table[i].query, err.text);
        if (span.from.us != instant(table[i].from).us || span.step_s != table[i].step_s ||
            span.count != table[i].count)
            fail_msg("%s: %lld, %d x %d", table[i].query, (long long)(span.from.us / US_PER_S),
                     span.count, span.step_s);
    }
}

static void what_is_wrong_is_said_in_words(void **state)
{
    static const struct {
        const char *query, *words;
    } table[] = {
        {"from=yesterday", "from is an instant"},
        {"to=", "to is an instant"},
        {"from=1969-12-31T23:00:00Z", "from is an instant"},
        {"from=2026-11-24T07:18:00Z", "from lies before to"},
        {"from=2026-11-24T07:00:00Z&to=2026-11-24T07:00:00Z", "from lies before to"},
        {"step=0", "step is a number"},
        {"step=301", "step is a number"},
        {"step=86700", "step is a number"},
        {"step=5m", "step is a number"},
        {"step=-300", "step is a number"},
        {"from=2026-11-20T07:00:00Z&step=300",
         "That is 1156 steps, more than 1000: take a longer step"},
        {"from=1970-01-02T00:00:00Z", "take a later from"},
        {"form=2026-11-24T07:00:00Z", "no other parameter"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct history_span span;
        struct err err = {""};

        if (read(table[i].query, &span, &err))
            fail_msg("%s was taken", table[i].query);
        if (strstr(err.text, table[i].words) == NULL)
            fail_msg("%s: %s", table[i].query, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_span_is_what_was_asked_for_cut_at_its_steps),
        cmocka_unit_test(what_is_wrong_is_said_in_words),
    };

    return cmocka_run_group_tests_name("history_span", tests, NULL, NULL);
}
