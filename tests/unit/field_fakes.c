/* SPDX-License-Identifier: ISC */
#include "tests/unit/field_fakes.h"

#include <stdio.h>
#include <string.h>

#include "daemon/loop.h"
#include "daemon/web/field.h"
#include "daemon/web/link_token.h"
#include "daemon/web/page.h"
#include "tests/unit/field_fixtures.h"

/* -- the request and its answer -- */

struct web_request request;
static const char key[LINK_KEY_BYTES] = "0123456789abcdef0123456789abcde";
static struct config config = {.locale_language = "en", .web_base_url = "https://k.example"};
static char read_side, work_side;
struct web_world world = {.work = (struct pg_conn *)&work_side,
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

static struct {
    enum asked what;
    void *arg;
    store_link_cb *on_link;
    store_json_cb *on_json;
} pending;

char asked[FAKE_ASKED_MAX]; /* all statements since the request, with what they said */

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

char acted[FAKE_BODY_MAX];

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

void answer_link(enum store_link link)
{
    assert_int_equal(pending.what, ASKED_LINK);
    pending.what = 0;
    pending.on_link(&fine, link, "id", pending.arg);
}

void answer_json(enum asked what, const char *json)
{
    assert_int_equal(pending.what, what);
    pending.what = 0;
    pending.on_json(&fine, json, pending.arg);
}

void answer_trouble(enum store_rc rc, const char *sqlstate)
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

void token_for(int64_t expires_in_s, char out[256])
{
    struct link_words words = {.ticket = 123,
                               .party = "cv-lawu-net",
                               .generation = 1,
                               .expires = wall_add_ms(FIELD_NOW, expires_in_s * 1000)};
    char token[LINK_TOKEN_MAX];

    assert_true(link_token_make(key, sizeof key, &words, token));
    snprintf(out, 256, "%s", token);
}

void fresh(enum web_method method)
{
    text_free(&request.page);
    request = (struct web_request){.method = method, .query = ""};
    token_for(3600, request.star);
    asked[0] = acted[0] = '\0';
    pending.what = 0;
}

void header(const char *name, const char *value)
{
    size_t i = 0;

    while (request.headers[i][0] != NULL)
        i++;
    request.headers[i][0] = name;
    request.headers[i][1] = value;
}

void go(void)
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

void get(const char *query)
{
    fresh(WEB_GET);
    request.query = query;
    go();
}

void fill_in(const char *body)
{
    fresh(WEB_POST);
    header("Content-Type", "application/x-www-form-urlencoded");
    snprintf(request.body, sizeof request.body, "%s", body);
}

void post(const char *body)
{
    fill_in(body);
    go();
}

void wants(const char *words)
{
    if (strstr(text_get(&request.page), words) == NULL)
        fail_msg("%d, not there: %s in %s", request.status, words, text_get(&request.page));
}

void ends_as(int status)
{
    assert_int_equal(pending.what, 0);
    assert_int_equal(request.replies, 1);
    assert_int_equal(request.status, status);
}

int set_up(void **state)
{
    struct err err = {0};

    (void)state;
    words_set_zone("Asia/Jakarta");
    world.pages = pages_new(&err);
    return world.pages == NULL;
}

int tear_down(void **state)
{
    (void)state;
    text_free(&request.page);
    pages_free(world.pages);
    return 0;
}
