/* SPDX-License-Identifier: ISC */
/*
 * template - a subset of mustache with an escaper, for notification bodies and pages.
 *
 * {{name}} escaped, {{{name}}} as it is, {{#name}}…{{/name}} for a true value, object or each of an
 * array, {{^name}}…{{/name}} for a false, empty or absent one, {{>name}} another template, {{!…}} a
 * comment, {{.}} the item itself. Names may have dots and are looked up outwards. A number or truth
 * prints as JSON; {{{name}}} of an object or array prints compact JSON. Parsed once, at start, so
 * that a mistake stops the start with name:line. Source: mustache(5), https://mustache.github.io.
 */
#ifndef KT_TEMPLATE_H
#define KT_TEMPLATE_H

#include "daemon/base/err.h"
#include "daemon/base/json.h"
#include "daemon/base/text.h"

enum template_escape { TEMPLATE_HTML = 1, TEMPLATE_JSON, TEMPLATE_URL, TEMPLATE_NONE };

struct template;

/* The source of a partial, or NULL. Borrowed until template_parse() returns. */
typedef const char *template_partial_fn(const char *name, void *arg);

KT_MUST_CHECK struct template *template_parse(const char *name, const char *source,
                                              enum template_escape escape,
                                              template_partial_fn *partial, void *arg,
                                              struct err *err);
/* False only when out reached its limit. */
KT_MUST_CHECK bool template_render(const struct template *template, const struct js *context,
                                   struct text *out, struct err *err);
void template_free(struct template *template);
#endif
