/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/web/head_check.h"
#include "tests/unit/head_vectors.h"

/* Feeds in pieces that end at cut, then every step bytes; returns how many were taken. */
static size_t feed(struct head_check *head, const char *bytes, size_t count, size_t cut,
                   size_t step)
{
    size_t taken = 0;

    head_init(head);
    while (taken < count && head->verdict == HEAD_MORE) {
        size_t piece = taken < cut ? cut - taken : step;
        char *copy;

        if (piece > count - taken)
            piece = count - taken;
        copy = malloc(piece); /* exactly as large, so that the sanitizer sees a step too far */
        assert_non_null(copy);
        memcpy(copy, bytes + taken, piece);
        taken += head_feed(head, copy, piece);
        free(copy);
    }
    return taken;
}

/* Where the verdict falls and what was understood, as one text. */
static void describe(const struct head_check *head, size_t taken, struct text *out)
{
    text_clear(out);
    text_addf(out, "verdict=%d status=%d at=%zu", (int)head->verdict, head->status, taken);
    if (!head->has_head)
        return;
    text_addf(out, " %s %s?%s 1.%d keep=%d wants=%zu body=%zu:", head->method, head->path,
              head->query, head->minor, (int)head->keep_alive, head->body_left, head->body.bytes);
    text_add_bytes(out, text_get(&head->body), head->body.bytes);
    for (size_t i = 0; i < head->field_count; i++)
        text_addf(out, " [%s: %s]", head->bytes + head->fields[i].name,
                  head->bytes + head->fields[i].value);
}

static void expect_same(const char *name, const char *bytes, size_t count, size_t cut, size_t step,
                        const struct text *want)
{
    static struct head_check head;
    struct text got = {0};
    size_t taken = feed(&head, bytes, count, cut, step);

    describe(&head, taken, &got);
    if (got.bytes != want->bytes || memcmp(text_get(&got), text_get(want), got.bytes) != 0)
        fail_msg("%s, cut at %zu then by %zu: %s instead of %s", name, cut, step, text_get(&got),
                 text_get(want));
    text_free(&got);
    head_free(&head);
}

static void every_vector_has_its_verdict_however_it_is_cut(void **state)
{
    static struct head_check head;
    struct text want = {0};

    (void)state;
    assert_true(HEAD_VECTOR_COUNT >= 60);
    for (size_t i = 0; i < HEAD_VECTOR_COUNT; i++) {
        const struct head_vector *v = &head_vectors[i];
        size_t taken = feed(&head, v->bytes, v->count, 0, v->count);

        if (head.verdict != (v->status == 0 ? HEAD_WHOLE : HEAD_REFUSED) ||
            head.status != v->status || (v->status == 0 && taken != v->count))
            fail_msg("%s: verdict %d, status %d, %zu of %zu bytes: %s", v->name, (int)head.verdict,
                     head.status, taken, v->count, head.why == NULL ? "" : head.why);
        assert_true(v->status == 0 || head.why != NULL);
        describe(&head, taken, &want);
        head_free(&head);
        expect_same(v->name, v->bytes, v->count, 0, 1, &want);
        for (size_t cut = 1; cut < v->count; cut++)
            expect_same(v->name, v->bytes, v->count, cut, v->count, &want);
    }
    text_free(&want);
}

static void a_request_that_is_cut_off_has_no_verdict_yet(void **state)
{
    static struct head_check head;

    (void)state;
    for (size_t i = 0; i < HEAD_VECTOR_COUNT; i++) {
        const struct head_vector *v = &head_vectors[i];

        for (size_t count = 0; v->status == 0 && count < v->count; count++) {
            assert_int_equal(feed(&head, v->bytes, count, 0, count), count);
            assert_int_equal(head.verdict, HEAD_MORE);
            head_free(&head);
        }
    }
}

/* The verdicts over one connection's bytes, as "200 200 400": 200 is whole. */
static void walk(const char *bytes, size_t count, size_t step, struct text *out)
{
    static struct head_check head;
    size_t taken = 0;

    text_clear(out);
    while (taken < count) {
        taken += feed(&head, bytes + taken, count - taken, 0, step);
        text_addf(out, "%s%s%s ", head.verdict == HEAD_WHOLE ? head.path : "",
                  head.verdict == HEAD_MORE ? "more" : "",
                  head.verdict == HEAD_REFUSED ? "refused" : "");
        head_free(&head);
        if (head.verdict == HEAD_REFUSED)
            return;
    }
}

static void expect_walk(const char *bytes, size_t count, const char *want)
{
    struct text got = {0};

    for (size_t step = 1; step <= count; step++) {
        walk(bytes, count, step, &got);
        assert_string_equal(text_get(&got), want);
    }
    text_free(&got);
}

static void what_stands_behind_a_body_is_the_next_request(void **state)
{
    static const char two[] =
        POST_1 "Content-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: a\r\n\r\n";
    static const char three[] = GET_1 "\r\n" GET_1 "\r\n" GET_1 "\r\n";
    static const char inside[] = POST_1 "Content-Length: 35\r\n\r\n" GET_LATER;
    static const char rest[] =
        POST_1 "Content-Length: 3\r\n\r\nabc\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
    static const char bad[] = GET_1 "\r\nGET /b HTTP/1.1\r\nHost : a\r\n\r\n" GET_LATER;
    static const char cut[] = GET_1 "\r\nGET /b HTT";

    (void)state;
    expect_walk(two, sizeof two - 1, "/echo /b ");
    expect_walk(three, sizeof three - 1, "/hello /hello /hello ");
    expect_walk(inside, sizeof inside - 1, "/echo ");
    expect_walk(rest, sizeof rest - 1, "/echo refused ");
    expect_walk(bad, sizeof bad - 1, "/hello refused ");
    expect_walk(cut, sizeof cut - 1, "/hello more ");
}

/* before, count times filler, behind */
static void build(struct text *out, const char *before, const char *filler, size_t count,
                  const char *behind)
{
    text_clear(out);
    text_add(out, before);
    for (size_t i = 0; i < count; i++)
        text_add(out, filler);
    text_add(out, behind);
}

static void expect_status(const struct text *bytes, int status)
{
    static struct head_check head;
    size_t steps[] = {1, 7, 4096, bytes->bytes};

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        feed(&head, text_get(bytes), bytes->bytes, 0, steps[i]);
        assert_int_equal(head.verdict, status == 0 ? HEAD_WHOLE : HEAD_REFUSED);
        assert_int_equal(head.status, status);
        head_free(&head);
    }
}

static void an_address_has_2048_bytes_at_most(void **state)
{
    struct text bytes = {0};

    (void)state;
    build(&bytes, "GET /", "a", HEAD_TARGET_MAX - 1, " HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_status(&bytes, 0);
    build(&bytes, "GET /", "a", HEAD_TARGET_MAX, " HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_status(&bytes, 414);
    build(&bytes, "GET /", "a", 100000, "");
    expect_status(&bytes, 414);
    build(&bytes, "", "A", 100000, "");
    expect_status(&bytes, 414);
    text_free(&bytes);
}

static void a_head_has_8192_bytes_at_most(void **state)
{
    static const char before[] = GET_1 "X: ";
    size_t filler = HEAD_BYTES_MAX - (sizeof before - 1) - 4;
    struct text bytes = {0};

    (void)state;
    build(&bytes, before, "a", filler, "\r\n\r\n");
    assert_int_equal(bytes.bytes, HEAD_BYTES_MAX);
    expect_status(&bytes, 0);
    build(&bytes, before, "a", filler + 1, "\r\n\r\n");
    expect_status(&bytes, 431);
    build(&bytes, GET_1, "\r\n", 0, "");
    for (size_t i = 0; i < 63; i++)
        text_addf(&bytes, "Xx%02zu: %0122d\r\n", i, 0);
    text_add(&bytes, "\r\n");
    expect_status(&bytes, 431);
    build(&bytes, before, "a", 100000, "");
    expect_status(&bytes, 431);
    text_free(&bytes);
}

static void a_head_has_64_fields_at_most(void **state)
{
    struct text bytes = {0};

    (void)state;
    build(&bytes, GET_1, "X: y\r\n", HEAD_FIELDS_MAX - 1, "\r\n");
    expect_status(&bytes, 0);
    build(&bytes, GET_1, "X: y\r\n", HEAD_FIELDS_MAX, "\r\n");
    expect_status(&bytes, 431);
    text_free(&bytes);
}

static void a_body_has_65536_bytes_at_most(void **state)
{
    struct text bytes = {0};

    (void)state;
    build(&bytes, POST_1 "Content-Length: 65536\r\n\r\n", "b", HEAD_BODY_MAX, "");
    expect_status(&bytes, 0);
    build(&bytes, POST_1 "Content-Length: 65537\r\n\r\n", "b", HEAD_BODY_MAX + 1, "");
    expect_status(&bytes, 413);
    build(&bytes, POST_1 "Content-Length: ", "9", 4000, "\r\n\r\n");
    expect_status(&bytes, 413);
    text_free(&bytes);
}

static void whole(struct head_check *head, const char *bytes)
{
    size_t count = strlen(bytes);

    assert_int_equal(feed(head, bytes, count, 0, count), count);
    assert_int_equal(head->verdict, HEAD_WHOLE);
}

static void a_request_is_understood(void **state)
{
    static struct head_check head;

    (void)state;
    whole(&head, "POST /t/a%20b%C3%A9?x=%20y?z HTTP/1.1\r\nHost: a\r\nContent-LENGTH: 3\r\n"
                 "X-F: one\r\nx-f:  two \r\n\r\na=b");
    assert_string_equal(head.method, "POST");
    assert_string_equal(head.path, "/t/a b\303\251");
    assert_string_equal(head.query, "x=%20y?z");
    assert_string_equal(text_get(&head.body), "a=b");
    assert_string_equal(head_find(&head, "X-f"), "one");
    assert_string_equal(head_find_last(&head, "X-F"), "two");
    assert_null(head_find(&head, "X-G"));
    assert_null(head_find_last(&head, "X-G"));
    head_free(&head);
}

static void a_connection_is_kept_as_both_sides_wish(void **state)
{
    static const struct {
        const char *bytes;
        bool keeps;
    } rows[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade , Close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
        {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false},
    };
    static struct head_check head;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        whole(&head, rows[i].bytes);
        assert_int_equal(head.keep_alive, rows[i].keeps);
        head_free(&head);
    }
}

static void a_body_that_waits_for_leave_is_noticed(void **state)
{
    static struct head_check head;

    (void)state;
    whole(&head, POST_1 "Content-Length: 3\r\nExpect: 100-Continue\r\n\r\nabc");
    assert_true(head.expects_continue);
    head_free(&head);
    whole(&head, POST_1 "Content-Length: 0\r\nExpect: 100-continue\r\n\r\n");
    assert_false(head.expects_continue);
    head_free(&head);
    whole(&head, "POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\na");
    assert_false(head.expects_continue);
    head_free(&head);
}

static void nothing_is_taken_after_the_verdict(void **state)
{
    static struct head_check head;

    (void)state;
    whole(&head, GET_1 "\r\n");
    assert_int_equal(head_feed(&head, "x", 1), 0);
    assert_int_equal(head.verdict, HEAD_WHOLE);
    head_free(&head);
    feed(&head, "\n", 1, 0, 1);
    assert_int_equal(head.status, 400);
    assert_int_equal(head_feed(&head, GET_1, 5), 0);
    assert_int_equal(head.status, 400);
    head_free(&head);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_has_its_verdict_however_it_is_cut),
        cmocka_unit_test(a_request_that_is_cut_off_has_no_verdict_yet),
        cmocka_unit_test(what_stands_behind_a_body_is_the_next_request),
        cmocka_unit_test(an_address_has_2048_bytes_at_most),
        cmocka_unit_test(a_head_has_8192_bytes_at_most),
        cmocka_unit_test(a_head_has_64_fields_at_most),
        cmocka_unit_test(a_body_has_65536_bytes_at_most),
        cmocka_unit_test(a_request_is_understood),
        cmocka_unit_test(a_connection_is_kept_as_both_sides_wish),
        cmocka_unit_test(a_body_that_waits_for_leave_is_noticed),
        cmocka_unit_test(nothing_is_taken_after_the_verdict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
