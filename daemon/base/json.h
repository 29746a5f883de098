/* SPDX-License-Identifier: ISC */
/*
 * json - the only home of jansson: read, ask, build, print. struct js is one JSON value.
 *
 * js_parse(), js_object() and js_array() return something to js_free(); what js_get() and js_at()
 * return is borrowed from its parent; js_set() and js_push() take over the value that they are
 * given. Parsing is strict: UTF-8 only, duplicate keys refused, depth bounded, no bytes behind the
 * value.
 */
#ifndef KT_JSON_H
#define KT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/err.h"
#include "daemon/base/text.h"

struct js;

enum js_kind { JS_NULL = 1, JS_BOOL, JS_INTEGER, JS_REAL, JS_TEXT, JS_ARRAY, JS_OBJECT };

KT_MUST_CHECK struct js *js_parse(const char *text, size_t bytes, struct err *err);
void js_free(struct js *value); /* NULL allowed */

enum js_kind js_kind(const struct js *value); /* NULL counts as JS_NULL */
bool js_is_null(const struct js *value);
/* A member by name, NULL when it is not there or value is no object. */
const struct js *js_get(const struct js *value, const char *key);
size_t js_count(const struct js *value); /* of an array or object, else 0 */
const struct js *js_at(const struct js *array, size_t index);
/* The index-th member of an object in the order in which it was written; NULL past the end. */
const struct js *js_member(const struct js *object, size_t index, const char **key);

/* What js_get() finds, as text, number or truth; the fallback when it is absent or of another kind.
 */
const char *js_text(const struct js *value, const char *key, const char *fallback);
int64_t js_i64(const struct js *value, const char *key, int64_t fallback);
bool js_bool(const struct js *value, const char *key, bool fallback);
/* The value itself. js_as_text(): NULL when it is not text. */
const char *js_as_text(const struct js *value);
int64_t js_as_i64(const struct js *value, int64_t fallback);
double js_as_real(const struct js *value, double fallback);
bool js_as_bool(const struct js *value, bool fallback);

struct js *js_object(void);
struct js *js_array(void);
struct js *js_new_null(void);
struct js *js_new_text(const char *text); /* broken UTF-8 becomes U+FFFD; NULL becomes null */
struct js *js_new_i64(int64_t number);
struct js *js_new_real(double number); /* not finite becomes null */
struct js *js_new_bool(bool truth);
struct js *js_copy(const struct js *value); /* deep */
void js_set(struct js *object, const char *key, struct js *value);
void js_set_text(struct js *object, const char *key, const char *text);
void js_set_i64(struct js *object, const char *key, int64_t number);
void js_push(struct js *array, struct js *value);

/* Compact, keys as written. indent > 0: that many blanks per level, for people. Reals: 15 digits.
 */
void js_print(const struct js *value, int indent, struct text *out);
/* One string as a JSON string literal's inside, without the quotes. */
void js_escape(const char *text, size_t bytes, struct text *out);
#endif
