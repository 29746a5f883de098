/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/cli/show_cause.h"
#include "daemon/web/cause_view.h"

#define UPS                                                                                        \
    "{\"source\":\"ups\",\"what\":\"on-battery\",\"at\":\"2026-11-24T07:02:00.000000Z\","          \
    "\"detail\":null}"
#define ODD "{\"source\":\"trap\",\"what\":\"other\",\"at\":null,\"detail\":\"port 3\"}"

static struct js *parse(const char *text)
{
    struct err err = {0};
    struct js *out = js_parse(text, strlen(text), &err);

    if (out == NULL)
        fail_msg("%s", err.text);
    return out;
}

static void says(const char *ticket, enum words_language language, const char *guess,
                 const char *evidence, const char *proven)
{
    struct js *read = parse(ticket);
    struct js *view = cause_view(read, language);

    assert_non_null(view);
    assert_string_equal(js_text(view, "guess", NULL), guess);
    assert_string_equal(js_text(view, "evidence", NULL), evidence);
    assert_string_equal(js_text(view, "proven", NULL), proven);
    js_free(view);
    js_free(read);
}

static void a_guess_is_told_with_its_evidence_in_the_readers_words(void **state)
{
    static const char ticket[] =
        "{\"cause\":{\"guess\":\"power\",\"confidence\":0.83,\"proven\":null},"
        "\"evidence\":[" UPS "," ODD "]}";

    (void)state;
    says(ticket, WORDS_EN, "Power cut (PLN), 83\xc2\xa0%",
         "the UPS went to battery 14:02; other (trap) (port 3)", "");
    says(ticket, WORDS_ID, "Listrik padam (PLN), 83\xc2\xa0%",
         "UPS beralih ke baterai 14.02; other (trap) (port 3)", "");
}

static void what_is_proven_takes_the_place_of_the_guess(void **state)
{
    (void)state;
    says("{\"cause\":{\"guess\":\"link\",\"confidence\":0.5,\"proven\":\"power\","
         "\"booted_at\":\"2026-11-24T07:31:00.000000Z\"},\"evidence\":[]}",
         WORDS_EN, "", "", "Power cut (PLN) – the device started again 24 Nov 2026 14:31 WIB");
    says("{\"cause\":{\"guess\":null,\"proven\":\"unproven\"},\"evidence\":[]}", WORDS_ID, "", "",
         "tidak terbukti");
}

static void six_pieces_of_evidence_are_told_and_that_there_are_more(void **state)
{
    (void)state;
    says("{\"evidence\":[" ODD "," ODD "," ODD "," ODD "," ODD "," ODD "," ODD "]}", WORDS_EN, "",
         "other (trap) (port 3); other (trap) (port 3); other (trap) (port 3); other (trap) (port "
         "3); other (trap) (port 3); other (trap) (port 3); …",
         "");
}

static void nothing_known_is_nothing_said(void **state)
{
    struct js *ticket = parse("{\"cause\":{\"guess\":null,\"proven\":null},\"evidence\":[]}");

    (void)state;
    assert_null(cause_view(ticket, WORDS_EN));
    js_free(ticket);
}

static void shows(const char *ticket, const char *wanted)
{
    struct js *read = parse(ticket);
    struct text out = {0};

    show_cause(read, &out);
    assert_string_equal(text_get(&out), wanted);
    text_free(&out);
    js_free(read);
}

static void the_command_line_tells_guess_opening_evidence_and_proof(void **state)
{
    (void)state;
    shows("{\"cause\":{\"guess\":\"power\",\"confidence\":0.83,\"ranked\":[{\"cause\":\"power\","
          "\"p\":0.83},{\"cause\":\"link\",\"p\":0.12},{\"cause\":\"agent\",\"p\":0.001}],"
          "\"opening\":{\"guess\":\"link\",\"confidence\":0.61},\"proven\":\"unproven\"},"
          "\"evidence\":[\"on-battery ups 07:02:00Z\",\"\\u001b[2J\"]}",
          "guess         power 83 %, or link 12 %\n"
          "at opening    link 61 %\n"
          "evidence      on-battery ups 07:02:00Z\n"
          "              \\x1b[2J\n"
          "proven        unproven: it came back, and nothing could be shown\n");
    shows("{\"cause\":{\"guess\":\"link\",\"confidence\":null,\"ranked\":null,\"opening\":"
          "{\"guess\":\"link\",\"confidence\":null},\"proven\":null},\"evidence\":[]}",
          "guess         link\n");
    shows("{\"cause\":{\"guess\":null,\"opening\":null,\"proven\":null},\"evidence\":[]}", "");
}

static void lists_say(const char *ticket, const char *wanted)
{
    struct js *read = parse(ticket);
    struct text out = {0};

    show_cause_word(read, &out);
    assert_string_equal(text_get(&out), wanted);
    text_free(&out);
    js_free(read);
}

static void a_list_has_a_word_and_a_mark_for_guesses(void **state)
{
    (void)state;
    lists_say("{\"cause_guess\":\"link\",\"cause_proven\":\"power\"}", "power");
    lists_say("{\"cause_guess\":\"link\",\"cause_proven\":\"unproven\"}", "link?");
    lists_say("{\"cause_guess\":null,\"cause_proven\":null}", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guess_is_told_with_its_evidence_in_the_readers_words),
        cmocka_unit_test(what_is_proven_takes_the_place_of_the_guess),
        cmocka_unit_test(six_pieces_of_evidence_are_told_and_that_there_are_more),
        cmocka_unit_test(nothing_known_is_nothing_said),
        cmocka_unit_test(the_command_line_tells_guess_opening_evidence_and_proof),
        cmocka_unit_test(a_list_has_a_word_and_a_mark_for_guesses),
    };

    words_set_zone("Asia/Jakarta");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
