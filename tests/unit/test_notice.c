/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "alerts/notice.h"
#include "alerts/signature.h"
#include "daemon/base/json.h"

#define BASE   "https://kentongan.example.id"
#define LINK   "/t/AQAAAAAAAAB7AAAAAgAAAABrCN9wY3YtbGF3dS1uZXRKobq--m1AzRWxQZ0hr_0z"
#define GOLDEN KT_SOURCE_DIR "/tests/unit/golden/"

static const struct wall owed = {INT64_C(1795484400123456)}; /* 2026-11-24T01:40:00.123456Z */

/* As the database writes it: jsonb orders by length of the key, then by bytes. */
static const char row[] =
    "{\"seq\": 2, \"url\": \"/tickets/KT-2026-000123\", \"kind\": \"down\", \"root\": {\"code\": "
    "\"33.14.05.0000\", \"name\": \"Kecamatan \\\"Gesi\\\"\", \"kecamatan\": null}, \"cause\": "
    "{\"guess\": \"upstream\", \"proven\": null, \"evidence\": [], \"confidence\": null}, "
    "\"party\": \"cv-sinyal\", \"state\": \"offered\", \"ticket\": \"KT-2026-000123\", "
    "\"affected\": {\"now\": 2, \"count\": 3, \"sites\": [\"33.14.05.0000\", \"33.14.05.2001\", "
    "\"33.14.05.2002\"]}, \"contract\": {\"accept_by\": null, \"restore_by\": null, "
    "\"consumed_percent\": null}, \"estimate\": {\"p50_minutes\": null, \"p90_minutes\": null}, "
    "\"priority\": null, \"first_bad\": \"2026-11-24T01:39:41.000000Z\", \"last_good\": "
    "\"2026-11-24T01:39:11.000000Z\", \"opened_at\": \"2026-11-24T01:40:00.123456Z\", "
    "\"action_url\": null}";

static void render_link(struct notices *notices, const char *type, const char *data,
                        const char *action_path, struct text *out)
{
    struct notice notice = {
        .type = type, .owed = owed, .data = data, .action_path = action_path, .base_url = BASE};
    struct err err = {0};

    if (!notice_render(notices, &notice, out, &err))
        fail_msg("%s", err.text);
}

static void render(struct notices *notices, const char *type, const char *data, struct text *out)
{
    render_link(notices, type, data, NULL, out);
}

static struct js *parse(const struct text *body)
{
    struct err err = {0};
    struct js *out = js_parse(text_get(body), body->bytes, &err);

    if (out == NULL)
        fail_msg("%s in %s", err.text, text_get(body));
    return out;
}

static int set_up(void **state)
{
    struct err err = {0};

    *state = notices_new(&err);
    if (*state == NULL)
        fail_msg("%s", err.text);
    return 0;
}

static int tear_down(void **state)
{
    notices_free(*state);
    return 0;
}

static void sign_body(const struct text *body, char out[SIGNATURE_MAX])
{
    struct signature_key key;
    struct err err = {0};

    if (!signature_key_decode("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &key, &err) ||
        !signature_make(&key, NULL, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1795484401, text_get(body),
                        body->bytes, out, &err))
        fail_msg("%s", err.text);
}

/* On a difference: the file holds what receivers were promised, so it changes only when they are
 * told. */
static void expect_golden(struct notices *notices, const char *type, const char *path)
{
    struct text body = {0}, got = {0};
    char signature[SIGNATURE_MAX];
    char want[8192] = "";
    FILE *file = fopen(path, "re");

    assert_non_null(file);
    assert_true(fread(want, 1, sizeof want - 1, file) > 0);
    fclose(file);
    render_link(notices, type, row, LINK, &body);
    sign_body(&body, signature);
    text_addf(&got, "%s\n%s\n", signature, text_get(&body));
    assert_string_equal(text_get(&got), want);
    text_free(&got);
    text_free(&body);
}

static void bodies_and_their_signatures_are_those_of_the_golden_files(void **state)
{
    expect_golden(*state, "ticket.offered", GOLDEN "ticket_offered.txt");
    expect_golden(*state, "ticket.joined", GOLDEN "ticket_joined.txt");
}

static void the_same_row_gives_the_same_bytes_after_a_restart(void **state)
{
    struct text one = {0}, two = {0};
    struct err err = {0};
    struct notices *restarted = notices_new(&err);

    assert_non_null(restarted);
    render(*state, "ticket.offered", row, &one);
    render(restarted, "ticket.offered", row, &two);
    assert_string_equal(text_get(&one), text_get(&two));
    text_free(&one);
    text_free(&two);
    notices_free(restarted);
}

static const char *const promised[] = {
    "ticket",    "url",       "action_url", "state", "kind",  "priority", "root",     "affected",
    "last_good", "first_bad", "opened_at",  "cause", "party", "contract", "estimate", "seq"};

static void an_empty_row_still_has_every_member_as_null(void **state)
{
    struct text body = {0};
    struct js *read;
    const struct js *data;
    const char *key = NULL;

    render(*state, "ticket.opened", "{}", &body);
    read = parse(&body);
    data = js_get(read, "data");
    assert_int_equal(js_count(data), sizeof promised / sizeof *promised);
    for (size_t i = 0; i < js_count(data); i++) {
        assert_true(js_is_null(js_member(data, i, &key)));
        assert_string_equal(key, promised[i]);
    }
    js_free(read);
    text_free(&body);
}

static void what_is_not_promised_is_not_sent(void **state)
{
    struct text body = {0};

    render(*state, "ticket.opened",
           "{\"hidden\":1,\"root\":{\"code\":\"a\",\"address\":\"10.0.0.1\"}}", &body);
    assert_null(strstr(text_get(&body), "hidden"));
    assert_null(strstr(text_get(&body), "10.0.0.1"));
    assert_non_null(
        strstr(text_get(&body), "\"root\":{\"code\":\"a\",\"name\":null,\"kecamatan\":null}"));
    text_free(&body);
}

static void links_begin_with_the_base_url(void **state)
{
    struct text body = {0};
    struct js *read;

    render_link(*state, "ticket.offered", "{\"url\":\"/tickets/KT-1\"}", "/t/abc", &body);
    read = parse(&body);
    assert_string_equal(js_text(js_get(read, "data"), "url", ""), BASE "/tickets/KT-1");
    assert_string_equal(js_text(js_get(read, "data"), "action_url", ""), BASE "/t/abc");
    js_free(read);
    text_free(&body);
}

/* The link opens the ticket: it comes from its maker, never from what the row holds. */
static void only_the_maker_of_links_gives_one(void **state)
{
    struct text body = {0};

    render(*state, "ticket.offered", "{\"action_url\":\"https://evil.example/t/abc\"}", &body);
    assert_non_null(strstr(text_get(&body), "\"action_url\":null"));
    render_link(*state, "poller.blind", "{}", "/t/abc", &body);
    assert_null(strstr(text_get(&body), "/t/abc"));
    text_free(&body);
}

static void values_of_every_kind_come_through(void **state)
{
    struct text body = {0};
    struct js *read;
    const struct js *data;

    render(*state, "ticket.opened",
           "{\"seq\":9007199254740993,\"priority\":2.5,\"party\":\"tim \\\"A\\\"\\n\\u00e9\","
           "\"root\":\"text\",\"kind\":true,\"affected\":null,\"cause\":[1]}",
           &body);
    read = parse(&body);
    data = js_get(read, "data");
    assert_true(js_i64(data, "seq", 0) == INT64_C(9007199254740993));
    assert_string_equal(js_text(data, "party", ""), "tim \"A\"\n\xc3\xa9");
    assert_string_equal(js_text(data, "root", ""), "text");
    assert_true(js_bool(data, "kind", false));
    assert_true(js_is_null(js_get(data, "affected")));
    assert_int_equal(js_count(js_get(data, "cause")), 1);
    js_free(read);
    text_free(&body);
}

/* count of sites, each with a code of that many bytes; name_bytes of padding in root.name. */
static void build_row(struct text *out, size_t count, int code_bytes, int name_bytes)
{
    text_addf(out, "{\"root\":{\"name\":\"%0*d\"},\"affected\":{\"count\":%zu,\"sites\":[",
              name_bytes, 0, count);
    for (size_t i = 0; i < count; i++)
        text_addf(out, "%s\"%0*zu\"", i == 0 ? "" : ",", code_bytes, i);
    text_add(out, "]},\"cause\":{\"evidence\":[\"");
    for (size_t i = 0; i < 100; i++)
        text_add(out, "0123456789");
    text_add(out, "\"]}}");
}

static size_t sites_of(const struct text *body, int64_t *count, size_t *evidence)
{
    struct js *read = parse(body);
    const struct js *data = js_get(read, "data");
    size_t sites = js_count(js_get(js_get(data, "affected"), "sites"));

    *count = js_i64(js_get(data, "affected"), "count", -1);
    *evidence = js_count(js_get(js_get(data, "cause"), "evidence"));
    js_free(read);
    return sites;
}

static void too_many_sites_are_cut_and_their_count_is_kept(void **state)
{
    static const struct {
        size_t count;
        int code_bytes;
        int name_bytes;
        size_t want_sites;
        size_t want_evidence;
    } rows[] = {
        {50, 13, 10, 50, 1},   {229, 13, 10, 50, 1},   {5000, 13, 10, 50, 1},
        {50, 500, 10, 25, 1},  {50, 5000, 10, 3, 1},   {50, 18000, 10, 1, 1},
        {50, 30000, 10, 0, 1}, {50, 13, 18300, 12, 1}, {50, 13, 19200, 0, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text data = {0}, body = {0};
        size_t evidence;
        int64_t count;

        build_row(&data, rows[i].count, rows[i].code_bytes, rows[i].name_bytes);
        render(*state, "ticket.opened", text_get(&data), &body);
        assert_true(body.bytes < 20000);
        assert_int_equal(sites_of(&body, &count, &evidence), rows[i].want_sites);
        assert_int_equal(count, rows[i].count);
        assert_int_equal(evidence, rows[i].want_evidence);
        text_free(&data);
        text_free(&body);
    }
}

static void what_cannot_be_sent_says_so(void **state)
{
    static const struct {
        const char *type;
        const char *data;
        const char *words;
    } bad[] = {
        {"ticket.opened", "", "data of the notification"},
        {"ticket.opened", "{", "data of the notification"},
        {"ticket.opened", "[]", "no JSON object"},
        {"ticket.opened", "null", "no JSON object"},
        {"poller.blind", "7", "no JSON object"},
    };
    struct text out = {0};
    struct err err = {0};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct notice notice = {
            .type = bad[i].type, .owed = owed, .data = bad[i].data, .base_url = BASE};

        assert_false(notice_render(*state, &notice, &out, &err));
        assert_non_null(strstr(err.text, bad[i].words));
    }
    text_free(&out);
}

static void what_is_too_long_even_without_lists_says_so(void **state)
{
    static const char *const types[] = {"ticket.opened", "digest"};
    struct text data = {0}, out = {0};
    struct err err = {0};

    build_row(&data, 1, 13, 25000);
    for (size_t i = 0; i < 2; i++) {
        struct notice notice = {
            .type = types[i], .owed = owed, .data = text_get(&data), .base_url = BASE};

        assert_false(notice_render(*state, &notice, &out, &err));
        assert_non_null(strstr(err.text, "19999"));
    }
    text_free(&data);
    text_free(&out);
}

static void a_notification_of_another_kind_carries_its_data_as_it_is(void **state)
{
    struct text body = {0};

    render(*state, "poller.blind", "{\"b\": 1, \"a\": {\"c\": null}}", &body);
    assert_string_equal(text_get(&body),
                        "{\"type\":\"poller.blind\",\"timestamp\":\"2026-11-24T01:40:00.123456Z\","
                        "\"data\":{\"b\":1,\"a\":{\"c\":null}}}");
    text_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_and_their_signatures_are_those_of_the_golden_files),
        cmocka_unit_test(the_same_row_gives_the_same_bytes_after_a_restart),
        cmocka_unit_test(an_empty_row_still_has_every_member_as_null),
        cmocka_unit_test(what_is_not_promised_is_not_sent),
        cmocka_unit_test(links_begin_with_the_base_url),
        cmocka_unit_test(only_the_maker_of_links_gives_one),
        cmocka_unit_test(values_of_every_kind_come_through),
        cmocka_unit_test(too_many_sites_are_cut_and_their_count_is_kept),
        cmocka_unit_test(what_cannot_be_sent_says_so),
        cmocka_unit_test(what_is_too_long_even_without_lists_says_so),
        cmocka_unit_test(a_notification_of_another_kind_carries_its_data_as_it_is),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
