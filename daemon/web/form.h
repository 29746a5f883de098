/* SPDX-License-Identifier: ISC */
/*
 * form - reads application/x-www-form-urlencoded: the body of a page's form, or a query.
 *
 * Pure, bounded and strict, because strangers write it: a broken escape, a byte that is no UTF-8, a
 * control character, a name that stands twice or a form that is too large is refused whole.
 * Zero is an empty form; what form_get() returns lives until form_free(). Source: URL Standard,
 * "application/x-www-form-urlencoded parsing", of which this takes less.
 */
#ifndef KT_WEB_FORM_H
#define KT_WEB_FORM_H

#include <stddef.h>

#include "daemon/base/err.h"

#define FORM_BYTES_MAX                                                                             \
    32768 /* 2,000 characters of four bytes, each escaped, and what goes with them */
#define FORM_FIELDS_MAX 32
#define FORM_NAME_MAX   32 /* letters, digits and _ - . */

struct form_field {
    const char *name;
    const char *value; /* line ends are "\n", whatever the browser sent */
};

struct form {
    char *bytes; /* of all names and values; NULL in an empty form */
    size_t count;
    struct form_field fields[FORM_FIELDS_MAX];
};

/* On false the form is empty, and err says what is wrong without repeating it. */
KT_MUST_CHECK bool form_parse(const char *text, size_t bytes, struct form *form, struct err *err);
/* NULL when there is no such field. */
const char *form_get(const struct form *form, const char *name);
/* "" when there is none. */
const char *form_text(const struct form *form, const char *name);
void form_free(struct form *form); /* leaves an empty form */
#endif
