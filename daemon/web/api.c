/* SPDX-License-Identifier: ISC */
#include "daemon/web/api.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/json.h"
#include "daemon/loop.h"
#include "daemon/web/auth.h"
#include "daemon/web/digest.h"
#include "daemon/web/form.h"
#include "daemon/web/history_span.h"
#include "daemon/web/problem.h"
#include "daemon/web/world.h"
#include "sql/store_api.h"
#include "sql/store_page.h"

#define PAGE_DEFAULT      100
#define PAGE_MOST         500
#define KEY_MAX_BYTES     64
#define ETAG_DIGEST_BYTES 12
#define ETAG_MAX          72

static void reply_json(struct web_request *request, int status, const char *json,
                       const struct web_header *headers)
{
    struct web_answer answer = {.status = status, .content_type = "application/json"};

    for (size_t i = 0; headers != NULL && headers[i].name != NULL && i < WEB_HEADERS_MAX; i++)
        answer.headers[i] = headers[i];
    text_add(&answer.body, json);
    web_reply(request, &answer);
    text_free(&answer.body);
}

/* Whatever SQL answered, as it is; none of it: 404, whether it is another's or nobody's. */
static void on_json(const struct store_status *status, const char *json, void *arg)
{
    struct web_request *request = arg;

    if (status->rc != STORE_OK)
        problem_reply_store(request, status);
    else if (json == NULL)
        problem_reply(request, 404, "KT404", "There is no such thing for you here.", NULL);
    else
        reply_json(request, 200, json, NULL);
}

/* ---- tickets ---- */

/* False: it was answered what is wrong with the query. */
static bool read_wanted(struct web_request *request, const struct form *query,
                        struct store_tickets_wanted *wanted)
{
    const char *limit = form_get(query, "limit");
    const char *before = form_get(query, "before");

    *wanted = (struct store_tickets_wanted){
        .state = form_get(query, "state"), .site = form_get(query, "site"), .limit = PAGE_DEFAULT};
    if (wanted->state == NULL)
        wanted->state = "open";
    if (limit != NULL && !text_i64(limit, 1, PAGE_MOST, &wanted->limit)) {
        problem_reply(request, 400, NULL, "limit is a number from 1 to 500.", NULL);
        return false;
    }
    if (before != NULL && !text_i64(before, 1, INT64_MAX, &wanted->before)) {
        problem_reply(request, 400, NULL, "before is the `next` of the page before.", NULL);
        return false;
    }
    return true;
}

static void list_tickets(struct web_request *request, const struct auth_who *who, void *arg)
{
    struct web_world *world = arg;
    const char *query = web_query(request);
    struct store_tickets_wanted wanted;
    struct form form;
    struct err err;

    if (!form_parse(query, strlen(query), &form, &err)) {
        problem_reply(request, 400, NULL, err.text, NULL);
        return;
    }
    if (read_wanted(request, &form, &wanted)) {
        wanted.party = auth_party(who);
        store_api_tickets(world->read, &wanted, on_json, request);
    }
    form_free(&form);
}

/*
 * "ID-SEQ-DIGEST", RFC 9110 section 8.8.3: the digest is of all that is shown, for the engine adds
 * to a ticket what moves no seq (the link is back, it was delivered); If-Match looks at the seq,
 * which every act moves.
 */
static void print_etag(const char *json, char out[ETAG_MAX])
{
    unsigned char digest[DIGEST_BYTES];
    char text[DIGEST_BASE64_MAX(ETAG_DIGEST_BYTES)];
    struct js *ticket = js_parse(json, strlen(json), NULL);

    digest_sha256(json, strlen(json), digest);
    digest_base64url(digest, ETAG_DIGEST_BYTES, text);
    snprintf(out, ETAG_MAX, "\"%" PRId64 "-%" PRId64 "-%s\"", js_i64(ticket, "id", 0),
             js_i64(ticket, "seq", 0), text);
    js_free(ticket);
}

/* Compared weakly, as RFC 9110 section 13.1.2 has it: a proxy that compresses makes it W/"…". */
static bool is_seen(const char *none_match, const char *etag)
{
    return none_match != NULL && (strcmp(none_match, "*") == 0 || strstr(none_match, etag) != NULL);
}

static void on_ticket(const struct store_status *status, const char *json, void *arg)
{
    struct web_request *request = arg;
    char etag[ETAG_MAX];
    struct web_header headers[] = {{"ETag", etag}, {NULL, NULL}};

    if (status->rc != STORE_OK || json == NULL) {
        on_json(status, json, request);
        return;
    }
    print_etag(json, etag);
    if (is_seen(web_header(request, "If-None-Match"), etag)) {
        struct web_answer same = {.status = 304, .headers = {{"ETag", etag}}};

        web_reply(request, &same);
        return;
    }
    reply_json(request, 200, json, headers);
}

static void show_ticket(struct web_request *request, const struct auth_who *who, void *arg)
{
    struct web_world *world = arg;

    store_api_ticket(world->read, web_star(request), auth_party(who), loop_wall(world->loop),
                     on_ticket, request);
}

/* ---- acts ---- */

/* What somebody wants to do, read from the body and the headers; owned by read_act()'s caller. */
struct wanted_act {
    char action[16];
    struct text args;
};

static const char *const acts[] = {"accept", "decline", "onsite", "claim",
                                   "close",  "cancel",  "note"};

static bool is_act(const char *action)
{
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (strcmp(action, acts[i]) == 0)
            return true;
    return false;
}

/* Of our own ETag, W/ or not, the seq; whatever else stands there is none of ours. */
static bool add_if_match(struct web_request *request, struct js *args)
{
    const char *match = web_header(request, "If-Match");
    const char *quote = match == NULL ? NULL : strchr(match, '"');
    size_t id = quote == NULL ? 0 : strspn(quote + 1, "0123456789");
    char number[16] = "";
    size_t digits;
    int64_t seq;

    if (match == NULL || strcmp(match, "*") == 0)
        return true;
    if (id == 0 || quote[1 + id] != '-')
        return false;
    quote += 1 + id + 1;
    digits = strspn(quote, "0123456789");
    if (digits >= sizeof number || (quote[digits] != '-' && quote[digits] != '"'))
        return false;
    memcpy(number, quote, digits);
    if (!text_i64(number, 1, INT32_MAX, &seq))
        return false;
    js_set_i64(args, "seq", seq);
    return true;
}

static bool wrong_act(struct web_request *request, int status, const char *detail)
{
    problem_reply(request, status, NULL, detail, NULL);
    return false;
}

/* What the body may have, openapi.yaml's Act. arg: its name among the arguments of ticket_act. */
static const struct act_member {
    const char *name;
    const char *arg;
    enum js_kind kind;
} act_members[] = {{"action", NULL, JS_TEXT},
                   {"cause", "cause", JS_TEXT},
                   {"action_code", "action", JS_TEXT},
                   {"note", "note", JS_TEXT},
                   {"seq", "seq", JS_INTEGER}};

/* Takes one member, or answers which it is that is wrong: what is passed over in silence is acted
 * on as if it had not been said. */
static bool take_member(struct web_request *request, const char *name, const struct js *value,
                        struct js *args)
{
    char words[128];

    for (size_t i = 0; i < sizeof act_members / sizeof act_members[0]; i++) {
        const struct act_member *member = &act_members[i];
        bool is_seq = member->kind == JS_INTEGER;

        if (strcmp(member->name, name) != 0)
            continue;
        if (js_kind(value) != member->kind || (is_seq && js_as_i64(value, 0) < 1)) {
            snprintf(words, sizeof words, "`%s` is %s.", name,
                     is_seq ? "a whole number from 1 on" : "a string");
            return wrong_act(request, 422, words);
        }
        if (member->arg != NULL)
            js_set(args, member->arg, js_copy(value));
        return true;
    }
    snprintf(words, sizeof words, "There is no member `%.40s`. Those that there are: action, %s.",
             name, "cause, action_code, note, seq");
    return wrong_act(request, 422, words);
}

static bool take_members(struct web_request *request, const struct js *body, struct js *args)
{
    const struct js *value;
    const char *name;

    for (size_t i = 0; (value = js_member(body, i, &name)) != NULL; i++)
        if (!take_member(request, name, value, args))
            return false;
    return is_act(js_text(body, "action", "")) ||
           wrong_act(request, 422,
                     "`action` is one of accept, decline, onsite, claim, close, cancel, note.");
}

static bool add_headers(struct web_request *request, struct js *args)
{
    const char *key = web_header(request, "Idempotency-Key");

    if (key != NULL && (*key == '\0' || strlen(key) > KEY_MAX_BYTES))
        return wrong_act(request, 400, "Idempotency-Key has 1 to 64 characters.");
    if (key != NULL)
        js_set_text(args, "key", key);
    return add_if_match(request, args) ||
           wrong_act(request, 400, "If-Match holds the ETag of the ticket.");
}

/* False: it was answered what is wrong. */
static bool fill_act(struct web_request *request, const struct js *body, struct wanted_act *wanted)
{
    struct js *args = js_object();
    bool good;

    if (js_kind(body) != JS_OBJECT)
        good = wrong_act(request, 422, "The body is an object: {\"action\": …}.");
    else
        good = take_members(request, body, args) && add_headers(request, args);
    if (good)
        text_copy(wanted->action, sizeof wanted->action, js_text(body, "action", ""));
    js_print(args, 0, &wanted->args);
    js_free(args);
    return good;
}

static bool read_act(struct web_request *request, struct wanted_act *wanted)
{
    size_t bytes;
    const char *text = web_body(request, &bytes);
    struct err err = {0};
    struct js *body;
    bool good;

    if (!web_has_type(request, "application/json"))
        return wrong_act(request, 415, "The body is application/json.");
    body = js_parse(text, bytes, &err);
    if (body == NULL)
        return wrong_act(request, 400, err.text);
    good = fill_act(request, body, wanted);
    js_free(body);
    return good;
}

/* An act whose answer is awaited. */
struct acting {
    struct web_request *request;
    const struct web_world *world;
    struct auth_who who;
    char sqlstate[6]; /* of SQL's refusal, and its words */
    struct text words;
};

static void on_looked(const struct store_status *status, const char *json, void *arg)
{
    struct acting *acting = arg;
    struct store_status refusal = {.rc = STORE_REFUSED, .words = text_get(&acting->words)};

    memcpy(refusal.sqlstate, acting->sqlstate, sizeof refusal.sqlstate);
    if (status->rc == STORE_OK && json != NULL)
        problem_reply_store(acting->request, &refusal);
    else
        on_json(status, json, acting->request);
    text_free(&acting->words);
    free(acting);
}

/* Why an act is refused is for those who can see the ticket. To others it is not there, as when
 * they look, whether it is another's or nobody's and whatever they said. */
static void on_acted(const struct store_status *status, const char *json, void *arg)
{
    struct acting *acting = arg;

    if (status->rc == STORE_REFUSED && auth_party(&acting->who) != NULL) {
        memcpy(acting->sqlstate, status->sqlstate, sizeof acting->sqlstate);
        text_add(&acting->words, status->words);
        store_api_ticket(acting->world->read, web_star(acting->request), auth_party(&acting->who),
                         loop_wall(acting->world->loop), on_looked, acting);
        return;
    }
    on_json(status, json, acting->request);
    free(acting);
}

static struct acting *acting_new(struct web_request *request, const struct web_world *world,
                                 const struct auth_who *who)
{
    struct acting *acting = calloc(1, sizeof *acting);

    if (acting == NULL)
        abort();
    *acting = (struct acting){.request = request, .world = world, .who = *who};
    return acting;
}

static void act(struct web_request *request, const struct auth_who *who, void *arg)
{
    struct web_world *world = arg;
    struct wanted_act wanted = {0};
    char actor[64];
    struct store_act call = {.ticket = web_star(request),
                             .action = wanted.action,
                             .actor = actor,
                             .party = auth_party(who)};

    snprintf(actor, sizeof actor, "token:%" PRId64, who->token);
    if (read_act(request, &wanted)) {
        call.args = text_get(&wanted.args);
        store_ticket_act(world->work, &call, loop_wall(world->loop), on_acted,
                         acting_new(request, world, who));
    }
    text_free(&wanted.args);
}

/* ---- sites ---- */

static void list_sites(struct web_request *request, const struct auth_who *who, void *arg)
{
    struct web_world *world = arg;

    store_api_sites(world->read, auth_party(who), NULL, loop_wall(world->loop), on_json, request);
}

static void on_site(const struct store_status *status, const char *json, void *arg)
{
    struct js *sites =
        status->rc == STORE_OK && json != NULL ? js_parse(json, strlen(json), NULL) : NULL;
    struct text one = {0};

    if (js_count(sites) == 1)
        js_print(js_at(sites, 0), 0, &one);
    on_json(status, js_count(sites) == 1 ? text_get(&one) : NULL, arg);
    text_free(&one);
    js_free(sites);
}

static void show_site(struct web_request *request, const struct auth_who *who, void *arg)
{
    struct web_world *world = arg;

    store_api_sites(world->read, auth_party(who), web_star(request), loop_wall(world->loop),
                    on_site, request);
}

/* A history may be two years of two dozen readings, and takes a quarter of a second then on the
 * connection that every page waits for: no more than these go ahead of a page. */
#define COURSES_MOST 2

struct course {
    struct web_world *world;
    struct web_request *request;
};

/* A step ends every five minutes at the most; who draws it for many asks once a minute. */
static void reply_course(struct web_request *request, const struct store_status *status,
                         const char *json)
{
    unsigned char digest[DIGEST_BYTES];
    char text[DIGEST_BASE64_MAX(ETAG_DIGEST_BYTES)], etag[ETAG_MAX];
    struct web_header headers[] = {
        {"ETag", etag}, {"Cache-Control", "private, max-age=60"}, {NULL, NULL}};

    if (status->rc != STORE_OK || json == NULL) {
        on_json(status, json, request);
        return;
    }
    digest_sha256(json, strlen(json), digest);
    digest_base64url(digest, ETAG_DIGEST_BYTES, text);
    snprintf(etag, sizeof etag, "\"%s\"", text);
    if (is_seen(web_header(request, "If-None-Match"), etag)) {
        struct web_answer same = {.status = 304, .headers = {headers[0], headers[1]}};

        web_reply(request, &same);
        return;
    }
    reply_json(request, 200, json, headers);
}

static void on_course(const struct store_status *status, const char *json, void *arg)
{
    struct course course = *(struct course *)arg;

    free(arg);
    course.world->courses--;
    reply_course(course.request, status, json);
}

static void ask_course(struct web_world *world, struct web_request *request,
                       const struct store_course_wanted *wanted, struct wall now)
{
    static const struct web_header soon[] = {{"Retry-After", "1"}, {NULL, NULL}};
    struct course *course;

    if (world->courses >= COURSES_MOST) {
        problem_reply(request, 429, NULL, "Other histories are being read. Ask again in a second.",
                      soon);
        return;
    }
    course = malloc(sizeof *course);
    if (course == NULL)
        abort();
    *course = (struct course){world, request};
    world->courses++;
    store_api_course(world->read, wanted, now, on_course, course);
}

static void show_site_history(struct web_request *request, const struct auth_who *who, void *arg)
{
    struct web_world *world = arg;
    const char *query = web_query(request);
    struct wall now = loop_wall(world->loop);
    struct history_span span;
    struct form form = {0};
    struct err err;

    if (form_parse(query, strlen(query), &form, &err) &&
        history_span_read(&form, now, &span, &err)) {
        const struct store_course_wanted wanted = {.party = auth_party(who),
                                                   .code = web_star(request),
                                                   .from = span.from,
                                                   .step_s = span.step_s,
                                                   .count = span.count};

        ask_course(world, request, &wanted, now);
    } else {
        problem_reply(request, 400, NULL, err.text, NULL);
    }
    form_free(&form);
}

/* ---- routes ---- */

#define HANDLER(name, roles, go)                                                                   \
    static void name(struct web_request *request, void *arg)                                       \
    {                                                                                              \
        auth_require(request, arg, roles, go, arg);                                                \
    }

HANDLER(get_tickets, AUTH_ALL, list_tickets)
HANDLER(get_ticket, AUTH_ALL, show_ticket)
HANDLER(post_act, AUTH_TEAM | AUTH_PARTY, act)
HANDLER(get_sites, AUTH_ALL, list_sites)
HANDLER(get_site, AUTH_ALL, show_site)
HANDLER(get_site_history, AUTH_ALL, show_site_history)

const struct web_route api_routes[] = {{WEB_GET, "/api/v1/tickets", get_tickets},
                                       {WEB_GET, "/api/v1/tickets/*", get_ticket},
                                       {WEB_POST, "/api/v1/tickets/*/acts", post_act},
                                       {WEB_GET, "/api/v1/sites", get_sites},
                                       {WEB_GET, "/api/v1/sites/*", get_site},
                                       {WEB_GET, "/api/v1/sites/*/history", get_site_history},
                                       {0, NULL, NULL}};
