/* SPDX-License-Identifier: ISC */
/*
 * A visit is one request on its way: check the link, act if it is a POST, show the page. Each step
 * is an answer of the database; an act that was refused goes the way of a GET and takes the words
 * along.
 */
#include "daemon/web/field.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "daemon/web/digest.h"
#include "daemon/web/field_view.h"
#include "daemon/web/form.h"
#include "daemon/web/link_token.h"
#include "daemon/web/origin.h"
#include "daemon/web/page.h"
#include "daemon/web/world.h"
#include "sql/store_page.h"

#define FORM_TYPE     "application/x-www-form-urlencoded"
#define RANDOM_BYTES  12 /* of an idempotency key */
#define LOCATION_MAX  (LINK_TOKEN_MAX + 16)
#define RETRY_AFTER_S "30"

struct visit {
    struct web_request *request;
    const struct web_world *world;
    struct link_words link;
    enum words_language language;
    bool language_asked; /* by ?lang=, which nothing overrules */
    bool is_act;         /* not carried out yet */
    bool is_late;        /* the act that ended the turn, once more */
    int status;          /* of the page */
    struct form form;
    char sqlstate[6];  /* of a refused act, else "" */
    struct text words; /* the database's, of the refusal */
};

/* -- answers -- */

static void visit_free(struct visit *visit)
{
    form_free(&visit->form);
    text_free(&visit->words);
    free(visit);
}

/* The last thing that is done with a visit. */
static void visit_end(struct visit *visit, struct web_answer *answer)
{
    web_reply(visit->request, answer);
    text_free(&answer->body);
    visit_free(visit);
}

static void set_message(struct js *out, enum words_language language, const char *name)
{
    char code[32];

    snprintf(code, sizeof code, "%s.title", name);
    js_set_text(out, "title", words_coded(language, "message", code));
    snprintf(code, sizeof code, "%s.text", name);
    js_set_text(out, "text", words_coded(language, "message", code));
}

/* "Kabel · Kabel dipasang ulang" */
static void set_work(struct js *out, const struct visit *visit)
{
    const char *cause = form_text(&visit->form, "cause");
    const char *done = form_text(&visit->form, "action_code");
    struct text words = {0};

    text_addf(&words, "%s%s%s", words_coded(visit->language, "cause", cause),
              *cause != '\0' && *done != '\0' ? " · " : "",
              words_coded(visit->language, "action", done));
    js_set_text(out, "detail", text_get(&words));
    text_free(&words);
}

/* What was typed, with the key that it came with: should it have arrived after all, it is the same
 * act. NULL: nothing was sent. */
static struct js *typed_form(const struct visit *visit)
{
    static const char *const fields[] = {"action", "action_code", "cause", "key", "note", "seq"};
    const char *action = form_text(&visit->form, "action");
    struct js *out;

    if (*action == '\0')
        return NULL;
    out = js_object();
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        js_set_text(out, fields[i], form_text(&visit->form, fields[i]));
    js_set_text(out, "what", words_coded(visit->language, "did", action));
    set_work(out, visit);
    return out;
}

/* A page without a ticket, in the reader's language and in the other one. name: of its words. */
static void end_with_words(struct visit *visit, int status, const char *name)
{
    enum words_language other = visit->language == WORDS_ID ? WORDS_EN : WORDS_ID;
    struct web_answer answer = {.status = status};
    struct js *context = js_object();
    struct js *second = js_object();
    struct js *typed;

    set_message(context, visit->language, name);
    set_message(second, other, name);
    js_set_text(second, "lang", words_code(other));
    js_set(context, "other", second);
    typed = status == 503 ? typed_form(visit) : NULL;
    if (typed != NULL)
        js_set(context, "form", typed);
    js_set(context, "again", js_new_bool(status == 503 && typed == NULL));
    pages_answer(visit->world->pages, "message.html", visit->language, context, &answer);
    for (size_t i = 0; status == 503 && i < WEB_HEADERS_MAX; i++) {
        if (answer.headers[i].name != NULL)
            continue;
        answer.headers[i] = (struct web_header){"Retry-After", RETRY_AFTER_S};
        break;
    }
    js_free(context);
    visit_end(visit, &answer);
}

static void end_with_message(struct visit *visit, int status)
{
    char name[16];

    snprintf(name, sizeof name, "%d", status);
    end_with_words(visit, status, name);
}

/* Back to the page, by an address relative to it: base_url may have a path in front of "/t/". */
static void end_with_success(struct visit *visit)
{
    struct web_answer answer = {.status = 303};
    char location[LOCATION_MAX];

    snprintf(location, sizeof location, "%s%s%s", web_star(visit->request),
             visit->language_asked ? "?lang=" : "",
             visit->language_asked ? words_code(visit->language) : "");
    answer.headers[0] = (struct web_header){"Location", location};
    visit_end(visit, &answer);
}

/* What the database has not answered as it should. */
static void end_with_trouble(struct visit *visit, const struct store_status *status)
{
    switch (status->rc) {
    case STORE_UNREACHABLE:
        end_with_message(visit, 503);
        return;
    case STORE_REFUSED:
        end_with_message(visit, strcmp(status->sqlstate, "KT404") == 0 ? 404 : 500);
        return;
    case STORE_OK:
    case STORE_BROKEN:
    case STORE_RC_END:
        end_with_message(visit, 500);
        return;
    }
    abort();
}

/* -- the page -- */

static void end_with_page(struct visit *visit, const struct js *ticket)
{
    struct web_answer answer = {.status = visit->status};
    const struct field_refusal refusal = {.action = form_text(&visit->form, "action"),
                                          .cause = form_text(&visit->form, "cause"),
                                          .action_code = form_text(&visit->form, "action_code"),
                                          .note = form_text(&visit->form, "note"),
                                          .sqlstate = visit->sqlstate,
                                          .words = text_get(&visit->words)};
    unsigned char random[RANDOM_BYTES];
    char key[DIGEST_BASE64_MAX(RANDOM_BYTES)];
    struct js *view;

    digest_random(random, sizeof random);
    digest_base64url(random, sizeof random, key);
    view = field_view(ticket, visit->language, loop_wall(visit->world->loop), key,
                      visit->sqlstate[0] != '\0' ? &refusal : NULL);
    pages_answer(visit->world->pages, "field.html", visit->language, view, &answer);
    js_free(view);
    visit_end(visit, &answer);
}

static void on_page(const struct store_status *status, const char *json, void *arg)
{
    struct visit *visit = arg;
    struct err err;
    struct js *ticket;

    if (status->rc != STORE_OK) {
        end_with_trouble(visit, status);
        return;
    }
    if (json == NULL) {
        end_with_message(visit, 404);
        return;
    }
    ticket = js_parse(json, strlen(json), &err);
    if (ticket == NULL) {
        log_error("field.unreadable", "ticket=%" PRId64 " reason=\"%s\"", visit->link.ticket,
                  err.text);
        end_with_message(visit, 500);
        return;
    }
    end_with_page(visit, ticket);
    js_free(ticket);
}

/* -- the act -- */

static void check(struct visit *visit);

static int status_of_refusal(const char *sqlstate)
{
    if (strcmp(sqlstate, "KT403") == 0)
        return 403;
    return strncmp(sqlstate, "KT42", 4) == 0 ? 422 : 409;
}

static void on_acted(const struct store_status *status, const char *json, void *arg)
{
    struct visit *visit = arg;

    (void)json;
    if (status->rc == STORE_OK) {
        log_info("field.act", "ticket=%" PRId64 " party=%s action=%s", visit->link.ticket,
                 visit->link.party, form_text(&visit->form, "action"));
        end_with_success(visit);
        return;
    }
    if (status->rc != STORE_REFUSED || strcmp(status->sqlstate, "KT404") == 0) {
        end_with_trouble(visit, status);
        return;
    }
    memcpy(visit->sqlstate, status->sqlstate, sizeof visit->sqlstate);
    text_add(&visit->words, status->words);
    visit->status = status_of_refusal(visit->sqlstate);
    visit->is_act = false;
    check(visit); /* the ticket may be another's by now */
}

static void set_if_given(struct js *args, const char *key, const char *value)
{
    if (value[0] != '\0')
        js_set_text(args, key, value);
}

static void act(struct visit *visit)
{
    const struct form *form = &visit->form;
    char ticket[24];
    struct js *args = js_object();
    struct text printed = {0};
    struct store_act order = {.ticket = ticket,
                              .action = form_get(form, "action"),
                              .actor = visit->link.party,
                              .party = visit->link.party};

    snprintf(ticket, sizeof ticket, "%" PRId64, visit->link.ticket);
    set_if_given(args, "cause", form_text(form, "cause"));
    set_if_given(args, "action", form_text(form, "action_code"));
    set_if_given(args, "note", form_text(form, "note"));
    set_if_given(args, "seq", visit->is_late ? "0" : form_text(form, "seq")); /* no ticket has 0 */
    set_if_given(args, "key", form_text(form, "key"));
    js_print(args, 0, &printed);
    order.args = text_get(&printed);
    store_ticket_act(visit->world->work, &order, loop_wall(visit->world->loop), on_acted, visit);
    text_free(&printed);
    js_free(args);
}

/* -- the link -- */

/*
 * A decline ends the turn of its own link. The same decline once more is answered as it was then; a
 * seq that no ticket has sees to it that nothing but that comes of it, even if the ticket was
 * offered again.
 */
static void show_declined(struct visit *visit)
{
    if (visit->is_act && strcmp(form_text(&visit->form, "action"), "decline") == 0) {
        visit->is_late = true;
        act(visit);
    } else {
        end_with_words(visit, 410, "declined");
    }
}

static void on_checked(const struct store_status *status, enum store_link link,
                       const char *language, void *arg)
{
    struct visit *visit = arg;

    if (status->rc != STORE_OK) {
        end_with_trouble(visit, status);
        return;
    }
    if (!visit->language_asked)
        visit->language = words_language(language, visit->language);
    if (link == STORE_LINK_DECLINED)
        show_declined(visit);
    else if (link == STORE_LINK_OLD)
        end_with_message(visit, 410);
    else if (link != STORE_LINK_OK)
        end_with_message(visit, 404);
    else if (visit->is_act)
        act(visit);
    else
        store_ticket_page(visit->world->read, visit->link.ticket, visit->link.party,
                          loop_wall(visit->world->loop), on_page, visit);
}

static void check(struct visit *visit)
{
    store_link_check(visit->world->read, visit->link.ticket, visit->link.party,
                     (int32_t)visit->link.generation, on_checked, visit);
}

/* ?lang=, else what the browser accepts, else the configured one; the party's comes in between. */
static void choose_language(struct visit *visit)
{
    const char *query = web_query(visit->request);
    const char *accepted = web_header(visit->request, "Accept-Language");
    const char *configured = visit->world->config->locale_language;
    struct form form;

    visit->language = words_accepted(accepted, words_language(configured, WORDS_ID));
    if (!form_parse(query, strlen(query), &form, NULL))
        return; /* chat programs add things of their own */
    visit->language_asked = words_language(form_text(&form, "lang"), WORDS_END) != WORDS_END;
    visit->language = words_language(form_text(&form, "lang"), visit->language);
    form_free(&form);
}

/* NULL: the link is no good, and the request is answered. */
static struct visit *visit_new(struct web_request *request, const struct web_world *world)
{
    struct visit *visit = calloc(1, sizeof *visit);
    enum link_verdict verdict;

    if (visit == NULL)
        abort();
    *visit = (struct visit){.request = request, .world = world, .status = 200};
    choose_language(visit);
    verdict = link_token_read(world->link_key, world->link_key_bytes, web_star(request),
                              loop_wall(world->loop), &visit->link);
    switch (verdict) {
    case LINK_OK:
        return visit;
    case LINK_EXPIRED:
        end_with_message(visit, 410);
        return NULL;
    case LINK_FORGED:
        end_with_message(visit, 404);
        return NULL;
    }
    abort();
}

/* -- handlers -- */

static void on_get(struct web_request *request, void *arg)
{
    struct visit *visit = visit_new(request, arg);

    if (visit != NULL)
        check(visit);
}

static bool comes_from_us(const struct visit *visit)
{
    const struct origin_claim claim = {
        .origin = web_header(visit->request, "Origin"),
        .fetch_site = web_header(visit->request, "Sec-Fetch-Site"),
        .host = web_header(visit->request, "Host"),
    };

    return origin_is_ours(&claim, visit->world->config->web_base_url);
}

static bool action_is_known(const char *action)
{
    static const char *const known[] = {"accept", "decline", "onsite", "claim", "note", "close"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(action, known[i]) == 0)
            return true;
    return false;
}

/* 0: the form is read. Else the status of why not. */
static int read_form(struct visit *visit)
{
    size_t bytes = 0;
    const char *body = web_body(visit->request, &bytes);

    if (!web_has_type(visit->request, FORM_TYPE))
        return 415;
    if (!comes_from_us(visit))
        return 403;
    if (bytes > FORM_BYTES_MAX)
        return 413;
    if (!form_parse(body, bytes, &visit->form, NULL))
        return 400;
    return action_is_known(form_text(&visit->form, "action")) ? 0 : 422;
}

static void on_post(struct web_request *request, void *arg)
{
    struct visit *visit = visit_new(request, arg);
    int refused;

    if (visit == NULL)
        return;
    refused = read_form(visit);
    if (refused != 0) {
        end_with_message(visit, refused);
        return;
    }
    visit->is_act = true;
    check(visit);
}

const struct web_route field_routes[] = {
    {WEB_GET, "/t/*", on_get},
    {WEB_POST, "/t/*", on_post},
    {0, NULL, NULL},
};
