/* SPDX-License-Identifier: ISC */
#include "sql/schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sql/statements.h"

bool schema_fits(int64_t version, char *words, size_t words_bytes)
{
    int64_t known = (int64_t)sql_migrations_count;

    if (version == known)
        return true;
    if (version < known)
        snprintf(words, words_bytes,
                 "the database has schema version %" PRId64 ", this program needs %" PRId64
                 "; run: kentongan db migrate",
                 version, known);
    else
        snprintf(words, words_bytes,
                 "the database has schema version %" PRId64 ", newer than the %" PRId64
                 " that this program knows; install the newer program",
                 version, known);
    return false;
}

bool schema_is_absent(const char *sqlstate, const char *why, char *words, size_t words_bytes)
{
    /* undefined_table, invalid_schema_name */
    bool absent = strcmp(sqlstate, "42P01") == 0 || strcmp(sqlstate, "3F000") == 0;

    snprintf(words, words_bytes, "%s; run: kentongan db init",
             absent ? "the database has no schema of Kentongan" : why);
    return absent;
}
