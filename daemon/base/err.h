/* SPDX-License-Identifier: ISC */
/*
 * err - the one shape of "the environment failed": false, and a sentence in struct err.
 *
 * A function that can fail for reasons outside the program takes a struct err and returns
 * err_set(err, ...); on false nothing changed and nothing leaks. Whoever decides logs it, once.
 */
#ifndef KT_ERR_H
#define KT_ERR_H

#include <stdbool.h>

#define KT_MUST_CHECK __attribute__((warn_unused_result))

struct err {
    char text[1024];
};

/* Always false, so that failing is one return statement. A NULL err is allowed. */
bool err_set(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Puts "prefix: " in front of the sentence that is there. Always false. */
bool err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
#endif
