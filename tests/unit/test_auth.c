/* SPDX-License-Identifier: ISC */
/*
 * Who is let in, against fakes of the server in front and of the database behind: what a stranger
 * sends costs nobody else his way in, and costs the database little.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/loop.h"
#include "daemon/web/api_token.h"
#include "daemon/web/auth.h"
#include "daemon/web/world.h"
#include "sql/store_api.h"

struct web_request {
    const char *authorization;
    const char *client;
    int status;
    size_t replies;
    char retry_after[16];
};

static struct mono now = {INT64_C(1000) * US_PER_S};
static struct web_world world;
static char good[API_TOKEN_MAX], second[API_TOKEN_MAX];
static char good_hash[API_TOKEN_HASH_MAX], second_hash[API_TOKEN_HASH_MAX];
static bool good_is_good;
static size_t asked;  /* of the database */
static size_t let_in; /* requests that were let go on */

struct mono loop_mono(const struct loop *loop)
{
    (void)loop;
    return now;
}

struct wall loop_wall(const struct loop *loop)
{
    (void)loop;
    return (struct wall){INT64_C(1795504620) * US_PER_S};
}

const char *web_header(const struct web_request *request, const char *name)
{
    return strcmp(name, "Authorization") == 0 ? request->authorization : NULL;
}

const char *web_client(const struct web_request *request)
{
    return request->client;
}

void web_reply(struct web_request *request, const struct web_answer *answer)
{
    request->replies++;
    request->status = answer->status;
    for (size_t i = 0; i < WEB_HEADERS_MAX && answer->headers[i].name != NULL; i++)
        if (strcmp(answer->headers[i].name, "Retry-After") == 0)
            snprintf(request->retry_after, sizeof request->retry_after, "%s",
                     answer->headers[i].value);
}

void store_token_check(struct pg_conn *read_side, const char *hash, struct wall at,
                       store_json_cb *cb, void *arg)
{
    static const struct store_status fine = {.rc = STORE_OK, .words = ""};
    bool known = strcmp(hash, second_hash) == 0 || (good_is_good && strcmp(hash, good_hash) == 0);

    (void)read_side;
    (void)at;
    asked++;
    cb(&fine,
       known ? "{\"id\":1,\"role\":\"staff\",\"party\":null,\"seconds\":86400,"
               "\"label\":\"panel\"}"
             : NULL,
       arg);
}

static void go(struct web_request *request, const struct auth_who *who, void *arg)
{
    static const struct web_answer fine = {.status = 200};

    (void)arg;
    assert_int_equal(who->role, AUTH_STAFF);
    let_in++;
    web_reply(request, &fine);
}

/* The status of a request with that token, NULL: with none. */
static int ask_from(const char *client, const char *token)
{
    char header[128];
    struct web_request request = {.client = client};

    snprintf(header, sizeof header, "Bearer %s", token == NULL ? "" : token);
    request.authorization = token == NULL ? NULL : header;
    auth_require(&request, &world, AUTH_ALL, go, NULL);
    assert_int_equal(request.replies, 1);
    assert_int_equal(request.retry_after[0] != '\0', request.status == 429);
    return request.status;
}

static int ask(const char *token)
{
    return ask_from("192.0.2.1", token);
}

/* Well formed, and nobody's. */
static int guess(void)
{
    char token[API_TOKEN_MAX];

    api_token_make(token);
    return ask(token);
}

static int fresh(void **state)
{
    (void)state;
    auth_free(world.auth);
    world.auth = auth_new(NULL);
    good_is_good = true;
    asked = let_in = 0;
    api_token_make(good);
    api_token_make(second);
    return !api_token_hash(good, good_hash) || !api_token_hash(second, second_hash);
}

static int tear_down(void **state)
{
    (void)state;
    auth_free(world.auth);
    world.auth = NULL;
    return 0;
}

static void requests_without_a_token_lock_nobody_out(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(ask(i % 2 == 0 ? NULL : "none of ours"), 401);
    assert_int_equal(asked, 0);
    assert_int_equal(ask(good), 200);
}

static void unknown_tokens_soon_cost_the_database_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        assert_int_equal(guess(), 401);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(guess(), 429);
    assert_int_equal(asked, 20);
    now = mono_add_ms(now, 3000);
    assert_int_equal(guess(), 401); /* one is forgiven */
    assert_int_equal(guess(), 429);
    now = mono_add_ms(now, 3600 * 1000);
    for (int i = 0; i < 20; i++)
        assert_int_equal(guess(), 401); /* an hour forgives all, and no more than all */
    assert_int_equal(guess(), 429);
    assert_int_equal(asked, 41);
}

static void a_good_token_is_not_refused_for_what_others_send(void **state)
{
    (void)state;
    assert_int_equal(ask(good), 200);
    for (int i = 0; i < 30; i++)
        guess();
    assert_int_equal(guess(), 429);
    assert_int_equal(ask(good), 200);
    /* Nor once the minute in which it was remembered is over. */
    now = mono_add_ms(now, 61 * 1000);
    for (int i = 0; i < 60; i++)
        guess();
    assert_int_equal(guess(), 429);
    assert_int_equal(ask(good), 200);
    assert_int_equal(ask_from("192.0.2.2", second), 200);
}

static void a_good_token_is_asked_for_once_a_minute(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(ask(good), 200);
    assert_int_equal(asked, 1);
    now = mono_add_ms(now, 61 * 1000);
    for (int i = 0; i < 10; i++)
        assert_int_equal(ask(good), 200);
    assert_int_equal(asked, 2);
    assert_int_equal(let_in, 20);
}

/* Revoked: whoever goes on sending it is a stranger like any other. */
static void a_token_that_was_good_once_is_bounded_too(void **state)
{
    (void)state;
    assert_int_equal(ask(good), 200);
    good_is_good = false;
    now = mono_add_ms(now, 61 * 1000);
    for (int i = 0; i < 20; i++)
        assert_int_equal(ask(good), 401);
    for (int i = 0; i < 100; i++)
        assert_int_equal(ask(good), 429);
    assert_int_equal(asked, 21);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(requests_without_a_token_lock_nobody_out, fresh),
        cmocka_unit_test_setup(unknown_tokens_soon_cost_the_database_nothing, fresh),
        cmocka_unit_test_setup(a_good_token_is_not_refused_for_what_others_send, fresh),
        cmocka_unit_test_setup(a_good_token_is_asked_for_once_a_minute, fresh),
        cmocka_unit_test_setup(a_token_that_was_good_once_is_bounded_too, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, tear_down);
}
