/* SPDX-License-Identifier: ISC */
/*
 * text - bounded copies, a growable buffer, and the few forms of text that we read and write.
 *
 * Text from outside is copied into fixed fields at the edge (text_copy); what is built grows in a
 * struct text, which aborts when memory is out and refuses to pass its limit.
 */
#ifndef KT_TEXT_H
#define KT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when all of it fitted and was valid UTF-8 without control bytes; else out holds "". */
bool text_copy(char *out, size_t out_bytes, const char *text);
bool text_is_utf8(const char *text, size_t bytes);
/* The length of the character at the front and which it is; 0 when it is broken or bytes is 0. */
size_t text_utf8_step(const char *at, size_t bytes, uint32_t *point);
/* C0, DEL and C1: what a terminal or a log reader might obey. */
bool text_is_control(uint32_t point);
/* How many of bytes to keep so that at most most stay and no character is cut in two. */
size_t text_cut(const char *text, size_t bytes, size_t most);
/* Equal, in a time that depends on bytes alone. For secrets. */
bool text_equal_secret(const char *a, const char *b, size_t bytes);

/*
 * A growable, always terminated buffer. Zero is empty; limit 0 means none. A piece that would pass
 * the limit is refused whole, and so is everything behind it until text_clear(): no holes.
 */
struct text {
    char *at; /* NULL until something was added; use text_get() */
    size_t bytes;
    size_t room;
    size_t limit;
    bool overflowed; /* something was refused because of limit */
};

const char *text_get(const struct text *text); /* never NULL */
void text_add(struct text *text, const char *more);
void text_add_bytes(struct text *text, const char *more, size_t bytes);
void text_addf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_clear(struct text *text); /* empty, keeps its memory and its limit */
void text_free(struct text *text);  /* empty, keeps its limit */

/* "250ms" "60s" "2m" "5h" "1d" → milliseconds; a bare number is refused, so is what overflows. */
bool text_duration_ms(const char *text, int64_t *ms);
/* The shortest of those forms, so that it reads back to the same. */
void text_duration_print(int64_t ms, char out[32]);
/* The whole text is one decimal number within [least, most]. */
bool text_i64(const char *text, int64_t least, int64_t most, int64_t *number);
#endif
