/* SPDX-License-Identifier: ISC */
/*
 * table - a well-formed CSV file in memory, cells found by the name of their column.
 *
 * The fleet reads the same files as kentongan's import, with a reader of its own: it must serve an
 * inventory that the import has not accepted yet, and it checks nothing but what it needs.
 * The owner frees a table; cells are borrowed until then.
 */
#ifndef KT_FLEET_TABLE_H
#define KT_FLEET_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/base/err.h"

struct table {
    char *text;   /* the file, cut into cells */
    char **cells; /* rows x columns, row 0 is the header */
    size_t rows;
    size_t columns;
};

/* Header row, ';' or ',' as the header has it, RFC 4180 quotes, '\n' or "\r\n". On false the table
 * is empty. */
KT_MUST_CHECK bool table_read(struct table *table, const char *path, struct err *err);
/* Rows count from 1. "" for a column that the file does not have. */
const char *table_cell(const struct table *table, size_t row, const char *column);
void table_free(struct table *table);
#endif
