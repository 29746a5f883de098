/* SPDX-License-Identifier: ISC */
/*
 * answer - an answer as the bytes of HTTP/1.1. Knows nothing of connections.
 */
#ifndef KT_WEB_ANSWER_H
#define KT_WEB_ANSWER_H

#include <stdbool.h>

#include "daemon/base/clock.h"
#include "daemon/base/text.h"
#include "daemon/web/server.h"

/* What the request's side decides about the answer's form. */
struct answer_form {
    bool head_only; /* it was HEAD: everything but the body */
    bool keep;      /* the connection stays open */
    bool says_keep; /* and the client, of HTTP/1.0, has to be told */
    struct wall now;
};

const char *answer_phrase(int status); /* "Not Found" */
/* False: a header of it would break the form. Says nothing, adds nothing then. */
bool answer_print(const struct web_answer *answer, const struct answer_form *form,
                  struct text *out);
#endif
