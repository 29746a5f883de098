/* SPDX-License-Identifier: ISC */
/*
 * The field page's handlers: a link, a page, an act. (test_field_again.c: what is sent again.)
 */
#include <stdio.h>
#include <string.h>

#include "daemon/web/form.h"
#include "tests/unit/field_fakes.h"
#include "tests/unit/field_fixtures.h"

static void a_good_link_shows_its_ticket(void **state)
{
    (void)state;
    get("");
    assert_int_equal(request.replies, 0);
    answer_link(STORE_LINK_OK);
    answer_json(ASKED_PAGE, field_offered);
    ends_as(200);
    wants("<html lang=\"id\">"); /* the party's language, not the configured one */
    wants("Terima tiket ini");
    assert_string_equal(asked, "link 123 cv-lawu-net 1;page;");
    assert_memory_equal(request.csp, "default-src 'none'", 18);
}

static void the_reader_may_choose_the_language(void **state)
{
    (void)state;
    get("lang=en&fbclid=x");
    answer_link(STORE_LINK_OK);
    answer_json(ASKED_PAGE, field_offered);
    wants("<html lang=\"en\">");
    get("lang=xx&a=1&a=2"); /* no form at all */
    answer_link(STORE_LINK_OK);
    answer_json(ASKED_PAGE, field_offered);
    wants("<html lang=\"id\">");
}

static void each_page_has_keys_of_its_own(void **state)
{
    char first[64], second[64];

    (void)state;
    for (int i = 0; i < 2; i++) {
        get("");
        answer_link(STORE_LINK_OK);
        answer_json(ASKED_PAGE, field_offered);
        snprintf(i == 0 ? first : second, sizeof first, "%.30s",
                 strstr(text_get(&request.page), "name=\"key\" value=\""));
    }
    assert_string_not_equal(first, second);
}

static void a_link_that_was_never_ours_is_not_found(void **state)
{
    static const char *const bad[] = {
        "x", "AQAAAAAAAAB7", "%00", "..", "healthz", "AQAAAAAAAAB7AAAAAgAAAABrCN9wY3YtbGF3dS1uZXQ"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fresh(i % 2 == 0 ? WEB_GET : WEB_POST);
        snprintf(request.star, sizeof request.star, "%s", bad[i]);
        go();
        ends_as(404);
        assert_string_equal(asked, ""); /* the database hears nothing of it */
        wants("This link is not known");
        wants("Tautan ini tidak dikenal");
        wants("network team of district IT");
    }
    get("");
    answer_link(STORE_LINK_NONE);
    ends_as(404);
    get("");
    answer_link(STORE_LINK_OK);
    answer_json(ASKED_PAGE, NULL);
    ends_as(404);
}

static void a_link_that_is_old_is_gone(void **state)
{
    (void)state;
    fresh(WEB_GET);
    token_for(-1, request.star);
    header("Accept-Language", "id,en;q=0.5");
    go();
    ends_as(410);
    assert_string_equal(asked, "");
    wants("<html lang=\"id\">");
    wants("This link is no longer valid");
    get("");
    answer_link(STORE_LINK_OLD);
    ends_as(410);
    post("action=accept");
    answer_link(STORE_LINK_OLD);
    ends_as(410);
    assert_string_equal(acted, "");
}

static void an_act_goes_to_the_ticket_and_back_to_the_page(void **state)
{
    (void)state;
    post("action=claim&cause=cable&action_code=recabled&note=satu%0D%0Adua&seq=5&key=K-claim");
    answer_link(STORE_LINK_OK);
    answer_json(ASKED_ACT, "{}");
    ends_as(303);
    assert_string_equal(request.location, request.star);
    assert_string_equal(acted, "123 claim {\"cause\":\"cable\",\"action\":\"recabled\","
                               "\"note\":\"satu\\ndua\",\"seq\":\"5\",\"key\":\"K-claim\"}");
    fill_in("action=accept&note=&cause=");
    request.query = "lang=en";
    go();
    answer_link(STORE_LINK_OK);
    answer_json(ASKED_ACT, "{}");
    ends_as(303);
    assert_string_equal(acted, "123 accept {}");
    assert_string_equal(request.location + strlen(request.star), "?lang=en");
}

static void a_refused_act_shows_why_and_what_was_typed(void **state)
{
    static const struct {
        const char *sqlstate;
        int status;
        const char *words;
    } rows[] = {{"KT409", 409, "Ini tidak bisa dilakukan"},
                {"KT412", 409, "Tiket sudah berubah"},
                {"KT422", 422, "Catatan harus berisi teks"},
                {"KT403", 403, "Ini bukan wewenang Anda"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        post("action=note&note=Sudah+%3Cdicek%3E&seq=2");
        answer_link(STORE_LINK_OK);
        answer_trouble(STORE_REFUSED, rows[i].sqlstate);
        answer_link(STORE_LINK_OK);
        answer_json(ASKED_PAGE, field_offered);
        ends_as(rows[i].status);
        wants(rows[i].words);
        wants("Sudah &lt;dicek&gt;</textarea>");
    }
    post("action=note&note=x");
    answer_link(STORE_LINK_OK);
    answer_trouble(STORE_REFUSED, "KT409");
    answer_link(STORE_LINK_OLD); /* it went to another meanwhile */
    ends_as(410);
}

static void what_is_no_form_of_ours_does_nothing(void **state)
{
    static const struct {
        const char *body;
        int status;
    } rows[] = {
        {"action=accept&action=close", 400},
        {"action=%", 400},
        {"action=accept&note=%00", 400},
        {"", 422},
        {"action=", 422},
        {"action=cancel", 422},
        {"action=restore", 422},
        {"action=Accept", 422},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        post(rows[i].body);
        ends_as(rows[i].status);
        assert_string_equal(asked, "");
    }
    fill_in("action=note&note=");
    memset(request.body + strlen(request.body), 'x', FORM_BYTES_MAX);
    go();
    ends_as(413);
    wants("Formulir terlalu panjang");
}

static void only_forms_are_read(void **state)
{
    static const char *const bad[] = {NULL,
                                      "",
                                      "text/plain",
                                      "application/json",
                                      "multipart/form-data; boundary=x",
                                      "application/x-www-form-urlencodedx"};
    static const char *const good[] = {"application/x-www-form-urlencoded",
                                       "Application/X-WWW-Form-URLencoded; charset=UTF-8"};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fresh(WEB_POST);
        snprintf(request.body, sizeof request.body, "action=accept");
        header("Content-Type", bad[i]);
        go();
        ends_as(415);
        assert_string_equal(asked, "");
    }
    for (size_t i = 0; i < 2; i++) {
        fresh(WEB_POST);
        snprintf(request.body, sizeof request.body, "action=accept");
        header("Content-Type", good[i]);
        go();
        answer_link(STORE_LINK_OK);
        answer_json(ASKED_ACT, "{}");
        ends_as(303);
    }
}

static void a_form_from_elsewhere_does_nothing(void **state)
{
    static const char *const rows[][2] = {{"Origin", "https://evil.example"},
                                          {"Origin", "http://k.example"},
                                          {"Sec-Fetch-Site", "cross-site"},
                                          {"Sec-Fetch-Site", "same-site"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fill_in("action=accept");
        header(rows[i][0], rows[i][1]);
        go();
        ends_as(403);
        assert_string_equal(asked, "");
    }
    fill_in("action=accept");
    header("Origin", "null");
    header("Sec-Fetch-Site", "same-origin");
    go();
    answer_link(STORE_LINK_OK);
    answer_json(ASKED_ACT, "{}");
    ends_as(303);
}

/* Each statement of each way, in turn. */
static void a_database_in_trouble_is_said_so(void **state)
{
    static const struct {
        enum store_rc rc;
        const char *sqlstate;
        int status;
    } rows[] = {{STORE_UNREACHABLE, "57P01", 503},
                {STORE_BROKEN, "42883", 500},
                {STORE_REFUSED, "KT404", 404}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        get("");
        answer_trouble(rows[i].rc, rows[i].sqlstate);
        ends_as(rows[i].status);
        get("");
        answer_link(STORE_LINK_OK);
        answer_trouble(rows[i].rc, rows[i].sqlstate);
        ends_as(rows[i].status);
        assert_string_equal(request.retry_after, rows[i].status == 503 ? "30" : "");
        post("action=accept");
        answer_link(STORE_LINK_OK);
        answer_trouble(rows[i].rc, rows[i].sqlstate);
        ends_as(rows[i].status);
    }
    get("");
    answer_link(STORE_LINK_OK);
    answer_json(ASKED_PAGE, "{\"state\":");
    ends_as(500);
}

/* At each statement that a form needs, the last of which is the page that tells of a refusal. */
static void what_was_typed_comes_back_while_the_database_is_away(void **state)
{
    static const char body[] = "action=claim&cause=cable&action_code=recabled&seq=5&key=k-1"
                               "&note=Konektor+%3Cb%3E+diganti";

    (void)state;
    for (int answers = 0; answers < 2; answers++) {
        post(body);
        if (answers > 0)
            answer_link(STORE_LINK_OK);
        answer_trouble(STORE_UNREACHABLE, "57P01");
        ends_as(503);
        wants(">Konektor &lt;b&gt; diganti</textarea>");
        wants("name=\"key\" value=\"k-1\"");
        wants("name=\"seq\" value=\"5\"");
        wants("name=\"cause\" value=\"cable\"");
        wants("name=\"action_code\" value=\"recabled\"");
        wants("<button name=\"action\" value=\"claim\">");
        assert_string_equal(request.retry_after, "30");
    }
    post("action=accept&seq=2&key=k-2");
    answer_trouble(STORE_UNREACHABLE, "57P01");
    ends_as(503);
    wants("<button name=\"action\" value=\"accept\">");
    assert_null(strstr(text_get(&request.page), "<textarea"));
    get("");
    answer_trouble(STORE_UNREACHABLE, "57P01");
    ends_as(503);
    assert_null(strstr(text_get(&request.page), "<form"));
    post(body); /* of another trouble nobody knows whether it goes away */
    answer_trouble(STORE_BROKEN, "42883");
    ends_as(500);
    assert_null(strstr(text_get(&request.page), "<form"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_link_shows_its_ticket),
        cmocka_unit_test(the_reader_may_choose_the_language),
        cmocka_unit_test(each_page_has_keys_of_its_own),
        cmocka_unit_test(a_link_that_was_never_ours_is_not_found),
        cmocka_unit_test(a_link_that_is_old_is_gone),
        cmocka_unit_test(an_act_goes_to_the_ticket_and_back_to_the_page),
        cmocka_unit_test(a_refused_act_shows_why_and_what_was_typed),
        cmocka_unit_test(what_is_no_form_of_ours_does_nothing),
        cmocka_unit_test(only_forms_are_read),
        cmocka_unit_test(a_form_from_elsewhere_does_nothing),
        cmocka_unit_test(what_was_typed_comes_back_while_the_database_is_away),
        cmocka_unit_test(a_database_in_trouble_is_said_so),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
