/* SPDX-License-Identifier: ISC */
/*
 * schema - whether a database's schema is the one that this program was built with. Pure.
 */
#ifndef KT_SCHEMA_H
#define KT_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False, and words say what to do. */
bool schema_fits(int64_t version, char *words, size_t words_bytes);
/* The version could not be read: the words for that. True when that is because there is no schema.
 */
bool schema_is_absent(const char *sqlstate, const char *why, char *words, size_t words_bytes);
#endif
