/* SPDX-License-Identifier: ISC */
/*
 * page - HTML pages: templates of this folder, translated and parsed at start, one per language.
 *
 * A page is one response: its stylesheet is inside, its CSP names that stylesheet's hash and allows
 * nothing else, so neither a script nor a picture can be slipped into it. What a page shows is put
 * together by its handler as JSON; every text is escaped here. In each context there are also:
 * lang, and other_lang, the code and name of the one language that the page is not in.
 */
#ifndef KT_WEB_PAGE_H
#define KT_WEB_PAGE_H

#include "daemon/base/err.h"
#include "daemon/base/json.h"
#include "daemon/web/server.h"
#include "daemon/web/words.h"

struct pages;

/* NULL: a template has a mistake (name:line). */
KT_MUST_CHECK struct pages *pages_new(struct err *err);
/*
 * The page "field.html" into answer: body, type and headers, which are borrowed from pages; status
 * is the caller's. context gets the members told above. answer->body is empty before, and the
 * caller's to free. Only an out of bounds page fails, with status 500 and a plain sentence.
 */
void pages_answer(const struct pages *pages, const char *name, enum words_language language,
                  struct js *context, struct web_answer *answer);
/* style-src of the CSP: the hashes of all stylesheets. */
const char *pages_csp(const struct pages *pages);
void pages_free(struct pages *pages); /* NULL allowed */
#endif
