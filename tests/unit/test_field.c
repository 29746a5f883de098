/* SPDX-License-Identifier: ISC */
/*
 * The field page's handlers against fakes of their neighbours: the server in front, the two sides
 * of the database behind. A statement is answered when the test says so, as on the loop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/loop.h"
#include "daemon/web/field.h"
#include "daemon/web/link_token.h"
#include "daemon/web/page.h"
#include "daemon/web/world.h"
#include "sql/store_page.h"
#include "tests/unit/field_fixtures.h"

#define BODY_MAX 20000

/* -- the request and its answer -- */

struct web_request {
    enum web_method method;
    char star[256];
    const char *query;
    const char *headers[8][2];
    char body[BODY_MAX];
    size_t replies;
    int status;
    char location[256];
    char csp[256];
    char retry_after[16];
    struct text page;
};

static struct web_request request;
static const char key[LINK_KEY_BYTES] = "0123456789abcdef0123456789abcde";
static struct config config = {.locale_language = "en", .web_base_url = "https://k.example"};
static char read_side, work_side;
static struct web_world world = {.work = (struct pg_conn *)&work_side,
                                 .read = (struct pg_conn *)&read_side,
                                 .config = &config,
                                 .link_key = key,
                                 .link_key_bytes = sizeof key};

const char *web_star(const struct web_request *r)
{
    return r->star;
}

const char *web_query(const struct web_request *r)
{
    return r->query;
}

const char *web_header(const struct web_request *r, const char *name)
{
    for (size_t i = 0; i < 8 && r->headers[i][0] != NULL; i++)
        if (strcmp(r->headers[i][0], name) == 0)
            return r->headers[i][1];
    return NULL;
}

const char *web_body(const struct web_request *r, size_t *bytes)
{
    *bytes = strlen(r->body);
    return r->body;
}

static void keep(const struct web_answer *answer, const char *name, char *out, size_t room)
{
    for (size_t i = 0; i < WEB_HEADERS_MAX && answer->headers[i].name != NULL; i++)
        if (strcmp(answer->headers[i].name, name) == 0)
            snprintf(out, room, "%s", answer->headers[i].value);
}

void web_reply(struct web_request *r, const struct web_answer *answer)
{
    r->replies++;
    r->status = answer->status;
    keep(answer, "Location", r->location, sizeof r->location);
    keep(answer, "Content-Security-Policy", r->csp, sizeof r->csp);
    keep(answer, "Retry-After", r->retry_after, sizeof r->retry_after);
    text_clear(&r->page);
    text_add(&r->page, text_get(&answer->body));
}

struct wall loop_wall(const struct loop *loop)
{
    (void)loop;
    return FIELD_NOW;
}

/* -- the database -- */

enum asked { ASKED_LINK = 1, ASKED_PAGE, ASKED_ACT };

static struct {
    enum asked what;
    void *arg;
    store_link_cb *on_link;
    store_json_cb *on_json;
} pending;

static char asked[256]; /* all statements since the request, with what they said */

static void note(const char *words)
{
    size_t bytes = strlen(asked);

    snprintf(asked + bytes, sizeof asked - bytes, "%s;", words);
}

void store_link_check(struct pg_conn *conn, int64_t ticket, const char *party, int32_t generation,
                      store_link_cb *cb, void *arg)
{
    char words[128];

    assert_int_equal(pending.what, 0);
    assert_ptr_equal(conn, world.read);
    snprintf(words, sizeof words, "link %lld %s %d", (long long)ticket, party, generation);
    note(words);
    pending.what = ASKED_LINK;
    pending.on_link = cb;
    pending.arg = arg;
}

void store_ticket_page(struct pg_conn *conn, int64_t ticket, const char *party, struct wall now,
                       store_json_cb *cb, void *arg)
{
    assert_int_equal(pending.what, 0);
    assert_ptr_equal(conn, world.read);
    assert_true(ticket == 123 && now.us == FIELD_NOW.us);
    assert_string_equal(party, "cv-lawu-net");
    note("page");
    pending.what = ASKED_PAGE;
    pending.on_json = cb;
    pending.arg = arg;
}

static char acted[BODY_MAX];

void store_ticket_act(struct pg_conn *conn, const struct store_act *act, struct wall now,
                      store_json_cb *cb, void *arg)
{
    assert_int_equal(pending.what, 0);
    assert_ptr_equal(conn, world.work);
    assert_int_equal(request.method, WEB_POST);
    assert_true(now.us == FIELD_NOW.us);
    assert_string_equal(act->actor, "cv-lawu-net");
    assert_string_equal(act->party, "cv-lawu-net");
    snprintf(acted, sizeof acted, "%s %s %s", act->ticket, act->action, act->args);
    note("act");
    pending.what = ASKED_ACT;
    pending.on_json = cb;
    pending.arg = arg;
}

static const struct store_status fine = {.rc = STORE_OK, .words = ""};

static void answer_link(enum store_link link)
{
    assert_int_equal(pending.what, ASKED_LINK);
    pending.what = 0;
    pending.on_link(&fine, link, "id", pending.arg);
}

static void answer_json(enum asked what, const char *json)
{
    assert_int_equal(pending.what, what);
    pending.what = 0;
    pending.on_json(&fine, json, pending.arg);
}

static void answer_trouble(enum store_rc rc, const char *sqlstate)
{
    struct store_status status = {.rc = rc, .words = "the server's words"};
    bool is_link = pending.what == ASKED_LINK;

    assert_int_not_equal(pending.what, 0);
    pending.what = 0;
    memcpy(status.sqlstate, sqlstate, strlen(sqlstate));
    if (is_link)
        pending.on_link(&status, STORE_LINK_NONE, "", pending.arg);
    else
        pending.on_json(&status, NULL, pending.arg);
}

/* -- visits -- */

static void token_for(int64_t expires_in_s, char out[256])
{
    struct link_words words = {.ticket = 123,
                               .party = "cv-lawu-net",
                               .generation = 1,
                               .expires = wall_add_ms(FIELD_NOW, expires_in_s * 1000)};
    char token[LINK_TOKEN_MAX];

    assert_true(link_token_make(key, sizeof key, &words, token));
    snprintf(out, 256, "%s", token);
}

static void fresh(enum web_method method)
{
    text_free(&request.page);
    request = (struct web_request){.method = method, .query = ""};
    token_for(3600, request.star);
    asked[0] = acted[0] = '\0';
    pending.what = 0;
}

static void header(const char *name, const char *value)
{
    size_t i = 0;

    while (request.headers[i][0] != NULL)
        i++;
    request.headers[i][0] = name;
    request.headers[i][1] = value;
}

static void go(void)
{
    for (const struct web_route *route = field_routes; route->pattern != NULL; route++) {
        if ((route->methods & request.method) == 0)
            continue;
        assert_string_equal(route->pattern, "/t/*");
        route->answer(&request, &world);
        return;
    }
    fail();
}

static void get(const char *query)
{
    fresh(WEB_GET);
    request.query = query;
    go();
}

static void fill_in(const char *body)
{
    fresh(WEB_POST);
    header("Content-Type", "application/x-www-form-urlencoded");
    snprintf(request.body, sizeof request.body, "%s", body);
}

static void post(const char *body)
{
    fill_in(body);
    go();
}

static void wants(const char *words)
{
    if (strstr(text_get(&request.page), words) == NULL)
        fail_msg("%d, not there: %s in %s", request.status, words, text_get(&request.page));
}

static void ends_as(int status)
{
    assert_int_equal(pending.what, 0);
    assert_int_equal(request.replies, 1);
    assert_int_equal(request.status, status);
}

static int set_up(void **state)
{
    struct err err = {0};

    (void)state;
    words_set_zone("Asia/Jakarta");
    world.pages = pages_new(&err);
    return world.pages == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    text_free(&request.page);
    pages_free(world.pages);
    return 0;
}

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
                {"KT42K", 422, "Halaman ini sudah pernah dikirim, dengan isi lain"},
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
    post("action=note&note=x&key=old-note");
    answer_link(STORE_LINK_OK);
    answer_trouble(STORE_REFUSED, "KT42K");
    answer_link(STORE_LINK_OK);
    answer_json(ASKED_PAGE, field_offered);
    assert_null(
        strstr(text_get(&request.page), "old-note")); /* a new key, so that it can be sent */
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
    memset(request.body + strlen(request.body), 'x', 16384);
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
        cmocka_unit_test(a_database_in_trouble_is_said_so),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
