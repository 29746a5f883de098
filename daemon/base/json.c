/* SPDX-License-Identifier: ISC */
#include "daemon/base/json.h"

#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
/* %.15g is the longest form that prints -7.4267 as it was written. */
#define REAL_DIGITS 15

/* jansson counts references inside what it calls const, so const ends here and nowhere else. */
static json_t *in(const struct js *value)
{
    return (json_t *)(uintptr_t)value;
}

/* A value of ours, or out of memory. */
static struct js *made(json_t *value)
{
    if (value == NULL)
        abort();
    return (struct js *)value;
}

static const struct js *lent(json_t *value)
{
    return (const struct js *)value;
}

struct js *js_parse(const char *text, size_t bytes, struct err *err)
{
    json_error_t error;
    json_t *value = json_loadb(text, bytes, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);

    if (value != NULL)
        return made(value);
    if (json_error_code(&error) == json_error_out_of_memory)
        abort();
    err_set(err, "line %d, column %d: %s", error.line, error.column, error.text);
    return NULL;
}

void js_free(struct js *value)
{
    json_decref(in(value));
}

enum js_kind js_kind(const struct js *value)
{
    if (value == NULL)
        return JS_NULL;
    switch (json_typeof(in(value))) {
    case JSON_OBJECT:
        return JS_OBJECT;
    case JSON_ARRAY:
        return JS_ARRAY;
    case JSON_STRING:
        return JS_TEXT;
    case JSON_INTEGER:
        return JS_INTEGER;
    case JSON_REAL:
        return JS_REAL;
    case JSON_TRUE:
    case JSON_FALSE:
        return JS_BOOL;
    case JSON_NULL:
        return JS_NULL;
    }
    abort();
}

bool js_is_null(const struct js *value)
{
    return js_kind(value) == JS_NULL;
}

const struct js *js_get(const struct js *value, const char *key)
{
    return lent(json_object_get(in(value), key));
}

size_t js_count(const struct js *value)
{
    return json_is_array(in(value)) ? json_array_size(in(value)) : json_object_size(in(value));
}

const struct js *js_at(const struct js *array, size_t index)
{
    return lent(json_array_get(in(array), index));
}

/* jansson keeps the order of insertion, and the order of the text when it parsed. */
const struct js *js_member(const struct js *object, size_t index, const char **key)
{
    void *at = json_object_iter(in(object));

    while (at != NULL && index-- > 0)
        at = json_object_iter_next(in(object), at);
    if (at == NULL)
        return NULL;
    if (key != NULL)
        *key = json_object_iter_key(at);
    return lent(json_object_iter_value(at));
}

const char *js_as_text(const struct js *value)
{
    return json_string_value(in(value));
}

int64_t js_as_i64(const struct js *value, int64_t fallback)
{
    return json_is_integer(in(value)) ? json_integer_value(in(value)) : fallback;
}

double js_as_real(const struct js *value, double fallback)
{
    return json_is_number(in(value)) ? json_number_value(in(value)) : fallback;
}

bool js_as_bool(const struct js *value, bool fallback)
{
    return json_is_boolean(in(value)) ? json_is_true(in(value)) : fallback;
}

const char *js_text(const struct js *value, const char *key, const char *fallback)
{
    const char *text = js_as_text(js_get(value, key));

    return text == NULL ? fallback : text;
}

int64_t js_i64(const struct js *value, const char *key, int64_t fallback)
{
    return js_as_i64(js_get(value, key), fallback);
}

bool js_bool(const struct js *value, const char *key, bool fallback)
{
    return js_as_bool(js_get(value, key), fallback);
}

struct js *js_object(void)
{
    return made(json_object());
}

struct js *js_array(void)
{
    return made(json_array());
}

struct js *js_new_null(void)
{
    return made(json_null());
}

/* What was wrong becomes U+FFFD: the notice goes out, and shows where the name was broken. */
static void mend(const char *text, size_t bytes, struct text *out)
{
    for (size_t i = 0; i < bytes;) {
        uint32_t point;
        size_t step = text_utf8_step(text + i, bytes - i, &point);

        if (step == 0)
            text_add(out, REPLACEMENT);
        else
            text_add_bytes(out, text + i, step);
        i += step == 0 ? 1 : step;
    }
}

struct js *js_new_text(const char *text)
{
    struct text mended = {0};
    struct js *value;

    if (text == NULL)
        return js_new_null();
    if (text_is_utf8(text, strlen(text)))
        return made(json_string(text));
    mend(text, strlen(text), &mended);
    value = made(json_string(text_get(&mended)));
    text_free(&mended);
    return value;
}

struct js *js_new_i64(int64_t number)
{
    return made(json_integer(number));
}

struct js *js_new_real(double number)
{
    return isfinite(number) ? made(json_real(number)) : js_new_null();
}

struct js *js_new_bool(bool truth)
{
    return made(json_boolean(truth));
}

struct js *js_copy(const struct js *value)
{
    return value == NULL ? js_new_null() : made(json_deep_copy(in(value)));
}

void js_set(struct js *object, const char *key, struct js *value)
{
    assert(json_is_object(in(object)) && text_is_utf8(key, strlen(key)));
    if (json_object_set_new(in(object), key, in(value == NULL ? js_new_null() : value)) < 0)
        abort();
}

void js_set_text(struct js *object, const char *key, const char *text)
{
    js_set(object, key, js_new_text(text));
}

void js_set_i64(struct js *object, const char *key, int64_t number)
{
    js_set(object, key, js_new_i64(number));
}

void js_push(struct js *array, struct js *value)
{
    assert(json_is_array(in(array)));
    if (json_array_append_new(in(array), in(value == NULL ? js_new_null() : value)) < 0)
        abort();
}

/* Stops jansson once out is full. */
static int on_piece(const char *piece, size_t bytes, void *arg)
{
    struct text *out = arg;

    text_add_bytes(out, piece, bytes);
    return out->overflowed ? -1 : 0;
}

void js_print(const struct js *value, int indent, struct text *out)
{
    size_t flags = JSON_ENCODE_ANY | JSON_REAL_PRECISION(REAL_DIGITS);

    assert(indent >= 0 && indent <= JSON_MAX_INDENT);
    flags |= indent > 0 ? (size_t)JSON_INDENT(indent) : JSON_COMPACT;
    if (value == NULL)
        text_add(out, "null");
    else if (json_dump_callback(in(value), on_piece, out, flags) < 0 && !out->overflowed)
        abort();
}

/* RFC 8259 section 7. */
static void escape_one(unsigned char byte, struct text *out)
{
    static const char names[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
                                 ['\r'] = 'r', ['"'] = '"',  ['\\'] = '\\'};

    if (byte < sizeof names && names[byte] != 0)
        text_addf(out, "\\%c", names[byte]);
    else
        text_addf(out, "\\u%04x", byte);
}

/* What needs no escaping is added in one piece. */
void js_escape(const char *text, size_t bytes, struct text *out)
{
    size_t added = 0;

    for (size_t i = 0; i < bytes;) {
        uint32_t point = 0;
        size_t step = text_utf8_step(text + i, bytes - i, &point);

        if (step > 0 && point >= 0x20 && point != '"' && point != '\\') {
            i += step;
            continue;
        }
        text_add_bytes(out, text + added, i - added);
        if (step == 0)
            text_add(out, REPLACEMENT);
        else
            escape_one((unsigned char)point, out);
        i += step == 0 ? 1 : step;
        added = i;
    }
    text_add_bytes(out, text + added, bytes - added);
}
