/* SPDX-License-Identifier: ISC */
/*
 * The field page's handlers when something is sent again: by Back, by an answer that was lost, by a
 * database that was away.
 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/field_fakes.h"
#include "tests/unit/field_fixtures.h"

/* Words that differ under one key are not taken for the same act; nobody types them twice. */
static void a_page_that_was_sent_can_be_sent_with_other_words(void **state)
{
    (void)state;
    post("action=note&note=Sudah+%3Cdicek%3E&seq=2&key=old-note");
    answer_link(STORE_LINK_OK);
    answer_trouble(STORE_REFUSED, "KT42K");
    answer_link(STORE_LINK_OK);
    answer_json(ASKED_PAGE, field_offered);
    ends_as(422);
    wants("Halaman ini sudah pernah dikirim, dengan isi lain");
    wants("Sudah &lt;dicek&gt;</textarea>");
    assert_null(strstr(text_get(&request.page), "old-note")); /* a new key, so that it can */
}

/* What somebody did himself is no failure, however often he looks or sends it. */
static void a_declined_ticket_says_so(void **state)
{
    static const char *const others[] = {"accept", "note&note=x", "close"};
    char body[64];

    (void)state;
    get("");
    answer_link(STORE_LINK_DECLINED);
    ends_as(410);
    wants("Tiket ini sudah Anda tolak");
    wants("You declined this ticket");
    post("action=decline&note=Jalan+putus&seq=2&key=K-decline");
    answer_link(STORE_LINK_DECLINED);
    assert_string_equal(acted, "123 decline {\"note\":\"Jalan putus\",\"seq\":\"0\","
                               "\"key\":\"K-decline\"}"); /* of no ticket: only the key counts */
    answer_json(ASKED_ACT, "{}");
    ends_as(303);
    post("action=decline&key=another");
    answer_link(STORE_LINK_DECLINED);
    answer_trouble(STORE_REFUSED, "KT403");
    answer_link(STORE_LINK_DECLINED);
    ends_as(410);
    wants("You declined this ticket");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        snprintf(body, sizeof body, "action=%s", others[i]);
        post(body);
        answer_link(STORE_LINK_DECLINED);
        ends_as(410);
        assert_string_equal(acted, "");
    }
}

/* As many characters as the page allows, each of them the longest that there is. */
static void two_thousand_emoji_are_a_note(void **state)
{
    (void)state;
    fill_in("action=note&key=K-note&note=");
    for (int i = 0; i < 2000; i++)
        memcpy(request.body + strlen(request.body), "%F0%9F%9B%A0", 13);
    go();
    answer_link(STORE_LINK_OK);
    answer_json(ASKED_ACT, "{}");
    ends_as(303);
    assert_true(strlen(acted) > 8000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_that_was_sent_can_be_sent_with_other_words),
        cmocka_unit_test(a_declined_ticket_says_so),
        cmocka_unit_test(two_thousand_emoji_are_a_note),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
