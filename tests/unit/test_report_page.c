/* SPDX-License-Identifier: ISC */
/*
 * The report's page and its handlers against fakes of their neighbours: the server and the check of
 * tokens in front, the database behind.
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
#include "daemon/web/auth.h"
#include "daemon/web/page.h"
#include "daemon/web/problem.h"
#include "daemon/web/report.h"
#include "daemon/web/report_view.h"
#include "daemon/web/world.h"
#include "sql/store_report.h"

/* 2026-11-24T05:00:00Z, noon in WIB. */
#define NOW ((struct wall){INT64_C(1795496400) * US_PER_S})

/* -- the server and who asks -- */

struct web_request {
    const char *star;
    const char *query;
    const char *accept_language;
    enum auth_role role;
    int replies;
    int status;
    char type[64];
    char file[96];
    struct text body;
};

static struct web_request request;
static struct config config = {.locale_language = "id"};
static char read_side;
static struct web_world world = {.read = (struct pg_conn *)&read_side, .config = &config};

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
    return strcmp(name, "Accept-Language") == 0 ? r->accept_language : NULL;
}

void web_reply(struct web_request *r, const struct web_answer *answer)
{
    r->replies++;
    r->status = answer->status;
    snprintf(r->type, sizeof r->type, "%s", answer->content_type);
    for (size_t i = 0; i < WEB_HEADERS_MAX && answer->headers[i].name != NULL; i++)
        if (strcmp(answer->headers[i].name, "Content-Disposition") == 0)
            snprintf(r->file, sizeof r->file, "%s", answer->headers[i].value);
    text_add(&r->body, text_get(&answer->body));
}

struct wall loop_wall(const struct loop *loop)
{
    (void)loop;
    return NOW;
}

void auth_require(struct web_request *r, struct web_world *here, unsigned roles, auth_go_fn *go,
                  void *arg)
{
    struct auth_who who = {.role = r->role};

    assert_ptr_equal(here, &world);
    if ((roles & r->role) != 0)
        go(r, &who, arg);
    else
        problem_reply(r, 403, NULL, "not you", NULL);
}

void problem_reply(struct web_request *r, int status, const char *code, const char *detail,
                   const struct web_header *headers)
{
    (void)code;
    (void)headers;
    r->replies++;
    r->status = status;
    text_add(&r->body, detail);
}

void problem_reply_store(struct web_request *r, const struct store_status *status)
{
    problem_reply(r, status->rc == STORE_UNREACHABLE ? 503 : 500, NULL, "store", NULL);
}

/* -- the database -- */

static char asked[64];
static enum store_rc answer_rc;
static const char *answer_json;

void store_report_month(struct pg_conn *conn, const char *month, const char *by, struct wall now,
                        store_json_cb *cb, void *arg)
{
    struct store_status status = {.rc = answer_rc, .words = ""};

    assert_ptr_equal(conn, world.read);
    assert_int_equal(now.us, NOW.us);
    snprintf(asked, sizeof asked, "%s by %s", month, by);
    cb(&status, answer_rc == STORE_OK ? answer_json : NULL, arg);
}

/* -- documents -- */

#define NOTHING_TIMES                                                                              \
    "\"detect_mean_s\":null,\"detect_p50_s\":null,\"detect_p90_s\":null,\"detect_p95_s\":null,"    \
    "\"accept_mean_s\":null,\"accept_p50_s\":null,\"accept_p90_s\":null,\"accept_p95_s\":null,"    \
    "\"restore_mean_s\":null,\"restore_p50_s\":null,\"restore_p90_s\":null,\"restore_p95_s\":null"

/* A row of a group without tickets, by its shares. */
#define ROW(group, name, open, citizen, network, contract, coverage)                               \
    "{\"group\":" group ",\"name\":" name ",\"n\":0,\"open\":" open "," NOTHING_TIMES              \
    ",\"availability_citizen\":" citizen ",\"availability_network\":" network                      \
    ",\"availability_contract\":" contract ",\"coverage\":" coverage "}"
#define DOCUMENT(month, by, since, until, rows)                                                    \
    "{\"schema\":\"kentongan-report/1\",\"month\":\"" month "\",\"by\":\"" by                      \
    "\",\"zone\":\"Asia/Jakarta\""                                                                 \
    ",\"since\":\"" since "\",\"until\":\"" until "\",\"rows\":[" rows "]}"
#define SEPTEMBER(by, rows)                                                                        \
    DOCUMENT("2026-09", by, "2026-08-31T17:00:00.000000Z", "2026-09-30T17:00:00.000000Z", rows)
#define TOTAL ROW("\"total\"", "null", "1", "0.999999", "1", "0.95", "0.949999")

static const char sites[] = SEPTEMBER(
    "site", ROW("\"33.14.01\"", "\"Kalijambe <b>\"", "1", "0.9", "0.975", "0.9", "1") "," ROW(
                "\"33.14.02\"", "\"Plupuh\"", "0", "1", "1", "1",
                "0.5") "," ROW("\"33.14.03\"", "\"Masaran\"", "0", "null", "null", "null",
                               "0") "," ROW("\"33.14.04\"", "\"Kedawung\"", "0", "0.98", "0.98",
                                            "null", "0.00002") "," TOTAL);

/* -- helpers -- */

static int set_up(void **state)
{
    struct err err = {0};

    (void)state;
    words_set_zone("Asia/Jakarta");
    world.pages = pages_new(&err);
    if (world.pages == NULL)
        fail_msg("%s", err.text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    text_free(&request.body);
    pages_free(world.pages);
    return 0;
}

/* The request to the n-th route. */
static void get(size_t route, const char *star, const char *query, enum auth_role role)
{
    text_free(&request.body);
    request = (struct web_request){
        .star = star, .query = query, .role = role, .accept_language = request.accept_language};
    asked[0] = '\0';
    assert_non_null(report_routes[route].pattern);
    report_routes[route].answer(&request, &world);
    assert_int_equal(request.replies, 1);
}

enum { CSV = 0, JSON, PAGE };

static void answer_with(const char *json)
{
    answer_rc = STORE_OK;
    answer_json = json;
}

static bool says(const char *words)
{
    return strstr(text_get(&request.body), words) != NULL;
}

#define SAYS(words)                                                                                \
    do {                                                                                           \
        if (!says(words))                                                                          \
            fail_msg("does not say: %s\n%s", words, text_get(&request.body));                      \
    } while (0)

/* -- handlers -- */

static void the_month_is_asked_for_once_by_kecamatan_unless_told_otherwise(void **state)
{
    (void)state;
    answer_with(sites);
    get(PAGE, "2026-09", "", AUTH_STAFF);
    assert_string_equal(asked, "2026-09 by kecamatan");
    get(CSV, "2026-09", "by=cause", AUTH_STAFF);
    assert_string_equal(asked, "2026-09 by cause");
    get(JSON, "2026-09", "by=site&lang=en", AUTH_STAFF);
    assert_string_equal(asked, "2026-09 by site");
}

static void staff_auditors_and_admins_read_it_and_parties_do_not(void **state)
{
    (void)state;
    answer_with(sites);
    for (size_t route = CSV; route <= PAGE; route++) {
        get(route, "2026-09", "", AUTH_ADMIN);
        assert_int_equal(request.status, 200);
        get(route, "2026-09", "", AUTH_STAFF);
        assert_int_equal(request.status, 200);
        get(route, "2026-09", "", AUTH_AUDITOR);
        assert_int_equal(request.status, 200);
        get(route, "2026-09", "", AUTH_PARTY);
        assert_int_equal(request.status, 403);
        assert_string_equal(asked, "");
    }
}

static void what_is_no_month_and_no_group_is_not_asked_for(void **state)
{
    (void)state;
    for (size_t route = CSV; route <= PAGE; route++) {
        get(route, "2026-13", "", AUTH_STAFF);
        assert_int_equal(request.status, 404);
        get(route, "latest", "by=site", AUTH_STAFF);
        assert_int_equal(request.status, 404);
        get(route, "2026-09", "by=village", AUTH_STAFF);
        assert_int_equal(request.status, 400);
        get(route, "2026-09", "by=site&by=cause", AUTH_STAFF);
        assert_int_equal(request.status, 400);
        get(route, "2026-09", "by=%zz", AUTH_STAFF);
        assert_int_equal(request.status, 400);
        assert_string_equal(asked, "");
    }
}

static void a_database_that_is_away_is_a_503_and_a_broken_document_a_500(void **state)
{
    (void)state;
    answer_rc = STORE_UNREACHABLE;
    get(PAGE, "2026-09", "", AUTH_STAFF);
    assert_int_equal(request.status, 503);
    answer_with("{\"rows\":");
    get(CSV, "2026-09", "", AUTH_STAFF);
    assert_int_equal(request.status, 500);
    answer_with(NULL);
    get(PAGE, "2026-09", "", AUTH_STAFF);
    assert_int_equal(request.status, 500);
}

static void csv_and_json_are_the_document(void **state)
{
    (void)state;
    answer_with(sites);
    get(CSV, "2026-09", "by=site", AUTH_STAFF);
    assert_string_equal(request.type, "text/csv; charset=utf-8; header=present");
    assert_string_equal(request.file, "attachment; filename=\"kentongan-2026-09-site.csv\"");
    SAYS("\n33.14.02,Plupuh,0,0,,,,,,,,,,,,,1,1,1,0.5\n");
    get(JSON, "2026-09", "by=site", AUTH_STAFF);
    assert_string_equal(request.type, "application/json");
    assert_string_equal(request.file, "attachment; filename=\"kentongan-2026-09-site.json\"");
    assert_memory_equal(text_get(&request.body), sites, strlen(sites));
    assert_string_equal(text_get(&request.body) + strlen(sites), "\n");
}

/* -- the page -- */

static void the_reader_chooses_the_language_and_links_keep_it(void **state)
{
    (void)state;
    answer_with(sites);
    get(PAGE, "2026-09", "by=site", AUTH_STAFF);
    SAYS("<html lang=\"id\">");
    SAYS("Waktu penanganan");
    SAYS("href=\"?by=cause\"");
    request.accept_language = "en-GB,en;q=0.9";
    get(PAGE, "2026-09", "by=site", AUTH_STAFF);
    SAYS("<html lang=\"en\">");
    SAYS("href=\"?by=site&amp;lang=id\"");
    get(PAGE, "2026-09", "by=site&lang=id", AUTH_STAFF);
    SAYS("<html lang=\"id\">");
    SAYS("href=\"2026-08?by=site&amp;lang=id\"");
    request.accept_language = NULL;
}

static void a_share_is_cut_so_that_less_than_all_never_reads_as_all(void **state)
{
    (void)state;
    answer_with(sites);
    get(PAGE, "2026-09", "lang=en", AUTH_STAFF);
    SAYS("99.99\xc2\xa0%");
    SAYS("94.99\xc2\xa0%");
    SAYS("97.50\xc2\xa0%");
    SAYS("&lt; 0.01\xc2\xa0%");
}

static void quiet_sites_are_counted_and_unknown_ones_shown(void **state)
{
    (void)state;
    answer_with(sites);
    get(PAGE, "2026-09", "lang=en", AUTH_STAFF);
    assert_false(says("Plupuh"));
    SAYS("not listed: 1<");
    SAYS("Masaran");
    SAYS("class=\"low\">0.00\xc2\xa0%");
}

static void bars_are_of_the_worst_group_in_two_parts(void **state)
{
    (void)state;
    answer_with(sites);
    get(PAGE, "2026-09", "lang=en", AUTH_STAFF);
    SAYS("class=\"net\" width=\"25.00\" height=\"8\"/><rect class=\"exc\" x=\"25.00\" "
         "width=\"75.00\"");
    SAYS("class=\"net\" width=\"20.00\" height=\"8\"/><rect class=\"exc\" x=\"20.00\" "
         "width=\"0.00\"");
}

static void names_are_escaped(void **state)
{
    (void)state;
    answer_with(sites);
    get(PAGE, "2026-09", "lang=en", AUTH_STAFF);
    SAYS("Kalijambe &lt;b&gt;<small>33.14.01</small>");
    assert_false(says("<b>\"") || says("Kalijambe <b>"));
}

static void groups_without_a_name_have_words(void **state)
{
    (void)state;
    answer_with(SEPTEMBER("party", ROW("null", "null", "1", "1", "1", "null", "1") "," TOTAL));
    get(PAGE, "2026-09", "lang=en", AUTH_STAFF);
    SAYS("<th scope=\"row\">Nobody</th>");
    SAYS("<th scope=\"row\">All</th>");
    answer_with(SEPTEMBER("kecamatan", ROW("null", "null", "1", "1", "1", "null", "1") "," TOTAL));
    get(PAGE, "2026-09", "lang=en", AUTH_STAFF);
    SAYS("<th scope=\"row\">Without a kecamatan</th>");
    answer_with(
        SEPTEMBER("cause", ROW("\"power\"", "\"power\"", "1", "1", "1", "1", "1") "," TOTAL));
    get(PAGE, "2026-09", "lang=en", AUTH_STAFF);
    SAYS("<th scope=\"row\">Power cut (PLN)</th>");
    SAYS("the losses of all causes add up");
    assert_null(strstr(text_get(&request.body), "Guessed so"));
}

#define AGREEMENT                                                                                  \
    "],\"cause_agreement\":{\"tickets\":1238,\"proven\":1234,\"unproven\":4,"                      \
    "\"guess\":{\"n\":1200,\"agree\":1100,\"share\":0.916667},"                                    \
    "\"reported\":{\"n\":0,\"agree\":0,\"share\":null},\"rows\":[{\"proven\":\"agent\","           \
    "\"n\":1234,\"guess_n\":1200,\"guess_agree\":1100,\"reported_n\":0,\"reported_agree\":0}]},"   \
    "\"more\":["

static void by_cause_the_page_says_how_often_guesses_and_reports_were_right(void **state)
{
    (void)state;
    answer_with(SEPTEMBER("cause", TOTAL AGREEMENT));
    get(PAGE, "2026-09", "lang=en", AUTH_STAFF);
    SAYS("Not proven: 4</p>");
    SAYS("<th scope=\"row\">SNMP agent, not the device</th><td data-l=\"Tickets\">1,234</td>"
         "<td data-l=\"Guessed so\">1,100\xc2\xa0/\xc2\xa0"
         "1,200</td>"
         "<td data-l=\"Reported so\">–</td>");
    SAYS("<th scope=\"row\">Together</th>");
    answer_with(SEPTEMBER("site", TOTAL AGREEMENT));
    get(PAGE, "2026-09", "lang=en", AUTH_STAFF);
    assert_null(strstr(text_get(&request.body), "Guessed so"));
}

static void a_month_that_is_over_has_one_behind_it_and_the_present_one_says_so(void **state)
{
    (void)state;
    answer_with(sites);
    get(PAGE, "2026-09", "lang=en", AUTH_STAFF);
    SAYS("<h1>September 2026</h1>");
    SAYS("1 Sep 2026 00:00 WIB \xe2\x80\x93 1 Oct 2026 00:00 WIB</p>");
    SAYS("href=\"2026-08?by=site&amp;lang=en\"");
    SAYS("href=\"2026-10?by=site&amp;lang=en\"");
    answer_with(DOCUMENT("2026-11", "site", "2026-10-31T17:00:00.000000Z",
                         "2026-11-24T05:00:00.000000Z", TOTAL));
    get(PAGE, "2026-11", "lang=en", AUTH_STAFF);
    SAYS("24 Nov 2026 12:00 WIB \xc2\xb7 <b>the month is not over</b>");
    SAYS("href=\"2026-10?by=site&amp;lang=en\"");
    assert_false(says("2026-12"));
}

static void a_month_that_has_not_begun_says_so(void **state)
{
    static const char document[] = DOCUMENT("2026-12", "site", "2026-11-30T17:00:00.000000Z",
                                            "2026-11-30T17:00:00.000000Z", TOTAL);

    (void)state;
    answer_with(document);
    get(PAGE, "2026-12", "lang=en", AUTH_STAFF);
    SAYS("<b>The month has not begun</b> \xc2\xb7 it begins 1 Dec 2026 00:00 WIB</p>");
    SAYS("href=\"2026-11?by=site&amp;lang=en\"");
    assert_false(says("2027-01") || says("not over"));
    answer_with(document);
    get(PAGE, "2026-12", "lang=id", AUTH_STAFF);
    SAYS("<b>Bulan ini belum mulai</b> \xc2\xb7 mulai 1 Des 2026 00.00 WIB</p>");
}

static void a_long_list_is_cut_and_says_so(void **state)
{
    struct text document = {0};

    (void)state;
    text_add(
        &document,
        "{\"month\":\"2026-09\",\"by\":\"site\",\"until\":\"2026-09-30T17:00:00Z\",\"rows\":[");
    for (int i = 0; i < 1300; i++)
        text_addf(&document,
                  "{\"group\":\"c%d\",\"name\":\"Desa %d\",\"n\":3,\"open\":1,\"coverage\":1},", i,
                  i);
    text_add(&document, TOTAL "]}");
    answer_with(text_get(&document));
    get(PAGE, "2026-09", "lang=en", AUTH_STAFF);
    assert_int_equal(request.status, 200);
    SAYS("Desa 299<");
    assert_false(says("Desa 300<"));
    SAYS("the rest is in the CSV: 1,000<");
    SAYS("<th scope=\"row\">All</th>");
    get(CSV, "2026-09", "by=site", AUTH_STAFF);
    SAYS("\nc1299,Desa 1299,3,1,");
    text_free(&document);
}

static void seconds_are_said_up_to_ten_minutes(void **state)
{
    static const char document[] = SEPTEMBER(
        "site",
        "{\"group\":\"total\",\"name\":null,\"n\":1,\"open\":0,\"detect_mean_s\":46.917,"
        "\"detect_p50_s\":70,\"detect_p90_s\":120,\"detect_p95_s\":601,\"restore_p50_s\":8040,"
        "\"restore_p90_s\":3542400}");

    (void)state;
    answer_with(document);
    get(PAGE, "2026-09", "lang=en", AUTH_STAFF);
    SAYS(">46\xc2\xa0s<");
    SAYS(">1\xc2\xa0min 10\xc2\xa0s<");
    SAYS(">2\xc2\xa0min<");
    SAYS(">10\xc2\xa0min<");
    SAYS(">2\xc2\xa0h 14\xc2\xa0min<");
    SAYS("nine in ten within 41\xc2\xa0\x64<");
    SAYS(">\xe2\x80\x93<");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_month_is_asked_for_once_by_kecamatan_unless_told_otherwise),
        cmocka_unit_test(staff_auditors_and_admins_read_it_and_parties_do_not),
        cmocka_unit_test(what_is_no_month_and_no_group_is_not_asked_for),
        cmocka_unit_test(a_database_that_is_away_is_a_503_and_a_broken_document_a_500),
        cmocka_unit_test(csv_and_json_are_the_document),
        cmocka_unit_test(by_cause_the_page_says_how_often_guesses_and_reports_were_right),
        cmocka_unit_test(the_reader_chooses_the_language_and_links_keep_it),
        cmocka_unit_test(a_share_is_cut_so_that_less_than_all_never_reads_as_all),
        cmocka_unit_test(quiet_sites_are_counted_and_unknown_ones_shown),
        cmocka_unit_test(bars_are_of_the_worst_group_in_two_parts),
        cmocka_unit_test(names_are_escaped),
        cmocka_unit_test(groups_without_a_name_have_words),
        cmocka_unit_test(a_month_that_is_over_has_one_behind_it_and_the_present_one_says_so),
        cmocka_unit_test(a_month_that_has_not_begun_says_so),
        cmocka_unit_test(a_long_list_is_cut_and_says_so),
        cmocka_unit_test(seconds_are_said_up_to_ten_minutes),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
