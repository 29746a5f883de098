/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/verify_words.h"

static const struct {
    struct verify_verdict verdict;
    const char *words;
} cases[] = {
    {{.reason = VERIFY_OK, .sent = 91, .lost = 0, .usual_ppm = 5000, .window_ms = 180000},
     "The link held for 3 min: 0 of 91 probes were lost."},
    {{.reason = VERIFY_OK, .sent = 91, .lost = 2, .usual_ppm = 5000, .window_ms = 180000},
     "The link held for 3 min: 2 of 91 probes were lost; this link usually loses 1 in 200."},
    {{.reason = VERIFY_OK, .sent = 31, .lost = 1, .usual_ppm = 12000, .window_ms = 60000},
     "The link held for 60 s: 1 of 31 probes was lost; this link usually loses 1 in 83."},
    {{.reason = VERIFY_SILENT, .sent = 45, .lost = 45, .usual_ppm = 5000, .window_ms = 180000},
     "None of 45 probes was answered: the site is still cut off."},
    {{.reason = VERIFY_LOSSY, .sent = 30, .lost = 13, .usual_ppm = 5000, .window_ms = 60000},
     "13 of 30 probes were lost; this link usually loses 1 in 200."},
    {{.reason = VERIFY_LOSSY, .sent = 10, .lost = 10, .usual_ppm = 304000, .window_ms = 60000},
     "10 of 10 probes were lost; this link usually loses 30 in 100."},
    {{.reason = VERIFY_REBOOTED, .sent = 32, .lost = 1, .usual_ppm = 5000, .window_ms = 3600000},
     "The device started anew while it was watched: 1 of 32 probes was lost; a repair has to hold "
     "for 60 min."},
    {{.reason = VERIFY_FLAPPED, .sent = 13, .lost = 3, .usual_ppm = 5000, .window_ms = 150000},
     "The link went down again while it was watched: 3 of 13 probes were lost; a repair has to "
     "hold for 150 s."},
    {{.reason = VERIFY_INTERRUPTED, .usual_ppm = 5000, .window_ms = 180000},
     "The watch was interrupted before anything was proven."},
};

static void each_verdict_is_one_sentence_with_its_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text words = {0};

        verify_words(&cases[i].verdict, &words);
        assert_string_equal(text_get(&words), cases[i].words);
        text_free(&words);
    }
}

static void the_detail_holds_the_numbers_again(void **state)
{
    struct verify_verdict verdict = {.ticket = 7,
                                     .reason = VERIFY_LOSSY,
                                     .sent = 30,
                                     .lost = 13,
                                     .usual_ppm = 5000,
                                     .limit_ppm = 43634,
                                     .window_ms = 60000};
    struct text detail = {0};

    (void)state;
    verify_detail(&verdict, &detail);
    assert_string_equal(text_get(&detail),
                        "{\"reason\":\"lossy\",\"sent\":30,\"lost\":13,\"usual_percent\":0.5,"
                        "\"limit_percent\":4.36,\"window_s\":60}");
    text_free(&detail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_verdict_is_one_sentence_with_its_numbers),
        cmocka_unit_test(the_detail_holds_the_numbers_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
