/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/web/field_view.h"
#include "daemon/web/page.h"
#include "tests/unit/field_fixtures.h"

#define GOLDEN   KT_SOURCE_DIR "/tests/unit/golden/"
#define PAGE_MAX (256 * 1024)

static int set_up(void **state)
{
    struct err err = {0};

    words_set_zone("Asia/Jakarta");
    *state = pages_new(&err);
    if (*state == NULL)
        fail_msg("%s", err.text);
    return 0;
}

static int tear_down(void **state)
{
    pages_free(*state);
    return 0;
}

static struct js *parse(const char *text)
{
    struct err err = {0};
    struct js *out = js_parse(text, strlen(text), &err);

    if (out == NULL)
        fail_msg("%s", err.text);
    return out;
}

static void render_js(const struct pages *pages, const struct js *ticket,
                      enum words_language language, const struct field_refusal *refusal,
                      struct text *out)
{
    struct web_answer answer = {.status = 200};
    struct js *view = field_view(ticket, language, FIELD_NOW, "KEY", refusal);

    pages_answer(pages, "field.html", language, view, &answer);
    assert_int_equal(answer.status, 200);
    text_clear(out);
    text_add(out, text_get(&answer.body));
    text_free(&answer.body);
    js_free(view);
}

static void render(const struct pages *pages, const char *ticket, enum words_language language,
                   const struct field_refusal *refusal, struct text *out)
{
    struct js *read = parse(ticket);

    render_js(pages, read, language, refusal, out);
    js_free(read);
}

static void wants(const struct text *page, const char *words)
{
    if (strstr(text_get(page), words) == NULL)
        fail_msg("not there: %s in %s", words, text_get(page));
}

static void wants_not(const struct text *page, const char *words)
{
    if (strstr(text_get(page), words) != NULL)
        fail_msg("there: %s", words);
}

/* The stylesheet changes for other reasons than the page does. */
static void drop_style(const struct text *page, struct text *out)
{
    const char *begin = strstr(text_get(page), "<style>");
    const char *end = strstr(text_get(page), "</style>");

    assert_non_null(begin);
    assert_non_null(end);
    text_clear(out);
    text_add_bytes(out, text_get(page), (size_t)(begin - text_get(page)));
    text_add(out, end + strlen("</style>"));
}

/* KT_WRITE_GOLDEN=1 writes them anew; look at the difference before committing it. */
static void compare(const char *name, const struct text *page)
{
    char *want = calloc(1, PAGE_MAX);
    bool writes = getenv("KT_WRITE_GOLDEN") != NULL;
    FILE *file = fopen(name, writes ? "we" : "re");

    assert_non_null(want);
    if (file == NULL)
        fail_msg("%s", name);
    if (writes)
        assert_true(fwrite(text_get(page), 1, page->bytes, file) == page->bytes);
    else
        assert_true(fread(want, 1, PAGE_MAX - 1, file) > 0);
    fclose(file);
    if (!writes)
        assert_string_equal(text_get(page), want);
    free(want);
}

static void the_page_is_that_of_the_golden_files(void **state)
{
    static const struct {
        const char *ticket;
        enum words_language language;
        const char *file;
    } rows[] = {
        {field_offered, WORDS_ID, GOLDEN "field_offered_id.html"},
        {field_offered, WORDS_EN, GOLDEN "field_offered_en.html"},
        {field_unproven, WORDS_ID, GOLDEN "field_unproven_id.html"},
        {field_unproven, WORDS_EN, GOLDEN "field_unproven_en.html"},
        {field_restored, WORDS_ID, GOLDEN "field_restored_id.html"},
        {field_restored, WORDS_EN, GOLDEN "field_restored_en.html"},
    };
    struct text page = {0}, bare = {0};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        render(*state, rows[i].ticket, rows[i].language, NULL, &page);
        drop_style(&page, &bare);
        compare(rows[i].file, &bare);
    }
    text_free(&page);
    text_free(&bare);
}

static void it_says_what_is_down_since_when_where_and_who_is_next(void **state)
{
    struct text page = {0};

    render(*state, field_offered, WORDS_ID, NULL, &page);
    wants(&page, "<h1>Gesi</h1>");
    wants(&page, "Kecamatan Gesi");
    wants(&page, "Terputus sejak <span class=\"nb\">24 Nov 2026 12.03 WIB</span>");
    wants(&page, "2 jam 13 menit");
    wants(&page, "CV Lawu Net – terima atau tolak");
    wants(&page, "geo:-7.33517,111.03292?q=-7.33517,111.03292");
    wants(&page, "-7.33517, 111.03292");
    wants(&page, "Terdampak: 52");
    wants(&page, "+ 50");
    render(*state, field_restored, WORDS_EN, NULL, &page);
    wants(&page, "to <span class=\"nb\">24 Nov 2026 13:58 WIB</span>");
    wants(&page, "1 h 55 min");
    text_free(&page);
}

static void only_forms_of_allowed_actions_are_there(void **state)
{
    static const char *const actions[] = {"accept", "decline", "onsite", "claim", "note", "close"};
    struct js *ticket = parse(field_offered);
    struct text page = {0};
    char button[64];

    for (size_t i = 0; i < 6; i++) {
        struct js *allowed = js_array();

        js_push(allowed, js_new_text(actions[i]));
        js_push(allowed, js_new_text("cancel")); /* the own team's; has no form here */
        js_set(ticket, "actions", allowed);
        render_js(*state, ticket, WORDS_ID, NULL, &page);
        for (size_t k = 0; k < 6; k++) {
            snprintf(button, sizeof button, "name=\"action\" value=\"%s\"", actions[k]);
            assert_true((strstr(text_get(&page), button) != NULL) == (i == k));
        }
        snprintf(button, sizeof button, "name=\"key\" value=\"KEY-%s\"", actions[i]);
        wants(&page, button);
        wants(&page, "name=\"seq\" value=\"2\"");
        wants_not(&page, "cancel");
    }
    js_set(ticket, "actions", js_array());
    render_js(*state, ticket, WORDS_ID, NULL, &page);
    wants_not(&page, "<form");
    text_free(&page);
    js_free(ticket);
}

static void the_form_that_is_due_stands_open(void **state)
{
    struct text page = {0};

    render(*state, field_unproven, WORDS_EN, NULL, &page);
    wants_not(&page, "<details open>");
    render(*state, field_restored, WORDS_EN, NULL, &page);
    wants(&page, "<details open>\n<summary>Close this ticket");
    wants(&page, "<option value=\"cable\" selected>");
    wants(&page, "<option value=\"recabled\" selected>");
    text_free(&page);
}

static void what_was_typed_comes_back_with_the_refusal(void **state)
{
    static const struct field_refusal refusal = {.action = "claim",
                                                 .cause = "antenna",
                                                 .action_code = "",
                                                 .note = "</textarea>Tower \"B\"",
                                                 .sqlstate = "KT422",
                                                 .words = "server's words"};
    struct field_refusal other = refusal;
    struct text page = {0};

    render(*state, field_unproven, WORDS_ID, &refusal, &page);
    wants(&page, "role=\"alert\"");
    wants(&page, "Isi penyebab dan tindakan");
    wants(&page, "<details open>\n<summary>Laporkan perbaikan selesai");
    wants(&page, "<option value=\"antenna\" selected>");
    wants_not(&page, "<option value=\"recabled\" selected>");
    wants(&page, "&lt;/textarea&gt;Tower &quot;B&quot;</textarea>");
    wants_not(&page, "server&#39;s words");
    other.sqlstate = "KT412";
    render(*state, field_unproven, WORDS_EN, &other, &page);
    wants(&page, "The ticket has changed since you opened this page.");
    other.action = "onsite";
    other.sqlstate = "KT422";
    render(*state, field_unproven, WORDS_ID, &other, &page);
    wants(&page, "Ada yang kurang");
    wants(&page, "<p lang=\"en\"><small>server&#39;s words");
    text_free(&page);
}

static void a_repair_that_was_not_proven_says_why(void **state)
{
    struct text page = {0};
    struct js *ticket = parse(field_unproven);

    render_js(*state, ticket, WORDS_ID, NULL, &page);
    wants(&page, "role=\"status\"");
    wants(&page, "Terlalu banyak paket hilang");
    js_set_text(ticket, "state", "onsite");
    render_js(*state, ticket, WORDS_ID, NULL, &page);
    wants_not(&page, "role=\"status\"");
    js_free(ticket);
    text_free(&page);
}

static void a_link_that_answers_again_is_not_called_down(void **state)
{
    struct text page = {0};
    struct js *ticket = parse(field_unproven);

    js_set_text(ticket, "back", "2026-11-24T07:10:00.000000Z");
    render_js(*state, ticket, WORDS_EN, NULL, &page);
    wants(&page, "to <span class=\"nb\">24 Nov 2026 14:10 WIB</span>");
    wants(&page, "2 h 6 min");
    js_free(ticket);
    text_free(&page);
}

static void what_is_missing_is_left_out(void **state)
{
    struct text page = {0};

    render(*state, "{}", WORDS_ID, NULL, &page);
    wants_not(&page, "geo:");
    wants_not(&page, "<form");
    render(*state,
           "{\"root\":{\"lat\":\"javascript:1\",\"lng\":200,\"name\":7},\"affected\":[],"
           "\"timeline\":{\"a\":1},\"actions\":\"claim\",\"next\":[],\"causes\":7,\"seq\":\"<\"}",
           WORDS_EN, NULL, &page);
    wants_not(&page, "geo:");
    wants_not(&page, "javascript");
    text_free(&page);
}

/* -- strangers' texts -- */

/* clang-format off */
static const char *const payloads[] = {
    "<script>alert(1)</script>", "\"><script>alert(1)</script>", "'><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>", "</option></select><img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<svg><script>alert(1)</script></svg>",
    "\" onmouseover=\"alert(1)", "' onfocus='alert(1)' autofocus='", "\" autofocus onfocus=alert(1) x=\"",
    "javascript:alert(1)", "<a href=javascript:alert(1)>x</a>", "<iframe srcdoc='<script>1</script>'>",
    "<meta http-equiv=refresh content=0;url=//evil.example>", "<base href=//evil.example/>",
    "<form action=//evil.example><button>x", "<link rel=stylesheet href=//evil.example>",
    "<!--<script>alert(1)//-->", "<![CDATA[<script>alert(1)</script>]]>", "&lt;script&gt;alert(1)",
    "&#60;script&#62;", "{{{root.name}}}", "[[Where]]", "<math><mtext></p><style><img src=x onerror=1>",
    "<details open ontoggle=alert(1)>", "<body onload=alert(1)>", "\xc2\xbcscript\xc2\xbe",
    "<scr\xe2\x80\x8bipt>\xe2\x80\xae", "`-alert(1)-`", "%3Cscript%3E", "</p></main></body></html><script>1",
};
/* clang-format on */

/* A copy with each text in it, keys apart, replaced; the states and lists that choose stay. */
static struct js *poison(const struct js *value, const char *payload)
{
    struct js *out = js_kind(value) == JS_ARRAY ? js_array() : js_object();

    for (size_t i = 0; i < js_count(value); i++) {
        const char *key = NULL;
        bool is_array = js_kind(value) == JS_ARRAY;
        const struct js *inside = is_array ? js_at(value, i) : js_member(value, i, &key);
        struct js *copy;

        if (js_kind(inside) == JS_ARRAY || js_kind(inside) == JS_OBJECT)
            copy = key != NULL && strcmp(key, "actions") == 0 ? js_copy(inside)
                                                              : poison(inside, payload);
        else if (js_kind(inside) == JS_TEXT)
            copy = js_new_text(payload);
        else
            copy = js_copy(inside);
        if (is_array)
            js_push(out, copy);
        else
            js_set(out, key, copy);
    }
    return out;
}

static void render_poisoned(const struct pages *pages, const char *ticket, const char *payload,
                            struct text *page)
{
    const struct field_refusal refusal = {.action = "note",
                                          .cause = payload,
                                          .action_code = payload,
                                          .note = payload,
                                          .sqlstate = "KT422",
                                          .words = payload};
    struct js *read = parse(ticket);
    struct js *poisoned = poison(read, payload);

    render_js(pages, poisoned, WORDS_EN, &refusal, page);
    js_free(poisoned);
    js_free(read);
}

static size_t count_of(const struct text *page, char byte)
{
    size_t count = 0;

    for (size_t i = 0; i < page->bytes; i++)
        count += page->at[i] == byte;
    return count;
}

/* What can open or leave a tag or an attribute must all be the template's own. */
static void nothing_that_strangers_wrote_becomes_markup(void **state)
{
    static const char *const tickets[] = {field_offered, field_unproven, field_restored};
    struct text plain = {0}, page = {0};

    assert_true(sizeof payloads / sizeof *payloads >= 30);
    for (size_t t = 0; t < 3; t++) {
        render_poisoned(*state, tickets[t], "x", &plain);
        for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
            render_poisoned(*state, tickets[t], payloads[i], &page);
            for (const char *c = "<>\"'"; *c != '\0'; c++)
                if (count_of(&page, *c) != count_of(&plain, *c))
                    fail_msg("%s: more of %c", payloads[i], *c);
        }
    }
    text_free(&plain);
    text_free(&page);
}

static void long_notes_are_cut_newest_first(void **state)
{
    struct js *ticket = parse(field_unproven);
    struct js *timeline = js_array();
    struct text note = {0}, page = {0};

    while (note.bytes < 1998)
        text_add(&note, "é");
    for (int i = 0; i < 30; i++) {
        struct js *event = js_object();

        js_set_text(event, "action", "note");
        js_set_text(event, "actor", i == 29 ? "the-last" : "somebody");
        js_set_text(event, "note", text_get(&note));
        js_push(timeline, event);
    }
    js_set(ticket, "timeline", timeline);
    render_js(*state, ticket, WORDS_ID, NULL, &page);
    assert_true(page.bytes < 20000);
    wants(&page, "the-last");
    wants(&page, "éé…</p>");
    text_free(&note);
    text_free(&page);
    js_free(ticket);
}

/* Evidence comes from outside: a detail is text, whatever it holds. */
static void the_page_says_what_probably_is_the_cause_and_why(void **state)
{
    struct js *ticket = parse(field_offered);
    struct text page = {0};

    js_set(ticket, "cause", parse("{\"guess\":\"power\",\"confidence\":0.83}"));
    js_set(ticket, "evidence",
           parse("[{\"source\":\"ups\",\"what\":\"on-battery\",\"at\":"
                 "\"2026-11-24T05:02:00Z\",\"detail\":\"<b>1</b>\"}]"));
    js_set_text(ticket, "feeder", "SGN-04");
    render_js(*state, ticket, WORDS_ID, NULL, &page);
    wants(&page, "<p><b>Kemungkinan:</b> Listrik padam (PLN), 83\xc2\xa0% – UPS beralih ke baterai "
                 "12.02 (&lt;b&gt;1&lt;/b&gt;)</p>");
    wants(&page, "<dt>Penyulang listrik</dt><dd>SGN-04</dd>");
    js_set(ticket, "cause", parse("{\"guess\":\"power\",\"proven\":\"link\"}"));
    render_js(*state, ticket, WORDS_EN, NULL, &page);
    wants(&page, "<b>Proven:</b> Radio link");
    wants_not(&page, "Probably");
    text_free(&page);
    js_free(ticket);
}

static void what_is_degraded_is_told_with_what_it_has_to_be(void **state)
{
    struct js *ticket = parse(field_offered);
    struct text page = {0};

    js_set_text(ticket, "kind", "degraded");
    js_set(
        ticket, "measures",
        parse("[{\"measure\":\"signal\",\"instance\":\"<wlan1>\",\"unit\":\"dBm\",\"figure\":-84,"
              "\"needs\":-75,\"usual\":null,\"since\":\"2026-11-24T05:02:00Z\",\"until\":null},"
              "{\"measure\":\"rtt\",\"instance\":null,\"unit\":\"ms\",\"figure\":240.4,"
              "\"needs\":80,\"usual\":30,\"since\":\"2026-11-24T05:02:00Z\","
              "\"until\":\"2026-11-24T06:02:00Z\"}]"));
    render_js(*state, ticket, WORDS_ID, NULL, &page);
    wants(&page, "<p><b>Sinyal &lt;wlan1&gt;: −84\xc2\xa0"
                 "dBm</b>, seharusnya −75\xc2\xa0"
                 "dBm – sejak");
    wants(&page,
          "<p><b>Waktu pulang-pergi: 240,4\xc2\xa0ms</b> (biasanya 30\xc2\xa0ms), seharusnya "
          "80\xc2\xa0ms – baik sejak");
    render_js(*state, ticket, WORDS_EN, NULL, &page);
    wants(&page,
          "<p><b>Round trip: 240.4\xc2\xa0ms</b> (usually 30\xc2\xa0ms), has to be 80\xc2\xa0ms – "
          "good since");
    text_free(&page);
    js_free(ticket);
}

/* The page says until when the fault was, too: that is not when the measure was good. */
static void a_measure_that_is_bad_still_is_not_good_because_the_fault_is_over(void **state)
{
    struct js *ticket = parse(field_restored);
    struct text page = {0};

    js_set(ticket, "measures",
           parse("[{\"measure\":\"loss\",\"instance\":null,\"unit\":\"%\",\"figure\":30,"
                 "\"needs\":10,\"usual\":null,\"since\":\"2026-11-24T05:02:00Z\","
                 "\"until\":null}]"));
    render_js(*state, ticket, WORDS_EN, NULL, &page);
    wants(&page, "has to be 10\xc2\xa0% – since");
    wants_not(&page, "good since");
    text_free(&page);
    js_free(ticket);
}

static void a_measure_that_was_not_proven_is_named(void **state)
{
    struct js *ticket = parse(field_unproven);
    struct text page = {0};

    js_set(ticket, "timeline",
           parse("[{\"at\":\"2026-11-24T06:02:00Z\",\"actor\":\"engine\",\"action\":\"unproven\","
                 "\"from\":"
                 "\"claimed\",\"to\":\"accepted\",\"note\":\"signal wlan1 -80.0 dBm, needs -75 "
                 "dBm.\",\"detail\":{\"reason\":\"degraded\",\"sent\":90,\"lost\":0}}]"));
    render_js(*state, ticket, WORDS_ID, NULL, &page);
    wants(&page, "Belum sebaik yang seharusnya: signal wlan1 -80.0 dBm, needs -75 dBm.</p>");
    text_free(&page);
    js_free(ticket);
}

static void a_link_that_is_silent_now_says_so_beside_what_was_counted(void **state)
{
    struct js *ticket = parse(field_offered);
    struct js *course = js_copy(js_get(ticket, "course"));
    struct text page = {0};

    render_js(*state, ticket, WORDS_EN, NULL, &page);
    wants_not(&page, "Silent since");
    wants(&page, "<p>Answered: <b>");
    js_set_text(course, "until", "2026-11-24T07:15:00.000000Z");
    js_set(ticket, "course", course);
    js_set(ticket, "now", parse(field_now_planned));
    render_js(*state, ticket, WORDS_EN, NULL, &page);
    wants(&page, "<b>Silent since <span class=\"nb\">24 Nov 2026 14:15 WIB</span></b><br>"
                 "Answered until 14:15: <b>");
    js_set(ticket, "now", parse(field_now_blind));
    render_js(*state, ticket, WORDS_EN, NULL, &page);
    wants_not(&page, "Silent since");
    text_free(&page);
    js_free(ticket);
}

static void planned_work_is_told_with_its_end_and_who_announced_it(void **state)
{
    struct js *ticket = parse(field_offered);
    struct text page = {0};

    render_js(*state, ticket, WORDS_EN, NULL, &page);
    wants_not(&page, "Planned work until");
    js_set(ticket, "now", parse(field_now_planned));
    render_js(*state, ticket, WORDS_EN, NULL, &page);
    wants(&page,
          "<strong>Planned work until <span class=\"nb\">24 Nov 2026 16:30 WIB</span></strong>");
    wants(&page,
          "<p>Antena &lt;baru&gt;<br><small>Menara Gesi · announced by Dinas Kominfo</small>");
    render_js(*state, ticket, WORDS_ID, NULL, &page);
    wants(&page, "Pekerjaan terencana sampai <span class=\"nb\">24 Nov 2026 16.30 WIB</span>");
    wants_not(&page, "Sistem pemantauan");
    text_free(&page);
    js_free(ticket);
}

static void while_the_poller_is_cut_off_the_page_says_that_nobody_knows(void **state)
{
    struct js *ticket = parse(field_offered);
    struct text page = {0};

    js_set(ticket, "now", parse(field_now_blind));
    render_js(*state, ticket, WORDS_EN, NULL, &page);
    wants(&page, "<strong>The monitoring itself is cut off</strong><p>Since <span class=\"nb\">"
                 "24 Nov 2026 14:10 WIB</span>.");
    render_js(*state, ticket, WORDS_ID, NULL, &page);
    wants(&page, "<strong>Sistem pemantauan sedang terputus</strong>");
    text_free(&page);
    js_free(ticket);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_degraded_is_told_with_what_it_has_to_be),
        cmocka_unit_test(a_measure_that_is_bad_still_is_not_good_because_the_fault_is_over),
        cmocka_unit_test(a_measure_that_was_not_proven_is_named),
        cmocka_unit_test(the_page_says_what_probably_is_the_cause_and_why),
        cmocka_unit_test(the_page_is_that_of_the_golden_files),
        cmocka_unit_test(it_says_what_is_down_since_when_where_and_who_is_next),
        cmocka_unit_test(only_forms_of_allowed_actions_are_there),
        cmocka_unit_test(the_form_that_is_due_stands_open),
        cmocka_unit_test(what_was_typed_comes_back_with_the_refusal),
        cmocka_unit_test(a_repair_that_was_not_proven_says_why),
        cmocka_unit_test(a_link_that_answers_again_is_not_called_down),
        cmocka_unit_test(what_is_missing_is_left_out),
        cmocka_unit_test(nothing_that_strangers_wrote_becomes_markup),
        cmocka_unit_test(a_link_that_is_silent_now_says_so_beside_what_was_counted),
        cmocka_unit_test(planned_work_is_told_with_its_end_and_who_announced_it),
        cmocka_unit_test(while_the_poller_is_cut_off_the_page_says_that_nobody_knows),
        cmocka_unit_test(long_notes_are_cut_newest_first),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
