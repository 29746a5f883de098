/* SPDX-License-Identifier: ISC */
/*
 * head_check - from a connection's bytes to one whole, strictly formed request, or to the status
 * that refuses it.
 *
 * Pure and incremental: the verdict never depends on how the bytes were cut. Takes what RFC 9110
 * and 9112 demand of a careful sender and nothing of what they let a recipient forgive (bare LF,
 * folded lines, a blank before the colon, repeated or signed lengths, absolute-form): where two
 * parsers forgive differently, one request becomes two. There is only this one parser. Bytes behind
 * the body are not touched; they are the next request's.
 */
#ifndef KT_WEB_HEAD_CHECK_H
#define KT_WEB_HEAD_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/text.h"

#define HEAD_BYTES_MAX  8192
#define HEAD_TARGET_MAX 2048
#define HEAD_FIELDS_MAX 64
#define HEAD_BODY_MAX   65536

enum head_verdict { HEAD_MORE = 1, HEAD_WHOLE, HEAD_REFUSED };

struct head_field {
    uint16_t name; /* both are offsets into bytes, of terminated text */
    uint16_t value;
};

struct head_check {
    enum head_verdict verdict;
    int status;      /* of a refusal: 400 411 413 414 417 431 501 505 */
    const char *why; /* of a refusal, a static sentence */

    /* Valid from the end of the head on, that is when body_left is known or it is whole. */
    bool has_head;
    const char *method; /* a method of RFC 9110 or PATCH, never CONNECT */
    const char *path;   /* decoded UTF-8 without control bytes, begins with a slash */
    const char *query;  /* raw, "" without one */
    int minor;          /* of HTTP/1.x: 0 or 1 */
    bool keep_alive;
    bool expects_continue;
    size_t body_left;
    struct text body;

    /* Private. */
    bool has_cr;      /* the byte before was a CR */
    bool has_first;   /* the request line is behind us */
    bool asked_close; /* what Connection said */
    bool asked_keep;
    size_t total; /* bytes of the head so far, the line ends too */
    size_t line;  /* where the present line begins */
    size_t used;  /* always less than total: the line ends are not kept */
    size_t field_count;
    struct head_field fields[HEAD_FIELDS_MAX];
    char bytes[HEAD_BYTES_MAX];
};

/* Holds pointers into itself: never copy or move it. */
void head_init(struct head_check *head);
/* How many of the bytes were taken: all of them as long as the verdict is HEAD_MORE. */
size_t head_feed(struct head_check *head, const char *bytes, size_t count);
/* The field's value, bytes above 0x7f as they came; NULL when it is not there. */
const char *head_find(const struct head_check *head, const char *name);
/* The same of the last of several; proxies append theirs. */
const char *head_find_last(const struct head_check *head, const char *name);
void head_free(struct head_check *head); /* the body's memory */
#endif
