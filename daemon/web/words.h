/* SPDX-License-Identifier: ISC */
/*
 * words - what pages say, in the reader's language: messages, durations, times and numbers.
 *
 * Constant tables, compiled from daemon/web/po by msgfmt at build; a message that a language lacks
 * is said in English, which is its msgid. Messages that are asked for by a code from the database
 * are "group:code" and stand in en.po too. A test fails on a message of a page or table without a
 * translation. Times are shown in one zone per process, words_set_zone().
 */
#ifndef KT_WEB_WORDS_H
#define KT_WEB_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"
#include "daemon/base/err.h"
#include "daemon/base/text.h"

enum words_language { WORDS_ID = 1, WORDS_EN, WORDS_END };

/*
 * Sets the environment's TZ, which nothing else of this program looks at: what is stored and sent
 * is UTC, and log lines have no time. First at start, before there are threads; later, glibc
 * replaces the value where it stands, so libcurl's resolving threads may read their variables.
 */
void words_set_zone(const char *zone);

/* "id", "en". */
const char *words_code(enum words_language language);
/* The language of that code; fallback for any other text and NULL. */
enum words_language words_language(const char *code, enum words_language fallback);
/* What Accept-Language (RFC 9110 section 12.5.4) asks for; fallback when it is NULL or names none.
 */
enum words_language words_accepted(const char *header, enum words_language fallback);

bool words_have(enum words_language language, const char *message);
/* Never NULL. */
const char *words_get(enum words_language language, const char *message);
/* The message "group:code"; the code itself when there is none. Both borrowed. */
const char *words_coded(enum words_language language, const char *group, const char *code);
/* source with each [[message]] replaced; false: a mark that is not closed, with its line. */
KT_MUST_CHECK bool words_translate(enum words_language language, const char *source,
                                   struct text *out, struct err *err);

/* "2 jam 14 menit", "2 h 14 min": the two largest units that matter; less than a minute in seconds.
 */
void words_add_duration(enum words_language language, int64_t seconds, struct text *out);
/* "24 Nov 2026 12.03 WIB", "24 Nov 2026 12:03 WIB"; "" when it is not set. */
void words_add_when(enum words_language language, struct wall at, struct text *out);
/* "12.03", "12:03"; "" when it is not set. */
void words_add_clock(enum words_language language, struct wall at, struct text *out);
/* "November 2026" */
void words_add_month(enum words_language language, int year, int month, struct text *out);
/* "1.234,5", "1,234.5" */
void words_add_number(enum words_language language, double number, int decimals, struct text *out);
#endif
