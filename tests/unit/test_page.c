/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/web/assets.h"
#include "daemon/web/digest.h"
#include "daemon/web/page.h"

#define STYLE_BYTES_MAX ((size_t)3072)

static int set_up(void **state)
{
    struct err err = {0};

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

static const char *header_of(const struct web_answer *answer, const char *name)
{
    for (size_t i = 0; i < WEB_HEADERS_MAX && answer->headers[i].name != NULL; i++)
        if (strcmp(answer->headers[i].name, name) == 0)
            return answer->headers[i].value;
    fail_msg("no %s", name);
    return NULL;
}

static void render(const struct pages *pages, enum words_language language,
                   struct web_answer *answer)
{
    struct js *context = js_object();

    *answer = (struct web_answer){.status = 404};
    js_set_text(context, "title", "<b>");
    js_set_text(context, "text", "\"a\" & 'b'");
    pages_answer(pages, "message.html", language, context, answer);
    js_free(context);
}

static void a_page_brings_its_headers(void **state)
{
    struct web_answer answer;

    render(*state, WORDS_ID, &answer);
    assert_int_equal(answer.status, 404);
    assert_string_equal(answer.content_type, "text/html; charset=utf-8");
    assert_string_equal(header_of(&answer, "Referrer-Policy"), "no-referrer");
    assert_string_equal(header_of(&answer, "Cache-Control"), "no-store");
    assert_string_equal(header_of(&answer, "Content-Language"), "id");
    assert_string_equal(header_of(&answer, "Content-Security-Policy"), pages_csp(*state));
    text_free(&answer.body);
}

static void the_policy_allows_the_stylesheet_that_is_in_the_page_and_nothing_else(void **state)
{
    unsigned char digest[DIGEST_BYTES];
    char printed[DIGEST_BASE64_MAX(DIGEST_BYTES)];
    struct web_answer answer;
    struct text want = {0};
    const char *style, *end;

    render(*state, WORDS_EN, &answer);
    style = strstr(text_get(&answer.body), "<style>");
    end = strstr(text_get(&answer.body), "</style>");
    assert_non_null(style);
    assert_non_null(end);
    style += strlen("<style>");
    digest_sha256(style, (size_t)(end - style), digest);
    digest_base64(digest, sizeof digest, printed);
    text_addf(&want, "'sha256-%s'", printed);
    assert_non_null(strstr(pages_csp(*state), text_get(&want)));
    assert_memory_equal(pages_csp(*state), "default-src 'none'; style-src 'sha256-", 38);
    assert_non_null(
        strstr(pages_csp(*state), "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"));
    assert_null(strstr(pages_csp(*state), "unsafe"));
    assert_null(strstr(pages_csp(*state), "script"));
    text_free(&want);
    text_free(&answer.body);
}

static void texts_are_escaped_and_the_other_language_is_offered(void **state)
{
    struct web_answer id, en;

    render(*state, WORDS_ID, &id);
    render(*state, WORDS_EN, &en);
    assert_non_null(strstr(text_get(&id.body), "<html lang=\"id\">"));
    assert_non_null(strstr(text_get(&en.body), "<html lang=\"en\">"));
    assert_non_null(strstr(text_get(&id.body), "<h1>&lt;b&gt;</h1>"));
    assert_non_null(strstr(text_get(&id.body), "&quot;a&quot; &amp; &#39;b&#39;"));
    text_free(&id.body);
    text_free(&en.body);
}

static void a_page_without_bounds_is_an_error_in_words(void **state)
{
    struct web_answer answer = {.status = 200};
    struct js *context = js_object();
    char *text = calloc(1, 2 * 1024 * 1024);

    assert_non_null(text);
    memset(text, '&', 2 * 1024 * 1024 - 1);
    js_set_text(context, "text", text);
    pages_answer(*state, "message.html", WORDS_ID, context, &answer);
    assert_int_equal(answer.status, 500);
    assert_null(answer.content_type);
    assert_string_equal(text_get(&answer.body), "This page is too long to be shown.\n");
    text_free(&answer.body);
    js_free(context);
    free(text);
}

/* A page is one request and runs nothing; the policy would stop it, and the page would be broken.
 */
static void no_template_wants_more_than_one_request(void **state)
{
    static const char *const banned[] = {
        "<script",    "<img",    "<link",  "<iframe",  "<object", "<embed",
        "<image",     "<use",    "xlink:", " src=",    " style=", "javascript:",
        "http-equiv", "@import", "url(",   " onclick", " onload", " onsubmit"};
    size_t looked_at = 0;

    (void)state;
    for (const struct web_asset *asset = web_assets; asset->name != NULL; asset++) {
        if (strstr(asset->name, ".mo") != NULL)
            continue;
        looked_at++;
        for (size_t i = 0; i < sizeof banned / sizeof *banned; i++)
            if (strcasestr(asset->bytes, banned[i]) != NULL)
                fail_msg("%s: %s", asset->name, banned[i]);
    }
    assert_true(looked_at > 3);
}

static void each_stylesheet_is_small(void **state)
{
    (void)state;
    assert_non_null(web_asset_find("style.css"));
    for (const struct web_asset *asset = web_assets; asset->name != NULL; asset++)
        if (strstr(asset->name, ".css") != NULL)
            assert_true(asset->count < STYLE_BYTES_MAX);
}

static void base64_is_that_of_rfc_4648(void **state)
{
    static const struct {
        const char *bytes;
        const char *plain;
        const char *url;
    } rows[] = {{"", "", ""},
                {"f", "Zg==", "Zg"},
                {"fo", "Zm8=", "Zm8"},
                {"foo", "Zm9v", "Zm9v"},
                {"foob", "Zm9vYg==", "Zm9vYg"},
                {"fooba", "Zm9vYmE=", "Zm9vYmE"},
                {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
                {"\xfb\xff\xbe", "+/++", "-_--"}};
    static const char *const bad[] = {"Z", "Zh", "Zm9", "Zg==", "Zm9v+", "Z g", "Zm9vY", "Zm9vYh"};
    char out[16];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t count = sizeof out;

        digest_base64(rows[i].bytes, strlen(rows[i].bytes), out);
        assert_string_equal(out, rows[i].plain);
        digest_base64url(rows[i].bytes, strlen(rows[i].bytes), out);
        assert_string_equal(out, rows[i].url);
        assert_true(digest_base64url_read(rows[i].url, out, &count));
        assert_int_equal(count, strlen(rows[i].bytes));
        assert_memory_equal(out, rows[i].bytes, count);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t count = sizeof out;

        if (digest_base64url_read(bad[i], out, &count))
            fail_msg("%s", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_brings_its_headers),
        cmocka_unit_test(the_policy_allows_the_stylesheet_that_is_in_the_page_and_nothing_else),
        cmocka_unit_test(texts_are_escaped_and_the_other_language_is_offered),
        cmocka_unit_test(a_page_without_bounds_is_an_error_in_words),
        cmocka_unit_test(no_template_wants_more_than_one_request),
        cmocka_unit_test(each_stylesheet_is_small),
        cmocka_unit_test(base64_is_that_of_rfc_4648),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
