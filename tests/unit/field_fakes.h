/* SPDX-License-Identifier: ISC */
/*
 * field_fakes - the neighbours of the field page's handlers, for their tests: the server in front,
 * the two sides of the database behind. A statement is answered when the test says so, as on the
 * loop. One request at a time, that of request; set_up() and tear_down() are of a group of tests.
 */
#ifndef KT_TESTS_FIELD_FAKES_H
#define KT_TESTS_FIELD_FAKES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/web/server.h"
#include "daemon/web/world.h"
#include "sql/store_page.h"

#define FAKE_BODY_MAX  80000
#define FAKE_ASKED_MAX 256

struct web_request {
    enum web_method method;
    char star[256];
    const char *query;
    const char *headers[8][2];
    char body[FAKE_BODY_MAX];
    size_t replies;
    int status;
    char location[256];
    char csp[256];
    char retry_after[16];
    struct text page;
};

enum asked { ASKED_LINK = 1, ASKED_PAGE, ASKED_ACT };

extern struct web_request request;
extern struct web_world world;
extern char asked[FAKE_ASKED_MAX]; /* all statements since the request, with what they said */
extern char acted[FAKE_BODY_MAX];  /* the act, "" when there was none */

/* The statement that waits is answered; it must be that one. */
void answer_link(enum store_link link);
void answer_json(enum asked what, const char *json);
void answer_trouble(enum store_rc rc, const char *sqlstate);

void token_for(int64_t expires_in_s, char out[256]);
void fresh(enum web_method method); /* a request with a good link, not sent */
void header(const char *name, const char *value);
void go(void); /* sends it */
void get(const char *query);
void fill_in(const char *body); /* a form, not sent */
void post(const char *body);
void wants(const char *words); /* on the page */
void ends_as(int status);      /* answered once, and nothing waits */

int set_up(void **state);
int tear_down(void **state);
#endif
