/* SPDX-License-Identifier: ISC */
/*
 * statements - the SQL files of this folder as tables of text, embedded at build.
 *
 * embed.cmake writes the tables: one STMT_NAME per queries/name.sql, and the migrations, functions
 * and views with the SHA-256 of their files. Constant; adding a file adds a row.
 */
#ifndef KT_STATEMENTS_H
#define KT_STATEMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/generated/stmt_enum.h" /* enum stmt, STMT_…, STMT_END */

struct sql_file {
    const char *name; /* without folder and ".sql" */
    const char *text;
    const char *sha256; /* hex */
    int number;         /* migrations: 1 and up, without gaps; else 0 */
    bool reads;         /* a query that may be asked on the read side (sql/pg_conn.h) */
};

const char *stmt_name(enum stmt stmt);
const char *stmt_text(enum stmt stmt);
bool stmt_reads(enum stmt stmt);

extern const struct sql_file sql_migrations[];
extern const size_t sql_migrations_count; /* also the schema version that this program knows */
extern const struct sql_file sql_functions[];
extern const size_t sql_functions_count;
extern const struct sql_file sql_views[];
extern const size_t sql_views_count;
#endif
